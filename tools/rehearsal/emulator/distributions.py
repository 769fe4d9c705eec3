"""Adds to moto's distributions: deploy times, refusals, and VPC origins.

Sources: the API reference of CreateDistribution, UpdateDistribution and DeleteDistribution (errors), and the developer
guide, "Requirements for using alternate domain names" and "SSL/TLS certificates" (the certificate's region).
"""

import time

from moto.acm.models import acm_backends
from moto.cloudfront import models
from moto.cloudfront.exceptions import CloudFrontException, InvalidIfMatchVersion, NoSuchDistribution
from moto.cloudfront.models import CloudFrontBackend, Distribution, DistributionConfig, Origin
from vpc_origins import origins_of

# Some minutes at AWS.
DEPLOY_SECONDS = 3


def _origin(init):
    def with_vpc_origin(self, origin: dict) -> None:
        init(self, origin)
        if "VpcOriginConfig" in origin:
            self.vpc_origin_config = {"OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5, **origin["VpcOriginConfig"]}

    return with_vpc_origin


def _config(init):
    """As AWS answers: with empty texts where an error has no page of its own, and without what is not asked for."""

    def as_answered(self, config: dict) -> None:
        init(self, config)
        certificate = self.ViewerCertificate
        certificate.iam_certificate_id = certificate.iam_certificate_id or None
        certificate.acm_certificate_arn = certificate.acm_certificate_arn or None
        if certificate.acm_certificate_arn:
            certificate.cloud_front_default_certificate = False
        for behavior in [self.DefaultCacheBehavior, *(self.CacheBehaviors.get("Items") or [])]:
            # A policy says it all.
            if behavior.cache_policy_id:
                behavior.forwarded_values = behavior.min_ttl = behavior.default_ttl = behavior.max_ttl = None
        for response in (self.CustomErrorResponses or {}).get("Items") or []:
            response["ResponseCode"] = response.get("ResponseCode") or ""
            response["ResponsePagePath"] = response.get("ResponsePagePath") or ""

    return as_answered


def _referenced(config: DistributionConfig) -> set[str]:
    origins = [getattr(origin, "vpc_origin_config", None) for origin in config.Origins["Items"]]
    return {each["VpcOriginId"] for each in origins if each}


def _deploy(self) -> None:
    """The edges learn of a change late; until then they also use the former configuration."""
    self.etag = models.random_id()
    self.deployed_at = time.monotonic() + DEPLOY_SECONDS


def _status(self) -> str:
    return "Deployed" if time.monotonic() >= self.deployed_at else "InProgress"


def _vpc_origin_ids(self) -> set[str]:
    former = set() if self.status == "Deployed" else self.former_origins
    return former | _referenced(self.distribution_config)


def _check(backend: CloudFrontBackend, config: DistributionConfig, own: Distribution | None = None) -> None:
    origins = origins_of(backend)
    for origin_id in _referenced(config):
        if origin_id not in origins or origins[origin_id].status != "Deployed":
            raise CloudFrontException("InvalidArgument", f"The VPC origin {origin_id} is not deployed.")
    aliases = config.Aliases.get("Items", [])
    certificate = config.ViewerCertificate.acm_certificate_arn
    if aliases and not certificate:
        raise CloudFrontException("InvalidViewerCertificate", "Aliases need a certificate that is valid for them.")
    if certificate:
        if certificate.split(":")[3] != "us-east-1":
            raise CloudFrontException("InvalidViewerCertificate", "The certificate must be in us-east-1.")
        # Unknown to moto's ACM: it raises.
        found = acm_backends[backend.account_id]["us-east-1"].describe_certificate(certificate)
        if found.status != "ISSUED":
            raise CloudFrontException("InvalidViewerCertificate", "The certificate has not been issued.")
    for other in backend.distributions.values():
        if other is not own and set(aliases) & set(other.distribution_config.Aliases.get("Items", [])):
            raise CloudFrontException("CNAMEAlreadyExists", "An alias belongs to another distribution.")


def _current(self, distribution_id: str, if_match: str) -> Distribution:
    if distribution_id not in self.distributions:
        raise NoSuchDistribution
    found = self.distributions[distribution_id]
    if not if_match:
        raise InvalidIfMatchVersion
    if if_match != found.etag:
        raise CloudFrontException("PreconditionFailed", "The distribution has changed since it was read.")
    return found


def _update(self, dist_config: dict, _id: str, if_match: str):
    found = _current(self, _id, if_match)
    config = DistributionConfig(dist_config)
    _check(self, config, found)
    found.former_origins = _referenced(found.distribution_config)
    found.distribution_config = config
    found.deploy()
    return found, found.location, found.etag


def _delete(self, distribution_id: str, if_match: str) -> None:
    found = _current(self, distribution_id, if_match)
    if str(found.distribution_config.Enabled).lower() == "true" or found.status != "Deployed":
        raise CloudFrontException("DistributionNotDisabled", "The distribution has not been disabled.")
    del self.distributions[distribution_id]


def install() -> None:
    Origin.__init__ = _origin(Origin.__init__)
    DistributionConfig.__init__ = _config(DistributionConfig.__init__)
    Distribution.deploy = _deploy
    Distribution.status = property(_status)
    Distribution.vpc_origin_ids = _vpc_origin_ids
    Distribution.former_origins = frozenset()
    create = CloudFrontBackend.create_distribution_with_tags

    def create_distribution_with_tags(self, distribution_config, tags):
        distribution, location, _ = create(self, distribution_config, tags)
        try:
            _check(self, distribution.distribution_config, distribution)
        except Exception:
            del self.distributions[distribution.id]
            raise
        distribution.deploy()
        return distribution, location, distribution.etag

    CloudFrontBackend.create_distribution_with_tags = create_distribution_with_tags
    CloudFrontBackend.update_distribution = _update
    CloudFrontBackend.delete_distribution = _delete
