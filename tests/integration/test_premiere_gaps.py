"""Gaps in Premiere: found, made into shots, filled frame-exact, takes swapped: the real agent, the strict fake."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.premiere_gap_trip import PremiereGapTrip
from tests.support.premiere_runner import PremiereRunner, need_node
from tests.support.premiere_trip import film
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START

from takebridge.errors import TimelineChangedError, UsageError
from takebridge.ids import ClipKey, NodeId
from takebridge.media.testcard import read_frame_number
from takebridge.services.looking_frames import clip_frame

F = CLIP_FRAMES
Open = Callable[..., PremiereGapTrip]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Three shots of 24 frames, that of the middle deleted with its sound."""
    need_node()
    runners: list[PremiereRunner] = []

    def at(label: str = "25", version: str = "26.3.0") -> PremiereGapTrip:
        runners.append(PremiereRunner(version, film(tmp_path / "media", label, 3)))
        made = PremiereGapTrip(tmp_path, runners[-1], label, 3)
        made.person("delete", "V1", 1)
        made.person("delete", "A1", 1)
        return made

    yield at
    for runner in runners:
        runner.close()


@pytest.fixture
def trip(opened: Open) -> PremiereGapTrip:
    return opened()


def number_of(rig: PremiereGapTrip, node: NodeId) -> int:
    """The frame number in the picture a reference node holds."""
    pin = rig.canvas.nodes[node].pin
    assert pin is not None
    path = rig.bridge.blobs.path_of(rig.canvas.takes[pin].outputs["image"].content)
    return read_frame_number(np.asarray(Image.open(path).convert("RGB")))[1]


# --- finding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "timecode"), [("23.976", "01:00:01:00"), ("29.97", "01:00:00;24")])
def test_a_gap_is_found_with_the_clips_beside_it_and_their_frames(opened: Open, label: str, timecode: str) -> None:
    rig = opened(label)
    (found,) = rig.gaps()
    place = found.track_index, found.start_record_frame, found.end_record_frame
    assert place == (1, rig.zero + F, rig.zero + 2 * F)
    assert (found.timecode, found.rate) == (timecode, str(rig.rate))
    assert (found.before_frame, found.after_frame) == (rig.zero + F - 1, rig.zero + 2 * F)
    beside = ((found.before, found.before_frame, CLIP_START + F - 1), (found.after, found.after_frame, CLIP_START + 12))
    for clip, frame, number in beside:
        assert frame is not None
        data = asyncio.run(clip_frame(rig.bridge, rig.as_host, rig.looks, ClipKey(clip), frame, 160))
        assert read_frame_number(np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))) == (1, number)


def test_between_the_marks_only_what_is_empty_counts(trip: PremiereGapTrip) -> None:
    trip.person("mark", F - 4, F + 10)
    (found,) = trip.gaps("marks")
    assert (found.start_record_frame, found.end_record_frame) == (trip.zero + F, trip.zero + F + 10)
    assert found.before_frame == trip.zero + F - 1 and found.after == ""
    trip.person("mark", None, None)
    with pytest.raises(UsageError, match="no in and out marks"):
        trip.gaps("marks")


# --- one shot, its takes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "version"), [("23.976", "26.3.0"), ("25", "25.6.0"), ("29.97", "26.2.0"), ("59.94", "26.3.0")]
)
def test_a_gap_is_filled_and_its_second_take_takes_the_place_of_the_first(
    opened: Open, label: str, version: str
) -> None:
    rig = opened(label, version)
    before = rig.track("video", 1), rig.track("audio", 1)
    made = rig.fill(F, 2 * F, prompt="She turns.")
    assert (made.shot, made.frames, made.notes) == ("SH010", F, ())
    video = rig.canvas.nodes[made.nodes["video"]]
    assert video.params["duration_ms"] == ceil(Fraction(F * 1000) / rig.rate.fraction)
    assert number_of(rig, made.nodes["first_frame"]) == CLIP_START + F - 1
    assert number_of(rig, made.nodes["last_frame"]) == CLIP_START + 12  # shot 3 begins 2 · 6 frames later
    assert (rig.track("video", 1), rig.track("audio", 1)) == before

    rig.give(video.id, F + 3, number=2)  # models round up; the rest is trimmed
    (outcome,) = rig.put_links(made.link_id)
    assert outcome.error is None and outcome.changed, outcome
    assert outcome.sentence == "SH010: take 1 fills the gap now."
    assert next(row for row in rig.track("video", 1) if row not in before[0])[:2] == (F, 2 * F)
    assert rig.pictures(1, F) == [(2, number) for number in range(F)]

    rig.give(video.id, F + 1, number=3)
    (outcome,) = rig.put_links(made.link_id)
    assert outcome.error is None and outcome.changed, outcome
    assert rig.pictures(1, F) == [(3, number) for number in range(F)]
    assert [row for row in rig.track("video", 1) if row[0] != F] == before[0]
    assert rig.track("video", 2) == [] and rig.track("audio", 1) == before[1]
    assert rig.put_links() == []


def test_undo_brings_the_first_take_back_and_then_the_gap(trip: PremiereGapTrip) -> None:
    before = trip.track("video", 1), trip.track("audio", 1)
    made = trip.fill(F, 2 * F)
    for number in (2, 3):
        trip.give(made.nodes["video"], F, number=number)
        assert trip.put_links()[0].error is None
    trip.person("undo")
    assert trip.pictures(1, F) == [(2, number) for number in range(F)]
    while "TakeBridge: place" not in trip.runner.ask("world")["undo"][-1]:
        trip.person("undo")  # the ids that were written on the second file
    trip.person("undo")
    assert (trip.track("video", 1), trip.track("audio", 1)) == before


def test_one_undo_on_the_canvas_takes_the_shot_back(trip: PremiereGapTrip) -> None:
    nodes = set(trip.canvas.nodes)
    trip.fill(F, 2 * F)
    assert len(trip.canvas.nodes) == len(nodes) + 3
    trip.bridge.desk.undo(trip.canvas_id, author="editor")
    assert set(trip.canvas.nodes) == nodes


def test_after_an_undo_in_premiere_the_shot_is_put_into_its_gap_again(trip: PremiereGapTrip) -> None:
    before = trip.track("video", 1)
    made = trip.fill(F, 2 * F, prompt="Rain")
    trip.give(made.nodes["video"], F, number=2)
    trip.put_links()
    trip.person("undo")
    assert trip.track("video", 1) == before
    assert trip.fill(F, 2 * F, prompt="Rain").link_id == made.link_id  # not a second shot for the same gap
    (again,) = trip.put_links(made.link_id)
    assert again.error is None and again.changed, again
    assert trip.pictures(1, F) == [(2, number) for number in range(F)]


# --- what is in the way ---------------------------------------------------------------------------------


def test_a_gap_that_has_shrunk_is_left_alone(trip: PremiereGapTrip) -> None:
    made = trip.fill(F, 2 * F)
    trip.give(made.nodes["video"], F)
    trip.person("trim", "V1", 0, 0, -2)
    before = trip.track("video", 1)
    (outcome,) = trip.put_links(made.link_id)
    assert outcome.error is not None and "not free any more" in outcome.sentence
    assert trip.track("video", 1) == before
    with pytest.raises(TimelineChangedError):
        trip.fill(F, 2 * F, prompt="Another")


def test_a_locked_track_and_a_short_take_are_refused(trip: PremiereGapTrip) -> None:
    made = trip.fill(F, 2 * F)
    before = trip.track("video", 1)
    trip.give(made.nodes["video"], F - 5)
    (short,) = trip.put_links(made.link_id)
    assert short.error is not None and "5 frames too short" in short.sentence
    trip.give(made.nodes["video"], F, number=8)
    trip.person("lockTrack", "V1")
    (locked,) = trip.put_links(made.link_id)
    assert locked.error is not None and "Unlock the track" in str(locked.error["hint"])  # UXP does not say locks
    assert trip.track("video", 1) == before


def test_an_edit_between_looking_and_placing_is_not_overwritten(trip: PremiereGapTrip) -> None:
    made = trip.fill(F, 2 * F)
    trip.give(made.nodes["video"], F)
    trip.person("trim", "V1", 0, 0, -2, when="Project.executeTransaction")
    (outcome,) = trip.put_links(made.link_id)
    assert outcome.error is not None
    assert [row[:2] for row in trip.track("video", 1)] == [(0, F + 2), (2 * F, 3 * F)]


def test_a_retimed_neighbour_is_shown_by_premiere_itself(trip: PremiereGapTrip) -> None:
    trip.person("setSpeed", "V1", 0, 2)
    made = trip.fill(F, 2 * F)
    assert "first_frame" in made.nodes
    assert any("what the editor shows" in note for note in made.notes)
    assert number_of(trip, made.nodes["last_frame"]) == CLIP_START + 12
