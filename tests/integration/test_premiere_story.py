"""Clips out of Premiere, takes back above them, swapped, re-cut and merged: the real agent over the strict fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.premiere_runner import PremiereRunner, need_node
from tests.support.premiere_trip import PremiereTrip, film
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, RATES

from takebridge.errors import TimelineChangedError

F = CLIP_FRAMES
HANDLES = 12
Open = Callable[..., PremiereTrip]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    need_node()
    runners: list[PremiereRunner] = []

    def at(label: str = "25", clips: int = 3, version: str = "26.3.0") -> PremiereTrip:
        runners.append(PremiereRunner(version, film(tmp_path / "media", label, clips)))
        return PremiereTrip(tmp_path, runners[-1], label, clips)

    yield at
    for runner in runners:
        runner.close()


@pytest.fixture
def trip(opened: Open) -> PremiereTrip:
    made = opened()
    made.push_all()
    return made


# --- takes come in above --------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [*RATES])
def test_a_take_lies_above_its_clip_and_the_next_one_takes_its_place(opened: Open, label: str) -> None:
    rig = opened(label)
    rig.push_all()
    before = rig.track("video", 1), rig.track("audio", 1)
    rig.take(2, number=2)
    (outcome,) = rig.put(2)
    assert outcome.error is None and outcome.changed, outcome
    assert (rig.track("video", 1), rig.track("audio", 1)) == before
    assert [(start, end) for start, end, *_ in rig.track("video", 2)] == [(F, 2 * F)]
    assert rig.pictures(2, F) == [(2, HANDLES + number) for number in range(F)]

    rig.take(2, number=3)
    (outcome,) = rig.put(2)
    assert outcome.error is None and outcome.changed, outcome
    assert (rig.track("video", 1), rig.track("audio", 1)) == before
    assert [(start, end) for start, end, *_ in rig.track("video", 2)] == [(F, 2 * F)]
    assert rig.pictures(2, F) == [(3, HANDLES + number) for number in range(F)]
    assert rig.track("video", 3) == [] and rig.track("audio", 2) == []

    (again,) = rig.put(2)
    assert again.error is None and not again.changed


def test_one_step_of_undo_brings_the_earlier_take_back(trip: PremiereTrip) -> None:
    trip.take(1, number=2)
    trip.put(1)
    trip.take(1, number=3)
    trip.put(1)
    assert trip.pictures(2, 0)[0][0] == 3
    trip.person("undo")
    assert trip.pictures(2, 0) == [(2, HANDLES + number) for number in range(F)]


def test_a_take_above_that_was_deleted_is_laid_again(trip: PremiereTrip) -> None:
    trip.take(1, number=2)
    trip.put(1)
    trip.person("delete", "V2", 0)
    trip.take(1, number=3)
    (outcome,) = trip.put(1)
    assert outcome.error is None, outcome
    assert trip.pictures(2, 0) == [(3, HANDLES + number) for number in range(F)]


def test_a_take_above_that_was_trimmed_stays_trimmed(trip: PremiereTrip) -> None:
    trip.take(1, number=2)
    trip.put(1)
    trip.person("trim", "V2", 0, 3, 4)
    trip.take(1, number=3)
    (outcome,) = trip.put(1)
    assert outcome.error is None, outcome
    assert trip.pictures(2, 3) == [(3, HANDLES + 3 + number) for number in range(F - 7)]


def test_a_take_with_an_effect_keeps_it(trip: PremiereTrip) -> None:
    trip.take(1, number=2)
    trip.put(1)
    trip.person("dropEffect", "V2", 0, "Gaussian Blur")
    trip.take(1, number=3)
    (outcome,) = trip.put(1)
    assert outcome.error is None and outcome.changed, outcome
    world = trip.runner.ask("world")
    project = world["projects"][world["active"]]
    (piece,) = project["sequences"][project["active"]]["video"][1]["items"]
    assert "Gaussian Blur" in [effect["name"] for effect in piece["effects"]]
    assert trip.pictures(2, 0)[0] == (3, HANDLES)


# --- in the clip's own place ----------------------------------------------------------------------------


def test_in_its_own_place_the_sound_stays_and_one_undo_brings_the_clip_back(trip: PremiereTrip) -> None:
    before = trip.track("video", 1), trip.track("audio", 1)
    trip.take(2, number=2)
    (outcome,) = trip.put(2, how="replace")
    assert outcome.error is None and outcome.changed, outcome
    assert trip.pictures(1, F) == [(2, HANDLES + number) for number in range(F)]
    assert trip.track("audio", 1) == before[1]
    trip.person("undo")
    assert (trip.track("video", 1), trip.track("audio", 1)) == before


def test_a_clip_with_effects_is_not_given_up(trip: PremiereTrip) -> None:
    trip.person("dropEffect", "V1", 1, "Lumetri Color")
    before = trip.runner.ask("world")["projects"]
    trip.take(2, number=2)
    (outcome,) = trip.put(2, how="replace")
    assert outcome.error is not None and "Lumetri Color" in outcome.sentence
    after = trip.runner.ask("world")["projects"]
    assert [one["sequences"] for one in after.values()] == [one["sequences"] for one in before.values()]


# --- the round trip -------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [*RATES])
def test_both_sides_change_and_meet(opened: Open, label: str) -> None:
    """The editor trims 1, razors 2, deletes 4 and slips 5; the canvas has new takes for 1, 3 and 5."""
    rig = opened(label, clips=5)
    rig.push_all()
    rig.person("trim", "V1", "shot 1", 3, 4)
    rig.person("trim", "A1", "shot 1", 3, 4)
    rig.person("razor", "V1", "shot 2", 10)
    rig.person("delete", "V1", "shot 4")
    rig.person("delete", "A1", "shot 4")
    rig.person("slip", "V1", "shot 5", 5)
    for shot, number in ((1, 2), (3, 3), (5, 4)):
        rig.take(shot, number=number)
    before = rig.track("video", 1)
    planned = rig.trip(dry_run=True)
    assert rig.track("video", 1) == before and planned.conflicts == []
    done = rig.trip()
    assert done.outcome == "applied" and done.trip is not None and done.trip.state == "done", done
    places = [(start, end) for start, end, *_ in rig.track("video", 1)]
    assert places == [(3, F - 4), (F, F + 10), (F + 10, 2 * F), (2 * F, 3 * F), (4 * F, 5 * F)]
    assert rig.pictures(1, 3) == [(2, HANDLES + 3 + number) for number in range(F - 7)]
    assert rig.pictures(1, F + 10) == [(1, CLIP_START + 6 + 10 + number) for number in range(F - 10)]
    assert rig.pictures(1, 2 * F) == [(3, HANDLES + number) for number in range(F)]
    assert rig.pictures(1, 4 * F) == [(4, HANDLES + 5 + number) for number in range(F)]
    assert rig.sequences() == ["Cut"]
    assert rig.trip().outcome == "nothing"


def test_an_edit_between_plan_and_apply_is_kept(trip: PremiereTrip) -> None:
    """Only our own edits are taken back: the person's clips, files with sound, come back as picture only."""
    trip.take(1, number=2)
    trip.take(3, number=3)
    before, sound = trip.track("video", 1), trip.raw("audio")
    trip.person("trim", "V1", "shot 2", 2, 2, when="Project.lockedAccess")
    with pytest.raises(TimelineChangedError) as caught:
        trip.trip()
    assert caught.value.message.endswith("Your edit stays, ours were taken back.")
    (start, end, name, head) = before[1]
    assert trip.track("video", 1) == [before[0], (start + 2, end - 2, name, head + 2), before[2]]
    assert trip.raw("audio") == sound
    assert trip.sequences() == ["Cut"]
    trip.person("trim", "V1", "shot 2", -2, -2)
    assert trip.trip().outcome == "applied"
    assert trip.raw("audio") == sound
