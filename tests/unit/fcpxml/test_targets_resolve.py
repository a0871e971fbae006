"""Documents for Resolve: what it silently changes is written its way or told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from lxml import etree
from tests.support.fcpxml import film

from takebridge_fcpxml import Placed, place, root_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.targets import for_target
from takebridge_fcpxml.times import parse_time

ASSET = """<asset id="a1" name="Interview" start="10s" duration="100s" hasVideo="1" hasAudio="1" format="r1">
    <media-rep src="file:///Vol/A%20001.mov"><bookmark>AAEC</bookmark></media-rep></asset>"""
OTHERS = '<effect id="t1" name="Title" uid="title"/><media id="m1"><multicam format="r1"/></media>'


def adapt(
    spine: str, *, resources: str = ASSET, version: str = "1.10", asked: str | None = None
) -> tuple[Document, LossReport]:
    source = film(spine, resources=resources + OTHERS, version=version).document
    before = source.to_bytes()
    result, report = for_target(source, "resolve", asked)
    assert source.to_bytes() == before
    return result, report


def spine(document: Document) -> etree._Element:
    found = document.root.find(".//project/sequence/spine")
    assert found is not None
    return found


def named(report: LossReport) -> list[tuple[str, str]]:
    return [(loss.kind, loss.construct) for loss in report]


@pytest.mark.parametrize(
    ("own", "asked", "written", "told"),
    [
        ("1.13", None, "1.10", False),
        ("1.8", None, "1.10", False),
        ("1.13", "1.9", "1.9", False),
        ("1.13", "1.12", "1.12", True),
        ("1.10", "1.13", "1.13", True),
        ("1.10", "1.14", "1.13", True),
    ],
)
def test_versions_are_a_literal_allow_list(own: str, asked: str | None, written: str, told: bool) -> None:
    result, report = adapt("", resources="", version=own, asked=asked)
    assert result.version == written
    assert (("approximated", "fcpxml@version") in named(report)) == told


# Names and files


def test_media_is_named_by_its_file_and_the_name_shown_is_told() -> None:
    result, report = adapt(
        '<asset-clip ref="a1" name="A 001" duration="1s"/><asset-clip ref="a1" name="Wide" duration="1s"/>'
    )
    assert result.resource("a1").get("name") == "A 001.mov"
    assert [clip.get("name") for clip in spine(result)] == ["A 001.mov", "A 001.mov"]
    assert named(report) == [("approximated", "asset@name"), ("approximated", "asset-clip@name")]
    assert "'Wide'" in report.losses[1].detail


def test_a_clip_is_named_by_the_file_inside_it_and_titles_keep_their_name() -> None:
    text = """<clip name="C" duration="1s"><video ref="a1" offset="10s" start="10s" duration="100s"/></clip>
        <title ref="t1" name="T" duration="1s"/><mc-clip ref="m1" name="M" duration="1s"/>"""
    result, _ = adapt(text)
    assert [item.get("name") for item in spine(result)] == ["A 001.mov", "T", "M"]
    assert spine(result)[0][0].get("name") is None


@pytest.mark.parametrize(
    ("src", "written"),
    [
        ("file:///Vol/it's (1) &amp; b.mov", "file:///Vol/it%27s%20%281%29%20%26%20b.mov"),
        ("file:///Vol/%E2%80%94.mov", "file:///Vol/%E2%80%94.mov"),
        ("file:///C:/a b.mov", "file:///C:/a%20b.mov"),
        ("./Media/a b.mov", "./Media/a%20b.mov"),
        ("file:///Vol/%FF.mov", "file:///Vol/%FF.mov"),
        ("https://host/a b.mov", "https://host/a b.mov"),
    ],
)
def test_urls_have_nothing_raw_but_unreserved_characters(src: str, written: str) -> None:
    rep = f'<asset id="a1"><media-rep src="{src}"><bookmark>AAEC</bookmark></media-rep></asset>'
    result, _ = adapt("", resources=rep)
    assert result.resource("a1")[0].get("src") == written
    assert result.resource("a1").findtext("media-rep/bookmark") == "AAEC"


# Sound


@pytest.mark.parametrize(("amount", "written"), [("-13.1dB", "-13.1"), ("+2 dB", "+2"), ("-6", "-6")])
def test_a_level_is_a_bare_number(amount: str, written: str) -> None:
    result, report = adapt(f'<audio ref="a1" name="A 001.mov" duration="1s"><adjust-volume amount="{amount}"/></audio>')
    assert result.root.find(".//adjust-volume").get("amount") == written
    assert not [loss for loss in report if "volume" in loss.construct]


def test_volume_keyframes_and_fades_are_told_and_stay() -> None:
    text = """<audio ref="a1" duration="1s"><adjust-volume amount="-infdB"><param name="amount"><fadeIn duration="1s"/>
        <keyframeAnimation><keyframe time="0s" value="1"/></keyframeAnimation></param></adjust-volume></audio>"""
    result, report = adapt(text)
    assert result.root.find(".//keyframe") is not None and result.root.find(".//fadeIn") is not None
    told = [("approximated", "adjust-volume@amount"), ("dropped", "adjust-volume/keyframe"), ("dropped", "fadeIn")]
    assert [name for name in named(report) if not name[1].endswith("@name")] == told


def test_source_enable_is_heeded_only_on_compound_clips() -> None:
    text = """<asset-clip ref="a1" duration="1s" srcEnable="video"/><ref-clip ref="m1" duration="1s" srcEnable="video"/>
        <mc-clip ref="m1" duration="1s" srcEnable="audio"/>"""
    _, report = adapt(text)
    told = [construct for _, construct in named(report) if construct.endswith("srcEnable")]
    assert told == ["asset-clip@srcEnable", "mc-clip@srcEnable"]


# Structure


def test_an_audition_is_flattened_to_its_pick() -> None:
    text = """<audition offset="86486400/24000s"><asset-clip ref="a1" name="A" start="10s" duration="2s"/>
        <asset-clip ref="a1" name="B" start="20s" duration="2s"><marker start="20s" duration="1s" value="m"/>
        </asset-clip></audition>
        <gap duration="9s"><audition lane="1" offset="1s"><title ref="t1" name="T" duration="1s"/></audition></gap>"""
    before = place(film(text, resources=ASSET + OTHERS).projects[0].sequence)
    result, report = adapt(text)
    after = place(root_of(result).projects[0].sequence)
    kept = [item for item in before if item.item.tag != "audition"]
    assert [(item.record_start, item.duration, item.lane) for item in after] == [
        (item.record_start, item.duration, item.lane) for item in kept
    ]
    assert [item.item.tag for item in after] == ["asset-clip", "gap", "title"]
    losses = [loss for loss in report if loss.construct == "audition"]
    assert len(losses) == 2 and "Gone: 'B'. With it went 1 marker." in "".join(loss.detail for loss in losses)


def test_an_empty_audition_is_told() -> None:
    result, report = adapt('<audition offset="86486400/24000s"/><gap duration="1s"/>')
    assert [item.tag for item in spine(result)] == ["gap", "gap"] and ("dropped", "audition") in named(report)


def test_clips_and_projects_get_a_library_and_an_event() -> None:
    text = """<fcpxml version="1.9"><resources/><project name="Film"><sequence format="r1"><spine>
        <title ref="t1" duration="1s"><text>A <text-style>B</text-style> C</text></title></spine></sequence></project>
        </fcpxml>"""
    result, _ = for_target(Document.parse(text), "resolve")
    assert result.root.find("library/event").get("name") == "Film"
    assert result.root.find("library/event/project/sequence/spine") is not None
    assert b"<text>A <text-style>B</text-style> C</text>" in result.to_bytes()


def test_what_does_not_arrive_as_it_is_is_told_and_kept() -> None:
    text = """<mc-clip ref="m1" duration="1s"/><transition duration="1s"><filter-audio ref="t1"/></transition>
        <sync-clip duration="1s"/><video ref="t1" duration="1s">
        <adjust-crop mode="trim"><trim-rect left="3"/></adjust-crop><adjust-transform position="1 -2"/></video>
        <title ref="t1" duration="1s"><adjust-transform position="0 0"/></title>
        <video ref="a1" name="A 001.mov" duration="1s"><timeMap><timept time="0s" value="5s" interp="linear"/>
        <timept time="9s" value="5s" interp="linear"/></timeMap></video>"""
    result, report = adapt(text)
    assert [item.tag for item in spine(result)] == ["mc-clip", "transition", "sync-clip", "video", "title", "video"]
    assert sorted(name for name in named(report) if not name[1].endswith("@name")) == [
        ("approximated", "adjust-transform@position"),
        ("approximated", "mc-clip"),
        ("approximated", "sync-clip"),
        ("approximated", "trim-rect"),
        ("dropped", "timeMap"),
        ("dropped", "transition/filter-audio"),
    ]


def test_what_nobody_has_tried_is_kept_without_a_claim() -> None:
    text = """<asset-clip ref="a1" name="A 001.mov" duration="1s"><note>n</note><caption lane="1" duration="1s"/>
        <marker start="0s" value="m"/><keyword value="k"/><rating value="favorite"/><metadata/></asset-clip>"""
    result, report = adapt(text, resources=ASSET.replace("Interview", "A 001.mov"))
    kept = [child.tag for child in spine(result)[0]]
    assert kept == ["note", "caption", "marker", "keyword", "rating", "metadata"] and not report


# Speed


def shown(item: Placed) -> tuple[Fraction, Fraction]:
    """The media at both ends of a retimed item."""
    begin, end = item.item.start, item.item.start + item.local_duration
    retiming = item.item.time_map
    assert retiming is not None
    return retiming.original(begin), retiming.original(end)


def _times(document: Document) -> list[tuple[Fraction, Fraction]]:
    return [
        (item.record_start, item.duration)
        for item in place(root_of(document).projects[0].sequence)
        if item.item.tag != "gap"
    ]


@pytest.mark.parametrize(
    ("start", "points"),
    [
        ("0s", [("0s", "20s"), ("4s", "28s")]),
        ("3s", [("3s", "60s"), ("7s", "62s")]),
        ("5s", [("1s", "90s"), ("9s", "82s")]),
        ("2s", [("0s", "11s"), ("2s", "15s"), ("6s", "23s")]),
        ("0s", [("0s", "20s"), ("7s", "29s")]),
    ],
)
@pytest.mark.parametrize("conform", ["", '<conform-rate srcFrameRate="25"/>'])
def test_a_constant_speed_covers_the_whole_media_and_shows_the_same(
    start: str, points: list[tuple[str, str]], conform: str
) -> None:
    maps = "".join(f'<timept time="{time}" value="{value}" interp="smooth2"/>' for time, value in points)
    text = f"""<asset-clip ref="a1" offset="86486400/24000s" start="{start}" duration="96096/24000s">{conform}
        <timeMap>{maps}</timeMap><adjust-volume><param name="amount"><keyframeAnimation><keyframe time="{start}"
        value="0"/></keyframeAnimation></param></adjust-volume><title ref="t1" lane="1" offset="5s" duration="1s"/>
        <spine lane="2" offset="6s"><gap offset="0s" duration="1s"/></spine>
        <marker start="4s" value="m"/><keyword value="k"/></asset-clip>"""
    source = film(text, resources=ASSET + OTHERS).document
    result, report = for_target(source, "resolve")
    before, after = (place(root_of(document).projects[0].sequence)[0] for document in (source, result))
    assert shown(before) == shown(after)
    assert _times(source) == _times(result)
    marks = [item.to_record(item.item.markers[0].start) for item in (before, after)]
    assert marks[0] == marks[1]
    assert after.item.keywords[0].element.get("start") is None
    keys = [parse_time(document.root.find(".//keyframe").get("time")) for document in (source, result)]
    assert keys[1] - keys[0] == after.item.start - before.item.start
    outer = after.item.time_map.points
    assert sorted((outer[0].value, outer[-1].value)) == [10, 110], "the map covers the media, 10 s to 110 s"
    assert outer[0].time >= 0 and [point.interp for point in outer] == ["smooth2"] * len(points)
    assert not [loss for loss in report if loss.construct == "timeMap"]


def test_the_map_of_a_clip_covers_the_component_inside() -> None:
    text = """<clip offset="86486400/24000s" start="10s" duration="2s"><timeMap><timept time="10s" value="20s"
        interp="linear"/><timept time="12s" value="24s" interp="linear"/></timeMap>
        <video ref="a1" offset="10s" start="10s" duration="100s"/></clip>"""
    source = film(text, resources=ASSET).document
    result, _ = for_target(source, "resolve")
    before, after = (place(root_of(document).projects[0].sequence)[0] for document in (source, result))
    assert shown(before) == shown(after) == (20, 24)
    assert [(point.time, point.value) for point in after.item.time_map.points] == [(5, 10), (55, 110)]


def test_a_map_over_the_whole_media_is_not_touched() -> None:
    text = """<asset-clip ref="a1" name="A 001.mov" start="8s" duration="2s"><timeMap><timept time="5s" value="10s"
        interp="linear"/><timept time="110/2s" value="110s" interp="linear"/></timeMap></asset-clip>"""
    result, report = adapt(text)
    assert [point.get("time") for point in result.root.iter("timept")] == ["5s", "110/2s"]
    assert named(report) == [("approximated", "asset@name")]


@pytest.mark.parametrize(("last", "told"), [("4s", True), ("9s", False)])
def test_a_variable_speed_that_ends_with_the_clip_is_told(last: str, told: bool) -> None:
    text = f"""<asset-clip ref="a1" duration="4s"><timeMap><timept time="0s" value="10s" interp="linear"/>
        <timept time="1s" value="11s" interp="linear"/><timept time="{last}" value="90s" interp="linear"/></timeMap>
        </asset-clip>"""
    result, report = adapt(text)
    assert (("approximated", "timeMap") in named(report)) == told
    assert [point.get("value") for point in result.root.iter("timept")] == ["10s", "11s", "90s"]
