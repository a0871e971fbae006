"""``timeline.export``, ``timeline.import`` and ``frame.grab``: what is on disk, and that the person's place is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio
import pytest
from tests.support.agent_rig import START, Rig


def place(rig: Rig) -> dict[str, Any]:
    """Where the person is: page, timeline, bin, playhead, marks."""
    project = rig.world.project
    line = project.current_timeline
    assert line is not None
    return {
        "page": rig.world.page,
        "timeline": line.name,
        "bin": project.current_bin.name,
        "playhead": line.playhead,
        "marks": line.marks,
    }


def exported(rig: Rig, form: str, path: Path) -> Any:
    return rig.result("timeline.export", {"format": form, "path": str(path)})


# --- export ---------------------------------------------------------------------------------------------


def test_an_otio_holds_the_clips(every: Rig, tmp_path: Path) -> None:
    before = place(every)
    seen = exported(every, "otio", tmp_path / "cut.otio")
    assert (seen["path"], seen["format"], seen["timeline_name"]) == (str(tmp_path / "cut.otio"), "otio", "Cut")
    document = otio.adapters.read_from_file(seen["path"])
    names = [Path(clip.media_reference.target_url).name for clip in document.video_tracks()[0].find_clips()]
    assert names == ["a.mov", "b.mov"]
    assert place(every) == before


@pytest.mark.parametrize(("form", "word"), [("xmeml", "<xmeml"), ("edl", "TITLE:")])
def test_a_file_is_written(every: Rig, tmp_path: Path, form: str, word: str) -> None:
    seen = exported(every, form, tmp_path / f"cut.{form}")
    assert word in Path(seen["path"]).read_text("utf-8")


def test_an_fcpxml_may_be_a_folder(every: Rig, tmp_path: Path) -> None:
    """FCPXML 1.10 is a bundle whatever the path says; the result names what is really there."""
    found = Path(exported(every, "fcpxml", tmp_path / "cut.fcpxml")["path"])
    document = found / "Info.fcpxml" if found.is_dir() else found
    assert "<fcpxml" in document.read_text("utf-8")


@pytest.mark.parametrize("form", ["aaf", "drt"])
def test_what_is_not_written_leaves_nothing(every: Rig, tmp_path: Path, form: str) -> None:
    """The emulator writes neither; a refusal, not an empty file, is what comes of it."""
    error = every.refused("host_rejected", "timeline.export", {"format": form, "path": str(tmp_path / "cut.x")})
    assert error.hint
    assert os.listdir(tmp_path) == []


def test_an_existing_file_is_not_overwritten(every: Rig, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text("mine")
    every.refused("host_rejected", "timeline.export", {"format": "otio", "path": str(path)})
    assert path.read_text() == "mine"


def test_an_existing_bundle_is_not_overwritten(every: Rig, tmp_path: Path) -> None:
    (tmp_path / "cut.fcpxmld").mkdir()
    args = {"format": "fcpxml", "path": str(tmp_path / "cut.fcpxml")}
    every.refused("host_rejected", "timeline.export", args)
    assert os.listdir(tmp_path) == ["cut.fcpxmld"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"format": "otio", "path": "cut.otio"}, "invalid_param"),
        ({"format": "word", "path": "/tmp/cut.doc"}, "invalid_param"),
        ({"format": "otio", "path": "/nowhere/at/all/cut.otio"}, "not_found"),
        ({"format": "otio"}, "invalid_param"),
    ],
)
def test_a_wrong_place_to_export_to_is_refused(every: Rig, args: dict[str, Any], code: str) -> None:
    assert every.refused(code, "timeline.export", args).hint or code == "invalid_param"


def test_a_busy_resolve_exports_nothing(every: Rig, tmp_path: Path) -> None:
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "timeline.export", {"format": "otio", "path": str(tmp_path / "cut.otio")}, expect)
    assert os.listdir(tmp_path) == []


def test_a_moment_of_busyness_is_waited_out(every: Rig, tmp_path: Path) -> None:
    every.ui.busy(2)
    assert Path(exported(every, "otio", tmp_path / "cut.otio")["path"]).is_file()


def test_a_lying_true_is_not_believed(rig: Rig, tmp_path: Path) -> None:
    """Export says True and a virus scanner takes the file away: nothing there means nothing exported."""
    path = tmp_path / "cut.otio"
    rig.when("Export", path.unlink, after=True)
    rig.refused("host_rejected", "timeline.export", {"format": "otio", "path": str(path)})


def test_nothing_is_exported_without_a_timeline(every: Rig, tmp_path: Path) -> None:
    every.resolve.GetProjectManager().CreateProject("Empty")
    answer = every.run("timeline.export", {"format": "otio", "path": str(tmp_path / "cut.otio")})
    assert (answer.outcome, answer.error.code) == ("not_applied", "not_found")


# --- import ---------------------------------------------------------------------------------------------


def without_title(rig: Rig) -> Rig:
    """A title is written as a missing reference, and Resolve refuses its own file then (resolve.md 3.2)."""
    rig.ui.delete_item(next(item["key"] for item in rig.snapshot()["items"] if item["kind"] == "title"))
    return rig


@pytest.fixture
def cut(every: Rig, tmp_path: Path) -> str:
    without_title(every)
    return str(exported(every, "otio", tmp_path / "cut.otio")["path"])


def bring(rig: Rig, path: str, name: str = "From the bridge", **more: Any) -> Any:
    return rig.result("timeline.import", {"path": path, "name": name, **more}, rig.expect())


def items_of(rig: Rig, name: str) -> list[tuple[int, int, str]]:
    line = next(t for t in rig.world.project.timelines if t.name == name)
    items = line.tracks["video"][0].items
    return [(i.start, i.duration, Path(i.media.path).stem if i.media else "") for i in items]


@pytest.mark.parametrize("import_media", [True, False])
def test_an_otio_becomes_a_timeline_with_its_media(every: Rig, cut: str, import_media: bool) -> None:
    """OTIO loses its media unless it may import it, so it always may (resolve.md 3.1)."""
    before = place(every)
    made = bring(every, cut, import_media=import_media)
    assert (made["name"], made["changed"]) == ("From the bridge", True)
    assert items_of(every, "From the bridge") == [(0, 48, "a"), (48, 40, "b")]
    assert place(every) == before


def test_an_xmeml_takes_its_media_from_the_pool(every: Rig, tmp_path: Path) -> None:
    path = exported(every, "xmeml", tmp_path / "cut.xml")["path"]
    count = len(list(every.world.project.all_media()))
    bring(every, path, import_media=False)
    assert items_of(every, "From the bridge") == [(0, 48, "a"), (48, 40, "b")]
    assert len(list(every.world.project.all_media())) == count + 1  # the timeline itself


def test_a_name_in_use_is_refused_before_anything_is_called(every: Rig, cut: str) -> None:
    every.ui.call_log.clear()
    every.refused("host_rejected", "timeline.import", {"path": cut, "name": "Cut"})
    assert "ImportTimelineFromFile" not in every.ui.call_counts()


def test_a_document_resolve_refuses_leaves_nothing(every: Rig, cut: str, tmp_path: Path) -> None:
    """Unknown schemas are fatal in an OTIO."""
    document = json.loads(Path(cut).read_text("utf-8"))
    document["OTIO_SCHEMA"] = "Fantasy.9"
    broken = tmp_path / "broken.otio"
    broken.write_text(json.dumps(document), "utf-8")
    error = every.refused("host_rejected", "timeline.import", {"path": str(broken), "name": "New"})
    assert "by hand" in error.hint


def test_a_missing_document_is_not_found(every: Rig, tmp_path: Path) -> None:
    every.refused("not_found", "timeline.import", {"path": str(tmp_path / "no.otio"), "name": "New"})


def test_another_timeline_than_expected_gets_nothing(every: Rig, cut: str) -> None:
    expect = {**every.expect(), "timeline_id": "another"}
    every.refused("timeline_switched", "timeline.import", {"path": cut, "name": "New"}, expect)


def test_a_busy_resolve_imports_nothing(every: Rig, cut: str) -> None:
    expect = every.expect()
    every.ui.modal()
    every.refused("host_busy", "timeline.import", {"path": cut, "name": "New"}, expect)


def test_a_timeline_that_cannot_be_opened_again_is_told(rig: Rig, tmp_path: Path) -> None:
    """A dialog pops up right after the import: the new timeline stays open, and the answer says so."""
    path = str(exported(without_title(rig), "otio", tmp_path / "cut.otio")["path"])
    expect = rig.expect()
    rig.when("ImportTimelineFromFile", rig.ui.modal, after=True)
    answer = rig.run("timeline.import", {"path": path, "name": "New"}, expect)
    assert answer.outcome == "committed_unverified"
    assert "the open timeline" in answer.error.message
    assert rig.world.project.current_timeline.name == "New"


# --- grab -----------------------------------------------------------------------------------------------


def size(path: str) -> tuple[int, int]:
    with av.open(path) as still:
        return still.streams.video[0].width, still.streams.video[0].height


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_a_frame_is_written_and_the_playhead_is_put_back(every: Rig, tmp_path: Path, suffix: str) -> None:
    before, path = place(every), str(tmp_path / f"frame.{suffix}")
    seen = every.result("frame.grab", {"path": path, "record_frame": START + 60})
    assert seen == {"path": path, "record_frame": START + 60}
    assert size(path) == (1280, 720)
    assert place(every) == before


def test_the_frame_under_the_playhead_is_the_default(every: Rig, tmp_path: Path) -> None:
    seen = every.result("frame.grab", {"path": str(tmp_path / "frame.png")})
    assert seen["record_frame"] == START + 36
    assert "SetCurrentTimecode" not in every.ui.call_counts()


@pytest.mark.parametrize("page", ["media", "fusion"])
def test_the_page_is_put_back(every: Rig, tmp_path: Path, page: str) -> None:
    every.resolve.OpenPage(page)
    every.result("frame.grab", {"path": str(tmp_path / "frame.png"), "record_frame": START})
    assert every.world.page == page


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"record_frame": START - 1}, "invalid_param"),
        ({"record_frame": START + 88}, "invalid_param"),
        ({"record_frame": 1.5}, "invalid_param"),
        ({"path": "frame.png"}, "invalid_param"),
        ({"path": "/nowhere/at/all/frame.png"}, "not_found"),
    ],
)
def test_a_frame_that_cannot_be_is_refused(every: Rig, tmp_path: Path, change: dict[str, Any], code: str) -> None:
    """The cut ends at frame 88: 48 and 40 frames."""
    before = place(every)
    every.refused(code, "frame.grab", {"path": str(tmp_path / "frame.png"), **change})
    assert place(every) == before
    assert os.listdir(tmp_path) == []


def test_a_still_of_no_known_kind_is_refused(every: Rig, tmp_path: Path) -> None:
    every.refused("invalid_param", "frame.grab", {"path": str(tmp_path / "frame.webp")})


def test_an_existing_still_is_not_overwritten(every: Rig, tmp_path: Path) -> None:
    path = tmp_path / "frame.png"
    path.write_bytes(b"mine")
    every.refused("host_rejected", "frame.grab", {"path": str(path)})
    assert path.read_bytes() == b"mine"


def test_a_busy_resolve_writes_no_frame(every: Rig, tmp_path: Path) -> None:
    expect = every.expect()
    every.ui.playback()
    args = {"path": str(tmp_path / "frame.png"), "record_frame": START}
    every.refused("host_busy", "frame.grab", args, expect)
    assert os.listdir(tmp_path) == []


def test_a_timeline_opened_while_a_frame_is_written_throws_it_away(
    make_rig: Callable[..., Rig], tmp_path: Path
) -> None:
    rig = make_rig()
    other = rig.second_timeline()
    rig.when("ExportCurrentFrameAsStill", lambda: rig.ui.switch_timeline(other))
    answer = rig.run("frame.grab", {"path": str(tmp_path / "frame.png"), "record_frame": START + 3})
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
    assert os.listdir(tmp_path) == []
