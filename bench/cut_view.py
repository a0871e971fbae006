"""How long the cut view takes for a thousand clips, all of them linked. Times are this machine's only.

Usage: ``python bench/cut_view.py [CLIPS]`` from the top of the repository (it uses the tests' emulated editor). The
emulated editor answers at once: what a real one takes for a call comes on top, about one a clip and reading.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.cut_view_rig import CutRig, Watched
from tests.support.roundtrip_rig import camera, spec

from takebridge.canvas.ops import AddNode, AddTake, Connect, Op
from takebridge.cut.link import ClipLink
from takebridge.ids import ClipKey, LinkId, NodeId, WireId, new_id
from takebridge.services.cut_view import cut_view, ground_of, problem_of
from takebridge.services.cut_view_layers import cut_layers
from takebridge_resolve.emulator import World


def main(clips: int) -> None:
    """Measure and print one line a figure, then all as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        rig = CutRig(Path(folder), clips=2)
        rig.push_all()
        first = rig.link(1)
        rig = _longer(rig, clips, first)
        figures: dict[str, float] = {}
        reading = asyncio.run(rig.reading(fresh=True))
        rig.host.world.ui.call_log.clear()
        figures["reading, ms"] = _ms(lambda: asyncio.run(rig.reading(fresh=True)))
        figures["calls of the editor's API a reading"] = len(rig.host.world.ui.call_log)
        figures["what the bridge knows, ms"] = _ms(lambda: ground_of(rig.bridge, rig.canvas_id, reading))
        ground = ground_of(rig.bridge, rig.canvas_id, reading)
        made = cut_view(reading, ground, (), problem_of(rig.bridge, reading))
        figures["view as JSON, ms"] = _ms(
            lambda: cut_view(reading, ground, (), problem_of(rig.bridge, reading)).model_dump_json()
        )
        figures["layers as JSON, ms"] = _ms(lambda: cut_layers(rig.bridge, reading, ground).model_dump_json())
        figures["size in KB"] = len(made.model_dump_json()) / 1e3
        lines = [f"{clips} clips: {made.counts}", *(f"{name:40} {value:10,.1f}" for name, value in figures.items())]
        lines.append(json.dumps({name: round(value, 1) for name, value in figures.items()}))
        sys.stdout.write("\n".join(lines) + "\n")


def _longer(rig: CutRig, clips: int, first: ClipLink) -> CutRig:
    """The same bridge beside an editor with many clips, each with a link and a node of its own."""
    folder = rig.folder / "many"
    folder.mkdir()
    many = CutRig(folder, clips=2)
    described = spec(camera(folder / "media", many.label), many.label, clips)
    for clip in described["clips"]:
        clip["source_start"] = 40 + clip["source_start"] % 60
    many.world = World.from_spec(described, "20.3")
    many.host = Watched(many.world)
    many.bridge, many.canvas_id = rig.bridge, rig.canvas_id
    reading = asyncio.run(many.reading())
    take = rig.bridge.desk.view(rig.canvas_id).canvas.takes[first.source_take_id]
    shown = [clip for clip in reading.host_cut.clips if clip.track.type == "video"]
    for start in range(0, len(shown), 100):
        ops: list[Op] = []
        for number, clip in enumerate(shown[start : start + 100], start):
            source, node = NodeId(f"source_{number}"), NodeId(f"node_{number}")
            ops += [AddNode(id=source, kind="source_clip"), AddNode(id=node, kind="upscale")]
            own = take.model_copy(update={"id": f"take_{number}", "node_id": source})
            wire = Connect(
                id=WireId(f"wire_{number}"), src_node=source, src_port="video", dst_node=node, dst_port="source"
            )
            ops += [AddTake(take=own), wire]
            place = {"start_record_frame": clip.record.start, "end_record_frame": clip.record.end}
            ids = {"id": LinkId(new_id("link")), "node_id": source, "clip_key": ClipKey(clip.key)}
            cut = reading.host_cut
            timeline = {"project_id": cut.project_id, "timeline_id": cut.timeline_id, "shot": f"SH{number:04d}"}
            rig.bridge.links.add(first.model_copy(update={**ids, **place, **timeline, "source_take_id": own.id}))
        rig.bridge.desk.apply(rig.canvas_id, ops, author="bench")
    rig.bridge.cuts.agree(reading.cut, {})
    return many


def _ms(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
