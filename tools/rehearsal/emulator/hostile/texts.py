"""Texts outside the alphabets and lengths that AWS documents are refused, in every call.

Two tables: botocore's models, which have AWS's own patterns, lengths and enumerations of many members; and
`documented.json` for what only the API references and user guides say, each row with its source. A row's `where` is
`service.Operation.Member.Member` with `*` for any name; lists have no part in it. `strip` leaves white space out of
the length, as IAM does; `base64` measures what is encoded; `bytes` counts bytes.
"""

import base64
import fnmatch
import functools
import json
from collections.abc import Iterator
from pathlib import Path

import regex
from moto.core.model import Shape

from .calls import Call, Refusal

_ROWS = json.loads((Path(__file__).parent / "documented.json").read_text())

# Characters beyond the first plane, as Java writes them.
_SURROGATES = (r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")

_MEASURES = {
    "strip": lambda text: len("".join(text.split())),
    "base64": lambda text: len(base64.b64decode(text)),
    "bytes": lambda text: len(text.encode()),
    None: len,
}


def refuse(call: Call) -> Refusal | None:
    if call.model.input_shape is None:
        return None
    for path, shape, text in _texts(call.model.input_shape, call.params, ""):
        problem = _against_model(shape, text) or _against_documents(f"{call.service}.{call.operation}{path}", text)
        if problem:
            shown = "(hidden)" if shape.metadata.get("sensitive") else repr(text[:100])
            return Refusal(f"{call.operation}: {path.lstrip('.')} is {shown}: {problem}")
    return None


def _texts(shape: Shape, value, path: str) -> Iterator[tuple[str, Shape, str]]:
    """Every text of a value, with its path and shape."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from _texts(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, each in value.items():
            yield f"{path}.Key", shape.key, key
            yield from _texts(shape.value, each, f"{path}.Value")
    elif shape.type_name == "list" and isinstance(value, list):
        for each in value:
            yield from _texts(shape.member, each, path)
    elif shape.type_name == "string" and isinstance(value, str):
        yield path, shape, value


def _against_model(shape: Shape, text: str) -> str | None:
    limits = shape.metadata
    if shape.enum and text not in shape.enum:
        return f"it must be one of {', '.join(shape.enum)}"
    return _problem(text, limits.get("pattern"), limits.get("min"), limits.get("max"), None)


def _against_documents(where: str, text: str) -> str | None:
    problems = (
        (_problem(text, row.get("pattern"), row.get("min"), row.get("max"), row.get("measure")), row["source"])
        for row in _rows(where)
    )
    return next((f"{problem}, see {source}" for problem, source in problems if problem), None)


@functools.cache
def _rows(where: str) -> list[dict]:
    return [each for each in _ROWS if any(fnmatch.fnmatchcase(where, glob) for glob in each["where"])]


def _problem(text: str, pattern: str | None, least: int | None, most: int | None, measure: str | None) -> str | None:
    length = _MEASURES[measure](text)
    if least is not None and length < least:
        return f"it is {length} long, and must be {least} or more"
    if most is not None and length > most:
        return f"it is {length} long, and may be {most}"
    if pattern and not _compiled(pattern).fullmatch(text):
        return f"it does not match {pattern}"
    return None


@functools.cache
def _compiled(pattern: str) -> regex.Pattern:
    return regex.compile(pattern.replace(*_SURROGATES), regex.ASCII if r"\p{" not in pattern else 0)
