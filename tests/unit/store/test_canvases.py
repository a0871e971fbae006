"""Canvases as rows: what was committed is what is loaded, and a commit touches only what the op changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from tests.support.canvases import EMPTY, KINDS, add, board, do, generated, imported, shot, wire

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas
from takebridge.canvas.ops import (
    OP,
    Accept,
    AddTake,
    Disconnect,
    MoveNode,
    Op,
    Pin,
    RateTake,
    RemoveNode,
    Reorder,
    SetLocked,
    SetParam,
    SetTakeHidden,
    SetTitle,
    SetWireTake,
    apply,
)
from takebridge.errors import ConflictError, NotFoundError, UsageError
from takebridge.ids import CanvasId, NodeId, OpId, TakeId, WireId
from takebridge.store.canvases import CanvasStore, LoggedOp
from takebridge.store.database import Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "project.db", "project", synchronous="NORMAL")
    yield made
    made.close()


@pytest.fixture
def store(db: Database) -> CanvasStore:
    store = CanvasStore(db)
    store.create(EMPTY)
    return store


def kept(store: CanvasStore, canvas_id: CanvasId) -> tuple[Canvas, int]:
    stored = store.load(canvas_id)
    return stored.canvas, stored.rev


def logged(rev: int, op_id: str = "") -> LoggedOp:
    return LoggedOp(rev, OpId(op_id or f"op{rev}"), "a", "{}", "{}")


@contextmanager
def writes(db: Database) -> Iterator[list[tuple[str, str]]]:
    """(verb, table) of every statement that writes, in order."""
    seen: list[tuple[str, str]] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            seen.append((words[0], words[1] if words[0] == "UPDATE" else words[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("build", [shot, board])
def test_a_canvas_comes_back_as_it_was(store: CanvasStore, build: Any) -> None:
    canvas = build()
    assert store.commit(EMPTY, canvas, 0, [logged(1)]) == 1
    assert kept(store, EMPTY.id) == (canvas, 1)


def test_nothing_is_found_of_a_canvas_that_is_not_there(store: CanvasStore) -> None:
    with pytest.raises(NotFoundError):
        store.load(CanvasId("other"))
    assert store.ops_since(CanvasId("other"), 0) == []
    assert store.titles() == {EMPTY.id: ""}


def test_parts_of_two_canvases_with_the_same_ids_are_kept_apart(store: CanvasStore) -> None:
    other = Canvas(id=CanvasId("other"), title="Other")
    store.create(other)
    store.commit(EMPTY, shot(), 0, [logged(1)])
    filled = do(other, add("source_clip", "clip"))
    store.commit(other, filled, 0, [logged(1)])
    assert kept(store, other.id) == (filled, 1)
    assert kept(store, EMPTY.id) == (shot(), 1)
    emptied = do(filled, RemoveNode(node=NodeId("clip")))
    store.commit(filled, emptied, 1, [logged(2)])
    assert kept(store, EMPTY.id) == (shot(), 1)


CHANGES: list[tuple[Op, list[tuple[str, str]]]] = [
    (MoveNode(node=NodeId("up"), x=3, y=4), [("UPDATE", "node")]),
    (SetParam(node=NodeId("up"), name="scale", value=4), [("UPDATE", "node")]),
    (add("upscale", "new"), [("INSERT", "node")]),
    (Disconnect(wire=WireId("up.video>up2.source")), [("DELETE", "wire")]),
    (RateTake(take=TakeId("up/2"), rating=3), [("UPDATE", "take")]),
    (RemoveNode(node=NodeId("cut")), [("DELETE", "node"), ("DELETE", "wire")]),
    (AddTake(take=generated(shot(), "up", 9)), [("INSERT", "take")]),
]


@pytest.mark.parametrize(("op", "expected"), CHANGES, ids=lambda value: getattr(value, "op", ""))
def test_a_commit_writes_the_changed_rows_only(
    db: Database, store: CanvasStore, op: Op, expected: list[tuple[str, str]]
) -> None:
    before = shot()
    store.commit(EMPTY, before, 0, [logged(1)])
    after = apply(before, op, KINDS).canvas
    with writes(db) as seen:
        store.commit(before, after, 1, [logged(2)])
    assert seen == [("UPDATE", "canvas"), *expected, ("INSERT", "op_log")]
    assert kept(store, EMPTY.id) == (after, 2)


def test_a_commit_on_another_revision_is_refused_and_writes_nothing(store: CanvasStore) -> None:
    store.commit(EMPTY, shot(), 0, [logged(1)])
    late = do(EMPTY, add("source_clip", "late"))
    for base in (0, 2):
        with pytest.raises(ConflictError):
            store.commit(EMPTY, late, base, [logged(base + 1, "late")])
    assert kept(store, EMPTY.id) == (shot(), 1)
    assert [op.op_id for op in store.ops_since(EMPTY.id, 0)] == ["op1"]


def test_an_op_id_is_used_once_per_canvas_and_a_clash_writes_nothing(store: CanvasStore) -> None:
    store.commit(EMPTY, EMPTY, 0, [logged(1, "x")])
    with pytest.raises(ConflictError):
        store.commit(EMPTY, shot(), 1, [logged(2, "y"), logged(3, "x")])
    assert kept(store, EMPTY.id) == (EMPTY, 1)
    assert store.find_op(EMPTY.id, OpId("y")) is None
    other = Canvas(id=CanvasId("other"))
    store.create(other)
    store.commit(other, other, 0, [logged(1, "x")])


def test_ops_are_found_by_id_and_since_a_revision(store: CanvasStore) -> None:
    ops = [LoggedOp(n, OpId(f"o{n}"), f"author {n}", f'{{"n":{n}}}', f'{{"undo":{n}}}') for n in (1, 2, 3)]
    store.commit(EMPTY, EMPTY, 0, ops[:2])
    store.commit(EMPTY, EMPTY, 2, ops[2:])
    found = store.ops_since(EMPTY.id, 0)
    assert all(item.at for item in found)
    assert [replace(item, at="") for item in found] == ops
    assert store.ops_since(EMPTY.id, 2) == found[2:]
    assert store.ops_since(EMPTY.id, 0, limit=2) == found[:2]
    assert store.ops_since(EMPTY.id, 3) == []
    assert store.find_op(EMPTY.id, OpId("o2")) == found[1]


def test_the_newest_ops_come_in_whole_batches(store: CanvasStore) -> None:
    ops = [replace(logged(n, f"o{n}"), batch=batch) for n, batch in ((1, "a"), (2, "b"), (3, "b"), (4, "c"))]
    store.commit(EMPTY, EMPTY, 0, ops)
    assert [item.rev for item in store.newest_ops(EMPTY.id, 10)] == [1, 2, 3, 4]
    assert [item.rev for item in store.newest_ops(EMPTY.id, 2)] == [4]  # half of batch b is not told
    assert [item.rev for item in store.newest_ops(EMPTY.id, 3)] == [4]


# --- any sequence of ops --------------------------------------------------------------------------------

NODES = st.sampled_from(["a", "b", "c", "d"])
TAKES = st.integers(1, 6)


@st.composite
def op_seeds(draw: st.DrawFn) -> tuple[str, str, str, int]:
    verb = draw(st.sampled_from(sorted(MAKERS)))
    return verb, draw(NODES), draw(NODES), draw(TAKES)


def _take_of(canvas: Canvas, node: str, number: int) -> TakeId:
    takes = canvas.takes_of(NodeId(node))
    return takes[number % len(takes)].id if takes else TakeId("none")


def _pin(canvas: Canvas, node: str, _other: str, number: int) -> Op:
    known = canvas.nodes.get(NodeId(node))
    return Pin(node=NodeId(node), take=_take_of(canvas, node, number), expected=known.pin if known else None)


def _accept(canvas: Canvas, node: str, _other: str, _number: int) -> Op:
    pin = canvas.nodes[NodeId(node)].pin or TakeId("none")
    return Accept(node=NodeId(node), take=pin, fp=fingerprint(recipe_of(canvas, NodeId(node), KINDS)))


MAKERS: dict[str, Any] = {
    "add": lambda c, n, o, k: add(("source_clip", "upscale", "nle_export", "previz")[k % 4], n, **_params(k)),
    "import": lambda c, n, o, k: AddTake(take=imported(c, n, len(c.takes) + 1, "timeline" if k == 6 else "video")),
    "generate": lambda c, n, o, k: AddTake(take=generated(c, n, len(c.takes) + 1)),
    "connect": lambda c, n, o, k: wire(f"{n}.video", f"{o}.{('source', 'clips')[k % 2]}"),
    "disconnect": lambda c, n, o, k: Disconnect(wire=WireId(f"{n}.video>{o}.source")),
    "reorder": lambda c, n, o, k: Reorder(wire=WireId(f"{n}.video>{o}.clips"), order=-k),
    "wire take": lambda c, n, o, k: SetWireTake(wire=WireId(f"{n}.video>{o}.source"), take=_take_of(c, n, k)),
    "remove": lambda c, n, o, k: RemoveNode(node=NodeId(n)),
    "pin": _pin,
    "accept": _accept,
    "lock": lambda c, n, o, k: SetLocked(node=NodeId(n), locked=k % 2 == 0),
    "title": lambda c, n, o, k: SetTitle(node=NodeId(n), title="Ünïcode “x” 🎬" * k),
    "scale": lambda c, n, o, k: SetParam(node=NodeId(n), name="scale", value=(2, 4)[k % 2]),
    "prompt": lambda c, n, o, k: SetParam(node=NodeId(n), name="prompt", value="\x00 'quoted' \n" * k),
    "hide": lambda c, n, o, k: SetTakeHidden(take=_take_of(c, n, k), hidden=True),
    "rate": lambda c, n, o, k: RateTake(take=_take_of(c, n, k), rating=k % 5 + 1),
}


def _params(number: int) -> dict[str, bool | int | str]:
    return {"scale": 4} if number % 4 == 1 else {}


@settings(max_examples=60, deadline=None)
@given(seeds=st.lists(op_seeds(), max_size=40), undo=st.integers(0, 5))
def test_whatever_was_done_the_stored_canvas_is_the_one_in_memory(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[tuple[str, str, str, int]], undo: int
) -> None:
    db = Database(tmp_path_factory.mktemp("ops") / "project.db", "project", synchronous="NORMAL")
    store = CanvasStore(db)
    store.create(EMPTY)
    canvas, rev, inverses = EMPTY, 0, []
    for verb, node, other, number in seeds:
        try:
            op = MAKERS[verb](canvas, node, other, number)
            done = apply(canvas, op, KINDS)
        except (UsageError, KeyError):
            continue
        entry = LoggedOp(rev + 1, OpId(f"o{rev}"), "a", OP.dump_json(op).decode(), OP.dump_json(done.inverse).decode())
        rev = store.commit(canvas, done.canvas, rev, [entry])
        canvas = done.canvas
        inverses.append(done.inverse)
    for inverse in inverses[::-1][:undo]:
        try:
            done = apply(canvas, inverse, KINDS)
        except UsageError:
            break
        rev = store.commit(canvas, done.canvas, rev, [logged(rev + 1, f"undo{rev}")])
        canvas = done.canvas
    assert kept(store, EMPTY.id) == (canvas, rev)
    replayed = EMPTY
    for entry in store.ops_since(EMPTY.id, 0):
        if entry.op == "{}":
            break
        replayed = apply(replayed, OP.validate_json(entry.op), KINDS).canvas
    if not undo:
        assert replayed == canvas  # the log alone tells how the canvas came to be
    db.close()
