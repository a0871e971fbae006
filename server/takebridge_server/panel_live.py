"""Live events for a panel, through its socket: what ``/live`` sends, and a panel too far behind starts over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from takebridge.events import Filter, Subscription
from takebridge.ids import new_id
from takebridge_server.live import Signals, until_first
from takebridge_server.panel_door import PanelDoor
from takebridge_server.panel_frames import FollowFrame, written

SayText = Callable[[str], Awaitable[None]]


async def follow(door: PanelDoor, asked: FollowFrame, say: SayText) -> None:
    """Send the hello and then the events, until cancelled.

    ``/live`` closes the connection of a client that is 256 events behind. Here ops go over the same one, so the panel
    gets another hello instead, with ``complete`` false: it loads what it shows.
    """
    wanted = Filter(topics=frozenset(asked.topics or ()), canvases=frozenset(asked.canvases or ()))
    client, since, behind = new_id("client"), asked.since, False
    while True:
        signals = Signals()
        subscription, seq, complete = door.bus.subscribe(
            signals.wake, since=since, stream=asked.stream or "", wanted=wanted
        )
        signals.subscription = subscription
        signals.wake()  # whatever came before the line above
        hello = {
            "type": "hello",
            "stream": door.bus.stream,
            "seq": seq,
            "complete": complete and not behind,
            "client": client,
            "present": door.board.present(wanted),
        }
        try:
            await until_first(_pass_on(subscription, signals, say, written(hello)), signals.late.wait())
        finally:
            door.bus.unsubscribe(subscription)
        since, behind = None, True


async def _pass_on(subscription: Subscription, signals: Signals, say: SayText, hello: str) -> None:
    await say(_live(hello))
    while True:
        await signals.something()
        for event in subscription.drain():
            await say(_live(event.text))


def _live(message: str) -> str:
    return f'{{"type":"live","message":{message}}}'
