"""Lets machines booted outside the emulator be members of an Auto Scaling group, with a lifecycle.

moto's instances are entries in a list, and it has no lifecycle actions. A machine of the boot rehearsal has an id that
moto's EC2 does not know: `AttachInstances` takes it into the group, with the version that the group launches then, and
from then on

- the group has such machines alone, in `DescribeAutoScalingGroups` and for instance refreshes;
- `DescribeAutoScalingInstances` shows its state and health;
- `DescribeTargetHealth` shows what `control.py` says of it, in `targets`;
- `SetInstanceHealth` changes its health, also of one that is attached later: a group of AWS's knows its instances before
  they run;
- `TerminateInstanceInAutoScalingGroup` lets it wait for the group's hook on terminations (Terminating:Wait), if any;
- `CompleteLifecycleAction` ends that wait (Terminated), and is refused where AWS refuses it;
- `DetachInstances` forgets it.

Activities report launches and terminations. Everything else of the group, such as its capacity, is unchanged.
"""

from dataclasses import dataclass

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

import control
import launches

TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
SICK = "UNHEALTHY"


@dataclass
class Booted:
    id: str
    group: FakeAutoScalingGroup
    version: str
    state: str = "InService"
    health: str = "HEALTHY"

    @property
    def serves(self) -> bool:
        return self.state == "InService" and self.health != SICK

    def describe(self) -> dict:
        template = self.group.ec2_launch_template
        return {
            "InstanceId": self.id,
            "AutoScalingGroupName": self.group.name,
            "AvailabilityZone": "us-east-1a",
            "LifecycleState": self.state,
            "HealthStatus": self.health,
            "LaunchTemplate": {
                "LaunchTemplateId": template.id,
                "LaunchTemplateName": template.name,
                "Version": self.version,
            },
            "ProtectedFromScaleIn": False,
        }


def members(group: FakeAutoScalingGroup) -> list[Booted]:
    """The machines of a group that are not gone."""
    return [each for each in _all(group.autoscaling_backend).values() if each.group is group and each.state != "Terminated"]


def _all(backend: AutoScalingBackend) -> dict[str, Booted]:
    if not hasattr(backend, "booted"):
        backend.booted = {}
    return backend.booted


def _booted(response: AutoScalingResponse) -> dict[str, Booted]:
    return _all(response.autoscaling_backend)


def version_of(desired: dict) -> str:
    """Of the launch template in a configuration."""
    mixed = desired.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    return str((desired.get("LaunchTemplate") or mixed or {}).get("Version", ""))


def _launched_version(group: FakeAutoScalingGroup) -> str:
    """What the group launches: what a refresh brings, while there is one."""
    active = next((each for each in getattr(group, "refreshes", []) if each.active and each.desired), None)
    return version_of(active.desired) if active else str(group.launch_template_version)


def _known_to_ec2(response: AutoScalingResponse, instance_id: str) -> bool:
    return any(each.id == instance_id for each in response.autoscaling_backend.ec2_backend.all_instances())


def _told(response: AutoScalingResponse) -> dict[str, str]:
    """Health of machines that no group has yet."""
    backend = response.autoscaling_backend
    if not hasattr(backend, "told"):
        backend.told = {}
    return backend.told


def _hooks(response: AutoScalingResponse, group: str) -> list[str]:
    hooks = response.autoscaling_backend.describe_lifecycle_hooks(group)
    return [each.name for each in hooks if each.lifecycle_transition == TERMINATING]


def _attach_instances(moto):
    def attach_instances(self) -> ActionResult:
        name, ids = self._get_param("AutoScalingGroupName"), self._get_param("InstanceIds", [])
        if all(_known_to_ec2(self, each) for each in ids):
            return moto(self)
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group is None:
            raise ValidationError(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
        for each in ids:
            health = _told(self).pop(each, "HEALTHY")
            _booted(self)[each] = Booted(each, group, _launched_version(group), health=health)
            launches.tell(group, f"Launching a new EC2 instance: {each}", "Successful")
        return EmptyResult()

    return attach_instances


def _detach_instances(moto):
    def detach_instances(self) -> ActionResult:
        ids = self._get_param("InstanceIds", [])
        if not any(each in _booted(self) for each in ids):
            return moto(self)
        for each in ids:
            _booted(self).pop(each, None)
        return ActionResult({"Activities": []})

    return detach_instances


def _describe_auto_scaling_instances(moto):
    def describe_auto_scaling_instances(self) -> ActionResult:
        known = [each for each in self._get_param("InstanceIds", []) if each in _booted(self)]
        if not known:
            return moto(self)
        return ActionResult({"AutoScalingInstances": [_booted(self)[each].describe() for each in known]})

    return describe_auto_scaling_instances


def _set_instance_health(moto):
    def set_instance_health(self) -> ActionResult:
        instance_id, health = self._get_param("InstanceId"), self._get_param("HealthStatus").upper()
        if instance_id in _booted(self):
            _booted(self)[instance_id].health = health
        elif _known_to_ec2(self, instance_id):
            return moto(self)
        else:
            _told(self)[instance_id] = health
        return EmptyResult()

    return set_instance_health


def _terminate_instance_in_auto_scaling_group(moto):
    def terminate_instance_in_auto_scaling_group(self) -> ActionResult:
        instance = _booted(self).get(self._get_param("InstanceId"))
        if instance is None:
            return moto(self)
        instance.state = "Terminating:Wait" if _hooks(self, instance.group.name) else "Terminated"
        sick = "an ELB system health check failure" if instance.health == SICK else "a user request"
        cause = f"an instance was taken out of service in response to {sick}."
        launches.tell(instance.group, f"Terminating EC2 instance: {instance.id}", "Successful", cause=cause)
        return ActionResult({"Activity": None})

    return terminate_instance_in_auto_scaling_group


def complete_lifecycle_action(self) -> ActionResult:
    instance_id, group = self._get_param("InstanceId"), self._get_param("AutoScalingGroupName")
    if self._get_param("LifecycleHookName") not in _hooks(self, group):
        raise ValidationError(f"Lifecycle hook not found for group {group}")
    if self._get_param("LifecycleActionResult") not in ("CONTINUE", "ABANDON"):
        raise ValidationError("LifecycleActionResult must be CONTINUE or ABANDON")
    instance = _booted(self).get(instance_id)
    if instance is None or instance.group.name != group or instance.state != "Terminating:Wait":
        raise ValidationError(f"No active Lifecycle Action found with instance ID {instance_id}")
    instance.state = "Terminated"
    return EmptyResult()


def _describe_target_health(moto):
    def describe_target_health(self, target_group_arn: str, targets: list[dict]) -> list[FakeHealthStatus]:
        groups = autoscaling_backends[self.account_id][self.region_name].autoscaling_groups.values()
        own = [each for group in groups if target_group_arn in (group.target_group_arns or []) for each in members(group)]
        if not own:
            return moto(self, target_group_arn, targets)
        target_group = self.target_groups[target_group_arn]
        return [
            FakeHealthStatus(each.id, target_group.port, target_group.health_check_port, state)
            for each in own
            if (state := control.read().targets.get(each.id, "initial"))
        ]

    return describe_target_health


def install() -> None:
    AutoScalingResponse.complete_lifecycle_action = complete_lifecycle_action
    listed = FakeAutoScalingGroup.instances.fget
    FakeAutoScalingGroup.instances = property(
        lambda self: [each.describe() for each in members(self)] or listed(self)
    )
    ELBv2Backend.describe_target_health = _describe_target_health(ELBv2Backend.describe_target_health)
    for extend in (
        _attach_instances,
        _detach_instances,
        _describe_auto_scaling_instances,
        _set_instance_health,
        _terminate_instance_in_auto_scaling_group,
    ):
        name = extend.__name__.removeprefix("_")
        setattr(AutoScalingResponse, name, extend(getattr(AutoScalingResponse, name)))
