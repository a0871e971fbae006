"""Frames in microseconds: never more than half a microsecond off, neighbours touch, nothing adds up."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from takebridge.cut.model import Span
from takebridge.interchange.capcut_times import SECOND, frame_near, frames_of, microsecond, nearest, range_of
from takebridge.timebase import EDIT_RATES, FrameRate

rates = st.sampled_from(EDIT_RATES)
frames = st.integers(0, 24 * 3600 * 120)
HALF = Fraction(1, 2)


@given(rates, frames)
def test_every_boundary_is_within_half_a_microsecond_of_its_exact_time(rate: FrameRate, frame: int) -> None:
    exact = Fraction(frame * rate.denominator * SECOND, rate.numerator)
    assert abs(microsecond(frame, rate) - exact) <= HALF
    assert isinstance(microsecond(frame, rate), int)


@given(rates, st.lists(st.integers(1, 5000), min_size=1, max_size=60), frames)
def test_neighbours_touch_and_the_total_is_exact(rate: FrameRate, lengths: list[int], begin: int) -> None:
    """Lengths in microseconds sum to the exact whole, however many clips there are."""
    at, ranges = begin, []
    for length in lengths:
        ranges.append(range_of(Span.of(at, length), rate))
        at += length
    assert all(former.end == later.start for former, later in pairwise(ranges))
    assert [one.spelled() for one in ranges] == [
        {"start": one.start, "duration": one.end - one.start} for one in ranges
    ]
    total = sum(one.duration for one in ranges)
    assert total == microsecond(begin + sum(lengths), rate) - microsecond(begin, rate)


@given(rates, frames)
def test_a_boundary_reads_back_as_its_frame(rate: FrameRate, frame: int) -> None:
    for slack in (-1, 0, 1):
        assert frame_near(microsecond(frame, rate) + slack, rate) == (frame, True)


def test_by_hand() -> None:
    """1001/24000 s = 41708.33 µs; 1001/30000 s = 33366.67 µs; half a microsecond goes up."""
    assert [microsecond(n, FrameRate(24000, 1001)) for n in (0, 1, 2, 3)] == [0, 41708, 83417, 125125]
    assert [microsecond(n, FrameRate(30000, 1001)) for n in (1, 2, 3)] == [33367, 66733, 100100]
    assert [nearest(Fraction(1, 2)), nearest(Fraction(3, 2)), nearest(Fraction(-1, 2))] == [1, 2, 0]


def test_between_frames_is_said_exactly() -> None:
    assert frame_near(50_000, FrameRate(25)) == (1, False)
    assert frames_of(50_000, FrameRate(25)) == Fraction(5, 4)
    assert frames_of(40_000, FrameRate(25)) == 1
