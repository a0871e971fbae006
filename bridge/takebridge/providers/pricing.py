"""What one job will cost and take, as ranges. What is not known stays None and is never 0.

A model has a price, and rules that replace it under conditions (`PriceRule`). What a condition asks about and nobody
said stays open: then the range spans every rule that could hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from re import fullmatch

from takebridge.providers.facts import PriceUnit
from takebridge.providers.protocol import GenerationRequest, ModelProfile, ParamValue

Facts = Mapping[str, ParamValue]
"""What is known of a job: its parameters by name, and ``with.<role>`` for each kind of input."""

_THOUSANDTHS = frozenset({"second", "1k_chars"})
"""Units that are counted in thousandths: milliseconds, characters."""

_MILLIONTHS = frozenset({"megapixel", "1m_tokens"})

_MOST_CASES = 4096
"""Combinations of unknown facts that are looked at: more than any vendor's price list has."""

_HEIGHTS = {"0.5k": 512, "1k": 1024, "2k": 2048, "4k": 2160, "8k": 4320, "hd": 720, "fhd": 1080, "uhd": 2160}
"""Shorter sides behind words for a size."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Cost in millionths of ``currency`` and time in seconds of one job; None is unknown."""

    currency: str
    low_micros: int | None
    high_micros: int | None
    seconds_low: int | None
    seconds_high: int | None


@dataclass(frozen=True, slots=True)
class _Rate:
    """What one unit costs under the conditions of a rule."""

    low_micros: int | None
    high_micros: int | None
    per: PriceUnit


def estimate(
    profile: ModelProfile,
    *,
    duration_ms: int | None = None,
    images: int = 1,
    characters: int = 0,
    pixels: int | None = None,
    tokens: int | None = None,
    facts: Facts | None = None,
) -> Estimate:
    """Return the range of what one job costs. Whole micros: the low end is rounded down, the high end up.

    ``duration_ms`` is the length asked for; without it the shortest and longest the model makes are counted.
    ``characters`` are those spoken, 0 when they are not known; ``pixels`` those of the result. ``facts`` decide which
    price holds (None: nothing is known of the job). A price of 0 is 0 whatever the amount.
    Raises ValueError for a negative amount.
    """
    if min(duration_ms or 0, images, characters, pixels or 0, tokens or 0) < 0:
        raise ValueError("an amount below nothing has no price")
    amounts: dict[str, tuple[int | None, int | None]] = {
        "second": profile.duration_ms or _ends(profile.durations_ms) if duration_ms is None else (duration_ms,) * 2,
        "1k_chars": (characters or None,) * 2,
        "image": (images, images),
        "megapixel": (pixels, pixels),
        "1m_tokens": (tokens, tokens),
        "job": (1, 1),
    }
    totals = [_total(rate, amounts[rate.per]) for rate in _rates(profile, facts)]
    lows, highs = [low for low, _ in totals], [high for _, high in totals]
    return Estimate(
        currency=profile.price.currency,
        low_micros=None if None in lows else min(low for low in lows if low is not None),
        high_micros=None if None in highs else max(high for high in highs if high is not None),
        seconds_low=profile.seconds_low,
        seconds_high=profile.seconds_high,
    )


def facts_of(profile: ModelProfile, request: GenerationRequest) -> dict[str, ParamValue]:
    """Return what a request says about its price: its parameters, the model's defaults, which inputs it has."""
    given = {one.role for one in request.inputs}
    return {
        **profile.params,
        **request.params,
        **{f"with.{slot.role}": slot.role in given for slot in profile.inputs},
        **{f"with.{role}": True for role in given},
    }


def pixels_of(request: GenerationRequest) -> int | None:
    """Return how many pixels the result will have, from its size, else its resolution and aspect; None: not known."""
    if request.width and request.height:
        return request.width * request.height
    short, ratio = short_side(request.params.get("resolution")), ratio_of(request.params.get("aspect"))
    if short is None or ratio is None:
        return None
    return round(short * short * max(ratio, 1 / ratio))


def short_side(resolution: object) -> int | None:
    """Return the shorter side in pixels that a resolution such as ``720p`` or ``4K`` means; None: it says none."""
    text = str(resolution or "").strip().lower()
    if found := fullmatch(r"(\d{2,5})p?", text):
        return int(found[1])
    if found := fullmatch(r"(\d{2,5})\s*[x×:]\s*(\d{2,5})", text):
        return min(int(found[1]), int(found[2]))
    return _HEIGHTS.get(text)


def ratio_of(aspect: object) -> Fraction | None:
    """Return width by height of an aspect such as ``16:9`` or ``1280:720``; None for words such as ``auto``."""
    found = fullmatch(r"\s*(\d{1,5}(?:\.\d+)?)\s*[:x×/]\s*(\d{1,5}(?:\.\d+)?)\s*", str(aspect or ""))
    if not found or not Fraction(found[1]) or not Fraction(found[2]):
        return None
    return Fraction(found[1]) / Fraction(found[2])


# --- which price holds ----------------------------------------------------------------------------------


def _rates(profile: ModelProfile, facts: Facts | None) -> Iterator[_Rate]:
    """Yield the price of every case that what is known leaves open; the first rule that holds counts in each."""
    asked = dict.fromkeys(name for rule in profile.prices for name in rule.when)
    known = {name: value for name, value in (facts or {}).items() if name in asked}
    left = [name for name in asked if name not in known]
    domains = [_domain(profile, name) for name in left]
    for values in islice(product(*domains), _MOST_CASES):
        yield _rate(profile, {**known, **dict(zip(left, values, strict=True))})


def _rate(profile: ModelProfile, facts: Facts) -> _Rate:
    for rule in profile.prices:
        if all(_same(facts[name], want) for name, want in rule.when.items()):
            return _Rate(rule.low_micros, rule.high_micros, rule.per or profile.price_per)
    return _Rate(profile.price.low_micros, profile.price.high_micros, profile.price_per)


def _domain(profile: ModelProfile, name: str) -> tuple[ParamValue, ...]:
    """What a fact may be: the choices of a parameter, yes or no; else what rules name, and anything else."""
    if name in profile.choices:
        return profile.choices[name]
    named = [rule.when[name] for rule in profile.prices if name in rule.when]
    if name.startswith("with.") or any(isinstance(value, bool) for value in named):
        return (False, True)
    return (*dict.fromkeys(named), "")


def _same(value: ParamValue, want: ParamValue) -> bool:
    """Compare with type (in Python ``True == 1``); words without regard to case."""
    if isinstance(value, str) and isinstance(want, str):
        return value.casefold() == want.casefold()
    return type(value) is type(want) and value == want


def _total(rate: _Rate, amount: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    per_unit = 1000 if rate.per in _THOUSANDTHS else 1_000_000 if rate.per in _MILLIONTHS else 1
    low, high = _times(rate.low_micros, amount[0]), _times(rate.high_micros, amount[1])
    return None if low is None else low // per_unit, None if high is None else -(-high // per_unit)


def _times(micros: int | None, amount: int | None) -> int | None:
    if micros is None or amount is None:
        return micros if micros == 0 else None
    return micros * amount


def _ends(lengths: Iterable[int]) -> tuple[int | None, int | None]:
    found = sorted(lengths)
    return (found[0], found[-1]) if found else (None, None)
