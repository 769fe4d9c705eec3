"""Repairs of moto's groups of several instance types or of Spot instances.

moto rounds both the share on demand and the one of Spot instances down, so that a group of one instance with a share
of each has none. It loses a group's policy in an update that does not mention it. It shows the launch template of a
policy a second time, as that of the group.
"""

from moto.autoscaling.models import FakeAutoScalingGroup


def _set_desired_capacity(moto):
    def set_desired_capacity(self, new_capacity):
        """Each instance counts once here: no group of ours weighs its types."""
        policy, self.mixed_instances_policy = self.mixed_instances_policy, None
        try:
            moto(self, new_capacity)
        finally:
            self.mixed_instances_policy = policy

    return set_desired_capacity


def _update(moto):
    def update(self, *, launch_config_name, launch_template, mixed_instances_policy=None, **others):
        kept = self.mixed_instances_policy
        moto(
            self,
            launch_config_name=launch_config_name,
            launch_template=launch_template,
            mixed_instances_policy=mixed_instances_policy,
            **others,
        )
        if not launch_config_name and not launch_template and not mixed_instances_policy:
            self.mixed_instances_policy = kept

    return update


def install() -> None:
    shown = FakeAutoScalingGroup.launch_template.fget
    FakeAutoScalingGroup.launch_template = property(lambda self: None if self.mixed_instances_policy else shown(self))
    FakeAutoScalingGroup.set_desired_capacity = _set_desired_capacity(FakeAutoScalingGroup.set_desired_capacity)
    FakeAutoScalingGroup.update = _update(FakeAutoScalingGroup.update)
