"""Slots against a count on the fingers: which frames of the take fall on which frames of the clip."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from takebridge.cut.slot import CLONE_LIMIT, SlotPlan, framing, plan_slot
from takebridge.errors import RangeError
from takebridge.timebase import FrameRate

RATES = [
    FrameRate(24000, 1001),
    FrameRate(24),
    FrameRate(25),
    FrameRate(30000, 1001),
    FrameRate(30),
    FrameRate(50),
    FrameRate(60000, 1001),
]


@dataclass(frozen=True)
class Case:
    """A clip of media at ``media``; its take, at the same rate, has ``frames`` source frames from ``given`` on."""

    media: FrameRate
    timeline: FrameRate
    given: int
    frames: int
    source: int
    length: int

    @property
    def clip_seconds(self) -> Fraction:
        return Fraction(self.source) / self.media.fraction

    @property
    def take_seconds(self) -> Fraction:
        return Fraction(self.given) / self.media.fraction

    @property
    def take_end(self) -> Fraction:
        return Fraction(self.given + self.frames) / self.media.fraction

    def on_record_frame(self, number: int) -> Fraction:
        """Media time on the clip's record frame ``number`` (negative: before its head)."""
        return self.clip_seconds + Fraction(number) / self.timeline.fraction

    def plan(self) -> SlotPlan:
        return plan_slot(
            clip_seconds=self.clip_seconds,
            clip_frames=self.length,
            timeline_rate=self.timeline,
            take_seconds=self.take_seconds,
            take_duration=self.take_end - self.take_seconds,
        )

    def covered(self) -> list[int]:
        """Record frames, counted from the clip's head, at whose time the take has a picture: looked up one by one."""
        reach = 3 * (self.frames + self.length + abs(self.source - self.given)) + 10
        return [n for n in range(-reach, reach) if self.take_seconds <= self.on_record_frame(n) < self.take_end]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    given_frame = draw(st.integers(0, 100_000))
    frames = draw(st.integers(1, 60))
    return Case(
        media=draw(st.sampled_from(RATES)),
        timeline=draw(st.sampled_from(RATES)),
        given=given_frame,
        frames=frames,
        source=given_frame + draw(st.integers(-3, frames + 3)),
        length=draw(st.integers(1, 90)),
    )


def expected(case: Case) -> tuple[str, int] | tuple[int, int, Fraction]:
    """("head"|"tail", frames missing), or (handles at the head, frames of the file, first media time)."""
    before = sum(1 for n in range(20) if case.on_record_frame(n) < case.take_seconds)
    if before:
        return "head", before
    covered = case.covered()
    missing = case.length - (max(covered) + 1) if covered else case.length
    if 0 not in covered:
        past = max((n for n in covered), default=None)
        return "tail", case.length - 1 - past if past is not None else -1
    if missing > CLONE_LIMIT:
        return "tail", missing
    head = -min(covered)
    return head, head + max(max(covered) + 1, case.length), case.on_record_frame(-head)


@given(cases())
def test_the_plan_is_what_counting_frame_by_frame_gives(case: Case) -> None:
    wanted = expected(case)
    try:
        plan = case.plan()
    except RangeError as error:
        assert wanted[0] == error.details["where"]
        if wanted[1] != -1:
            assert wanted[1] == error.details["frames"]
            assert f"shows {wanted[1]} more frame" in error.message
        assert str(error.details["where"]) in error.message
    else:
        assert (plan.used.start, plan.frame_count, plan.origin) == wanted


@given(cases())
def test_every_record_frame_shows_the_source_frame_the_clip_showed(case: Case) -> None:
    plan = _planned(case)
    for number in range(case.length):
        at = plan.take_start + Fraction(plan.used.start + number) / plan.rate.fraction
        take_frame = min((at * case.media.fraction).__floor__(), case.frames - 1)  # the tail may be held
        clip_frame = case.source + (Fraction(number) * case.media.fraction / case.timeline.fraction).__floor__()
        held = at >= case.take_end - case.take_seconds
        assert take_frame == clip_frame - case.given or held
        if number == 0:
            assert case.take_seconds + at == case.clip_seconds
            assert not held


@given(cases())
def test_the_file_stays_inside_the_take_and_handles_are_real(case: Case) -> None:
    plan = _planned(case)
    one = 1 / case.timeline.fraction
    assert 0 <= plan.take_start < one
    assert plan.rate == case.timeline
    assert plan.used.duration == case.length
    assert plan.used.start >= 0
    assert plan.used.end <= plan.frame_count
    last = plan.take_start + (plan.frame_count - 1) * one
    over = last - (case.take_end - case.take_seconds)  # ≥ 0: the last frame begins after the take's end
    assert over < CLONE_LIMIT * one
    if plan.frame_count > plan.used.end:
        assert over < 0  # a handle is never a held frame


def _planned(case: Case) -> SlotPlan:
    assume(not isinstance(expected(case)[0], str))
    return case.plan()


SIZES = st.integers(2, 4200)


@given(SIZES, SIZES, SIZES, SIZES)
def test_framing_keeps_the_aspect_and_is_even(sw: int, sh: int, tw: int, th: int) -> None:
    assume(max(sw, sh) <= 20 * min(sw, sh) and min(tw, th) >= 16)
    width, height = framing(sw, sh, tw, th)
    assert width % 2 == height % 2 == 0
    assert min(width, height) >= 2
    if sw > tw or sh > th:
        assert (abs(width - sw), abs(height - sh)) <= (1, 1)  # as it is: never enlarged, never made smaller
    else:
        assert width <= tw + 1
        assert height <= th + 1
        assert abs(width - tw) <= 1 or abs(height - th) <= 1
        # Each side is off by one pixel at most from the exact fit.
        scale = min(Fraction(tw, sw), Fraction(th, sh))
        assert abs(width - sw * scale) <= 1
        assert abs(height - sh * scale) <= 1 or height == 2


@given(SIZES, SIZES)
def test_a_source_of_the_timelines_size_stays_so(width: int, height: int) -> None:
    width, height = width * 2, height * 2
    assert framing(width, height, width, height) == (width, height)
