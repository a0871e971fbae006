"""What the panel remembers between sessions: where it stood, which tab and canvas, and a person's choices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from takebridge_resolve.panel import theme

FILE = "panel.ini"
LEAPS = ("10 frames", "1 second")


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's settings. ``leap`` is what Shift and an arrow step (one of `LEAPS`); ``letters``: bare keys are on."""

    theme: str = "dark"
    text_percent: int = 100
    leap: str = LEAPS[0]
    letters: bool = True


class Memory:
    """The panel's file of settings in the data folder; a file that makes no sense counts as an empty one."""

    def __init__(self, home: Path) -> None:
        self.settings = QSettings(str(home / FILE), QSettings.Format.IniFormat)

    def choices(self) -> Choices:
        """Return a person's settings; a value that cannot be is the one that ships."""
        chosen = self.text("look/theme", "dark")
        percent = self.number("look/text_percent", 100)
        leap = self.text("keys/leap", LEAPS[0])
        return Choices(
            theme=chosen if chosen in theme.THEMES else "dark",
            text_percent=min(200, max(80, percent)),
            leap=leap if leap in LEAPS else LEAPS[0],
            letters=self.flag("keys/letters", True),
        )

    def keep_choices(self, choices: Choices) -> None:
        """Write a person's settings."""
        self.settings.setValue("look/theme", choices.theme)
        self.settings.setValue("look/text_percent", choices.text_percent)
        self.settings.setValue("keys/leap", choices.leap)
        self.settings.setValue("keys/letters", choices.letters)

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        found = self.settings.value(key, default)
        return found if isinstance(found, str) else default

    def number(self, key: str, default: int) -> int:
        """Return a whole number."""
        try:
            return int(str(self.settings.value(key, default)))
        except ValueError:
            return default

    def flag(self, key: str, default: bool) -> bool:
        """Return yes or no."""
        return {"true": True, "false": False}.get(str(self.settings.value(key, default)).lower(), default)

    def data(self, key: str) -> QByteArray | None:
        """Return what Qt wrote (a geometry), None for nothing."""
        found = self.settings.value(key)
        return found if isinstance(found, QByteArray) and not found.isEmpty() else None

    def put(self, key: str, value: object) -> None:
        """Write a value."""
        self.settings.setValue(key, value)

    def sync(self) -> None:
        """Write everything to disk."""
        self.settings.sync()
