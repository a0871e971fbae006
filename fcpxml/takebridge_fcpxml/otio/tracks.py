"""The OTIO tracks of a sequence, gaps filled, and compounds as nested stacks."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.blocks import Line, companions, lines_of
from takebridge_fcpxml.otio.items import clip_of, decorate, gap_of, report_conform, tag_of, transition_of
from takebridge_fcpxml.otio.rational import read_time, text_of, time_range
from takebridge_fcpxml.otio.sound import companion_of
from takebridge_fcpxml.otio.source import has_companion
from takebridge_fcpxml.otio.tags import Tag
from takebridge_fcpxml.otio.walk import Entry, Walker
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.view import Media, RefClip, Sequence

#: How many items nested compounds may unfold to: compounds in compounds grow without bound.
MAX_NESTED = 20_000
_MAX_DEPTH = 12


class Composer:
    """Builds tracks for one document and remembers which OTIO object stands for which entry."""

    def __init__(self, document: Document, document_id: str, log: LossLog) -> None:
        self.document = document
        self.document_id = document_id
        self.log = log
        self.made: list[tuple[Entry, otio.core.Composable, Tag]] = []
        self.last_key = 0
        self._nested_left = MAX_NESTED
        self._open: list[str] = []

    def tracks(self, sequence: Sequence, *, nested: bool = False) -> list[otio.schema.Track]:
        """The tracks of a sequence, bottom up. Nested ones carry no metadata of ours."""
        log = LossLog() if nested else self.log
        walker = Walker(sequence, log, 0 if nested else self.last_key)
        if not nested:
            self.last_key = walker.last_key
        rate, origin = sequence_rate(sequence), _origin(sequence)
        return [self._track(line, rate, origin, nested) for line in _lines(walker)]

    def lone(self, entry: Entry, rate: Fraction | None) -> otio.core.Item:
        """A browser clip on its own."""
        return self._item(entry, rate, "", nested=False)

    def _track(self, line: Line, rate: Fraction | None, origin: Fraction, nested: bool) -> otio.schema.Track:
        kind = otio.schema.TrackKind.Audio if line.is_sound else otio.schema.TrackKind.Video
        track = otio.schema.Track(name=_title(line), kind=kind)
        cursor = origin
        waiting: list[Entry] = []
        children: list[otio.core.Composable] = []
        for entry in line.entries:
            if entry.is_transition:
                waiting.append(entry)
                continue
            start, end = (entry.start, entry.end) if line.use != "companion" else _heard(entry)
            if start > cursor:
                early = [one for one in waiting if _is_nearer(one, cursor, start)]
                children += self._transitions(early, cursor, rate, line, nested)
                waiting = [one for one in waiting if one not in early]
                children.append(_fill(start - cursor, rate, nested))
            children += self._transitions(waiting, start, rate, line, nested)
            waiting = []
            if line.use == "companion":
                children.append(companion_of(entry, self.document_id, rate, nested))
            else:
                children.append(self._item(entry, rate, line.name, nested))
            cursor = max(cursor, end)
        children += self._transitions(waiting, cursor, rate, line, nested)
        track.extend(children)
        if not nested:
            tags.write(track, {"id": self.document_id, "track": line.name, "lane": line.lane, "use": line.use})
        return track

    def _transitions(
        self, entries: list[Entry], cut: Fraction, rate: Fraction | None, line: Line, nested: bool
    ) -> list[otio.schema.Transition]:
        found: list[otio.schema.Transition] = []
        for entry in entries:
            made = transition_of(entry, cut, rate)
            self._remember(entry, made, tag_of(entry, self.document_id, line.name), nested)
            if entry.start > cut or entry.end < cut:
                self._report(entry, "transition", "It stands beside the cut: one of its offsets is negative.", nested)
            found.append(made)
        return found

    def _item(self, entry: Entry, rate: Fraction | None, track: str, nested: bool) -> otio.core.Item:
        tag = tag_of(entry, self.document_id, track)
        log = LossLog() if nested else self.log
        made: otio.core.Item
        if entry.element.tag == "gap":
            made = gap_of(entry, rate)
            tag["source"] = text_of(entry.placed.item.start)
        elif entry.element.tag == "ref-clip":
            made = self._compound(entry, rate, tag, log)
        else:
            made = clip_of(entry, rate, tag, log)
            tag["companion"] = has_companion(entry.played) or None
        self._remember(entry, made, tag, nested)
        return made

    def _compound(self, entry: Entry, rate: Fraction | None, tag: Tag, log: LossLog) -> otio.core.Item:
        item = entry.placed.item
        media = item.media if isinstance(item, RefClip) else None
        children = self._inside(media) if media else None
        if children is None:
            log.add(
                "approximated",
                "ref-clip",
                "The compound could not be unfolded; a clip without media stands for it.",
                path=item.path,
                line=item.line,
            )
            return clip_of(entry, rate, tag, log)
        stack = otio.schema.Stack(name=item.name)
        stack.extend(children)
        decorate(stack, entry, rate, tag)
        stack.enabled = item.enabled
        report_conform(item, rate, log)
        tag["signature"] = signature(stack)
        return stack

    def _inside(self, media: Media) -> list[otio.schema.Track] | None:
        sequence = media.sequence
        if sequence is None or media.id in self._open or len(self._open) >= _MAX_DEPTH or self._nested_left <= 0:
            return None
        self._nested_left -= sum(1 for _ in sequence.element.iter())
        if self._nested_left <= 0:
            return None
        self._open.append(media.id)
        try:
            return self.tracks(sequence, nested=True)
        except FcpxmlError:
            return None
        finally:
            self._open.pop()

    def _remember(self, entry: Entry, made: otio.core.Composable, tag: Tag, nested: bool) -> None:
        if not nested:
            self.made.append((entry, made, tag))

    def _report(self, entry: Entry, construct: str, detail: str, nested: bool) -> None:
        if not nested:
            item = entry.placed.item
            self.log.add("approximated", construct, detail, path=item.path, line=item.line)


def standing(sequence: Sequence) -> list[tuple[bool, Fraction, Fraction]]:
    """Where the clips of a sequence's tracks stand: whether it is sound, record start and end, exclusive, in seconds
    from the sequence's first frame. Much cheaper than the tracks."""
    origin = _origin(sequence)
    return [
        (line.is_sound, entry.start - origin, entry.end - origin)
        for line in _lines(Walker(sequence, LossLog(), 0))
        for entry in line.entries
        if not entry.is_transition and entry.element.tag != "gap"
    ]


def _lines(walker: Walker) -> list[Line]:
    lines = lines_of(walker.entries)
    playing = [entry for entry in walker.entries if has_companion(entry.played)]
    return lines + companions(playing, len(lines) + 1)


def signature(composition: otio.core.Composition) -> str:
    """A digest of what a nested composition shows: kinds, names, ranges, media; not of its metadata."""
    return hashlib.sha256(repr([_shape(child, 0) for child in composition]).encode()).hexdigest()[:16]


def _shape(child: otio.core.Composable, depth: int) -> tuple[object, ...]:
    own: tuple[object, ...] = (child.schema_name(), child.name)
    if isinstance(child, otio.schema.Transition):
        return (*own, _time(child.in_offset), _time(child.out_offset))
    if not isinstance(child, otio.core.Item):
        return own
    trimmed = child.source_range
    own = (*own, child.enabled, trimmed and (_time(trimmed.start_time), _time(trimmed.duration)))
    if isinstance(child, otio.schema.Clip):
        reference = child.media_reference
        own = (*own, getattr(reference, "target_url", ""))
    elif isinstance(child, otio.core.Composition) and depth < 2 * _MAX_DEPTH + 2:
        own = (*own, *(_shape(inner, depth + 1) for inner in child))
    warps = [round(effect.time_scalar, 9) for effect in child.effects if isinstance(effect, otio.schema.LinearTimeWarp)]
    return (*own, warps, len(child.markers))


def _time(time: otio.opentime.RationalTime) -> str:
    return text_of(read_time(time).seconds)


def _origin(sequence: Sequence) -> Fraction:
    try:
        return sequence.tc_start
    except FcpxmlError:
        return Fraction(0)


def _title(line: Line) -> str:
    if line.use == "primary":
        return "Primary Storyline"
    return f"Lane {line.lane}" if line.use != "companion" else f"Sound of lane {line.lane}"


def _is_nearer(entry: Entry, one: Fraction, other: Fraction) -> bool:
    middle = (entry.start + entry.end) / 2
    return abs(middle - one) <= abs(middle - other)


def _fill(duration: Fraction, rate: Fraction | None, nested: bool) -> otio.schema.Gap:
    gap = otio.schema.Gap(source_range=time_range(Fraction(0), duration, rate))
    if not nested:
        tags.write(gap, {"fill": text_of(duration)})
    return gap


def _heard(entry: Entry) -> tuple[Fraction, Fraction]:
    return entry.start, entry.end
