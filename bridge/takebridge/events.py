"""Events on the bridge's in-memory bus: numbered, bounded per subscriber, progress coalesced.

Two classes of event: *state* events are never dropped for a subscriber that keeps up, and a subscriber that does
not is cut off so that it resyncs; *progress* events are coalesced per key, the latest wins (server.md §3).
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``seq`` grows by one per event of this bus; ``coalesce`` names what a newer one replaces."""

    seq: int
    topic: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    coalesce: str | None = None


class Subscription:
    """One reader's bounded queue. ``wake`` is called (from any thread) whenever something is waiting."""

    def __init__(self, limit: int, wake: Callable[[], None]) -> None:
        self._limit = limit
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str | int, Event] = OrderedDict()
        self.overrun = False

    def offer(self, event: Event) -> None:
        """Queue an event; a full queue marks the subscription as overrun and drops everything waiting."""
        with self._lock:
            if self.overrun:
                return
            key = event.seq if event.coalesce is None else event.coalesce
            self._waiting.pop(key, None)
            if len(self._waiting) >= self._limit:
                self.overrun = True
                self._waiting.clear()
            else:
                self._waiting[key] = event
        try:
            self._wake()
        except RuntimeError:
            # The reader's event loop is closed. The publisher is somebody else's job and must not fail for it.
            self.overrun = True

    def drain(self) -> list[Event]:
        """Take everything waiting, oldest first."""
        with self._lock:
            taken = sorted(self._waiting.values(), key=lambda event: event.seq)
            self._waiting.clear()
        return taken


class EventBus:
    """Thread-safe fan-out with a replay window of the last ``history`` state events."""

    def __init__(self, history: int = 1000) -> None:
        self._lock = threading.Lock()
        self._seq = 0
        self._recent: deque[Event] = deque(maxlen=history)
        self._forgotten = 0
        self._subscriptions: set[Subscription] = set()

    def publish(self, topic: str, data: Mapping[str, JsonValue], *, coalesce: str | None = None) -> Event:
        """Number the event and offer it to every subscriber; never blocks on a slow one."""
        with self._lock:
            self._seq += 1
            event = Event(self._seq, topic, dict(data), coalesce)
            if coalesce is None:
                self._remember(event)
            for subscription in self._subscriptions:
                subscription.offer(event)
        return event

    def subscribe(
        self, wake: Callable[[], None], *, since: int | None = None, limit: int = 256
    ) -> tuple[Subscription, int, bool]:
        """Return ``(subscription, seq, complete)``.

        ``seq`` is the newest event so far. ``complete`` is False when state events after ``since`` have left the
        window: the reader must load a snapshot.
        """
        subscription = Subscription(limit, wake)
        with self._lock:
            complete = since is None or self._forgotten <= since <= self._seq
            if since is not None and complete:
                missed = [event for event in self._recent if event.seq > since]
                for event in missed[-limit:]:
                    subscription.offer(event)
                complete = len(missed) <= limit
            self._subscriptions.add(subscription)
            return subscription, self._seq, complete

    def _remember(self, event: Event) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._forgotten = self._recent[0].seq if self._recent else event.seq
        self._recent.append(event)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a reader."""
        with self._lock:
            self._subscriptions.discard(subscription)
