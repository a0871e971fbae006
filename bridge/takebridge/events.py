"""Events on the bridge's in-memory bus: numbered, bounded per subscriber, progress coalesced.

Two classes of event: *state* events are never dropped for a subscriber that keeps up, and a subscriber that does
not is cut off so that it resyncs; *progress* events are coalesced per key, the latest wins (server.md §3).
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from takebridge.ids import new_id

JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``seq`` grows by one per event of this bus; ``coalesce`` names what a newer one replaces."""

    seq: int
    topic: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    coalesce: str | None = None
    _text: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The event as the JSON clients get; encoded at the first use, the same string for everybody after it."""
        if not self._text:  # two threads at once encode it twice to the same text, which harms nobody
            wire = {"type": "event", "seq": self.seq, "topic": self.topic, "data": self.data}
            self._text.append(json.dumps(wire, separators=(",", ":")))
        return self._text[0]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events a reader wants. An empty set lets everything pass.

    ``topics`` are whole leading words: ``job`` stands for ``job.changed`` and ``job.progress``, not for ``jobs.x``.
    ``canvases`` holds back what is about another canvas; an event about no canvas at all passes.
    """

    topics: frozenset[str] = frozenset()
    canvases: frozenset[str] = frozenset()

    def wants(self, event: Event) -> bool:
        """Say whether the reader is to get this event."""
        return self._wants_topic(event.topic) and self.wants_canvas(event.data.get("canvas"))

    def wants_canvas(self, canvas: JsonValue) -> bool:
        """Say whether something about the canvas with this id (None: about none) passes."""
        return not self.canvases or not isinstance(canvas, str) or canvas in self.canvases

    def _wants_topic(self, topic: str) -> bool:
        return not self.topics or any(topic == word or topic.startswith(f"{word}.") for word in self.topics)


EVERYTHING = Filter()


class Subscription:
    """One reader's bounded queue. ``wake`` is called (from any thread) whenever something is waiting."""

    def __init__(self, limit: int, wake: Callable[[], None], wanted: Filter = EVERYTHING) -> None:
        self._limit = limit
        self._wake = wake
        self._wanted = wanted
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str | int, Event] = OrderedDict()
        self.overrun = False

    def offer(self, event: Event) -> None:
        """Queue an event the reader wants; a full queue marks it as overrun and drops everything waiting."""
        if not self._wanted.wants(event):
            return
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
    """Thread-safe fan-out with a replay window of the last ``history`` state events.

    ``stream`` names this bus: numbers of another one (of the bridge before its restart) mean nothing here.
    """

    def __init__(self, history: int = 1000) -> None:
        self.stream = new_id("stream")
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
        self,
        wake: Callable[[], None],
        *,
        since: int | None = None,
        stream: str | None = None,
        wanted: Filter = EVERYTHING,
        limit: int = 256,
    ) -> tuple[Subscription, int, bool]:
        """Return ``(subscription, seq, complete)``.

        ``seq`` is the newest event so far. ``complete`` is False when state events after ``since`` may be missing:
        they have left the window, they are more than ``limit``, or ``since`` counts another ``stream`` (None: the
        caller vouches for it). Then nothing is replayed and the reader must load a snapshot.
        """
        subscription = Subscription(limit, wake, wanted)
        with self._lock:
            missed = None if stream not in (None, self.stream) and since is not None else self._after(since, wanted)
            complete = missed is not None and len(missed) <= limit
            for event in missed if missed and complete else ():
                subscription.offer(event)
            self._subscriptions.add(subscription)
            return subscription, self._seq, complete

    def _after(self, since: int | None, wanted: Filter) -> list[Event] | None:
        """Return the wanted state events after ``since`` (None: from now on), or None when some are forgotten."""
        if since is None:
            return []
        if not self._forgotten <= since <= self._seq:
            return None
        return [event for event in self._recent if event.seq > since and wanted.wants(event)]

    def _remember(self, event: Event) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._forgotten = self._recent[0].seq if self._recent else event.seq
        self._recent.append(event)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a reader."""
        with self._lock:
            self._subscriptions.discard(subscription)
