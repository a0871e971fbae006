"""The viewer without its head: picture, scrub bar, position, buttons. It moves into a window of its own as a whole."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import label
from takebridge_resolve.panel.note_bar import NoteBar
from takebridge_resolve.panel.screen import Screen
from takebridge_resolve.panel.scrub_bar import ScrubBar
from takebridge_resolve.panel.viewer_bar import ViewerBar
from takebridge_resolve.panel.wrapping import Tight


class Stage(QWidget):
    """Lays the parts out; `Viewer` makes them work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.display, self.scrub, self.bar = Screen(), ScrubBar(), ViewerBar()
        self.position = QPushButton()
        theme.give_role(self.position, role="quiet")
        self.position.setFont(theme.font("body", figures=True))
        self.position.setMinimumHeight(theme.size("target"))
        self.position.setToolTip("Timecode, frames or seconds: click for the next")
        self.differs = label("", "label", wrap=True)
        self.notes = NoteBar()
        self.silent = label("", "warning", wrap=True)
        self.silent.hide()
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.scrub, 1)
        line.addWidget(self.position)
        layout = Tight(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.display, 1)
        layout.addLayout(line)
        layout.addWidget(self.notes)
        layout.addWidget(self.silent)
        layout.addWidget(self.bar)
        layout.addWidget(self.differs)
