"""A timeline as a document tells it, before any media is looked for. Every importer makes one of these.

``start`` and ``duration`` are timeline_frames. ``source`` is in seconds: where the used part of the media begins, in
the media's timecode when ``absolute``, from its first frame otherwise, or the seconds left behind the used part when
``from_end``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from .state import Marker


class DraftError(Exception):
    """The document is not one Resolve imports; the message says what is wrong, for a person reading a test."""


@dataclass(eq=False)
class DraftItem:
    """One item. ``path`` "" is a clip without a file; ``unreadable_source`` a freeze or a ramp."""

    kind: str
    track_type: str
    track: int
    start: int
    duration: int
    name: str = ""
    path: str = ""
    source: Fraction = Fraction(0)
    absolute: bool = True
    from_end: bool = False
    speed: Fraction = Fraction(1)
    reversed: bool = False
    unreadable_source: bool = False
    link: str = ""
    enabled: bool = True
    properties: dict[str, object] = field(default_factory=dict)
    markers: list[tuple[Fraction, Marker]] = field(default_factory=list)
    inner: Draft | None = None


@dataclass(eq=False)
class DraftTrack:
    """What a document says of a track."""

    name: str = ""
    enabled: bool = True
    locked: bool = False
    sub_type: str = ""


@dataclass(eq=False)
class Draft:
    """A whole timeline. ``strict``: one item that does not fit its media ends the import (OTIO)."""

    name: str
    rate: Fraction
    start_frame: int
    drop_frame: bool = False
    width: int = 0
    height: int = 0
    items: list[DraftItem] = field(default_factory=list)
    tracks: dict[str, list[DraftTrack]] = field(default_factory=lambda: {"video": [], "audio": []})
    markers: dict[int, Marker] = field(default_factory=dict)
    strict: bool = False


KNOWN_RATES = (
    *(Fraction(count * 1000, 1001) for count in (24, 30, 48, 60, 96, 120)),
    *(Fraction(count) for count in (15, 16, 18, 24, 25, 30, 48, 50, 60, 72, 90, 95, 96, 100, 119, 120)),
)


def snapped(rate: float) -> Fraction:
    """The exact rate a double means. Raises DraftError for none."""
    found = min(KNOWN_RATES, key=lambda known: abs(float(known) - rate))
    if abs(float(found) - rate) > 0.01:
        raise DraftError(f"{rate} is no frame rate.")
    return found
