"""Names the operation of a request that only its method and address tell, as S3's, by botocore's models."""

import functools
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

import botocore.loaders

# Signing names whose model has another name.
_MODELS = {"email": "sesv2", "execute-api": "apigateway", "ses": "sesv2"}


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: re.Pattern
    """Names of the query and headers without which it is another operation."""
    needed: frozenset[str]
    """Letters of the path that are not a parameter's: of two that match the longer one is meant."""
    length: int


def of_address(service: str, environ: dict) -> tuple[str, dict[str, str]]:
    """The operation's name and the parameters in its address; method and path where no model has it."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
    given = set(parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    given |= {name[5:].lower().replace("_", "-") for name in environ if name.startswith("HTTP_")}
    found = [
        (each, match)
        for each in _operations(service)
        if each.method == method and each.needed <= given and (match := each.path.fullmatch(path))
    ]
    if not found:
        return f"{method} {path}", {}
    operation, match = max(found, key=lambda pair: (len(pair[0].needed), pair[0].length))
    return operation.name, {name: unquote(value)[:200] for name, value in match.groupdict().items()}


@functools.cache
def _operations(service: str) -> list[Operation]:
    try:
        model = botocore.loaders.Loader().load_service_model(_MODELS.get(service, service), "service-2")
    except botocore.exceptions.DataNotFoundError:
        return []
    return [_read(model, name, each) for name, each in model["operations"].items() if not each.get("deprecated")]


def _read(model: dict, name: str, operation: dict) -> Operation:
    path, _, query = operation["http"]["requestUri"].partition("?")
    # Text and parameters by turns: "/", "Bucket", "", "/", "Key", "+", "".
    parts = re.split(r"\{(\w+)(\+?)\}", path.rstrip("/") or "/")
    texts, names, greedy = parts[::3], parts[1::3], parts[2::3]
    pattern = re.escape(texts[0])
    for text, parameter, plus in zip(texts[1:], names, greedy, strict=True):
        pattern += f"(?P<{parameter}>{'.+' if plus else '[^/]+'}){re.escape(text)}"
    return Operation(
        name=name,
        method=operation["http"]["method"],
        path=re.compile(pattern.rstrip("/") + "/?"),
        needed=frozenset((set(parse_qs(query, keep_blank_values=True)) - {"x-id"}) | _required(model, operation)),
        length=sum(map(len, texts)),
    )


def _required(model: dict, operation: dict) -> set[str]:
    shape = model["shapes"].get(operation.get("input", {}).get("shape"), {})
    members = [shape["members"][name] for name in shape.get("required", [])]
    names = {each["locationName"] for each in members if each.get("location") == "querystring"}
    return names | {each["locationName"].lower() for each in members if each.get("location") == "header"}
