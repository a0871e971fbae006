"""What the Premiere fake asks back: what a media file holds, and a real picture where Premiere would write one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from takebridge.errors import BridgeError
from takebridge.media.frames import read_frames
from takebridge.media.probe import probe

TICKS = 254_016_000_000
"""Premiere's ticks per second."""
_PILLOW = {"jpg": "JPEG", "tif": "TIFF", "png": "PNG", "bmp": "BMP", "gif": "GIF", "tga": "TGA"}


def media_facts(path: str) -> dict[str, Any] | None:
    """What a file holds as the fake counts it, or None when Premiere could not import it. Sound counts in samples."""
    try:
        info = probe(Path(path))
    except BridgeError:
        return None
    sizes = {"width": info.width, "height": info.height, "audio": info.has_audio, "picture": info.has_video}
    if info.is_still:
        return {**sizes, "frames": 1, "rate": "25"}
    if info.has_video:
        assert info.rate is not None
        return {**sizes, "frames": info.frame_count, "rate": str(info.rate.fraction)}
    return {**sizes, "frames": info.audio_samples, "rate": str(info.audio_rate)}


def draw(asked: dict[str, Any]) -> bool:
    """Write what Premiere would export; False leaves it to the fake (renders, and spans without picture)."""
    seen = asked.get("seen")
    if seen is None:
        return False
    path, media = Path(asked["path"]), Path(seen["path"])
    info = probe(media)
    if info.rate is None:
        return False
    frame = int(Fraction(int(seen["ticks"]), TICKS) * info.rate.fraction)
    (picture,) = read_frames(media, frame, 1)
    image = Image.fromarray(picture).resize((int(asked["width"]), int(asked["height"])), Image.Resampling.NEAREST)
    image.save(path, _PILLOW[path.suffix[1:].lower()])
    return True
