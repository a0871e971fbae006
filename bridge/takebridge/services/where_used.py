"""Where references are used: what each feeds, and which shots of the film hang on it in the end."""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.canvas.graph import all_wires_in, fed_nodes
from takebridge.canvas.model import Canvas, Kinds, Node, Wire
from takebridge.canvas.wiring import name_of
from takebridge.ids import NodeId
from takebridge.services.shots import film_order

REFERENCE = "reference"
_SHOWN = ("image", "audio", "style")
"""What a reference is shown by, the first it has."""


@dataclass(frozen=True, slots=True)
class Use:
    """An input a reference is wired to."""

    node: NodeId
    port: str
    title: str


@dataclass(frozen=True, slots=True)
class UsingShot:
    """A shot of the film that hangs on a reference, however many nodes lie between. ``rank`` counts from 0."""

    node: NodeId
    rank: int
    title: str


@dataclass(frozen=True, slots=True)
class ReferenceUse:
    """A reference with everything that uses it. ``content`` is its picture, else its sound or words, "" without."""

    node: NodeId
    title: str
    role: str
    content: str
    shows: str
    used_by: tuple[Use, ...]
    shots: tuple[UsingShot, ...]


def where_used(canvas: Canvas, kinds: Kinds, export: NodeId | None = None) -> tuple[ReferenceUse, ...]:
    """Return every reference of the canvas, from left to right, then from top to bottom.

    Raises as `takebridge.services.shots.leading` for an ``export`` that is none.
    """
    feeds = fed_nodes(all_wires_in(canvas))
    wires_out: dict[NodeId, list[Wire]] = {}
    for wire in canvas.wires.values():
        wires_out.setdefault(wire.src_node, []).append(wire)
    film = film_order(canvas, kinds, export)
    ranks: dict[NodeId, list[int]] = {}
    for rank, step in enumerate(film):
        ranks.setdefault(step.node.id, []).append(rank)
    found = sorted((n for n in canvas.nodes.values() if n.kind == REFERENCE), key=lambda n: (n.x, n.y, n.id))
    used = []
    for node in found:
        hanging = sorted(rank for below in _below(feeds, node.id) for rank in ranks.get(below, ()))
        shots = (UsingShot(film[rank].node.id, rank, name_of(film[rank].node)) for rank in hanging)
        content, shows = _content(canvas, node)
        role = node.params.get("role")
        used.append(
            ReferenceUse(
                node=node.id,
                title=name_of(node),
                role=role if isinstance(role, str) else _default_role(kinds),
                content=content,
                shows=shows,
                used_by=_uses(canvas, wires_out.get(node.id, [])),
                shots=tuple(shots),
            )
        )
    return tuple(used)


def _below(feeds: dict[NodeId, list[NodeId]], start: NodeId) -> set[NodeId]:
    """Return the node and all that hangs on it."""
    seen, waiting = {start}, [start]
    while waiting:
        for node in feeds.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


def _uses(canvas: Canvas, wires: list[Wire]) -> tuple[Use, ...]:
    nodes = canvas.nodes
    wires.sort(key=lambda wire: (nodes[wire.dst_node].x, nodes[wire.dst_node].y, wire.dst_node, wire.dst_port, wire.id))
    return tuple(Use(wire.dst_node, wire.dst_port, name_of(nodes[wire.dst_node])) for wire in wires)


def _content(canvas: Canvas, node: Node) -> tuple[str, str]:
    take = canvas.takes.get(node.pin) if node.pin else None
    for name in _SHOWN:
        if take is not None and name in take.outputs:
            return take.outputs[name].content, name
    return "", ""


def _default_role(kinds: Kinds) -> str:
    kind = kinds.get(REFERENCE)
    spec = kind.param("role") if kind else None
    return str(spec.default) if spec else ""
