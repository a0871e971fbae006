"""Frames as people read them: lengths, positions, elapsed time. Integers and fractions in, words out."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from takebridge.errors import InvalidTimeError
from takebridge.timebase import FrameRate, format_timecode, to_seconds

Counting = Literal["timecode", "frames", "seconds"]
COUNTINGS: tuple[Counting, ...] = ("timecode", "frames", "seconds")


def length(frames: int, rate: FrameRate) -> str:
    """Return ``3 s 08 f``, or ``8 s`` when no frames are left over; counted like timecode."""
    seconds, rest = divmod(frames, rate.nominal)
    if not seconds:
        return f"{rest} f"
    return f"{seconds} s {rest:02} f" if rest else f"{seconds} s"


def said_length(frames: int, rate: FrameRate) -> str:
    """Return ``8 seconds`` or ``3 seconds 8 frames`` for a screen reader."""
    seconds, rest = divmod(frames, rate.nominal)
    parts = [_count(seconds, "second")] if seconds else []
    return " ".join([*parts, _count(rest, "frame")] if rest or not seconds else parts)


def position(
    counting: Counting, frame: int, rate: FrameRate, *, start_record_frame: int | None = None, drop: bool = False
) -> str:
    """Return where ``frame`` of a take is: its record timecode where that is known, else counted from the take's head.

    ``drop``: the timeline counts drop-frame; that is only said of record timecode, at rates that have it.

    ``frame`` counts from 0. Frames are shown as they are counted everywhere here, the first one as 0.
    """
    if counting == "frames":
        return f"f {frame}"
    if counting == "seconds":
        return seconds_words(to_seconds(frame, rate))
    try:
        as_dropped = drop and start_record_frame is not None and rate.allows_drop
        return format_timecode(frame + (start_record_frame or 0), rate, drop=as_dropped)
    except InvalidTimeError:  # a timeline beyond 99 hours has no label
        return f"f {frame}"


def seconds_words(seconds: Fraction) -> str:
    """Return ``3.14 s``, cut after hundredths, never rounded up into the next frame."""
    hundredths = seconds.numerator * 100 // seconds.denominator
    return f"{hundredths // 100}.{hundredths % 100:02} s"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
