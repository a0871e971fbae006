"""The whole bridge for integration tests: a real server process, the emulator process with the real agent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate
from takebridge_server.demo.actors import Emulator, Server, wait_for_agent
from takebridge_server.watch import watch_job

RATE = FrameRate(24000, 1001)
START = 86400


@dataclass
class Trip:
    """One editor at one timeline, and the bridge."""

    client: BridgeClient
    emulator: Emulator
    canvas: str

    def push(self, **body: Any) -> dict[str, Any]:
        """Push one clip and return its report."""
        clips = self.client.post("/api/clips/push", {"canvas_id": self.canvas, "process": [], **body})
        assert len(clips) == 1
        return dict(clips[0])

    def pull(self, clip: dict[str, Any], take: str | None = None, **body: Any) -> dict[str, Any]:
        """Pull a take (by default the pushed frames themselves) to its clip."""
        link = clip["link"]
        request = {"link_id": link["id"], "take_id": take or link["source_take_id"], **body}
        return dict(self.client.post("/api/clips/pull", request))

    def generate(self, node: str) -> dict[str, Any]:
        """Generate a node to its end."""
        job = self.client.post("/api/jobs", {"canvas_id": self.canvas, "node_id": node})
        return watch_job(self.client, job["job"], None)

    def timeline(self) -> dict[str, Any]:
        """The editor's own state."""
        return self.emulator.timeline()

    def item(self, index: int = 0, track: int = 1) -> dict[str, Any]:
        """One item of a video track."""
        found = next(t for t in self.timeline()["tracks"] if t["type"] == "video" and t["index"] == track)
        return dict(found["items"][index])


def spec(clips: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A 23.976 timeline of 640x360 at 01:00:00:00; the playhead stands on the first clip."""
    timeline = {"name": "Cut", "rate": "23.976", "start_timecode": "01:00:00:00", "width": 640, "height": 360}
    return {"project": "Film", "timeline": timeline, "clips": clips, "playhead": "01:00:00:10", **more}


def clip(path: Path, **more: Any) -> dict[str, Any]:
    """A clip of 24 frames at the head of video track 1, from source frame 20 on, with its sound."""
    plain = {"kind": "clip", "path": str(path), "track": 1, "timeline_start": 0, "duration": 24, "source_start": 20}
    return {**plain, "audio": True, **more}


def card(path: Path, frames: int = 64, clip_id: int = 1, rate: FrameRate = RATE, **more: Any) -> Path:
    """Render a small numbered clip."""
    size = {"width": 320, "height": 180, **more}
    return render_test_clip(path, clip_id=clip_id, frame_count=frames, rate=rate, **size)


@contextmanager
def running_server(home: Path) -> Iterator[BridgeClient]:
    """A server process with a client."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with Server(home, home.parent / "server.log"), BridgeClient(home) as client:
        yield client


@contextmanager
def editor(
    client: BridgeClient, home: Path, folder: Path, world: dict[str, Any], profile: str = "20.3"
) -> Iterator[Trip]:
    """An editor connected to the bridge, with a canvas of its own. The agent leaves at the end."""
    description = folder / "timeline.json"
    description.write_text(json.dumps(world), "utf-8")
    with Emulator(description, profile, home, folder / "emulator.log") as emulator:
        session = wait_for_agent(client)["session"]
        canvas = client.post("/api/canvases", {"title": folder.name})["canvas"]["id"]
        trip = Trip(client, emulator, str(canvas))
        yield trip
        with suppress(BridgeError):  # a test may have killed this server and put another in its place
            trip.client.post(f"/api/hosts/{session}/stop")
