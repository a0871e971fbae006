"""A storyboard on paper: cards with still, number, title, words, length and model, as PDF.

The same cards and the same date give the same bytes on the same machine. Nothing in a card is markup: titles and
prompts are drawn letter by letter, and pictures come in as bytes, never by a name that could be an address.
"""

from __future__ import annotations

import io
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from takebridge.errors import UsageError
from takebridge.services.storyboard_fonts import (
    UNKNOWN,
    Fonts,
    drawable,
    fonts_for,
    needs_shaping,
    runs_leftwards,
)

PER_PAGE = 6
MOST_PER_PAGE = 12
MOST_CARDS = 3000
"""Cards in one document: 500 pages."""

NO_TAKE = "No take yet"
_GRIDS = {1: (1, 1), 2: (2, 1), 3: (3, 1), 4: (2, 2), 6: (3, 2), 8: (4, 2), 9: (3, 3), 12: (4, 3)}
_WIDTH, _HEIGHT = 297.0, 210.0
"""A4 landscape in mm (ISO 216)."""
_MARGIN, _HEAD, _FOOT, _GAP, _INSIDE = 12.0, 14.0, 9.0, 6.0, 2.5
_INK, _FAINT, _RULE, _BOX, _NOTICE = (24, 26, 30), (98, 104, 114), (208, 211, 217), (236, 238, 242), (150, 60, 20)
_MM = 25.4 / 72
_FAMILY = "board"
_LONGEST = 1500
"""Characters of one text that are looked at: more fit on no card, and a script may be one line of a megabyte."""
_LOOSE = " ,.;:"
"""Signs that say nothing before an ellipsis."""
_MOST_SHOWN = 24

Measure = Callable[[str], float]
"""The width of a text in mm."""


@dataclass(frozen=True, slots=True)
class Card:
    """One shot. ``picture`` is a JPEG or PNG, None without; ``note`` stands in its place then."""

    number: int
    title: str
    scene: str = ""
    prompt: str = ""
    length: str = ""
    model: str = ""
    take: str = ""
    picture: bytes | None = None
    note: str = NO_TAKE


@dataclass(frozen=True, slots=True)
class Storyboard:
    """A whole board. ``subtitle`` says which export it is of, ``total`` how long the film is."""

    film: str
    cards: tuple[Card, ...]
    day: date
    subtitle: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """The document, and in sentences what it could not show."""

    pdf: bytes
    losses: tuple[str, ...] = ()


def storyboard_pdf(board: Storyboard, *, per_page: int = PER_PAGE, fonts: Sequence[Path] | None = None) -> Printed:
    """Draw the board; ``fonts`` are the folders to look for letters in (None: the machine's).

    Raises UsageError for an impossible number of cards a page, or too many cards.
    """
    if not 1 <= per_page <= MOST_PER_PAGE:
        raise UsageError(
            f"A page has 1 to {MOST_PER_PAGE} cards, not {per_page}.", hint="Six are a good number to read."
        )
    if len(board.cards) > MOST_CARDS:
        raise UsageError(f"{len(board.cards):,} shots are too many for one document.", hint="Export part of the film.")
    with tempfile.TemporaryDirectory(prefix="takebridge-") as folder:
        found = fonts_for(_texts(board), Path(folder), fonts)
        losses = _losses(found)
        sheet = _Sheet(board, found, losses)
        _draw(sheet, board, _grid(per_page))
        return Printed(bytes(sheet.output()), losses)


def wrapped(text: str, width: float, most: int, measure: Measure) -> list[str]:
    """Break a text into at most ``most`` lines of ``width``; what is left out is told by an ellipsis.

    Lines break at blanks; a word wider than a line is broken where it must be.
    """
    lines: list[str] = []
    line = ""
    words = text.split()
    for place, word in enumerate(words):
        for piece in _pieces(word, width, measure):
            joined = f"{line} {piece}" if line and piece is not None else piece
            if line and measure(joined) > width:
                lines.append(line)
                joined = piece
            line = joined
            if len(lines) == most:
                return [*lines[:-1], _ended(lines[-1], width, measure)]
        if len(lines) == most - 1 and place + 1 < len(words) and measure(f"{line} {words[place + 1]}") > width:
            return [*lines, _ended(line, width, measure)]
    return [*lines, line] if line else lines


def cut(text: str, width: float, measure: Measure) -> str:
    """Return the text in one line, cut with an ellipsis where it does not fit."""
    plain = " ".join(text.split())
    return plain if measure(plain) <= width else _ended(plain, width, measure)


def _ended(text: str, width: float, measure: Measure) -> str:
    fitting = bisect_left(range(1, len(text) + 1), True, key=lambda count: measure(f"{text[:count]}…") > width)
    return text[:fitting].rstrip(_LOOSE) + "…"


def _pieces(word: str, width: float, measure: Measure) -> list[str]:
    if measure(word) <= width:
        return [word]
    pieces, piece = [], ""
    for letter in word:
        if piece and measure(piece + letter) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def _grid(per_page: int) -> tuple[int, int]:
    """Columns and rows that hold at least so many cards."""
    return next(_GRIDS[size] for size in sorted(_GRIDS) if size >= per_page)


def _texts(board: Storyboard) -> list[str]:
    own = [board.film, board.subtitle, board.total, NO_TAKE, "Storyboard shots page 0123456789 /·–’“”…: No"]
    for card in board.cards:
        words = (card.title, card.scene, card.prompt, card.length, card.model, card.take, card.note)
        own.extend(one[:_LONGEST] for one in words)
    return own


def _losses(found: Fonts) -> tuple[str, ...]:
    if not found.missing:
        return ()
    some = " ".join(sorted(found.missing)[:_MOST_SHOWN])
    more = f" and {len(found.missing) - _MOST_SHOWN} more" if len(found.missing) > _MOST_SHOWN else ""
    letters = "letter" if len(found.missing) == 1 else "letters"
    return (
        f"{len(found.missing)} {letters} no font of this machine has: {some}{more}. “{UNKNOWN}” stands for each; "
        "install a font of that script, such as Noto, and print again.",
    )


# --- the sheet ------------------------------------------------------------------------------------------


class _Sheet(FPDF):
    """Pages with the film's name, the date, page numbers, and what could not be shown."""

    def __init__(self, board: Storyboard, fonts: Fonts, losses: tuple[str, ...]) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._board, self._fonts = board, fonts
        self._widths = {style: _advances(path) for style, path in fonts.base.items()}
        self._others = [_advances(path) for path in fonts.fallbacks]
        count = len(fonts.missing)
        self._notice = (
            f"{count} letter{'s' * (count != 1)} of this board no font of the machine has: “{UNKNOWN}” stands there."
            if losses
            else ""
        )
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0
        self.set_creation_date(datetime.combine(board.day, time(), UTC))
        self.set_title(drawable(board.film))
        self.set_creator("TakeBridge")
        for style, path in fonts.base.items():
            self.add_font(_FAMILY, style, path)
        names = [f"other{number}" for number in range(len(fonts.fallbacks))]
        for name, path in zip(names, fonts.fallbacks, strict=True):
            self.add_font(name, "", path)
        self.set_fallback_fonts(names, exact_match=False)
        self.alias_nb_pages("")

    def shown(self, text: str) -> str:
        """Return the text in letters there are."""
        return "".join(UNKNOWN if letter in self._fonts.missing else letter for letter in drawable(text[:_LONGEST]))

    def measure(self, size: float, style: str = "") -> Measure:
        """Return what measures texts of ``size`` points: sums of advances, so a little wide where letters join."""
        own, others = self._widths[style], self._others

        def width(text: str) -> float:
            thousandths = sum(
                own[c] if c in own else next((font[c] for font in others if c in font), 0.0) for c in text
            )
            return thousandths * size * _MM

        return width

    def put(
        self,
        text: str,
        at: tuple[float, float],
        width: float,
        size: float,
        *,
        style: str = "",
        align: str = "",
        ink: tuple[int, int, int] = _INK,
    ) -> None:
        """Write one line, cut to ``width``; its top left is ``at``. Lines that run leftwards begin on the right."""
        line = cut(self.shown(text), width, self.measure(size, style))
        self.line_at(line, at, width, size, style=style, align=align, ink=ink)

    def line_at(
        self,
        line: str,
        at: tuple[float, float],
        width: float,
        size: float,
        *,
        style: str = "",
        align: str = "",
        ink: tuple[int, int, int] = _INK,
    ) -> None:
        """Write a line that is known to fit."""
        if not line:
            return
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*ink)
        self.set_text_shaping(needs_shaping(line))
        self.set_xy(*at)
        side = align or ("R" if runs_leftwards(line) else "L")
        self.cell(width, size * _MM * 1.2, line, align=side, new_x=XPos.LEFT, new_y=YPos.TOP)

    def begin_page(self, number: int, pages: int) -> None:
        """Add a page with its head and foot."""
        self.add_page()
        board, whole = self._board, _WIDTH - 2 * _MARGIN
        self.put(board.film, (_MARGIN, _MARGIN - 4), whole * 0.55, 15, style="B")
        said = " · ".join(filter(None, (board.subtitle, board.total)))
        self.put(said, (_MARGIN, _MARGIN + 3), whole * 0.7, 8.5, ink=_FAINT)
        day = f"{board.day:%Y-%m-%d}"
        self.put(day, (_MARGIN + whole * 0.7, _MARGIN - 2), whole * 0.3, 9, align="R", ink=_FAINT)
        foot = _HEIGHT - _MARGIN + 1
        self.put(self._notice, (_MARGIN, foot), whole * 0.8, 8, ink=_NOTICE)
        self.put(f"{number} / {pages}", (_MARGIN + whole * 0.8, foot), whole * 0.2, 9, align="R", ink=_FAINT)


def _advances(path: Path) -> Mapping[str, float]:
    """Return how far each letter moves on, in ems."""
    with TTFont(path, lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"]
        return {chr(code): widths[name][0] / units for code, name in (font.getBestCmap() or {}).items()}


# --- cards ----------------------------------------------------------------------------------------------


def _draw(sheet: _Sheet, board: Storyboard, grid: tuple[int, int]) -> None:
    columns, rows = grid
    size = columns * rows
    pages = max(1, -(-len(board.cards) // size))
    width = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    height = (_HEIGHT - 2 * _MARGIN - _HEAD - _FOOT + 6 - (rows - 1) * _GAP) / rows
    for page in range(pages):
        sheet.begin_page(page + 1, pages)
        for place, card in enumerate(board.cards[page * size : (page + 1) * size]):
            left = _MARGIN + place % columns * (width + _GAP)
            top = _MARGIN + _HEAD + place // columns * (height + _GAP)
            _card(sheet, card, (left, top), (width, height))
    if not board.cards:
        words = "No shots yet: wire clips into an export, or stills into a storyboard."
        sheet.put(words, (_MARGIN, _HEIGHT / 2), _WIDTH - 2 * _MARGIN, 12, align="C", ink=_FAINT)


def _card(sheet: _Sheet, card: Card, at: tuple[float, float], size: tuple[float, float]) -> None:
    (left, top), (width, height) = at, size
    words = _Type.of(width)
    picture = min(width * 9 / 16, height * 0.62)
    sheet.set_draw_color(*_RULE)
    sheet.set_line_width(0.2)
    _picture(sheet, card, at, (width, picture), words)
    sheet.rect(left, top, width, height)
    inner, x, y = width - 2 * _INSIDE, left + _INSIDE, top + picture + 1.6
    length = sheet.measure(words.text)(card.length) + 2 if card.length else 0.0
    counted = f"{card.number}"
    aside = sheet.measure(words.title, "B")(counted) + 2
    sheet.put(counted, (x, y), aside, words.title, style="B", ink=_FAINT)
    sheet.put(card.title, (x + aside, y), inner - aside - length, words.title, style="B")
    sheet.put(card.length, (x + inner - length, y + 0.2), length, words.text, align="R")
    y += words.title * _MM * 1.35
    if card.scene:
        sheet.put(card.scene, (x, y), inner, words.small, ink=_FAINT)
        y += words.small * _MM * 1.4
    foot = top + height - words.small * _MM * 1.2 - 1.4
    step = words.text * _MM * 1.3
    room = max(0, int((foot - 0.8 - y) // step))
    text = sheet.shown(card.prompt)
    lines = wrapped(text, inner, room, sheet.measure(words.text)) if room else []
    for number, line in enumerate(lines):
        sheet.line_at(line, (x, y + 0.4 + number * step), inner, words.text)
    take = sheet.measure(words.small)(sheet.shown(card.take)) + 2 if card.take else 0.0
    sheet.put(card.model, (x, foot), inner - min(take, inner * 0.6), words.small, ink=_FAINT)
    sheet.put(card.take, (x + inner * 0.4, foot), inner * 0.6, words.small, align="R", ink=_FAINT)


@dataclass(frozen=True, slots=True)
class _Type:
    """Type sizes of a card in points."""

    title: float
    text: float
    small: float

    @classmethod
    def of(cls, width: float) -> _Type:
        """Larger cards are read from further away."""
        return cls(13, 11, 9.5) if width > 180 else cls(11, 9.5, 8.5) if width > 110 else cls(9, 7.8, 7)


def _picture(sheet: _Sheet, card: Card, at: tuple[float, float], size: tuple[float, float], words: _Type) -> None:
    (left, top), (width, height) = at, size
    sheet.set_fill_color(*_BOX)
    sheet.rect(left, top, width, height, style="F")
    if card.picture is None:
        line = cut(sheet.shown(card.note), width - 2 * _INSIDE, sheet.measure(words.text))
        middle = top + height / 2 - words.text * _MM * 0.6
        sheet.line_at(line, (left + _INSIDE, middle), width - 2 * _INSIDE, words.text, align="C", ink=_FAINT)
        return
    sheet.image(
        io.BytesIO(card.picture), left, top, width, height, keep_aspect_ratio=True, alt_text=sheet.shown(card.title)
    )
