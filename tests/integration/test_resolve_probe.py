"""``takebridge probe resolve`` as a person runs it: what it records makes an emulator that does the same, it says
nothing of the person's work, and the person's project is open again afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_person import SECRET, Person, person, world
from tests.support.trip import card

from takebridge.timebase import FrameRate
from takebridge_resolve.emulator import Habits, Profile, World

NOT_TRIED = {"append_adds_audio_track", "quick_export_on_free"}
"""Habits without a trial: the clips of the probe have no sound; the call would open a dialog."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media") / SECRET
    folder.mkdir()
    return card(folder / f"{SECRET}.mp4", 60, rate=FrameRate(24))


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Person]:
    with person(tmp_path) as found:
        found.start_bridge()
        yield found


def spec(film: Path) -> dict[str, Any]:
    clip = {"kind": "clip", "path": str(film), "track": 1, "timeline_start": 0, "duration": 48, "name": SECRET}
    return world(clip)


def names_nothing(text: str, ann: Person) -> None:
    """No name of the person's, no path, no user name, no host name."""
    assert SECRET not in text and "Geheim" not in text
    for said in (str(ann.folder), str(ann.home), "Änne", "Utf", "takebridge_probe_"):
        assert said not in text, said
    assert "/tmp" not in text and "\\\\" not in text


def open_now(emulator: Any) -> tuple[str, str, list[str]]:
    state = emulator.tell("state")
    return state["project"], state["timeline"]["name"], sorted(state["projects"]) if "projects" in state else []


@pytest.mark.parametrize(
    "profile",
    ["21.0 free", *(pytest.param(name, marks=pytest.mark.slow) for name in ("18.6", "20.3", "21.1 studio"))],
)
def test_a_full_probe_is_a_profile_that_does_the_same(profile: str, ann: Person, film: Path, tmp_path: Path) -> None:
    emulator = ann.start_resolve(spec(film), profile)
    before = open_now(emulator)
    out = tmp_path / "facts.json"
    code, document = ann.run("probe", "resolve", "--out", str(out))
    assert code == 0, document
    text = out.read_text("utf-8")
    names_nothing(text, ann)
    assert open_now(emulator) == before
    assert list((ann.home / "scratch").iterdir()) == []
    real, recorded = Profile.named(profile), Profile.from_probe(out)
    assert (recorded.version, recorded.studio) == (real.version, real.studio)
    assert recorded.end_frame_inclusive == real.end_frame_inclusive
    assert recorded.float_marker_keys == real.float_marker_keys
    assert recorded.number_settings == real.number_settings
    facts = json.loads(text)["facts"]
    tried = {habit.name for habit in fields(Habits)} - NOT_TRIED
    if real.version < (19, 0, 2):
        tried.discard("third_party_survives_replace")
    assert sorted(tried - facts.keys()) == [], json.loads(text)["notes"]
    plain = Habits()
    for name in tried - {"end_frame_inclusive", "marker_keys", "frame_rate_setting"}:
        assert getattr(recorded.habits, name) == getattr(plain, name), name
    one, two = (World.from_spec(spec(film), which) for which in (profile, str(out)))
    for path in (("GetProjectManager",), ("GetProjectManager", "GetCurrentProject")):
        things = [one.resolve, two.resolve]
        for step in path:
            things = [getattr(thing, step)() for thing in things]
        assert dir(things[0]) == dir(things[1])
    lines = [one_world.resolve.GetProjectManager().GetCurrentProject().GetCurrentTimeline() for one_world in (one, two)]
    assert dir(lines[0]) == dir(lines[1])
    assert dir(lines[0].GetItemListInTrack("video", 1)[0]) == dir(lines[1].GetItemListInTrack("video", 1)[0])


def test_a_reading_probe_writes_nothing(ann: Person, film: Path, tmp_path: Path) -> None:
    emulator = ann.start_resolve(spec(film), "20.3")
    before = emulator.tell("state")
    code, said = ann.say("probe", "resolve", "--read-only", "--out", str(tmp_path / "facts.json"))
    assert code == 0 and "Written to" in said
    now = emulator.tell("state")
    assert {**before, "calls": 0} == {**now, "calls": 0}
    names_nothing((tmp_path / "facts.json").read_text("utf-8"), ann)
    assert Profile.from_probe(tmp_path / "facts.json").version == Profile.named("20.3").version


@pytest.mark.slow
@pytest.mark.parametrize("call", ["AddTake", "StartRendering"])
def test_a_dialog_in_the_middle(call: str, ann: Person, film: Path, tmp_path: Path) -> None:
    """It comes up in the middle of the trials and goes when the project is to be opened again."""
    emulator = ann.start_resolve(spec(film), "20.3")
    before = open_now(emulator)
    emulator.tell("on_call", name=call, when="before", then={"do": "modal"})
    emulator.tell("on_call", name="LoadProject", when="before", then={"do": "dismiss_modal"})
    code, document = ann.run("probe", "resolve", "--out", str(tmp_path / "facts.json"))
    assert code == 0 and document["notes"], document
    assert open_now(emulator) == before
    names_nothing((tmp_path / "facts.json").read_text("utf-8"), ann)


def test_without_an_editor_nothing_is_written(ann: Person, tmp_path: Path) -> None:
    code, document = ann.run("probe", "resolve", "--out", str(tmp_path / "facts.json"))
    assert code == 1 and document["error"]["code"] == "host_offline" and document["error"]["hint"]
    assert not (tmp_path / "facts.json").exists()


def test_a_file_that_cannot_be_written_is_said_before_the_editor_is_asked(ann: Person, film: Path) -> None:
    emulator = ann.start_resolve(spec(film), "20.3")
    emulator.tell("clear_calls")
    code, document = ann.run("probe", "resolve", "--out", str(ann.folder / "no" / "such" / "facts.json"))
    assert code == 1 and "--out" in document["error"]["hint"]
    assert "CreateProject" not in {call["name"] for call in emulator.tell("calls")}


def test_a_person_is_asked_first_and_may_say_no(ann: Person, tmp_path: Path) -> None:
    code, said = ann.say("probe", "resolve", "--out", str(tmp_path / "facts.json"))
    assert code == 1 and "saves the open project" in said
    assert not (tmp_path / "facts.json").exists()
