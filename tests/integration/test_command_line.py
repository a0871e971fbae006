"""The command line as a person runs it, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.integration.conftest import OpenEditor
from tests.support.trip import card, clip, spec

from takebridge_server.client import BridgeClient


def run(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run a command with ``--json`` and return exit code and document."""
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", *words, "--json"],
        env={**os.environ, "TAKEBRIDGE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_the_trip_by_hand(open_editor: OpenEditor, tmp_path: Path, home: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    at = ("--canvas", trip.canvas)
    code, clips = run(home, "push", "--process", "previz", *at)
    assert code == 0 and clips[0]["link"]["shot"] == "SH010"  # type: ignore[index]
    code, job = run(home, "generate", "SH010 previz", *at)
    assert code == 0 and job["state"] == "done"
    code, report = run(home, "pull", "SH010", *at)
    assert code == 0 and report["changed"] and report["selected_take"] == 2
    code, status = run(home, "status")
    assert code == 0 and any(link["canvas_id"] == trip.canvas for link in status["shots"])


def test_what_is_not_there_is_named_with_what_is(client: BridgeClient, home: Path) -> None:
    canvas = client.post("/api/canvases", {"title": "empty"})["canvas"]["id"]
    code, document = run(home, "pull", "SH999", "--canvas", canvas)
    assert code == 1 and "SH999" in document["error"]["message"] and document["error"]["hint"]


def test_doctor_names_editor_version_and_timeline(open_editor: OpenEditor, tmp_path: Path, home: Path) -> None:
    open_editor(spec([clip(card(tmp_path / "a.mp4"))]), "21.0 free")
    code, found = run(home, "doctor")
    checks = {check["name"]: check for check in found["checks"]}
    resolve = next(check for name, check in checks.items() if "Resolve" in name)
    assert code == 0, found["first"]
    assert "21.0" in resolve["name"] and "free" in resolve["message"] and "Cut" in resolve["message"]
    assert checks["Token"]["ok"] and checks["ffmpeg"]["ok"]


def test_doctor_without_a_bridge_says_to_start_it(tmp_path: Path) -> None:
    code, found = run(tmp_path / "home", "doctor")
    assert code == 1 and found["first"]["name"] == "Bridge" and "takebridge serve" in found["first"]["hint"]


def test_a_second_server_refuses_and_names_the_first(client: BridgeClient, home: Path) -> None:
    code, document = run(home, "serve")
    assert code == 1 and document["error"]["code"] == "data_folder_locked"
    assert str(client.address.pid) in document["error"]["message"]
    assert client.get("/api/status")["version"]


@pytest.mark.parametrize("words", [("status",), ("push",), ("jobs",), ("cancel", "job_x"), ("generate", "x")])
def test_without_a_bridge_every_command_says_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    code, document = run(home, *words)
    assert code == 1 and document["error"]["code"] == "not_found"
    assert "takebridge serve" in document["error"]["hint"]


def test_an_attended_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "takebridge_server", "serve", "--json", "--attended"],
        env={**os.environ, "TAKEBRIDGE_HOME": str(tmp_path / "home")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdin and child.stdout
    assert json.loads(child.stdout.readline())["url"].startswith("http://127.0.0.1:")
    child.stdin.close()
    assert child.wait(timeout=60) == 0
    child.stdout.close()
    assert not (tmp_path / "home" / "bridge.json").exists()
