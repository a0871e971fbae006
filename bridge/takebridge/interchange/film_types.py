"""An assembled film with the takes behind every clip, and which film a written document is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge.interchange.assembly import Assembly
from takebridge.interchange.generated_media import Generated
from takebridge.timebase import FrameRate

_LARGEST_DOCUMENT = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmTake:
    """One take as a file. ``frames`` at ``rate`` is its whole length; None for stills and sounds. ``generated`` is what
    made it, None for what was brought in."""

    seq: int
    take: TakeId
    content: BlobHash
    path: Path
    frames: int | None = None
    rate: FrameRate | None = None
    previz: bool = False
    generated: Generated | None = None

    @property
    def key(self) -> str:
        """What the media reference is called."""
        return f"take {self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSource:
    """Where a clip or sound comes from: ``used`` is the take in the film, ``others`` the rest of the version tray."""

    title: str
    node: NodeId
    used: FilmTake
    others: tuple[FilmTake, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """An assembled film. ``clips`` and ``sounds`` go with those of the assembly, one by one."""

    title: str
    canvas: CanvasId
    node: NodeId
    take: TakeId
    content: BlobHash
    assembly: Assembly
    clips: tuple[FilmSource, ...]
    sounds: tuple[FilmSource, ...] = ()


def film_in(path: Path) -> tuple[str, str] | None:
    """Return (canvas, node) of the film an OTIO file was written for; None for any other file."""
    try:
        if path.stat().st_size > _LARGEST_DOCUMENT:
            return None
        about = json.loads(path.read_text("utf-8"))["metadata"]["takebridge"]
        return str(about["canvas"]), str(about["node"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
