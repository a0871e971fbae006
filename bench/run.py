"""Benchmarks: ratios measured in one run, each beside its limit. Exit code 1 when a limit is missed.

Usage: make bench. Absolute times are this machine's only; docs/performance.md keeps measured figures.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from takebridge.client.http import BridgeClient
from takebridge.media.ffmpeg import find_ffmpeg
from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate
from takebridge_server.demo.actors import Emulator, Server, wait_for_agent

RATE = FrameRate(24000, 1001)
SECONDS_FRAMES = 48
HANDLES = 12
SOURCE_START = 30
ROUNDS = 5
PINGS = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, and what it may be at most."""

    name: str
    value: float
    limit: float
    unit: str
    note: str = ""

    @property
    def ok(self) -> bool:
        """Within the limit."""
        return self.value <= self.limit


def main() -> None:
    """Measure everything, print one table, keep the figures as JSON on the last line."""
    with tempfile.TemporaryDirectory(prefix="takebridge-bench-") as folder:
        figures = [_state_pass(), *_live(Path(folder))]
    console = Console()
    table = Table("", "figure", "measured", "limit", "note")
    for item in figures:
        mark = "[green]ok[/green]" if item.ok else "[red]OVER[/red]"
        table.add_row(mark, item.name, f"{item.value:.2f} {item.unit}", f"{item.limit:g} {item.unit}", item.note)
    console.print(table)
    sys.stdout.write(json.dumps({item.name: round(item.value, 3) for item in figures}) + "\n")
    sys.exit(0 if all(item.ok for item in figures) else 1)


def _state_pass() -> Figure:
    script = Path(__file__).with_name("state_pass.py")
    out = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True).stdout
    found = json.loads(out.strip().splitlines()[-1])
    return Figure("state pass, 6,000 nodes", float(found["ms"]), 60, "ms", "CPU time, median of 9")


def _live(folder: Path) -> list[Figure]:
    """Everything that needs the real server and the agent in its emulator."""
    source = render_test_clip(
        folder / "camera.mp4", clip_id=1, frame_count=120, rate=RATE, width=1920, height=1080, audio=True
    )
    spec = folder / "timeline.json"
    spec.write_text(json.dumps(_spec(source)), "utf-8")
    home = folder / "home"
    with (
        Server(home, folder / "server.log") as server,
        Emulator(spec, "20.3", home, folder / "emulator.log") as emulator,
        BridgeClient(home) as client,
    ):
        session = wait_for_agent(client)["session"]
        idle = psutil.Process(server.pid).memory_info().rss / 1e6
        pings = sorted(_seconds(lambda: client.post(f"/api/hosts/{session}/ping")) * 1000 for _ in range(PINGS))
        trips, bare = _trips(client, emulator, source, folder)
    ratio = statistics.median(trip / plain for trip, plain in zip(trips, bare, strict=True))
    note = f"median of {ROUNDS} pairs: {statistics.median(trips):.2f} s against {statistics.median(bare):.2f} s"
    return [
        Figure("push + pull of 2 s 1080p / one bare ffmpeg transcode", ratio, 3, "x", note),
        Figure(
            "agent op round trip, p50", statistics.median(pings), 30, "ms", f"p99 {pings[-2]:.1f} ms, {PINGS} pings"
        ),
        Figure("server memory, idle, agent connected", idle, 200, "MB", "resident"),
    ]


def _trips(client: BridgeClient, emulator: Emulator, source: Path, folder: Path) -> tuple[list[float], list[float]]:
    """Alternate trips and bare transcodes. Each trip is a canvas of its own, so nothing is found ready."""
    trips, bare = [], []
    for number in range(ROUNDS):
        canvas = client.post("/api/canvases", {"title": f"bench {number}"})["canvas"]["id"]
        trips.append(_seconds(lambda canvas=canvas: _trip(client, canvas)))
        bare.append(_seconds(lambda number=number: _transcode(source, folder / f"bare{number}.mov")))
        _restore(emulator)
    return trips, bare


def _trip(client: BridgeClient, canvas: str) -> None:
    clip = client.post("/api/clips/push", {"canvas_id": canvas, "process": []})[0]
    link = clip["link"]
    report = client.post("/api/clips/pull", {"link_id": link["id"], "take_id": link["source_take_id"]})
    if not report["changed"]:
        raise RuntimeError("the pull found its take in place: the trip was not made")


def _restore(emulator: Emulator) -> None:
    """Put take 1 back, so that the next trip starts from the camera original."""
    clip = emulator.timeline()["tracks"][0]["items"][0]
    emulator.do("user_edit", edit="select_take", item=clip["id"], index=1)


def _transcode(source: Path, target: Path) -> None:
    frames = SECONDS_FRAMES + 2 * HANDLES
    start = (SOURCE_START - HANDLES - 0.5) * 1001 / 24000
    command = [str(find_ffmpeg()), "-v", "error", "-ss", f"{start:.6f}", "-i", str(source), "-frames:v", str(frames)]
    command += ["-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p", "-c:a", "pcm_s16le"]
    command += ["-t", f"{frames * 1001 / 24000:.6f}", "-y", str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _spec(source: Path) -> dict[str, Any]:
    clip = {"kind": "clip", "path": str(source), "track": 1, "timeline_start": 0, "duration": SECONDS_FRAMES}
    timeline = {"name": "Bench", "rate": "23.976", "start_timecode": "01:00:00:00", "width": 1920, "height": 1080}
    clips = [{**clip, "source_start": SOURCE_START, "audio": True}]
    return {"project": "Bench", "timeline": timeline, "clips": clips, "playhead": "01:00:00:10"}


if __name__ == "__main__":
    main()
