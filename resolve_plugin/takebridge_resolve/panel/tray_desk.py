"""The tray's side of the bridge: loads one node's takes, hears of changes, sends edits and shows them as done.

An edit shows at once. When the bridge refuses it, it is taken back and `refused` says why; when it agrees, its own
event brings the same. What was done here is undone by the name of its batch, so nothing else is ever undone with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from takebridge.canvas.model import Node
from takebridge.canvas.op_types import Op, SetLocked, SetTitle
from takebridge.client.api import Api
from takebridge.client.live import LiveEvent
from takebridge.client.replies import CanvasChanged, Committed, Job, Snapshot, StateFacts, Tray, read
from takebridge.errors import BridgeError, PreconditionError
from takebridge.ids import CanvasId, NodeId, OpId, TakeId, new_id
from takebridge_resolve.panel import edits, take_notes
from takebridge_resolve.panel.link import Asked, Link
from takebridge_resolve.panel.take_notes import Note
from takebridge_resolve.panel.tiles import TrayFacts

MOST_UNDONE = 200


class _Loaded(NamedTuple):
    tray: Tray
    jobs: list[Job]
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Edit:
    """Ops that were sent together as batch ``op_id`` from a node's tray; ``ring`` is where the ring was before."""

    op_id: OpId
    node_id: NodeId
    ops: tuple[Op, ...]
    ring: str


@dataclass(slots=True)
class _CanvasNotes:
    """What is remembered of a whole canvas: whether nodes are locked, and the states the bridge derived."""

    canvas_id: CanvasId
    epoch: str
    rev: int
    locked: dict[NodeId, bool]
    titles: dict[NodeId, str]
    states: dict[NodeId, StateFacts]
    notes: dict[NodeId, Note]
    places: dict[NodeId, tuple[int, int]]


class TrayDesk(QObject):
    """One tray. ``changed`` says that `facts` is another one; ``ring_wanted`` that an undo puts the ring back."""

    changed = Signal()
    refused = Signal(object)
    ring_wanted = Signal(str)
    arrived = Signal(object)
    """A take that was not there before."""

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.link = link
        self.loading = False
        self._facts: TrayFacts | None = None
        self._under_way: list[Edit] = []
        self._undo: list[Edit] = []
        self._redo: list[Edit] = []
        self._notes: _CanvasNotes | None = None
        self._asked: Asked | None = None
        self._ring_due = ""
        self._undo_due = 0
        self._sending: Edit | None = None
        self._queue: deque[tuple[CanvasId, Edit]] = deque()
        self._drawn: tuple[TrayFacts, tuple[Edit, ...], TrayFacts] | None = None
        link.event.connect(self._on_event)
        link.resync.connect(self._resync)

    @property
    def facts(self) -> TrayFacts | None:
        """The tray with everything that was done here, answered or not; None while no node is shown."""
        if self._facts is None or not self._under_way:
            return self._facts
        wanted = (self._facts, tuple(self._under_way))
        if self._drawn is None or self._drawn[0] is not wanted[0] or self._drawn[1] != wanted[1]:
            self._drawn = (*wanted, edits.done(self._facts, [op for edit in self._under_way for op in edit.ops]))
        return self._drawn[2]

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked here has been answered."""
        return self._sending is None and not self._queue and not self.loading

    @property
    def can_undo(self) -> bool:
        """Whether something was done here that can be undone."""
        return bool(self._undo or self._under_way)

    # --- loading

    def show(self, canvas_id: CanvasId | None, node_id: NodeId | None, shown: TakeId | None) -> None:
        """Show a node's tray; None clears it. ``shown`` is the take the clip in the timeline shows."""
        if canvas_id is None or node_id is None:
            self._clear()
            return
        current = self._facts
        if current is not None and (current.canvas_id, current.node_id) == (canvas_id, node_id):
            if current.shown != shown:
                self._set(replace(current, shown=shown))
            return
        self._under_way, self._undo, self._redo, self._undo_due = [], [], [], 0
        self._facts = TrayFacts(canvas_id=canvas_id, node_id=node_id, shown=shown)
        self.load()
        self.changed.emit()

    def _clear(self) -> None:
        if self._asked:
            self._asked.cancel()
        self._asked, self._facts, self.loading = None, None, False
        self._under_way, self._undo, self._redo, self._undo_due = [], [], [], 0
        self.changed.emit()

    def load(self) -> None:
        """Load the tray; asked for while it is being loaded, it is loaded once more after that."""
        facts = self._facts
        if facts is None:
            return
        if self._asked:
            self._asked.cancel()
        canvas_id, node_id = facts.canvas_id, facts.node_id
        whole = self._notes is None or self._notes.canvas_id != canvas_id or node_id not in self._notes.locked

        def call(api: Api) -> _Loaded:
            snapshot = api.canvas(canvas_id) if whole else None  # before the tray: what is in between comes as events
            return _Loaded(api.tray(canvas_id, node_id, hidden=True), api.jobs(canvas_id), snapshot)

        self.loading = True
        self._asked = self.link.ask(call, self._got, self._not_loaded)

    def _got(self, loaded: _Loaded) -> None:
        self.loading, self._asked = False, None
        if self._facts is None:
            return
        if loaded.snapshot is not None:
            self._notes = _notes_of(loaded.snapshot)
        before = {take.id for take in self._facts.takes}
        tray = loaded.tray
        facts = replace(self._facts, takes=tray.takes, pin=tray.pin, revert=tray.revert, jobs=tuple(loaded.jobs))
        self._set(self._noted(facts))
        if before:
            self._tell_new(before)
        ring, self._ring_due = self._ring_due, ""
        if ring:
            self.ring_wanted.emit(ring)

    def _not_loaded(self, error: BridgeError) -> None:
        self.loading, self._asked = False, None
        self.refused.emit(error)
        self.changed.emit()

    def _resync(self) -> None:
        """Events may have been missed: everything is asked for anew."""
        self._notes = None
        self.load()

    def _noted(self, facts: TrayFacts) -> TrayFacts:
        notes = self._notes
        if notes is None:
            return facts
        node = facts.node_id
        title, locked = notes.titles.get(node, ""), notes.locked.get(node, False)
        place = notes.places.get(node, (0, 0))
        state = notes.states.get(node)
        return replace(facts, title=title, locked=locked, state=state, notes=notes.notes, place=place)

    def _set(self, facts: TrayFacts) -> None:
        if facts != self._facts:
            self._facts = facts
        self.changed.emit()

    def _tell_new(self, before: set[TakeId]) -> None:
        for take in self._facts.takes if self._facts else ():
            if take.id not in before:
                self.arrived.emit(take)

    # --- edits

    def edit(self, ops: Sequence[Op], ring: str = "") -> bool:
        """Send ops that belong together, and show them as done. Says whether there was anything to send."""
        facts = self._facts
        if facts is None or not ops:
            return False
        self._redo.clear()
        self._begin(facts.canvas_id, Edit(new_id_of_batch(), facts.node_id, tuple(ops), ring))
        return True

    def _begin(self, canvas_id: CanvasId, made: Edit) -> None:
        self._under_way.append(made)
        self._queue.append((canvas_id, made))
        self._send_next()
        self.changed.emit()

    def _send_next(self) -> None:
        """Send the oldest edit that waits. One at a time: two ratings of a take must not overtake each other.

        What waits is sent although another tray is shown meanwhile.
        """
        if self._sending is not None or not self._queue:
            return
        canvas_id, made = self._queue.popleft()
        self._sending = made

        def agreed(_: Committed) -> None:
            self._answered(made, agreed=True)

        def refused(error: BridgeError) -> None:
            self._undo_due = 0
            self._answered(made, agreed=False)
            self.refused.emit(error)
            if isinstance(error, PreconditionError):  # somebody was quicker: what is shown here is old
                self.load()

        self.link.ask(lambda api: api.apply(canvas_id, made.ops, op_id=made.op_id), agreed, refused)

    def _answered(self, made: Edit, *, agreed: bool) -> None:
        self._sending = None
        if made.node_id == (self._facts.node_id if self._facts else None):
            self._under_way = [one for one in self._under_way if one.op_id != made.op_id]
            if agreed and self._facts is not None:
                self._facts = edits.done(self._facts, made.ops)
                self._undo = [*self._undo[-MOST_UNDONE:], made]
        self._send_next()
        self.changed.emit()
        if self._undo_due and self._sending is None:
            self._undo_due -= 1
            self.undo()

    def undo(self) -> bool:
        """Take back the newest edit made here, and put the ring where it was. Says whether there was one.

        An edit that is still on its way is taken back as soon as it has been answered.
        """
        if self._facts is None:
            return False
        if self._sending is not None:
            self._undo_due += 1
            return True
        if not self._undo:
            return False
        made = self._undo.pop()
        canvas_id = self._facts.canvas_id

        def agreed(_: Committed) -> None:
            self._redo.append(made)
            self._ring_due = made.ring
            self.load()

        def refused(error: BridgeError) -> None:
            self._undo.append(made)
            self.refused.emit(error)

        self.link.ask(lambda api: api.undo(canvas_id, batch=made.op_id), agreed, refused)
        return True

    def redo(self) -> bool:
        """Do again what was undone last. Says whether there was anything."""
        if self._facts is None or not self._redo:
            return False
        made = self._redo.pop()
        self._begin(self._facts.canvas_id, Edit(new_id_of_batch(), made.node_id, made.ops, made.ring))
        return True

    # --- what the bridge says

    def _on_event(self, event: LiveEvent) -> None:
        if self._facts is None:
            return
        try:
            self._hear(self._facts, event)
        except BridgeError:  # a newer bridge may say what this panel does not understand
            self._resync()

    def _hear(self, facts: TrayFacts, event: LiveEvent) -> None:
        if event.topic == "canvas.changed" and event.data.get("canvas") == facts.canvas_id:
            self._on_changed(read(CanvasChanged, event.data))
        elif event.topic in ("job.changed", "job.progress") and event.data.get("node") == facts.node_id:
            self._set(facts.with_job(read(Job, event.data)))

    def _on_changed(self, change: CanvasChanged) -> None:
        assert self._facts is not None
        if not self._follows(change):
            return
        before = {take.id for take in self._facts.takes}
        ops = change.ops
        if ops is None:
            self._notes = None
        if ops is None or edits.brings_unknown(ops, self._facts):
            self.load()
        self._under_way = [made for made in self._under_way if made.op_id != change.batch]
        self._note(ops or ())
        self._set(self._noted(edits.done(self._facts, ops or ())))
        self._tell_new(before)

    def _follows(self, change: CanvasChanged) -> bool:
        """Take over revision and states; load everything when the change does not continue what is known."""
        notes = self._notes
        if notes is None:
            return not self.loading
        if change.epoch == notes.epoch and change.rev <= notes.rev:
            return False
        if change.epoch != notes.epoch or change.from_rev != notes.rev:
            self._resync()
            return False
        notes.rev = change.rev
        for node, state in change.states.items():
            if state is None:
                notes.states.pop(node, None)
            else:
                notes.states[node] = state
        return True

    def _note(self, ops: Sequence[Op]) -> None:
        """Take over what is said of any node of the canvas; a node that is not known makes the next load whole."""
        notes = self._notes
        if notes is None:
            return
        kept = take_notes.after(notes.notes, ops)
        if kept != notes.notes:
            notes.notes = kept
        for op in ops:
            if isinstance(op, SetLocked):
                notes.locked[op.node] = op.locked
            elif isinstance(op, SetTitle):
                notes.titles[op.node] = op.title


def new_id_of_batch() -> OpId:
    """Return a new name for ops that are sent together; undoing asks for it."""
    return OpId(new_id("op"))


def _notes_of(snapshot: Snapshot) -> _CanvasNotes:
    nodes: list[Node] = [*snapshot.canvas.nodes.values()]
    return _CanvasNotes(
        canvas_id=snapshot.canvas.id,
        epoch=snapshot.epoch,
        rev=snapshot.rev,
        locked={node.id: node.locked for node in nodes},
        titles={node.id: node.title for node in nodes},
        states=dict(snapshot.states),
        notes=take_notes.notes_in(nodes),
        places={node.id: (node.x, node.y) for node in nodes},
    )
