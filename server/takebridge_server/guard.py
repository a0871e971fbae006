"""The guard: one pure ASGI layer in front of everything, HTTP and WebSocket alike (server.md §4.2).

Order of the questions, the first refusal wins: Host (421), Origin and Fetch Metadata (403), token (401), content
type (415), body size (413) and JSON depth (413). Every answer, refusals included, carries the security headers.
There is no CORS: the bridge answers no other origin.

One door opens without the bridge's token: the WebSocket `PANEL_PATH`, for panels inside editors that cannot read the
token file. What knocks there must not be a web page; behind it a pairing code or a panel's own token decides
(docs/protocol/panel-socket.md).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takebridge_server.json_depth import nests_within
from takebridge_server.wire_errors import HTTP_CODES, wire_body

WS_PROTOCOL = "takebridge.v1"
PANEL_PATH = "/panel"
_WS_BEARER = "bearer."
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://\S*")
_BROWSER_SCHEMES = frozenset(
    {"http", "https", "ws", "wss", "ftp", "blob", "data", "filesystem", "about", "javascript", "view-source"}
    | {"chrome", "chrome-untrusted", "chrome-search", "devtools", "edge", "opera", "brave", "vivaldi", "resource"}
    | {"isolated-app"}
)
"""Origins of pages, and of parts of browsers: whatever else may dial `PANEL_PATH`, these may not."""
_SINGLE_HEADERS = ("host", "origin", "authorization", "content-type", "content-length", "sec-fetch-site")
_ACTIVE_TYPES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"})
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one request: bytes of a JSON body, bytes of a binary body, JSON nesting, seconds to send a JSON body."""

    json_bytes: int = 16 * 2**20
    binary_bytes: int = 8 * 2**30
    json_depth: int = 64
    body_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in."""

    status: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard knows: the port it stands on and the token it asks for."""

    port: int
    token: str
    limits: Limits = Limits()

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers that mean us, port included."""
        return frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    @property
    def origins(self) -> frozenset[str]:
        """The origins a page served by us has."""
        return frozenset(f"http://{host}" for host in self.hosts)


def judge(scope: Scope, rules: Rules) -> Refusal | None:
    """Decide by the request line and headers alone; None lets the request in."""
    headers = Headers(scope=scope)
    refusal = _repeated(headers) or _wrong_host(headers, rules)
    if _is_panel(scope):
        return refusal or _page_as_panel(headers)
    refusal = refusal or _foreign_page(scope, headers, rules)
    if refusal or _is_public(scope):
        return refusal
    return _no_token(scope, headers, rules) or _wrong_type(scope, headers)


def _repeated(headers: Headers) -> Refusal | None:
    """A header sent twice may be read differently by two layers."""
    twice = [name for name in _SINGLE_HEADERS if len(headers.getlist(name)) > 1]
    return Refusal(400, f"The header {twice[0]} appears more than once.") if twice else None


def _wrong_host(headers: Headers, rules: Rules) -> Refusal | None:
    if headers.get("host", "").lower() in rules.hosts:
        return None
    return Refusal(421, "This Host is not the bridge.", f"Use http://127.0.0.1:{rules.port}.")


def _foreign_page(scope: Scope, headers: Headers, rules: Rules) -> Refusal | None:
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in rules.origins:
        return Refusal(403, "Pages of other origins may not use the bridge.", "Send no Origin header.")
    site = headers.get("sec-fetch-site", "none").lower()
    if site in ("none", "same-origin") or _is_navigation_home(scope, headers):
        return None
    return Refusal(403, "Pages of other sites may not use the bridge.")


def _is_panel(scope: Scope) -> bool:
    return (scope["type"], scope["path"]) == ("websocket", PANEL_PATH)


def _page_as_panel(headers: Headers) -> Refusal | None:
    """Refuse what a browser says comes from a page; what has no origin may be a panel, and proves it behind the door.

    A page in a sandboxed frame has the origin "null" too, and Chromium sends no Fetch Metadata with it (156 looked at).
    """
    origin = headers.get("origin", "null").lower()
    if headers.get("sec-fetch-site", "none").lower() == "none" and (origin == "null" or _is_plugin(origin)):
        return None
    return Refusal(403, "Web pages may not dial the panels' socket.", "Use the panel inside the editor.")


def _is_plugin(origin: str) -> bool:
    """Say whether an origin is a file's or a plugin's: neither the web's nor of a browser or its extensions."""
    found = _ORIGIN.fullmatch(origin)
    return found is not None and found[1] not in _BROWSER_SCHEMES and not found[1].endswith("-extension")


def _is_navigation_home(scope: Scope, headers: Headers) -> bool:
    """A link or redirect somebody followed to the front page changes nothing and reads nothing across sites."""
    return (
        scope["type"] == "http"
        and (scope["method"], scope["path"]) == ("GET", "/")
        and headers.get("sec-fetch-mode", "").lower() == "navigate"
        and headers.get("sec-fetch-dest", "").lower() == "document"
    )


def _is_public(scope: Scope) -> bool:
    return scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/healthz")


def _no_token(scope: Scope, headers: Headers, rules: Rules) -> Refusal | None:
    if any(hmac.compare_digest(given.encode(), rules.token.encode()) for given in _tokens(scope, headers)):
        return None
    return Refusal(
        401,
        "The bridge needs its token.",
        "Send 'Authorization: Bearer <token>' with the token of bridge.json in the data folder.",
    )


def _tokens(scope: Scope, headers: Headers) -> Iterable[str]:
    """Yield the tokens given: in Authorization, or on a WebSocket as a subprotocol; never from the URL."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        yield value.strip()
    if scope["type"] == "websocket":
        for offered in scope.get("subprotocols", ()):
            if offered.startswith(_WS_BEARER):
                yield offered.removeprefix(_WS_BEARER)


def _wrong_type(scope: Scope, headers: Headers) -> Refusal | None:
    """Let in only what a page of another origin cannot send without asking first."""
    if scope["type"] != "http" or scope["method"] in _SAFE_METHODS or _is_json(headers):
        return None
    ours = headers.get("x-takebridge") == "1"
    if ours and (_media_type(headers) == "application/octet-stream" or not _has_body(headers)):
        return None
    return Refusal(
        415,
        "Requests that change something are JSON, or binary with a header of ours.",
        "Send Content-Type: application/json; without JSON also send X-TakeBridge: 1.",
    )


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_json(headers: Headers) -> bool:
    return _media_type(headers) == "application/json"


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


# --- the layer ------------------------------------------------------------------------------------------


class Guard:
    """Wraps the whole application; nothing reaches it unjudged."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge, then pass on with counted body and security headers, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = _with_security_headers(scope, send)
        refusal = judge(scope, self._rules)
        if refusal is None and scope["type"] == "http":
            try:
                receive = await _limited_body(scope, receive, self._rules.limits)
            except _RefusedError as error:
                refusal = error.refusal
        if refusal:
            await _refuse(scope, send, refusal)
        else:
            await self._app(_without_token(scope), receive, send)


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def _without_token(scope: Scope) -> Scope:
    """Hide the bearer subprotocol from the application, which answers and logs subprotocols."""
    if scope["type"] != "websocket":
        return scope
    offered = [name for name in scope.get("subprotocols", ()) if not name.startswith(_WS_BEARER)]
    return {**scope, "subprotocols": offered}


async def _limited_body(scope: Scope, receive: Receive, limits: Limits) -> Receive:
    """Return a receive whose body is within the caps; JSON is read here, anything else counted as it streams.

    Raises _RefusedError for a body known to be too large or too deep.
    """
    headers = Headers(scope=scope)
    as_json = _is_json(headers)
    # A safe method has no business with a body: the JSON cap is more than enough for it.
    binary = not as_json and scope["method"] not in _SAFE_METHODS
    cap = limits.binary_bytes if binary else limits.json_bytes
    declared = headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > cap:
        raise _RefusedError(_too_large(cap))
    if not as_json:
        return _counted(receive, cap)
    try:
        async with asyncio.timeout(limits.body_seconds):
            body, ended = await _read(receive, cap)
    except TimeoutError:
        raise _RefusedError(Refusal(408, "The body of the request did not arrive in time.")) from None
    # NUL never occurs in JSON as UTF-8: without this, UTF-16 text would slip past the look at its brackets.
    if b"\0" in body:
        raise _RefusedError(Refusal(400, "The JSON holds a NUL byte.", "Send it as UTF-8."))
    if not nests_within(body, limits.json_depth):
        raise _RefusedError(Refusal(413, f"The JSON nests deeper than {limits.json_depth} levels."))
    return _replayed(body, ended, receive)


def _too_large(cap: int) -> Refusal:
    return Refusal(413, f"The body of the request is larger than {cap} bytes.")


async def _read(receive: Receive, cap: int) -> tuple[bytes, bool]:
    """Read the whole body; False when the client left in the middle. Raises _RefusedError past ``cap``."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts), False
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > cap:
            raise _RefusedError(_too_large(cap))
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


def _with_security_headers(scope: Scope, send: Send) -> Send:
    async def secured(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            _secure(scope, MutableHeaders(scope=message))
        await send(message)

    return secured


def _secure(scope: Scope, headers: MutableHeaders) -> None:
    for name, value in SECURITY_HEADERS:
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    # Markup a person sent in must not run in our origin; the front page is our own.
    if _media_type(headers) in _ACTIVE_TYPES and scope["path"] != "/":
        headers["Content-Disposition"] = "attachment"


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    """Answer with the refusal; on a WebSocket as the HTTP answer to its handshake."""
    body = json.dumps(wire_body(HTTP_CODES[refusal.status], refusal.message, refusal.hint)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    # What is left of the body is not worth reading.
    headers.append((b"connection", b"close"))
    kind = "http" if scope["type"] == "http" else "websocket.http"
    await send({"type": f"{kind}.response.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": body})
