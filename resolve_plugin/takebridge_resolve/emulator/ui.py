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

from .edits import EditError, UserEdits
from .render_queue import advance

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
    """Test hooks of one world. ``latency_ms`` is slept before every API call, outside the lock.

    ``render_polls`` are the status polls a render takes, ``foreground`` says whether the app is in front,
    ``gallery_visible`` whether the Gallery panel shows, ``blocks_switch`` whether the open project refuses to be left,
    ``unsure_vanish`` whether placements of an append that made a ghost are gone after the project is opened again,
    ``h264`` whether H.264 and H.265 are offered (free on Linux has neither), ``stale_stills`` whether every still after
    the first of a script run shows the first's frame (21.1, resolve.md §1.1) until `new_run`.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.latency_ms = 0
        self.occupied: Literal["ghost", "listed", "drop"] = "ghost"
        self.wedged = False
        self.render_polls = 3
        self.foreground = False
        self.gallery_visible = False
        self.blocks_switch = False
        self.unsure_vanish = False
        self.h264 = True
        self.stale_stills = False
        self._still_frame: int | None = None
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

    # --- delivering ---

    def deliver_preset(self, name: str) -> None:
        """Choose a render preset on the Deliver page: what a script's next job inherits."""
        with self._world.lock:
            queue = self._world.queue(self._world.project)
            if name not in queue.presets():
                raise EditError(f"No render preset {name!r}.")
            queue.deliver = queue.presets()[name]

    def finish_renders(self) -> None:
        """Let everything that renders come to its end."""
        with self._world.lock:
            queue = self._world.queue(self._world.project)
            while queue.running:
                advance(self._world, queue)

    def new_run(self) -> None:
        """A script starts afresh: its first still is fresh too."""
        self._still_frame = None

    def still_frame(self, timeline_frame: int) -> int:
        """The timeline_frame an exported still really shows."""
        if not self.stale_stills:
            return timeline_frame
        self._still_frame = timeline_frame if self._still_frame is None else self._still_frame
        return self._still_frame

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
