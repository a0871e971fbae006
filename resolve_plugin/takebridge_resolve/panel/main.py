"""Starting the panel: one window of a data folder, in a process of its own."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from takebridge_resolve.panel import theme
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.log_words import Line
from takebridge_resolve.panel.memory import Memory
from takebridge_resolve.panel.starting import OnlyOne, instance_name, raise_first
from takebridge_resolve.panel.window import Window

NAME = "TakeBridge"


def run(home: Path, argv: Sequence[str] = ()) -> int:
    """Show the panel of a data folder until it is closed; returns the exit code.

    A second start brings the first panel to the front and ends with 0. The bridge may be away: the panel says so.
    """
    app = application(argv)
    name = instance_name(home)
    if raise_first(name):
        return 0
    only = OnlyOne(name, app)
    link, window = open_window(home)
    only.called.connect(lambda: to_front(window))
    catcher = _Faults(window)
    window.show()
    QTimer.singleShot(0, link.start)
    try:
        return app.exec()
    finally:
        catcher.release()
        link.close()
        only.close()


def application(argv: Sequence[str] = ()) -> QApplication:
    """Return the application, made if there is none."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication([sys.argv[0], *argv])
    app.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setDesktopFileName("takebridge-panel")
    return app


def open_window(home: Path) -> tuple[Link, Window]:
    """Return the window of a data folder, not shown yet, and its link, not started yet."""
    memory = Memory(home)
    app = application()
    choices = memory.choices()
    theme.apply(app, choices.theme, text_scale=choices.text_percent / 100)
    link = Link(home)
    return link, Window(link, memory)


def to_front(window: Window) -> None:
    """Bring a window to the front."""
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


class _Faults(QObject):
    """Faults of the panel itself go to the log, with their traceback under Details, and the panel goes on."""

    fault = Signal(str, str)

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._before = sys.excepthook
        self.fault.connect(lambda text, details: window.state.say(Line(datetime.now(UTC), text, "error", details)))
        sys.excepthook = self._caught

    def _caught(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, where))
        self.fault.emit("The panel met a fault of its own and goes on. Copy this line for a report.", details)
        if threading.current_thread() is threading.main_thread():
            self._before(kind, error, where)

    def release(self) -> None:
        """Put things back."""
        sys.excepthook = self._before
