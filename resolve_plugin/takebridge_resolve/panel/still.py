"""A still with a name: the picture a side shows, or a word in its place. Never a picture that may be the wrong one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from takebridge.client.api import Api
from takebridge.errors import BridgeError
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.link import Asked, Link

WIDTH, HEIGHT = 128, 72
NONE, LOADING = "no picture", "…"


class Still(QWidget):
    """A picture of one frame, letterboxed. Its accessible name is what it shows."""

    def __init__(self, name: str, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        super().__init__()
        self.name = name
        self.word = NONE
        self.image = QImage()
        self._asked: Asked | None = None
        self._size = QSize(width, height)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(self._size)
        self.say(NONE)

    def say(self, word: str) -> None:
        """Show a word in the picture's place."""
        self.image, self.word = QImage(), word
        self.setAccessibleName(f"{self.name}: {word}")
        self.setToolTip(f"{self.name}: {word}")
        self.update()

    def show_bytes(self, data: bytes) -> None:
        """Show a JPEG; what is none counts as no picture."""
        image = QImage.fromData(data)
        if image.isNull():
            self.say(NONE)
            return
        self.image, self.word = image, ""
        self.setAccessibleName(self.name)
        self.setToolTip(self.name)
        self.update()

    def ask(self, link: Link, call: Callable[[Api], bytes], otherwise: Callable[[], None] | None = None) -> None:
        """Fetch the picture; ``otherwise`` is called when the bridge has none."""
        self.forget()
        self.say(LOADING)

        def failed(_: BridgeError) -> None:
            self.say(NONE)
            if otherwise is not None:
                otherwise()

        self._asked = link.ask(call, self.show_bytes, failed)

    def forget(self) -> None:
        """Lose interest in a picture under way."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture or word."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("well"))
        if self.image.isNull():
            painter.setPen(theme.color("text2") if theme.is_dark() else theme.color("line"))
            painter.setFont(theme.font("caption"))
            painter.drawText(
                self.rect().adjusted(4, 2, -4, -2),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                self.word,
            )
        else:
            ratio = self.devicePixelRatioF()
            pixmap = QPixmap.fromImage(self.image).scaled(
                self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            pixmap.setDevicePixelRatio(ratio)
            size = pixmap.deviceIndependentSize().toSize()
            painter.drawPixmap((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, pixmap)
        painter.end()


class Glyph(QWidget):
    """The mark of a state in its colour, drawn anew when the theme changes. The word stands beside it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.setAccessibleName(theme.word(token))
        self.setFixedSize(18, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        painter.setPen(theme.color(self.token))
        painter.setFont(theme.font("title", bold=True))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), theme.glyph(self.token))
        painter.end()
