"""Two repairs of moto's launch templates.

moto decodes the user data of a template's first version only, and fails to start instances of later ones.

moto gives a template's own tags to its instances, too: the provider finds them at its next read, and removes them.
"""

from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.utils import parse_user_data

OWN = "launch-template"


def install() -> None:
    create = EC2Backend.create_launch_template

    def user_data(self):
        encoded = self.data.get("UserData")
        return parse_user_data(encoded) if isinstance(encoded, str) else encoded

    def create_launch_template(self, name, description, template_data, tag_spec):
        given = template_data.get("TagSpecifications")
        if given:
            template_data["TagSpecifications"] = [each for each in given if each["ResourceType"] != OWN]
        return create(self, name, description, template_data, tag_spec)

    LaunchTemplateVersion.user_data = property(user_data)
    EC2Backend.create_launch_template = create_launch_template
