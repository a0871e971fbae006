"""Slots: which frames of a take fill a clip, frame-exact, with handles where the take has them.

A take made from a pushed clip begins at the same media time as the file it was given. So one clock, *media time*
(seconds of the pushed media, exact), joins the clip, every take and every delivered file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge.errors import RangeError
from takebridge.timebase import FrameRange, FrameRate, frame_at, frames_covering, to_seconds

CLONE_LIMIT = 2
"""Frames a conform may hold at the tail; more is an editorial decision (media_performance.md §3)."""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """How a take becomes a delivered file at the timeline's rate.

    ``take_start``  seconds into the take where the file's frame 0 looks (≥ 0)
    ``frame_count`` frames of the file; ``used`` the file's frames the clip shows; the rest are handles
    ``origin``      media time of the file's frame 0
    """

    rate: FrameRate
    take_start: Fraction
    frame_count: int
    used: FrameRange
    origin: Fraction


def plan_slot(
    *,
    clip_seconds: Fraction,
    clip_frames: int,
    timeline_rate: FrameRate,
    take_seconds: Fraction,
    take_duration: Fraction,
) -> SlotPlan:
    """Plan the file that fills a clip of ``clip_frames`` record frames whose head shows media time ``clip_seconds``.

    ``take_seconds`` is the media time of the take's first frame, ``take_duration`` its length. Handles are whole
    record frames and never invented. Raises RangeError when the clip reaches outside the take by more than
    `CLONE_LIMIT` frames at the tail or at all at the head, or shows none of it.
    """
    inside = clip_seconds - take_seconds
    if inside < 0:
        _refuse(frames_covering(-inside, timeline_rate), "head")
    head = frame_at(inside, timeline_rate)
    take_start = inside - to_seconds(head, timeline_rate)
    available = frames_covering(take_duration - take_start, timeline_rate)
    missing = head + clip_frames - available
    if missing > CLONE_LIMIT or head >= available:  # at least one frame must be the take's own
        _refuse(missing, "tail")
    return SlotPlan(
        rate=timeline_rate,
        take_start=take_start,
        frame_count=max(available, head + clip_frames),
        used=FrameRange.of(head, clip_frames),
        origin=clip_seconds - to_seconds(head, timeline_rate),
    )


def _refuse(frames: int, where: str) -> None:
    raise RangeError(
        f"The clip now shows {frames} more {'frame' if frames == 1 else 'frames'} at its {where} than the take has.",
        hint="Push the clip again (with more handles if the media has them) and generate a new take.",
        frames=frames,
        where=where,
    )


def framing(source_width: int, source_height: int, timeline_width: int, timeline_height: int) -> tuple[int, int]:
    """Return the even pixel size of delivered takes: the source's aspect, fitted into the timeline's frame.

    Same aspect means the host scales the take exactly as it scaled the source, so transforms keep their meaning and
    no bars are burnt in. Sources larger than the timeline keep their size, so that a zoomed clip stays sharp.
    """
    if source_width > timeline_width or source_height > timeline_height:
        width, height = Fraction(source_width), Fraction(source_height)
    else:
        scale = min(Fraction(timeline_width, source_width), Fraction(timeline_height, source_height))
        width, height = source_width * scale, source_height * scale
    return _even(width), _even(height)


def _even(value: Fraction) -> int:
    return max(2, 2 * round(value / 2))
