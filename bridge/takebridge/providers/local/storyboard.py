"""Panels laid out to look at (a board) and to watch (an animatic that holds each of them)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw

from takebridge.errors import CancelledError, CapabilityError
from takebridge.providers.local import overlay
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.clip import film
from takebridge.providers.local.framing import sized
from takebridge.providers.local.lettering import Style, sheet, width_of, wrap, write, write_lines
from takebridge.providers.local.order import Given, Order, need, need_picture
from takebridge.providers.local.overlay import AMBER, INK, PAPER
from takebridge.providers.local.panel import GROUND
from takebridge.providers.local.pictures import load_reference, write_png
from takebridge.providers.local.production import Production
from takebridge.providers.local.shot import LARGEST_SIDE, MOST_FRAMES, SMALLEST_SIDE
from takebridge.providers.local.tiles import Picture
from takebridge.timebase import FrameRate, frame_at, parse_media_rate

_SHEET = 1920
_MARGIN, _GAP = 48, 28
_LEAST_CELL, _LARGEST_CELL, _TALLEST_CELL = 320, 1100, 760
_HEADING = re.compile(r"^\s*(#|INT\b|EXT\b|SCENE\b|ACT\b|FADE\b|CUT TO\b|---)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Board:
    """What is laid out. ``captions``: one text a panel, empty where nothing is said."""

    panels: tuple[Given, ...]
    captions: tuple[str, ...]
    title: str
    columns: int
    width: int
    height: int
    rate: FrameRate
    edges: tuple[int, ...]
    """Frame at which each panel begins, and the end of the last."""


def check_board(order: Order) -> None:
    """Raise CapabilityError unless there are panels with a picture and the animatic has a length that can be made."""
    _board(order)


def make_board(order: Order, bench: Bench) -> Made:
    """Write the sheet into port ``board`` and the film into port ``animatic``."""
    board = _board(order)
    frame_count = board.edges[-1]
    bench.begin(len(board.panels) + frame_count)
    tiles = []
    for number in range(len(board.panels)):
        tiles.append(_panel(board, number, _cell(board)))
        bench.at(number + 1)
    path = write_png(bench.file("board", ".png"), draw_sheet(board, tiles))

    def frames(stop: threading.Event) -> Iterator[Picture]:
        unit = overlay.unit_of(board.width, board.height)
        for number in range(len(board.panels)):
            still = _titled(board, _panel(board, number, (board.width, board.height)), number, unit)
            for frame in range(board.edges[number], board.edges[number + 1]):
                if stop.is_set():
                    raise CancelledError("The job was stopped.", hint="Start it again when you like.")
                shown = still.copy()
                overlay.progress_line(shown, frame, frame_count, unit)
                yield shown

    production = Production(frames, frame_count, board.rate, board.width, board.height)
    animatic = film(bench, production, "animatic", begin=False)
    facts: dict[str, bool | int | str] = {
        "previz": order.profile.previz,
        "panels": len(board.panels),
        "frame_count": frame_count,
        "rate": str(board.rate),
    }
    return Made((Output("board", "image/png", path), animatic), facts)


def _panel(board: Board, number: int, size: tuple[int, int]) -> Picture:
    """Read a panel in a size. A still keeps its badge, but its words are written below it here."""
    one = board.panels[number]
    return _fitted(load_reference(one.media, one.used, keep=1).picture, *size)


def _board(order: Order) -> Board:
    panels = order.of("source_image", "reference_image")
    need(panels, "panel")
    need_picture(panels)
    rate = parse_media_rate(order.request.rate or order.text("rate", "24/1"))
    each = Fraction(order.number("panel_ms", 2000), 1000)
    edges = tuple(frame_at(each * number, rate) for number in range(len(panels) + 1))
    if each <= 0 or any(a == b for a, b in pairwise(edges)):
        raise CapabilityError("A panel must be held for at least one frame.", hint="Raise the length of a panel.")
    if edges[-1] > 10 * MOST_FRAMES:
        raise CapabilityError(
            f"{len(panels)} panels of {float(each):g} s are {edges[-1]:,} frames; {10 * MOST_FRAMES:,} can be made.",
            hint="Hold the panels for a shorter time.",
        )
    request = order.request
    width, height = request.width, request.height
    if not width or not height:
        width, height = sized(order.text("aspect", "16:9"), order.text("resolution", "1080p"))
    if width % 2 or height % 2 or not (SMALLEST_SIDE <= min(width, height) <= max(width, height) <= LARGEST_SIDE):
        raise CapabilityError(
            f"{width}×{height} cannot be drawn: sides must be even, {SMALLEST_SIDE} to {LARGEST_SIDE} pixels.",
            hint="Choose another size.",
        )
    columns = min(max(1, order.number("columns", 3)), len(panels))
    return Board(panels, _captions(order, len(panels)), order.text("title"), columns, width, height, rate, edges)


def _captions(order: Order, count: int) -> tuple[str, ...]:
    """The wired texts in order, the first under the first panel; without any, the script's lines."""
    texts = [_sentences(one.text or "") for one in order.of("text")]
    if not texts:
        lines = order.words("script").splitlines()
        texts = [" ".join(line.split()) for line in lines if line.strip() and not _HEADING.match(line)]
    return tuple((texts + [""] * count)[:count])


def _sentences(text: str) -> str:
    """Return the lines as one text; a heading ends like a sentence, so that it does not run into what follows."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return " ".join(line if line[-1] in ".!?…:;,–-" else f"{line}." for line in lines)


def _fitted(picture: Picture, width: int, height: int) -> Picture:
    """The whole picture in a frame of that size, bars around it."""
    ratio = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * ratio)), max(1, round(picture.shape[0] * ratio)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    out = np.full((height, width, 3), 10, np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    out[top : top + size[1], left : left + size[0]] = small
    return out


# --- the sheet ------------------------------------------------------------------------------------------


def _cell(board: Board) -> tuple[int, int]:
    """Return width and height of a panel on the sheet."""
    columns = board.columns
    cell = max(_LEAST_CELL, (_SHEET - 2 * _MARGIN - (columns - 1) * _GAP) // columns)
    cell = min(cell, _LARGEST_CELL)
    tall = round(cell * board.height / board.width)
    if tall > _TALLEST_CELL:  # upright panels would fill a page each
        return max(1, round(_TALLEST_CELL * board.width / board.height)), _TALLEST_CELL
    return cell, max(1, tall)


def draw_sheet(board: Board, tiles: Sequence[Picture]) -> Picture:
    """Return the board: panels in rows with number, length and caption. ``tiles``: the panels as large as a cell."""
    columns, rows, margin, gap = board.columns, -(-len(tiles) // board.columns), _MARGIN, _GAP
    cell, tall = _cell(board)
    text = Style(max(15, min(24, round(cell * 0.038))), (222, 219, 212), leading=1.32)
    captions = [wrap(caption, text, cell, 4) for caption in board.captions]
    tops = [margin + (76 if board.title else 0)]
    for row in range(rows):
        lines = max(len(one) for one in captions[row * columns : (row + 1) * columns])
        tops.append(round(tops[-1] + tall + text.size * 1.9 + lines * text.size * text.leading + gap))
    width = 2 * margin + columns * cell + (columns - 1) * gap
    image = Image.new("RGBA", (width, tops[-1] + margin - gap), (*GROUND, 255))
    draw = ImageDraw.Draw(image)
    if board.title:
        big = Style(40, PAPER, weight=0.02)
        write(draw, (margin, margin - 8), wrap(board.title, big, width - 2 * margin, 1)[0], big)
    for number, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        left = margin + number % columns * (cell + gap)
        top = tops[number // columns]
        image.paste(Image.fromarray(tile), (left, top))
        _foot(draw, board, number, (left, top + tall), cell, text, caption)
    return np.array(image.convert("RGB"))


def _foot(
    draw: ImageDraw.ImageDraw,
    board: Board,
    number: int,
    at: tuple[int, int],
    cell: int,
    text: Style,
    caption: Sequence[str],
) -> None:
    left, top = at
    label = Style(text.size, (*AMBER, 255), weight=0.03, tracking=0.04)
    quiet = Style(max(12, round(text.size * 0.8)), (150, 147, 140))
    y = top + text.size * 0.4
    write(draw, (left, y), f"{number + 1:02d}", label)
    frames = board.edges[number + 1] - board.edges[number]
    length = f"{float(Fraction(frames) / board.rate.fraction):.1f} s"
    write(draw, (left + cell - width_of(length, quiet), y + text.size * 0.15), length, quiet)
    write_lines(draw, (left, y + text.size * 1.45), caption, text)


# --- the animatic ---------------------------------------------------------------------------------------


def _titled(board: Board, picture: Picture, number: int, unit: float) -> Picture:
    """Write number and caption on the foot of a panel."""
    image = sheet(board.width, board.height)
    text = Style(max(7, round(unit * 1.15)), PAPER)
    big = Style(max(8, round(unit * 1.2)), INK, weight=0.03)
    chip = f"{number + 1:0{len(str(len(board.panels)))}d}"
    wide = width_of(chip, big) + unit * 0.9
    left = unit * 1.2
    lines = wrap(board.captions[number], text, board.width - 2 * left - wide - unit, 3)
    tall = max(1, len(lines)) * text.size * text.leading
    top = board.height - unit * 1.2 - max(tall, unit * 1.8)
    draw = ImageDraw.Draw(image)
    if lines:
        draw.rectangle((0, top - unit * 0.8, board.width, board.height), fill=(9, 9, 12, 205))
    draw.rounded_rectangle((left, top, left + wide, top + unit * 1.8), radius=unit * 0.3, fill=(*AMBER, 255))
    write(draw, (left + unit * 0.45, top + unit * 0.12), chip, big)
    write_lines(draw, (left + wide + unit * 0.9, top + unit * 0.1), lines, text)
    return overlay.as_overlay(image).over(picture)
