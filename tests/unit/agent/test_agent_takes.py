"""Takes: what is asked is done exactly, nothing else moves, and whatever goes wrong is put back and told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.agent_rig import Rig


def test_add_take_swaps_the_media_and_nothing_else(every: Rig) -> None:
    before, look = every.truth(), every.clip()["look"]
    answer = every.add("take1", start=6)
    assert (answer.outcome, answer.error, answer.result["changed"]) == ("verified", None, True)
    now = every.truth()
    assert now["media"] == every.files["take1"]
    assert now["source"] == (6, 54)
    assert now["takes"] == [(every.files["a"], 24, 72), (every.files["take1"], 6, 54)]
    assert now["selected"] == 2
    assert {key: now[key] for key in ("start", "duration", "color", "nodes", "properties")} == {
        key: before[key] for key in ("start", "duration", "color", "nodes", "properties")
    }
    after = answer.result["after"]
    assert after["look"] == look == every.clip()["look"]
    assert [(t["start_source_frame"], t["end_source_frame"]) for t in after["takes"]] == [(24, 72), (6, 54)]
    assert (after["selected_take"], after["left_offset_frame"]) == (2, 6)


def test_adding_a_take_that_is_selected_changes_nothing(every: Rig) -> None:
    every.add("take1")
    writes = every.writes()
    again = every.add("take1")
    assert (again.outcome, again.result["changed"]) == ("verified", False)
    assert every.writes() == writes


def test_adding_a_take_that_is_there_only_selects_it(rig: Rig) -> None:
    rig.add("take1")
    rig.add("take2")
    again = rig.add("take1")
    assert again.result["changed"] is True
    assert (len(rig.truth()["takes"]), rig.truth()["selected"]) == (3, 2)
    assert rig.writes().count("AddTake") == 2


def test_add_without_select_leaves_the_picture(every: Rig) -> None:
    before = every.truth()
    answer = every.add("take1", select=False)
    assert answer.outcome == "verified"
    now = every.truth()
    assert (now["media"], now["source"], now["selected"]) == (before["media"], before["source"], 1)
    assert len(now["takes"]) == 2


def test_select_goes_back_and_forth(every: Rig) -> None:
    original = every.clip()["media"]["id"]
    every.add("take1", start=6)
    back = every.run("clip.select_take", every.take_args(original), every.expect())
    assert (back.outcome, back.result["after"]["media"]["id"]) == ("verified", original)
    assert every.truth()["source"] == (24, 72)
    again = every.run("clip.select_take", every.take_args(original), every.expect())
    assert (again.outcome, again.result["changed"]) == ("verified", False)


def test_select_of_an_unknown_take(rig: Rig) -> None:
    answer = rig.run("clip.select_take", rig.take_args(rig.bring("take1")), rig.expect())
    assert (answer.outcome, answer.error.code) == ("not_applied", "unknown_take")


def test_remove_takes_one_away_but_never_the_selected(every: Rig) -> None:
    original = every.clip()["media"]["id"]
    every.add("take1")
    every.add("take2")
    selected = every.run("clip.remove_take", every.take_args(every.bring("take2")), every.expect())
    assert (selected.outcome, selected.error.code) == ("not_applied", "host_rejected")
    other = every.run("clip.remove_take", every.take_args(original), every.expect())
    assert (other.outcome, other.result["changed"]) == ("verified", True)
    assert [path for path, *_ in every.truth()["takes"]] == [every.files["take1"], every.files["take2"]]
    assert (every.truth()["selected"], every.truth()["media"]) == (2, every.files["take2"])
    again = every.run("clip.remove_take", every.take_args(original), every.expect())
    assert (again.outcome, again.result["changed"]) == ("verified", False)


def test_the_clips_own_media_is_never_added(every: Rig) -> None:
    args = every.take_args(every.clip()["media"]["id"], start=24)
    same = every.run("clip.add_take", args, every.expect())
    assert (same.outcome, same.result["changed"]) == ("verified", False)
    moved = {**args, "start_source_frame": 25, "end_source_frame": 73}
    slipped = every.run("clip.add_take", moved, every.expect())
    assert (slipped.outcome, slipped.error.code) == ("not_applied", "host_rejected")
    assert every.writes() == []
    assert every.truth()["takes"] == []


def test_a_take_must_be_as_long_as_the_clip(rig: Rig) -> None:
    args = rig.take_args(rig.bring("take1"), start=6)
    answer = rig.run("clip.add_take", {**args, "end_source_frame": 55}, rig.expect())
    assert (answer.outcome, answer.error.code) == ("not_applied", "invalid_param")
    assert rig.writes() == []


def test_media_that_left_the_pool(rig: Rig) -> None:
    media = rig.bring("take1")
    args, expect = rig.take_args(media, start=6), rig.expect()
    rig.ui.delete_media(media)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "not_found")


def test_a_range_outside_the_media_is_refused_and_no_selector_is_left(rig: Rig) -> None:
    answer = rig.add("take1", start=100)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert rig.truth()["takes"] == []


def test_locked_track(every: Rig) -> None:
    args, expect = every.take_args(every.bring("take1"), start=6), every.expect()
    every.ui.lock_track("video", 1)
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert "Unlock" in answer.error.hint
    assert every.writes() == []
    assert every.snapshot()["timeline"]["locked_tracks"] == [{"type": "video", "index": 1}]


@pytest.mark.parametrize("kind", ["title"])
def test_items_without_media_take_no_takes(rig: Rig, kind: str) -> None:
    title = next(item for item in rig.snapshot()["items"] if item["kind"] == kind)
    args = {
        **rig.take_args(rig.bring("take1"), start=0),
        "clip": title["key"],
        "track": title["track"],
        "end_source_frame": 24,
        "start_record_frame": title["start_record_frame"],
        "end_record_frame": title["end_record_frame"],
    }
    answer = rig.run("clip.add_take", args, rig.expect(("video", 2)))
    assert (answer.outcome, answer.error.code) == ("not_applied", "unsupported_item")
    assert rig.writes() == []


# --- busy -----------------------------------------------------------------------------------------------


def test_a_modal_gives_host_busy_within_the_budget(every: Rig) -> None:
    args, expect, before = every.take_args(every.bring("take1"), start=6), every.expect(), every.whole_truth()
    every.ui.modal()
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code, answer.error.retryable) == ("not_applied", "host_busy", True)
    assert 0 < sum(every.slept) <= 1.5
    every.ui.dismiss_modal()
    assert every.whole_truth() == before


def test_a_short_busy_spell_is_sat_out(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.busy(3)
    assert rig.run("clip.add_take", args, expect).outcome == "verified"
    assert len(rig.slept) == 3
    assert len(rig.truth()["takes"]) == 2


def test_busy_after_the_take_was_added_is_told_when_it_cannot_be_undone(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.when("AddTake", rig.ui.modal, after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "host_busy")
    assert [take["media_path"] for take in answer.result["after"]["takes"]] == [rig.files["a"], rig.files["take1"]]
    assert answer.result["after"]["selected_take"] == 1
    assert len(rig.truth()["takes"]) == 2


def test_the_user_acts_while_a_refused_write_waits(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    key = args["clip"]
    rig.ui.modal()

    def trim_then_dismiss(_seconds: float) -> None:
        rig.ui.trim_item(key, tail=4)
        rig.ui.dismiss_modal()

    rig.desk.sleep = trim_then_dismiss
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert (rig.truth()["duration"], rig.truth()["takes"]) == (44, [])


# --- somebody else's edits ------------------------------------------------------------------------------

EDITS: dict[str, Callable[[Rig, str], object]] = {
    "trim": lambda rig, key: rig.ui.trim_item(key, head=2),
    "delete": lambda rig, key: rig.ui.delete_item(key),
    "slip the neighbour": lambda rig, key: rig.ui.trim_item(rig.clip("b")["key"], tail=3),
    "rename": lambda rig, key: rig.ui.rename_item(key, "Hero"),
    "disable": lambda rig, key: rig.ui.set_item(key, enabled=False),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_between_snapshot_and_op_stops_it(every: Rig, edit: str) -> None:
    args, expect = every.take_args(every.bring("take1"), start=6), every.expect()
    EDITS[edit](every, args["clip"])
    before = every.whole_truth() if edit != "delete" else None
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert every.writes() == []
    assert before is None or every.whole_truth() == before


def test_a_moved_clip_stops_it_even_without_a_revision(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.move_item(args["clip"], 200)
    answer = rig.run("clip.add_take", args, {**expect, "revision": "", "tracks": []})
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert rig.writes() == []


def test_another_timeline_is_open(every: Rig) -> None:
    other = every.second_timeline()
    args, expect = every.take_args(every.bring("take1"), start=6), every.expect()
    every.ui.switch_timeline(other)
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
    assert every.writes() == []


def test_the_timeline_is_switched_just_before_the_write(every: Rig) -> None:
    other = every.second_timeline()
    args, expect, before = every.take_args(every.bring("take1"), start=6), every.expect(), every.whole_truth()
    every.when("AddTake", lambda: every.ui.switch_timeline(other))
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
    assert every.whole_truth() == before


def test_the_timeline_is_switched_just_after_the_write(rig: Rig) -> None:
    other = rig.second_timeline()
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.when("AddTake", lambda: rig.ui.switch_timeline(other), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_switched")
    assert len(answer.result["after"]["takes"]) == len(rig.truth()["takes"]) == 2


def test_the_clip_is_deleted_just_after_the_write(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.when("AddTake", lambda: rig.ui.delete_item(args["clip"]), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")


@pytest.mark.parametrize("call", ["AddTake", "SelectTakeByIndex"])
def test_the_clip_is_moved_meanwhile(every: Rig, call: str) -> None:
    args, expect = every.take_args(every.bring("take1"), start=6), every.expect()
    every.when(call, lambda: every.ui.move_item(args["clip"], 200), after=True)
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    state = next(item for item in every.world.project.timelines[0].tracks["video"][0].items if item.id == args["clip"])
    assert (state.start, state.takes, state.source_start) == (200, [], 24)


def test_a_neighbour_is_trimmed_meanwhile(rig: Rig) -> None:
    args, expect, other = rig.take_args(rig.bring("take1"), start=6), rig.expect(), rig.clip("b")["key"]
    rig.when("SelectTakeByIndex", lambda: rig.ui.trim_item(other, tail=3), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert (rig.truth()["takes"], rig.truth()["media"]) == ([], rig.files["a"])
    assert rig.truth("b")["duration"] == 37


def test_a_take_that_lands_on_the_wrong_frame_is_undone(every: Rig) -> None:
    args, expect, before = every.take_args(every.bring("take1"), start=6), every.expect(), every.whole_truth()

    def slip() -> None:
        every.state().source_start += 1

    every.when("SelectTakeByIndex", slip, after=True)
    answer = every.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert "head" in answer.error.details["observed"]
    assert every.whole_truth() == before


def test_a_selection_that_changes_the_length_is_undone(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.when("SelectTakeByIndex", lambda: rig.ui.trim_item(args["clip"], tail=2), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert answer.error.code == "timeline_changed"
    assert answer.outcome == "committed_unverified"
    assert rig.truth()["duration"] == answer.result["after"]["end_record_frame"] - args["start_record_frame"] == 46
    assert rig.truth()["takes"] == []


def test_damage_to_a_neighbour_by_a_selection_is_told(rig: Rig) -> None:
    """The swap lengthens the clip into its neighbour; going back shortens it, the neighbour stays cut."""
    args, expect, clip, other = rig.take_args(rig.bring("take1"), start=6), rig.expect(), rig.state(), rig.state("b")

    def lengthen() -> None:
        clip.duration += 2
        other.start, other.duration = other.start + 2, other.duration - 2

    def shorten() -> None:
        clip.duration -= 2

    rig.when("SelectTakeByIndex", lengthen, after=True)
    rig.when("FinalizeTake", shorten)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_changed")
    assert (rig.truth()["takes"], rig.truth()["duration"]) == ([], 48)


def test_a_changed_look_is_told(rig: Rig) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.when("SelectTakeByIndex", lambda: rig.ui.set_item(args["clip"], color="Teal"), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert answer.outcome == "committed_unverified"
    assert "the look" in answer.error.details["observed"]
    assert rig.truth()["takes"] == []
    assert answer.result["after"]["takes"] == []


def test_takes_a_person_added_survive_an_undo(rig: Rig) -> None:
    rig.add("take2")
    media = rig.bring("take1")
    args, expect = rig.take_args(media, start=6), rig.expect()

    def slip() -> None:
        rig.state().source_start += 1

    rig.when("SelectTakeByIndex", slip, after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert answer.outcome == "not_applied"
    assert [path for path, *_ in rig.truth()["takes"]] == [rig.files["a"], rig.files["take2"]]
    assert rig.truth()["selected"] == 2


def test_undoing_a_selection_keeps_the_take(rig: Rig) -> None:
    rig.add("take1", select=False)
    args, expect, before = rig.take_args(rig.bring("take1"), start=6), rig.expect(), rig.truth()

    def slip() -> None:
        rig.state().source_start += 1

    rig.when("SelectTakeByIndex", slip, after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert rig.truth() == before


# --- bad ops and faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"clip": None}, "invalid_param"),
        ({"track": {"type": "video", "index": 0}}, "invalid_param"),
        ({"track": "V1"}, "invalid_param"),
        ({"start_record_frame": "soon"}, "invalid_param"),
        ({"clip": "no-such-clip"}, "timeline_changed"),
        ({"track": {"type": "video", "index": 9}}, "timeline_changed"),
        ({"start_source_frame": -1, "end_source_frame": 47}, "invalid_param"),
    ],
)
def test_bad_arguments(rig: Rig, change: dict[str, object], code: str) -> None:
    args = {**rig.take_args(rig.bring("take1"), start=6), **change}
    answer = rig.run("clip.add_take", args, rig.expect())
    assert (answer.outcome, answer.error.code) == ("not_applied", code)
    assert rig.writes() == []


def test_a_clip_op_without_expectation_is_refused(rig: Rig) -> None:
    answer = rig.run("clip.add_take", rig.take_args(rig.bring("take1"), start=6))
    assert (answer.outcome, answer.error.code) == ("not_applied", "invalid_param")


@pytest.mark.parametrize(
    ("call", "outcome"), [("GetSelectedTakeIndex", "not_applied"), ("AddTake", "committed_unverified")]
)
def test_a_fault_of_the_api_is_answered(rig: Rig, call: str, outcome: str) -> None:
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()

    def fail() -> None:
        raise RuntimeError("remote call failed")

    rig.when(call, fail)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == (outcome, "agent_fault")
    assert "remote call failed" in answer.error.message


def test_an_unknown_verb(rig: Rig) -> None:
    answer = rig.run("clip.explode")
    assert (answer.outcome, answer.error.code) == ("not_applied", "unsupported_op")
