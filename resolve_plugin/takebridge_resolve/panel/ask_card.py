"""A card that says what is so and offers one thing to do about it; hidden until it has something to say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.controls import button, label, row


class AskCard(QFrame):
    """Title, cause and one button."""

    def __init__(self, text: str, call: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        self.head = label("", wrap=True)
        self.cause = label("", "label", wrap=True)
        self.button = button(text, call)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(self.head)
        layout.addWidget(self.cause)
        layout.addWidget(row(self.button, None))
        self.hide()

    def tell(self, head: str, cause: str = "", *, urgent: bool = False, button: str = "") -> None:
        """Show what is so; ``button`` "" leaves the button as it was."""
        for words, text in ((self.head, head), (self.cause, cause)):
            words.setText(text)
            words.setAccessibleName(text or "No details")
            words.setVisible(bool(text))
        if button:
            self.button.setText(button)
            self.button.setAccessibleName(button)
        self.show()
        announce(self, head, urgent=urgent)
