"""A panel for tests: windows that clean up, a link that answers from a script, and a walk over all its controls."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSpinBox, QLineEdit, QWidget

from takebridge.errors import BridgeError
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.main import open_window
from takebridge_resolve.panel.window import Window

PATIENCE = 30_000
"""Milliseconds after which a test gives up."""


class ScriptedLink(QObject):
    """A link whose every call is answered at once by ``api``, on the GUI thread, or kept for `answer`."""

    event = Signal(object)  # type: ignore[assignment]
    away = Signal(str)
    back = Signal()
    resync = Signal()
    trouble = Signal(object)

    def __init__(self, api: Any, home: Path) -> None:
        super().__init__()
        self.api, self.home = api, home
        self.holds = False
        self.kept: list[Asked] = []
        self.asked = 0
        self.away_since = None

    def ask(
        self,
        call: Callable[[Any], Any],
        then: Callable[[Any], None],
        failed: Callable[[BridgeError], None] | None = None,
    ) -> Asked:
        self.asked += 1
        asked = Asked(call, then, failed)
        if self.holds:
            self.kept.append(asked)
        else:
            self.answer(asked)
        return asked

    def answer(self, asked: Asked) -> None:
        """Answer one call now."""
        try:
            result = asked.call(self.api)
        except BridgeError as error:
            if asked.failed is not None and not asked.cancelled:
                asked.failed(error)
            return
        if not asked.cancelled:
            asked.then(result)

    def answer_all(self) -> None:
        """Answer what was kept, and what follows from it."""
        while self.kept:
            self.answer(self.kept.pop(0))

    def close(self) -> None:
        """Nothing to close."""


@contextlib.contextmanager
def panel(qtbot: Any, home: Path, *, start: bool = True) -> Iterator[Window]:
    """A window over a real link, shown, with viewer and tray; closed at the end, whatever happened."""
    link, window = open_window(home)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.clip_page.filled, timeout=PATIENCE):
        window.show()
    if start:
        link.start()
    try:
        yield window
    finally:
        window.close()
        link.close()


def link_of(window: Window) -> Link:
    """The link of a window."""
    return window.link


def controls(root: QWidget) -> list[QWidget]:
    """Everything below ``root`` that a person can reach or press: buttons, fields, lists, and what takes focus."""
    plain = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QLineEdit)
    found = [root, *root.findChildren(QWidget)]
    return [one for one in found if isinstance(one, plain) or one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def nameless(root: QWidget) -> list[str]:
    """The controls below ``root`` that a screen reader could not name. Parts inside Qt's own widgets are left out."""
    return [
        f"{type(one).__name__} in {type(one.parentWidget()).__name__}"
        for one in controls(root)
        if not (one.accessibleName() or getattr(one, "text", str)()) and not _is_qts_own(one)
    ]


def _is_qts_own(one: QWidget) -> bool:
    """The list a combo box drops down, and the button that clears a field, are named by Qt through their owners."""
    around = one.parentWidget().metaObject().className() if one.parentWidget() else ""
    return (
        around == "QComboBoxPrivateContainer"
        or one.inherits("QHeaderView")
        or one.metaObject().className() == "QLineEditIconButton"
        or one.objectName().startswith("qt_")
    )
