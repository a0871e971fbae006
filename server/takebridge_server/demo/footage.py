"""Footage and timeline of the demo: three clips with linked sound, rendered here or brought along."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from takebridge.errors import RangeError
from takebridge.media.probe import probe
from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate, frames_covering

TIMELINE_RATE = FrameRate(24000, 1001)
START_RECORD_FRAME = 86400
DURATIONS = (48, 24, 48)
"""Record frames of the three clips; the middle one makes the trip."""
_SOURCE_STARTS = (12, 30, 18)
_RENDERED_FRAMES = 90
_RENDERED_SIZE = (480, 270)


@dataclass(frozen=True, slots=True)
class Footage:
    """One clip's file. ``numbered`` files say their frame numbers to a reader."""

    path: Path
    source_start: int
    audio: bool
    numbered: bool


def prepare(media: list[Path], folder: Path) -> list[Footage]:
    """Return the footage of the three clips: ``media`` in turn, or rendered files. Raises MediaError."""
    if not media:
        return [_render(folder / f"camera_{number}.mp4", number) for number in (1, 2, 3)]
    return [_real(media[index % len(media)].absolute(), index) for index in range(len(DURATIONS))]


def _render(path: Path, number: int) -> Footage:
    width, height = _RENDERED_SIZE
    count = _RENDERED_FRAMES
    render_test_clip(path, clip_id=number, frame_count=count, rate=TIMELINE_RATE, width=width, height=height)
    return Footage(path, _SOURCE_STARTS[number - 1], audio=True, numbered=True)


def _real(path: Path, index: int) -> Footage:
    info = probe(path)
    if info.rate is None or not info.has_video:
        raise RangeError(f"“{path.name}” is not a clip.", hint="Give a video file.")
    seconds = Fraction(DURATIONS[index]) / TIMELINE_RATE.fraction
    needed = frames_covering(seconds, info.rate)
    if info.frame_count < needed:
        raise RangeError(
            f"“{path.name}” has {info.frame_count} frames; the demo's clip {index + 1} needs {needed}.",
            hint="Give a longer clip.",
        )
    start = min(_SOURCE_STARTS[index], (info.frame_count - needed) // 2)
    return Footage(path, start, audio=info.has_audio, numbered=False)


def timeline_spec(footage: list[Footage]) -> dict[str, Any]:
    """Return the emulator's description of the cut. The middle clip carries a look that must survive."""
    clips, at = [], 0
    for item, duration in zip(footage, DURATIONS, strict=True):
        clips.append(
            {
                "kind": "clip",
                "path": str(item.path),
                "track": 1,
                "timeline_start": at,
                "duration": duration,
                "source_start": item.source_start,
                "audio": item.audio,
            }
        )
        at += duration
    clips[1] |= {"properties": {"ZoomX": 1.1, "ZoomY": 1.1, "Pan": 12.0}, "color": "Orange", "grade_nodes": 3}
    return {
        "project": "Demo",
        "timeline": {
            "name": "Demo cut",
            "rate": "23.976",
            "drop_frame": False,
            "start_timecode": "01:00:00:00",
            "width": 1280,
            "height": 720,
        },
        "clips": clips,
        "playhead": "01:00:02:12",
    }
