"""Live events for one client: a bounded queue of its own and a sender of its own, so nobody waits for anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from takebridge.events import Event, EventBus, Subscription
from takebridge_server.guard import WS_PROTOCOL

TRY_AGAIN_LATER = 1013
SEND_SECONDS = 5
CLOSE_SECONDS = 1


class _Signals:
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


async def stream_events(socket: WebSocket, bus: EventBus, *, since: int | None, limit: int = 256) -> None:
    """Send ``hello`` and then events until the client leaves; close 1013 when it does not keep up.

    The first message is ``{"type": "hello", "seq", "complete"}``; with ``complete`` false the client loads a
    snapshot, then applies events after ``seq``. What the client sends is read and ignored.
    """
    signals = _Signals()
    subscription, seq, complete = bus.subscribe(signals.wake, since=since, limit=limit)
    signals.subscription = subscription
    signals.wake()  # whatever came before the line above
    try:
        await socket.accept(subprotocol=WS_PROTOCOL if WS_PROTOCOL in socket.scope["subprotocols"] else None)
        hello = json.dumps({"type": "hello", "seq": seq, "complete": complete})
        await _until_first(
            _send_all(socket, subscription, signals, hello), signals.late.wait(), _until_client_leaves(socket)
        )
    finally:
        bus.unsubscribe(subscription)
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        # A client that reads nothing cannot be told either; the connection is cut when this returns.
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(TRY_AGAIN_LATER, "Too far behind: connect again with since.")


async def _until_first(*work: Coroutine[Any, Any, object]) -> None:
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


async def _send_all(socket: WebSocket, subscription: Subscription, signals: _Signals, hello: str) -> None:
    await _send(socket, hello)
    while True:
        await signals.something()
        for event in subscription.drain():
            await _send(socket, _as_text(event))


async def _send(socket: WebSocket, text: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await socket.send_text(text)


def _as_text(event: Event) -> str:
    return json.dumps({"type": "event", "seq": event.seq, "topic": event.topic, "data": event.data})


async def _until_client_leaves(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
