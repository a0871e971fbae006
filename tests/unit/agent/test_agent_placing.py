"""Placing and deleting clips on every Resolve we know: nothing overwritten, nothing left behind, nothing done twice."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import START, Rig, refs
from tests.support.resolve_world import make_clip, make_still

V1 = [(0, 48, "a"), (48, 40, "b")]
A1 = [(0, 48, "a")]


def place_args(media: str, at: int = 100, frames: int = 30, source: int = 5, **more: Any) -> dict[str, Any]:
    """Arguments that put source frames from ``source`` on V1, ``at`` frames after the timeline's start."""
    return {
        "media_id": media,
        "track": {"type": "video", "index": 1},
        "start_record_frame": START + at,
        "end_record_frame": START + at + frames,
        "start_source_frame": source,
        "end_source_frame": source + frames,
        **more,
    }


def bring(rig: Rig, path: str) -> str:
    return str(rig.result("media.import", {"path": path, "bin": ["TakeBridge"]})["media"]["id"])


def sound(rig: Rig) -> dict[str, Any]:
    [item] = rig.snapshot(("audio", 1))["items"]
    return {"clip": item["key"], **{key: item[key] for key in ("track", "start_record_frame", "end_record_frame")}}


# - placing


def test_a_clip_is_placed_where_it_was_asked_for(every: Rig) -> None:
    result = every.result("clip.place", place_args(every.bring("take1")), every.expect())
    [item] = result["items"]
    assert result["changed"] is True
    assert (item["start_record_frame"], item["end_record_frame"]) == (START + 100, START + 130)
    assert (item["left_offset_frame"], item["media"]["path"]) == (5, every.files["take1"])
    assert every.track() == [*V1, (100, 30, "take1")]
    assert every.track("audio") == A1
    placed = every.world.project.timelines[0].tracks["video"][0].items[2]
    assert (placed.source_start, placed.source_end, placed.id) == (5, 35, item["key"])


def test_what_is_there_already_is_not_placed_again(every: Rig) -> None:
    args, expect = place_args(every.bring("take1")), every.expect()
    first = every.result("clip.place", args, expect)
    again = every.result("clip.place", args, expect)
    assert again == {**first, "changed": False}
    assert every.ui.call_counts()["AppendToTimeline"] == 1


def test_sound_is_placed_without_its_picture_and_linked_when_asked(every: Rig) -> None:
    media = every.clip()["media"]["id"]
    picture = every.result("clip.place", place_args(media), every.expect())["items"][0]
    args = place_args(media, track={"type": "audio", "index": 1}, link=[picture["key"]])
    result = every.result("clip.place", args, every.expect(("audio", 1)))
    assert every.track("audio") == [*A1, (100, 30, "a")]
    assert every.track() == [*V1, (100, 30, "a")]
    placed = every.world.project.timelines[0].tracks["audio"][0].items[1]
    assert placed.linked == {picture["key"]}
    assert every.result("clip.place", args, every.expect())["items"] == result["items"]


def test_linking_keeps_what_was_linked_before(every: Rig) -> None:
    picture = every.clip()
    every.result("track.add", {"type": "audio", "index": 2}, every.expect())
    more = {"track": {"type": "audio", "index": 2}, "link": [picture["key"]]}
    every.result("clip.place", place_args(picture["media"]["id"], 0, 48, 24, **more), every.expect())
    tracks = every.world.project.timelines[0].tracks["audio"]
    first, second = tracks[0].items[0], tracks[1].items[0]
    assert second.id in every.state().linked
    if every.world.profile.version >= (19,):
        assert first.id in every.state().linked
        assert second.linked == {picture["key"], first.id}


def test_a_clip_to_link_with_that_is_gone_is_told(every: Rig) -> None:
    answer = every.run("clip.place", place_args(every.bring("take1"), link=["nobody"]), every.expect())
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_changed")


@pytest.mark.parametrize("at", [60, 87, 30, 71])
def test_an_occupied_span_is_refused_before_anything_is_sent(every: Rig, at: int) -> None:
    error = every.refused("host_rejected", "clip.place", place_args(every.bring("take1"), at))
    assert "nothing is overwritten" in error.message
    assert "AppendToTimeline" not in every.ui.call_counts()


@pytest.mark.parametrize("occupied", ["ghost", "drop"])
def test_a_span_that_is_taken_at_the_last_moment_leaves_nothing(every: Rig, occupied: Any) -> None:
    every.ui.occupied = occupied
    args, expect = place_args(every.bring("take1"), at=88), every.expect()
    other = every.clip("b")["key"]
    every.when("AppendToTimeline", lambda: every.ui.move_item(other, 90))
    answer = every.run("clip.place", args, expect)
    assert answer.outcome == "not_applied"
    assert answer.error.code in ("timeline_changed", "host_rejected")
    assert every.track() == [(0, 48, "a"), (90, 40, "b")]


def test_a_track_that_is_not_there_or_locked_is_named(every: Rig) -> None:
    media = every.bring("take1")
    error = every.refused("not_found", "clip.place", place_args(media, track={"type": "video", "index": 7}))
    assert "video track 7" in error.message
    every.ui.lock_track("video", 1)
    assert "locked" in every.refused("host_rejected", "clip.place", place_args(media)).message


@pytest.mark.parametrize(
    "changes",
    [
        {"start_record_frame": START - 10, "end_record_frame": START + 20},
        {"end_record_frame": START + 100},
        {"end_source_frame": 5},
        {"track": {"type": "subtitle", "index": 1}},
    ],
)
def test_places_that_cannot_be_are_refused(rig: Rig, changes: dict[str, Any]) -> None:
    rig.refused("invalid_param", "clip.place", {**place_args(rig.bring("take1"), at=200), **changes})


def test_another_timeline_and_an_edited_one_are_not_written(every: Rig) -> None:
    args, expect = place_args(every.bring("take1")), every.expect()
    every.ui.trim_item(every.clip("b")["key"], tail=3)
    every.refused("timeline_changed", "clip.place", args, expect)
    every.ui.switch_timeline(every.second_timeline())
    every.refused("timeline_switched", "clip.place", args, expect)


def test_media_that_is_gone_is_named(rig: Rig) -> None:
    assert "take" in rig.refused("not_found", "clip.place", place_args("nobody")).message


@pytest.mark.parametrize(("source_frames", "made"), [(24, 23), (26, 25)])
def test_another_rate_that_comes_out_short_or_long_is_taken_off(
    every: Rig, tmp_path: Path, source_frames: int, made: int
) -> None:
    path = make_clip(tmp_path / "fps24.mov", rate=Fraction(24), audio=False)
    args = {**place_args(bring(every, path), frames=24, source=0), "end_source_frame": source_frames}
    error = every.refused("host_rejected", "clip.place", args)
    assert error.details == {"asked_frames": 24, "placed_frames": made}
    exact = every.result("clip.place", {**args, "end_source_frame": 25}, every.expect())
    assert exact["items"][0]["end_record_frame"] == START + 124


def test_a_still_of_another_length_is_taken_off(every: Rig, tmp_path: Path) -> None:
    args = place_args(bring(every, make_still(tmp_path / "still.png")), frames=48, source=0)
    assert every.refused("host_rejected", "clip.place", args).details["placed_frames"] == 119


def test_a_short_refusal_is_waited_out_and_a_dialog_is_named(every: Rig) -> None:
    args = place_args(every.bring("take1"))
    every.ui.modal()
    error = every.refused("host_busy", "clip.place", args)
    assert error.retryable
    every.ui.dismiss_modal()
    every.ui.busy(3)
    every.result("clip.place", args, every.expect())
    assert every.track() == [*V1, (100, 30, "take1")]


def test_a_neighbour_moved_meanwhile_takes_the_clip_off_again(every: Rig) -> None:
    args, expect, other = place_args(every.bring("take1")), every.expect(), every.clip("b")["key"]
    every.when("AppendToTimeline", lambda: every.ui.move_item(other, 50), after=True)
    answer = every.run("clip.place", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert every.track() == [(0, 48, "a"), (50, 40, "b")]


def test_a_timeline_left_after_the_write_is_reported_as_unsure(every: Rig) -> None:
    args, other = place_args(every.bring("take1")), every.second_timeline()
    expect = every.expect()
    every.when("AppendToTimeline", lambda: every.ui.switch_timeline(other), after=True)
    answer = every.run("clip.place", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_switched")
    every.ui.switch_timeline("Cut")
    assert every.result("clip.place", args, expect)["changed"] is False


def test_a_timeline_opened_at_the_last_moment_keeps_nothing_of_ours(every: Rig) -> None:
    """AppendToTimeline writes to whatever is open: the clip lands on the other timeline and is taken off there."""
    args, other = place_args(every.bring("take1")), every.second_timeline()
    expect = every.expect()
    every.when("AppendToTimeline", lambda: every.ui.switch_timeline(other))
    answer = every.run("clip.place", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
    assert "DeleteClips" in every.ui.call_counts()
    assert every.track() == []
    every.ui.switch_timeline("Cut")
    assert every.track() == V1


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_the_placing_does_not_double_it(every: Rig, after: bool) -> None:
    args, expect = place_args(every.bring("take1")), every.expect()
    every.crash("AppendToTimeline", "clip.place", args, expect, after=after)
    assert every.result("clip.place", args, expect)["changed"] is (not after)
    assert every.track() == [*V1, (100, 30, "take1")]


# - deleting


def test_a_clip_is_deleted_and_its_sound_stays(every: Rig) -> None:
    args, expect = {"clips": [every.ref()]}, every.expect(("video", 1), ("audio", 1))
    result = every.result("clip.delete", args, expect)
    assert result == {"deleted": [args["clips"][0]["clip"]], "changed": True}
    assert (every.track(), every.track("audio")) == (V1[1:], A1)
    assert every.result("clip.delete", args, expect)["changed"] is False


def test_sound_that_is_listed_goes_too(every: Rig) -> None:
    every.result("clip.delete", {"clips": [every.ref(), sound(every)]}, every.expect())
    assert (every.track(), every.track("audio")) == (V1[1:], [])


def test_the_fairlight_page_is_left_for_a_moment(every: Rig) -> None:
    every.resolve.OpenPage("fairlight")
    every.result("clip.delete", {"clips": [every.ref("b")]}, every.expect())
    assert every.track() == V1[:1]
    assert every.resolve.GetCurrentPage() == "fairlight"


def test_a_clip_that_was_moved_or_trimmed_is_not_deleted(every: Rig) -> None:
    args, expect = {"clips": [every.ref("b")]}, every.expect()
    every.ui.move_item(args["clips"][0]["clip"], 52)
    every.refused("timeline_changed", "clip.delete", args, expect)
    every.refused("timeline_changed", "clip.delete", args, every.expect())


def test_one_missing_clip_refuses_them_all(every: Rig) -> None:
    args = {"clips": [every.ref("a"), every.ref("b")]}
    every.ui.delete_item(args["clips"][1]["clip"])
    every.refused("timeline_changed", "clip.delete", args)


def test_locked_tracks_dialogs_and_other_timelines_refuse_a_deletion(every: Rig) -> None:
    args, expect = {"clips": [every.ref("b")]}, every.expect()
    every.ui.lock_track("video", 1)
    every.refused("host_rejected", "clip.delete", args)
    every.ui.lock_track("video", 1, False)
    every.ui.modal()
    every.refused("host_busy", "clip.delete", args)
    every.ui.dismiss_modal()
    every.ui.switch_timeline(every.second_timeline())
    every.refused("timeline_switched", "clip.delete", args, expect)
    every.ui.switch_timeline("Cut")
    every.ui.busy(2)
    assert every.result("clip.delete", args, expect)["changed"] is True


def test_an_edit_beside_a_deletion_is_told(every: Rig) -> None:
    args, expect, other = {"clips": [every.ref("b")]}, every.expect(), every.clip("a")["key"]
    every.when("DeleteClips", lambda: every.ui.trim_item(other, tail=5), after=True)
    answer = every.run("clip.delete", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_changed")
    assert every.track() == [(0, 43, "a")]


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_around_a_deletion_is_repeated_safely(every: Rig, after: bool) -> None:
    args, expect = {"clips": [every.ref("b")]}, every.expect()
    every.crash("DeleteClips", "clip.delete", args, expect, after=after)
    assert every.result("clip.delete", args, expect)["changed"] is (not after)
    assert every.track() == V1[:1]


# - enabling and naming


def test_a_clip_is_disabled_and_enabled(every: Rig) -> None:
    expect = every.expect()
    result = every.result("clip.set_enabled", {**every.ref(), "enabled": False}, expect)
    assert (result["before"]["enabled"], result["after"]["enabled"], result["changed"]) == (True, False, True)
    assert every.state().enabled is False
    assert every.result("clip.set_enabled", {**every.ref(), "enabled": False}, expect)["changed"] is False
    every.refused("timeline_changed", "clip.set_enabled", {**every.ref(), "enabled": True}, expect)


@pytest.mark.parametrize("profile", ["18.6", "19.1", "20.3", "21.0 free", "21.1 studio"])
def test_a_clip_is_named_from_20_2_on(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile)
    args = {**rig.ref(), "name": "Shot 3, the door"}
    if profile in ("18.6", "19.1"):
        assert "20.2" in rig.refused("unsupported_op", "clip.rename", args).hint
        return
    assert rig.result("clip.rename", args, rig.expect())["after"]["name"] == "Shot 3, the door"
    assert rig.state().label == "Shot 3, the door"
    assert rig.state().media.name == "a.mov"


@pytest.mark.parametrize(("verb", "more"), [("clip.set_enabled", {"enabled": False}), ("clip.rename", {"name": "X"})])
def test_small_changes_are_refused_like_large_ones(rig: Rig, verb: str, more: dict[str, Any]) -> None:
    args, expect = {**rig.ref(), **more}, rig.expect()
    rig.ui.lock_track("video", 1)
    rig.refused("host_rejected", verb, args)
    rig.ui.lock_track("video", 1, False)
    rig.ui.modal()
    rig.refused("host_busy", verb, args)
    rig.ui.dismiss_modal()
    rig.refused("timeline_changed", verb, {**args, "end_record_frame": START + 40})
    rig.refused("timeline_changed", verb, {**args, "clip": "nobody"})
    rig.refused("invalid_param", verb, {key: value for key, value in args.items() if key not in more})
    rig.ui.switch_timeline(rig.second_timeline())
    rig.refused("timeline_switched", verb, args, expect)


def test_a_clip_moved_after_the_change_is_told(every: Rig) -> None:
    args, expect, key = {**every.ref("b"), "enabled": False}, every.expect(), every.clip("b")["key"]
    every.when("SetClipEnabled", lambda: every.ui.move_item(key, 60), after=True)
    answer = every.run("clip.set_enabled", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_changed")


def test_an_op_without_an_expectation_is_refused(rig: Rig) -> None:
    for verb, args in (
        ("clip.place", place_args("m")),
        ("clip.delete", {"clips": [rig.ref()]}),
        ("clip.set_enabled", {**rig.ref(), "enabled": False}),
        ("track.add", refs(("video", 3))[0]),
    ):
        answer = rig.run(verb, args)
        assert (answer.outcome, answer.error.code) == ("not_applied", "invalid_param")
