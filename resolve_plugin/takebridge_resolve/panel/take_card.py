"""What is known of the ringed take, in lines: where it came from, and whether it still is what its node asks for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from takebridge.canvas.fingerprint import Change
from takebridge_resolve.panel import frame_words, job_words, keys, take_facts, theme, tiles
from takebridge_resolve.panel.controls import Elided
from takebridge_resolve.panel.tiles import Tile

MOST_REASONS = 3


class TakeCard(QWidget):
    """Two lines, and the whole recipe on demand. ``why`` asks what changed, ``keep`` to keep the take as it is."""

    why = Signal()
    keep = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.provenance = Elided()
        theme.give_role(self.provenance, role="label")
        self.recipe_button = QPushButton("Recipe")
        self.recipe_button.setCheckable(True)
        self.recipe = QLabel()
        self.reason = QLabel()
        self.why_button = QPushButton("Why?")
        self.keep_button = QPushButton("Keep as is")
        self.keep_button.setObjectName("keep_as_is")
        self.keep_button.setToolTip(keys.tip("keep_as_is"))
        self._told: tuple[str, str, bool] | None = None
        self._lay_out()
        self.recipe_button.toggled.connect(self._show_recipe)
        self.why_button.clicked.connect(self.why)
        self.keep_button.clicked.connect(self.keep)

    def _lay_out(self) -> None:
        for label in (self.recipe, self.reason):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # prompts and names are other people's text
        theme.give_role(self.recipe, role="label")
        theme.give_role(self.reason, role="warning")
        for button in (self.recipe_button, self.why_button, self.keep_button):
            theme.give_role(button, role="quiet")
            button.setMinimumHeight(theme.size("target"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(_beside(self.provenance, self.recipe_button))
        layout.addWidget(self.recipe)
        layout.addLayout(_beside(self.reason, self.why_button, self.keep_button))
        self.recipe.hide()

    def show_tile(self, tile: Tile | None, cancelling: Container[str] = ()) -> None:
        """Say what is known of ``tile``."""
        self.provenance.say(provenance(tile, cancelling))
        self.recipe_button.setVisible(bool(tile and tile.take))
        self.recipe.setText(take_facts.recipe_words(tile.take) if tile and tile.take else "")
        self._show_recipe(self.recipe_button.isChecked())
        told = (tile.key, tile.health, tile.pinned) if tile else None
        if told != self._told or told is None:  # what "Why?" brought stays until another thing is to be said
            self._told = told
            self._say_reason(reason(tile))
            for button in (self.why_button, self.keep_button):
                button.setVisible(bool(tile and tile.health == "stale" and tile.pinned))

    def tell_why(self, changes: Sequence[Change]) -> None:
        """Say what changed since the take was asked for."""
        told = [change_words(change) for change in changes[:MOST_REASONS]]
        more = len(changes) - len(told)
        words = "; ".join([*told, *([f"{more} more"] if more > 0 else [])])
        head = f"{theme.marked('stale')}: "
        self._say_reason(head + (words or "nothing that is still on the canvas"))

    def _say_reason(self, text: str) -> None:
        self.reason.setText(text)
        self.reason.setVisible(bool(text))

    def _show_recipe(self, on: bool) -> None:
        self.recipe.setVisible(on and bool(self.recipe.text()))


def provenance(tile: Tile | None, cancelling: Container[str] = ()) -> str:
    """Return the line of the ringed tile: where a take came from, how far a job is."""
    if tile is None:
        return ""
    if tile.take is not None:
        best = _best(tile)
        return take_facts.provenance(tile.take) + (f" · {best}" if best else "")
    assert tile.job is not None
    if tile.key in cancelling and tile.job.status in ("Pending", "InProgress"):
        return "Cancelling… may still be charged"
    error = job_words.failure(tile.job) or job_words.told(tile.job.error or {})
    parts = (take_facts.model_title(tile.job.model), theme.word(tile.marks[0]), tiles.job_time(tile, datetime.now(UTC)))
    return " · ".join(part for part in (*parts, error) if part)


def _best(tile: Tile) -> str:
    take = tile.take
    if take is None or take.best is None:
        return ""
    rate = take_facts.rate(take)
    frames = take.best.end - take.best.start
    return f"best {frame_words.length(frames, rate)}" if rate else f"best {frames} f"


def reason(tile: Tile | None) -> str:
    """Return why a take needs a look; nothing when it does not."""
    if tile is None or tile.take is None or not tile.health:
        return ""
    told = {
        "stale": "what it was made from has changed" if tile.pinned else "made for an earlier recipe",
        "upstream": "something before it is out of date",
        "accepted": "the recipe has changed since, and somebody let it pass",
    }
    return f"{theme.marked(tile.health)}: {told[tile.health]}"


def change_words(change: Change) -> str:
    """Return one change of a recipe in words: ``prompt changed``, ``seed 17 → 4411``."""
    path = change.path.removeprefix("params.").removeprefix("inputs.").replace(".", " ").replace("_", " ")
    before, after = str(change.before), str(change.after)
    short = len(before) <= 24 and len(after) <= 24 and change.path.startswith("params.")
    return f"{path} {before} → {after}" if short else f"{path} changed"


def _beside(text: QWidget, *buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(text, 1)
    for button in buttons:
        row.addWidget(button)
    return row
