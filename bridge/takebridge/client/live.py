"""Live events over as many connections as it takes: reconnects by itself, loses nothing without saying so."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from time import monotonic
from typing import Any, Literal, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from takebridge.client.address import BridgeAddress
from takebridge.client.http import BridgeClient
from takebridge.client.presence import Presence
from takebridge.client.replies import Reply, read
from takebridge.errors import BridgeError, InvalidDocumentError, NotFoundError, UsageError, from_wire

SUBPROTOCOL = "takebridge.v1"
OPEN_SECONDS = 10
CLOSE_SECONDS = 2
PAUSES = (0.0, 0.1, 0.2, 0.5, 1.0)
"""Seconds before each attempt to connect again; the last one repeats. Later ones after connections without events."""


class Hello(Reply):
    """The first message of each connection. With ``complete`` false events were missed: load snapshots now.

    ``present`` is everybody's presence at this moment and replaces what was known.
    """

    type: Literal["hello"]
    stream: str
    seq: int
    complete: bool
    client: str
    present: tuple[dict[str, Any], ...] = ()


class LiveEvent(BaseModel):
    """Something that happened. ``seq`` grows from event to event of a stream, with holes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: int
    topic: str
    data: dict[str, Any]


Message = Hello | LiveEvent


class Live:
    """One subscription. Use as a context manager; one thread receives, any thread may say its presence or close.

    Iterating yields a `Hello` for every connection and then its events; it ends when `close` is called. After a
    drop, or when the bridge closed because this client was too slow, it connects again and asks for what it missed.
    """

    def __init__(
        self,
        client: BridgeClient,
        *,
        canvases: Iterable[str] = (),
        topics: Iterable[str] = (),
        patience: float = 30,
    ) -> None:
        """``patience`` is for how many seconds of trying a bridge may be away before NotFoundError is raised."""
        self._client = client
        self._query = [*(("canvas", name) for name in canvases), *(("topics", name) for name in topics)]
        self._patience = patience
        self._place: tuple[str, int] | None = None
        self._presence: Presence | None = None
        self._socket: ClientConnection | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._fruitless = 0
        self._away_since = 0.0
        self.refused: BridgeError | None = None
        """Why the bridge did not understand the last presence it refused."""

    def __enter__(self) -> Self:
        """Connect. Raises NotFoundError when the bridge does not answer."""
        self._use(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the subscription; a thread that waits for a message ends its iteration."""
        self._closed.set()
        if self._socket:
            self._socket.close()

    def __iter__(self) -> Iterator[Message]:
        while (message := self.receive()) is not None:
            yield message

    def receive(self, timeout: float | None = None) -> Message | None:
        """Return the next message; None once the subscription is closed. Raises TimeoutError after ``timeout`` seconds.

        Raises NotFoundError when the bridge stays away for longer than this client's patience.
        """
        until = None if timeout is None else monotonic() + timeout
        while not self._closed.is_set():
            if self._socket is None:
                self._reconnect(until)
                continue
            try:
                text = self._socket.recv(None if until is None else max(0.0, until - monotonic()))
            except ConnectionClosed:
                self._socket = None
                continue
            message = self._understood(_json_of(text))
            if message is not None:
                return message
        return None

    def say(self, presence: Presence) -> None:
        """Tell the others where this person is; said again after every reconnect."""
        with self._lock:
            self._presence = presence
            self._send_presence()

    def drop(self) -> None:
        """Cut the connection as a failing network would; the next `receive` connects again."""
        if self._socket:
            with contextlib.suppress(OSError):  # it is down already
                self._socket.socket.shutdown(socket.SHUT_RDWR)

    def _understood(self, message: dict[str, Any]) -> Message | None:
        """Keep the place in the stream; returns what the caller is to see."""
        if message.get("type") == "hello":
            hello = read(Hello, message)
            if self._place is None or not hello.complete:
                self._place = (hello.stream, hello.seq)
            return hello
        if message.get("type") == "event" and self._place:
            event = read(LiveEvent, message)
            self._place = (self._place[0], event.seq)
            self._fruitless = 0
            return event
        if message.get("type") == "error":
            self.refused = from_wire(message, UsageError)
        return None  # a newer bridge may say things this client does not know

    def _reconnect(self, deadline: float | None) -> None:
        """Connect again, or return because of `close`. Raises TimeoutError at ``deadline``, else NotFoundError."""
        self._away_since = self._away_since or monotonic()
        # A bridge that lets us in only to close again is not asked without end.
        for pause in chain(PAUSES[max(0, self._fruitless - 1) :], repeat(PAUSES[-1])):
            if pause and deadline is not None and monotonic() + pause > deadline:
                raise TimeoutError("The bridge is away.")
            if self._closed.wait(pause):
                return
            try:
                self._use(self._open())
            except BridgeError:
                if monotonic() - self._away_since >= self._patience:
                    raise
            else:
                self._away_since = 0.0
                return

    def _open(self) -> ClientConnection:
        with contextlib.suppress(BridgeError):  # no token file while the bridge restarts: the address may still do
            self._client.refresh()
        query = list(self._query)
        if self._place:
            query += [("stream", self._place[0]), ("since", str(self._place[1]))]
        return open_socket(self._client.address, query)

    def _use(self, connection: ClientConnection) -> None:
        self._fruitless += 1
        with self._lock:
            self._socket = connection
            self._send_presence()
        if self._closed.is_set():  # closed while connecting
            connection.close()

    def _send_presence(self) -> None:
        if self._socket and self._presence:
            with contextlib.suppress(ConnectionClosed):  # the next connection says it
                self._socket.send(self._presence.model_dump_json())


def open_socket(address: BridgeAddress, query: Iterable[tuple[str, str]] = ()) -> ClientConnection:
    """Connect to ``/live``. Raises NotFoundError when the bridge does not answer or lets nobody in."""
    url = address.url.replace("http", "ws", 1) + "/live"
    full = f"{url}?{text}" if (text := urlencode(list(query))) else url
    protocols: list[Any] = [SUBPROTOCOL, f"bearer.{address.token}"]
    try:
        opened = connect(
            full,
            subprotocols=protocols,
            compression=None,
            proxy=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=None,  # an event carries the ops of one request whole
        )
        return opened.__enter__()  # websockets 17.1 wants a context manager; this one is left by close()
    except (OSError, WebSocketException) as error:  # TimeoutError is an OSError
        raise NotFoundError("The bridge does not answer.", hint="Run 'takebridge doctor'.", url=url) from error


def _json_of(text: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise InvalidDocumentError(
            "The bridge's live events make no sense.", hint="Use the client of the bridge's own release."
        )
    return message
