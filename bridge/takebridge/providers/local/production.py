"""What a worker is asked to make: a known number of pictures, drawn one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from takebridge.providers.local.tiles import Picture
from takebridge.providers.local.workfolder import Progress
from takebridge.timebase import FrameRate


@dataclass(frozen=True, slots=True)
class Production:
    """One clip to be made.

    ``frames``: yields exactly ``frame_count`` pictures of ``width`` x ``height`` and raises CancelledError soon
    after the event is set. ``kept``: how many of them come from an earlier attempt and cost next to nothing.
    """

    frames: Callable[[threading.Event], Iterator[Picture]]
    frame_count: int
    rate: FrameRate
    width: int
    height: int
    audio_from: Path | None = None
    kept: int = 0
    seed_used: int | None = None
    facts: Mapping[str, bool | int | str] = field(default_factory=dict)


class Pace:
    """Turns counted frames into `Progress` with the seconds left, from the frames made in this process alone."""

    def __init__(self, total: int, kept: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._kept, self._clock = total, kept, clock
        self._began = clock()

    def at(self, done: int) -> Progress:
        """Return the progress when ``done`` frames are finished."""
        made = done - self._kept
        if made <= 0:
            self._began = self._clock()
            return Progress(done=done, total=self._total)
        each = (self._clock() - self._began) / made
        return Progress(done=done, total=self._total, eta_seconds=round(each * (self._total - done) + 0.5))
