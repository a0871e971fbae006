"""Estimates: whole micros, the low end never above what is due, the high end never below, unknown never 0."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.providers.catalog import load_catalog
from takebridge.providers.pricing import Estimate, estimate
from takebridge.providers.protocol import ModelProfile, Price

UNITS = ("job", "second", "image", "1k_chars")
micros = st.integers(1, 10**10)
amounts = st.fixed_dictionaries(
    {"duration_ms": st.integers(0, 10**7), "images": st.integers(0, 100), "characters": st.integers(1, 10**6)}
)


def profile(low: int | None, high: int | None, per: str = "job", **facts: Any) -> ModelProfile:
    return ModelProfile(
        id="acme/a-1",
        provider="acme",
        title="A",
        kind="video",
        inputs=(),
        price=Price(currency="EUR", low_micros=low, high_micros=high),
        price_per=per,  # type: ignore[arg-type]
        **facts,
    )


@pytest.mark.parametrize(
    ("per", "asked", "low", "high"),
    [
        ("job", {}, 100_001, 200_001),
        ("job", {"duration_ms": 9000, "images": 4, "characters": 12}, 100_001, 200_001),
        ("second", {"duration_ms": 5000}, 500_005, 1_000_005),
        # 100,001 x 1.333 = 133,301.333 and 200,001 x 1.333 = 266,601.333
        ("second", {"duration_ms": 1333}, 133_301, 266_602),
        ("image", {}, 100_001, 200_001),
        ("image", {"images": 4}, 400_004, 800_004),
        # 100,001 x 0.25 = 25,000.25 and 200,001 x 0.25 = 50,000.25
        ("1k_chars", {"characters": 250}, 25_000, 50_001),
        ("second", {}, None, None),
        ("1k_chars", {}, None, None),
    ],
)
def test_prices_by_unit(per: str, asked: dict[str, int], low: int | None, high: int | None) -> None:
    found = estimate(profile(100_001, 200_001, per, seconds_low=20, seconds_high=90), **asked)
    assert found == Estimate("EUR", low, high, 20, 90)


def test_without_a_length_the_shortest_and_longest_are_counted() -> None:
    found = estimate(profile(100, 300, "second", duration_ms=(4000, 15_500)))
    assert (found.low_micros, found.high_micros) == (400, 4650)
    assert (found.seconds_low, found.seconds_high) == (None, None)


@pytest.mark.parametrize("per", UNITS)
def test_an_unknown_price_stays_unknown_and_nothing_stays_nothing(per: str) -> None:
    unknown = estimate(profile(None, None, per), duration_ms=0, images=0, characters=0)
    assert (unknown.low_micros, unknown.high_micros) == (None, None)
    free = estimate(profile(0, 0, per))
    assert (free.low_micros, free.high_micros) == (0, 0)
    half = estimate(profile(0, 5, per))
    assert (half.low_micros, half.high_micros) == (0, None if per in ("second", "1k_chars") else 5)


@given(st.sampled_from(UNITS), micros, micros, amounts)
def test_a_range_encloses_what_is_due_by_less_than_a_micro(
    per: str, low: int, more: int, asked: dict[str, int]
) -> None:
    units = {
        "job": Fraction(1),
        "second": Fraction(asked["duration_ms"], 1000),
        "image": Fraction(asked["images"]),
        "1k_chars": Fraction(asked["characters"], 1000),
    }[per]
    found = estimate(profile(low, low + more, per), **asked)
    assert type(found.low_micros) is int and type(found.high_micros) is int
    assert 0 <= low * units - found.low_micros < 1
    assert 0 <= found.high_micros - (low + more) * units < 1
    assert found.low_micros <= found.high_micros


@given(st.sampled_from(UNITS), amounts)
def test_what_is_not_known_is_never_a_number(per: str, asked: dict[str, int]) -> None:
    found = estimate(profile(None, None, per), **asked)
    assert (found.low_micros, found.high_micros) == (None, None)


@pytest.mark.parametrize("asked", [{"duration_ms": -1}, {"images": -1}, {"characters": -1}])
def test_less_than_nothing_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="below nothing"):
        estimate(profile(1, 2), **asked)


@pytest.mark.parametrize("model", load_catalog("local"), ids=lambda model: model.id)
def test_what_runs_here_costs_nothing_and_says_how_long_it_takes(model: ModelProfile) -> None:
    found = estimate(model)
    assert (found.low_micros, found.high_micros) == (0, 0)
    assert found.seconds_low is not None and found.seconds_high is not None
