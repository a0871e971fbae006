"""Exact time: rational seconds.

A time in FCPXML is a whole or rational number of seconds followed by ``s``: ``5s``, ``1001/24000s``; the numerator has
64 bits, the denominator 32 (DTD, entity ``time``). Here every time is a ``fractions.Fraction`` of seconds: compared by
value, never rounded. Decimals (``121.74s``) are outside the grammar but Final Cut Pro imports them, so they are read;
they are never written.

The spelling of a value nobody changed stays in the document: setting an attribute to an equal value leaves its text
alone (``100/2500s`` stays ``100/2500s``).
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import floor

from takebridge_fcpxml.errors import BadValueError, TimeValueError

MAX_NUMERATOR = 2**63 - 1
MAX_DENOMINATOR = 2**32 - 1

_TIME = re.compile(r"\s*([+-]?\d{1,40})(?:/(\d{1,40})|\.(\d{1,40}))?s\s*", re.ASCII)
_HINT = "A time looks like 5s or 1001/24000s."


def fits(value: Fraction) -> bool:
    """Whether the reduced value fits a signed 64-bit numerator over an unsigned 32-bit denominator."""
    return -MAX_NUMERATOR - 1 <= value.numerator <= MAX_NUMERATOR and value.denominator <= MAX_DENOMINATOR


@lru_cache(maxsize=1 << 16)
def parse_time(text: str) -> Fraction:
    """Seconds of ``text``. Raises TimeValueError for any other grammar, a zero denominator or too many bits."""
    whole, _, tail = text.partition("/")
    below = _short_denominator(tail)
    if below and len(whole) < 19 and whole.isdecimal() and whole.isascii():
        # Nearly every time of a real file; short enough to fit without asking.
        return Fraction(int(whole), below)
    match = _TIME.fullmatch(text)
    if match is None:
        raise TimeValueError(f"{_short(text)} is not a time.", hint=_HINT)
    whole, denominator, decimals = match.groups()
    if denominator is not None:
        if not denominator.strip("0"):
            raise TimeValueError(f"{_short(text)} divides by zero.", hint=_HINT)
        value = Fraction(int(whole), int(denominator))
    elif decimals is not None:
        value = Fraction(f"{whole}.{decimals}")
    else:
        value = Fraction(int(whole))
    # A decimal is no grammar but a courtesy: one with more digits than 32 bits hold is read, and lost only to rounding.
    width = Fraction(floor(value)) if decimals is not None else value
    if not fits(width):
        raise TimeValueError(
            f"{_short(text)} needs more than 64 bits over 32 bits.", hint="Round it to the frame grid of its sequence."
        )
    return value


@lru_cache(maxsize=256)
def _short_denominator(tail: str) -> int:
    """The number before the ``s`` when it has up to nine digits, 0 for anything else. A file has few different ones."""
    digits = tail[:-1]
    return int(digits) if tail[-1:] == "s" and len(digits) < 10 and digits.isascii() and digits.isdigit() else 0


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def format_time(value: Fraction | int, timescale: int = 0) -> str:
    """Seconds as FCPXML text: ``Ns`` for whole seconds, else over ``timescale`` when that is exact, else reduced.

    ``timescale`` is a denominator to prefer, such as 24000 for 23.976 or the one an attribute already uses.
    Raises TimeValueError when the reduced value does not fit.
    """
    value = Fraction(value)
    if not fits(value):
        raise TimeValueError(
            f"{value} seconds do not fit a 64-bit numerator over a 32-bit denominator.",
            hint="Round the time to the frame grid of its sequence.",
        )
    numerator, denominator = value.numerator, value.denominator
    if denominator == 1:
        return f"{numerator}s"
    factor, rest = divmod(timescale, denominator)
    if rest == 0 and factor > 0 and timescale <= MAX_DENOMINATOR and abs(numerator * factor) <= MAX_NUMERATOR:
        numerator, denominator = numerator * factor, timescale
    return f"{numerator}/{denominator}s"


def timescale_of(text: str | None) -> int:
    """The denominator ``text`` is spelled with, 0 when it has none."""
    _, slash, denominator = (text or "").partition("/")
    digits = denominator.rstrip().removesuffix("s")
    return int(digits) if slash and digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0


def on_grid(value: Fraction, frame_duration: Fraction) -> bool:
    """Whether ``value`` is a whole number of frames."""
    return (value.numerator * frame_duration.denominator) % (value.denominator * frame_duration.numerator) == 0


def to_frames(value: Fraction, frame_duration: Fraction) -> int:
    """``value`` in frames. Raises BadValueError when it is not a whole number of them."""
    frames = value / frame_duration
    if frames.denominator != 1:
        raise BadValueError(
            f"{format_time(value)} is not on the frame grid of {format_time(frame_duration)}.",
            hint="Round it with snap_frames first.",
        )
    return frames.numerator


def snap_frames(value: Fraction, frame_duration: Fraction) -> int:
    """The nearest whole number of frames; exact halves go up."""
    return floor(value / frame_duration + Fraction(1, 2))


def snap(value: Fraction, frame_duration: Fraction) -> Fraction:
    """``value`` moved to the nearest frame boundary; exact halves go up."""
    return snap_frames(value, frame_duration) * frame_duration
