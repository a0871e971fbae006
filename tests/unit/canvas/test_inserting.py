"""Many nodes at once: all checks first, nothing half done, and the inverse brings back what was."""

from __future__ import annotations

import pytest
from tests.support.canvases import EMPTY, KINDS, add, board, do, imported, shot, with_import

from takebridge.canvas.model import MAX_NODES, Canvas, Node, Wire
from takebridge.canvas.ops import AddNode, InsertGraph, RemoveNodes, SetGroup, SetWireTake, apply
from takebridge.canvas.state import derive
from takebridge.errors import (
    BridgeError,
    CycleError,
    InvalidParamError,
    InvalidWireError,
    PreconditionError,
    UnknownNodeError,
    UnknownTakeError,
)
from takebridge.ids import NodeId, TakeId, WireId


def whole(canvas: Canvas) -> InsertGraph:
    return InsertGraph(
        nodes=tuple(canvas.nodes.values()), wires=tuple(canvas.wires.values()), takes=tuple(canvas.takes.values())
    )


def link(name: str, source: str, target: str) -> Wire:
    (src, out), (dst, into) = source.split("."), target.split(".")
    return Wire(id=WireId(name), src_node=NodeId(src), src_port=out, dst_node=NodeId(dst), dst_port=into)


def refused(canvas: Canvas, op: InsertGraph, error: type[BridgeError], **details: str) -> None:
    with pytest.raises(error) as caught:
        apply(canvas, op, KINDS)
    assert {key: caught.value.details.get(key) for key in details} == details


def test_a_canvas_inserted_whole_is_that_canvas() -> None:
    for canvas in (shot(), board()):
        done = apply(EMPTY, whole(canvas), KINDS)
        assert (done.canvas.nodes, done.canvas.wires, done.canvas.takes) == (canvas.nodes, canvas.wires, canvas.takes)
        assert derive(done.canvas, KINDS) == derive(canvas, KINDS)
        undone = apply(done.canvas, done.inverse, KINDS).canvas
        assert (undone.nodes, undone.wires) == ({}, {})
        assert set(undone.takes) == set(canvas.takes)  # takes are never lost: they are orphans now


def test_removed_nodes_come_back_with_wires_takes_pins_and_group_members() -> None:
    canvas = do(shot(), AddNode(id=NodeId("box"), kind="group"), SetGroup(node=NodeId("up"), group=NodeId("box")))
    canvas = do(canvas, SetGroup(node=NodeId("up2"), group=NodeId("box")))
    done = apply(canvas, RemoveNodes(nodes=(NodeId("box"), NodeId("up"))), KINDS)
    assert done.canvas.nodes[NodeId("up2")].group is None
    assert not [wire for wire in done.canvas.wires.values() if "up" in (wire.src_node, wire.dst_node)]
    assert apply(done.canvas, done.inverse, KINDS).canvas == canvas


def test_naming_a_node_twice_removes_it_once() -> None:
    done = apply(shot(), RemoveNodes(nodes=(NodeId("up"), NodeId("up"))), KINDS)
    assert apply(done.canvas, done.inverse, KINDS).canvas == shot()


def test_used_ids_are_refused() -> None:
    canvas = shot()
    refused(canvas, whole(canvas), PreconditionError, node="clip")
    twin = Node(id=NodeId("n"), kind="upscale")
    refused(EMPTY, InsertGraph(nodes=(twin, twin)), PreconditionError, node="n")
    wires = (link("clip.video>up.source", "clip.video", "n.source"),)
    refused(canvas, InsertGraph(nodes=(twin,), wires=wires), PreconditionError, wire="clip.video>up.source")


def test_each_fault_names_its_node() -> None:
    ghost = Node(id=NodeId("g"), kind="hologram")
    refused(EMPTY, InsertGraph(nodes=(ghost,)), UnknownNodeError, node="g")
    wrong = Node(id=NodeId("w"), kind="upscale", params={"scale": 3})
    refused(EMPTY, InsertGraph(nodes=(wrong,)), InvalidParamError, node="w")
    unpinned = Node(id=NodeId("p"), kind="upscale", pin=TakeId("nowhere"))
    refused(EMPTY, InsertGraph(nodes=(unpinned,)), UnknownTakeError, node="p")
    stray = imported(shot(), "clip", 9)
    refused(EMPTY, InsertGraph(nodes=(Node(id=NodeId("n"), kind="upscale"),), takes=(stray,)), UnknownTakeError)
    outside = Node(id=NodeId("m"), kind="upscale", group=NodeId("clip"))
    refused(shot(), InsertGraph(nodes=(outside,)), PreconditionError, node="m")


def test_wires_must_fit_touch_the_insertion_and_close_no_circle() -> None:
    a, b = Node(id=NodeId("a"), kind="upscale"), Node(id=NodeId("b"), kind="upscale")
    circle = (link("1", "a.video", "b.source"), link("2", "b.video", "a.source"))
    refused(EMPTY, InsertGraph(nodes=(a, b), wires=circle), CycleError)
    nowhere = (link("1", "gone.video", "a.source"),)
    refused(EMPTY, InsertGraph(nodes=(a,), wires=nowhere), UnknownNodeError, wire="1")
    aside = (link("1", "clip.video", "up2.source"),)
    refused(shot(), InsertGraph(nodes=(a,), wires=aside), InvalidWireError, wire="1")
    twice = (link("1", "clip.video", "a.source"), link("2", "up.video", "a.source"))
    refused(shot(), InsertGraph(nodes=(a,), wires=twice), InvalidWireError, node="a")
    picture = (link("1", "hero.image", "a.source"),)
    refused(board(), InsertGraph(nodes=(a,), wires=picture), InvalidWireError, node="a")
    through = (link("1", "up2.video", "a.source"), link("2", "a.video", "up.source"))
    refused(shot(), InsertGraph(nodes=(a,), wires=through), InvalidWireError)  # up.source is taken


def test_an_insertion_may_feed_what_is_there_and_be_fed_by_it() -> None:
    canvas = do(shot(), AddNode(id=NodeId("last"), kind="upscale"))
    middle = Node(id=NodeId("m"), kind="upscale")
    wires = (link("in", "clip.video", "m.source"), link("out", "m.video", "last.source"))
    after = apply(canvas, InsertGraph(nodes=(middle,), wires=wires), KINDS).canvas
    assert set(after.wires) == {*canvas.wires, "in", "out"}
    back = (link("in", "last.video", "m.source"), link("out", "m.video", "last.source"))
    refused(canvas, InsertGraph(nodes=(middle,), wires=back), CycleError)


def test_two_takes_with_one_number_are_refused() -> None:
    canvas = with_import(do(EMPTY, add("source_clip", "clip")), "clip", 1)
    gone = apply(canvas, RemoveNodes(nodes=(NodeId("clip"),)), KINDS).canvas
    again = imported(EMPTY, "clip", 2)  # number 1, like the orphan that would come home
    refused(gone, InsertGraph(nodes=(Node(id=NodeId("clip"), kind="source_clip"),), takes=(again,)), PreconditionError)


def test_a_wire_override_goes_and_comes_with_its_node() -> None:
    canvas = do(shot(), SetWireTake(wire=WireId("up.video>up2.source"), take=TakeId("up/2")))
    done = apply(canvas, RemoveNodes(nodes=(NodeId("up2"),)), KINDS)
    assert apply(done.canvas, done.inverse, KINDS).canvas == canvas


def test_a_full_canvas_takes_no_more() -> None:
    many = tuple(Node.model_construct(id=NodeId(f"n{number}"), kind="note", params={}) for number in range(MAX_NODES))
    full = Canvas.model_construct(id=EMPTY.id, title="", nodes={n.id: n for n in many}, wires={}, takes={})
    refused(full, InsertGraph(nodes=(Node(id=NodeId("x"), kind="note"),)), PreconditionError)
    with pytest.raises(PreconditionError):
        apply(full, add("note", "x"), KINDS)


@pytest.mark.parametrize("group", ["nowhere", "up2", "old"])
def test_who_joins_again_joins_a_group_that_is_put_in(group: str) -> None:
    canvas = do(shot(), AddNode(id=NodeId("old"), kind="group"))
    insert = InsertGraph(nodes=(Node(id=NodeId("new"), kind="note"),), members={NodeId("up"): NodeId(group)})
    refused(canvas, insert, UnknownNodeError, node="up")
    not_a_group = insert.model_copy(update={"members": {NodeId("up"): NodeId("new")}})
    refused(canvas, not_a_group, PreconditionError, node="up")


def test_nobody_is_taken_out_of_another_group_by_what_is_put_in() -> None:
    canvas = do(shot(), AddNode(id=NodeId("old"), kind="group"), SetGroup(node=NodeId("up"), group=NodeId("old")))
    insert = InsertGraph(nodes=(Node(id=NodeId("new"), kind="group"),), members={NodeId("up"): NodeId("new")})
    refused(canvas, insert, PreconditionError, node="up")
