"""Many nodes at once: pasted, loaded, brought back. All checks first, in one pass; then one new canvas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable

from takebridge.canvas.fingerprint import filled_params, fingerprint, kind_of
from takebridge.canvas.graph import all_wires_in, topological
from takebridge.canvas.model import MAX_NODES, Canvas, FrameRange, Kinds, Node, NodeKind, Take, Wire
from takebridge.canvas.op_types import InsertGraph, RemoveNodes
from takebridge.canvas.wiring import check_ends, check_take_of, get_node, name_of
from takebridge.errors import (
    CycleError,
    InvalidParamError,
    InvalidWireError,
    PreconditionError,
    UnknownModelError,
    UnknownNodeError,
    UnknownTakeError,
    UsageError,
)
from takebridge.ids import NodeId


def insert_graph(canvas: Canvas, op: InsertGraph, kinds: Kinds) -> tuple[Canvas, RemoveNodes]:
    """Return the canvas with the op's parts on it, and what takes them off again. Raises a UsageError."""
    inserted = {node.id for node in op.nodes}
    _check_ids(canvas, op)
    _check_room_for(canvas, len(op.nodes))
    after = canvas.model_copy(
        update={
            "nodes": {**canvas.nodes, **{node.id: node for node in op.nodes}, **_members(canvas, op, inserted)},
            "wires": {**canvas.wires, **{wire.id: wire for wire in op.wires}},
            "takes": {**canvas.takes, **{take.id: take for take in op.takes}},
        }
    )
    for take in op.takes:
        if take.node_id not in inserted:
            raise UnknownTakeError(f"Take “{take.id}” belongs to none of these nodes.", take=take.id)
        check_take(kind_of(after.nodes[take.node_id], kinds), take)
    _check_numbers(canvas, op, inserted)
    for node in op.nodes:
        _check_node(after, node, kinds)
    for member in op.members:
        check_group(after, member, op.members[member], kinds)
    _check_wires(after, op.wires, inserted, kinds)
    return after, RemoveNodes(nodes=tuple(node.id for node in op.nodes))


def remove_nodes(canvas: Canvas, op: RemoveNodes, kinds: Kinds) -> tuple[Canvas, InsertGraph]:
    """Return the canvas without these nodes and their wires, and what brings them back. Raises UnknownNodeError."""
    gone = dict.fromkeys(op.nodes)
    removed = tuple(get_node(canvas, node) for node in gone)
    wires = tuple(wire for wire in canvas.wires.values() if wire.src_node in gone or wire.dst_node in gone)
    dropped = {wire.id for wire in wires}
    left = {key: node for key, node in canvas.nodes.items() if key not in gone}
    members = {key: node.group for key, node in left.items() if node.group in gone}
    left |= {key: left[key].model_copy(update={"group": None}) for key in members}
    kept = {key: wire for key, wire in canvas.wires.items() if key not in dropped}
    back = {key: group for key, group in members.items() if group is not None}
    return canvas.model_copy(update={"nodes": left, "wires": kept}), InsertGraph(
        nodes=removed, wires=wires, members=back
    )


def check_take(kind: NodeKind, take: Take) -> None:
    """Raise UsageError for outputs the kind has not, frames it has not, a fingerprint that is not the recipe's."""
    if not take.outputs or any(kind.output(name) is None for name in take.outputs):
        names = " or ".join(f"{port.name}.<part>" if port.parts else port.name for port in kind.outputs)
        raise InvalidParamError(
            f"Take “{take.id}” brings {', '.join(take.outputs) or 'no file'}, not {names or 'nothing'}.",
            node=take.node_id,
            take=take.id,
        )
    if take.best is not None:
        check_range(take, take.best)
    if take.recipe is not None and fingerprint(take.recipe) != take.recipe_fp:
        raise UsageError(f"The fingerprint of take “{take.id}” is not that of its recipe.", take=take.id)


def check_range(take: Take, best: FrameRange) -> None:
    """Raise PreconditionError for a take without frames, InvalidParamError for a range beyond those it has."""
    counts = (output.facts.get("frame_count") for output in take.outputs.values())
    # The range holds for every output: one that a shorter part does not have could not be cut from it.
    frames = min((count for count in counts if isinstance(count, int) and count > 0), default=None)
    if frames is None:
        raise PreconditionError(
            f"Take {take.seq} has no frames to choose from.",
            hint="A range can be marked on clips.",
            node=take.node_id,
            take=take.id,
        )
    if best.end > frames:
        raise InvalidParamError(
            f"Take {take.seq} has {frames} frames; {best.start} to {best.end} is not within it.",
            node=take.node_id,
            take=take.id,
        )


def _check_room_for(canvas: Canvas, more: int) -> None:
    if len(canvas.nodes) + more > MAX_NODES:
        raise PreconditionError(
            f"A canvas holds at most {MAX_NODES:,} nodes; this one has {len(canvas.nodes):,}.",
            hint="Split the work into several canvases.",
        )


def _check_ids(canvas: Canvas, op: InsertGraph) -> None:
    groups: tuple[tuple[str, list[str], Container[str]], ...] = (
        ("node", [node.id for node in op.nodes], canvas.nodes),
        ("wire", [wire.id for wire in op.wires], canvas.wires),
        ("take", [take.id for take in op.takes], canvas.takes),
    )
    for what, ids, there in groups:
        taken = _first_taken(ids, there)
        if taken is not None:
            raise PreconditionError(f"There already is a {what} “{taken}”.", hint="Use a new id.", **{what: taken})


def _first_taken(ids: Iterable[str], there: Container[str]) -> str | None:
    return next((key for key, count in Counter(ids).items() if count > 1 or key in there), None)


def _members(canvas: Canvas, op: InsertGraph, inserted: set[NodeId]) -> dict[NodeId, Node]:
    """Return the nodes that stayed, in their groups again. Taking the groups off sets them free: no more, no less."""
    members: dict[NodeId, Node] = {}
    for key, group in op.members.items():
        node = get_node(canvas, key)
        if group not in inserted:
            raise UnknownNodeError(f"“{group}” is none of the nodes that are put in.", node=key)
        if node.group is not None:
            raise PreconditionError(
                f"“{name_of(node)}” lies in another group by now.", hint="Take it out of that group first.", node=key
            )
        members[key] = node.model_copy(update={"group": group})
    return members


def _check_numbers(canvas: Canvas, op: InsertGraph, inserted: set[NodeId]) -> None:
    used = {(take.node_id, take.seq) for take in canvas.takes.values() if take.node_id in inserted}
    for take in op.takes:
        if (take.node_id, take.seq) in used:
            raise PreconditionError(
                f"Two takes of “{take.node_id}” are number {take.seq}.", node=take.node_id, take=take.id
            )
        used.add((take.node_id, take.seq))


def _check_node(after: Canvas, node: Node, kinds: Kinds) -> None:
    kind = kind_of(node, kinds)
    try:
        filled_params(kind, node.params)
    except InvalidParamError as error:
        raise InvalidParamError(f"“{name_of(node)}”: {error.message}", hint=error.hint, node=node.id) from error
    if node.model and kind.models is None:
        raise UnknownModelError(f"{kind.title} nodes run without a model.", hint="Leave the model empty.", node=node.id)
    for take in (node.pin, *(take for take, _ in node.accepted)):
        if take is not None and (take not in after.takes or after.takes[take].node_id != node.id):
            raise UnknownTakeError(f"Take “{take}” is not a take of “{name_of(node)}”.", node=node.id, take=take)
    if node.pin is not None:
        check_take_of(after, node.pin, node.id)
    if node.group is not None:
        check_group(after, node.id, node.group, kinds)


def check_group(canvas: Canvas, node_id: NodeId, group: NodeId, kinds: Kinds) -> None:
    """Raise UnknownNodeError or PreconditionError unless the node may lie in ``group``."""
    holder = get_node(canvas, group)
    if holder.kind != "group":
        raise PreconditionError(f"“{name_of(holder)}” is no group.", hint="Choose a group node.", node=node_id)
    if canvas.nodes[node_id].kind == "group":
        raise PreconditionError("A group does not lie in a group.", hint="Move its nodes instead.", node=node_id)


def _check_wires(after: Canvas, wires: tuple[Wire, ...], inserted: set[NodeId], kinds: Kinds) -> None:
    taken = Counter((wire.dst_node, wire.dst_port) for wire in after.wires.values())
    for wire in wires:
        if wire.src_node not in inserted and wire.dst_node not in inserted:
            raise InvalidWireError(f"Wire “{wire.id}” touches none of these nodes.", wire=wire.id)
        if wire.src_node not in after.nodes or wire.dst_node not in after.nodes:
            raise UnknownNodeError(
                f"Wire “{wire.id}” has an end that is not there.",
                hint="Leave the wire out, or bring the node at its other end too.",
                wire=wire.id,
            )
        into = check_ends(after, wire, kinds)
        if not into.many and taken[wire.dst_node, wire.dst_port] > 1:
            raise InvalidWireError(
                f"“{into.name}” of “{name_of(after.nodes[wire.dst_node])}” takes one wire.",
                hint="Leave out all wires to it but one.",
                node=wire.dst_node,
                port=into.name,
                wire=wire.id,
            )
    if wires:
        _check_acyclic(after, inserted)


def _check_acyclic(after: Canvas, inserted: set[NodeId]) -> None:
    try:
        topological(after, all_wires_in(after))
    except CycleError as error:
        first = next(iter(sorted(inserted)))
        raise CycleError("These wires would close a circle.", node=first) from error
