"""What stands over the pictures: names of sides, what is previewed, how sides were made to fit, where a take ended."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from takebridge.canvas.model import Take
from takebridge.ids import TakeId
from takebridge_resolve.panel import compare, theme
from takebridge_resolve.panel.pane import Pane, Source
from takebridge_resolve.panel.screen import Side
from takebridge_resolve.panel.sides import Shown


def side(pane: Pane, frame: int, in_cut: TakeId | None, note: str = "") -> Side:
    """Return what a pane shows at ``frame``. Outside of it the last picture is held, and that is said."""
    source = pane.source
    if source is None:
        return Side()
    ended = source.is_film and not 0 <= frame < pane.count
    title = f"{source.label[:1].upper()}{source.label[1:]}"
    words = f"{title} ends at frame {pane.count}" if ended else ""
    label = source.label + (" · in timeline" if source.key == in_cut else "")
    return Side(pane.image, label, words, pane.problem or note, source.size if source.content else QSize())


def sharpened(side: Side, image: QImage | None) -> Side:
    """Return the side with the picture in full size, where that is here."""
    return side if image is None else replace(side, image=image)


def zoom_note(missing: int, problem: str) -> str:
    """Return what a person is to know of pixels that are not the take's own."""
    if problem:
        return f"Not 1:1, a small copy: {problem}"
    return "A small copy; the full picture is on its way" if missing else ""


def fit_note(a: Source | None, b: Source | None, offset: int) -> str:
    """Return how A and B were made to fit each other; nothing when they do."""
    if a is None or b is None:
        return ""
    shift = f"B {offset:+d} f" if offset else ""
    found = (compare.scale_words(a.size, b.size), compare.rates_words(a.rate, b.rate), shift)
    return " · ".join(text for text in found if text)


def badge(shown: Shown | None, in_cut: TakeId | None, *, compared: bool) -> str:
    """Return what is previewed, but only when that is not what the cut shows."""
    if shown is None:
        return ""
    if not isinstance(shown, Take):
        return "" if compared else "ORIGINAL"
    previz = theme.marked("previz") if shown.previz else ""
    preview = "" if compared or shown.id == in_cut else f"PREVIEWING take {shown.seq}"
    return " · ".join(text for text in (preview, previz) if text)
