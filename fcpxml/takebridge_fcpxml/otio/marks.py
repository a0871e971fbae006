"""Markers: standard, to-do and chapter markers ⇄ OTIO markers on the same item.

OTIO's marked range is in the time of the item's source range, one second of it being one second of record time, so a
marker stands at ``source start + (its record time − the item's record start)`` whatever speed the media plays at.
Keywords, ratings and analysis marks are ranges of other meaning and travel in the item's XML.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import tags
from takebridge_fcpxml.otio.rational import read_time, time_range
from takebridge_fcpxml.times import fits
from takebridge_fcpxml.view import ChapterMarker, Item, Mark, Marker

#: Colours as Final Cut Pro shows the kinds: standard purple, to-do red, done green, chapter orange.
STANDARD, TO_DO, DONE, CHAPTER = "PURPLE", "RED", "GREEN", "ORANGE"


@dataclass(frozen=True, slots=True)
class Frame:
    """How marks map between an item and OTIO: ``media = source + (local − start) / scale``."""

    start: Fraction
    source: Fraction
    scale: Fraction

    def to_media(self, local: Fraction) -> Fraction:
        """The marked time of a local time."""
        return self.source + (local - self.start) / self.scale

    def to_local(self, media: Fraction) -> Fraction:
        """The local time of a marked time."""
        return self.start + (media - self.source) * self.scale


def marks_of(item: Item) -> list[Marker | ChapterMarker]:
    """The marks OTIO has a word for, in document order."""
    return [mark for mark in item.marks if isinstance(mark, (Marker, ChapterMarker))]


def to_markers(item: Item, frame: Frame, *rates: Fraction | None) -> list[otio.schema.Marker]:
    """An item's markers as OTIO markers; ``mark`` in our metadata is the place among its marks."""
    return [_to_marker(mark, index, frame, rates) for index, mark in enumerate(marks_of(item))]


def _to_marker(
    mark: Marker | ChapterMarker, index: int, frame: Frame, rates: tuple[Fraction | None, ...]
) -> otio.schema.Marker:
    duration = (mark.duration or Fraction(0)) / frame.scale
    made = otio.schema.Marker(
        name=mark.value,
        marked_range=time_range(frame.to_media(mark.start), duration, *rates),
        color=color_of(mark),
        comment=mark.note or "",
    )
    tags.write(made, {"mark": index, "kind": kind_of(mark)})
    return made


def kind_of(mark: Mark) -> str:
    """``marker``, ``to-do``, ``done`` or ``chapter``."""
    if isinstance(mark, ChapterMarker):
        return "chapter"
    completed = mark.completed if isinstance(mark, Marker) else None
    return "marker" if completed is None else ("done" if completed else "to-do")


def color_of(mark: Mark) -> str:
    """The OTIO colour of its kind."""
    return {"marker": STANDARD, "to-do": TO_DO, "done": DONE, "chapter": CHAPTER}[kind_of(mark)]


def sync(item: Item, markers: list[otio.schema.Marker], frame: Frame, log: LossLog) -> None:
    """Make an item's marks say what the OTIO markers say: what did not change keeps its spelling, missing ones go."""
    old = marks_of(item)
    kept: set[int] = set()
    for marker in markers:
        index = tags.read(marker).get("mark")
        if isinstance(index, int) and 0 <= index < len(old) and index not in kept:
            kept.add(index)
            _update(old[index], marker, frame)
        else:
            add(item, marker, frame, log)
    for index, mark in enumerate(old):
        if index not in kept:
            mark.remove()


def _update(mark: Marker | ChapterMarker, marker: otio.schema.Marker, frame: Frame) -> None:
    start, duration = _range(marker, frame)
    if fits(start):
        mark.start = start
    if (mark.duration or 0) != duration and fits(duration):
        mark.duration = duration
    if mark.value != marker.name:
        mark.value = clean(marker.name)
    if (mark.note or "") != marker.comment:
        mark.note = clean(marker.comment) or None


def add(item: Item, marker: otio.schema.Marker, frame: Frame, log: LossLog) -> None:
    """A new mark for an OTIO marker; its colour says which kind only when we wrote it."""
    start, duration = _range(marker, frame)
    if not (fits(start) and fits(duration)):
        log.add("dropped", "Marker", f"The marker {marker.name!r} stands at a time FCPXML cannot spell.")
        return
    kind = tags.text(tags.read(marker), "kind")
    value, note = clean(marker.name), clean(marker.comment) or None
    if kind == "chapter":
        chapter = item.add_chapter(start, value)
        chapter.note = note
        _behind_items(chapter.element)
        return
    completed = {"to-do": False, "done": True}.get(kind)
    _behind_items(item.add_marker(start, value, duration=duration or None, note=note, completed=completed).element)
    if not kind and marker.color:
        log.add("dropped", "Marker.color", "FCPXML markers have no colour.", path=marker.name)


def _behind_items(mark: etree._Element) -> None:
    """Markers follow connected items (DTD), also those that are still to come back to their place."""
    places = [one for one in mark.itersiblings(etree.PI) if getattr(one, "target", "") == tags.MARK]
    parent = mark.getparent()
    if places and parent is not None:
        layout.remove(mark)
        layout.insert(parent, parent.index(places[-1]) + 1, mark)


def _range(marker: otio.schema.Marker, frame: Frame) -> tuple[Fraction, Fraction]:
    start = read_time(marker.marked_range.start_time).seconds
    duration = read_time(marker.marked_range.duration).seconds
    return frame.to_local(start), max(duration, Fraction(0)) * frame.scale


def clean(text: object) -> str:
    """Text without the characters XML cannot hold."""
    return "".join(
        sign
        for sign in str(text or "")
        if sign in "\t\n\r" or ((sign >= " " and sign not in "\ufffe\uffff") and not "\ud800" <= sign <= "\udfff")
    )
