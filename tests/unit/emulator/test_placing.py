"""Where clips land: absolute frames, range ends, occupied spans, rates (resolve.md §5.4 to 5.8, 5.11, 5.12)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, offline


def appended(desk: Desk, path: str, **info: Any) -> list[Any]:
    [media] = desk.pool.ImportMedia([path])
    items: list[Any] = desk.pool.AppendToTimeline([{"mediaPoolItem": media, **info}])
    return items


@pytest.mark.parametrize("rate", ["23.976", "24"])
def test_frames_are_absolute_from_the_start_timecode(rate: str) -> None:
    desk = Desk.of(offline(timeline_start=10), rate=rate)
    assert desk.timeline.GetStartFrame() == 86400
    assert (desk.item.GetStart(), desk.item.GetEnd(), desk.item.GetDuration()) == (86410, 86458, 48)


def test_set_start_timecode_shifts_the_items() -> None:
    desk = Desk.of(offline())
    assert desk.timeline.SetStartTimecode("00:00:10:00") is True
    assert desk.timeline.GetStartFrame() == 240
    assert desk.item.GetStart() == 240


@pytest.mark.parametrize(("profile", "duration"), [("18.6", 25), ("19.1", 24), ("21.1 studio", 24)])
def test_end_frame_is_inclusive_on_18_only(profile: str, duration: int, footage: Footage) -> None:
    desk = Desk.of(profile=profile)
    picture = appended(desk, footage.short if duration == 24 else footage.a, startFrame=0, endFrame=24, mediaType=1)
    assert [item.GetDuration() for item in picture] == [duration]


def test_a_range_outside_the_media_places_nothing(footage: Footage) -> None:
    desk = Desk.of()
    assert appended(desk, footage.short, startFrame=0, endFrame=25) == []
    assert appended(desk, footage.short, startFrame=5, endFrame=5) == []
    assert desk.items() == []


def test_record_frame_is_absolute_and_below_the_start_accepted(footage: Footage) -> None:
    desk = Desk.of()
    [there] = appended(desk, footage.short, recordFrame=86500)
    [before] = appended(desk, footage.short, recordFrame=100)
    assert (there.GetStart(), before.GetStart()) == (86500, 100)


def test_without_a_record_frame_the_clip_goes_to_the_end(footage: Footage) -> None:
    desk = Desk.of(offline(duration=48))
    [item] = appended(desk, footage.short)
    assert item.GetStart() == 86448


@pytest.mark.parametrize("occupied", ["ghost", "drop"])
def test_an_occupied_span_is_never_overwritten(occupied: Any, footage: Footage) -> None:
    desk = Desk.of(offline(duration=48))
    desk.ui.occupied = occupied
    before = [(item.GetUniqueId(), item.GetStart(), item.GetEnd()) for item in desk.items()]
    result = appended(desk, footage.short, recordFrame=86447)
    assert [(item.GetUniqueId(), item.GetStart(), item.GetEnd()) for item in desk.items()] == before
    assert len(result) == (1 if occupied == "ghost" else 0)
    for ghost in result:
        getters = (ghost.GetDuration, ghost.GetStart, ghost.GetName, ghost.GetUniqueId, ghost.GetMediaPoolItem)
        assert [getter() for getter in getters] == [None] * 5


def test_a_butt_joined_clip_is_not_a_collision(footage: Footage) -> None:
    desk = Desk.of(offline(duration=48))
    [item] = appended(desk, footage.short, recordFrame=86448)
    assert item.GetStart() == desk.items()[0].GetEnd()


def test_a_clip_fits_exactly_between_two_others(footage: Footage) -> None:
    desk = Desk.of(offline(duration=24), offline(timeline_start=48, duration=24))
    [item] = appended(desk, footage.short, recordFrame=86424)
    assert [other.GetUniqueId() for other in desk.items()][1] == item.GetUniqueId()


def test_the_track_must_exist_and_defaults_to_one(footage: Footage) -> None:
    desk = Desk.of()
    assert appended(desk, footage.short, trackIndex=2) == []
    assert appended(desk, footage.short, trackIndex=0) == []
    [item] = appended(desk, footage.short)
    assert item.GetTrackTypeAndIndex() == ["video", 1]
    assert desk.timeline.AddTrack("video") is True
    [second] = appended(desk, footage.short, trackIndex=2)
    assert second.GetTrackTypeAndIndex() == ["video", 2]


def test_picture_and_sound_come_as_a_linked_pair(footage: Footage) -> None:
    desk = Desk.of()
    video, audio = appended(desk, footage.a)
    assert audio.GetTrackTypeAndIndex() == ["audio", 1]
    assert [item.GetUniqueId() for item in video.GetLinkedItems()] == [audio.GetUniqueId()]
    assert [item.GetUniqueId() for item in audio.GetLinkedItems()] == [video.GetUniqueId()]


@pytest.mark.parametrize(("media_type", "track"), [(1, "video"), (2, "audio")])
def test_media_type_places_one_side_only(media_type: int, track: str, footage: Footage) -> None:
    desk = Desk.of()
    [item] = appended(desk, footage.a, mediaType=media_type)
    assert item.GetTrackTypeAndIndex() == [track, 1]
    assert item.GetLinkedItems() == []


def test_mixed_rates_are_floored(footage: Footage) -> None:
    desk = Desk.of(rate="23.976")
    [from24] = appended(desk, footage.fps24, startFrame=0, endFrame=24)
    [from25] = appended(desk, footage.fps25, startFrame=0, endFrame=50)
    timeline_rate = Fraction(24000, 1001)
    assert from24.GetDuration() == int(Fraction(24, 24) * timeline_rate) == 23
    assert from25.GetDuration() == int(Fraction(50, 25) * timeline_rate) == 47


def test_source_frames_are_told_in_the_rate_of_the_media() -> None:
    media = {"rate": "25", "frames": 500}
    desk = Desk.of(offline(duration=240, source_start=100, media=media), rate="24")
    assert (desk.item.GetSourceStartFrame(), desk.item.GetSourceEndFrame()) == (100, 350)
    assert desk.item.GetLeftOffset() == 100


def test_stills_get_the_default_length_whatever_is_asked(footage: Footage) -> None:
    desk = Desk.of(rate="25")
    [item] = appended(desk, footage.still, startFrame=0, endFrame=10)
    assert item.GetDuration() == 125


def test_a_locked_track_takes_no_clip(footage: Footage) -> None:
    desk = Desk.of(locked=[{"type": "video", "index": 1}])
    assert appended(desk, footage.short) == []
    assert desk.items() == []
