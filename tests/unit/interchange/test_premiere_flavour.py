"""What Premiere asks of documents (premiere_fcp_capcut.md §4): ids, in-points, paths, stills, takes it cannot hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from takebridge.cut.alternates import bins_of, with_alternates
from takebridge.cut.model import Clip, Cut, Media, Span, Take, Track, clips_of, tile
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

RATES = [FrameRate(24000, 1001), FrameRate(25), FrameRate(30000, 1001), FrameRate(60000, 1001)]
TICKS = 254016000000
NAMES = ["/clips/ä ö/SH010 (1)'s take&more.mov", "/clips/日本語/片.mov", "C:\\Clips\\Ünï code\\a#b%20.mov"]


def media(path: str, rate: FrameRate | None, frames: int | None = 200) -> Media:
    return Media(path.replace("\\", "/").rpartition("/")[2], path, rate, frames)


def film(rate: FrameRate, *clips: Clip) -> Cut:
    return Cut("Film", rate, (Track("video", tile(clips)),), width=1280, height=720)


def written(cut: Cut, path: Path, *, alternates: bool = False) -> Any:
    assert write_cut(cut, path, target="premiere", alternates=alternates) is not None
    return etree.parse(path).getroot() if path.suffix == ".xml" else json.loads(path.read_text("utf-8"))


def with_takes(rate: FrameRate, path: str = "/clips/a.mov") -> Clip:
    own, second, third = (media(name, rate) for name in (path, "/takes/SH010_take02.mov", "/takes/SH010_take03.mov"))
    takes = (Take("1", own, Span(10, 50)), Take("2", second, Span(12, 52), "take 2"), Take("3", third, Span(0, 40)))
    return Clip("SH010", Span(100, 140), second, Span(12, 52), takes=takes, active=1)


def clips_in(node: Any) -> Iterator[dict[str, Any]]:
    for child in node["children"]:
        if child["OTIO_SCHEMA"].startswith("Clip"):
            yield child
        elif "children" in child:
            yield from clips_in(child)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_still_lasts_as_long_as_it_is_shown(rate: FrameRate, tmp_path: Path) -> None:
    still = Clip("board", Span(0, 77), Media("board.png", "/boards/board.png"), Span(0, 1), kind="still")
    item = written(film(rate, still), tmp_path / "a.xml").find(".//clipitem")
    shown = int(item.findtext("out")) - int(item.findtext("in"))
    assert shown == int(item.findtext("end")) - int(item.findtext("start")) == 77
    assert int(item.findtext("file/duration")) >= 77
    (clip,) = clips_in(written(film(rate, still), tmp_path / "a.otio")["tracks"])
    available = next(iter(clip["media_references"].values()))["available_range"]
    assert available["duration"]["value"] >= clip["source_range"]["duration"]["value"] == 77.0
    assert isinstance(available["duration"]["value"], float)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_in_points_are_sequence_frames_and_ticks_are_exact(rate: FrameRate, tmp_path: Path) -> None:
    other = FrameRate(25) if rate != FrameRate(25) else FrameRate(24)
    shown = 40 * other.fraction / rate.fraction
    clip = Clip("mixed", Span(0, 40), media("/clips/a.mov", other), Span(50, 50 + shown))
    item = written(film(rate, clip), tmp_path / "a.xml").find(".//clipitem")
    assert Fraction(int(item.findtext("pproTicksIn"))) == 50 / other.fraction * TICKS
    assert int(item.findtext("in")) == round(50 / other.fraction * rate.fraction)
    assert int(item.findtext("out")) - int(item.findtext("in")) == 40
    assert item.findtext("masterclipid")


@pytest.mark.parametrize("path", NAMES)
def test_paths_are_percent_encoded_utf_8(path: str, tmp_path: Path) -> None:
    clip = Clip("a", Span(0, 40), media(path, FrameRate(25)), Span(0, 40))
    url = written(film(FrameRate(25), clip), tmp_path / "a.xml").findtext(".//pathurl")
    assert url.startswith("file://localhost/") and url.isascii() and "\\" not in url and " " not in url
    decoded = unquote(url.removeprefix("file://localhost"))
    assert decoded.lstrip("/") == path.replace("\\", "/").lstrip("/")
    (seen,) = (one for _, one in clips_of(read_cut(tmp_path / "a.xml").cut))
    assert seen.media is not None and seen.media.location == path.replace("\\", "/")


def test_a_file_is_defined_once_and_named_by_one_master(tmp_path: Path) -> None:
    shot = media("/clips/a.mov", FrameRate(25))
    clips = [Clip(f"part {n}", Span(n * 10, n * 10 + 10), shot, Span(n * 20, n * 20 + 10)) for n in range(4)]
    root = written(film(FrameRate(25), *clips), tmp_path / "a.xml")
    assert len([one for one in root.iter("file") if len(one)]) == 1
    assert len({one.get("id") for one in root.iter("file")}) == 1
    assert len({one.findtext("masterclipid") for one in root.iter("clipitem")}) == 1


def test_no_warp_that_does_nothing(tmp_path: Path) -> None:
    clips = [
        Clip("plain", Span(0, 40), media("/a.mov", FrameRate(25)), Span(0, 40)),
        Clip("fast", Span(40, 60), media("/a.mov", FrameRate(25)), Span(0, 40), speed=Fraction(2)),
    ]
    plain, fast = clips_in(written(film(FrameRate(25), *clips), tmp_path / "a.otio")["tracks"])
    assert plain["effects"] == []
    assert [one["time_scalar"] for one in fast["effects"]] == [2.0]


# --- takes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xml", ".otio"])
@pytest.mark.parametrize("rate", RATES, ids=str)
def test_alternates_lie_disabled_above_on_the_same_frames(rate: FrameRate, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    losses = write_cut(film(rate, with_takes(rate)), path, target="premiere", alternates=True)
    assert not [line for line in losses if "take" in line]
    tracks = [track for track in read_cut(path).cut.tracks if track.kind == "video"]
    assert [[clip.enabled for clip in track.clips] for track in tracks] == [[True], [False], [False]]
    assert {clip.record for track in tracks for clip in track.clips} == {Span(100, 140)}
    files = [clip.media.name for track in tracks for clip in track.clips if clip.media]
    assert files == ["SH010_take02.mov", "a.mov", "SH010_take03.mov"]
    assert [clip.source.start for track in tracks for clip in track.clips if clip.source] == [12, 10, 0]


def test_without_being_asked_the_other_takes_are_named_as_lost(tmp_path: Path) -> None:
    losses = write_cut(film(RATES[0], with_takes(RATES[0])), tmp_path / "a.xml", target="premiere")
    assert any("SH010" in line and "take" in line for line in losses)


def test_every_tray_is_a_bin_of_master_clips(tmp_path: Path) -> None:
    root = written(film(RATES[1], with_takes(RATES[1])), tmp_path / "a.xml", alternates=True)
    tray = root.find("project/children/bin/children/bin")
    assert root.findtext("project/children/bin/name") == "TakeBridge"
    assert tray.findtext("name") == "SH010"
    masters = {one.findtext("name"): one.get("id") for one in tray.findall("children/clip")}
    assert set(masters) == {"a.mov", "SH010_take02.mov", "SH010_take03.mov"}
    on_timeline = {item.findtext("masterclipid") for item in root.find("project/children/sequence").iter("clipitem")}
    assert set(masters.values()) == on_timeline
    assert len([one for one in root.iter("file") if len(one)]) == 3


def test_alternates_share_rows_where_they_do_not_overlap() -> None:
    one = with_takes(RATES[1])
    late = Clip("SH020", Span(140, 180), one.media, one.source, takes=one.takes, active=0)
    laid = with_alternates(film(RATES[1], one, late))
    assert [len(track.clips) for track in laid.tracks] == [2, 2, 2]
    assert [name for name, _ in bins_of(film(RATES[1], one, late))] == ["SH010", "SH020"]


def test_a_take_whose_frames_are_unknown_stays_with_its_clip() -> None:
    short = Take("2", media("/takes/short.mov", RATES[1], 20))
    clip = Clip("SH010", Span(0, 40), media("/a.mov", RATES[1]), Span(10, 50), takes=(Take("1", None), short))
    laid = with_alternates(film(RATES[1], clip))
    assert len(laid.tracks) == 1
    assert [one.takes for one in laid.tracks[0].clips] == [clip.takes]
