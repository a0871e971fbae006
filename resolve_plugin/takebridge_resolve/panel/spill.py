"""One line of controls; those a narrow window has no room for are in the ⋯ menu at its end, with the same names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMenu, QSizePolicy, QToolButton, QWidget

from takebridge_resolve.panel import theme


class SpillRow(QWidget):
    """Buttons, check boxes and combo boxes in the order of their weight: the first ones stay longest."""

    def __init__(self, widgets: Sequence[QWidget], parent: QWidget | None = None, *, name: str, gap: int = 4) -> None:
        super().__init__(parent)
        self._widgets = list(widgets)
        self._offered = dict.fromkeys(widgets, True)
        self._gap = gap
        self._placing = False
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for widget in widgets:
            widget.setParent(self)
        self.more = QToolButton(self)
        self.more.setText("⋯")
        self.more.setAccessibleName(f"More: {name.lower()}")
        self.more.setToolTip("More")
        self.more.setMinimumSize(theme.size("target"), theme.size("target"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)

    def offer(self, widget: QWidget, on: bool) -> None:
        """Have a control in the row, or not at all."""
        if self._offered[widget] != on:
            self._offered[widget] = on
            self.place()

    def spilled(self) -> list[QWidget]:
        """Return the controls that are in the menu."""
        return [widget for widget in self._widgets if self._offered[widget] and widget.isHidden()]

    def place(self) -> None:
        """Lay the controls out, and hide what does not fit."""
        if self._placing:
            return
        self._placing = True
        wanted = [widget for widget in self._widgets if self._offered[widget]]
        fitting = self._fitting([_size(widget).width() for widget in wanted])
        left = 0
        for widget in self._widgets:
            shown = widget in wanted[:fitting]
            widget.setVisible(shown)
            if shown:
                left = self._put(widget, left)
        self.more.setVisible(fitting < len(wanted))
        if fitting < len(wanted):
            self._put(self.more, left, most=max((_size(one).height() for one in wanted), default=0))
        self._placing = False

    def _fitting(self, widths: Sequence[int]) -> int:
        room = self.width()
        if sum(widths) + self._gap * (len(widths) - 1) <= room:
            return len(widths)
        used = self.more.sizeHint().width()
        for number, width in enumerate(widths):
            used += width + self._gap
            if used > room:
                return number
        return len(widths)

    def _put(self, widget: QWidget, left: int, most: int = 0) -> int:
        size = _size(widget)
        height = min(size.height(), self.height(), most or size.height())
        widget.setGeometry(left, (self.height() - height) // 2, size.width(), height)
        return left + size.width() + self._gap

    # --- the menu

    def _fill(self) -> None:
        self.menu.clear()
        for widget in self.spilled():
            if isinstance(widget, QComboBox):
                self._add_choices(widget)
            elif isinstance(widget, QAbstractButton):
                self._add_button(widget)
            else:
                for button in widget.findChildren(QAbstractButton):
                    self._add_button(button)

    def _add_button(self, button: QAbstractButton) -> None:
        plain = button.text() if len(button.text()) > 2 else button.accessibleName()
        action = QAction(plain or button.accessibleName(), self.menu)
        action.setCheckable(button.isCheckable())
        action.setChecked(button.isChecked())
        action.setEnabled(button.isEnabled())
        action.triggered.connect(lambda *_: button.click())
        self.menu.addAction(action)

    def _add_choices(self, combo: QComboBox) -> None:
        sub = self.menu.addMenu(combo.accessibleName())
        for place in range(combo.count()):
            action = sub.addAction(combo.itemText(place))
            action.setCheckable(True)
            action.setChecked(place == combo.currentIndex())
            action.triggered.connect(partial(self._choose, combo, place))

    def _choose(self, combo: QComboBox, place: int, *_: object) -> None:
        combo.setCurrentIndex(place)

    # --- Qt

    def sizeHint(self) -> QSize:
        """All in one line."""
        wanted = [_size(widget) for widget in self._widgets if self._offered[widget]]
        height = max([size.height() for size in wanted] + [theme.size("target"), self.more.sizeHint().height()])
        return QSize(sum(size.width() + self._gap for size in wanted), height)

    def minimumSizeHint(self) -> QSize:
        """The menu alone."""
        return QSize(self.more.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks."""
        super().resizeEvent(event)
        self.place()

    def event(self, event: QEvent) -> bool:
        """As Qt asks: a control's text has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)


def _size(widget: QWidget) -> QSize:
    return widget.sizeHint().expandedTo(widget.minimumSize())
