"""Where an item stands, and the refusals every edit shares."""

from __future__ import annotations

from fractions import Fraction
from typing import NoReturn

from lxml import etree

from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.placement import Placed, local_scale, sequence_rate
from takebridge_fcpxml.times import timescale_of
from takebridge_fcpxml.view import (
    Audition,
    Clip,
    Item,
    McAngle,
    Sequence,
    Spine,
    SyncClip,
    Timeline,
    Transition,
    View,
    view_of,
)

Storyline = Spine | McAngle


def refuse(view: View, message: str, hint: str) -> NoReturn:
    """Raise EditError at this element."""
    raise EditError(message, hint=hint, path=view.path, line=view.line)


def whole_frames(view: View, value: int) -> int:
    """``value``, when it is a whole number of frames. Raises EditError."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(view, f"{value!r} is not a whole number of frames.", "Give frames of the sequence as an int.")
    return value


def exact(view: View, value: Fraction | int, what: str) -> Fraction:
    """``value`` as exact seconds. Raises EditError for floats and anything else."""
    if isinstance(value, bool) or not isinstance(value, (Fraction, int)):
        refuse(view, f"The {what} {value!r} is not an exact time.", "Give seconds as a fractions.Fraction.")
    return Fraction(value)


def frame_of(view: View) -> Fraction:
    """Seconds a frame of the timeline around (or at) an element. Raises EditError when no format gives one."""
    rate = sequence_rate(view)
    if rate is None:
        refuse(view, "The timeline around this has no frame duration.", "Give its format a frameDuration first.")
    return 1 / rate


def timescale_around(view: View) -> int:
    """The denominator the frame duration of the timeline around an element is spelled with, 0 when unknown."""
    for element in (view.element, *view.element.iterancestors()):
        if element.tag in ("sequence", "multicam"):
            found = view.document.resource(element.get("format"))
            return timescale_of(None if found is None else found.get("frameDuration"))
    return 0


def scale_of(item: Item, rate: Fraction | None) -> Fraction:
    """Local seconds of an item in one second of record time; an audition's own time is not scaled."""
    return Fraction(1) if isinstance(item, Audition) else local_scale(item, rate)


def detached(item: Item, around: View) -> None:
    """Raise EditError unless ``item`` stands nowhere yet and belongs to the document of ``around``."""
    if item.document is not around.document:
        refuse(around, "The item belongs to another document.", "Build it for this document: edit.clip_of(asset, …).")
    if item.element.getparent() is not None:
        refuse(item, "The item stands on a timeline already.", "Take it out first, or give a copy: edit.copy_of(item).")


def locate(item: Item) -> Placed:
    """Where one item stands, as ``place`` would say, without walking the whole timeline.

    ``storyline`` is the connected storyline around it. Raises FcpxmlError for values that cannot be read.
    """
    return _locate(item, sequence_rate(item))


def _locate(item: Item, rate: Fraction | None) -> Placed:
    above = item.parent
    length, scale = item.length, scale_of(item, rate)
    if isinstance(above, Storyline):
        base, host, lane, storyline = _storyline(above, rate)
        active = host is None or host.active
        return Placed(item, base + line_offset(item, above), length, lane, host, scale, active, storyline)
    if isinstance(above, Audition):
        host = _locate(above, rate)
        active = host.active and above.pick == item
        return Placed(item, host.record_start, length, host.lane, host, scale, active, None)
    if isinstance(above, Item):
        host = _locate(above, rate)
        return Placed(item, host.to_record(local_offset(item)), length, item.lane, host, scale, host.active, None)
    return Placed(item, Fraction(0), length, 0, None, scale, True, None)


def _storyline(line: Storyline, rate: Fraction | None) -> tuple[Fraction, Placed | None, int, etree._Element | None]:
    above = line.parent
    if not isinstance(above, Item) or not isinstance(line, Spine):
        return Fraction(0), None, 0, None
    host = _locate(above, rate)
    return host.to_record(local_offset(line)), host, line.lane, line.element


def storyline_base(line: Storyline) -> Fraction:
    """The record time of a storyline's local 0."""
    return _storyline(line, sequence_rate(line))[0]


def local_offset(view: Item | Spine) -> Fraction:
    """Where something inside or connected to an item stands in that item's local time: 0 when it does not say (DTD)."""
    return Fraction(0) if view.offset is None else view.offset


def origin_of(line: Storyline) -> Fraction:
    """Where the first item of a storyline stands in the storyline's own time: its timecode origin, or 0."""
    above = line.parent
    if isinstance(above, Timeline):
        return above.tc_start
    return Fraction(0)


def line_offset(item: Item, line: Storyline) -> Fraction:
    """An item's place in its storyline's time, also where it names none and follows the one before."""
    if item.offset is not None:
        return item.offset
    lengths = Fraction(0)
    for element in item.element.itersiblings(preceding=True):
        before = view_of(element, item.document) if element.tag in ITEMS else None
        if not isinstance(before, Item) or isinstance(before, Transition):
            continue
        lengths += before.length
        if before.offset is not None:
            return before.offset + lengths
    return origin_of(line) + lengths


def item_of(view: View) -> Item:
    """The item, or the pick of an audition. Raises EditError for a transition."""
    if isinstance(view, Audition):
        return view.pick
    if not isinstance(view, Item) or isinstance(view, Transition):
        refuse(view, f"<{view.tag}> is no clip.", "Give a clip of the timeline.")
    return view


def standing_at(sequence: Sequence, record: Fraction) -> Item:
    """The item of the primary storyline that stands at a record time; past the end, the last one.

    For an audition, its pick. Raises EditError before the beginning and for an empty sequence.
    """
    spine = sequence.spine
    last: Item | None = None
    cursor = sequence.tc_start
    for item in spine.items:
        if isinstance(item, Transition):
            continue
        start = item.offset if item.offset is not None else cursor
        cursor = start + item.length
        if start > record:
            break
        last = item
        if record < cursor:
            break
    if last is None:
        refuse(sequence, "Nothing stands at that time.", "Choose a time within the sequence; it counts from tcStart.")
    return item_of(last)


def connected_to(item: Item) -> list[Item | Spine]:
    """What is connected to an item, in document order; for an audition, to its pick.

    In what contains nothing (an asset clip, a title), that is every child: generators forget the lane.
    """
    host = item.pick if isinstance(item, Audition) else item
    return [child for child in host.story if child.lane != 0 or not isinstance(host, (Clip, SyncClip))]
