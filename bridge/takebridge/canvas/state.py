"""What every node's state is: derived in one pass, never stored (docs/canvas.md §1).

Inputs are pinned takes, so an edit makes exactly one ring STALE. What hangs further down is only UPSTREAM
until somebody pins a take with other content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from takebridge.canvas.fingerprint import Change, expectation, explain, kind_of, recipe_of
from takebridge.canvas.graph import WiresIn, all_wires_in, fed_nodes, topological, wires_into
from takebridge.canvas.model import Canvas, Kinds, Node, Wire
from takebridge.errors import UsageError
from takebridge.ids import NodeId


class Status(StrEnum):
    """State of a node; docs/canvas.md §1 has the rules."""

    EMPTY = "empty"
    BLOCKED = "blocked"
    FRESH = "fresh"
    STALE = "stale"
    ACCEPTED = "accepted"
    LOCKED = "locked"
    UPSTREAM = "upstream"


_UNSETTLED = frozenset({Status.EMPTY, Status.BLOCKED, Status.STALE, Status.UPSTREAM})
"""States that will probably bring another take, and so make FRESH nodes below UPSTREAM."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node's state.

    ``expected_fp`` is None for constant nodes and while an input is missing. ``drifted`` says that a locked
    node's pin was made for another recipe. ``blocked_by`` names the required inputs without a take.
    ``problem`` is a sentence when the node itself is broken (kind not installed, impossible parameter).
    """

    status: Status
    expected_fp: str | None = None
    drifted: bool = False
    blocked_by: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass over a canvas found; the next pass starts from it."""

    canvas: Canvas
    wires_in: WiresIn
    feeds: Mapping[NodeId, Sequence[NodeId]]
    order: Sequence[NodeId]
    states: dict[NodeId, NodeState]


def derive(canvas: Canvas, kinds: Kinds) -> dict[NodeId, NodeState]:
    """Return the state of every node. A broken node is BLOCKED and does not stop the others.

    Raises CycleError for a circular canvas, which no sequence of ops can make.
    """
    return derive_next(None, canvas, kinds).states


def derive_next(last: Pass | None, canvas: Canvas, kinds: Kinds) -> Pass:
    """Derive every state, looking again only at nodes that an edit since ``last`` can have touched.

    The states are exactly those of `derive`. ``last`` must come from the same kinds.
    """
    same_wires = last is not None and last.canvas.wires is canvas.wires
    wires_in = last.wires_in if last and same_wires else all_wires_in(canvas)
    same_graph = last is not None and same_wires and last.canvas.nodes.keys() == canvas.nodes.keys()
    feeds = last.feeds if last and same_wires else fed_nodes(wires_in)
    order = last.order if last and same_graph else topological(canvas, wires_in, feeds)
    touched = _touched(last, canvas, wires_in, feeds) if last else canvas.nodes.keys()
    before = last.states if last else {}
    states: dict[NodeId, NodeState] = {}
    unsettled: set[NodeId] = set()
    for node_id in order:
        wires = wires_in.get(node_id, ())
        if node_id in touched:
            state = _state(canvas, canvas.nodes[node_id], wires, kinds, _reaches(unsettled, wires))
        else:
            state = _resettled(before[node_id], _reaches(unsettled, wires) and _makes(canvas.nodes[node_id], kinds))
        states[node_id] = state
        if state.status in _UNSETTLED:
            unsettled.add(node_id)
    return Pass(canvas, wires_in, feeds, order, states)


def _touched(last: Pass, canvas: Canvas, wires_in: WiresIn, feeds: Mapping[NodeId, Sequence[NodeId]]) -> set[NodeId]:
    """Return the nodes whose own recipe or pin may differ: they, a wire to them, or what feeds them changed.

    Edits share what they do not touch, so identity finds the changes without comparing values.
    """
    was = last.canvas
    edited = {key for key, node in canvas.nodes.items() if was.nodes.get(key) is not node}
    if was.takes is not canvas.takes:
        edited |= {take.node_id for key, take in canvas.takes.items() if was.takes.get(key) is not take}
    touched = set(edited)
    for key in edited:
        touched.update(feeds.get(key, ()))
    if was.wires is not canvas.wires:
        touched |= {key for key, wires in wires_in.items() if last.wires_in.get(key) != wires}
        touched |= last.wires_in.keys() - wires_in.keys()
    return touched & canvas.nodes.keys()


def _makes(node: Node, kinds: Kinds) -> bool:
    # What has no outputs is FRESH whatever feeds it.
    kind = kinds.get(node.kind)
    return kind is not None and bool(kind.outputs)


def _resettled(state: NodeState, unsettled: bool) -> NodeState:
    """Return the state of an untouched node: only what happens above it can still turn FRESH into UPSTREAM, or back."""
    if state.status not in (Status.FRESH, Status.UPSTREAM):
        return state
    status = Status.UPSTREAM if unsettled else Status.FRESH
    return state if status is state.status else replace(state, status=status)


def state_of(canvas: Canvas, node_id: NodeId, kinds: Kinds) -> NodeState:
    """Return one node's state without its ancestors: UPSTREAM reads as FRESH here, see `derive`."""
    node = canvas.nodes[node_id]
    return _state(canvas, node, wires_into(canvas, node_id), kinds, unsettled=False)


def why_stale(canvas: Canvas, node_id: NodeId, kinds: Kinds) -> tuple[Change, ...]:
    """Return what changed since the pinned take was asked for; nothing when it has no recipe of its own.

    Raises what `recipe_of` raises.
    """
    pin = canvas.nodes[node_id].pin
    recipe = canvas.takes[pin].recipe if pin else None
    return explain(recipe, recipe_of(canvas, node_id, kinds)) if recipe else ()


def _reaches(unsettled: set[NodeId], wires: tuple[Wire, ...]) -> bool:
    # A wire with a take of its own does not follow the pin: nothing that happens upstream reaches it.
    if unsettled:
        for wire in wires:
            if wire.src_node in unsettled and wire.take is None:
                return True
    return False


def _state(canvas: Canvas, node: Node, wires: tuple[Wire, ...], kinds: Kinds, unsettled: bool) -> NodeState:
    missing: tuple[str, ...] = ()
    expected = ""
    differs = False
    try:
        kind = kinds.get(node.kind) or kind_of(node, kinds)
        if not kind.outputs:  # notes and groups make nothing: nothing of them can be missing
            return NodeState(Status.LOCKED if node.locked else Status.FRESH)
        if kind.category != "constant":
            expected, missing = expectation(canvas, node, kind, wires)
            differs = node.pin is not None and canvas.takes[node.pin].recipe_fp != expected
    except UsageError as error:
        return NodeState(Status.LOCKED if node.locked else Status.BLOCKED, problem=error.message)
    if node.locked:
        return NodeState(Status.LOCKED, expected or None, differs, missing)
    if missing:
        return NodeState(Status.BLOCKED, None, False, missing)
    return NodeState(_status(node, expected, differs, unsettled), expected or None)


def _status(node: Node, expected: str, differs: bool, unsettled: bool) -> Status:
    if node.pin is None:
        return Status.EMPTY
    if not differs:
        return Status.UPSTREAM if unsettled else Status.FRESH
    return Status.ACCEPTED if (node.pin, expected) in node.accepted else Status.STALE
