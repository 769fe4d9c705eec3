"""Repairs of moto's CodeBuild and CodePipeline.

- A pipeline's projects get source and artifacts from it, without a location; moto demands one of every project.
- moto finds projects by name and cannot change them; the provider also uses their ARN.
- moto writes a pipeline's times as text; the API, and the AWS SDK for JavaScript, have seconds.
"""

import json

from moto.codebuild import responses as codebuild
from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse
from moto.codepipeline import models as codepipeline
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

FROM_PIPELINE = "CODEPIPELINE"


class ResourceNotFoundException(ServiceException):
    code = "ResourceNotFoundException"


def _of_its_own(validate):
    def validate_own(part: dict) -> None:
        if part["type"] != FROM_PIPELINE:
            validate(part)

    return validate_own


def _name(name_or_arn: str) -> str:
    return name_or_arn.split(":project/")[-1]


def update_project(self) -> ActionResult:
    wanted = json.loads(self.body)
    name = _name(wanted["name"])
    project = self.codebuild_backend.codebuild_projects.get(name)
    if project is None:
        raise ResourceNotFoundException(f"Project cannot be found: {wanted['name']}")
    project.project_metadata.update({**wanted, "name": name})
    return ActionResult({"project": project.project_metadata})


def install() -> None:
    for part in ("source", "artifacts"):
        name = f"_validate_required_params_{part}"
        setattr(codebuild, name, _of_its_own(getattr(codebuild, name)))
    delete_project = CodeBuildBackend.delete_project
    CodeBuildBackend.delete_project = lambda self, name: delete_project(self, _name(name))
    CodeBuildResponse.update_project = update_project
    codepipeline.iso_8601_datetime_with_milliseconds = unix_time
