"""From a host's words to exact values."""

from __future__ import annotations

from typing import Any

import pytest

from takebridge.cut.hosted import HostTrack, NativeTake
from takebridge.errors import BridgeError, InvalidTimeError, UnknownRateError
from takebridge.hosts.protocol import Snapshot
from takebridge.hosts.reading import read_cut
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace

TIMELINE: dict[str, Any] = {
    "project_id": "p",
    "project_name": "Demo",
    "timeline_id": "t",
    "timeline_name": "Cut",
    "rate": "23.976",
    "start_record_frame": 86400,
    "end_record_frame": 86500,
    "width": 1920,
    "height": 1080,
    "revision": "r",
}
ITEM: dict[str, Any] = {
    "key": "k",
    "kind": "clip",
    "name": "A",
    "track": {"type": "video", "index": 1},
    "start_record_frame": 86400,
    "end_record_frame": 86448,
    "left_offset_frame": 24,
    "selected_take": 0,
}
MEDIA: dict[str, Any] = {"id": "m", "name": "A.mov", "path": "/media/A.mov", "rate": "25", "frame_count": 100}


def read(*items: dict[str, Any], **timeline: Any) -> Any:
    """Read a snapshot of ``ITEM`` with each of these changes."""
    facts = {"timeline": {**TIMELINE, **timeline}, "items": [{**ITEM, **item} for item in items]}
    return read_cut(Snapshot.model_validate(facts))


SPELLINGS = {
    FrameRate(24000, 1001): ("23.976", "23.98", "23.97", "23.976023976", "23.976 fps", "24000/1001", "23.9760"),
    FrameRate(24): ("24", "24.0", "24.000", "24/1"),
    FrameRate(25): ("25", "25.0", "25 FPS"),
    FrameRate(30000, 1001): ("29.97", "29.970", "29.97 DF", "29.97 NDF", "29.97002997", "30000/1001"),
    FrameRate(30): ("30", "30.0", "60/2"),
    FrameRate(48000, 1001): ("47.952", "47.95", "48000/1001"),
    FrameRate(48): ("48",),
    FrameRate(50): ("50", "50.0"),
    FrameRate(60000, 1001): ("59.94", "59.94 DF", "59.9400599400599", "60000/1001"),
    FrameRate(60): ("60", "60.0"),
    FrameRate(100): ("100",),
    FrameRate(120000, 1001): ("119.88", "120000/1001"),
    FrameRate(120): ("120",),
}


@pytest.mark.parametrize(
    ("text", "rate"), [(text, rate) for rate, texts in SPELLINGS.items() for text in texts], ids=lambda v: str(v)
)
def test_every_spelling_of_a_rate_is_read_exactly(text: str, rate: FrameRate) -> None:
    made = read({"media": {**MEDIA, "rate": text}}, rate=text)
    assert made.space == TimelineSpace(rate, 86400)
    assert made.clips[0].media.rate == rate


@pytest.mark.parametrize("text", ["", "0", "-24", "23", "24.5", "1000", "nan", "inf", "24/0", "24;25", "twenty-four"])
def test_a_timeline_rate_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UnknownRateError):
        read(rate=text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("12", FrameRate(12)), ("15/2", FrameRate(15, 2)), ("", None), ("variable", None), ("0", None), ("0/1", None)],
)
def test_media_may_run_at_any_rate_and_an_unreadable_one_is_unknown(text: str, rate: FrameRate | None) -> None:
    assert read({"media": {**MEDIA, "rate": text}}).clips[0].media.rate == rate


def test_the_timeline_is_read_whole() -> None:
    made = read(drop_frame=True, rate="29.97", locked_tracks=[{"type": "audio", "index": 2}])
    assert (made.project_id, made.project_name, made.timeline_id, made.timeline_name) == ("p", "Demo", "t", "Cut")
    assert (made.width, made.height, made.end_record_frame, made.revision, made.drop_frame) == (
        1920,
        1080,
        86500,
        "r",
        True,
    )
    assert made.locked == {HostTrack("audio", 2)}
    assert made.clips == ()


def test_a_clip_is_read_whole() -> None:
    made = read(
        {
            "media": MEDIA,
            "linked": ["x", "y"],
            "enabled": False,
            "speed_percent": 50,
            "look": "zoom",
            "start_source_frame": 24,
            "end_source_frame": 48,
            "selected_take": 2,
            "takes": [
                {"index": 1, "media_id": "m", "media_path": "/a", "start_source_frame": 1, "end_source_frame": 49},
                {"index": 2, "media_id": "n"},
            ],
        }
    ).clips[0]
    assert (made.key, made.kind, made.name, made.track) == ("k", "clip", "A", HostTrack("video", 1))
    assert made.record == FrameRange(86400, 86448)
    assert (made.enabled, made.speed_percent, made.look, made.linked) == (False, 50, "zoom", {"x", "y"})
    assert (made.source_start_frame, made.true_source) == (24, (24, 48))
    assert made.takes == (NativeTake(1, "m", "/a", FrameRange(1, 49)), NativeTake(2, "n", "", None))
    assert made.selected_take == 2
    assert (made.media.id, made.media.path, made.media.frame_count, made.media.online) == (
        "m",
        "/media/A.mov",
        100,
        True,
    )


def test_ghosts_are_left_out_and_everything_else_is_kept() -> None:
    made = read({"key": "a"}, {"key": "g", "kind": "ghost"}, {"key": "t", "kind": "title", "left_offset_frame": None})
    assert [clip.key for clip in made.clips] == ["a", "t"]
    assert made.clips[1].media is None
    assert made.clips[1].source_start_frame is None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (72, 24, (72, 24)),
        (0, 48, (0, 48)),
        (0, 0, (0, 0)),
        (None, 48, None),
        (24, None, None),
        (None, None, None),
    ],
)
def test_true_source_frames_keep_their_direction(
    start: int | None, end: int | None, expected: tuple[int, int] | None
) -> None:
    assert read({"start_source_frame": start, "end_source_frame": end}).clips[0].true_source == expected


def test_a_reversed_take_has_no_forward_range() -> None:
    take = {"index": 1, "media_id": "m", "start_source_frame": 48, "end_source_frame": 0}
    assert read({"takes": [take]}).clips[0].takes[0].source is None


def test_an_item_that_ends_before_it_starts_is_refused_in_words() -> None:
    with pytest.raises(InvalidTimeError) as caught:
        read({"end_record_frame": 86399})
    assert isinstance(caught.value, BridgeError)
