"""Where every story item stands in the record time of its timeline.

The rules, seen in real exports and in Apple's "Timing Attributes":

* items of a primary storyline (and of a multicam angle) have absolute offsets that include ``tcStart``;
* anything inside or connected to an item stands at ``parent record start + (offset − parent start) / scale``, where
  ``scale`` is 1 unless the parent is conformed from another rate (``rates.conform_scale``);
* items of a connected storyline count from 0 at the storyline's own place;
* the children of an audition stand where the audition stands;
* a storyline item without an offset follows the one before it; anything else without one has offset 0 (DTD).

Ranges are what the document says, unclipped: a component may reach beyond the part its clip shows. All times are
seconds of record time; ends are exclusive. Nothing is rounded.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError, StructureError
from takebridge_fcpxml.garbage import collector_paused
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.rates import SOURCE_RATES, conform_scale, named_rate
from takebridge_fcpxml.times import parse_time
from takebridge_fcpxml.view import Audition, Item, McAngle, Multicam, Sequence, View, view_of
from takebridge_fcpxml.view.attributes import read_time, read_whole

ZERO = Fraction(0)
ONE = Fraction(1)
_placed = tuple.__new__
_LANES = {str(lane): lane for lane in range(-99, 100)}


class Placed(NamedTuple):
    """A story item in record time.

    ``lane`` is its own lane, or that of the connected storyline it stands in. ``host`` is the item it is inside of or
    connected to, None in the timeline's own storyline. ``scale`` is how many seconds of its local time pass in a second
    of record time. ``active`` is False for the waiting children of an audition and all they hold.
    """

    item: Item
    record_start: Fraction
    duration: Fraction
    lane: int
    host: Placed | None
    scale: Fraction
    active: bool
    storyline: etree._Element | None

    @property
    def record_end(self) -> Fraction:
        """Where it ends, exclusive."""
        return self.record_start + self.duration

    @property
    def local_duration(self) -> Fraction:
        """How much of its own local time it covers; the local range begins at ``item.start``."""
        return self.duration * self.scale

    @property
    def depth(self) -> int:
        """How many hosts it has above it."""
        return 0 if self.host is None else self.host.depth + 1

    def to_record(self, local: Fraction) -> Fraction:
        """The record time of a local time of this item, such as a marker's ``start``."""
        return self.record_start + (local - self.item.start) / self.scale

    def to_local(self, record: Fraction) -> Fraction:
        """The local time of a record time, such as the ``offset`` of something to connect."""
        return self.item.start + (record - self.record_start) * self.scale


class Problem(NamedTuple):
    """A value that could not be read while placing; ``error`` says why."""

    element: etree._Element
    error: FcpxmlError


def place(timeline: View, *, alternates: bool = False, problems: list[Problem] | None = None) -> list[Placed]:
    """Every story item of a sequence, multicam, angle or lone clip, parents before children, in document order.

    ``alternates`` adds the waiting children of auditions. A lone clip (in an event) stands at record time 0.
    Values that cannot be read raise FcpxmlError with path and line; with ``problems`` they are noted there instead and
    0 (or the place after the item before) is taken.
    """
    walker = _Walker(timeline, alternates, problems)
    with collector_paused():
        _place(timeline, walker)
    return walker.placed


def _place(timeline: View, walker: _Walker) -> None:
    if isinstance(timeline, Sequence):
        spine = timeline.element.find("spine")
        if spine is not None:
            walker.storyline(spine, ZERO, walker.tc_start, 0, None, True, None)
        else:
            walker.problem(timeline.element, StructureError("The sequence has no spine.", hint="Export it again."))
    elif isinstance(timeline, Multicam):
        for angle in timeline.angles:
            walker.storyline(angle.element, ZERO, walker.tc_start, 0, None, True, None)
    elif isinstance(timeline, McAngle):
        walker.storyline(timeline.element, ZERO, walker.tc_start, 0, None, True, None)
    elif isinstance(timeline, Item):
        walker.item(timeline.element, ZERO, 0, None, True, None)


def sequence_rate(view: View) -> Fraction | None:
    """Frames per second of the timeline around (or at) an element, None when no format gives one."""
    for element in (view.element, *view.element.iterancestors()):
        if element.tag in ("sequence", "multicam"):
            return _format_rate(element.get("format"), view.document)
    return None


def local_scale(item: Item, rate: Fraction | None) -> Fraction:
    """Seconds of an item's local time in a second of record time, ``rate`` being the timeline's frames per second."""
    return _scale(item.element, item.element[:], item.document, rate)


def _scale(
    element: etree._Element, children: list[etree._Element], document: Document, rate: Fraction | None
) -> Fraction:
    for child in children:
        if child.tag == "conform-rate":
            return _conformed(element, child, document, rate)
    return ONE


def _conformed(element: etree._Element, conform: etree._Element, document: Document, rate: Fraction | None) -> Fraction:
    if conform.get("scaleEnabled") == "0" or rate is None:
        return ONE
    source = SOURCE_RATES.get(conform.get("srcFrameRate", ""))
    if source is None:
        asset = document.resource(element.get("ref"))
        source = _format_rate(element.get("format") or (None if asset is None else asset.get("format")), document)
    return ONE if source is None else conform_scale(source, rate)


def _format_rate(identifier: str | None, document: Document) -> Fraction | None:
    found = document.resource(identifier)
    text = None if found is None else found.get("frameDuration")
    if found is None or found.tag != "format":
        return None
    if not (text or "").strip():
        return named_rate(found.get("name", ""))
    try:
        duration = parse_time(text or "")
    except FcpxmlError:
        return None
    return 1 / duration if duration > 0 else None


class _Walker:
    def __init__(self, timeline: View, alternates: bool, problems: list[Problem] | None) -> None:
        self.document = timeline.document
        self.alternates = alternates
        self.problems = problems
        self.placed: list[Placed] = []
        self.rate = sequence_rate(timeline)
        around = timeline.element if timeline.element.get("tcStart") else timeline.element.getparent()
        self.tc_start = ZERO
        if around is not None and around.tag in ("sequence", "multicam"):
            self.tc_start = self.time(around, "tcStart") or ZERO

    def problem(self, element: etree._Element, error: FcpxmlError) -> None:
        if self.problems is None:
            if not error.path:
                error.path, error.line = self.document.element_path(element), element.sourceline
            raise error
        self.problems.append(Problem(element, error))

    def time(self, element: etree._Element, name: str) -> Fraction | None:
        text = element.get(name)
        if text is None:
            return None
        try:
            return parse_time(text)
        except FcpxmlError:
            try:
                return read_time(view_of(element, self.document), name)
            except FcpxmlError as error:
                self.problem(element, error)
                return None

    def lane(self, element: etree._Element) -> int:
        text = element.get("lane")
        if text is None:
            return 0
        if (known := _LANES.get(text)) is not None:
            return known
        try:
            return read_whole(view_of(element, self.document), "lane", 0)
        except FcpxmlError as error:
            self.problem(element, error)
            return 0

    def storyline(
        self,
        spine: etree._Element,
        base: Fraction,
        cursor: Fraction,
        lane: int,
        host: Placed | None,
        active: bool,
        connected: etree._Element | None,
    ) -> None:
        """Place the items of a storyline whose local 0 is at record time ``base``."""
        length = ZERO  # of the item that begins at ``cursor``: added up only when an item has no offset
        for child in spine[:]:
            tag = child.tag
            if tag not in ITEMS:
                continue
            offset = self.time(child, "offset")
            start = cursor + length if offset is None else offset if base is ZERO else base + offset
            duration = self.item(child, start, lane, host, active, connected)
            if tag != "transition":
                cursor, length = start, duration

    def item(
        self,
        element: etree._Element,
        record_start: Fraction,
        lane: int,
        host: Placed | None,
        active: bool,
        storyline: etree._Element | None,
    ) -> Fraction:
        """Place an item and everything in it; its duration comes back."""
        item = view_of(element, self.document)
        assert isinstance(item, Item)
        text = element.get("duration")
        try:
            duration = self.duration(item) if text is None else parse_time(text)
        except FcpxmlError:
            duration = self.duration(item)
        children = element[:]
        scale = _scale(element, children, self.document, self.rate) if children else ONE
        placed = _placed(Placed, (item, record_start, duration, lane, host, scale, active, storyline))
        self.placed.append(placed)
        if children:
            if element.tag == "audition":
                self.picks(children, placed)
            else:
                self.inside(element, children, placed)
        return duration

    def duration(self, item: Item) -> Fraction:
        duration = self.time(item.element, "duration")
        if duration is not None:
            return duration
        if isinstance(item, Audition):
            first = next((child for child in item.element if child.tag in ITEMS), None)
            picked = None if first is None else view_of(first, self.document)
            if isinstance(picked, Item):
                return self.duration(picked)
        if item.element.get("duration") is None:
            try:
                return item.length
            except FcpxmlError as error:
                self.problem(item.element, error)
        return ZERO

    def picks(self, children: list[etree._Element], placed: Placed) -> None:
        picks = [child for child in children if child.tag in ITEMS]
        for index, child in enumerate(picks if self.alternates else picks[:1]):
            self.item(child, placed.record_start, placed.lane, placed, placed.active and index == 0, None)

    def inside(self, element: etree._Element, children: list[etree._Element], placed: Placed) -> None:
        start: Fraction | None = None
        for child in children:
            tag = child.tag
            if tag not in ITEMS and tag != "spine":
                continue
            if start is None and (start := self.time(element, "start")) is None:
                start = ZERO
            lane = self.lane(child)
            if (offset := self.time(child, "offset")) is None:
                offset = ZERO
            if offset is start:
                record = placed.record_start  # one spelling, one object (parse_time keeps them): most connected sound
            elif placed.scale is ONE:
                record = placed.record_start + (offset - start)
            else:
                record = placed.record_start + (offset - start) / placed.scale
            if tag == "spine":
                self.storyline(child, record, record, lane, placed, placed.active, child)
            else:
                self.item(child, record, lane, placed, placed.active, None)
