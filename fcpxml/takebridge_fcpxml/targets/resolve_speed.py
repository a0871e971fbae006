"""Speed for Resolve: it blacks the tail of a clip whose time map ends at the clip's edge.

A constant speed is therefore mapped over the whole media and the clip shows its part of it by ``start``, as Final Cut
Pro itself writes it. The line of the map stays the same line, so every record range and every shown frame is as it was.
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.targets.local_time import shift_local_time
from takebridge_fcpxml.times import fits
from takebridge_fcpxml.versions.items import lane_of, length, scale_of, seconds, set_time
from takebridge_fcpxml.view import TimeMap, view_of
from takebridge_fcpxml.view.resources import Asset

_ZERO = Fraction(0)


def adapt_speeds(change: Conversion) -> None:
    """Extend the maps of constant speed; say what Resolve makes of freeze frames and of maps that stay short."""
    for element in list(change.root.iter("timeMap")):
        clip = element.getparent()
        if clip is not None:
            _adapt(change, clip, element)


def _adapt(change: Conversion, clip: etree._Element, element: etree._Element) -> None:
    view = view_of(element, change.document)
    assert isinstance(view, TimeMap)
    try:
        points = [(point.time, point.value) for point in view.points]
        speed = view.speed
    except FcpxmlError:
        return
    if speed == 0:
        change.loss("dropped", "timeMap", "Resolve takes no freeze frames from FCPXML: the clip runs there.", clip)
        return
    media = _media_range(change, clip)
    if speed is None or media is None:
        _tell_short_map(change, clip, points)
        return
    if not _extend(clip, element, points, speed, media):
        _tell_short_map(change, clip, points)


def _extend(
    clip: etree._Element,
    element: etree._Element,
    points: list[tuple[Fraction, Fraction]],
    speed: Fraction,
    media: tuple[Fraction, Fraction],
) -> bool:
    (time, value), (last_time, _) = points[0], points[-1]
    ends = sorted(time + (end - value) / speed for end in media)
    first, last = min(ends[0], time), max(ends[1], last_time)
    values = [value + (at - time) * speed for at in (first, last)]
    if not all(fits(number) for number in (first, last, *values)):
        return False
    outer = [point for point in layout.elements(element) if point.tag == "timept"]
    for point, at, shows in ((outer[0], first, values[0]), (outer[-1], last, values[1])):
        set_time(point, "time", at)
        set_time(point, "value", shows)
    if first < 0 and first != time:
        # Final Cut Pro writes no map that begins before 0.
        shift_local_time(clip, -first)
    return True


def _media_range(change: Conversion, clip: etree._Element) -> tuple[Fraction, Fraction] | None:
    """Begin and end of the media in the clip's original time, None when it is not one file of known length."""
    if clip.tag == "clip":
        contents = [child for child in layout.elements(clip) if child.tag in ("video", "audio") and not lane_of(child)]
        if len(contents) != 1:
            return None
        start, duration = seconds(contents[0], "offset"), seconds(contents[0], "duration")
    else:
        resource = change.document.resource(clip.get("ref"))
        if resource is None or not isinstance(view_of(resource, change.document), Asset):
            return None
        start, duration = seconds(resource, "start", _ZERO), seconds(resource, "duration")
    return (start, start + duration) if start is not None and duration else None


def _tell_short_map(change: Conversion, clip: etree._Element, points: list[tuple[Fraction, Fraction]]) -> None:
    duration = length(change, clip)
    if duration is None or not points:
        return
    start = seconds(clip, "start", _ZERO) or _ZERO
    if points[-1][0] <= start + duration * scale_of(change, clip):
        change.loss("approximated", "timeMap", "The speed map ends with the clip: Resolve may black its tail.", clip)
