"""Adds CodeBuild's webhooks, by which a Git service tells of pushes; moto lacks them.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Webhook.html: one a project, read as part of it; only
CreateWebhook's answer has the secret.
"""

from moto.codebuild.exceptions import ResourceAlreadyExistsException, ResourceNotFoundException
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult, EmptyResult


def _project(self) -> dict:
    name = self._get_param("projectName")
    found = self.codebuild_backend.batch_get_projects([name])
    if not found:
        raise ResourceNotFoundException(f"Project cannot be found: {name}")
    return found[0]


def create_webhook(self) -> ActionResult:
    project = _project(self)
    if "webhook" in project:
        raise ResourceAlreadyExistsException(f"Webhook for project {project['name']} already exists.")
    project["webhook"] = {
        "url": f"https://api.github.com/hooks/{project['name']}",
        "payloadUrl": f"https://codebuild.{self.region}.amazonaws.com/webhooks?t={project['name']}",
        "filterGroups": self._get_param("filterGroups") or [],
    }
    return ActionResult({"webhook": {**project["webhook"], "secret": "rehearsed"}})


def update_webhook(self) -> ActionResult:
    project = _project(self)
    if "webhook" not in project:
        raise ResourceNotFoundException(f"Webhook for project {project['name']} not found.")
    project["webhook"]["filterGroups"] = self._get_param("filterGroups") or []
    return ActionResult({"webhook": project["webhook"]})


def delete_webhook(self) -> EmptyResult:
    _project(self).pop("webhook", None)
    return EmptyResult()


def install() -> None:
    for operation in (create_webhook, update_webhook, delete_webhook):
        setattr(CodeBuildResponse, operation.__name__, operation)
