"""Adds CodeBuild's credentials for Git services, which moto lacks: one a service, and nobody can read the token."""

import json

from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse


def _credentials(backend: CodeBuildBackend) -> dict[str, dict]:
    if not hasattr(backend, "source_credentials"):
        backend.source_credentials = {}
    return backend.source_credentials


def import_source_credentials(self) -> str:
    server, kind = self._get_param("serverType"), self._get_param("authType")
    arn = f"arn:aws:codebuild:{self.region}:{self.current_account}:token/{server.lower()}"
    _credentials(self.codebuild_backend)[arn] = {"arn": arn, "serverType": server, "authType": kind}
    return json.dumps({"arn": arn})


def list_source_credentials(self) -> str:
    return json.dumps({"sourceCredentialsInfos": list(_credentials(self.codebuild_backend).values())})


def delete_source_credentials(self) -> str:
    arn = self._get_param("arn")
    _credentials(self.codebuild_backend).pop(arn, None)
    return json.dumps({"arn": arn})


def install() -> None:
    for operation in (import_source_credentials, list_source_credentials, delete_source_credentials):
        setattr(CodeBuildResponse, operation.__name__, operation)
