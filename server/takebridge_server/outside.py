"""The second listener: TLS, for people on other machines. The bridge's token, agents and panels do not count there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from takebridge.errors import UsageError
from takebridge_server.doorkeeper import CountedHeads, Doorkeeper, fitting
from takebridge_server.guard import OUTSIDE, Doorway
from takebridge_server.listen import EVERYWHERE, Outside

_HTTPS = 443


def doorway_of(outside: Outside, port: int) -> Doorway:
    """Return what the guard lets in on ``port``, the one that was bound."""
    everywhere = outside.host in EVERYWHERE
    names = [name for name in (outside.name, "" if everywhere else _in_url(outside.host)) if name]
    hosts = {f"{name}:{port}".lower() for name in names}
    if port == _HTTPS:
        hosts |= {name.lower() for name in names}  # browsers leave the usual port out
    shown = names[0] if port == _HTTPS else f"{names[0]}:{port}"
    return Doorway(frozenset(hosts), f"https://{shown.lower()}", scheme="https", takes_token=False)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def check_certificate(outside: Outside) -> None:
    """Raise UsageError, in words, unless the certificate and its key can be read and belong together."""
    for path, what, option in ((outside.cert, "certificate", "--tls-cert"), (outside.key, "key", "--tls-key")):
        try:
            path.open("rb").close()
        except OSError as error:
            raise UsageError(
                f"The TLS {what} {path} cannot be read: {error.strerror}.", hint=f"Correct {option}."
            ) from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key with a passphrase would ask in the terminal; nobody may be there.
        context.load_cert_chain(outside.cert, outside.key, password=lambda: "")
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(
            f"The TLS certificate {outside.cert.name} and the key {outside.key.name} do not work together.",
            hint="Both are PEM, the certificate first in its file, the key without a passphrase.",
        ) from error


@contextlib.contextmanager
def outside_listener(outside: Outside | None) -> Iterator[socket.socket | None]:
    """Give the socket of the second listener, None without one. Raises UsageError."""
    if outside is None:
        yield None
        return
    check_certificate(outside)
    with _bound(outside) as listener:
        yield listener


def _bound(outside: Outside) -> socket.socket:
    family = socket.AF_INET6 if ":" in outside.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((outside.host, outside.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Port {outside.port} on {outside.host} cannot be used: {error.strerror}.",
            hint="Give --listen an address of this machine and a port that is free.",
            port=outside.port,
        ) from error
    return listener


class FromOutside:
    """Marks what came through the second listener, so that the guard knows it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, marked."""
        await self._app({**scope, OUTSIDE: True}, receive, send)


class OutsideServer(uvicorn.Server):
    """uvicorn beside another one, in the same loop: signals and the application's life are the other's."""

    def __init__(self, app: ASGIApp, outside: Outside, options: dict[str, Any]) -> None:
        files = {"ssl_certfile": str(outside.cert), "ssl_keyfile": str(outside.key)}
        super().__init__(uvicorn.Config(FromOutside(app), **{**options, **files, "lifespan": "off"}))
        self._room = outside.room
        self.keeper: Doorkeeper | None = None
        self._accepting: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, each of which the doorkeeper sees before TLS begins."""
        context = self.config.ssl
        assert context is not None
        context.options |= ssl.OP_NO_RENEGOTIATION
        self.keeper = Doorkeeper(fitting(self._room), context, self._heads)
        self.servers = []
        self._accepting = [asyncio.create_task(self.keeper.accept(listener)) for listener in sockets or ()]
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nobody more, let go of who has not come in yet, then of everybody."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        if self.keeper is not None:
            await self.keeper.close()
        await super().shutdown(sockets)

    def _heads(self) -> CountedHeads:
        return CountedHeads(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
