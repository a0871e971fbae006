"""The commands of the canvas, against a real bridge, as a person runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.integration.test_command_line import run, say

from takebridge.canvas.op_types import AddNode, Connect
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.ids import NodeId, WireId


@pytest.fixture
def canvas(client: BridgeClient) -> str:
    """A brief whose words direct a still."""
    api = Api(client)
    canvas_id = api.create_canvas("Commands").canvas.id
    nodes = [
        AddNode(id=NodeId("words"), kind="brief", title="Words"),
        AddNode(id=NodeId("still"), kind="image", title="Still", model="local/previz-image"),
    ]
    wire = Connect(
        id=WireId("w"),
        src_node=NodeId("words"),
        src_port="text",
        dst_node=NodeId("still"),
        dst_port="direction",
    )
    api.apply(canvas_id, [*nodes, wire])
    return str(canvas_id)


def states(home: Path, at: tuple[str, str]) -> dict[str, str]:
    code, found = run(home, "canvas", "show", at[1])
    assert code == 0
    return {key: state["status"] for key, state in found["states"].items()}


def test_a_still_from_words_to_a_rated_take(canvas: str, home: Path, tmp_path: Path) -> None:
    at = ("--canvas", canvas)
    code, take = run(home, "node", "text", "Words", "A lit window over a dark harbour", *at)
    assert code == 0 and take["seq"] == 1
    code, plan = run(home, "plan", *at)
    assert code == 0 and [[step["title"] for step in group] for group in plan["groups"]] == [["Still"]]
    code, ended = run(home, "run", "--max-cost", "0", *at)
    assert code == 0 and (ended["state"], ended["done"], ended["spent_micros"]) == ("done", 1, 0)
    assert states(home, at) == {"words": "fresh", "still": "fresh"}
    code, again = run(home, "generate", "Still", "--again", *at)
    assert code == 0 and again["pinned"] is False
    code, rated = run(home, "rate", "2", "keep", "--node", "Still", *at)
    assert code == 0 and rated["rating"] == "keep" and rated["id"] == again["take"]
    code, tray = run(home, "takes", "Still", *at)
    assert [take["seq"] for take in tray["takes"]] == [1, 2] and tray["pin"] == tray["takes"][0]["id"]
    code, said = say(home, "takes", "Still", *at)
    assert code == 0 and "pinned" in said and "keep" in said and "previz" in said


def test_new_words_make_one_node_stale_and_say_why(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Dusk", *at)
    code, _ = run(home, "run", "--yes", *at)
    assert code == 0
    code, _ = run(home, "node", "text", "Words", "Dawn", *at)
    assert states(home, at) == {"words": "fresh", "still": "stale"}
    code, why = run(home, "canvas", "why", "Still", *at)
    assert code == 0 and [change["path"] for change in why["changes"]] == ["inputs.direction[0]"]
    code, done = run(home, "node", "accept", "Still", *at)
    assert code == 0 and done["states"]["still"]["status"] == "accepted" and done["titles"] == {"still": "Still"}
    assert run(home, "node", "accept", "Still", "--withdraw", *at)[0] == 0
    code, done = run(home, "node", "pin", "Words", "1", *at)
    assert done["states"]["still"]["status"] == "fresh"
    assert run(home, "node", "lock", "Still", *at)[1]["states"]["still"]["status"] == "locked"
    code, plan = run(home, "plan", "--node", "Still", *at)
    assert plan["groups"] == [] and plan["skipped"][0]["reason"] == "locked"
    assert run(home, "node", "unlock", "Still", *at)[0] == 0


def test_words_come_out_as_they_went_in(canvas: str, home: Path, tmp_path: Path) -> None:
    at = ("--canvas", canvas)
    words = "## [s01] EXT. QUAY\n\n### [s01a] Wide\n" + "A line longer than a terminal is wide, " * 9 + "and on."
    code, said = say(home, "node", "text", "Words", words, *at)
    assert code == 0 and "Kept as take 1" in said
    code, said = say(home, "node", "text", "Words", *at)
    assert code == 0 and said == words
    code, refused = run(home, "node", "text", "Still", *at)
    assert code == 1 and "Still" in refused["error"]["message"] and "node set" in refused["error"]["hint"]


def test_new_words_say_which_nodes_they_make_stale(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Dusk", *at)
    assert run(home, "run", "--yes", *at)[0] == 0
    code, found = run(home, "node", "text", "Words", "Dawn", *at)
    assert code == 0 and found["states"]["still"]["status"] == "stale" and found["titles"]["still"] == "Still"
    code, said = say(home, "canvas", "why", "Still", *at)
    assert code == 0 and "direction 1: take 1 of “Words” → take 2 of “Words”" in said
    run(home, "node", "text", "Words", "Dusk", *at)
    code, said = say(home, "node", "text", "Words", "Dawn", *at)
    assert "Still: STALE" in said


def test_a_plan_names_the_older_take_that_would_do(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    for words in ("Dusk", "Dawn"):
        run(home, "node", "text", "Words", words, *at)
        assert run(home, "run", "--yes", *at)[0] == 0
    run(home, "node", "pin", "Words", "1", *at)
    code, said = say(home, "plan", *at)
    assert code == 0 and "takebridge node pin Still 1" in said


def test_a_model_that_does_not_fit_is_refused(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    for route in ("nobody/nothing", "local/assemble"):
        code, refused = run(home, "node", "model", "Still", route, *at)
        assert code == 1 and "local/previz-image" in refused["error"]["hint"]
    assert run(home, "node", "model", "Still", "none", *at)[0] == 0
    code, refused = run(home, "generate", "Still", *at)
    assert code == 1 and "takebridge node model" in refused["error"]["hint"]
    assert run(home, "node", "model", "Still", "local/previz-image", *at)[0] == 0


def test_jobs_and_takes_go_by_the_short_ids_of_the_tables(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Short", *at)
    code, job = run(home, "generate", "Still", *at)
    assert code == 0 and (job["title"], job["take_number"]) == ("Still", 1)
    code, said = say(home, "jobs", *at)
    assert code == 0 and "Still" in said and job["job"] not in said and job["job"][:12] in said
    code, ended = run(home, "cancel", job["job"][:12])
    assert code == 0 and ended["job"] == job["job"] and ended["had_ended"]
    code, rated = run(home, "rate", job["take"][:14], "keep", *at)
    assert code == 0 and rated["id"] == job["take"]
    code, refused = run(home, "resolve", job["job"], "dance")
    assert code == 1 and "look_again" in refused["error"]["hint"]


def test_a_wait_that_a_pause_makes_long_says_so(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Pause", *at)
    run(home, "queue", "pause", *at, "--author", "ada")
    waiting = subprocess.Popen(
        [sys.executable, "-m", "takebridge_server", "generate", "Still", "--author", "bob", *at],
        env={**os.environ, "TAKEBRIDGE_HOME": str(home), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert waiting.stdout
    first = waiting.stdout.readline()
    assert "ada paused" in first and "queue resume" in first
    assert run(home, "queue", "resume", *at)[0] == 0
    rest = waiting.communicate(timeout=60)[0]
    assert waiting.returncode == 0 and "take 1 of “Still”" in rest


def test_undo_is_per_person(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    assert run(home, "node", "set", "Still", "prompt", "a boat", "--author", "ada", *at)[0] == 0
    code, refused = run(home, "canvas", "undo", "--author", "bob", *at)
    assert code == 1 and refused["error"]["hint"]
    code, done = run(home, "canvas", "undo", "--author", "ada", *at)
    assert code == 0 and (done["undo"], done["redo"]) == (0, 1)
    code, shown = run(home, "canvas", "show", "--json", canvas)
    assert shown["canvas"]["nodes"]["still"]["params"]["prompt"] == ""
    assert run(home, "canvas", "redo", "--author", "ada", *at)[0] == 0


def test_a_canvas_is_saved_and_loaded(canvas: str, home: Path, tmp_path: Path) -> None:
    run(home, "node", "text", "Words", "Kept", "--canvas", canvas)
    file = tmp_path / "film.takebridge.json"
    code, saved = run(home, "canvas", "save", str(file), "--canvas", canvas)
    assert code == 0 and (saved["nodes"], saved["takes"]) == (2, 1) and file.is_file()
    code, loaded = run(home, "canvas", "load", str(file))
    assert code == 0 and loaded["canvas_id"] != canvas and len(loaded["nodes"]) == 2
    code, text = run(home, "node", "text", "Words", "--canvas", loaded["canvas_id"])
    assert code == 0 and text["text"] == "Kept"


def test_a_fan_out_leaves_the_pin_alone_and_draws_a_sheet(canvas: str, home: Path, tmp_path: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Four windows", *at)
    sheet = tmp_path / "sheet.png"
    code, found = run(home, "fan", "Still", "--seeds", "1-2", "--sheet", str(sheet), *at)
    assert code == 0 and [job["state"] for job in found["jobs"]] == ["done", "done"]
    assert sheet.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    code, tray = run(home, "takes", "Still", *at)
    assert tray["pin"] is None and sorted(take["seed_used"] for take in tray["takes"]) == [1, 2]
    code, refused = run(home, "fan", "Still", "--seeds", "1", "--sheet", str(tmp_path / "no" / "sheet.png"), *at)
    assert code == 1 and "sheet.png" in refused["error"]["message"]


def test_a_paused_queue_starts_nothing_until_it_is_resumed(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    run(home, "node", "text", "Words", "Wait", *at)
    code, queue = run(home, "queue", "pause", *at)
    assert code == 0 and [(pause["scope"], pause["key"]) for pause in queue["pauses"]] == [("canvas", canvas)]
    code, job = run(home, "generate", "Still", "--no-wait", *at)
    assert code == 0 and job["state"] == "queued"
    code, ended = run(home, "cancel", job["job"])
    assert code == 0 and ended["state"] == "cancelled"
    code, queue = run(home, "queue", "resume", *at)
    assert code == 0 and queue["pauses"] == []
    code, again = run(home, "retry", job["job"])
    assert code == 0 and again["state"] == "done"
    code, listed = run(home, "jobs", *at)
    assert [job["status"] for job in listed] == ["Failed", "Complete"]


def test_budgets_and_spending(canvas: str, home: Path) -> None:
    code, caps = run(home, "budget", "set", "user", "2.50", "--key", "ada")
    cap: dict[str, Any] = {"scope": "user", "key": "ada", "currency": "USD", "limit_micros": 2_500_000}
    assert code == 0 and cap in caps
    assert cap in run(home, "budget", "list")[1]
    code, said = say(home, "budget", "list")
    assert code == 0 and "user ada" in said and "$2.50" in said
    code, caps = run(home, "budget", "remove", "user", "--key", "ada")
    assert code == 0 and cap not in caps
    run(home, "node", "text", "Words", "Count", "--canvas", canvas)
    assert run(home, "run", "--yes", "--author", "ada", "--canvas", canvas)[0] == 0
    code, lines = run(home, "spend", "--by", "author", "--by", "node", "--canvas", canvas)
    assert code == 0
    assert [(line["author"], line["node_id"], line["jobs"]) for line in lines] == [("ada", "still", 1)]


def test_a_cap_for_a_title_holds_the_canvas(canvas: str, home: Path) -> None:
    title = f"Capped {canvas[-6:]}"
    with BridgeClient(home) as client:
        capped = str(Api(client).create_canvas(title).canvas.id)
    code, caps = run(home, "budget", "set", "canvas", "3", "--key", title)
    assert code == 0 and [cap["key"] for cap in caps if cap["scope"] == "canvas"] == [capped]
    code, caps = run(home, "budget", "remove", "canvas", "--key", title)
    assert code == 0 and not [cap for cap in caps if cap["scope"] == "canvas"]
    code, refused = run(home, "budget", "set", "canvas", "3", "--key", "No such canvas")
    assert code == 1 and "canvas list" in refused["error"]["hint"]


def test_names_nobody_has_are_answered_with_those_there_are(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    for words, named in (
        (("takes", "Stills"), "Still, Words"),
        (("takes", "stil"), "whole title: Still."),
        (("node", "set", "Still", "promt", "x"), "prompt"),
        (("node", "pin", "Still", "3"), "takebridge generate"),
        (("node", "accept", "Still"), "Generate or pin"),
        (("export",), "Export to editor"),
        (("plan", "--node", "Still", "--stale"), "--downstream"),
        (("rate", "nope", "keep"), "takebridge takes"),
        (("rate", "1", "keep"), "--node"),
    ):
        code, found = run(home, *words, *at)
        assert code == 1 and named in found["error"]["hint"], found
