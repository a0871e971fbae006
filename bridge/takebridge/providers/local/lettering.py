"""Writing on pictures with the font that Pillow carries, so that a panel looks the same on every machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int] | tuple[int, int, int, int]

_SPELLED = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "×": "x", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "ł": "l",
     "Ł": "L", "đ": "d", "•": "·", "→": "->", "←": "<-", "\t": " "}
)  # fmt: skip
_SYSTEM_FONTS = (
    "NotoSansCJK-Regular.ttc", "PingFang.ttc", "msyh.ttc", "YuGothM.ttc",
    "Arial Unicode.ttf", "DejaVuSans.ttf", "arial.ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. ``weight``: extra stroke in parts of the size; ``tracking``: extra gap in parts of it."""

    size: int
    colour: Colour = (240, 238, 232)
    weight: float = 0.0
    tracking: float = 0.0
    leading: float = 1.28


def readable(text: str) -> str:
    """Return ``text`` in letters that can be drawn: accents dropped, dashes plain, one space between words.

    Text in another script stays as it is when a font of this machine has its letters; else it is said that
    none has.
    """
    plain = " ".join(text.split())
    spelled = unicodedata.normalize("NFKD", plain.translate(_SPELLED))
    bare = "".join(c for c in spelled if not unicodedata.combining(c))
    letters = [c for c in bare if c.isalpha()]
    if sum(not _has(c) for c in letters) * 4 <= len(letters):
        return "".join(c if _has(c) else "?" for c in bare)
    return plain if _system_font(frozenset(plain)) else "(words in a script this machine has no font for)"


@cache
def _has(character: str, font_name: str = "") -> bool:
    """Say whether a font (the built-in one without a name) draws something of its own for a character."""
    font = ImageFont.truetype(font_name, 32) if font_name else ImageFont.load_default(size=32)
    if not isinstance(font, ImageFont.FreeTypeFont):
        return character.isascii()
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


@lru_cache(maxsize=64)
def _system_font(characters: frozenset[str]) -> str | None:
    """Return the first font of this machine that has all of them."""
    for name in _SYSTEM_FONTS:
        try:
            if all(_has(character, name) for character in characters):
                return name
        except OSError:
            continue
    return None


@cache
def _sized(name: str, size: int) -> Font:
    size = max(4, size)
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size=size)


def _font(text: str, size: int) -> Font:
    foreign = not all(_has(c) for c in text)
    return _sized((foreign and _system_font(frozenset(text))) or "", size)


def width_of(text: str, style: Style) -> float:
    """Return the length of one line in pixels."""
    return _font(text, style.size).getlength(text) + len(text) * style.tracking * style.size


def wrap(text: str, style: Style, width: float, lines: int) -> tuple[str, ...]:
    """Break ``text`` into at most ``lines`` lines no longer than ``width``; the last ends in … when text is left."""
    if lines < 1:
        return ()
    done: list[str] = []
    rest = _pieces(readable(text), style, width)
    while rest and len(done) < lines:
        line = rest.pop(0)
        while rest and width_of(f"{line} {rest[0]}", style) <= width:
            line = f"{line} {rest.pop(0)}"
        done.append(line)
    if rest:
        done[-1] = _shortened(f"{done[-1]}…", style, width)
    return tuple(done)


def _pieces(text: str, style: Style, width: float) -> list[str]:
    """Split at spaces, and words longer than a line wherever they fill it (scripts without spaces too)."""
    pieces: list[str] = []
    for word in text.split():
        while width_of(word, style) > width and len(word) > 1:
            cut = next((n for n in range(len(word) - 1, 1, -1) if width_of(word[:n], style) <= width), 1)
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return pieces


def _shortened(line: str, style: Style, width: float) -> str:
    while len(line) > 1 and width_of(line, style) > width:
        line = line[:-2].rstrip() + "…"
    return line


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style) -> None:
    """Write one line with its top left corner at ``at``."""
    x, y = at
    font = _font(text, style.size)
    stroke = style.weight * style.size
    if not style.tracking:
        draw.text((x, y), text, font=font, fill=style.colour, stroke_width=stroke, stroke_fill=style.colour)
        return
    for character in text:
        draw.text((x, y), character, font=font, fill=style.colour, stroke_width=stroke, stroke_fill=style.colour)
        x += font.getlength(character) + style.tracking * style.size


def write_lines(draw: ImageDraw.ImageDraw, at: tuple[float, float], lines: Iterable[str], style: Style) -> float:
    """Write lines under each other and return the y below the last."""
    x, y = at
    for line in lines:
        write(draw, (x, y), line, style)
        y += style.size * style.leading
    return y


def sheet(width: int, height: int) -> Image.Image:
    """Return a transparent picture to write on."""
    return Image.new("RGBA", (width, height), (0, 0, 0, 0))
