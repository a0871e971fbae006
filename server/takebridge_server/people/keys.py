"""One-time keys: they sign one person in once, and live in memory alone.

Kept by their SHA-256 like everything else that signs somebody in, so that nothing that shows the memory shows a key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from takebridge_server.people.errors import SignInError
from takebridge_server.people.kept import new_secret, sha256

KEY_SECONDS = 10 * 60
"""A key for the owner: whoever asked for it sits in front of the machine."""
LINK_SECONDS = 24 * 3600
"""A link for somebody who lost theirs has to be sent first."""
_MOST = 64


@dataclass(frozen=True, slots=True)
class _Key:
    person: str
    ends: float


class OneTimeKeys:
    """Thread-safe. ``clock`` counts steady seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, _Key] = {}

    def new(self, person_id: str, lives: float = KEY_SECONDS) -> str:
        """Return a key that signs ``person_id`` in once within ``lives`` seconds; of too many the oldest goes."""
        key = new_secret()
        with self._lock:
            self._keys[sha256(key)] = _Key(person_id, self._clock() + lives)
            while len(self._keys) > _MOST:
                del self._keys[next(iter(self._keys))]
        return key

    def use(self, key: str) -> str:
        """Spend a key and return whom it signs in. Raises SignInError, in the same words whatever is wrong."""
        with self._lock:
            found = self._keys.pop(sha256(key), None)
        if found is None or self._clock() >= found.ends:
            raise SignInError("This link was used already, is too old or was never made by this bridge.")
        return found.person

    def forget(self, person_id: str) -> None:
        """Void the keys of somebody."""
        with self._lock:
            self._keys = {sha: key for sha, key in self._keys.items() if key.person != person_id}
