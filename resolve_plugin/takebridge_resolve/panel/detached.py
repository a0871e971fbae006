"""A window that has the viewer while it is detached. It has the same keys, and gives the viewer back when it closes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Detached(QWidget):
    """``left`` says that the window was closed."""

    left = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setObjectName("panel")
        self.setWindowTitle("TakeBridge viewer")
        self.resize(960, 640)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)

    def take_in(self, stage: QWidget) -> None:
        """Show ``stage``."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(stage)
        stage.show()
        self.show()

    def toggle_full(self) -> None:
        """Fill the screen, or go back to a window."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def closeEvent(self, event: QCloseEvent) -> None:
        """As Qt asks."""
        super().closeEvent(event)
        self.left.emit()
