"""Keeps a lifecycle's number of old versions: moto forgets it, and the provider waits three minutes to read it back."""

from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response


def install() -> None:
    set_lifecycle, serialized = FakeBucket.set_lifecycle, S3Response.serialized

    def set_lifecycle_and_keep(self, rules):
        set_lifecycle(self, rules)
        for kept, given in zip(self.rules, rules, strict=True):
            kept.newer_versions = (given.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")

    def serialized_in_full(self, result):
        # Refusals come this way, too.
        if self.data.get("Action") == "GetBucketLifecycleConfiguration" and isinstance(result.result, dict):
            _complete(result.result["Rules"], self.backend.get_bucket_lifecycle(self.bucket_name))
        return serialized(self, result)

    FakeBucket.set_lifecycle, S3Response.serialized = set_lifecycle_and_keep, serialized_in_full


def _complete(shown: list[dict], kept: list) -> None:
    for rule, known in zip(shown, kept, strict=True):
        if known.newer_versions:
            rule["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] = known.newer_versions
