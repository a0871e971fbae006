"""What ``/openapi.json`` says beyond what FastAPI knows: how every operation may fail, and under which code.

The statuses are read from the one table of `takebridge_server.wire_errors`, not written down a second time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.routing import APIRoute

from takebridge import errors
from takebridge.errors import BridgeError, classes
from takebridge_server.api.files import NO_SUCH_RANGE
from takebridge_server.people.errors import NotAllowedError, SignInError
from takebridge_server.wire_errors import HTTP_CODES, ErrorBody, status_of

RAISED: Mapping[str, tuple[type[BridgeError], ...]] = {
    "agent": (errors.HostError,),
    "canvas": (),
    "catalogue": (),
    "clips": (errors.HostError, errors.MediaError, errors.InterchangeError),
    "comments": (NotAllowedError,),
    "cut view": (errors.HostError, errors.MediaError, errors.InterchangeError),
    "cuts": (errors.InterchangeError, errors.MediaError),
    "exchange folder": (),
    "fan-out": (errors.ProviderError, errors.MediaError),
    "films": (errors.ProviderError, errors.MediaError, errors.InterchangeError),
    "graph files": (errors.InterchangeError, errors.MediaError),
    "jobs": (errors.ProviderError, errors.MediaError),
    "money": (),
    "people": (NotAllowedError,),
    "plans": (errors.ProviderError,),
    "queue": (),
    "session": (SignInError,),
    "status": (errors.HostError, errors.ProviderError),
    "storyboard": (errors.MediaError,),
    "takes": (errors.MediaError,),
    "uploads": (errors.MediaError,),
}
"""By tag: the branches of the error tree that its operations may answer with, besides usage and storage."""

_BEFORE = (400, 401, 403, 421)
_BEFORE_A_WRITE = (408, 413, 415)
_PUBLIC = "/healthz"
_OPEN = frozenset({("/healthz", "get"), ("/api/session", "post"), ("/api/session/invite", "post")})
"""What is reached without the token and without being signed in."""
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})


def operation_id(route: APIRoute) -> str:
    """Return ``<tag>_<name of the function>``: short names for generated clients."""
    words = [*(str(tag) for tag in route.tags[:1]), route.name.strip("_")]
    return re.sub(r"\W", "_", "_".join(words))


def document(schema: dict[str, Any], cookie: str) -> dict[str, Any]:
    """Add to the schema, in place: error answers, first sentences as summaries, who gets in; return it.

    ``cookie`` is what this bridge calls its cookie.
    """
    parts = schema.setdefault("components", {})
    shapes = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    shapes["ErrorBody"] = ErrorBody.model_json_schema()
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "From bridge.json."},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "Of who is signed in."},
    }
    schema["security"] = [{"token": []}, {"session": []}]
    for path, methods in schema["paths"].items():
        for method in _METHODS & methods.keys():
            _document_operation(path, method, methods[method])
    return schema


def _document_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    if words := operation.get("description"):
        operation["summary"] = re.split(r"[.;:](?:\s|$)", words, maxsplit=1)[0]
    if (path, method) in _OPEN:
        operation["security"] = []
    tag = next(iter(operation.get("tags", ())), "")
    asked = "requestBody" in operation or bool(operation.get("parameters"))
    codes = _codes(tag, asked=asked and path != _PUBLIC, writes=method != "get")
    if "206" in operation["responses"]:
        codes[416] = [NO_SUCH_RANGE]
    # FastAPI's own description of 422 is of another shape.
    operation["responses"] = {
        **{key: value for key, value in operation["responses"].items() if key != "422"},
        **{str(status): _answer(names) for status, names in sorted(codes.items())},
    }


def _codes(tag: str, *, asked: bool, writes: bool) -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    refused = (*_BEFORE, *(_BEFORE_A_WRITE if writes else ()), *((422,) if asked else ()))
    for status in refused:
        found[status].append(HTTP_CODES[status])
    found[403].append(NotAllowedError.code)
    found[500].append("internal")
    for error in _classes_of(tag, asked=asked):
        found[status_of(error)].append(error.code)
    return found


def _classes_of(tag: str, *, asked: bool) -> Iterator[type[BridgeError]]:
    usage = (errors.UsageError,) if asked else ()
    for root in (*usage, errors.StoreError, *RAISED.get(tag, ())):
        yield from classes(root).values()


def _answer(codes: list[str]) -> dict[str, Any]:
    return {
        "description": f"Refused or failed, with one of the codes {', '.join(sorted(set(codes)))}.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
    }
