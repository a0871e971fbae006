"""Stills and clips of a small film, cut and graded from one real clip: ``python footage.py CLIP FOLDER``.

Written where tests/support/web_canvas.py looks for the files of takes: ``take_<number>.png``, 1280 x 720, and
``take_<number>_48_24.mp4``, 48 frames at 24; ``…_72_24.mp4`` for shots of the cut, with handles. Also
``camera_<number>.mp4``, 96 frames at 24, for the editor's timeline.
Each frame counts from the start of the clip; the clip has to be at least 130 frames of 16:9.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frame = NDArray[np.uint8]
STILL = (1280, 720)
CLIP = (640, 360)
TAKE, WITH_HANDLES, CAMERA = 48, 72, 96
OF_THE_CUT = (2, 3, 12, 13)

# number: (frame of the clip, crop as left, top, width of 1, grade)
SHOTS: dict[int, tuple[int, tuple[float, float, float], str]] = {
    1: (0, (0.0, 0.0, 1.0), "dawn"),
    2: (14, (0.16, 0.20, 0.42), "dawn"),
    3: (44, (0.05, 0.02, 0.72), "day"),
    4: (70, (0.26, 0.04, 0.40), "day"),
    5: (118, (0.52, 0.0, 0.48), "dusk"),
    6: (130, (0.20, 0.0, 0.62), "dusk"),
    11: (0, (0.0, 0.0, 1.0), "day"),
    12: (20, (0.10, 0.12, 0.56), "day"),
    13: (52, (0.0, 0.0, 1.0), "dusk"),
    14: (84, (0.22, 0.02, 0.46), "dusk"),
    15: (30, (0.40, 0.0, 0.60), "dawn"),
    16: (110, (0.10, 0.0, 0.80), "day"),
    21: (60, (0.22, 0.02, 0.50), "day"),
    22: (124, (0.50, 0.02, 0.46), "day"),
}
_GAINS = {"dawn": (0.78, 0.90, 1.12), "day": (1.0, 1.0, 1.0), "dusk": (1.16, 0.90, 0.70)}


def graded(frame: Frame, crop: tuple[float, float, float], grade: str, size: tuple[int, int]) -> Frame:
    """Cut a 16:9 part out of a frame and colour it."""
    height, width = frame.shape[:2]
    left, top, part = crop
    x, y, w, h = (round(one) for one in (left * width, top * height, part * width, part * height))
    cut = Image.fromarray(frame[y : min(y + h, height), x : min(x + w, width)]).resize(size, Image.Resampling.LANCZOS)
    return np.clip(np.asarray(cut, np.float32) * np.array(_GAINS[grade], np.float32), 0, 255).astype(np.uint8)


def write_clip(path: Path, frames: list[Frame]) -> None:
    """Write H.264 at 24 frames a second."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"crf": "20", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = CLIP[0], CLIP[1], "yuv420p"
        stream.time_base = Fraction(1, 24)
        for picture in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))


def main(source: Path, folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as clip:
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    for number, (first, crop, grade) in SHOTS.items():
        still = graded(frames[min(first, len(frames) - 1)], crop, grade, STILL)
        Image.fromarray(still).save(folder / f"take_{number}.png")
        for length in (TAKE, WITH_HANDLES) if number in OF_THE_CUT else (TAKE,):
            start = min(first, len(frames) - length - 1)
            moving = [graded(frames[start + index], crop, grade, CLIP) for index in range(length)]
            write_clip(folder / f"take_{number}_{length}_24.mp4", moving)
    for number in range(1, 7):
        first, crop, grade = SHOTS[number]
        start = max(0, min(first - 24, len(frames) - CAMERA - 1))
        write_clip(
            folder / f"camera_{number}.mp4",
            [graded(frames[start + index], crop, grade, CLIP) for index in range(CAMERA)],
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
