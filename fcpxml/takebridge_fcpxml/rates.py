"""Frame rates by their names, and how Final Cut Pro conforms one rate to another.

``conform-rate@srcFrameRate`` and format names spell rates as rounded decimals (``23.98``, ``2398``); here they are
exact fractions of frames per second.
"""

from __future__ import annotations

import re
from fractions import Fraction

#: conform-rate@srcFrameRate, DTD 1.13 (90 and up from 1.13 on).
SOURCE_RATES = {
    "23.98": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "47.95": Fraction(48000, 1001),
    "48": Fraction(48),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
    "90": Fraction(90),
    "100": Fraction(100),
    "119.88": Fraction(120000, 1001),
    "120": Fraction(120),
}
_NAMES = {rate: name for name, rate in SOURCE_RATES.items()}
_SUFFIXES = {name.replace(".", ""): rate for name, rate in SOURCE_RATES.items()}
_FORMAT_NAME = re.compile(r"FFVideoFormat.*\d([pi])([0-9]{2,5})(?:_16x9)?")
_FILM_NTSC = frozenset({Fraction(24000, 1001), Fraction(48000, 1001)})
_PULL = Fraction(1001, 1000)


def source_rate_name(rate: Fraction) -> str | None:
    """The ``srcFrameRate`` word for a rate, or None when conform-rate has no word for it."""
    return _NAMES.get(rate)


def format_suffix(rate: Fraction) -> str | None:
    """The rate part of a format name (``2398``, ``25``, ``2997`` …), or None for a rate without one."""
    name = _NAMES.get(rate)
    return name.replace(".", "") if name else None


def named_rate(name: str) -> Fraction | None:
    """Frames per second of a format by its name (``FFVideoFormat1080p2398``, ``FFVideoFormatDV720x576i50``), or None.

    The name of an interlaced format counts fields: i50 is 25 frames (25i of the corpus), i5994 29.97.
    """
    found = _FORMAT_NAME.fullmatch(name)
    rate = _SUFFIXES.get(found[2]) if found else None
    return rate / 2 if rate is not None and found is not None and found[1] == "i" and rate > 30 else rate


def nearest_rate(value: float) -> Fraction | None:
    """The exact rate a rounded number means (23.976, 23.98 and 24000/1001 alike), within 0.01 fps; None when none."""
    best = min(SOURCE_RATES.values(), key=lambda rate: abs(float(rate) - value))
    return best if abs(float(best) - value) < 0.01 else None


def is_ntsc(rate: Fraction) -> bool:
    """Whether the rate is a multiple of 1/1.001."""
    return rate.denominator == 1001


def conform_scale(source_rate: Fraction, sequence_rate: Fraction) -> Fraction:
    """Local seconds of a conformed clip that pass in one second of the sequence, with ``scaleEnabled="1"``.

    A conformed clip's ``duration`` is in the time of its parent, while its ``start``, and the ``offset`` or ``start``
    of everything attached to it, run in the media's own time. Observed in Final Cut Pro exports: 25 in 24 plays 24/25
    of a second of media per second (24With25Media: 3551/24s of timeline show 142.04s of media); 23.98 in 24, 30, 50,
    60 and also in 29.97 and 59.94 plays 1.001 seconds (the connected titles and storylines of 30, 50, 59.94 and
    TitlesRoles stand on whole frames only so); 29.97 in 23.98 plays 1/1.001. Other pairs follow the same rule: to the
    rate of the family that is nearest; where no speed change is known the answer is 1.
    """
    if source_rate == sequence_rate:
        return Fraction(1)
    source_ntsc, sequence_ntsc = is_ntsc(source_rate), is_ntsc(sequence_rate)
    if source_ntsc and sequence_ntsc:
        if (source_rate in _FILM_NTSC) == (sequence_rate in _FILM_NTSC):
            return Fraction(1)
        return _PULL if source_rate in _FILM_NTSC else 1 / _PULL
    if source_ntsc:
        return _PULL
    if sequence_ntsc:
        film_from_pal = source_rate == 25 and sequence_rate in _FILM_NTSC
        return Fraction(24, 25) / _PULL if film_from_pal else 1 / _PULL
    if {source_rate, sequence_rate} == {Fraction(24), Fraction(25)}:
        return sequence_rate / source_rate
    return Fraction(1)
