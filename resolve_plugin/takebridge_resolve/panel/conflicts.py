"""A conflict as a card: what both did, a picture of each side, the choices. Nothing is picked for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from takebridge.canvas.model import Take
from takebridge.client.api import Api
from takebridge.cut.link import ClipLink
from takebridge.cut.report_types import ConflictEntry
from takebridge.ids import BlobHash
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.controls import button, column, label, row
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.still import Glyph, Still
from takebridge_resolve.panel.trip_sides import Place, picture
from takebridge_resolve.panel.trip_words import Picked, choice_words, picks_of, preselected, to_you

NARROW = 520
"""Below this width the pictures stand above the choices."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What there is to see of a conflict: the clip in the editor, its link, the canvas's take, what was pushed."""

    place: Place | None = None
    link: ClipLink | None = None
    canvas: Take | None = None
    pushed: Take | None = None


class ConflictCard(QFrame):
    """``picked`` carries the conflict's id and the choice; ``park_wanted`` a record frame."""

    picked = Signal(str, str)
    park_wanted = Signal(int)

    def __init__(self, link: Link, entry: ConflictEntry, sides: Sides) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.link, self.entry, self.sides = link, entry, sides
        self.setAccessibleName(f"Conflict: {entry.name}. {to_you(entry.text)}")
        self.group = QButtonGroup(self)
        self.radios: dict[Picked, QRadioButton] = {}
        self.show_there: QPushButton | None = None
        self.yours = Still(f"{entry.name}: your timeline")
        self.theirs = Still(f"{entry.name}: the canvas")
        self._lay_out()
        self._show_yours()
        self._show_theirs()
        if (choice := preselected(entry)) is not None:
            self.pick(choice)

    # --- making it

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Glyph("conflict"))
        head.addWidget(label(f"{self._title()} · {theme.word('conflict')}", "title", wrap=True), 1)
        if (at := self._record_frame()) is not None:
            name = f"Show {self.entry.name} in the timeline"
            self.show_there = button("Show", partial(self.park_wanted.emit, at), "quiet", name=name)
            head.addWidget(self.show_there)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(12)
        self.choices = Choices(self.entry)
        for choice, radio in self.choices.radios.items():
            radio.toggled.connect(partial(self._on_toggled, choice))
            self.radios[choice] = radio
            self.group.addButton(radio)
        self._parts.addWidget(self.choices, 1)
        self._parts.addWidget(self._pictures())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(label(to_you(self.entry.text), wrap=True))
        layout.addLayout(self._parts)

    def _title(self) -> str:
        shot = self.sides.link.shot if self.sides.link else ""
        return f"{shot} · {self.entry.name}" if shot and shot != self.entry.name else self.entry.name

    def _pictures(self) -> QWidget:
        yours = column(self.yours, label("Your timeline", "caption"), spacing=2)
        theirs = column(self.theirs, label("Canvas", "caption"), spacing=2)
        return column(row(yours, theirs, None, spacing=8), None)

    def _record_frame(self) -> int | None:
        if self.sides.place is not None:
            return self.sides.place.clip.start_record_frame
        return self.sides.link.start_record_frame if self.sides.link else None

    # --- pictures

    def _show_yours(self) -> None:
        place = self.sides.place
        if self.entry.editor is None:
            self.yours.say("deleted")
        elif place is None:
            self._show_pushed()
        else:
            at = (place.clip.start_record_frame + place.clip.end_record_frame) // 2
            self.yours.ask(self.link, self._frame(place, at), self._show_pushed)

    @staticmethod
    def _frame(place: Place, at: int) -> Callable[[Api], bytes]:
        return lambda api: api.clip_frame(place.session, place.clip.clip, at)

    def _show_pushed(self) -> None:
        """The clip as it was when it was pushed, where the editor's own frame is not to be had."""
        content = picture(self.sides.pushed)
        if content is not None:
            self.yours.name = f"{self.entry.name}: your timeline, as it was pushed"
            self.yours.ask(self.link, _poster(content))

    def _show_theirs(self) -> None:
        content = picture(self.sides.canvas)
        if self.entry.what == "dropped_by_canvas":
            self.theirs.say("no longer there")
        elif content is not None:
            take = self.sides.canvas
            self.theirs.name = f"{self.entry.name}: the canvas, take {take.seq}" if take else self.theirs.name
            self.theirs.ask(self.link, _poster(content))

    def stops(self) -> list[QWidget]:
        """What Tab goes through, in order."""
        return [*([self.show_there] if self.show_there else []), *self.radios.values()]

    # --- picking

    @property
    def choice(self) -> Picked | None:
        """What is picked, None while nothing is."""
        return next((choice for choice, radio in self.radios.items() if radio.isChecked()), None)

    def pick(self, choice: Picked) -> None:
        """Pick; what is not offered is passed over."""
        if choice in self.radios:
            self.radios[choice].setChecked(True)

    def _on_toggled(self, choice: Picked, on: bool) -> None:
        if on:
            self.picked.emit(self.entry.id, choice)

    def forget(self) -> None:
        """Lose interest in pictures under way."""
        self.yours.forget()
        self.theirs.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW * theme.scale()
        self.choices.spread(not narrow)
        self._parts.setDirection(QBoxLayout.Direction.BottomToTop if narrow else QBoxLayout.Direction.LeftToRight)


class Choices(QWidget):
    """What can be picked, each with its meaning: on the same line where there is room, else below it."""

    def __init__(self, entry: ConflictEntry) -> None:
        super().__init__()
        self.radios: dict[Picked, QRadioButton] = {}
        self._meanings: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        for choice in picks_of(entry):
            name, meaning = choice_words(choice, entry.what)
            radio = QRadioButton(name)
            radio.setAccessibleName(f"{entry.name}: {name}")
            radio.setAccessibleDescription(meaning)
            radio.setToolTip(meaning)
            self.radios[choice] = radio
            self._meanings.append(label(meaning, "hint", wrap=True, name=meaning))
        self._wide: bool | None = None
        self.spread(True)

    def spread(self, wide: bool) -> None:
        """Put the meanings beside the choices, or below them."""
        if wide == self._wide:
            return
        self._wide = wide
        for number, (radio, words) in enumerate(zip(self.radios.values(), self._meanings, strict=True)):
            words.setContentsMargins(0 if wide else 24, 0, 0, 0)
            self._grid.addWidget(radio, number if wide else 2 * number, 0)
            self._grid.addWidget(words, number if wide else 2 * number + 1, 1 if wide else 0)
        self._grid.setColumnStretch(0, 0 if wide else 1)
        self._grid.setColumnStretch(1, 1 if wide else 0)
        self._grid.setRowStretch(2 * len(self.radios), 1)


def _poster(content: BlobHash) -> Callable[[Api], bytes]:
    return lambda api: api.poster(content)
