"""CloudFront's VPC origins, which moto lacks, as strict as AWS is about them.

Sources: the developer guide, "Restrict access with VPC origins" (prerequisites, zones, the service's security group),
and the API reference of CreateVpcOrigin, UpdateVpcOrigin and DeleteVpcOrigin (errors). That one in use cannot change is
also hashicorp/terraform-provider-aws issue 40905.
"""

import time

from moto.cloudfront import urls
from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import CloudFrontBackend, cloudfront_backends, random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

# Up to 15 minutes at AWS.
DEPLOY_SECONDS = 3
DELETE_SECONDS = 2
SERVICE_GROUP = "CloudFront-VPCOrigins-Service-SG"
ZONES_WITHOUT = {"use1-az3", "usw1-az2", "apne1-az3", "cac1-az3"}
IN_USE = (
    "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC origin "
    "from all distributions before updating or deleting."
)


class VpcOrigin:
    def __init__(self, account_id: str, config: dict):
        self.id = f"vo_{random_id(uppercase=False, length=22)}"
        self.arn = f"arn:aws:cloudfront::{account_id}:vpcorigin/{self.id}"
        self.account_id = account_id
        self.created_time = utcnow()
        self.gone_at = None
        self.change(config)

    def change(self, config: dict) -> None:
        self.vpc_origin_endpoint_config = config
        self.last_modified_time = utcnow()
        self.etag = random_id()
        self.deployed_at = time.monotonic() + DEPLOY_SECONDS

    @property
    def status(self) -> str:
        busy = self.gone_at is not None or time.monotonic() < self.deployed_at
        return "Deploying" if busy else "Deployed"


def balancer_of(account_id: str, arn: str):
    """The load balancer with this ARN, or nothing."""
    region = arn.split(":")[3]
    return elbv2_backends[account_id][region].load_balancers.get(arn)


def origins_of(backend: CloudFrontBackend) -> dict[str, VpcOrigin]:
    """The account's origins by ID, without those whose deletion is through."""
    origins = backend.__dict__.setdefault("vpc_origins", {})
    for origin in list(origins.values()):
        if origin.gone_at is not None and time.monotonic() >= origin.gone_at:
            del origins[origin.id]
            _leave(backend, origin)
    return origins


def is_behind_an_origin(account_id: str, arn: str) -> bool:
    origins = origins_of(cloudfront_backends[account_id]["aws"]).values()
    return any(origin.vpc_origin_endpoint_config["Arn"] == arn for origin in origins)


def _leave(backend: CloudFrontBackend, origin: VpcOrigin) -> None:
    """The service's group goes with a VPC's last origin."""
    origin_vpc = origin.vpc_id
    if any(other.vpc_id == origin_vpc for other in backend.vpc_origins.values()):
        return
    ec2 = ec2_backends[origin.account_id][origin.region]
    for group in ec2.describe_security_groups(filters={"vpc-id": [origin_vpc], "group-name": [SERVICE_GROUP]}):
        ec2.delete_security_group(group_id=group.id)


def _check(account_id: str, config: dict):
    if not config["Arn"].startswith("arn:aws:elasticloadbalancing:"):
        raise CloudFrontException("InvalidArgument", f"The origin {config['Arn']} is not supported by the emulator.")
    balancer = balancer_of(account_id, config["Arn"])
    if balancer is None or balancer.state != "active":
        raise CloudFrontException("InvalidArgument", f"The resource {config['Arn']} is not there or not active.")
    ec2 = ec2_backends[account_id][config["Arn"].split(":")[3]]
    gateways = ec2.describe_internet_gateways(filters={"attachment.vpc-id": [balancer.vpc_id]})
    if not gateways:
        raise CloudFrontException("InvalidArgument", f"The VPC {balancer.vpc_id} has no internet gateway.")
    if without := {subnet._availability_zone.zone_id for subnet in balancer.subnets} & ZONES_WITHOUT:
        raise CloudFrontException("InvalidArgument", f"VPC origins are not supported in {', '.join(without)}.")
    return balancer


def _create(backend: CloudFrontBackend, config: dict, tags: list) -> VpcOrigin:
    balancer = _check(backend.account_id, config)
    origins = origins_of(backend)
    if any(other.vpc_origin_endpoint_config["Name"] == config["Name"] for other in origins.values()):
        raise CloudFrontException("EntityAlreadyExists", f"A VPC origin named {config['Name']} already exists.")
    origin = VpcOrigin(backend.account_id, config)
    origin.vpc_id = balancer.vpc_id
    origin.region = config["Arn"].split(":")[3]
    ec2 = ec2_backends[backend.account_id][origin.region]
    named = {"vpc-id": [origin.vpc_id], "group-name": [SERVICE_GROUP]}
    if not ec2.describe_security_groups(filters=named):
        ec2.create_security_group(SERVICE_GROUP, "Managed by CloudFront", origin.vpc_id)
    origins[origin.id] = origin
    backend.tagger.tag_resource(origin.arn, tags)
    return origin


def _find(backend: CloudFrontBackend, origin_id: str) -> VpcOrigin:
    origin = origins_of(backend).get(origin_id)
    if origin is None:
        raise CloudFrontException("EntityNotFound", f"The VPC origin {origin_id} was not found.")
    return origin


def _find_free(backend: CloudFrontBackend, origin_id: str, if_match: str, refusal: str) -> VpcOrigin:
    """One that may change: it is as the caller last saw it, is through with the last change, and nobody uses it."""
    origin = _find(backend, origin_id)
    if not if_match:
        raise CloudFrontException("InvalidIfMatchVersion", "The If-Match version is missing or not valid.")
    if if_match != origin.etag:
        raise CloudFrontException("PreconditionFailed", "The VPC origin has changed since it was read.")
    if origin.status != "Deployed":
        raise CloudFrontException("IllegalUpdate", "The VPC origin is still being deployed.")
    if any(origin_id in distribution.vpc_origin_ids() for distribution in backend.distributions.values()):
        raise CloudFrontException(refusal, IN_USE)
    return origin


class _Responses:
    def _answer(self, origin: VpcOrigin) -> ActionResult:
        return ActionResult({"VpcOrigin": origin, "ETag": origin.etag, "Location": origin.arn})

    def create_vpc_origin(self) -> ActionResult:
        config = self._get_param("VpcOriginEndpointConfig")
        tags = (self._get_param("Tags") or {}).get("Items", [])
        return self._answer(_create(self.backend, config, tags))

    def get_vpc_origin(self) -> ActionResult:
        return self._answer(_find(self.backend, self._get_param("Id")))

    def update_vpc_origin(self) -> ActionResult:
        config = self._get_param("VpcOriginEndpointConfig")
        origin = _find_free(
            self.backend, self._get_param("Id"), self._get_param("IfMatch"), "CannotUpdateEntityWhileInUse"
        )
        _check(self.backend.account_id, config)
        origin.change(config)
        return self._answer(origin)

    def delete_vpc_origin(self) -> ActionResult:
        origin = _find_free(
            self.backend, self._get_param("Id"), self._get_param("IfMatch"), "CannotDeleteEntityWhileInUse"
        )
        origin.gone_at = time.monotonic() + DELETE_SECONDS
        return self._answer(origin)

    def list_vpc_origins(self) -> ActionResult:
        items = [
            {
                "Id": origin.id,
                "Name": origin.vpc_origin_endpoint_config["Name"],
                "Status": origin.status,
                "Arn": origin.arn,
                "CreatedTime": origin.created_time,
                "LastModifiedTime": origin.last_modified_time,
                "OriginEndpointArn": origin.vpc_origin_endpoint_config["Arn"],
            }
            for origin in origins_of(self.backend).values()
        ]
        listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(items), "Items": items}
        return ActionResult({"VpcOriginList": listed})


def install() -> None:
    urls.url_paths["{0}/2020-05-31/vpc-origin$"] = CloudFrontResponse.dispatch
    urls.url_paths["{0}/2020-05-31/vpc-origin/(?P<vpc_origin_id>[^/]+)$"] = CloudFrontResponse.dispatch
    for name, function in vars(_Responses).items():
        if not name.startswith("__"):
            setattr(CloudFrontResponse, name, function)
