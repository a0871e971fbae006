"""The wipe: a line across the picture, in the picture's own coordinates, with a handle for pointer and keyboard."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QWidget

from takebridge_resolve.panel import theme

GRAB = 24
STEPS = 1000
"""The handle counts in thousandths of the picture; an arrow key moves it by ten of them, one per cent."""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Where the line is: ``at`` is a part of the picture's width, or of its height when it is not ``upright``."""

    at: float = 0.5
    upright: bool = True

    def turned(self) -> Wipe:
        """Return the line lying instead of standing, or the other way."""
        return replace(self, upright=not self.upright)

    def moved_to(self, at: float) -> Wipe:
        """Return the line elsewhere, inside the picture."""
        return replace(self, at=min(1.0, max(0.0, at)))

    def part_of_b(self, picture: QRectF) -> QRectF:
        """Return the part of the picture that shows B: right of the line, or below it."""
        if self.upright:
            return picture.adjusted(picture.width() * self.at, 0, 0, 0)
        return picture.adjusted(0, picture.height() * self.at, 0, 0)

    def place(self, picture: QRectF, point: QPointF) -> float:
        """Return where in the picture ``point`` is, along the way the line moves."""
        if self.upright:
            return (point.x() - picture.left()) / max(1.0, picture.width())
        return (point.y() - picture.top()) / max(1.0, picture.height())

    def grab(self, picture: QRectF) -> QRectF:
        """Return the area that takes hold of the line."""
        half = GRAB / 2
        if self.upright:
            x = picture.left() + picture.width() * self.at
            return QRectF(x - half, picture.top(), GRAB, picture.height())
        y = picture.top() + picture.height() * self.at
        return QRectF(picture.left(), y - half, picture.width(), GRAB)


_OWN_KEYS = frozenset(
    {
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space),
    }
)
"""Keys that move and turn the line while it has the focus; elsewhere they step frames and play."""


class WipeHandle(QAbstractSlider):
    """The line's handle, a slider to everybody: drag it, use arrow keys, turn it by a double-click or Space."""

    moved = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.wipe = Wipe()
        self._picture = QRectF()
        self.setRange(0, STEPS)
        self.setSingleStep(STEPS // 100)
        self.setPageStep(STEPS // 10)
        self.setValue(STEPS // 2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Wipe line")
        self.setToolTip("Drag, or move with the arrow keys; double-click turns it")
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.valueChanged.connect(self._on_value)
        self.hide()

    def lay_over(self, picture: QRectF) -> None:
        """Lie over the line in ``picture``, a rectangle of the parent."""
        self._picture = picture
        self.setGeometry(self.wipe.grab(picture).toAlignedRect())

    def _on_value(self, value: int) -> None:
        self._become(self.wipe.moved_to(value / STEPS))

    def _become(self, wipe: Wipe) -> None:
        self.wipe = wipe
        self.lay_over(self._picture)
        self.update()
        self.moved.emit(wipe)

    def turn(self) -> None:
        """Turn the line by a quarter."""
        upright = not self.wipe.upright
        self.setOrientation(Qt.Orientation.Horizontal if upright else Qt.Orientation.Vertical)
        self.setInvertedControls(not upright)  # down moves the lying line down
        self.setCursor(Qt.CursorShape.SplitHCursor if upright else Qt.CursorShape.SplitVCursor)
        self._become(self.wipe.turned())

    def event(self, event: QEvent) -> bool:
        """As Qt asks: keep the keys it needs from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self.setFocus()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            at = self.wipe.place(self._picture, QPointF(self.mapToParent(event.position().toPoint())))
            self.setValue(round(at * STEPS))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As Qt asks."""
        self.turn()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        if event.key() == Qt.Key.Key_Space:
            self.turn()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        middle = rect.center()
        ends = (
            (QPointF(middle.x(), rect.top()), QPointF(middle.x(), rect.bottom()))
            if self.wipe.upright
            else (QPointF(rect.left(), middle.y()), QPointF(rect.right(), middle.y()))
        )
        for width, ink in ((3, "#0E0F10"), (1, "#E8EAED")):  # to be seen on any picture, in either theme
            painter.setPen(QPen(QColor(ink), width))
            painter.drawLine(*ends)
        painter.setBrush(theme.color("accent"))
        painter.setPen(QPen(QColor("#E8EAED"), 3 if self.hasFocus() else 1))
        painter.drawEllipse(middle, 7, 7)
        painter.end()
