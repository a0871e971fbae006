"""Round trips while somebody else is at the editor, or in the way: nothing of theirs is lost, nothing is left half."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.support.roundtrip_rig import (
    CLIP_FRAMES,
    CLIP_START,
    FAR,
    Crash,
    Fault,
    RoundTripRig,
    run_random_trips,
)

from takebridge.cut.trip_types import RoundTripRequest
from takebridge.errors import BridgeError, BudgetError, HostRejectedError, PlanNotAppliedError, TimelineChangedError
from takebridge.hosts.opened import opened
from takebridge.hosts.protocol import MUTATING
from takebridge.services import roundtrip_regenerate
from takebridge.services.roundtrip import roundtrip
from takebridge.services.roundtrip_plan import Planned, plan_trip
from takebridge.services.roundtrip_regenerate import push_longer
from takebridge.services.runs import Runs
from takebridge_resolve.emulator.state import Marker

HALF = CLIP_FRAMES // 2


def with_a_place(tmp_path: Path, clips: int = 4) -> RoundTripRig:
    """A rig whose plan puts shot 2 back and gives shot 1 a take: the safety copy would be needed to undo it."""
    rig = RoundTripRig(tmp_path, clips=clips)
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(1)
    rig.take(2, number=3)
    return rig


def at_the_place(rig: RoundTripRig, edit: Any) -> None:
    """Do this once, right after the clip was put on its track."""
    done: list[str] = []

    def written(verb: str) -> None:
        if verb == "clip.place" and not done:
            done.append(verb)
            edit()

    rig.host.when_written = written


def pictures(rig: RoundTripRig) -> list[str]:
    return [name for *_, name, _source in rig.shown()]


# --- a person, while the plan is carried out ------------------------------------------------------------


def test_a_clip_put_in_by_hand_is_not_lost_with_the_half_made_timeline(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    last = rig.item(4)
    at_the_place(rig, lambda: rig.items().append(replace(last, id="by hand", start=FAR, linked=set())))
    with pytest.raises(TimelineChangedError):
        rig.trip(choices={"all": "canvas"})
    assert FAR in [start for start, *_ in rig.shown()]
    assert set(pictures(rig)) == {"camera_23.976"}


def test_a_slip_by_hand_of_a_clip_of_the_plan_is_not_lost(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    first = rig.item(1).id
    at_the_place(rig, lambda: rig.ui.slip_item(first, 7))
    with pytest.raises(TimelineChangedError) as caught:
        rig.trip(choices={"all": "canvas"})
    assert "Your edit stays" in caught.value.message
    assert rig.shown()[0][2:] == ("camera_23.976", CLIP_START + 7)


def test_a_marker_set_by_hand_is_not_lost(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)

    def edit() -> None:
        timeline = rig.world.project.current_timeline
        assert timeline is not None
        timeline.markers[7] = Marker("Blue", "mine", "", 1)
        rig.ui.slip_item(rig.item(4).id, 3)

    at_the_place(rig, edit)
    with pytest.raises(TimelineChangedError):
        rig.trip(choices={"all": "canvas"})
    timeline = rig.world.project.current_timeline
    assert timeline is not None and timeline.markers[7].name == "mine"


@pytest.mark.parametrize("edit", ["trim", "slip", "add", "switch"])
def test_what_was_done_by_hand_after_a_crash_stays(tmp_path: Path, edit: str) -> None:
    rig = with_a_place(tmp_path)
    rig.host.fault = Fault(5, "bridge", True)
    with pytest.raises(Crash):
        rig.trip(choices={"all": "canvas"})
    (trip,) = rig.bridge.cuts.open_trips()
    assert any(step.state != "waiting" for step in trip.steps)
    first = rig.item(1)
    if edit == "trim":
        rig.ui.trim_item(first.id, tail=5)
    elif edit == "slip":
        rig.ui.slip_item(first.id, 5)
    elif edit == "switch":
        rig.ui.set_item(first.id, enabled=False)
    else:
        rig.items().append(replace(first, id="by hand", start=FAR, linked=set()))
    rig.restart()
    ended = rig.trip(resume=True)
    assert [one.state for one in ended.settled] == ["rolled_back"]
    (now,) = [one for one in rig.items() if one.start == 0]
    seen = {
        "trim": now.end == CLIP_FRAMES - 5,
        "slip": now.source_start == CLIP_START + 5,
        "switch": not now.enabled,
        "add": FAR in [start for start, *_ in rig.shown()],
    }
    assert seen[edit] and set(pictures(rig)) == {"camera_23.976"}
    assert not any(start == CLIP_FRAMES for start, *_ in rig.shown())


@pytest.mark.slow
def test_random_edits_by_hand_are_never_lost(tmp_path: Path) -> None:
    ends = run_random_trips(8, 12, tmp_path, meddling=True)
    assert {end.state for end in ends} <= {"merged", "original"}, ends


def test_another_timeline_opened_meanwhile_is_left_alone(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    before = rig.shown()
    other = replace(rig.world.project.timelines[0], id="other", name="Other", markers={}, settings={})
    other.tracks = {kind: [] for kind in other.tracks}
    rig.world.project.timelines.append(other)
    at_the_place(rig, lambda: rig.ui.switch_timeline("Other"))
    with pytest.raises(BridgeError):
        rig.trip(choices={"all": "canvas"})
    assert rig.world.project.current_timeline is other and not any(other.tracks.values())
    rig.host.when_written = lambda _verb: None
    rig.ui.switch_timeline("Cut")
    rig.trip(resume=True)
    assert not rig.bridge.cuts.open_trips()
    (trip,) = rig.bridge.cuts.trips()
    assert (trip.state == "done") == (rig.shown() != before)


# --- an editor that is in the way -----------------------------------------------------------------------


def test_a_modal_window_is_waited_for_or_changes_nothing(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    before = rig.shown()
    rig.ui.modal()
    with pytest.raises(BridgeError):
        rig.trip(choices={"all": "canvas"})
    rig.ui.dismiss_modal()
    assert rig.shown() == before
    rig.trip(resume=True)
    assert not rig.bridge.cuts.open_trips()
    done = rig.trip(choices={"all": "canvas"})
    assert done.outcome in ("applied", "nothing")
    assert [start for start, *_ in rig.shown()] == [0, CLIP_FRAMES, 2 * CLIP_FRAMES, 3 * CLIP_FRAMES]


def test_a_taken_name_of_the_safety_copy_is_no_obstacle(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    cut = rig.world.project.timelines[0]
    mine = replace(cut, id="mine", name="Cut (TakeBridge safety copy 1)", markers={}, settings={})
    mine.tracks = {kind: [] for kind in cut.tracks}
    rig.world.project.timelines.append(mine)
    assert rig.trip(choices={"all": "canvas"}).outcome == "applied"
    assert mine in rig.world.project.timelines and mine.id == "mine"


def test_a_locked_track_is_named_and_nothing_is_half(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    before = rig.shown()
    rig.ui.lock_track("video", 1)
    with pytest.raises((HostRejectedError, PlanNotAppliedError)) as caught:
        rig.trip(choices={"all": "canvas"})
    assert "locked" in caught.value.message
    assert rig.shown() == before and rig.timelines() == ["Cut"] and not rig.bridge.cuts.open_trips()


# --- the files and the canvas ---------------------------------------------------------------------------


def test_a_take_whose_file_is_gone_changes_nothing(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    take = rig.take(3, number=5)
    before = rig.shown()
    rig.bridge.blobs.path_of(take.outputs["video"].content).unlink()
    rig.host.writes.clear()
    with pytest.raises(BridgeError) as caught:
        rig.trip(choices={"all": "canvas"})
    assert caught.value.hint
    assert rig.shown() == before and rig.host.writes == [] and rig.bridge.cuts.trips() == []


def test_a_disk_that_is_full_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = with_a_place(tmp_path)
    before = rig.shown()

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(rig.bridge.blobs), "add_own", full)
    rig.host.writes.clear()
    with pytest.raises((BridgeError, OSError)):
        rig.trip(choices={"all": "canvas"})
    assert rig.shown() == before and rig.host.writes == [] and rig.bridge.cuts.trips() == []


def test_a_trip_nobody_waits_for_is_called_off_before_the_first_write(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    before = rig.shown()
    rig.host.writes.clear()
    request = RoundTripRequest.model_validate(
        {"canvas_id": rig.canvas_id, "dry_run": False, "choices": {"all": "canvas"}}
    )
    with pytest.raises(PlanNotAppliedError) as caught:
        asyncio.run(roundtrip(rig.bridge, cast(Runs, None), rig.as_host, request, lambda: True))
    assert "called off" in caught.value.message
    assert rig.shown() == before and rig.host.writes == [] and rig.bridge.cuts.trips() == []


def test_hanging_up_after_the_first_write_does_not_stop_it(tmp_path: Path) -> None:
    rig = with_a_place(tmp_path)
    rig.host.writes.clear()
    request = RoundTripRequest.model_validate(
        {"canvas_id": rig.canvas_id, "dry_run": False, "choices": {"all": "canvas"}}
    )
    gone = lambda: bool(set(rig.host.writes) & set(MUTATING))  # noqa: E731
    done = asyncio.run(roundtrip(rig.bridge, cast(Runs, None), rig.as_host, request, gone))
    assert done.outcome == "applied"


# --- takes that are asked for ---------------------------------------------------------------------------


def planned(rig: RoundTripRig) -> Planned:
    host_cut, editor = asyncio.run(opened(rig.as_host))
    base = rig.bridge.cuts.base(host_cut.project_id, host_cut.timeline_id)
    assert base is not None
    return plan_trip(rig.bridge, rig.canvas_id, host_cut, editor, base, {})


def test_a_longer_take_that_a_crash_kept_from_being_made_is_asked_for_again(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.ui.delete_item(rig.item(3).id)
    rig.ui.trim_item(rig.item(2).id, tail=-20)
    rig.take(2)
    before = planned(rig)
    push_longer(rig.bridge, before.host_cut, rig.canvas_id, before.longer, "somebody")
    rig.restart()
    again = planned(rig)
    assert [one.shot.id for one in again.longer] == [one.shot.id for one in before.longer]
    (request,) = [one for one in again.requests if one.kind == "media"]
    assert request.possible


class NoRuns:
    """A runner that has no runs and must not be asked for one."""

    def all(self, _canvas_id: object) -> list[object]:
        return []


def test_more_than_was_agreed_to_changes_neither_canvas_nor_timeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = RoundTripRig(tmp_path, clips=3)
    rig.push_all()
    rig.ui.delete_item(rig.item(3).id)
    rig.ui.trim_item(rig.item(2).id, tail=-20)
    rig.take(2)
    before, rev = rig.shown(), rig.bridge.desk.view(rig.canvas_id).rev
    asked: list[int] = []

    def too_much(_plan: object, _digest: object, max_micros: int, **_more: object) -> None:
        asked.append(max_micros)
        raise BudgetError("This may cost up to $9.00, and $1.00 was agreed to.", hint="Nothing was started.")

    monkeypatch.setattr(roundtrip_regenerate, "check_consent", too_much)
    request = RoundTripRequest.model_validate(
        {
            "canvas_id": rig.canvas_id,
            "dry_run": False,
            "generate": True,
            "max_micros": 1_000_000,
            "choices": {"all": "editor"},
        }
    )
    with pytest.raises(BudgetError):
        asyncio.run(roundtrip(rig.bridge, cast(Runs, NoRuns()), rig.as_host, request))
    assert asked == [1_000_000]
    assert rig.shown() == before and rig.bridge.desk.view(rig.canvas_id).rev == rev


# --- cost -----------------------------------------------------------------------------------------------


def test_each_edit_reads_the_timeline_once(tmp_path: Path) -> None:
    rig = RoundTripRig(tmp_path, clips=6)
    rig.push_all()
    for shot in range(1, 7):
        rig.take(shot, number=3)
    asked: Counter[str] = Counter()
    call = rig.host.call

    async def counted(verb: Any, args: Any, **more: Any) -> Any:
        asked[verb] += 1
        return await call(verb, args, **more)

    rig.host.call = counted  # type: ignore[method-assign]
    done = rig.trip()
    assert done.outcome == "applied" and asked["clip.add_take"] == 6
    # Once to plan, once more before the first write, once before the first take, once after each, once to verify.
    assert asked["timeline.snapshot"] <= 6 + 4
