"""A cut as OTIO, read back with OpenTimelineIO itself."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from tests.support.cuts import A1, START, V1, V2, clip, cut, media, native
from tests.support.full_disk import fill, small_drive

from takebridge.cut.hosted import HostCut
from takebridge.errors import DiskFullError, InterchangeError
from takebridge.ids import ClipKey
from takebridge.interchange.otio_out import write_otio
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace

R23 = FrameRate(24000, 1001)


def written(made: HostCut, path: Path, **options: Any) -> tuple[Any, tuple[str, ...]]:
    losses = write_otio(made, path, **options)
    return otio.adapters.read_from_file(str(path), adapter_name="otio_json"), losses


def placed(timeline: Any, track: int) -> list[tuple[str, int, int]]:
    """(name, record start, frames) of a track's clips, by OTIO's own arithmetic."""
    start = int(timeline.global_start_time.value)
    spans = [
        (item.name, item.range_in_parent()) for item in timeline.tracks[track] if isinstance(item, otio.schema.Clip)
    ]
    return [(name, start + int(span.start_time.value), int(span.duration.value)) for name, span in spans]


def test_tracks_gaps_and_record_times(tmp_path: Path) -> None:
    made = cut(clip("b", at=100, frames=20), clip("a", at=10, frames=30), clip("c", V2, at=0), clip("s", A1, at=10))
    timeline, losses = written(made, tmp_path / "cut.otio")
    assert losses == ()
    assert [(track.name, track.kind) for track in timeline.tracks] == [
        ("Video 1", "Video"),
        ("Video 2", "Video"),
        ("Audio 1", "Audio"),
    ]
    assert placed(timeline, 0) == [("a", START + 10, 30), ("b", START + 100, 20)]
    assert placed(timeline, 1) == [("c", START, 48)]
    kinds = [type(item).__name__ for item in timeline.tracks[0]]
    assert kinds == ["Gap", "Clip", "Gap", "Clip"]


def test_start_and_facts_of_the_timeline(tmp_path: Path) -> None:
    space = TimelineSpace(FrameRate(30000, 1001), 107892)
    timeline, _ = written(cut(space=space, drop_frame=True, end_record_frame=107892), tmp_path / "cut.otio")
    assert timeline.name == "Cut"
    assert timeline.global_start_time == otio.opentime.RationalTime(107892, 30000 / 1001)
    facts = timeline.metadata["takebridge"]
    assert (facts["rate"], facts["start_timecode"], facts["project"]) == ("30000/1001", "01:00:00;00", "Demo")
    assert (facts["width"], facts["height"], facts["timeline_id"]) == (1920, 1080, "t")


def test_empty_tracks_between_keep_the_order_of_the_others(tmp_path: Path) -> None:
    made = cut(clip("a", V2), clip("b", type(V1)("audio", 3)))
    timeline, _ = written(made, tmp_path / "cut.otio")
    assert [(track.name, len(track)) for track in timeline.tracks] == [
        ("Video 1", 0),
        ("Video 2", 1),
        ("Audio 1", 0),
        ("Audio 2", 0),
        ("Audio 3", 1),
    ]


def test_takes_are_media_references_and_the_selected_one_is_active(tmp_path: Path) -> None:
    takes = (native(1, "shot"), native(2, "old", 0), native(3, "new", 12))
    made = cut(clip("shot", media=media("old"), takes=takes, selected_take=2, source_start_frame=0))
    timeline, _ = written(made, tmp_path / "cut.otio")
    item = timeline.tracks[0][0]
    references = item.media_references()
    assert {name: Path(ref.target_url.removeprefix("file://")) for name, ref in references.items()} == {
        "take 1": Path("/media/shot.mov"),
        "take 2": Path("/media/old.mov"),
        "take 3": Path("/media/new.mov"),
    }
    assert item.active_media_reference_key == "take 2"
    assert item.media_reference.target_url == "file:///media/old.mov"
    assert item.media_reference.available_range.duration.value == 240
    assert [ref.metadata["takebridge"]["source_start"] for ref in references.values()] == [24, 0, 12]
    assert list(item.metadata["takebridge"]["takes"]) == [1, 2, 3]


@pytest.mark.parametrize("rate", [FrameRate(25), R23, FrameRate(60000, 1001), FrameRate(12)])
def test_media_of_another_rate_keeps_its_own_frames(tmp_path: Path, rate: FrameRate) -> None:
    made = cut(clip("a", media=media("a", rate, 1234), source_start_frame=1001))
    timeline, losses = written(made, tmp_path / "cut.otio")
    item = timeline.tracks[0][0]
    source = item.source_range
    assert losses == ()
    assert (int(source.start_time.value), Fraction(source.start_time.rate).limit_denominator(1001)) == (
        1001,
        rate.fraction,
    )
    assert (int(source.duration.value), source.duration.rate) == (48, 24.0)
    assert int(item.media_reference.available_range.duration.value) == 1234


def test_media_references_of_clips_without_takes_and_without_media(tmp_path: Path) -> None:
    title = clip("title", at=48, kind="title", media=None, source_start_frame=None, true_source=None)
    made = cut(clip("ä b#1"), title, clip("off", at=100, enabled=False))
    timeline, losses = written(made, tmp_path / "cut.otio")
    first, second, _, third = timeline.tracks[0]
    assert first.media_reference.target_url == "file:///media/%C3%A4%20b%231.mov"
    assert isinstance(second.media_reference, otio.schema.MissingReference)
    assert (first.enabled, third.enabled) == (True, False)
    assert losses == ()


def test_notes_and_links_are_kept_with_the_clip(tmp_path: Path) -> None:
    made = cut(clip("a", linked=frozenset({ClipKey("y"), ClipKey("x")})), clip("b", at=48))
    timeline, _ = written(made, tmp_path / "cut.otio", notes={"key a": {"shot": "SH010"}})
    facts = [item.metadata["takebridge"] for item in timeline.tracks[0]]
    assert (facts[0]["clip_key"], facts[0]["shot"], list(facts[0]["linked"])) == ("key a", "SH010", ["x", "y"])
    assert "shot" not in facts[1]


def test_every_loss_is_listed_and_the_rest_is_written(tmp_path: Path) -> None:
    made = cut(
        clip("ok"),
        clip("cross", at=40, frames=16, kind="transition", media=None),
        clip("over", at=47, frames=10),
        clip("slow", at=60, frames=10, speed_percent=50),
        clip("back", at=70, frames=10, true_source=(80, 70)),
        clip("unknown", at=80, frames=10, source_start_frame=None),
        clip("text", type(V1)("subtitle", 1), at=0, kind="title", media=None),
        clip("early", at=-20, frames=10),
    )
    timeline, losses = written(made, tmp_path / "cut.otio")
    told = "\n".join(losses)
    for words in (
        f"transition at frame {START + 40}",
        "“over”",
        "“slow”: its speed",
        "“back”: its speed",
        "“unknown”: the host does not say",
        "Subtitle track 1",
        "“early”",
    ):
        assert words in told
    assert len(losses) == 7
    names = [("ok", 0), ("slow", 60), ("back", 70), ("unknown", 80)]
    assert [(name, at) for name, at, _ in placed(timeline, 0)] == [(name, START + at) for name, at in names]


def test_a_cut_without_clips_is_a_valid_timeline(tmp_path: Path) -> None:
    timeline, losses = written(cut(), tmp_path / "cut.otio")
    assert (len(timeline.tracks), losses) == (0, ())


def test_long_timelines_stay_exact(tmp_path: Path) -> None:
    start = 99 * 3600 * 24
    made = cut(
        *(clip(f"c{n}", record=FrameRange.of(start + 7 * n, 7)) for n in range(300)),
        space=TimelineSpace(R23, start),
    )
    timeline, _ = written(made, tmp_path / "cut.otio")
    assert placed(timeline, 0) == [(f"c{n}", start + 7 * n, 7) for n in range(300)]


# --- writing --------------------------------------------------------------------------------------------


def test_folders_are_made_and_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "cut.otio"
    write_otio(cut(clip("a")), path)
    timeline, _ = written(cut(clip("b")), path)
    assert [name for name, *_ in placed(timeline, 0)] == ["b"]
    assert os.listdir(path.parent) == ["cut.otio"]


@pytest.mark.parametrize("where", ["file/cut.otio", "folder", "/proc/none/cut.otio"])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InterchangeError) as caught:
        write_otio(cut(clip("a")), tmp_path / where)
    assert caught.value.hint
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_failing_rename_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cut.otio"
    write_otio(cut(clip("a")), path)
    before = path.read_bytes()

    def fail(*_args: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InterchangeError):
        write_otio(cut(clip("b")), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["cut.otio"]


def test_a_full_drive_is_said_and_leaves_the_older_file(tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 64) as drive:
        path = drive / "cut.otio"
        write_otio(cut(clip("a")), path)
        before = path.read_bytes()
        fill(drive)
        with pytest.raises(DiskFullError):
            write_otio(cut(*(clip(f"c{n}", at=50 * n) for n in range(200))), path)
        assert path.read_bytes() == before
        assert sorted(os.listdir(drive)) == ["ballast", "cut.otio"]
