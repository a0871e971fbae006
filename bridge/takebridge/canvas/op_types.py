"""Every edit of a canvas as a value: one union, told apart by ``op``, for the network, op log and undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from takebridge.canvas.model import Key, Node, ParamValue, Take, Value, Wire
from takebridge.ids import NodeId, TakeId, WireId


class AddNode(Value):
    """Put a new node on the canvas. What is left out (parameters, title, model) gets the kind's default."""

    op: Literal["add_node"] = "add_node"
    id: NodeId = Field(min_length=1, max_length=80)
    kind: Key
    title: str = Field(default="", max_length=200)
    x: int = 0
    y: int = 0
    params: Mapping[str, ParamValue] = Field(default_factory=dict)
    model: str = ""


class RemoveNode(Value):
    """Take a node and its wires off the canvas. Its takes stay as orphans."""

    op: Literal["remove_node"] = "remove_node"
    node: NodeId


class RestoreNode(Value):
    """Put a removed node back with its wires; its takes come home."""

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
    x: int
    y: int


class SetModel(Value):
    """Choose the model route. Whether such a model exists is for the caller to know."""

    op: Literal["set_model"] = "set_model"
    node: NodeId
    model: str


class Connect(Value):
    """Lay a wire. Without ``order`` it becomes the last of its port; ``take`` overrides the source's pin."""

    op: Literal["connect"] = "connect"
    id: WireId = Field(min_length=1, max_length=80)
    src_node: NodeId
    src_port: str
    dst_node: NodeId
    dst_port: str
    order: int | None = None
    take: TakeId | None = None


class Disconnect(Value):
    """Remove a wire."""

    op: Literal["disconnect"] = "disconnect"
    wire: WireId


class Reorder(Value):
    """Give a wire another order key. Equal keys are settled by the wires' ids."""

    op: Literal["reorder"] = "reorder"
    wire: WireId
    order: int


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
    """Rate a take 1–5, or None for no rating."""

    op: Literal["rate_take"] = "rate_take"
    take: TakeId
    rating: int | None = Field(ge=1, le=5)


Op = Annotated[
    AddNode
    | RemoveNode
    | RestoreNode
    | SetParam
    | SetTitle
    | MoveNode
    | SetModel
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
    | RateTake,
    Field(discriminator="op"),
]

OP: TypeAdapter[Op] = TypeAdapter(Op)
"""Reads and writes any op: ``OP.validate_json(text)``, ``OP.dump_json(op)``."""
