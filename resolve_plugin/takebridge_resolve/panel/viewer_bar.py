"""The viewer's buttons: transport, best range, comparison. Each says its key; none of them edits the cut."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QToolButton, QVBoxLayout, QWidget

from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.compare import Comparison, Mode
from takebridge_resolve.panel.spill import SpillRow

_PLAY = (
    ("shuttle_back", "J", "Play backwards"),
    ("frame_back", "◂|", "One frame back"),
    ("play", "▶", "Play"),
    ("frame_on", "|▸", "One frame on"),
    ("shuttle_on", "L", "Play forwards"),
    ("loop", "Loop", "Play round and round"),
    ("mark_in", "In", "Best range starts here"),
    ("mark_out", "Out", "Best range ends here"),
    ("clear_marks", "Clear", "Clear the best range"),
    ("note", "Note", "Note at this frame"),
    ("play_around", "In context", "Play with the shots either side"),
    ("sound", "Sound", "Sound on or off"),
)
_MODES: tuple[tuple[Mode, str, str], ...] = (
    ("flip", "A|B", "flip"),
    ("wipe", "Wipe", "wipe"),
    ("difference", "Diff ×4", "difference"),
    ("side", "Side by side", ""),
    ("overlay", "Overlay 50 %", ""),
)
_VIEW = (("one_to_one", "1:1", "1:1"), ("fit", "Fit", "Fit"), ("full_window", "Full window", "Full window"))


class ViewerBar(QWidget):
    """``wanted`` brings the name of a verb, ``mode_wanted`` a mode, ``offset_wanted`` frames to shift B by."""

    wanted = Signal(str)
    mode_wanted = Signal(str)
    offset_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton | QToolButton] = {}
        self.modes: dict[str, QPushButton] = {}
        for name, text, spoken in (*_PLAY, *_VIEW):
            self.buttons[name] = self._tool(name, text, spoken)
        for name in ("loop", "sound"):
            self.buttons[name].setCheckable(True)
        self.hold = self._tool("hold", "Hold", "Hold this take as A")
        self.original = self._tool("original", "Original", "Compare with the original clip")
        for button in (self.hold, self.original):
            button.setCheckable(True)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        for mode, text, action in _MODES:
            self.modes[mode] = self._mode(mode, text, action)
        self.shifts = self._shifts()
        self._lay_out()
        keys.keymap().changed.connect(self._tell_keys)
        self._tell_keys()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        modes = [self.modes[mode] for mode in ("flip", "wipe", "difference")]
        modes += [self.hold, self.original, self.modes["side"], self.modes["overlay"]]
        self.play_row = SpillRow([self.buttons[name] for name, _, _ in (*_PLAY, *_VIEW)], name="Play")
        self.compare_row = SpillRow([*modes, *self.shifts], name="Compare")
        layout.addWidget(self.play_row)
        layout.addWidget(self.compare_row)

    def _tool(self, name: str, text: str, spoken: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(spoken)
        button.setToolTip(spoken)
        button.setMinimumSize(theme.size("target") + 8, theme.size("target"))
        button.clicked.connect(lambda: self.wanted.emit(name))
        return button

    def _mode(self, mode: Mode, text: str, action: str) -> QPushButton:
        button = self._tool(action or mode, text, text)
        button.clicked.disconnect()
        button.setCheckable(True)
        button.clicked.connect(lambda: self.mode_wanted.emit(mode))
        return button

    def _shifts(self) -> list[QPushButton]:
        made = []
        for frames, text in ((-1, "B −1 f"), (0, "B 0"), (1, "B +1 f")):
            button = QPushButton(text)
            button.setAccessibleName("B not shifted" if not frames else f"Shift B by {frames} frame")
            button.setMinimumHeight(theme.size("target"))
            button.clicked.connect(lambda _=False, frames=frames: self.offset_wanted.emit(frames))
            made.append(button)
        return made

    def _tell_keys(self) -> None:
        for button in self.findChildren(QPushButton):
            if button.objectName() in keys.ACTIONS:
                button.setToolTip(keys.tip(button.objectName()))

    # --- what they show

    def show_speed(self, speed: Fraction) -> None:
        """Show how fast it plays."""
        play = self.buttons["play"]
        play.setText("■" if speed else "▶")
        play.setAccessibleName("Stop" if speed else "Play")
        fast = "" if abs(speed) in (0, 1) else f" {abs(speed)}×" if abs(speed) > 1 else " slow"
        self.buttons["shuttle_back"].setText("J" + (fast if speed < 0 else ""))
        self.buttons["shuttle_on"].setText("L" + (fast if speed > 0 else ""))

    def show_comparison(self, found: Comparison, *, possible: bool, holds: bool, original: bool) -> None:
        """Show what is compared. ``possible``: there is something to compare with."""
        for mode, button in self.modes.items():
            button.setEnabled(possible)
            button.setChecked(found.mode == mode)
        seen = "" if found.mode != "flip" else "B" if found.shows_b else "A"
        self.modes["flip"].setText(f"Shows {seen}" if seen else "A|B")
        self.hold.setChecked(holds)
        self.original.setChecked(original)
        for button in self.shifts:
            self.compare_row.offer(button, found.is_on)
        self.shifts[1].setText(f"B {found.offset:+d}" if found.offset else "B 0")
