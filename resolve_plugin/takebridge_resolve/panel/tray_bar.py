"""The bar over the tray: which takes are shown and in which order, and whether the ring moves on after rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QToolButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import rating, theme
from takebridge_resolve.panel.spill import SpillRow
from takebridge_resolve.panel.tiles import SHOWS, Filter, Order, Show

_TITLES: dict[Show, str] = {"all": "All", "picks": "Picks", "unrated": "Unrated", "rejected": "Rejected"}
_ORDERS: dict[Order, str] = {"newest": "Newest", "oldest": "Oldest"}


class TrayBar(QWidget):
    """Filters of the tray. ``changed`` brings the `Filter`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looked = Filter()
        self.shows = {show: self._show_button(show) for show in SHOWS}
        self.stars = self._combo("Least stars", [("★ any", 0), *_star_choices()], self._set_stars)
        self.models = self._combo("Model", [("Model", "")], self._set_model)
        self.order = self._combo("Order", [(title, name) for name, title in _ORDERS.items()], self._set_order)
        self.hidden = _check("Show rejected", "Show rejected takes among the others")
        self.hidden.toggled.connect(lambda on: self._set(replace(self.looked, hidden=on)))
        self.advance = _check("Advance after rating", "After a rating, pick or reject the ring moves to the next take")
        self.advance.setChecked(True)
        self._group = QButtonGroup(self)
        for button in self.shows.values():
            self._group.addButton(button)
        self.shows["all"].setChecked(True)
        self.row = SpillRow(
            [*self.shows.values(), self.stars, self.models, self.order, self.advance, self.hidden], name="Filters"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.row)

    def _show_button(self, show: Show) -> QToolButton:
        button = QToolButton()
        button.setText(_TITLES[show])
        button.setCheckable(True)
        button.setAccessibleName(f"Show {_TITLES[show].lower()}")
        button.setMinimumSize(theme.size("target"), theme.size("target"))
        button.clicked.connect(lambda: self._set(replace(self.looked, show=show)))
        return button

    def _combo(self, name: str, choices: Sequence[tuple[str, object]], call: object) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for title, value in choices:
            combo.addItem(title, value)
        combo.currentIndexChanged.connect(lambda _: call(combo.currentData()))  # type: ignore[operator]
        return combo

    def _set_stars(self, stars: int) -> None:
        self._set(replace(self.looked, stars=stars))

    def _set_model(self, model: str | None) -> None:
        self._set(replace(self.looked, model=model or ""))

    def _set_order(self, order: Order) -> None:
        self._set(replace(self.looked, order=order))

    def _set(self, looked: Filter) -> None:
        if looked != self.looked:
            self.looked = looked
            self.changed.emit(looked)

    def reset(self) -> None:
        """Show all takes again; the order stays."""
        self.shows["all"].setChecked(True)
        for combo in (self.stars, self.models):
            combo.setCurrentIndex(0)
        self._set(replace(self.looked, show="all", stars=0, model=""))

    def set_models(self, models: Sequence[str]) -> None:
        """Offer these models; the one chosen stays chosen as long as there is a take of it."""
        had = [self.models.itemData(row) for row in range(1, self.models.count())]
        if had == [*models]:
            return
        self.models.blockSignals(True)
        self.models.clear()
        self.models.addItem("Model", "")
        for model in models:
            self.models.addItem(model, model)
        self.models.setCurrentIndex(max(0, self.models.findData(self.looked.model)))
        self.models.blockSignals(False)
        self.row.offer(self.models, len(models) > 1 or bool(self.looked.model))
        self._set_model(self.models.currentData())


def _star_choices() -> list[tuple[str, object]]:
    return [(f"★ ≥ {stars}", stars) for stars in range(1, rating.MOST_STARS + 1)]


def _check(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    return box
