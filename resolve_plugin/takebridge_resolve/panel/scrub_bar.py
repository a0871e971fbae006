"""The scrub bar: the take as a strip of its sprite, the best range on it, the playhead. A slider of whole frames."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from takebridge.canvas.model import FrameRange
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.pictures import Sprite

HEIGHT = 32


class ScrubBar(QAbstractSlider):
    """Value and range are frames of the take. ``ends`` is the frame after the last one of a shorter take, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.best: FrameRange | None = None
        self.ends: int | None = None
        self.notes: tuple[int, ...] = ()
        self._sprite: Sprite | None = None
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Frame")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPageStep(10)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(80, HEIGHT)

    def show_film(self, count: int, best: FrameRange | None, sprite: Sprite | None, ends: int | None = None) -> None:
        """Become the bar of a film of ``count`` frames."""
        self.best, self._sprite, self.ends = best, sprite, ends
        if self.maximum() != max(0, count - 1):
            self.blockSignals(True)
            self.setRange(0, max(0, count - 1))
            self.blockSignals(False)
        self.update()

    def show_notes(self, frames: tuple[int, ...]) -> None:
        """Mark the frames that have a note."""
        if frames != self.notes:
            self.notes = frames
            self.update()

    def x_of(self, frame: int) -> float:
        """Return where a frame begins on the bar."""
        strip = self._strip()
        return strip.left() + strip.width() * frame / max(1, self.maximum() + 1)

    def frame_at(self, x: float) -> int:
        """Return the frame under a place on the bar."""
        strip = self._strip()
        part = (x - strip.left()) / max(1.0, strip.width())
        return min(self.maximum(), max(0, int(part * (self.maximum() + 1))))

    def _strip(self) -> QRectF:
        return QRectF(self.rect()).adjusted(4, 5, -4, -5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self.setSliderDown(True)
        self.setValue(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.setValue(self.frame_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self.setSliderDown(False)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        strip = self._strip()
        painter.fillRect(strip, theme.color("well"))
        if self._sprite is not None:
            self._paint_strip(painter, strip, self._sprite)
        self._paint_end(painter, strip)
        self._paint_best(painter, strip)
        self._paint_notes(painter, strip)
        if self.isEnabled():
            self._paint_head(painter, strip)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_strip(self, painter: QPainter, strip: QRectF, sprite: Sprite) -> None:
        cells = sprite.cells
        width = strip.height() * cells.width / max(1, cells.height)
        count = max(1, round(strip.width() / width))
        step = strip.width() / count
        end = self.x_of(self.ends) - strip.left() if self.ends is not None else strip.width()
        for number in range(count):
            part = (number + 0.5) * step / max(1.0, end)
            if part >= 1:
                return
            row, column = divmod(sprite.cell_at(part), cells.columns)
            source = QRectF(column * cells.width, row * cells.height, cells.width, cells.height)
            painter.drawPixmap(
                QRectF(strip.left() + number * step, strip.top(), step, strip.height()), sprite.sheet, source
            )

    def _paint_end(self, painter: QPainter, strip: QRectF) -> None:
        if self.ends is None or self.ends > self.maximum():
            return
        rest = QRectF(QPointF(self.x_of(self.ends), strip.top()), strip.bottomRight())
        painter.fillRect(rest, QColor(14, 15, 16, 200))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.BDiagPattern)
        painter.fillRect(rest, painter.brush())

    def _paint_best(self, painter: QPainter, strip: QRectF) -> None:
        """Dim what is not worth using, and bracket what is."""
        if self.best is None:
            return
        left, right = self.x_of(self.best.start), self.x_of(self.best.end)
        veil = QColor(14, 15, 16, 170)
        painter.fillRect(QRectF(strip.left(), strip.top(), left - strip.left(), strip.height()), veil)
        painter.fillRect(QRectF(right, strip.top(), strip.right() - right, strip.height()), veil)
        painter.setPen(QPen(theme.color("accent"), 2))
        for x, side in ((left, 4), (right, -4)):
            painter.drawPolyline(
                [
                    QPointF(x + side, strip.top()),
                    QPointF(x, strip.top()),
                    QPointF(x, strip.bottom()),
                    QPointF(x + side, strip.bottom()),
                ]
            )

    def _paint_notes(self, painter: QPainter, strip: QRectF) -> None:
        """A flag at the foot of the strip for every note, light with a dark edge: to be seen on any picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#0E0F10"), 1.5))
        painter.setBrush(QColor("#E8EAED"))
        half = strip.width() / max(1, self.maximum() + 1) / 2
        for frame in self.notes:
            x, y = self.x_of(frame) + half, strip.bottom() + 3
            painter.drawPolygon(QPolygonF([QPointF(x - 4.5, y), QPointF(x + 4.5, y), QPointF(x, y - 8)]))

    def _paint_head(self, painter: QPainter, strip: QRectF) -> None:
        frame = strip.width() / max(1, self.maximum() + 1)
        x = self.x_of(self.value()) + frame / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, ink in ((5.0, QColor("#0E0F10")), (2.0, QColor("#E8EAED"))):
            painter.setPen(QPen(ink, width))
            painter.drawLine(QPointF(x, 2), QPointF(x, self.height() - 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, 7)]))
