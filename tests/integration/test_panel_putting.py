"""Takes on the timeline: as a native take, in the clip's place, above it; again; and when things go wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_rig import PanelRig
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, Fault

from takebridge.cut.stamp import stamp_of
from takebridge.errors import NotFoundError, UsageError
from takebridge.events import Event
from takebridge.ids import LinkId, TakeId
from takebridge.services.placing_takes import PlaceHow
from takebridge_resolve.emulator.state import Marker

RATES = ("23.976", "29.97")
HANDLES = 12
"""The rig pushes with so many: a take begins that many frames before its clip."""


def pushed(tmp_path: Path, label: str = "23.976", clips: int = 3, **more: Any) -> PanelRig:
    rig = PanelRig(tmp_path, label, clips=clips, **more)
    rig.plain()
    rig.push_all()
    return rig


def camera(rig: PanelRig, shot: int) -> tuple[int, int, str, int]:
    """What a shot's clip shows before anything is put."""
    start = (shot - 1) * CLIP_FRAMES
    return start, start + CLIP_FRAMES, f"camera_{rig.label}", CLIP_START + 5 * (shot - 1)


def is_take(row: tuple[int, int, str, int], shot: int, number: int = 2) -> bool:
    """Say whether a row shows a take of a shot on the shot's frames, from behind its handles on."""
    start = (shot - 1) * CLIP_FRAMES
    named = row[2].startswith(f"SH0{shot}0_take0{number}_")
    return named and (row[0], row[1], row[3]) == (start, start + CLIP_FRAMES, HANDLES)


# --- the three ways -------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", RATES)
def test_all_clips_whose_pinned_take_is_not_shown_get_it(tmp_path: Path, label: str) -> None:
    rig = pushed(tmp_path, label)
    takes = {shot: rig.take(shot) for shot in (1, 3)}
    done = rig.put("take")
    assert [(one.shot, one.take_id, one.changed, one.error) for one in done] == [
        ("SH010", takes[1].id, True, None),
        ("SH030", takes[3].id, True, None),
    ]
    rows = rig.track(1)
    assert (is_take(rows[0], 1), rows[1], is_take(rows[2], 3)) == (True, camera(rig, 2), True)
    assert rig.item(1).takes and rig.item(1).selected_take == 2
    assert rig.put("take") == []


def test_sentences_number_takes_as_the_tray_does_and_name_the_file_of_the_editors_list(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    take = rig.take(2)
    (done,) = rig.put("take")
    file = Path(rig.item(2).takes[-1].media.path).name  # the second of the editor's list, after the clip's own media
    assert done.sentence == f"SH020 shows take {take.seq} now. In the editor's take list it is “{file}”."
    (again,) = rig.put("take", rig.link(2).id)
    assert again.sentence == f"SH020 shows take {take.seq} already."
    (above,) = rig.put("above", rig.link(2).id)
    assert above.sentence == f"SH020: take {take.seq} lies above it now, on V2."


@pytest.mark.parametrize("label", RATES)
def test_a_clip_gives_way_to_its_take_and_the_link_goes_with_it(tmp_path: Path, label: str) -> None:
    rig = pushed(tmp_path, label)
    take, old, sound = rig.take(2), rig.item(2).id, rig.items("audio")[1].id
    (done,) = rig.put("replace")
    assert (done.shot, done.changed, done.error) == ("SH020", True, None)
    rows = rig.track(1)
    assert len(rows) == 3  # the rehearsal behind the end left nothing
    assert (rows[0], is_take(rows[1], 2), rows[2]) == (camera(rig, 1), True, camera(rig, 3))
    new = rig.item(2)
    assert new.id != old and not new.takes
    assert new.linked == {sound}  # its sound plays on, linked with the new picture
    assert rig.link(2).clip_key == new.id
    link = rig.look().clips[1].links[0]
    assert (link.shot, link.shown, link.pinned) == ("SH020", take.id, take.id)
    ways: tuple[PlaceHow, ...] = ("replace", "take")
    for how in ways:
        (again,) = rig.put(how, rig.link(2).id)
        assert (again.changed, again.error, rig.item(2).id, new.takes) == (False, None, new.id, [])


def test_a_replaced_clip_takes_another_take_later_and_round_trips_leave_it_alone(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(1)
    rig.put("replace")
    trip = rig.trip()
    assert (trip.steps, trip.conflicts) == (0, [])
    rig.take(1, number=3)
    (later,) = rig.put("take")
    assert (later.changed, later.error) == (True, None)
    assert is_take(rig.track(1)[0], 1, number=3)


@pytest.mark.parametrize("label", RATES)
def test_a_take_above_leaves_the_clip_and_brings_no_sound(tmp_path: Path, label: str) -> None:
    rig = pushed(tmp_path, label)
    rig.take(2)
    before, sounds = rig.track(1), len(rig.items("audio"))
    (done,) = rig.put("above")
    assert (done.changed, done.error) == (True, None)
    assert rig.track(1) == before
    (row,) = rig.track(2)
    assert is_take(row, 2)
    assert len(rig.items("audio")) == sounds
    (again,) = rig.put("above")
    assert (again.changed, rig.track(2), rig.track(3)) == (False, [row], [])


def test_a_take_above_goes_on_the_first_track_that_is_free_there(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    first = rig.take(2)
    rig.put("above")
    rig.take(2, number=3)
    rig.put("above")  # another take: V2 is taken there
    rig.take(3)
    rig.put("above", rig.link(3).id)  # V2 is free over shot 3
    assert [is_take(row, shot) for row, shot in zip(rig.track(2), (2, 3), strict=True)] == [True, True]
    assert [is_take(row, 2, number=3) for row in rig.track(3)] == [True]
    (old,) = rig.put("above", rig.link(2).id, takes={rig.link(2).id: first.id})
    assert not old.changed


def test_locked_and_disabled_tracks_are_passed_over(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(2)
    rig.put("above")
    rig.take(3)
    rig.ui.lock_track("video", 2)
    rig.put("above", rig.link(3).id)
    assert [is_take(row, 3) for row in rig.track(3)] == [True]


def test_a_round_trip_has_nothing_left_to_bring_after_a_take_was_put(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    ways: tuple[PlaceHow, ...] = ("take", "replace", "above")
    for shot, how in enumerate(ways, start=1):
        rig.take(shot)
        assert rig.put(how, rig.link(shot).id)[0].error is None
    trip = rig.trip(dry_run=True)
    assert (trip.steps, trip.conflicts) == (0, [])


# --- what a replaced clip keeps, and what it cannot keep ------------------------------------------------


def test_a_replaced_clip_keeps_its_markers_its_name_and_being_disabled(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(1)
    rig.item(1).markers[CLIP_START + 9] = Marker("Green", "Look here", "on the ninth", 1)
    rig.item(1).enabled = False
    (done,) = rig.put("replace")
    assert done.error is None
    new = rig.item(1)
    assert (new.name, new.enabled) == ("shot 1", False)
    at = HANDLES + 9  # the take begins twelve frames before the clip
    assert [(frame, marker.name) for frame, marker in new.markers.items()] == [(at, "Look here")]


def grade(item: Any) -> None:
    item.grade.versions = {"Version 1": 3}  # nodes of the only version


def zoom(item: Any) -> None:
    item.properties["ZoomX"] = 1.5


def retime(item: Any) -> None:
    item.speed = 2
    item.source_end = item.source_start + 2 * CLIP_FRAMES


@pytest.mark.parametrize("touch", [grade, zoom, retime])
def test_what_would_be_lost_is_refused_and_nothing_is_touched(tmp_path: Path, touch: Callable[[Any], None]) -> None:
    rig = pushed(tmp_path)
    rig.take(2)
    touch(rig.item(2))
    before, key = rig.track(1), rig.item(2).id
    (done,) = rig.put("replace", rig.link(2).id)
    assert done.error is not None and not done.changed
    assert "native take" in str(done.error["hint"]) or done.error["code"] == "media_range"
    assert (rig.track(1), rig.item(2).id) == (before, key)


def test_native_takes_are_not_thrown_away_by_a_replacement(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(1)
    rig.put("take")
    rig.take(1, number=3)
    (done,) = rig.put("replace")
    assert done.error is not None and "native takes" in done.sentence
    assert len(rig.item(1).takes) == 2


# --- when it goes wrong ---------------------------------------------------------------------------------


def test_a_clip_is_put_back_when_the_take_cannot_be_placed(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(2)
    before, sound = rig.track(1), rig.items("audio")[1].id
    deleted: list[str] = []

    def in_the_hole(verb: str) -> None:
        """When the clip is off its track, the editor refuses the take: its media went offline in that moment."""
        if verb == "clip.delete":
            deleted.append(verb)
        if len(deleted) == 2:  # the first took the rehearsal off
            deleted.append("then")
            rig.host.desk = Refusing(rig.host.desk)

    rig.host.when_written = in_the_hole
    (done,) = rig.put("replace")
    assert done.error is not None and "as it was" in str(done.error["hint"])
    assert rig.track(1) == before
    assert rig.item(2).linked == {sound}
    assert rig.link(2).clip_key == rig.item(2).id
    rig.host.when_written = lambda _verb: None
    (again,) = rig.put("replace")
    assert (again.changed, again.error) == (True, None)


class Refusing:
    """An agent's desk that refuses the next placing and does everything else."""

    def __init__(self, desk: Any) -> None:
        self._desk, self._left = desk, 1

    def execute(self, op: dict[str, Any]) -> dict[str, Any]:
        if op["verb"] == "clip.place" and self._left:
            self._left -= 1
            error = {"code": "host_rejected", "message": "The drive said no.", "hint": "Ask it.", "retryable": False}
            return {"op_id": op["id"], "outcome": "not_applied", "result": None, "error": {**error, "details": {}}}
        return dict(self._desk.execute(op))


def test_an_edit_made_while_a_clip_is_replaced_stays_and_so_does_the_clip(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(2)
    moved: list[str] = []

    def meddle(verb: str) -> None:
        if verb == "media.import" and not moved:
            moved.append(verb)
            rig.ui.trim_item(rig.item(3).id, tail=4)

    rig.host.when_written = meddle
    (done,) = rig.put("replace")
    assert done.error is not None and done.error["code"] == "timeline_changed"
    assert rig.track(1)[1] == camera(rig, 2)
    assert rig.track(1)[2][1] == 3 * CLIP_FRAMES - 4


@pytest.mark.parametrize("how", ["take", "replace", "above"])
def test_a_lost_answer_is_mended_by_asking_again(tmp_path: Path, how: PlaceHow) -> None:
    rig = pushed(tmp_path)
    rig.take(2)
    rig.host.fault = Fault(at={"take": 1, "replace": 4, "above": 2}[how], who="agent", after=True)
    rig.put(how)
    (again, *_rest) = rig.put(how, rig.link(2).id)
    assert again.error is None
    rows = rig.track(2) if how == "above" else [rig.track(1)[1]]
    assert [is_take(row, 2) for row in rows] == [True]
    assert len(rig.track(1)) == 3


def test_one_clip_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    for shot in (1, 2, 3):
        rig.take(shot)
    rig.item(2).properties["ZoomX"] = 2.0
    done = rig.put("replace")
    assert [(one.shot, one.changed, one.error is None) for one in done] == [
        ("SH010", True, True),
        ("SH020", False, False),
        ("SH030", True, True),
    ]


def test_progress_is_told_clip_by_clip(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(1)
    rig.take(2)
    heard: list[Event] = []
    subscription, _seq, _complete = rig.bridge.events.subscribe(lambda: heard.extend(subscription.drain()))
    rig.put("take")
    told = [event.data for event in heard if event.topic == "put.progress"]
    assert [(one["shot"], one["done"], one["total"]) for one in told] == [
        ("SH010", 0, 2),
        ("SH020", 1, 2),
        ("SH020", 2, 2),
    ]


def test_requests_that_name_what_is_not_there_change_nothing(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    take = rig.take(1)
    with pytest.raises(NotFoundError):
        rig.put("take", LinkId("link_of_nothing"))
    with pytest.raises(UsageError):
        rig.put("take", takes={rig.link(1).id: take.id})
    with pytest.raises(UsageError):
        rig.put("take", rig.link(2).id, takes={rig.link(1).id: take.id})
    (unpinned, strange) = (
        rig.put("take", rig.link(2).id)[0],
        rig.put("take", rig.link(2).id, takes={rig.link(2).id: TakeId("take_of_nobody")})[0],
    )
    assert unpinned.error is not None and unpinned.error["code"] == "precondition"
    assert strange.error is not None and strange.error["code"] == "unknown_take"
    assert rig.track(1)[0] == camera(rig, 1)


def test_a_stamp_goes_with_the_clip_and_is_not_doubled(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.take(1)
    stamp = stamp_of(rig.link(1).id)
    rig.item(1).markers[CLIP_START + 2] = Marker("Cream", "TakeBridge", "", 1, stamp)
    rig.item(1).markers[CLIP_START + 3] = Marker("Red", "Fix this", "", 1)
    (done,) = rig.put("replace")
    assert done.error is None
    marked = list(rig.item(1).markers.values())
    assert [marker.name for marker in marked if stamp in f"{marker.custom_data}{marker.note}"] == ["TakeBridge"]
    assert [marker.name for marker in marked].count("Fix this") == 1
