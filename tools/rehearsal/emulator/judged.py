"""Refuses what a caller's policies do not allow.

`control.py` names the judge's address and the access keys whose calls it judges. The judge gets a call as `recorder.py`
writes it, and answers with the actions that are not allowed; `made` is false for a hypothetical call.
"""

import json
import urllib.request
from collections.abc import Callable

import control
import recorder
from hostile import calls

PATIENCE_SECONDS = 20

# The judge is on this machine, whatever proxy the environment names.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def around(inner: Callable) -> Callable:
    """WSGI middleware that lets through what the judge allows."""

    def application(environ, start_response):
        wanted = control.read()
        call = wanted.judge and calls.read(environ)
        if not call or call.key not in wanted.judged:
            return inner(environ, start_response)
        body = recorder.body_of(environ)
        line = {**recorder.line(environ, body), **recorder.tags_of(environ, body)}
        refused = _ask(wanted.judge, line)
        if refused:
            return _refuse(call, refused, start_response)
        said = []

        def start(status, headers, exc_info=None):
            said[:] = [status, headers]

        content = b"".join(inner(environ, start))
        # S3 reports a missing object only to callers that may list the bucket.
        if call.service == "s3" and said[0].startswith("404"):
            listing = {"operation": "ListObjectsV2", "hints": {"Bucket": call.get("Bucket")}, "made": False}
            refused = _ask(wanted.judge, {**line, **listing})
            if refused:
                return _refuse(call, refused, start_response)
        start_response(*said)
        return [content]

    return application


def _ask(judge: str, line: dict) -> list[str]:
    request = urllib.request.Request(judge, json.dumps(line).encode(), {"content-type": "application/json"})
    with _open(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)["refused"]


def _refuse(call: calls.Call, refused: list[str], start_response) -> list[bytes]:
    is_json = call.protocol == "json"
    return calls.refuse(
        call,
        calls.Refusal(
            f"User is not authorized to perform {'; '.join(refused)}",
            "AccessDeniedException" if is_json else "AccessDenied",
            400 if is_json else 403,
        ),
        start_response,
    )
