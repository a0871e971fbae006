"""The ``?`` sheet, where keys can be changed, and the Ctrl+K list of every action. Both read `ACTIONS`."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QKeySequenceEdit,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from takebridge_resolve.panel.controls import button, column, label, row
from takebridge_resolve.panel.keys import ACTIONS, GROUPS, IS_MAC, keymap, spoken


class KeySheet(QDialog):
    """Every action with its keys, group by group. A press on a key lets a person choose another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.resize(420, 560)
        self.buttons: dict[str, QWidget] = {}
        self.said = label(
            "Press a key's button to change it. Keys act only while this window has the keyboard.", "label"
        )
        self.said.setWordWrap(True)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName("Keys")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(label("Keys", "dialog"))
        layout.addWidget(self.said)
        layout.addWidget(self.area, 1)
        reset = button("As they ship", self._reset, name="Give all actions the keys that ship")
        layout.addWidget(row(reset, None, button("Close", self.close)))
        self._fill()

    def _fill(self) -> None:
        inside = QWidget()
        inside.setObjectName("scrolled")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        line = 0
        for group in GROUPS:
            heading = label(group, "title")
            heading.setContentsMargins(0, 10 if line else 0, 0, 2)
            grid.addWidget(heading, line, 0, 1, 2)
            line += 1
            for action in (one for one in ACTIONS.values() if one.group == group):
                grid.addWidget(label(action.title, "label", wrap=True), line, 0)
                self._add_key(grid, line, action.name)
                line += 1
        grid.setRowStretch(line, 1)
        self.area.setWidget(inside)

    def _add_key(self, grid: QGridLayout, line: int, name: str) -> None:
        keys = spoken(keymap().of(name), mac=IS_MAC)
        made = button(keys or "none", lambda: self._change(name), "quiet")
        made.setAccessibleName(f"{ACTIONS[name].title}: {keys or 'no key'}. Change it")
        made.setToolTip("Change this key")
        self.buttons[name] = made
        grid.addWidget(made, line, 1, Qt.AlignmentFlag.AlignRight)

    def _change(self, name: str) -> None:
        dialog = _KeyDialog(name, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.remap(name, dialog.chosen())

    def remap(self, name: str, keys: tuple[str, ...]) -> None:
        """Give an action other keys and say what lost them."""
        try:
            loser = keymap().remap(name, keys)
        except ValueError as error:
            self.said.setText(str(error))
            return
        lost = f" “{ACTIONS[loser].title}” had it and has no such key now." if loser else ""
        self.said.setText(f"“{ACTIONS[name].title}” is on {spoken(keys, mac=IS_MAC) or 'no key'}.{lost}")
        self._fill()

    def _reset(self) -> None:
        keymap().reset()
        self.said.setText("All keys are as they ship.")
        self._fill()


class _KeyDialog(QDialog):
    """Asks for one key."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change key")
        self.edit = QKeySequenceEdit()
        if hasattr(self.edit, "setMaximumSequenceLength"):
            self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName(f"New key for: {ACTIONS[name].title}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(column(label(ACTIONS[name].title, "title"), self.edit, spacing=8))
        none = button("No key", self._none)
        layout.addWidget(row(none, None, button("Cancel", self.reject), button("Use it", self.accept, "primary")))
        self.edit.setFocus()

    def _none(self) -> None:
        self.edit.clear()
        self.accept()

    def chosen(self) -> tuple[str, ...]:
        """The key that was pressed, () for none."""
        text = self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        return (text,) if text else ()


class CommandList(QDialog):
    """Every action that can be done now, found by typing; Enter does it. Those that cannot say so by being left out."""

    chosen = Signal(str)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("All actions")
        self.resize(400, 420)
        self.actions_by_name = actions
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an action")
        self.search.setAccessibleName("Find an action")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Actions")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        self.search.textChanged.connect(self.fill)
        self.search.returnPressed.connect(self._go)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(lambda *_: self._go())
        self.fill("")

    def fill(self, wanted: str) -> None:
        """Show the actions whose title has every word of ``wanted``."""
        self.list.clear()
        words = wanted.casefold().split()
        for name, action in ACTIONS.items():
            if name in self.actions_by_name and all(word in action.title.casefold() for word in words):
                keys = spoken(keymap().of(name), mac=IS_MAC)
                item = QListWidgetItem(f"{action.title}    {keys}" if keys else action.title)
                item.setData(Qt.ItemDataRole.UserRole, name)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{action.title}, {keys or 'no key'}")
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move the choice while a person types."""
        arrows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in arrows:
            place = self.list.currentRow() + arrows[Qt.Key(event.key())]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, place)))
            return True
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
