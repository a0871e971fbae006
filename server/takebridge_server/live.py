"""Live events for one client: a bounded queue of its own and a sender of its own, so nobody waits for anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from takebridge.errors import UsageError
from takebridge.events import EVERYTHING, EventBus, Filter, Subscription
from takebridge.ids import new_id
from takebridge_server.guard import WS_PROTOCOL
from takebridge_server.presence import PresenceBoard, Throttle, presence_of

TRY_AGAIN_LATER = 1013
SIGNED_OUT = 4401
"""Ours: the session of who listens has ended."""
SEND_SECONDS = 5
CLOSE_SECONDS = 1
COMPLAINTS_WAITING = 50


@dataclass(frozen=True, slots=True)
class Ear:
    """Who listens, for somebody signed in: ``ended`` is set when their session is, ``name`` is what they are called."""

    ended: asyncio.Event
    name: Callable[[], str]


class Signals:
    """What the bus tells one client's tasks, from whatever thread: something waits, or it is too late."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self.late = asyncio.Event()
        self.subscription: Subscription | None = None
        self._told = False
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Called by the bus after each event offered; the loop is told once until the sender looks."""
        if self.subscription and self.subscription.overrun:
            self._on_loop(self.late)
        elif not self._told:
            self._told = True
            self._on_loop(self.waiting)

    def _on_loop(self, event: asyncio.Event) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to tell
            self._loop.call_soon_threadsafe(event.set)

    async def something(self) -> None:
        """Wait until events may be waiting; what comes after this call tells again."""
        await self.waiting.wait()
        self.waiting.clear()
        self._told = False


class _Listener:
    """Hears one client out: its presence goes to the board, anything else is answered with one complaint."""

    def __init__(self, client: str, board: PresenceBoard, signals: Signals, ear: Ear | None = None) -> None:
        self._client = client
        self._ear = ear
        self._board = board
        self._signals = signals
        self._throttle = Throttle(self._understand, asyncio.get_running_loop())
        self._complaints: deque[str] = deque(maxlen=COMPLAINTS_WAITING)

    async def until_client_leaves(self, socket: WebSocket) -> None:
        """Read everything; reading never waits for writing, so a chatty client cannot stall itself."""
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            self._throttle.hear(message.get("bytes") or b"" if text is None else text)

    def complaints(self) -> list[str]:
        """Take what is to be answered, as JSON."""
        taken = list(self._complaints)
        self._complaints.clear()
        return taken

    def close(self) -> None:
        """Take the client off the board."""
        self._throttle.close()
        self._board.leave(self._client)

    def _understand(self, message: str | bytes) -> None:
        try:
            said = presence_of(message)
            if self._ear is not None:
                said = said.model_copy(update={"name": self._ear.name()})
            self._board.say(self._client, said)
        except UsageError as error:
            wire = {"type": "error", "code": error.code, "message": error.message, "hint": error.hint}
            self._complaints.append(json.dumps(wire))
            self._signals.wake()


async def stream_events(
    socket: WebSocket,
    bus: EventBus,
    board: PresenceBoard,
    *,
    since: int | None = None,
    stream: str = "",
    wanted: Filter = EVERYTHING,
    limit: int = 256,
    ear: Ear | None = None,
) -> None:
    """Send ``hello`` and then events until the client leaves; close 1013 when it does not keep up.

    With an ``ear``: close 4401 as soon as the session has ended, and show the client under that name.

    The first message is ``{"type": "hello", "stream", "seq", "complete", "client", "present"}``; with ``complete``
    false the client loads a snapshot, then applies events after ``seq``. ``since`` counts only together with the
    ``stream`` it was heard on. What the client says about its presence goes to ``board``.
    """
    signals = Signals()
    subscription, seq, complete = bus.subscribe(signals.wake, since=since, stream=stream, wanted=wanted, limit=limit)
    signals.subscription = subscription
    signals.wake()  # whatever came before the line above
    client = new_id("client")
    listener = _Listener(client, board, signals, ear)
    ended = ear.ended if ear else asyncio.Event()
    try:
        await socket.accept(subprotocol=WS_PROTOCOL if WS_PROTOCOL in socket.scope["subprotocols"] else None)
        hello = {
            "type": "hello",
            "stream": bus.stream,
            "seq": seq,
            "complete": complete,
            "client": client,
            "present": board.present(wanted),
        }
        await until_first(
            _send_all(socket, subscription, listener, signals, json.dumps(hello)),
            signals.late.wait(),
            ended.wait(),
            listener.until_client_leaves(socket),
        )
    finally:
        bus.unsubscribe(subscription)
        listener.close()
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        # A client that reads nothing cannot be told either; the connection is cut when this returns.
        async with asyncio.timeout(CLOSE_SECONDS):
            if ended.is_set():
                await socket.close(SIGNED_OUT, "Signed out: open the link to the bridge again.")
            else:
                await socket.close(TRY_AGAIN_LATER, "Too far behind: connect again with since.")


async def until_first(*work: Coroutine[Any, Any, object]) -> None:
    """Run all, stop all as soon as one ends; a client gone or stuck is no error."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        error = task.exception()
        if error and not isinstance(error, TimeoutError | WebSocketDisconnect):
            raise error


async def _send_all(
    socket: WebSocket, subscription: Subscription, listener: _Listener, signals: Signals, hello: str
) -> None:
    await _send(socket, hello)
    while True:
        await signals.something()
        for text in (*listener.complaints(), *(event.text for event in subscription.drain())):
            await _send(socket, text)


async def _send(socket: WebSocket, text: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await socket.send_text(text)
