"""Sending a clip to the canvas with something behind it: the calls, in order, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from takebridge.canvas.model import Canvas
from takebridge.canvas.op_types import AddNode, Connect, Disconnect, Op, RemoveNode
from takebridge.client.api import Api
from takebridge.client.panel_types import LookMode, SeenLink
from takebridge.client.replies import TemplateInfo
from takebridge.errors import UsageError
from takebridge.ids import CanvasId, NodeId, WireId, new_id
from takebridge_resolve.panel.models import Making

COLUMN, ROW = 320, 240
"""Distance of cards on the canvas, in its units."""
DEFAULT_TITLE = "Canvas"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person chose. ``canvas_id`` None: a new canvas; ``link`` None: the clip is not on the canvas yet."""

    canvas_id: CanvasId | None
    mode: LookMode
    link: SeenLink | None
    shot: str
    making: Making | None
    template: TemplateInfo | None
    model: str
    prompt: str
    handles: int | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Where it went: the canvas, the clip's source node, and the new nodes to generate."""

    canvas_id: CanvasId
    shot: str
    source: NodeId
    nodes: tuple[NodeId, ...]
    notes: tuple[str, ...] = ()


def send(api: Api, wish: Wish) -> Sent:
    """Push the clip where it is not on the canvas yet, then put the chosen node or template behind it.

    Nothing is generated. Raises what push and the canvas raise; UsageError when nothing was chosen.
    """
    canvas_id, source, shot, notes = _source(api, wish)
    if wish.template is not None:
        nodes, more = _add_template(api, wish, canvas_id, source)
        return Sent(canvas_id, shot, source, nodes, notes + more)
    if wish.making is None:
        raise UsageError("Nothing was chosen to make.", hint="Choose what to make of the clip.")
    return Sent(canvas_id, shot, source, (_add_node(api, wish, canvas_id, source, shot),), notes)


def _source(api: Api, wish: Wish) -> tuple[CanvasId, NodeId, str, tuple[str, ...]]:
    canvas_id = wish.canvas_id or api.create_canvas(DEFAULT_TITLE).canvas.id
    if wish.link is not None and wish.link.canvas_id == canvas_id:
        return canvas_id, wish.link.source_node, wish.link.shot, ()
    pushed = api.push(canvas_id, wish.mode, process=(), handles=wish.handles)[0]
    return canvas_id, pushed.link.node_id, pushed.link.shot, pushed.notes


def _add_node(api: Api, wish: Wish, canvas_id: CanvasId, source: NodeId, shot: str) -> NodeId:
    assert wish.making is not None
    canvas = api.canvas(canvas_id).canvas
    x, y = _free_place(canvas, source)
    node = NodeId(new_id("node"))
    params = {"prompt": wish.prompt} if wish.making.prompts and wish.prompt else {}
    title = f"{shot} {wish.making.title.lower()}".strip()
    ops: list[Op] = [
        AddNode(id=node, kind=wish.making.kind, title=title, x=x, y=y, params=params, model=wish.model),
        _wire(source, node, wish.making.port),
    ]
    api.apply(canvas_id, ops)
    return node


def _wire(source: NodeId, node: NodeId, port: str) -> Connect:
    return Connect(
        id=WireId(new_id("wire")), src_node=source, src_port="video", dst_node=node, dst_port=port, order=None
    )


def _free_place(canvas: Canvas, source: NodeId) -> tuple[int, int]:
    """Right of the source, below what stands there already."""
    start = canvas.nodes[source]
    x, y = start.x + COLUMN, start.y
    taken = {(node.x, node.y) for node in canvas.nodes.values()}
    while any(abs(x - other_x) < COLUMN and abs(y - other_y) < ROW for other_x, other_y in taken):
        y += ROW
    return x, y


def _add_template(
    api: Api, wish: Wish, canvas_id: CanvasId, source: NodeId
) -> tuple[tuple[NodeId, ...], tuple[str, ...]]:
    """Insert a template and let the pushed clip take the place of the template's own clip."""
    template = wish.template
    assert template is not None
    slot = next(slot for slot in template.slots if slot.kind == "clip")
    words = next((slot.name for slot in template.slots if slot.kind == "text"), None)
    inputs = {words: wish.prompt} if words and wish.prompt else {}
    made = api.insert_template(template.name, canvas_id=canvas_id, inputs=inputs)
    canvas = api.canvas(canvas_id).canvas
    own = set(made.nodes.values())
    stand_in = made.nodes.get(slot.name)
    if stand_in is not None:
        api.apply(canvas_id, [*_rewired(canvas, stand_in, source)])
    fed = {wire.dst_node for wire in canvas.wires.values() if wire.src_node in (stand_in, source)}
    return tuple(node for node in canvas.nodes if node in own & fed), made.notes


def _rewired(canvas: Canvas, stand_in: NodeId, source: NodeId) -> Iterator[Op]:
    for wire in canvas.wires.values():
        if wire.src_node == stand_in:
            yield Disconnect(wire=wire.id)
            yield _wire(source, wire.dst_node, wire.dst_port)
    yield RemoveNode(node=stand_in)
