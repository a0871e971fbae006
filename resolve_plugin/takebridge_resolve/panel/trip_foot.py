"""The foot of the round trip tab: what is kept safe, why nothing can be applied yet, and the two buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QVBoxLayout

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import button, label

NARROW = 380
"""Below this width, at type of 100 %, the buttons stand below each other."""


class TripFoot(QFrame):
    """``apply_wanted`` and ``preview_wanted``; `keep_copy` is ticked or not."""

    apply_wanted = Signal()
    preview_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "footer")
        self.copy = label("", "label", wrap=True)
        self.keep_copy = QCheckBox("Keep the safety copy afterwards")
        self.keep_copy.setAccessibleName("Keep the safety copy afterwards")
        self.reason = label("", "warning", wrap=True)
        self.preview = button("Preview result", self.preview_wanted.emit)
        self.preview.setToolTip("Look at what your choices lead to; nothing is changed")
        self.apply = button("Apply", self.apply_wanted.emit, "primary", action="confirm")
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.preview)
        self._buttons.addWidget(self.apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(4)
        for part in (self.copy, self.keep_copy, self.reason):
            layout.addWidget(part)
        layout.addLayout(self._buttons)

    def say(self, copy: str, reason: str) -> None:
        """Show where the safety copy is and why nothing can be applied, "" where it can."""
        for words, text in ((self.copy, copy), (self.reason, reason)):
            words.setText(text)
            words.setAccessibleName(text or "Nothing to say")
            words.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW * theme.scale()
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._buttons.setDirection(way)
