"""Where things land on a timeline: durations across rates, free spans, links. Exact fractions, no floats."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from .state import Item, Media, Timeline, Track

STILL_SECONDS = 5
"""Resolve's default still length: 125 frames at 25 fps."""


def record_duration(source_frames: int, media: Media, timeline: Timeline) -> int:
    """Timeline frames a source span fills at 100 %: floored, so 24 frames at 24 fps are 23 at 23.976 (trap 7)."""
    return floor(Fraction(source_frames) / media.rate * timeline.rate)


def source_span(duration: int, media: Media, timeline: Timeline, speed: Fraction = Fraction(1)) -> int:
    """Source frames a record duration shows, at least one: the media's own rate, floored."""
    return max(1, floor(Fraction(duration) / timeline.rate * media.rate * speed))


def still_duration(timeline: Timeline) -> int:
    """Record frames of a freshly placed still."""
    return floor(STILL_SECONDS * timeline.rate)


def is_free(track: Track, start: int, duration: int) -> bool:
    """True when no item covers any frame of the span; transitions lie across cuts, ghosts nowhere."""
    solid = (item for item in track.items if item.kind != "transition" and not item.ghost)
    return not any(item.start < start + duration and start < item.end for item in solid)


def insert(track: Track, item: Item) -> None:
    """Put the item on the track, items in order of their start, transitions after the clip they follow."""
    track.items.append(item)
    track.items.sort(key=lambda other: (other.start, other.kind == "transition"))


def link(*items: Item) -> None:
    """Link the items with each other."""
    ids = {item.id for item in items}
    for item in items:
        item.linked |= ids - {item.id}


def unlink(timeline: Timeline, items: list[Item]) -> None:
    """Take the items out of every link group."""
    gone = {item.id for item in items}
    for *_, item in timeline.located():
        if item.id in gone:
            item.linked.clear()
        else:
            item.linked -= gone
