"""The panel's settings: looks, keys, and what a day may cost. Each takes effect at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QVBoxLayout, QWidget

from takebridge_resolve.panel.controls import button, form, label, row
from takebridge_resolve.panel.memory import LEAPS, Choices

_THEMES = {"dark": "Dark", "light": "Light", "system": "As the system"}
_SIZES = (100, 125, 150, 175, 200)


class SettingsDialog(QDialog):
    """``changed`` carries the new `Choices`."""

    changed = Signal(object)
    keys_wanted = Signal()
    budget_wanted = Signal()

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(340)
        self.choices = choices
        self.theme = _combo("Looks", {title: name for name, title in _THEMES.items()}, choices.theme)
        sizes = {f"{size} %": size for size in sorted({*_SIZES, choices.text_percent})}
        self.size_of_text = _combo("Size of text", sizes, choices.text_percent)
        self.leap = _combo("Shift steps", {leap: leap for leap in LEAPS}, choices.leap)
        self.letters = QCheckBox("Keys that are one letter")
        self.letters.setAccessibleName("Keys that are one letter")
        self.letters.setToolTip("Off: only keys with Ctrl, Alt or Enter act")
        self.letters.setChecked(choices.letters)
        fields = form(("Looks", self.theme), ("Size of text", self.size_of_text), ("Shift steps", self.leap))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(label("Settings", "dialog"))
        layout.addLayout(fields)
        layout.addWidget(self.letters)
        keys, budget = button("Keys…", self.keys_wanted.emit), button("Budget…", self.budget_wanted.emit)
        layout.addWidget(row(keys, budget, None))
        layout.addStretch(1)
        layout.addWidget(row(None, button("Close", self.close)))
        for combo in (self.theme, self.size_of_text, self.leap):
            combo.currentIndexChanged.connect(lambda *_: self._tell())
        self.letters.toggled.connect(lambda *_: self._tell())

    def _tell(self) -> None:
        self.choices = replace(
            self.choices,
            theme=self.theme.currentData(),
            text_percent=self.size_of_text.currentData(),
            leap=self.leap.currentData(),
            letters=self.letters.isChecked(),
        )
        self.changed.emit(self.choices)


def _combo(name: str, values: Mapping[str, object], chosen: object) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for title, value in values.items():
        made.addItem(title, value)
    made.setCurrentIndex(max(0, made.findData(chosen)))
    return made
