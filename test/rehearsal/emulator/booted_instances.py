"""Lets machines that were booted elsewhere be members of an Auto Scaling group, with a lifecycle.

moto's instances are entries in a list, and it has no lifecycle actions. A machine of the boot rehearsal has an id that
moto's EC2 does not know: `AttachInstances` takes it into the group, and from then on

- `DescribeAutoScalingInstances` shows its state and health;
- `SetInstanceHealth` changes its health;
- `TerminateInstanceInAutoScalingGroup` lets it wait for the group's hook on terminations (Terminating:Wait), if any;
- `CompleteLifecycleAction` ends that wait (Terminated), and is refused where AWS refuses it.

Everything else of the group, such as its capacity, stays as it is.
"""

from dataclasses import dataclass

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"


@dataclass
class Booted:
    group: str
    state: str = "InService"
    health: str = "HEALTHY"

    def describe(self, instance_id: str) -> dict:
        return {
            "InstanceId": instance_id,
            "AutoScalingGroupName": self.group,
            "AvailabilityZone": "us-east-1a",
            "LifecycleState": self.state,
            "HealthStatus": self.health,
            "ProtectedFromScaleIn": False,
        }


def _booted(response: AutoScalingResponse) -> dict[str, Booted]:
    backend = response.autoscaling_backend
    if not hasattr(backend, "booted"):
        backend.booted = {}
    return backend.booted


def _known_to_ec2(response: AutoScalingResponse, instance_id: str) -> bool:
    return any(each.id == instance_id for each in response.autoscaling_backend.ec2_backend.all_instances())


def _hooks(response: AutoScalingResponse, group: str) -> list[str]:
    hooks = response.autoscaling_backend.describe_lifecycle_hooks(group)
    return [each.name for each in hooks if each.lifecycle_transition == TERMINATING]


def _attach_instances(moto):
    def attach_instances(self) -> ActionResult:
        group, ids = self._get_param("AutoScalingGroupName"), self._get_param("InstanceIds", [])
        if all(_known_to_ec2(self, each) for each in ids):
            return moto(self)
        if group not in self.autoscaling_backend.autoscaling_groups:
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{group}' not found")
        _booted(self).update({each: Booted(group) for each in ids})
        return EmptyResult()

    return attach_instances


def _describe_auto_scaling_instances(moto):
    def describe_auto_scaling_instances(self) -> ActionResult:
        known = [each for each in self._get_param("InstanceIds", []) if each in _booted(self)]
        if not known:
            return moto(self)
        return ActionResult({"AutoScalingInstances": [_booted(self)[each].describe(each) for each in known]})

    return describe_auto_scaling_instances


def _set_instance_health(moto):
    def set_instance_health(self) -> ActionResult:
        instance = _booted(self).get(self._get_param("InstanceId"))
        if instance is None:
            return moto(self)
        instance.health = self._get_param("HealthStatus").upper()
        return EmptyResult()

    return set_instance_health


def _terminate_instance_in_auto_scaling_group(moto):
    def terminate_instance_in_auto_scaling_group(self) -> ActionResult:
        instance = _booted(self).get(self._get_param("InstanceId"))
        if instance is None:
            return moto(self)
        instance.state = "Terminating:Wait" if _hooks(self, instance.group) else "Terminated"
        return ActionResult({"Activity": None})

    return terminate_instance_in_auto_scaling_group


def complete_lifecycle_action(self) -> ActionResult:
    instance_id, group = self._get_param("InstanceId"), self._get_param("AutoScalingGroupName")
    if self._get_param("LifecycleHookName") not in _hooks(self, group):
        raise ValidationError(f"Lifecycle hook not found for group {group}")
    if self._get_param("LifecycleActionResult") not in ("CONTINUE", "ABANDON"):
        raise ValidationError("LifecycleActionResult must be CONTINUE or ABANDON")
    instance = _booted(self).get(instance_id)
    if instance is None or instance.group != group or instance.state != "Terminating:Wait":
        raise ValidationError(f"No active Lifecycle Action found with instance ID {instance_id}")
    instance.state = "Terminated"
    return EmptyResult()


def install() -> None:
    AutoScalingResponse.complete_lifecycle_action = complete_lifecycle_action
    for extend in (
        _attach_instances,
        _describe_auto_scaling_instances,
        _set_instance_health,
        _terminate_instance_in_auto_scaling_group,
    ):
        name = extend.__name__.removeprefix("_")
        setattr(AutoScalingResponse, name, extend(getattr(AutoScalingResponse, name)))
