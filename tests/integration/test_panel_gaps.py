"""Gaps: found between clips and between the marks, made into shots, filled frame-exact, and links like any other."""

from __future__ import annotations

import asyncio
import io
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.panel_rig import PanelRig
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, Fault

from takebridge.canvas.model import Canvas
from takebridge.errors import NotFoundError, TimelineChangedError, UnknownModelError, UsageError
from takebridge.ids import ClipKey, NodeId
from takebridge.media.testcard import read_frame_number
from takebridge.services.gaps import GapFound
from takebridge.services.looking_frames import clip_frame

RATES = ("23.976", "29.97")
SOURCE = {shot: CLIP_START + 5 * (shot - 1) for shot in range(1, 5)}
"""First source frame of each shot."""


def with_gap(tmp_path: Path, label: str = "23.976", shot: int = 2, **more: str) -> PanelRig:
    """A cut of four shots with the clip of one taken out."""
    rig = PanelRig(tmp_path, label, clips=4, **more)
    rig.gap(shot)
    return rig


def places(rig: PanelRig, found: list[GapFound]) -> list[tuple[int, int, int]]:
    """(track, start, end) in timeline frames."""
    return [(gap.track_index, gap.start_record_frame - rig.zero, gap.end_record_frame - rig.zero) for gap in found]


def canvas(rig: PanelRig) -> Canvas:
    return rig.bridge.desk.view(rig.canvas_id).canvas


def number_of(rig: PanelRig, node: NodeId) -> int:
    """The frame number in the picture a reference node holds."""
    pin = canvas(rig).nodes[node].pin
    assert pin is not None
    path = rig.bridge.blobs.path_of(canvas(rig).takes[pin].outputs["image"].content)
    return read_frame_number(np.asarray(Image.open(path).convert("RGB")))[1]


# --- finding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "timecode"), [("23.976", "01:00:01:00"), ("29.97", "01:00:00;24")])
def test_gaps_lie_between_clips_and_name_them(tmp_path: Path, label: str, timecode: str) -> None:
    rig = with_gap(tmp_path, label)
    (found,) = rig.gaps("gaps")
    assert places(rig, [found]) == [(1, CLIP_FRAMES, 2 * CLIP_FRAMES)]
    assert (found.before, found.after) == (rig.item(1).id, rig.item(3).id)
    assert (found.before_frame, found.after_frame) == (rig.zero + CLIP_FRAMES - 1, rig.zero + 2 * CLIP_FRAMES)
    assert (found.timecode, found.rate) == (timecode, str(rig.rate))


def test_what_is_empty_at_either_end_of_the_cut_is_no_gap(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=4)
    rig.gap(1)
    rig.gap(4)
    assert rig.gaps("gaps") == []


def test_between_the_marks_only_what_is_empty_counts(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    rig.ui.mark(CLIP_FRAMES - 4, CLIP_FRAMES + 9)  # from inside shot 1 to ten frames into the gap
    (found,) = rig.gaps("marks")
    assert places(rig, [found]) == [(1, CLIP_FRAMES, CLIP_FRAMES + 10)]
    assert (found.before, found.after, found.after_frame) == (rig.item(1).id, "", None)
    rig.ui.mark(2, 9)
    assert rig.gaps("marks") == []


def test_behind_the_last_clip_the_marks_make_a_gap_with_one_neighbour(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    rig.ui.mark(2 * CLIP_FRAMES, 3 * CLIP_FRAMES - 1)
    (found,) = rig.gaps("marks")
    assert places(rig, [found]) == [(1, 2 * CLIP_FRAMES, 3 * CLIP_FRAMES)]
    assert (found.before, found.after) == (rig.item(2).id, "")


def test_without_marks_it_is_said_what_to_do(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    rig.ui.mark(None, None)
    with pytest.raises(UsageError) as refused:
        rig.gaps("marks")
    assert "I and O" in refused.value.hint


def test_a_disabled_neighbour_shows_no_picture(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    rig.ui.set_item(rig.item(1).id, enabled=False)
    (found,) = rig.gaps("gaps")
    assert (found.before, found.before_frame) == (rig.item(1).id, None)
    assert "first_frame" not in rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES).nodes


def test_the_clips_beside_a_gap_count_as_looked_at(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    (found,) = rig.gaps("gaps")
    assert found.before_frame is not None
    asked = (rig.bridge, rig.as_host, rig.looks)
    data = asyncio.run(clip_frame(*asked, ClipKey(found.before), found.before_frame, 160))
    assert read_frame_number(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))[1] == SOURCE[1] + CLIP_FRAMES - 1
    with pytest.raises(NotFoundError):
        asyncio.run(clip_frame(*asked, ClipKey(rig.item(4).id), rig.zero + 3 * CLIP_FRAMES, 160))


# --- making a shot --------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", RATES)
def test_a_gap_becomes_a_shot_with_the_frames_beside_it(tmp_path: Path, label: str) -> None:
    rig = with_gap(tmp_path, label)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, prompt="She turns.")
    assert (made.shot, made.frames, made.notes) == ("SH010", CLIP_FRAMES, ())
    video = canvas(rig).nodes[made.nodes["video"]]
    assert (video.kind, video.title, video.model) == ("video", "SH010", "local/previz-video")
    assert video.params["prompt"] == "She turns."
    assert video.params["duration_ms"] == ceil(Fraction(CLIP_FRAMES * 1000) / rig.rate.fraction)
    assert video.params["rate"] == str(rig.rate)
    fed = {wire.dst_port: wire.src_node for wire in canvas(rig).wires.values() if wire.dst_node == video.id}
    assert fed == {"start_frame": made.nodes["first_frame"], "end_frame": made.nodes["last_frame"]}
    assert number_of(rig, fed["start_frame"]) == SOURCE[1] + CLIP_FRAMES - 1
    assert number_of(rig, fed["end_frame"]) == SOURCE[3]
    assert list(rig.bridge.layout.scratch.iterdir()) == []
    assert rig.host.writes == []  # the timeline was not touched


def test_asking_twice_makes_one_shot_and_another_prompt_another(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    first = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, prompt="One")
    again = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, prompt="One")
    assert (again.link_id, again.nodes) == (first.link_id, first.nodes)
    other = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, prompt="Two")
    assert (other.shot, len(rig.bridge.links.of_canvas(rig.canvas_id))) == ("SH020", 2)


def test_a_gap_without_neighbours_goes_by_the_prompt_alone(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    made = rig.fill(100, 124, prompt="Rain on a window")
    assert list(made.nodes) == ["video"]
    video = canvas(rig).nodes[made.nodes["video"]]
    assert video.params["aspect"] == "16:9"  # the timeline is 160 x 90 and no frame says it


def test_a_retimed_neighbour_is_grabbed_from_the_editor(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    rig.item(1).speed = 2
    rig.item(1).source_end = rig.item(1).source_start + 2 * CLIP_FRAMES
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    grabbed = "first_frame" in made.nodes
    assert any("first frame" in note for note in made.notes)
    if grabbed:  # the editor wrote the frame it shows there
        assert number_of(rig, made.nodes["first_frame"]) >= SOURCE[1]
    assert number_of(rig, made.nodes["last_frame"]) == SOURCE[3]


def test_an_editor_that_grabs_nothing_leaves_the_frame_out_and_says_so(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=4, without=frozenset({"frame.grab"}))
    rig.gap(2)
    Path(rig.item(1).media.path).rename(tmp_path / "moved.mp4")  # all shots are of this file
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    assert list(made.nodes) == ["video"] and len(made.notes) == 2


def test_spans_and_models_that_cannot_be_are_refused_and_nothing_is_made(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    nodes = len(canvas(rig).nodes)
    with pytest.raises(TimelineChangedError):
        rig.fill(CLIP_FRAMES - 1, 2 * CLIP_FRAMES)
    with pytest.raises(UsageError):
        rig.fill(CLIP_FRAMES, CLIP_FRAMES)
    with pytest.raises(UsageError):
        rig.fill(-24, 0)
    with pytest.raises(UsageError):
        rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, track=9)
    with pytest.raises(UnknownModelError):
        rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, model="nobody/nothing")
    with pytest.raises(UsageError):
        rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES, model="local/previz-image")
    with pytest.raises(UsageError) as long:
        rig.fill(1000, 1000 + 24 * 61)  # the model makes at most a minute
    assert "60 s" in long.value.message
    assert len(canvas(rig).nodes) == nodes and rig.bridge.links.of_canvas(rig.canvas_id) == []


# --- filling it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize("how", ["take", "replace", "above"])
def test_the_pinned_take_goes_into_the_gap_frame_exact(tmp_path: Path, label: str, how: str) -> None:
    rig = with_gap(tmp_path, label)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    assert rig.put() == []  # nothing is pinned yet
    take = rig.give(made.nodes["video"], CLIP_FRAMES + 3)  # models round up; the rest is trimmed
    before = rig.track(1)
    (done,) = rig.put("take" if how == "take" else "replace" if how == "replace" else "above")
    assert (done.shot, done.take_id, done.changed, done.error) == ("SH010", take.id, True, None)
    rows = rig.track(1)
    assert [row for row in rows if row in before] == before
    (row,) = [row for row in rows if row not in before]
    assert (row[0], row[1], row[3]) == (CLIP_FRAMES, 2 * CLIP_FRAMES, 0)
    assert row[2].startswith("SH010_take02_")
    assert rig.track(2) == []
    assert rig.put() == []


def test_once_it_is_filled_a_gap_is_a_shot_like_any_other(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    rig.give(made.nodes["video"], CLIP_FRAMES)
    rig.put()
    link = rig.bridge.links.get(made.link_id)
    assert link.clip_key == rig.item(2).id and not link.waits
    seen = rig.look().clips[1].links[0]
    assert (seen.shot, seen.node, seen.source_node) == ("SH010", made.nodes["video"], made.nodes["video"])
    assert seen.shown == seen.pinned
    better = rig.give(made.nodes["video"], CLIP_FRAMES + 2, number=8)
    (done,) = rig.put("take")
    assert (done.take_id, done.error) == (better.id, None)
    assert rig.item(2).selected_take == 2
    trip = rig.trip(dry_run=True)
    assert (trip.steps, trip.conflicts) == (0, [])


def test_round_trips_and_looks_go_on_while_a_gap_waits(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=4)
    rig.push_all()
    start, end = rig.gap(2)
    made = rig.fill(start, end)
    assert made.shot == "SH050"
    assert len(rig.look().clips) == 3
    rig.give(made.nodes["video"], CLIP_FRAMES)
    trip = rig.trip(dry_run=True)
    assert (trip.steps, trip.conflicts) == (0, [])
    rig.take(3)
    assert sorted(one.shot for one in rig.put() if one.error is None) == ["SH030", "SH050"]


def test_a_gap_that_was_filled_or_has_shrunk_meanwhile_is_left_alone(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    rig.give(made.nodes["video"], CLIP_FRAMES)
    rig.ui.trim_item(rig.item(1).id, tail=-2)  # shot 1 now reaches two frames into the gap
    before = rig.track(1)
    (done,) = rig.put()
    assert done.error is not None and "not free" in done.sentence
    assert rig.track(1) == before
    rig.ui.trim_item(rig.item(1).id, tail=2)
    assert rig.put()[0].error is None


def test_a_take_that_is_too_short_for_its_gap_is_refused(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    rig.give(made.nodes["video"], CLIP_FRAMES - 5)
    before = rig.track(1)
    (done,) = rig.put()
    assert done.error is not None and "5 frames too short" in done.sentence
    assert rig.track(1) == before


@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_leaves_one_clip_in_the_gap(tmp_path: Path, after: bool) -> None:
    rig = with_gap(tmp_path)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    rig.give(made.nodes["video"], CLIP_FRAMES)
    rig.host.fault = Fault(at=1, who="agent", after=after)
    (lost,) = rig.put()
    assert lost.error is not None
    again = rig.put()
    assert [one.changed for one in again] == ([] if after else [True])  # it is found to be there
    assert len(rig.track(1)) == 4 and not rig.bridge.links.get(made.link_id).waits


def test_a_take_that_is_not_pinned_fills_the_gap_when_it_is_named(tmp_path: Path) -> None:
    rig = with_gap(tmp_path)
    made = rig.fill(CLIP_FRAMES, 2 * CLIP_FRAMES)
    link = rig.bridge.links.get(made.link_id)
    assert link.fills_gap and link.waits and link.media_path == ""
    first = rig.give(made.nodes["video"], CLIP_FRAMES)
    rig.give(made.nodes["video"], CLIP_FRAMES, number=8)
    (done,) = rig.put("take", made.link_id, takes={made.link_id: first.id})
    assert (done.take_id, done.changed) == (first.id, True)
