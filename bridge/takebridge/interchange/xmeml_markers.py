"""Markers both ways, and the stamp that one of them may carry.

``out`` −1 is a marker without length. Premiere's colour is an ABGR number, Final Cut's four channels. A marker of ours
(`STAMP_MARKER`) holds only the clip's stamp and is no marker of the cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from takebridge.cut.model import Frame, Marker
from takebridge.cut.stamp import find_stamps
from takebridge.interchange.xmeml_parse import Element, parse_kept, serialized, text_of, words_of
from takebridge.interchange.xmeml_times import number_at

STAMP_MARKER = "TakeBridge"

_COLORS = {
    "Blue": "0000ff",
    "Cyan": "00ffff",
    "Green": "00ff00",
    "Yellow": "ffff00",
    "Red": "ff0000",
    "Magenta": "ff00ff",
    "Orange": "ff8000",
    "Purple": "8000ff",
    "White": "ffffff",
    "Black": "000000",
}
_NAMES = {value: name for name, value in _COLORS.items()}


def is_stamp_marker(element: Element) -> bool:
    """Say whether a `<marker>` is ours, there only for the stamp."""
    return text_of(element, "name") == STAMP_MARKER and bool(find_stamps(text_of(element, "comment")))


def markers_of(elements: Iterable[Element], to_frame: Callable[[Frame], Frame]) -> tuple[Marker, ...]:
    """Read markers in document order; ``to_frame`` maps the numbers written to the frames wanted."""
    return tuple(_marker(one, to_frame) for one in elements if not is_stamp_marker(one))


def _marker(element: Element, to_frame: Callable[[Frame], Frame]) -> Marker:
    start, end = number_at(element, "in") or 0, number_at(element, "out")
    at = to_frame(start)
    until = at if end is None or end < start else to_frame(end)
    return Marker(
        at=at,
        duration=max(0, until - at),
        name=words_of(element, "name"),
        note=words_of(element, "comment"),
        color=_color(element),
        extras={"xmeml": {"marker": serialized(element)}},
    )


def _color(element: Element) -> str:
    packed = number_at(element, "pproColor")
    if isinstance(packed, int):
        code = f"{packed & 255:02x}{packed >> 8 & 255:02x}{packed >> 16 & 255:02x}"
    else:
        channels = [number_at(element, f"color/{name}") for name in ("red", "green", "blue")]
        whole = [value for value in channels if isinstance(value, int)]
        if len(whole) < 3:
            return ""
        code = "".join(f"{value & 255:02x}" for value in whole)
    return _NAMES.get(code, f"#{code}")


def marker_values(markers: Iterable[Marker]) -> str:
    """Return what markers say beyond their extras, as text: equal text, equal markers."""
    return "\n".join(f"{one.at}|{one.duration}|{one.color}|{one.kind}|{one.name}|{one.note}" for one in markers)


def marker_element(marker: Marker, start: int, end: int | None) -> Element:
    """Build a `<marker>` at ``start``, to ``end`` unless None; what the document said beyond that is kept."""
    kept = marker.extras.get("xmeml")
    text = kept.get("marker") if isinstance(kept, dict) else None
    element = parse_kept(text) if isinstance(text, str) else None
    element = element if element is not None and element.tag == "marker" else etree.Element("marker")
    for tag, value in (
        ("name", marker.name),
        ("comment", marker.note),
        ("in", start),
        ("out", -1 if end is None else end),
    ):
        found = element.find(tag)
        found = etree.SubElement(element, tag) if found is None else found
        found.text = str(value) or None
    if marker.color != _color(element):
        _paint(element, marker.color)
    return element


def _paint(element: Element, color: str) -> None:
    for old in (*element.findall("color"), *element.findall("pproColor")):
        element.remove(old)
    code = _COLORS.get(color.capitalize(), color.removeprefix("#"))
    if len(code) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in code):
        red, green, blue = (int(code[at : at + 2], 16) for at in (0, 2, 4))
        packed = 0xFF000000 | blue << 16 | green << 8 | red
        etree.SubElement(element, "pproColor").text = str(packed)


def is_paintable(color: str) -> bool:
    """Say whether a marker colour can be written."""
    return not color or color.capitalize() in _COLORS or (len(color) == 7 and color.startswith("#"))


def stamp_marker(stamp: str, at: int) -> Element:
    """Build the marker that carries a stamp."""
    return marker_element(Marker(at=at, name=STAMP_MARKER, note=stamp), at, None)
