"""What not every zone has.

- A local zone has no NAT gateway: NotAvailableInZone,
  https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; and no balancer across it and others,
  https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer.
- An instance type that a zone does not have is Unsupported there,
  https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html. AWS says so of each launch; here the
  group is refused, as it could never keep its instances apart.
"""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

from .calls import Call, Refusal


def refuse(call: Call) -> Refusal | None:
    backend = ec2_backends[DEFAULT_ACCOUNT_ID][call.region]
    name = call.service, call.operation
    if name == ("ec2", "CreateNatGateway"):
        local = _local(backend, [call.params["SubnetId"]])
        return Refusal(f"Nat Gateway is not available in {local}", "NotAvailableInZone") if local else None
    if name == ("elbv2", "CreateLoadBalancer"):
        subnets = call.params.get("Subnets") or []
        local = _local(backend, subnets)
        return Refusal(f"The subnets of {local} and of other zones", "InvalidSubnet") if local and subnets[1:] else None
    if name == ("autoscaling", "CreateAutoScalingGroup"):
        return _unsupported(backend, call)
    return None


def _local(backend: EC2Backend, subnet_ids: list[str]) -> str | None:
    """Name of a zone of these subnets that is no regular one."""
    zones = {backend.get_zone_by_name(backend.get_subnet(each).availability_zone) for each in subnet_ids}
    return next((zone.name for zone in zones if zone and zone.zone_type != "availability-zone"), None)


def _unsupported(backend: EC2Backend, call: Call) -> Refusal | None:
    wanted = _types(backend, call)
    offered = {(each["InstanceType"], each["Location"]) for each in _offerings(call.region)}
    for subnet in (call.params.get("VPCZoneIdentifier") or "").split(","):
        zone = backend.get_subnet(subnet).availability_zone if subnet else None
        for kind in wanted if zone and offered else []:
            if (kind, zone) not in offered:
                refused = f"Your requested instance type ({kind}) is not supported in your requested Availability Zone"
                return Refusal(f"{refused} ({zone}).", "ValidationError")
    return None


def _offerings(region: str) -> list[dict]:
    return INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])


def _types(backend: EC2Backend, call: Call) -> list[str]:
    """The first instance type that a group asks for, or that its launch template has."""
    mixed = call.get("MixedInstancesPolicy.LaunchTemplate") or {}
    overrides = [each["InstanceType"] for each in mixed.get("Overrides") or [] if each.get("InstanceType")]
    wanted = mixed.get("LaunchTemplateSpecification") or call.params.get("LaunchTemplate") or {}
    for template in backend.launch_templates.values():
        if wanted.get("LaunchTemplateId") == template.id or wanted.get("LaunchTemplateName") == template.name:
            return overrides[:1] or [template.latest_version().data.get("InstanceType")]
    return overrides[:1]
