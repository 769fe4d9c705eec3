"""Writes down every call that reaches the emulator, one JSON object a line.

`EMULATOR_CALLS` names the file. tools/rehearsal/README.md says what a line has.
"""

import io
import json
import os
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.secretsmanager.models import secretsmanager_backends
from waitress.channel import ClientDisconnected

from hostile import calls

_CREDENTIAL = re.compile(r"Credential=([^/,]+)/\d+/([^/,]+)/([^/,]+)/")
# Members that name a resource. Never values, which may be secret.
_NAMING = re.compile(
    r"(?:(?:Name|Id|Arn|ARN|Identifier|Key|Bucket|PermissionsBoundary|\bnames?)s?(?:\.member)?(?:\.\d+)?"
    r"|Tags?\.(?:\w+\.)?\d+\.Value)$"
)
# The access key of who takes a role, by which its calls are known. No secret, other than what comes with it.
_ISSUED = re.compile(rb"<AccessKeyId>(\w+)</AccessKeyId>")
# What EC2 gives for names.
_SECRET = re.compile(r"arn:aws:secretsmanager:[^\"]+")
_EC2_ID = re.compile(r"[a-z]+-[0-9a-f]{8,}")
_ERROR_LENGTH = 300
_lock = threading.Lock()


def around(inner: Callable) -> Callable:
    """WSGI middleware that records the calls to what is inside."""
    path = os.environ.get("EMULATOR_CALLS")
    if not path:
        return inner

    def application(environ, start_response):
        if environ.get("PATH_INFO", "").startswith("/moto-api"):
            return inner(environ, start_response)
        body, said = body_of(environ), []
        tags = tags_of(environ, body)

        def start(status, headers, exc_info=None):
            said.append(int(status.split()[0]))
            return start_response(status, headers, exc_info)

        try:
            content = b"".join(inner(environ, start))
        except ClientDisconnected:
            # An answer that gets lost; what was asked for is done.
            _append(path, {**line(environ, body, said[-1], b""), **tags, "lost": True})
            raise
        except Exception as fault:
            _append(path, {**line(environ, body, 500, repr(fault).encode()), **tags})
            raise
        _append(path, {**line(environ, body, said[-1], content), **tags})
        return [content]

    return application


def _append(path: str, line: dict) -> None:
    with _lock, open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def line(environ: dict, body: bytes, status: int = 200, content: bytes = b"") -> dict:
    """What is written down of a call."""
    key, region, service = _caller(environ)
    operation, hints = _operation(environ, service, body)
    told = {
        "time": round(time.time(), 3),
        "kind": "call",
        "service": service,
        "operation": operation,
        "region": region,
        "hints": hints,
        "ok": status < 400,
        "status": status,
        "key": key,
        "agent": environ.get("HTTP_USER_AGENT", "").split(" ")[0],
    }
    if operation == "AssumeRole" and content and status < 400:
        told["issued"] = _ISSUED.search(content).group(1).decode()
    return told if status < 400 else {**told, "error": content[:_ERROR_LENGTH].decode("utf-8", "replace")}


def tags_of(environ: dict, body: bytes) -> dict:
    """Tags of the call's EC2 resources and secrets before it is made: policies may depend on them."""
    _, region, service = _caller(environ)
    if service == "secretsmanager":
        held = secretsmanager_backends[DEFAULT_ACCOUNT_ID][region].secrets
        named = {arn: held.get(arn) for arn in _SECRET.findall(body.decode("utf-8", "replace"))}
        return {"tags": {arn: {tag["Key"]: tag["Value"] for tag in each.tags or []} for arn, each in named.items() if each}}
    if service != "ec2":
        return {}
    known = ec2_backends[DEFAULT_ACCOUNT_ID][region].tags
    ids = set(_EC2_ID.findall(body.decode("utf-8", "replace")))
    return {"tags": {each: dict(known[each]) for each in ids if each in known}}


def body_of(environ: dict) -> bytes:
    """The request's body, which is put back for moto."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _caller(environ: dict) -> tuple[str, str, str]:
    """Access key id, region and service that a request is signed for; S3 has them in the query of a signed address."""
    query = unquote(environ.get("QUERY_STRING", "")).replace("X-Amz-Credential=", "Credential=")
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", "") or query)
    return found.groups() if found else ("", "", "?")


def _operation(environ: dict, service: str, body: bytes) -> tuple[str, dict[str, str]]:
    """Its name, and what of the request tells the resource."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.split(".")[-1], _hints(_flat(_json(body)))
    form = environ.get("QUERY_STRING", "")
    if "form-urlencoded" in environ.get("CONTENT_TYPE", ""):
        form = body.decode("utf-8", "replace")
    members = dict(parse_qsl(form))
    if "Action" in members:
        return members["Action"], _hints(members)
    # One that method, address and perhaps XML tell, as S3's.
    environ["wsgi.input"] = io.BytesIO(body)
    call = environ.get(calls.ENVIRON) or calls.read(environ)
    if call is None:
        return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '/')}", {}
    return call.operation, _hints(_flat(call.params))


def _json(body: bytes) -> object:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def _flat(value: object, name: str = "") -> dict[str, str]:
    """Members of a request by dotted names, as those of the query protocol are: `Tags.1.Key`. No contents of files."""
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = ((str(number), each) for number, each in enumerate(value, 1))
    elif isinstance(value, bytes):
        return {}
    else:
        return {name: str(value)}
    return {key: text for part, each in members for key, text in _flat(each, f"{name}.{part}".lstrip(".")).items()}


def _hints(members: dict[str, str]) -> dict[str, str]:
    # A batch of DynamoDB's has its tables' names where others have members'.
    tables = sorted({name.split(".")[1] for name in members if name.startswith("RequestItems.")})
    batch = {f"RequestItems.{number}.TableName": table for number, table in enumerate(tables, 1)}
    return batch | {name: value[:200] for name, value in members.items() if _NAMING.search(name)}
