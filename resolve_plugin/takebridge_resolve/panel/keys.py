"""Keys at work: gives widgets the actions of `ACTIONS` with the keys a person chose, and tells when those change.

Shortcuts belong to the widget they were attached to and its children; nothing is listened to outside this program.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QTabBar,
    QWidget,
)

from takebridge_resolve.panel.actions import ACTIONS, GROUPS, Action, clashes, is_bare, spoken

__all__ = ["ACTIONS", "GROUPS", "Action", "Keymap", "attach", "clashes", "is_bare", "keymap", "spoken", "tip", "yields"]

IS_MAC = sys.platform == "darwin"


class Keymap(QObject):
    """The keys in force: those that ship, a person's own ones over them, bare letters off if wanted."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, tuple[str, ...]] = {}
        self.letters = True

    def of(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action in force. Raises KeyError."""
        keys = self._own.get(name, ACTIONS[name].keys)
        return keys if self.letters else tuple(key for key in keys if not is_bare(key))

    def remap(self, name: str, keys: tuple[str, ...]) -> str:
        """Give an action other keys; () is none. Returns the name of the action that lost its key to it, or "".

        Raises ValueError, in a person's words, for a bare letter on what edits the cut or spends money.
        """
        if ACTIONS[name].weight in ("edit", "spend") and any(is_bare(key) for key in keys):
            raise ValueError("What edits the cut or spends money needs Ctrl, Alt or Enter, not a letter alone.")
        loser = next((other for other in ACTIONS if other != name and set(self.of(other)) & set(keys)), "")
        if loser:
            self._own[loser] = tuple(key for key in self._own.get(loser, ACTIONS[loser].keys) if key not in keys)
        self._own[name] = keys
        self.changed.emit()
        return loser

    def reset(self) -> None:
        """Go back to the keys that ship."""
        self._own.clear()
        self.changed.emit()

    def use_letters(self, on: bool) -> None:
        """Switch keys that are one bare letter or digit on or off."""
        self.letters = on
        self.changed.emit()

    def load(self, settings: QSettings) -> None:
        """Take over what `save` wrote; names and keys that are no longer known are passed over."""
        kept = settings.value("keys/own", {})
        kept = kept if isinstance(kept, Mapping) else {}
        self._own = {str(name): _texts(keys) for name, keys in kept.items() if name in ACTIONS}
        self.letters = settings.value("keys/letters", True, bool) is True
        self.changed.emit()

    def save(self, settings: QSettings) -> None:
        """Write a person's own keys."""
        settings.setValue("keys/own", {name: [*keys] for name, keys in self._own.items()})
        settings.setValue("keys/letters", self.letters)


def _texts(keys: object) -> tuple[str, ...]:
    found = keys if isinstance(keys, list | tuple) else [keys]
    return tuple(str(key) for key in found if key)


_map: list[Keymap] = []


def keymap() -> Keymap:
    """The one keymap of this program."""
    if not _map:
        _map.append(Keymap())
    return _map[0]


def attach(widget: QWidget, name: str, call: Callable[[], object]) -> QAction:
    """Let ``widget`` and its children have an action: returns it, with title, tooltip and keys that follow the keymap.

    Raises KeyError for a name that is not in `ACTIONS`.
    """
    action = QAction(ACTIONS[name].title, widget)
    action.setObjectName(name)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda *_: call())
    _Follower(action, name)
    widget.addAction(action)
    return action


class _Follower(QObject):
    """Keeps an action's shortcuts and tooltip in step with the keymap, for as long as the action lives."""

    def __init__(self, action: QAction, name: str) -> None:
        super().__init__(action)
        self._action = action
        self._name = name
        keymap().changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        self._action.setShortcuts([QKeySequence(key) for key in keymap().of(self._name)])
        self._action.setToolTip(tip(self._name))


def tip(name: str) -> str:
    """Return an action's title with its keys in force, ``Pin the ringed take (Enter)``."""
    keys = spoken(keymap().of(name), mac=IS_MAC)
    return f"{ACTIONS[name].title} ({keys})" if keys else ACTIONS[name].title


_PRESSES = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})
_STEERS = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End}
)


def yields(event: QEvent) -> bool:
    """Accept a ShortcutOverride that the focused control needs itself; say so. For ``QWidget.event`` of a container.

    A focused button keeps Space and Enter, a list, slider, field or row of tabs its arrows: else a shortcut of
    the window would make them dead to the keyboard.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    focus = QApplication.focusWidget()
    plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    bare = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if isinstance(focus, QAbstractButton) and bare and event.key() in _PRESSES:
        event.accept()
        return True
    steered = (QComboBox, QAbstractSlider, QAbstractSpinBox, QTabBar, QAbstractItemView)
    if isinstance(focus, steered) and plain and event.key() in _STEERS | _PRESSES and not _keeps_own(focus):
        event.accept()
        return True
    return False


def _keeps_own(widget: QWidget) -> bool:
    """A widget with actions of its own, such as the tray, has said what its keys do."""
    return bool(widget.actions())
