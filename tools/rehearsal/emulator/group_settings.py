"""Makes moto keep settings of Auto Scaling groups, hooks and scaling policies."""

from moto.autoscaling.responses import AutoScalingResponse

from kept_settings import after, keep, typed

GROUP = (
    "CapacityRebalance",
    "Context",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DesiredCapacityType",
    "InstanceMaintenancePolicy",
    "MaxInstanceLifetime",
    "PlacementGroup",
    "ServiceLinkedRoleARN",
    "TerminationPolicies",
)


def _group(response: AutoScalingResponse, _answer) -> None:
    request = response._get_params()
    keep(response.autoscaling_backend.autoscaling_groups[request["AutoScalingGroupName"]], request, GROUP)


def _hook(response: AutoScalingResponse, _answer) -> None:
    """moto makes up a queue and a role for a hook without them."""
    request = response._get_params()
    group, name = request["AutoScalingGroupName"], request["LifecycleHookName"]
    for hook in response.autoscaling_backend.describe_lifecycle_hooks(group, [name]):
        hook.notification_target_arn = request.get("NotificationTargetARN")
        hook.role_arn = request.get("RoleARN")
        hook.notification_metadata = request.get("NotificationMetadata")


def _policy(response: AutoScalingResponse, _answer) -> None:
    request = response._get_params()
    policy = response.autoscaling_backend.policies[request["PolicyName"]]
    policy.enabled = typed(request.get("Enabled", True))
    # An empty one, which moto shows for the other kinds of policy, is not one.
    policy.predictive_scaling_configuration = policy.predictive_scaling_configuration or None


def install() -> None:
    after(AutoScalingResponse, "create_auto_scaling_group", _group)
    after(AutoScalingResponse, "update_auto_scaling_group", _group)
    after(AutoScalingResponse, "put_lifecycle_hook", _hook)
    after(AutoScalingResponse, "put_scaling_policy", _policy)
