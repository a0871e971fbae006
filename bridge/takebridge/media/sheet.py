"""A sheet of cells, each a picture (or words in its place) above its label: one look at many results."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from takebridge.errors import UsageError
from takebridge.media.publish import publishing

_PAPER, _PANEL, _INK, _FAINT, _BAD = (20, 22, 28), (34, 37, 46), (232, 235, 242), (150, 156, 170), (240, 128, 120)
_TITLE, _TEXT = 16, 13
_GAP, _MARGIN, _INSIDE = 14, 18, 10

_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf")
"""Looked for on the system; Pillow's own has no dashes and few accents."""

_SPELLED = str.maketrans({"–": "-", "—": "-", "×": "x", "€": "EUR ", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One result. ``note`` is written where the picture would be; ``failed`` sets it off."""

    title: str
    lines: tuple[str, ...] = ()
    picture: NDArray[np.uint8] | None = None
    note: str = ""
    failed: bool = False


def draw_sheet(cells: Sequence[Cell], dst: Path, *, columns: int, tile_width: int = 300) -> Path:
    """Write the cells row by row as PNG, every picture fitted into ``tile_width`` by 9/16 of it.

    Raises UsageError for no cell or impossible numbers, DiskFullError.
    """
    if not cells or columns < 1 or not 120 <= tile_width <= 1920:
        raise UsageError("A sheet needs a cell, a column and tiles of 120 to 1920 pixels.", hint="Give all three.")
    columns = min(columns, len(cells))
    tile = (tile_width, tile_width * 9 // 16)
    below = _INSIDE * 2 + round(_TITLE * 1.4) + max(len(cell.lines) for cell in cells) * round(_TEXT * 1.5)
    step = (tile[0] + _GAP, tile[1] + below + _GAP)
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (2 * _MARGIN - _GAP + columns * step[0], 2 * _MARGIN - _GAP + rows * step[1]), _PAPER)
    for number, cell in enumerate(cells):
        left = _MARGIN + number % columns * step[0]
        top = _MARGIN + number // columns * step[1]
        _draw(sheet, cell, (left, top), tile, below)
    with publishing(dst) as part:
        sheet.save(part, "PNG")
    return dst


def _draw(sheet: Image.Image, cell: Cell, at: tuple[int, int], tile: tuple[int, int], below: int) -> None:
    (left, top), (width, height) = at, tile
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((left, top, left + width - 1, top + height + below - 1), fill=_PANEL)
    if cell.picture is not None:
        fitted = _fitted(Image.fromarray(cell.picture), tile)
        sheet.paste(fitted, (left + (width - fitted.width) // 2, top + (height - fitted.height) // 2))
    else:
        _write_note(draw, cell, at, tile)
    line = top + height + _INSIDE
    draw.text((left + _INSIDE, line), _cut(draw, cell.title, _TITLE, width), _INK, _font(_TITLE))
    line += round(_TITLE * 1.4)
    for text in cell.lines:
        draw.text((left + _INSIDE, line), _cut(draw, text, _TEXT, width), _FAINT, _font(_TEXT))
        line += round(_TEXT * 1.5)


def _write_note(draw: ImageDraw.ImageDraw, cell: Cell, at: tuple[int, int], tile: tuple[int, int]) -> None:
    wrapped = textwrap.wrap(_drawable(cell.note), width=max(10, (tile[0] - 2 * _INSIDE) // 7))
    kept = wrapped[: max(1, (tile[1] - 2 * _INSIDE) // round(_TEXT * 1.5))]
    font = _font(_TEXT)
    ink = _BAD if cell.failed else _FAINT
    draw.multiline_text((at[0] + _INSIDE, at[1] + _INSIDE), "\n".join(kept), ink, font, spacing=6)


def _fitted(picture: Image.Image, tile: tuple[int, int]) -> Image.Image:
    scale = min(tile[0] / picture.width, tile[1] / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _cut(draw: ImageDraw.ImageDraw, text: str, size: int, width: int) -> str:
    """The text as far as it fits beside the margins, ended by an ellipsis where it does not."""
    font, room, text = _font(size), width - 2 * _INSIDE, _drawable(text)
    if draw.textlength(text, font) <= room:
        return text
    kept = text
    while kept and draw.textlength(f"{kept}…", font) > room:
        kept = kept[:-1]
    return f"{kept}…"


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _drawable(text: str) -> str:
    """The text in characters the font has: all of them in a system's font, the nearest ones in Pillow's own."""
    font = _font(_TEXT)
    if isinstance(font, ImageFont.FreeTypeFont) and font.getname()[0] != "Aileron":
        return text
    bare = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    return "".join(character for character in bare if not unicodedata.combining(character))
