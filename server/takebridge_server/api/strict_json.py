"""JSON as the bridge reads it: I-JSON (RFC 7493), so that every peer reads the same values or none.

Python's reader takes more than JSON has: NaN, a key twice (the last one wins), half a surrogate pair, whole numbers
that a peer holding doubles reads as others. Under ``/api`` all of that is refused before a route sees it.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takebridge.canvas.model import LARGEST_INT
from takebridge_server.wire_errors import HTTP_CODES, wire_body

_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that may be a NUL or half a surrogate pair; most texts have none, and are not walked."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class NotIJsonError(ValueError):
    """What is wrong, in words; ``path`` says where, as far as it is known."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


def read_strictly(body: bytes, *, any_text: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a JSON text. Raises NotIJsonError. With ``any_text`` its texts may be what no file holds."""
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_int, parse_float=_float
        )
    except UnicodeDecodeError as error:
        raise NotIJsonError(f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotIJsonError(f"it is not JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise NotIJsonError("it is nested too deeply") from error
    if not any_text and _SUSPECT.search(body):
        _check_texts(value, "")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotIJsonError(f"the field “{_printable(twice)}” is given twice", _printable(twice))
    return found


def _no_number(name: str) -> NoReturn:
    raise NotIJsonError(f"{name} is not a number")


def _int(digits: str) -> int:
    # Python refuses to read thousands of digits; no number within the limit has more than 17 characters.
    if len(digits) > 17 or abs(value := int(digits)) > LARGEST_INT:
        raise NotIJsonError(f"the number {digits[:20]}{'…' * (len(digits) > 20)} is beyond ±(2^53 − 1)")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotIJsonError(f"the number {digits[:20]} is too large")
    return value


def _check_texts(value: object, path: str) -> None:
    """Refuse what no file, database or program can hold. The guard has bounded the depth."""
    if isinstance(value, str):
        if bad := _UNSTORABLE.search(value):
            what = "a NUL character" if bad[0] == "\0" else "half of a surrogate pair"
            raise NotIJsonError(f"“{path or 'body'}” holds {what}, which no file can store", path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key, f"a name in {path or 'body'}")
            _check_texts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_texts(item, f"{path}.{index}".lstrip("."))


def _printable(text: str) -> str:
    return text[:64].encode("ascii", "backslashreplace").decode()


class StrictJson:
    """Refuses bodies that are not I-JSON with 422, before the routes under ``/api``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, which the guard holds in memory by now, look at it, and pass it on."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/") or not _is_json(scope):
            await self._app(scope, receive, send)
            return
        messages, body = await _read(receive)
        try:
            if body:
                read_strictly(body)
        except NotIJsonError as error:
            await _refusal(error)(scope, receive, send)
        else:
            await self._app(scope, _replayed(messages, receive), send)


def _is_json(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def _read(receive: Receive) -> tuple[list[Message], bytes]:
    messages: list[Message] = []
    while True:
        messages.append(await receive())
        if not messages[-1].get("more_body", False):
            return messages, b"".join(message.get("body", b"") for message in messages)


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    waiting = messages[::-1]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _refusal(error: NotIJsonError) -> JSONResponse:
    details = {"path": error.path[:200]} if error.path else {}
    body = wire_body(
        HTTP_CODES[422],
        f"The body of the request cannot be read: {error}.",
        "Send I-JSON (RFC 7493): UTF-8, every field once, finite numbers within ±(2^53 − 1), no NUL.",
        **details,
    )
    return JSONResponse(body, 422)
