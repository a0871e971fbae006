"""Round trips through real processes: server, emulated editor with its agent, a local model, the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.integration.conftest import OpenEditor
from tests.support.trip import Trip, card, clip, spec

from takebridge.media.frames import read_frames
from takebridge.media.probe import probe

CARD = {"width": 160, "height": 90, "frames": 96}


def command(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run ``takebridge roundtrip … --json``."""
    argv = [sys.executable, "-m", "takebridge_server", "roundtrip", *words, "--json", "--home", str(home)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=110)
    return done.returncode, json.loads(done.stdout)


def push_short(trip: Trip) -> dict[str, Any]:
    """Push the clip with two frames of handles, and make its take."""
    pushed = trip.push(process=["upscale"], handles=2)
    assert trip.generate(pushed["nodes"]["upscale"])["state"] == "done"
    return pushed


def test_a_clip_made_longer_gets_a_longer_take_in_one_command(
    open_editor: OpenEditor, tmp_path: Path, home: Path
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4", **CARD), duration=12)]))
    pushed = push_short(trip)
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=0, tail=-8)

    code, planned = command(home, "--dry-run", "--canvas", trip.canvas)
    # Given were 12 frames and two more; 20 are shown now.
    (request,) = planned["requests"]
    assert code == 0 and planned["outcome"] == "planned"
    asked = request["shot"], request["edge"], request["needs_frames"], request["possible"]
    assert asked == ("SH010", "tail", 6, True)
    assert planned["price"]["jobs"] == 1 and planned["price"]["high_micros"] == 0
    canvas = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]
    assert len(canvas["takes"]) == 2 and trip.item()["media_path"].endswith("a.mp4")

    code, done = command(home, "--generate", "--canvas", trip.canvas)

    assert code == 0 and done["outcome"] == "applied" and done["run"]
    item = trip.item()
    after = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]
    pinned = after["nodes"][pushed["nodes"]["upscale"]]["pin"]
    assert after["takes"][pinned]["outputs"]["video"]["facts"]["frame_count"] == 12 + 20 + 12
    assert item["duration"] == 20 and item["selected_take"] == 2
    assert probe(Path(item["media_path"])).frame_count >= item["left_offset"] + 20
    assert len(list(read_frames(Path(item["media_path"]), item["left_offset"], 20))) == 20
    listed = trip.client.get("/api/roundtrips", canvas_id=trip.canvas)
    assert [one["state"] for one in listed] == ["done"]
    assert command(home, "--canvas", trip.canvas)[1]["outcome"] == "nothing"


def test_a_conflict_is_decided_on_the_command_line(open_editor: OpenEditor, tmp_path: Path, home: Path) -> None:
    path = card(tmp_path / "a.mp4", **CARD)
    trip = open_editor(spec([clip(path, duration=12), clip(path, timeline_start=12, duration=12, source_start=40)]))
    push_short(trip)
    trip.emulator.do("user_edit", edit="delete", item=trip.item()["id"])
    code, found = command(home, "--canvas", trip.canvas)
    assert code == 1 and found["outcome"] == "undecided"
    (conflict,) = found["conflicts"]
    code, refused = command(home, "--canvas", trip.canvas, "--choose", "nothing=editor")
    assert code == 1 and refused["error"]["code"] == "usage"
    code, done = command(home, "--canvas", trip.canvas, "--choose", f"{conflict['id']}=canvas")
    assert code == 0 and done["outcome"] == "applied"
    assert len(trip.timeline()["tracks"][0]["items"]) == 2
    assert "SH010_take" in trip.item()["media_path"]


def test_no_editor_is_said_at_once(home: Path, client: Any) -> None:
    canvas = client.post("/api/canvases", {"title": "alone"})["canvas"]["id"]
    code, found = command(home, "--canvas", canvas)
    assert code == 1 and found["error"]["code"] in ("host_offline", "timeline_switched")
