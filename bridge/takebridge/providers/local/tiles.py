"""Cuts a picture into overlapping tiles and lays the enlarged cores side by side, without a seam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

LARGEST_CORE = 360
"""Longest side of a tile's core. 360 x 360 keeps a worker at 0.6 GB; 720 x 720 took 2 GB for a tenth less time."""

OVERLAP = 24
"""Pixels a tile sees beyond its core. The network's reach is 21 (21 convolutions of 3 x 3 in a row), so a core
pixel never feels where its tile ends."""


@dataclass(frozen=True, slots=True)
class Tile:
    """``core``: the part to keep, ``seen``: with the overlap; both ``(left, top, right, bottom)``, ends exclusive."""

    core: tuple[int, int, int, int]
    seen: tuple[int, int, int, int]


def tiles(width: int, height: int, largest: int = LARGEST_CORE, overlap: int = OVERLAP) -> tuple[Tile, ...]:
    """Cover ``width`` x ``height`` with cores of nearly equal size, none longer than ``largest``."""
    return tuple(
        Tile(
            (left, top, right, bottom),
            (max(0, left - overlap), max(0, top - overlap), min(width, right + overlap), min(height, bottom + overlap)),
        )
        for top, bottom in _spans(height, largest)
        for left, right in _spans(width, largest)
    )


def _spans(length: int, largest: int) -> list[tuple[int, int]]:
    count = -(-length // largest)
    return [(length * k // count, length * (k + 1) // count) for k in range(count)]


def enlarge_tiled(
    picture: Picture, scale: int, enlarge: Callable[[Picture], Picture], largest: int = LARGEST_CORE
) -> Picture:
    """Return ``picture`` (height x width x 3) ``scale`` times as large, enlarged tile by tile."""
    height, width = picture.shape[:2]
    out = np.empty((height * scale, width * scale, 3), np.uint8)
    for tile in tiles(width, height, largest):
        left, top, right, bottom = tile.core
        seen_left, seen_top, seen_right, seen_bottom = tile.seen
        big = enlarge(picture[seen_top:seen_bottom, seen_left:seen_right])
        x, y = (left - seen_left) * scale, (top - seen_top) * scale
        out[top * scale : bottom * scale, left * scale : right * scale] = big[
            y : y + (bottom - top) * scale, x : x + (right - left) * scale
        ]
    return out
