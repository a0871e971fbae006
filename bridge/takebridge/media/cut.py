"""Cut: a range of a source, with handles, as a file of its own: exact frames at the source's own rate."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from takebridge.errors import RangeError, UsageError
from takebridge.media import chains
from takebridge.media.codecs import codec_for
from takebridge.media.encode import encode
from takebridge.media.ffmpeg import Progress
from takebridge.media.info import MediaInfo
from takebridge.media.notes import picture_notes
from takebridge.media.probe import edit_rate, probe
from takebridge.media.reader import read_frames
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected
from takebridge.media.writer import write_frames
from takebridge.timebase import FrameRange, FrameRate, to_seconds


@dataclass(frozen=True, slots=True)
class CutReport:
    """What was written. ``source``: source frames in the file, handles included; ``head``/``tail``: handles
    really given of the ``asked`` ones. Sources of variable rate are counted on their constant grid."""

    path: Path
    source: FrameRange
    head: int
    tail: int
    asked: int
    frame_count: int
    rate: FrameRate
    width: int
    height: int
    notes: tuple[str, ...]


def cut_with_handles(
    src: Path,
    dst: Path,
    source: FrameRange,
    *,
    handles: int = 12,
    codec: str = "dnxhr_lb",
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> CutReport:
    """Write the source frames of ``source`` and up to ``handles`` more at each side, where the file has them.

    Keeps the source's rate (variable ones become constant at their nominal rate); upright, square pixels, even
    sides, BT.709. Handles are clamped and reported, never frozen frames.

    Raises RangeError when ``source`` itself is empty or not in the file, UsageError for a still (see `cut_still`),
    a wrong codec, container or handle count, and what `probe` and ffmpeg raise. Nothing is left on an error.
    """
    info = probe(src)
    given = _given_range(info, source, handles)
    rate = edit_rate(info)
    box = chains.whole_box(info)
    chosen = codec_for(codec, dst, box.width, box.height)
    start = to_seconds(given.start, rate)
    timing = chains.on_grid_by_stamp(info, start, rate) if info.is_vfr else chains.one_to_one(rate)
    hold = -1 if info.is_vfr else 0
    links = [*timing, *chains.to_box(info, box, chosen.pixel_format), *chains.exactly(given.duration, hold)]
    ways = (chains.Entry(None),) if info.is_vfr else chains.entries(info, given.start)
    pictures = [chains.picture(info, entry, links) for entry in ways]
    samples, sound = None, None
    if info.has_audio:
        samples = sample_at(given.end, rate, info.audio_rate) - sample_at(given.start, rate, info.audio_rate)
        sound = sound_chain(info, first=info.video_start + start, samples=samples, rate=info.audio_rate)
    expected = Expected(given.duration, rate, box.width, box.height, samples)
    encode(dst, pictures, sound, chosen, expected, progress=progress, cancel=cancel)
    head, tail = source.start - given.start, given.end - source.end
    notes = (*_handle_notes(handles, head, tail), *picture_notes(info))
    return CutReport(dst, given, head, tail, handles, given.duration, rate, box.width, box.height, notes)


def cut_still(src: Path, dst: Path, frame_count: int, rate: FrameRate, *, codec: str = "dnxhr_lb") -> CutReport:
    """Write a still as a clip of ``frame_count`` equal frames at ``rate``; odd sides lose a pixel.

    Raises UsageError for a moving source or a count below one, and what `probe` and ffmpeg raise.
    """
    info = probe(src)
    if not info.is_still or frame_count < 1:
        raise UsageError(
            f"“{info.path.name}” and {frame_count} frames make no still clip.",
            hint="Give a picture file and a frame count of at least 1.",
        )
    picture = next(read_frames(src))
    picture = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
    write_frames(dst, repeat(picture, frame_count), rate, codec=codec, frame_count=frame_count)
    height, width = picture.shape[:2]
    notes = (f"A still, held {frame_count} frames.",)
    return CutReport(dst, FrameRange(0, frame_count), 0, 0, 0, frame_count, rate, width, height, notes)


def _given_range(info: MediaInfo, source: FrameRange, handles: int) -> FrameRange:
    if handles < 0:
        raise UsageError("Handles cannot be negative.", hint="Use 0 for none.")
    if not info.has_video or info.is_still:
        raise UsageError(
            f"“{info.path.name}” is no moving picture: there are no frames to cut.",
            hint="Use it as a reference picture, or make a clip of it with a frame count (cut_still).",
        )
    available = FrameRange(0, info.edit_frames)
    if not source.duration or not available.contains(source):
        raise RangeError(
            f"Frames {source.start} up to {source.end} were asked, but “{info.path.name}” has {available.end}.",
            hint="Check that the clip in the cut still points at this file.",
            frame_count=available.end,
        )
    return source.expanded(handles, handles).clamped(available)


def _handle_notes(asked: int, head: int, tail: int) -> list[str]:
    if head == asked == tail:
        return []
    return [f"Asked for {asked} frames of handles; the source has {head} before and {tail} behind."]
