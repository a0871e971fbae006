"""Times in xmeml: `<rate>`, frame numbers, Premiere's ticks, timecodes. Exact both ways.

`<rate>` is a whole timebase and whether it runs at 1000/1001 of it. ``start``/``end`` of items count frames of the
sequence. ``in``/``out`` count frames of the clip item's *own* rate: a real Premiere file has a 15 fps item lasting 100
frames of a 30 fps sequence with in 0, out 50 and ticks for 3 1/3 s. Programs that write them in sequence frames
instead are told apart by the length, see `xmeml_clips`. Ticks are the exact truth where they are written.
"""

from __future__ import annotations

import re
from fractions import Fraction

from lxml import etree

from takebridge.cut.model import Frame, whole
from takebridge.errors import InvalidTimeError, UnknownRateError
from takebridge.interchange.xmeml_parse import Element, text_of
from takebridge.timebase import FrameRate, format_timecode, parse_media_rate, parse_timecode

TICKS_PER_SECOND = 254016000000

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?")
_TRUE = ("TRUE", "1", "YES")


def number_at(element: Element | None, path: str) -> Frame | None:
    """Read a number exactly; None where there is none that makes sense (absent, blank, NaN, absurdly long)."""
    text = text_of(element, path)
    return whole(Fraction(text)) if _NUMBER.fullmatch(text) else None


def rate_of(element: Element | None, path: str = "rate") -> FrameRate | None:
    """Read a `<rate>`; None where it is absent or cannot be."""
    found = element.find(path) if element is not None else None
    if found is None:
        return None
    text = text_of(found, "timebase")
    try:
        # Media of high-speed cameras and sound run at more than any timeline does.
        rate = FrameRate(int(text)) if re.fullmatch("[0-9]{1,4}", text) else parse_media_rate(text)
    except UnknownRateError:
        return None
    ntsc = text_of(found, "ntsc").upper() in _TRUE
    # 25, 50 and 100 have no NTSC form; writers that say TRUE there mean nothing by it.
    if ntsc and rate.denominator == 1 and rate.numerator % 25:
        return FrameRate(rate.numerator * 1000, 1001)
    return rate


def is_writable(rate: FrameRate) -> bool:
    """Say whether a `<rate>` can hold this rate exactly."""
    if rate.denominator == 1:
        return True
    return rate == FrameRate(rate.nominal * 1000, 1001) and bool(rate.nominal % 25)


def rate_element(rate: FrameRate) -> Element:
    """Build a `<rate>`; a rate it cannot hold becomes the nearest whole one."""
    element = etree.Element("rate")
    ntsc = rate.denominator != 1 and is_writable(rate)
    timebase = rate.nominal if ntsc else max(1, round(rate.fraction))
    etree.SubElement(element, "timebase").text = str(timebase)
    etree.SubElement(element, "ntsc").text = "TRUE" if ntsc else "FALSE"
    return element


def to_seconds(frames: Frame, rate: FrameRate) -> Fraction:
    """Return the exact time of a frame number, whole or not."""
    return Fraction(frames) / rate.fraction


def to_frames(seconds: Fraction, rate: FrameRate) -> Frame:
    """Return the exact frame number of a time.

    Ticks and speeds are rounded when written, so what lies within a millionth of a whole frame is that frame.
    """
    frames = seconds * rate.fraction
    nearest = round(frames)
    return nearest if abs(frames - nearest) < Fraction(1, 10**6) else whole(frames)


def rescaled(frames: Frame, given: FrameRate, wanted: FrameRate) -> Frame:
    """Convert a frame number from one rate to another, exactly."""
    return whole(Fraction(frames) * wanted.fraction / given.fraction)


def ticks_of(seconds: Fraction) -> int:
    """Return Premiere's ticks, to the nearest whole one."""
    return round(seconds * TICKS_PER_SECOND)


def timecode_at(element: Element | None, rate: FrameRate) -> tuple[Frame | None, bool]:
    """Read a `<timecode>` below ``element`` as a frame number at ``rate`` and whether it is drop-frame."""
    found = element.find("timecode") if element is not None else None
    if found is None:
        return None, False
    own = rate_of(found) or rate
    text = text_of(found, "string")
    drop = text_of(found, "displayformat").upper() == "DF" or ";" in text
    frame = number_at(found, "frame")
    if frame is None:
        frame = _labelled(text, own, drop=drop)
    # Timecode counts frames whatever their length: 24 and 23.976 label frame 86400 alike.
    if frame is not None and own.nominal != rate.nominal:
        frame = rescaled(frame, own, rate)
    return frame, drop and own.allows_drop


def _labelled(text: str, rate: FrameRate, *, drop: bool) -> int | None:
    # Premiere writes all separators as semicolons.
    parts = re.split("[:;,.]", text)
    try:
        return parse_timecode(
            ":".join(parts[:3]) + (";" if drop and rate.allows_drop else ":") + ":".join(parts[3:]), rate
        )
    except InvalidTimeError:
        return None


def timecode_element(frame: int, rate: FrameRate, *, drop: bool) -> Element:
    """Build a `<timecode>` with its rate, its label and its frame number."""
    element = etree.Element("timecode")
    element.append(rate_element(rate))
    drop = drop and rate.allows_drop
    try:
        label = format_timecode(frame, rate, drop=drop)
    except InvalidTimeError:  # before 0 or beyond 99 hours: the frame number alone says it
        label = ""
    etree.SubElement(element, "string").text = label or None
    etree.SubElement(element, "frame").text = str(frame)
    etree.SubElement(element, "displayformat").text = "DF" if drop else "NDF"
    return element
