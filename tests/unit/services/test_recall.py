"""Recall: a guess of a clip and its timeline, or none; never more than what was read or said."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.cuts import clip, cut
from tests.unit.hosts.test_calls import STATUS, TIMELINE, FakeHost

from takebridge.cut.hosted import HostTrack
from takebridge.cut.link import ClipLink
from takebridge.hosts.protocol import HostStatus
from takebridge.ids import LinkId
from takebridge.services.recall import Recall
from takebridge.timebase import FrameRange, FrameRate


def link(**changes: Any) -> ClipLink:
    """A clip of 25 frames on V2, pushed from source frame 7 on."""
    facts = {
        "id": "l",
        "canvas_id": "c",
        "node_id": "n",
        "source_take_id": "s",
        "shot": "SH010",
        "project_id": "p",
        "project_name": "Demo",
        "timeline_id": "t",
        "timeline_name": "Cut",
        "clip_key": "k",
        "track_type": "video",
        "track_index": 2,
        "start_record_frame": 100,
        "end_record_frame": 125,
        "media_path": "/media/a.mov",
        "media_rate": "24000/1001",
        "source_start_frame": 7,
        "source_end_frame": 32,
        "given_start_frame": 0,
        "given_end_frame": 40,
        "width": 64,
        "height": 36,
        "created_at": "",
        **changes,
    }
    return ClipLink.model_validate(facts)


def host(**timeline: Any) -> FakeHost:
    """A host that said this of its open timeline when it connected."""
    made = FakeHost()
    said = {**TIMELINE, **timeline} if timeline else None
    made.status = HostStatus.model_validate({**STATUS, "timeline": said})
    return made


def test_after_a_start_the_clip_is_as_pushed_and_the_timeline_as_said() -> None:
    found = Recall().of(host(width=640, height=360, rate="23.976"), link())
    assert found is not None
    timeline, seen = found
    assert (timeline.space.rate, timeline.width, timeline.height) == (FrameRate(24000, 1001), 640, 360)
    assert (seen.key, seen.track, seen.record) == ("k", HostTrack("video", 2), FrameRange(100, 125))
    assert (seen.media and seen.media.path, seen.source_start_frame) == ("/media/a.mov", 7)


@pytest.mark.parametrize("said", [{}, {"timeline_id": "u"}, {"project_id": "q"}, {"rate": "12.34"}])
def test_of_a_timeline_nobody_said_nothing_is_known(said: dict[str, str]) -> None:
    assert Recall().of(host(**said), link()) is None


def test_a_gap_has_no_clip_to_guess() -> None:
    assert Recall().of(host(width=640), link(fills_gap=True, clip_key="")) is None


def test_what_was_read_counts_until_it_is_forgotten() -> None:
    recall, read = Recall(), clip("a", at=9)
    recall.keep(LinkId("l"), cut(read, clip("b", at=99)), read)
    found = recall.of(host(), link())
    assert found is not None
    assert (found[1], found[0].clips, found[0].width) == (read, (), 1920)
    recall.forget(LinkId("l"))
    again = recall.of(host(), link())
    assert again is not None and again[1].key == "k"
    recall.forget(LinkId("l"))
