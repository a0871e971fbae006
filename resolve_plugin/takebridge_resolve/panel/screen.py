"""The picture of the viewer: one take, or two compared. One paint, from images that are there; it never waits.

Zoom and pan are one view for both panes, and the wipe line is a place in the picture, so neither is lost by the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.compare import Mode, difference, fitted
from takebridge_resolve.panel.small_buttons import Detach
from takebridge_resolve.panel.wipe import WipeHandle

LEAST_HEIGHT = 180
_INK, _WELL = "#E8EAED", "#0E0F10"
_BOX = QColor(14, 15, 16, 190)


@dataclass(slots=True)
class Side:
    """What one pane shows: the picture, what it is called, and that it has ended ("Take 3 ends at frame 47") or not."""

    image: QImage | None = None
    label: str = ""
    ended: str = ""
    note: str = ""
    size: QSize = field(default_factory=QSize)
    """Of the take itself, which `image` may be a smaller copy of; not valid where that is not known."""


class Screen(QWidget):
    """Paints sides A and B; alone, B is shown. ``words`` is what stands in the well while there is no picture."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode: Mode = "single"
        self.a, self.b = Side(), Side()
        self.shows_b = False
        self.badge = ""
        """Above the picture on the left: what is previewed, or nothing when it is what the cut shows."""
        self.words = ""
        self.zoom: float | None = None
        self.zoom_note = ""
        """What is not yet 1:1 about a picture shown 1:1."""
        self._pan = QPointF()
        self._drag: QPointF | None = None
        self.handle = WipeHandle(self)
        self.detach = Detach(self)
        self.detach.setAccessibleName("Viewer in its own window")
        self.detach.setToolTip("Viewer in its own window")
        self.handle.moved.connect(lambda _: self.update())
        self.setMinimumHeight(LEAST_HEIGHT)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Viewer")

    def sizeHint(self) -> QSize:
        """16:9, as wide as it is now."""
        return QSize(320, max(LEAST_HEIGHT, self.width() * 9 // 16))

    # --- what is shown

    def show_mode(self, mode: Mode, *, shows_b: bool) -> None:
        """Show both sides in this way."""
        self.mode, self.shows_b = mode, shows_b
        self._place_handle()
        self.update()

    def show_one_to_one(self, on: bool) -> None:
        """Show a pixel of the picture on a pixel of the screen, or fit the picture into the well."""
        self.zoom = 1.0 if on else None
        self._pan = QPointF()
        self._place_handle()
        self.update()

    def picture_rect(self, room: QRectF | None = None) -> QRectF:
        """Return where side A's picture is; B is fitted into the same place."""
        room = QRectF(self.rect()) if room is None else room
        side = self.a if self.a.image is not None else self.b
        size = side.image.size() if side.image is not None else QSize(16, 9)
        if self.zoom is None or side.image is None:
            return fitted(size, room)
        size = side.size if side.size.width() > size.width() else size
        factor = self.zoom / self.devicePixelRatioF()
        rect = QRectF(0, 0, size.width() * factor, size.height() * factor)
        rect.moveCenter(room.center() + self._pan)
        return rect

    def _place_handle(self) -> None:
        self.handle.setVisible(self.mode == "wipe" and self.a.image is not None and self.b.image is not None)
        self.handle.lay_over(self.picture_rect())

    def refresh(self) -> None:
        """Paint anew: a picture has changed."""
        self._place_handle()
        self.update()

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_WELL))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.a.image is None and self.b.image is None:
            self._say(painter)
        elif self.mode == "side":
            self._paint_side_by_side(painter)
        else:
            self._paint_in_place(painter)
        if self.badge:
            _box(painter, self.badge, QPointF(8, 8), bold=True)
        if self.zoom_note and self.zoom is not None:
            _box(painter, self.zoom_note, QPointF(8, 36 if self.badge else 8))
        painter.end()

    def _paint_in_place(self, painter: QPainter) -> None:
        rect = self.picture_rect()
        {
            "single": self._paint_one,
            "flip": self._paint_one,
            "wipe": self._paint_wipe,
            "overlay": self._paint_overlay,
            "difference": self._paint_difference,
        }[self.mode](painter, rect)
        if self.mode == "single":
            self._paint_end(painter, rect, self.b)
            return
        self._paint_labels(painter)

    def _paint_one(self, painter: QPainter, rect: QRectF) -> None:
        self._draw(painter, rect, self.a if self.mode == "flip" and not self.shows_b else self.b)

    def _paint_wipe(self, painter: QPainter, rect: QRectF) -> None:
        self._draw(painter, rect, self.a)
        painter.save()
        painter.setClipRect(self.handle.wipe.part_of_b(rect))
        painter.fillRect(rect, QColor(_WELL))
        self._draw(painter, rect, self.b)
        painter.restore()

    def _paint_overlay(self, painter: QPainter, rect: QRectF) -> None:
        self._draw(painter, rect, self.a)
        painter.setOpacity(0.5)
        self._draw(painter, rect, self.b)
        painter.setOpacity(1.0)

    def _paint_difference(self, painter: QPainter, rect: QRectF) -> None:
        if self.a.image is None or self.b.image is None:
            self._draw(painter, rect, self.a)
            return
        painter.drawImage(rect, difference(self.a.image, self.b.image))

    def _paint_side_by_side(self, painter: QPainter) -> None:
        half = (self.width() - 4) / 2
        for side, letter, left in ((self.a, "A", 0.0), (self.b, "B", half + 4)):
            room = QRectF(left, 0, half, self.height())
            painter.save()
            painter.setClipRect(room)
            rect = self.picture_rect(room)
            self._draw(painter, rect, side)
            self._paint_end(painter, rect, side)
            _box(painter, _titled(letter, side), QPointF(left + 8, self.height() - 30))
            painter.restore()

    def _paint_labels(self, painter: QPainter) -> None:
        """Name what is seen: the side of a flip, both sides of everything else."""
        if self.mode == "flip":
            letter, side = ("B", self.b) if self.shows_b else ("A", self.a)
            self._paint_end(painter, self.picture_rect(), side)
            _box(painter, _titled(letter, side), QPointF(8, self.height() - 30), bold=True)
            return
        for side in (self.a, self.b):
            self._paint_end(painter, self.picture_rect(), side)
        _box(painter, _titled("A", self.a), QPointF(8, self.height() - 30))
        _box(painter, _titled("B", self.b), QPointF(self.width() - 8, self.height() - 30), right=True)

    def _draw(self, painter: QPainter, rect: QRectF, side: Side) -> None:
        if side.image is None:
            return
        own = rect if self.zoom is not None else fitted(side.image.size(), rect)
        painter.drawImage(own, side.image)

    def _paint_end(self, painter: QPainter, rect: QRectF, side: Side) -> None:
        """The last frame is held: a hatched bar says so."""
        if not side.ended or side.image is None:
            return
        bar = QRectF(rect.left(), rect.top(), rect.width(), 22)
        painter.fillRect(bar, _BOX)
        painter.fillRect(bar, QBrush(QColor(theme.hex_of("stale", dark=True)), Qt.BrushStyle.BDiagPattern))
        _box(painter, side.ended, QPointF(bar.center().x(), bar.top()), middle=True)

    def _say(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.hex_of("text2", dark=True)))
        painter.setFont(theme.font("body"))
        room = self.rect().adjusted(16, 16, -16, -16)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.words)

    # --- the pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self._drag = event.position()
        self.clicked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As Qt asks: a picture larger than the well is moved about."""
        if self._drag is not None and self.zoom is not None:
            self._pan += event.position() - self._drag
            self._drag = event.position()
            self.refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self._drag = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        size = self.detach.sizeHint()
        self.detach.setGeometry(self.width() - size.width() - 8, 8, size.width(), size.height())
        self._place_handle()


def _titled(letter: str, side: Side) -> str:
    return " · ".join(part for part in (f"{letter}  {side.label}".strip(), side.note) if part)


def _box(
    painter: QPainter, text: str, at: QPointF, *, bold: bool = False, right: bool = False, middle: bool = False
) -> None:
    """Draw words on a dark box, to be read over any picture."""
    font = theme.font("caption", bold=bold)
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(text) + 12
    left = at.x() - (width if right else width / 2 if middle else 0)
    box = QRectF(left, at.y(), width, max(22, metrics.height() + 4))
    painter.fillRect(box, _BOX)
    painter.setFont(font)
    painter.setPen(QPen(QColor(_INK)))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
