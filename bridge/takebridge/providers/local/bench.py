"""Where a maker works: named files for its outputs, counted progress, and the word to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from takebridge.errors import CancelledError
from takebridge.providers.local.production import Pace
from takebridge.providers.local.workfolder import WorkFolder, output_file

Facts = Mapping[str, bool | int | str]
"""What `Made` says about its files."""


@dataclass(frozen=True, slots=True)
class Output:
    """One finished file for a port of the node; ``port`` may be a part such as ``frame.first``."""

    port: str
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What a maker leaves: its files in the order of the ports, and facts about them."""

    outputs: tuple[Output, ...]
    facts: Facts = field(default_factory=dict)
    seed_used: int | None = None


class Bench:
    """One attempt at one job."""

    def __init__(self, folder: WorkFolder, stop: threading.Event) -> None:
        self.folder, self.stop = folder, stop
        self._attempt = len(folder.attempts())
        self._pace = Pace(0, 0)
        self.done = 0

    def file(self, port: str, suffix: str) -> Path:
        """Where the output for ``port`` goes."""
        return output_file(self.folder.root, self._attempt, port, suffix)

    def begin(self, total: int, kept: int = 0) -> None:
        """Say how many units (frames, mostly) there will be; ``kept`` come from an earlier attempt."""
        self._pace = Pace(total, kept)
        self.at(0)

    def at(self, done: int) -> None:
        """Say that ``done`` units are finished. Raises CancelledError when the job was stopped."""
        self.check()
        self.done = done
        self.folder.write_progress(self._pace.at(done))

    def report(self, done: int, total: int) -> None:
        """The same as an encoder's progress callback."""
        self.at(min(done, total))

    def check(self) -> None:
        """Raise CancelledError when the job was stopped."""
        if self.stop.is_set():
            raise CancelledError("The job was stopped.", hint="Start it again when you like.")
