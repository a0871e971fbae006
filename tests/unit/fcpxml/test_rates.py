"""Rates by name and the conform rule, against facts seen in Final Cut Pro and worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from takebridge_fcpxml import rates

F = Fraction
FILM, TV, DOUBLE = F(24000, 1001), F(30000, 1001), F(60000, 1001)


def test_every_rate_has_the_word_it_is_rounded_to() -> None:
    for word, rate in rates.SOURCE_RATES.items():
        assert f"{float(rate):.2f}".rstrip("0").rstrip(".") == word
        assert rates.source_rate_name(rate) == word
        assert rates.format_suffix(rate) == word.replace(".", "")


def test_an_unknown_rate_has_no_word() -> None:
    assert rates.source_rate_name(F(15)) is None
    assert rates.format_suffix(F(15)) is None


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (23.976, FILM), (23.98, FILM), (24000 / 1001, FILM), (24.0, F(24)), (29.97, TV), (30.0, F(30)), (59.94, DOUBLE),
        (119.88, F(120000, 1001)), (23.0, None), (12.5, None), (0.0, None), (-24.0, None), (1e300, None),
    ],
)  # fmt: skip
def test_a_rounded_number_means_the_exact_rate(given: float, exact: Fraction | None) -> None:
    assert rates.nearest_rate(given) == exact


@pytest.mark.parametrize(
    ("source", "sequence", "scale"),
    [
        # 25 in 24: 3551/24 s of timeline show 142.04 s of media (seen in an export): 142.04 * 24 / 3551 = 24/25.
        (F(25), F(24), F(14204, 100) * 24 / 3551),
        (F(24), F(25), F(25, 24)),
        # 23.98 in 60, seen in Final Cut: 2652650/375000 s of media are 7:04 at 60 fps, that is 424/60 s.
        (FILM, F(60), F(2652650, 375000) / F(424, 60)),
        (FILM, F(24), F(1001, 1000)),
        (FILM, TV, F(1001, 1000)),
        (FILM, DOUBLE, F(1001, 1000)),
        (TV, FILM, F(1000, 1001)),
        (TV, F(25), F(1001, 1000)),
        (TV, DOUBLE, F(1)),
        (FILM, F(48000, 1001), F(1)),
        (F(25), FILM, F(24, 25) * F(1000, 1001)),
        (F(30), TV, F(1000, 1001)),
        (F(30), F(60), F(1)),
        (F(25), F(50), F(1)),
        (F(25), F(25), F(1)),
    ],
)
def test_the_conform_scale(source: Fraction, sequence: Fraction, scale: Fraction) -> None:
    assert rates.conform_scale(source, sequence) == scale


def test_ntsc_rates_are_multiples_of_a_1001st() -> None:
    assert [word for word, rate in rates.SOURCE_RATES.items() if rates.is_ntsc(rate)] == [
        "23.98", "29.97", "47.95", "59.94", "119.88",
    ]  # fmt: skip
