"""OTIO's times are a double over a double; here they become exact fractions of a second and go back without loss.

Written: whole frames over a rate OTIO users know (``24``, ``24000/1001`` as a double) where the time is on that grid,
else numerator over denominator, both whole numbers below 10^15, so that nothing is rounded in either case.
Read: the rate is the exact one its double means (23.976, 23.98 and 24000/1001 are one rate), the value a whole number.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import opentimelineio as otio

from takebridge_fcpxml.errors import OtioError

#: Whole numbers below this survive OTIO's JSON; its writer loses the last digit of some doubles from 2^50 on (0.18.1).
WHOLE = 10**15
_SPELLED = (12, 15, 24, 30, 48, 60, 72, 90, 96, 120, 144, 240)
_HINT = "Write the timeline again from the application it came from."


class Read(NamedTuple):
    """Seconds, and whether they are what the file says to the last digit."""

    seconds: Fraction
    exact: bool


def is_plain(rate: Fraction) -> bool:
    """Whether a rate is whole, or a whole multiple of 1000/1001, so that its double means only it."""
    return rate > 0 and (rate.denominator == 1 or (rate.denominator == 1001 and rate.numerator % 1000 == 0))


def can_hold(seconds: Fraction, rate: Fraction | None) -> bool:
    """Whether OTIO can hold this time exactly."""
    if rate is not None and is_plain(rate) and (seconds * rate).denominator == 1:
        return abs(seconds * rate) < WHOLE
    return abs(seconds.numerator) < WHOLE and seconds.denominator < WHOLE


def rational_time(seconds: Fraction, *rates: Fraction | None) -> otio.opentime.RationalTime:
    """The time over the first of ``rates`` on whose grid it stands, else over its own denominator."""
    for rate in rates:
        if rate is not None and is_plain(rate):
            frames = seconds * rate
            if frames.denominator == 1 and abs(frames) < WHOLE:
                return otio.opentime.RationalTime(float(frames.numerator), float(rate))
    if not can_hold(seconds, None):
        # As near as a billionth of a second; our metadata keeps the exact value.
        near = seconds.limit_denominator(1_000_000)
        seconds = near if can_hold(near, None) else Fraction(round(seconds))
    return otio.opentime.RationalTime(float(seconds.numerator), float(seconds.denominator))


def time_range(start: Fraction, duration: Fraction, *rates: Fraction | None) -> otio.opentime.TimeRange:
    """A range; start and duration each over the first rate that holds it."""
    return otio.opentime.TimeRange(rational_time(start, *rates), rational_time(duration, *rates))


@lru_cache(maxsize=4096)
def exact_rate(rate: float) -> Read:
    """The rate a double means, and whether that is sure. Raises OtioError for what is no rate."""
    if not math.isfinite(rate) or rate < 0.001 or rate > 2 * WHOLE:
        raise OtioError(f"{rate!r} is not a frame rate.", hint=_HINT)
    if abs(rate - round(rate)) <= 1e-6 and round(rate) > 0:
        return Read(Fraction(round(rate)), True)
    nominal = round(rate * 1.001)
    pulled = Fraction(nominal * 1000, 1001)
    away = abs(float(pulled) - rate)
    if (away < 1e-6 and nominal > 0) or (away < 0.01 and nominal in _SPELLED):
        return Read(pulled, True)
    near = Fraction(rate).limit_denominator(100_000)
    return Read(near if near > 0 else Fraction(1), abs(float(near) - rate) <= 1e-9 * rate)


def read_time(time: otio.opentime.RationalTime) -> Read:
    """Exact seconds. A fraction of a frame is read as the nearest simple one and is not exact. Raises OtioError."""
    value = time.value
    if not math.isfinite(value) or abs(value) > 2**63:
        raise OtioError(f"{value!r} is not a time.", hint=_HINT)
    rate = exact_rate(time.rate)
    whole = round(value)
    if abs(value - whole) <= 1e-6:
        return Read(whole / rate.seconds, rate.exact)
    return Read(Fraction(value).limit_denominator(1000) / rate.seconds, False)


def text_of(seconds: Fraction) -> str:
    """An exact time as metadata text: OTIO's metadata has no rational numbers."""
    return f"{seconds.numerator}/{seconds.denominator}"


def of_text(text: object) -> Fraction | None:
    """The time of metadata text, None when it is none."""
    if not isinstance(text, str) or len(text) > 80:
        return None
    top, _, bottom = text.partition("/")
    try:
        return Fraction(int(top), int(bottom or 1))
    except (ValueError, ZeroDivisionError):
        return None
