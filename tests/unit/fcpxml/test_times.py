"""Exact time: what is read, what is refused, what is written. Expected values are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml import format_time, parse_time, times
from takebridge_fcpxml.errors import BadValueError, TimeValueError

F = Fraction


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", F(0)),
        ("5s", F(5)),
        ("-5s", F(-5)),
        ("+5s", F(5)),
        ("1001/24000s", F(1001, 24000)),
        ("100/2500s", F(1, 25)),
        ("0/1s", F(0)),
        ("-1001/24000s", F(-1001, 24000)),
        ("121.74s", F(6087, 50)),
        ("-0.5s", F(-1, 2)),
        ("0.04170837504170837s", F(4170837504170837, 10**17)),
        (" 5s\n", F(5)),
        ("007/0021s", F(1, 3)),
        ("9223372036854775807s", F(2**63 - 1)),
        ("-9223372036854775808s", F(-(2**63))),
        ("1/4294967295s", F(1, 2**32 - 1)),
        ("8589934592/8589934592s", F(1)),
    ],
)
def test_a_time_is_read_exactly(text: str, seconds: Fraction) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "", "s", "5", "5 s", "5S", "1/s", "/2s", "1/2", "1//2s", "1/2/3s", "1.5/2s", "1/2.5s", "1e3s", "1_000s", "0x5s",
        "٣s", "²s", "infs", "nans", "--5s", "5ss", "1/0s", "1/000s", "0/0s", "1/-2s", ".5s", "5.s", "5,0s",
        "9" * 41 + "s",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(TimeValueError) as caught:
        parse_time(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775808s",
        "-9223372036854775809s",
        "1/4294967296s",
        "1/9999999999999s",
        "18446744073709551616/3s",
        "9223372036854775808.5s",
    ],
)
def test_a_value_beyond_64_over_32_bits_is_refused(text: str) -> None:
    with pytest.raises(TimeValueError, match="64 bits over 32 bits"):
        parse_time(text)


def test_the_width_counts_for_the_value_not_for_its_spelling() -> None:
    assert parse_time("10000000000/20000000000s") == F(1, 2)


@pytest.mark.parametrize(
    ("value", "timescale", "text"),
    [
        (F(0), 0, "0s"),
        (F(5), 24000, "5s"),
        (F(1001, 24000), 0, "1001/24000s"),
        (F(1, 25), 2500, "100/2500s"),
        (F(1, 25), 24000, "960/24000s"),
        (F(1, 3), 2500, "1/3s"),
        (F(-1, 2), 0, "-1/2s"),
        (F(1, 2), 2**33, "1/2s"),
        (F(2**62, 3), 6 * 10**8, f"{2**62}/3s"),
        (7, 0, "7s"),
    ],
)
def test_a_time_is_written_over_the_wanted_timescale_when_that_is_exact(
    value: Fraction, timescale: int, text: str
) -> None:
    assert format_time(value, timescale) == text


@pytest.mark.parametrize("value", [F(2**63), F(-(2**63) - 1), F(1, 2**32)])
def test_what_does_not_fit_is_never_written(value: Fraction) -> None:
    with pytest.raises(TimeValueError):
        format_time(value)


@pytest.mark.parametrize(
    ("text", "scale"),
    [("1001/24000s", 24000), ("5s", 0), (None, 0), ("", 0), ("1/²s", 0), ("1/x", 0), ("1/" + "9" * 11 + "s", 0)],
)
def test_the_timescale_of_a_spelling(text: str | None, scale: int) -> None:
    assert times.timescale_of(text) == scale


NTSC = F(1001, 24000)


def test_frames_are_exact_or_refused() -> None:
    assert times.to_frames(NTSC * 86400, NTSC) == 86400
    assert times.on_grid(NTSC * 7, NTSC)
    assert not times.on_grid(F(1), NTSC)
    with pytest.raises(BadValueError, match="not on the frame grid"):
        times.to_frames(F(1), NTSC)


@pytest.mark.parametrize(("halves", "frames"), [(0, 0), (1, 1), (2, 1), (3, 2), (-1, 0), (-2, -1), (-3, -1)])
def test_snapping_sends_exact_halves_up(halves: int, frames: int) -> None:
    assert times.snap_frames(NTSC * halves / 2, NTSC) == frames
    assert times.snap(NTSC * halves / 2, NTSC) == NTSC * frames


def test_the_spelling_of_an_equal_value_is_kept_and_a_new_one_keeps_the_timescale() -> None:
    gap = film('<gap name="Gap" offset="86486400/24000s" start="3600.0s" duration="100/2500s"/>').projects[0]
    item = gap.sequence.spine.items[0]
    item.duration = F(1, 25)
    item.start = F(3600)
    assert item.element.get("duration") == "100/2500s"
    assert item.element.get("start") == "3600.0s"
    item.duration = F(2, 25)
    assert item.element.get("duration") == "200/2500s"
    item.start = F(7, 2)
    assert item.element.get("start") == "7/2s"


@pytest.mark.parametrize("value", [0.5, "5s", True and 1.0])
def test_only_exact_times_can_be_set(value: object) -> None:
    item = film('<gap offset="0s" duration="1s"/>').projects[0].sequence.spine.items[0]
    with pytest.raises(BadValueError, match="not an exact time"):
        item.duration = value  # type: ignore[assignment]
    assert item.element.get("duration") == "1s"


def test_a_bad_time_names_its_attribute_and_line() -> None:
    item = film('<gap offset="0s" duration="soon"/>').projects[0].sequence.spine.items[0]
    with pytest.raises(TimeValueError) as caught:
        _ = item.duration
    assert caught.value.path == "fcpxml/library/event/project/sequence/spine/gap@duration"
    assert caught.value.line == item.element.sourceline
    item.duration = F(3)
    assert item.element.get("duration") == "3s"
