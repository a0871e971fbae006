"""Moving the origin of an item's local time, with everything that is counted in it."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.versions.items import seconds, set_time


def shift_local_time(item: etree._Element, by: Fraction) -> None:
    """Count the item's local time from ``by`` seconds earlier: its start, and all that hangs on it, rise by as much.

    Nothing moves in record time. Keyframes and muted ranges are counted in the local time of their item.
    """
    set_time(item, "start", (seconds(item, "start") or Fraction(0)) + by)
    _shift(item, "audioStart", by)
    for child in layout.elements(item):
        if child.tag in grammar.STORY:
            _shift(child, "offset", by)
        elif child.tag in grammar.MARKERS:
            # A marker always has a start; a keyword without one covers the whole clip.
            _shift(child, "start", by)
        elif child.tag == "timeMap":
            for point in child.iterchildren("timept"):
                _shift(point, "time", by)
        elif str(child.tag).startswith(("adjust-", "filter-", "audio-", "param")):
            _shift_inside(child, by)


def _shift_inside(element: etree._Element, by: Fraction) -> None:
    for inside in element.iter("audio-channel-source", "audio-role-source", "mute", "keyframe"):
        _shift(inside, "time" if inside.tag == "keyframe" else "start", by)


def _shift(element: etree._Element, name: str, by: Fraction) -> None:
    value = seconds(element, name)
    if value is not None:
        set_time(element, name, value + by)
