"""What the tray says when there is nothing in it: why, and the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QPushButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.tiles import TrayFacts

NO_CLIP = "Select a clip or park the playhead on one."
NO_TAKE = "No take yet."
NO_MATCH = "No take passes this filter."
LOADING = "Loading takes…"


class Empty(QWidget):
    """Lies over the list while that has no rows."""

    reset = Signal()

    def __init__(self, over: QAbstractScrollArea) -> None:
        super().__init__(over.viewport())
        self._over = over.viewport()
        self.reason = NO_CLIP
        """What is said while no node is shown: whoever shows the tray knows why."""
        self.text = QLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setWordWrap(True)
        theme.give_role(self.text, role="label")
        self.button = QPushButton("Show all takes")
        self.button.setMinimumHeight(theme.size("target"))
        self.button.clicked.connect(self.reset)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.text)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        self._over.installEventFilter(self)

    def show_for(self, facts: TrayFacts | None, *, loading: bool, tiles: int, narrowed: bool) -> None:
        """Say what is the matter; nothing while there are tiles."""
        text = self.reason if facts is None else LOADING if loading and not facts.takes else NO_TAKE
        rejected = facts is not None and bool(facts.takes)
        if rejected:
            text = NO_MATCH if narrowed else "All takes are rejected. “Rejected” shows them."
        self.text.setText(text)
        self.button.setVisible(narrowed and rejected)
        self.setVisible(not tiles)
        self.setGeometry(self._over.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As Qt asks: keep the size of the list."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False
