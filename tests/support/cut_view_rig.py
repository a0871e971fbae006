"""Readings, views and layers of the emulated editor in one process, with a clock that a test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.support.roundtrip_rig import EmulatedHost, RoundTripRig

from takebridge.cut.trip_types import RoundTrip, RoundTripRequest
from takebridge.cut.view_types import CutItem, CutLayers, CutView
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation, OpAnswer, Verb, WireModel
from takebridge.ids import ClipKey
from takebridge.services.cut_view import cut_view, ground_of, problem_of
from takebridge.services.cut_view_layers import cut_layers
from takebridge.services.cut_view_reading import Reading, Readings
from takebridge.services.looking import Looks
from takebridge.services.looking_frames import clip_frame
from takebridge.services.roundtrip import roundtrip


@dataclass
class Watched(EmulatedHost):
    """The emulated editor; ``asked`` are the ops in order. It does nothing while ``gate`` is closed."""

    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        self.asked.append(verb if getattr(args, "detail", None) is None else f"{verb} light")
        if self.gate is not None:
            await self.gate.wait()
        return await super().call(verb, args, expect=expect, timeout_seconds=timeout_seconds)

    def count(self, verb: str) -> int:
        return self.asked.count(verb)


class CutRig(RoundTripRig):
    """A round-trip rig that is looked at. ``now`` are the seconds of the readings' clock."""

    def restart(self) -> None:
        super().restart()
        self.host: Watched = Watched(self.world, self.without)
        self.looks, self.now = Looks(), 1000.0
        self.readings = Readings(self.bridge.events, self.looks, lambda: self.now)

    async def reading(self, *, fresh: bool = False) -> Reading:
        return await self.readings.of(self.as_host, fresh=fresh)

    def view(self, *, fresh: bool = True) -> CutView:
        return self.view_of(asyncio.run(self.reading(fresh=fresh)))

    def view_of(self, reading: Reading) -> CutView:
        ground = ground_of(self.bridge, self.canvas_id, reading)
        return cut_view(reading, ground, (), problem_of(self.bridge, reading))

    def layers(self) -> CutLayers:
        reading = asyncio.run(self.reading(fresh=True))
        return cut_layers(self.bridge, reading, ground_of(self.bridge, self.canvas_id, reading))

    def dry(self, **options: Any) -> RoundTrip:
        request = RoundTripRequest.model_validate({"canvas_id": self.canvas_id, **options})
        host: Host = self.as_host
        return asyncio.run(roundtrip(self.bridge, None, host, request, looks=self.looks))  # type: ignore[arg-type]

    def frame(self, clip: str, record_frame: int) -> bytes:
        """The picture a page asks for."""
        return asyncio.run(clip_frame(self.bridge, self.as_host, self.looks, ClipKey(clip), record_frame, 160))


def pictures(view: CutView, index: int = 1) -> list[CutItem]:
    """The items of a video track."""
    return [item for track in view.tracks if (track.kind, track.index) == ("video", index) for item in track.clips]
