"""The human at the emulated Resolve: hooks a test uses to watch, disturb and edit behind the script's back.

Everything here takes the world's lock, may run on any thread and works while a modal or playback blocks scripts.
Items are named by their unique id, frames are timeline_frames.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .edits import UserEdits

if TYPE_CHECKING:
    from .world import World

When = Literal["before", "after"]


@dataclass(frozen=True)
class Call:
    """One API call as it happened; ``args`` and ``result`` are their reprs."""

    api_class: str
    name: str
    args: tuple[str, ...]
    result: str


@dataclass
class _Hook:
    name: str
    when: When
    do: Callable[[], object]
    times: int


class Ui(UserEdits):
    """Test hooks of one world. ``latency_ms`` is slept before every API call, outside the lock."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.latency_ms = 0
        self.occupied: Literal["ghost", "drop"] = "ghost"
        self.wedged = False
        self.call_log: list[Call] = []
        self._hooks: list[_Hook] = []
        self._busy_writes = 0
        self._modal = False
        self._playing = False

    # --- disturbance ---

    def busy(self, writes: int) -> None:
        """Let the next ``writes`` writes fail, as an auto-backup does."""
        with self._world.lock:
            self._busy_writes = writes

    def modal(self) -> None:
        """Open a dialog: every write fails until `dismiss_modal`."""
        with self._world.lock:
            self._modal = True

    def dismiss_modal(self) -> None:
        """Close the dialog."""
        with self._world.lock:
            self._modal = False

    def playback(self, playing: bool = True) -> None:
        """Start or stop playback: every write fails while it runs."""
        with self._world.lock:
            self._playing = playing

    def refuses_write(self) -> bool:
        """Asked once a write: True makes it fail."""
        if self._modal or self._playing:
            return True
        refused = self._busy_writes > 0
        self._busy_writes -= int(refused)
        return refused

    # --- watching ---

    def delay(self) -> None:
        """Sleep the latency of one call."""
        if self.latency_ms:
            time.sleep(self.latency_ms / 1000)

    def record(self, api_class: str, name: str, args: tuple[object, ...], result: object) -> None:
        """Log one call."""
        self.call_log.append(Call(api_class, name, tuple(map(_short, args)), _short(result)))

    def call_counts(self) -> dict[str, int]:
        """Calls so far by method name."""
        return dict(Counter(call.name for call in self.call_log))

    def on_call(self, name: str, *, when: When, do: Callable[[], object], times: int = 1) -> None:
        """Run ``do`` before or after the next ``times`` calls of an API method, inside the call's lock."""
        if when not in ("before", "after") or times < 1:
            raise ValueError("on_call: when is 'before' or 'after', times at least 1.")
        with self._world.lock:
            self._hooks.append(_Hook(name, when, do, times))

    def fire(self, name: str, when: When) -> None:
        """Run the hooks of a call. A hook's own API calls fire it no further than its times allow."""
        for hook in [h for h in self._hooks if h.name == name and h.when == when and h.times > 0]:
            hook.times -= 1
            hook.do()
        self._hooks = [hook for hook in self._hooks if hook.times > 0]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
