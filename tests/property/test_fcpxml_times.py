"""Laws of exact time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.fcpxml import film

from takebridge_fcpxml import format_time, parse_time
from takebridge_fcpxml.errors import TimeValueError
from takebridge_fcpxml.rates import SOURCE_RATES
from takebridge_fcpxml.times import fits, on_grid, snap, snap_frames, timescale_of, to_frames

numerators = st.integers(-(2**63), 2**63 - 1)
denominators = st.integers(1, 2**32 - 1)
times = st.builds(Fraction, numerators, denominators)
frame_durations = st.sampled_from([1 / rate for rate in SOURCE_RATES.values()])
timescales = st.integers(0, 2**33) | st.sampled_from([600, 2400, 2500, 24000, 30000, 48000, 90000, 720000])


@given(times, timescales)
def test_what_is_written_reads_back_equal(value: Fraction, timescale: int) -> None:
    text = format_time(value, timescale)
    assert parse_time(text) == value
    assert "." not in text
    number, _, scale = text.removesuffix("s").partition("/")
    assert -(2**63) <= int(number) < 2**63
    assert 1 <= int(scale or 1) < 2**32


@given(numerators, denominators, st.integers(1, 1000))
def test_an_unreduced_spelling_means_the_same(numerator: int, denominator: int, factor: int) -> None:
    assert parse_time(f"{numerator * factor}/{denominator * factor}s") == Fraction(numerator, denominator)


@given(st.integers(-(2**70), 2**70), st.integers(1, 2**40))
def test_a_value_is_read_exactly_when_it_fits(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    text = f"{numerator}/{denominator}s"
    inside = abs(value.numerator) < 2**63 or value.numerator == -(2**63)
    assert fits(value) == (inside and value.denominator < 2**32)
    if fits(value):
        assert parse_time(text) == value
    else:
        with pytest.raises(TimeValueError):
            parse_time(text)
        with pytest.raises(TimeValueError):
            format_time(value)


@given(st.decimals(-(10**12), 10**12, places=9, allow_nan=False))
def test_decimals_are_read_exactly(value: object) -> None:
    assert parse_time(f"{value:f}s") == Fraction(str(value))


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_a_time_error(text: str) -> None:
    try:
        value = parse_time(text)
    except TimeValueError as error:
        assert error.hint
    else:
        assert isinstance(value, Fraction)
    assert timescale_of(text) >= 0


@given(st.integers(-(10**9), 10**9), frame_durations)
def test_whole_frames_are_on_the_grid_and_count_back(frames: int, frame: Fraction) -> None:
    value = frames * frame
    assert on_grid(value, frame)
    assert to_frames(value, frame) == frames
    assert snap(value, frame) == value
    assert parse_time(format_time(value, frame.denominator)) == value


@given(st.fractions(-(10**6), 10**6, max_denominator=10**6), frame_durations)
def test_snapping_moves_half_a_frame_at_most(value: Fraction, frame: Fraction) -> None:
    moved = snap(value, frame) - value
    assert -frame / 2 < moved <= frame / 2
    assert on_grid(value, frame) == (moved == 0)
    assert snap_frames(value, frame) * frame == value + moved


@given(times, times)
def test_an_attribute_keeps_its_spelling_exactly_when_the_value_is_equal(old: Fraction, new: Fraction) -> None:
    spelled = f"{old.numerator * 3}/{old.denominator * 3}s"
    item = film(f'<gap offset="0s" duration="{spelled}"/>').projects[0].sequence.spine.items[0]
    item.duration = old
    assert item.element.get("duration") == spelled
    item.duration = new
    assert item.duration == new
    assert (item.element.get("duration") == spelled) == (old == new)
