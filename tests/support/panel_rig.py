"""An editor with a cut on it, a bridge over a data folder, and what a panel asks of them, called directly."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.generation import PaidProvider
from tests.support.roundtrip_rig import CLIP_FRAMES, RoundTripRig, _footage

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddTake, Pin
from takebridge.ids import LinkId, NodeId, TakeId, new_id
from takebridge.media.probe import probe
from takebridge.providers.local.provider import local_provider
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.gaps import GapFound, GapMode, find_gaps
from takebridge.services.gaps_fill import FillGap, GapFilled, fill_gap
from takebridge.services.looking import Looks, look
from takebridge.services.looking_types import Look, LookMode
from takebridge.services.placing_takes import PlaceHow, PutOutcome, PutTakes, put

HOUR: dict[str, int] = {"23.976": 86400, "25": 90000, "29.97": 107892}
"""Record frame of 01:00:00:00; 29.97 is drop-frame: 3600 s · 30 less 2 a minute but every tenth, 108000 - 108."""


class PanelRig(RoundTripRig):
    """A round-trip rig with the local models beside the paid ones, so that gaps have a model for video."""

    def restart(self) -> None:
        super().restart()
        paid = PaidProvider(self.folder, self.folder / "none")
        providers = ProviderRegistry([paid, local_provider(self.folder / "home")])
        self.bridge = replace(self.bridge, providers=providers)
        self.looks = Looks()

    @property
    def zero(self) -> int:
        """Record frame on which the timeline begins."""
        return HOUR[self.label]

    # --- what a panel asks

    def look(self, mode: LookMode = "marks") -> Look:
        return asyncio.run(look(self.bridge, self.as_host, self.looks, mode))

    def put(
        self, how: PlaceHow = "take", *links: LinkId, takes: dict[LinkId, TakeId] | None = None
    ) -> list[PutOutcome]:
        asked = PutTakes(self.canvas_id, tuple(links), takes or {}, how)
        return asyncio.run(put(self.bridge, self.as_host, asked))

    def gaps(self, mode: GapMode = "gaps") -> list[GapFound]:
        return asyncio.run(find_gaps(self.as_host, mode, self.looks))

    def fill(self, start: int, end: int, track: int = 1, **more: Any) -> GapFilled:
        """Fill a gap; frames are timeline frames, from 0."""
        asked = FillGap(self.canvas_id, track, self.zero + start, self.zero + end, **more)
        return asyncio.run(fill_gap(self.bridge, self.as_host, asked))

    # --- the canvas

    def give(self, node: NodeId, frames: int, *, number: int = 7) -> Take:
        """Give a node a take of so many frames at the timeline's rate, ``number`` in its picture, and pin it."""
        canvas = self.bridge.desk.view(self.canvas_id).canvas
        path = self.folder / "media" / f"given_{self.label}_{number}_{frames}.mp4"
        if not path.exists():
            shutil.copyfile(_footage(self.label, number, frames, False), path)
        info, blob = probe(path), self.bridge.blobs.add_foreign(path)
        facts: dict[str, bool | int | str] = {"frame_count": info.frame_count, "rate": str(info.rate)}
        made = Take(
            id=TakeId(new_id("take")),
            node_id=node,
            seq=canvas.next_seq(node),
            origin="generated",
            outputs={"video": Output(content=blob.hash, facts=facts)},
        )
        ops: list[Any] = [AddTake(take=made), Pin(node=node, take=made.id, expected=canvas.nodes[node].pin)]
        self.bridge.desk.apply(self.canvas_id, ops, author="canvas")
        return made

    # --- the editor

    def plain(self) -> None:
        """Take the transforms off all clips: then nothing is on them that a replaced clip would lose."""
        for item in self.items():
            item.properties.clear()

    def track(self, index: int) -> list[tuple[int, int, str, int]]:
        """(start, end, stem of the file, source frame) of every clip of a video track."""
        timeline = self.world.project.current_timeline
        assert timeline is not None
        tracks = timeline.tracks["video"]
        items = tracks[index - 1].items if index <= len(tracks) else []
        return sorted((one.start, one.end, Path(one.media.path).stem, one.source_start) for one in items)

    def gap(self, shot: int) -> tuple[int, int]:
        """Delete a shot's clip by hand and return the timeline frames it leaves empty."""
        self.ui.delete_item(self.item(shot).id)
        return (shot - 1) * CLIP_FRAMES, shot * CLIP_FRAMES
