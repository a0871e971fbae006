"""The lines of a plan in a grid: title, count, what, price. Each line is one row for eye and screen reader alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import label
from takebridge_resolve.panel.plan_lines import PlanLine

NARROW = 460
"""Below this width, at type of 100 %, a line's price stands under its words."""


class PlanGrid(QWidget):
    """Shows lines; in a narrow dialog, or with large type, prices go below their words."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The plan")
        self.lines: tuple[PlanLine, ...] = ()
        self._narrow: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)

    def show_lines(self, lines: Sequence[PlanLine]) -> None:
        """Show these lines."""
        self.lines = tuple(lines)
        self._fill()

    def text(self) -> str:
        """All lines as text, one a line."""
        return "\n".join(line.spoken for line in self.lines)

    def _fill(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._narrow = self._is_narrow()
        for number, line in enumerate(self.lines):
            self._add(2 * number, line)

    def _is_narrow(self) -> bool:
        return self.width() < NARROW * theme.scale()

    def _add(self, at: int, line: PlanLine) -> None:
        top = Qt.AlignmentFlag.AlignTop
        title = label(line.title, "warning" if line.tone == "warning" else "label", name=line.spoken)
        count = label("" if line.count is None else str(line.count), figures=True, name=" ")
        what = label(line.what, wrap=True, name=line.spoken)
        what.setToolTip(line.more)
        price = label(line.price, figures=True, name=" ")
        price.setFont(_bold(price.font()))
        for words in (what, price):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        what.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._grid.addWidget(title, at, 0, top)
        self._grid.addWidget(count, at, 1, top | Qt.AlignmentFlag.AlignRight)
        if self._narrow:
            self._grid.addWidget(what, at, 2, 1, 2)
            if line.price:
                price.setWordWrap(True)
                self._grid.addWidget(price, at + 1, 2, 1, 2)
        else:
            self._grid.addWidget(what, at, 2, 1, 1 if line.price else 2)
            if not line.price:
                return
            self._grid.addWidget(price, at, 3, top | Qt.AlignmentFlag.AlignRight)

    def resizeEvent(self, event: object) -> None:
        """Lay out anew where that changes something."""
        if self._narrow is not None and self._is_narrow() != self._narrow:
            self._fill()


def _bold(font: QFont) -> QFont:
    found = QFont(font)
    found.setWeight(QFont.Weight.DemiBold)
    return found
