"""What the agent reports: status, items of every kind, selections, revisions and looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, START, Rig

from takebridge_resolve import agent

STUDIO = {"18.6": True, "19.1": True, "20.3": True, "21.0 free": False, "21.1 studio": True}


@pytest.mark.parametrize("profile", PROFILES)
def test_status(make_rig: Callable[..., Rig], profile: str) -> None:
    status = make_rig(profile).result("host.status")
    assert status["edition"] == ("studio" if STUDIO[profile] else "free")
    assert status["version"].startswith(profile.partition(" ")[0])
    assert (status["host"], status["page"]) == ("resolve", "edit")
    timeline = status["timeline"]
    assert (timeline["rate"], timeline["drop_frame"]) == ("23.976", False)
    assert (timeline["width"], timeline["height"]) == (1280, 720)
    assert (timeline["start_record_frame"], timeline["end_record_frame"]) == (START, START + 88)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("drop", [True, False])
def test_drop_frame_and_rate(make_rig: Callable[..., Rig], profile: str, drop: bool) -> None:
    timeline = {"name": "Cut", "rate": "29.97", "drop_frame": drop, "start_timecode": "01:00:00:00"}
    rig = make_rig(profile, timeline={**timeline, "width": 640, "height": 360}, clips=[], playhead="01:00:00:00")
    info = rig.result("host.status")["timeline"]
    assert info["rate"].startswith("29.97")
    assert info["drop_frame"] is drop


def test_status_without_a_timeline(rig: Rig) -> None:
    rig.resolve.GetProjectManager().CreateProject("Empty")
    assert rig.result("host.status")["timeline"] is None
    answer = rig.run("timeline.snapshot")
    assert (answer.outcome, answer.error.code) == ("not_applied", "not_found")
    assert set(agent.OPS) - {"agent.reload"} < set(agent.capabilities_of(rig.resolve))


TAGS = ("media.import:tags", "clip.stamp:metadata")
QUICK = "range.render:quick"


def qualifiers(*names: str) -> set[str]:
    return set(names)


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("18.6", qualifiers()),
        ("19.1", qualifiers("selection.get:marks", *TAGS, QUICK)),
        ("20.3", qualifiers("selection.get:marks", *TAGS, QUICK)),
        ("21.0 free", qualifiers("selection.get:marks", *TAGS)),
        ("21.0.4 free", qualifiers("selection.get:marks", *TAGS, "selection.get:selected")),
        ("21.1 studio", qualifiers("selection.get:marks", *TAGS, "selection.get:selected", QUICK)),
    ],
)
def test_capabilities(make_rig: Callable[..., Rig], profile: str, expected: set[str]) -> None:
    rig = make_rig(profile)
    missing = {"clip.rename"} if profile in ("18.6", "19.1") else set()
    missing |= {"clip.pull", "media.tag"} if profile == "18.6" else set()
    offered = (set(agent.OPS) - missing - {"agent.reload"}) | expected
    assert set(agent.capabilities_of(rig.resolve)) == offered
    assert set(agent.capabilities_of(rig.resolve, "/somewhere/TakeBridge.py")) == offered | {"agent.reload"}
    rig.resolve.GetProjectManager().CreateProject("Empty")
    assert set(agent.capabilities_of(rig.resolve)) == offered


def test_snapshot_lists_every_item(every: Rig) -> None:
    items = every.snapshot()["items"]
    seen = [(i["track"]["type"], i["track"]["index"], i["kind"], i["start_record_frame"] - START) for i in items]
    assert seen == [
        ("video", 1, "clip", 0),
        ("video", 1, "clip", 48),
        ("video", 2, "title", 0),
        ("audio", 1, "clip", 0),
    ]
    clip = items[0]
    assert clip["media"]["path"] == every.files["a"]
    assert (clip["media"]["rate"], clip["media"]["frame_count"]) == ("23.976", 120)
    assert (clip["media"]["width"], clip["media"]["height"], clip["media"]["online"]) == (64, 36, True)
    assert clip["left_offset_frame"] == 24
    assert (clip["takes"], clip["selected_take"]) == ([], 0)


def test_what_a_version_can_say(every: Rig) -> None:
    clip, sound = every.snapshot()["items"][0], every.snapshot()["items"][3]
    version = every.world.profile.version
    known = (24, 72) if version >= (19, 0, 2) else (None, None)
    assert (clip["start_source_frame"], clip["end_source_frame"]) == known
    assert clip["linked"] == ([sound["key"]] if version >= (19,) else [])
    assert clip["speed_percent"] == (100 if version >= (21, 1) else None)


def test_snapshot_of_some_tracks(rig: Rig) -> None:
    items = rig.snapshot(("video", 2))["items"]
    assert [item["kind"] for item in items] == ["title"]
    answer = rig.run("timeline.snapshot", {"tracks": [{"type": "audio", "index": 7}]})
    assert (answer.outcome, answer.error.code) == ("not_applied", "not_found")


@pytest.mark.parametrize("kind", ["compound", "fusion", "multicam", "nested"])
def test_kinds_with_a_pool_item(make_rig: Callable[..., Rig], kind: str) -> None:
    clip = {"kind": kind, "name": "Part", "track": 1, "timeline_start": 0, "duration": 24}
    assert [item["kind"] for item in make_rig(clips=[clip]).snapshot()["items"]] == [kind]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("title", "Text+"),
        ("generator", "Solid Color"),
        ("generator", "SMPTE Color Bar"),
        ("adjustment", "Adjustment Clip"),
    ],
)
def test_kinds_without_media(make_rig: Callable[..., Rig], profile: str, kind: str, name: str) -> None:
    clip = {"kind": kind, "name": name, "track": 1, "timeline_start": 0, "duration": 24}
    items = make_rig(profile, clips=[clip]).snapshot()["items"]
    assert [(item["kind"], item["name"], item["media"]) for item in items] == [(kind, name, None)]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_transition_is_no_title(make_rig: Callable[..., Rig], files: dict[str, str], profile: str) -> None:
    clip = {"kind": "clip", "path": files["b"], "track": 1, "timeline_start": 0, "duration": 40}
    title = {"kind": "title", "name": "Text", "track": 1, "timeline_start": 40, "duration": 24}
    dissolve = {"kind": "transition", "name": "Cross Dissolve", "track": 1, "timeline_start": 34, "duration": 12}
    items = make_rig(profile, clips=[clip, title, dissolve]).snapshot()["items"]
    kinds = {item["name"]: item["kind"] for item in items}
    assert kinds == {"b.mov": "clip", "Text": "title", "Cross Dissolve": "transition"}


def test_a_still(make_rig: Callable[..., Rig], tmp_path: Any) -> None:
    from PIL import Image

    path = tmp_path / "plate.png"
    Image.new("RGB", (64, 36)).save(path)
    clip = {"kind": "still", "path": str(path), "track": 1, "timeline_start": 0, "duration": 24}
    assert [item["kind"] for item in make_rig(clips=[clip]).snapshot()["items"]] == ["still"]


def test_a_ghost_is_listed_and_harmless(every: Rig) -> None:
    every.state("b").ghost = True
    items = every.snapshot(("video", 1))["items"]
    assert [item["kind"] for item in items] == ["clip", "ghost"]
    assert items[1]["key"] == "ghost-video-1-2"
    assert every.add("take1").outcome == "verified"


def test_an_offline_clip(make_rig: Callable[..., Rig]) -> None:
    facts = {"rate": "25", "frames": 100, "width": 1920, "height": 1080, "start_timecode": "10:00:00:00"}
    clip = {"kind": "clip", "path": "/nowhere/x.mov", "media": facts, "timeline_start": 0, "duration": 24, "track": 1}
    media = make_rig(clips=[clip]).snapshot()["items"][0]["media"]
    assert (media["online"], media["rate"], media["start_timecode"]) == (False, "25", "10:00:00:00")


@pytest.mark.parametrize(("speed", "left"), [(200, 12), (50, 48)])
def test_a_retimed_clip(make_rig: Callable[..., Rig], files: dict[str, str], speed: int, left: int) -> None:
    clip = {
        "kind": "clip",
        "path": files["a"],
        "track": 1,
        "timeline_start": 0,
        "duration": 24,
        "source_start": 24,
        "speed_percent": speed,
    }
    item = make_rig("21.1 studio", clips=[clip]).snapshot()["items"][0]
    assert (item["speed_percent"], item["left_offset_frame"], item["start_source_frame"]) == (speed, left, 24)
    assert item["end_source_frame"] == 24 + 24 * speed // 100
    rig = make_rig("21.1 studio", clips=[{**clip, "unknown_source": True}])
    assert rig.snapshot()["items"][0]["start_source_frame"] is None


@pytest.mark.parametrize("profile", ["20.3", "21.1 studio"])
def test_the_original_of_a_retimed_clip_can_be_selected_again(
    make_rig: Callable[..., Rig], files: dict[str, str], profile: str
) -> None:
    clip = {"kind": "clip", "path": files["a"], "track": 1, "timeline_start": 0, "duration": 24}
    rig = make_rig(profile, clips=[{**clip, "source_start": 24, "speed_percent": 200}])
    original = rig.clip()["media"]["id"]
    assert rig.add("take1", start=0).outcome == "verified"
    answer = rig.run("clip.select_take", rig.take_args(original), rig.expect())
    assert answer.outcome == "verified", answer.error
    assert rig.truth()["source"] == (24, 72)


# --- selection ------------------------------------------------------------------------------------------


def selected(rig: Rig, mode: str) -> list[tuple[str, str]]:
    return [(item["kind"], item["name"]) for item in rig.result("selection.get", {"mode": mode})["items"]]


def test_the_item_under_the_playhead(every: Rig) -> None:
    assert selected(every, "playhead") == [("clip", "a.mov")]
    every.ui.set_playhead("01:00:00:12")
    assert selected(every, "playhead") == [("title", "Text")]
    every.ui.set_playhead("01:00:10:00")
    assert selected(every, "playhead") == []


def test_the_playheads_revision_is_that_of_its_track(every: Rig) -> None:
    picked = every.result("selection.get", {"mode": "playhead"})
    assert picked["timeline"]["revision"] == every.expect(("video", 1))["revision"]


def test_selected_items(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("21.1 studio")
    items = rig.snapshot()["items"]
    assert selected(rig, "selected") == []
    rig.ui.select([items[1]["key"], items[2]["key"]])
    assert selected(rig, "selected") == [("clip", "b.mov"), ("title", "Text")]


@pytest.mark.parametrize("profile", ["18.6", "20.3", "21.0 free"])
def test_selected_items_before_21_0_4(make_rig: Callable[..., Rig], profile: str) -> None:
    answer = make_rig(profile).run("selection.get", {"mode": "selected"})
    assert (answer.outcome, answer.error.code) == ("not_applied", "unsupported_op")


def test_items_between_the_marks(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("19.1")
    assert selected(rig, "marks") == []
    rig.ui.mark(24, 47)
    assert selected(rig, "marks") == [("clip", "a.mov"), ("clip", "a.mov")]
    rig.ui.mark(23, 48)
    assert selected(rig, "marks") == [("clip", "a.mov"), ("clip", "b.mov"), ("title", "Text"), ("clip", "a.mov")]
    answer = make_rig("18.6").run("selection.get", {"mode": "marks"})
    assert answer.error.code == "unsupported_op"


# --- revision and look ----------------------------------------------------------------------------------

REVISIONS: dict[str, Callable[[Rig, str], object]] = {
    "move": lambda rig, key: rig.ui.move_item(key, 200),
    "trim": lambda rig, key: rig.ui.trim_item(key, tail=1),
    "rename": lambda rig, key: rig.ui.rename_item(key, "Hero"),
    "disable": lambda rig, key: rig.ui.set_item(key, enabled=False),
    "razor": lambda rig, key: rig.ui.razor_item(key, 20),
    "delete": lambda rig, key: rig.ui.delete_item(key),
    "take": lambda rig, key: rig.add("take1"),
}


@pytest.mark.parametrize("edit", REVISIONS)
def test_a_revision_changes_with_its_tracks_only(every: Rig, edit: str) -> None:
    before, titles = every.expect(("video", 1)), every.expect(("video", 2))
    assert before == every.expect(("video", 1))
    REVISIONS[edit](every, every.clip()["key"])
    assert every.expect(("video", 1))["revision"] != before["revision"]
    assert every.expect(("video", 2))["revision"] == titles["revision"]


def test_a_take_that_is_not_selected_shows_in_no_revision(every: Rig) -> None:
    """It changes nothing that is seen, and to ask each item for its takes would be a call per item."""
    before = every.expect(("video", 1))
    assert every.add("take1", select=False).outcome == "verified"
    assert every.expect(("video", 1)) == before


def test_a_revision_does_not_depend_on_how_tracks_are_listed(rig: Rig) -> None:
    tracks = [("video", 1), ("video", 2), ("audio", 1)]
    assert rig.expect(*tracks)["revision"] == rig.expect(*reversed(tracks))["revision"]
    assert rig.expect(*tracks)["revision"] == rig.snapshot()["timeline"]["revision"]


LOOKS: dict[str, Callable[[Rig, str], object]] = {
    "transform": lambda rig, key: rig.ui.set_item(key, properties={"Pan": 12.0}),
    "crop": lambda rig, key: rig.ui.set_item(key, properties={"CropLeft": 8.0}),
    "composite": lambda rig, key: rig.ui.set_item(key, properties={"CompositeMode": 3}),
    "colour": lambda rig, key: rig.ui.set_item(key, color="Teal"),
    "enabled": lambda rig, key: rig.ui.set_item(key, enabled=False),
    "grade": lambda rig, key: rig.ui.set_item(key, grade_nodes=5),
}


@pytest.mark.parametrize("edit", LOOKS)
def test_a_look_changes_with_its_parts(every: Rig, edit: str) -> None:
    before = every.clip()
    LOOKS[edit](every, before["key"])
    assert every.clip()["look"] != before["look"]
    assert every.clip("b")["look"] == every.clip("b")["look"]


def test_a_look_covers_the_linked_items(rig: Rig) -> None:
    before = rig.clip()
    rig.ui.unlink_item(before["key"])
    assert rig.clip()["look"] != before["look"]


def test_a_colour_version_is_part_of_the_look(rig: Rig) -> None:
    before = rig.clip()
    rig.state().grade.versions["Version 2"] = 2
    assert rig.clip()["look"] == before["look"]
    rig.state().grade.current = "Version 2"
    assert rig.clip()["look"] != before["look"]


# --- small things ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [(23.976, "23.976"), (24.0, "24"), (30, "30"), ("29.97 DF", "29.97 DF"), (119.88, "119.88")],
)
def test_rates_are_short_strings(spelled: object, expected: str) -> None:
    assert agent.rate_text(spelled) == expected


def test_a_look_does_not_depend_on_how_a_number_is_spelled() -> None:
    assert agent.digest({"ZoomX": 1.0, "Pan": 0}) == agent.digest({"Pan": 0.0, "ZoomX": 1})
    assert agent.digest({"ZoomX": 1.0}) != agent.digest({"ZoomX": 1.1})


@pytest.mark.parametrize(("said", "expected"), [(3, 3), (3.0, 3), ("3", 3), (3.5, None), (True, None), ("x", None)])
def test_whole_numbers(said: object, expected: int | None) -> None:
    assert agent.whole(said) == expected


@pytest.mark.parametrize("profile", PROFILES)
def test_only_the_items_asked_for_are_read_in_full(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile)
    full = rig.result("timeline.snapshot")
    wanted = next(item for item in full["items"] if item["kind"] == "clip")
    before = rig.world.ui.call_counts().get("GetProperty", 0)
    light = rig.result("timeline.snapshot", {"detail": [wanted["key"]]})
    assert rig.world.ui.call_counts()["GetProperty"] == before + 1
    assert light["timeline"] == full["timeline"], "the revision covers the same tracks either way"
    assert [item["key"] for item in light["items"]] == [item["key"] for item in full["items"]]
    assert next(item for item in light["items"] if item["key"] == wanted["key"]) == wanted
    for item, read in zip(light["items"], full["items"], strict=True):
        place = ("key", "track", "start_record_frame", "end_record_frame", "enabled", "selected_take")
        assert [item[name] for name in place] == [read[name] for name in place]
        if item["key"] != wanted["key"]:
            assert item["kind"] == "unread" and not {"look", "takes", "left_offset_frame"} & item.keys()


@pytest.mark.parametrize("name", ["GetItemListInTrack", "GetName", "GetProperty", "GetSelectedTakeIndex"])
def test_a_timeline_left_while_it_is_read_is_not_reported(every: Rig, name: str) -> None:
    """Its items die at that moment and would look like clips that somebody deleted."""
    other = every.second_timeline()
    every.when(name, lambda: every.ui.switch_timeline(other), after=True)
    answer = every.run("timeline.snapshot")
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
