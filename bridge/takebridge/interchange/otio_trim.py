"""The range of its own that a track of OTIO can have: it shows only that much of its items.

A range that holds all of the items trims nothing, wherever it begins: files of old tools begin below 0, and every
reader lays the items from the track's begin. One beside all of them cannot be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from takebridge.cut.model import Clip, Frame, Gap, Item, Span, Transition, whole
from takebridge.interchange.otio_time import Json, frames_of, range_of
from takebridge.timebase import FrameRate


def window_of(track: Json, items: tuple[Item, ...], rate: Fraction, where: str) -> Span | None:
    """Return the timeline frames of its items that a track shows, None where it shows all of them.

    Raises InvalidDocumentError for a range that is none.
    """
    span = range_of(track.get("source_range"), where)
    if span is None:
        return None
    start = frames_of(span[0], rate, where)
    shown = Span.of(start, frames_of(span[1], rate, where))
    end = max((item.record.end for item in items if not isinstance(item, Transition)), default=0)
    if shown.contains(Span(0, end)) or not shown.overlaps(Span(0, end)):
        return None
    return Span(max(0, whole(shown.start)), whole(shown.end))


def trimmed(items: tuple[Item, ...], window: Span, rate: FrameRate, lose: Callable[[str], None]) -> Iterator[Item]:
    """Yield what shows in ``window``, from frame 0; what does not is told with its name."""
    for item in items:
        if isinstance(item, Transition):
            if window.start < item.cut < window.end:
                yield replace(item, record=item.record.shifted(-window.start), cut=whole(item.cut - window.start))
            else:
                lose(f"The transition “{item.name}” at frame {item.cut} is not read: its track does not show it.")
        elif item.record.overlaps(window):
            yield _cut_to(item, window, rate)
        elif isinstance(item, Clip):
            lose(f"“{item.name}” at frame {item.record.start} is not read: its track does not show it.")


def _cut_to(item: Clip | Gap, window: Span, rate: FrameRate) -> Clip | Gap:
    shown = Span(max(item.record.start, window.start), min(item.record.end, window.end))
    record = shown.shifted(-window.start)
    if isinstance(item, Gap) or shown == item.record or item.source is None:
        return replace(item, record=record)
    source = _used(item, item.source, whole(shown.start - item.record.start), shown.duration, rate)
    takes = tuple(replace(one, source=source) if place == item.active else one for place, one in enumerate(item.takes))
    return replace(item, record=record, source=source, takes=takes)


def _used(clip: Clip, source: Span, head: Frame, length: Frame, rate: FrameRate) -> Span:
    """What is left of a clip's source; of a ramp, whose speed is not known, all."""
    if not clip.speed:
        return source
    own = clip.inner.rate if clip.inner else clip.media.rate if clip.media and clip.media.rate else rate
    scale = abs(clip.speed) * own.fraction / rate.fraction
    used = whole(length * scale)
    if clip.speed > 0:
        return Span.of(whole(source.start + head * scale), used)
    return Span(whole(source.end - head * scale - used), whole(source.end - head * scale))
