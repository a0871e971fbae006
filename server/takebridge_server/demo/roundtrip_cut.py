"""The cut of the round trip's demo: nine numbered shots, the edits of a person, and what must come of it all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate
from takebridge_server.demo.actors import Emulator

RATE, LABEL = FrameRate(24000, 1001), "23.976"
SHOTS, FRAMES, STEP = 9, 24, 5
SOURCE_START, CAMERA_FRAMES = 40, 150
WIDTH, HEIGHT = 160, 90
"""Small: three takes are made for real here, frame by frame."""
TRIM_HEAD, TRIM_TAIL, SLIP = 3, 4, 6
HANDLES, LONGER = 6, 16
"""Handles of the first push, and of the longer source of shot 3."""
SHOT_3, SHOT_5, SHOT_6, SHOT_7, SHOT_8, SHOT_9 = 3, 5, 6, 7, 8, 9

EDITS = (
    f"trims shot 3: {TRIM_HEAD} frames off its head, {TRIM_TAIL} off its tail",
    "swaps shots 5 and 6",
    "razors shot 7 in the middle",
    "deletes shot 8",
    f"slips shot 9 by {SLIP} frames",
)


def camera(folder: Path) -> Path:
    """Render the numbered footage of all shots."""
    return render_test_clip(
        folder / "camera.mp4", clip_id=1, frame_count=CAMERA_FRAMES, rate=RATE, width=WIDTH, height=HEIGHT
    )


def timeline_spec(path: Path) -> dict[str, Any]:
    """Return the emulator's description: nine shots of a second each with sound, every one with a look of its own."""
    clips = [
        {
            "kind": "clip",
            "path": str(path),
            "name": f"shot {shot}",
            "track": 1,
            "timeline_start": (shot - 1) * FRAMES,
            "duration": FRAMES,
            "source_start": source_of(shot),
            "audio": True,
            "properties": {"ZoomX": 1.0 + shot / 10},
        }
        for shot in range(1, SHOTS + 1)
    ]
    timeline = {"name": "Nine shots", "rate": LABEL, "start_timecode": "01:00:00:00", "width": 320, "height": 180}
    return {"project": "Demo", "timeline": timeline, "clips": clips, "marks": [0, SHOTS * FRAMES - 1]}


def source_of(shot: int) -> int:
    """The source frame on which a shot begins at first."""
    return SOURCE_START + STEP * (shot - 1)


def place_of(shot: int) -> tuple[int, int]:
    """The timeline frames of a shot at first, end exclusive."""
    return (shot - 1) * FRAMES, shot * FRAMES


def edit(emulator: Emulator) -> None:
    """Do by hand what `EDITS` say."""
    ids = {shot: _at(emulator, place_of(shot)[0])["id"] for shot in range(1, SHOTS + 1)}

    def hand(name: str, shot: int, **more: Any) -> None:  # noqa: ANN401 - JSON
        emulator.do("user_edit", edit=name, item=ids[shot], **more)

    hand("trim", SHOT_3, head=TRIM_HEAD, tail=TRIM_TAIL)
    hand("move", SHOT_5, timeline_start=2 * SHOTS * FRAMES)
    hand("move", SHOT_6, timeline_start=place_of(SHOT_5)[0])
    hand("move", SHOT_5, timeline_start=place_of(SHOT_6)[0])
    hand("razor", SHOT_7, timeline_frame=place_of(SHOT_7)[0] + FRAMES // 2)
    hand("delete", SHOT_8)
    hand("slip", SHOT_9, source_frames=SLIP)


def pictures(timeline: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of the first video track, in the editor's own words."""
    return next(list(track["items"]) for track in timeline["tracks"] if (track["type"], track["index"]) == ("video", 1))


def _at(emulator: Emulator, start: int) -> dict[str, Any]:
    timeline = emulator.timeline()
    wanted = timeline["start_record_frame"] + start
    return next(item for item in pictures(timeline) if item["start_record_frame"] == wanted)


def expected_places() -> list[tuple[int, int]]:
    """Where clips must lie in the end: the editor's timing, and shot 8 where it was."""
    middle = place_of(SHOT_7)[0] + FRAMES // 2
    found = [place_of(shot) for shot in (1, 2, 3, 4, 5, 6, 8, 9)]
    found[2] = (place_of(SHOT_3)[0] + TRIM_HEAD, place_of(SHOT_3)[1] - TRIM_TAIL)
    return sorted([*found, (place_of(SHOT_7)[0], middle), (middle, place_of(SHOT_7)[1])])


def edits_seen() -> dict[int, str]:
    """What the person's edits left at each place of the timeline, in words."""
    middle = place_of(SHOT_7)[0] + FRAMES // 2
    return {
        place_of(SHOT_3)[0] + TRIM_HEAD: f"trimmed: {TRIM_HEAD} off its head, {TRIM_TAIL} off its tail",
        place_of(SHOT_5)[0]: "swapped with shot 5",
        place_of(SHOT_6)[0]: "swapped with shot 6",
        place_of(SHOT_7)[0]: "first piece",
        middle: "second piece",
        place_of(SHOT_8)[0]: "shot 8 was here",
        place_of(SHOT_9)[0]: f"slipped by {SLIP} frames",
    }


def rows(timeline: dict[str, Any], notes: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
    """Yield (place, name, file, source frame, note) of every picture clip and of every gap between two.

    ``notes`` are by the first frame of a place.
    """
    start, end = timeline["start_record_frame"], 0
    for item in sorted(pictures(timeline), key=lambda item: int(item["start_record_frame"])):
        first, after = item["start_record_frame"] - start, item["end_record_frame"] - start
        if first > end:
            yield f"{end}–{first}", "(gap)", "", "", notes.get(end, "")
        yield (
            f"{first}–{after}",
            item["name"],
            Path(item["media_path"]).name,
            str(item["left_offset"]),
            notes.get(first, ""),
        )
        end = after
