"""Walks over the wires. Iterative throughout: a chain of 5,000 nodes is an ordinary canvas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from takebridge.canvas.model import Canvas, Wire
from takebridge.errors import CycleError
from takebridge.ids import NodeId

WiresIn = Mapping[NodeId, tuple[Wire, ...]]
"""The wires into each node, sorted by port and then by order."""


def sorted_wires(wires: Iterable[Wire]) -> tuple[Wire, ...]:
    """Sort wires as a recipe counts them: by port, then order key; the id settles equal keys."""
    return tuple(sorted(wires, key=lambda wire: (wire.dst_port, wire.order, wire.id)))


def wires_into(canvas: Canvas, node_id: NodeId) -> tuple[Wire, ...]:
    """Return the wires into one node, in recipe order."""
    return sorted_wires(wire for wire in canvas.wires.values() if wire.dst_node == node_id)


def all_wires_in(canvas: Canvas) -> dict[NodeId, tuple[Wire, ...]]:
    """Return the wires into every node that has some, in recipe order."""
    found: dict[NodeId, list[Wire]] = {}
    for wire in canvas.wires.values():
        found.setdefault(wire.dst_node, []).append(wire)
    return {node: sorted_wires(wires) if len(wires) > 1 else tuple(wires) for node, wires in found.items()}


def fed_nodes(wires_in: WiresIn) -> dict[NodeId, list[NodeId]]:
    """Return the nodes that each node feeds, once for each wire."""
    feeds: dict[NodeId, list[NodeId]] = {}
    for node, wires in wires_in.items():
        for wire in wires:
            feeds.setdefault(wire.src_node, []).append(node)
    return feeds


def topological(
    canvas: Canvas, wires_in: WiresIn, feeds: Mapping[NodeId, Sequence[NodeId]] | None = None
) -> list[NodeId]:
    """Return every node after the nodes that feed it. Raises CycleError on a circular canvas.

    ``feeds`` is `fed_nodes` of these wires, where it is known already.
    """
    missing = {node: len(wires) for node, wires in wires_in.items()}
    feeds = fed_nodes(wires_in) if feeds is None else feeds
    # A stack, not a queue: going down a branch first touches neighbours in memory (a fifth faster).
    ready = [node for node in canvas.nodes if node not in missing][::-1]
    order: list[NodeId] = []
    while ready:
        node = ready.pop()
        order.append(node)
        for fed in feeds.get(node, ()):
            missing[fed] -= 1
            if not missing[fed]:
                ready.append(fed)
    if len(order) != len(canvas.nodes):
        raise CycleError(f"The canvas {canvas.id} is circular or has a wire from nowhere.", canvas=canvas.id)
    return order


def path_between(canvas: Canvas, start: NodeId, goal: NodeId) -> tuple[NodeId, ...]:
    """Return the nodes of a shortest way along the wires, ``start`` and ``goal`` included, or nothing."""
    feeds: dict[NodeId, list[NodeId]] = {}
    for wire in canvas.wires.values():
        feeds.setdefault(wire.src_node, []).append(wire.dst_node)
    came_from: dict[NodeId, NodeId | None] = {start: None}
    queue = [start]
    for node in queue:  # grows while it is walked
        if node == goal:
            return _trace(came_from, goal)
        for fed in feeds.get(node, ()):
            if fed not in came_from:
                came_from[fed] = node
                queue.append(fed)
    return ()


def _trace(came_from: Mapping[NodeId, NodeId | None], goal: NodeId) -> tuple[NodeId, ...]:
    path: list[NodeId] = []
    step: NodeId | None = goal
    while step is not None:
        path.append(step)
        step = came_from[step]
    return tuple(reversed(path))
