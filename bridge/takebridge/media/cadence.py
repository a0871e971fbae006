"""Reads a frame rate out of timestamps: pure integer arithmetic, no container's word is believed unchecked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median

from takebridge.timebase import EDIT_RATES, FrameRate

_CLOSE = Fraction(4, 10_000)
"""Relative; less than half the distance between 24 and 23.976."""


def fits(stamps: Sequence[int], time_base: Fraction, rate: FrameRate) -> bool:
    """Say whether every stamp lies on the grid of ``rate``, within one tick and a quarter of a frame.

    One tick is what rounding to a coarse clock costs (Matroska counts milliseconds).
    """
    step = 1 / (rate.fraction * time_base)  # ticks a frame
    numerator, denominator = step.numerator, step.denominator
    tolerance = min(Fraction(1), step / 4) * denominator
    first = stamps[0]
    return all(abs((at - first) * denominator - i * numerator) <= tolerance for i, at in enumerate(stamps))


def constant_rate(stamps: Sequence[int], time_base: Fraction, claimed: Iterable[Fraction | None]) -> FrameRate | None:
    """Return the rate every stamp agrees with, the container's claims first; None for a variable rate.

    ``stamps``: presentation times in ``time_base``, ascending, at least one.
    """
    for rate in candidates(stamps, time_base, claimed):
        if fits(stamps, time_base, rate):
            return rate
    return None


def candidates(stamps: Sequence[int], time_base: Fraction, claimed: Iterable[Fraction | None]) -> list[FrameRate]:
    """Return rates to try: the claimed ones and the mean, edit rates close to them first, then every edit rate.

    Matroska's mean is a rounded fraction (19001/317 for 60000/1001, seen); 24 and 23.976 differ by a thousandth.
    """
    found = [_rate(value) for value in claimed]
    if (span := stamps[-1] - stamps[0]) > 0:
        found.append(_rate((len(stamps) - 1) / (span * time_base)))
    claims = [rate for rate in found if rate]
    close = [edit for rate in claims for edit in EDIT_RATES if abs(edit.fraction / rate.fraction - 1) < _CLOSE]
    return list(dict.fromkeys([*close, *claims, *EDIT_RATES]))


def nominal_rate(stamps: Sequence[int], time_base: Fraction) -> FrameRate:
    """Return the edit rate an uneven clip was meant to have; 24 when nothing moves.

    A long gap counts as as many frames as the usual (median) gap fits into it. An edit rate that agrees with the
    mean so found is taken; jitter hides 29.97 from 30, so the nearest whole rate is taken otherwise.
    """
    gaps = [b - a for a, b in pairwise(stamps) if b > a]
    if not gaps:
        return FrameRate(24)
    usual = Fraction(median(gaps))
    frames = sum(max(1, round(gap / usual)) for gap in gaps)
    mean = frames / (sum(gaps) * time_base)
    near = [rate for rate in EDIT_RATES if abs(rate.fraction / mean - 1) < _CLOSE / 2]
    whole = [rate for rate in EDIT_RATES if rate.denominator == 1]
    return min(near or whole, key=lambda rate: max(rate.fraction / mean, mean / rate.fraction))


def _rate(value: Fraction | None) -> FrameRate | None:
    if value is None or not 0 < value <= 1000:
        return None
    return FrameRate.of_media(Fraction(value))
