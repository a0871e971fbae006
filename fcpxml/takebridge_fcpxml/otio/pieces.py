"""What an OTIO timeline holds, each thing with its FCPXML element: carried ones back from their XML, new ones made."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml import placement
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import PICKS
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import carry, tags, touch
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker
from takebridge_fcpxml.otio.rational import of_text
from takebridge_fcpxml.view import Audition, Item, view_of

ONE = Fraction(1)


def _is_empty(element: etree._Element) -> bool:
    return element.tag == "audition" and not any(one.tag in PICKS for one in element)


@dataclass(slots=True)
class Piece:
    """A thing on its way into the tree. ``key`` is empty for what the document never had.

    ``lane`` is the absolute lane of its track, ``same_track`` whether it still lies on the track it was written to.
    """

    found: Found
    item: Item
    key: str
    lane: int
    same_track: bool

    @property
    def element(self) -> etree._Element:
        """Its element."""
        return self.item.element

    @property
    def holder(self) -> Item:
        """What things connect to: the item, or the pick of an audition."""
        item = self.item
        return item.pick if isinstance(item, Audition) and item.items else item

    @property
    def was(self) -> Fraction | None:
        """Record start as written."""
        return of_text(self.found.tag.get("record")) if self.key else None

    @property
    def moved(self) -> Fraction | None:
        """How far it moved in record time, None for a new one."""
        was = self.was
        return None if was is None else self.found.record - was

    @property
    def untouched(self) -> bool:
        """Whether it stands where it stood, as long as it was."""
        return self.moved == 0 and of_text(self.found.tag.get("duration")) == self.found.duration

    def covers(self, record: Fraction) -> bool:
        """Whether a record time is inside it."""
        return self.found.record <= record < self.found.end

    def to_local(self, record: Fraction, rate: Fraction | None) -> Fraction:
        """Its local time at a record time."""
        return self.holder.start + (record - self.found.record) * placement.local_scale(self.holder, rate)


class Bringer:
    """Turns found things into pieces. One a conversion: keys are used once, a copy of an item is a new item."""

    def __init__(self, document: Document, document_id: str, log: LossLog) -> None:
        self.document = document
        self.document_id = document_id
        self.log = log
        self.marks = carry.marks_in(document.root)
        self.used: set[str] = set()

    def is_ours(self, found: Found) -> bool:
        """Whether a thing was written from this very document."""
        return bool(self.document_id) and found.tag.get("id") == self.document_id

    def carried(self, found: Found, maker: Maker, lane: int, *, same_track: bool) -> Piece | None:
        """The piece of a thing we wrote, changed as OTIO says; None for any other thing."""
        if not tags.text(found.tag, "xml") or not self._fits_kind(found):
            return None
        if not self.is_ours(found):
            detail = "It was taken from another document, to which its carried XML belongs: it is made anew."
            self.log.add("approximated", tags.text(found.tag, "kind") or "item", detail, path=found.name)
            return None
        element = carry.parse_item(tags.text(found.tag, "xml"))
        if element is None or element.tag != found.tag.get("kind") or _is_empty(element):
            self.log.add("approximated", "metadata", "The carried XML is damaged: it is made anew.", path=found.name)
            return None
        key = tags.text(found.tag, "key")
        if not key or key in self.used:
            key = ""
            carry.clear_marks(element)
            self._rename_styles(element, maker)
        item = view_of(element, self.document)
        if not isinstance(item, Item):
            return None
        played = item.pick if isinstance(item, Audition) and item.items else item
        try:
            scale = placement.local_scale(played, maker.grid)
            touch.apply(item, found, maker, scale)
        except FcpxmlError as error:
            self.log.add("approximated", "metadata", f"{error.message} It is made anew.", path=found.name)
            return None
        if key:
            self.used.add(key)
            for name, mark in carry.marks_in(element).items():
                self.marks.setdefault(name, mark)
        maker.registry.style_ids.update(one.get("id", "") for one in element.iter("text-style-def"))
        return Piece(found, item, key, lane, same_track)

    def _fits_kind(self, found: Found) -> bool:
        kind = found.tag.get("kind")
        if found.is_transition or found.is_gap:
            return kind == ("transition" if found.is_transition else "gap")
        if isinstance(found.thing, otio.schema.Stack):
            return kind == "ref-clip"
        return kind not in ("transition", "gap") and isinstance(found.thing, otio.schema.Clip)

    def _rename_styles(self, element: etree._Element, maker: Maker) -> None:
        """A copy's text styles need names of their own: their ids are unique in the whole document."""
        names = {one.get("id", ""): maker.registry.style_id() for one in element.iter("text-style-def")}
        for one in element.iter("text-style-def"):
            one.set("id", names[one.get("id", "")])
        for run in element.iter("text-style"):
            if (reference := run.get("ref")) in names:
                run.set("ref", names[reference])
