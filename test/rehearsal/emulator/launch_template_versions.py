"""Lets instances start from every version of a launch template.

moto decodes the user data of a template's first version only, and fails to start instances of later ones.
"""

from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.utils import parse_user_data


def install() -> None:
    def user_data(self):
        encoded = self.data.get("UserData")
        return parse_user_data(encoded) if isinstance(encoded, str) else encoded

    LaunchTemplateVersion.user_data = property(user_data)
