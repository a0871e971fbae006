"""Paints a tile of the tray: picture, number, marks, stars. State is a shape and a word, never colour alone.

The ring says what the keys act on and what the viewer previews; ``▸▸`` says what is in the timeline, ``◆`` what is
pinned. The marks are text-coloured: facts, not health.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from takebridge.ids import BlobHash, TakeId
from takebridge_resolve.panel import rating, take_facts, theme, words
from takebridge_resolve.panel.pictures import Pictures
from takebridge_resolve.panel.tiles import Tile, job_seconds
from takebridge_resolve.panel.tray_model import Role

EDGE = 4
"""Room round a tile for the ring, in logical pixels: 2 of ring, 1 of gap, 1 spare."""
MARK_GAP = 7
WIDE = 140
"""From this width on a tile has room for its model's name."""
_DIM = 0.45
_ALIGN = Qt.AlignmentFlag
_MIDDLE = int(_ALIGN.AlignLeft | _ALIGN.AlignVCenter)
_RIGHT = int(_ALIGN.AlignRight | _ALIGN.AlignVCenter)
_WRAP = int(_ALIGN.AlignHCenter | _ALIGN.AlignTop | Qt.TextFlag.TextWordWrap)


class Ink:
    """Fonts, their measures and colours of the theme in use, made once for all tiles of a paint."""

    def __init__(self) -> None:
        self.number = theme.font("body", bold=True, figures=True)
        self.body, self.small = theme.font("body", bold=True), theme.font("caption")
        self.mark = theme.font("caption", bold=True)
        self.number_size, self.body_size = QFontMetrics(self.number), QFontMetrics(self.body)
        self.small_size, self.mark_size = QFontMetrics(self.small), QFontMetrics(self.mark)
        self.stars = [self.small_size.horizontalAdvance("★" * count) for count in range(rating.MOST_STARS + 1)]
        self._colors: dict[str, QColor] = {}

    def color(self, name: str) -> QColor:
        """Return a colour token of the theme in use."""
        found = self._colors.get(name)
        if found is None:
            found = self._colors[name] = theme.color(name)
        return found


@dataclass(slots=True)
class Look:
    """What the tiles look like at this moment: which one is scrubbed to which sprite cell, which ones are compared."""

    width: int = 100
    scrubbed: str = ""
    cell: int = 0
    letters: Mapping[TakeId, str] = field(default_factory=dict)
    ink: Ink = field(default_factory=Ink)
    tile: QSize = field(default_factory=QSize)

    def fit(self, width: int) -> None:
        """Make tiles of this width, in the theme and type that are in use now."""
        self.width, self.ink = width, Ink()
        lines = self.ink.number_size.height() + self.ink.small_size.height()
        self.tile = QSize(width, picture_height(width) + lines + 2 * EDGE + 6)


def picture_height(width: int) -> int:
    """Return the height of the 16:9 picture in a tile of ``width``."""
    return (width - 2 * EDGE) * 9 // 16


class TileDelegate(QStyledItemDelegate):
    """Draws tiles; knows nothing of what they mean."""

    def __init__(self, pictures: Pictures, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As Qt asks."""
        return self.look.tile

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """As Qt asks."""
        tile = index.data(Role.TILE)
        if not isinstance(tile, Tile):
            return
        rect = QRect(option.rect.topLeft(), self.look.tile)
        state = option.state
        painter.save()
        inner = rect.adjusted(EDGE, EDGE, -EDGE, -EDGE)
        picture = QRect(inner.left(), inner.top(), inner.width(), picture_height(rect.width()))
        self._ground(painter, rect, state)
        self._picture(painter, picture, tile)
        self._over_picture(painter, picture, tile)
        self._caption(painter, QRect(inner.left(), picture.bottom() + 3, inner.width(), inner.height()), tile)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        ringed = bool(state & QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if ringed or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.ink.color("bg3" if ringed else "bg2"))
            painter.drawRoundedRect(rect, 6, 6)
        if ringed:
            has_keys = bool(state & QStyle.StateFlag.State_Active) and bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.look.ink.color("focus" if has_keys else "edge"), 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6)

    # --- the picture

    def _picture(self, painter: QPainter, at: QRect, tile: Tile) -> None:
        painter.fillRect(at, self.look.ink.color("well"))
        if tile.content is None:
            if tile.take is not None:
                self._words(painter, at, "No picture", theme.hex_of("text3", dark=True))
            return
        if tile.key == self.look.scrubbed and self._cell(painter, at, tile.content):
            return
        ratio = painter.device().devicePixelRatioF()
        pixmap = self.pictures.poster(tile.content, at.size(), ratio)
        if pixmap is not None:
            size = pixmap.deviceIndependentSize()
            left = at.left() + (at.width() - size.width()) / 2
            top = at.top() + (at.height() - size.height()) / 2
            painter.drawPixmap(QPointF(left, top), pixmap)
        elif self.pictures.has_none(tile.content):
            self._words(painter, at, "No picture", theme.hex_of("text3", dark=True))

    def _cell(self, painter: QPainter, at: QRect, content: BlobHash) -> bool:
        sprite = self.pictures.sprite(content, fetch=False)
        if sprite is None:
            return False
        cells = sprite.cells
        row, column = divmod(min(self.look.cell, cells.count - 1), cells.columns)
        source = QRectF(column * cells.width, row * cells.height, cells.width, cells.height)
        fitted = QSize(cells.width, cells.height).scaled(at.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, fitted.width(), fitted.height())
        target.moveCenter(QRectF(at).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, sprite.sheet, source)
        done = round(at.width() * (self.look.cell + 1) / cells.count)
        painter.fillRect(QRect(at.left(), at.bottom() - 1, done, 2), self.look.ink.color("accent"))
        return True

    def _over_picture(self, painter: QPainter, at: QRect, tile: Tile) -> None:
        if tile.job is not None:
            self._job(painter, at, tile)
            return
        if "hidden" in tile.marks:
            veil = QColor(theme.hex_of("well"))
            veil.setAlphaF(1 - _DIM)
            painter.fillRect(at, veil)
            self._band(painter, at, "✕ Hidden", QColor(theme.hex_of("bg4", dark=True)), theme.hex_of("text", dark=True))
        elif "previz" in tile.marks:
            self._previz(painter, at)
        if letter := self.look.letters.get(TakeId(tile.key)):
            self._letter(painter, at, letter)
        if tile.notes:
            self._notes(painter, at, f"✎ {tile.notes}")

    def _previz(self, painter: QPainter, at: QRect) -> None:
        ground = QColor(theme.hex_of("previz", dark=True))
        self._band(painter, at, theme.marked("previz"), ground, theme.hex_of("on_chip", dark=True))

    def _band(self, painter: QPainter, at: QRect, text: str, ground: QColor, ink: str) -> None:
        painter.setFont(self.look.ink.mark)
        metrics = self.look.ink.mark_size
        band = QRect(
            at.left(), at.bottom() - metrics.height(), metrics.horizontalAdvance(text) + 8, metrics.height() + 1
        )
        painter.fillRect(band, ground)
        painter.setPen(QColor(ink))
        painter.drawText(band, int(_ALIGN.AlignCenter), text)

    def _letter(self, painter: QPainter, at: QRect, letter: str) -> None:
        chip = QRect(at.left(), at.top(), 18, 18)
        painter.fillRect(chip, self.look.ink.color("accent"))
        painter.setPen(self.look.ink.color("on_accent"))
        painter.setFont(self.look.ink.body)
        painter.drawText(chip, int(_ALIGN.AlignCenter), letter)

    def _notes(self, painter: QPainter, at: QRect, text: str) -> None:
        """How many notes there are, in the upper right corner."""
        metrics = self.look.ink.mark_size
        width = metrics.horizontalAdvance(text) + 8
        chip = QRect(at.right() + 1 - width, at.top(), width, metrics.height() + 1)
        painter.fillRect(chip, QColor(14, 15, 16, 190))
        painter.setFont(self.look.ink.mark)
        painter.setPen(QColor(theme.hex_of("text", dark=True)))
        painter.drawText(chip, int(_ALIGN.AlignCenter), text)

    def _job(self, painter: QPainter, at: QRect, tile: Tile) -> None:
        job, mark = tile.job, tile.marks[0]
        assert job is not None
        running = job.status in ("Pending", "InProgress")
        head = f"{theme.glyph(mark)} "
        head += words.clock(job_seconds(job, datetime.now(UTC))) if running else theme.word(mark)
        font = theme.font("title", bold=True, figures=True)
        painter.setFont(font)
        painter.setPen(QColor(theme.hex_of(mark, dark=True)))
        half = at.height() // 2
        painter.drawText(at.adjusted(2, 0, -2, -half if running else 0), _elided_flags(running), head)
        if running:
            painter.setFont(self.look.ink.small)
            painter.setPen(QColor(theme.hex_of("text2", dark=True)))
            text = tile.usually.removeprefix("usually ") if job.status == "InProgress" else theme.word("pending")
            painter.drawText(at.adjusted(2, half + 1, -2, 0), _WRAP, text)
        self._progress(painter, at, job.done, job.total)

    def _progress(self, painter: QPainter, at: QRect, done: int, total: int) -> None:
        """What the provider itself counts; nothing where it counts nothing."""
        if total <= 0:
            return
        width = at.width() * min(done, total) // total
        painter.fillRect(QRect(at.left(), at.bottom() - 2, width, 3), QColor(theme.hex_of("in_progress", dark=True)))

    # --- under the picture

    def _caption(self, painter: QPainter, at: QRect, tile: Tile) -> None:
        ink = self.look.ink
        first = ink.number_size.height()
        if tile.take is None:
            assert tile.job is not None
            title = "No take" if tile.job.status == "Failed" else "New take"
            self._line(painter, QRect(at.left(), at.top(), at.width(), first), title, "text", bold=True)
            name = take_facts.model_title(tile.job.model)
            self._line(painter, QRect(at.left(), at.top() + first, at.width(), first), name, "text2")
            return
        painter.setFont(ink.number)
        painter.setPen(ink.color("text"))
        painter.drawText(at.left() + 1, at.top() + ink.number_size.ascent(), tile.number)
        marks = [mark for mark in tile.marks if mark not in ("hidden", "previz")]
        if marks:
            used = ink.number_size.horizontalAdvance(tile.number) + 6
            self._marks(painter, QRect(at.left() + used, at.top(), at.width() - used, first), marks)
        below = QRect(at.left(), at.top() + first, at.width(), ink.small_size.height())
        if stars := rating.stars_of(tile.take.rating):
            self._line(painter, below, "★" * stars, "text")
        if self.look.width >= WIDE:
            room = below.adjusted(ink.stars[-1] + 6, 0, 0, 0)
            self._line(painter, room, take_facts.model(tile.take), "text2", right=True)

    def _marks(self, painter: QPainter, at: QRect, marks: Sequence[str]) -> None:
        """Draw the marks from the left, the first ones with their words as far as there is room for these."""
        ink = self.look.ink
        painter.setFont(ink.mark)
        left = at.left()
        for mark, text in zip(marks, fitting_marks(marks, ink.mark_size, at.width()), strict=True):
            painter.setPen(ink.color("text" if mark in ("in_timeline", "pinned") else mark))
            painter.drawText(QRect(left, at.top(), at.right() - left, at.height()), _MIDDLE, text)
            left += ink.mark_size.horizontalAdvance(text) + MARK_GAP

    def _line(
        self, painter: QPainter, at: QRect, text: str, ink: str, *, bold: bool = False, right: bool = False
    ) -> None:
        look = self.look.ink
        painter.setFont(look.body if bold else look.small)
        painter.setPen(look.color(ink))
        metrics = look.body_size if bold else look.small_size
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, at.width())
        painter.drawText(at, _RIGHT if right else _MIDDLE, shown)

    def _words(self, painter: QPainter, at: QRect, text: str, ink: str) -> None:
        painter.setFont(self.look.ink.small)
        painter.setPen(QColor(ink))
        painter.drawText(at, int(_ALIGN.AlignCenter | Qt.TextFlag.TextWordWrap), text)


def _elided_flags(running: bool) -> int:
    low = _ALIGN.AlignBottom if running else _ALIGN.AlignVCenter
    return int(_ALIGN.AlignHCenter | low)


def fitting_marks(marks: Sequence[str], metrics: QFontMetrics, width: int) -> list[str]:
    """Return the marks as glyph and word, the last ones as glyphs alone where ``width`` is short."""
    for worded in range(len(marks), -1, -1):
        texts = [theme.marked(m) if n < worded else theme.glyph(m) for n, m in enumerate(marks)]
        if sum(metrics.horizontalAdvance(text) + MARK_GAP for text in texts) <= width + MARK_GAP:
            return texts
    return [theme.glyph(mark) for mark in marks]
