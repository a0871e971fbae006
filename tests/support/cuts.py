"""Cuts for tests: values built by hand, no host involved."""

from __future__ import annotations

from typing import Any

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, HostTrack, NativeTake
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace

R24 = FrameRate(24)
START = 86400
V1, V2, A1 = HostTrack("video", 1), HostTrack("video", 2), HostTrack("audio", 1)


def media(name: str, rate: FrameRate | None = R24, frame_count: int | None = 240) -> HostMedia:
    """Media ``m <name>`` at ``/media/<name>.mov``."""
    return HostMedia(f"m {name}", name, f"/media/{name}.mov", rate, frame_count, online=True)


def native(index: int, name: str, start: int = 24, frames: int = 48) -> NativeTake:
    """A native take that shows ``name``."""
    return NativeTake(index, f"m {name}", f"/media/{name}.mov", FrameRange.of(start, frames))


def clip(name: str, track: HostTrack = V1, at: int = 0, frames: int = 48, **changes: Any) -> HostClip:
    """A clip of media ``name`` at timeline frame ``at``, showing source frames from 24 on."""
    facts: dict[str, Any] = {
        "key": ClipKey(f"key {name}"),
        "kind": "clip",
        "name": name,
        "track": track,
        "record": FrameRange.of(START + at, frames),
        "enabled": True,
        "media": media(name),
        "source_start_frame": 24,
        "true_source": (24, 24 + frames),
        "speed_percent": 100,
        "linked": frozenset(),
        "takes": (),
        "selected_take": 0,
        "look": "zoom 1",
    }
    return HostClip(**{**facts, **changes})


def cut(*clips: HostClip, **changes: Any) -> HostCut:
    """A 24 fps timeline that starts at 01:00:00:00."""
    facts: dict[str, Any] = {
        "project_id": "p",
        "project_name": "Demo",
        "timeline_id": "t",
        "timeline_name": "Cut",
        "space": TimelineSpace(R24, START),
        "drop_frame": False,
        "width": 1920,
        "height": 1080,
        "end_record_frame": max((item.record.end for item in clips), default=START),
        "revision": "r1",
        "locked": frozenset(),
        "clips": clips,
    }
    return HostCut(**{**facts, **changes})
