"""FCPXML as a cut: the exported document is edited, takes are auditions, captions a track of their own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import film

from takebridge.cut.model import Clip, Cut, Media, Span, Take, Track, clips_of
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

NTSC = FrameRate(24000, 1001)
RESOURCES = """
<asset id="r2" name="a.mov" start="86400/24s" duration="240240/24000s" hasVideo="1" format="r1">
    <media-rep kind="original-media" src="file:///m/a.mov"/></asset>
<asset id="r3" name="b.mov" start="0s" duration="240240/24000s" hasVideo="1" format="r1">
    <media-rep kind="original-media" src="file:///m/b.mov"/></asset>
"""
SPINE = """
<asset-clip ref="r2" offset="86486400/24000s" name="one" start="3600s" duration="24024/24000s" videoRole="video.v1">
    <caption lane="1" offset="3600s" name="hello" duration="12012/24000s" role="SRT?captionFormat=SRT.en"/>
    <marker start="3600s" duration="1001/24000s" value="look" note="here"/>
    <keyword start="3600s" duration="1s" value="night"/>
</asset-clip>
<audition offset="86510424/24000s">
    <asset-clip ref="r3" name="two" start="1001/24000s" duration="24024/24000s"/>
    <asset-clip ref="r2" name="two b" start="3600s" duration="24024/24000s"/>
</audition>
<gap name="Gap" offset="86534448/24000s" start="3600s" duration="12012/24000s"/>
<asset-clip ref="r3" offset="86546460/24000s" name="three" duration="24024/24000s" enabled="0"/>
"""


def document(tmp_path: Path, spine: str = SPINE) -> Path:
    path = tmp_path / "film.fcpxml"
    film(spine, resources=RESOURCES, sequence='duration="84084/24000s"').document.write(path)
    return path


def by_name(cut: Cut, name: str) -> Clip:
    return next(clip for _, clip in clips_of(cut) if clip.name == name)


def with_clip(cut: Cut, clip: Clip) -> Cut:
    """The cut with the clip of that record range replaced on its video track."""
    track = cut.tracks[0]
    items = tuple(clip if isinstance(one, Clip) and one.record == clip.record else one for one in track.items)
    return replace(cut, tracks=(replace(track, items=items), *cut.tracks[1:]))


def test_reading(tmp_path: Path) -> None:
    read = read_cut(document(tmp_path))
    cut = read.cut
    assert (read.format, cut.rate, cut.start, cut.width, cut.height) == ("fcpxml", NTSC, 86400, 1920, 1080)
    assert [clip.record for clip in cut.tracks[0].clips] == [Span(0, 24), Span(24, 48), Span(60, 84)]
    one = by_name(cut, "one")
    assert one.role == "video.v1"
    assert [(mark.at, mark.name, mark.note) for mark in one.markers] == [(0, "look", "here")]
    assert one.source == Span(0, 24)
    assert not by_name(cut, "three").enabled
    two = by_name(cut, "two")
    assert [take.media.name for take in two.takes if take.media] == ["b.mov", "a.mov"]
    assert (two.active, two.source) == (0, Span(1, 25))
    captions = [track for track in cut.tracks if track.kind == "subtitle"]
    assert [(clip.name, clip.record, clip.kind) for clip in captions[0].clips] == [("hello", Span(0, 12), "caption")]


def test_untouched_is_the_same_text(tmp_path: Path) -> None:
    path = document(tmp_path)
    losses = write_cut(read_cut(path).cut, tmp_path / "out.fcpxml")
    assert (tmp_path / "out.fcpxml").read_bytes() == path.read_bytes()
    assert losses == ()


def test_a_switched_take_is_a_switched_pick(tmp_path: Path) -> None:
    cut = read_cut(document(tmp_path)).cut
    two = by_name(cut, "two")
    switched = replace(two, active=1, media=two.takes[1].media, source=Span(0, 24))
    write_cut(with_clip(cut, switched), tmp_path / "out.fcpxml")
    root = etree.parse(str(tmp_path / "out.fcpxml")).getroot()
    picks = [clip.get("ref") for clip in root.find(".//audition")]
    assert picks == ["r2", "r3"]
    back = read_cut(tmp_path / "out.fcpxml").cut
    assert [clip.record for clip in back.tracks[0].clips] == [Span(0, 24), Span(24, 48), Span(60, 84)]
    assert root.find(".//keyword").get("value") == "night", "what nobody touched stays"


def test_a_new_take_makes_an_audition_with_it_first(tmp_path: Path) -> None:
    cut = read_cut(document(tmp_path)).cut
    one = by_name(cut, "one")
    new = Media("take2.mov", "/takes/take2.mov", NTSC, 100, 0)
    takes = (Take("original", one.media, one.source), Take("t2", new, Span(3, 27)))
    write_cut(
        with_clip(cut, replace(one, takes=takes, active=1, media=new, source=Span(3, 27))), tmp_path / "out.fcpxml"
    )
    back = read_cut(tmp_path / "out.fcpxml").cut
    found = back.tracks[0].clips[0]
    assert found.media is not None and found.media.location == "/takes/take2.mov"
    assert [take.media.location for take in found.takes if take.media] == ["/takes/take2.mov", "/m/a.mov"]
    assert found.record == Span(0, 24)


def test_a_trim_and_a_deletion_keep_everything_else(tmp_path: Path) -> None:
    cut = read_cut(document(tmp_path)).cut
    track = cut.tracks[0]
    one, three = by_name(cut, "one"), by_name(cut, "three")
    assert one.source is not None
    shorter = replace(one, record=Span(0, 20), source=Span(one.source.start, one.source.start + 20))
    items = (shorter, replace(three, record=Span(60, 84)))
    write_cut(
        replace(cut, tracks=(Track("video", items, track.name, extras=track.extras), *cut.tracks[1:])),
        tmp_path / "o.fcpxml",
    )
    back = read_cut(tmp_path / "o.fcpxml").cut
    assert [(clip.name, clip.record) for clip in back.tracks[0].clips] == [
        ("one", Span(0, 20)),
        ("three", Span(60, 84)),
    ]
    root = etree.parse(str(tmp_path / "o.fcpxml")).getroot()
    assert root.find(".//keyword").get("value") == "night"
    assert root.find(".//asset-clip[@name='three']").get("enabled") == "0"


def test_stamps_stand_in_a_marker_metadata_and_a_keyword(tmp_path: Path) -> None:
    cut = read_cut(document(tmp_path)).cut
    stamp = "tb-0123456789ab"
    write_cut(with_clip(cut, replace(by_name(cut, "three"), stamp=stamp)), tmp_path / "out.fcpxml")
    item = etree.parse(str(tmp_path / "out.fcpxml")).getroot().find(".//asset-clip[@name='three']")
    assert [marker.get("note") for marker in item.iter("marker")] == [stamp]
    assert any(stamp in (word.get("value") or "") for word in item.iter("keyword"))
    assert any(stamp in (entry.get("value") or "") for entry in item.iter("md"))
    back = by_name(read_cut(tmp_path / "out.fcpxml").cut, "three")
    assert back.stamp == stamp and back.markers == ()
    write_cut(read_cut(tmp_path / "out.fcpxml").cut, tmp_path / "again.fcpxml")
    assert (tmp_path / "again.fcpxml").read_bytes() == (tmp_path / "out.fcpxml").read_bytes()


def test_the_resolve_target_says_what_goes(tmp_path: Path) -> None:
    losses = write_cut(read_cut(document(tmp_path)).cut, tmp_path / "out.fcpxml", target="resolve")
    root = etree.parse(str(tmp_path / "out.fcpxml")).getroot()
    assert root.find(".//audition") is None
    assert any("audition" in line for line in losses)


def test_a_cut_from_elsewhere_is_made_anew(tmp_path: Path) -> None:
    media = Media("a.mov", "/m/a b.mov", FrameRate(25), 500, 90000)
    items = (Clip("shot", Span(5, 30), media, Span(10, 35)), Clip("next", Span(30, 40), media, Span(0, 10)))
    cut = Cut("Film", FrameRate(25), (Track("video", items),), start=90000, width=1280, height=720)
    write_cut(cut, tmp_path / "new.fcpxml", target="fcp")
    back = read_cut(tmp_path / "new.fcpxml").cut
    assert [(one.record, one.source) for one in back.tracks[0].clips] == [
        (Span(5, 30), Span(10, 35)),
        (Span(30, 40), Span(0, 10)),
    ]
    assert (back.start, back.rate, back.width, back.height) == (90000, FrameRate(25), 1280, 720)


def test_bundles_both_ways(tmp_path: Path) -> None:
    cut = read_cut(document(tmp_path)).cut
    write_cut(cut, tmp_path / "film.fcpxmld")
    assert (tmp_path / "film.fcpxmld" / "Info.fcpxml").is_file()
    assert [clip.record for clip in read_cut(tmp_path / "film.fcpxmld").cut.tracks[0].clips][1] == Span(24, 48)


def two_projects(tmp_path: Path) -> Path:
    path = document(tmp_path)
    text = path.read_text(encoding="utf-8")
    start, end = text.index("<project"), text.index("</project>") + len("</project>")
    other = text[start:end].replace('name="Film"', 'name="Other"').replace("one", "uno")
    path.write_text(text[:end] + "\n" + other + text[end:], encoding="utf-8")
    return path


def test_of_several_projects_one_is_read_and_all_are_written(tmp_path: Path) -> None:
    path = two_projects(tmp_path)
    read = read_cut(path)
    assert read.cut.name == "Film" and any("“Other”" in line for line in read.losses)
    other = read_cut(path, project="Other").cut
    assert by_name(other, "uno").record == Span(0, 24)
    write_cut(other, tmp_path / "out.fcpxml")
    assert (tmp_path / "out.fcpxml").read_bytes() == path.read_bytes()
    with pytest.raises(InvalidDocumentError, match="Nobody"):
        read_cut(path, project="Nobody")


def test_a_varying_speed_is_a_ramp_and_adjustments_are_the_look(tmp_path: Path) -> None:
    spine = """<asset-clip ref="r2" offset="86486400/24000s" name="fast" start="0s" duration="48048/24000s">
      <timeMap><timept time="0s" value="3600s"/><timept time="1s" value="3602s"/>
      <timept time="3s" value="3603s"/></timeMap>
      <adjust-volume amount="-6dB"/></asset-clip>"""
    clip = by_name(read_cut(document(tmp_path, spine)).cut, "fast")
    assert clip.speed is None and "timept" in clip.ramp
    assert "adjust-volume" in clip.look


def test_constant_speed_is_exact(tmp_path: Path) -> None:
    spine = """<asset-clip ref="r3" offset="86486400/24000s" name="fast" start="0s" duration="48048/24000s">
      <timeMap><timept time="0s" value="0s"/><timept time="3s" value="4s"/></timeMap></asset-clip>"""
    clip = by_name(read_cut(document(tmp_path, spine)).cut, "fast")
    assert (clip.speed, clip.record, clip.source) == (Fraction(4, 3), Span(0, 48), Span(0, 64))
