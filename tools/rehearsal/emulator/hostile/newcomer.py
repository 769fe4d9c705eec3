"""The first launches of an account that has never used Auto Scaling, which fail.

AWS makes the service-linked role with the first group,
https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html, and does not know it
everywhere at once: until then launches fail, and are tried again. Seen on fresh accounts, for a minute on average, in
https://github.com/RaJiska/terraform-aws-fck-nat/issues/85.
"""

import time

from moto.autoscaling.models import FakeAutoScalingGroup

import launches

from .calls import Call

SECONDS = 12

_first: list[float] = []


def _not_yet_known(group: FakeAutoScalingGroup) -> str | None:
    if not _first:
        _first.append(time.monotonic())
    if time.monotonic() - _first[0] >= SECONDS:
        return None
    return (
        f"Access denied when attempting to assume role {group.service_linked_role_arn}. Validating the service-linked "
        "role failed. Launching EC2 instance failed."
    )


launches.OBSTACLES.append(_not_yet_known)


def refuse(_call: Call) -> None:
    """No call is refused: launches happen after them."""
