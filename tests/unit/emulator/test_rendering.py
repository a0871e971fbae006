"""The Deliver page: jobs, what they inherit, what they write; Quick Export; stills (resolve.md §1.7, §1.8)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.support.resolve_world import Desk, Footage, make_clip, offline

from takebridge_resolve.emulator import Habits, Profile, World
from takebridge_resolve.emulator.truth import describe

SIZE = {"FormatWidth": 64, "FormatHeight": 36}


def greys(path: Path) -> list[int]:
    """One grey a decoded frame, from the middle of it."""
    with av.open(str(path)) as made:
        return [int(frame.to_ndarray(format="gray")[18, 32]) for frame in made.decode(video=0)]


def ramp(path: Path, base: int, *, frames: int = 40, rate: Fraction = Fraction(25), audio: bool = False) -> str:
    """A clip whose frame n has the grey base + 4·n, lossless, so that a frame can be told by its grey."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("png", rate=rate)
        video.width, video.height, video.pix_fmt = 64, 36, "rgb24"
        for number in range(frames):
            grey = np.full((36, 64, 3), base + 4 * number, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(video.encode())
    return str(path)


def desk_of(*clips: dict[str, Any], profile: str | Profile = "20.3") -> Desk:
    timeline = {"name": "Cut", "rate": "25", "width": 64, "height": 36}
    return Desk(World.from_spec({"timeline": timeline, "clips": list(clips)}, profile))


def rendered(desk: Desk, folder: Path, **settings: Any) -> Path:
    """Render the current settings with these on top, to the end; the one new file."""
    before = set(folder.iterdir())
    assert desk.project.SetRenderSettings({"TargetDir": str(folder), **settings}) is True
    job = desk.project.AddRenderJob()
    assert desk.project.StartRendering(job) is True
    while (status := desk.project.GetRenderJobStatus(job))["JobStatus"] == "Rendering":
        pass
    assert status == {"JobStatus": "Complete", "CompletionPercentage": 100, "TimeTakenToRenderInMs": 1000}
    [made] = set(folder.iterdir()) - before
    return made


def near(found: list[int], wanted: list[int]) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= 3 for a, b in zip(found, wanted, strict=True))


def test_the_picture_is_the_topmost_enabled_clip_frame_by_frame(tmp_path: Path) -> None:
    a, b = ramp(tmp_path / "a.mov", 20), ramp(tmp_path / "b.mov", 40)
    (out := tmp_path / "out").mkdir()
    desk = desk_of(
        {"path": a, "timeline_start": 0, "duration": 10, "source_start": 5},
        {"path": a, "timeline_start": 14, "duration": 6, "source_start": 0, "speed_percent": 200},
        {"path": b, "timeline_start": 4, "duration": 3, "source_start": 1, "track": 2},
        {"path": b, "timeline_start": 8, "duration": 2, "track": 2, "enabled": False},
        {"path": a, "timeline_start": 20, "duration": 4, "source_start": 10, "reversed": True},
        {"kind": "title", "timeline_start": 0, "duration": 4, "track": 3},
    )
    desk.project.SetCurrentRenderFormatAndCodec("mov", "ProRes422HQ")
    made = rendered(desk, out, CustomName="cut", ExportAudio=False)
    first = [20 + 4 * n for n in (5, 6, 7, 8)] + [40 + 4 * n for n in (1, 2, 3)] + [20 + 4 * n for n in (12, 13, 14)]
    fast = [20 + 4 * n for n in (0, 2, 4, 6, 8, 10)]
    back = [20 + 4 * n for n in (13, 12, 11, 10)]
    assert made.name == "cut.mov"
    assert near(greys(made), first + [0] * 4 + fast + back)
    with av.open(str(made)) as file:
        assert file.streams.video[0].codec_context.name == "prores"
        assert file.streams.video[0].average_rate == 25


def test_a_compound_shows_what_is_in_it_at_its_own_frame(tmp_path: Path) -> None:
    inside = [{"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 2, "duration": 10, "source_start": 1}]
    desk = desk_of({"kind": "compound", "timeline_start": 3, "duration": 5, "source_start": 4, "inner": inside})
    (out := tmp_path / "out").mkdir()
    made = rendered(desk, out, CustomName="x", ExportAudio=False)
    assert near(greys(made), [0, 0, 0] + [20 + 4 * n for n in (3, 4, 5, 6, 7)])


def test_a_disabled_track_shows_and_sounds_nothing(tmp_path: Path) -> None:
    a = ramp(tmp_path / "a.mov", 20)
    (out := tmp_path / "out").mkdir()
    clip = {"path": a, "timeline_start": 0, "duration": 3}
    desk = desk_of(clip, {**clip, "track": 2, "source_start": 20})
    desk.timeline.SetTrackEnable("video", 2, False)
    assert near(greys(rendered(desk, out, CustomName="x", ExportAudio=False)), [20, 24, 28])


def test_mixed_rates_show_the_frame_that_is_there_at_that_time(tmp_path: Path) -> None:
    """50 frames a second on a timeline of 25: every second frame; 12.5 would be each twice."""
    fast = ramp(tmp_path / "fast.mov", 20, rate=Fraction(50))
    (out := tmp_path / "out").mkdir()
    desk = desk_of({"path": fast, "timeline_start": 0, "duration": 8, "source_start": 4})
    made = rendered(desk, out, CustomName="x", ExportAudio=False)
    assert near(greys(made), [20 + 4 * n for n in range(4, 20, 2)])


@pytest.mark.parametrize(("inclusive", "frames"), [(True, 5), (False, 4)])
def test_marks_are_absolute_and_mark_out_is_counted_in(inclusive: bool, frames: int, tmp_path: Path) -> None:
    a = ramp(tmp_path / "a.mov", 20)
    (out := tmp_path / "out").mkdir()
    profile = Profile(Profile.named("20.3").version, True, Habits(mark_out_inclusive=inclusive))
    desk = desk_of({"path": a, "timeline_start": 0, "duration": 20}, profile=profile)
    made = rendered(desk, out, CustomName="x", SelectAllFrames=False, MarkIn=90003, MarkOut=90007, ExportAudio=False)
    assert near(greys(made), [20 + 4 * n for n in range(3, 3 + frames)])


@pytest.mark.parametrize(
    "settings",
    [
        {"TargetDir": "/no/such/folder"},
        {"TargetDir": "relative"},
        {"SelectAllFrames": False, "MarkIn": 3, "MarkOut": 7},
        {"SelectAllFrames": False, "MarkIn": 90007, "MarkOut": 90003},
        {"SelectAllFrames": False, "MarkIn": 90000, "MarkOut": 90020},
    ],
)
def test_a_misconfigured_job_is_no_job(settings: dict[str, Any], tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 20})
    assert desk.project.SetRenderSettings({"TargetDir": str(tmp_path), **settings}) is True
    assert desk.project.AddRenderJob() == ""
    assert desk.project.GetRenderJobList() == []


def test_marks_mean_nothing_while_all_frames_are_selected(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 20})
    (out := tmp_path / "out").mkdir()
    made = rendered(desk, out, CustomName="x", MarkIn=90003, MarkOut=90007, ExportAudio=False)
    assert len(greys(made)) == 20


def test_settings_pile_up_until_a_preset_is_loaded(tmp_path: Path) -> None:
    project = desk_of(offline()).project
    assert project.SetRenderSettings({"CustomName": "x", "NoSuchKey": 1}) is False
    assert project.SetRenderSettings({}) is False
    assert project.SetRenderSettings({"TargetDir": str(tmp_path), "ExportAudio": False, **SIZE}) is True
    assert project.SetRenderSettings({"CustomName": "x"}) is True
    [told] = [project.GetRenderJobList()[0] for _ in [project.AddRenderJob()]]
    assert (told["IsExportAudio"], told["FormatWidth"], told["OutputFilename"]) == (False, 64, "x.mov")
    assert project.LoadRenderPreset("No such preset") is False
    assert project.LoadRenderPreset("ProRes 422 HQ") is True
    assert project.GetCurrentRenderFormatAndCodec() == {"format": "mov", "codec": "ProRes422HQ"}
    project.AddRenderJob()
    told = project.GetRenderJobList()[1]
    assert (told["IsExportAudio"], told["FormatWidth"], told["TargetDir"]) == (True, 64, str(tmp_path))


@pytest.mark.parametrize(("profile", "there"), [("18.6", False), ("19.1", True)])
def test_newer_settings_are_refused_by_older_builds(profile: str, there: bool) -> None:
    assert desk_of(offline(), profile=profile).project.SetRenderSettings({"ReplaceExistingFilesInPlace": True}) is there


def test_presets_are_kept_loaded_and_deleted() -> None:
    project = desk_of(offline()).project
    project.SetCurrentRenderFormatAndCodec("mov", "DNxHRHQ")
    project.SetCurrentRenderMode(0)
    assert project.SaveAsNewRenderPreset("Mine") is True
    assert project.SaveAsNewRenderPreset("Mine") is False
    project.LoadRenderPreset("H.264 Master")
    assert (project.GetCurrentRenderFormatAndCodec()["codec"], project.GetCurrentRenderMode()) == ("H264", 1)
    assert project.LoadRenderPreset("Mine") is True
    assert (project.GetCurrentRenderFormatAndCodec()["codec"], project.GetCurrentRenderMode()) == ("DNxHRHQ", 0)
    assert [project.DeleteRenderPreset(name) for name in ("H.264 Master", "Mine", "Mine")] == [False, True, False]
    assert "Mine" not in project.GetRenderPresetList()


def test_formats_and_codecs_are_ids() -> None:
    project = desk_of(offline()).project
    assert project.GetRenderFormats()["QuickTime"] == "mov"
    assert project.GetRenderCodecs("mov")["Apple ProRes 422 HQ"] == "ProRes422HQ"
    assert project.GetRenderCodecs("QuickTime") == {}
    pairs = [
        ("QuickTime", "ProRes422HQ"),
        ("mov", "Apple ProRes 422 HQ"),
        ("mp4", "ProRes422HQ"),
        ("mov", "ProRes422HQ"),
    ]
    assert [project.SetCurrentRenderFormatAndCodec(*pair) for pair in pairs] == [False, False, False, True]


def test_names_are_made_unique(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 3})
    (tmp_path / "x.mov").write_bytes(b"there already")
    desk.project.SetRenderSettings({"TargetDir": str(tmp_path), "CustomName": "x"})
    for _ in range(2):
        desk.project.AddRenderJob()
    assert [job["OutputFilename"] for job in desk.project.GetRenderJobList()] == ["x_1.mov", "x_2.mov"]
    desk.project.SetRenderSettings({"ReplaceExistingFilesInPlace": True})
    desk.project.AddRenderJob()
    assert desk.project.GetRenderJobList()[2]["OutputFilename"] == "x.mov"


def test_jobs_wait_for_their_turn_and_stopping_cancels_them(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 3})
    (out := tmp_path / "out").mkdir()
    project = desk.project
    project.SetRenderSettings({"TargetDir": str(out), "CustomName": "x", "ExportAudio": False})
    first, second, third = (project.AddRenderJob() for _ in range(3))
    assert project.StartRendering(["no such job"]) is False
    assert project.StartRendering([first, second]) is True
    assert project.StartRendering([third]) is False
    assert project.DeleteRenderJob(second) is False
    assert [project.GetRenderJobStatus(first)["CompletionPercentage"] for _ in range(2)] == [34, 68]
    assert project.GetRenderJobStatus(second)["JobStatus"] == "Ready"
    assert sorted(path.name for path in out.iterdir()) == ["x.mov"]
    project.StopRendering()
    assert [project.GetRenderJobStatus(job)["JobStatus"] for job in (first, second, third)] == [
        "Complete",
        "Cancelled",
        "Ready",
    ]
    assert project.IsRenderingInProgress() is False
    assert (project.DeleteRenderJob(second), project.DeleteAllRenderJobs()) == (True, True)
    assert project.GetRenderJobList() == []


def test_asking_only_whether_it_renders_comes_to_an_end_too(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 3})
    (out := tmp_path / "out").mkdir()
    desk.project.SetRenderSettings({"TargetDir": str(out), "CustomName": "x", "ExportAudio": False})
    job = desk.project.AddRenderJob()
    desk.project.StartRendering(job)
    assert [desk.project.IsRenderingInProgress() for _ in range(4)] == [False, True, True, False]
    assert desk.project.GetRenderJobStatus(job)["JobStatus"] == "Complete"


def test_a_render_rewrites_the_deliver_page_and_quick_export_does_not(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 9})
    (out := tmp_path / "out").mkdir()
    desk.ui.deliver_preset("ProRes 422 HQ")
    before = describe(desk.world)["deliver"]
    desk.timeline.SetMarkInOut(2, 5)
    told = desk.project.RenderWithQuickExport("H.264 Master", {"TargetDir": str(out), "CustomName": "quick"})
    assert told["JobStatus"] == "Complete"
    assert len(greys(out / "quick.mp4")) == 4
    assert describe(desk.world)["deliver"] == before
    desk.project.SetCurrentRenderFormatAndCodec("mp4", "H264")
    rendered(desk, out, CustomName="slow", ExportAudio=False)
    after: Any = describe(desk.world)["deliver"]
    assert (after["codec"], after["settings"]["CustomName"]) == ("H264", "slow")
    waiting = desk.project.AddRenderJob()
    desk.ui.deliver_preset("ProRes 422 HQ")
    desk.project.StartRendering([waiting])
    after = describe(desk.world)["deliver"]
    assert (after["codec"], after["settings"]["CustomName"]) == ("H264", "slow")


@pytest.mark.parametrize(
    ("preset", "values"),
    [("No such preset", {}), ("H.264 Master", {"TargetDir": "/no/such"}), ("H.264 Master", {"EnableUpload": True})],
)
def test_a_quick_export_that_cannot_be_is_failed(preset: str, values: dict[str, Any], tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 9})
    told = desk.project.RenderWithQuickExport(preset, {"TargetDir": str(tmp_path), "CustomName": "q", **values})
    assert told["JobStatus"] == "Failed"
    assert not (tmp_path / "q.mp4").exists()


def test_quick_export_is_refused_on_free_and_leaves_a_modal(tmp_path: Path) -> None:
    desk = desk_of(offline(), profile="21.0 free")
    assert desk.project.RenderWithQuickExport("H.264 Master", {"TargetDir": str(tmp_path)})["JobStatus"] == "Failed"
    assert desk.item.SetClipColor("Teal") is False
    assert desk_of(offline(), profile="18.6").project.RenderWithQuickExport is None


def test_sound_is_in_the_file_when_asked_for(tmp_path: Path) -> None:
    a = make_clip(tmp_path / "a.mov", rate=Fraction(25), frames=30)
    desk = desk_of({"path": a, "timeline_start": 0, "duration": 25, "audio": True})
    (out := tmp_path / "out").mkdir()
    for audio, kinds in ((True, ["audio", "video"]), (False, ["video"])):
        made = rendered(desk, out, CustomName=f"x{audio}", ExportAudio=audio)
        with av.open(str(made)) as file:
            assert sorted(stream.type for stream in file.streams if stream.type != "data") == kinds
            if audio:
                assert sum(frame.samples for frame in file.decode(audio=0)) == 48000


def test_individual_clips_are_a_file_each(tmp_path: Path) -> None:
    a = ramp(tmp_path / "a.mov", 20)
    desk = desk_of(*({"path": a, "timeline_start": at, "duration": 4} for at in (0, 6)))
    (out := tmp_path / "out").mkdir()
    desk.project.SetCurrentRenderMode(0)
    desk.project.SetRenderSettings({"TargetDir": str(out), "CustomName": "x", "ExportAudio": False})
    desk.project.StartRendering([desk.project.AddRenderJob()])
    desk.ui.finish_renders()
    assert [(path.name, len(greys(path))) for path in sorted(out.iterdir())] == [("x_0000.mov", 4), ("x_0001.mov", 4)]


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_a_still_is_the_frame_under_the_playhead(suffix: str, tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 20})
    assert desk.timeline.SetCurrentTimecode("01:00:00:07") is True
    path = tmp_path / f"still.{suffix}"
    assert desk.project.ExportCurrentFrameAsStill(str(path)) is True
    assert near(greys(path), [20 + 4 * 7])
    assert desk.timeline.GetCurrentTimecode() == "01:00:00:07"


@pytest.mark.parametrize("name", ["still.docx", "no/folder/still.png", "still"])
def test_a_still_that_cannot_be_written_is_false(name: str, tmp_path: Path, footage: Footage) -> None:
    desk = desk_of({"path": footage.fps25, "timeline_start": 0, "duration": 20})
    assert desk.project.ExportCurrentFrameAsStill(str(tmp_path / name)) is False
    assert list(tmp_path.iterdir()) == []


def test_gallery_stills_are_grabbed_on_color_and_exported_only_where_a_person_looks(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 20})
    (out := tmp_path / "out").mkdir()
    album = desk.project.GetGallery().GetCurrentStillAlbum()
    assert desk.timeline.GrabStill() is None
    desk.resolve.OpenPage("color")
    still = desk.timeline.GrabStill()
    assert len(album.GetStills()) == 1
    assert (album.SetLabel(still, "hero"), album.GetLabel(still)) == (True, "hero")
    assert album.ExportStills([still], str(out), "s", "png") is False
    desk.ui.gallery_visible = True
    assert album.ExportStills([still], str(out), "s", "png") is True
    assert len(list(out.iterdir())) == 1
    assert (album.DeleteStills([still]), album.GetStills()) == (True, [])


def test_without_h264_other_codecs_are_left() -> None:
    desk = desk_of(offline(), profile="20.3 free")
    desk.ui.h264 = False
    assert desk.project.GetRenderCodecs("mp4") == {}
    assert desk.project.SetCurrentRenderFormatAndCodec("mp4", "H264") is False
    assert "ProRes422HQ" in desk.project.GetRenderCodecs("mov").values()


def test_stills_may_be_stale_until_a_new_run(tmp_path: Path) -> None:
    desk = desk_of({"path": ramp(tmp_path / "a.mov", 20), "timeline_start": 0, "duration": 20})
    desk.ui.stale_stills = True
    found = []
    for number, label in enumerate(("01:00:00:02", "01:00:00:09")):
        desk.timeline.SetCurrentTimecode(label)
        desk.project.ExportCurrentFrameAsStill(str(tmp_path / f"{number}.png"))
        found += greys(tmp_path / f"{number}.png")
    desk.ui.new_run()
    desk.project.ExportCurrentFrameAsStill(str(tmp_path / "again.png"))
    assert near([*found, *greys(tmp_path / "again.png")], [28, 28, 56])
