"""Copying, opening, naming and deleting timelines, and adding tracks, on every Resolve we know."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.agent_rig import Rig

from takebridge.hosts.protocol import SAFETY_MARK
from takebridge_resolve import agent
from takebridge_resolve.emulator.state import Marker

COPY = "Cut (TakeBridge safety 1)"


def current(rig: Rig) -> str:
    timeline = rig.world.project.current_timeline
    assert timeline is not None
    return timeline.name


def names(rig: Rig) -> list[str]:
    return [timeline.name for timeline in rig.world.project.timelines]


def id_of(rig: Rig, name: str) -> str:
    return next(timeline.id for timeline in rig.world.project.timelines if timeline.name == name)


def content(rig: Rig, name: str) -> list[Any]:
    timeline = next(timeline for timeline in rig.world.project.timelines if timeline.name == name)
    return [(kind, index, item.start, item.duration, item.label) for kind, index, _, item in timeline.located()]


def copy(rig: Rig, name: str = COPY) -> Any:
    return rig.result("timeline.duplicate", {"name": name}, rig.expect())


# - copying


def test_the_original_stays_open_when_it_is_copied(every: Rig) -> None:
    every.world.project.timelines[0].markers[12] = Marker("Blue", "name", "note", 1)
    result = copy(every)
    assert result == {"timeline_id": id_of(every, COPY), "name": COPY, "changed": True}
    assert (current(every), names(every)) == ("Cut", ["Cut", COPY])
    assert content(every, COPY) == content(every, "Cut")
    twin = every.world.project.timelines[1]
    assert [marker.note for marker in twin.markers.values()] == ["note"]
    assert {item.id for *_, item in twin.located()}.isdisjoint(
        {item.id for *_, item in every.world.project.timelines[0].located()}
    )


def test_a_copy_that_was_made_already_is_found(every: Rig) -> None:
    first = copy(every)
    assert copy(every) == {**first, "changed": False}
    assert every.ui.call_counts()["DuplicateTimeline"] == 1


def test_a_name_in_use_for_something_else_is_refused(every: Rig) -> None:
    other = every.second_timeline()
    assert other in every.refused("host_rejected", "timeline.duplicate", {"name": other}).message


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_the_copy_makes_one_copy_and_returns(every: Rig, after: bool) -> None:
    expect = every.expect()
    every.crash("DuplicateTimeline", "timeline.duplicate", {"name": COPY}, expect, after=after)
    assert current(every) == (COPY if after else "Cut")
    result = every.result("timeline.duplicate", {"name": COPY}, expect)
    assert result["changed"] is (not after)
    assert (current(every), names(every)) == ("Cut", ["Cut", COPY])


def test_a_busy_moment_is_waited_out_and_a_dialog_is_named(every: Rig) -> None:
    every.ui.modal()
    every.refused("host_busy", "timeline.duplicate", {"name": COPY})
    every.ui.dismiss_modal()
    every.ui.busy(3)
    assert copy(every)["changed"] is True
    assert current(every) == "Cut"


def test_a_copy_that_cannot_be_left_is_told(every: Rig) -> None:
    expect = every.expect()
    every.when("DuplicateTimeline", every.ui.modal, after=True)
    answer = every.run("timeline.duplicate", {"name": COPY}, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "host_busy")
    every.ui.dismiss_modal()
    assert every.result("timeline.duplicate", {"name": COPY}, expect)["changed"] is False
    assert current(every) == "Cut"


def test_a_timeline_a_person_opens_meanwhile_stays_open(every: Rig) -> None:
    other = every.second_timeline()
    every.when("DuplicateTimeline", lambda: every.ui.switch_timeline(other), after=True)
    assert copy(every)["changed"] is True
    assert current(every) == other


def test_an_edited_timeline_and_another_one_are_not_copied(every: Rig) -> None:
    expect = every.expect()
    every.ui.trim_item(every.clip("b")["key"], tail=3)
    every.refused("timeline_changed", "timeline.duplicate", {"name": COPY}, expect)
    every.ui.switch_timeline(every.second_timeline())
    every.refused("timeline_switched", "timeline.duplicate", {"name": COPY}, expect)


# - opening, naming, deleting


def test_a_timeline_is_opened_and_opened_again(every: Rig) -> None:
    made, expect = copy(every), every.expect()
    args = {"timeline_id": made["timeline_id"]}
    assert every.result("timeline.select", args, expect) == {**made, "changed": True}
    assert current(every) == COPY
    assert every.result("timeline.select", args, expect)["changed"] is False
    every.refused("timeline_switched", "timeline.select", {"timeline_id": id_of(every, "Cut")}, expect)
    every.refused("not_found", "timeline.select", {"timeline_id": "nothing"})


def test_a_timeline_is_named(every: Rig) -> None:
    made, expect = copy(every), every.expect()
    args = {"timeline_id": made["timeline_id"], "name": "Cut before"}
    assert every.result("timeline.rename", args, expect)["name"] == "Cut before"
    assert names(every) == ["Cut", "Cut before"]
    assert every.result("timeline.rename", args, expect)["changed"] is False
    every.refused("host_rejected", "timeline.rename", {**args, "name": "Cut"})
    every.refused("invalid_param", "timeline.rename", {**args, "name": "two\nlines"})


def test_a_safety_copy_is_deleted_and_nothing_else_without_force(every: Rig) -> None:
    made, other = copy(every), every.second_timeline()
    expect = every.expect()
    args = {"timeline_id": made["timeline_id"]}
    assert every.result("timeline.delete", args, expect) == {**made, "changed": True}
    assert names(every) == ["Cut", other]
    assert every.result("timeline.delete", args, expect)["changed"] is False
    kept = {"timeline_id": id_of(every, other)}
    assert "not a safety copy" in every.refused("host_rejected", "timeline.delete", kept).message
    every.result("timeline.delete", {**kept, "force": True}, expect)
    assert names(every) == ["Cut"]


def test_the_open_timeline_is_never_deleted(every: Rig) -> None:
    args = {"timeline_id": id_of(every, "Cut"), "force": True}
    assert "is open" in every.refused("host_rejected", "timeline.delete", args).message
    assert "DeleteTimelines" not in every.ui.call_counts()


@pytest.mark.parametrize("verb", ["timeline.select", "timeline.rename", "timeline.delete"])
def test_dialogs_and_other_projects_refuse_all_of_it(rig: Rig, verb: str) -> None:
    args, expect = {"timeline_id": copy(rig)["timeline_id"], "name": "New"}, rig.expect()
    if verb != "timeline.rename":
        del args["name"]
    rig.ui.modal()
    rig.refused("host_busy", verb, args)
    rig.ui.dismiss_modal()
    rig.resolve.GetProjectManager().CreateProject("Empty")
    rig.refused("timeline_switched", verb, args, expect)


@pytest.mark.parametrize(
    ("verb", "call"),
    [("timeline.select", "SetCurrentTimeline"), ("timeline.rename", "SetName"), ("timeline.delete", "DeleteTimelines")],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_them_is_repeated_safely(rig: Rig, verb: str, call: str, after: bool) -> None:
    args, expect = {"timeline_id": copy(rig)["timeline_id"], "name": "New"}, rig.expect()
    if verb != "timeline.rename":
        del args["name"]
    rig.crash(call, verb, args, expect, after=after)
    assert rig.result(verb, args, expect)["changed"] is (not after)


def test_the_agent_and_the_protocol_agree_on_the_mark() -> None:
    assert agent.SAFETY_MARK == SAFETY_MARK
    assert SAFETY_MARK in COPY


# - tracks


def test_tracks_are_added_on_top(every: Rig) -> None:
    expect = every.expect()
    args = {"type": "video", "index": 4}
    assert every.result("track.add", args, expect) == {"track": args, "count": 4, "changed": True}
    assert every.result("track.add", args, expect)["changed"] is False
    audio = {"type": "audio", "index": 2}
    every.result("track.add", audio, expect)
    tracks = every.world.project.timelines[0].tracks
    assert [track.name for track in tracks["video"]] == ["Video 1", "Video 2", "Video 3", "Video 4"]
    assert [track.sub_type for track in tracks["audio"]] == ["stereo", "stereo"]
    every.refused("invalid_param", "track.add", {"type": "video", "index": 40})


def test_a_refused_track_is_named(every: Rig) -> None:
    args, expect = {"type": "subtitle", "index": 1}, every.expect()
    every.ui.modal()
    every.refused("host_busy", "track.add", args)
    every.ui.dismiss_modal()
    every.ui.trim_item(every.clip("b")["key"], tail=3)
    every.refused("timeline_changed", "track.add", args, expect)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_a_track_adds_one(every: Rig, after: bool) -> None:
    args, expect = {"type": "video", "index": 3}, every.expect()
    every.crash("AddTrack", "track.add", args, expect, after=after)
    assert every.result("track.add", args, expect)["count"] == 3
