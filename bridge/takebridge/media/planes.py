"""Clips as YUV 4:2:0 planes, BT.709 limited: a frame that already fits passes through untouched.

A frame is ``height * 3 // 2`` rows of ``width`` bytes: the luma rows, then both chroma planes.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from takebridge.errors import ProbeError, UsageError
from takebridge.media import ffmpeg
from takebridge.media.chains import slot_box, tagged
from takebridge.media.codecs import codec_for, estimate_bytes, picture_options, sound_options
from takebridge.media.info import MediaInfo
from takebridge.media.probe import open_media, probe
from takebridge.media.publish import publishing
from takebridge.media.reader import Picture, RgbConverter, decoded_from
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected, verify
from takebridge.timebase import FrameRate, to_seconds

Planes = NDArray[np.uint8]

_BLACK, _GREY = 16, 128


class PlanesOf:
    """Turns the frames of one file into planes of ``width`` x ``height``, fitted with bars or ``fill``-ed."""

    def __init__(self, info: MediaInfo, width: int, height: int, *, fill: bool = False) -> None:
        self._info, self._width, self._height = info, width, height
        self._box = slot_box(info, width, height, fill=fill)
        self._rgb = RgbConverter(info, self._box.inner)

    def __call__(self, frame: VideoFrame) -> Planes:
        """Return one frame."""
        if self._fits(frame):
            return np.asarray(frame.to_ndarray(), np.uint8)
        return rgb_to_planes(_boxed(self._rgb(frame), self._width, self._height))

    def _fits(self, frame: VideoFrame) -> bool:
        info = self._info
        return (
            (frame.width, frame.height) == (self._width, self._height)
            and frame.format.name == "yuv420p"
            and info.matrix == "bt709"
            and info.range == "tv"
            and info.sar == 1
            and not info.rotation
        )


def _boxed(rgb: Picture, width: int, height: int) -> Picture:
    """Centre a picture in a black frame, or cut its middle out."""
    high, wide = rgb.shape[:2]
    if (wide, high) == (width, height):
        return rgb
    top, left = max(0, high - height) // 2, max(0, wide - width) // 2
    part = rgb[top : top + height, left : left + width]
    out = np.zeros((height, width, 3), np.uint8)
    top, left = (height - part.shape[0]) // 2, (width - part.shape[1]) // 2
    out[top : top + part.shape[0], left : left + part.shape[1]] = part
    return out


def rgb_to_planes(rgb: Picture) -> Planes:
    """Convert an RGB picture of even sides to BT.709 limited planes."""
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    made = VideoReformatter().reformat(
        frame, format="yuv420p", src_colorspace=1, dst_colorspace=1, src_color_range=2, dst_color_range=1
    )
    return np.asarray(made.to_ndarray(), np.uint8)


def fitted_planes(rgb: Picture, width: int, height: int) -> Planes:
    """Return a still as planes of ``width`` x ``height``, the whole of it with bars."""
    ratio = min(Fraction(width, rgb.shape[1]), Fraction(height, rgb.shape[0]))
    size = (min(width, max(1, round(rgb.shape[1] * ratio))), min(height, max(1, round(rgb.shape[0] * ratio))))
    scaled = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    return rgb_to_planes(_boxed(np.asarray(scaled, np.uint8), width, height))


def black(width: int, height: int) -> Planes:
    """Return a black frame."""
    planes = np.full((height * 3 // 2, width), _GREY, np.uint8)
    planes[:height] = _BLACK
    return planes


def mixed(first: Planes, second: Planes, weight: int, whole: int) -> Planes:
    """Return ``first`` with ``weight`` of ``whole`` parts of ``second``."""
    return np.asarray(cv2.addWeighted(first, (whole - weight) / whole, second, weight / whole, 0), np.uint8)


def wiped(first: Planes, second: Planes, weight: int, whole: int) -> Planes:
    """Return ``second`` from the left edge up to ``weight`` of ``whole`` parts of the width, ``first`` beside it."""
    height, width = first.shape[0] * 2 // 3, first.shape[1]
    edge = width * weight // whole // 2 * 2
    out = first.copy()
    out[:height, :edge] = second[:height, :edge]
    shape = (2, height // 2, width // 2)
    out[height:].reshape(shape)[:, :, : edge // 2] = second[height:].reshape(shape)[:, :, : edge // 2]
    return out


def read_planes(
    info: MediaInfo, picks: Sequence[int], width: int, height: int, *, fill: bool = False
) -> Iterator[Planes]:
    """Yield the source frames ``picks`` (ascending, repeats allowed), each ``width`` x ``height``.

    Raises ProbeError when the file breaks off before the last of them.
    """
    if not picks:
        return
    convert = PlanesOf(info, width, height, fill=fill)
    wanted = iter(picks)
    pick = next(wanted)
    with open_media(info.path, info.container) as container:
        for number, frame in enumerate(decoded_from(container, info, picks[0]), picks[0]):
            if number < pick:
                continue
            planes = convert(frame)
            while number == pick:
                yield planes
                following = next(wanted, None)
                if following is None:
                    return
                pick = following
    raise ProbeError(
        f"“{info.path.name}” breaks off before frame {pick}.", hint="The file is damaged. Copy or export it again."
    )


class PlaneWriter:
    """Streams planes into an H.264 clip with the sound of a file beside it; published whole or not at all.

    A context manager like `frames.FrameWriter`. ``audio``: a file whose sound is cut or filled to the exact length.
    """

    def __init__(
        self,
        dst: Path,
        rate: FrameRate,
        width: int,
        height: int,
        frame_count: int,
        *,
        audio: Path | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        self._dst, self._rate, self._size, self._frame_count = dst, rate, (width, height), frame_count
        self._audio, self._cancel = audio, cancel
        self._stack = contextlib.ExitStack()
        self._samples: int | None = None

    def __enter__(self) -> PlaneWriter:
        width, height = self._size
        codec = codec_for("x264", self._dst, width, height)
        room = estimate_bytes(codec, width, height, self._frame_count, to_seconds(self._frame_count, self._rate))
        self._part = self._stack.enter_context(publishing(self._dst, estimate=room))
        raw = ffmpeg.raw_source(width, height, str(self._rate), pixel_format="yuv420p")
        streams = [ffmpeg.chain(raw, tagged())]
        options = picture_options(codec, self._dst, self._rate)
        if self._audio is not None:
            streams.append(self._sound(self._audio))
            options |= sound_options(self._dst)
        args = ffmpeg.command(ffmpeg.target(streams, self._part, options), with_progress=False)
        self._child = self._stack.enter_context(ffmpeg.Child(args, cancel=self._cancel, fed=True))
        return self

    def write(self, planes: Planes) -> None:
        """Add one frame. Raises UsageError for another size, and whatever ended the encoder."""
        width, height = self._size
        if planes.shape != (height * 3 // 2, width) or planes.dtype != np.uint8:
            raise UsageError(
                f"A frame must be {height * 3 // 2} rows of {width} bytes, not {planes.shape}.",
                hint="Fit every frame to the film's size first.",
            )
        self._child.write(np.ascontiguousarray(planes).data.cast("B"))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._child.finish()
            verify(self._part, Expected(self._frame_count, self._rate, *self._size, audio_samples=self._samples))

    def _sound(self, audio: Path) -> ffmpeg.Stream:
        info = probe(audio)
        self._samples = sample_at(self._frame_count, self._rate, info.audio_rate)
        return sound_chain(info, first=info.video_start, samples=self._samples, rate=info.audio_rate)
