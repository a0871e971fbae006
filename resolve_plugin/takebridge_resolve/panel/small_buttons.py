"""Small buttons that are drawn, not written: a star of the rating, and the arrow that detaches the viewer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from takebridge_resolve.panel import theme


class Drawn(QAbstractButton):
    """A square of 24 pixels that shows focus, pointer and press like every other button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """24 by 24, the least a pointer can be asked to hit, or more with larger type."""
        side = round(theme.size("target") * max(1.0, theme.scale()))
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg3"))
            painter.drawRoundedRect(rect, 4, 4)
        self.draw(painter, rect)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        """Draw what the button shows."""


class Star(Drawn):
    """One star of a rating: full or hollow, which is its text too."""

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the star."""
        painter.setFont(theme.font("dialog"))
        painter.setPen(theme.color("text" if self.isEnabled() else "line"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.text())


class Detach(Drawn):
    """An arrow out of a corner; it lies on the picture, so its colours are those of the well in either theme."""

    def draw(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the arrow on a dark ground."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(14, 15, 16, 190))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QPen(QColor(theme.hex_of("text", dark=True)), 1.6))
        inner = rect.adjusted(7, 7, -7, -7)
        far, near = inner.topRight(), inner.bottomLeft()
        painter.drawLine(near, far)
        for tip, dx, dy in ((far, -5, 5), (near, 5, -5)):
            painter.drawPolyline([tip + QPointF(dx, 0), tip, tip + QPointF(0, dy)])
