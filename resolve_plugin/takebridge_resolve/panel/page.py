"""What stands in a scroll area, and a button that says more than one line holds: neither makes a window wider."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.controls import Child, filled
from takebridge_resolve.panel.wrapping import Wrapping

_BREAKS = (" · ", ", ", " ")


class Page(QWidget):
    """Children below each other, as high as they need to be at the width there is; never wider than that."""

    def __init__(self, *children: Child, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> None:
        super().__init__()
        self.setObjectName("scrolled")
        filled(QVBoxLayout(self), children, spacing=spacing, margins=margins)

    def minimumSizeHint(self) -> QSize:
        """None: wrapped labels would ask for the height they have when they are narrowest."""
        return QSize(0, 0)


def scrolled(page: QWidget, name: str) -> QScrollArea:
    """Return a scroll area that a page fills from edge to edge; it scrolls up and down alone."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    area.setWidget(page)
    return area


def wrapped(*children: QWidget, spacing: int = 8) -> QWidget:
    """Return children beside each other, on as many lines as they need."""
    made = QWidget()
    layout = Wrapping(made, spacing=spacing)
    for child in children:
        layout.addWidget(child)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def folded(text: str, fits: int, width_of: Callable[[str], int]) -> str:
    """Return ``text`` on two lines, broken where it reads best, when one line of ``fits`` pixels does not hold it.

    ``width_of`` says how wide a text is.
    """
    if width_of(text) <= fits:
        return text
    for mark in _BREAKS:
        places = [at for at in range(len(text)) if text.startswith(mark, at)]
        halves = [(text[:at].rstrip(" ·"), text[at + len(mark) :]) for at in places]
        fitting = [pair for pair in halves if max(map(width_of, pair)) <= fits]
        if fitting:
            return "\n".join(min(fitting, key=lambda pair: max(map(width_of, pair))))
    return _word_by_word(text, fits, width_of)


def _word_by_word(text: str, fits: int, width_of: Callable[[str], int]) -> str:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= fits or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


class FoldingButton(QPushButton):
    """A button whose words go onto a second line before they are cut off. `words` is all it says."""

    ROOM = 26
    """Pixels of a button beside its words: padding and edge, both sides."""

    def __init__(self, text: str, call: Callable[[], object], role: str = "", *, action: str = "") -> None:
        super().__init__()
        self.words = ""
        self.setAutoDefault(False)
        if role:
            self.setProperty("role", role)
        if action:
            self.setToolTip(keys.tip(action))
        self.clicked.connect(lambda *_: call())
        self.say(text)

    def say(self, text: str) -> None:
        """Show other words."""
        self.words = text
        self.setAccessibleName(text)
        self._fold()
        self.updateGeometry()

    def _fold(self) -> None:
        room = self.width() - self.ROOM if self.isVisible() or self.testAttribute(_PLACED) else 10_000
        shown = folded(self.words, room, self._bold_width)
        if shown != self.text():
            self.setText(shown)
        line = max(theme.size("primary"), self.fontMetrics().height() + 12)
        self.setMinimumHeight(line + self.fontMetrics().lineSpacing() * shown.count("\n"))

    def _bold_width(self, text: str) -> int:
        return int(self.fontMetrics().horizontalAdvance(text))

    def minimumSizeHint(self) -> QSize:
        """Room for the longest word."""
        hint = super().minimumSizeHint()
        widest = max((self._bold_width(word) for word in self.words.split(" ")), default=0)
        return QSize(min(hint.width(), widest + self.ROOM), hint.height())

    def sizeHint(self) -> QSize:
        """Room for all words on one line."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), self._bold_width(self.words) + self.ROOM), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words where they no longer fit."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fold()


class FoldingCheck(QCheckBox):
    """A check box whose words go onto further lines before they are cut off."""

    ROOM = 34

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words where they no longer fit."""
        super().resizeEvent(event)
        shown = folded(self.words, event.size().width() - self.ROOM, self.fontMetrics().horizontalAdvance)
        if shown != self.text():
            self.setText(shown)
            self.setMinimumHeight(self.fontMetrics().lineSpacing() * (shown.count("\n") + 1) + 6)

    def minimumSizeHint(self) -> QSize:
        """Room for a word or two."""
        return QSize(min(super().minimumSizeHint().width(), 120), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Room for all words on one line."""
        return QSize(self.fontMetrics().horizontalAdvance(self.words) + self.ROOM, super().sizeHint().height())


class ButtonRow(QWidget):
    """Buttons beside each other; below each other, the last one first, where there is no room for that."""

    NARROW = 360
    """Below this width, at type of 100 %, they stand below each other."""

    def __init__(self, *children: Child) -> None:
        super().__init__()
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.setLayout(filled(self._parts, children, spacing=8, margins=(0, 0, 0, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the direction."""
        super().resizeEvent(event)
        narrow = event.size().width() < self.NARROW * theme.scale()
        way = QBoxLayout.Direction.BottomToTop if narrow else QBoxLayout.Direction.LeftToRight
        if way != self._parts.direction():
            self._parts.setDirection(way)


_PLACED = Qt.WidgetAttribute.WA_Resized
