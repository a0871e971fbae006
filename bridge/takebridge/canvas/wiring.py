"""What an op may name: nodes, wires and takes that exist; ports that fit; no way back to the start."""

from __future__ import annotations

import re

from takebridge.canvas.fingerprint import kind_of
from takebridge.canvas.graph import path_between
from takebridge.canvas.model import Canvas, Kinds, Node, NodeKind, Port, Take, Wire
from takebridge.errors import CycleError, InvalidWireError, UnknownNodeError, UnknownTakeError
from takebridge.ids import NodeId, TakeId, WireId

_PART = re.compile(r"[a-z][a-z0-9_.]{0,63}")
"""What a stored wire may name (`takebridge.canvas.model.Key`): a part comes from whoever lays the wire."""


def get_node(canvas: Canvas, node_id: NodeId) -> Node:
    """Return the node. Raises UnknownNodeError."""
    node = canvas.nodes.get(node_id)
    if node is None:
        removed = any(take.node_id == node_id for take in canvas.takes.values())
        raise UnknownNodeError(
            f"There is no node “{node_id}” on this canvas.",
            hint="It was removed; undo brings it back with its takes." if removed else "Reload the canvas.",
            node=node_id,
        )
    return node


def get_wire(canvas: Canvas, wire_id: WireId) -> Wire:
    """Return the wire. Raises UnknownNodeError."""
    if wire_id not in canvas.wires:
        raise UnknownNodeError(f"There is no wire “{wire_id}” on this canvas.", hint="Reload the canvas.", wire=wire_id)
    return canvas.wires[wire_id]


def get_take(canvas: Canvas, take_id: TakeId) -> Take:
    """Return the take. Raises UnknownTakeError."""
    if take_id not in canvas.takes:
        raise UnknownTakeError(f"There is no take “{take_id}” on this canvas.", hint="Reload the canvas.", take=take_id)
    return canvas.takes[take_id]


def name_of(node: Node) -> str:
    """Return the node's name in messages."""
    return node.title or node.id


def check_wire(canvas: Canvas, wire: Wire, kinds: Kinds) -> None:
    """Raise UnknownNodeError, InvalidWireError, CycleError or UnknownTakeError when it may not be laid."""
    into = check_ends(canvas, wire, kinds)
    _check_room(canvas, wire, into, canvas.nodes[wire.dst_node])
    _check_acyclic(canvas, wire)


def check_ends(canvas: Canvas, wire: Wire, kinds: Kinds) -> Port:
    """Return the input it goes into; raises as `check_wire`, but looks at this wire alone."""
    source, target = get_node(canvas, wire.src_node), get_node(canvas, wire.dst_node)
    out = _output_port(source, kind_of(source, kinds), wire)
    into = _input_port(target, kind_of(target, kinds), out, wire)
    if not out.types <= into.types:
        raise InvalidWireError(
            f"“{name_of(source)}” gives {_words(out)}; “{into.name}” of “{name_of(target)}” takes {_words(into)}.",
            hint=_what_fits(out, kind_of(target, kinds)),
            node=target.id,
            port=into.name,
        )
    if wire.take is not None:
        check_take_of(canvas, wire.take, source.id)
    return into


def check_take_of(canvas: Canvas, take_id: TakeId, node_id: NodeId) -> None:
    """Raise UnknownTakeError when the take does not exist, belongs to another node or is hidden."""
    name = name_of(get_node(canvas, node_id))
    take = canvas.takes.get(take_id)
    if take is None:
        raise UnknownTakeError(f"“{name}” has no take “{take_id}”.", node=node_id, take=take_id)
    if take.node_id != node_id:
        owner = canvas.nodes.get(take.node_id)
        raise UnknownTakeError(
            f"Take “{take_id}” belongs to “{name_of(owner) if owner else take.node_id}”, not to “{name}”.",
            hint=f"Pick a take from the version tray of “{name}”.",
            node=node_id,
            take=take_id,
        )
    if take.hidden:
        raise UnknownTakeError(
            f"Take {take.seq} of “{name}” is hidden.", hint="Show it first.", node=node_id, take=take_id
        )


def _output_port(node: Node, kind: NodeKind, wire: Wire) -> Port:
    port = kind.output(wire.src_port)
    if port is None or not _PART.fullmatch(wire.src_port):
        raise InvalidWireError(
            f"“{name_of(node)}” has no output “{wire.src_port[:80]}”.",
            hint=_list("outputs", kind.outputs),
            node=node.id,
        )
    return port


def _input_port(node: Node, kind: NodeKind, out: Port, wire: Wire) -> Port:
    port = kind.input(wire.dst_port)
    if port is None:
        raise InvalidWireError(
            f"“{name_of(node)}” has no input “{wire.dst_port}”.", hint=_what_fits(out, kind), node=node.id
        )
    return port


def _check_room(canvas: Canvas, wire: Wire, into: Port, target: Node) -> None:
    there = [w for w in canvas.wires.values() if w.dst_node == wire.dst_node and w.dst_port == wire.dst_port]
    if there and not into.many:
        raise InvalidWireError(
            f"“{into.name}” of “{name_of(target)}” already has a wire.",
            hint="This input takes one: disconnect the wire that is there first.",
            node=target.id,
            port=into.name,
            wire=there[0].id,
        )


def _check_acyclic(canvas: Canvas, wire: Wire) -> None:
    back = path_between(canvas, wire.dst_node, wire.src_node)
    if back:
        names = [name_of(canvas.nodes[node]) for node in (*back, wire.dst_node)]
        raise CycleError(f"This wire would close a circle: {' → '.join(names)}.", node=wire.dst_node)


def _words(port: Port) -> str:
    return " or ".join(sorted(port.types))


def _what_fits(out: Port, kind: NodeKind) -> str:
    fitting = [port.name for port in kind.inputs if out.types <= port.types]
    if fitting:
        return f"For {_words(out)}, {kind.title} has the input {' or '.join(fitting)}."
    return f"No input of {kind.title} takes {_words(out)}. {_list('inputs', kind.inputs)}"


def _list(what: str, ports: tuple[Port, ...]) -> str:
    named = (f"{port.name}{'.<part>' if port.parts else ''} ({_words(port)})" for port in ports)
    return f"Its {what}: {', '.join(named) or 'none'}."
