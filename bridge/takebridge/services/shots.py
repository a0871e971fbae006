"""The film in its order: which nodes are its shots, one after the other, and the ops that put them into another order.

Pure: a canvas in, an order out. The order is that of the wires into the export node; without one that has clips, of
the storyboard's panels; without either, of the numbers people write into titles, then of the places on the canvas.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from takebridge.canvas.graph import WiresIn, all_wires_in, wires_into
from takebridge.canvas.model import Canvas, Kinds, Node, Wire
from takebridge.canvas.op_types import Reorder
from takebridge.canvas.wiring import get_node, name_of
from takebridge.errors import PreconditionError, UsageError
from takebridge.ids import NodeId

ORDERED: dict[str, str] = {"nle_export": "clips", "storyboard": "panels"}
"""Kinds whose wires are a film's order, and the input that has it; the first kind with wires decides."""

_ASIDE = frozenset({"reference", *ORDERED})
"""Kinds that give pictures and are no shots."""

_PICTURES = frozenset({"image", "video"})
_GUIDES = frozenset({"references", "style", "mask", "end_frame"})
"""Inputs that take pictures a shot is made with, rather than the picture it goes on from."""

_DEEPEST = 64
_NUMBER = re.compile(r"[\s._:,/#-]*(?:scene|shot|sc|sh|s)?[\s._#-]*(\d{1,9})([a-z]?)(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One shot in the film's order. ``wire`` brings it in; None where no wire says the order."""

    node: Node
    wire: Wire | None = None


# --- the order ------------------------------------------------------------------------------------------


def leading(canvas: Canvas, export: NodeId | None = None) -> Node | None:
    """Return the node whose wires are the film's order: the one asked for, else an export, else a storyboard, with
    something wired to it. Of several the first from left to right, then from top to bottom. None: there is none.

    Raises UnknownNodeError, and UsageError for a node that orders nothing.
    """
    if export is not None:
        return _must_order(canvas, get_node(canvas, export))
    fed = {(wire.dst_node, wire.dst_port) for wire in canvas.wires.values()}
    for kind, port in ORDERED.items():
        found = [node for node in canvas.nodes.values() if node.kind == kind and (node.id, port) in fed]
        if found:
            return min(found, key=_place)
    return None


def film_order(canvas: Canvas, kinds: Kinds, export: NodeId | None = None) -> tuple[Step, ...]:
    """Return the shots of the film in their order; a node wired twice is there twice. Raises as `leading`."""
    lead = leading(canvas, export)
    if lead is not None:
        return tuple(Step(canvas.nodes[wire.src_node], wire) for wire in ordering_wires(canvas, lead))
    wires_in = all_wires_in(canvas)
    return tuple(Step(node) for node in sorted(_ends(canvas, kinds), key=lambda node: _numbered(wires_in, node)))


def ordering_wires(canvas: Canvas, lead: Node) -> tuple[Wire, ...]:
    """Return the wires that are the order of an export or storyboard, first shot first."""
    return tuple(wire for wire in wires_into(canvas, lead.id) if wire.dst_port == ORDERED[lead.kind])


def order_ops(canvas: Canvas, export: NodeId, nodes: Sequence[NodeId]) -> list[Reorder]:
    """Return the ops that bring the shots of an export (or storyboard) into this order; none when they have it.

    ``nodes`` are all its shots, each as often as it is wired; of a node's several wires the first stays first. Only
    wires that move get another key. Raises UnknownNodeError, UsageError for a node that orders nothing, and
    PreconditionError when the shots are others: somebody added or removed one meanwhile.
    """
    lead = _must_order(canvas, get_node(canvas, export))
    wires = ordering_wires(canvas, lead)
    _must_match(canvas, lead, Counter(wire.src_node for wire in wires), Counter(nodes))
    waiting: defaultdict[NodeId, list[Wire]] = defaultdict(list)
    for wire in wires:
        waiting[wire.src_node].append(wire)
    wanted = [waiting[node].pop(0) for node in nodes]
    if wanted == list(wires):
        return []
    return [Reorder(wire=w.id, order=key) for w, key in zip(wanted, _keys(wires), strict=True) if w.order != key]


def _keys(wires: Sequence[Wire]) -> list[int]:
    """Return ascending order keys: those in use where they differ, so that few wires are touched."""
    used = [wire.order for wire in wires]
    return used if all(a < b for a, b in pairwise(used)) else list(range(len(wires)))


def _must_order(canvas: Canvas, node: Node) -> Node:
    if node.kind in ORDERED:
        return node
    there = [name_of(one) for one in sorted(canvas.nodes.values(), key=_place) if one.kind in ORDERED]
    listed = f"It has: {', '.join(there[:6])}." if there else "Add an “Export to editor” node and wire the shots in."
    raise UsageError(f"“{name_of(node)}” is neither an export nor a storyboard.", hint=listed, node=node.id)


def _must_match(canvas: Canvas, lead: Node, there: Counter[NodeId], asked: Counter[NodeId]) -> None:
    for node in asked:
        get_node(canvas, node)
    more, less = asked - there, there - asked
    if not more and not less:
        return
    node = next(iter(more or less))
    what = "is wired to it less often than the order names it" if more else "is missing in the order"
    raise PreconditionError(
        f"The order does not name the shots of “{name_of(lead)}”: “{name_of(canvas.nodes[node])}” {what}.",
        hint="Load the shots again: somebody may have added or removed one.",
        node=node,
    )


# --- without an export ----------------------------------------------------------------------------------


def _ends(canvas: Canvas, kinds: Kinds) -> list[Node]:
    """Return the nodes that give a picture and feed no other such node."""
    shots = {node.id for node in canvas.nodes.values() if node.kind not in _ASIDE and _gives_picture(node, kinds)}
    inner = {wire.src_node for wire in canvas.wires.values() if wire.dst_node in shots}
    return [node for node in canvas.nodes.values() if node.id in shots - inner]


def _gives_picture(node: Node, kinds: Kinds) -> bool:
    kind = kinds.get(node.kind)
    return kind is not None and any(port.types & _PICTURES and not port.parts for port in kind.outputs)


def shot_number(text: str) -> tuple[tuple[int, str], ...]:
    """Return the numbers a title begins with: ``S01A Deck`` is ((1, "a"),), ``Scene 2, shot 10`` ((2, ""), (10, "")).

    A number further on says something else ("Ines at 50 mm"): nothing is returned for it.
    """
    found: list[tuple[int, str]] = []
    at = 0
    while match := _NUMBER.match(text, at):
        found.append((int(match[1]), match[2].lower()))
        at = match.end()
    return tuple(found)


def _numbered(wires_in: WiresIn, node: Node) -> tuple[bool, tuple[tuple[int, str], ...], tuple[int, int, str]]:
    number = shot_number(node.title) or shot_number(script_part(wires_in, node)[1])
    return not number, number, _place(node)


def _place(node: Node) -> tuple[int, int, str]:
    return node.x, node.y, node.id


# --- where a shot comes from ----------------------------------------------------------------------------


def lineage(canvas: Canvas, wires_in: WiresIn, node: Node, kinds: Kinds) -> Iterator[Node]:
    """Yield the node and the nodes whose picture it goes on from, nearest first; guides and references are none."""
    seen: set[NodeId] = set()
    waiting = deque([node])
    while waiting and len(seen) < _DEEPEST:
        here = waiting.popleft()
        if here.id in seen:
            continue
        seen.add(here.id)
        yield here
        into = (wire for wire in wires_in.get(here.id, ()) if _goes_on(here, wire, kinds))
        waiting.extend(canvas.nodes[wire.src_node] for wire in into)


def _goes_on(node: Node, wire: Wire, kinds: Kinds) -> bool:
    kind = kinds.get(node.kind)
    port = kind.input(wire.dst_port) if kind else None
    return wire.dst_port not in _GUIDES and (port is None or bool(port.types & _PICTURES))


def script_part(wires_in: WiresIn, node: Node) -> tuple[Wire | None, str]:
    """Return the wire that brings a shot (else a scene) of a script, and its id there: ``s01a``; "" without one."""
    for kind in ("shot", "scene"):
        for wire in wires_in.get(node.id, ()):
            port, _, part = wire.src_port.partition(".")
            if port == kind and part and wire.dst_port == "direction":
                return wire, part
    return None, ""
