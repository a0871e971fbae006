"""The second listener: TLS, for people on other machines. The bridge's token, agents and panels do not count there."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from takebridge.errors import UsageError
from takebridge_server.doorkeeper import CountedHeads, Doorkeeper, Room, fitting
from takebridge_server.guard import OUTSIDE, Doorway

_HTTPS = 443
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is looked for, not what is bound


@dataclass(frozen=True, slots=True)
class Outside:
    """Where people on other machines reach the bridge, and with which certificate.

    ``host`` is an address of this machine, ``name`` what people type ("" where they type the address).
    """

    host: str
    port: int
    cert: Path
    key: Path
    name: str = ""
    room: Room = Room()  # noqa: RUF009 - frozen

    def doorway(self, port: int) -> Doorway:
        """Return what the guard lets in on ``port``, the one that was bound."""
        names = [name for name in (self.name, "" if self.host in _EVERYWHERE else _in_url(self.host)) if name]
        hosts = {f"{name}:{port}".lower() for name in names}
        if port == _HTTPS:
            hosts |= {name.lower() for name in names}  # browsers leave the usual port out
        shown = names[0] if port == _HTTPS else f"{names[0]}:{port}"
        return Doorway(frozenset(hosts), f"https://{shown.lower()}", scheme="https", takes_token=False)


def outside_of(listen: str | None, cert: Path | None, key: Path | None, public_name: str | None) -> Outside | None:
    """Return the second listener asked for, None where there is none. Raises UsageError, in words."""
    if not listen:
        if cert or key or public_name:
            raise UsageError(
                "A certificate or a public name is given, but nowhere to listen.",
                hint="Add --listen HOST:PORT, such as --listen 192.168.1.20:8443.",
            )
        return None
    host, port = _split(listen)
    if cert is None or key is None:
        raise UsageError(
            f"Listening on {listen} needs TLS: people's cookies and your media would be readable on the way.",
            hint="Give --tls-cert FILE and --tls-key FILE; docs/people.md says how to get them.",
        )
    if host in _EVERYWHERE and not public_name:
        raise UsageError(
            f"{host} is every address of this machine, and none that people can type.",
            hint="Say under which name they reach it: --public-name bridge.example.com.",
        )
    return Outside(host, port, cert, key, _name(public_name or ""))


def _split(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(host)
        number = int(port) if colon and port.isascii() and port.isdigit() else -1
    except ValueError:
        number = -1
    if not 0 <= number <= 65535:
        raise UsageError(
            f"“{listen}” is not an address and port of this machine.",
            hint="Give them like 192.168.1.20:8443, [fd00::20]:8443 or 0.0.0.0:8443.",
        )
    return host, number


def _name(text: str) -> str:
    """Return a host's name in lower case. Raises UsageError for a URL, a port or what no host is called."""
    name = text.strip().rstrip(".").lower()
    labels = name.split(".")
    fits = all(label and len(label) <= 63 and label.replace("-", "").isalnum() and label.isascii() for label in labels)
    if text and (not fits or len(name) > 253):
        raise UsageError(f"“{text}” is not the name of a host.", hint="Give only the name, such as bridge.example.com.")
    return name


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
