"""What a request asks of AWS, and how AWS refuses: read and written by botocore's models, in every protocol."""

import functools
import io
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

# Where a layer further in finds the call of a request.
ENVIRON = "emulator.call"

_CREDENTIAL = re.compile(r"Credential=([^/,&]+)/\d+/([^/,]+)/([^/,]+)/aws4_request")

# Names by which requests are signed, where botocore's model has another.
_MODELS = {
    "eventbridge": "events",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
}

# What AWS calls the error of a value that cannot be, by protocol: the "Common Errors" page of each API reference.
_INVALID = {"ec2": "InvalidParameterValue", "query": "ValidationError", "rest-xml": "InvalidArgument"}


@dataclass(frozen=True)
class Call:
    """One request: an operation of a service with its parameters, by the names of botocore's model."""

    service: str
    operation: str
    params: dict[str, Any]
    region: str
    key: str
    model: OperationModel = field(repr=False)
    protocol: str = field(repr=False)

    def get(self, path: str) -> Any:
        """The parameter at a path such as `LaunchTemplate.Version`, or None."""
        found: Any = self.params
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found


@dataclass(frozen=True)
class Refusal:
    """An error that AWS answers with. Without a code it is the service's usual one for a wrong value."""

    message: str
    code: str | None = None
    status: int | None = None


class _Refused(ServiceException):
    """An error of none of moto's services, whose models it would look into."""


def read(environ: dict) -> Call | None:
    """The call that a request makes; None where it is no call of AWS's API, or of a service that botocore lacks."""
    credential = _CREDENTIAL.search(
        environ.get("HTTP_AUTHORIZATION") or urllib.parse.unquote(environ.get("QUERY_STRING", ""))
    )
    if not credential:
        return None
    key, region, signed = credential.groups()
    service = _MODELS.get(signed.lower(), signed.lower())
    try:
        operation, params, protocol = _parse(service, _request(environ))
    except (UnknownServiceError, HTTPException, NotImplementedError, KeyError, ValueError):
        return None
    return Call(service, operation.name, params, region, key, operation, protocol)


def _request(environ: dict) -> Request:
    """The request, whose body is put back for moto."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return Request({**environ, "wsgi.input": io.BytesIO(body)})


def _parse(service: str, request: Request) -> tuple[OperationModel, dict, str]:
    protocol = determine_request_protocol(get_service_model(service), request.content_type)
    operation, place = get_service_router(service).match(request)
    given = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.data,
        "url_path": request.path,
        "url_params": place,
    }
    return operation, PROTOCOL_PARSERS[protocol](operation).parse(given), protocol


def refuse(call: Call, refusal: Refusal, start_response) -> list[bytes]:
    """Answers a call with an error, in the words of its protocol."""
    code = refusal.code or _INVALID.get(call.protocol, "ValidationException")
    serializer = _serializer(call.service, call.operation, call.protocol)
    answer = serializer.serialize(_Refused(code, refusal.message))
    body = answer["body"]
    content = body.encode() if isinstance(body, str) else body
    headers = {**answer["headers"], "Content-Length": str(len(content))}
    start_response(f"{refusal.status or answer['status_code']} Refused", list(headers.items()))
    return [content]


@functools.cache
def _serializer(service: str, operation: str, protocol: str):
    model = get_service_model(service)
    kind = get_serializer_class(service, protocol)
    return kind(
        operation_model=model.operation_model(operation), pretty_print=False, value_picker=XFormedAttributePicker()
    )
