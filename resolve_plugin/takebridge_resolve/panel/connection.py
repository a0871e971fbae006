"""The connection strip at the top and the sheet behind it: state in words and the one thing to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.connection_words import USE_EXCHANGE, Connection, Next, checklist
from takebridge_resolve.panel.controls import Elided, button, card, column, emptied, fit, label, row
from takebridge_resolve.panel.state import State

Do = Callable[[Next], None]
TEXT_PADDING = 16


class Dot(QWidget):
    """The state of the connection as a shape: disc, ring, triangle, square, cross. Its word stands beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._connection: Connection | None = None
        self.setFixedSize(16, 16)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_state(self, connection: Connection) -> None:
        """Draw another state."""
        self._connection = connection
        self.setAccessibleName(connection.short)
        self.update()

    def sizeHint(self) -> QSize:
        """16 pixels square."""
        return QSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        if self._connection is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_mark(painter, self._connection.mark, QRectF(3, 3, 10, 10), theme.color(self._connection.token))
        painter.end()


def _draw_mark(painter: QPainter, mark: str, box: QRectF, color: QColor) -> None:
    painter.setPen(QPen(color, 2))
    if mark == "●":
        painter.setBrush(color)
        painter.drawEllipse(box)
    elif mark == "■":
        painter.fillRect(box.adjusted(0.5, 0.5, -0.5, -0.5), color)
    elif mark == "△":
        top = QPointF(box.center().x(), box.top())
        painter.drawPolygon(QPolygonF([box.bottomLeft(), top, box.bottomRight()]))
    elif mark == "✕":
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())
    elif mark == "◔":
        painter.drawEllipse(box)
        painter.setBrush(color)
        painter.drawPie(box, 0, 90 * 16)
    else:
        painter.drawEllipse(box)


class ConnectionStrip(QWidget):
    """One line: dot, host and timeline. A click or Enter opens the sheet; the button is the one thing to do."""

    wanted = Signal(str)
    sheet_wanted = Signal()
    menu_wanted = Signal()

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.dot = Dot()
        self.text = button("", self.sheet_wanted.emit, "row", action="connection")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.text.installEventFilter(self)
        self.act = button("", self._do)
        self.act.hide()
        self.menu = QToolButton()
        self.menu.setText("⋯")
        self.menu.setProperty("role", "quiet")
        self.menu.setAccessibleName("Menu")
        self.menu.setToolTip("Menu")
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._beside: QWidget | None = None
        line = self.line = QHBoxLayout(self)
        line.setContentsMargins(10, 4, 6, 4)
        line.setSpacing(4)
        line.addWidget(self.dot)
        line.addWidget(self.text, 1)
        line.addWidget(self.act)
        line.addWidget(self.menu)
        state.connection_changed.connect(self.refresh)
        self.refresh()

    def take_in(self, beside: QWidget) -> None:
        """Give a widget the room of the button while there is nothing to press."""
        self._beside = beside
        self.line.insertWidget(2, beside)
        self.refresh()

    def refresh(self) -> None:
        """Show the connection as it is."""
        found = self.state.connection
        self.dot.show_state(found)
        self._elide()
        self.text.setAccessibleName(f"Connection: {found.cause}")
        self.text.setToolTip(found.cause)
        self.act.setText(found.button)
        self.act.setAccessibleName(found.button or "Nothing to do")
        self.act.setVisible(bool(found.button))
        if self._beside is not None:
            self._beside.setVisible(not found.button)

    def _elide(self) -> None:
        room = max(24, self.text.width() - TEXT_PADDING)
        short = self.state.connection.short
        self.text.setText(self.text.fontMetrics().elidedText(short, Qt.TextElideMode.ElideRight, room))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cut the text anew whenever the others leave it other room."""
        if watched is self.text and event.type() == QEvent.Type.Resize:
            self._elide()
        return False

    def _do(self) -> None:
        self.wanted.emit(self.state.connection.next)


class ConnectionSheet(QDialog):
    """The connection in words, the one thing to do next, and the three steps of a first run."""

    def __init__(self, state: State, do: Do, has_pushed: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connection")
        self.setMinimumWidth(360)
        self.state = state
        self._do = do
        self._has_pushed = has_pushed
        self._where: set[str] = set()
        self.dot = Dot()
        self.title = Elided("", "dialog")
        self.cause = label("", wrap=True)
        self.act = button("", lambda: do(self.state.connection.next), "primary")
        self.small = label("", "caption", wrap=True)
        self.steps = QVBoxLayout()
        self.steps.setSpacing(6)
        close = button("Close", self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        head = row(self.dot, self.title, spacing=8)
        head.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.act_row = row(self.act, None)
        for part in (head, self.cause, self.act_row, self.small):
            layout.addWidget(part)
        layout.addWidget(label("First steps", "title"))
        layout.addLayout(self.steps)
        layout.addStretch(1)
        layout.addWidget(row(None, close))
        state.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the connection as it is; steps that were done tick themselves."""
        found = self.state.connection
        self.dot.show_state(found)
        self.title.say(found.short)
        self.cause.setText(found.cause)
        self.cause.setAccessibleName(found.cause)
        self.act.setText(found.button or "Nothing to do")
        self.act.setAccessibleName(found.button or "Nothing to do")
        self.act_row.setVisible(bool(found.button))
        self.small.setText(self._small(found))
        self.small.setAccessibleName(self.small.text())
        emptied(self.steps)
        for item in checklist(found, self._has_pushed()):
            self.steps.addWidget(self._step(item.title, item.done, item.where))
        QTimer.singleShot(0, self._fit)

    def _fit(self) -> None:
        """As high as what is shown needs."""
        fit(self)

    def _small(self, found: Connection) -> str:
        if found.next == "use_exchange" and "exchange" in self._where:
            return USE_EXCHANGE
        status = self.state.status
        if status is None or found.standing == "bridge_down":
            return f"Data folder: {self.state.link.home}"
        return f"Bridge {status.version} · data folder {status.home or self.state.link.home}"

    def explain_exchange(self) -> None:
        """Say how to go on by exchanging files."""
        self._where.add("exchange")
        self.refresh()

    def _step(self, title: str, done: bool, where: str) -> QWidget:
        mark = label("✓" if done else "○", "title", name="Done" if done else "To do")
        mark.setFixedWidth(18)
        words = label(title, "label" if done else "")
        if done:
            return row(mark, words, None)
        if title in self._where:
            return card(row(mark, words, None), label(where, "label", wrap=True))
        show = button("Show me where", lambda: self._show(title), "quiet", name=f"Show me where: {title}")
        return row(mark, words, None, show)

    def _show(self, title: str) -> None:
        self._where.add(title)
        self.refresh()


def notice(text: str) -> QWidget:
    """Return a line of words in a place that has nothing else to show."""
    words = label(text, "hint", wrap=True)
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return column(None, words, None, margins=(16, 16, 16, 16))
