"""What every node's state is: derived in one pass, never stored (docs/canvas.md §1).

Inputs are pinned takes, so an edit makes exactly one ring STALE. What hangs further down is only UPSTREAM
until somebody pins a take with other content.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from takebridge.canvas.fingerprint import (
    Change,
    blocking_ports,
    expected_fingerprint,
    explain,
    feeds_of,
    kind_of,
    recipe_of,
)
from takebridge.canvas.graph import all_wires_in, topological, wires_into
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


def derive(canvas: Canvas, kinds: Kinds) -> dict[NodeId, NodeState]:
    """Return the state of every node. A broken node is BLOCKED and does not stop the others.

    Raises CycleError for a circular canvas, which no sequence of ops can make.
    """
    wires_in = all_wires_in(canvas)
    states: dict[NodeId, NodeState] = {}
    unsettled: set[NodeId] = set()
    for node_id in topological(canvas, wires_in):
        wires = wires_in.get(node_id, ())
        state = _state(canvas, canvas.nodes[node_id], wires, kinds, _reaches(unsettled, wires))
        states[node_id] = state
        if state.status in _UNSETTLED:
            unsettled.add(node_id)
    return states


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
    return bool(unsettled) and any(wire.take is None and wire.src_node in unsettled for wire in wires)


def _state(canvas: Canvas, node: Node, wires: tuple[Wire, ...], kinds: Kinds, unsettled: bool) -> NodeState:
    missing: tuple[str, ...] = ()
    expected: str | None = None
    differs = False
    try:
        kind = kind_of(node, kinds)
        if kind.category != "constant":
            feeds = feeds_of(canvas, wires)
            missing = blocking_ports(kind, wires, feeds)
            expected = None if missing else expected_fingerprint(kind, node, feeds)
            differs = node.pin is not None and canvas.takes[node.pin].recipe_fp != (expected or "")
    except UsageError as error:
        return NodeState(Status.LOCKED if node.locked else Status.BLOCKED, problem=error.message)
    if node.locked:
        return NodeState(Status.LOCKED, expected, differs, missing)
    if missing:
        return NodeState(Status.BLOCKED, None, False, missing)
    return NodeState(_status(node, expected, differs, unsettled), expected)


def _status(node: Node, expected: str | None, differs: bool, unsettled: bool) -> Status:
    if node.pin is None:
        return Status.EMPTY
    if not differs:
        return Status.UPSTREAM if unsettled else Status.FRESH
    return Status.ACCEPTED if (node.pin, expected) in node.accepted else Status.STALE
