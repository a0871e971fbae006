"""Where things lie on a track, for whatever walks a timeline in order: exports and renders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .state import Item, Media, Timeline, Track
from .timecode import parse_timecode


@dataclass(frozen=True)
class Hole:
    """Nothing from ``start`` to ``end``, timeline_frames."""

    start: int
    end: int


def solid(track: Track) -> list[Item]:
    """The items that fill time, in order: no transitions, no ghosts, nothing before the timeline's start.

    What lies below the start is accepted by AppendToTimeline and never rendered (resolve.md §3 trap 2).
    """
    return [item for item in track.items if item.kind not in ("transition", "ghost") and item.start >= 0]


def cut_of(track: Track, transition: Item) -> int:
    """The timeline_frame of the cut a transition lies over: an item's edge inside it, else its middle."""
    edges = [edge for item in solid(track) for edge in (item.end, item.start)]
    inside = [edge for edge in edges if transition.start <= edge <= transition.end]
    return inside[0] if inside else transition.start + transition.duration // 2


def tiled(track: Track) -> Iterator[Item | Hole]:
    """Items with the holes between them, each transition at its cut: after what ends there."""
    waiting = sorted((one for one in track.items if one.kind == "transition"), key=lambda one: cut_of(track, one))
    at = 0
    for item in solid(track):
        while waiting and cut_of(track, waiting[0]) < item.start:
            yield waiting.pop(0)
        if item.start > at:
            yield Hole(at, item.start)
            at = item.start
        while waiting and cut_of(track, waiting[0]) <= item.start:
            yield waiting.pop(0)
        yield item
        at = item.end
    yield from waiting


def media_start(media: Media) -> int:
    """media_tc_frame of the media's first frame, at its own rate."""
    label = media.properties.get("Start TC", media.facts.start_timecode)
    return parse_timecode(label, media.rate, ";" in label)


def media_seconds(media: Media, source_frame: int) -> Fraction:
    """Seconds in the media's timecode of one of its frames."""
    return Fraction(media_start(media) + source_frame) / media.rate


def inner_of(item: Item) -> Timeline | None:
    """The timeline inside a compound or a nested timeline, None for plain media."""
    if item.media is None:
        return None
    return item.media.inner or item.media.timeline


def link_groups(timeline: Timeline) -> dict[str, int]:
    """Item id → number of its link group, from 1; unlinked items are absent."""
    groups: dict[str, int] = {}
    count = 0
    for *_, item in timeline.located():
        if item.linked and item.id not in groups:
            count += 1
            groups |= dict.fromkeys([item.id, *item.linked], count)
    return groups
