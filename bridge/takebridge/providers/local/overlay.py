"""What is burnt into previz frames: the badge, frame guides, words and a running frame number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from takebridge.providers.local.lettering import Style, sheet, width_of, wrap, write, write_lines
from takebridge.providers.local.shot import Shot
from takebridge.providers.local.tiles import Picture
from takebridge.timebase import format_timecode

AMBER = (255, 178, 36)
INK = (20, 17, 12)
PAPER = (242, 240, 234)
BADGE = "PREVIZ"


@dataclass(frozen=True, slots=True)
class Overlay:
    """A transparent sheet, ready to be laid over frames of its size: colour times alpha, and what shines through."""

    colour: NDArray[np.uint8]
    through: NDArray[np.uint8]

    def over(self, picture: Picture) -> Picture:
        """Return ``picture`` with the sheet on top."""
        dimmed = cv2.multiply(picture, self.through, scale=1 / 255)
        return np.asarray(cv2.add(dimmed, self.colour), np.uint8)


def as_overlay(image: Image.Image) -> Overlay:
    """Prepare an RGBA sheet."""
    rgba = np.asarray(image, np.float32)
    alpha = rgba[..., 3:] / 255
    colour = (rgba[..., :3] * alpha + 0.5).astype(np.uint8)
    through = np.repeat((255 - rgba[..., 3:]).astype(np.uint8), 3, axis=2)
    return Overlay(colour, np.ascontiguousarray(through))


def unit_of(width: int, height: int) -> float:
    """Return the size everything is measured by: 1/36 of the frame's shorter side, or of 9/16 of the longer."""
    return max(min(width, height), max(width, height) * 0.5) / 36


def badge(image: Image.Image, unit: float) -> float:
    """Burn the badge into the upper right corner; return the x of its left edge."""
    style = Style(max(6, round(unit * 1.12)), INK, weight=0.03, tracking=0.1)
    length = width_of(BADGE, style) - style.tracking * style.size
    pad_x, pad_y = style.size * 0.62, style.size * 0.36
    right, top = image.width - unit * 1.5, unit * 1.4
    left = right - length - 2 * pad_x
    draw = ImageDraw.Draw(image)
    box = (left, top, right, top + style.size + 2 * pad_y)
    draw.rounded_rectangle(box, radius=style.size * 0.32, fill=(*AMBER, 255))
    write(draw, (left + pad_x, top + pad_y - style.size * 0.1), BADGE, style)
    return left


def guides(image: Image.Image, box: tuple[float, float, float, float], unit: float) -> None:
    """Draw frame corners, a centre mark and the 2.39:1 lines into ``box``, quietly."""
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = box
    line = max(1, round(unit / 18))
    ink = (255, 255, 255, 120)
    inset, arm = unit * 0.9, unit * 1.5
    for x, sx in ((left + inset, 1), (right - inset, -1)):
        for y, sy in ((top + inset, 1), (bottom - inset, -1)):
            draw.line([(x, y), (x + sx * arm, y)], fill=ink, width=line)
            draw.line([(x, y), (x, y + sy * arm)], fill=ink, width=line)
    x, y = (left + right) / 2, (top + bottom) / 2
    draw.line([(x - arm / 2, y), (x + arm / 2, y)], fill=ink, width=line)
    draw.line([(x, y - arm / 2), (x, y + arm / 2)], fill=ink, width=line)
    _scope_lines(draw, box, unit, line)


def _scope_lines(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], unit: float, line: int) -> None:
    left, top, right, bottom = box
    band = (bottom - top - (right - left) / 2.39) / 2
    if band < unit * 0.8:
        return  # already this wide, or nearly
    for y in (top + band, bottom - band):
        x = left
        while x < right:
            draw.line([(x, y), (min(right, x + unit * 0.5), y)], fill=(255, 255, 255, 70), width=line)
            x += unit
    style = Style(max(6, round(unit * 0.52)), (255, 255, 255, 130), tracking=0.04)
    write(draw, (left + unit * 1.2, top + band + unit * 0.25), "2.39", style)


def lower_third(image: Image.Image, shot: Shot, unit: float) -> None:
    """Write title, camera note and prompt into a dark foot that fades upwards."""
    width, height = image.size
    title = Style(max(7, round(unit * 1.75)), PAPER, weight=0.022)
    note = Style(max(6, round(unit * 0.92)), (*AMBER, 255), tracking=0.03)
    text = Style(max(6, round(unit * 0.9)), (224, 221, 214))
    room = width - unit * 3.2 - unit * 9
    parts = [
        (wrap(shot.title, title, room, 1), title),
        (wrap(shot.camera_note.upper(), note, room, 1), note),
        (wrap(shot.prompt, text, room, 2), text),
    ]
    tall = sum(len(lines) * style.size * style.leading + unit * 0.15 for lines, style in parts if lines)
    _shade(image, min(height * 0.62, max(tall, unit * 2) + unit * 4.2))
    draw = ImageDraw.Draw(image)
    y = height - unit * 1.5 - tall
    for lines, style in parts:
        if lines:
            y = write_lines(draw, (unit * 1.6, y), lines, style) + unit * 0.15


def _shade(image: Image.Image, tall: float) -> None:
    ramp = np.clip((np.arange(image.height) - (image.height - tall)) / max(1.0, tall), 0, 1) ** 1.15
    alpha = np.repeat((ramp * 205).astype(np.uint8)[:, None], image.width, axis=1)
    dark = Image.new("RGBA", image.size, (9, 9, 12, 0))
    dark.putalpha(Image.fromarray(alpha))
    image.alpha_composite(dark)


def stamp(picture: Picture, shot: Shot, frame: int, unit: float) -> None:
    """Burn the running timecode and frame number into the lower right corner, in place."""
    code = format_timecode(frame, shot.rate)
    big = Style(max(6, round(unit * 1.0)), PAPER, tracking=0.06)
    small = Style(max(6, round(unit * 0.66)), (190, 187, 180), tracking=0.04)
    count = f"{frame + 1:0{len(str(shot.frame_count))}d} / {shot.frame_count}"
    # Digits of a proportional font have different widths: each line is set from the right edge on.
    width, height = round(unit * 9), round(unit * 2.6)
    if width > picture.shape[1] or height > picture.shape[0]:
        return
    image = sheet(width, height)
    draw = ImageDraw.Draw(image)
    write(draw, (width - unit * 1.6 - width_of("00:00:00:00", big), 0), code, big)
    write(draw, (width - unit * 1.6 - width_of(count, small), unit * 1.35), count, small)
    part = picture[-height:, -width:]
    part[:] = as_overlay(image).over(np.ascontiguousarray(part))


def progress_line(picture: Picture, frame: int, frame_count: int, unit: float) -> None:
    """Draw how much of the shot has gone along the lower edge, in place."""
    tall = max(1, round(unit / 7))
    end = int(Fraction(picture.shape[1] * (frame + 1), frame_count))
    picture[-tall:] //= 3
    picture[-tall:, :end] = AMBER
