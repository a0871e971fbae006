"""The handful of colours a picture lives on."""

from __future__ import annotations

import numpy as np
from PIL import Image

from takebridge.providers.local.tiles import Picture

Rgb = tuple[int, int, int]


def palette_of(picture: Picture, count: int = 5) -> tuple[Rgb, ...]:
    """Return up to ``count`` colours, dark to light: the ones that cover most and differ from each other."""
    small = Image.fromarray(picture).resize((96, 96), Image.Resampling.BOX)
    reduced = small.quantize(16, method=Image.Quantize.MEDIANCUT)
    table = reduced.getpalette() or []
    areas = sorted(reduced.getcolors() or [], reverse=True)
    colours = [(table[3 * n], table[3 * n + 1], table[3 * n + 2]) for _, n in areas if isinstance(n, int)]
    chosen = _spread(colours, count)
    return tuple(sorted(chosen, key=_luma))


def _spread(colours: list[Rgb], count: int) -> list[Rgb]:
    """Take the largest, then whatever is farthest from all taken."""
    chosen = colours[:1]
    rest = colours[1:]
    while rest and len(chosen) < count:
        best = max(rest, key=lambda colour: min(_distance(colour, taken) for taken in chosen))
        rest.remove(best)
        chosen.append(best)
    return chosen


def _distance(a: Rgb, b: Rgb) -> float:
    return float(np.linalg.norm(np.subtract(a, b)))


def _luma(colour: Rgb) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
