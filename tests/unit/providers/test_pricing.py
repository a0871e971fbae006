"""Estimates: whole micros, the low end never above what is due, the high end never below, unknown never 0."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.providers.catalog import load_catalog
from takebridge.providers.pricing import Estimate, estimate, facts_of, pixels_of, ratio_of, short_side
from takebridge.providers.protocol import GenerationRequest, InputSlot, ModelProfile, Price

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
def test_prices_by_unit(per: str, asked: dict[str, Any], low: int | None, high: int | None) -> None:
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
    per: str, low: int, more: int, asked: dict[str, Any]
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
def test_what_is_not_known_is_never_a_number(per: str, asked: dict[str, Any]) -> None:
    found = estimate(profile(None, None, per), **asked)
    assert (found.low_micros, found.high_micros) == (None, None)


@pytest.mark.parametrize("asked", [{"duration_ms": -1}, {"images": -1}, {"characters": -1}])
def test_less_than_nothing_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="below nothing"):
        estimate(profile(1, 2), **asked)


@pytest.mark.parametrize("model", load_catalog("local"), ids=lambda model: model.id)
def test_what_runs_here_costs_nothing_and_says_how_long_it_takes(model: ModelProfile) -> None:
    found = estimate(model)
    assert (found.low_micros, found.high_micros) == (0, 0)
    assert found.seconds_low is not None and found.seconds_high is not None


# --- prices by request ----------------------------------------------------------------------------------


def ruled(**facts: Any) -> ModelProfile:
    """$0.10 a second, $0.30 in 1080p, $0.02 with a clip; 4 to 10 s long."""
    rules = [
        {"when": {"with.source_video": True}, "low_micros": 20_000, "high_micros": 20_000},
        {"when": {"resolution": "1080p"}, "low_micros": 300_000, "high_micros": 310_000},
    ]
    price = Price(low_micros=100_000, high_micros=100_000)
    kept: dict[str, Any] = {"price": price, "price_per": "second", "prices": rules, "duration_ms": (4000, 10_000)}
    choices = {"params": {"resolution": "720p"}, "choices": {"resolution": ("720p", "1080p")}}
    return ModelProfile.model_validate({**profile(0, 0).model_dump(), **kept, **choices, **facts})


@pytest.mark.parametrize(
    ("facts", "low", "high"),
    [
        ({"resolution": "720p", "with.source_video": False}, 500_000, 500_000),
        ({"resolution": "1080p", "with.source_video": False}, 1_500_000, 1_550_000),
        ({"resolution": "1080P", "with.source_video": False}, 1_500_000, 1_550_000),
        # The first rule that holds counts.
        ({"resolution": "1080p", "with.source_video": True}, 100_000, 100_000),
        # Left open: every case that remains.
        ({"with.source_video": False}, 500_000, 1_550_000),
        ({"resolution": "720p"}, 100_000, 500_000),
        ({}, 100_000, 1_550_000),
        (None, 100_000, 1_550_000),
    ],
)
def test_of_several_prices_the_one_that_holds_counts(facts: Any, low: int, high: int) -> None:
    found = estimate(ruled(), duration_ms=5000, facts=facts)
    assert (found.low_micros, found.high_micros) == (low, high)


def test_a_price_nobody_knows_counts_only_where_it_can_hold() -> None:
    rules = [{"when": {"resolution": value}, "low_micros": 1000, "high_micros": 1000} for value in ("720p", "1080p")]
    whole = ruled(prices=rules, price=Price(low_micros=None, high_micros=None))
    assert estimate(whole, duration_ms=4000).high_micros == 4000
    half = ruled(prices=rules[:1], price=Price(low_micros=None, high_micros=None))
    assert estimate(half, duration_ms=4000).high_micros is None
    assert estimate(half, duration_ms=4000, facts={"resolution": "720p"}).high_micros == 4000


def test_the_unit_of_a_rule_replaces_that_of_the_model() -> None:
    rules = [{"when": {"resolution": "1080p"}, "low_micros": 5, "high_micros": 7, "per": "job"}]
    found = estimate(ruled(prices=rules), duration_ms=60_000, facts={"resolution": "1080p"})
    assert (found.low_micros, found.high_micros) == (5, 7)


@pytest.mark.parametrize(
    ("per", "asked", "low", "high"),
    [
        # 1.5 megapixels: 100,001 x 1.5 = 150,001.5 and 200,001 x 1.5 = 300,001.5
        ("megapixel", {"pixels": 1_500_000}, 150_001, 300_002),
        ("megapixel", {}, None, None),
        ("1m_tokens", {"tokens": 2_000_000}, 200_002, 400_002),
        ("1m_tokens", {}, None, None),
    ],
)
def test_pixels_and_tokens_are_counted_by_the_million(
    per: str, asked: dict[str, Any], low: int | None, high: int | None
) -> None:
    found = estimate(profile(100_001, 200_001, per), **asked)
    assert (found.low_micros, found.high_micros) == (low, high)


def test_where_only_some_lengths_exist_the_shortest_and_longest_count() -> None:
    found = estimate(profile(100, 300, "second", durations_ms=(8000, 4000, 6000)))
    assert (found.low_micros, found.high_micros) == (400, 2400)


@pytest.mark.parametrize(
    ("said", "side"),
    [("720p", 720), ("4K", 2160), ("2k", 2048), ("1280:720", 720), ("1080x1920", 1080), ("auto", None), (None, None)],
)
def test_a_resolution_says_its_shorter_side(said: object, side: int | None) -> None:
    assert short_side(said) == side


@pytest.mark.parametrize(
    ("said", "ratio"),
    [
        ("16:9", Fraction(16, 9)),
        ("1280:720", Fraction(16, 9)),
        ("9x16", Fraction(9, 16)),
        ("auto", None),
        ("0:9", None),
    ],
)
def test_an_aspect_is_width_by_height(said: str, ratio: Fraction | None) -> None:
    assert ratio_of(said) == ratio


def test_a_request_says_what_its_price_depends_on() -> None:
    asked = GenerationRequest(token="token-0001", model="acme/a-1", kind="video", params={"resolution": "1080p"})
    taking = ruled(inputs=(InputSlot(role="source_video"),))
    assert facts_of(taking, asked) == {"resolution": "1080p", "with.source_video": False}
    # 1080 x 1080 x 16/9
    assert pixels_of(asked.model_copy(update={"params": {"resolution": "1080p", "aspect": "9:16"}})) == 2_073_600
    assert pixels_of(asked) is None
    assert pixels_of(asked.model_copy(update={"width": 10, "height": 20})) == 200
