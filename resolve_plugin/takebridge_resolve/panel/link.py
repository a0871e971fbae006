"""The panel's one line to the bridge: calls on threads of their own, live events, and whether the bridge is there.

Nothing here ever blocks the GUI thread. Threads are daemons, not Qt's pool: a pool waits at its end for the slowest
call, and a pull may take minutes.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from takebridge.errors import BridgeError, UsageError
from takebridge_resolve.panel.words import bridge_away

if TYPE_CHECKING:
    from takebridge.client.api import Api
    from takebridge.client.http import BridgeClient
    from takebridge.client.live import Live

WORKERS = 6
"""Calls under way at once: a pull and a generation may take minutes, and thumbnails are still wanted meanwhile."""
RETRY_SECONDS = 0.5
CLOSING_SECONDS = 0.4
T = TypeVar("T")

Then = Callable[[Any], None]
Failed = Callable[[BridgeError], None]


class Asked:
    """A call that was asked for. After `cancel` neither ``then`` nor ``failed`` is called any more."""

    def __init__(self, call: Callable[[Api], Any], then: Then, failed: Failed | None) -> None:
        self.call = call
        self.then = then
        self.failed = failed
        self.cancelled = False
        self.done = False

    def cancel(self) -> None:
        """Lose interest. A call that has not begun is not made; one under way goes on, its answer is dropped."""
        self.cancelled = True


class Link(QObject):
    """The bridge of a data folder, there or not.

    ``event`` is a `LiveEvent`. ``back``: the bridge answers (the first time too); ``away``: it does not, with the
    words to show. ``resync``: events may have been missed, so load anew what is shown; it follows every ``back``.
    ``trouble`` is a BridgeError of a call whose asker named no ``failed``. All are emitted on the GUI thread.
    """

    event = Signal(object)  # type: ignore[assignment]  # hides QObject.event, which a link has no use for
    away = Signal(str)
    back = Signal()
    resync = Signal()
    trouble = Signal(object)
    _answered = Signal(object, object, object)
    _heard = Signal(object)
    _lost = Signal(object)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.home = home
        self.is_there: bool | None = None
        """Whether the bridge answers; None before the first try."""
        self.away_since: datetime | None = None
        self._client: BridgeClient | None = None
        self._live: Live | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._queue: SimpleQueue[Asked | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        queued = Qt.ConnectionType.QueuedConnection
        self._answered.connect(self._deliver, queued)
        self._heard.connect(self._on_heard, queued)
        self._lost.connect(self._on_lost, queued)

    def start(self) -> None:
        """Begin to look for the bridge and to listen to it."""
        self._spawn(self._listen, "panel live")

    def ask(self, call: Callable[[Api], T], then: Callable[[T], None], failed: Failed | None = None) -> Asked:
        """Make a call on a thread; then ``then`` gets its result, or ``failed`` its BridgeError, on the GUI thread."""
        asked = Asked(call, then, failed)
        if self._closed.is_set():
            asked.cancel()
            return asked
        if sum(thread.name == "panel call" for thread in self._threads) < WORKERS:
            self._spawn(self._work, "panel call")
        self._queue.put(asked)
        return asked

    def close(self) -> None:
        """Stop. Returns within half a second, whatever the bridge does; answers that come later are dropped."""
        if self._closed.is_set():
            return
        self._closed.set()
        for _ in self._threads:
            self._queue.put(None)
        closer = threading.Thread(target=self._hang_up, name="panel close", daemon=True)
        closer.start()
        closer.join(CLOSING_SECONDS)

    # --- threads

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _hang_up(self) -> None:
        with contextlib.suppress(BridgeError, OSError, RuntimeError):
            if self._live:
                self._live.close()
        for thread in self._threads:
            thread.join(CLOSING_SECONDS / 2)
        if self._client and not any(thread.is_alive() for thread in self._threads):
            self._client.close()

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            if asked.cancelled or self._closed.is_set():
                continue
            result, error = self._outcome(asked)
            self._say(self._answered, asked, result, error)

    def _outcome(self, asked: Asked) -> tuple[Any, BridgeError | None]:
        try:
            from takebridge.client.api import Api  # loaded here, on a thread: half a second that no window waits for

            return asked.call(Api(self._bridge())), None
        except BridgeError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the thread, and is told like any other
            fault = UsageError(
                "The panel could not understand the bridge.",
                hint="Use panel and bridge of the same release. The log has the details.",
                fault=f"{type(error).__name__}: {error}"[:500],
            )
            fault.__cause__ = error
            return None, fault

    def _bridge(self) -> BridgeClient:
        """The one client, found at first use. Raises NotFoundError and UnsafeFolderError."""
        from takebridge.client.http import BridgeClient

        with self._lock:
            if self._client is None:
                self._client = BridgeClient(self.home)
            return self._client

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                message = self._line().receive()
            except BridgeError as error:
                self._say(self._lost, error)
                self._closed.wait(RETRY_SECONDS)
                continue
            if message is not None:
                self._say(self._heard, message)

    def _line(self) -> Live:
        # Without patience a drop is told after the first attempt that fails; the place in the stream is kept.
        if self._live is None:
            from takebridge.client.live import Live

            self._live = Live(self._bridge(), patience=0)
        return self._live

    def _say(self, signal: Any, *values: object) -> None:  # noqa: ANN401 - a bound signal has no public type
        with contextlib.suppress(RuntimeError):  # the window is gone
            signal.emit(*values)

    # --- the GUI thread

    @Slot(object, object, object)
    def _deliver(self, asked: Asked, result: object, error: BridgeError | None) -> None:
        asked.done = True
        if asked.cancelled or self._closed.is_set():
            return
        if error is None:
            asked.then(result)
        elif asked.failed is not None:
            asked.failed(error)
        else:
            self.trouble.emit(error)

    @Slot(object)
    def _on_heard(self, message: object) -> None:
        from takebridge.client.live import Hello

        if self._closed.is_set():
            return
        if not isinstance(message, Hello):
            self.event.emit(message)
            return
        was_there, self.is_there, self.away_since = self.is_there, True, None
        if not was_there:
            self.back.emit()
        if not was_there or not message.complete:
            self.resync.emit()

    @Slot(object)
    def _on_lost(self, error: BridgeError) -> None:
        if self._closed.is_set() or self.is_there is False:
            return
        stopped = self.is_there is True
        self.is_there = False
        self.away_since = datetime.now(UTC) if stopped else None
        self.away.emit(bridge_away(error, stopped=stopped, seconds=0))
