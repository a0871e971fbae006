"""``range.render``, ``render.status``, ``render.cancel``: real files, and Deliver as the person left it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from tests.support.agent_rig import PROFILES, START, Rig
from tests.unit.agent.test_agent_files import place

SMALL = {"name": "Cut", "rate": "23.976", "start_timecode": "01:00:00:00", "width": 160, "height": 90}


@pytest.fixture(params=PROFILES)
def every(request: pytest.FixtureRequest, files: dict[str, str]) -> Rig:
    """A rig on each Resolve we know, with a picture that renders fast."""
    return Rig(files, request.param, timeline=SMALL)


@pytest.fixture
def rig(files: dict[str, str]) -> Rig:
    return Rig(files, timeline=SMALL)


def project_of(rig: Rig) -> Any:
    return rig.resolve.GetProjectManager().GetCurrentProject()


def deliver(rig: Rig) -> tuple[Any, ...]:
    """What the Deliver page says, from the emulator's own state; where to and the preset's name aside."""
    queue = rig.world.queue(rig.world.project)
    page = queue.deliver
    values = {key: value for key, value in dict(page.values).items() if key not in ("TargetDir", "CustomName")}
    return page.format, page.codec, page.mode, values, sorted(queue.own_presets)


def order(into: Path, **change: Any) -> dict[str, Any]:
    span = {"start_record_frame": START + 40, "end_record_frame": START + 52}
    return {**span, "folder": str(into), "name": "range", **change}


def render(rig: Rig, into: Path, **change: Any) -> Any:
    return rig.result("range.render", order(into, **change))


def finish(rig: Rig, job: str) -> Any:
    """Ask until the job has ended; the emulator's queue goes on when it is asked."""
    for _ in range(20):
        seen = rig.result("render.status", {"job": job})
        if seen["state"] not in ("ready", "rendering"):
            return seen
    raise AssertionError(seen)


def frames(path: str) -> tuple[int, int]:
    """(frames of picture, streams of sound) of a file."""
    with av.open(path) as file:
        return sum(1 for _ in file.decode(video=0)), len(file.streams.audio)


# --- by the queue ---------------------------------------------------------------------------------------


def test_a_range_is_rendered_to_the_frame(every: Rig, tmp_path: Path) -> None:
    """Frames 40 to 51 of the cut: twelve, the out mark being the last one inside."""
    seen = render(every, tmp_path)
    assert seen["way"] == "queue" and seen["state"] in ("ready", "rendering")
    done = finish(every, seen["job"])
    assert (done["state"], done["percent"], done["error"]) == ("complete", 100, "")
    assert Path(done["path"]).parent == tmp_path
    assert frames(done["path"])[0] == 12


def test_sound_is_left_out_when_asked(every: Rig, tmp_path: Path) -> None:
    done = finish(every, render(every, tmp_path, start_record_frame=START, audio=False)["job"])
    assert frames(done["path"]) == (52, 0)


def test_deliver_and_the_persons_place_stay(every: Rig, tmp_path: Path) -> None:
    project_of(every).SetCurrentRenderFormatAndCodec("mp4", "H265")
    project_of(every).SetCurrentRenderMode(0)
    project_of(every).SetRenderSettings({"FormatWidth": 640, "ExportAudio": False, "SelectAllFrames": True})
    before, there = deliver(every), place(every)
    finish(every, render(every, tmp_path)["job"])
    assert deliver(every) == before
    assert place(every) == there


def test_an_audio_preset_that_was_loaded_does_not_cost_the_picture(every: Rig, tmp_path: Path) -> None:
    """SetRenderSettings inherits the last preset: audio-only mp4 with ExportVideo True (trap 12)."""
    audio = [name for name in project_of(every).GetRenderPresetList() if "audio" in name.lower()]
    assert project_of(every).LoadRenderPreset(audio[0])
    answer = every.run("range.render", order(tmp_path))
    assert frames(finish(every, answer.result["job"])["path"])[0] == 12


def test_a_preset_of_the_persons_own_is_used(every: Rig, tmp_path: Path) -> None:
    project = project_of(every)
    project.SetCurrentRenderFormatAndCodec("mkv", "H264")
    project.SaveAsNewRenderPreset("Dailies")
    project.SetCurrentRenderFormatAndCodec("mov", "ProRes422")
    done = finish(every, render(every, tmp_path, preset="Dailies")["job"])
    assert done["path"].endswith(".mkv")
    assert frames(done["path"])[0] == 12
    assert project.GetCurrentRenderFormatAndCodec() == {"format": "mov", "codec": "ProRes422"}


def test_only_our_job_is_started(every: Rig, tmp_path: Path) -> None:
    project = project_of(every)
    (tmp_path / "theirs").mkdir()
    project.SetRenderSettings({"TargetDir": str(tmp_path / "theirs"), "SelectAllFrames": True})
    theirs = project.AddRenderJob()
    finish(every, render(every, tmp_path)["job"])
    assert project.GetRenderJobStatus(theirs)["JobStatus"] == "Ready"
    assert os.listdir(tmp_path / "theirs") == []
    started = [call.args for call in every.ui.call_log if call.name == "StartRendering"]
    assert len(started) == 1 and theirs not in started[0][0]


def test_an_unknown_preset_is_refused(every: Rig, tmp_path: Path) -> None:
    before = deliver(every)
    every.refused("not_found", "range.render", order(tmp_path, preset="No such preset"))
    assert deliver(every) == before
    assert project_of(every).GetRenderJobList() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_record_frame": START - 1}, "invalid_param"),
        ({"end_record_frame": START + 500}, "invalid_param"),
        ({"end_record_frame": START + 40}, "invalid_param"),
        ({"folder": "here"}, "invalid_param"),
        ({"folder": "/nowhere/at/all"}, "not_found"),
        ({"name": "a/b"}, "invalid_param"),
        ({"name": "..\\b"}, "invalid_param"),
        ({"name": ""}, "invalid_param"),
        ({"way": "carrier pigeon"}, "invalid_param"),
    ],
)
def test_what_cannot_be_rendered_is_refused(every: Rig, tmp_path: Path, change: dict[str, Any], code: str) -> None:
    before = deliver(every)
    every.refused(code, "range.render", order(tmp_path, **change))
    assert deliver(every) == before
    assert project_of(every).GetRenderJobList() == []


def test_a_file_of_that_name_is_not_overwritten(every: Rig, tmp_path: Path) -> None:
    (tmp_path / "range.mp4").write_text("mine")
    every.refused("host_rejected", "range.render", order(tmp_path))
    assert os.listdir(tmp_path) == ["range.mp4"]


def test_a_busy_resolve_renders_nothing(every: Rig, tmp_path: Path) -> None:
    before, expect = deliver(every), every.expect()
    every.ui.modal()
    every.refused("host_busy", "range.render", order(tmp_path), expect)
    assert deliver(every) == before


def test_a_render_that_runs_already_is_waited_for(every: Rig, tmp_path: Path) -> None:
    first = render(every, tmp_path)
    answer = every.run("range.render", order(tmp_path, name="second"))
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_busy")
    assert finish(every, first["job"])["state"] == "complete"


def test_a_moment_of_busyness_at_every_write_is_waited_out(every: Rig, tmp_path: Path) -> None:
    for name in ("SaveAsNewRenderPreset", "AddRenderJob", "StartRendering", "LoadRenderPreset"):
        every.when(name, lambda: every.ui.busy(1))
    assert finish(every, render(every, tmp_path)["job"])["state"] == "complete"


def test_settings_that_cannot_be_put_back_are_told_with_the_job(rig: Rig, tmp_path: Path) -> None:
    rig.when("StartRendering", rig.ui.modal, after=True)
    answer = rig.run("range.render", order(tmp_path))
    assert answer.outcome == "committed_unverified"
    [kept] = rig.world.queue(rig.world.project).own_presets
    assert answer.result["job"] and kept in answer.result["error"]
    rig.ui.dismiss_modal()
    assert finish(rig, answer.result["job"])["state"] == "complete"


def test_a_job_of_another_timeline_is_taken_off_the_queue(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    """A person opens another timeline just before the job is added: it would be of that one."""
    rig = make_rig(timeline=SMALL, other_timelines=[other_timeline(make_rig().files)])
    rig.when("AddRenderJob", lambda: rig.ui.switch_timeline("Other"))
    answer = rig.run("range.render", order(tmp_path, start_record_frame=START, end_record_frame=START + 12))
    assert answer.outcome == "not_applied", answer
    assert project_of(rig).GetRenderJobList() == []


def other_timeline(files: dict[str, str]) -> dict[str, Any]:
    clip = {"path": files["b"], "track": 1, "timeline_start": 0, "duration": 60, "source_start": 0}
    facts = {"name": "Other", "rate": "23.976", "start_timecode": "01:00:00:00", "width": 1280, "height": 720}
    return {"timeline": facts, "clips": [clip]}


def test_a_render_that_fails_says_why(every: Rig, tmp_path: Path) -> None:
    """The folder vanishes before the file is written."""
    folder = tmp_path / "gone"
    folder.mkdir()
    seen = render(every, folder)
    folder.rmdir()
    done = finish(every, seen["job"])
    assert (done["state"], done["path"]) == ("failed", "")
    assert done["error"]


def test_complete_without_a_file_is_a_failure(every: Rig, tmp_path: Path) -> None:
    done = finish(every, render(every, tmp_path)["job"])
    Path(done["path"]).unlink()
    seen = every.result("render.status", {"job": done["job"]})
    assert (seen["state"], seen["path"]) == ("failed", "")
    assert "no file" in seen["error"]


# --- status and cancel ----------------------------------------------------------------------------------


def test_an_unknown_job_is_not_found(every: Rig) -> None:
    every.refused("not_found", "render.status", {"job": "no such job"})


def test_a_cancelled_render_is_off_the_queue(every: Rig, tmp_path: Path) -> None:
    seen = render(every, tmp_path)
    gone = every.result("render.cancel", {"job": seen["job"]})
    assert gone["state"] == "cancelled"
    assert project_of(every).GetRenderJobList() == []
    assert os.listdir(tmp_path) == []
    assert every.result("render.cancel", {"job": seen["job"]})["state"] == "cancelled"


def test_cancelling_leaves_another_render_running(every: Rig, tmp_path: Path) -> None:
    project = project_of(every)
    ours = render(every, tmp_path)["job"]
    finish(every, ours)
    project.SetRenderSettings({"TargetDir": str(tmp_path), "CustomName": "theirs", "SelectAllFrames": True})
    theirs = project.AddRenderJob()
    project.StartRendering([theirs])
    assert every.result("render.cancel", {"job": ours})["state"] == "complete"
    assert "StopRendering" not in every.ui.call_counts()
    assert project.GetRenderJobStatus(theirs)["JobStatus"] in ("Rendering", "Complete")


def test_a_busy_resolve_keeps_the_job(every: Rig, tmp_path: Path) -> None:
    seen = render(every, tmp_path)
    finish(every, seen["job"])
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "render.cancel", {"job": seen["job"]}, expect)


# --- Quick Export ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["19.1", "20.3", "21.1 studio"])
def test_quick_export_renders_the_range_and_touches_nothing(
    make_rig: Callable[..., Rig], tmp_path: Path, profile: str
) -> None:
    rig = make_rig(profile, marks=[3, 9], timeline=SMALL)
    before, there = deliver(rig), place(rig)
    seen = render(rig, tmp_path, way="quick")
    assert (seen["state"], seen["way"], seen["percent"]) == ("complete", "quick", 100)
    assert frames(seen["path"])[0] == 12
    assert (deliver(rig), place(rig)) == (before, there)


@pytest.mark.parametrize("profile", ["18.6", "21.0 free"])
def test_quick_export_is_never_called_where_it_is_not_offered(
    make_rig: Callable[..., Rig], tmp_path: Path, profile: str
) -> None:
    """On the free edition a gated call raises a dialog that makes everything after it fail (resolve.md 2)."""
    rig = make_rig(profile, timeline=SMALL)
    rig.refused("unsupported_op", "range.render", order(tmp_path, way="quick"))
    assert "RenderWithQuickExport" not in rig.ui.call_counts()
    assert finish(rig, render(rig, tmp_path)["job"])["state"] == "complete"


def test_an_unknown_quick_preset_is_refused(rig: Rig, tmp_path: Path) -> None:
    rig.refused("not_found", "range.render", order(tmp_path, way="quick", preset="YouTube 8K"))


def test_quick_export_without_sound_is_refused(rig: Rig, tmp_path: Path) -> None:
    rig.refused("unsupported_op", "range.render", order(tmp_path, way="quick", audio=False))


def test_a_failed_quick_export_says_why(rig: Rig, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    rig.when("RenderWithQuickExport", folder.rmdir)
    seen = rig.result("range.render", order(folder, way="quick"))
    assert seen["state"] == "failed" and seen["error"]
