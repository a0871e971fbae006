"""Edits of a canvas: ``apply`` checks an op, makes the new canvas and the op that undoes it.

Nothing is half done: an op either raises a UsageError that names the node, or applies whole. Undo of an op is
its inverse applied to the canvas it left; only `AddTake` leaves a trace, the hidden take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from takebridge.canvas.fingerprint import check_param, filled_params, fingerprint, kind_of, recipe_of
from takebridge.canvas.inserting import check_group, check_range, check_take, insert_graph, remove_nodes
from takebridge.canvas.model import MAX_NODES, Canvas, Kinds, Node, NodeKind, ParamValue, Take, Value, Wire
from takebridge.canvas.op_types import (
    OP,
    Accept,
    AddNode,
    AddTake,
    Connect,
    Disconnect,
    InsertGraph,
    MoveNode,
    Op,
    Pin,
    RateTake,
    RemoveNode,
    RemoveNodes,
    Reorder,
    RestoreNode,
    SetBestRange,
    SetCanvasTitle,
    SetGroup,
    SetLocked,
    SetModel,
    SetParam,
    SetPolicy,
    SetTakeHidden,
    SetTitle,
    SetWireTake,
    Unaccept,
)
from takebridge.canvas.wiring import check_take_of, check_wire, get_node, get_take, get_wire, name_of
from takebridge.errors import (
    PreconditionError,
    UnknownModelError,
    UnknownNodeError,
)
from takebridge.ids import NodeId

__all__ = [
    "OP",
    "Accept",
    "AddNode",
    "AddTake",
    "Applied",
    "AppliedAll",
    "Connect",
    "Disconnect",
    "InsertGraph",
    "MoveNode",
    "Op",
    "Pin",
    "RateTake",
    "RemoveNode",
    "RemoveNodes",
    "Reorder",
    "RestoreNode",
    "SetBestRange",
    "SetCanvasTitle",
    "SetGroup",
    "SetLocked",
    "SetModel",
    "SetParam",
    "SetPolicy",
    "SetTakeHidden",
    "SetTitle",
    "SetWireTake",
    "Unaccept",
    "apply",
    "apply_all",
]


class Applied(Value):
    """The canvas after an op, and the op that undoes it."""

    canvas: Canvas
    inverse: Op


class AppliedAll(Value):
    """The canvas after several ops, and the ops that undo them, in the order to apply them."""

    canvas: Canvas
    inverses: tuple[Op, ...]


def apply(canvas: Canvas, op: Op, kinds: Kinds) -> Applied:
    """Return the canvas after the op, and its inverse. Raises a UsageError when the op cannot be applied."""
    after, inverse = _HANDLERS[type(op)](canvas, op, kinds)
    return Applied.model_construct(canvas=after, inverse=inverse)


def apply_all(canvas: Canvas, ops: Iterable[Op], kinds: Kinds) -> AppliedAll:
    """Apply all ops or, when one cannot be, none."""
    inverses: list[Op] = []
    for op in ops:
        applied = apply(canvas, op, kinds)
        canvas = applied.canvas
        inverses.insert(0, applied.inverse)
    return AppliedAll.model_construct(canvas=canvas, inverses=tuple(inverses))


Done = tuple[Canvas, Op]


# --- nodes ----------------------------------------------------------------------------------------------


def _add_node(canvas: Canvas, op: AddNode, kinds: Kinds) -> Done:
    _check_new(canvas, op.id)
    if len(canvas.nodes) >= MAX_NODES:
        raise PreconditionError(
            f"A canvas holds at most {MAX_NODES:,} nodes.", hint="Start another canvas.", node=op.id
        )
    if any(take.node_id == op.id for take in canvas.takes.values()):
        raise PreconditionError(
            f"“{op.id}” is the id of a removed node.", hint="Use a new id, or undo the removal.", node=op.id
        )
    if op.kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise UnknownNodeError(f"There is no node kind “{op.kind}”.", hint=f"Installed kinds: {known}.", node=op.id)
    kind = kinds[op.kind]
    if op.model:
        _check_binds_model(kind, op.id)
    node = Node(
        id=op.id,
        kind=op.kind,
        title=op.title or kind.title,
        x=op.x,
        y=op.y,
        params=filled_params(kind, op.params),
        model=op.model or kind.default_model,
    )
    return canvas.with_node(node), RemoveNode(node=op.id)


def _remove_node(canvas: Canvas, op: RemoveNode, kinds: Kinds) -> Done:
    return remove_nodes(canvas, RemoveNodes(nodes=(op.node,)), kinds)


def _restore_node(canvas: Canvas, op: RestoreNode, kinds: Kinds) -> Done:
    return insert_graph(canvas, InsertGraph(nodes=(op.node,), wires=op.wires), kinds)


def _set_param(canvas: Canvas, op: SetParam, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    kind = kind_of(node, kinds)
    params: dict[str, ParamValue] = dict(node.params)
    before = params.pop(op.name, None)
    if op.value is not None:
        check_param(kind, op.name, op.value)
        params[op.name] = op.value
    elif before is None and kind.param(op.name) is None:
        check_param(kind, op.name, op.value)
    return _changed(canvas, node, params=params), SetParam(node=op.node, name=op.name, value=before)


def _set_title(canvas: Canvas, op: SetTitle, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    return _changed(canvas, node, title=op.title), SetTitle(node=op.node, title=node.title)


def _move_node(canvas: Canvas, op: MoveNode, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    return _changed(canvas, node, x=op.x, y=op.y), MoveNode(node=op.node, x=node.x, y=node.y)


def _set_model(canvas: Canvas, op: SetModel, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    if op.model:
        _check_binds_model(kind_of(node, kinds), op.node)
    return _changed(canvas, node, model=op.model), SetModel(node=op.node, model=node.model)


def _set_locked(canvas: Canvas, op: SetLocked, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    return _changed(canvas, node, locked=op.locked), SetLocked(node=op.node, locked=node.locked)


def _set_policy(canvas: Canvas, op: SetPolicy, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    return _changed(canvas, node, policy=op.policy), SetPolicy(node=op.node, policy=node.policy)


def _set_group(canvas: Canvas, op: SetGroup, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    if op.group is not None:
        check_group(canvas, op.node, op.group, kinds)
    return _changed(canvas, node, group=op.group), SetGroup(node=op.node, group=node.group)


def _set_canvas_title(canvas: Canvas, op: SetCanvasTitle, kinds: Kinds) -> Done:
    return canvas.model_copy(update={"title": op.title}), SetCanvasTitle(title=canvas.title or "Canvas")


# --- wires ----------------------------------------------------------------------------------------------


def _connect(canvas: Canvas, op: Connect, kinds: Kinds) -> Done:
    order = op.order
    if order is None:
        there = (w for w in canvas.wires.values() if (w.dst_node, w.dst_port) == (op.dst_node, op.dst_port))
        order = 1 + max((wire.order for wire in there), default=-1)
    # Names are checked against the kinds, with a better message than a pattern could give.
    wire = Wire.model_construct(
        id=op.id,
        src_node=op.src_node,
        src_port=op.src_port,
        dst_node=op.dst_node,
        dst_port=op.dst_port,
        order=order,
        take=op.take,
    )
    return _laid(canvas, wire, kinds), Disconnect(wire=op.id)


def _disconnect(canvas: Canvas, op: Disconnect, kinds: Kinds) -> Done:
    wire = get_wire(canvas, op.wire)
    after = canvas.model_copy(update={"wires": {key: w for key, w in canvas.wires.items() if key != op.wire}})
    return after, Connect(**wire.model_dump())


def _reorder(canvas: Canvas, op: Reorder, kinds: Kinds) -> Done:
    wire = get_wire(canvas, op.wire)
    after = canvas.with_wire(wire.model_copy(update={"order": op.order}))
    return after, Reorder(wire=op.wire, order=wire.order)


def _set_wire_take(canvas: Canvas, op: SetWireTake, kinds: Kinds) -> Done:
    wire = get_wire(canvas, op.wire)
    if op.take is not None:
        check_take_of(canvas, op.take, wire.src_node)
    after = canvas.with_wire(wire.model_copy(update={"take": op.take}))
    return after, SetWireTake(wire=op.wire, take=wire.take)


# --- pins -----------------------------------------------------------------------------------------------


def _pin(canvas: Canvas, op: Pin, kinds: Kinds) -> Done:
    node = get_node(canvas, op.node)
    if node.pin != op.expected:
        raise PreconditionError(
            f"Somebody pinned another take of “{name_of(node)}” in the meantime.",
            node=op.node,
            take=node.pin,
            expected=op.expected,
        )
    if op.take is not None:
        check_take_of(canvas, op.take, op.node)
    return _changed(canvas, node, pin=op.take), Pin(node=op.node, take=node.pin, expected=op.take)


def _accept(canvas: Canvas, op: Accept, kinds: Kinds) -> Done:
    node = _check_verdict(canvas, op, kinds)
    pair = (op.take, op.fp)
    inverse: Op = op if pair in node.accepted else Unaccept(node=op.node, take=op.take, fp=op.fp)
    return _changed(canvas, node, accepted=node.accepted | {pair}), inverse


def _unaccept(canvas: Canvas, op: Unaccept, kinds: Kinds) -> Done:
    node = _check_verdict(canvas, op, kinds)
    pair = (op.take, op.fp)
    inverse: Op = Accept(node=op.node, take=op.take, fp=op.fp) if pair in node.accepted else op
    return _changed(canvas, node, accepted=node.accepted - {pair}), inverse


def _check_verdict(canvas: Canvas, op: Accept | Unaccept, kinds: Kinds) -> Node:
    node = get_node(canvas, op.node)
    if node.pin != op.take:
        raise PreconditionError(f"The pin of “{name_of(node)}” is another take by now.", node=op.node, take=node.pin)
    if kind_of(node, kinds).category == "constant":
        raise PreconditionError(
            f"“{name_of(node)}” cannot go stale: there is nothing to accept.", hint="", node=op.node
        )
    if fingerprint(recipe_of(canvas, op.node, kinds)) != op.fp:
        raise PreconditionError(f"The recipe of “{name_of(node)}” has changed in the meantime.", node=op.node)
    return node


# --- takes ----------------------------------------------------------------------------------------------


def _add_take(canvas: Canvas, op: AddTake, kinds: Kinds) -> Done:
    take = op.take
    if take.id in canvas.takes:
        raise PreconditionError(f"Take “{take.id}” exists; a take is written once.", node=take.node_id, take=take.id)
    if take.node_id in canvas.nodes or take.job_id is None:
        # What a job made for a node that was removed meanwhile is kept as an orphan: it may have cost money.
        check_take(kind_of(get_node(canvas, take.node_id), kinds), take)
    if take.seq != (due := canvas.next_seq(take.node_id)):
        raise PreconditionError(
            f"Take {take.seq} cannot follow; the next one is {due}.", node=take.node_id, take=take.id
        )
    return canvas.with_take(take), SetTakeHidden(take=take.id, hidden=True)


def _set_take_hidden(canvas: Canvas, op: SetTakeHidden, kinds: Kinds) -> Done:
    take = get_take(canvas, op.take)
    if op.hidden:
        _check_unused(canvas, take)
    after = canvas.with_take(take.model_copy(update={"hidden": op.hidden}))
    return after, SetTakeHidden(take=op.take, hidden=take.hidden)


def _check_unused(canvas: Canvas, take: Take) -> None:
    owner = canvas.nodes.get(take.node_id)
    if owner is not None and owner.pin == take.id:
        raise PreconditionError(
            f"Take {take.seq} of “{name_of(owner)}” is pinned.",
            hint="Pin another take first.",
            node=owner.id,
            take=take.id,
        )
    for wire in canvas.wires.values():
        if wire.take == take.id:
            raise PreconditionError(
                f"A wire to “{name_of(canvas.nodes[wire.dst_node])}” carries take {take.seq}.",
                hint="Let the wire follow the pin first.",
                node=wire.dst_node,
                wire=wire.id,
                take=take.id,
            )


def _rate_take(canvas: Canvas, op: RateTake, kinds: Kinds) -> Done:
    take = get_take(canvas, op.take)
    after = canvas.with_take(take.model_copy(update={"rating": op.rating}))
    return after, RateTake(take=op.take, rating=take.rating)


def _set_best_range(canvas: Canvas, op: SetBestRange, kinds: Kinds) -> Done:
    take = get_take(canvas, op.take)
    if op.best is not None:
        check_range(take, op.best)
    after = canvas.with_take(take.model_copy(update={"best": op.best}))
    return after, SetBestRange(take=op.take, best=take.best)


# --- pieces ---------------------------------------------------------------------------------------------


def _check_new(canvas: Canvas, node_id: NodeId) -> None:
    if node_id in canvas.nodes:
        raise PreconditionError(f"There already is a node “{node_id}”.", hint="Use a new id.", node=node_id)


def _check_binds_model(kind: NodeKind, node_id: NodeId) -> None:
    if kind.models is None:
        raise UnknownModelError(f"{kind.title} nodes run without a model.", hint="Leave the model empty.", node=node_id)


def _laid(canvas: Canvas, wire: Wire, kinds: Kinds) -> Canvas:
    if wire.id in canvas.wires:
        raise PreconditionError(f"There already is a wire “{wire.id}”.", hint="Use a new id.", wire=wire.id)
    check_wire(canvas, wire, kinds)
    return canvas.with_wire(wire)


def _changed(canvas: Canvas, node: Node, **fields: object) -> Canvas:
    return canvas.with_node(node.model_copy(update=fields))


_HANDLERS: Mapping[type[Value], Callable[[Canvas, Any, Kinds], Done]] = {
    AddNode: _add_node,
    RemoveNode: _remove_node,
    RemoveNodes: remove_nodes,
    InsertGraph: insert_graph,
    RestoreNode: _restore_node,
    SetParam: _set_param,
    SetTitle: _set_title,
    MoveNode: _move_node,
    SetModel: _set_model,
    SetPolicy: _set_policy,
    SetGroup: _set_group,
    SetCanvasTitle: _set_canvas_title,
    Connect: _connect,
    Disconnect: _disconnect,
    Reorder: _reorder,
    SetWireTake: _set_wire_take,
    Pin: _pin,
    Accept: _accept,
    Unaccept: _unaccept,
    SetLocked: _set_locked,
    AddTake: _add_take,
    SetTakeHidden: _set_take_hidden,
    RateTake: _rate_take,
    SetBestRange: _set_best_range,
}
