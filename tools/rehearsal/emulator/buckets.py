"""Two repairs of moto's S3.

moto applies a bucket policy without looking at its conditions, so the usual statement that denies everything without
TLS denies everything. The rehearsal's plain HTTP stands for TLS: such a statement never applies to it.

moto fails when a delete marker is the last version of an object and is deleted, as when a versioned bucket is emptied.
"""

import json
from types import SimpleNamespace

from moto.s3.models import FakeBucket, FakeDeleteMarker


def _applies_without_tls_only(statement: dict) -> bool:
    secure = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return str(secure).lower() == "false"


def _as_seen_over_tls(policy: bytes | str) -> bytes:
    document = json.loads(policy)
    statements = document["Statement"]
    if isinstance(statements, dict):
        statements = [statements]
    kept = [each for each in statements if not _applies_without_tls_only(each)]
    return json.dumps({**document, "Statement": kept}).encode()


def install() -> None:
    get_permission = FakeBucket.get_permission

    def get_permission_over_tls(self, action, resource):
        if self.policy is None:
            return get_permission(self, action, resource)
        seen = SimpleNamespace(policy=_as_seen_over_tls(self.policy))
        return get_permission(seen, action, resource)

    FakeBucket.get_permission = get_permission_over_tls
    FakeDeleteMarker.dispose = lambda self, garbage=False: None
