"""FCPXML made anew of what came from elsewhere: media, stills, titles, captions, takes, and the time it takes."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from lxml import etree

from takebridge.cut.model import Clip, Cut, Item, Media, Span, Take, Track, tile
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

NTSC = FrameRate(24000, 1001)


def media(path: str, *, start: int | None = 0, count: int | None = 500, rate: FrameRate | None = NTSC) -> Media:
    return Media(path.replace("\\", "/").rsplit("/", 1)[-1], path, rate, count, start)


def picture(*items: Item) -> Cut:
    return Cut("film", NTSC, (Track("video", tile(items)),))


def written(cut: Cut, tmp_path: Path, target: str = "fcp") -> tuple[Path, tuple[str, ...], etree._Element]:
    path = tmp_path / "out.fcpxml"
    losses = write_cut(cut, path, target=target)
    return path, losses, etree.parse(str(path)).getroot()


def sources(path: Path) -> list[tuple[str, Span | None]]:
    cut = read_cut(path).cut
    return [(clip.media.location if clip.media else "", clip.source) for track in cut.tracks for clip in track.clips]


def test_one_path_with_two_timecodes_is_two_assets(tmp_path: Path) -> None:
    """A card copied over another: the name is the same, the recording is not."""
    first, second = media("/card/A001.mov", start=0), media("/card/A001.mov", start=86400)
    cut = picture(
        Clip("a", Span(0, 20), first, Span(10, 30)),
        Clip("b", Span(20, 40), second, Span(7, 27)),
        Clip("c", Span(40, 60), first, Span(3, 23)),
    )
    path, _, root = written(cut, tmp_path)
    assert [(asset.get("start"), asset.find("media-rep").get("src")) for asset in root.iter("asset")] == [
        ("0s", "file:///card/A001.mov"),
        ("18018/5s", "file:///card/A001.mov"),
    ]
    assert [source for _, source in sources(path)] == [Span(10, 30), Span(7, 27), Span(3, 23)]


@pytest.mark.parametrize("count", [1, 100, None])
def test_a_still_is_a_still_and_fills_its_slot(count: int | None, tmp_path: Path) -> None:
    cut = picture(Clip("p.png", Span(0, 100), media("/m/p.png", count=count), Span(0, 100), kind="still"))
    _, losses, root = written(cut, tmp_path)
    (shown,) = root.find(".//spine")
    assert (shown.tag, shown.get("duration")) == ("video", f"{Fraction(100 * 1001, 24000)}s")
    asset = root.find(".//asset")
    form = root.find(f".//format[@id='{asset.get('format')}']")
    assert (asset.get("duration"), form.get("name"), form.get("frameDuration")) == (
        "0s",
        "FFVideoFormatRateUndefined",
        None,
    )
    assert not any("p.png" in line for line in losses)


def test_a_title_shows_its_name(tmp_path: Path) -> None:
    _, _, root = written(picture(Clip("The End", Span(0, 20), kind="title")), tmp_path)
    assert root.findtext(".//spine/title/text/text-style") == "The End"


def test_captions_of_other_formats_are_written_and_read_again(tmp_path: Path) -> None:
    words = (Clip("Hallo <du> & ich", Span(5, 25), kind="caption"), Clip("zwei", Span(30, 60), kind="caption"))
    shown = tile([Clip("a", Span(0, 40), media("/m/a.mov"), Span(9, 49)), Clip("b", Span(50, 90), media("/m/b.mov"))])
    path, losses, root = written(Cut("film", NTSC, (Track("video", shown), Track("subtitle", tile(words)))), tmp_path)
    assert [one.getparent().get("name") for one in root.iter("caption")] == ["a", "a"]
    assert root.findtext(".//caption/text/text-style") == "Hallo <du> & ich"
    back = read_cut(path).cut
    captions = [clip for track in back.tracks if track.kind == "subtitle" for clip in track.clips]
    assert [(clip.name, clip.record) for clip in captions] == [
        ("Hallo <du> & ich", Span(5, 25)),
        ("zwei", Span(30, 60)),
    ]
    assert not any("caption" in line for line in losses)


def test_a_caption_over_nothing_is_told(tmp_path: Path) -> None:
    tracks = (Track("video", ()), Track("subtitle", (Clip("alone", Span(0, 10), kind="caption"),)))
    losses = write_cut(Cut("film", NTSC, tracks), tmp_path / "out.fcpxml")
    assert any("alone" in line and "not written" in line for line in losses)


def test_takes_come_back_under_their_keys_with_their_own_in_points(tmp_path: Path) -> None:
    takes = tuple(
        Take(key, media(f"/m/{key}.mov", start=start), Span(at, at + 20), name=key)
        for key, start, at in (("zed", 0, 4), ("mid", 100, 6), ("alpha", 50, 9))
    )
    clip = Clip("shot", Span(0, 20), takes[1].media, takes[1].source, takes=takes, active=1)
    plain = tmp_path / "in.otio"
    write_cut(picture(clip), plain)
    before = next(iter(otio.adapters.read_from_file(str(plain)).find_clips()))
    path, _, root = written(read_cut(plain).cut, tmp_path)
    frames = [Fraction(one.get("start")[:-1]) * NTSC.fraction for one in root.find(".//audition")]
    assert frames[0] == 106, "the active one first, in timecode"
    assert sorted(frames[1:]) == [4, 59]
    again = tmp_path / "again.otio"
    write_cut(read_cut(path).cut, again)
    after = next(iter(otio.adapters.read_from_file(str(again)).find_clips()))
    assert after.active_media_reference_key == before.active_media_reference_key
    wanted, found = ({key: one.target_url for key, one in clip.media_references().items()} for clip in (before, after))
    assert found == wanted and len(found) == 3
    (back,) = read_cut(again).cut.tracks[0].clips
    assert {take.media.location: take.source for take in back.takes if take.media} == {
        "/m/zed.mov": Span(4, 24),
        "/m/mid.mov": Span(6, 26),
        "/m/alpha.mov": Span(9, 29),
    }


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("C:\\Media\\a b.mov", "file:///C:/Media/a%20b.mov"),
        ("file://X:/demo/a.mov", "file:///X:/demo/a.mov"),
        ("\\\\server\\share\\a.mov", "file://server/share/a.mov"),
        ("/m/50% ü#1.mov", "file:///m/50%25%20%C3%BC%231.mov"),
    ],
)
def test_places_become_urls(location: str, url: str, tmp_path: Path) -> None:
    reference = otio.schema.ExternalReference(location if "%" not in location else url)
    reference.available_range = otio.opentime.TimeRange(duration=otio.opentime.RationalTime(99, 24))
    track = otio.schema.Track(kind="Video")
    track.append(otio.schema.Clip("a", media_reference=reference))
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, str(tmp_path / "in.otio"))
    _, _, root = written(read_cut(tmp_path / "in.otio").cut, tmp_path)
    assert [one.get("src") for one in root.iter("media-rep")] == [url]


def test_every_clip_that_is_dropped_is_named(tmp_path: Path) -> None:
    """A clip's takes cannot hang on sound: each is told."""
    takes = tuple(Take(key, media(f"/m/{key}.wav"), Span(0, 20), name=key) for key in ("one", "two", "three"))
    clip = Clip("voice", Span(0, 20), takes[0].media, Span(0, 20), takes=takes)
    losses = write_cut(Cut("film", NTSC, (Track("audio", (clip,)),)), tmp_path / "out.fcpxml")
    assert sum("voice" in line and "dropped" in line for line in losses) == 2


@pytest.mark.slow
def test_time_grows_with_the_number_of_clips_and_no_faster(tmp_path: Path) -> None:
    """Every clip with a file of its own and linked sound: resources are what once took n²."""

    def seconds(count: int) -> float:
        spans = [Span(place * 24, place * 24 + 24) for place in range(count)]
        clips = [
            Clip(f"{place}", span, media(f"/m/{place}.mov"), Span(0, 24), link=f"{place}")
            for place, span in enumerate(spans)
        ]
        cut = Cut("film", NTSC, (Track("video", tuple(clips)), Track("audio", tuple(clips))))
        begin = time.process_time()
        write_cut(cut, tmp_path / "out.fcpxml")
        return time.process_time() - begin

    seconds(50)
    few = min(seconds(400) for _ in range(3))
    assert seconds(4000) < 18 * few
