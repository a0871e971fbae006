"""What Timeline.Export writes, read by the bridge's own readers: two readings of one timeline that must agree."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.support.resolve_world import Desk, Footage, make_clip, offline

from takebridge.cut.model import Clip, Cut, Transition
from takebridge.interchange.documents import read_cut
from takebridge.timebase import FrameRate
from takebridge_fcpxml.document import Document as FcpxmlDocument
from takebridge_fcpxml.lint import lint
from takebridge_resolve.emulator import Habits, Profile, World
from takebridge_resolve.emulator.truth import describe

RATES = {
    "23.976": (Fraction(24000, 1001), False),
    "25": (Fraction(25), False),
    "29.97": (Fraction(30000, 1001), True),
    "60": (Fraction(60), False),
}
FILES = {
    "EXPORT_OTIO": "cut.otio",
    "EXPORT_FCPXML_1_8": "eight.fcpxml",
    "EXPORT_FCPXML_1_9": "nine.fcpxml",
    "EXPORT_FCPXML_1_10": "ten.fcpxmld",
    "EXPORT_FCP_7_XML": "cut.xml",
    "EXPORT_EDL": "cut.edl",
}


def timeline_at(folder: Path, label: str) -> Desk:
    """Two clips with a dissolve, one faster, one backwards, one on a second track; one has sound and a timecode."""
    rate, drop = RATES[label]
    start = "01:00:00;00" if drop else "01:00:00:00"
    a = make_clip(folder / "a b'.mov", rate=rate, timecode=start, frames=90)
    b = make_clip(folder / "b.mov", rate=rate, frames=90, audio=False)
    clips: list[dict[str, Any]] = [
        {"path": a, "timeline_start": 0, "duration": 30, "source_start": 7, "audio": True},
        {"path": b, "timeline_start": 40, "duration": 20, "source_start": 20},
        {"kind": "transition", "name": "Cross Dissolve", "timeline_start": 55, "duration": 10},
        {"path": a, "timeline_start": 60, "duration": 20, "source_start": 20, "speed_percent": 200},
        {"path": a, "timeline_start": 80, "duration": 20, "source_start": 20, "reversed": True},
        {"path": b, "timeline_start": 10, "duration": 33, "source_start": 3, "track": 2},
    ]
    timeline = {"name": "Cut", "rate": label, "drop_frame": drop, "start_timecode": start, "width": 64, "height": 36}
    return Desk(World.from_spec({"project": "Demo", "timeline": timeline, "clips": clips}))


def exported(desk: Desk, folder: Path, kind: str) -> Path:
    path = folder / FILES[kind]
    assert desk.timeline.Export(str(path), getattr(desk.resolve, kind), desk.resolve.EXPORT_NONE) is True
    return path


def truth(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Per track: (timeline start, end, source in, source out, file, speed percent with its sign) of every clip."""
    told: Any = describe(desk.world)["timeline"]
    start = told["start_record_frame"]
    found: dict[str, list[tuple[object, ...]]] = {}
    for track in told["tracks"]:
        for item in track["items"]:
            if item["kind"] == "clip":
                at = item["start_record_frame"] - start
                speed = Fraction(item["speed_percent"]) * (-1 if item["reversed"] else 1)
                row = (at, at + item["duration"], item["source_start"], item["source_end"], item["media_path"], speed)
                found.setdefault(f"{track['type']} {track['index']}", []).append(row)
    return found


def read_rows(cut: Cut) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    counted: dict[str, int] = {}
    for track in cut.tracks:
        counted[track.kind] = counted.get(track.kind, 0) + 1
        for clip in track.clips:
            found.setdefault(f"{track.kind} {counted[track.kind]}", []).append(row_of(clip))
    return found


def row_of(clip: Clip) -> tuple[object, ...]:
    assert clip.source is not None
    assert clip.media is not None
    assert clip.speed is not None
    record = (clip.record.start, clip.record.end)
    return (*record, clip.source.start, clip.source.end, clip.media.location, clip.speed * 100)


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize("kind", [name for name in FILES if name != "EXPORT_EDL"])
def test_a_document_says_what_is_on_the_timeline(label: str, kind: str, tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, label)
    cut = read_cut(exported(desk, tmp_path, kind)).cut
    rate, drop = RATES[label]
    assert (cut.rate.fraction, cut.start) == (rate, desk.timeline.GetStartFrame())
    assert cut.drop_frame is (drop and kind != "EXPORT_OTIO")  # OTIO has no word for it
    assert read_rows(cut) == truth(desk)
    [fade] = [item for track in cut.tracks for item in track.items if isinstance(item, Transition)]
    assert (fade.record.start, fade.record.end, fade.cut) == (55, 65, 60)


@pytest.mark.parametrize("label", RATES)
def test_an_edl_says_where_picture_track_1_lies(label: str, tmp_path: Path) -> None:
    """Record times and media timecode of the plain cuts; an EDL has names, no paths, and dissolves of its own."""
    desk = timeline_at(tmp_path, label)
    rate, _ = RATES[label]
    path = exported(desk, tmp_path, "EXPORT_EDL")
    cut = read_cut(path, rate=FrameRate(rate.numerator, rate.denominator)).cut
    first, second = cut.tracks[0].clips[:2]
    hour = desk.timeline.GetStartFrame()
    assert cut.start == hour
    assert (first.record.start, first.record.end, first.source) == (0, 30, type(first.record)(hour + 7, hour + 37))
    assert (second.record.start, second.record.end) == (40, 55)
    assert first.name == "a b'.mov"
    assert str(tmp_path) not in path.read_text("utf-8")


def test_otio_has_resolves_shape(tmp_path: Path) -> None:
    desk = timeline_at(tmp_path, "25")
    desk.timeline.AddMarker(12, "Cocoa", "Look", "why", 3)
    desk.items()[0].SetProperty("ZoomX", 1.5)
    written = json.loads(exported(desk, tmp_path, "EXPORT_OTIO").read_text("utf-8"))
    assert (written["OTIO_SCHEMA"], written["global_start_time"]["value"]) == ("Timeline.1", 90000.0)
    tracks = written["tracks"]["children"]
    assert [track["name"] for track in tracks] == ["Video 1", "Video 2", "Audio 1"]
    assert tracks[2]["metadata"]["Resolve_OTIO"] == {"Audio Type": "Stereo", "Locked": False, "SoloOn": False}
    clip = tracks[0]["children"][0]
    [(key, reference)] = clip["media_references"].items()
    assert (key, clip["active_media_reference_key"]) == ("DEFAULT_MEDIA", "DEFAULT_MEDIA")
    assert (reference["OTIO_SCHEMA"], reference["target_url"]) == ("ExternalReference.1", str(tmp_path / "a b'.mov"))
    assert clip["source_range"]["start_time"] == {"OTIO_SCHEMA": "RationalTime.1", "rate": 25.0, "value": 90007.0}
    assert reference["available_range"]["start_time"]["value"] == 90000.0
    [zoom] = clip["effects"][0]["metadata"]["Resolve_OTIO"]["Parameters"]
    assert (clip["effects"][0]["effect_name"], zoom["Parameter ID"]) == ("Resolve Effect", "ZoomX")
    warps = [child["effects"] for child in tracks[0]["children"] if child.get("effects")][1:]
    assert [(one[0]["OTIO_SCHEMA"], one[0]["time_scalar"]) for one in warps] == [
        ("LinearTimeWarp.1", 2.0),
        ("LinearTimeWarp.1", -1.0),
    ]
    [mark] = written["tracks"]["markers"]
    assert mark["metadata"]["Resolve_OTIO"]["Note"] == "why"


def test_a_title_is_a_missing_reference_and_a_compound_a_nested_stack(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of(
        {"path": footage.a, "timeline_start": 0, "duration": 20, "source_start": 3},
        {"path": footage.b, "timeline_start": 20, "duration": 20},
        {"kind": "title", "name": "Words", "timeline_start": 40, "duration": 24},
    )
    made = desk.timeline.CreateCompoundClip(desk.items()[:2], {"name": "Two"})
    assert (made.GetStart(), made.GetDuration()) == (86400, 40)
    written = json.loads(exported(desk, tmp_path, "EXPORT_OTIO").read_text("utf-8"))
    stack, title = written["tracks"]["children"][0]["children"]
    assert (stack["OTIO_SCHEMA"], stack["name"]) == ("Stack.1", "Two")
    assert [clip["name"] for clip in stack["children"][0]["children"]] == ["a.mov", "b.mov"]
    assert title["media_references"]["DEFAULT_MEDIA"]["OTIO_SCHEMA"] == "MissingReference.1"
    for kind in ("EXPORT_OTIO", "EXPORT_FCPXML_1_9", "EXPORT_FCP_7_XML"):
        (tmp_path / kind).mkdir()
        [nested] = [clip for clip in read_cut(exported(desk, tmp_path / kind, kind)).cut.tracks[0].clips if clip.inner]
        assert nested.inner is not None
        assert [(c.record.start, c.source and c.source.start) for c in nested.inner.tracks[0].clips] == [
            (0, 3),
            (20, 0),
        ]


@pytest.mark.parametrize("kind", ["EXPORT_FCPXML_1_8", "EXPORT_FCPXML_1_9", "EXPORT_FCPXML_1_10"])
def test_fcpxml_is_of_its_version_and_1_10_is_a_folder(kind: str, tmp_path: Path) -> None:
    path = exported(timeline_at(tmp_path, "25"), tmp_path, kind)
    document = path / "Info.fcpxml" if path.is_dir() else path
    assert path.is_dir() is (kind == "EXPORT_FCPXML_1_10")
    root = ET.fromstring(document.read_text("utf-8"))
    assert root.get("version") == kind.removeprefix("EXPORT_FCPXML_").replace("_", ".")
    assert len(list(root.iter("media-rep"))) == (0 if kind == "EXPORT_FCPXML_1_8" else 2)
    assert lint(FcpxmlDocument.read(path), target="resolve") == ()


def test_fcpxml_drops_the_last_of_several_audio_tracks(footage: Footage, tmp_path: Path) -> None:
    sound = {"path": footage.a, "track_type": "audio", "timeline_start": 0, "duration": 24}
    desk = Desk.of(*({**sound, "track": index} for index in (1, 2, 3)))
    tracks = read_cut(exported(desk, tmp_path, "EXPORT_FCPXML_1_9")).cut.tracks
    assert len([track for track in tracks if track.kind == "audio" and track.clips]) == 2


@pytest.mark.parametrize("where", ["no/such/folder/cut.otio", "folder", "relative"])
def test_a_place_that_cannot_be_written_is_false(where: str, tmp_path: Path) -> None:
    desk = Desk.of(offline())
    (tmp_path / "folder").mkdir()
    path = "cut.otio" if where == "relative" else str(tmp_path / where)
    assert desk.timeline.Export(path, desk.resolve.EXPORT_OTIO, desk.resolve.EXPORT_NONE) is False


@pytest.mark.parametrize("kind", ["EXPORT_AAF", "EXPORT_DRT", "EXPORT_TEXT_CSV", "EXPORT_ALE", "KEYFRAME_MODE_ALL"])
def test_what_is_not_written_is_false_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    desk = Desk.of(offline())
    path = tmp_path / "cut.out"
    assert desk.timeline.Export(str(path), getattr(desk.resolve, kind), desk.resolve.EXPORT_NONE) is False
    assert list(tmp_path.iterdir()) == []


def test_a_busy_resolve_exports_nothing(tmp_path: Path) -> None:
    desk = Desk.of(offline())
    desk.ui.busy(1)
    path = str(tmp_path / "cut.otio")
    assert desk.timeline.Export(path, desk.resolve.EXPORT_OTIO, desk.resolve.EXPORT_NONE) is False
    assert desk.timeline.Export(path, desk.resolve.EXPORT_OTIO, desk.resolve.EXPORT_NONE) is True


@pytest.mark.parametrize(
    ("habit", "kind"), [("takes_in_otio", "EXPORT_OTIO"), ("takes_in_fcpxml", "EXPORT_FCPXML_1_9")]
)
def test_takes_are_in_a_document_only_where_a_probe_has_found_them(
    habit: str, kind: str, footage: Footage, tmp_path: Path
) -> None:
    clip = {"path": footage.a, "timeline_start": 0, "duration": 24, "takes": [{"path": footage.b}]}
    plain = Profile.named("20.3")
    found = []
    for profile in (plain, Profile(plain.version, True, Habits(**{habit: True}))):
        desk = Desk(World.from_spec({"timeline": {"name": "Cut", "rate": "23.976"}, "clips": [clip]}, profile))
        (folder := tmp_path / str(len(found))).mkdir()
        [read] = read_cut(exported(desk, folder, kind)).cut.tracks[0].clips
        found.append(sorted(Path(take.media.location).name for take in read.takes if take.media))
    assert [len(names) > 1 for names in found] == [False, True]
    assert found[1] == ["a.mov", "b.mov"]


def test_the_emulator_writes_them_itself() -> None:
    """Nothing of the bridge is loaded by the emulator: the agreement above is between two writers' works."""
    import subprocess

    code = "import sys, takebridge_resolve.emulator; print([m for m in sys.modules if m.split('.')[0] in %r])"
    names = ("takebridge", "takebridge_fcpxml", "takebridge_server")
    told = subprocess.run(
        [sys.executable, "-c", code % (names,)], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[]"
