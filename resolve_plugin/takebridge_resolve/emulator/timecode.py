"""Timecode labels and rate labels the way Resolve spells them, in exact arithmetic. The emulator's own reading,
independent of the bridge's timebase on purpose: two readings that agree are a check."""

from __future__ import annotations

import re
from fractions import Fraction

_BROKEN = {"23.976": 24, "23.98": 24, "29.97": 30, "47.952": 48, "47.95": 48, "59.94": 60, "119.88": 120}


def parse_rate(label: str) -> Fraction:
    """``"23.976"``, ``"29.97 DF"``, ``"25"``, ``"24000/1001"`` → frames per second. Raises ValueError."""
    text = label.strip().removesuffix("DF").strip()
    if text in _BROKEN:
        return Fraction(_BROKEN[text] * 1000, 1001)
    if re.fullmatch(r"\d{1,3}(\.0)?|\d{1,6}/[1-9]\d{0,3}", text) and Fraction(text.removesuffix(".0")) > 0:
        return Fraction(text.removesuffix(".0"))
    raise ValueError(f"{label!r} is not a frame rate.")


def rate_label(rate: Fraction) -> str:
    """``24000/1001`` → ``"23.976"``; ``30000/1001`` → ``"29.97"``; ``25`` → ``"25"``."""
    if rate.denominator == 1:
        return str(rate.numerator)
    return f"{round(float(rate), 3):g}"


def nominal(rate: Fraction) -> int:
    """Frames counted per timecode second: 24 for 24000/1001."""
    return -(-rate.numerator // rate.denominator)


def timecode(frame: int, rate: Fraction, drop: bool = False) -> str:
    """Label a frame counted from 00:00:00:00; ``;`` before the frames marks drop-frame (ST 12-1)."""
    base = nominal(rate)
    if drop:
        frame += _dropped_labels(frame, base)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 24:02}:{minutes:02}:{seconds:02}{';' if drop else ':'}{frames:02}"


def _dropped_labels(frame: int, base: int) -> int:
    """How many labels were skipped before ``frame``: base/15 a minute, except every tenth."""
    skip = base // 15
    tens, rest = divmod(frame, 600 * base - 9 * skip)
    minutes = max(0, (rest - skip) // (60 * base - skip))
    return skip * (9 * tens + minutes)


def parse_timecode(label: str, rate: Fraction, drop: bool = False) -> int:
    """Frame of a label. Raises ValueError for a wrong shape, an overflowing field or a dropped label."""
    match = re.fullmatch(r"(\d\d):([0-5]\d):([0-5]\d)[:;.](\d\d\d?)", label.strip())
    base = nominal(rate)
    if not match or int(match[4]) >= base:
        raise ValueError(f"{label!r} is not a timecode at {rate_label(rate)}.")
    hours, minutes, seconds, frames = (int(part) for part in match.groups())
    count = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if not drop:
        return count
    skip = base // 15
    if minutes % 10 and not seconds and frames < skip:
        raise ValueError(f"{label!r} does not exist in drop-frame.")
    total_minutes = hours * 60 + minutes
    return count - skip * (total_minutes - total_minutes // 10)
