"""A team on one canvas: edits, undo and redo of two people, finished jobs, lost connections, crashes.

The model on the side is a table of slots (a node's title, a parameter, a pin …) with every write ever made to each,
and who made it. It knows nothing of ops, inverses, logs or databases.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.support.canvases import KINDS, add, imported

from takebridge.canvas.model import Canvas
from takebridge.canvas.ops import (
    OP,
    AddTake,
    MoveNode,
    Op,
    Pin,
    RateTake,
    RemoveNode,
    SetLocked,
    SetParam,
    SetTitle,
    apply_all,
)
from takebridge.canvas.state import derive
from takebridge.errors import ConflictError, PreconditionError, UsageError
from takebridge.events import EventBus
from takebridge.ids import CanvasId, NodeId, OpId, TakeId
from takebridge.services.desk import Desk, state_facts
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database

PEOPLE = ("ann", "ben")
Slot = tuple[str, ...]
GONE = object()


@cache
def empty_database() -> Path:
    """A migrated file, made once: migrating for each example would be most of the time."""
    path = Path(tempfile.mkdtemp()) / "project.db"
    Database(path, "project", synchronous="NORMAL").close()
    return path


@dataclass
class Write:
    """One batch in the model: what each slot was and became. ``live`` until it is undone."""

    batch: str
    author: str
    undoable: bool
    slots: dict[Slot, tuple[Any, Any]]
    live: bool = True
    undo_of: Write | None = None


class Table:
    """Slots by name, and the writes in order."""

    def __init__(self) -> None:
        self.value: dict[Slot, Any] = {}
        self.writes: list[Write] = []
        self.redo: dict[str, list[Write]] = {person: [] for person in PEOPLE}

    def get(self, slot: Slot) -> Any:
        return self.value.get(slot, GONE)

    def nodes(self) -> list[str]:
        return sorted(slot[1] for slot, value in self.value.items() if slot[0] == "node" and value is not GONE)

    def write(self, batch: str, author: str, undoable: bool, slots: dict[Slot, Any]) -> None:
        self.writes.append(Write(batch, author, undoable, {s: (self.get(s), v) for s, v in slots.items()}))
        self.value |= slots
        if undoable:
            self.redo[author].clear()

    def newest(self, author: str) -> Write | None:
        return next((w for w in reversed(self.writes) if w.author == author and w.undoable and w.live), None)

    def in_the_way(self, write: Write) -> bool:
        """Has somebody else written to the same slots since, or to a node that came or went with them?"""
        later = self.writes[self.writes.index(write) + 1 :]
        counting = list(later)
        for other in reversed(later):  # a write and what takes it back are as if they had not been
            if any(other is one for one in counting) and any(other.undo_of is one for one in later):
                counting = [one for one in counting if one is not other and one is not other.undo_of]
        return any(other.author != write.author and self.meets(write, other) for other in counting)

    @staticmethod
    def meets(one: Write, other: Write) -> bool:
        def about(write: Write) -> tuple[set[Slot], set[str]]:
            return set(write.slots), {slot[1] for slot in write.slots if slot[0] == "node"}

        (slots, whole), (theirs, their_whole) = about(one), about(other)
        return bool(
            slots & theirs
            or whole & {slot[1] for slot in theirs if slot[0] != "rating"}
            or their_whole & {slot[1] for slot in slots if slot[0] != "rating"}
        )


class TeamMachine(RuleBasedStateMachine):
    """Drives a real desk over a real database, and the table."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(empty_database(), self.folder / "project.db")
        self.count = 0
        self.table = Table()
        self.open()
        self.canvas_id: CanvasId = self.desk.create("Film").canvas.id
        self.mirrors: dict[str, tuple[Canvas, int]] = dict.fromkeys(PEOPLE, (self.view.canvas, 0))
        self.epoch = self.view.epoch
        self.states: dict[str, Any] = {}

    def open(self) -> None:
        self.db = Database(self.folder / "project.db", "project", synchronous="NORMAL")
        self.bus = EventBus()
        self.desk = Desk(CanvasStore(self.db), KINDS, self.bus)
        self.heard, _, _ = self.bus.subscribe(lambda: None, limit=10_000)

    @property
    def view(self) -> Any:
        return self.desk.view(self.canvas_id)

    def new_id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def do(self, author: str, slots: dict[Slot, Any], *ops: Op, origin: Any = "user") -> None:
        batch = self.new_id("b")
        self.desk.apply(self.canvas_id, ops, author=author, op_id=OpId(batch), origin=origin)
        self.table.write(batch, author, origin == "user", slots)

    def node(self, number: int) -> str:
        nodes = self.table.nodes()
        return nodes[number % len(nodes)]

    @initialize()
    def begin(self) -> None:
        for _ in range(3):
            self.add_node("ann")

    # --- edits

    @precondition(lambda self: len(self.table.nodes()) < 6)
    @rule(author=st.sampled_from(PEOPLE))
    def add_node(self, author: str) -> None:
        node = self.new_id("n")
        made = add("upscale", node)
        slots: dict[Slot, Any] = {
            ("node", node): True,
            ("title", node): node,
            ("scale", node): 2,
            ("place", node): (0, 0),
            ("locked", node): False,
            ("pin", node): None,
        }
        self.do(author, {("node", node): True}, made)
        self.table.value |= slots

    @precondition(lambda self: self.table.nodes())
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9), text=st.sampled_from("xyz"))
    def set_title(self, author: str, number: int, text: str) -> None:
        node = self.node(number)
        self.do(author, {("title", node): text}, SetTitle(node=NodeId(node), title=text))

    @precondition(lambda self: self.table.nodes())
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9), x=st.integers(-3, 3), scale=st.sampled_from([2, 4]))
    def move_and_scale(self, author: str, number: int, x: int, scale: int) -> None:
        node = self.node(number)
        ops = MoveNode(node=NodeId(node), x=x, y=1), SetParam(node=NodeId(node), name="scale", value=scale)
        self.do(author, {("place", node): (x, 1), ("scale", node): scale}, *ops)

    @precondition(lambda self: self.table.nodes())
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9), locked=st.booleans())
    def lock(self, author: str, number: int, locked: bool) -> None:
        node = self.node(number)
        self.do(author, {("locked", node): locked}, SetLocked(node=NodeId(node), locked=locked))

    @precondition(lambda self: len(self.table.nodes()) > 1)
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9))
    def remove(self, author: str, number: int) -> None:
        node = self.node(number)
        self.do(author, {("node", node): GONE}, RemoveNode(node=NodeId(node)))

    @precondition(lambda self: self.table.nodes())
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9), pinned=st.booleans())
    def finish_a_job(self, author: str, number: int, pinned: bool) -> None:
        node = self.node(number)
        take = imported(self.view.canvas, node, 1).model_copy(update={"id": TakeId(self.new_id("t"))})
        pin = Pin(node=NodeId(node), take=take.id, expected=self.table.get(("pin", node)))
        ops: list[Op] = [AddTake(take=take), *([pin] if pinned else [])]
        slots: dict[Slot, Any] = {("take", node, take.id): True, ("rating", take.id): None}
        self.do(author, slots | ({("pin", node): take.id} if pinned else {}), *ops, origin="job")

    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9), rating=st.sampled_from(["keep", "dead", None]))
    def rate(self, author: str, number: int, rating: Any) -> None:
        takes = sorted(slot[1] for slot in self.table.value if slot[0] == "rating")
        if takes:
            take = takes[number % len(takes)]
            self.do(author, {("rating", take): rating}, RateTake(take=TakeId(take), rating=rating))

    @precondition(lambda self: self.table.nodes())
    @rule(author=st.sampled_from(PEOPLE), number=st.integers(0, 9))
    def a_bad_edit_changes_nothing(self, author: str, number: int) -> None:
        node, before = self.node(number), self.view
        ops = SetTitle(node=NodeId(node), title="half"), SetParam(node=NodeId(node), name="scale", value=3)
        with pytest.raises(UsageError):
            self.desk.apply(self.canvas_id, ops, author=author)
        assert self.view is before

    # --- undo and redo

    @rule(author=st.sampled_from(PEOPLE))
    def undo(self, author: str) -> None:
        write = self.table.newest(author)
        if write is None or self.table.in_the_way(write):
            with pytest.raises(PreconditionError):
                self.desk.undo(self.canvas_id, author=author)
            return
        self.desk.undo(self.canvas_id, author=author)
        self.take_back(write, author)
        self.table.redo[author].append(write)

    @rule(author=st.sampled_from(PEOPLE))
    def redo(self, author: str) -> None:
        if not self.table.redo[author]:
            with pytest.raises(PreconditionError):
                self.desk.redo(self.canvas_id, author=author)
            return
        write = self.table.redo[author][-1]
        undo = next(w for w in reversed(self.table.writes) if w.undo_of is write and not w.undoable)
        if self.table.in_the_way(undo):
            with pytest.raises(PreconditionError):
                self.desk.redo(self.canvas_id, author=author)
            return
        self.desk.redo(self.canvas_id, author=author)
        self.table.redo[author].pop()
        slots = {slot: (self.table.get(slot), after) for slot, (_, after) in write.slots.items()}
        self.table.value |= {slot: after for slot, (_, after) in slots.items()}
        self.table.writes.append(Write(self.new_id("r"), author, True, slots, undo_of=undo))

    def take_back(self, write: Write, author: str) -> None:
        write.live = False
        slots = {slot: (self.table.get(slot), before) for slot, (before, _) in write.slots.items()}
        self.table.value |= {slot: before for slot, (_, before) in slots.items()}
        self.table.writes.append(Write(self.new_id("u"), author, False, slots, undo_of=write))

    # --- what goes wrong

    @rule()
    def crash_and_restart(self) -> None:
        before = self.view
        self.db.close()
        self.open()
        assert (self.view.canvas, self.view.rev, self.view.epoch) == (before.canvas, before.rev, before.epoch)

    @rule(author=st.sampled_from(PEOPLE))
    def the_same_op_id_again_changes_nothing(self, author: str) -> None:
        before = self.view
        first = OP.validate_json(self.desk.replay(self.canvas_id, self.epoch, 0).ops[0].op)
        assert self.desk.apply(self.canvas_id, [first], author=author, op_id=OpId("b2")) is before
        with pytest.raises(ConflictError):
            other = SetTitle(node=NodeId("nobody"), title="again")
            self.desk.apply(self.canvas_id, [other], author=author, op_id=OpId("b2"))

    @rule(author=st.sampled_from(PEOPLE))
    def another_epoch_is_refused(self, author: str) -> None:
        before = self.view
        op = SetTitle(node=NodeId("nobody"), title="late")
        for base in (("another", 0), (self.epoch, before.rev + 1)):
            with pytest.raises(ConflictError):
                self.desk.apply(self.canvas_id, [op], author=author, base=base)
        assert self.view is before

    @rule(person=st.sampled_from(PEOPLE))
    def catch_up(self, person: str) -> None:
        """A client that was away asks for what it missed, and has the canvas of the desk."""
        canvas, rev = self.mirrors[person]
        missed = self.desk.replay(self.canvas_id, self.epoch, rev)
        assert missed.complete
        canvas = apply_all(canvas, (OP.validate_json(item.op) for item in missed.ops), KINDS).canvas
        assert (canvas, missed.rev) == (self.view.canvas, self.view.rev)
        self.mirrors[person] = (canvas, missed.rev)

    # --- what always holds

    @invariant()
    def the_canvas_is_what_the_table_says(self) -> None:
        canvas = self.view.canvas
        assert sorted(canvas.nodes) == self.table.nodes()
        for name in self.table.nodes():
            node = canvas.nodes[NodeId(name)]
            found = (node.title, node.params["scale"], (node.x, node.y), node.locked, node.pin)
            assert found == tuple(self.table.get((s, name)) for s in ("title", "scale", "place", "locked", "pin"))
        ratings = {(slot[1], value) for slot, value in self.table.value.items() if slot[0] == "rating"}
        assert {(str(take.id), take.rating) for take in canvas.takes.values()} == ratings

    @invariant()
    def the_states_told_are_those_of_a_full_pass(self) -> None:
        changes = [event for event in self.heard.drain() if event.topic == "canvas.changed"]
        for event in changes:
            told: Any = event.data["states"]
            self.states = {**self.states, **told}
            self.states = {node: facts for node, facts in self.states.items() if facts is not None}
        full = derive(self.view.canvas, KINDS)
        assert self.view.states == full
        assert self.states == {str(node): state_facts(state) for node, state in full.items()}

    def teardown(self) -> None:
        self.db.close()
        shutil.rmtree(self.folder)


TeamMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestTeam = TeamMachine.TestCase
