"""Shows the description of a security group's rule for another group or a prefix list; moto has those of addresses."""

import inspect

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    init = SecurityGroupRule.__init__

    members = inspect.signature(init)

    def keep_prefix_list(self, *args, **named):
        init(self, *args, **named)
        self.prefix_list = members.bind(self, *args, **named).arguments.get("prefix_list_id") or {}

    def description(self: SecurityGroupRule) -> str | None:
        sources = (self.ip_range, self.source_group, self.prefix_list)
        return next((each["Description"] for each in sources if each.get("Description")), None)

    SecurityGroupRule.__init__ = keep_prefix_list
    SecurityGroupRule.description = property(description)
