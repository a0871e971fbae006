"""The thirty behaviours a believable Resolve has (resolve.md §5), one test a number, each on a world of its own."""

from __future__ import annotations

import base64
import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from tests.support.resolve_world import Desk, Footage, offline, spec_of

from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.state import CLIP_COLOURS, MARKER_COLOURS


def placed(desk: Desk, path: str, **info: Any) -> list[Any]:
    """Import a file and append it with this clipInfo."""
    [media] = desk.pool.ImportMedia([path])
    items: list[Any] = desk.pool.AppendToTimeline([{"mediaPoolItem": media, **info}])
    return items


def shown(path: str, start: int, duration: int, **keys: Any) -> dict[str, Any]:
    """A clip of a file from its first frame on."""
    return {"path": path, "timeline_start": start, "duration": duration, **keys}


def test_01_methods_a_build_lacks_are_not_in_dir_none_and_hasattr_true() -> None:
    old, new = Desk.of(offline(), profile="18.6").item, Desk.of(offline(), profile="21.1 studio").item
    assert ("AddTransition" in dir(old), "AddTransition" in dir(new)) == (False, True)
    assert old.AddTransition is None
    assert hasattr(old, "AddTransition")
    assert callable(new.AddTransition)


def test_02_bad_arguments_never_raise() -> None:
    desk = Desk.of(offline())
    assert desk.pool.ImportMedia(["/nowhere/at/all.mov", 5, None]) == []
    assert desk.project.GetTimelineByIndex(99) is None
    assert desk.item.SetClipColor(7) is False
    assert desk.item.AddTake("no media") is False
    assert desk.item.GetStart(1, 2, 3) is None
    assert desk.timeline.Export() is None
    assert desk.project.GetRenderJobStatus("no such job") == {}


def test_03_enum_values_are_opaque_and_strings_in_their_place_refused(tmp_path: Path) -> None:
    desk = Desk.of(offline())
    path = str(tmp_path / "cut.otio")
    assert not isinstance(desk.resolve.EXPORT_OTIO, str | int | float)
    assert desk.timeline.Export(path, "EXPORT_OTIO", desk.resolve.EXPORT_NONE) is False
    assert desk.timeline.Export(path, desk.resolve.EXPORT_OTIO, "EXPORT_NONE") is False
    assert not Path(path).exists()
    assert desk.timeline.Export(path, desk.resolve.EXPORT_OTIO, desk.resolve.EXPORT_NONE) is True
    new = Desk.of(offline(), profile="21.1 studio").resolve
    assert isinstance(new.EXPORT_OTIO, float)
    assert [new.SetKeyframeMode(mode) for mode in (new.KEYFRAME_MODE_COLOR, 1, True, "1")] == [True, True, False, False]


def test_04_timeline_frames_are_absolute_and_shift_with_the_start_timecode() -> None:
    desk = Desk.of(offline(timeline_start=12), rate="24")
    assert desk.timeline.GetStartFrame() == 3600 * 24
    assert desk.item.GetStart() == 86412
    assert desk.timeline.SetStartTimecode("02:00:00:00") is True
    assert desk.item.GetStart() == 2 * 86400 + 12


@pytest.mark.parametrize(("profile", "frames"), [("18.6", 11), ("19.1", 10), ("21.1 studio", 10)])
def test_05_end_frame_is_exclusive_and_inclusive_on_18(profile: str, frames: int, footage: Footage) -> None:
    desk = Desk.of(profile=profile)
    [item] = placed(desk, footage.short, startFrame=0, endFrame=10)
    assert item.GetDuration() == frames


def test_06_record_frame_is_absolute_and_below_the_start_never_rendered(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of()
    [lost] = placed(desk, footage.short, recordFrame=40)
    assert lost.GetStart() == 40
    assert desk.project.SetRenderSettings({"TargetDir": str(tmp_path)}) is True
    assert desk.project.AddRenderJob() == ""
    [there] = placed(desk, footage.short, recordFrame=86400 + 7)
    assert there.GetStart() == 86407
    assert desk.project.AddRenderJob() != ""


def test_07_an_occupied_span_gives_a_ghost_or_nothing_and_is_never_overwritten(footage: Footage) -> None:
    desk = Desk.of(offline(duration=48))
    kept = desk.item.GetUniqueId()
    [ghost] = placed(desk, footage.short, recordFrame=86410, mediaType=1)
    getters = ("GetStart", "GetDuration", "GetName", "GetUniqueId", "GetMediaPoolItem", "GetLeftOffset")
    assert [getattr(ghost, name)() for name in getters] == [None] * 6
    desk.ui.occupied = "drop"
    assert placed(desk, footage.short, recordFrame=86410, mediaType=1) == []
    assert [item.GetUniqueId() for item in desk.items()] == [kept]


def test_08_the_track_must_exist_and_picture_brings_its_sound_linked(footage: Footage) -> None:
    desk = Desk.of()
    assert placed(desk, footage.a, trackIndex=3, mediaType=1) == []
    picture, sound = placed(desk, footage.a, startFrame=0, endFrame=24)
    assert [one.GetTrackTypeAndIndex() for one in (picture, sound)] == [["video", 1], ["audio", 1]]
    assert [one.GetUniqueId() for one in picture.GetLinkedItems()] == [sound.GetUniqueId()]


def test_09_only_the_current_timeline_is_written_and_nothing_deleted_on_fairlight() -> None:
    desk = Desk.of(offline(), other_timelines=[{"timeline": {"name": "Second", "rate": "24"}, "clips": [offline()]}])
    other = desk.project.GetTimelineByIndex(2)
    assert other.DeleteClips(other.GetItemListInTrack("video", 1)) is False
    assert desk.resolve.OpenPage("fairlight") is True
    assert desk.timeline.DeleteClips(desk.items()) is False
    assert desk.resolve.OpenPage("edit") is True
    assert desk.timeline.DeleteClips(desk.items()) is True
    assert len(other.GetItemListInTrack("video", 1)) == 1


def test_10_deleting_leaves_linked_sound_and_ripple_moves_what_follows() -> None:
    sounding = {"audio": True, "media": {"audio_channels": 2}}
    desk = Desk.of(offline(duration=20, **sounding), offline(timeline_start=20, duration=20))
    assert desk.timeline.DeleteClips([desk.items()[0]], True) is True
    assert [item.GetStart() for item in desk.items()] == [86400]
    assert [item.GetStart() for item in desk.items("audio")] == [86400]
    assert desk.items("audio")[0].GetLinkedItems() == []


def test_11_mixed_rates_are_floored(footage: Footage) -> None:
    desk = Desk.of()
    [item] = placed(desk, footage.fps24, startFrame=0, endFrame=24)
    assert item.GetDuration() == 23  # 24 / 24 × 24000 / 1001 = 23.976


def test_12_stills_get_the_default_length(footage: Footage) -> None:
    desk = Desk.of(rate="25")
    [item] = placed(desk, footage.still, startFrame=0, endFrame=3)
    assert item.GetDuration() == 125


def test_13_takes_as_measured(footage: Footage) -> None:
    desk = Desk.of(shown(footage.a, 0, 24, source_start=5))
    item = desk.item
    [other] = desk.pool.ImportMedia([footage.b])
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (0, 0)
    assert item.AddTake(other, 10, 40) is True
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex(), item.GetName()) == (2, 1, "a.mov")
    assert item.AddTake(other, 0, 20) is False
    assert item.SelectTakeByIndex(2) is True
    assert item.GetMediaPoolItem().GetName() == "b.mov"
    assert (item.GetStart(), item.GetDuration(), item.GetLeftOffset()) == (86400, 24, 10)
    assert [item.SelectTakeByIndex(n) for n in (0, 3)] == [False, False]
    assert (item.GetTakeByIndex(3), item.DeleteTakeByIndex(3)) == (None, False)
    assert item.FinalizeTake() is True
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex(), item.FinalizeTake()) == (0, 0, False)
    alone = Desk.of(shown(footage.a, 0, 24)).item
    assert alone.AddTake(alone.GetMediaPoolItem(), 0, 24) is False
    assert (alone.GetTakesCount(), alone.GetSelectedTakeIndex()) == (1, 1)


def test_14_replace_clip_changes_every_use_and_resets_metadata(footage: Footage) -> None:
    desk = Desk.of(shown(footage.a, 0, 24), shown(footage.a, 24, 24))
    media = desk.item.GetMediaPoolItem()
    assert media.SetMetadata("Comments", "keep") is True
    assert media.ReplaceClip(footage.short) is True
    assert [item.GetMediaPoolItem().GetClipProperty("File Path") for item in desk.items()] == [footage.short] * 2
    assert (media.GetName(), media.GetClipProperty("Frames"), media.GetMetadata()) == ("short.mov", "24", {})


@pytest.mark.parametrize(("profile", "kind"), [("20.3", float), ("21.1 studio", int)])
def test_15_markers(profile: str, kind: type) -> None:
    timeline = Desk.of(offline(), profile=profile).timeline
    assert timeline.AddMarker(7, "Cocoa", "one", "", 1, "data") is True
    assert timeline.AddMarker(7, "Red", "again", "", 1) is False
    assert timeline.AddMarker(8, "Chocolate", "a clip colour", "", 1) is False
    assert timeline.AddMarker(3, "Red", "later made, earlier placed", "", 1, "data") is True
    assert [(type(frame), frame) for frame in timeline.GetMarkers()] == [(kind, 3), (kind, 7)]
    assert list(timeline.GetMarkerByCustomData("data")) == [3]


def test_16_sixteen_clip_colours_and_a_generator_drops_them_silently() -> None:
    desk = Desk.of(offline(), {"kind": "generator", "timeline_start": 48, "duration": 24})
    clip, generator = desk.items()
    assert len(CLIP_COLOURS) == 16
    assert sorted(CLIP_COLOURS & MARKER_COLOURS) == ["Blue", "Green", "Pink", "Purple", "Yellow"]
    assert [clip.SetClipColor(colour) for colour in ("Chocolate", "Cyan")] == [True, False]
    assert (generator.SetClipColor("Chocolate"), generator.GetClipColor()) == (True, "")


def test_17_media_is_imported_into_the_current_bin_only(footage: Footage) -> None:
    desk = Desk.of(profile="21.1 studio")
    root = desk.pool.GetRootFolder()
    inner = desk.pool.AddSubFolder(root, "Takes")
    assert len(desk.pool.ImportMedia([footage.a, footage.missing, footage.broken])) == 1
    assert [clip.GetName() for clip in inner.GetClipList()] == ["a.mov"]
    assert "a.mov" not in [clip.GetName() for clip in root.GetClipList()]
    assert desk.pool.ImportMedia([{"FilePath": footage.b}]) == []
    assert len(Desk.of().pool.ImportMedia([{"FilePath": footage.b}])) == 1


def test_18_a_timeline_import_is_strict_about_otio(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of(shown(footage.a, 0, 24, source_start=5))
    path = tmp_path / "cut.otio"
    assert desk.timeline.Export(str(path), desk.resolve.EXPORT_OTIO, desk.resolve.EXPORT_NONE) is True
    good = path.read_text("utf-8")
    broken = {
        "url": good.replace(f'"target_url": "{footage.a}"', f'"target_url": "file://{footage.a}"'),
        "schema": good.replace('"Gap.1"', '"Gap.9"').replace('"ExternalReference.1"', '"CloudReference.1"'),
        "clip": good.replace('"Clip.2"', '"Clip.1"'),
        "zero": good.replace('"value": 86405.0', '"value": 5.0'),
    }
    for name, text in broken.items():
        assert text != good, name
        path.write_text(text, "utf-8")
        assert desk.pool.ImportTimelineFromFile(str(path), {"timelineName": name}) is None, name
    path.write_text(good, "utf-8")
    assert desk.project.GetTimelineCount() == 1
    assert desk.pool.ImportTimelineFromFile(str(path), {"timelineName": "Cut"}) is None
    made = desk.pool.ImportTimelineFromFile(str(path), {"timelineName": "Back"})
    assert desk.project.GetCurrentTimeline().GetName() == made.GetName() == "Back"
    [item] = made.GetItemListInTrack("video", 1)
    assert (item.GetStart(), item.GetLeftOffset(), item.GetMediaPoolItem().GetName()) == (86400, 5, "a.mov")
    offline_one = desk.pool.ImportTimelineFromFile(str(path), {"timelineName": "Bare", "importSourceClips": False})
    assert offline_one.GetItemListInTrack("video", 1)[0].GetMediaPoolItem() is None


def test_19_exports_write_real_files_without_takes(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of(shown(footage.a, 0, 24, audio=True, takes=[{"path": footage.b}]))
    none = desk.resolve.EXPORT_NONE
    otio, bundle = tmp_path / "cut.otio", tmp_path / "cut.fcpxmld"
    assert desk.timeline.Export(str(otio), desk.resolve.EXPORT_OTIO, none) is True
    assert desk.timeline.Export(str(bundle), desk.resolve.EXPORT_FCPXML_1_10, none) is True
    assert [child.name for child in bundle.iterdir()] == ["Info.fcpxml"]
    text = otio.read_text("utf-8")
    assert footage.a in text
    assert footage.b not in text
    written = json.loads(text)
    picture, sound = written["tracks"]["children"]
    assert (picture["name"], sound["name"], written["global_start_time"]["value"]) == ("Video 1", "Audio 1", 86400)
    clip = picture["children"][0]
    assert (clip["OTIO_SCHEMA"], list(clip["media_references"])) == ("Clip.2", ["DEFAULT_MEDIA"])
    assert clip["metadata"]["Resolve_OTIO"] == sound["children"][0]["metadata"]["Resolve_OTIO"] == {"Link Group ID": 1}
    assert written["metadata"]["Resolve_OTIO"]["Resolve OTIO Meta Version"] == "1.0"
    assert desk.timeline.Export(str(tmp_path / "x.aaf"), desk.resolve.EXPORT_AAF, none) is False


def test_20_settings_are_strings_and_rates_locked() -> None:
    desk = Desk.of(offline(), rate="25")
    assert desk.project.GetSetting("timelineFrameRate") == "25"
    assert Desk.of(offline(), rate="25", profile="21.1 studio").project.GetSetting("timelineFrameRate") == 25.0
    assert desk.project.SetSetting("timelineFrameRate", "24") is False
    assert desk.project.SetSetting("timelinePlaybackFrameRate", "25") is False
    fresh = desk.manager.CreateProject("Fresh")
    assert fresh.SetSetting("timelineFrameRate", "30") is True
    assert fresh.SetSetting("timelinePlaybackFrameRate", "30") is False


def test_21_the_render_queue_runs_through_its_states_and_really_encodes(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of(shown(footage.a, 0, 20, audio=True), shown(footage.b, 30, 10))
    project = desk.project
    assert project.AddRenderJob() == ""
    assert project.SetCurrentRenderFormatAndCodec("MP4", "H.264") is False
    assert project.SetCurrentRenderFormatAndCodec("mp4", "H264") is True
    marks = {"SelectAllFrames": False, "MarkIn": 86405, "MarkOut": 86434}
    size = {"FormatWidth": 64, "FormatHeight": 36}
    assert project.SetRenderSettings({**marks, **size, "TargetDir": str(tmp_path), "CustomName": "range"}) is True
    job = project.AddRenderJob()
    assert project.GetRenderJobStatus(job)["JobStatus"] == "Ready"
    assert project.StartRendering([job], False) is True
    assert project.IsRenderingInProgress() is False
    seen = [project.GetRenderJobStatus(job) for _ in range(3)]
    assert [one["JobStatus"] for one in seen] == ["Rendering", "Rendering", "Complete"]
    assert [one["CompletionPercentage"] for one in seen] == [34, 68, 100]
    with av.open(str(tmp_path / "range.mp4")) as made:
        assert sum(1 for _ in made.decode(video=0)) == 30
        assert made.streams.video[0].average_rate == Fraction(24000, 1001)
        assert len(made.streams.audio) == 1
    desk.ui.deliver_preset("Audio Only")
    assert project.SetRenderSettings({"ExportVideo": True, "TargetDir": str(tmp_path), "CustomName": "lie"}) is True
    project.StartRendering([project.AddRenderJob()])
    desk.ui.finish_renders()
    with av.open(str(tmp_path / "lie.mp4")) as made:
        assert [stream.type for stream in made.streams] == ["audio"]


def test_22_a_studio_call_on_free_leaves_a_modal_that_fails_later_writes(footage: Footage) -> None:
    desk = Desk.of(shown(footage.a, 0, 24, audio=True), profile="21.0 free")
    assert desk.timeline.CreateSubtitlesFromAudio() is False
    assert [desk.manager.SaveProject(), desk.item.SetClipColor("Teal")] == [False, False]
    desk.ui.dismiss_modal()
    assert [desk.manager.SaveProject(), desk.item.SetClipColor("Teal")] == [True, True]
    assert Desk.of(shown(footage.a, 0, 24, audio=True)).timeline.CreateSubtitlesFromAudio() is True


def test_23_while_busy_every_write_fails_for_so_many_calls() -> None:
    desk = Desk.of(offline())
    desk.ui.busy(3)
    answers = [desk.timeline.AddTrack("video"), desk.manager.SaveProject(), desk.item.SetClipEnabled(False)]
    assert answers == [False, False, False]
    assert desk.item.GetClipEnabled() is True
    assert desk.timeline.AddTrack("video") is True


def test_24_unique_ids_and_stale_handles(footage: Footage) -> None:
    other = spec_of(offline(), project="Other")
    desk = Desk.of(shown(footage.a, 0, 24), other_projects=[other])
    item, before = desk.item, desk.item.GetUniqueId()
    assert item.SetName("Hero") is True
    assert item.GetUniqueId() == before
    right = desk.ui.razor_item(before, 10)
    assert [one.GetUniqueId() for one in desk.items()] == [before, right]
    copy = desk.timeline.DuplicateTimeline("Copy")
    assert {one.GetUniqueId() for one in copy.GetItemListInTrack("video", 1)}.isdisjoint({before, right})
    desk.manager.LoadProject("Other")
    assert (desk.timeline.GetName(), copy.GetName(), desk.pool.GetRootFolder()) == (None, None, None)


def test_25_titles_and_transitions_are_listed_without_media_and_properties() -> None:
    title = {"kind": "title", "timeline_start": 48, "duration": 24}
    desk = Desk.of(offline(), {"kind": "transition", "timeline_start": 44, "duration": 8}, title)
    listed = desk.items()
    assert [one.GetDuration() for one in listed] == [48, 8, 24]
    assert [one.GetMediaPoolItem() is None for one in listed] == [False, True, True]
    assert [one.GetProperty() == {} for one in listed] == [False, True, True]


def test_26_source_getters_lie_where_they_were_seen_to() -> None:
    at = (0, 48, 96, 144)
    desk = Desk.of(
        offline(timeline_start=at[0], misreport=1),
        offline(timeline_start=at[1], speed_percent=200),
        offline(timeline_start=at[2], reversed=True),
        offline(timeline_start=at[3], unknown_source=True),
        rate="24",
    )
    off, fast, back, unknown = desk.items()
    assert (off.GetSourceStartFrame(), off.GetLeftOffset()) == (25, 24)
    assert (fast.GetLeftOffset(), fast.GetSourceStartFrame(), fast.GetSourceEndFrame()) == (12, 24, 120)
    assert (back.GetSourceStartFrame(), back.GetSourceEndFrame()) == (72, 24)
    assert (unknown.GetSourceStartFrame(), unknown.GetSourceEndFrame()) == (0, 0)


def test_27_a_thumbnail_wants_the_color_page_and_the_foreground(footage: Footage) -> None:
    desk = Desk.of(shown(footage.a, 0, 24))
    seen: list[object] = []
    for page, front in (("edit", True), ("color", False)):
        desk.resolve.OpenPage(page)
        desk.ui.foreground = front
        seen.append(desk.timeline.GetCurrentClipThumbnailImage())
    assert seen == [None, None]
    desk.ui.foreground = True
    image = desk.timeline.GetCurrentClipThumbnailImage()
    assert len(base64.b64decode(image["data"])) == image["width"] * image["height"] * 3 > 0


def test_28_an_untitled_project_is_not_saved_and_ghosts_are_gone_when_it_is_opened_again(footage: Footage) -> None:
    assert Desk.of(project="Untitled Project").manager.SaveProject() is False
    desk = Desk.of(offline(), other_projects=[spec_of(project="Other")])
    desk.ui.occupied = "listed"
    placed(desk, footage.short, recordFrame=86410, mediaType=1)
    assert [item.GetDuration() for item in desk.items()] == [48, None]
    assert desk.manager.SaveProject() is True
    desk.manager.LoadProject("Other")
    desk.manager.LoadProject("Demo")
    desk.reopen()
    assert [item.GetDuration() for item in desk.items()] == [48]
    desk.item.SetClipColor("Teal")
    assert desk.manager.CloseProject(desk.project) is True
    assert desk.manager.GetCurrentProject().GetName() == "Untitled Project"
    desk.manager.LoadProject("Demo")
    desk.reopen()
    assert desk.item.GetClipColor() == ""


def test_29_each_call_takes_its_latency_and_is_logged_in_order() -> None:
    desk = Desk.of(offline())
    desk.ui.latency_ms = 5
    desk.ui.call_log.clear()
    begun = time.perf_counter()
    item = desk.item
    for _ in range(9):
        item.GetStart()
    assert time.perf_counter() - begun >= 10 * 0.005
    assert desk.ui.call_counts() == {"GetItemListInTrack": 1, "GetStart": 9}
    assert [call.name for call in desk.ui.call_log][:2] == ["GetItemListInTrack", "GetStart"]


def test_30_the_selection_is_readable_from_21_0_4_and_only_by_the_user_set() -> None:
    clips = [offline(timeline_start=at, duration=24) for at in (0, 24)]
    desk = Desk.of(*clips, profile="21.0.4")
    desk.ui.select([desk.items()[1].GetUniqueId()])
    assert [item.GetStart() for item in desk.timeline.GetSelectedClips()] == [86424]
    assert [name for name in dir(desk.timeline) if "SelectedClip" in name] == ["GetSelectedClips"]
    assert "GetSelectedClips" not in dir(Desk.of(*clips, profile="21.0.3").timeline)


def test_all_thirty_are_here() -> None:
    numbers = [int(name[5:7]) for name in globals() if name.startswith("test_") and name[5:7].isdigit()]
    assert numbers == list(range(1, 31))


def test_a_world_of_a_recorded_profile_behaves_as_recorded(tmp_path: Path) -> None:
    recorded = tmp_path / "probe.json"
    recorded.write_text(
        json.dumps({"facts": {"version": "20.3.2.9", "edition": "free", "marker_keys": "int"}}), "utf-8"
    )
    world = World.from_spec(spec_of(offline()), str(recorded))
    desk = Desk(world)
    desk.timeline.AddMarker(4, "Red", "", "", 1)
    assert desk.resolve.GetProductName() == "DaVinci Resolve"
    assert [type(frame) for frame in desk.timeline.GetMarkers()] == [int]
