"""Shows the description of a security group's rule for another group; moto shows those of addresses only."""

from moto.ec2.models.security_groups import SecurityGroupRule


def _description(self: SecurityGroupRule) -> str | None:
    return self.ip_range.get("Description") or self.source_group.get("Description")


def install() -> None:
    SecurityGroupRule.description = property(_description)
