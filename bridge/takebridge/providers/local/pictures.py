"""Loads reference pictures (exact frames through the media floor, alpha through Pillow) and writes stills.

A still drawn here notes in a PNG text field where it was written on: `load_reference` takes badge and caption out
again, so that a clip made of it wears its own and no second pair that moves with the picture.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from takebridge.errors import ProbeError
from takebridge.media.frames import read_frames
from takebridge.media.info import MediaInfo
from takebridge.media.publish import publishing
from takebridge.providers.local.tiles import Picture

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, the last two exclusive."""

_MARKS = "takebridge-marks"
_MOST_MARKED = 0.2
_ALPHA_FORMATS = ("PNG", "WEBP", "TIFF")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: ``picture`` height x width x 3, ``cut_out`` height x width x 4 when it has a real alpha."""

    picture: Picture
    cut_out: NDArray[np.uint8] | None = None


def load_reference(info: MediaInfo, used: tuple[int, int] | None = None, *, keep: int = 0) -> Reference:
    """Load a still, or the middle frame of a clip (of the ``used`` frames). Raises ProbeError.

    ``keep``: how many of the marks of a still stay in it; the badge is the first.
    """
    if not info.is_still:
        start, end = used or (0, info.frame_count)
        return Reference(next(iter(read_frames(info.path, min((start + end) // 2, info.frame_count - 1), 1))))
    picture = next(iter(read_frames(info.path, 0, 1)))
    return Reference(_unmarked(picture, _marks(info)[keep:]), _cut_out(info))


def write_png(dst: Path, picture: Picture, marks: Sequence[Box] = ()) -> Path:
    """Write a still, the same bytes for the same picture. ``marks``: where it was written on, the badge first."""
    facts = PngImagePlugin.PngInfo()
    if marks:
        facts.add_text(_MARKS, json.dumps(marks))
    with publishing(dst, estimate=picture.nbytes) as part:
        Image.fromarray(picture).save(part, "PNG", pnginfo=facts, compress_level=4)
    return dst


def _marks(info: MediaInfo) -> list[Box]:
    """Return the noted boxes that lie inside the picture; nothing for whatever else stands there."""
    if info.container != "png_pipe":
        return []
    try:
        with Image.open(info.path, formats=("PNG",)) as image:
            noted = json.loads(str(image.info.get(_MARKS, "[]")))
        boxes = [(int(a), int(b), int(c), int(d)) for a, b, c, d in noted]
    except (OSError, ValueError, TypeError, Image.DecompressionBombError):
        return []
    return [box for box in boxes if 0 <= box[0] < box[2] <= info.width and 0 <= box[1] < box[3] <= info.height]


def _unmarked(picture: Picture, marks: Sequence[Box]) -> Picture:
    """Paint over the marks from what surrounds them."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    for left, top, right, bottom in marks:
        mask[top:bottom, left:right] = 255
    if not mask.any() or mask.mean() > 255 * _MOST_MARKED:
        return picture
    return np.asarray(cv2.inpaint(picture, mask, 4, cv2.INPAINT_TELEA), np.uint8)


def _cut_out(info: MediaInfo) -> NDArray[np.uint8] | None:
    try:
        with Image.open(info.path, formats=_ALPHA_FORMATS) as image:
            if "A" not in image.getbands() and "transparency" not in image.info:
                return None
            rgba = np.asarray(image.convert("RGBA"))
    except UnidentifiedImageError:
        return None
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ProbeError(f"“{info.path.name}” cannot be read.", hint="Export it again as PNG.") from error
    alpha = rgba[..., 3]
    # Nearly opaque or nearly empty: no cut-out, whatever the file type says.
    covered = float((alpha > 8).mean())
    return rgba if 0.002 < covered < 0.98 and alpha.max() > 128 else None
