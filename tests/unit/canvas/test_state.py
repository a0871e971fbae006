"""The rules of docs/canvas.md §1, one test each."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.support.canvases import (
    EMPTY,
    KINDS,
    add,
    board,
    do,
    generated,
    imported,
    shot,
    wire,
    with_import,
    with_take,
)

from takebridge.canvas.fingerprint import Change, fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, NodeKind, Port, Wire
from takebridge.canvas.ops import Accept, AddTake, Disconnect, Pin, SetLocked, SetModel, SetParam, SetWireTake, Unaccept
from takebridge.canvas.state import Status, derive, derive_next, state_of, why_stale
from takebridge.errors import CycleError
from takebridge.ids import NodeId, TakeId, WireId

CLIP, UP, UP2, CUT = (NodeId(name) for name in ("clip", "up", "up2", "cut"))


def statuses(canvas: Canvas) -> dict[str, str]:
    return {str(node): state.status.value for node, state in derive(canvas, KINDS).items()}


def expected(canvas: Canvas, node: NodeId) -> str:
    fp = derive(canvas, KINDS)[node].expected_fp
    assert fp is not None
    return fp


def stale_up() -> Canvas:
    """Build the shot with ``up`` asked to do something else than its pin was made for."""
    return do(shot(), SetParam(node=UP, name="scale", value=4))


def test_an_empty_canvas_has_no_states() -> None:
    assert derive(EMPTY, KINDS) == {}


def test_empty_is_a_node_without_a_pin() -> None:
    assert statuses(do(EMPTY, add("source_clip", "a"), add("previz", "b"))) == {"a": "empty", "b": "empty"}


def test_a_take_that_is_not_pinned_leaves_the_node_empty() -> None:
    canvas = do(EMPTY, add("source_clip", "clip"))
    assert statuses(do(canvas, AddTake(take=imported(canvas, "clip", 1)))) == {"clip": "empty"}


def test_blocked_is_a_required_input_without_a_wire() -> None:
    state = derive(do(EMPTY, add("upscale", "up")), KINDS)[UP]
    assert (state.status, state.blocked_by, state.expected_fp) == (Status.BLOCKED, ("source",), None)


def test_blocked_is_a_required_input_whose_source_has_no_pin() -> None:
    canvas = do(EMPTY, add("source_clip", "clip"), add("upscale", "up"), wire("clip.video", "up.source"))
    assert statuses(canvas) == {"clip": "empty", "up": "blocked"}
    assert statuses(with_import(canvas, "clip", 1)) == {"clip": "fresh", "up": "empty"}


def test_blocked_when_one_of_several_required_wires_carries_nothing() -> None:
    # An export would silently leave the shot out.
    canvas = do(shot(), add("source_clip", "late"), wire("late.video", "cut.clips"))
    state = derive(canvas, KINDS)[CUT]
    assert (state.status, state.blocked_by) == (Status.BLOCKED, ("clips",))


def test_blocked_although_pinned_once_the_input_is_gone() -> None:
    canvas = do(shot(), Disconnect(wire=WireId("clip.video>up.source")))
    assert statuses(canvas) == {"clip": "fresh", "up": "blocked", "up2": "upstream", "cut": "upstream"}


def test_an_optional_input_without_a_take_does_not_block() -> None:
    canvas = do(board(), add("source_clip", "clip"), wire("clip.video", "panel.source"))
    assert statuses(canvas)["panel"] == "upstream"


def test_fresh_is_a_pin_made_for_exactly_this_recipe() -> None:
    assert set(statuses(shot()).values()) == {"fresh"}
    assert expected(shot(), UP) == shot().takes[TakeId("up/2")].recipe_fp


def test_a_constant_node_is_fresh_with_any_pin_and_expects_nothing() -> None:
    state = derive(shot(), KINDS)[CLIP]
    assert (state.status, state.expected_fp) == (Status.FRESH, None)


def test_an_edit_makes_exactly_one_ring_stale_and_the_rest_upstream() -> None:
    assert statuses(stale_up()) == {"clip": "fresh", "up": "stale", "up2": "upstream", "cut": "upstream"}


def test_a_repin_with_other_content_makes_the_next_ring_stale() -> None:
    canvas = with_take(stale_up(), "up", 20)
    assert statuses(canvas) == {"clip": "fresh", "up": "fresh", "up2": "stale", "cut": "upstream"}


def test_a_repin_with_equal_content_dirties_nothing() -> None:
    canvas = stale_up()
    twin = generated(canvas, "up", 2).model_copy(update={"id": TakeId("twin")})
    canvas = do(canvas, AddTake(take=twin), Pin(node=UP, take=twin.id, expected=TakeId("up/2")))
    assert set(statuses(canvas).values()) == {"fresh"}


def test_a_reshot_reference_makes_only_what_uses_it_stale() -> None:
    assert statuses(with_import(board(), "hero", 9, "image")) == {"hero": "fresh", "place": "fresh", "panel": "stale"}


def test_another_model_makes_the_node_stale() -> None:
    assert statuses(do(shot(), SetModel(node=UP2, model="elsewhere/x")))["up2"] == "stale"


def test_going_back_makes_the_node_fresh_again() -> None:
    assert statuses(do(stale_up(), SetParam(node=UP, name="scale", value=2))) == statuses(shot())


def test_a_take_without_a_recipe_is_stale_on_a_node_that_has_one_until_accepted() -> None:
    canvas = with_import(shot(), "up", 50)
    assert statuses(canvas)["up"] == "stale"
    fp = expected(canvas, UP)
    assert statuses(do(canvas, Accept(node=UP, take=TakeId("up/50"), fp=fp)))["up"] == "accepted"


def test_accepted_is_keyed_on_the_exact_recipe() -> None:
    canvas = stale_up()
    accepted = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=expected(canvas, UP)))
    assert statuses(accepted)["up"] == "accepted"
    assert statuses(with_import(accepted, "clip", 9))["up"] == "stale"
    assert statuses(do(accepted, SetModel(node=UP, model="m")))["up"] == "stale"


def test_accepted_is_keyed_on_the_exact_take() -> None:
    canvas = stale_up()
    canvas = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=expected(canvas, UP)))
    assert statuses(with_import(canvas, "up", 60))["up"] == "stale"


def test_accepted_stops_upstream() -> None:
    canvas = stale_up()
    canvas = do(canvas, Accept(node=UP, take=TakeId("up/2"), fp=expected(canvas, UP)))
    assert statuses(canvas) == {"clip": "fresh", "up": "accepted", "up2": "fresh", "cut": "fresh"}


def test_unaccepted_is_stale_again() -> None:
    canvas = stale_up()
    fp = expected(canvas, UP)
    take = TakeId("up/2")
    assert statuses(do(canvas, Accept(node=UP, take=take, fp=fp), Unaccept(node=UP, take=take, fp=fp)))["up"] == "stale"


def test_locked_shows_drift_and_stops_upstream() -> None:
    canvas = do(stale_up(), SetLocked(node=UP, locked=True))
    state = derive(canvas, KINDS)[UP]
    assert (state.status, state.drifted) == (Status.LOCKED, True)
    assert statuses(canvas) == {"clip": "fresh", "up": "locked", "up2": "fresh", "cut": "fresh"}


def test_locked_without_a_difference_has_not_drifted() -> None:
    state = derive(do(shot(), SetLocked(node=UP, locked=True)), KINDS)[UP]
    assert (state.status, state.drifted, state.expected_fp) == (Status.LOCKED, False, expected(shot(), UP))


def test_locked_wins_over_blocked_and_still_names_the_input() -> None:
    canvas = do(shot(), SetLocked(node=UP, locked=True), Disconnect(wire=WireId("clip.video>up.source")))
    state = derive(canvas, KINDS)[UP]
    assert (state.status, state.drifted, state.blocked_by) == (Status.LOCKED, True, ("source",))


def test_upstream_is_below_an_empty_node_too() -> None:
    canvas = do(board(), add("reference", "prop"), wire("prop.image", "panel.references"))
    assert statuses(canvas)["panel"] == "upstream"


def test_upstream_does_not_pass_a_wire_with_a_take_of_its_own() -> None:
    canvas = do(stale_up(), SetWireTake(wire=WireId("up.video>up2.source"), take=TakeId("up/2")))
    assert statuses(canvas) == {"clip": "fresh", "up": "stale", "up2": "fresh", "cut": "fresh"}


def test_stale_stays_stale_below_another_stale_node() -> None:
    canvas = do(stale_up(), SetParam(node=UP2, name="scale", value=4))
    assert statuses(canvas) == {"clip": "fresh", "up": "stale", "up2": "stale", "cut": "upstream"}


def test_a_stale_node_on_one_branch_leaves_the_other_branch_alone() -> None:
    canvas = do(stale_up(), add("upscale", "side"), wire("clip.video", "side.source"))
    assert statuses(with_take(canvas, "side", 70))["side"] == "fresh"


def test_a_node_of_a_kind_that_is_not_installed_is_blocked_with_a_sentence() -> None:
    fewer = {key: kind for key, kind in KINDS.items() if key != "upscale"}
    states = derive(shot(), fewer)
    assert states[UP].status is Status.BLOCKED
    assert "upscale" in states[UP].problem
    assert states[CLIP].status is Status.FRESH
    assert states[CUT].status is Status.UPSTREAM


def test_a_node_with_an_impossible_parameter_does_not_stop_the_pass() -> None:
    canvas = shot()
    broken = canvas.nodes[UP].model_copy(update={"params": {"scale": 3}})
    states = derive(canvas.with_node(broken), KINDS)
    assert (states[UP].status, states[CLIP].status) == (Status.BLOCKED, Status.FRESH)
    assert "must be one of 2, 4" in states[UP].problem


def test_a_circular_canvas_from_a_broken_file_is_refused() -> None:
    canvas = shot()
    back = Wire(id=WireId("back"), src_node=UP2, src_port="video", dst_node=UP, dst_port="source")
    with pytest.raises(CycleError):
        derive(canvas.with_wire(back), KINDS)


def test_a_wire_from_nowhere_is_refused() -> None:
    stray = Wire(id=WireId("stray"), src_node=NodeId("ghost"), src_port="video", dst_node=UP, dst_port="source")
    with pytest.raises(CycleError):
        derive(shot().with_wire(stray), KINDS)


def test_a_chain_of_5000_nodes_needs_no_recursion() -> None:
    names = [NodeId(f"n{number}") for number in range(5001)]
    kinds = ["source_clip", *["upscale"] * 5000]
    wires = [
        Wire(id=WireId(target), src_node=source, src_port="video", dst_node=target, dst_port="source")
        for source, target in pairwise(names)
    ]
    # Written down last to first, so that no lucky order helps.
    nodes = [Node(id=name, kind=kind, params={}) for name, kind in zip(names, kinds, strict=True)][::-1]
    canvas = Canvas(id=EMPTY.id, nodes={node.id: node for node in nodes}, wires={wire.id: wire for wire in wires})
    states = derive(canvas, KINDS)
    assert states[names[0]].status is Status.EMPTY
    assert {states[name].status for name in names[1:]} == {Status.BLOCKED}


def test_one_nodes_state_reads_upstream_as_fresh() -> None:
    assert state_of(stale_up(), UP2, KINDS).status is Status.FRESH
    assert state_of(stale_up(), UP, KINDS) == derive(stale_up(), KINDS)[UP]


def test_why_stale_compares_with_the_recipe_of_the_pin() -> None:
    assert why_stale(stale_up(), UP, KINDS) == (Change(path="params.scale", before=2, after=4),)
    assert why_stale(shot(), UP, KINDS) == ()
    assert why_stale(with_import(shot(), "up", 50), UP, KINDS) == ()


def test_expected_is_what_a_recipe_taken_now_would_hash_to() -> None:
    canvas = stale_up()
    for node in (UP, UP2, CUT):
        assert expected(canvas, node) == fingerprint(recipe_of(canvas, node, KINDS))


def test_what_makes_nothing_stays_fresh_below_a_change() -> None:
    screen = NodeKind(
        key="screen",
        title="Screen",
        category="deterministic",
        inputs=(Port(name="shown", types=frozenset({"video"})),),
    )
    kinds = {**KINDS, "screen": screen}
    canvas = do(shot(), add("screen", "screen"), wire("up2.video", "screen.shown"), kinds=kinds)
    before = derive_next(None, canvas, kinds)
    edited = do(canvas, SetParam(node=NodeId("up"), name="scale", value=4), kinds=kinds)
    after = derive_next(before, edited, kinds).states
    assert (after[NodeId("up2")].status, after[NodeId("screen")].status) == (Status.UPSTREAM, Status.FRESH)
    assert after == derive(edited, kinds)
