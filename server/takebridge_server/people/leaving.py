"""Whoever is signed out leaves at once: live connections learn that their session has ended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable, Iterator


class Leaving:
    """The connections of every session. Thread-safe; each is told on the loop it lives on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @contextlib.contextmanager
    def of(self, session_id: str) -> Iterator[asyncio.Event]:
        """Give what is set when the session ends; "" (the bridge's own token) never does. Called on a loop."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._here.setdefault(session_id, []).append(entry)
        try:
            yield entry[1]
        finally:
            with self._lock:
                left = [one for one in self._here.get(session_id, ()) if one is not entry]
                if left:
                    self._here[session_id] = left
                else:
                    self._here.pop(session_id, None)

    def here(self, session_id: str) -> int:
        """Return how many connections a session has."""
        with self._lock:
            return len(self._here.get(session_id, ()))

    def tell(self, sessions: Iterable[str]) -> None:
        """Say that these sessions have ended."""
        with self._lock:
            told = [entry for session in sessions if session for entry in self._here.get(session, ())]
        for loop, event in told:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody is left to tell
                loop.call_soon_threadsafe(event.set)
