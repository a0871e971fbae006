"""What can be done with the ringed take, as buttons: everything a key does is here too, and says its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import keys, rating, theme
from takebridge_resolve.panel.small_buttons import Star
from takebridge_resolve.panel.spill import SpillRow
from takebridge_resolve.panel.tiles import Tile

Verbs = Mapping[str, Callable[[], object]]
"""What is done, by the name of an action of `keys.ACTIONS`."""


class TrayVerbs(QWidget):
    """The buttons. ``wanted`` brings the name of an action of `keys.ACTIONS`, or ``cancel_job``."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stars = [self._star(number) for number in range(1, rating.MOST_STARS + 1)]
        self.pick = self._button("pick", "Pick")
        self.reject = self._button("reject", "Reject")
        self.unrate = self._button("unrate", "Clear")
        self.pin = self._button("pin", "Pin")
        self.lock = self._button("lock", "Lock")
        self.undo = self._button("undo", "Undo")
        self.sheet = self._button("sheet", "Sheet")
        self.pull = self._button("pull", "Pull take")
        self.cancel = self._button("cancel_job", "Cancel job")
        for button in (self.lock, self.pick):
            button.setCheckable(True)
        stars = _tight(self.stars)
        row = (stars, self.pick, self.reject, self.pin, self.pull, self.undo, self.sheet, self.unrate, self.lock)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.row = SpillRow([self.cancel, *row], name="Take")
        layout.addWidget(self.row)
        keys.keymap().changed.connect(self._tell_keys)
        self._tell_keys()

    def _star(self, number: int) -> Star:
        button = Star()
        button.setText("☆")
        button.setObjectName(f"stars_{number}")
        button.setAccessibleName(rating.title_of(number))
        button.clicked.connect(lambda: self.wanted.emit(f"stars_{number}"))
        return button

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setMinimumHeight(theme.size("target"))
        button.clicked.connect(lambda: self.wanted.emit(name))
        return button

    def _tell_keys(self) -> None:
        for button in self.findChildren(QPushButton):
            if button.objectName() in keys.ACTIONS:
                button.setToolTip(keys.tip(button.objectName()))
        for number, star in enumerate(self.stars, 1):
            spoken = keys.spoken(keys.keymap().of(f"stars_{number}"))
            star.setToolTip(f"{rating.title_of(number)} ({spoken})" if spoken else rating.title_of(number))

    def show_tile(self, tile: Tile | None, *, locked: bool, can_undo: bool) -> None:
        """Name the ringed take on the buttons, and offer what can be done with it."""
        take = tile.take if tile else None
        stars = rating.stars_of(take.rating) if take else 0
        for number, star in enumerate(self.stars, 1):
            star.setText("★" if number <= stars else "☆")
            star.setEnabled(take is not None)
        for button in (self.pick, self.reject, self.unrate, self.pin, self.pull, self.lock):
            button.setEnabled(take is not None)
        self._name(tile)
        self.pick.setChecked(bool(take and take.rating == "keep"))
        self.lock.setText("Unlock" if locked else "Lock")
        self.lock.setChecked(locked)
        self.undo.setEnabled(can_undo)
        self.sheet.setEnabled(tile is not None)
        self.row.offer(self.cancel, bool(tile and tile.job and tile.job.status in ("Pending", "InProgress")))

    def _name(self, tile: Tile | None) -> None:
        take = tile.take if tile else None
        number = f" take {take.seq}" if take else ""
        self.pin.setText(f"Pinned{number}" if tile and tile.pinned else f"Pin{number}")
        self.pin.setEnabled(take is not None and not (tile is not None and tile.pinned))
        self.pull.setText(f"Pull{number}" if take else "Pull take")
        self.pull.setEnabled(take is not None and not (tile is not None and tile.in_timeline))
        self.reject.setText("Rejected" if take and take.hidden else "Reject")
        self.reject.setEnabled(take is not None and not take.hidden)
        self.unrate.setEnabled(take is not None and (take.hidden or take.rating is not None))


def _tight(stars: list[Star]) -> QWidget:
    """The stars as one group, without gaps."""
    group = QWidget()
    group.setAccessibleName("Stars")
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    for star in stars:
        row.addWidget(star)
    return group
