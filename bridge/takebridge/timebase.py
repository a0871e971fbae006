"""Exact time: integer frames at a rational rate, seconds as ``Fraction``. No float holds a time.

Four frame spaces (resolve.md §3 trap 1); variables say theirs:

* ``record_frame``    absolute timeline frame, 01:00:00:00 at 24 is 86400
* ``timeline_frame``  relative to the timeline's first frame, starts at 0
* ``source_frame``    relative to the media's first frame, in the media's own rate, starts at 0
* ``media_tc_frame``  absolute in the media's timecode, in the media's own rate

Ranges are half-open: ``start`` is in, ``end`` is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from takebridge.errors import InvalidTimeError, UnknownRateError


@dataclass(frozen=True, order=True, slots=True)
class FrameRate:
    """Frames per second as a reduced positive fraction, at most 1000 per second."""

    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0 or self.numerator > 1000 * self.denominator:
            raise UnknownRateError(f"{self.numerator}/{self.denominator} is not a frame rate.")
        reduced = Fraction(self.numerator, self.denominator)
        object.__setattr__(self, "numerator", reduced.numerator)
        object.__setattr__(self, "denominator", reduced.denominator)

    @classmethod
    def of_media(cls, value: Fraction) -> FrameRate:
        """Take a container's exact rate as it is: media may run at any rate, edits may not."""
        return cls(value.numerator, value.denominator)

    @property
    def fraction(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.numerator, self.denominator)

    @property
    def nominal(self) -> int:
        """Frames counted per timecode second: 24 for 24000/1001."""
        return -(-self.numerator // self.denominator)

    @property
    def allows_drop(self) -> bool:
        """Drop-frame exists for the 1000/1001 rates whose nominal rate is a multiple of 30 (ST 12-1)."""
        return self.denominator == 1001 and self.nominal % 30 == 0

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}" if self.denominator != 1 else str(self.numerator)


def _rates() -> tuple[FrameRate, ...]:
    broken = [FrameRate(n * 1000, 1001) for n in (24, 30, 48, 60, 120)]
    return tuple(sorted([*broken, *(FrameRate(n) for n in (24, 25, 30, 48, 50, 60, 100, 120))]))


EDIT_RATES: tuple[FrameRate, ...] = _rates()
"""The rates a timeline may have."""

_BY_LABEL: dict[str, FrameRate] = {}
for _rate in EDIT_RATES:
    if _rate.denominator == 1:
        _BY_LABEL[str(_rate.numerator)] = _rate
    else:
        _exact = Decimal(_rate.numerator) / Decimal(_rate.denominator)
        for _digits in (2, 3, 4, 5, 6):
            _rounded = str(_exact.quantize(Decimal(1).scaleb(-_digits)).normalize())
            _BY_LABEL[_rounded] = _rate
        # Hosts also cut instead of rounding: "23.97", "47.95" (Resolve's own list says 47.952).
        _BY_LABEL[str(_exact)[: str(_exact).index(".") + 3].rstrip("0")] = _rate


def parse_edit_rate(value: str | int | float | Fraction | FrameRate) -> FrameRate:
    """Snap a host's spelling (``"23.976"``, ``"29.97 DF"``, ``24.0``, ``"24000/1001"``) to an edit rate.

    Raises UnknownRateError for everything outside `EDIT_RATES`; nothing is rounded to a neighbour.
    """
    if isinstance(value, FrameRate):
        value = value.fraction
    if isinstance(value, Fraction):
        found = next((rate for rate in EDIT_RATES if rate.fraction == value), None)
    else:
        found = _parse_spelling(value)
    if found is None:
        raise UnknownRateError(f"{value} is not a frame rate a timeline can have.", rate=str(value))
    return found


def _parse_spelling(value: str | int | float) -> FrameRate | None:
    text = re.sub(r"\s*(DF|NDF|fps)$", "", str(value).strip(), flags=re.IGNORECASE)
    if match := re.fullmatch(r"(\d{1,7})/(\d{1,5})", text):
        if int(match[2]) == 0:
            return None
        exact = Fraction(int(match[1]), int(match[2]))
        return next((rate for rate in EDIT_RATES if rate.fraction == exact), None)
    if not re.fullmatch(r"\d{1,3}(\.\d{1,17})?", text):
        return None
    number = Decimal(text)
    label = str(int(number)) if number == int(number) else str(number.normalize())
    if label in _BY_LABEL:
        return _BY_LABEL[label]
    # A double spelled out in full ("23.976023976023978").
    close = (rate for rate in EDIT_RATES if abs(Fraction(number) - rate.fraction) < Fraction(1, 10**6))
    return next(close, None)


def parse_media_rate(value: str | int | float | Fraction) -> FrameRate:
    """Like `parse_edit_rate`, and also any whole rate 1–120 or exact ``n/d`` a media file may have."""
    try:
        return parse_edit_rate(value)
    except UnknownRateError:
        text = str(value).strip()
        if match := re.fullmatch(r"(\d{1,3})(\.0+)?", text):
            if 1 <= int(match[1]) <= 120:
                return FrameRate(int(match[1]))
        elif (match := re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)) and int(match[2]):
            return FrameRate(int(match[1]), int(match[2]))
        raise


# --- frames and seconds ---------------------------------------------------------------------------------


def to_seconds(frames: int, rate: FrameRate) -> Fraction:
    """Return the exact start time of frame ``frames``."""
    return Fraction(frames * rate.denominator, rate.numerator)


def frame_at(seconds: Fraction, rate: FrameRate) -> int:
    """Return the frame on screen at ``seconds``: the last one that started at or before it."""
    scaled = seconds * rate.fraction
    return scaled.numerator // scaled.denominator


def frames_covering(seconds: Fraction, rate: FrameRate) -> int:
    """Return the smallest number of whole frames that lasts at least ``seconds``."""
    scaled = seconds * rate.fraction
    return -(-scaled.numerator // scaled.denominator)


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Half-open range of frames in one space: ``start`` to ``end`` exclusive. ``end >= start``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidTimeError(f"The range {self.start}–{self.end} ends before it starts.")

    @classmethod
    def of(cls, start: int, duration: int) -> FrameRange:
        """Build from a start and a number of frames."""
        return cls(start, start + duration)

    @property
    def duration(self) -> int:
        """Number of frames."""
        return self.end - self.start

    def shifted(self, frames: int) -> FrameRange:
        """Move both ends."""
        return FrameRange(self.start + frames, self.end + frames)

    def expanded(self, head: int, tail: int) -> FrameRange:
        """Grow by ``head`` frames before and ``tail`` frames after (handles)."""
        return FrameRange(self.start - head, self.end + tail)

    def clamped(self, limits: FrameRange) -> FrameRange:
        """Cut to ``limits``; an empty range at the nearer end when they do not meet."""
        start = min(max(self.start, limits.start), limits.end)
        return FrameRange(start, max(start, min(self.end, limits.end)))

    def contains(self, other: FrameRange) -> bool:
        """Say whether every frame of ``other`` is in this range."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: FrameRange) -> bool:
        """Say whether the two share a frame (an empty range shares none)."""
        return max(self.start, other.start) < min(self.end, other.end)


# --- the four spaces ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimelineSpace:
    """A timeline's clock: ``record_frame = timeline_frame + start_record_frame``."""

    rate: FrameRate
    start_record_frame: int

    def to_timeline_frame(self, record_frame: int) -> int:
        """Absolute to relative."""
        return record_frame - self.start_record_frame

    def to_record_frame(self, timeline_frame: int) -> int:
        """Relative to absolute. Frames before the timeline start render as nothing (resolve.md trap 2): refused."""
        if timeline_frame < 0:
            raise InvalidTimeError(f"Frame {timeline_frame} lies before the start of the timeline.")
        return timeline_frame + self.start_record_frame


@dataclass(frozen=True, slots=True)
class MediaSpace:
    """A media file's clock: ``media_tc_frame = source_frame + start_tc_frame``, in the media's rate."""

    rate: FrameRate
    frame_count: int
    start_tc_frame: int = 0

    def to_source_frame(self, media_tc_frame: int) -> int:
        """Timecode-absolute to file-relative."""
        return media_tc_frame - self.start_tc_frame

    def to_media_tc_frame(self, source_frame: int) -> int:
        """File-relative to timecode-absolute."""
        return source_frame + self.start_tc_frame

    @property
    def available(self) -> FrameRange:
        """All source frames."""
        return FrameRange(0, self.frame_count)


@dataclass(frozen=True, slots=True)
class ClipMapping:
    """Where a clip at 100 % speed takes its frames from.

    ``record`` is the clip's record range; ``source_start`` the source frame shown on its first record frame.
    """

    timeline: TimelineSpace
    media: MediaSpace
    record: FrameRange
    source_start: int

    def source_frame_at(self, record_frame: int) -> int:
        """Return the source frame on screen at ``record_frame`` (floor, what a viewer holds)."""
        elapsed = to_seconds(record_frame - self.record.start, self.timeline.rate)
        return self.source_start + frame_at(elapsed, self.media.rate)

    @property
    def source_range(self) -> FrameRange:
        """Source frames seen by the clip: from the first to the one on screen in its last record frame."""
        if not self.record.duration:
            return FrameRange(self.source_start, self.source_start)
        return FrameRange(self.source_start, self.source_frame_at(self.record.end - 1) + 1)

    def record_frame_of(self, source_frame: int) -> int:
        """Return the first record frame on which ``source_frame`` or a later one is seen."""
        elapsed = to_seconds(source_frame - self.source_start, self.media.rate)
        return self.record.start + frames_covering(elapsed, self.timeline.rate)


# --- timecode -------------------------------------------------------------------------------------------


def _dropped_per_minute(rate: FrameRate) -> int:
    return rate.nominal // 15  # 2 labels at 29.97, 4 at 59.94, 8 at 119.88


def format_timecode(frame: int, rate: FrameRate, *, drop: bool = False) -> str:
    """Label a frame ``HH:MM:SS:FF`` (``HH:MM:SS;FF`` for drop-frame). Raises InvalidTimeError out of 0–99 h."""
    if drop and not rate.allows_drop:
        raise InvalidTimeError(f"Drop-frame timecode does not exist at {rate} frames per second.")
    if frame < 0:
        raise InvalidTimeError(f"Frame {frame} has no timecode.")
    label = frame
    if drop:
        dropped = _dropped_per_minute(rate)
        per_ten = 600 * rate.nominal - 9 * dropped
        tens, rest = divmod(frame, per_ten)
        label += 9 * dropped * tens
        if rest >= 60 * rate.nominal:
            label += dropped * (1 + (rest - 60 * rate.nominal) // (60 * rate.nominal - dropped))
    seconds, frames = divmod(label, rate.nominal)
    hours, seconds = divmod(seconds, 3600)
    if hours > 99:
        raise InvalidTimeError(f"Frame {frame} lies beyond 99 hours.")
    width = 3 if rate.nominal > 100 else 2
    return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}{';' if drop else ':'}{frames:0{width}}"


def parse_timecode(text: str, rate: FrameRate) -> int:
    """Return the frame a timecode labels; ``;`` or ``,`` before the frames means drop-frame.

    Raises InvalidTimeError for labels that do not exist at this rate, the dropped ones included.
    """
    match = re.fullmatch(r"(\d{2}):([0-5]\d):([0-5]\d)([:;,.])(\d{2,3})", text.strip())
    if not match:
        raise InvalidTimeError(f"“{text}” is not a timecode.", hint="Write it as HH:MM:SS:FF, for example 01:00:10:12.")
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    drop = match[4] in ";,"
    if frames >= rate.nominal:
        raise InvalidTimeError(f"“{text}” has frame {frames}, but a second counts only {rate.nominal} at {rate}.")
    if drop and not rate.allows_drop:
        raise InvalidTimeError(f"“{text}” is drop-frame, which does not exist at {rate}.")
    label = ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames
    if not drop:
        return label
    dropped = _dropped_per_minute(rate)
    if minutes % 10 and not seconds and frames < dropped:
        raise InvalidTimeError(f"“{text}” is one of the labels that drop-frame counting leaves out.")
    total_minutes = hours * 60 + minutes
    return label - dropped * (total_minutes - total_minutes // 10)
