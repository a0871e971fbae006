"""The version tray: a node's takes as a filmstrip, what is known of the ringed one, and what can be done with it.

One rule: the key acts on the tile with the ring, then the ring moves on (when "Advance after rating" is on). Rejecting
hides and never deletes; undo brings back rating and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from takebridge.canvas.fingerprint import Change
from takebridge.canvas.model import FrameRange, Take
from takebridge.canvas.op_types import Op
from takebridge.client.replies import Job
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge_resolve.panel import edits, keys, rating, take_facts, take_notes, tiles, words
from takebridge_resolve.panel.announce import announce
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.notice import Notice
from takebridge_resolve.panel.pictures import pictures_of
from takebridge_resolve.panel.sheet import Sheet
from takebridge_resolve.panel.take_card import TakeCard
from takebridge_resolve.panel.take_notes import Note
from takebridge_resolve.panel.tiles import Tile, TrayFacts
from takebridge_resolve.panel.tray_bar import TrayBar
from takebridge_resolve.panel.tray_desk import TrayDesk
from takebridge_resolve.panel.tray_empty import Empty
from takebridge_resolve.panel.tray_model import TrayModel
from takebridge_resolve.panel.tray_tile import EDGE
from takebridge_resolve.panel.tray_verbs import TrayVerbs, Verbs
from takebridge_resolve.panel.tray_view import TrayView
from takebridge_resolve.panel.wrapping import Tight

CLOCK_MS = 1000
SLOTS = 9
_SAME = object()
"""What `Tray.show` is not told."""


class Tray(QWidget):
    """The tray of one node. ``ringed`` brings the take with the ring, None when there is none or it is a job.

    ``pull_wanted`` brings the take that is to go into the timeline; ``scrubbed`` a take and the part of it that the
    pointer is at, 0.0 to 1.0; ``tray_changed`` says that the takes are other ones.
    """

    ringed = Signal(object)
    pull_wanted = Signal(object)
    scrubbed = Signal(object, float)
    tray_changed = Signal()

    def __init__(self, link: Link, parent: QWidget | None = None, *, cache: Path | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Version tray")
        self.desk = TrayDesk(link, self)
        self.pictures = pictures_of(link, cache)
        self.model = TrayModel(self)
        self.view = TrayView(self.pictures, self.model)
        self.bar, self.verbs_row, self.card = TrayBar(), TrayVerbs(), TakeCard()
        self.notice, self.empty = Notice(), Empty(self.view)
        self.sheet: Sheet | None = None
        self._link = link
        self._ring = ""
        self._shown: object = None
        self._cancelling: set[str] = set()
        self._models_of: tuple[NodeId, int] | None = None
        self._clock = QTimer(self, interval=CLOCK_MS)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        layout = Tight(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        for widget in (self.card, self.verbs_row, self.notice):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.desk.changed.connect(self.refresh)
        self.desk.refused.connect(self._on_refused)
        self.desk.ring_wanted.connect(self._on_ring_wanted)
        self.desk.arrived.connect(self._on_arrived)
        self.bar.changed.connect(lambda _: self.refresh())
        self.empty.reset.connect(self.bar.reset)
        self.view.ring_moved.connect(self._on_ring)
        self.view.scrubbed.connect(self._on_scrubbed)
        self.view.activated.connect(lambda _: self.do("pin"))
        self.verbs_row.wanted.connect(self.do)
        self.card.why.connect(self.ask_why)
        self.card.keep.connect(self._keep_as_is)
        for name in ("pin", "pull", "pick", "reject", "unrate", "lock", "sheet"):
            action = QAction(keys.ACTIONS[name].title, self.view)  # without keys: those are attached for each window
            action.triggered.connect(partial(self._do_action, name))
            self.view.addAction(action)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._clock.timeout.connect(self._tick)

    # --- what others use

    def show(
        self,
        canvas_id: CanvasId | object | None = _SAME,
        node_id: NodeId | None = None,
        shown_take: TakeId | None = None,
    ) -> None:
        """Show a node's tray; ``shown_take`` is the take its clip shows in the timeline. None clears the tray.

        Without arguments the widget is shown as any other.
        """
        super().show()
        if canvas_id is not _SAME:
            self.desk.show(cast(CanvasId | None, canvas_id), node_id, shown_take)

    def say_why_empty(self, words: str) -> None:
        """Say this while no node is shown: why there is nothing to see, and what to do."""
        if words != self.empty.reason:
            self.empty.reason = words
            self.refresh()

    def take(self) -> Take | None:
        """Return the take that has the ring."""
        tile = self._ringed_tile()
        return tile.take if tile else None

    def takes(self) -> tuple[Take, ...]:
        """Return the takes that are shown, in order."""
        return tuple(tile.take for tile in self.model.tiles if tile.take)

    def take_of(self, take_id: TakeId | None) -> Take | None:
        """Return a take of this tray, shown or not."""
        facts = self.desk.facts
        return facts.take(take_id) if facts else None

    def ring(self, take_id: TakeId) -> None:
        """Give a take the ring."""
        self.view.set_ring(take_id)

    def set_letters(self, letters: Mapping[TakeId, str]) -> None:
        """Mark the takes that are compared with A and B."""
        for view in self._views():
            view.look.letters = letters
            view.viewport().update()

    def set_best(self, take: Take, best: FrameRange | None) -> None:
        """Keep the frames of a take that are worth using; None: all of them."""
        current = self.take_of(take.id)
        if current is not None:
            self.desk.edit(edits.mark(current, best), self._ring)

    def post_note(self, take: Take, frame: int, text: str) -> None:
        """Keep a note on a frame of a take of this tray."""
        facts = self.desk.facts
        if facts is not None and self.take_of(take.id) is not None:
            self.desk.edit(edits.note(facts, take, frame, text), self._ring)

    def drop_note(self, note: Note) -> None:
        """Take a note away; undo brings it back."""
        self.desk.edit(take_notes.remove(note), self._ring)

    @property
    def verbs(self) -> Verbs:
        """What keys and menus can do here, by the name of an action of `keys.ACTIONS`."""
        slots = {f"slot_{number}": partial(self._ring_slot, number) for number in range(1, SLOTS + 1)}
        stars = {f"stars_{number}": partial(self._rate, number) for number in range(6)}
        return {
            **slots,
            **stars,
            "take_before": lambda: self.view.move_ring(-1),
            "take_after": lambda: self.view.move_ring(1),
            "pick": lambda: self._rate(rating.MOST_STARS),
            "reject": lambda: self._act(edits.reject),
            "unrate": lambda: self._act(edits.clear),
            "pin": self._pin,
            "lock": self._lock,
            "keep_as_is": self._keep_as_is,
            "undo": self.desk.undo,
            "redo": self.desk.redo,
            "sheet": self.open_sheet,
            "pull": self._pull,
        }

    def attach_keys(self, widget: QWidget) -> None:
        """Give ``widget`` the keys of all verbs. To be called for one widget of each window."""
        for name, call in self.verbs.items():
            keys.attach(widget, name, call)

    def do(self, name: str) -> None:
        """Do what a button says: a name of `verbs`, or ``cancel_job``."""
        if name == "cancel_job":
            self._cancel_job()
        else:
            self.verbs[name]()

    def _do_action(self, name: str, *_: object) -> None:
        self.do(name)

    def close_down(self) -> None:
        """Let go of threads and pictures before the program ends."""
        self._clock.stop()
        self.pictures.close()

    # --- drawing

    def refresh(self) -> None:
        """Show the tray as the desk has it. Ring and scroll stay where they are."""
        facts = self.desk.facts
        before = self.model.keys()
        found = tiles.tiles_of(facts, self.bar.looked, self.model.by_key()) if facts else ()
        anchor = self._anchor()
        ring = self._ring
        self.model.show(found)
        self.view.fit_tiles()
        self._keep_ring(before, found, ring)
        if self.model.keys() != before:
            self._hold(anchor)
        self._offer_models(facts)
        self.empty.show_for(facts, loading=self.desk.loading, tiles=len(found), narrowed=self.bar.looked.narrows)
        running = any(tile.job and tile.job.status in ("Pending", "InProgress") for tile in found)
        (self._clock.start if running else self._clock.stop)()
        self._show_ringed()
        self.tray_changed.emit()

    def _offer_models(self, facts: TrayFacts | None) -> None:
        """Offer the models of the tray in the filter, when there are other takes than before."""
        known = (facts.node_id, len(facts.takes)) if facts else None
        if known != self._models_of:
            self._models_of = known
            self.bar.set_models(tiles.models_of(facts) if facts else ())

    def _keep_ring(self, before: list[str], found: tuple[Tile, ...], ring: str) -> None:
        """Leave the ring where it was; a job's goes to its take, a tile's that went to the one after it."""
        after = self.model.keys()
        made = next((tile.key for tile in found if tile.take and tile.take.job_id == ring), "") if ring else ""
        wanted = tiles.next_ring(before, after, ring) if ring and not made else made
        facts = self.desk.facts
        if not wanted and facts is not None:
            wanted = next((key for key in (facts.shown, facts.pin) if key in after), "") or (after[0] if after else "")
        if wanted != self.view.ring():
            self.view.set_ring(wanted)
        if not after:
            self._on_ring("")

    def _anchor(self) -> tuple[str, int] | None:
        """The tile that is to stay where it is: the ringed one while it can be seen, else the first on screen."""
        bar = self.view.verticalScrollBar()
        if bar.value() == bar.minimum():
            return None
        ringed = self.view.visualRect(self.view.currentIndex())
        seen = ringed.isValid() and ringed.intersects(self.view.viewport().rect())
        index = self.view.currentIndex() if seen else self.view.indexAt(QPoint(EDGE, EDGE))
        tile = self.model.tile(index.row()) if index.isValid() else None
        return (tile.key, self.view.visualRect(index).top()) if tile else None

    def _hold(self, anchor: tuple[str, int] | None) -> None:
        row = self.model.row_of(anchor[0]) if anchor else -1
        if anchor is None or row < 0:
            return
        self.view.doItemsLayout()
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + self.view.visualRect(self.model.index(row)).top() - anchor[1])

    def _show_ringed(self) -> None:
        facts, tile = self.desk.facts, self._ringed_tile()
        self.verbs_row.show_tile(tile, locked=bool(facts and facts.locked), can_undo=self.desk.can_undo)
        self.verbs_row.setVisible(facts is not None)
        self.bar.setVisible(facts is not None)
        self.card.show_tile(tile, self._cancelling)
        take = tile.take if tile else None
        if take != self._shown:
            self._shown = take
            self.ringed.emit(take)

    def _ringed_tile(self) -> Tile | None:
        return self.model.tile(self.model.row_of(self._ring)) if self._ring else None

    def _tick(self) -> None:
        for row, tile in enumerate(self.model.tiles):
            if tile.job:
                self.model.touch(row)
        self.card.show_tile(self._ringed_tile(), self._cancelling)

    # --- the ring

    def _on_ring(self, key: str) -> None:
        if key == self._ring:
            return
        self._ring = key
        self._show_ringed()

    def _on_ring_wanted(self, key: str) -> None:
        self.view.set_ring(key)

    def _ring_slot(self, number: int) -> None:
        """Give the take in slot ``number`` the ring: slots count the takes as they are shown."""
        shown = self.takes()
        if number <= len(shown):
            self.ring(shown[number - 1].id)

    def _on_scrubbed(self, key: str, part: float) -> None:
        tile = self.model.tile(self.model.row_of(key))
        if tile is not None and tile.take is not None:
            self.scrubbed.emit(tile.take, part)

    # --- verbs

    def _rate(self, stars: int) -> None:
        self._act(lambda take: edits.rate(take, rating.rating_of(stars)))

    def _act(self, edit: object) -> None:
        """Do something to the ringed take, then move the ring on."""
        take = self.take()
        if take is None:
            return
        ops: list[Op] = edit(take)  # type: ignore[operator]
        order, ring = self.model.keys(), self._ring
        self.desk.edit(ops, ring)
        if self.bar.advance.isChecked():
            self._advance(order, ring)

    def _advance(self, order: list[str], ring: str) -> None:
        onward = order[order.index(ring) + 1 :]
        left = set(self.model.keys())
        following = next((key for key in onward if key in left), None)
        if following is not None:
            self.view.set_ring(following)

    def _pin(self) -> None:
        take, facts = self.take(), self.desk.facts
        if take is not None and facts is not None:
            self.desk.edit(edits.pin(facts, take), self._ring)

    def _keep_as_is(self) -> None:
        facts = self.desk.facts
        if facts is not None:
            self.desk.edit(edits.keep_as_is(facts), self._ring)

    def _lock(self) -> None:
        facts = self.desk.facts
        if facts is not None:
            self.desk.edit(edits.lock(facts), self._ring)

    def _pull(self) -> None:
        take = self.take()
        if take is not None:
            self.pull_wanted.emit(take)

    def _cancel_job(self) -> None:
        tile = self._ringed_tile()
        if tile is None or tile.job is None:
            return
        job_id = tile.job.job
        self._cancelling.add(job_id)
        self._show_ringed()
        self._link.ask(lambda api: api.cancel(job_id), self._cancelled, partial(self._not_cancelled, job_id))

    def _cancelled(self, job: Job) -> None:
        """What became of it is told by the job's own events."""

    def _not_cancelled(self, job_id: str, error: BridgeError) -> None:
        self._cancelling.discard(job_id)
        self._on_refused(error)

    def open_sheet(self) -> None:
        """Show all takes on a sheet of their own; once more closes it."""
        if self.sheet is None:
            self.sheet = Sheet(self)
        self.sheet.toggle()

    def _views(self) -> list[TrayView]:
        return [self.view, *([self.sheet.view] if self.sheet else [])]

    # --- words

    def ask_why(self) -> None:
        """Ask the bridge what changed since the pinned take was asked for, and say it."""
        facts = self.desk.facts
        if facts is None:
            return
        canvas_id, node_id = facts.canvas_id, facts.node_id
        self._link.ask(lambda api: api.why(canvas_id, node_id), self._say_why, self._on_refused)

    def _say_why(self, changes: list[Change]) -> None:
        self.card.tell_why(changes)

    def _on_refused(self, error: BridgeError) -> None:
        self.notice.tell(words.first_line(error.message, 200), error.hint)
        announce(self, words.in_words(error), urgent=True)

    def _on_arrived(self, take: Take) -> None:
        announce(self, f"Take {take.seq} has arrived: {take_facts.model(take)}")

    def changeEvent(self, event: QEvent) -> None:
        """As Qt asks: other colours or type make other tiles."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            for view in self._views():
                view.fit_tiles()
                view.viewport().update()
