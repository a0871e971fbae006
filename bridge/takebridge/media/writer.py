"""Writes RGB pictures as a clip: right matrix, tags at both ends, sound from another file, published whole."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from takebridge.errors import UsageError
from takebridge.media import ffmpeg
from takebridge.media.chains import to_slot_colour
from takebridge.media.codecs import (
    Codec,
    codec_for,
    estimate_bytes,
    picture_options,
    sound_options,
    tag_options,
    timescale,
)
from takebridge.media.probe import probe
from takebridge.media.publish import publishing
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected, verify
from takebridge.timebase import FrameRate, to_seconds


class FrameWriter:
    """Streams RGB frames into a clip. A context manager: leaving it cleanly publishes the file, an error nothing.

    Frames are ``height x width x 3`` uint8, all of the first one's size, which must be even. ``audio_from``:
    its sound from its first picture on, cut or filled with silence to the exact length. ``frame_count``: how
    many will come, for the check of free space and the progress total.
    """

    def __init__(
        self,
        dst: Path,
        rate: FrameRate,
        *,
        codec: str = "x264",
        audio_from: Path | None = None,
        frame_count: int = 0,
        cancel: threading.Event | None = None,
    ) -> None:
        self.dst, self.rate, self.frames_written = dst, rate, 0
        self._codec_name, self._audio_from, self._planned, self._cancel = codec, audio_from, frame_count, cancel
        self._size: tuple[int, int] | None = None
        self._codec: Codec | None = None
        self._child: ffmpeg.Child | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> FrameWriter:
        return self

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Add one frame. Raises UsageError for another size or type, and whatever ended the encoder."""
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
            raise UsageError(f"A frame must be height x width x 3 bytes, not {rgb.shape} {rgb.dtype}.")
        size = (rgb.shape[1], rgb.shape[0])
        if self._child is None:
            self._child = self._start(size)
        if size != self._size:
            raise UsageError(f"Frame {self.frames_written} is {size[0]}x{size[1]}, the first was {self._size}.")
        self._child.write(np.ascontiguousarray(rgb).data.cast("B"))
        self.frames_written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The stack unwinds in reverse: encoder ended, silent part gone, then the file published or dropped.
        if kind is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            self._complete()

    def _start(self, size: tuple[int, int]) -> ffmpeg.Child:
        width, height = self._size = size
        if width % 2 or height % 2:
            raise UsageError(f"{width}x{height} is odd; a clip needs even sides.", hint="Scale by an even factor.")
        codec = self._codec = codec_for(self._codec_name, self.dst, width, height)
        room = estimate_bytes(codec, width, height, self._planned, to_seconds(self._planned, self.rate))
        self._part = self._stack.enter_context(publishing(self.dst, estimate=room * (2 if self._audio_from else 1)))
        self._picture = self._part
        if self._audio_from:
            self._picture = self._part.with_name(f"{self.dst.stem}.picture.part{self.dst.suffix}")
            self._stack.callback(self._picture.unlink, missing_ok=True)
        raw = ffmpeg.raw_source(width, height, str(self.rate))
        stream = ffmpeg.target(
            [ffmpeg.chain(raw, to_slot_colour(codec.pixel_format))],
            self._picture,
            picture_options(codec, self.dst, self.rate),
        )
        args = ffmpeg.command(stream, with_progress=False)
        return self._stack.enter_context(ffmpeg.Child(args, cancel=self._cancel, fed=True))

    def _complete(self) -> None:
        if self._child is None or self._size is None:
            raise UsageError("No frame was written.", hint="A clip needs at least one frame.")
        self._child.finish()
        samples = self._add_sound() if self._audio_from else None
        verify(self._part, Expected(self.frames_written, self.rate, *self._size, audio_samples=samples))

    def _add_sound(self) -> int | None:
        """Copy the picture and lay the sound beside it, cut to the picture's length in samples."""
        assert self._audio_from is not None
        info = probe(self._audio_from)
        streams = [ffmpeg.pick(ffmpeg.source(self._picture, "mov"), "v:0")]
        samples = None
        if info.has_audio:
            samples = sample_at(self.frames_written, self.rate, info.audio_rate)
            streams.append(sound_chain(info, first=info.video_start, samples=samples, rate=info.audio_rate))
        options: dict[str, str | int] = {"c:v": "copy", "video_track_timescale": timescale(self.rate)}
        options |= tag_options(self.dst)
        if samples is not None:
            options |= sound_options(self.dst)
        ffmpeg.run(ffmpeg.target(streams, self._part, options), cancel=self._cancel)
        return samples


def write_frames(
    dst: Path,
    frames: Iterable[NDArray[np.uint8]],
    rate: FrameRate,
    *,
    codec: str = "x264",
    audio_from: Path | None = None,
    frame_count: int = 0,
    cancel: threading.Event | None = None,
) -> int:
    """Write all frames and return how many there were. See `FrameWriter`."""
    with FrameWriter(dst, rate, codec=codec, audio_from=audio_from, frame_count=frame_count, cancel=cancel) as writer:
        for rgb in frames:
            writer.write(rgb)
    return writer.frames_written
