"""The guard: one pure ASGI layer in front of everything, HTTP and WebSocket alike (server.md §4.2).

Order of the questions, the first refusal wins: Host (421), Origin and Fetch Metadata (403), token (401), content
type (415), body size (413) and JSON depth (413). Every answer, refusals included, carries the security headers.
There is no CORS: the bridge answers no other origin.

People come with a session cookie instead of the token (docs/people.md). A browser sends a cookie by itself, so with
one every request that changes something, and every WebSocket, must name our own origin, and over HTTP carry a header no
other site's page may send. A second listener, for people on other machines, knows neither the token nor panels.

Without either come: `/healthz`, the page (which shows nothing by itself), signed media (which check themselves),
``POST /api/session`` (which signs in) and ``POST /api/session/invite`` (which says what an invite is for), and the
WebSocket `PANEL_PATH`, for panels inside editors that cannot read the token file. What knocks there must not be a web
page; behind it a pairing code or a panel's own token decides (docs/protocol/panel-socket.md).
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from takebridge_server.people.cookies import cookies_of
from takebridge_server.permissions import NOBODY
from takebridge_server.request_body import (
    Limits,
    Refusal,
    RefusedError,
    is_json,
    is_upload_part,
    limited_body,
    media_type,
)
from takebridge_server.speaking import Signed, speaking
from takebridge_server.wire_errors import HTTP_CODES, wire_body

__all__ = ["SECURITY_HEADERS", "WS_PROTOCOL", "Doorway", "Guard", "KnowsPeople", "Limits", "Refusal", "Rules", "judge"]

WS_PROTOCOL = "takebridge.v1"
PANEL_PATH = "/panel"
SIGN_IN_PATHS = ("/api/session", "/api/session/invite")
OUTSIDE = "takebridge.outside"
"""Set in the scope by the listener for people on other machines; no client can."""
_WS_BEARER = "bearer."
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PAGES = ("/", "/people", "/join")
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
class Doorway:
    """One listener: the Host headers that mean us there, how pages reach it, whether the bridge's token counts."""

    hosts: frozenset[str]
    url: str
    scheme: str = "http"
    takes_token: bool = True

    @property
    def origins(self) -> frozenset[str]:
        """The origins a page served there has."""
        return frozenset(f"{self.scheme}://{host}" for host in self.hosts)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard knows: the port it stands on, the token it asks for, the listener for people elsewhere."""

    port: int
    token: str
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    outside: Doorway | None = None

    @property
    def inside(self) -> Doorway:
        """The listener on this machine."""
        names = ("127.0.0.1", "localhost", "[::1]")
        return Doorway(frozenset(f"{name}:{self.port}" for name in names), f"http://127.0.0.1:{self.port}")

    def doorway(self, scope: Scope) -> Doorway:
        """Return the listener a request came through."""
        if OUTSIDE not in scope:
            return self.inside
        return self.outside or Doorway(frozenset(), self.inside.url, takes_token=False)


class KnowsPeople(Protocol):
    """What the guard asks about cookies."""

    @property
    def cookie(self) -> str:
        """What our cookie is called."""
        ...

    def signed(self, secret: str) -> Signed | None:
        """Return who is signed in with this cookie."""
        ...

    def note(self, session_id: str) -> None:
        """Note that a session asks now."""
        ...

    def alive(self, session_id: str) -> bool:
        """Say whether a session may still ask."""
        ...


def judge(scope: Scope, rules: Rules, signed: Signed | None = None) -> Refusal | None:
    """Decide by the request line and headers alone; None lets the request in.

    ``signed`` is who the request's cookie belongs to. It counts only where no token is given.
    """
    headers = Headers(scope=scope)
    doorway = rules.doorway(scope)
    refusal = _repeated(headers) or _wrong_host(headers, doorway)
    if _is_panel(scope):
        return refusal or _page_as_panel(headers, doorway)
    refusal = refusal or _foreign_page(scope, headers, doorway)
    if refusal or _is_public(scope):
        return refusal
    if _is_sign_in(scope):
        return _wrong_type(scope, headers)
    return _nobody(scope, headers, rules, signed) or _wrong_type(scope, headers)


def _repeated(headers: Headers) -> Refusal | None:
    """A header sent twice may be read differently by two layers."""
    twice = [name for name in _SINGLE_HEADERS if len(headers.getlist(name)) > 1]
    return Refusal(400, f"The header {twice[0]} appears more than once.") if twice else None


def _wrong_host(headers: Headers, doorway: Doorway) -> Refusal | None:
    if headers.get("host", "").lower() in doorway.hosts:
        return None
    return Refusal(421, "This Host is not the bridge.", f"Use {doorway.url}.")


def _foreign_page(scope: Scope, headers: Headers, doorway: Doorway) -> Refusal | None:
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in doorway.origins:
        return Refusal(403, "Pages of other origins may not use the bridge.", "Send no Origin header.")
    site = headers.get("sec-fetch-site", "none").lower()
    if site in ("none", "same-origin") or _is_navigation_to_page(scope, headers):
        return None
    return Refusal(403, "Pages of other sites may not use the bridge.")


def _is_panel(scope: Scope) -> bool:
    return (scope["type"], scope["path"]) == ("websocket", PANEL_PATH)


def _page_as_panel(headers: Headers, doorway: Doorway) -> Refusal | None:
    """Refuse what a browser says comes from a page; what has no origin may be a panel, and proves it behind the door.

    A page in a sandboxed frame has the origin "null" too, and Chromium sends no Fetch Metadata with it (156 looked at).
    """
    if not doorway.takes_token:
        return Refusal(403, "Panels dial the bridge on its own machine only.", "Use the panel on that machine.")
    origin = headers.get("origin", "null").lower()
    if headers.get("sec-fetch-site", "none").lower() == "none" and (origin == "null" or _is_plugin(origin)):
        return None
    return Refusal(403, "Web pages may not dial the panels' socket.", "Use the panel inside the editor.")


def _is_plugin(origin: str) -> bool:
    """Say whether an origin is a file's or a plugin's: neither the web's nor of a browser or its extensions."""
    found = _ORIGIN.fullmatch(origin)
    return found is not None and found[1] not in _BROWSER_SCHEMES and not found[1].endswith("-extension")


def is_page(path: str) -> bool:
    """Say whether a path is one of the page's own, which all answer the same page."""
    return path in _PAGES or path.startswith("/c/")


def _is_navigation_to_page(scope: Scope, headers: Headers) -> bool:
    """A link or redirect somebody followed to the page changes nothing and reads nothing across sites."""
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and is_page(scope["path"])
        and headers.get("sec-fetch-mode", "").lower() == "navigate"
        and headers.get("sec-fetch-dest", "").lower() == "document"
    )


def _is_public(scope: Scope) -> bool:
    """Say whether a request needs nobody to be signed in: what it answers reveals nothing, or checks itself."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    path = scope["path"]
    if path == "/healthz":
        return bool(scope["method"] == "GET")
    return _is_of_the_page(path) or path.startswith("/m/")


def _is_of_the_page(path: str) -> bool:
    return is_page(path) or path.startswith("/assets/") or path == "/favicon.svg"


def _is_sign_in(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in SIGN_IN_PATHS


def _nobody(scope: Scope, headers: Headers, rules: Rules, signed: Signed | None) -> Refusal | None:
    """Refuse who is neither the bridge's own token nor signed in; a token that is given has to be right."""
    tokens = list(_tokens(scope, headers))
    doorway = rules.doorway(scope)
    if tokens and not doorway.takes_token:
        return Refusal(401, "The bridge's token counts on its own machine only.", "Sign in with an invite.")
    if any(hmac.compare_digest(given.encode(), rules.token.encode()) for given in tokens):
        return None
    if signed is not None and not tokens:
        return _forged(scope, headers, doorway)
    if doorway.takes_token:
        hint = "Send 'Authorization: Bearer <token>' with the token of bridge.json in the data folder."
        return Refusal(401, "The bridge needs its token.", hint)
    return Refusal(401, "Nobody is signed in here.", "Open the link you were invited with, or ask for a new one.")


def _forged(scope: Scope, headers: Headers, doorway: Doorway) -> Refusal | None:
    """Refuse what a browser may have sent with the cookie although no page of ours asked for it."""
    is_socket = scope["type"] == "websocket"
    if not is_socket and scope["method"] in _SAFE_METHODS:
        return None
    ours = f"{doorway.scheme}://{headers.get('host', '').lower()}"
    if headers.get("origin", "").lower() != ours:
        return Refusal(403, "With a cookie this may only come from the bridge's own page.", f"Send Origin: {ours}.")
    if not is_socket and headers.get("x-takebridge") != "1":
        return Refusal(403, "With a cookie this needs a header only our page can send.", "Send X-TakeBridge: 1.")
    return None


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
    if scope["type"] != "http" or scope["method"] in _SAFE_METHODS or is_json(headers):
        return None
    ours = headers.get("x-takebridge") == "1"
    if ours and (is_upload_part(scope) or not _has_body(headers)):
        return None
    return Refusal(
        415,
        "Requests that change something are JSON, or empty with a header of ours; parts of uploads are binary.",
        "Send Content-Type: application/json; without a body send X-TakeBridge: 1.",
    )


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


# --- the layer ------------------------------------------------------------------------------------------


class Guard:
    """Wraps the whole application; nothing reaches it unjudged."""

    def __init__(self, app: ASGIApp, rules: Rules, people: KnowsPeople | None = None) -> None:
        self._app = app
        self._rules = rules
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge, then pass on with counted body and security headers, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = _with_security_headers(scope, send)
        signed = self._signed(scope)
        refusal = judge(scope, self._rules, signed)
        if refusal is None and scope["type"] == "http":
            try:
                limits = self._rules.limits.of_nobody() if _comes_as_nobody(scope) else self._rules.limits
                receive = await limited_body(scope, receive, limits)
            except RefusedError as error:
                refusal = error.refusal
        if refusal:
            await _refuse(scope, send, refusal)
        else:
            signed = self._who(scope, signed)
            if signed is not None and scope["type"] == "http":
                receive = self._while_signed_in(receive, signed.session)
            with speaking(signed):
                await self._app(_introduced(_without_token(scope), signed), receive, send)

    def _signed(self, scope: Scope) -> Signed | None:
        """Return whom the request's cookie belongs to."""
        if self._people is None or _comes_as_nobody(scope):
            return None
        given = cookies_of(Headers(scope=scope), self._people.cookie)
        found = (self._people.signed(cookie) for cookie in given)
        return next((one for one in found if one is not None), None)

    def _while_signed_in(self, receive: Receive, session: str) -> Receive:
        """Return a receive that takes nothing more once the session has ended, in the middle of an upload too."""

        async def received() -> Message:
            message = await receive()
            if self._people is None or self._people.alive(session):
                return message
            return {"type": "http.disconnect"}

        return received

    def _who(self, scope: Scope, signed: Signed | None) -> Signed | None:
        """Return who speaks in a request that was let in, None for the token and for nobody."""
        if self._people is None or signed is None or _has_token(scope):
            return None
        self._people.note(signed.session)
        return signed


def _has_token(scope: Scope) -> bool:
    return bool(list(_tokens(scope, Headers(scope=scope))))


def _comes_as_nobody(scope: Scope) -> bool:
    """Say whether a request that was let in proves, or has to prove, nothing here."""
    return _is_public(scope) or _is_sign_in(scope) or _is_panel(scope)


def _introduced(scope: Scope, signed: Signed | None) -> Scope:
    """Tell the application who asks: ``person`` and ``session_id`` of ``scope["state"]``, None and "" for the token."""
    person, session = (signed.person, signed.session) if signed else (None, "")
    who = {"person": person, "session_id": session, NOBODY: _comes_as_nobody(scope)}
    return {**scope, "state": {**scope.get("state", {}), **who}}


def _without_token(scope: Scope) -> Scope:
    """Hide the bearer subprotocol from the application, which answers and logs subprotocols."""
    if scope["type"] != "websocket":
        return scope
    offered = [name for name in scope.get("subprotocols", ()) if not name.startswith(_WS_BEARER)]
    return {**scope, "subprotocols": offered}


def _with_security_headers(scope: Scope, send: Send) -> Send:
    async def secured(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            _secure(scope, MutableHeaders(scope=message))
        await send(message)

    return secured


def _secure(scope: Scope, headers: MutableHeaders) -> None:
    is_our_page = _is_of_the_page(scope["path"])
    for name, value in SECURITY_HEADERS:
        if name == "Content-Security-Policy" and is_our_page:
            headers.setdefault(name, value)
        else:
            headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    # Markup a person sent in must not run in our origin; the page is our own.
    if media_type(headers) in _ACTIVE_TYPES and not is_our_page:
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
