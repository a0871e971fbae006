"""Reading a description, and timecode labels against known values (SMPTE ST 12-1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, make_clip, offline, spec_of

from takebridge_resolve.emulator import NAMES, Profile, SpecError, World
from takebridge_resolve.emulator.timecode import nominal, parse_rate, parse_timecode, rate_label, timecode
from takebridge_resolve.emulator.truth import describe

DROP30 = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("label", "frame"),
    [("00:01:00;02", 1800), ("00:00:59;29", 1799), ("00:10:00;00", 17982), ("01:00:00;00", 107892)],
)
def test_drop_frame_labels_both_ways(label: str, frame: int) -> None:
    assert parse_timecode(label, DROP30, True) == frame
    assert timecode(frame, DROP30, True) == label


@pytest.mark.parametrize("rate", [DROP30, Fraction(60000, 1001)])
def test_drop_frame_labels_count_up_without_repeating(rate: Fraction) -> None:
    base = nominal(rate)
    frames = [*range(0, 61 * base), *range(590 * base, 602 * base)]
    assert [parse_timecode(timecode(frame, rate, True), rate, True) for frame in frames] == frames


@pytest.mark.parametrize("label", ["01:00:00:24", "1:00:00:00", "01:60:00:00", "", "01:00:00"])
def test_labels_that_are_none_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a timecode"):
        parse_timecode(label, Fraction(24))


@pytest.mark.parametrize(
    ("label", "rate"),
    [("23.976", Fraction(24000, 1001)), ("29.97 DF", DROP30), ("25", Fraction(25)), ("119.88", Fraction(120000, 1001))],
)
def test_rate_labels_snap_to_exact_rates(label: str, rate: Fraction) -> None:
    assert parse_rate(label) == rate
    assert rate_label(rate) == label.removesuffix(" DF")


@pytest.mark.parametrize("label", ["0", "-24", "fast", "23.9", "24/0"])
def test_other_rates_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is not a frame rate"):
        parse_rate(label)


@pytest.mark.parametrize("name", ["17.4", "20", "20.3 pro", "", "21.1  studio", "latest"])
def test_unknown_profiles_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"version|edition|start at"):
        Profile.named(name)


def test_the_profiles_say_who_they_are() -> None:
    said = {name: Desk.of(profile=name).resolve for name in NAMES}
    assert [r.GetVersion()[:2] for r in said.values()] == [[18, 6], [19, 1], [20, 3], [21, 0], [21, 1]]
    assert [r.GetProductName().endswith("Studio") for r in said.values()] == [True, True, True, False, True]
    assert said["21.1 studio"].IsStudio() is True


BAD: list[tuple[str, dict[str, Any]]] = [
    ("knows no surprise", spec_of(surprise=1)),
    ("knows no strat", spec_of(offline(strat=1))),
    ("cannot be a 'song'", spec_of(offline(kind="song"))),
    ("at least one frame", spec_of(offline(duration=0))),
    ("240 frames", spec_of(offline(source_start=200))),
    ("240 frames", spec_of(offline(source_start=-1))),
    ("lies on another clip", spec_of(offline(), offline(timeline_start=47))),
    ("no sound to link", spec_of(offline(audio=True))),
    ("is no media", spec_of({"path": "/nowhere/x.mov", "timeline_start": 0, "duration": 1})),
    ("offline", spec_of({"timeline_start": 0, "duration": 1})),
    ("not a frame rate", spec_of(rate="23.9")),
    ("is not zero", spec_of(offline(speed_percent=0))),
    ("list of objects", {**spec_of(), "clips": "none"}),
    ("is text", spec_of(offline(color=3))),
    ("whole number", spec_of(offline(timeline_start=0.5))),
    ("no video track 9", spec_of(locked=[{"type": "video", "index": 9}])),
    ("no video track 0", spec_of(locked=[{"type": "video", "index": 0}])),
    ("is wrong", spec_of(marks=["in", "out"])),
    ("not a timecode", spec_of(playhead="soon")),
    ("no take 5", spec_of(offline(takes=[{"media": {"rate": "24"}, "path": "/x.mov"}], selected_take=5))),
]


@pytest.mark.parametrize(("message", "spec"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_a_wrong_description_says_what_is_wrong(message: str, spec: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=message):
        World.from_spec(spec)


def test_clips_of_one_file_share_a_pool_item(footage: Footage) -> None:
    clips = [{"path": footage.a, "timeline_start": at, "duration": 24} for at in (0, 24)]
    desk = Desk.of(*clips)
    assert len({item.GetMediaPoolItem().GetUniqueId() for item in desk.items()}) == 1


def test_bins_and_pool_entries_are_made(footage: Footage) -> None:
    desk = Desk.of(pool=[{"path": footage.b, "bin": ["In", "Deep"]}])
    [outer] = desk.pool.GetRootFolder().GetSubFolderList()
    [inner] = outer.GetSubFolderList()
    assert [clip.GetName() for clip in inner.GetClipList()] == ["b.mov"]


def test_media_facts_are_those_of_the_file(tmp_path: Any) -> None:
    path = make_clip(tmp_path / "m.mov", frames=31, rate=Fraction(25), timecode="10:00:00:05", audio=False)
    media = Desk.of(pool=[{"path": path}]).pool.GetRootFolder().GetClipList()[0]
    wanted = {"FPS": 25.0, "Frames": "31", "Start TC": "10:00:00:05", "Type": "Video", "End": "30"}
    assert {key: media.GetClipProperty(key) for key in wanted} == wanted


def test_the_truth_tells_everything(footage: Footage) -> None:
    clip = {
        "path": footage.a,
        "timeline_start": 6,
        "duration": 24,
        "source_start": 4,
        "audio": True,
        "color": "Teal",
        "properties": {"Pan": 5.0},
        "grade_nodes": 2,
        "takes": [{"path": footage.b, "start": 1, "end": 25}],
    }
    truth: Any = describe(Desk.of(clip).world)
    picture = truth["timeline"]["tracks"][0]["items"][0]
    sound = truth["timeline"]["tracks"][1]["items"][0]
    assert picture["linked"] == [sound["id"]]
    assert (picture["start_record_frame"], picture["end_record_frame"], picture["left_offset"]) == (86406, 86430, 4)
    assert [(t["media_path"], t["start"], t["end"]) for t in picture["takes"]] == [
        (footage.a, 4, 28),
        (footage.b, 1, 25),
    ]
    assert (picture["selected_take"], picture["kind"], picture["media_path"]) == (1, "clip", footage.a)
    assert picture["look"]["properties"] == {"Pan": 5.0}
    assert picture["look"]["grade"] == {"versions": {"Version 1": 2}, "current": "Version 1"}
    assert [media["name"] for media in truth["pool"]["media"]] == ["a.mov", "b.mov", "Cut"]
