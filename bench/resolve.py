"""Benchmarks of the Resolve side: calls and time of the agents, what idling costs, the mailbox, the panel, the matrix.

Usage: make bench-resolve, or python bench/resolve.py [--quick]. Exit code 1 when a limit is missed or a cell of the
matrix is red. Calls are counted by the emulator, which answers each after 5 ms, as Resolve's own do; ``--quick`` idles
20 s instead of 60 s and takes 250 clips and 200 selections.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "*.warning=false")  # the offscreen platform says of each window what it lacks
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
from cut import Limit
from rich.console import Console
from rich.table import Table
from tests.support.agent_matrix import matrix
from tests.support.agent_server import AgentServer

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge_resolve import agent
from takebridge_resolve.emulator import World

CALL_MS = 5
SNAPSHOT_CALLS, SNAPSHOT_SECONDS, PULL_CALLS = 12, 8.0, 40
IDLE_SECONDS_PER_REQUEST, IDLE_CPU = 25, 1.0
VOID_CALLS = 10_000
MAILBOX_MS, SCROLL_FPS, READY_SECONDS, MEMORY_PERCENT = 80, 50, 1.5, 10.0
_PATIENCE = 60


def main() -> None:
    """Print the matrix, then the limits, and the figures as JSON on the last line."""
    console = Console(width=int(os.environ.get("COLUMNS", "150")))
    quick = "--quick" in sys.argv
    limits = [
        *snapshot(250 if quick else 1_000),
        *pull_calls(),
        *idle(20 if quick else 60),
        *mailbox(),
        *panel(200 if quick else 1_000),
        *cells(console),
    ]
    table = Table("", "figure", "measured", "limit", title="Limits")
    for one in limits:
        mark = "" if one.ok is None else "[green]ok[/green]" if one.ok else "[red]OVER[/red]"
        table.add_row(mark, one.name, one.measured, one.limit)
    console.print(table)
    sys.stdout.write(json.dumps({one.name: one.measured for one in limits}) + "\n")
    sys.exit(1 if any(one.ok is False for one in limits) else 0)


# --- the agent's calls -----------------------------------------------------------------------------------


def long_timeline(clips: int) -> dict[str, Any]:
    """A timeline of ``clips`` clips of one second, butt to butt, each with linked sound, of ten media files."""
    media = {"rate": "24", "frames": 9_600, "width": 1920, "height": 1080, "audio_channels": 2}
    return {
        "project": "Bench",
        "timeline": {"name": "Reel", "rate": "24", "start_timecode": "01:00:00:00", "width": 1920, "height": 1080},
        "clips": [
            {
                "path": f"/media/A{number % 10:03}.mov",
                "timeline_start": 24 * number,
                "duration": 24,
                "source_start": 24 * (number // 10) % 9_000,
                "media": media,
            }
            for number in range(clips)
        ],
    }


def snapshot(clips: int) -> Iterator[Limit]:
    """Read a timeline through the Python agent: every clip in full to count the calls, and, with 5 ms a call, as a
    pull, a look at a clip and the short way of a round trip read it: every clip's place and id, one clip in full.
    """
    world = World.from_spec(long_timeline(clips), profile="20.3")
    desk = agent.Desk(world.resolve)
    op = {"id": "count", "verb": "timeline.snapshot", "args": {}, "expect": None}
    world.ui.call_log.clear()
    found = desk.execute(op)["result"]["items"]
    if len(found) != clips:
        raise SystemExit("The snapshot does not show every clip.")
    each = len(world.ui.call_log) / clips
    world.ui.call_log.clear()
    world.ui.latency_ms = CALL_MS
    started = time.perf_counter()
    light = desk.execute({**op, "id": "time", "args": {"detail": [found[clips // 2]["key"]]}})["result"]["items"]
    seconds = time.perf_counter() - started
    if [item["start_record_frame"] for item in light] != [item["start_record_frame"] for item in found]:
        raise SystemExit("The two snapshots do not agree.")
    calls = len(world.ui.call_log) / clips
    what = f"snapshot of {clips} clips"
    yield Limit(f"{what} in full, API calls a clip", f"{each:.2f}", f"≤ {SNAPSHOT_CALLS}", each <= SNAPSHOT_CALLS)
    what = f"snapshot of {clips} clips, places and ids of all, one in full"
    yield Limit(f"{what}, API calls a clip", f"{calls:.2f}", f"≤ {SNAPSHOT_CALLS}", calls <= SNAPSHOT_CALLS)
    limit = SNAPSHOT_SECONDS * clips / 1_000
    yield Limit(f"{what}, at {CALL_MS} ms a call", f"{seconds:.1f} s", f"≤ {limit:g} s", seconds <= limit)


def pull_calls() -> Iterator[Limit]:
    """Count the API calls of one pull, all of it: look, import, add and select, read back.

    Of a clip the bridge pushed, of one it knows from before it started, of further takes, and of a clip that was
    slipped since it was pushed: that one is read first.
    """
    from tests.support.roundtrip_rig import RoundTripRig

    from takebridge.services.pull import PullRequest, pull

    def calls(rig: RoundTripRig, shot: int, number: int = 2) -> int:
        take, link = rig.take(shot, pin=True, number=number), rig.link(shot)
        rig.world.ui.call_log.clear()
        report = asyncio.run(pull(rig.bridge, rig.as_host, PullRequest(link_id=link.id, take_id=take.id)))
        if not report.changed:
            raise SystemExit("The pull changed nothing.")
        return len(rig.world.ui.call_log)

    with tempfile.TemporaryDirectory() as folder:
        rig = RoundTripRig(Path(folder), clips=5)
        rig.push_all()
        counted = {"pull of one take": calls(rig, 3)}
        counted["pull of a second take of the shot"] = calls(rig, 3, number=3)
        counted["pull to another shot"] = calls(rig, 2)
        rig.restart()
        counted["pull of one take, bridge just started"] = calls(rig, 4)
        rig.ui.slip_item(rig.item(5).id, 2)
        slipped = calls(rig, 5)
    for what, made in counted.items():
        yield Limit(f"{what}, API calls", str(made), f"≤ {PULL_CALLS}", made <= PULL_CALLS)
    yield Limit("pull to a clip slipped since its push, API calls", str(slipped))


# --- idling ----------------------------------------------------------------------------------------------


def idle(seconds: int) -> Iterator[Limit]:
    """Let the installed agent idle in the emulator's process: requests it makes, CPU it takes."""
    with tempfile.TemporaryDirectory() as folder, emulator(Path(folder), "--agent") as process:
        home = Path(folder) / "home"
        with AgentServer(home, poll_seconds=30) as server:
            server.wait_for(lambda: server.polls)
            before, cpu = len(server.polls), _cpu(process.pid)
            time.sleep(seconds)
            polls, used = len(server.polls) - before, _cpu(process.pid) - cpu
    allowed = max(1, -(-seconds // IDLE_SECONDS_PER_REQUEST))
    percent = 100 * used / seconds
    yield Limit(f"idle agent, requests in {seconds} s", str(polls), f"≤ {allowed}", polls <= allowed)
    yield Limit("idle agent, CPU of one core", f"{percent:.2f} %", f"< {IDLE_CPU:g} %", percent < IDLE_CPU)


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def emulator(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A stand-in Resolve with an agent, as a process of its own; it ends with the block."""
    spec, home = folder / "world.json", folder / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    spec.write_text(json.dumps(long_timeline(3)))
    argv = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(spec), *options, "--home", str(home)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.communicate(timeout=_PATIENCE)


# --- the mailbox -----------------------------------------------------------------------------------------


def mailbox() -> Iterator[Limit]:
    """Ping the Lua agent through the real bridge and its mailbox; what idling costs it."""
    with tempfile.TemporaryDirectory() as folder, emulator(Path(folder), "--agent", "lua") as process:
        home = Path(folder) / "home"
        with bridge(home, Path(folder)) as api:
            session = _connected(api)
            trips = [_ping(api, session) for _ in range(50)]
            cpu = _cpu(process.pid)
            time.sleep(10)
            percent = 10 * (_cpu(process.pid) - cpu)
    middle = statistics.median(trips)
    worst = sorted(trips)[int(len(trips) * 0.95)]
    yield Limit("Lua mailbox, round trip (median)", f"{middle:.0f} ms", f"≤ {MAILBOX_MS} ms", middle <= MAILBOX_MS)
    yield Limit("Lua mailbox, round trip (95 %)", f"{worst:.0f} ms")
    yield Limit("idle Lua agent, CPU of one core", f"{percent:.2f} %", f"< {IDLE_CPU:g} %", percent < IDLE_CPU)


@contextmanager
def bridge(home: Path, folder: Path) -> Iterator[Api]:
    """A real bridge over ``home``; it ends with the block."""
    argv = [
        sys.executable,
        "-m",
        "takebridge_server",
        "serve",
        "--json",
        "--attended",
        "--port",
        "0",
        "--home",
        str(home),
    ]
    with (folder / "bridge.log").open("wb") as log:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        try:
            if process.stdout is None or not process.stdout.readline():
                raise SystemExit("The bridge did not start.")
            with BridgeClient(home) as client:
                yield Api(client)
        finally:
            process.communicate(timeout=_PATIENCE)


def _connected(api: Api) -> str:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        hosts = api.status().hosts
        if hosts:
            return str(hosts[0]["session"])
        time.sleep(0.1)
    raise SystemExit("The Lua agent did not connect.")


def _ping(api: Api, session: str) -> float:
    started = time.perf_counter()
    api.client.post(f"/api/hosts/{session}/ping")
    return 1000 * (time.perf_counter() - started)


# --- the panel -------------------------------------------------------------------------------------------


def panel(selections: int) -> Iterator[Limit]:
    """Scroll, flip and change selections in the real widgets, offscreen."""
    from tests.support.panel_bench import application, flip_ms, hover_ms, memory_over_selections, ring_ms, scroll_fps
    from tests.support.panel_window_bench import ready_seconds

    fps = scroll_fps(takes=500)
    yield Limit("panel, 500 takes scrolling", f"{fps:.0f} fps", f"≥ {SCROLL_FPS}", fps >= SCROLL_FPS)
    yield Limit("panel, hover scrub", f"{hover_ms():.2f} ms")
    yield Limit("panel, flip between two takes", f"{flip_ms():.1f} ms")
    yield Limit("panel, key to ring among 5,000 takes", f"{ring_ms():.1f} ms")
    ready = ready_seconds()
    yield Limit("panel, window ready", f"{ready:.2f} s", f"≤ {READY_SECONDS} s", ready <= READY_SECONDS)
    before, after = memory_over_selections(selections)
    grown = 100 * (after - before) / before
    flat = abs(grown) <= MEMORY_PERCENT
    yield Limit(f"panel, memory over {selections} selections", f"{grown:+.1f} %", f"± {MEMORY_PERCENT:g} %", flat)
    application()
    calls = void_calls(VOID_CALLS)
    yield Limit("panel, void Qt calls without an abort", str(calls), str(VOID_CALLS), calls == VOID_CALLS)


def void_calls(wanted: int) -> int:
    """Make calls that answer nothing: PySide6 6.12 loses a None in each and aborts."""
    from PySide6.QtWidgets import QWidget

    widget, made = QWidget(), 0
    for _ in range(wanted):
        widget.update()
        made += 1
    return made


# --- the matrix ------------------------------------------------------------------------------------------


def cells(console: Console) -> Iterator[Limit]:
    """Both agents × profiles × verbs."""
    rows = matrix()
    columns = list(dict.fromkeys((row.agent, row.profile) for row in rows))
    table = Table(title="Agents, versions, verbs")
    table.add_column("verb", no_wrap=True)
    for agent_name, profile in columns:
        table.add_column(f"{agent_name} {profile}")
    by_verb: dict[str, dict[tuple[str, str], str]] = {}
    for row in rows:
        by_verb.setdefault(row.verb, {})[row.agent, row.profile] = row.outcome
    for verb, found in sorted(by_verb.items()):
        table.add_row(verb, *(_cell(found.get(column, "missing")) for column in columns))
    console.print(table)
    red = sum(outcome not in ("ok", "not offered") for found in by_verb.values() for outcome in found.values())
    red += sum(len(columns) - len(found) for found in by_verb.values())
    yield Limit("cells of the matrix that are neither green nor not offered", str(red), "0", red == 0)


def _cell(outcome: str) -> str:
    if outcome == "ok":
        return "[green]ok[/green]"
    return "[dim]not offered[/dim]" if outcome == "not offered" else f"[red]{outcome}[/red]"


if __name__ == "__main__":
    main()
