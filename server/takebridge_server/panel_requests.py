"""Requests of a panel that come through its socket: the same application answers them, in process, behind its guard.

A panel reaches what panels have use for and nothing more: not the agents' door, not the live events, not the paired
panels, no keys. Whatever a request asks of "the editor", it means the panel's own session.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope

from takebridge_server.guard import Rules
from takebridge_server.panel_frames import WHOLE_BYTES, RequestFrame, RequestId, written
from takebridge_server.sessions import meaning
from takebridge_server.wire_errors import HTTP_CODES, wire_body

AT_ONCE = 16
WIND_UP_SECONDS = 5
"""How long a request that changes something may go on after the socket has closed: its ops fail by then anyway."""
_MOST_BODY_BYTES = WHOLE_BYTES * 3 // 4 - 64 * 1024
"""Bytes of an answer that, as base64 and with everything around it, still fit into `WHOLE_BYTES`."""
_UNDER = "/api/"
_NOT_FOR_PANELS = ("/api/panels", "/api/keys")
_PASSED_ON = ("etag", "cache-control", "retry-after")
_OURS = "x-takebridge-"

SayText = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class _Answer:
    """What the application answered so far; ``over`` is set when it is too much to be passed on."""

    status: int = 500
    headers: Headers = field(default_factory=Headers)
    body: bytearray = field(default_factory=bytearray)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, message: Message) -> None:
        """The application's ``send``."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = Headers(raw=message.get("headers", []))
            length = self.headers.get("content-length", "0")
            if length.isdigit() and int(length) > _MOST_BODY_BYTES:
                self.over.set()
        elif message["type"] == "http.response.body" and not self.over.is_set():
            self.body += message.get("body", b"")
            if len(self.body) > _MOST_BODY_BYTES:
                self.body.clear()
                self.over.set()


class Requests:
    """The requests of one socket. ``say`` sends a text to the panel, in parts if it must be, and never raises."""

    def __init__(self, app: ASGIApp, rules: Rules, say: SayText) -> None:
        self._app = app
        self._rules = rules
        self._say = say
        self._running: dict[RequestId, tuple[asyncio.Task[None], RequestFrame]] = {}

    async def start(self, request: RequestFrame, session: str) -> None:
        """Begin to answer; "the editor" is ``session``. What cannot be begun is answered at once."""
        refusal = self._refusal(request)
        if refusal is not None:
            await self._say(refusal)
            return
        with meaning(session):
            task = asyncio.create_task(self._answer(request))
        self._running[request.id] = (task, request)
        task.add_done_callback(lambda _: self._running.pop(request.id, None))

    async def stop(self) -> None:
        """The panel is gone: end what only reads at once, the rest as soon as it ends or `WIND_UP_SECONDS` later."""
        running = list(self._running.values())
        for task, request in running:
            if request.method == "GET":
                task.cancel()
        tasks = [task for task, _ in running]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=WIND_UP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _refusal(self, request: RequestFrame) -> str | None:
        if request.id in self._running:
            told = "A request of this id is being answered."
            return _refused(request.id, 409, "conflict", told, "Give every request an id of its own.")
        if len(self._running) >= AT_ONCE:
            told = f"{AT_ONCE} requests are being answered already."
            return _refused(request.id, 429, HTTP_CODES[429], told, "Wait for one of them, then ask again.")
        path = unquote(request.path.partition("?")[0])
        barred = any(path == one or path.startswith(f"{one}/") for one in _NOT_FOR_PANELS)
        if barred or not path.startswith(_UNDER):
            told = "This is not for panels."
            return _refused(request.id, 403, HTTP_CODES[403], told, "Ask what /api offers, but for panels and keys.")
        if "#" in request.path or any(ord(char) < 32 for char in path):
            told = "The path of the request cannot be read."
            return _refused(request.id, 400, HTTP_CODES[400], told, "Send /api/… with its query, percent-encoded.")
        return None

    async def _answer(self, request: RequestFrame) -> None:
        answer = _Answer()
        work = asyncio.ensure_future(self._app(_scope_of(request, self._rules), _body_of(request), answer.take))
        over = asyncio.ensure_future(answer.over.wait())
        try:
            await asyncio.wait({work, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            work.cancel()
            # An unexpected exception has become an incident and an answer by now; what is raised again tells no more.
            await asyncio.gather(work, over, return_exceptions=True)
        await self._say(_response(request.id, answer))


def _scope_of(request: RequestFrame, rules: Rules) -> Scope:
    raw_path, _, query = request.path.partition("?")
    headers = {"host": f"127.0.0.1:{rules.port}", "authorization": f"Bearer {rules.token}", "x-takebridge": "1"}
    if request.body is not None:
        headers |= {"content-type": "application/json", "content-length": str(len(_json(request)))}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(raw_path),
        "raw_path": quote(raw_path, safe="%/:@!$&'()*+,;=-._~").encode(),
        "query_string": quote(query, safe="%/?:@!$&'()*+,;=-._~").encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", rules.port),
        "state": {},
        "extensions": {},
    }


def _json(request: RequestFrame) -> bytes:
    return json.dumps(request.body, ensure_ascii=False).encode() if request.body is not None else b""


def _body_of(request: RequestFrame) -> Callable[[], Awaitable[Message]]:
    waiting = [_json(request)]

    async def receive() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        await asyncio.Event().wait()  # the panel stays: when it goes, the whole task is cancelled
        return {"type": "http.disconnect"}

    return receive


# --- answers ----------------------------------------------------------------------------------------------


def _response(request: RequestId, answer: _Answer) -> str:
    if answer.over.is_set():
        told = "The answer is too large for the panels' socket."
        return _refused(request, 413, HTTP_CODES[413], told, "Ask for its poster, proxy or one frame instead.")
    passed = {name: value for name, value in answer.headers.items() if name in _PASSED_ON or name.startswith(_OURS)}
    head: dict[str, Any] = {"type": "response", "id": request, "status": answer.status, "headers": passed}
    media = answer.headers.get("content-type", "")
    if not answer.body:
        return written({**head, "body": None})
    if media.partition(";")[0].strip().lower() == "application/json":
        # It is JSON already, and written by us: read and written again it would be the same.
        return f'{written(head)[:-1]},"body":{answer.body.decode()}}}'
    return written({**head, "media_type": media, "data": b64encode(answer.body).decode()})


def _refused(request: RequestId, status: int, code: str, message: str, hint: str) -> str:
    body: Mapping[str, object] = wire_body(code, message, hint)
    return written({"type": "response", "id": request, "status": status, "headers": {}, "body": body})


def invalid(request: object, message: str, hint: str) -> str | None:
    """Return the answer to a request that could not be read, None where not even its id is known."""
    if type(request) is int or (isinstance(request, str) and 0 < len(request) <= 64):
        return _refused(request, 422, HTTP_CODES[422], message, hint)
    return None
