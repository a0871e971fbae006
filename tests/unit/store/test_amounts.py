"""Money in words is exact."""

from __future__ import annotations

import pytest

from takebridge.store.amounts import money, money_range


@pytest.mark.parametrize(
    ("micros", "currency", "words"),
    [
        (0, "USD", "$0.00"),
        (120_000, "USD", "$0.12"),
        (120_000, "EUR", "0.12 EUR"),
        (100_000, "USD", "$0.10"),
        (5_000_000, "USD", "$5.00"),
        (1, "USD", "$0.000001"),
        (1_234_500, "JPY", "1.2345 JPY"),
        (-3, "USD", "-$0.000003"),
        (-2_500_000, "EUR", "-2.50 EUR"),
        (10**15, "USD", "$1000000000.00"),
        (None, "USD", "unknown"),
    ],
)
def test_an_amount_is_shown_exactly(micros: int | None, currency: str, words: str) -> None:
    assert money(micros, currency) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (100_000, 200_000, "$0.10–$0.20"),
        (100_000, 100_000, "$0.10"),
        (0, 0, "$0.00"),
        (None, 200_000, "up to $0.20"),
        (100_000, None, "at least $0.10"),
        (0, None, "at least $0.00"),
        (None, None, "unknown"),
    ],
)
def test_a_range_says_which_end_is_known(low: int | None, high: int | None, words: str) -> None:
    assert money_range(low, high, "USD") == words
