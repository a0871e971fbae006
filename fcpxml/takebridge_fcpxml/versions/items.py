"""Story items an older version cannot hold: taken out so that nothing else on the timeline moves.

In a storyline (or among the contents of a clip) a gap of the same place and length takes over, and what was connected
stays connected to it. A connected item goes, and what was connected to it hangs on its host at the same record time.
"""

from __future__ import annotations

import re
from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.conversion import Conversion, went_along
from takebridge_fcpxml.errors import FcpxmlError, TimeValueError
from takebridge_fcpxml.placement import local_scale, sequence_rate
from takebridge_fcpxml.times import format_time, parse_time, timescale_of
from takebridge_fcpxml.view import Item, view_of

#: Parents whose lane 0 children follow one another.
_ROWS = frozenset({"spine", "mc-angle", "clip", "sync-clip"})
_LANE = re.compile(r"[+-]?[0-9]{1,9}")
_GAP_ATTRIBUTES = frozenset({"offset", "start", "duration"})
_GAP_CHILDREN = grammar.ANCHORED | grammar.MARKERS | {"note", "metadata"}


def seconds(element: etree._Element, name: str, default: Fraction | None = None) -> Fraction | None:
    """A time attribute, or the default when it is absent or cannot be read."""
    text = element.get(name)
    if text is None:
        return default
    try:
        return parse_time(text)
    except FcpxmlError:
        return default


def set_time(element: etree._Element, name: str, value: Fraction) -> None:
    """Write a time, spelled over the denominator the old one had where that is exact; an equal one stays.

    Raises TimeValueError with the element's line when the value has too many bits.
    """
    if seconds(element, name) == value:
        return
    try:
        element.set(name, format_time(value, timescale_of(element.get(name))))
    except TimeValueError as error:
        path = f"{element.tag!s}@{name}"
        raise TimeValueError(error.message, hint=error.hint, path=path, line=element.sourceline) from None


def length(change: Conversion, element: etree._Element) -> Fraction | None:
    """How long an item is in the time of what holds it; None when nothing says so."""
    item = view_of(element, change.document)
    try:
        return item.length if isinstance(item, Item) else None
    except FcpxmlError:
        return None


def scale_of(change: Conversion, element: etree._Element) -> Fraction:
    """Local seconds of an item in a second of its timeline (``rates.conform_scale``)."""
    item = view_of(element, change.document)
    return local_scale(item, sequence_rate(item)) if isinstance(item, Item) else Fraction(1)


def lane_of(element: etree._Element) -> int:
    """The lane of an item, 0 when it has none or no number."""
    text = element.get("lane", "0").strip()
    return int(text) if _LANE.fullmatch(text) else 0


def drop_item(change: Conversion, element: etree._Element, construct: str, detail: str) -> None:
    """Take a story item out without moving any other; the loss says what stands there now."""
    parent = element.getparent()
    if parent is None:
        return
    if parent.tag == "audition":
        _drop_pick(change, element, construct, detail)
    elif parent.tag in _ROWS and lane_of(element) == 0:
        gone = to_gap(change, element)
        change.loss("dropped", construct, f"{detail} A gap of the same length stands in its place.{gone}", element)
    elif parent.tag in grammar.ITEMS:
        _drop_connected(change, element, construct, detail)
    else:
        change.drop(element, construct, detail)


def to_gap(change: Conversion, element: etree._Element) -> str:
    """Make an item a gap of its place and length; connected items, markers, note and metadata stay on it.

    A sentence naming what does not stay comes back.
    """
    duration = length(change, element)
    scale = scale_of(change, element)
    gone: list[etree._Element] = []
    for child in list(layout.elements(element)):
        if child.tag not in _GAP_CHILDREN or (child.tag in grammar.STORY and lane_of(child) == 0):
            gone.append(child)
            change.remove(child)
        elif scale != 1:
            _rescale(child, seconds(element, "start", Fraction(0)) or Fraction(0), scale)
    element.tag = "gap"
    for name in set(element.attrib) - _GAP_ATTRIBUTES:
        del element.attrib[name]
    element.set("name", "Gap")
    if duration is not None and seconds(element, "duration") is None:
        set_time(element, "duration", duration)
    elif element.get("duration") is None:
        element.set("duration", "0s")
    return went_along(held for child in gone for held in child.iter(tag=etree.Element))


def _rescale(child: etree._Element, start: Fraction, scale: Fraction) -> None:
    name = "offset" if child.tag in grammar.STORY else "start"
    value = seconds(child, name)
    if value is not None:
        set_time(child, name, start + (value - start) / scale)


def _drop_connected(change: Conversion, element: etree._Element, construct: str, detail: str) -> None:
    host = element.getparent()
    assert host is not None
    connected = [child for child in layout.elements(element) if child.tag in grammar.ANCHORED and lane_of(child)]
    if connected:
        detail += " What was connected to it is connected to its host now."
    offset = seconds(element, "offset")
    if offset is None:
        offset = seconds(host, "start", Fraction(0)) or Fraction(0)
    start = seconds(element, "start", Fraction(0)) or Fraction(0)
    factor = scale_of(change, host) / scale_of(change, element)
    lane = lane_of(element)
    for child in reversed(connected):
        own = seconds(child, "offset")
        moved = offset if own is None else offset + (own - start) * factor
        set_time(child, "offset", moved)
        child.set("lane", str(lane + lane_of(child) or lane))
        child.tail = element.tail
        host.insert(host.index(element) + 1, child)
    change.drop(element, construct, detail)


def _drop_pick(change: Conversion, pick: etree._Element, construct: str, detail: str) -> None:
    audition = pick.getparent()
    assert audition is not None
    picks = [child for child in layout.elements(audition) if child.tag in grammar.ITEMS]
    if pick is not picks[0]:
        change.drop(pick, construct, f"{detail} It was an alternate of an audition; the pick stays.")
        return
    if len(picks) > 1 and length(change, picks[1]) == length(change, pick):
        change.drop(pick, construct, f"{detail} It was the pick of an audition; the next take plays.")
        return
    names = ", ".join(repr(child.get("name", "")) for child in picks[1:])
    if names:
        reason = f"Its pick is gone and no take of the same length follows, so the audition goes with {names}."
        reason += went_along(held for child in picks[1:] for held in child.iterdescendants(tag=etree.Element))
        change.loss("dropped", "audition", reason, audition)
    replace_by_pick(change, audition, pick)
    drop_item(change, pick, construct, detail)


def replace_by_pick(change: Conversion, audition: etree._Element, pick: etree._Element) -> None:
    """Put one child of an audition in its place, on its offset and lane; the others leave the document."""
    for name in ("offset", "lane"):
        value = audition.get(name)
        if value is not None:
            pick.set(name, value)
    change.removed_ids.update(
        held.get("id", "")
        for child in layout.elements(audition)
        if child is not pick
        for held in child.iter(tag=etree.Element)
        if held.get("id")
    )
    layout.replace(audition, pick)
