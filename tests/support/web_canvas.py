"""Large canvases with takes for tests and benches of pages, sent to a running bridge in a few bulk ops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from PIL import Image
from tests.support.canvases import KINDS
from tests.support.media import R24, card

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, Output, Recipe, Take, Wire
from takebridge.canvas.op_types import AddTake, InsertGraph, Op, Pin
from takebridge.client.api import Api
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, WireId, new_id
from takebridge.media.probe import probe
from takebridge.media.testcard import paint_frame
from takebridge.store.blobs import BlobStore
from takebridge.store.data_folder import DataLayout
from takebridge.timebase import FrameRate, parse_edit_rate

AUTHOR = "editor"
FRAMES, WIDTH, HEIGHT = 24, 160, 90
STEP_X, STEP_Y, ROWS = 340, 260, 40
_CHUNK = 300
_EXPORTED = 90
_CHAIN = (("reference", ""), ("image", "references"), ("video", "start_frame"), ("upscale", "source"))
"""Kinds of a shot's nodes in a row, and the port the one before feeds."""


class Files:
    """A few pictures and clips in the media store of a data folder, handed out in turn."""

    def __init__(self, home: Path, count: int) -> None:
        folder = home.parent / "canvas_files"
        folder.mkdir(exist_ok=True)
        self._store = BlobStore(DataLayout(home).media)
        self._clips = cycle([self._clip(folder, number) for number in range(count)])
        self._stills = cycle([self._still(folder, number) for number in range(count)])

    def of(self, port: str) -> Output:
        """The next file for a port."""
        return next(self._stills if port == "image" else self._clips)

    def _clip(self, folder: Path, number: int) -> Output:
        path = folder / f"clip_{number}.mp4"
        if not path.exists():
            card(path, R24, FRAMES, clip_id=number % 16, width=WIDTH, height=HEIGHT, audio=False)
        facts: dict[str, bool | int | str] = {"frame_count": FRAMES, "rate": "24/1", "width": WIDTH, "height": HEIGHT}
        return Output(content=BlobHash(self._store.add_foreign(path).hash), facts=facts)

    def _still(self, folder: Path, number: int) -> Output:
        path = folder / f"still_{number}.png"
        if not path.exists():
            Image.fromarray(paint_frame(number % 16, number, R24, WIDTH, HEIGHT)).save(path)
        facts: dict[str, bool | int | str] = {"width": WIDTH, "height": HEIGHT}
        return Output(content=BlobHash(self._store.add_foreign(path).hash), facts=facts)


def canvas_of(
    home: Path,
    api: Api,
    nodes: int,
    *,
    takes: int = 1,
    files: int = 6,
    exported: int = _EXPORTED,
    title: str = "A large canvas",
) -> dict[str, Any]:
    """Make a canvas of ``nodes`` nodes: shots in rows (reference → image → video → upscale), ``exported`` an export.

    Every node but the exports has ``takes`` takes, the last one pinned, and is fresh.
    """
    canvas_id = api.create_canvas(title).canvas.id
    made = _Made(Files(home, files), takes, canvas_id, exported)
    for op in made.ops(nodes):
        api.apply(canvas_id, [op], author=AUTHOR)
    snapshot = api.canvas(canvas_id)
    return {"canvas": canvas_id, "nodes": [*snapshot.canvas.nodes], "takes": len(snapshot.canvas.takes)}


class _Made:
    def __init__(self, files: Files, takes: int, canvas_id: CanvasId, exported: int) -> None:
        self._files, self._takes, self._exported = files, takes, exported
        self._canvas = Canvas(id=canvas_id)
        self._nodes: dict[NodeId, Node] = {}
        self._wires: dict[WireId, Wire] = {}
        self._all_takes: dict[TakeId, Take] = {}
        self._new: list[NodeId] = []
        self._ends: list[NodeId] = []

    def ops(self, count: int) -> Iterator[InsertGraph]:
        """Yield the graph part by part; wires come with the later of their two nodes."""
        shot = 0
        while len(self._nodes) < count:
            self._shot(shot, count - len(self._nodes))
            shot += 1
            if len(self._ends) == self._exported and len(self._nodes) < count:
                self._export()
            if len(self._new) >= _CHUNK:
                yield self._part()
        if self._new:
            yield self._part()

    def _shot(self, number: int, room: int) -> None:
        before: NodeId | None = None
        for place, (kind, port) in enumerate(_CHAIN[:room]):
            x, y = (number // ROWS * 5 + place) * STEP_X, number % ROWS * STEP_Y
            before = self._node(kind, f"SH_{(number + 1) * 10:04d} {kind}", x, y, [(before, port)] if before else [])
        if room >= len(_CHAIN) and before:
            self._ends.append(before)

    def _export(self) -> None:
        feeds = [(node, "clips") for node in self._ends]
        x = max(node.x for node in self._nodes.values()) + STEP_X
        self._node("nle_export", "Film", x, 0, feeds)
        self._ends.clear()

    def _node(self, kind: str, title: str, x: int, y: int, feeds: Sequence[tuple[NodeId, str]]) -> NodeId:
        spec, key = KINDS[kind], NodeId(new_id("node"))
        params = {param.name: param.default for param in spec.params}
        node = Node(id=key, kind=kind, title=title, x=x, y=y, params=params, model=spec.default_model)
        wires = [self._wire(source, key, port, order) for order, (source, port) in enumerate(feeds)]
        self._nodes[key], self._wires = node, self._wires | {wire.id: wire for wire in wires}
        if kind != "nle_export":
            made = self._made_takes(node, wires)
            self._all_takes |= {take.id: take for take in made}
            self._nodes[key] = node.model_copy(update={"pin": made[-1].id})
        self._new.append(key)
        return key

    def _wire(self, source: NodeId, target: NodeId, port: str, order: int) -> Wire:
        out = KINDS[self._nodes[source].kind].outputs[0].name
        return Wire(
            id=WireId(new_id("wire")), src_node=source, src_port=out, dst_node=target, dst_port=port, order=order
        )

    def _made_takes(self, node: Node, wires: Sequence[Wire]) -> list[Take]:
        constant = KINDS[node.kind].category == "constant"
        recipe = None if constant else self._recipe(node, wires)
        port = KINDS[node.kind].outputs[0].name
        return [
            Take(
                id=TakeId(new_id("take")),
                node_id=node.id,
                seq=seq,
                origin="imported" if constant else "generated",
                recipe=recipe,
                recipe_fp=fingerprint(recipe) if recipe else None,
                outputs={port: self._files.of(port)},
                created_at="2026-11-22T09:00:00.000+00:00",
                model_requested=node.model,
            )
            for seq in range(1, self._takes + 1)
        ]

    def _recipe(self, node: Node, wires: Sequence[Wire]) -> Recipe:
        sources = {wire.src_node: self._nodes[wire.src_node] for wire in wires}
        pins = {one.pin: self._all_takes[one.pin] for one in sources.values() if one.pin}
        around = Canvas.model_construct(
            id=self._canvas.id,
            title="",
            nodes={**sources, node.id: node},
            wires={wire.id: wire for wire in wires},
            takes=pins,
        )
        return recipe_of(around, node.id, KINDS)

    def _part(self) -> InsertGraph:
        new = {*self._new}
        self._new.clear()
        return InsertGraph(
            nodes=tuple(self._nodes[key] for key in self._nodes if key in new),
            wires=tuple(wire for wire in self._wires.values() if wire.dst_node in new),
            takes=tuple(take for take in self._all_takes.values() if take.node_id in new),
        )


def give_take(home: Path, api: Api, asked: dict[str, Any]) -> dict[str, Any]:
    """Give a node a take of a numbered clip or picture, made of what the node is now; pins it unless told otherwise."""
    canvas_id, node_id = CanvasId(asked["canvas"]), NodeId(asked["node"])
    canvas = api.canvas(canvas_id).canvas
    node = canvas.nodes[node_id]
    kind, port = KINDS[node.kind], KINDS[node.kind].outputs[0].name
    recipe = None if kind.category == "constant" else recipe_of(canvas, node_id, KINDS)
    take = Take(
        id=TakeId(new_id("take")),
        node_id=node_id,
        seq=canvas.next_seq(node_id),
        origin="imported",
        recipe=recipe,
        recipe_fp=fingerprint(recipe) if recipe else None,
        outputs={port: _brought(home, asked, still=port == "image")},
    )
    ops: list[Op] = [AddTake(take=take)]
    ops += [Pin(node=node_id, take=take.id, expected=node.pin)] if asked.get("pin", True) else []
    api.apply(canvas_id, ops, author=asked.get("author", AUTHOR))
    return {"take": take.id, "seq": take.seq, "content": take.outputs[port].content}


def _brought(home: Path, asked: dict[str, Any], *, still: bool) -> Output:
    folder = home.parent / "canvas_files"
    folder.mkdir(exist_ok=True)
    number, rate = int(asked.get("clip_id", 7)), parse_edit_rate(str(asked.get("rate", "24")))
    frames = int(asked.get("frames", FRAMES))
    path = folder / (f"take_{number}.png" if still else f"take_{number}_{frames}_{rate.numerator}.mp4")
    if not path.exists():
        _draw(path, number, frames, rate, still=still)
    content = BlobHash(BlobStore(DataLayout(home).media).add_foreign(path).hash)
    return Output(content=content, facts=_facts_of_still(path) if still else _facts(path))


def _draw(path: Path, number: int, frames: int, rate: FrameRate, *, still: bool) -> None:
    if still:
        Image.fromarray(paint_frame(number % 16, number, rate, 320, 180)).save(path)
    else:
        card(path, rate, frames, clip_id=number % 16, audio=False)


def _facts_of_still(path: Path) -> dict[str, bool | int | str]:
    with Image.open(path) as picture:
        return {"width": picture.width, "height": picture.height}


def _facts(path: Path) -> dict[str, bool | int | str]:
    info = probe(path)
    return {"frame_count": info.frame_count or 0, "rate": str(info.rate), "width": info.width, "height": info.height}
