"""Refuses to decrypt an SSM parameter whose KMS key is disabled, in the words of AWS; moto decrypts everything."""

from moto.core.exceptions import ServiceException
from moto.kms.models import kms_backends
from moto.ssm.models import Parameter


class AccessDeniedException(ServiceException):
    code = "AccessDeniedException"


def _is_enabled(account_id: str, region: str, key_id: str) -> bool:
    key = kms_backends[account_id][region].keys.get(key_id)
    return key is None or key.enabled


def install() -> None:
    response_object = Parameter.response_object

    def response_object_if_decryptable(self, decrypt: bool = False, region: str | None = None):
        if decrypt and self.keyid and not _is_enabled(self.account_id, region or "us-east-1", self.keyid):
            raise AccessDeniedException(
                "The ciphertext refers to a customer master key that does not exist, does not exist in this region, "
                "or you are not allowed to access."
            )
        return response_object(self, decrypt, region)

    Parameter.response_object = response_object_if_decryptable
