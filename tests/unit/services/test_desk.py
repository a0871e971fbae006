"""The desk: ops together or not at all, once per op id, and every change announced."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import KINDS, add, imported, wire

from takebridge.canvas.model import Node
from takebridge.canvas.ops import (
    OP,
    AddTake,
    Connect,
    InsertGraph,
    MoveNode,
    Pin,
    RemoveNode,
    SetParam,
    SetTakeHidden,
    apply,
)
from takebridge.canvas.state import Status, derive
from takebridge.errors import ConflictError, InvalidWireError, NotFoundError, PreconditionError, UnknownNodeError
from takebridge.events import Event, EventBus
from takebridge.ids import CanvasId, NodeId, OpId, TakeId, WireId
from takebridge.services.desk import Desk
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge.store.epochs import continue_epochs


class Rig:
    """A desk over a real database, and what it announced."""

    def __init__(self, folder: Path) -> None:
        self.store = CanvasStore(Database(folder / "project.db", "project", synchronous="NORMAL"))
        self.bus = EventBus()
        self.desk = Desk(self.store, KINDS, self.bus)
        self.id = self.desk.create("Film").canvas.id
        self.heard, _, _ = self.bus.subscribe(lambda: None)

    def events(self) -> list[Event]:
        return self.heard.drain()


def statuses(states: Any) -> dict[str, str | None]:
    return {node: facts and facts["status"] for node, facts in states.items()}


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_a_new_canvas_is_empty_and_listed(rig: Rig) -> None:
    view = rig.desk.view(rig.id)
    assert (view.canvas.title, view.canvas.nodes, view.rev, view.states) == ("Film", {}, 0, {})
    assert rig.desk.titles() == {rig.id: "Film"}
    with pytest.raises(NotFoundError):
        rig.desk.view(CanvasId("none"))
    with pytest.raises(NotFoundError):
        rig.desk.apply(CanvasId("none"), [add("upscale", "up")], author="a")


def test_ops_are_committed_logged_and_survive_a_restart(rig: Rig) -> None:
    ops = [add("source_clip", "clip"), add("upscale", "up"), wire("clip.video", "up.source")]
    view = rig.desk.apply(rig.id, ops, author="ann", op_id=OpId("first"))
    assert view.rev == 3
    entries = rig.store.ops_since(rig.id, 0)
    assert [(e.rev, e.op_id, e.author) for e in entries] == [
        (1, "first", "ann"),
        (2, "first#1", "ann"),
        (3, "first#2", "ann"),
    ]
    assert [OP.validate_json(e.op) for e in entries] == ops
    again = Desk(rig.store, KINDS, EventBus()).view(rig.id)
    assert (again.canvas, again.rev, again.states) == (view.canvas, view.rev, derive(view.canvas, KINDS))


def test_the_logged_inverses_undo(rig: Rig) -> None:
    before = rig.desk.view(rig.id).canvas
    rig.desk.apply(rig.id, [add("source_clip", "c"), MoveNode(node=NodeId("c"), x=1, y=2)], author="a")
    canvas = rig.desk.view(rig.id).canvas
    for entry in reversed(rig.store.ops_since(rig.id, 0)):
        canvas = apply(canvas, OP.validate_json(entry.inverse), KINDS).canvas
    assert canvas == before


def test_the_same_op_id_again_changes_and_announces_nothing(rig: Rig) -> None:
    first = rig.desk.apply(rig.id, [add("upscale", "up")], author="a", op_id=OpId("x"))
    rig.events()
    for desk in (rig.desk, Desk(rig.store, KINDS, rig.bus)):  # also after a restart
        again = desk.apply(rig.id, [add("upscale", "up")], author="a", op_id=OpId("x"))
        assert (again.canvas, again.rev) == (first.canvas, 1)
    assert rig.events() == []


def test_calls_without_an_op_id_are_all_done(rig: Rig) -> None:
    for x in range(3):
        rig.desk.apply(rig.id, [add("upscale", f"up{x}")], author="a")
    ids = [entry.op_id for entry in rig.store.ops_since(rig.id, 0)]
    assert len(set(ids)) == 3


def test_no_ops_do_nothing(rig: Rig) -> None:
    assert rig.desk.apply(rig.id, [], author="a").rev == 0
    assert rig.events() == []


def test_one_failing_op_among_several_commits_none(rig: Rig) -> None:
    before = rig.desk.apply(rig.id, [add("source_clip", "clip")], author="a")
    rig.events()
    ops = [add("upscale", "up"), wire("up.video", "clip.video"), MoveNode(node=NodeId("up"), x=1, y=1)]
    with pytest.raises(InvalidWireError):
        rig.desk.apply(rig.id, ops, author="a", op_id=OpId("x"))
    assert rig.desk.view(rig.id) == before
    stored = rig.store.load(rig.id)
    assert (stored.canvas, stored.rev) == (before.canvas, 1)
    assert rig.events() == []
    done = rig.desk.apply(rig.id, ops[:1], author="a", op_id=OpId("x"))  # the id was not used up
    assert done.rev == 2


def test_a_new_canvas_is_announced(rig: Rig) -> None:
    made = rig.desk.create("Trailer").canvas.id
    (told,) = rig.events()
    assert (told.topic, told.data) == ("canvas.created", {"canvas": made, "title": "Trailer"})
    assert told.coalesce is None  # a state event: never dropped


def test_state_changes_are_announced_and_nothing_else(rig: Rig) -> None:
    rig.desk.apply(
        rig.id,
        [add("source_clip", "clip"), add("upscale", "up"), add("upscale", "aside"), wire("clip.video", "up.source")],
        author="ann",
    )
    first = rig.events()
    assert len(first) == 1
    assert first[0].topic == "canvas.changed"
    assert first[0].coalesce is None  # a state event: never dropped
    view = rig.desk.view(rig.id)
    ops = [OP.dump_python(OP.validate_json(entry.op), mode="json") for entry in rig.store.ops_since(rig.id, 0)]
    said = dict(first[0].data)
    assert statuses(said.pop("states")) == {"clip": "empty", "up": "blocked", "aside": "blocked"}
    assert said == {
        "canvas": rig.id,
        "epoch": view.epoch,
        "from_rev": 0,
        "rev": 4,
        "author": "ann",
        "batch": rig.store.ops_since(rig.id, 0)[0].op_id,
        "origin": "user",
        "ops": ops,
    }
    take = imported(rig.desk.view(rig.id).canvas, "clip", 1)
    rig.desk.apply(rig.id, [AddTake(take=take), Pin(node=NodeId("clip"), take=take.id, expected=None)], author="bob")
    (second,) = rig.events()
    assert statuses(second.data["states"]) == {"clip": "fresh", "up": "empty"}  # "aside" is as it was
    rig.desk.apply(rig.id, [MoveNode(node=NodeId("up"), x=9, y=9)], author="bob")
    (third,) = rig.events()
    assert (third.data["from_rev"], third.data["rev"], third.data["author"], third.data["states"]) == (6, 7, "bob", {})
    rig.desk.apply(rig.id, [RemoveNode(node=NodeId("clip"))], author="bob")
    (fourth,) = rig.events()
    assert statuses(fourth.data["states"]) == {"clip": None, "up": "blocked"}


def test_states_are_those_of_the_canvas(rig: Rig) -> None:
    view = rig.desk.apply(rig.id, [add("upscale", "up")], author="a")
    assert view.states[NodeId("up")].status is Status.BLOCKED
    assert view.states == derive(view.canvas, KINDS)


def test_a_clash_with_the_store_is_said_once_and_then_read_again(rig: Rig, tmp_path: Path) -> None:
    rig.desk.view(rig.id)
    Desk(rig.store, KINDS, EventBus()).apply(rig.id, [add("upscale", "theirs")], author="other")
    with pytest.raises(ConflictError):
        rig.desk.apply(rig.id, [add("upscale", "mine")], author="a")
    view = rig.desk.apply(rig.id, [add("upscale", "mine")], author="a")  # "Try again." holds
    assert (set(view.canvas.nodes), view.rev) == ({"theirs", "mine"}, 2)


def test_an_op_id_that_clashes_with_a_numbered_one_is_refused_in_words(rig: Rig) -> None:
    rig.desk.apply(rig.id, [add("upscale", "a")], author="a", op_id=OpId("x#1"))
    with pytest.raises(ConflictError):
        rig.desk.apply(rig.id, [add("upscale", "b"), add("upscale", "c")], author="a", op_id=OpId("x"))
    assert set(rig.desk.view(rig.id).canvas.nodes) == {"a"}


def test_ops_from_many_threads_are_all_done_in_one_order(rig: Rig) -> None:
    ready = threading.Barrier(6)

    def work(who: int) -> None:
        ready.wait()
        for number in range(10):
            rig.desk.apply(rig.id, [add("upscale", f"n{who}.{number}")], author=str(who))

    threads = [threading.Thread(target=work, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view = rig.desk.view(rig.id)
    assert (view.rev, len(view.canvas.nodes)) == (60, 60)
    assert [entry.rev for entry in rig.store.ops_since(rig.id, 0)] == list(range(1, 61))
    assert [event.data["rev"] for event in rig.events()] == list(range(1, 61))


@pytest.mark.parametrize(
    "op",
    [
        SetParam(node=NodeId("none"), name="scale", value=2),
        Connect(id="w", src_node="none", src_port="video", dst_node="none2", dst_port="source"),  # type: ignore[arg-type]
    ],
)
def test_an_op_on_nothing_says_so(rig: Rig, op: SetParam | Connect) -> None:
    with pytest.raises(UnknownNodeError):
        rig.desk.apply(rig.id, [op], author="a")


# --- undo, replay, epochs -------------------------------------------------------------------------------


def test_undo_and_redo_are_edits_of_their_own_and_survive_a_restart(rig: Rig) -> None:
    rig.desk.apply(rig.id, [add("upscale", "up")], author="ann")
    moved = rig.desk.apply(rig.id, [MoveNode(node=NodeId("up"), x=5, y=6)], author="ann")
    undone = rig.desk.undo(rig.id, author="ann")
    assert undone.canvas.nodes[NodeId("up")].x == 0
    again = Desk(rig.store, KINDS, EventBus())
    assert again.undo_depth(rig.id, "ann") == (1, 1)
    redone = again.redo(rig.id, author="ann")
    assert (redone.canvas, redone.rev) == (moved.canvas, 4)
    origins = [(entry.origin, entry.undoes) for entry in rig.store.ops_since(rig.id, 2)]
    first = rig.store.ops_since(rig.id, 1)[0].batch
    undo = rig.store.ops_since(rig.id, 2)[0].batch
    assert origins == [("undo", first), ("redo", undo)]


def test_the_same_undo_asked_for_again_takes_back_one_edit(rig: Rig) -> None:
    for number in range(3):
        rig.desk.apply(rig.id, [add("upscale", f"n{number}")], author="ann")
    first = rig.desk.undo(rig.id, author="ann", op_id=OpId("u"))
    assert rig.desk.undo(rig.id, author="ann", op_id=OpId("u")) is first
    again = rig.desk.redo(rig.id, author="ann", op_id=OpId("r"))
    assert rig.desk.redo(rig.id, author="ann", op_id=OpId("r")) is again
    assert set(again.canvas.nodes) == {"n0", "n1", "n2"}


def test_undo_of_several_ops_takes_back_all_of_them(rig: Rig) -> None:
    before = rig.desk.apply(rig.id, [add("source_clip", "clip")], author="ann").canvas
    ops = [add("upscale", "up"), wire("clip.video", "up.source"), SetParam(node=NodeId("up"), name="scale", value=4)]
    rig.desk.apply(rig.id, ops, author="ann")
    assert rig.desk.undo(rig.id, author="ann").canvas == before


def test_replay_leads_from_any_revision_to_the_newest(rig: Rig) -> None:
    view = rig.desk.view(rig.id)
    canvases = [view.canvas]
    for number in range(5):
        after = rig.desk.apply(rig.id, [add("upscale", f"n{number}")], author="a")
        canvases.append(after.canvas)
    for since, canvas in enumerate(canvases):
        replay = rig.desk.replay(rig.id, view.epoch, since)
        assert (replay.complete, replay.rev) == (True, 5)
        for item in replay.ops:
            canvas = apply(canvas, OP.validate_json(item.op), KINDS).canvas
        assert canvas == canvases[-1]


@pytest.mark.parametrize(("epoch", "since"), [("another", 0), ("", 0), (None, 2), (None, -1)])
def test_a_replay_that_would_not_lead_here_says_so(rig: Rig, epoch: str | None, since: int) -> None:
    rig.desk.apply(rig.id, [add("upscale", "up")], author="a")
    replay = rig.desk.replay(rig.id, rig.desk.view(rig.id).epoch if epoch is None else epoch, since)
    assert (replay.complete, replay.ops) == (False, ())


def test_a_backup_that_came_back_begins_new_epochs(tmp_path: Path) -> None:
    path, mark = tmp_path / "project.db", tmp_path / "project.mark"

    def start() -> tuple[bool, str]:
        db = Database(path, "project", synchronous="NORMAL")
        store = CanvasStore(db)
        continues = continue_epochs(db, store, mark)
        if not store.titles():
            Desk(store, KINDS, EventBus()).create("Film")
        (canvas_id,) = store.titles()
        epoch = store.load(canvas_id).epoch
        db.close()
        return continues, epoch

    first = start()
    assert start() == first == (True, first[1])
    backup = path.read_bytes()
    assert start() == first
    path.write_bytes(backup)
    continues, epoch = start()
    assert not continues
    assert epoch != first[1]
    assert start() == (True, epoch)


def test_a_take_on_a_timeline_is_not_hidden(rig: Rig) -> None:
    def user_of(canvas: CanvasId, take: TakeId) -> str | None:
        return "on the timeline “Reel 1” (SH010)" if (canvas, take) == (rig.id, "clip/1") else None

    desk = Desk(rig.store, KINDS, EventBus(), user_of)
    desk.apply(rig.id, [add("source_clip", "clip")], author="a")
    for number in (1, 2):
        desk.apply(rig.id, [AddTake(take=imported(desk.view(rig.id).canvas, "clip", number))], author="a")
    with pytest.raises(PreconditionError, match="Reel 1"):
        desk.apply(rig.id, [SetTakeHidden(take=TakeId("clip/1"), hidden=True)], author="a")
    hidden = desk.apply(rig.id, [SetTakeHidden(take=TakeId("clip/2"), hidden=True)], author="a")
    assert hidden.canvas.takes[TakeId("clip/2")].hidden


def test_large_edits_are_announced_without_their_ops(rig: Rig) -> None:
    nodes = tuple(Node(id=NodeId(f"n{number}"), kind="note", params={"text": "x" * 2000}) for number in range(200))
    rig.desk.apply(rig.id, [InsertGraph(nodes=nodes)], author="a")
    (event,) = rig.events()
    assert event.data["ops"] is None
    assert (event.data["from_rev"], event.data["rev"]) == (0, 1)


def test_every_wire_that_can_be_laid_is_read_back_after_a_restart(rig: Rig) -> None:
    rig.desk.apply(rig.id, [add("script", "script"), add("image", "still")], author="a")
    for number, part in enumerate(("s01", "S01", "Akt 1", "é", "x" * 70)):
        lay = Connect(
            id=WireId(f"w{number}"),
            src_node=NodeId("script"),
            src_port=f"shot.{part}",
            dst_node=NodeId("still"),
            dst_port="direction",
        )
        with suppress(InvalidWireError):
            rig.desk.apply(rig.id, [lay], author="a")
    canvas = rig.desk.view(rig.id).canvas
    assert [wire.src_port for wire in canvas.wires.values()] == ["shot.s01"]
    assert Desk(rig.store, KINDS, EventBus()).view(rig.id).canvas == canvas
    assert rig.desk.undo(rig.id, author="a").canvas.wires == {}


def test_history_reaches_back_by_whole_batches(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takebridge.services.desk.HISTORY_OPS", 5)
    moves = [MoveNode(node=NodeId("up"), x=x, y=0) for x in range(4)]
    rig.desk.apply(rig.id, [add("upscale", "up")], author="a")
    rig.desk.apply(rig.id, moves, author="a")
    rig.desk.apply(rig.id, [MoveNode(node=NodeId("up"), x=50, y=0)], author="a")
    rig.desk.apply(rig.id, [MoveNode(node=NodeId("up"), x=60, y=0)], author="a")
    assert rig.desk.undo_depth(rig.id, "a") == (2, 0)  # half of the moves is not something to take back
    epoch = rig.desk.view(rig.id).epoch
    assert [rig.desk.replay(rig.id, epoch, since).complete for since in (1, 2, 7)] == [False, True, True]
