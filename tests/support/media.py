"""Footage for tests, made with ffmpeg and PyAV directly so that the code under test is not its own judge."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from takebridge.media.ffmpeg import find_ffmpeg
from takebridge.media.reader import read_frames
from takebridge.media.testcard import paint_frame, read_frame_number, render_test_clip
from takebridge.timebase import FrameRate

R23, R24, R25 = FrameRate(24000, 1001), FrameRate(24), FrameRate(25)
R29, R30, R50, R59 = FrameRate(30000, 1001), FrameRate(30), FrameRate(50), FrameRate(60000, 1001)
RATES = (R23, R24, R25, R29, R30, R50, R59)


def card(dst: Path, rate: FrameRate = R24, frame_count: int = 48, **options: object) -> Path:
    """A numbered clip, 320x180 and clip id 1 unless told otherwise."""
    settings: dict[str, object] = {"clip_id": 1, "width": 320, "height": 180, **options}
    return render_test_clip(dst, rate=rate, frame_count=frame_count, **settings)  # type: ignore[arg-type]


def numbers(path: Path, start: int = 0, count: int | None = None) -> list[int]:
    """The frame numbers painted into the pictures of a clip."""
    return [read_frame_number(rgb)[1] for rgb in read_frames(path, start, count)]


def ffmpeg(*args: str | Path) -> None:
    """Run the plain binary, with none of our options."""
    command = [str(find_ffmpeg()), "-v", "error", "-nostdin", "-y", *map(str, args)]
    subprocess.run(command, check=True, capture_output=True)


def numbered_by_stamp(dst: Path, stamps: Sequence[int], clock: int = 1000, size: tuple[int, int] = (320, 180)) -> Path:
    """A clip whose frame i says i and stands at ``stamps[i]/clock`` seconds: the way to a variable rate."""
    with av.open(str(dst), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.time_base = Fraction(1, clock)
        stream.codec_context.time_base = Fraction(1, clock)
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame.from_ndarray(paint_frame(2, number, R30, *size), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, clock)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return dst


def patch(dst: Path, rgb: tuple[int, int, int], *, matrix: str, levels: str, tags: bool, size: str = "320x240") -> Path:
    """A flat colour, lossless in YUV 4:4:4 or 4:2:0, of a known matrix and range, tagged or not.

    The pixels are made by ffmpeg's ``scale`` with the matrix named; ``geq`` would need the formula by hand.
    """
    colour = "0x{:02x}{:02x}{:02x}".format(*rgb)
    convert = f"scale=out_color_matrix={matrix}:out_range={levels},format=yuv420p"
    spoken = {"bt601": "smpte170m"}.get(matrix, matrix)
    named = ["-colorspace", spoken, "-color_primaries", spoken, "-color_trc", spoken] if tags else []
    marks = f"setparams=colorspace={spoken if tags else 'unknown'}:range={levels if tags else 'unknown'}"
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=c={colour}:s={size}:r=24,format=gbrp", "-vf", f"{convert},{marks}"),
        *("-frames:v", "12", "-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p", *named, dst),
    )
    return dst


def mean_colour(path: Path, frame: int = 3) -> np.ndarray:
    """Mean RGB of the middle of a frame."""
    rgb = next(read_frames(path, frame, 1)).astype(float)
    height, width = rgb.shape[:2]
    return rgb[height // 3 : height * 2 // 3, width // 3 : width * 2 // 3].mean(axis=(0, 1))


def wave_samples(path: Path) -> np.ndarray:
    """The decoded sound as float, channels x samples."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp")
        blocks = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        blocks += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(blocks, axis=1)


def onsets(samples: np.ndarray, level: float = 0.05) -> list[int]:
    """First samples of the clicks of the first channel: louder than ``level`` after 20 ms of quiet."""
    loud = np.flatnonzero(np.abs(samples[0]) > level)
    return [int(at) for i, at in enumerate(loud) if i == 0 or at - loud[i - 1] > 960]


def shared_media() -> Path:
    """The folder of real clips; skips the test, saying so, when there is none."""
    told = os.environ.get("TAKEBRIDGE_SHARED_MEDIA")
    folder = Path(told) if told else Path(__file__).resolve().parents[2].parent / "shared" / "media"
    if not folder.is_dir():
        pytest.skip(f"real clips are absent: {folder} is no folder (set TAKEBRIDGE_SHARED_MEDIA)")
    return folder
