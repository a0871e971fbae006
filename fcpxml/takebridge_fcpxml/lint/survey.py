"""What the rules share: the document's ids, its assets in a form quick to compare with, and the
items of its timelines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import repeat
from typing import Any, NamedTuple

from lxml import etree

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.lint.columns import Shape, shapes_of
from takebridge_fcpxml.lint.findings import Report, Severity
from takebridge_fcpxml.placement import ONE, ZERO, local_scale
from takebridge_fcpxml.rates import source_rate_name
from takebridge_fcpxml.times import parse_time
from takebridge_fcpxml.view import Asset, Format, Item, view_of

#: Elements whose ``id`` is of DTD type ID, so unique in the whole document.
ID_TAGS = ("asset", "effect", "format", "media", "locator", "project", "text-style-def", "tracking-shape")
#: Lanes that say "in the storyline".
NO_LANE = ("0", "", "-0", "+0")
#: What makes a clip run at another speed.
RATE_PARTS = ("conform-rate", "timeMap")
#: Marks that show on the timeline as such.
SHOWN_MARKERS = ("marker", "chapter-marker")
#: Still pictures Final Cut Pro writes as assets; it leaves their formats without a rate, PDFs' even broken.
STILL_SUFFIXES = frozenset({"ai", "bmp", "eps", "gif", "heic", "heif", "jp2", "jpeg", "jpg", "pdf", "pict", "png"}) | {
    "psb",
    "psd",
    "svg",
    "tga",
    "tif",
    "tiff",
    "webp",
}
STILL_FORMAT = "FFVideoFormatRateUndefined"


# Everything the rules look up by kind; story items, the bulk of a document, they meet on the timelines.
_LOOKED_UP = (
    *ID_TAGS,
    "event",
    "sequence",
    "multicam",
    "mc-angle",
    "mc-clip",
    "ref-clip",
    "spine",
    *RATE_PARTS,
    *SHOWN_MARKERS,
)


_row = tuple.__new__


class Row(NamedTuple):
    """The attributes of an item that every rule wants, as text."""

    ref: str | None
    start: str | None
    offset: str | None
    duration: str | None
    lane: str | None


class Bounds(NamedTuple):
    """What an asset holds: its range in its own time, end exclusive, and its frames per second, if it has any.

    ``whole`` is the range once more, as numerators and denominators, for comparing without making fractions.
    """

    start: Fraction
    end: Fraction
    rate: Fraction | None
    whole: tuple[int, int, int, int]


class Standing(NamedTuple):
    """A story item where it stands, without its record time: no rule needs that, so lint does not place a timeline.

    ``duration`` is in the time of what holds it, ``begin`` its place in the time of its storyline (0 outside of one).
    ``scale`` is that of ``placement.Placed``. ``host`` is the item it is in or connected to, None in the timeline's own
    storyline. ``readable`` is False where the document gives no usable duration; 0 stands for it.
    """

    element: etree._Element
    row: Row
    duration: Fraction
    scale: Fraction
    host: etree._Element | None
    storyline: etree._Element | None
    begin: Fraction
    readable: bool

    @property
    def end(self) -> Fraction:
        """Where it ends in the time of its storyline, exclusive."""
        return self.begin + self.duration

    @property
    def local_duration(self) -> Fraction:
        """How much of its own local time it covers."""
        return self.duration * self.scale


def start_of(element: etree._Element) -> Fraction:
    """Where the local time of an item begins. Raises TimeValueError."""
    text = element.get("start")
    return ZERO if text is None else parse_time(text)


@dataclass(slots=True)
class TimelineSurvey:
    """One timeline. ``frame`` is the duration of its frame, None where no format gives one.

    ``items`` holds all items, waiting takes too, parents before children; ``storylines`` those of each storyline in
    document order, transitions included. ``inside`` are ranges of media (asset, start, duration) plainly inside it.
    Connected items of which nothing more could be said are left out of ``items``: childless, with a lane, showing a
    range known to be inside, as sound does beside its picture. ``fresh`` are the items whose range was not known yet.
    """

    element: etree._Element
    frame: Fraction | None
    items: list[Standing] = field(default_factory=list)
    fresh: list[Standing] = field(default_factory=list)
    inside: set[tuple[str | None, str | None, str | None]] = field(default_factory=set)
    storylines: dict[etree._Element, list[Standing]] = field(default_factory=dict)

    @property
    def rate(self) -> Fraction | None:
        """Frames per second."""
        return 1 / self.frame if self.frame else None

    @property
    def is_browser_clip(self) -> bool:
        """Whether it is a clip in an event and no timeline."""
        return self.element.tag in ITEMS


class Survey:
    """One document under lint. ``target`` is None, ``fcp`` or ``resolve``."""

    def __init__(self, document: Document, target: str | None) -> None:
        self.document = document
        self.root = document.root
        self.target = target
        self.report = Report(document)
        self.ids: dict[str, etree._Element] = {}
        self.repeated: list[etree._Element] = []
        #: All elements by name, in document order; comments have none.
        self.by_tag: dict[str, list[etree._Element]] = {}
        by_tag: Any = self.by_tag
        for element in self.root.iter(etree.Element):
            by_tag.setdefault(element.tag, []).append(element)
        self._words: dict[str, str] = {}
        self._shapes: dict[str, list[Shape]] = {}
        #: What is asked of every item, read once: asking lxml is most of what lint costs.
        self.rows: dict[etree._Element, Row] = {}
        for tag in ITEMS & self.by_tag.keys():
            for shape in self.shapes(tag):
                cells = zip(*(shape.columns.get(name) or repeat(None) for name in Row._fields), strict=False)
                self.rows.update(zip(shape.elements, map(_row, repeat(Row), cells), strict=False))
        self.all = {tag: self.by_tag.get(tag, []) for tag in _LOOKED_UP}
        for tag in ID_TAGS:
            self._note_ids(self.all[tag])
        #: Clips that are conformed or retimed, and by which of the two.
        self.rated: dict[etree._Element, set[str]] = {}
        for tag in RATE_PARTS:
            for element in self.all[tag]:
                clip = element.getparent()
                if clip is not None:
                    self.rated.setdefault(clip, set()).add(tag)
        #: Whether any clip has a split edit; set by the first pass over all attributes.
        self.has_splits = False
        self.known_bounds: dict[str, Bounds | None] = {}
        self._known_rates: dict[str | None, Fraction | None] = {}

    def shapes(self, tag: str) -> list[Shape]:
        """The attributes of all elements of one name."""
        found = self._shapes.get(tag)
        if found is None:
            found = self._shapes[tag] = shapes_of(self.by_tag.get(tag, []), self._words)
        return found

    def _note_ids(self, elements: list[etree._Element]) -> None:
        for element in elements:
            identifier = element.get("id")
            if identifier is None:
                continue
            first = self.ids.setdefault(identifier, element)
            if first is not element:
                self.repeated.append(element)

    @property
    def quirk(self) -> Severity:
        """The severity of what only matters once the file goes to a host: a warning for a named target."""
        return "warning" if self.target else "info"

    def bounds(self, identifier: str) -> Bounds | None:
        """The range of an asset by id; None for stills, generators and whatever has no readable range."""
        try:
            return self.known_bounds[identifier]
        except KeyError:
            self.known_bounds[identifier] = found = self._asset_bounds(identifier)
            return found

    def _asset_bounds(self, identifier: str) -> Bounds | None:
        element = self.document.resource(identifier)
        if element is None or element.tag != "asset":
            return None
        asset = Asset(element, self.document)
        try:
            duration = asset.duration
            if duration is None or duration.numerator <= 0 or is_still(asset):
                return None
            start = asset.start
            end = start + duration if start else duration
            return Bounds(start, end, self._rate(asset), (*start.as_integer_ratio(), *end.as_integer_ratio()))
        except FcpxmlError:
            return None

    def _rate(self, asset: Asset) -> Fraction | None:
        """The rate of an asset's format, worked out once for each format."""
        identifier = asset.format_id
        if identifier not in self._known_rates:
            self._known_rates[identifier] = _rate(asset.format)
        return self._known_rates[identifier]

    def timelines(self) -> Iterator[TimelineSurvey]:
        """Every sequence, multicam angle and browser clip."""
        for element in (*self.all["sequence"], *self.all["mc-angle"]):
            yield self._timeline(element)
        for holder in (self.root, *self.all["event"]):
            for element in holder.iterchildren(*ITEMS):
                yield self._timeline(element)

    def _timeline(self, element: etree._Element) -> TimelineSurvey:
        found = TimelineSurvey(element, self._frame(element))
        if element.tag in ITEMS:
            self._item(found, element, None, None)
        else:
            spine = element.find("spine") if element.tag == "sequence" else element
            if spine is not None:
                self._storyline(found, spine, None)
        return found

    def _storyline(self, timeline: TimelineSurvey, spine: etree._Element, host: etree._Element | None) -> None:
        line = timeline.storylines[spine] = []
        before: Standing | None = None
        for child in spine[:]:
            if child.tag in ITEMS:
                one = self._item(timeline, child, host, spine, before)
                line.append(one)
                if child.tag != "transition":
                    before = one

    def _inside(self, timeline: TimelineSurvey, host: etree._Element, children: list[etree._Element]) -> None:
        rows, inside = self.rows, timeline.inside
        for child in children:
            row = rows.get(child)
            if row is None:
                if child.tag == "spine":
                    self._storyline(timeline, child, host)
                continue
            ref, start, _, duration, lane = row
            known = (ref, start, duration) in inside and lane is not None and lane not in NO_LANE
            if not known or len(child) or self.has_splits:
                self._item(timeline, child, host, None)

    def _item(
        self,
        timeline: TimelineSurvey,
        element: etree._Element,
        host: etree._Element | None,
        spine: etree._Element | None,
        before: Standing | None = None,
    ) -> Standing:
        row = self.rows[element]
        ref, start, offset, text, _ = row
        readable = True
        try:
            duration = self._length(element) if text is None else parse_time(text)
        except FcpxmlError:
            duration, readable = ZERO, False
        begin = ZERO
        if spine is not None:
            try:
                if offset is not None:
                    begin = parse_time(offset)
                elif before is not None:
                    begin = before.end
            except FcpxmlError:
                readable = False
        rated = element in self.rated
        scale = self._scale(element, timeline.rate) if rated else ONE
        one = Standing(element, row, duration, scale, host, spine, begin, readable)
        timeline.items.append(one)
        use = (ref, start, text)
        if rated or use not in timeline.inside:
            timeline.fresh.append(one)
            if scale is ONE and self._is_inside(use, duration):
                timeline.inside.add(use)
        if children := element[:]:
            self._inside(timeline, element, children)
        return one

    def _is_inside(self, use: tuple[str | None, str | None, str | None], duration: Fraction) -> bool:
        """Whether a range is plainly inside an asset. In whole numbers, as this runs for most clips."""
        identifier, start, _ = use
        bounds = self.bounds(identifier) if identifier else None
        if bounds is None or duration.numerator <= 0:
            return False
        try:
            above, below = (ZERO if start is None else parse_time(start)).as_integer_ratio()
        except FcpxmlError:
            return False
        low, low_below, high, high_below = bounds.whole
        length, length_below = duration.as_integer_ratio()
        return (
            above * low_below >= low * below
            and (above * length_below + length * below) * high_below <= high * below * length_below
        )

    def _length(self, element: etree._Element) -> Fraction:
        item = view_of(element, self.document)
        return item.length if isinstance(item, Item) else ZERO

    def _scale(self, element: etree._Element, rate: Fraction | None) -> Fraction:
        item = view_of(element, self.document)
        return local_scale(item, rate) if isinstance(item, Item) else ONE

    def _frame(self, element: etree._Element) -> Fraction | None:
        timeline = element.getparent() if element.tag == "mc-angle" else element
        identifier = None if timeline is None or timeline.tag in ITEMS else timeline.get("format")
        found = self.document.resource(identifier)
        text = None if found is None or found.tag != "format" else found.get("frameDuration")
        try:
            value = parse_time(text) if text else None
        except FcpxmlError:
            return None
        return value if value and value > 0 else None


def is_still(asset: Asset) -> bool:
    """Whether an asset is a still picture, by its format, duration or file. Raises TimeValueError."""
    return asset.is_still or asset.file_name.rpartition(".")[2].lower() in STILL_SUFFIXES


def _rate(form: Format | None) -> Fraction | None:
    """A rate that has a name; phones record at rates of their own, about which nothing can be said."""
    try:
        rate = form.rate if form else None
    except FcpxmlError:
        return None
    return rate if rate is not None and source_rate_name(rate) else None


def name_of(element: etree._Element) -> str:
    """An item for a message: its kind and, if it has one, its name."""
    name = element.get("name")
    return f"The {tag_of(element)} {name!r}" if name else f"This {tag_of(element)}"


def tag_of(element: etree._Element) -> str:
    """The name of an element as text."""
    return str(element.tag)


def with_article(word: str) -> str:
    """``an asset-clip``, ``a gap``."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
