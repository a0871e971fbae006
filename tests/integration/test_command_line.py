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
from tests.support.trip import card, clip, running_server, spec
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection

from takebridge.client import live
from takebridge.client.http import BridgeClient
from takebridge.errors import NotFoundError
from takebridge_server.watch import watch_job


def run(home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run a command with ``--json`` and return exit code and document."""
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", *words, "--json"],
        env={**os.environ, "TAKEBRIDGE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr and "Exception in" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)  # the whole of it: one document, nothing else


def say(home: Path, *words: str) -> tuple[int, str]:
    """Run a command as a person does; return exit code and all it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "takebridge_server", *words],
        env={**os.environ, "TAKEBRIDGE_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said and "Exception in" not in said, said
    return done.returncode, said


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


def test_a_second_take_of_the_same_recipe_says_that_the_pin_stays(
    open_editor: OpenEditor, tmp_path: Path, home: Path
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    at = ("--canvas", trip.canvas)
    run(home, "push", "--process", "previz", *at)
    code, first = run(home, "generate", "SH010 previz", *at)
    assert code == 0 and first["pinned"] is True
    code, second = run(home, "generate", "SH010 previz", *at)
    assert code == 0 and second["pinned"] is False and second["take"] != first["take"]
    code, said = say(home, "pull", "SH010", "--take", second["take"], *at)
    assert code == 0 and "is on the timeline" in said
    code, said = say(home, "pull", "SH010", "--take", "take_nope", *at)
    assert code == 1 and "no such take" in said
    code, said = say(home, "cancel", first["job"])
    assert code == 0 and "had ended already" in said
    code, said = say(home, "status")
    assert code == 0 and trip.canvas in said


def test_a_shot_without_a_take_names_the_node_it_has(open_editor: OpenEditor, tmp_path: Path, home: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    run(home, "push", "--process", "previz", "--canvas", trip.canvas)
    code, document = run(home, "pull", "SH010", "--canvas", trip.canvas)
    assert code == 1 and "takebridge generate 'SH010 previz'" in document["error"]["hint"]


def test_an_empty_canvas_says_to_push_first(client: BridgeClient, home: Path) -> None:
    canvas = client.post("/api/canvases", {"title": "empty"})["canvas"]["id"]
    for words in (("generate", "SH010 upscale"), ("pull", "SH010")):
        code, document = run(home, *words, "--canvas", canvas)
        assert code == 1 and "takebridge push" in document["error"]["hint"]


@pytest.mark.parametrize(
    "words",
    [
        ("generate",),
        ("push", "everything"),
        ("push", "--process", "sharpen"),
        ("push", "--handles", "-1"),
        ("serve", "--port", "70000"),
        ("nonsense",),
    ],
)
def test_a_wrong_command_line_is_json_too(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, document = run(tmp_path / "home", *words)
    assert code == 2 and document["error"]["code"] == "usage" and document["error"]["message"]


def test_a_home_that_is_a_file_has_no_bridge(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("not a folder")
    code, document = run(home, "status")
    assert code == 1 and document["error"]["code"] == "not_found"


def test_doctor_shows_long_findings_in_full(tmp_path: Path) -> None:
    _, said = say(tmp_path / "home" / ("x" * 200), "doctor")
    assert "…" not in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--profile", "bogus"), "bogus"),
        (("--media", "notes.txt"), "notes.txt"),
        (("--media", "missing.mov"), "missing.mov"),
    ],
)
def test_a_demo_that_cannot_start_says_why(tmp_path: Path, words: tuple[str, str], named: str) -> None:
    (tmp_path / "notes.txt").write_text("not a clip")
    option, value = words
    value = str(tmp_path / value) if option == "--media" else value
    code, document = run(tmp_path / "home", "demo", "--out", str(tmp_path / "out"), option, value)
    assert code == 1 and named in document["error"]["message"] and document["error"]["hint"]


def test_a_demo_into_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("taken")
    code, document = run(tmp_path / "home", "demo", "--out", str(tmp_path / "out"))
    assert code == 1 and "--out" in document["error"]["hint"]
    assert (tmp_path / "out").read_text() == "taken"


def test_a_bridge_that_goes_away_is_said_while_waiting_for_a_job(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with running_server(home) as client:
        canvas = client.post("/api/canvases", {"title": "c"})["canvas"]["id"]
        node = {"op": "add_node", "id": "n1", "kind": "previz", "title": "n1", "x": 0, "y": 0}
        client.post(f"/api/canvases/{canvas}/ops", {"ops": [node]})
        client.post("/api/queue/pause", {})  # the job must not end before the bridge goes away
        job = client.post("/api/jobs", {"canvas_id": canvas, "node_id": "n1"})["job"]
        connections = iter([live.open_socket(client.address)])

        def gone(*_: object) -> ClientConnection:
            raise ConnectionClosedError(None, None)

        def connect_once(*_: object) -> ClientConnection:
            if connection := next(connections, None):
                return connection
            raise NotFoundError("The bridge does not answer.", hint="Start it.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ClientConnection, "recv", gone)
            patch.setattr(live, "open_socket", connect_once)
            with pytest.raises(NotFoundError, match="before the job ended"):
                watch_job(client, job, None)
