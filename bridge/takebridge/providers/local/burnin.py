"""Captions burnt into planes: white words on a dark plate at the foot, drawn once a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from takebridge.media.planes import Planes, rgb_to_planes
from takebridge.providers.local.lettering import Style, sheet, width_of, wrap, write
from takebridge.providers.local.subtitles import Cue
from takebridge.timebase import FrameRate, frame_at


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A caption as planes and how much of the picture each of their bytes hides, 0 to 255."""

    planes: NDArray[np.int32]
    alpha: NDArray[np.int32]
    rows: tuple[slice, ...]


class Captions:
    """The captions of one film."""

    def __init__(self, cues: Sequence[Cue], rate: FrameRate, width: int, height: int) -> None:
        self._size = width, height
        # A cue is seen from the frame on screen at its start up to the one at its end.
        self._spans = [
            (frame_at(Fraction(cue.start, 1000), rate), frame_at(Fraction(cue.end, 1000), rate), cue) for cue in cues
        ]
        self._kept: dict[Cue, _Drawn] = {}

    def over(self, planes: Planes, frame: int) -> Planes:
        """Return the frame with the caption of its moment, if there is one."""
        cue = next((cue for start, end, cue in self._spans if start <= frame < end), None)
        if cue is None:
            return planes
        if cue not in self._kept:
            self._kept = {cue: _draw(cue, *self._size)}  # one is enough: they come in order
        drawn, out = self._kept[cue], planes.copy()
        for rows in drawn.rows:
            hidden = drawn.alpha[rows]
            below = out[rows].astype(np.int32) * (255 - hidden)
            out[rows] = (below + drawn.planes[rows] * hidden + 127) // 255
        return out


def _draw(cue: Cue, width: int, height: int) -> _Drawn:
    size = max(9, round(min(height, width * 9 / 16) * 0.047))
    style = Style(size, (250, 250, 248), weight=0.012)
    lines = [line for one in cue.lines for line in wrap(one, style, width * 0.86, 3)][:6]
    tall = size * style.leading
    top = height - round(height * 0.055) - tall * len(lines)
    image = sheet(width, height)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        wide, y = width_of(line, style), top + number * tall
        box = (width / 2 - wide / 2 - size * 0.4, y - size * 0.08, width / 2 + wide / 2 + size * 0.4, y + tall)
        draw.rectangle(box, fill=(8, 8, 10, 215))
    for number, line in enumerate(lines):
        write(draw, (width / 2 - width_of(line, style) / 2, top + number * tall), line, style)
    rgba = np.asarray(image)
    alpha = rgba[..., 3]
    quarter = alpha.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)).astype(np.uint8)
    chroma = np.concatenate([quarter.reshape(-1), quarter.reshape(-1)]).reshape(height // 2, width)
    first = max(0, int(top - size) // 2 * 2)
    return _Drawn(
        rgb_to_planes(rgba[..., :3]).astype(np.int32),
        np.concatenate([alpha, chroma]).astype(np.int32),
        (slice(first, height), *_chroma_rows(first, height)),
    )


def _chroma_rows(first: int, height: int) -> tuple[slice, ...]:
    """Rows of both chroma planes below luma row ``first``; a row of the array holds two rows of a plane."""
    quarter = height // 4
    if height % 4:
        return (slice(height, height * 3 // 2),)
    return tuple(slice(height + n * quarter + first // 4, height + (n + 1) * quarter) for n in range(2))
