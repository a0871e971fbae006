"""Round trips through the emulated editor and the real agent's ops; what came of them is read from the editor."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.roundtrip_rig import (
    CLIP_FRAMES,
    CLIP_START,
    RATES,
    Crash,
    Fault,
    RoundTripRig,
    one_random_trip,
    run_random_trips,
    story,
)

from takebridge.cut.model import Cut
from takebridge.errors import (
    CutMismatchError,
    HostOfflineError,
    HostRejectedError,
    HostTimeoutError,
    PlanNotAppliedError,
    TimelineChangedError,
    UsageError,
)
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number
from takebridge.services.roundtrip import settle_on_connect
from takebridge.services.roundtrip_report import cut_off
from takebridge.services.roundtrip_verify import off
from takebridge.timebase import FrameRate


@pytest.fixture
def rig(tmp_path: Path) -> RoundTripRig:
    made = RoundTripRig(tmp_path, clips=3)
    made.push_all()
    return made


def picture_of(rig: RoundTripRig, start: int) -> list[tuple[int, int]]:
    """(clip id, frame number) of every frame the clip at ``start`` shows, read from its file."""
    item = next(one for one in rig.items() if one.start == start)
    pictures = read_frames(Path(item.media.path), item.source_start, item.duration)
    return [read_frame_number(picture) for picture in pictures]


# --- the story ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [*RATES])
def test_both_sides_are_right(tmp_path: Path, label: str) -> None:
    rig = RoundTripRig(tmp_path, label)
    story(rig)
    before = rig.shown()
    planned = rig.trip(dry_run=True)
    assert rig.shown() == before
    assert [(one.shot, one.kind, one.needs_frames) for one in planned.requests] == [("SH030", "slot", 10)]
    (conflict,) = planned.conflicts
    assert conflict.what == "deleted_by_editor" and conflict.name == "shot 8"

    done = rig.trip(choices={conflict.id: "canvas"})

    assert done.outcome == "applied" and done.trip is not None and done.trip.state == "done"
    after = {start: (end, name, source) for start, end, name, source in rig.shown()}
    third, eighth = 2 * CLIP_FRAMES + 3, 7 * CLIP_FRAMES
    untouched = {start: (end, name, source) for start, end, name, source in before if start != third}
    assert {at: facts for at, facts in after.items() if at not in (third, eighth)} == untouched
    # Handles of 12 frames lie before the clip in the take; 3 frames were trimmed off shot 3's head.
    assert picture_of(rig, third) == [(3, 12 + 3 + number) for number in range(CLIP_FRAMES - 7)]
    assert picture_of(rig, eighth) == [(8, 12 + number) for number in range(CLIP_FRAMES)]
    assert rig.timelines() == ["Cut"]
    assert rig.trip().outcome == "nothing"


def test_left_to_the_editor_the_deletion_stands(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path)
    story(rig)
    done = rig.trip(choices={"all": "editor"})
    assert done.outcome == "applied"
    assert all(start != 7 * CLIP_FRAMES for start, *_ in rig.shown())
    assert [one.name for one in done.removed] == ["shot 8"]
    assert rig.trip(dry_run=True).conflicts == []


# --- planning -------------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing(rig: RoundTripRig) -> None:
    rig.take(2)
    rig.host.writes.clear()
    canvas = rig.bridge.desk.view(rig.canvas_id)
    planned = rig.trip(dry_run=True)
    assert planned.outcome == "planned" and planned.steps
    assert rig.host.writes == [] and rig.bridge.cuts.trips() == []
    assert rig.bridge.desk.view(rig.canvas_id).rev == canvas.rev
    assert not rig.bridge.layout.takes.exists()


def test_a_conflict_waits_for_a_choice(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(2)
    rig.host.writes.clear()
    before = rig.shown()
    found = rig.trip()
    assert found.outcome == "undecided" and len(found.conflicts) == 1
    assert rig.shown() == before and rig.host.writes == []


def test_a_choice_about_nothing_is_refused(rig: RoundTripRig) -> None:
    rig.take(1)
    with pytest.raises(UsageError) as caught:
        rig.trip(choices={"deleted:V1.9": "editor", "all": "canvas", "content:V1.2": "canvas"})
    assert "content:V1.2" in caught.value.message
    assert caught.value.details["unknown"] == "content:V1.2 deleted:V1.9"
    assert rig.shown()[0][2] == "camera_23.976"


def test_what_is_dropped_on_the_canvas_is_asked_about(rig: RoundTripRig) -> None:
    rig.drop(2)
    found = rig.trip()
    assert found.outcome == "undecided"
    assert [one.what for one in found.conflicts] == ["dropped_by_canvas"]
    kept = rig.trip(choices={"all": "editor"})
    assert kept.outcome in ("nothing", "applied") and len(rig.shown()) == 3


def test_a_dropped_clip_goes_when_the_canvas_is_chosen_and_its_sound_with_it(rig: RoundTripRig) -> None:
    rig.drop(2)
    assert rig.trip(choices={"all": "canvas"}).outcome == "applied"
    assert [start for start, *_ in rig.shown()] == [0, 2 * CLIP_FRAMES]
    assert [one.start for one in rig.items("audio")] == [0, 2 * CLIP_FRAMES]


def test_a_take_the_editor_put_aside_stays_aside(rig: RoundTripRig) -> None:
    rig.take(1)
    assert rig.trip().outcome == "applied"
    rig.ui.select_take(rig.item(1).id, 1)
    assert rig.trip().outcome == "nothing"
    assert rig.shown()[0][2] == "camera_23.976"
    assert rig.trip().outcome == "nothing"


def test_a_clip_that_was_put_in_and_pushed_later_gets_its_take_too(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.bridge.cuts.agree(_without_last(rig), {})
    rig.take(3, number=5)
    assert rig.trip().outcome == "applied"
    assert picture_of(rig, 2 * CLIP_FRAMES)[0] == (5, 12)


def _without_last(rig: RoundTripRig) -> Cut:
    cut = rig.cut()
    tracks = tuple(replace(track, items=track.items[:2]) for track in cut.tracks)
    return replace(cut, tracks=tracks)


def test_the_first_trip_without_a_base_keeps_one(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    assert rig.trip(dry_run=True).outcome == "no_base"
    assert rig.trip(dry_run=True).outcome == "no_base"
    assert rig.trip().outcome == "base_kept"
    assert rig.trip().outcome == "nothing"


def test_a_base_of_another_cut_is_refused_with_the_way_out(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.bridge.cuts.agree(replace(rig.cut(), rate=FrameRate(25)), {})
    with pytest.raises(CutMismatchError) as caught:
        rig.trip()
    assert "--new-base" in caught.value.hint
    assert rig.trip(new_base=True).outcome == "base_kept"
    assert rig.trip().outcome == "nothing"


# --- takes that do not reach ----------------------------------------------------------------------------


def test_a_short_take_is_held_back_and_asked_for(rig: RoundTripRig) -> None:
    rig.take(2, frames=12 + 14)  # the handles at the head, and 14 of the 24 frames
    found = rig.trip()
    media = [one for one in found.requests if one.kind == "media"]
    assert [(one.shot, one.edge, one.needs_frames) for one in media] == [("SH020", "tail", CLIP_FRAMES - 14)]
    assert found.outcome == "nothing" and rig.shown()[1][2] == "camera_23.976"
    rig.take(2, number=6)
    assert rig.trip().outcome == "applied"
    assert picture_of(rig, CLIP_FRAMES)[0] == (6, 12)


def test_a_clip_made_longer_than_its_take_asks_for_a_longer_source(rig: RoundTripRig) -> None:
    rig.ui.delete_item(rig.item(3).id)
    rig.ui.trim_item(rig.item(2).id, tail=-20)
    rig.take(2)
    found = rig.trip(dry_run=True)
    (request,) = [one for one in found.requests if one.kind == "media"]
    # Given were the 24 frames and 12 more at the tail; 20 more are shown now.
    assert (request.shot, request.edge, request.needs_frames, request.possible) == ("SH020", "tail", 8, True)
    assert found.price is not None


# --- other people, other editors ------------------------------------------------------------------------


def test_an_edit_by_hand_meanwhile_stays_and_ours_are_taken_back(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=5)
    rig.push_all()
    rig.take(1)
    rig.take(2, number=3)
    moved = rig.item(5).id
    edited = []

    def edit(verb: str) -> None:
        if verb == "clip.add_take" and not edited:
            edited.append(verb)
            rig.ui.trim_item(moved, tail=6)

    rig.host.when_written = edit
    with pytest.raises(TimelineChangedError) as caught:
        rig.trip()
    assert "Your edit stays" in caught.value.message
    shown = rig.shown()
    assert [one[2] for one in shown] == ["camera_23.976"] * 5
    assert shown[4][1] == 5 * CLIP_FRAMES - 6
    assert not rig.bridge.cuts.open_trips()
    assert rig.trip().outcome == "applied"
    assert picture_of(rig, 0)[0] == (2, 12)


def test_what_the_editor_refuses_is_put_back(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.take(1)
    rig.take(3, number=3)
    before, cut = rig.shown(), rig.cut()

    def refuse(verb: str) -> None:
        if rig.host.writes.count("clip.add_take") == 2 and verb == "clip.add_take":
            raise HostRejectedError("The editor did not like it.", hint="Try again.")

    rig.host.when_written = refuse
    with pytest.raises(PlanNotAppliedError) as caught:
        rig.trip()
    assert "did not like it" in caught.value.message and "as it was" in caught.value.message
    assert rig.bridge.cuts.trips()[0].state == "rolled_back"
    assert rig.shown() == before and not off(cut, rig.cut()) and rig.timelines() == ["Cut"]
    rig.host.when_written = lambda _verb: None
    assert rig.trip().outcome == "applied"


def test_when_clips_were_placed_the_safety_copy_takes_the_timelines_place(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(1)
    rig.take(2, number=3)
    before, cut = rig.shown(), rig.cut()

    def refuse(verb: str) -> None:
        if verb == "clip.add_take":
            raise HostRejectedError("The editor did not like it.", hint="Try again.")

    rig.host.when_written = refuse
    with pytest.raises(PlanNotAppliedError):
        rig.trip(choices={"all": "canvas"})
    assert "clip.place" in rig.host.writes and rig.bridge.cuts.trips()[0].state == "rolled_back"
    assert rig.shown() == before and not off(cut, rig.cut()) and rig.timelines() == ["Cut"]
    assert rig.cut().timeline_id != cut.timeline_id
    rig.host.when_written = lambda _verb: None
    assert rig.trip(choices={"all": "canvas"}).outcome == "applied"
    assert picture_of(rig, CLIP_FRAMES)[0] == (3, 12)


def test_an_editor_that_goes_in_the_middle_leaves_a_trip_that_is_named(rig: RoundTripRig) -> None:
    rig.take(1)
    rig.take(2, number=3)

    def leave(verb: str) -> None:
        raise HostOfflineError("The editor's agent is not connected any more.", hint="Start the agent.")

    rig.host.when_written = leave
    with pytest.raises(HostOfflineError) as caught:
        rig.trip()
    [trip] = rig.bridge.cuts.trips()
    assert (trip.state, caught.value.details["trip"]) == ("applying", trip.id)
    assert "--resume" in caught.value.hint


def test_what_cannot_be_put_back_is_said_and_the_copy_stays(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.take(1)
    rig.take(3, number=3)
    before = rig.shown()

    def lock(verb: str) -> None:
        if verb == "clip.add_take":
            rig.ui.lock_track("video", 1)

    rig.host.when_written = lock
    with pytest.raises(PlanNotAppliedError) as caught:
        rig.trip()
    (trip,) = rig.bridge.cuts.trips()
    assert trip.state == "left" and trip.copy_name in rig.timelines()
    assert trip.copy_name in caught.value.message and rig.shown() != before


def test_an_editor_that_cannot_place_gets_a_file(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3, without=frozenset({"clip.place"}))
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(2)
    before = rig.shown()
    with pytest.raises(PlanNotAppliedError) as caught:
        rig.trip(choices={"all": "canvas"})
    assert rig.shown() == before and rig.timelines() == ["Cut"]
    assert Path(str(caught.value.details["path"])).exists()


def test_an_editor_that_cannot_copy_a_timeline_still_takes_takes(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3, without=frozenset({"timeline.duplicate"}))
    rig.push_all()
    rig.take(1)
    assert rig.trip().outcome == "applied"
    assert "timeline.duplicate" not in rig.host.writes


def test_the_safety_copy_stays_when_asked_for(rig: RoundTripRig) -> None:
    rig.take(1)
    done = rig.trip(keep_copy=True)
    assert done.trip is not None and done.trip.copy_name in rig.timelines()


# --- crashes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [0, 2, 3, 5])
@pytest.mark.parametrize("who", ["bridge", "agent"])
def test_a_trip_that_was_cut_off_is_finished(tmp_path: Path, who: str, at: int, after: bool) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(1)
    rig.take(2, number=3)
    original = rig.cut()
    rig.host.fault = Fault(at, "bridge" if who == "bridge" else "agent", after)
    with pytest.raises((Crash, HostOfflineError, HostTimeoutError)):
        rig.trip(choices={"all": "canvas"})
    rig.restart()
    if rig.bridge.cuts.open_trips():
        assert rig.trip(dry_run=True).notes
    rig.trip(resume=True)
    assert not rig.bridge.cuts.open_trips()
    assert rig.timelines() == ["Cut"]
    wanted = rig.bridge.cuts.work(rig.bridge.cuts.trips()[0].id).wanted
    assert not off(wanted, rig.cut()) and off(original, rig.cut())


def test_an_edit_by_hand_after_a_crash_is_not_overwritten(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=4)
    rig.push_all()
    rig.take(1)
    rig.take(2, number=3)
    rig.host.fault = Fault(4, "bridge", True)
    with pytest.raises(Crash):
        rig.trip()
    rig.ui.slip_item(rig.item(4).id, 5)
    rig.restart()
    ended = rig.trip(resume=True)
    assert [one.state for one in ended.settled] == ["rolled_back"]
    assert [one[2] for one in rig.shown()] == ["camera_23.976"] * 4
    assert rig.shown()[3][3] == CLIP_START + 5 * 3 + 5


def test_a_trip_is_ended_when_the_editor_connects_and_offered_until_then(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.take(1)
    rig.host.fault = Fault(2, "bridge", True)
    with pytest.raises(Crash):
        rig.trip()
    rig.restart()
    (offer,) = cut_off(rig.bridge)
    assert "--resume" in offer and "“Cut”" in offer
    (ended,) = asyncio.run(settle_on_connect(rig.bridge, rig.as_host))
    assert ended.state == "done" and cut_off(rig.bridge) == []
    assert picture_of(rig, 0)[0] == (2, 12)
    assert asyncio.run(settle_on_connect(rig.bridge, rig.as_host)) == []


@pytest.mark.slow
def test_random_trips_end_as_the_merged_cut_or_as_they_began(tmp_path: Path) -> None:
    ends = run_random_trips(6, 3, tmp_path)
    assert {end.state for end in ends} <= {"merged", "original"}, ends
    assert any(end.crashed for end in ends)


def test_an_editor_that_died_while_it_copied_the_timeline(tmp_path: Path) -> None:
    end = one_random_trip(7025, tmp_path)
    assert end.state in ("merged", "original"), end
