"""How many may come from other machines, and how long they may take over TLS: one address never takes all the room.

A studio behind one address is many people: each browser holds six connections and one for each tab. So the limits are
wide, whoever comes while a hundred others shake hands waits for a turn, and the first few beyond the limit are told in
words. The listener on this machine has no such limits, and keeps room of its own: file descriptors are shared.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace

from takebridge_server.heads import HeadsInTime
from takebridge_server.listen import Room
from takebridge_server.wire_errors import HTTP_CODES, wire_body

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0
_OWN_ROOM = 256
"""File descriptors that are never used for other machines."""


def address_of(host: str) -> str:
    """Return whose address this is: an IPv4 address, or the network of an IPv6 one, which has one holder."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def fitting(room: Room) -> Room:
    """Return the room there is with the files this process may open, of which it asks for more where it may."""
    files = _files_allowed(room.altogether + _OWN_ROOM)
    return replace(room, altogether=max(1, min(room.altogether, files - _OWN_ROOM, files // 2)))


def _files_allowed(wanted: int) -> int:
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return 2 * wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 2 * wanted
    more = 2 * wanted if hard == resource.RLIM_INFINITY else min(2 * wanted, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, more), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Doorkeeper:
    """Takes the connections of one listener, counts them, and makes each what ``serve`` gives once TLS stands.

    Used on its loop only.
    """

    def __init__(self, room: Room, context: ssl.SSLContext, serve: Callable[[], CountedHeads]) -> None:
        self.room = room
        self._context = context
        self._serve = serve
        self._here: dict[str, list[socket.socket]] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, listener: socket.socket) -> None:
        """Take connections until cancelled."""
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        while True:
            try:
                connection, peer = await loop.sock_accept(listener)
            except OSError as error:
                logger.warning("nobody more from other machines can be taken for now: %s", error)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            address = address_of(peer[0])
            served = self._let_in(connection, address)
            if served is None:
                connection.close()
            else:
                task = loop.create_task(self._secure(connection, address, served))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(0)  # however many come, everybody else is served between two of them

    @property
    def knocking(self) -> int:
        """How many handshakes wait or go on."""
        return len(self._tasks)

    def count(self) -> int:
        """Return how many connections there are, of all addresses."""
        there = {address: [one for one in some if one.fileno() != -1] for address, some in self._here.items()}
        self._here = {address: some for address, some in there.items() if some}
        self._turns = {address: turn for address, turn in self._turns.items() if address in self._here}
        return sum(map(len, self._here.values()))

    async def close(self) -> None:
        """Let go of everybody who has not come in yet; the server lets go of the others."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _let_in(self, connection: socket.socket, address: str) -> bool | None:
        """Count a connection: True to be served, False to be told that there is no room, None to be closed at once."""
        everybody = self.count()
        mine = self._here.get(address, [])
        if len(mine) >= self.room.of_address + self.room.told or everybody >= self.room.altogether:
            return None
        self._here[address] = [*mine, connection]
        return len(mine) < self.room.of_address

    async def _secure(self, connection: socket.socket, address: str, served: bool) -> None:
        """Begin TLS when it is this connection's turn. What the other end says meanwhile stays unread."""
        turn = self._turns.setdefault(address, asyncio.Semaphore(self.room.shaking))
        heads = self._serve()
        heads.no_room = not served
        try:
            async with asyncio.timeout(self.room.turn_seconds):
                await turn.acquire()
            try:
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: heads,
                    connection,
                    ssl=self._context,
                    ssl_handshake_timeout=self.room.handshake_seconds,
                    ssl_shutdown_timeout=self.room.handshake_seconds,
                )
            finally:
                turn.release()
        except OSError:  # what goes wrong with TLS is one too, and what takes too long
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise


class CountedHeads(HeadsInTime):
    """A connection from elsewhere; with ``no_room`` its first request is answered that there is none."""

    no_room = False

    def on_headers_complete(self) -> None:
        """Say that there is no room, or go on."""
        if not self.no_room:
            super().on_headers_complete()
            return
        self._stop_waiting()
        self.transport.write(_FULL)
        self.transport.close()


def _full() -> bytes:
    message = "Too many connections come from your address; nothing was done."
    said = wire_body(HTTP_CODES[429], message, "Close tabs you do not need, then try again in a moment.")
    body = json.dumps({**said, "retryable": True}).encode()
    head = (
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nConnection: close\r\n"
        f"Cache-Control: no-store\r\nRetry-After: 5\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_FULL = _full()
