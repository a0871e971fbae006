"""Laws of the film's order: the ops bring exactly the order asked for, touch nothing else, and undo takes them back."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.canvases import EMPTY, KINDS, add, do, wire

from takebridge.canvas.model import Canvas
from takebridge.canvas.ops import apply_all
from takebridge.errors import PreconditionError, UnknownNodeError, UsageError
from takebridge.ids import NodeId
from takebridge.services.shots import film_order, order_ops

EXPORT, BOARD = NodeId("export"), NodeId("board")


@st.composite
def films(draw: st.DrawFn) -> Canvas:
    """An export and a storyboard with shots wired to both; order keys anywhere, equal ones among them."""
    count = draw(st.integers(1, 7))
    names = [f"n{number}" for number in range(count)]
    canvas = do(EMPTY, add("nle_export", "export"), add("storyboard", "board"), add("voice", "voice"))
    canvas = do(canvas, *(add("image", name) for name in names), wire("voice.audio", "export.dialogue", 0))
    keys = st.integers(-3, 3) | st.integers(-(10**9), 10**9)
    for port, target in (("clips", "export"), ("panels", "board")):
        wired = draw(st.lists(st.sampled_from(names), max_size=9))
        for number, name in enumerate(wired):
            laid = wire(f"{name}.image", f"{target}.{port}", draw(keys))
            canvas = do(canvas, laid.model_copy(update={"id": f"{target}{number}"}))
    return canvas


def order(canvas: Canvas, lead: NodeId) -> list[NodeId]:
    return [step.node.id for step in film_order(canvas, KINDS, lead)]


@given(films(), st.data(), st.sampled_from([EXPORT, BOARD]))
@settings(max_examples=150, deadline=None)
def test_the_order_asked_for_is_the_order_there_is(canvas: Canvas, data: st.DataObject, lead: NodeId) -> None:
    before = order(canvas, lead)
    wanted = data.draw(st.permutations(before))
    ops = order_ops(canvas, lead, wanted)
    done = apply_all(canvas, ops, KINDS)
    assert order(done.canvas, lead) == wanted
    # Only wires of this node's own order have moved, and each of them really has.
    moved = {key for key, one in canvas.wires.items() if done.canvas.wires[key] != one}
    assert moved == {op.wire for op in ops} and len(moved) == len(ops)
    assert all(canvas.wires[key].dst_node == lead and canvas.wires[key].dst_port != "dialogue" for key in moved)
    assert done.canvas.nodes == canvas.nodes and done.canvas.wires.keys() == canvas.wires.keys()
    # Asking again for what is there asks for nothing, and undo brings back what was.
    assert order_ops(done.canvas, lead, wanted) == []
    assert apply_all(done.canvas, done.inverses, KINDS).canvas == canvas


@given(films(), st.sampled_from([EXPORT, BOARD]))
@settings(max_examples=60, deadline=None)
def test_the_order_there_is_needs_no_op(canvas: Canvas, lead: NodeId) -> None:
    assert order_ops(canvas, lead, order(canvas, lead)) == []


@given(films(), st.data())
@settings(max_examples=60, deadline=None)
def test_any_other_set_of_shots_is_refused(canvas: Canvas, data: st.DataObject) -> None:
    there = order(canvas, EXPORT)
    every = [node for node in canvas.nodes if node not in (EXPORT, BOARD)]
    asked = data.draw(st.lists(st.sampled_from(every), max_size=9).filter(lambda some: Counter(some) != Counter(there)))
    with pytest.raises(PreconditionError) as caught:
        order_ops(canvas, EXPORT, asked)
    assert caught.value.hint and caught.value.details["node"] in canvas.nodes


def film(count: int) -> Canvas:
    canvas = do(EMPTY, add("nle_export", "export"))
    for number in range(count):
        canvas = do(canvas, add("image", f"n{number}"), wire(f"n{number}.image", "export.clips"))
    return canvas


def test_swapping_two_neighbours_moves_two_wires() -> None:
    canvas = film(40)
    nodes = [NodeId(f"n{number}") for number in range(40)]
    nodes[7], nodes[8] = nodes[8], nodes[7]
    ops = order_ops(canvas, EXPORT, nodes)
    assert {(op.wire, op.order) for op in ops} == {("n8.image>export.clips", 7), ("n7.image>export.clips", 8)}


def test_of_a_node_wired_twice_the_first_wire_stays_first() -> None:
    canvas = do(
        EMPTY,
        add("nle_export", "export"),
        add("image", "a"),
        add("image", "b"),
        wire("a.image", "export.clips", 10).model_copy(update={"id": "first"}),
        wire("b.image", "export.clips", 20).model_copy(update={"id": "middle"}),
        wire("a.image", "export.clips", 30).model_copy(update={"id": "last"}),
    )
    done = apply_all(canvas, order_ops(canvas, EXPORT, [NodeId("b"), NodeId("a"), NodeId("a")]), KINDS).canvas
    found = [step.wire.id for step in film_order(done, KINDS, EXPORT) if step.wire]
    assert found == ["middle", "first", "last"]


def test_what_orders_nothing_is_said() -> None:
    canvas = do(film(1), add("video", "shot"))
    with pytest.raises(UsageError) as caught:
        order_ops(canvas, NodeId("shot"), [])
    assert "export" in caught.value.hint
    with pytest.raises(UnknownNodeError):
        order_ops(canvas, NodeId("ghost"), [])
    with pytest.raises(UnknownNodeError):
        order_ops(canvas, EXPORT, [NodeId("ghost")])
