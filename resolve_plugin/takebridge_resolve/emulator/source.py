"""What the source getters of an item say, which is not always what is true (resolve.md §3 trap 8)."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from .state import Item, Media
from .timecode import parse_timecode


def counting_rate(item: Item, media: Media) -> Fraction:
    """Rate source frames are told in: the media's own; an audio item's count at the project rate at import."""
    return media.project_rate if item.track_type == "audio" else media.rate


def _told(item: Item, media: Media, source_frame: int) -> int:
    return floor(Fraction(source_frame) / media.rate * counting_rate(item, media))


def left_offset(item: Item) -> int:
    """Frames before the item's head: the source frame at 100 %, source/speed on retimed items."""
    if item.media is None or item.media.facts.is_still:
        return 0
    hidden = item.media.frame_count - item.source_end if item.reversed else item.source_start
    return floor(_told(item, item.media, hidden) / item.speed)


def right_offset(item: Item) -> int:
    """Frames after the item's tail, told like `left_offset`."""
    if item.media is None or item.media.facts.is_still:
        return 0
    hidden = item.source_start if item.reversed else item.media.frame_count - item.source_end
    return floor(_told(item, item.media, hidden) / item.speed)


def source_frames(item: Item) -> tuple[int, int]:
    """(start, end): end exclusive, start > end when reversed, 0/0 when unknown, off by one where told to be."""
    if item.media is None or item.unknown_source:
        return 0, 0
    first, last = (_told(item, item.media, frame) for frame in (item.source_start, item.source_end))
    start, end = (last, first) if item.reversed else (first, last)
    return start + item.misreport, end


def source_time(item: Item, source_frame: int) -> float:
    """Seconds, absolute in the media's timecode: spans mean something, values do not."""
    if item.media is None or item.unknown_source:
        return 0.0
    label = item.media.facts.start_timecode
    start = Fraction(parse_timecode(label, item.media.rate, ";" in label)) / item.media.rate
    return float(start + Fraction(source_frame) / counting_rate(item, item.media))
