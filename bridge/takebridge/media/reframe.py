"""Reframe: a range of a clip in another shape, by cutting a window out of it or by adding bars; sound as it was."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from takebridge.errors import RangeError
from takebridge.media import chains
from takebridge.media.chains import even
from takebridge.media.codecs import codec_for
from takebridge.media.encode import encode
from takebridge.media.ffmpeg import Filter, Progress, link
from takebridge.media.info import MediaInfo
from takebridge.media.probe import edit_rate, probe
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected
from takebridge.timebase import FrameRange, to_seconds


@dataclass(frozen=True, slots=True)
class Window:
    """The new frame. ``centre``: where its middle lies in the old one, in percent, as far as it fits; for ``pad``,
    where the bars leave the picture."""

    width: int
    height: int
    pad: bool = False
    centre: tuple[int, int] = (50, 50)


def reframe(
    src: Path,
    dst: Path,
    source: FrameRange,
    window: Window,
    *,
    codec: str = "x264",
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> None:
    """Write the source frames of ``source`` in the new shape, at the source's rate, pixel for pixel.

    A window that is larger than the picture (or, with bars, smaller) is filled by scaling. Raises RangeError for
    frames the clip does not have, UsageError for a codec that does not fit, and what `probe` and ffmpeg raise.
    """
    info = probe(src)
    rate = edit_rate(info)
    if not source.duration or not FrameRange(0, info.edit_frames).contains(source):
        raise RangeError(
            f"Frames {source.start} up to {source.end} were asked, but “{src.name}” has {info.edit_frames}.",
            hint="Ask for frames inside the clip.",
        )
    chosen = codec_for(codec, dst, window.width, window.height)
    start = to_seconds(source.start, rate)
    timing = chains.on_grid_by_stamp(info, start, rate) if info.is_vfr else chains.one_to_one(rate)
    links = [*timing, *_shaped(info, window, chosen.pixel_format)]
    links += chains.exactly(source.duration, -1 if info.is_vfr else 0)
    ways = (chains.Entry(None),) if info.is_vfr else chains.entries(info, source.start)
    samples, sound = None, None
    if info.has_audio:
        samples = sample_at(source.end, rate, info.audio_rate) - sample_at(source.start, rate, info.audio_rate)
        sound = sound_chain(info, first=info.video_start + start, samples=samples, rate=info.audio_rate)
    expected = Expected(source.duration, rate, window.width, window.height, samples)
    pictures = [chains.picture(info, entry, links) for entry in ways]
    encode(dst, pictures, sound, chosen, expected, progress=progress, cancel=cancel)


def _shaped(info: MediaInfo, window: Window, pixel_format: str) -> list[Filter]:
    box = chains.slot_box(info, window.width, window.height, fill=not window.pad)
    inner = (even(box.inner[0]), even(box.inner[1]))
    links = chains.to_box(info, chains.Box(*inner, inner), pixel_format)
    x = _place(abs(inner[0] - window.width), window.centre[0], window.width, inner[0])
    y = _place(abs(inner[1] - window.height), window.centre[1], window.height, inner[1])
    if inner == (window.width, window.height):
        return links
    return [*links, link("pad" if window.pad else "crop", window.width, window.height, x, y)]


def _place(room: int, percent: int, window: int, inner: int) -> int:
    """Return the even offset that puts the middle at ``percent``, kept inside ``room``."""
    if window >= inner:
        return room * percent // 200 * 2
    return min(room, max(0, (inner * percent // 100 - window // 2) // 2 * 2))
