"""Which node delivers to a shot, which clips are a shot's, and what the canvas's cut then shows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.roundtrip_rig import RoundTripRig

from takebridge.cut.model import Clip, Media, Span
from takebridge.cut.stamp import stamp_of
from takebridge.ids import LinkId, TakeId
from takebridge.services.push import PushRequest, push
from takebridge.services.roundtrip_canvas import (
    Shot,
    ShotIndex,
    canvas_side,
    clip_seconds,
    placeholder,
    placeholder_of,
    shots_of,
    without,
)
from takebridge.store.cuts import Base


@pytest.fixture
def rig(tmp_path: Path) -> RoundTripRig:
    made = RoundTripRig(tmp_path, clips=2)
    made.push_all()
    return made


def shots(rig: RoundTripRig) -> Mapping[LinkId, Shot]:
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    return shots_of(rig.bridge, canvas, rig.bridge.links.of_canvas(rig.canvas_id))


def first(rig: RoundTripRig) -> Shot:
    return shots(rig)[rig.link(1).id]


def base_of(rig: RoundTripRig) -> Base:
    cut = rig.cut()
    found = rig.bridge.cuts.base(cut.project_id, cut.timeline_id)
    assert found is not None
    return found


def another_step(rig: RoundTripRig) -> None:
    """Give the first shot a second node, with a take of its own."""
    request = PushRequest(canvas_id=rig.canvas_id, mode="marks", process=("previz",), handles=12)
    pushed = asyncio.run(push(rig.bridge, rig.as_host, request))
    rig.pushed[0] = rig.pushed[0].model_copy(update={"nodes": {"upscale": pushed[0].nodes["previz"]}})


def test_a_shot_without_a_take_has_no_deliverer(rig: RoundTripRig) -> None:
    assert first(rig).node is None and not first(rig).note


def test_the_only_node_with_a_take_delivers(rig: RoundTripRig) -> None:
    made = rig.take(1)
    shot = first(rig)
    assert shot.node is not None and shot.node.id == made.node_id and shot.take == made


def test_of_two_nodes_with_takes_neither_is_guessed(rig: RoundTripRig) -> None:
    rig.take(1)
    another_step(rig)
    rig.take(1, number=3)
    shot = first(rig)
    assert shot.node is None and shot.take is None
    assert "SH010 upscale" in shot.note and "SH010 previz" in shot.note


def test_the_node_whose_take_was_delivered_last_delivers(rig: RoundTripRig) -> None:
    made = rig.take(1)
    another_step(rig)
    assert rig.trip().outcome == "applied"
    rig.take(1, number=3)
    shot = first(rig)
    assert shot.node is not None and shot.node.id == made.node_id and not shot.note


def test_a_shot_whose_source_is_gone_is_dropped(rig: RoundTripRig) -> None:
    rig.drop(1)
    assert first(rig).dropped
    side = canvas_side(rig.bridge, rig.bridge.desk.view(rig.canvas_id).canvas, base_of(rig), shots(rig))
    names = [[clip.record.start for clip in track.clips] for track in side.cut.tracks]
    assert names == [[24], [24]]


def test_the_canvas_shows_the_pinned_take_on_the_same_frames(rig: RoundTripRig) -> None:
    made = rig.take(1)
    base = base_of(rig)
    side = canvas_side(rig.bridge, rig.bridge.desk.view(rig.canvas_id).canvas, base, shots(rig))
    clip, before = side.cut.tracks[0].clips[0], base.cut.tracks[0].clips[0]
    assert placeholder_of(clip.media) == (rig.link(1).id, made.id)
    # The take begins with the 12 frames of handles its source begins with.
    assert clip.source == Span(12, 36) and clip.record == before.record
    assert clip.media is not None and clip.media.frame_count == 24 + 2 * 12
    assert [take.take_id for take in clip.takes] == ["", made.id] and clip.active == 1
    assert side.cut.tracks[0].clips[1] == base.cut.tracks[0].clips[1]
    assert side.cut.tracks[1] == base.cut.tracks[1]


def test_what_both_agreed_on_or_what_is_held_back_is_no_change(rig: RoundTripRig) -> None:
    made = rig.take(1)
    canvas, base = rig.bridge.desk.view(rig.canvas_id).canvas, base_of(rig)
    agreed = canvas_side(rig.bridge, canvas, replace(base, pins={rig.link(1).id: made.id}), shots(rig))
    assert agreed.cut == base.cut and not agreed.changed
    side = canvas_side(rig.bridge, canvas, base, shots(rig))
    held = canvas_side(rig.bridge, canvas, base, without(side, base, side.changed))
    assert side.changed == {rig.link(1).id} and held.cut == base.cut


def test_clips_belong_to_a_shot_by_key_stamp_placeholder_or_file(rig: RoundTripRig) -> None:
    rig.take(1)
    rig.trip()
    link, index = rig.link(1), ShotIndex(shots(rig))
    plain = Clip("x", Span(0, 5))
    path = rig.bridge.links.deliveries(link.id)[0].path
    for clip in (
        replace(plain, key=link.clip_key),
        replace(plain, stamp=stamp_of(link.id)),
        replace(plain, media=Media("", placeholder(link, TakeId("take_x")))),
        replace(plain, media=Media("", path)),
    ):
        found = index.of(clip)
        assert found is not None and found.id == link.id
    assert index.of(plain) is None
    assert index.of(replace(plain, media=Media("", "/other.mov"), key="other")) is None


def test_a_retimed_clip_has_no_media_time(rig: RoundTripRig) -> None:
    shot, clip = first(rig), rig.cut().tracks[0].clips[0]
    assert clip_seconds(clip, shot, rig.rate) == 40 / rig.rate.fraction
    assert clip_seconds(replace(clip, speed=None), shot, rig.rate) is None
    assert clip_seconds(replace(clip, media=Media("", "/other.mov")), shot, rig.rate) is None
