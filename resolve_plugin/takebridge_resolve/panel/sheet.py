"""The contact sheet: all takes that pass the filter, large, in a window of their own. Ring and keys are the tray's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QVBoxLayout

from takebridge_resolve.panel.tray_view import TrayView

if TYPE_CHECKING:
    from takebridge_resolve.panel.tray import Tray


class Sheet(QDialog):
    """A second view of the tray's rows, with the same ring."""

    def __init__(self, tray: Tray) -> None:
        super().__init__(tray, Qt.WindowType.Window)
        self.setWindowTitle("All takes")
        self.view = TrayView(tray.pictures, tray.model, scale=2)
        self.view.setAccessibleName("All takes")
        self.view.setSelectionModel(tray.view.selectionModel())
        self.view.look.letters = tray.view.look.letters
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.view)
        tray.attach_keys(self)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.hide)
        self.resize(960, 620)

    def toggle(self) -> None:
        """Open, or close."""
        if self.isVisible():
            self.hide()
            return
        self.show()
        self.raise_()
        self.view.setFocus()
