"""Stamps, markers and snapshots that read them, on every Resolve we know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.agent_rig import START, Rig

from takebridge_resolve.emulator.state import Marker

STAMP, OTHER = "tb-0123456789ab", "tb-ffffffffffff"


def marked(rig: Rig, name: str = "a") -> Any:
    """A clip as a snapshot with marks tells it."""
    items = rig.result("timeline.snapshot", {"marks": True})["items"]
    key = rig.clip(name)["key"]
    return next(item for item in items if item["key"] == key)


def stamp(rig: Rig, name: str = "a", text: str = STAMP) -> Any:
    return rig.result("clip.stamp", {**rig.ref(name), "stamp": text}, rig.expect())


def has_metadata(rig: Rig) -> bool:
    return rig.world.profile.version >= (19, 0, 2)


# - stamps


def test_a_stamp_stands_on_the_clip_and_in_its_media(every: Rig) -> None:
    result = stamp(every)
    assert result["places"] == (["marker", "metadata"] if has_metadata(every) else ["marker"])
    assert result["changed"] is True
    [marker] = result["item"]["markers"]
    assert (marker["source_frame"], marker["note"], marker["data"]) == (24, STAMP, STAMP)
    assert result["item"]["stamp"] == (STAMP if has_metadata(every) else "")
    assert {at: (m.note, m.custom_data) for at, m in every.state().markers.items()} == {24: (STAMP, STAMP)}
    assert every.state().media.third_party == ({"takebridge.stamp": STAMP} if has_metadata(every) else {})


def test_stamping_twice_writes_once(every: Rig) -> None:
    first = stamp(every)
    assert stamp(every) == {**first, "changed": False}
    assert every.ui.call_counts()["AddMarker"] == 1


def test_the_metadata_of_media_used_twice_keeps_the_first_stamp(every: Rig) -> None:
    media = every.clip()["media"]["id"]
    place = {"media_id": media, "track": {"type": "video", "index": 1}, "start_source_frame": 0, "end_source_frame": 20}
    place |= {"start_record_frame": START + 100, "end_record_frame": START + 120}
    placed = every.result("clip.place", place, every.expect())["items"][0]
    stamp(every)
    args = {key: placed[key] for key in ("track", "start_record_frame", "end_record_frame")}
    result = every.result("clip.stamp", {**args, "clip": placed["key"], "stamp": OTHER}, every.expect())
    assert result["places"] == ["marker"]
    assert every.state().media.third_party.get("takebridge.stamp", STAMP) == STAMP


def test_a_new_stamp_takes_the_old_ones_place(every: Rig) -> None:
    stamp(every)
    stamp(every, text=OTHER)
    assert {at: m.custom_data for at, m in every.state().markers.items()} == {24: OTHER}


def test_a_persons_markers_are_left_alone(every: Rig) -> None:
    mine = Marker("Red", "Look", "here", 1)
    every.state().markers.update({24: mine, 25: Marker("Blue", "", "", 3, "other tool")})
    assert [marker["source_frame"] for marker in stamp(every)["item"]["markers"]] == [24, 25, 26]
    assert every.state().markers[24] is mine


def test_a_clip_full_of_markers_keeps_its_stamp_in_the_media(every: Rig) -> None:
    every.state().markers.update({24 + at: Marker("Red", "", "", 1) for at in range(48)})
    args = {**every.ref(), "stamp": STAMP}
    if has_metadata(every):
        assert every.result("clip.stamp", args, every.expect())["places"] == ["metadata"]
    else:
        assert "marker already" in every.refused("host_rejected", "clip.stamp", args).message


@pytest.mark.parametrize("text", ["", "tb-0123456789a", "tb-0123456789ab\n", "tb-0123456789AB", "x"])
def test_only_stamps_of_ours_are_written(rig: Rig, text: str) -> None:
    op = {"id": "x", "verb": "clip.stamp", "args": {**rig.ref(), "stamp": text}, "expect": rig.expect()}
    assert rig.desk.execute(op)["error"]["code"] == "invalid_param"


def test_a_stamp_needs_the_timeline_it_was_meant_for(every: Rig) -> None:
    args, expect = {**every.ref(), "stamp": STAMP}, every.expect()
    every.ui.modal()
    every.refused("host_busy", "clip.stamp", args)
    every.ui.dismiss_modal()
    every.ui.lock_track("video", 1)
    every.refused("host_rejected", "clip.stamp", args)
    every.ui.lock_track("video", 1, False)
    every.ui.trim_item(every.clip("b")["key"], tail=3)
    every.refused("timeline_changed", "clip.stamp", args, expect)
    every.ui.switch_timeline(every.second_timeline())
    every.refused("timeline_switched", "clip.stamp", args, expect)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_a_stamp_leaves_one(every: Rig, after: bool) -> None:
    args, expect = {**every.ref(), "stamp": STAMP}, every.expect()
    every.crash("AddMarker", "clip.stamp", args, expect, after=after)
    every.result("clip.stamp", args, expect)
    assert [marker.custom_data for marker in every.state().markers.values()] == [STAMP]


# - markers


def on_timeline(at: int = 12, **more: Any) -> dict[str, Any]:
    said = {"color": "Red", "name": "Hook", "note": "cut here", "duration_frames": 5, "data": "x"}
    return {"clip": None, "record_frame": START + at, **said, **more}


def test_a_marker_on_the_timeline_counts_from_its_start(every: Rig) -> None:
    result = every.result("marker.add", on_timeline(), every.expect())
    [marker] = result["timeline_markers"]
    assert marker["record_frame"] == START + 12
    [(frame, kept)] = every.world.project.timelines[0].markers.items()
    assert (frame, kept.color, kept.name, kept.note, kept.duration) == (12, "Red", "Hook", "cut here", 5)
    assert kept.custom_data == "x"
    assert every.result("marker.add", on_timeline(), every.expect()) == {**result, "changed": False}
    other = every.refused("host_rejected", "marker.add", on_timeline(name="Other"))
    assert "Hook" in other.message


def test_a_marker_on_a_clip_counts_source_frames(every: Rig) -> None:
    args = {"clip": every.ref(), "source_frame": 30, "color": "Sky", "name": "eyes", "duration_frames": 1}
    [marker] = every.result("marker.add", args, every.expect())["item_markers"]
    assert (marker["source_frame"], marker["name"]) == (30, "eyes")
    assert list(every.state().markers) == [30]


def test_a_marker_is_removed_once_and_only_if_it_is_the_one(every: Rig) -> None:
    every.result("marker.add", on_timeline(), every.expect())
    args = {"record_frame": START + 12, "name": "Hook"}
    every.refused("timeline_changed", "marker.remove", {**args, "name": "Another"})
    assert every.result("marker.remove", args, every.expect()) == {"timeline_markers": [], "changed": True}
    assert every.result("marker.remove", args, every.expect())["changed"] is False


@pytest.mark.parametrize(
    "args",
    [
        {"record_frame": START - 1},
        {"record_frame": None},
        {"source_frame": 3},
        {"record_frame": START + 3, "duration_frames": 0},
        {"record_frame": START + 3, "duration_frames": True},
        {"record_frame": "12"},
    ],
)
def test_markers_without_a_place_are_refused(rig: Rig, args: dict[str, Any]) -> None:
    op = {"id": "x", "verb": "marker.add", "args": {"color": "Red", **args}, "expect": rig.expect()}
    assert rig.desk.execute(op)["error"]["code"] == "invalid_param"


def test_markers_obey_dialogs_and_timelines(every: Rig) -> None:
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "marker.add", on_timeline())
    every.ui.dismiss_modal()
    every.ui.busy(2)
    assert every.result("marker.add", on_timeline(), expect)["changed"] is True
    every.ui.switch_timeline(every.second_timeline())
    every.refused("timeline_switched", "marker.remove", {"record_frame": START + 12}, expect)


@pytest.mark.parametrize(("verb", "call"), [("marker.add", "AddMarker"), ("marker.remove", "DeleteMarkerAtFrame")])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_a_marker_is_repeated_safely(every: Rig, verb: str, call: str, after: bool) -> None:
    args, expect = on_timeline(), every.expect()
    if verb == "marker.remove":
        every.result("marker.add", args, expect)
        args = {"record_frame": START + 12}
    every.crash(call, verb, args, expect, after=after)
    assert every.result(verb, args, expect)["changed"] is (not after)


# - snapshots with marks


def test_a_snapshot_reads_marks_only_when_asked(every: Rig) -> None:
    every.result("marker.add", on_timeline(), every.expect())
    stamp(every)
    plain = every.result("timeline.snapshot")
    assert "markers" not in plain["timeline"] and all("markers" not in item for item in plain["items"])
    info = every.result("timeline.snapshot", {"marks": True})["timeline"]
    assert [marker["record_frame"] for marker in info["markers"]] == [START + 12]
    assert [(track["type"], track["index"], track["name"]) for track in info["tracks"]] == [
        ("video", 1, "Video 1"),
        ("video", 2, "Video 2"),
        ("audio", 1, "Audio 1"),
    ]
    assert info["project_rate"].startswith("23.976")
    assert [marker["data"] for marker in marked(every)["markers"]] == [STAMP]


def test_a_disabled_track_is_told(every: Rig) -> None:
    every.world.project.timelines[0].tracks["audio"][0].enabled = False
    tracks = every.result("timeline.snapshot", {"marks": True})["timeline"]["tracks"]
    assert [track["enabled"] for track in tracks] == [True, True, False]


SPEEDS = {"50": "1/2", "200": "2", "33.3": "333/1000", "-100": "-1"}


@pytest.mark.parametrize(("percent", "speed"), SPEEDS.items())
@pytest.mark.parametrize("profile", ["18.6", "20.3", "21.1 studio"])
def test_speed_is_exact_where_the_version_can_say_it(
    make_rig: Callable[..., Rig], profile: str, percent: str, speed: str
) -> None:
    clip = {"kind": "clip", "media": {"rate": "23.976", "frames": 480}, "duration": 48, "timeline_start": 0}
    retime = {"speed_percent": percent.lstrip("-"), "reversed": percent.startswith("-")}
    rig = make_rig(profile, clips=[{**clip, **retime}], playhead="01:00:00:00")
    [item] = rig.snapshot()["items"]
    assert item["speed"] == (speed if profile == "21.1 studio" else "")
    assert item["source_unknown"] is False


@pytest.mark.parametrize(("profile", "unknown"), [("18.6", False), ("20.3", True), ("21.1 studio", True)])
def test_a_clip_whose_source_is_not_known_says_so(make_rig: Callable[..., Rig], profile: str, unknown: bool) -> None:
    clip = {"kind": "clip", "media": {"rate": "23.976", "frames": 480}, "duration": 48, "timeline_start": 0}
    rig = make_rig(profile, clips=[{**clip, "unknown_source": True}], playhead="01:00:00:00")
    assert rig.snapshot()["items"][0]["source_unknown"] is unknown


def test_style_ignores_what_a_copy_elsewhere_does_not_share(every: Rig) -> None:
    first = every.clip()
    every.ui.unlink_item(first["key"])
    every.ui.move_item(first["key"], 200)
    every.ui.set_item(first["key"], enabled=False)
    [moved] = [item for item in every.snapshot(("video", 1))["items"] if item["key"] == first["key"]]
    assert moved["style"] == first["style"]
    assert moved["look"] != first["look"]
    every.ui.set_item(first["key"], properties={"ZoomX": 2.0})
    [zoomed] = [item for item in every.snapshot(("video", 1))["items"] if item["key"] == first["key"]]
    assert zoomed["style"] != first["style"]


@pytest.mark.parametrize("profile", ["18.6", "20.3", "21.1 studio"])
def test_marks_and_looks_cost_ten_calls_per_clip(make_rig: Callable[..., Rig], profile: str) -> None:
    media = {"rate": "23.976", "frames": 9000}
    clips = [
        {"kind": "clip", "media": media, "timeline_start": 24 * at, "duration": 24, "source_start": 24 * at}
        for at in range(300)
    ]
    rig = make_rig(profile, clips=clips, playhead="01:00:00:00")
    rig.ui.call_log.clear()
    rig.result("timeline.snapshot")
    plain = len(rig.ui.call_log)
    rig.ui.call_log.clear()
    rig.result("timeline.snapshot", {"marks": True})
    with_marks = len(rig.ui.call_log)
    assert with_marks - plain <= 10 * 300  # the markers, and what only looks are made of
    assert rig.ui.call_counts()["GetMarkers"] == 301
    assert plain <= 12 * 300 + 40  # every clip plays media of its own here
