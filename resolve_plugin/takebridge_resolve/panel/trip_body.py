"""What a round trip would do, on one page: the table, the conflicts, what is asked for, what goes, what there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QFrame, QVBoxLayout, QWidget

from takebridge.cut.report_types import ConflictEntry
from takebridge.cut.trip_types import RoundTrip, TripFacts
from takebridge.ids import TakeId
from takebridge_resolve.panel.conflicts import ConflictCard, Sides
from takebridge_resolve.panel.controls import button, card, emptied, label, row
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.page import Page
from takebridge_resolve.panel.trip_calls import Found
from takebridge_resolve.panel.trip_model import EditsModel, HistoryModel, Widths, WordTable
from takebridge_resolve.panel.trip_sides import canvas_take, link_of, place_of
from takebridge_resolve.panel.trip_words import (
    Picked,
    about,
    headline,
    own_notes,
    price_words,
    removed_words,
    request_words,
    to_you,
)

_EDIT_WIDTHS = {3: Widths((20, 38, 42), (34, 33, 33)), 4: Widths((20, 28, 30, 22), (31, 23, 24, 22))}
_BY_HAND = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_PAST_WIDTHS = {3: Widths((18, 27, 55), (22, 28, 50))}


class Listed(QFrame):
    """A card of lines below a title; hidden while there are none."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        self.title = label(title, "title")
        self.lines: tuple[str, ...] = ()
        self.room = QVBoxLayout()
        self.room.setSpacing(4)
        self.below = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addLayout(self.room)
        layout.addLayout(self.below)
        self.hide()

    def say(self, lines: Sequence[str], *, selectable: bool = False) -> None:
        """Show these lines."""
        self.lines = tuple(lines)
        emptied(self.room)
        for line in lines:
            words = label(line, wrap=True)
            if selectable:
                words.setTextInteractionFlags(_BY_HAND)
            self.room.addWidget(words)
        self.setVisible(bool(lines))


class TripBody(Page):
    """Shows a `Found`. ``picked`` says that a choice is another one, ``park_wanted`` carries a record frame."""

    picked = Signal()
    park_wanted = Signal(int)

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link = link
        self.found: Found | None = None
        self.choices: dict[str, Picked] = {}
        self.cards: dict[str, ConflictCard] = {}
        self._make()

    def _make(self) -> None:
        self.head = label("", "title", wrap=True)
        self.about = label("", "label", wrap=True)
        self.sentence = label("", "label", wrap=True)
        self.model, self.past_model = EditsModel(), HistoryModel()
        self.table = WordTable(self.model, "Changes", _EDIT_WIDTHS)
        self.conflict_room = QVBoxLayout()
        self.conflict_room.setSpacing(8)
        self.asked_for = Listed("Takes it asks for")
        self.make_takes = QCheckBox("Make these takes first")
        self.make_takes.toggled.connect(lambda *_: self.picked.emit())
        self.cost = label("", "label", wrap=True)
        self.asked_for.below.addWidget(self.make_takes)
        self.asked_for.below.addWidget(row(24, self.cost, spacing=0))
        self.removed, self.notes, self.written = Listed("Clips that go"), Listed("Notes"), Listed("What to do now")
        self.past = card(label("Round trips so far", "title"))
        self.past_table = WordTable(self.past_model, "Round trips so far", _PAST_WIDTHS)
        self.past_more = button("Show all", self._show_all_past, "quiet", name="Show all round trips")
        past = self.past.layout()
        assert isinstance(past, QBoxLayout)
        past.addWidget(self.past_table)
        past.addWidget(self.past_more)
        self.trips: Sequence[TripFacts] = ()
        self._all_past = False
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setContentsMargins(8, 4, 8, 8)
        upper: tuple[QWidget, ...] = (self.head, self.about, self.sentence, self.written, self.table)
        for part in upper:
            layout.addWidget(part)
        layout.addLayout(self.conflict_room)
        lower: tuple[QWidget, ...] = (self.asked_for, self.removed, self.notes, self.past)
        for part in lower:
            layout.addWidget(part)
        layout.addStretch(1)
        self.clear()

    # --- showing

    def clear(self) -> None:
        """Show no plan."""
        self.found = None
        self.choices.clear()
        self._drop_cards()
        for part in (self.head, self.about, self.sentence, self.table):
            part.hide()
        for listed in (self.asked_for, self.removed, self.notes, self.written):
            listed.say(())
        self.make_takes.setChecked(False)

    def show_found(self, found: Found, picked: Mapping[str, Picked]) -> None:
        """Show a plan; what a person picked before stays picked where the conflict is still there."""
        kept = {one.id: picked[one.id] for one in found.trip.conflicts if one.id in picked}
        self.clear()
        self.found = found
        trip = found.trip
        title = found.canvas.title if found.canvas else ""
        self._say(self.head, headline(trip))
        self._say(self.about, about(trip, found.trips, title, datetime.now(UTC)))
        self._say(self.sentence, to_you(trip.sentence))
        links = {str(link.id): link for link in found.links}
        self.model.show_edits(trip.edits, links, found.canvas)
        self.table.setVisible(bool(trip.edits))
        self._show_conflicts(trip.conflicts, kept)
        self._show_requests(trip)
        self.removed.say([removed_words(one) for one in trip.removed])
        self.notes.say(own_notes(trip.notes))
        self.show_past(found.trips)

    def _say(self, words: QWidget, text: str) -> None:
        words.setText(text)  # type: ignore[attr-defined]
        words.setAccessibleName(text)
        words.setVisible(bool(text))

    def _show_conflicts(self, conflicts: Sequence[ConflictEntry], kept: Mapping[str, Picked]) -> None:
        for entry in conflicts:
            made = ConflictCard(self.link, entry, self._sides(entry))
            made.picked.connect(self._on_picked)
            made.park_wanted.connect(self.park_wanted)
            self.cards[entry.id] = made
            self.conflict_room.addWidget(made)
            if made.choice is not None:
                self.choices[entry.id] = made.choice
            if entry.id in kept:
                made.pick(kept[entry.id])
        before: QWidget = self.table
        for stop in (stop for made in self.cards.values() for stop in made.stops()):
            QWidget.setTabOrder(before, stop)  # what is made later would else come last
            before = stop

    def _sides(self, entry: ConflictEntry) -> Sides:
        found = self.found
        if found is None:
            return Sides()
        place, link = place_of(entry, found.places), link_of(entry, found.links, found.places)
        if link is None or found.canvas is None:
            return Sides(place, link)
        pushed = found.canvas.takes.get(TakeId(link.source_take_id))
        return Sides(place, link, canvas_take(entry, link, found.canvas), pushed)

    def _show_requests(self, trip: RoundTrip) -> None:
        self.asked_for.say([request_words(one) for one in trip.requests])
        cost = price_words(trip.price)
        self.make_takes.setAccessibleName(f"Make these takes first: {cost}" if cost else "Make these takes first")
        self.cost.setText(cost)
        self.cost.setAccessibleName(cost or "No price")
        for part in (self.make_takes, self.cost):
            part.setVisible(bool(cost))

    def show_past(self, trips: Sequence[TripFacts]) -> None:
        """Show the round trips there were."""
        self.trips = trips
        shown = trips if self._all_past else trips[:3]
        self.past_model.show_trips(shown)
        self.past.setVisible(bool(trips))
        self.past_more.setVisible(len(shown) < len(trips))
        self.past_more.setText(f"Show all {len(trips)}")

    def _show_all_past(self) -> None:
        self._all_past = True
        self.show_past(self.trips)

    def show_results(self, words: str, tone: str) -> None:
        """Say of every change what became of it; the conflicts are decided now."""
        if words:
            self.model.show_results(words, tone)

    def settle(self) -> None:
        """Take away what can no longer be chosen once a plan was applied."""
        self._drop_cards()
        self.choices.clear()
        self.asked_for.say(())
        self.sentence.hide()
        self.head.hide()

    # --- picking

    def _on_picked(self, conflict: str, choice: Picked) -> None:
        self.choices[conflict] = choice
        self.picked.emit()

    def lock(self, locked: bool) -> None:
        """Let nothing be chosen while it is being applied."""
        for made in self.cards.values():
            for radio in made.radios.values():
                radio.setEnabled(not locked)
        self.make_takes.setEnabled(not locked)

    def _drop_cards(self) -> None:
        for made in self.cards.values():
            made.forget()
        self.cards.clear()
        emptied(self.conflict_room)
