"""What stands over the pictures: names of sides, what is previewed, how sides were made to fit, where a take ended."""

from __future__ import annotations

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
    return Side(pane.image, label, words, pane.problem or note)


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
