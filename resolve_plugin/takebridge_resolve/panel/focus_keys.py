"""Keys that a shortcut cannot tell of: K while it is held, Esc before the window takes it.

Watches the widget that has the focus and nothing else: a filter on the whole application would run for every event.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class FocusKeys(QObject):
    """``slow`` is whether K is held. ``leave`` is called for Esc, and says whether there was anything to leave."""

    def __init__(
        self, windows: Callable[[], list[QWidget]], leave: Callable[[], bool], can_leave: Callable[[], bool]
    ) -> None:
        super().__init__()
        self.slow = False
        self._windows, self._leave, self._can_leave = windows, leave, can_leave
        self._watched: QObject | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        app.focusChanged.connect(self._follow)
        self._follow(None, app.focusWidget())

    def close(self) -> None:
        """Watch nothing any more."""
        self._app.focusChanged.disconnect(self._follow)
        self._watch(None)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        self.slow = False
        self._watch(now if now is not None and now.window() in self._windows() else None)

    def _watch(self, widget: QObject | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = widget
        if widget is not None:
            widget.installEventFilter(self)
            widget.destroyed.connect(self._forget)

    def _forget(self, *_: object) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As Qt asks."""
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_K and not event.isAutoRepeat():
            self.slow = event.type() != QEvent.Type.KeyRelease
        if event.key() == Qt.Key.Key_Escape and not isinstance(watched, QLineEdit | QTextEdit | QPlainTextEdit):
            return self._escape(event)
        return False

    def _escape(self, event: QKeyEvent) -> bool:
        """Claim Esc before the window's own shortcut, but only while there is something to leave."""
        if event.type() == QEvent.Type.ShortcutOverride and self._can_leave():
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self._leave()
