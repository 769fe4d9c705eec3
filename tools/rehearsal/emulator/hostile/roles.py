"""A role or instance profile that other services do not know in its first seconds.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency says that
changes take time to be seen everywhere. What each service says then, and that the provider waits for, is in the
functions of terraform-provider-aws that make what the table names.
"""

import re
import time
from dataclasses import dataclass

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends

from .calls import Call, Refusal

SECONDS = 4


@dataclass(frozen=True)
class Use:
    """A call that needs a role or profile, by the parameter that names it."""

    parameter: str
    code: str
    message: str


_PROFILE = "Value ({}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
# Not sts:AssumeRole: `sst dev` asks once, and runs its commands with the developer's own rights after a refusal, so
# that nothing of a service's role would be judged.
_USES = {
    ("codebuild", "CreateProject"): Use(
        "serviceRole", "InvalidInputException", "CodeBuild is not authorized to perform: sts:AssumeRole on {}"
    ),
    ("codepipeline", "CreatePipeline"): Use(
        "pipeline.roleArn",
        "InvalidStructureException",
        "CodePipeline is not authorized to perform AssumeRole on role {}",
    ),
    ("ec2", "CreateFlowLogs"): Use("DeliverLogsPermissionArn", "InvalidParameter", "Unable to assume given IAM role"),
    ("ec2", "RunInstances"): Use("IamInstanceProfile.Arn", "InvalidParameterValue", _PROFILE),
    ("rds", "CreateDBInstance"): Use(
        "MonitoringRoleArn",
        "InvalidParameterValue",
        "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    ),
    ("s3", "PutBucketPolicy"): Use("Policy", "MalformedPolicy", "Invalid principal in policy"),
}
_MADE = {
    ("iam", "CreateRole"): "RoleName",
    ("iam", "CreateInstanceProfile"): "InstanceProfileName",
    ("iam", "AddRoleToInstanceProfile"): "InstanceProfileName",
}

# When a role or profile was made, by its name.
_born: dict[str, float] = {}


def served(call: Call) -> None:
    parameter = _MADE.get((call.service, call.operation))
    if parameter:
        _born[call.params[parameter]] = time.monotonic()


def refuse(call: Call) -> Refusal | None:
    if (call.service, call.operation) == ("autoscaling", "CreateAutoScalingGroup"):
        name = _profile_of_group(call)
        refused = f"You must use a valid fully-formed launch template. {_PROFILE.format(name)}"
        return Refusal(refused, "ValidationError") if name and _is_young(name) else None
    use = _USES.get((call.service, call.operation))
    named = call.get(use.parameter) if use else None
    for name in re.findall(r":(?:role|instance-profile)/(?:[\w+=,.@/-]*/)?([\w+=,.@-]+)", named or ""):
        if _is_young(name):
            return Refusal(use.message.format(named), use.code)
    return None


def _is_young(name: str) -> bool:
    return time.monotonic() - _born.get(name, float("-inf")) < SECONDS


def _profile_of_group(call: Call) -> str | None:
    """Name of the instance profile in the launch template of a group."""
    mixed = call.get("MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification")
    wanted = mixed or call.params.get("LaunchTemplate") or {}
    for template in ec2_backends[DEFAULT_ACCOUNT_ID][call.region].launch_templates.values():
        if wanted.get("LaunchTemplateId") == template.id or wanted.get("LaunchTemplateName") == template.name:
            profile = template.latest_version().data.get("IamInstanceProfile", {})
            return profile.get("Name") or profile.get("Arn", "").split("/")[-1]
    return None
