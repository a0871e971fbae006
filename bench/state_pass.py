"""Measure one state pass over a shots canvas of 6,000 nodes; prints ``{"name": "state_pass_6000", "ms": …}``.

Each shot: script panel and character (references) → image-like previz → video-like previz → upscale; every
hundredth shot ends in an export of its hundred. All pins are fresh, so no branch is cut short.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from time import process_time

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.model import Canvas, Node, Output, Take, Wire
from takebridge.canvas.state import Status, derive
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId, WireId
from takebridge.nodes.registry import builtin_kinds

KINDS = builtin_kinds()
SHOTS_PER_EXPORT = 99


class Builder:
    """Collects nodes in feeding order and pins a fresh take on each."""

    def __init__(self) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.wires: dict[WireId, Wire] = {}
        self.takes: dict[TakeId, Take] = {}

    def node(self, kind: str, feeds: tuple[tuple[NodeId, str], ...] = (), **params: str | int) -> NodeId:
        """Add a node fed by ``(node, input port)`` pairs, and its take."""
        number = len(self.nodes)
        node_id = NodeId(f"node_{number}")
        spec = KINDS[kind]
        take_id = TakeId(f"take_{number}")
        self.nodes[node_id] = Node(id=node_id, kind=kind, params=params, model=spec.default_model, pin=take_id)
        for order, (source, port) in enumerate(feeds):
            wire = WireId(f"wire_{number}_{order}")
            out = KINDS[self.nodes[source].kind].outputs[0].name
            self.wires[wire] = Wire(
                id=wire, src_node=source, src_port=out, dst_node=node_id, dst_port=port, order=order
            )
        output = Output(content=BlobHash(f"b3:{number:064x}"))
        self.takes[take_id] = Take(
            id=take_id,
            node_id=node_id,
            seq=1,
            origin="imported" if spec.category == "constant" else "generated",
            outputs={spec.outputs[0].name: output},
        )
        if spec.category != "constant":
            neighbours = {source: self.nodes[source] for source, _ in feeds}
            wires = {w.id: w for w in (self.wires[WireId(f"wire_{number}_{o}")] for o in range(len(feeds)))}
            around = Canvas.model_construct(
                id=CanvasId("c"),
                title="",
                nodes={**neighbours, node_id: self.nodes[node_id]},
                wires=wires,
                takes=self.takes,
            )
            fp = fingerprint(recipe_of(around, node_id, KINDS))
            self.takes[take_id] = self.takes[take_id].model_copy(update={"recipe_fp": fp})
        return node_id


def shots_canvas(size: int) -> Canvas:
    """Build a canvas of exactly ``size`` nodes, all fresh."""
    build = Builder()
    finished: list[NodeId] = []
    while len(build.nodes) + 6 <= size:
        shot = len(finished)
        script, character = build.node("reference"), build.node("reference")
        still = build.node(
            "previz",
            ((script, "references"), (character, "references")),
            prompt=f"Shot {shot}: she opens the door, café light behind her",
            title=f"SC 3 / {shot}",
            seed=shot,
        )
        move = build.node(
            "previz", ((character, "references"), (still, "source")), style="kenburns", prompt="slow push in"
        )
        finished.append(build.node("upscale", ((move, "source"),), scale=2))
        if len(finished) % SHOTS_PER_EXPORT == 0:
            build.node("nle_export", tuple((clip, "clips") for clip in finished[-SHOTS_PER_EXPORT:]))
    while len(build.nodes) < size:
        build.node("reference")
    return Canvas(id=CanvasId("shots"), nodes=build.nodes, wires=build.wires, takes=build.takes)


def measure(size: int = 6000, runs: int = 9) -> float:
    """Return the median CPU milliseconds of a pass: other work on the machine does not count.

    One unmeasured pass comes first, as on a running bridge.
    """
    canvas = shots_canvas(size)
    states = derive(canvas, KINDS)
    assert {state.status for state in states.values()} == {Status.FRESH}, "the canvas should be fresh"
    times = []
    for _ in range(runs):
        began = process_time()
        derive(canvas, KINDS)
        times.append((process_time() - began) * 1000)
    return median(times)


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"name": "state_pass_6000", "ms": round(measure(), 1)}) + "\n")
