"""Run the server: bind first, accept, publish the token file, stop without leaving anything behind."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from takebridge.errors import BridgeError, UsageError
from takebridge.media.publish import publishing
from takebridge_server.heads import HeadsInTime
from takebridge_server.listen import Outside
from takebridge_server.logs import Redactor, redacted_logging
from takebridge_server.outside import OutsideServer, doorway_of, outside_listener
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.shell import Shell
from takebridge_server.token_file import (
    BridgeAddress,
    new_address,
    refuse_second_bridge,
    remove_token_file,
    write_token_file,
)

logger = logging.getLogger(__name__)

BuildApp = Callable[[BridgeAddress], Shell]
Ready = Callable[[str], None]
Open = Callable[["Links"], None]
STOP_SECONDS = 5
KEEP_ALIVE_SECONDS = 75
WS_MAX_BYTES = 2**20
WS_PING_SECONDS = 20
WS_PONG_SECONDS: float | None = None
"""No pong is waited for. The other end is on this machine: when its program ends, the connection ends with it, and
until then a missed pong only tells that the program is held up. Premiere's modal dialogs hold a panel up for minutes;
cutting it would make its op's outcome unknown. A client that takes nothing is cut by the limits on sending instead."""
OUTSIDE_PONG_SECONDS = 60.0
"""On another machine a program can vanish without its connection ending."""
PORT_FILE = "last-port"
_FIRST_PORT = 1024


@dataclass(frozen=True, slots=True)
class Links:
    """What a person opens: ``canvas`` signs the owner in once, ``team`` is where everybody else goes ("": nowhere)."""

    canvas: str
    team: str


def serve(
    settings: Settings,
    build: BuildApp,
    *,
    redactor: Redactor | None = None,
    ready: Ready | None = None,
    opened: Open | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return.

    ``build`` gets the address (port bound, token fresh) and returns the application; ``ready`` is called with the
    URL once the token file is there, then ``opened`` with what people open. Raises DataFolderLockedError when a bridge
    runs already, UnsafeFolderError, UsageError for a port in use or a certificate that does not do, and whatever
    ``build`` raises.
    """
    redactor = redactor or Redactor()
    with redacted_logging(settings.log_level, redactor):
        prepare_home(settings.home)
        refuse_second_bridge(settings.home)
        _serve(settings, build, redactor, lambda app: _told(app, ready, opened))


def _serve(settings: Settings, build: BuildApp, redactor: Redactor, told: Callable[[Shell], Ready]) -> None:
    outside = settings.outside()
    with bind(settings, last_port(settings.home)) as listener, outside_listener(outside) as second:
        address = new_address(listener.getsockname()[1])
        _keep_port(settings.home, address.port)
        redactor.add(address.token)
        app = build(address)
        server = BridgeServer(app, settings, address, told(app))
        if outside is not None and second is not None:
            server.also_serve(outside, second)
        server.run([listener])
    if server.failure:
        raise server.failure


def _told(app: Shell, ready: Ready | None, opened: Open | None) -> Ready:
    def told(url: str) -> None:
        if ready is not None:
            ready(url)
        if opened is not None and app.people is not None:
            team = app.people.team_url if app.rules.outside else ""
            opened(Links(app.people.open_link(), team))

    return told


def bind(settings: Settings, last: int = 0) -> socket.socket:
    """Return a listening socket on the loopback interface. Raises UsageError.

    Port 0 takes the ``last`` one where it is still to be had, so that panels find the bridge again, else a free one.
    """
    if settings.port == 0 and last:
        try:
            return _bind(settings, last)
        except UsageError:
            logger.warning("port %d, which panels know, is used by another program: taking another one", last)
    return _bind(settings, settings.port)


def _bind(settings: Settings, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Lets a restart take the port again while old connections time out.
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, port))
        listener.listen()  # only now is the port ours: Linux lets two sockets bind, never two listen
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Port {port} on {settings.host} cannot be used: {error.strerror}.",
            hint="Choose another port, or 0 for any free one.",
            port=port,
        ) from error
    return listener


def last_port(home: Path) -> int:
    """Return the port this data folder's bridge had last, 0 when that is not known."""
    try:
        said = (home / PORT_FILE).read_bytes()[:8].decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return 0
    return int(said) if said.isdigit() and _FIRST_PORT <= int(said) <= 65535 else 0


def _keep_port(home: Path, port: int) -> None:
    if last_port(home) == port:
        return
    try:
        with publishing(home / PORT_FILE) as part:
            part.write_text(f"{port}\n", encoding="ascii")
    except (BridgeError, OSError) as error:
        logger.warning("the port could not be kept for the next start: %s", error)


class BridgeServer(uvicorn.Server):
    """uvicorn that publishes the token file while it accepts, and returns normally when told to stop."""

    def __init__(
        self,
        app: Shell,
        settings: Settings,
        address: BridgeAddress,
        ready: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(_config(app, settings))
        self.failure: BridgeError | None = None
        self._app = app
        self._home = settings.home
        self._address = address
        self._ready = ready
        self._level = settings.log_level
        self._outside: tuple[OutsideServer, socket.socket] | None = None
        self._serving: asyncio.Task[None] | None = None

    def also_serve(self, outside: Outside, listener: socket.socket) -> None:
        """Serve people on other machines too, from ``listener``. Called before the first request."""
        doorway = doorway_of(outside, listener.getsockname()[1])
        self._app.rules = replace(self._app.rules, outside=doorway)
        if self._app.people is not None:
            self._app.people.team_url = doorway.url
        options = {**_options(self._level), "ws_ping_timeout": OUTSIDE_PONG_SECONDS}
        self._outside = OutsideServer(self._app, outside, options), listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, then say where."""
        await super().startup(sockets)
        if self._outside is not None:
            server, listener = self._outside
            self._serving = asyncio.create_task(server.serve([listener]))
        try:
            write_token_file(self._home, self._address)
        except BridgeError as error:
            self.failure = error
            self.should_exit = True
            return
        if self._ready:
            self._ready(self._address.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Disappear first, then let go of everybody."""
        remove_token_file(self._home, self._address)
        self._app.stop_waiting()
        if self._outside is not None and self._serving is not None:
            self._outside[0].should_exit = True
            await asyncio.gather(self._serving, return_exceptions=True)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop gracefully; a second Ctrl+C at once. The signal is not raised again: stopping is no failure."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


class _CuttingWebSocket(WebSocketsSansIOProtocol):
    """Cuts the connection of a client that reads nothing: uvicorn alone would keep it until its buffer drains."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, without a log of frames: at the level debug they would be in it, and with them codes and tokens."""
        self.conn.debug = False
        super().connection_made(transport)

    async def run_asgi(self) -> None:
        """Run the application; a second after it is done, what could not be sent is given up."""
        await super().run_asgi()
        asyncio.get_running_loop().call_later(1, self.transport.abort)


def _config(app: Shell, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(app, **_options(settings.log_level))


def _options(log_level: str) -> dict[str, Any]:
    return {
        "http": HeadsInTime,
        "ws": _CuttingWebSocket,
        "ws_max_size": WS_MAX_BYTES,
        "ws_ping_interval": WS_PING_SECONDS,
        "ws_ping_timeout": WS_PONG_SECONDS,
        "ws_per_message_deflate": False,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": STOP_SECONDS,
        "log_config": None,
        "log_level": log_level,
        "access_log": log_level == "debug",
        "proxy_headers": False,
        "server_header": False,
        "lifespan": "on",
    }
