"""Refuses to decrypt an SSM parameter whose KMS key is gone or disabled, in AWS's words; moto decrypts everything."""

from moto.core.exceptions import ServiceException
from moto.kms.models import kms_backends
from moto.ssm.models import Parameter


class AccessDeniedException(ServiceException):
    code = "AccessDeniedException"


def _is_usable(account_id: str, region: str, key: str) -> bool:
    if key.startswith("alias/aws/"):
        return True
    backend = kms_backends[account_id][region]
    found = backend.keys.get(backend.any_id_to_key_id(key))
    return found is not None and found.enabled


def install() -> None:
    response_object = Parameter.response_object

    def response_object_if_decryptable(self, decrypt: bool = False, region: str | None = None):
        encrypted = self.parameter_type == "SecureString"
        if decrypt and encrypted and not _is_usable(self.account_id, region or "us-east-1", self.keyid):
            raise AccessDeniedException(
                "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
                "or you are not allowed to access."
            )
        return response_object(self, decrypt, region)

    Parameter.response_object = response_object_if_decryptable
