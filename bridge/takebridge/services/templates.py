"""Templates: graphs that ship with the bridge, with named slots for a person's own words, pictures and clips."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field

from takebridge.canvas.graphfile import GraphFile, read_graph, to_ops
from takebridge.canvas.model import Canvas, Output, ParamValue, Take, Value
from takebridge.canvas.op_types import AddTake, InsertGraph, Op, Pin
from takebridge.canvas.ops import apply_all
from takebridge.errors import InvalidParamError, MediaError, NotFoundError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, new_id
from takebridge.media.probe import probe
from takebridge.media.testcard import render_test_clip
from takebridge.services.bridge import Bridge
from takebridge.services.graphs import free_place, put
from takebridge.services.placeholder import placeholder
from takebridge.services.texts import text_ops
from takebridge.store.ledger import now_text
from takebridge.timebase import FrameRate

_SUFFIX = ".json"


class Slot(Value):
    """A place for something of the person's own. ``node`` is its node in the graph, and its name.

    ``default`` is a text line by line; the label and role of a drawn card; nothing for a clip, whose default is
    test footage.
    """

    node: NodeId
    kind: Literal["text", "picture", "clip"]
    title: str
    about: str = ""
    default: tuple[str, ...] = ()
    role: str = ""


class Template(Value):
    """A graph with slots. Slots are filled in their order: a brief comes before the script that it feeds."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    title: str
    about: str
    inputs: tuple[Slot, ...]
    graph: GraphFile


@dataclass(frozen=True, slots=True)
class Stored:
    """A medium of the store that fills a slot; ``name`` is what its file is called."""

    content: BlobHash
    name: str


Given = str | Path | Stored
"""What fills a slot: words, a file on this machine, or a medium the store has."""


@dataclass(frozen=True, slots=True)
class InsertedTemplate:
    """Where a template went: its nodes by their names in the template (slots are among them), and what to know."""

    canvas_id: CanvasId
    title: str
    nodes: dict[str, NodeId]
    notes: tuple[str, ...] = ()


def template_names() -> tuple[str, ...]:
    """Return the names of the templates that ship."""
    found = (file.name for file in _folder().iterdir() if file.name.endswith(_SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found))


def load_template(name: str) -> Template:
    """Return a template. Raises NotFoundError that lists the names there are."""
    if name not in template_names():
        raise NotFoundError(f"There is no template “{name[:80]}”.", hint=f"There are: {', '.join(template_names())}.")
    return _read(name)


def insert_template(
    bridge: Bridge,
    canvas_id: CanvasId | None,
    name: str,
    inputs: Mapping[str, Given] | None = None,
    *,
    author: str,
    at: tuple[int, int] | None = None,
) -> InsertedTemplate:
    """Put a template on a canvas, or (None) on a new one, its slots filled; one edit, or none at all.

    ``inputs`` by slot: words for a text, a file or a stored medium for a picture or clip; what is left out gets the
    built-in default. Nothing is generated. Raises NotFoundError, InvalidParamError (with the slot), MediaError and
    BlobMissingError.
    """
    template = load_template(name)
    given = dict(inputs or {})
    _check_slots(template, given)
    base = bridge.desk.view(canvas_id).canvas if canvas_id else Canvas(id=CanvasId("new"))
    ops: list[Op] = list(to_ops(template.graph, bridge.desk.kinds, new_id, at or free_place(base)))
    canvas = apply_all(base, ops, bridge.desk.kinds).canvas
    nodes = _new_nodes(template, ops)
    for slot in template.inputs:
        more = _fill(bridge, canvas, nodes[slot.node], slot, given.get(slot.node), author)
        canvas = apply_all(canvas, more, bridge.desk.kinds).canvas
        ops += more
    target = put(bridge, canvas_id, template.title, ops, author=author)
    return InsertedTemplate(target, template.title, nodes, _missing_parts(canvas, set(nodes.values())))


def _folder() -> Path:
    return Path(str(files("takebridge.services") / "templates"))


@cache
def _read(name: str) -> Template:
    document = json.loads((_folder() / f"{name}{_SUFFIX}").read_text("utf-8"))
    graph = read_graph(json.dumps(document.pop("graph")))
    return Template(**{**document, "graph": graph})


def _check_slots(template: Template, given: Mapping[str, Given]) -> None:
    slots = {str(slot.node): slot for slot in template.inputs}
    for name, value in given.items():
        if name not in slots:
            raise InvalidParamError(
                f"“{template.title}” has no input “{name}”.", hint=f"It has: {', '.join(slots) or 'none'}.", slot=name
            )
        if isinstance(value, str) != (slots[name].kind == "text"):
            wanted = "words" if slots[name].kind == "text" else "a file"
            raise InvalidParamError(f"“{slots[name].title}” takes {wanted}.", slot=name)


def _new_nodes(template: Template, ops: Sequence[Op]) -> dict[str, NodeId]:
    inserted = next(op for op in ops if isinstance(op, InsertGraph))
    return {str(old.id): new.id for old, new in zip(template.graph.nodes, inserted.nodes, strict=True)}


def _fill(bridge: Bridge, canvas: Canvas, node: NodeId, slot: Slot, value: Given | None, author: str) -> Sequence[Op]:
    if slot.kind == "text":
        text = value if isinstance(value, str) else "\n".join(slot.default)
        return text_ops(canvas, bridge.desk.kinds, bridge.blobs, node, text, author=author)[1]
    if isinstance(value, Path | Stored):
        output = _picture(bridge, value) if slot.kind == "picture" else _clip(bridge, value)
    else:
        output = _card(bridge, slot) if slot.kind == "picture" else _test_clip(bridge)
    port = "image" if slot.kind == "picture" else "video"
    take = Take(
        id=TakeId(new_id("take")),
        node_id=node,
        seq=1,
        origin="imported",
        outputs={port: output},
        author=author,
        created_at=now_text(),
    )
    return AddTake(take=take), Pin(node=node, take=take.id, expected=None)


def _picture(bridge: Bridge, given: Path | Stored) -> Output:
    info = probe(_path(bridge, given))
    if not info.is_still:
        raise MediaError(f"“{given.name}” is not a still picture.", hint="Export a frame of it as PNG or JPEG.")
    return _output(_content(bridge, given), width=info.width, height=info.height, name=given.name)


def _clip(bridge: Bridge, given: Path | Stored) -> Output:
    info = probe(_path(bridge, given))
    if not info.has_video or info.is_still or info.rate is None:
        raise MediaError(f"“{given.name}” is not a clip.", hint="Choose a file with moving pictures.")
    return _output(
        _content(bridge, given),
        frame_count=info.frame_count,
        rate=str(info.rate),
        width=info.width,
        height=info.height,
        audio=info.has_audio,
        name=given.name,
    )


def _path(bridge: Bridge, given: Path | Stored) -> Path:
    return given if isinstance(given, Path) else bridge.blobs.path_of(given.content)


def _content(bridge: Bridge, given: Path | Stored) -> BlobHash:
    return bridge.blobs.add_foreign(given).hash if isinstance(given, Path) else given.content


def _card(bridge: Bridge, slot: Slot) -> Output:
    blob = bridge.blobs.add_bytes(placeholder("".join(slot.default[:1]) or slot.title, slot.role), ".png")
    info = probe(blob.path)
    return _output(blob.hash, width=info.width, height=info.height, name=slot.title, placeholder=True)


def _test_clip(bridge: Bridge) -> Output:
    made = bridge.layout.scratch / f"{new_id('testclip')}.mov"
    made.parent.mkdir(parents=True, exist_ok=True)
    try:
        render_test_clip(made, clip_id=1, frame_count=48, rate=FrameRate(24), width=640, height=360)
        return _clip(bridge, made)
    finally:
        made.unlink(missing_ok=True)


def _output(content: BlobHash, **facts: ParamValue) -> Output:
    return Output(content=content, facts=facts)


def _missing_parts(canvas: Canvas, inserted: set[NodeId]) -> tuple[str, ...]:
    """Say which wires carry nothing because the script has no such part."""
    notes: list[str] = []
    for wire in canvas.wires.values():
        source = canvas.nodes[wire.src_node]
        take = canvas.takes.get(source.pin) if source.pin and wire.dst_node in inserted else None
        if take is not None and wire.src_port not in take.outputs:
            target = canvas.nodes[wire.dst_node]
            notes.append(f"“{target.title}” waits for {wire.src_port}, which “{source.title}” does not have.")
    return tuple(notes)
