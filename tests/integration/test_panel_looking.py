"""Looking at the editor: where the person is, the clips they mean, the frames these show."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.panel_rig import PanelRig
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START

from takebridge.errors import HostError, NotFoundError, RangeError, UnsupportedItemError, UnsupportedOpError
from takebridge.ids import ClipKey
from takebridge.media.testcard import read_frame_number
from takebridge.services.looking import park, spot
from takebridge.services.looking_frames import clip_frame
from takebridge.services.push import PushRequest, push

RATES = ("23.976", "29.97")
DROP_STARTS = {"23.976": ["01:00:00:00", "01:00:01:00"], "29.97": ["01:00:00;00", "01:00:00;24"]}


@pytest.mark.parametrize("label", RATES)
def test_a_look_says_where_clips_are_and_what_they_show(tmp_path: Path, label: str) -> None:
    rig = PanelRig(tmp_path, label, clips=2)
    found = rig.look()
    assert (found.project, found.timeline, found.session) == ("Film", "Cut", "session")
    assert [clip.timecode for clip in found.clips] == DROP_STARTS[label]
    first = found.clips[0]
    assert (first.start_record_frame, first.end_record_frame) == (rig.zero, rig.zero + CLIP_FRAMES)
    assert (first.start_source_frame, first.track_type, first.track_index) == (CLIP_START, "video", 1)
    assert (first.width, first.height, first.kind, first.native_takes) == (160, 90, "clip", 0)
    assert (first.problem, first.links) == ("", ())
    assert found.rate == first.rate == str(rig.rate)


def test_a_look_says_on_which_canvases_a_clip_is_and_which_take_it_shows(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    rig.push_all()
    other = rig.bridge.desk.create("Other").canvas.id
    asyncio.run(push(rig.bridge, rig.as_host, PushRequest(canvas_id=other, mode="playhead", process=())))
    take = rig.take(1)
    before = {link.canvas_id: link for link in rig.look().clips[0].links}
    assert set(before) == {rig.canvas_id, other}
    ours = before[rig.canvas_id]
    assert (ours.shot, ours.pinned, ours.shown) == ("SH010", take.id, None)
    assert ours.node == take.node_id and ours.source_node == rig.link(1).node_id
    assert before[other].node == before[other].source_node  # nothing is wired behind it
    rig.put("take")
    after = {link.canvas_id: link for link in rig.look().clips[0].links}
    assert after[rig.canvas_id].shown == take.id
    assert after[other].shown is None
    assert rig.look().clips[0].native_takes == 2


def test_a_look_refuses_what_a_push_would_refuse_in_the_same_words(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=3)
    rig.ui.set_item(rig.item(2).id, enabled=False)  # that alone is no reason
    rig.item(3).speed = 2
    rig.item(3).source_end = rig.item(3).source_start + 2 * CLIP_FRAMES
    said = rig.look().clips
    with pytest.raises(UnsupportedItemError) as refused:
        asyncio.run(push(rig.bridge, rig.as_host, PushRequest(canvas_id=rig.canvas_id, mode="marks")))
    assert [clip.problem for clip in said] == ["", "", refused.value.message]
    assert said[2].hint == refused.value.hint


def test_nothing_under_the_playhead_is_an_empty_look(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    rig.gap(1)
    assert rig.look("playhead").clips == ()


def test_the_spot_is_asked_of_the_agent_and_remembered(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    rig.ui.set_playhead("01:00:01:03")
    first = asyncio.run(spot(rig.as_host, rig.looks))
    assert (first.record_frame, first.timecode) == (86427, "01:00:01:03")
    assert first.clip == rig.item(2).id
    rig.ui.set_playhead("01:00:00:00")
    assert asyncio.run(spot(rig.as_host, rig.looks, fresh=False)) == first
    assert asyncio.run(spot(rig.as_host, rig.looks)).record_frame == 86400


def test_parking_moves_the_playhead_of_the_timeline_that_was_meant(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, "29.97", clips=2)
    here = asyncio.run(spot(rig.as_host, rig.looks))
    found = asyncio.run(park(rig.as_host, rig.looks, rig.zero + 30, here.timeline_id))
    assert (found.record_frame, found.timecode) == (rig.zero + 30, "01:00:01;00")
    with pytest.raises(HostError):
        asyncio.run(park(rig.as_host, rig.looks, rig.zero, "another timeline"))
    assert asyncio.run(spot(rig.as_host, rig.looks)).record_frame == rig.zero + 30


def test_an_agent_that_cannot_say_where_the_person_is_says_so(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2, without=frozenset({"selection.peek", "playhead.set"}))
    for call in (spot(rig.as_host, rig.looks), park(rig.as_host, rig.looks, rig.zero)):
        with pytest.raises(UnsupportedOpError) as refused:
            asyncio.run(call)
        assert refused.value.hint


# --- frames ---------------------------------------------------------------------------------------------


def shown(rig: PanelRig, clip: str, record_frame: int, width: int = 160) -> int:
    data = asyncio.run(clip_frame(rig.bridge, rig.as_host, rig.looks, ClipKey(clip), record_frame, width))
    return read_frame_number(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))[1]


@pytest.mark.parametrize("label", RATES)
def test_a_frame_is_the_source_frame_shown_there(tmp_path: Path, label: str) -> None:
    rig = PanelRig(tmp_path, label, clips=2)
    second = rig.look().clips[1]
    start = CLIP_START + 5  # the second clip begins five source frames later
    for offset in (0, 7, CLIP_FRAMES - 1):
        assert shown(rig, second.clip, rig.zero + CLIP_FRAMES + offset) == start + offset


def test_frames_are_only_shown_of_clips_that_were_looked_at(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    key = rig.item(1).id
    with pytest.raises(NotFoundError):
        shown(rig, key, rig.zero)
    with pytest.raises(NotFoundError):
        shown(rig, "", rig.zero)
    asyncio.run(spot(rig.as_host, rig.looks))  # the playhead stands on the first clip: that one may be seen
    assert shown(rig, key, rig.zero) == CLIP_START
    with pytest.raises(NotFoundError):
        shown(rig, rig.item(2).id, rig.zero + CLIP_FRAMES)


def test_a_frame_outside_a_clip_and_of_a_retimed_clip_is_refused(tmp_path: Path) -> None:
    rig = PanelRig(tmp_path, clips=2)
    rig.item(2).speed = 2
    rig.item(2).source_end = rig.item(2).source_start + 2 * CLIP_FRAMES
    first, second = rig.look().clips
    with pytest.raises(RangeError):
        shown(rig, first.clip, rig.zero + CLIP_FRAMES)
    with pytest.raises(UnsupportedItemError):
        shown(rig, second.clip, rig.zero + CLIP_FRAMES)
