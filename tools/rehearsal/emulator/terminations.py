"""Deregisters the target of an instance that is terminated alone; in moto it stays."""

from moto.autoscaling.models import AutoScalingBackend


def install() -> None:
    terminate_instance = AutoScalingBackend.terminate_instance

    def terminate_and_deregister(self, instance_id: str, should_decrement: bool):
        groups = self.autoscaling_groups.values()
        group = next(each for each in groups if instance_id in [one.instance.id for one in each.instance_states])
        activity = terminate_instance(self, instance_id, should_decrement)
        for target_group in group.target_group_arns or []:
            self.elbv2_backend.deregister_targets(target_group, [{"Id": instance_id}])
        return activity

    AutoScalingBackend.terminate_instance = terminate_and_deregister
