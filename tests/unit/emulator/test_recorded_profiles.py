"""Profiles from what the probe recorded on somebody's machine: each fact changes the one behaviour it names."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_world import Desk, EmulatorProcess, Footage, offline, spec_of

from takebridge_resolve.emulator import Habits, Profile, World
from takebridge_resolve.emulator.profiles import WORDS


def recorded(folder: Path, **facts: Any) -> str:
    path = folder / "probe.json"
    path.write_text(json.dumps({"facts": {"version": "20.3.2.9", "edition": "studio", **facts}, "notes": []}), "utf-8")
    return str(path)


def desk_with(folder: Path, *clips: dict[str, Any], **facts: Any) -> Desk:
    return Desk(World.from_spec(spec_of(*clips), recorded(folder, **facts)))


def test_version_and_edition_are_read(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, version="21.0.4.5", edition="free")
    assert desk.resolve.GetVersion() == [21, 0, 4, 5, ""]
    assert desk.resolve.GetProductName() == "DaVinci Resolve"
    assert "GetSelectedClips" in dir(desk.timeline)


def test_facts_may_stand_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "bare.json"
    path.write_text('{"version": "19.1", "edition": "studio", "host": "unknown facts are ignored"}', "utf-8")
    assert Profile.from_probe(path) == Profile.named("19.1.0")


def test_a_listed_class_has_exactly_the_methods_listed(tmp_path: Path) -> None:
    listed = {"TimelineItem": ["GetName", "GetStart", "GetType"], "Timeline": []}
    desk = desk_with(tmp_path, offline(), methods=listed)
    assert dir(desk.item) == ["GetName", "GetStart", "GetType"]
    assert desk.item.GetType() == "video"  # 21.1's, and here because it was found
    assert desk.item.SetClipColor is None
    assert "DuplicateTimeline" in dir(desk.timeline)  # an empty list says that nobody looked


@pytest.mark.parametrize(
    "facts",
    [
        {"version": 20},
        {"version": "17.4"},
        {"version": "new"},
        {"edition": "lite"},
        {"add_take_selects": "yes"},
        {"marker_keys": "long"},
        {"same_media_take": True},
        {"methods": ["GetName"]},
        {"methods": {"Timeline": "GetName"}},
    ],
)
def test_wrong_facts_are_refused_by_name(facts: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"probe\.json"):
        Profile.from_probe(recorded(tmp_path, **facts))


@pytest.mark.parametrize("text", ["", "[]", '{"facts": 3}'])
def test_what_is_no_recorded_profile_is_refused(text: str, tmp_path: Path) -> None:
    (path := tmp_path / "probe.json").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"probe\.json"):
        Profile.from_probe(path)
    with pytest.raises(ValueError, match="missing"):
        Profile.named(str(tmp_path / "missing.json"))


@pytest.mark.parametrize("selects", [True, False])
def test_add_take_selects(selects: bool, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, {"path": footage.a, "timeline_start": 0, "duration": 24}, add_take_selects=selects)
    [other] = desk.pool.ImportMedia([footage.b])
    assert desk.item.AddTake(other, 0, 24) is True
    assert desk.item.GetSelectedTakeIndex() == (2 if selects else 1)


@pytest.mark.parametrize(
    ("way", "answer", "count"), [("refused", False, 0), ("refused_with_selector", False, 1), ("added", True, 2)]
)
def test_same_media_take(way: str, answer: bool, count: int, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, {"path": footage.a, "timeline_start": 0, "duration": 24}, same_media_take=way)
    assert desk.item.AddTake(desk.item.GetMediaPoolItem(), 0, 24) is answer
    assert desk.item.GetTakesCount() == count


@pytest.mark.parametrize(("inclusive", "frames"), [(True, 11), (False, 10)])
def test_end_frame_inclusive(inclusive: bool, frames: int, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, end_frame_inclusive=inclusive)
    [media] = desk.pool.ImportMedia([footage.short])
    [item] = desk.pool.AppendToTimeline([{"mediaPoolItem": media, "startFrame": 0, "endFrame": 10}])
    assert item.GetDuration() == frames


@pytest.mark.parametrize(("said", "kind"), [("int", int), ("float", float)])
def test_marker_keys(said: str, kind: type, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, offline(), marker_keys=said)
    desk.timeline.AddMarker(4, "Red", "", "", 1)
    assert [type(frame) for frame in desk.timeline.GetMarkers()] == [kind]


@pytest.mark.parametrize(("said", "value"), [("str", "23.976"), ("float", 23.976)])
def test_frame_rate_setting(said: str, value: object, tmp_path: Path) -> None:
    assert desk_with(tmp_path, frame_rate_setting=said).timeline.GetSetting("timelineFrameRate") == value


@pytest.mark.parametrize("accepted", [True, False])
def test_unknown_metadata_accepted(accepted: bool, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, unknown_metadata_accepted=accepted)
    [media] = desk.pool.ImportMedia([footage.a])
    assert media.SetMetadata("TakeBridge", "x") is accepted


@pytest.mark.parametrize("survives", [True, False])
def test_third_party_survives_replace(survives: bool, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, third_party_survives_replace=survives)
    [media] = desk.pool.ImportMedia([footage.a])
    media.SetThirdPartyMetadata("takebridge", "x")
    assert media.ReplaceClip(footage.b) is True
    assert media.GetThirdPartyMetadata() == ({"takebridge": "x"} if survives else {})


@pytest.mark.parametrize(("reused", "count"), [(True, 1), (False, 2)])
def test_import_reuses_pool_items(reused: bool, count: int, footage: Footage, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, import_reuses_pool_items=reused)
    ids = {desk.pool.ImportMedia([footage.a])[0].GetUniqueId() for _ in range(2)}
    assert len(ids) == count


@pytest.mark.parametrize("survive", [True, False])
def test_ids_survive_duplicate(survive: bool, tmp_path: Path) -> None:
    desk = desk_with(tmp_path, offline(), ids_survive_duplicate=survive)
    before, copy = desk.item.GetUniqueId(), desk.timeline.DuplicateTimeline("Copy")
    assert (copy.GetItemListInTrack("video", 1)[0].GetUniqueId() == before) is survive
    assert copy.GetUniqueId() != desk.timeline.GetUniqueId()


def test_the_other_assumptions_are_switches_too(footage: Footage, tmp_path: Path) -> None:
    clips = [{"path": footage.a, "timeline_start": 0, "duration": 24, "takes": [{"path": footage.b}]}]
    desk = desk_with(tmp_path, *clips, selected_take_deletable=True, take_range_checked=False)
    [short] = desk.pool.ImportMedia([footage.short])
    assert desk.item.AddTake(short, 0, 400) is True
    assert (desk.item.DeleteTakeByIndex(1), desk.item.GetName()) == (True, "b.mov")

    desk = desk_with(tmp_path, *clips, handles_survive_timeline_switch=True, duplicate_becomes_current=False)
    item, copy = desk.item, desk.timeline.DuplicateTimeline("Copy")
    assert desk.project.GetCurrentTimeline().GetName() == "Cut"
    desk.project.SetCurrentTimeline(copy)
    assert item.GetStart() == 86400

    desk = desk_with(tmp_path, *clips, other_timeline_renamable=False, current_timeline_deletable=True)
    copy = desk.timeline.DuplicateTimeline("Copy")
    assert desk.timeline.SetName("Renamed") is False
    assert desk.pool.DeleteTimelines([copy]) is True
    assert desk.project.GetCurrentTimeline().GetName() == "Cut"

    desk = desk_with(tmp_path, *clips, locked_track_refuses_enable=False, append_adds_audio_track=False)
    desk.timeline.SetTrackLock("video", 1, True)
    assert desk.item.SetClipEnabled(False) is True
    assert desk.timeline.AddTrack("video") is True
    [media] = desk.pool.ImportMedia([footage.a])
    assert desk.pool.AppendToTimeline([{"mediaPoolItem": media, "trackIndex": 2}]) == []


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("20.3", (True, True, "full", True, True)),
        ("21.1 studio", (True, True, "full", True, True)),
        ("19.0 free", (False, True, "full", True, False)),
        ("19.1 free", (False, True, "full", False, False)),
        ("21.0 free", (False, True, "full", False, False)),
        ("21.1 free", (False, False, "sandboxed", False, False)),
    ],
)
def test_each_build_lets_scripts_in_by_its_row_of_the_support_matrix(name: str, row: tuple[object, ...]) -> None:
    access = Profile.named(name).access
    ways = (access.python_external, access.python_menu, access.lua_menu, access.ui_manager)
    assert (*ways, access.workflow_integration) == row


def test_every_fact_is_described_in_the_manual() -> None:
    manual = (Path(__file__).resolve().parents[3] / "docs" / "emulator.md").read_text("utf-8")
    names = [habit.name for habit in fields(Habits)]
    assert [name for name in names if f"`{name}`" not in manual] == []
    assert all(word in manual for words in WORDS.values() for word in words)


def test_the_process_takes_a_recorded_profile(tmp_path: Path) -> None:
    path = recorded(tmp_path, version="19.1.3.7", edition="free")
    with EmulatorProcess(tmp_path, spec_of(offline()), "--profile", path) as emulator:
        state = emulator.ask("state")["result"]
    assert (state["profile"], state["studio"]) == ("19.1.3.7", False)
