"""References: media a person brings in, as takes of nodes of their own.

A still and a sound become a ``reference`` node, a clip a ``source_clip``: the kinds whose outputs they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from takebridge.canvas.fingerprint import kind_of
from takebridge.canvas.model import Canvas, Kinds, Output, Take
from takebridge.canvas.ops import AddNode, AddTake, Connect, Op, Pin
from takebridge.canvas.places import Place, before, new_row
from takebridge.canvas.wiring import get_node
from takebridge.errors import MediaError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, WireId, new_id
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.media_facts import Medium, media_facts, medium_of
from takebridge.store.ledger import now_text

_HOMES: dict[Medium, tuple[str, str]] = {
    "image": ("reference", "image"),
    "audio": ("reference", "audio"),
    "video": ("source_clip", "video"),
}
"""The kind of node and the output a medium becomes."""
_USUAL = "references"
"""The input a still goes into where the node has it."""
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Brought:
    """A medium in the store that is to be put on a canvas; ``name`` is the file's own name."""

    content: BlobHash
    info: MediaInfo
    name: str


def add_reference(
    bridge: Bridge, canvas_id: CanvasId, path: Path, *, feeds: NodeId | None, author: str, title: str = ""
) -> NodeId:
    """Take in a still, clip or sound as a new node, wired to the node ``feeds`` if given; return its id.

    The user's file is copied (or reflinked), never linked. Raises MediaError for anything else, UnknownNodeError,
    InvalidWireError where ``feeds`` has no input for it; then nothing is on the canvas.
    """
    _require_node(bridge, canvas_id, feeds)
    return _add(bridge, canvas_id, _brought(bridge, path), feeds=feeds, author=author, title=title)


def add_stored_reference(
    bridge: Bridge,
    canvas_id: CanvasId,
    content: BlobHash,
    name: str,
    *,
    feeds: NodeId | None,
    author: str,
    title: str = "",
) -> NodeId:
    """Put a medium of the store on a canvas, as `add_reference` does with a file. Raises BlobMissingError too."""
    _require_node(bridge, canvas_id, feeds)
    brought = Brought(content, probe(bridge.blobs.path_of(content)), name)
    return _add(bridge, canvas_id, brought, feeds=feeds, author=author, title=title)


def reference_ops(bridge: Bridge, path: Path, *, at: Place, author: str) -> tuple[NodeId, list[Op]]:
    """Take in a still, clip or sound and return the new node for it with the ops that put it on a canvas.

    Raises MediaError for anything else.
    """
    return _ops(_brought(bridge, path), title="", at=at, author=author)


def _require_node(bridge: Bridge, canvas_id: CanvasId, feeds: NodeId | None) -> None:
    canvas = bridge.desk.view(canvas_id).canvas
    if feeds is not None:
        get_node(canvas, feeds)


def _brought(bridge: Bridge, path: Path) -> Brought:
    info = probe(path)
    _home(info, path.name)
    return Brought(bridge.blobs.add_foreign(path).hash, info, path.name)


def _add(
    bridge: Bridge, canvas_id: CanvasId, brought: Brought, *, feeds: NodeId | None, author: str, title: str
) -> NodeId:
    canvas = bridge.desk.view(canvas_id).canvas
    kinds, kind = bridge.desk.kinds, _home(brought.info, brought.name)[0]
    at = new_row(canvas, kinds, kind) if feeds is None else before(canvas, kinds, feeds)
    node, ops = _ops(brought, title=title, at=at, author=author)
    if feeds is not None:
        port = _home(brought.info, brought.name)[1]
        wire = WireId(new_id("wire"))
        into = input_for(canvas, feeds, port, kinds)
        ops.append(Connect(id=wire, src_node=node, src_port=port, dst_node=feeds, dst_port=into))
    bridge.desk.apply(canvas_id, ops, author=author)
    return node


def input_for(canvas: Canvas, node_id: NodeId, medium: str, kinds: Kinds) -> str:
    """Return the input of a node that a new reference goes into: ``references``, else the first free one that takes it.

    Where there is none it is ``references`` all the same, so that laying the wire says what is wrong.
    """
    node = get_node(canvas, node_id)
    taken = {wire.dst_port for wire in canvas.wires.values() if wire.dst_node == node_id}
    fitting = [port for port in kind_of(node, kinds).inputs if medium in port.types]
    free = [port.name for port in fitting if port.many or port.name not in taken]
    return _USUAL if _USUAL in free or not free else free[0]


def _home(info: MediaInfo, name: str) -> tuple[str, str]:
    home = _HOMES.get(medium_of(info))
    if home is None or (info.has_video and not info.is_still and info.rate is None):
        raise MediaError(
            f"“{name}” is neither a picture, a clip nor a sound that can be put on a canvas.",
            hint="Export it as PNG, MP4 or WAV.",
        )
    return home


def _ops(brought: Brought, *, title: str, at: Place, author: str) -> tuple[NodeId, list[Op]]:
    kind, port = _home(brought.info, brought.name)
    node = NodeId(new_id("node"))
    take = Take(
        id=TakeId(new_id("take")),
        node_id=node,
        seq=1,
        origin="imported",
        outputs={port: Output(content=brought.content, facts={**media_facts(brought.info), "name": brought.name})},
        author=author,
        created_at=now_text(),
    )
    return node, [
        AddNode(id=node, kind=kind, title=(title or Path(brought.name).stem)[:_LONGEST_TITLE], x=at.x, y=at.y),
        AddTake(take=take),
        Pin(node=node, take=take.id, expected=None),
    ]
