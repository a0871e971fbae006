"""The storyboard panel: a picture window, the words of the shot beside and below it, its palette."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from takebridge.providers.local.lettering import Style, readable, wrap, write, write_lines
from takebridge.providers.local.overlay import AMBER, PAPER, guides
from takebridge.providers.local.palette import Rgb
from takebridge.providers.local.shot import Shot
from takebridge.providers.local.tiles import Picture

GROUND = (24, 24, 27)
_QUIET = (142, 139, 133)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are, in pixels: the picture window (left, top, width, height) and the two columns of words."""

    window: tuple[int, int, int, int]
    side: tuple[float, float, float, float]
    below: tuple[float, float, float, float]


def layout_of(width: int, height: int, unit: float) -> Layout:
    """Return the layout: words beside and below the window in wide frames, all below it in tall ones."""
    margin = unit * 1.5
    if width >= height:
        window_width = _even(width * 0.67)
        window_height = _even(window_width * height / width)
        top = round(margin)
        side = margin + window_width + unit * 1.5
        return Layout(
            (round(margin), top, window_width, window_height),
            (side, top + unit * 3.6, width - margin, top + window_height),
            (margin, top + window_height + unit * 1.1, width - margin - unit * 9, height - unit * 1.4),
        )
    scale = min((width - 2 * margin) / width, 0.62)
    window_width, window_height = _even(width * scale), _even(height * scale)
    top = round(margin + unit * 3.2)
    right = margin + window_width + unit
    return Layout(
        (round(margin), top, window_width, window_height),
        (right, top, width - margin, top + window_height),
        (margin, top + window_height + unit * 1.2, width - margin, height - unit * 4.2),
    )


def draw_panel(
    image: Image.Image, shot: Shot, layout: Layout, unit: float, colours: Sequence[Rgb], thumbnails: Sequence[Picture]
) -> None:
    """Draw everything that does not move on the RGBA sheet ``image``; the window stays transparent."""
    left, top, width, height = layout.window
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, image.width, image.height), fill=(*GROUND, 255))
    draw.rectangle((left, top, left + width - 1, top + height - 1), fill=(0, 0, 0, 0))
    guides(image, (left, top, left + width, top + height), unit * 0.8)
    _side(image, shot, layout.side, unit, colours, thumbnails)
    _below(image, shot, layout.below, unit)


def _side(
    image: Image.Image,
    shot: Shot,
    box: tuple[float, float, float, float],
    unit: float,
    colours: Sequence[Rgb],
    thumbnails: Sequence[Picture],
) -> None:
    left, y, right, bottom = box
    draw = ImageDraw.Draw(image)
    title = Style(max(7, round(unit * 1.6)), PAPER, weight=0.022, leading=1.2)
    plain = Style(max(6, round(unit * 0.98)), (214, 211, 204))
    y = _block(draw, (left, y), "SHOT", wrap(shot.title or "Untitled", title, right - left, 3), title, unit)
    if shot.camera_note:
        y = _block(draw, (left, y), "CAMERA", wrap(shot.camera_note, plain, right - left, 4), plain, unit)
    facts = (f"{shot.frame_count} f at {_rate(shot)}", f"{shot.width} x {shot.height}", f"seed {shot.seed}")
    y = _block(draw, (left, y), "LENGTH", wrap("  ·  ".join(facts), plain, right - left, 3), plain, unit)
    if y + unit * 2.6 < bottom:
        write(draw, (left, y), "PALETTE", _label(unit))
        _chips(draw, (left, y + unit * 1.1, right), colours, unit)
        y += unit * 3.4
    _thumbnails(image, (left, y, right, bottom), thumbnails, unit)


def _below(image: Image.Image, shot: Shot, box: tuple[float, float, float, float], unit: float) -> None:
    left, top, right, bottom = box
    text = Style(max(6, round(unit * 1.12)), (226, 223, 216), leading=1.36)
    lines = int((bottom - top - unit * 1.1) / (text.size * text.leading))
    if shot.prompt and lines > 0:
        _block(ImageDraw.Draw(image), (left, top), "ACTION", wrap(shot.prompt, text, right - left, lines), text, unit)


def _block(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], label: str, lines: Sequence[str], style: Style, unit: float
) -> float:
    x, y = at
    write(draw, (x, y), readable(label), _label(unit))
    return write_lines(draw, (x, y + unit * 1.05), lines, style) + unit * 0.85


def _label(unit: float) -> Style:
    return Style(max(6, round(unit * 0.62)), (*AMBER, 255), tracking=0.12)


def _chips(draw: ImageDraw.ImageDraw, at: tuple[float, float, float], colours: Sequence[Rgb], unit: float) -> None:
    left, top, right = at
    each = (right - left) / max(1, len(colours))
    for n, colour in enumerate(colours):
        box = (left + n * each, top, left + (n + 1) * each - unit * 0.15, top + unit * 1.5)
        draw.rectangle(box, fill=(*colour, 255), outline=(*_QUIET, 90))


def _thumbnails(
    image: Image.Image, box: tuple[float, float, float, float], thumbnails: Sequence[Picture], unit: float
) -> None:
    left, top, right, bottom = box
    if len(thumbnails) < 2 or bottom - top < unit * 4:
        return
    write(ImageDraw.Draw(image), (left, top), "REFERENCES", _label(unit))
    each = round((right - left - unit * 0.3 * (len(thumbnails) - 1)) / len(thumbnails))
    tall = round(min(bottom - top - unit * 1.2, each * 0.75))
    for n, picture in enumerate(thumbnails):
        small = Image.fromarray(_cropped(picture, each, tall))
        image.paste(small, (round(left + n * (each + unit * 0.3)), round(top + unit * 1.1)))


def _cropped(picture: Picture, width: int, height: int) -> Picture:
    ratio = max(width / picture.shape[1], height / picture.shape[0])
    size = (max(width, round(picture.shape[1] * ratio)), max(height, round(picture.shape[0] * ratio)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    x, y = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(small[y : y + height, x : x + width], np.uint8)


def _rate(shot: Shot) -> str:
    if shot.rate.denominator == 1:
        return f"{shot.rate.numerator} fps"
    return f"{shot.rate.numerator / shot.rate.denominator:.3f} fps".replace("0 fps", " fps")


def _even(value: float) -> int:
    return max(2, int(value) // 2 * 2)
