"""Gaps in Premiere: the production of `PremiereTrip` with models for video, and what a panel asks about gaps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from tests.support.generation import PaidProvider
from tests.support.panel_rig import PanelRig
from tests.support.premiere_trip import PremiereTrip

from takebridge.canvas.model import Canvas, Take
from takebridge.ids import LinkId, NodeId
from takebridge.providers.local.provider import local_provider
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.gaps import GapFound, GapMode, find_gaps
from takebridge.services.gaps_fill import FillGap, GapFilled, fill_gap
from takebridge.services.looking import Looks
from takebridge.services.placing_takes import PlaceHow, PutOutcome, PutTakes, put

HOUR = {"23.976": 86400, "25": 90000, "29.97": 107892, "59.94": 216000}
"""Record frame of 01:00:00:00; 29.97 is drop-frame: 3600 s · 30 less 2 a minute but every tenth."""


class PremiereGapTrip(PremiereTrip):
    """`PremiereTrip` with the local models beside the paid ones. Frames are timeline frames, from 0."""

    def restart(self) -> None:
        super().restart()
        paid = PaidProvider(self.folder, self.folder / "none")
        self.bridge = replace(self.bridge, providers=ProviderRegistry([paid, local_provider(self.folder / "home")]))
        self.looks = Looks()

    @property
    def zero(self) -> int:
        """Record frame on which the sequence begins."""
        return HOUR[self.label]

    @property
    def canvas(self) -> Canvas:
        """The canvas as it is now."""
        return self.bridge.desk.view(self.canvas_id).canvas

    def gaps(self, mode: GapMode = "gaps") -> list[GapFound]:
        """Look for gaps."""
        return asyncio.run(find_gaps(self.as_host, mode, self.looks))

    def fill(self, start: int, end: int, track: int = 1, **more: Any) -> GapFilled:
        """Make a shot for a gap."""
        asked = FillGap(self.canvas_id, track, self.zero + start, self.zero + end, **more)
        return asyncio.run(fill_gap(self.bridge, self.as_host, asked))

    def give(self, node: NodeId, frames: int, *, number: int = 7) -> Take:
        """Give a node a take of so many frames, ``number`` in its picture, and pin it."""
        return PanelRig.give(self, node, frames, number=number)  # type: ignore[arg-type]

    def put_links(self, *links: LinkId, how: PlaceHow = "take") -> list[PutOutcome]:
        """Put the pinned takes of links, of all that wait where none is named, on the timeline."""
        return asyncio.run(put(self.bridge, self.as_host, PutTakes(self.canvas_id, links, {}, how)))
