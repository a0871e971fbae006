"""``project.save``, ``host.probe`` and ``agent.reload``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import Rig, make_clip
from tests.support.agent_server import AgentServer
from tests.unit.agent.test_agent_files import place

from takebridge_resolve import agent, building
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.profiles import Profile

# --- save -----------------------------------------------------------------------------------------------


def test_the_project_is_saved(every: Rig) -> None:
    seen = every.result("project.save")
    assert seen == {"project_id": every.world.project.id, "project_name": "Demo"}
    assert every.ui.call_counts()["SaveProject"] == 1


def test_an_untitled_project_is_refused_without_a_call(every: Rig) -> None:
    every.world.project.name = "Untitled Project"
    error = every.refused("host_rejected", "project.save", {})
    assert "Save Project As" in error.hint
    assert "SaveProject" not in every.ui.call_counts()


def test_a_dialog_keeps_the_project_from_being_saved(every: Rig) -> None:
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "project.save", {}, expect)


# --- probe ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two clips, the second of which outlasts the first."""
    folder = tmp_path_factory.mktemp("probe")
    return [str(make_clip(folder / f"probe_{frames}.mov", frames)) for frames in (96, 192)]


def names(rig: Rig) -> list[str]:
    return [project.name for project in rig.world.projects]


def test_reading_facts_writes_nothing(every: Rig) -> None:
    before = every.everything()
    facts = every.result("host.probe")["facts"]
    assert facts["version"] == ".".join(map(str, every.world.profile.version))
    assert facts["edition"] == ("studio" if every.world.profile.studio else "free")
    assert facts["frame_rate_setting"] == ("float" if every.world.profile.version >= (21, 1) else "str")
    assert "AddTake" in facts["methods"]["TimelineItem"]
    assert ("GetSelectedClips" in facts["methods"]["Timeline"]) == (every.world.profile.version >= (21, 0, 4))
    assert every.everything() == before


def test_what_is_found_out_is_what_the_build_does(every: Rig, clips: list[str], tmp_path: Path) -> None:
    before = place(every)
    seen = every.result("host.probe", {"media": clips, "folder": str(tmp_path)})
    facts, profile = seen["facts"], every.world.profile
    assert facts["end_frame_inclusive"] == (profile.version < (19,))
    assert facts["marker_keys"] == ("float" if profile.version < (21, 1) else "int")
    assert facts["add_take_selects"] is False
    assert facts["same_media_take"] == "refused_with_selector"
    assert facts["unknown_metadata_accepted"] is False
    assert (facts["takes_in_otio"], facts["takes_in_fcpxml"]) == (False, False)
    assert (facts["ids_survive_duplicate"], facts["duplicate_becomes_current"]) == (False, True)
    assert facts["mark_out_inclusive"] is True
    assert facts.get("third_party_survives_replace", False) is False
    assert names(every) == ["Demo"]
    assert every.world.project.name == "Demo"
    assert place(every) == before


@pytest.mark.parametrize(
    "habit",
    [
        {"add_take_selects": True},
        {"mark_out_inclusive": False},
        {"takes_in_otio": True},
        {"unknown_metadata_accepted": True},
        {"same_media_take": "refused"},
        {"third_party_survives_replace": True},
        {"end_frame_inclusive": True},
    ],
    ids=lambda habit: next(iter(habit)),
)
def test_another_habit_is_found_out(
    make_rig: Callable[..., Rig], clips: list[str], tmp_path: Path, habit: dict[str, Any]
) -> None:
    """A build that does the other of what is assumed is recorded as it is, and makes a profile that does the same."""
    recorded = tmp_path / "recorded.json"
    recorded.write_text(json.dumps({"version": "20.3.2.9", "edition": "studio", **habit}), "utf-8")
    rig = make_rig(str(recorded))
    seen = rig.result("host.probe", {"media": clips, "folder": str(tmp_path)})
    assert {name: seen["facts"].get(name) for name in habit} == habit, seen["notes"]
    assert Profile.of_facts(json.loads(json.dumps(seen["facts"]))).habits.__getattribute__(next(iter(habit))) in (
        habit.values()
    )


def test_nothing_a_free_edition_lacks_is_called(make_rig: Callable[..., Rig], clips: list[str], tmp_path: Path) -> None:
    """A gated call raises a dialog that makes every later write fail until somebody clicks it away."""
    rig = make_rig("21.0 free")
    rig.result("host.probe", {"media": clips, "folder": str(tmp_path)})
    rig.result("frame.grab", {"path": str(tmp_path / "frame.png")})
    rig.result("timeline.export", {"format": "otio", "path": str(tmp_path / "cut.otio")})
    rig.result("selection.peek")
    rig.result("project.save")
    agent.capabilities_of(rig.resolve)
    assert not rig.ui.refuses_write()


def test_an_untitled_project_is_not_left(every: Rig, clips: list[str]) -> None:
    every.world.project.name = "Untitled Project"
    every.refused("host_rejected", "host.probe", {"media": clips})
    assert "CreateProject" not in every.ui.call_counts()


def test_a_dialog_keeps_the_project_open(every: Rig, clips: list[str]) -> None:
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "host.probe", {"media": clips}, expect)


def test_missing_media_is_not_found(every: Rig) -> None:
    every.refused("not_found", "host.probe", {"media": ["/nowhere/at/all.mov"]})


def test_the_project_comes_back_when_the_trials_fail(every: Rig, clips: list[str]) -> None:
    """A dialog comes up in the middle of the trials and goes when the project is to be opened again."""
    every.when("AddTake", every.ui.modal)
    every.when("LoadProject", every.ui.dismiss_modal)
    seen = every.result("host.probe", {"media": clips})
    assert seen["notes"]
    assert every.world.project.name == "Demo"


def test_a_project_that_does_not_come_back_is_told(rig: Rig, clips: list[str]) -> None:
    rig.when("AddTake", rig.ui.modal)
    answer = rig.run("host.probe", {"media": clips})
    assert answer.outcome == "committed_unverified"
    assert "Demo" in answer.error.message and "Project Manager" in answer.error.hint


# --- reload ---------------------------------------------------------------------------------------------


def test_an_agent_without_a_file_does_not_reload(every: Rig) -> None:
    every.refused("unsupported_op", "agent.reload", {})
    assert not every.desk.stopping


def test_a_new_file_is_what_answers_after_a_reload(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update is written over the agent's file while it runs; the same process says hello as the new release."""
    monkeypatch.setenv("TAKEBRIDGE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    script = building.write_agent(tmp_path / building.FILE_NAME)
    names = {"__name__": "__main__", "__file__": str(script), "resolve": World.from_spec(SPEC, "20.3").resolve}
    with AgentServer(tmp_path / "home") as server:
        thread = threading.Thread(target=exec, args=(compile(script.read_text(), "x", "exec"), names), daemon=True)
        thread.start()
        assert server.call("agent.ping")["outcome"] == "verified"
        assert "agent.reload" in server.hellos[0]["capabilities"]
        newer = script.read_text().replace(f'AGENT_VERSION = "{agent.AGENT_VERSION}"', 'AGENT_VERSION = "9.9.9"')
        script.write_text(newer)
        assert server.call("agent.reload")["outcome"] == "verified"
        server.wait_for(lambda: len(server.hellos) == 2)
        assert [hello["agent_version"] for hello in server.hellos] == [agent.AGENT_VERSION, "9.9.9"]
        assert server.call("agent.ping")["outcome"] == "verified"
        script.write_text('"""The TakeBridge agent, broken"""\nthis is no Python')
        assert server.call("agent.reload")["outcome"] == "verified"
        server.wait_for(lambda: len(server.hellos) == 3)
        assert server.hellos[2]["agent_version"] == "9.9.9"
        server.call("agent.stop")
        thread.join(20)
        assert not thread.is_alive()
    assert "going on as before" in (tmp_path / "home" / "agent.log").read_text("utf-8")


SPEC = {
    "project": "Demo",
    "timeline": {"name": "Cut", "rate": "24", "start_timecode": "01:00:00:00", "width": 320, "height": 180},
    "clips": [{"kind": "title", "name": "Text", "track": 2, "timeline_start": 0, "duration": 24}],
}


@pytest.mark.parametrize(
    ("names", "argv", "found"),
    [
        ({"__file__": "{agent}"}, "", True),
        ({}, "{agent}", True),
        ({"__file__": "{other}"}, "{agent}", True),
        ({"__file__": "{other}"}, "{other}", False),
        ({}, "", False),
        ({"__file__": None}, "/nowhere/at/all.py", False),
    ],
)
def test_the_agents_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path, names: dict[str, Any], argv: str, found: bool
) -> None:
    """Menu scripts may lack ``__file__``; a file that is not the agent is never taken for it."""
    other = tmp_path / "other.py"
    other.write_text("print('somebody else')")
    given = {key: value and value.format(agent=built, other=other) for key, value in names.items()}
    monkeypatch.setattr("sys.argv", [argv.format(agent=built, other=other)])
    assert agent.own_file(given) == (str(built) if found else "")
