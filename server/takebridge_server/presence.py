"""Presence: who is on which canvas, with cursor and selection. Lives in memory, dies with the connection.

Nothing of it enters the replay window or the database: whoever connects gets the whole board with ``hello``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from takebridge.client.presence import Presence
from takebridge.errors import UsageError
from takebridge.events import EventBus, Filter

MESSAGES_PER_SECOND = 50
MESSAGE_CHARS = 64 * 1024
"""Above what the largest allowed presence needs; longer messages are refused unread."""


class PresenceBoard:
    """What every connected client said last. Bound to the server's event loop."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._places: dict[str, dict[str, Any]] = {}

    def present(self, wanted: Filter) -> list[dict[str, Any]]:
        """Everybody's place on the wanted canvases, in the order they came."""
        return [place for place in self._places.values() if wanted.wants_canvas(place["canvas"])]

    def say(self, client: str, presence: Presence) -> None:
        """Keep and announce a client's place; on a canvas it leaves for another it is announced as gone."""
        before = self._places.get(client)
        if before and before["canvas"] != presence.canvas:
            self.leave(client)
        place = {"client": client, **presence.model_dump(mode="json", exclude={"type"})}
        if place != before:
            self._places[client] = place
            self._bus.publish("presence", place, coalesce=_key(place))

    def leave(self, client: str) -> None:
        """Forget a client; announced once, and not at all when it never said where it is."""
        place = self._places.pop(client, None)
        if place:
            # The same key: a cursor that still waits somewhere must not arrive after its owner has gone.
            facts = {"client": client, "canvas": place["canvas"]}
            self._bus.publish("presence.left", facts, coalesce=_key(place))


def _key(place: dict[str, Any]) -> str:
    return f"presence {place['client']} {place['canvas']}"


def presence_of(message: str | bytes) -> Presence:
    """Return what a client said about itself. Raises UsageError, in words; what was sent is not echoed."""
    if not isinstance(message, str):
        raise UsageError("A live message is text.", hint="Send presence as JSON text.")
    if len(message) > MESSAGE_CHARS:
        raise UsageError(
            f"A live message has at most {MESSAGE_CHARS} characters.", hint="Send a smaller selection, or none."
        )
    try:
        return Presence.model_validate_json(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step)[:64] for step in first["loc"])
        problem = f"{place}: {first['msg']}" if place else first["msg"]
        raise UsageError(
            f"The live message is not valid: {problem}.",
            hint="The only message a client may send is “presence”, as docs/live.md describes it.",
        ) from error


class Throttle:
    """Passes on at most `MESSAGES_PER_SECOND`; of what comes faster only the newest is kept, and passed on later.

    Bound to ``loop``, the running one. One message is held at most, so a flood costs no memory.
    """

    def __init__(
        self,
        hand_on: Callable[[str | bytes], None],
        loop: asyncio.AbstractEventLoop,
        per_second: int = MESSAGES_PER_SECOND,
    ) -> None:
        self._hand_on = hand_on
        self._per_second = per_second
        self._loop = loop
        self._allowance = float(per_second)
        self._counted_at = self._loop.time()
        self._held: str | bytes | None = None
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, message: str | bytes) -> None:
        """Pass the message on now, or hold it in place of an older one."""
        if self._may_pass():
            self._held = None  # older than this one, and this one says everything
            self._hand_on(message)
            return
        self._held = message
        if self._timer is None:
            self._timer = self._loop.call_later(1 / self._per_second, self._release)

    def close(self) -> None:
        """Drop what is held."""
        self._held = None
        if self._timer:
            self._timer.cancel()

    def _release(self) -> None:
        self._timer = None
        held, self._held = self._held, None
        if held is not None:
            self.hear(held)

    def _may_pass(self) -> bool:
        now = self._loop.time()
        earned = (now - self._counted_at) * self._per_second
        self._allowance = min(float(self._per_second), self._allowance + earned)
        self._counted_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True
