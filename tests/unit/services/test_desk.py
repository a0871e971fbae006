"""The desk: ops together or not at all, once per op id, and every change announced."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.support.canvases import KINDS, add, imported, wire

from takebridge.canvas.ops import OP, AddTake, Connect, MoveNode, Pin, RemoveNode, SetParam, apply
from takebridge.canvas.state import Status, derive
from takebridge.errors import ConflictError, InvalidWireError, NotFoundError, UnknownNodeError
from takebridge.events import Event, EventBus
from takebridge.ids import CanvasId, NodeId, OpId
from takebridge.services.desk import Desk
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database


class Rig:
    """A desk over a real database, and what it announced."""

    def __init__(self, folder: Path) -> None:
        self.store = CanvasStore(Database(folder / "project.db", "project", synchronous="NORMAL"))
        self.bus = EventBus()
        self.desk = Desk(self.store, KINDS, self.bus)
        self.heard, _, _ = self.bus.subscribe(lambda: None)
        self.id = self.desk.create("Film").canvas.id

    def events(self) -> list[Event]:
        return self.heard.drain()


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
        (2, "first.1", "ann"),
        (3, "first.2", "ann"),
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
    assert rig.store.load(rig.id) == (before.canvas, 1)
    assert rig.events() == []
    done = rig.desk.apply(rig.id, ops[:1], author="a", op_id=OpId("x"))  # the id was not used up
    assert done.rev == 2


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
    assert first[0].data == {
        "canvas": rig.id,
        "rev": 4,
        "author": "ann",
        "states": {"clip": "empty", "up": "blocked", "aside": "blocked"},
    }
    take = imported(rig.desk.view(rig.id).canvas, "clip", 1)
    rig.desk.apply(rig.id, [AddTake(take=take), Pin(node=NodeId("clip"), take=take.id, expected=None)], author="bob")
    (second,) = rig.events()
    assert second.data["states"] == {"clip": "fresh", "up": "empty"}  # "aside" is as it was
    rig.desk.apply(rig.id, [MoveNode(node=NodeId("up"), x=9, y=9)], author="bob")
    (third,) = rig.events()
    assert third.data == {"canvas": rig.id, "rev": 7, "author": "bob", "states": {}}
    rig.desk.apply(rig.id, [RemoveNode(node=NodeId("clip"))], author="bob")
    (fourth,) = rig.events()
    assert fourth.data["states"] == {"up": "blocked"}


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
    rig.desk.apply(rig.id, [add("upscale", "a")], author="a", op_id=OpId("x.1"))
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
