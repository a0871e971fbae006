"""Single frames out of a clip: first, middle and last, the sharpest, and one by its number."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from takebridge.errors import CapabilityError
from takebridge.media.frames import read_frames
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.order import Given, Order, need, need_clip
from takebridge.providers.local.pictures import write_png
from takebridge.providers.local.tiles import Picture

CANDIDATES = 24
"""How many frames are compared for the sharpest."""


def check_frames(order: Order) -> None:
    """Raise CapabilityError unless the clip moves and has the asked frame."""
    _wanted(order)


def make_frames(order: Order, bench: Bench) -> Made:
    """Write the parts ``frame.first``, ``.middle``, ``.last``, ``.best`` and ``.at`` as PNG."""
    source, wanted = _wanted(order)
    start, end = source.used
    looked = sorted({start + (end - start) * (2 * n + 1) // (2 * CANDIDATES) for n in range(CANDIDATES)})
    bench.begin(end - start + len(wanted) + 1)
    pictures: dict[int, Picture] = {}
    best, sharpest = start, -1.0
    for frame, picture in _frames(source, start, end):
        bench.at(frame - start)
        if frame in wanted.values():
            pictures[frame] = picture
        if frame in looked and (value := sharpness(picture)) > sharpest:
            best, sharpest, kept = frame, value, picture
    pictures.setdefault(best, kept)
    parts = {**wanted, "best": best}
    outputs = []
    for name in ("first", "middle", "last", "best", "at"):
        path = write_png(bench.file(f"frame.{name}", ".png"), pictures[parts[name]])
        outputs.append(Output(f"frame.{name}", "image/png", path))
        bench.at(end - start + len(outputs))
    facts = {"previz": False, **{f"{name}_frame": frame for name, frame in parts.items()}}
    return Made(tuple(outputs), facts)


def sharpness(picture: Picture) -> float:
    """Return how much fine detail a picture has; comparable between frames of one clip."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (480, max(2, round(480 * grey.shape[0] / grey.shape[1]))), interpolation=cv2.INTER_AREA)
    return float(np.var(cv2.Laplacian(small, cv2.CV_32F)))


def _frames(source: Given, start: int, end: int) -> Iterator[tuple[int, Picture]]:
    return enumerate(read_frames(source.media.path, start, end - start), start)


def _wanted(order: Order) -> tuple[Given, dict[str, int]]:
    """Return the clip and the source frames of the parts that are known before looking."""
    sources = order.of("source_video")
    need(sources, "clip")
    need_clip(sources)
    source = sources[0]
    if source.media.is_vfr:
        raise CapabilityError(
            f"“{source.name}” has a variable frame rate, so frame numbers mean nothing in it.",
            hint="Trim it first: that makes its rate constant.",
        )
    start, end = source.used
    at = order.number("at_frame", 0)
    if not 0 <= at < end - start:
        raise CapabilityError(
            f"Frame {at} is asked of “{source.name}”, which has {end - start}.", hint="Choose a frame inside the clip."
        )
    return source, {"first": start, "middle": (start + end - 1) // 2, "last": end - 1, "at": start + at}
