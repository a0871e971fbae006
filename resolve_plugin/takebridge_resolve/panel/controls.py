"""Plain controls, each with the name a screen reader says and, where an action has keys, its tooltip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from takebridge_resolve.panel import keys, theme

Child = QWidget | int | None
"""A widget, a space in pixels, or None for what stretches."""


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "", figures: bool = False) -> QLabel:
    """Return a label. ``role`` as the style sheet knows it; ``name`` is said before the text by screen readers."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        made.setMinimumWidth(40)
    if figures:
        made.setFont(theme.font("body", figures=True))
    made.setAccessibleName(name or text)
    return made


class Elided(QLabel):
    """One line that is cut at its end with … where it does not fit; the whole text is its tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        """Show ``text``."""
        self.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        """Room for the … alone."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text as far as it fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.end()


def button(
    text: str,
    call: Callable[[], object],
    role: str = "",
    *,
    name: str = "",
    action: str = "",
    checkable: bool = False,
) -> QPushButton:
    """Return a button. ``name`` is what screen readers say (else its text), ``action`` whose keys its tip tells."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    made.setCheckable(checkable)
    if role:
        made.setProperty("role", role)
    made.setAccessibleName(name or text)
    made.setToolTip(keys.tip(action) if action else name or "")
    made.clicked.connect(lambda *_: call())
    return made


def filled(layout: QBoxLayout, children: Sequence[Child], *, spacing: int, margins: Sequence[int]) -> QBoxLayout:
    """Fill a layout; see `row` and `column`."""
    layout.setSpacing(spacing)
    left, top, right, bottom = margins
    layout.setContentsMargins(left, top, right, bottom)
    for child in children:
        if isinstance(child, QWidget):
            layout.addWidget(child)
        elif child is None:
            layout.addStretch(1)
        else:
            layout.addSpacing(child)
    return layout


def row(*children: Child, spacing: int = 8, margins: Sequence[int] = (0, 0, 0, 0)) -> QWidget:
    """Return children beside each other."""
    made = QWidget()
    filled(QHBoxLayout(made), children, spacing=spacing, margins=margins)
    return made


def column(*children: Child, spacing: int = 4, margins: Sequence[int] = (0, 0, 0, 0)) -> QWidget:
    """Return children below each other."""
    made = QWidget()
    filled(QVBoxLayout(made), children, spacing=spacing, margins=margins)
    return made


def card(*children: Child, role: str = "card", spacing: int = 4) -> QFrame:
    """Return children below each other on a card."""
    made = QFrame()
    made.setProperty("role", role)
    filled(QVBoxLayout(made), children, spacing=spacing, margins=(10, 8, 10, 8))
    return made


def emptied(layout: QBoxLayout) -> None:
    """Take all widgets out of a layout and drop them."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


def form(*fields: tuple[str, QWidget]) -> QGridLayout:
    """Return named fields below each other; names stand level with the first line of their field."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for number, (name, field) in enumerate(fields):
        tall = isinstance(field, QPlainTextEdit)
        words = label(name, "label")
        words.setBuddy(field)
        words.setContentsMargins(0, 5 if tall else 0, 0, 0)
        side = Qt.AlignmentFlag.AlignTop if tall else Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(words, number, 0, side)
        grid.addWidget(field, number, 1)
    return grid


def fit(dialog: QWidget) -> None:
    """Make a dialog as high as its words need at its width: Qt's own hint takes them to be as narrow as can be."""
    layout = dialog.layout()
    if layout is None:
        return
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    dialog.setMinimumHeight(0)  # what the layout had asked for before
    layout.activate()
    wanted = layout.totalHeightForWidth(dialog.width()) if layout.hasHeightForWidth() else -1
    dialog.resize(dialog.width(), wanted if wanted > 0 else layout.totalSizeHint().height())
