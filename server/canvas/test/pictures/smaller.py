"""Write a PNG with fewer colours: ``python smaller.py FILE MOST_BYTES``. Exit code 1 when it stays too large.

The page's own colours are kept, however few pixels have them: a state is known by its colour too.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image, ImageDraw

TOKENS = Path(__file__).parents[2] / "src" / "ui" / "tokens.css"
_STRIP = 120


def weighted(picture: Image.Image) -> Image.Image:
    """Add a strip of the page's colours, so that they get places in the palette."""
    colours = sorted(set(re.findall(r"#[0-9a-f]{6}", TOKENS.read_text("utf-8"))))
    more = Image.new("RGB", (picture.width, picture.height + _STRIP))
    more.paste(picture, (0, 0))
    draw, step = ImageDraw.Draw(more), picture.width / len(colours)
    for place, colour in enumerate(colours):
        left = round(place * step)
        draw.rectangle((left, picture.height, round(left + step), more.height), fill=colour)
    return more


def main(path: Path, most: int) -> bool:
    """Try fewer and fewer colours; whether the file is small enough."""
    picture = Image.open(path).convert("RGB")
    for colours in (256, 192, 128):
        palette = weighted(picture).quantize(colours)
        picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        if path.stat().st_size < most:
            return True
    return False


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]), int(sys.argv[2])) else 1)
