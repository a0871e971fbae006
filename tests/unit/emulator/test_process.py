"""The emulator as a process: control line, ends of life, the agent slot (real processes)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.support.agent_server import AgentServer
from tests.support.resolve_world import Desk, EmulatorProcess, Footage, offline, spec_of

from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.__main__ import Runner
from takebridge_resolve.emulator.control import Control

SPEC = spec_of(offline(audio=True, media={"audio_channels": 2}), other_timelines=[{"timeline": {"name": "Second"}}])


def first_item(state: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = state["timeline"]["tracks"][0]["items"][0]
    return item


def test_state_edits_and_switches_go_over_the_line(tmp_path: Path) -> None:
    with EmulatorProcess(tmp_path, SPEC, "--profile", "19.1") as emulator:
        state = emulator.tell("state")
        assert (state["profile"], state["project"]["name"]) == ("19.1.3.7", "Demo")
        emulator.tell("user_edit", edit="move", item=first_item(state)["id"], timeline_start=100)
        emulator.tell("set_playhead", timecode="01:00:04:00")
        emulator.tell("lock_track", track_type="video", index=1)
        state = emulator.tell("state")
        assert first_item(state)["start_record_frame"] == 86500
        assert (state["timeline"]["playhead"], state["timeline"]["tracks"][0]["locked"]) == ("01:00:04:00", True)
        emulator.tell("switch_timeline", name="Second")
        assert emulator.tell("state")["timeline"]["name"] == "Second"
        assert emulator.tell("quit") == "bye"
        assert emulator.process.wait(timeout=30) == 0


def test_it_ends_at_the_end_of_stdin(tmp_path: Path) -> None:
    with EmulatorProcess(tmp_path, SPEC) as emulator:
        emulator.tell("state")
        assert emulator.process.stdin
        emulator.process.stdin.close()
        assert emulator.process.wait(timeout=30) == 0
        emulator.process.stdin = None


@pytest.mark.skipif(os.name != "posix", reason="orphans are adopted on POSIX only")
def test_it_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    described = tmp_path / "world.json"
    described.write_text(json.dumps(SPEC), "utf-8")
    command = [sys.executable, "-m", "takebridge_resolve.emulator", "--spec", str(described)]
    parent = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({command!r}, stdin=sys.stdin, stderr=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    read_end, write_end = os.pipe()  # held open here, so that the end of stdin cannot be what stops the child
    with subprocess.Popen([sys.executable, "-c", parent], stdin=read_end, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        child = psutil.Process(int(holder.stdout.readline()))
        os.write(write_end, b'{"do": "agent"}\n')
        assert json.loads(holder.stdout.readline())["ok"]
        holder.kill()
    assert psutil.wait_procs([child], timeout=30)[1] == []
    os.close(read_end)
    os.close(write_end)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--profile", "17.0"), "start at 18.5"), (("--profile", "x"), "not a version")],
)
def test_a_wrong_profile_is_one_line_and_exit_2(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    with EmulatorProcess(tmp_path, SPEC, *arguments) as emulator:
        _, errors = emulator.process.communicate(timeout=30)
        assert emulator.process.returncode == 2
        assert message in errors
        assert "Traceback" not in errors


def test_a_wrong_description_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with EmulatorProcess(tmp_path, spec_of(surprise=1)) as emulator:
        _, errors = emulator.process.communicate(timeout=30)
        assert emulator.process.returncode == 2
        assert "knows no surprise" in errors
        assert "Traceback" not in errors


def test_a_crashing_agent_leaves_the_emulator_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from takebridge_resolve.emulator import __main__ as process

    broken = tmp_path / "agent.py"
    broken.write_text("print('hello')\nraise RuntimeError('broken')\n", "utf-8")
    monkeypatch.setattr(process, "AGENT", broken)
    runner = Runner(World.from_spec(SPEC))
    assert runner._run_once() == "failed: RuntimeError: broken"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("resolve.GetVersion()", "ended"),
        ("import sys; sys.exit(0)", "ended"),
        ("import sys; sys.exit(3)", "failed: exit 3"),
    ],
)
def test_the_agent_finds_resolve_and_its_end_is_told(
    source: str, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from takebridge_resolve.emulator import __main__ as process

    script = tmp_path / "agent.py"
    script.write_text(f"assert __name__ == '__main__'\n{source}\n", "utf-8")
    monkeypatch.setattr(process, "AGENT", script)
    assert Runner(World.from_spec(SPEC))._run_once() == status


def test_the_agent_runs_once_at_a_time() -> None:
    runner = Runner(World.from_spec(SPEC))
    assert runner.request() == "starting"
    with pytest.raises(ValueError, match="runs already"):
        runner.request()


# --- the line itself, in process ---


def control() -> tuple[Control, Desk]:
    desk = Desk.of(offline())
    return Control(desk.world), desk


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "3",
        "{}",
        '{"do": []}',
        '{"do": "fly"}',
        '{"do": "set_playhead"}',
        '{"do": "set_playhead", "timecode": 3}',
        '{"do": "set_playhead", "timecode": "soon"}',
        '{"do": "user_edit"}',
        '{"do": "user_edit", "edit": "on_call"}',
        '{"do": "user_edit", "edit": "move", "item": "x", "timeline_start": 1}',
        '{"do": "user_edit", "edit": "move", "item": "x"}',
        '{"do": "on_call", "name": "AddTake"}',
        '{"do": "on_call", "name": "AddTake", "then": {"do": "fly"}}',
        '{"do": "on_call", "name": "AddTake", "when": "during", "then": {"do": "busy", "writes": 1}}',
        '{"do": "knobs", "latency_ms": "3"}',
        '{"do": "knobs", "lock": 3}',
        '{"do": "switch_timeline", "name": "Nowhere"}',
        '{"do": "lock_track", "track_type": "video", "index": 7}',
    ],
)
def test_a_wrong_request_is_answered_and_changes_nothing(line: str) -> None:
    line_end, desk = control()
    before = line_end.answer('{"do": "state"}')
    answer = line_end.answer(line)
    assert answer["ok"] is False
    assert answer["error"]
    assert line_end.answer('{"do": "state"}') == before
    assert desk.item.SetClipColor("Teal") is True


def test_an_edit_can_be_hung_on_a_call() -> None:
    line_end, desk = control()
    item = desk.item
    then = {"do": "user_edit", "edit": "move", "item": item.GetUniqueId(), "timeline_start": 60}
    request = {"id": 7, "do": "on_call", "name": "GetEnd", "when": "before", "then": then}
    assert line_end.answer(json.dumps(request)) == {"id": 7, "ok": True, "result": None}
    assert (item.GetStart(), item.GetEnd(), item.GetEnd()) == (86400, 86508, 86508)


def test_a_hook_that_fails_is_kept_for_the_test_and_hidden_from_the_script() -> None:
    line_end, desk = control()
    then = {"do": "switch_timeline", "name": "Nowhere"}
    line_end.answer(json.dumps({"do": "on_call", "name": "GetName", "then": then}))
    assert desk.timeline.GetName() == "Cut"
    assert line_end.answer('{"do": "hook_errors"}')["result"] == ["EditError: No timeline 'Nowhere'."]


def test_calls_are_listed_and_cleared() -> None:
    line_end, desk = control()
    line_end.answer('{"do": "clear_calls"}')
    desk.item.SetClipColor("Teal")
    calls: Any = line_end.answer('{"do": "calls"}')["result"]
    assert [call["name"] for call in calls] == ["GetItemListInTrack", "SetClipColor"]


def test_the_real_agent_swaps_a_take_from_inside_the_process(tmp_path: Path, footage: Footage) -> None:
    """Server, agent and emulator in two processes: hello, import, add take; the truth shows it and nothing else."""
    clip = {"path": footage.a, "timeline_start": 0, "duration": 24, "source_start": 6, "color": "Teal"}
    with (
        AgentServer(tmp_path) as server,
        EmulatorProcess(tmp_path, spec_of(clip), "--agent", "--home", str(tmp_path)) as emulator,
    ):
        imported = server.call("media.import", {"path": footage.b, "bin": ["TakeBridge"]})
        snapshot = server.call("timeline.snapshot")["result"]
        [item] = [item for item in snapshot["items"] if item["track"]["type"] == "video"]
        before = emulator.tell("state")
        info = snapshot["timeline"]
        expect = {key: info[key] for key in ("project_id", "timeline_id")}
        args = {
            "clip": item["key"],
            "track": item["track"],
            "start_record_frame": item["start_record_frame"],
            "end_record_frame": item["end_record_frame"],
            "media_id": imported["result"]["media"]["id"],
            "start_source_frame": 0,
            "end_source_frame": 24,
        }
        answer = server.call("clip.add_take", args, expect)
        assert answer["outcome"] == "verified", answer
        after = first_item(emulator.tell("state"))
        assert (after["media_path"], after["selected_take"], len(after["takes"])) == (footage.b, 2, 2)
        assert after["look"] == first_item(before)["look"]
        assert server.call("agent.stop")["outcome"] == "verified"
