"""What takes its time before others may build on it, and what is refused until then.

- An internet gateway is attached seconds after the request. Until then a NAT gateway fails with Gateway.NotAttached,
  https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html, an elastic IP address of a machine
  as well, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and a balancer that faces the
  internet is refused, https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html.
- A bucket's versioning takes time to reach all of S3; what is put meanwhile has no version:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/manage-versioning-examples.html.
"""

import time

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends

from .calls import Call, Refusal

SECONDS = 3
_SLOW = {("ec2", "AttachInternetGateway"), ("s3", "PutBucketVersioning")}


def refuse(call: Call) -> Refusal | None:
    name = call.service, call.operation
    if name in _SLOW:
        time.sleep(SECONDS)
    elif name == ("ec2", "CreateNatGateway") and call.params.get("ConnectivityType") != "private":
        return _not_attached(call, [call.params["SubnetId"]], "Gateway.NotAttached")
    elif name == ("ec2", "AssociateAddress") and call.params.get("InstanceId"):
        instance = ec2_backends[DEFAULT_ACCOUNT_ID][call.region].get_instance(call.params["InstanceId"])
        return _not_attached(call, [instance.subnet_id], "Gateway.NotAttached")
    elif name == ("elbv2", "CreateLoadBalancer") and call.params.get("Scheme") != "internal":
        subnets = call.params.get("Subnets") or [each["SubnetId"] for each in call.params.get("SubnetMappings", [])]
        return _not_attached(call, subnets, "InvalidSubnet")
    return None


def _not_attached(call: Call, subnet_ids: list[str], code: str) -> Refusal | None:
    """Why something that faces the internet cannot be in these subnets."""
    backend = ec2_backends[DEFAULT_ACCOUNT_ID][call.region]
    attached = {each.vpc.id for each in backend.internet_gateways.values() if each.vpc}
    for vpc in {backend.get_subnet(each).vpc_id for each in subnet_ids} - attached:
        if code == "InvalidSubnet":
            return Refusal(f"VPC {vpc} has no internet gateway", code)
        return Refusal(f"Network {vpc} has no Internet gateway attached", code)
    return None
