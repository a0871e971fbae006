"""Items of every kind and what their getters say (resolve.md §3 trap 8, §5.16, 5.25)."""

from __future__ import annotations

import pytest
from tests.support.resolve_world import Desk, Footage, offline


@pytest.mark.parametrize("kind", ["title", "generator", "adjustment", "transition"])
def test_items_without_a_file_are_listed_with_no_media_and_no_properties(kind: str) -> None:
    desk = Desk.of({"kind": kind, "name": "Thing", "timeline_start": 0, "duration": 24}, profile="21.1 studio")
    [item] = desk.items()
    assert (item.GetName(), item.GetDuration()) == ("Thing", 24)
    assert item.GetMediaPoolItem() is None
    assert item.GetProperty() == item.GetProperties() == {}
    assert item.SetProperty("ZoomX", 2.0) is False
    assert item.GetType() == ("transition" if kind == "transition" else "generator")


@pytest.mark.parametrize(
    ("kind", "type_name"),
    [("compound", "Compound"), ("fusion", "Fusion"), ("multicam", "Multicam"), ("nested", "Timeline")],
)
def test_made_up_clips_have_a_pool_item_without_a_file(kind: str, type_name: str) -> None:
    desk = Desk.of({"kind": kind, "name": "Mix", "timeline_start": 0, "duration": 24})
    media = desk.item.GetMediaPoolItem()
    assert (media.GetClipProperty("Type"), media.GetClipProperty("File Path")) == (type_name, "")
    assert desk.item.GetFusionCompCount() == int(kind == "fusion")


def test_a_transition_lies_across_the_cut_it_is_listed_after() -> None:
    transition = {"kind": "transition", "timeline_start": 42, "duration": 12}
    desk = Desk.of(offline(), offline(timeline_start=48), transition)
    assert [item.GetName() for item in desk.items()] == ["Clip", "Transition", "Clip"]
    desk.ui.set_playhead("01:00:01:20")
    assert desk.timeline.GetCurrentVideoItem().GetName() == "Clip"


def test_left_offset_of_a_retimed_item_is_in_the_warped_domain() -> None:
    fast = Desk.of(offline(source_start=24, duration=48, speed_percent=200), rate="24").item
    assert (fast.GetLeftOffset(), fast.GetSourceStartFrame(), fast.GetSourceEndFrame()) == (12, 24, 120)
    slow = Desk.of(offline(source_start=24, duration=48, speed_percent=50), rate="24").item
    assert (slow.GetLeftOffset(), slow.GetSourceStartFrame(), slow.GetSourceEndFrame()) == (48, 24, 48)
    assert fast.GetRightOffset() == (240 - 120) // 2


def test_a_reversed_item_starts_after_its_end() -> None:
    item = Desk.of(offline(source_start=24, duration=48, reversed=True), rate="24", profile="21.1 studio").item
    assert (item.GetSourceStartFrame(), item.GetSourceEndFrame()) == (72, 24)
    assert item.GetSpeed() == {"Percentage": -100.0}


def test_an_unknown_source_is_zero_to_zero() -> None:
    item = Desk.of(offline(unknown_source=True)).item
    assert (item.GetSourceStartFrame(), item.GetSourceEndFrame()) == (0, 0)


def test_the_source_start_can_be_off_by_one_while_left_offset_is_exact() -> None:
    item = Desk.of(offline(misreport=-1)).item
    assert (item.GetSourceStartFrame(), item.GetLeftOffset()) == (23, 24)


def test_sound_counts_at_the_project_rate_at_import() -> None:
    media = {"rate": "50", "frames": 500, "audio_channels": 2}
    desk = Desk.of(offline(source_start=100, duration=48, audio=True, media=media), rate="24")
    [sound] = desk.items("audio")
    assert desk.item.GetSourceStartFrame() == 100
    assert sound.GetSourceStartFrame() == 100 * 24 // 50


def test_source_time_is_absolute_in_the_timecode_of_the_media() -> None:
    media = {"rate": "24", "frames": 240, "start_timecode": "01:00:00:00"}
    item = Desk.of(offline(source_start=24, media=media), rate="24").item
    assert (item.GetSourceStartTime(), item.GetSourceEndTime()) == (3601.0, 3603.0)


def test_properties_clamp_and_unknown_ones_refuse() -> None:
    item = Desk.of(offline(properties={"ZoomX": 1.1})).item
    assert (item.GetProperty("ZoomX"), item.GetProperty("Opacity")) == (1.1, 100.0)
    assert item.SetProperty("Opacity", 900) is True
    assert item.GetProperty("Opacity") == 100.0
    assert item.SetProperty({"Pan": 10.0, "Speed": 50.0}) is False
    assert item.GetProperty("Pan") == 0.0
    assert item.SetProperty("FlipX", 1) is False
    assert item.GetProperty("Speed") is None


def test_clip_colours_are_sixteen_and_drop_silently_on_titles() -> None:
    desk = Desk.of(offline(), {"kind": "title", "track": 2, "timeline_start": 0, "duration": 24})
    assert desk.item.SetClipColor("Cyan") is False
    assert desk.item.SetClipColor("Chocolate") is True
    assert desk.item.GetClipColor() == "Chocolate"
    [title] = desk.items("video", 2)
    assert title.SetClipColor("Chocolate") is True
    assert title.GetClipColor() == ""


def test_grade_is_read_through_the_graph_from_19() -> None:
    desk = Desk.of(offline(grade_nodes=3))
    assert desk.item.GetNodeGraph().GetNumNodes() == 3
    assert desk.item.GetCurrentVersion() == {"versionName": "Version 1", "versionType": 0}
    assert desk.item.AddVersion("B", 0) is True
    assert desk.item.GetNodeGraph().GetNumNodes() == 1
    assert desk.item.LoadVersionByName("Version 1", 0) is True
    assert desk.item.DeleteVersionByName("Version 1", 0) is False
    assert Desk.of(offline(grade_nodes=3), profile="18.6").item.GetNodeGraph is None


def test_fades_and_enabled_are_kept() -> None:
    item = Desk.of(offline(fades=[4, 8]), profile="21.1 studio").item
    assert item.GetFades() == {"FadeIn": 4, "FadeOut": 8}
    assert item.SetFades({"FadeIn": -1}) is False
    assert item.SetFades({"FadeIn": 6}) is True
    assert item.GetFades() == {"FadeIn": 6, "FadeOut": 8}
    assert item.SetClipEnabled(False) is True
    assert item.GetClipEnabled() is False


def test_a_still_has_no_offsets(footage: Footage) -> None:
    desk = Desk.of({"path": footage.still, "timeline_start": 0, "duration": 30})
    assert (desk.item.GetLeftOffset(), desk.item.GetRightOffset()) == (0, 0)
    assert desk.item.GetMediaPoolItem().GetClipProperty("Type") == "Still"


def test_the_top_enabled_track_wins_under_the_playhead() -> None:
    title = {"kind": "title", "track": 2, "timeline_start": 0, "duration": 24}
    desk = Desk.of(offline(), title, playhead="01:00:00:10")
    assert desk.timeline.GetCurrentVideoItem().GetName() == "Title"
    desk.timeline.SetTrackEnable("video", 2, False)
    assert desk.timeline.GetCurrentVideoItem().GetName() == "Clip"
    desk.ui.set_playhead("01:00:03:00")
    assert desk.timeline.GetCurrentVideoItem() is None


def test_a_ghost_on_a_track_says_nothing() -> None:
    desk = Desk.of({"kind": "ghost", "timeline_start": 0, "duration": 24})
    [ghost] = desk.items()
    assert [ghost.GetUniqueId(), ghost.GetStart(), ghost.GetName()] == [None, None, None]
