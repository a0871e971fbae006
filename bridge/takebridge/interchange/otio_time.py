"""Times of OTIO's JSON as exact numbers, and exact numbers as times of OTIO.

OTIO keeps a time as a double over a double. The rate is the exact one its double means (23.976, 23.98 and 24000/1001
are one rate); a value within a millionth of a whole number is whole, any other is the simplest fraction near it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, TypeAlias

from takebridge.cut.model import Frame, whole
from takebridge.errors import InvalidDocumentError, UnknownRateError
from takebridge.timebase import FrameRate, parse_edit_rate
from takebridge_fcpxml.otio.rational import WHOLE, exact_rate, is_plain

Json: TypeAlias = dict[str, Any]
"""One object of OTIO's JSON."""

_LARGEST = 2**53
_HINT = "Export the timeline again from the application it came from."


def time_parts(time: object, where: str) -> tuple[Frame, Fraction]:
    """Return (value, rate), both exact. Raises InvalidDocumentError for what is no time, naming ``where``."""
    value = time.get("value") if isinstance(time, dict) else None
    rate = time.get("rate") if isinstance(time, dict) else None
    if not _is_number(value) or not _is_number(rate):
        raise InvalidDocumentError(f"{where} has a time that is not a number.", hint=_HINT)
    assert isinstance(value, int | float) and isinstance(rate, int | float)
    if not math.isfinite(value) or abs(value) > _LARGEST or not math.isfinite(rate) or not 0.001 <= rate <= 2 * WHOLE:
        raise InvalidDocumentError(f"{where} has a time that cannot exist: {value!r} at rate {rate!r}.", hint=_HINT)
    nearest = round(value)
    exact: Frame = nearest if abs(value - nearest) <= 1e-6 else Fraction(value).limit_denominator(1_000_000)
    return exact, exact_rate(float(rate)).seconds


def seconds_of(time: object, where: str) -> Fraction:
    """Return a time in seconds. Raises as `time_parts`."""
    value, rate = time_parts(time, where)
    return Fraction(value) / rate


def frames_of(time: object, rate: Fraction, where: str) -> Frame:
    """Return a time in frames of ``rate``. Raises as `time_parts`."""
    value, own = time_parts(time, where)
    return value if own == rate else whole(Fraction(value) / own * rate)


def range_of(value: object, where: str) -> tuple[Json, Json] | None:
    """Return (start time, duration) of a time range, None for none. Raises InvalidDocumentError for anything else."""
    if value is None:
        return None
    if not isinstance(value, dict) or "start_time" not in value or "duration" not in value:
        raise InvalidDocumentError(f"{where} has a range that is not one.", hint=_HINT)
    if time_parts(value["duration"], where)[0] < 0:
        raise InvalidDocumentError(f"{where} ends before it starts.", hint=_HINT)
    time_parts(value["start_time"], where)
    return value["start_time"], value["duration"]


def rate_of(time: object) -> FrameRate | None:
    """Return the frame rate a time counts in, None where its rate is no frame rate (sound, bare fractions)."""
    value = time.get("rate") if isinstance(time, dict) else None
    if not _is_number(value):
        return None
    assert isinstance(value, int | float)
    if not math.isfinite(value) or not 8 <= value <= 240:
        return None
    exact = exact_rate(float(value)).seconds
    return FrameRate.of_media(exact) if is_plain(exact) or exact.denominator <= 1001 else None


def edit_rate_of(time: object) -> FrameRate | None:
    """Return the rate a time counts in where a timeline can have it, else None."""
    rate = rate_of(time)
    try:
        return parse_edit_rate(rate) if rate else None
    except UnknownRateError:
        return None


def spell_time(seconds: Fraction, *rates: FrameRate | None) -> Json:
    """Return a time over the first of ``rates`` on whose grid it stands, else over its own denominator: never rounded
    below fifteen digits."""
    for rate in rates:
        if rate is not None and is_plain(rate.fraction):
            frames = seconds * rate.fraction
            if frames.denominator == 1 and abs(frames) < WHOLE:
                return _time(float(frames.numerator), rate.numerator / rate.denominator)
    if abs(seconds.numerator) >= WHOLE or seconds.denominator >= WHOLE:
        seconds = seconds.limit_denominator(1_000_000)
    return _time(float(seconds.numerator), float(seconds.denominator))


def spell_range(start: Fraction, duration: Fraction, *rates: FrameRate | None) -> Json:
    """Return a range; both times over one rate where one holds both (tools add them without a thought for rates)."""
    both = [rate for rate in rates if rate and all((one * rate.fraction).denominator == 1 for one in (start, duration))]
    order = (*both, *rates)
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": spell_time(duration, *order),
        "start_time": spell_time(start, *order),
    }


def _time(value: float, rate: float) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
