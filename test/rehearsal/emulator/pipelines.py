"""Two repairs of moto's CodeBuild and CodePipeline.

Projects that a pipeline runs get their source and artifacts from it and have no location; moto demands one of every
project.

moto writes a pipeline's times as text, where the API has seconds, and the AWS SDK for JavaScript reads nothing else.
"""

from moto.codebuild import responses as codebuild
from moto.codepipeline import models as codepipeline
from moto.core.utils import unix_time

FROM_PIPELINE = "CODEPIPELINE"


def _of_its_own(validate):
    def validate_own(part: dict) -> None:
        if part["type"] != FROM_PIPELINE:
            validate(part)

    return validate_own


def install() -> None:
    for part in ("source", "artifacts"):
        name = f"_validate_required_params_{part}"
        setattr(codebuild, name, _of_its_own(getattr(codebuild, name)))
    codepipeline.iso_8601_datetime_with_milliseconds = unix_time
