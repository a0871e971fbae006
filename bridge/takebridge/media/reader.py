"""Reads exact frames as display-ready RGB: right matrix and range, rotated, square pixels."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from takebridge.errors import ProbeError, RangeError
from takebridge.media.info import MediaInfo
from takebridge.media.probe import open_media, picture_stream, probe

Picture = NDArray[np.uint8]
"""One frame: height x width x 3, RGB, 0–255."""

_MATRICES = {
    "bt709": Colorspace.ITU709,
    "bt601": Colorspace.ITU601,
    "bt2020": Colorspace.BT2020,
    "smpte240m": Colorspace.SMPTE240M,
    "fcc": Colorspace.FCC,
}
_PRECISE = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def read_frames(src: Path, start: int = 0, count: int | None = None) -> Iterator[Picture]:
    """Yield ``count`` frames from source_frame ``start`` on, all when None, each ``info.height x info.width x 3``.

    Frames are the file's own, counted in presentation order, whatever their spacing. Raises RangeError, before
    the first frame, when the file has fewer; ProbeError when it is damaged on the way.
    """
    info = probe(src)
    if not info.has_video:
        raise ProbeError(f"“{src.name}” has no picture.", hint="Choose a clip with moving pictures.")
    count = info.frame_count - start if count is None else count
    if start < 0 or count < 0 or start + count > info.frame_count:
        raise RangeError(
            f"Frames {start} to {start + count} were asked, but “{src.name}” has {info.frame_count}.",
            hint="Ask for frames inside the clip.",
        )
    return _read(info, start, count)


def _read(info: MediaInfo, start: int, count: int) -> Iterator[Picture]:
    convert = RgbConverter(info)
    given = 0
    with open_media(info.path, info.container) as container:
        for frame in islice(decoded_from(container, info, start), count):
            yield convert(frame)
            given += 1
    if given != count:
        raise ProbeError(
            f"“{info.path.name}” breaks off: {given} of {count} frames decode.",
            hint="The file is damaged. Copy, download or export it again.",
        )


def decoded_from(container: InputContainer, info: MediaInfo, start: int) -> Iterator[VideoFrame]:
    """Yield decoded frames from source_frame ``start`` on, seeking where the numbering allows it."""
    video = picture_stream(container)
    if video is None:
        return
    if not video.codec_context.is_open:  # it may be asked for a second place of an open file
        video.thread_type = "AUTO"
    if start and info.can_seek and _seek(container, video, info, start):
        for frame in container.decode(video):
            if frame.pts is not None and index_of(frame, info) >= start:
                yield frame
        return
    yield from islice(container.decode(video), start, None)


def _seek(container: InputContainer, video: VideoStream, info: MediaInfo, start: int) -> bool:
    """Seek to the key frame before ``start``; False (and back at the head) when the seek lands too late."""
    assert info.rate is not None
    goal = info.video_start + (start - Fraction(1, 2)) / info.rate.fraction
    container.seek(round(goal / info.time_base), stream=video)
    first = next(container.decode(video), None)
    landed = first is not None and first.pts is not None and index_of(first, info) <= start
    again = goal if landed else info.video_start
    container.seek(round(again / info.time_base), stream=video)
    return landed


def index_of(frame: VideoFrame, info: MediaInfo) -> int:
    """Return the source_frame of a decoded frame of a constant-rate file, nearest to its time stamp."""
    assert info.rate is not None and frame.pts is not None
    return round((frame.pts * info.time_base - info.video_start) * info.rate.fraction)


class RgbConverter:
    """Turns decoded frames of one file into RGB of its display size, or of ``size`` (width, height)."""

    def __init__(self, info: MediaInfo, size: tuple[int, int] | None = None) -> None:
        width, height = size or (info.width, info.height)
        self._turns = info.rotation // 90
        self._size = (height, width) if self._turns % 2 else (width, height)
        self._matrix = _MATRICES[info.matrix]
        self._range = 2 if info.range == "pc" else 1
        self._scaler = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> Picture:
        """Return ``height x width x 3``."""
        width, height = self._size
        rgb = self._scaler.reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=self._matrix,
            dst_colorspace=self._matrix,
            src_color_range=self._range,
            dst_color_range=2,
            interpolation=_PRECISE,
        )
        pixels = rgb.to_ndarray().astype(np.uint8, copy=False)
        return np.ascontiguousarray(np.rot90(pixels, self._turns)) if self._turns else pixels
