"""Frames as CapCut counts time: whole microseconds.

A boundary is rounded once, from the exact time of its frame counted from the first one (nearest microsecond, halves
up). Lengths are differences of boundaries: neighbours touch, nothing adds up, and no boundary is more than half a
microsecond from its exact time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.model import Frame, Span, whole
from takebridge.timebase import FrameRate

SECOND = 1_000_000
SLACK = 1
"""Microseconds a boundary read may be off its frame and count as on it: others cut where we round."""


@dataclass(frozen=True, slots=True)
class Range:
    """A range in whole microseconds, half-open. ``duration`` is never negative."""

    start: int
    end: int

    @property
    def duration(self) -> int:
        """Its length."""
        return self.end - self.start

    def spelled(self) -> dict[str, int]:
        """As a draft writes it."""
        return {"start": self.start, "duration": self.duration}


def microsecond(frame: Frame, rate: FrameRate) -> int:
    """Return the whole microsecond nearest to the start of a frame."""
    return nearest(Fraction(frame) / rate.fraction * SECOND)


def nearest(value: Fraction) -> int:
    """Return the nearest whole number, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def range_of(span: Span, rate: FrameRate) -> Range:
    """Return a span of frames in microseconds, each end rounded for itself."""
    return Range(microsecond(span.start, rate), microsecond(span.end, rate))


def frame_near(time: int, rate: FrameRate) -> tuple[int, bool]:
    """Return the frame whose start is nearest to a time in microseconds, and whether the time is on its grid."""
    frame = nearest(Fraction(time, SECOND) * rate.fraction)
    return frame, abs(microsecond(frame, rate) - time) <= SLACK


def frames_of(duration: int, rate: FrameRate) -> Frame:
    """Return a length in frames, exact where it is off the grid."""
    frame, on_grid = frame_near(duration, rate)
    return frame if on_grid else whole(Fraction(duration, SECOND) * rate.fraction)
