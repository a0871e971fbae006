"""The body of a request, as far as the guard looks at it: its type, its size, how deep its JSON nests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from takebridge_server.json_depth import nests_within

_NOBODYS_BYTES = 8 * 1024
_UPLOADS = "/api/uploads/"


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one request: bytes of a JSON body, bytes of a binary body, JSON nesting, seconds to send a JSON body."""

    json_bytes: int = 16 * 2**20
    binary_bytes: int = 8 * 2**30
    json_depth: int = 64
    body_seconds: int = 30

    def of_nobody(self) -> Limits:
        """Return the caps for who is not signed in: a key or an invite and a name fit."""
        return replace(self, json_bytes=min(self.json_bytes, _NOBODYS_BYTES), binary_bytes=0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    message: str
    hint: str = ""


class RefusedError(Exception):
    """A body that is not let in."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def media_type(headers: Headers) -> str:
    """Return the type of the body without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(headers: Headers) -> bool:
    """Say whether the body says it is JSON."""
    return media_type(headers) == "application/json"


def is_upload_part(scope: Scope) -> bool:
    """Say whether this is part of an upload: the only binary body, the only one that is not held in memory whole."""
    is_binary = media_type(Headers(scope=scope)) == "application/octet-stream"
    return is_binary and scope["method"] == "PATCH" and scope["path"].startswith(_UPLOADS)


async def limited_body(scope: Scope, receive: Receive, limits: Limits) -> Receive:
    """Return a receive whose body is within the caps; JSON is read here, anything else counted as it streams.

    Raises RefusedError for a body known to be too large or too deep.
    """
    headers = Headers(scope=scope)
    as_json = is_json(headers)
    cap = limits.binary_bytes if is_upload_part(scope) else limits.json_bytes
    declared = headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared.lstrip("0")[:20] or "0") > cap:
        raise RefusedError(_too_large(cap))
    if not as_json:
        return _counted(receive, cap)
    try:
        async with asyncio.timeout(limits.body_seconds):
            body, ended = await _read(receive, cap)
    except TimeoutError:
        raise RefusedError(Refusal(408, "The body of the request did not arrive in time.")) from None
    # NUL never occurs in JSON as UTF-8: without this, UTF-16 text would slip past the look at its brackets.
    if b"\0" in body:
        raise RefusedError(Refusal(400, "The JSON holds a NUL byte.", "Send it as UTF-8."))
    if not nests_within(body, limits.json_depth):
        raise RefusedError(Refusal(413, f"The JSON nests deeper than {limits.json_depth} levels."))
    return _replayed(body, ended, receive)


def _too_large(cap: int) -> Refusal:
    return Refusal(413, f"The body of the request is larger than {cap} bytes.")


async def _read(receive: Receive, cap: int) -> tuple[bytes, bool]:
    """Read the whole body; False when the client left in the middle. Raises RefusedError past ``cap``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts), False
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > cap:
            raise RefusedError(_too_large(cap))
        if not message.get("more_body", False):
            return b"".join(parts), True


def _replayed(body: bytes, ended: bool, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": not ended}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _counted(receive: Receive, cap: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > cap:
            raise HTTPException(413, _too_large(cap).message)
        return message

    return counted
