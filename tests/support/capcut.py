"""A cut with real media for drafts, and a way to look at what was written without the code that wrote it."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from takebridge.cut.model import Clip, Cut, Item, Media, Span, Track, Transition, tile
from takebridge.media.testcard import render_test_clip, write_clicks
from takebridge.timebase import FrameRate

R25 = FrameRate(25)
WIDTH, HEIGHT = 160, 90


@cache
def picture(folder: Path, name: str = "käme ra.mp4", clip_id: int = 3, rate: FrameRate = R25) -> Path:
    """A film of 50 numbered frames with sound."""
    path = folder / (name if rate == R25 else f"{rate.numerator}-{rate.denominator} {name}")
    return render_test_clip(path, clip_id=clip_id, frame_count=50, rate=rate, width=WIDTH, height=HEIGHT)


@cache
def sound(folder: Path, name: str = "song.wav") -> Path:
    """Two seconds of clicks."""
    write_clicks(folder / name, Fraction(2))
    return folder / name


def film(folder: Path, rate: FrameRate = R25) -> Cut:
    """Two shots that touch, one after a gap at double speed, an overlay, sounds, captions, and what is lost."""
    folder.mkdir(exist_ok=True)
    shot = Media("käme ra.mp4", str(picture(folder, rate=rate)), rate, 50, 0)
    song = Media("song.wav", str(sound(folder)), R25, 50, 0)

    def clip(name: str, start: int, end: int, first: int, **more: Any) -> Clip:
        length = int((end - start) * more.get("speed", 1))
        media = more.pop("media", shot)
        return Clip(name, Span(start, end), media, Span(first, first + length), **more)

    video: list[Item] = [
        clip("SH010", 0, 20, 5),
        Transition(Span(18, 22), 20, "Cross Dissolve"),
        clip("SH020 é", 20, 33, 7),
        clip("SH030", 40, 50, 10, speed=Fraction(2)),
        clip("SH040", 50, 60, 0, enabled=False),
        Clip("nest", Span(60, 65), kind="nested", inner=Cut("in", rate), source=Span(0, 5)),
    ]
    over = [clip("logo", 10, 15, 0)]
    own = [clip("SH010", 0, 20, 5)]
    music = [clip("song", 3, 43, 0, media=song, role="music")]
    voice = [clip("line", 5, 15, 2, media=song, role="dialogue")]
    words = [Clip("Guten Tag,\nWelt", Span(2, 19), kind="caption"), Clip("Ende", Span(19, 30), kind="caption")]
    tracks = (
        Track("video", tile(video), "V1"),
        Track("video", tile(over), "V2"),
        Track("audio", tile(own), "A1"),
        Track("audio", tile(music), "A2"),
        Track("audio", tile(voice), "A3"),
        Track("subtitle", tile(words)),
    )
    return Cut("Der Füm", rate, tracks, width=WIDTH, height=HEIGHT)


def content(draft: Path, name: str = "draft_content.json") -> dict[str, Any]:
    """The timeline of a draft as it lies there."""
    said: dict[str, Any] = json.loads((draft / name).read_text("utf-8"))
    return said


def track(said: dict[str, Any], name: str) -> dict[str, Any]:
    """A track by its name."""
    (found,) = [one for one in said["tracks"] if one["name"] == name]
    return dict(found)


def spans(one: dict[str, Any], key: str = "target_timerange") -> list[tuple[int, int]]:
    """Start and end of every segment of a track, in microseconds."""
    ranges = [segment[key] for segment in one["segments"]]
    return [(found["start"], found["start"] + found["duration"]) for found in ranges]


def index(root: Path, **more: Any) -> Path:
    """A list of drafts as CapCut keeps one, with one draft in it."""
    root.mkdir(exist_ok=True)
    path = root / "root_meta_info.json"
    old = {"draft_id": "OLD", "draft_name": "0618", "tm_duration": 7, "unknown": [1.5, None]}
    path.write_text(json.dumps({"all_draft_store": [old], "draft_ids": 1, "root_path": str(root), **more}), "utf-8")
    return path
