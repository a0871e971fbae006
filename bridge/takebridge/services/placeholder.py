"""Placeholder pictures: plain figures that say what belongs there. The same words give the same bytes."""

from __future__ import annotations

from io import BytesIO
from textwrap import wrap

from PIL import Image, ImageDraw, ImageFont

_DARK, _PALE, _GLOW = (28, 32, 40, 255), (226, 228, 234, 255), (250, 224, 150, 255)
_COAT, _BRASS = (58, 74, 104, 255), (186, 142, 74, 255)


def placeholder(label: str, role: str) -> bytes:
    """Return a PNG: a character or product cut out on nothing, a card of words, else a landscape with its label."""
    file = BytesIO()
    _FIGURES.get(role, _landscape)(label).save(file, "PNG")
    return file.getvalue()


def _person(label: str) -> Image.Image:
    picture = Image.new("RGBA", (720, 960), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((120, 400, 600, 1160), radius=170, fill=_COAT)
    draw.polygon([(300, 404), (420, 404), (360, 560)], fill=_PALE)
    draw.rounded_rectangle((310, 320, 410, 440), radius=40, fill=(198, 152, 122, 255))
    draw.ellipse((250, 90, 470, 370), fill=(214, 168, 138, 255))
    draw.chord((236, 64, 484, 330), 170, 370, fill=_DARK)
    _label(draw, label, 640, 720, 40)
    return picture


def _product(label: str) -> Image.Image:
    """A lamp on a shelf, off the middle: beside a character it hides nobody."""
    picture = Image.new("RGBA", (1500, 720), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.arc((1110, 30, 1310, 280), 180, 360, fill=_BRASS, width=20)
    draw.rounded_rectangle((1070, 150, 1350, 640), radius=40, fill=_DARK)
    draw.rounded_rectangle((1106, 190, 1314, 460), radius=24, fill=_GLOW)
    draw.rectangle((1070, 480, 1350, 498), fill=_BRASS)
    draw.text((1210, 560), label[:24], font=ImageFont.load_default(32), fill=_PALE, anchor="mm")
    draw.rounded_rectangle((0, 636, 1500, 690), radius=10, fill=(104, 72, 48, 255))
    return picture


def _card(label: str) -> Image.Image:
    """Words alone, large, with room around them for a camera that moves."""
    picture = Image.new("RGB", (1280, 720), (20, 33, 43))
    draw = ImageDraw.Draw(picture)
    lines = wrap(label, 16, max_lines=4, placeholder=" …")
    for number, line in enumerate(lines):
        y = 360 + (2 * number - len(lines) + 1) * 46
        draw.text((640, y), line, font=ImageFont.load_default(84), fill=_PALE, anchor="mm")
    below = 360 + len(lines) * 46 + 24
    draw.rectangle((560, below, 720, below + 8), fill=_BRASS)
    return picture


def _landscape(label: str) -> Image.Image:
    upper, lower = (46, 74, 110), (222, 148, 110)
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), upper)
    column.putpixel((0, 1), lower)
    picture = column.resize((1280, 720), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((880, 150, 1020, 290), fill=(252, 226, 170))
    draw.polygon([(0, 480), (360, 300), (700, 500), (1000, 360), (1280, 470), (1280, 720), (0, 720)], fill=(44, 58, 72))
    draw.polygon([(0, 600), (300, 520), (760, 610), (1280, 540), (1280, 720), (0, 720)], fill=_DARK)
    _label(draw, label, 630, 1280, 32)
    return picture


def _label(draw: ImageDraw.ImageDraw, label: str, y: int, width: int, size: int) -> None:
    draw.text((width // 2, y), label[:24], font=ImageFont.load_default(size), fill=_PALE, anchor="mm")


_FIGURES = {"character": _person, "product": _product, "card": _card}
