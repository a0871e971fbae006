"""Retiming of a clip: conform-rate and timeMap."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from takebridge_fcpxml.errors import BadValueError
from takebridge_fcpxml.rates import SOURCE_RATES
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view.attributes import Flag, Name, TimeOrZero
from takebridge_fcpxml.view.base import View, views


@views("conform-rate")
class ConformRate(View):
    """How media of another rate plays in its sequence; see ``rates.conform_scale`` for what scaling means."""

    __slots__ = ()
    scale_enabled = Flag("scaleEnabled", True)

    @property
    def source_rate(self) -> Fraction | None:
        """``srcFrameRate`` as an exact rate, None when it is absent or no known word."""
        return SOURCE_RATES.get(self.element.get("srcFrameRate", ""))

    @property
    def frame_sampling(self) -> str:
        """``floor`` (the default), ``nearest-neighbor``, ``frame-blending``, ``optical-flow`` …."""
        return self.element.get("frameSampling", "floor")


@views("timept")
class TimePoint(View):
    """A point of a time map: at ``time`` of the retimed clip it shows ``value`` of the original."""

    __slots__ = ()
    time = TimeOrZero("time")
    value = TimeOrZero("value")
    interp = Name("interp")


@views("timeMap")
class TimeMap(View):
    """Speed as points from the clip's new time to its original time; the outer points bound the media."""

    __slots__ = ()
    preserves_pitch = Flag("preservesPitch", True)

    @property
    def points(self) -> list[TimePoint]:
        """The points in document order."""
        return self.children(TimePoint)

    @property
    def speed(self) -> Fraction | None:
        """Original seconds per new second when all points lie on one line, else None; below 0 reverse, 0 a freeze."""
        points = [(point.time, point.value) for point in self.points]
        if len(points) < 2 or any(second[0] <= first[0] for first, second in pairwise(points)):
            return None
        slopes = {(second[1] - first[1]) / (second[0] - first[0]) for first, second in pairwise(points)}
        return slopes.pop() if len(slopes) == 1 else None

    def original(self, time: Fraction) -> Fraction:
        """The original time shown at ``time``, linear between points, the outer segments extended.

        Exact for constant speed; ``smooth2`` easing between more than two points is not modelled.
        Raises BadValueError for a map of fewer than two points at different times.
        """
        points = [(point.time, point.value) for point in self.points]
        segments = [(one, two) for one, two in pairwise(points) if two[0] > one[0]]
        if not segments:
            raise BadValueError(
                "The time map has no two points in order.",
                hint="Reset the clip's speed.",
                path=self.path,
                line=self.line,
            )
        (start, first), (end, last) = next((pair for pair in segments if time <= pair[1][0]), segments[-1])
        return first + (time - start) * (last - first) / (end - start)

    def set_points(self, points: list[tuple[Fraction, Fraction]], interp: str = "linear") -> None:
        """Replace the points by ``(time, value)``. Raises BadValueError for fewer than two or times not rising."""
        if len(points) < 2 or any(two[0] <= one[0] for one, two in pairwise(points)):
            raise BadValueError("A time map needs two points at rising times.", hint="Give a start and an end.")
        for point in self.points:
            point.remove()
        for time, value in points:
            self.add("timept", time=format_time(time), value=format_time(value), interp=interp)
