"""Timecode as editors read it: whole frames from exact seconds, drop frame honoured.

Drop frame skips frame *numbers*, never frames: the first two of every minute but each tenth at 29.97, four at 59.94
(SMPTE ST 12-1). At any other rate the word DF means nothing and is ignored. Hours count on past 24, so that two places
never share a timecode.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

#: Final Cut Pro shows places between frames in eightieths.
_SUBFRAMES = 80


def nominal_rate(frame_duration: Fraction) -> int:
    """Frames a timecode second counts: 24 for 23.976, 30 for 29.97. At least 1."""
    return max(1, floor(1 / frame_duration + Fraction(1, 2)))


def drops(frame_duration: Fraction, drop_frame: bool) -> bool:
    """Whether timecode at this rate skips numbers when drop frame is asked for."""
    return drop_frame and frame_duration in (Fraction(1001, 30000), Fraction(1001, 60000))


def frames_to_timecode(frames: int, nominal: int, drop: bool = False) -> str:
    """``HH:MM:SS:FF``, with ``;`` before the frames when numbers are dropped; ``nominal`` frames a second."""
    sign, count = ("-", -frames) if frames < 0 else ("", frames)
    if drop:
        skipped = nominal // 15
        tens, rest = divmod(count, nominal * 600 - 9 * skipped)
        count += 9 * skipped * tens
        if rest >= skipped:
            count += skipped * ((rest - skipped) // (nominal * 60 - skipped))
    seconds, frame = divmod(count, nominal)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    width = max(2, len(str(nominal - 1)))
    return f"{sign}{hours:02}:{minute:02}:{second:02}{';' if drop else ':'}{frame:0{width}}"


def timecode(seconds: Fraction, frame_duration: Fraction, drop_frame: bool = False) -> str:
    """The timecode of exact seconds. A place between two frames shows the first one and eightieths after a dot.

    ``frame_duration`` is seconds a frame and above 0.
    """
    whole = floor(seconds / frame_duration)
    text = frames_to_timecode(whole, nominal_rate(frame_duration), drops(frame_duration, drop_frame))
    rest = seconds / frame_duration - whole
    return f"{text}.{floor(rest * _SUBFRAMES):02}" if rest else text


def frames_on_grid(seconds: Fraction, frame_duration: Fraction | None) -> int | None:
    """``seconds`` in whole frames, None between frames or without a rate."""
    if not frame_duration:
        return None
    frames = seconds / frame_duration
    return frames.numerator if frames.denominator == 1 else None
