"""An OTIO composition as flat lines of things in exact record time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.rational import of_text, read_time
from takebridge_fcpxml.otio.tags import Tag

ZERO = Fraction(0)
MAX_DEPTH = 40
_CLOSE = Fraction(1, 10_000_000)


@dataclass(slots=True)
class Found:
    """One thing on a track. ``source`` is where its source range begins; a transition's range is around its cut."""

    thing: otio.core.Composable
    tag: Tag
    record: Fraction
    duration: Fraction
    source: Fraction

    @property
    def end(self) -> Fraction:
        """Record end, exclusive."""
        return self.record + self.duration

    @property
    def is_transition(self) -> bool:
        """Whether it takes no time of its own."""
        return isinstance(self.thing, otio.schema.Transition)

    @property
    def is_gap(self) -> bool:
        """Whether nothing is there."""
        return isinstance(self.thing, otio.schema.Gap)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.thing.name or "")


@dataclass(slots=True)
class Strand:
    """One track. ``marks`` are the markers of the track itself, in record time."""

    tag: Tag
    is_sound: bool
    found: list[Found]
    marks: list[tuple[Fraction, otio.schema.Marker]] = field(default_factory=list)


def strands_of(
    composition: otio.core.Composition, origin: Fraction, log: LossLog, depth: int = 0, *, whole: bool = False
) -> list[Strand]:
    """The tracks of a stack (or a lone track, or the loose items of a stack), with record times from ``origin``.

    A source range of a track or of the stack cuts what is outside, that of ``composition`` itself not if ``whole``.
    Raises OtioError for times that are none.
    """
    if depth > MAX_DEPTH:
        raise OtioError(f"Stacks are nested more than {MAX_DEPTH} deep.", hint="Flatten the timeline first.")
    if isinstance(composition, otio.schema.Track):
        return [_track(composition, origin, log, whole=whole)]
    lines = [_track(child, origin, log) for child in composition]
    if not whole:
        _cut(lines, composition, origin, log)
    return lines


def _track(child: otio.core.Composable, origin: Fraction, log: LossLog, *, whole: bool = False) -> Strand:
    inside: list[otio.core.Composable] = list(child) if isinstance(child, otio.schema.Track) else [child]
    sound = isinstance(child, otio.schema.Track) and child.kind == otio.schema.TrackKind.Audio
    found: list[Found] = []
    cursor = origin
    for thing in inside:
        if (one := _found(thing, cursor, log)) is not None:
            found.append(one)
            cursor = cursor if one.is_transition else one.end
    strand = Strand(tags.read(child) if isinstance(child, otio.schema.Track) else {}, sound, found)
    if isinstance(child, otio.schema.Track):
        strand.marks = marks_at(child, origin)
        for effect in child.effects:
            detail = "FCPXML has no effects on whole tracks."
            log.add("dropped", effect.effect_name or effect.schema_name(), detail, path=child.name)
        if not whole:
            _cut([strand], child, origin, log)
    return strand


def marks_at(composition: otio.core.Composition, origin: Fraction) -> list[tuple[Fraction, otio.schema.Marker]]:
    """The markers of a composition with their record time."""
    inside = read_time(composition.source_range.start_time).seconds if composition.source_range else ZERO
    return [
        (origin + read_time(marker.marked_range.start_time).seconds - inside, marker) for marker in composition.markers
    ]


def _found(thing: otio.core.Composable, cursor: Fraction, log: LossLog) -> Found | None:
    tag = tags.read(thing)
    if isinstance(thing, otio.schema.Transition):
        before, after = _seconds(thing.in_offset, thing.name, log), _seconds(thing.out_offset, thing.name, log)
        return Found(thing, tag, cursor - before, _near(before + after, tag, "duration"), ZERO)
    if not isinstance(thing, otio.core.Item):
        detail = "An object of an unknown schema stands on a track."
        log.add("dropped", thing.schema_name(), detail, path=str(thing.name or ""))
        return None
    duration, source = range_of(thing, log)
    duration = _near(duration, tag, "fill" if "fill" in tag else "duration")
    source = _near(source, tag, "source")
    if duration < 0 or (duration == 0 and tag.get("duration") != "0/1"):
        if not (duration == 0 and isinstance(thing, otio.schema.Gap)):
            log.add("dropped", thing.schema_name(), "It has no duration.", path=thing.name)
        return None
    return Found(thing, tag, cursor, duration, source)


def range_of(item: otio.core.Item, log: LossLog, depth: int = 0) -> tuple[Fraction, Fraction]:
    """Duration and source start of an item: its source range, or all there is of it."""
    if item.source_range is not None:
        start = _seconds(item.source_range.start_time, item.name, log)
        return _seconds(item.source_range.duration, item.name, log), start
    if isinstance(item, otio.schema.Clip):
        available = item.media_reference.available_range if item.media_reference else None
        if available is None:
            return ZERO, ZERO
        return _seconds(available.duration, item.name, log), _seconds(available.start_time, item.name, log)
    if depth > MAX_DEPTH:
        raise OtioError(f"Stacks are nested more than {MAX_DEPTH} deep.", hint="Flatten the timeline first.")
    if isinstance(item, otio.core.Composition):
        lengths = [range_of(child, log, depth + 1)[0] for child in item if isinstance(child, otio.core.Item)]
        whole = sum(lengths, ZERO) if isinstance(item, otio.schema.Track) else max(lengths, default=ZERO)
        return whole, ZERO
    return ZERO, ZERO


def _seconds(time: otio.opentime.RationalTime, name: str, log: LossLog) -> Fraction:
    read = read_time(time)
    if not read.exact:
        detail = (
            f"{time.value!r} at {time.rate!r} frames per second is no whole frame; the nearest simple time is taken."
        )
        log.add("approximated", "RationalTime", detail, path=name)
    return read.seconds


def _near(value: Fraction, tag: Tag, name: str) -> Fraction:
    """The exact time as written, where OTIO still says the same to a tenth of a microsecond."""
    written = of_text(tag.get(name))
    return written if written is not None and abs(written - value) < _CLOSE else value


def _cut(lines: list[Strand], around: otio.core.Item, origin: Fraction, log: LossLog) -> None:
    """Keep what a source range shows. A range beside everything cannot be meant: it is reported and ignored."""
    if around.source_range is None:
        return
    start = read_time(around.source_range.start_time).seconds
    end = origin + read_time(around.source_range.duration).seconds
    kept = [list(_inside(strand.found, start, origin, end)) for strand in lines]
    if not any(kept) and any(strand.found for strand in lines):
        detail = "The source range of the track or stack shows nothing of it and is ignored."
        log.add("approximated", "source_range", detail, path=around.name)
        return
    for strand, inside in zip(lines, kept, strict=True):
        shown = {id(found.thing) for found in inside}
        for found in strand.found:
            if id(found.thing) not in shown and not found.is_gap:
                detail = "The source range of its track or stack does not show it."
                log.add("dropped", found.thing.schema_name(), detail, path=found.name)
        strand.found = inside
        strand.marks = [(time - start, marker) for time, marker in strand.marks] if len(lines) > 1 else strand.marks


def _inside(found: list[Found], start: Fraction, origin: Fraction, end: Fraction) -> Iterator[Found]:
    for one in found:
        record = one.record - start
        if one.is_transition:
            if origin < record + one.duration and record < end:
                yield Found(one.thing, one.tag, record, one.duration, one.source)
            continue
        first, last = max(record, origin), min(record + one.duration, end)
        if last > first:
            yield Found(one.thing, one.tag, first, last - first, one.source + (first - record))
