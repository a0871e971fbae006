"""Slots by example, with numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from takebridge.cut.slot import SlotPlan, framing, plan_slot
from takebridge.errors import RangeError
from takebridge.timebase import FrameRange, FrameRate

R24, R25, R23 = FrameRate(24), FrameRate(25), FrameRate(24000, 1001)


def plan(clip: Fraction, frames: int, take: Fraction, duration: Fraction, rate: FrameRate = R24) -> SlotPlan:
    return plan_slot(
        clip_seconds=clip, clip_frames=frames, timeline_rate=rate, take_seconds=take, take_duration=duration
    )


def test_same_rate_keeps_twelve_frames_on_both_sides() -> None:
    # Source frames 24–72 were shown, 12–84 were given, all at 24.
    made = plan(Fraction(1), 48, Fraction(1, 2), Fraction(3))
    assert made == SlotPlan(R24, Fraction(0), 72, FrameRange(12, 60), Fraction(1, 2))


def test_a_trimmed_clip_moves_inside_the_same_take() -> None:
    made = plan(Fraction(1) + Fraction(5, 24), 40, Fraction(1, 2), Fraction(3))
    assert (made.used, made.frame_count) == (FrameRange(17, 57), 72)


def test_film_on_a_pal_timeline_starts_between_two_handles() -> None:
    # The head lies 12 film frames = 12·1001/24000 s = 0.5005 s into the take: 12.5125 frames at 25.
    made = plan(Fraction(24 * 1001, 24000), 50, Fraction(12 * 1001, 24000), Fraction(72 * 1001, 24000), R25)
    assert made.used.start == 12
    assert made.take_start == Fraction(12 * 1001, 24000) - Fraction(12, 25) == Fraction(41, 2000)
    # 72 film frames = 3.003 s; less 0.0205 s leaves 2.9825 s = 74.5625 frames: the 75th begins inside.
    assert made.frame_count == 75


@pytest.mark.parametrize(("short", "accepted"), [(0, True), (1, True), (2, True), (3, False)])
def test_two_frames_may_be_held_at_the_tail(short: int, accepted: bool) -> None:
    length = Fraction(48 - short, 24)
    if accepted:
        assert plan(Fraction(0), 48, Fraction(0), length).frame_count == 48
    else:
        with pytest.raises(RangeError, match="3 more frames at its tail"):
            plan(Fraction(0), 48, Fraction(0), length)


def test_one_frame_missing_at_the_head_is_refused_in_the_singular() -> None:
    with pytest.raises(RangeError, match="1 more frame at its head") as caught:
        plan(Fraction(0), 48, Fraction(1, 24), Fraction(3))
    assert caught.value.details == {"frames": 1, "where": "head"}
    assert "Push the clip again" in caught.value.hint


@pytest.mark.parametrize("frames", [1, 2])
def test_a_clip_behind_the_take_is_refused_however_short(frames: int) -> None:
    with pytest.raises(RangeError, match="tail"):
        plan(Fraction(1), frames, Fraction(0), Fraction(1))


@pytest.mark.parametrize(
    ("source", "timeline", "expected"),
    [
        ((1920, 1080), (1920, 1080), (1920, 1080)),
        ((1280, 720), (1920, 1080), (1920, 1080)),
        ((3840, 2160), (1920, 1080), (3840, 2160)),
        ((1440, 1080), (3840, 2160), (2880, 2160)),
        ((2048, 858), (1920, 1080), (2048, 858)),
        ((1920, 803), (3840, 2160), (3840, 1606)),
        ((1080, 1920), (1920, 1080), (1080, 1920)),
        ((608, 1080), (1920, 1080), (608, 1080)),
        ((607, 1079), (1920, 1080), (608, 1080)),
    ],
)
def test_framing(source: tuple[int, int], timeline: tuple[int, int], expected: tuple[int, int]) -> None:
    assert framing(*source, *timeline) == expected
