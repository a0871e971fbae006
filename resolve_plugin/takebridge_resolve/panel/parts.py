"""The widgets the window is put together from, loaded when they are first shown: a window must be there at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from takebridge_resolve.panel.connection import notice
from takebridge_resolve.panel.link import Link

PACKAGE = "takebridge_resolve.panel"


def part(module: str, name: str, link: Link) -> Any:  # noqa: ANN401 - the widget's own class is what is wanted
    """Return ``module.name(link)``, None where this release has no such part."""
    try:
        found: Callable[[Link], QWidget] = getattr(import_module(f"{PACKAGE}.{module}"), name)
    except ImportError:
        return None
    return found(link)


class Preload(QObject):
    """Imports modules on a thread of its own; ``done`` follows on the GUI thread. What is missing is passed over."""

    done = Signal()

    def __init__(self, modules: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules = modules

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._load, name="panel preload", daemon=True).start()

    def _load(self) -> None:
        for module in self._modules:
            with contextlib.suppress(ImportError):
                import_module(module if "." in module else f"{PACKAGE}.{module}")
        with contextlib.suppress(RuntimeError):  # the window is gone
            self.done.emit()


class Lazy(QWidget):
    """A tab that makes its widget when it is first shown; ``made`` is called with it then."""

    def __init__(self, make: Callable[[], QWidget | None], words: str, made: Callable[[Any], None]) -> None:
        super().__init__()
        self._make, self._words, self._made = make, words, made
        self.widget: QWidget | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: object) -> None:
        """Make the widget the first time."""
        self.build()

    def build(self) -> QWidget:
        """Return the widget, made now if it was not yet."""
        if self.widget is None:
            found = self._make()
            self.widget = notice(self._words) if found is None else found
            self._room.addWidget(self.widget)
            if found is not None:
                self._made(found)
        return self.widget
