"""Current timeline, deletion, settings, ids and stale handles (resolve.md §5.9, 5.10, 5.20, 5.24)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, offline, spec_of

SECOND = {"timeline": {"name": "Second", "rate": "25"}, "clips": [offline()]}


def two_timelines(*clips: dict[str, Any], **extra: Any) -> Desk:
    return Desk.of(*(clips or (offline(),)), other_timelines=[SECOND], **extra)


def test_only_the_current_timeline_is_written(footage: Footage) -> None:
    desk = two_timelines()
    second = desk.project.GetTimelineByIndex(2)
    [item] = second.GetItemListInTrack("video", 1)
    [media] = desk.pool.ImportMedia([footage.a])
    assert item.GetStart() == 90000
    assert item.AddTake(media, 0, 48) is False
    assert second.DeleteClips([item]) is False
    assert second.AddTrack("video") is False
    assert second.GetIsTrackEnabled("video", 1) is False
    desk.pool.AppendToTimeline([{"mediaPoolItem": media, "trackIndex": 1}])
    assert len(second.GetItemListInTrack("video", 1)) == 1


def test_item_handles_go_stale_at_a_timeline_switch() -> None:
    desk = two_timelines()
    item, timeline = desk.item, desk.timeline
    assert desk.project.SetCurrentTimeline(timeline) is True
    assert item.GetStart() == 86400
    assert desk.project.SetCurrentTimeline(desk.project.GetTimelineByIndex(2)) is True
    assert (item.GetStart(), item.GetUniqueId(), item.SetClipEnabled(False)) == (None, None, False)
    assert timeline.GetName() == "Cut"
    assert desk.project.GetCurrentTimeline().GetName() == "Second"


def test_every_handle_goes_stale_at_a_project_switch() -> None:
    desk = Desk.of(offline(), other_projects=[spec_of(offline(), project="Other")])
    media, folder = desk.item.GetMediaPoolItem(), desk.pool.GetRootFolder()
    stale = [desk.project, desk.timeline, desk.item, media, folder]
    assert desk.manager.LoadProject("nowhere") is None
    assert desk.project.GetName() == "Demo"
    desk.ui.switch_project("Other")
    assert [handle.GetName() for handle in stale] == [None] * 5
    assert desk.pool.ImportMedia(["x"]) == []
    desk.reopen()
    assert desk.project.GetName() == "Other"
    assert desk.manager.LoadProject("Demo").GetName() == "Demo"
    assert desk.timeline.GetName() is None


def test_ids_stay_on_rename_and_are_new_after_duplicate_and_razor() -> None:
    desk = Desk.of(offline(audio=True, media={"audio_channels": 2}))
    item_id, timeline_id = desk.item.GetUniqueId(), desk.timeline.GetUniqueId()
    desk.ui.rename_item(item_id, "Hero")
    assert (desk.item.GetName(), desk.item.GetUniqueId()) == ("Hero", item_id)
    right = desk.ui.razor_item(item_id, 20)
    assert [item.GetUniqueId() for item in desk.items()] == [item_id, right]
    assert [(i.GetDuration(), i.GetLeftOffset()) for i in desk.items()] == [(20, 24), (28, 44)]
    assert [len(i.GetLinkedItems()) for i in desk.items()] == [1, 1]
    copy = desk.timeline.DuplicateTimeline("Copy")
    assert desk.project.GetCurrentTimeline().GetName() == "Copy"
    copied = copy.GetItemListInTrack("video", 1)
    assert copy.GetUniqueId() != timeline_id
    assert {item.GetUniqueId() for item in copied}.isdisjoint({item_id, right})
    assert [len(item.GetLinkedItems()) for item in copied] == [1, 1]


def test_delete_leaves_linked_sound_behind() -> None:
    desk = Desk.of(offline(audio=True, media={"audio_channels": 2}))
    item = desk.item
    assert desk.timeline.DeleteClips([item]) is True
    [sound] = desk.items("audio")
    assert (desk.items(), sound.GetLinkedItems(), item.GetName()) == ([], [], None)


def test_ripple_shifts_the_later_items_of_the_track() -> None:
    desk = Desk.of(
        *(offline(timeline_start=at, duration=24) for at in (0, 24, 48)), offline(track=2, timeline_start=50)
    )
    assert desk.timeline.DeleteClips([desk.items()[1]], True) is True
    assert [item.GetStart() for item in desk.items()] == [86400, 86424]
    assert [item.GetStart() for item in desk.items("video", 2)] == [86450]


def test_deletion_is_refused_on_fairlight_and_on_locked_tracks() -> None:
    desk = Desk.of(offline())
    desk.resolve.OpenPage("fairlight")
    assert desk.timeline.DeleteClips([desk.item]) is False
    desk.resolve.OpenPage("edit")
    desk.timeline.SetTrackLock("video", 1, True)
    assert desk.timeline.DeleteClips([desk.item]) is False
    assert len(desk.items()) == 1
    desk.timeline.SetTrackLock("video", 1, False)
    assert desk.timeline.DeleteClips([desk.item]) is True


@pytest.mark.parametrize(
    ("profile", "rate", "drop", "said"),
    [
        ("20.3", "23.976", False, "23.976"),
        ("20.3", "24", False, "24"),
        ("20.3", "29.97", True, "29.97 DF"),
        ("21.1 studio", "23.976", False, 23.976),
        ("21.1 studio", "25", False, 25.0),
    ],
)
def test_the_frame_rate_is_said_as_the_build_says_it(profile: str, rate: str, drop: bool, said: object) -> None:
    spec = {"timeline": {"name": "Cut", "rate": rate, "drop_frame": drop}}
    desk = Desk.of(profile=profile)
    desk = type(desk)(type(desk.world).from_spec(spec, profile))
    for holder in (desk.timeline, desk.project):
        value = holder.GetSetting("timelineFrameRate")
        assert (value, type(value)) == (said, type(said))


def test_settings_are_strings_and_rates_are_locked() -> None:
    desk = Desk.of(offline())
    assert desk.timeline.GetSetting("timelineResolutionWidth") == "1920"
    assert desk.project.SetSetting("timelineFrameRate", "25") is False
    assert desk.project.SetSetting("timelinePlaybackFrameRate", "25") is False
    assert desk.project.SetSetting("timelineResolutionWidth", 640) is False
    assert desk.project.SetSetting("timelineResolutionWidth", "640") is True
    assert desk.project.GetSetting("timelineResolutionWidth") == "640"


def test_an_empty_project_may_still_choose_its_rate() -> None:
    desk = Desk.of()
    project = desk.manager.CreateProject("Fresh")
    assert project.SetSetting("timelinePlaybackFrameRate", "25") is False
    assert project.SetSetting("timelineFrameRate", "nonsense") is False
    assert project.SetSetting("timelineFrameRate", "25") is True
    timeline = project.GetMediaPool().CreateEmptyTimeline("T")
    assert timeline.GetStartFrame() == 90000
    assert project.SetSetting("timelineFrameRate", "24") is False


def test_drop_frame_labels_start_at_107892() -> None:
    spec = {"timeline": {"name": "Cut", "rate": "29.97", "drop_frame": True, "start_timecode": "01:00:00;00"}}
    desk = Desk.of()
    desk = type(desk)(type(desk.world).from_spec(spec))
    assert desk.timeline.GetStartFrame() == 107892
    assert desk.timeline.GetStartTimecode() == "01:00:00;00"
    assert desk.timeline.SetCurrentTimecode("01:01:00;00") is False
    assert desk.timeline.SetCurrentTimecode("01:01:00;02") is True
    assert desk.timeline.GetCurrentTimecode() == "01:01:00;02"


def test_marks_are_relative_to_the_start() -> None:
    desk = Desk.of(offline(), marks=[5, 20])
    assert desk.timeline.GetMarkInOut()["video"] == {"in": 5, "out": 20}
    assert desk.timeline.SetMarkInOut(3, 2) is False
    assert desk.timeline.ClearMarkInOut() is True
    assert desk.timeline.GetMarkInOut() == {}


def test_an_untitled_project_is_not_saved() -> None:
    assert Desk.of(project="Untitled Project").manager.SaveProject() is False
    assert Desk.of().manager.SaveProject() is True


def test_timelines_are_deleted_but_not_the_open_one() -> None:
    desk = two_timelines()
    first, second = desk.timeline, desk.project.GetTimelineByIndex(2)
    assert desk.pool.DeleteTimelines([first]) is False
    assert desk.pool.DeleteTimelines([first, second]) is False
    assert desk.pool.DeleteTimelines([]) is False
    assert desk.pool.DeleteTimelines([second]) is True
    assert desk.project.GetTimelineCount() == 1
    assert second.GetName() is None
    assert [clip.GetName() for clip in desk.pool.GetRootFolder().GetClipList()].count("Second") == 0


def test_a_copy_has_markers_takes_and_looks_of_its_own() -> None:
    desk = Desk.of(offline(color="Orange", grade_nodes=3))
    desk.item.AddMarker(30, "Red", "eyes", "", 1, "data")
    desk.timeline.AddMarker(5, "Blue", "Hook", "", 1)
    original = desk.timeline
    copy = original.DuplicateTimeline("Copy")
    desk.reopen()
    assert desk.timeline.GetName() == "Copy"
    assert desk.item.GetClipColor() == "Orange"
    assert [mark["customData"] for mark in desk.item.GetMarkers().values()] == ["data"]
    desk.item.DeleteMarkerAtFrame(30)
    copy.DeleteMarkerAtFrame(5)
    assert len(original.GetMarkers()) == 1
    desk.project.SetCurrentTimeline(original)
    desk.reopen()
    assert len(desk.item.GetMarkers()) == 1


def test_a_locked_track_keeps_its_clips_enabled() -> None:
    desk = Desk.of(offline())
    desk.ui.lock_track("video", 1)
    assert desk.item.SetClipEnabled(False) is False
    assert desk.item.GetClipEnabled() is True
