"""Takes CodeBuild projects that a pipeline runs.

Their source and artifacts come from the pipeline and have no location; moto demands one of every project.
"""

from moto.codebuild import responses

FROM_PIPELINE = "CODEPIPELINE"


def _of_its_own(validate):
    def validate_own(part: dict) -> None:
        if part["type"] != FROM_PIPELINE:
            validate(part)

    return validate_own


def install() -> None:
    for part in ("source", "artifacts"):
        name = f"_validate_required_params_{part}"
        setattr(responses, name, _of_its_own(getattr(responses, name)))
