"""Wrong keys per address: so many a minute, then none is looked at for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from takebridge_server.people.errors import TooManyTriesError

WRONG_TRIES = 10
TRIES_SECONDS = 60
_MOST_ADDRESSES = 1024


class Tries:
    """Thread-safe. ``clock`` counts steady seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, list[float]] = {}

    def require_room(self, address: str) -> None:
        """Raise TooManyTriesError when ``address`` has been wrong `WRONG_TRIES` times within `TRIES_SECONDS`."""
        with self._lock:
            if len(self._recent(address)) >= WRONG_TRIES:
                raise TooManyTriesError("Too many links that do not count came from there; none is looked at now.")

    def wrong(self, address: str) -> None:
        """Count a wrong key."""
        with self._lock:
            self._wrong[address] = [*self._recent(address), self._clock()]
            while len(self._wrong) > _MOST_ADDRESSES:
                del self._wrong[next(iter(self._wrong))]

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - TRIES_SECONDS
        return [one for one in self._wrong.get(address, ()) if one > since]
