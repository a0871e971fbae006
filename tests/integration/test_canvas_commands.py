"""The commands of the canvas, against a real bridge, as a person runs them."""

from __future__ import annotations

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


def test_names_nobody_has_are_answered_with_those_there_are(canvas: str, home: Path) -> None:
    at = ("--canvas", canvas)
    for words, named in (
        (("takes", "Stills"), "Still, Words"),
        (("node", "set", "Still", "promt", "x"), "prompt"),
        (("node", "pin", "Still", "3"), "takebridge generate"),
        (("node", "accept", "Still"), "Generate or pin"),
        (("export",), "Export to editor"),
        (("plan", "--node", "Still", "--stale"), "--downstream"),
        (("rate", "nope", "keep"), "takebridge takes"),
    ):
        code, found = run(home, *words, *at)
        assert code == 1 and named in found["error"]["hint"], found
