"""Makes launches of an Auto Scaling group fail as on AWS, and reports activities; moto starts everything at once.

- A group whose launch fails stays too small and retries: here when it is described, every other second at most.
- The account's quota of vCPUs on demand, see `quotas.py`, is enforced: what does not fit is not started,
  https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html.
- DescribeScalingActivities has each launch, the latest first.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPES

import control

ON_DEMAND = "L-1216C47A"
RETRY_SECONDS = 2

_LIMIT = (
    "You have requested more vCPU capacity than your current vCPU limit of {:g} allows for the instance bucket that the "
    "specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an "
    "adjustment to this limit. Launching EC2 instance failed."
)


def _vcpus(instance_type: str | None) -> int:
    return INSTANCE_TYPES.get(instance_type, {}).get("VCpuInfo", {}).get("DefaultVCpus", 0)


def _quota(group: FakeAutoScalingGroup) -> str | None:
    """Why the quota has no room for one more instance. Spot instances count, too, although AWS has another quota for them."""
    running = [each for each in group.ec2_backend.all_instances() if each._state.name in ("pending", "running")]
    used = sum(_vcpus(each.instance_type) for each in running)
    limit = control.read().quotas[ON_DEMAND]
    return _LIMIT.format(limit) if used + _vcpus(group.instance_type) > limit else None


# Obstacles to a launch: each returns its reason, or nothing.
OBSTACLES: list[Callable[[FakeAutoScalingGroup], str | None]] = [_quota]


def launch_fails(group: FakeAutoScalingGroup) -> bool:
    """Whether a launch of the group would fail now; an activity tells of it."""
    reason = next(filter(None, (each(group) for each in OBSTACLES)), None)
    if reason:
        tell(group, "Launching a new EC2 instance", "Failed", reason)
    return bool(reason)


def _activities(group: FakeAutoScalingGroup) -> list[dict]:
    if not hasattr(group, "activities"):
        group.activities = []
    return group.activities


def tell(
    group: FakeAutoScalingGroup,
    description: str,
    status: str,
    message: str | None = None,
    cause: str = "an instance was started in response to a difference between desired and actual capacity.",
) -> None:
    """Adds an activity to a group's."""
    now = datetime.now(UTC)
    told = {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "Description": description,
        "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} {cause}",
        "StartTime": now,
        "EndTime": now,
        "StatusCode": status,
        "Progress": 100,
    }
    _activities(group).insert(0, {**told, "StatusMessage": message} if message else told)


def _replace_autoscaling_group_instances(moto: Callable) -> Callable:
    def replace_autoscaling_group_instances(self, count_needed: int, propagated_tags: dict) -> None:
        self.tried = time.monotonic()
        for _ in range(count_needed):
            if launch_fails(self):
                return
            moto(self, 1, dict(propagated_tags))
            tell(self, f"Launching a new EC2 instance: {self.instance_states[-1].instance.id}", "Successful")

    return replace_autoscaling_group_instances


def _describe_auto_scaling_groups(moto: Callable) -> Callable:
    def describe_auto_scaling_groups(self, names, *arguments, **options):
        for group in self.autoscaling_groups.values():
            waited = time.monotonic() - getattr(group, "tried", 0)
            if len(group.instance_states) < (group.desired_capacity or 0) and waited >= RETRY_SECONDS:
                group.set_desired_capacity(group.desired_capacity)
        return moto(self, names, *arguments, **options)

    return describe_auto_scaling_groups


def describe_scaling_activities(self) -> ActionResult:
    groups = self.autoscaling_backend.autoscaling_groups
    name = self._get_param("AutoScalingGroupName")
    found = [each for group in groups.values() if name in (None, group.name) for each in _activities(group)]
    return ActionResult({"Activities": found[: int(self._get_param("MaxRecords") or 100)]})


def install() -> None:
    for kind, extend in (
        (FakeAutoScalingGroup, _replace_autoscaling_group_instances),
        (AutoScalingBackend, _describe_auto_scaling_groups),
    ):
        name = extend.__name__.removeprefix("_")
        setattr(kind, name, extend(getattr(kind, name)))
    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities
