"""The shipped agent in the emulator's process, against the shipped sessions: real sockets, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.server import PATIENCE, RunningServer, running_server

from takebridge.hosts.protocol import PingArgs, SnapshotArgs, StatusArgs, StopArgs
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
    process.kill()
    process.communicate()


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
