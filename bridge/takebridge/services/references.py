"""References: pictures a person brings in, as takes of ``reference`` nodes."""

from __future__ import annotations

from pathlib import Path

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddNode, AddTake, Connect, Op, Pin
from takebridge.errors import MediaError, UnknownNodeError
from takebridge.ids import CanvasId, NodeId, TakeId, WireId, new_id
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.store.ledger import now_text


def add_reference(bridge: Bridge, canvas_id: CanvasId, path: Path, *, feeds: NodeId | None, author: str) -> NodeId:
    """Take in a still picture as a new ``reference`` node, wired to the node ``feeds`` if given; return its id.

    The user's file is copied (or reflinked), never linked. Raises MediaError for anything but a still.
    """
    canvas = bridge.desk.view(canvas_id).canvas
    if feeds is not None and feeds not in canvas.nodes:
        raise UnknownNodeError("There is no such node on this canvas.", node=feeds)
    node, ops = reference_ops(bridge, path, y=160 * len(canvas.nodes), author=author)
    if feeds is not None:
        wire = WireId(new_id("wire"))
        ops.append(Connect(id=wire, src_node=node, src_port="image", dst_node=feeds, dst_port="references"))
    bridge.desk.apply(canvas_id, ops, author=author)
    return node


def reference_ops(bridge: Bridge, path: Path, *, y: int, author: str) -> tuple[NodeId, list[Op]]:
    """Take in a still picture and return the new node for it with the ops that put it on a canvas.

    Raises MediaError for anything but a still.
    """
    info = probe(path)
    if not info.is_still:
        raise MediaError(f"“{path.name}” is not a still picture.", hint="Export a frame of it as PNG or JPEG.")
    blob = bridge.blobs.add_foreign(path)
    node = NodeId(new_id("node"))
    facts: dict[str, bool | int | str] = {"width": info.width, "height": info.height, "name": path.name}
    take = Take(
        id=TakeId(new_id("take")),
        node_id=node,
        seq=1,
        origin="imported",
        outputs={"image": Output(content=blob.hash, facts=facts)},
        author=author,
        created_at=now_text(),
    )
    return node, [
        AddNode(id=node, kind="reference", title=path.stem[:200], x=0, y=y),
        AddTake(take=take),
        Pin(node=node, take=take.id, expected=None),
    ]
