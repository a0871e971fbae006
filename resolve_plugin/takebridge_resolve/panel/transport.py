"""The clock of the viewer: one integer frame that every pane shows. No float holds a time.

J, K and L shuttle as in every editing program; a range that is set is played round and round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from takebridge.canvas.model import FrameRange
from takebridge.timebase import FrameRate

FASTEST = 8
SLOW = Fraction(1, 4)
_SECOND = 1_000_000_000


def frame_after(anchor: int, nanoseconds: int, rate: FrameRate, speed: Fraction) -> int:
    """Return the frame on screen ``nanoseconds`` after ``anchor`` was, at ``speed`` times the rate.

    Exact; a frame lasts until the next one starts, backwards as well as forwards.
    """
    run = abs(speed) * rate.fraction * nanoseconds / _SECOND
    passed = run.numerator // run.denominator
    return anchor + passed if speed > 0 else anchor - passed


def faster(speed: Fraction, forwards: bool) -> Fraction:
    """Return the speed after one more press of L (``forwards``) or J."""
    sign = 1 if forwards else -1
    same_way = speed * sign >= 1
    return sign * min(abs(speed) * 2, Fraction(FASTEST)) if same_way else Fraction(sign)


class Transport(QObject):
    """Where the viewer is and how it moves. ``moved`` brings the frame, ``speed_changed`` the speed, 0 when stopped."""

    moved = Signal(int)
    speed_changed = Signal(object)
    range_changed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, now: Callable[[], int] = time.perf_counter_ns) -> None:
        super().__init__(parent)
        self.frame = 0
        self.count = 0
        self.rate = FrameRate(24)
        self.speed = Fraction(0)
        self.loops = False
        self.best: FrameRange | None = None
        self._now = now
        self._anchor = (0, 0)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def is_playing(self) -> bool:
        """Whether it moves by itself."""
        return self.speed != 0

    def open(self, count: int, rate: FrameRate, best: FrameRange | None = None) -> None:
        """Stand on a film of ``count`` frames. The frame is kept, as far as the new film has it."""
        self.count, self.rate = count, rate
        self._set_range(best)
        self.seek(self.frame)

    def seek(self, frame: int) -> None:
        """Go to a frame, or to the nearest there is. Playing goes on from there."""
        self._stand(frame)
        self._anchor = (self.frame, self._now())

    def step(self, frames: int) -> None:
        """Stop and move by frames."""
        self.stop()
        self.seek(self.frame + frames)

    def toggle(self) -> None:
        """Play, or stop."""
        if self.is_playing:
            self.stop()
            return
        if self.frame >= self._span()[1] - 1:
            self.seek(self._span()[0])
        self.run(Fraction(1))

    def shuttle(self, forwards: bool, *, slow: bool = False) -> None:
        """L or J was pressed; ``slow`` while K is held."""
        sign = 1 if forwards else -1
        self.run(sign * SLOW if slow else faster(self.speed, forwards))

    def stop(self) -> None:
        """Stay on this frame."""
        self.run(Fraction(0))

    def run(self, speed: Fraction) -> None:
        """Move at ``speed`` times the rate, backwards below 0."""
        self._anchor = (self.frame, self._now())
        if speed and self.count > 1:
            frame_ms = 1000 * self.rate.denominator // self.rate.numerator
            self._timer.start(max(2, frame_ms // 3))
        else:
            speed = Fraction(0)
            self._timer.stop()
        if speed != self.speed:
            self.speed = speed
            self.speed_changed.emit(speed)

    def tick(self) -> None:
        """Move to where the clock says. Called by a timer; late calls skip frames rather than play slow."""
        if not self.speed:
            return
        anchor, since = self._anchor
        frame = frame_after(anchor, self._now() - since, self.rate, self.speed)
        first, end = self._span()
        if first <= frame < end:
            self._stand(frame)
        elif self.loops or self.best is not None:
            self.seek(first if self.speed > 0 else end - 1)
        else:
            self._stand(frame)
            self.stop()

    # --- the best range

    def mark_in(self) -> None:
        """The best range starts at this frame."""
        end = self.best.end if self.best and self.best.end > self.frame else self.count
        self._mark(self.frame, end)

    def mark_out(self) -> None:
        """The best range ends with this frame."""
        start = self.best.start if self.best and self.best.start <= self.frame else 0
        self._mark(start, self.frame + 1)

    def clear_marks(self) -> None:
        """No range: the whole take."""
        self._set_range(None)

    def _mark(self, start: int, end: int) -> None:
        whole = start == 0 and end >= self.count
        self._set_range(None if whole or end <= start else FrameRange(start=start, end=end))

    def _set_range(self, best: FrameRange | None) -> None:
        if best != self.best:
            self.best = best
            self.range_changed.emit(best)

    def _span(self) -> tuple[int, int]:
        """The frames that are played: the best range while standing in it, else all."""
        if self.best and self.best.start <= self._anchor[0] < self.best.end:
            return self.best.start, min(self.best.end, self.count)
        return 0, self.count

    def _stand(self, frame: int) -> None:
        frame = min(max(0, frame), max(0, self.count - 1))
        if frame != self.frame:
            self.frame = frame
            self.moved.emit(frame)
