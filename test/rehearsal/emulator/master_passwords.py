"""Gives each database a password of its own, for its own user, where RDS manages it.

moto's secrets all say "admin" with one password, whatever the database's user is called.
"""

import json
import secrets

from moto.rds.models import MasterUserSecret


def _generate_secret_string(self: MasterUserSecret) -> str:
    return json.dumps({"username": self.resource.master_username, "password": secrets.token_urlsafe(24)})


def install() -> None:
    MasterUserSecret._generate_secret_string = _generate_secret_string
