"""An error as it is shown in place: one line in plain words, the next step below. It stays until it is dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import theme


class Notice(QFrame):
    """Hidden until `tell`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.give_role(self, role="notice")
        self.head, self.hint = QLabel(), QLabel()
        theme.give_role(self.hint, role="label")
        for label in (self.head, self.hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.dismiss = QPushButton("Dismiss")
        self.dismiss.setMinimumHeight(theme.size("target"))
        self.dismiss.clicked.connect(self.hide)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.head)
        texts.addWidget(self.hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addLayout(texts, 1)
        layout.addWidget(self.dismiss)
        self.hide()

    def tell(self, message: str, hint: str = "") -> None:
        """Show a message and what to do next."""
        self.head.setText(message)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.show()
