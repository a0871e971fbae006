"""Loads reference pictures: exact frames through the media floor, alpha through Pillow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from takebridge.errors import ProbeError
from takebridge.media.frames import read_frames
from takebridge.media.info import MediaInfo
from takebridge.providers.local.tiles import Picture

_ALPHA_FORMATS = ("PNG", "WEBP", "TIFF")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: ``picture`` height x width x 3, ``cut_out`` height x width x 4 when it has a real alpha."""

    picture: Picture
    cut_out: NDArray[np.uint8] | None = None


def load_reference(info: MediaInfo) -> Reference:
    """Load a still, or the middle frame of a clip. Raises ProbeError when it does not decode."""
    frame = 0 if info.is_still else info.frame_count // 2
    picture = next(iter(read_frames(info.path, frame, 1)))
    return Reference(picture, _cut_out(info) if info.is_still else None)


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
