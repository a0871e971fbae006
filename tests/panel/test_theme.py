"""Tokens: contrast and colour distance are worked out here anew, from the WCAG 2 and OKLab formulas."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.style_sheet import style_sheet

THEMES = (True, False)
GROUNDS = ("bg1", "bg2")
TEXTS = ("text", "text2", "text3")
STATES = ("empty", "blocked", "fresh", "stale", "accepted", "locked", "upstream")
BADGES = ("pending", "in_progress", "complete", "failed", "pending_review")
# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
MACHADO = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(text: str) -> tuple[float, float, float]:
    channels = [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return red, green, blue


def luminance(text: str) -> float:
    red, green, blue = linear(text)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = rgb
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen_by(text: str, eye: str) -> tuple[float, float, float]:
    rgb = linear(text)
    mixed = [sum(factor * one for factor, one in zip(line, rgb, strict=True)) for line in MACHADO[eye]]
    return oklab(tuple(min(1.0, max(0.0, one)) for one in mixed))


def distance(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum((one - other) ** 2 for one, other in zip(a, b, strict=True)) ** 0.5


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", THEMES)
def test_text_reads_on_every_ground(dark: bool) -> None:
    grounds = ("bg0", *GROUNDS, "bg3")
    ratios = {(t, g): contrast(theme.hex_of(t, dark), theme.hex_of(g, dark)) for t in TEXTS for g in grounds}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("dark", THEMES)
def test_state_colours_read_as_text(dark: bool) -> None:
    names = (*STATES, *BADGES, "previz", "conflict", "unknown", "accent")
    ratios = {(n, g): contrast(theme.hex_of(n, dark), theme.hex_of(g, dark)) for n in names for g in ("bg0", *GROUNDS)}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("dark", THEMES)
def test_what_is_written_on_the_primary_button_reads(dark: bool) -> None:
    for ground in ("accent", "accent_hover"):
        assert contrast(theme.hex_of("on_accent", dark), theme.hex_of(ground, dark)) >= 4.5


@pytest.mark.parametrize("dark", THEMES)
def test_edges_of_controls_and_the_focus_ring_stand_out(dark: bool) -> None:
    for name in ("edge", "focus"):
        for ground in ("bg0", "bg1", "bg2", "bg3"):
            assert contrast(theme.hex_of(name, dark), theme.hex_of(ground, dark)) >= 3.0, (name, ground)


@pytest.mark.parametrize("eye", MACHADO)
@pytest.mark.parametrize("family", [STATES, BADGES], ids=["states", "badges"])
def test_states_differ_for_every_eye(family: tuple[str, ...], eye: str) -> None:
    pairs = {
        (a, b): distance(seen_by(theme.hex_of(a, True), eye), seen_by(theme.hex_of(b, True), eye))
        for a, b in combinations(family, 2)
    }
    assert min(pairs.values()) >= 0.05, min(pairs, key=lambda pair: pairs[pair])


@pytest.mark.parametrize("family", [STATES, BADGES], ids=["states", "badges"])
def test_a_state_is_never_colour_alone(family: tuple[str, ...]) -> None:
    assert len({theme.glyph(name) for name in family}) == len(family)
    assert len({theme.word(name) for name in family}) == len(family)


def test_words_of_states_are_the_agreed_ones() -> None:
    assert [theme.word(name) for name in STATES] == [
        "No take yet",
        "Waiting for input",
        "Up to date",
        "Out of date",
        "Kept as is",
        "Locked",
        "May change",
    ]
    assert [theme.word(name) for name in BADGES] == ["Pending", "In progress", "Complete", "Failed", "Pending review"]


@pytest.mark.parametrize("status, token", [("STALE", "stale"), ("InProgress", "in_progress"), ("novel", "unknown")])
def test_a_status_has_a_token(status: str, token: str) -> None:
    assert theme.token_of(status) == token


@pytest.mark.parametrize("dark", THEMES)
def test_the_style_sheet_has_no_colour_of_its_own(dark: bool) -> None:
    sheet = style_sheet(theme.tokens(), dark=dark, scale=1.0)
    known = {str(value).upper() for value in theme.tokens()["dark" if dark else "light"].values()}
    assert {found.upper() for found in re.findall(r"#[0-9A-Fa-f]{6}", sheet)} <= known
    assert "$" not in sheet


def test_larger_type_makes_larger_controls() -> None:
    plain, large = (style_sheet(theme.tokens(), dark=True, scale=scale) for scale in (1.0, 2.0))
    assert "font-size: 12px" in plain and "font-size: 24px" in large
    heights = [
        int(re.search(r"QPushButton, QToolButton \{\n  min-height: (\d+)px", sheet)[1]) for sheet in (plain, large)
    ]  # type: ignore[index]
    assert heights[0] + 2 == 28 and heights[1] > heights[0]
