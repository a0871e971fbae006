"""Every edit of a canvas as a value: one union, told apart by ``op``, for the network, op log and undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from takebridge.canvas.model import (
    MAX_NODES,
    Coordinate,
    FrameRange,
    Key,
    Node,
    ParamValue,
    Policy,
    RatingField,
    Take,
    Value,
    Wire,
)
from takebridge.ids import NodeId, TakeId, WireId


class AddNode(Value):
    """Put a new node on the canvas. What is left out (parameters, title, model) gets the kind's default."""

    op: Literal["add_node"] = "add_node"
    id: NodeId = Field(min_length=1, max_length=80)
    kind: Key
    title: str = Field(default="", max_length=200)
    x: Coordinate = 0
    y: Coordinate = 0
    params: Mapping[str, ParamValue] = Field(default_factory=dict)
    model: str = ""


class RemoveNode(Value):
    """Take a node and its wires off the canvas. Its takes stay as orphans."""

    op: Literal["remove_node"] = "remove_node"
    node: NodeId


class RemoveNodes(Value):
    """Take several nodes and all their wires off the canvas. Their takes stay as orphans."""

    op: Literal["remove_nodes"] = "remove_nodes"
    nodes: tuple[NodeId, ...] = Field(min_length=1, max_length=MAX_NODES)


class InsertGraph(Value):
    """Put whole nodes, the wires at them and their takes on the canvas, together or not at all.

    For pasted selections, templates and loaded files. Takes that are here already (orphans) come home.
    ``members`` are nodes that stayed and lie in an inserted group again.
    """

    op: Literal["insert_graph"] = "insert_graph"
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=MAX_NODES)
    wires: tuple[Wire, ...] = Field(default=(), max_length=10 * MAX_NODES)
    takes: tuple[Take, ...] = Field(default=(), max_length=10 * MAX_NODES)
    members: Mapping[NodeId, NodeId] = Field(default_factory=dict)


class RestoreNode(Value):
    """Put a removed node back with its wires; its takes come home. Written by release 0.1, read for ever."""

    op: Literal["restore_node"] = "restore_node"
    node: Node
    wires: tuple[Wire, ...] = ()


class SetParam(Value):
    """Set one parameter; None goes back to the kind's default."""

    op: Literal["set_param"] = "set_param"
    node: NodeId
    name: str
    value: ParamValue | None


class SetTitle(Value):
    """Rename a node."""

    op: Literal["set_title"] = "set_title"
    node: NodeId
    title: str = Field(max_length=200)


class MoveNode(Value):
    """Move a node to a place on the canvas, in whole canvas units."""

    op: Literal["move_node"] = "move_node"
    node: NodeId
    x: Coordinate
    y: Coordinate


class SetModel(Value):
    """Choose the model route. Whether such a model exists is for the caller to know."""

    op: Literal["set_model"] = "set_model"
    node: NodeId
    model: str = Field(max_length=200)


class SetPolicy(Value):
    """Say who may start this node."""

    op: Literal["set_policy"] = "set_policy"
    node: NodeId
    policy: Policy


class SetGroup(Value):
    """Put a node into a group node, or (None) take it out."""

    op: Literal["set_group"] = "set_group"
    node: NodeId
    group: NodeId | None


class SetCanvasTitle(Value):
    """Rename the canvas."""

    op: Literal["set_canvas_title"] = "set_canvas_title"
    title: str = Field(min_length=1, max_length=200)


class Connect(Value):
    """Lay a wire. Without ``order`` it becomes the last of its port; ``take`` overrides the source's pin."""

    op: Literal["connect"] = "connect"
    id: WireId = Field(min_length=1, max_length=80)
    src_node: NodeId
    src_port: str
    dst_node: NodeId
    dst_port: str
    order: Coordinate | None = None
    take: TakeId | None = None


class Disconnect(Value):
    """Remove a wire."""

    op: Literal["disconnect"] = "disconnect"
    wire: WireId


class Reorder(Value):
    """Give a wire another order key. Equal keys are settled by the wires' ids."""

    op: Literal["reorder"] = "reorder"
    wire: WireId
    order: Coordinate


class SetWireTake(Value):
    """Make a wire carry one take whatever is pinned; None makes it follow the pin again."""

    op: Literal["set_wire_take"] = "set_wire_take"
    wire: WireId
    take: TakeId | None


class Pin(Value):
    """Choose a take, or none. ``expected`` is the pin the client saw: if it has changed, nothing happens."""

    op: Literal["pin"] = "pin"
    node: NodeId
    take: TakeId | None
    expected: TakeId | None


class Accept(Value):
    """Let a take pass although the recipe changed. Both must be the node's pin and expectation by now."""

    op: Literal["accept"] = "accept"
    node: NodeId
    take: TakeId
    fp: str


class Unaccept(Value):
    """Withdraw `Accept`; the same compare-and-set."""

    op: Literal["unaccept"] = "unaccept"
    node: NodeId
    take: TakeId
    fp: str


class SetLocked(Value):
    """Lock a node (never scheduled, never re-pinned automatically) or unlock it."""

    op: Literal["set_locked"] = "set_locked"
    node: NodeId
    locked: bool


class AddTake(Value):
    """Append a take to its node's version tray. Undone by hiding it: takes are never deleted."""

    op: Literal["add_take"] = "add_take"
    take: Take


class SetTakeHidden(Value):
    """Hide a take from the tray or show it again. A take in use cannot be hidden."""

    op: Literal["set_take_hidden"] = "set_take_hidden"
    take: TakeId
    hidden: bool


class RateTake(Value):
    """Rate a take (keep, almost, dead, useful_weird), or None for no rating."""

    op: Literal["rate_take"] = "rate_take"
    take: TakeId
    rating: RatingField


class SetBestRange(Value):
    """Mark the frames of a take worth using; None: all of them."""

    op: Literal["set_best_range"] = "set_best_range"
    take: TakeId
    best: FrameRange | None


Op = Annotated[
    AddNode
    | RemoveNode
    | RemoveNodes
    | InsertGraph
    | RestoreNode
    | SetParam
    | SetTitle
    | MoveNode
    | SetModel
    | SetPolicy
    | SetGroup
    | SetCanvasTitle
    | Connect
    | Disconnect
    | Reorder
    | SetWireTake
    | Pin
    | Accept
    | Unaccept
    | SetLocked
    | AddTake
    | SetTakeHidden
    | RateTake
    | SetBestRange,
    Field(discriminator="op"),
]

OP: TypeAdapter[Op] = TypeAdapter(Op)
"""Reads and writes any op: ``OP.validate_json(text)``, ``OP.dump_json(op)``."""
