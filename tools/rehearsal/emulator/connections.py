"""Adds CodeConnections, which moto lacks. A connection stays pending: nobody authorises it in a console."""

import json
import re
import uuid
from collections.abc import Callable

ACCOUNT = "123456789012"
_SCOPE = re.compile(r"Credential=[^/,]+/\d+/([^/,]+)/(?:codeconnections|codestar-connections)/")
_connections: dict[str, dict] = {}


class Refusal(Exception):
    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def _find(request: dict) -> dict:
    arn = request.get("ConnectionArn") or request.get("ResourceArn")
    if arn not in _connections:
        raise Refusal("ResourceNotFoundException", f"[{arn}] not found")
    return _connections[arn]


def _create(request: dict, region: str) -> dict:
    source = {key: request[key] for key in ("ProviderType", "HostArn") if request.get(key)}
    if len(source) != 1:
        raise Refusal("InvalidInputException", "Exactly one of ProviderType and HostArn must be given.")
    arn = f"arn:aws:codeconnections:{region}:{ACCOUNT}:connection/{uuid.uuid4()}"
    shown = {
        "ConnectionName": request["ConnectionName"],
        "ConnectionArn": arn,
        "OwnerAccountId": ACCOUNT,
        "ConnectionStatus": "PENDING",
        **source,
    }
    _connections[arn] = {"shown": shown, "tags": {each["Key"]: each["Value"] for each in request.get("Tags") or []}}
    return {"ConnectionArn": arn, **_list_tags({"ResourceArn": arn}, region)}


def _get(request: dict, _region: str) -> dict:
    return {"Connection": _find(request)["shown"]}


def _delete(request: dict, _region: str) -> dict:
    _find(request)
    del _connections[request["ConnectionArn"]]
    return {}


def _list_tags(request: dict, _region: str) -> dict:
    return {"Tags": [{"Key": key, "Value": value} for key, value in _find(request)["tags"].items()]}


def _tag(request: dict, _region: str) -> dict:
    _find(request)["tags"].update({each["Key"]: each["Value"] for each in request["Tags"]})
    return {}


def _untag(request: dict, _region: str) -> dict:
    for key in request["TagKeys"]:
        _find(request)["tags"].pop(key, None)
    return {}


_OPERATIONS: dict[str, Callable[[dict, str], dict]] = {
    "CreateConnection": _create,
    "GetConnection": _get,
    "DeleteConnection": _delete,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
}


def _answer(environ: dict, region: str) -> tuple[str, dict]:
    """The HTTP status and the body."""
    operation = environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
    request = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
    try:
        if operation not in _OPERATIONS:
            raise Refusal("UnknownOperationException", f"The emulator has no {operation} of CodeConnections.")
        return "200 OK", _OPERATIONS[operation](request, region)
    except Refusal as refusal:
        return "400 Bad Request", {"__type": refusal.code, "message": str(refusal)}


def around(inner: Callable) -> Callable:
    """WSGI middleware that answers requests to CodeConnections and passes on all others."""

    def application(environ, start_response):
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return inner(environ, start_response)
        status, answer = _answer(environ, scope.group(1))
        content = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(content)))])
        return [content]

    return application
