"""The shipped agent in the emulator's process, against the shipped sessions: real sockets, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.server import PATIENCE, RunningServer, running_server

from takebridge.cut.hosted import HostTrack
from takebridge.hosts import calls
from takebridge.hosts.protocol import SAFETY_MARK, AddMarkerArgs, PingArgs, SnapshotArgs, StatusArgs, StopArgs
from takebridge.hosts.reading import neutral, read_cut
from takebridge_server.sessions import AgentSession

SPEC = {
    "project": "Demo",
    "timeline": {"name": "Cut", "rate": "24", "start_timecode": "01:00:00:00", "width": 320, "height": 180},
    "clips": [{"kind": "title", "name": "Text", "track": 2, "timeline_start": 0, "duration": 24}],
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path / "home") as running:
        yield running


@pytest.fixture
def editor(server: RunningServer, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(SPEC))
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "takebridge_resolve.emulator",
            "--spec",
            str(spec),
            "--agent",
            "--home",
            str(server.home),
        ],
        env={**os.environ, "TAKEBRIDGE_HOME": str(server.home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    process.communicate(timeout=20)  # the end of its stdin ends it


@pytest.fixture
def session(server: RunningServer, editor: subprocess.Popen[bytes]) -> AgentSession:
    server.wait_until(server.shell.hub.list)
    return server.on_loop(server.shell.hub.current)


def test_it_says_hello_answers_and_leaves(server: RunningServer, session: AgentSession) -> None:
    assert session.status.product == "DaVinci Resolve Studio"
    assert session.status.timeline is not None
    assert session.status.timeline.project_name == "Demo"
    assert server.start(session.call("agent.ping", PingArgs())).result(PATIENCE).outcome == "verified"
    assert server.start(session.call("host.status", StatusArgs())).result(PATIENCE).outcome == "verified"
    snapshot = server.start(session.call("timeline.snapshot", SnapshotArgs())).result(PATIENCE)
    assert [item["name"] for item in snapshot.result["items"]] == ["Text"]
    assert server.start(session.call("agent.stop", StopArgs())).result(PATIENCE).outcome == "verified"
    assert server.on_loop(server.shell.hub.list) == ()


def test_it_says_hello_again_when_its_session_is_forgotten(server: RunningServer, session: AgentSession) -> None:
    server.on_loop(lambda: server.shell.hub._end(session, "silent"))
    server.wait_until(server.shell.hub.list)
    again = server.on_loop(server.shell.hub.current)
    assert again.session != session.session
    assert again.hello.pid == session.hello.pid
    assert server.start(again.call("agent.ping", PingArgs())).result(PATIENCE).outcome == "verified"


def test_a_timeline_is_copied_changed_read_and_brought_back(server: RunningServer, session: AgentSession) -> None:
    def ask(call: Any) -> Any:
        return server.start(call).result(PATIENCE)

    first = read_cut(ask(calls.snapshot(session, marks=True)))
    expect = calls.expectation(first)
    copy = ask(calls.duplicate_timeline(session, f"Cut ({SAFETY_MARK})", expect))
    ask(calls.add_track(session, HostTrack("audio", 3), expect))
    ask(calls.add_marker(session, AddMarkerArgs(record_frame=86410, name="Hook"), expect))
    changed = neutral(read_cut(ask(calls.snapshot(session, marks=True))))
    assert [(marker.at, marker.name) for marker in changed.markers] == [(10, "Hook")]
    assert [track.kind for track in changed.tracks].count("audio") == 3
    ask(calls.select_timeline(session, copy.timeline_id, expect))
    back = neutral(read_cut(ask(calls.snapshot(session, marks=True))))
    assert (back.timeline_id, back.markers) == (copy.timeline_id, ())
    assert [(clip.name, clip.record) for track in back.tracks for clip in track.clips] == [
        (clip.name, clip.record) for track in neutral(first).tracks for clip in track.clips
    ]


def test_two_agents_the_newest_serves_and_the_other_steps_in(
    server: RunningServer, session: AgentSession, tmp_path: Path
) -> None:
    """Started twice in the menu: ops go to the one that said hello last, and to the other when that one stops."""
    command = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(tmp_path / "spec.json"), "--agent"]
    environment = {**os.environ, "TAKEBRIDGE_HOME": str(server.home)}
    with subprocess.Popen(
        [*command, "--home", str(server.home)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as second:
        server.wait_until(lambda: len(server.shell.hub.list()) == 2)
        newest = server.on_loop(server.shell.hub.current)
        assert newest.hello.pid == second.pid != session.hello.pid
        assert server.start(newest.call("agent.stop", StopArgs())).result(PATIENCE).outcome == "verified"
        left = server.on_loop(server.shell.hub.current)
        assert left.session == session.session
        assert server.start(left.call("agent.ping", PingArgs())).result(PATIENCE).outcome == "verified"
        second.communicate(timeout=20)
