"""ImportTimelineFromFile: what it makes of Resolve's own exports and of what the bridge writes, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.support.resolve_world import Desk, Footage, offline
from tests.unit.emulator.test_exports import FILES, RATES, exported, timeline_at, truth
from typer.testing import CliRunner

from takebridge.interchange.documents import read_cut, write_cut
from takebridge_resolve.emulator.truth import describe
from takebridge_server.cli import app


def imported(desk: Desk, path: Path, name: str, **options: Any) -> Any:
    made = desk.pool.ImportTimelineFromFile(str(path), {"timelineName": name, **options})
    desk.reopen()
    return made


def links(desk: Desk) -> list[int]:
    return [len(item.GetLinkedItems()) for item in desk.items()]


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize("kind", [name for name in FILES if name != "EXPORT_EDL"])
def test_an_export_comes_back_as_it_was(label: str, kind: str, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, label)
    before, linked, start = truth(desk), links(desk), desk.timeline.GetStartTimecode()
    assert imported(desk, exported(desk, tmp_path, kind), "Back").GetName() == "Back"
    assert desk.timeline.GetName() == "Back"
    assert (truth(desk), links(desk)) == (before, linked)
    assert desk.timeline.GetStartTimecode() == start  # OTIO does not say drop-frame: the project does
    assert [item.GetDuration() for item in desk.items()][2] == 10


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".fcpxmld", ".xml"])
def test_what_the_bridge_converts_for_resolve_is_what_resolve_shows(label: str, suffix: str, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, label)
    before = truth(desk)
    cut = read_cut(exported(desk, tmp_path, "EXPORT_FCPXML_1_10")).cut
    path = tmp_path / f"converted{suffix}"
    write_cut(cut, path, target="resolve")
    assert imported(desk, path, "Converted") is not None
    assert truth(desk) == before


@pytest.mark.parametrize("label", ["23.976", "29.97"])
def test_an_edl_finds_its_media_by_name_in_the_pool(label: str, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, label)
    before, pool = truth(desk), len(desk.pool.GetRootFolder().GetClipList())
    desk.pool.SetCurrentFolder(desk.pool.GetRootFolder())
    assert imported(desk, exported(desk, tmp_path, "EXPORT_EDL"), "Back") is not None
    assert truth(desk)["video 1"] == before["video 1"]
    assert truth(desk).keys() == {"video 1", "audio 1"}
    assert len(desk.pool.GetRootFolder().GetClipList()) == pool + 1  # the timeline, and no media twice


def test_an_edl_of_the_bridge_is_read(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    before = truth(desk)
    path = tmp_path / "converted.edl"
    write_cut(read_cut(exported(desk, tmp_path, "EXPORT_FCPXML_1_9")).cut, path, target="resolve")
    assert imported(desk, path, "Converted") is not None
    assert [row[:2] for row in truth(desk)["video 1"]] == [row[:2] for row in before["video 1"]]


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
def test_the_convert_command_goes_all_the_way(suffix: str, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    before = truth(desk)
    out = tmp_path / f"converted{suffix}"
    words = ["convert", str(exported(desk, tmp_path, "EXPORT_FCPXML_1_10")), str(out), "--for", "resolve"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert imported(desk, out, "Converted") is not None
    assert truth(desk) == before


def test_media_lands_in_the_current_bin_once_a_file(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    path = exported(desk, tmp_path, "EXPORT_OTIO")
    inner = desk.pool.AddSubFolder(desk.pool.GetRootFolder(), "Imported")
    imported(desk, path, "Back")
    assert sorted(clip.GetName() for clip in inner.GetClipList()) == ["Back", "a b'.mov", "b.mov"]


@pytest.mark.parametrize(("inside", "online"), [(True, True), (False, False)])
def test_xml_without_its_clips_relinks_to_the_bins_given(inside: bool, online: bool, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    path = exported(desk, tmp_path, "EXPORT_FCP_7_XML")
    root = desk.pool.GetRootFolder()
    empty = desk.pool.AddSubFolder(root, "Empty")
    count = len(root.GetClipList())
    folders = [root] if inside else [empty]
    imported(desk, path, "Again", importSourceClips=False, sourceClipsFolders=folders)
    assert (desk.item.GetMediaPoolItem() is not None) is online
    assert len(desk.pool.GetRootFolder().GetClipList()) == count
    assert len(empty.GetClipList()) == 1


def test_ids_are_new_and_the_name_must_be(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    path = exported(desk, tmp_path, "EXPORT_OTIO")
    ids = {item.GetUniqueId() for item in desk.items()}
    assert imported(desk, path, "Cut") is None
    assert desk.pool.ImportTimelineFromFile(str(path), {}) is None  # the document's own name is in use
    assert imported(desk, path, "Back") is not None
    assert ids.isdisjoint({item.GetUniqueId() for item in desk.items()})


def otio_of(desk: Desk, folder: Path) -> tuple[Path, Any]:
    path = exported(desk, folder, "EXPORT_OTIO")
    return path, json.loads(path.read_text("utf-8"))


def first_clip(written: Any) -> Any:
    return written["tracks"]["children"][0]["children"][0]


def no_start(written: Any) -> None:
    written["global_start_time"] = None


def other_key(written: Any) -> None:
    clip = first_clip(written)
    clip["media_references"] = {"take": clip["media_references"]["DEFAULT_MEDIA"]}
    clip["active_media_reference_key"] = "take"


def reference_of(written: Any) -> Any:
    return first_clip(written)["media_references"]["DEFAULT_MEDIA"]


def relative_path(written: Any) -> None:
    reference_of(written)["target_url"] = "b.mov"


def moved(written: Any) -> None:
    reference_of(written)["target_url"] = "/elsewhere/a b'.mov"


def no_range(written: Any) -> None:
    reference_of(written)["available_range"] = None


def missing(written: Any) -> None:
    reference_of(written)["OTIO_SCHEMA"] = "MissingReference.1"


def past_the_end(written: Any) -> None:
    first_clip(written)["source_range"]["duration"]["value"] = 500.0


def unknown_effect(written: Any) -> None:
    first_clip(written)["effects"].append({"OTIO_SCHEMA": "Sparkle.1", "name": "x"})


@pytest.mark.parametrize(
    "break_it", [no_start, other_key, relative_path, moved, no_range, missing, past_the_end, unknown_effect]
)
def test_otio_of_another_shape_is_none_and_leaves_nothing(break_it: Callable[[Any], None], tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    path, written = otio_of(desk, tmp_path)
    before = describe(desk.world)["pool"]
    break_it(written)
    path.write_text(json.dumps(written), "utf-8")
    assert imported(desk, path, "Back") is None
    assert desk.timeline.GetName() == "Cut"
    assert describe(desk.world)["pool"] == before


def test_unknown_metadata_is_dropped_and_markers_keep_resolves_note(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    desk.timeline.AddMarker(12, "Cocoa", "Look", "why", 3)
    desk.items()[0].AddMarker(15, "Red", "eyes", "", 1, "data")
    path, written = otio_of(desk, tmp_path)
    first_clip(written)["metadata"]["takebridge"] = {"stamp": "x"}
    written["tracks"]["markers"][0]["comment"] = "a plain comment"
    path.write_text(json.dumps(written), "utf-8")
    assert imported(desk, path, "Back") is not None
    [mark] = desk.timeline.GetMarkers().values()
    assert (mark["name"], mark["note"], mark["color"], mark["duration"]) == ("Look", "why", "Cocoa", 3)
    [(frame, eyes)] = desk.items()[0].GetMarkers().items()
    assert (frame, eyes["name"], eyes["customData"]) == (15, "eyes", "")
    assert "takebridge" not in exported(desk, tmp_path, "EXPORT_OTIO").read_text("utf-8")


def test_a_clip_named_otherwise_than_its_file_comes_in_offline(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    path, written = otio_of(desk, tmp_path)
    first_clip(written)["name"] = reference_of(written)["name"] = "SH010"
    path.write_text(json.dumps(written), "utf-8")
    assert imported(desk, path, "Back") is not None
    first, second = desk.items()[:2]
    assert (first.GetName(), first.GetMediaPoolItem()) == ("SH010", None)
    assert second.GetMediaPoolItem().GetName() == "b.mov"


def test_transforms_come_back_through_otio(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24, "properties": {"ZoomX": 1.5, "Pan": 20.0}})
    imported(desk, exported(desk, tmp_path, "EXPORT_OTIO"), "Back")
    assert (desk.item.GetProperty("ZoomX"), desk.item.GetProperty("Pan")) == (1.5, 20.0)
    assert desk.item.GetClipColor() == ""


def test_compounds_come_back_with_what_is_in_them(footage: Footage, tmp_path: Path) -> None:
    clips = [{"path": footage.a, "timeline_start": at, "duration": 20, "source_start": 3} for at in (0, 20)]
    desk = Desk.of(*clips)
    desk.timeline.CreateCompoundClip(desk.items(), {"name": "Two"})
    for kind in ("EXPORT_OTIO", "EXPORT_FCPXML_1_9", "EXPORT_FCP_7_XML"):
        imported(desk, exported(desk, tmp_path, kind), kind)
        [item] = desk.items()
        assert (item.GetName(), item.GetDuration()) == ("Two", 40)
        assert item.GetMediaPoolItem().GetClipProperty("Type") == "Compound"
        (again_in := tmp_path / kind).mkdir()
        [again] = read_cut(exported(desk, again_in, kind)).cut.tracks[0].clips
        assert again.inner is not None
        assert [clip.source and clip.source.start for clip in again.inner.tracks[0].clips] == [3, 3]


def test_fcpxml_beyond_1_10_and_xml_without_format_are_none(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    story = exported(desk, tmp_path, "EXPORT_FCPXML_1_9")
    story.write_text(story.read_text("utf-8").replace('version="1.9"', 'version="1.13"'), "utf-8")
    xml = exported(desk, tmp_path, "EXPORT_FCP_7_XML")
    root = ET.fromstring(xml.read_text("utf-8"))
    video = root.find("sequence/media/video")
    assert video is not None
    video.remove(video[0])
    xml.write_text(ET.tostring(root, "unicode"), "utf-8")
    assert imported(desk, story, "a") is imported(desk, xml, "b") is None


@pytest.mark.parametrize(
    "text", ["", "{}", "<a/>", "<fcpxml", '{"OTIO_SCHEMA": "Clip.2"}', "TITLE: x\n", "\0\1", "DRT"]
)
def test_what_is_no_timeline_is_none(text: str, tmp_path: Path) -> None:
    desk = Desk.of(offline())
    path = tmp_path / "cut.otio"
    path.write_text(text, "utf-8")
    assert imported(desk, path, "x") is None
    assert imported(desk, tmp_path / "missing", "x") is imported(desk, tmp_path, "x") is None
    assert desk.timeline.GetName() == "Cut"


def test_an_image_sequence_is_imported_by_its_pattern(tmp_path: Path) -> None:
    from tests.support.resolve_world import make_still

    for number in range(7, 12):
        make_still(tmp_path / f"f_{number:03}.png")
    desk = Desk.of(rate="25")
    pattern = {"FilePath": str(tmp_path / "f_%03d.png"), "StartIndex": 7, "EndIndex": 11}
    [media] = desk.pool.ImportMedia([pattern])
    assert (media.GetName(), media.GetClipProperty("Frames"), media.GetClipProperty("FPS")) == (
        "f_[007-011].png",
        "5",
        25.0,
    )
    assert desk.pool.ImportMedia([{**pattern, "EndIndex": 12}]) == []
    [item] = desk.pool.AppendToTimeline([media])
    assert item.GetDuration() == 5
    path, written = otio_of(desk, tmp_path)
    reference = reference_of(written)
    assert (reference["OTIO_SCHEMA"], reference["start_frame"]) == ("ImageSequenceReference.1", 7)
    assert reference["available_range"]["start_time"]["value"] == 0.0
    assert imported(desk, path, "Back") is not None
    assert desk.item.GetMediaPoolItem() is None  # sequences are often not recognised
