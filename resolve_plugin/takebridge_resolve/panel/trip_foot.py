"""The foot of the round trip tab: what is kept safe, why nothing can be applied yet, and the two buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from takebridge_resolve.panel.controls import button, label
from takebridge_resolve.panel.page import ButtonRow, FoldingButton, FoldingCheck


class TripFoot(QFrame):
    """``apply_wanted`` and ``preview_wanted``; `keep_copy` is ticked or not."""

    apply_wanted = Signal()
    preview_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "footer")
        self.copy = label("", "label", wrap=True)
        self.keep_copy = FoldingCheck("Keep the safety copy afterwards")
        self.reason = label("", "warning", wrap=True)
        self.preview = button("Preview result", self.preview_wanted.emit)
        self.preview.setToolTip("Look at what your choices lead to; nothing is changed")
        self.apply = FoldingButton("Apply", self.apply_wanted.emit, "primary", action="confirm")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(4)
        for part in (self.copy, self.keep_copy, self.reason):
            layout.addWidget(part)
        layout.addWidget(ButtonRow(None, self.preview, self.apply))

    def say(self, copy: str, reason: str) -> None:
        """Show where the safety copy is and why nothing can be applied, "" where it can."""
        for words, text in ((self.copy, copy), (self.reason, reason)):
            words.setText(text)
            words.setAccessibleName(text or "Nothing to say")
            words.setVisible(bool(text))
