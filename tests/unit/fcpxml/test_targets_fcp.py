"""Documents for Final Cut Pro: what it refuses is mended or told."""

from __future__ import annotations

from fractions import Fraction

import pytest
from lxml import etree
from tests.support.fcpxml import film

from takebridge_fcpxml import place, root_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import BadValueError, VersionError
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.targets import TARGETS, for_target
from takebridge_fcpxml.times import format_time, parse_time
from takebridge_fcpxml.view import Sequence

FRAME = Fraction(1001, 24000)
#: 100 frames of media from 01:00:00:00 on (3603.6 s on this grid).
ASSET = """<asset id="a1" start="86486400/24000s" duration="100100/24000s" hasVideo="1" format="r1">
    <media-rep src="file:///a.mov"/></asset>"""
TITLES = '<effect id="t1" name="Title" uid="title"/>'


def adapt(
    spine: str, *, resources: str = ASSET, version: str = "1.10", sequence: str = ""
) -> tuple[Document, LossReport]:
    source = film(spine, resources=resources + TITLES, version=version, sequence=sequence).document
    before = source.to_bytes()
    result, report = for_target(source, "fcp")
    assert source.to_bytes() == before
    return result, report


def items(document: Document) -> list[tuple[str, int, int]]:
    """Tag, first frame from the beginning of the sequence, and length in frames of each storyline item."""
    placed = place(root_of(document).projects[0].sequence)
    begin = Fraction(86486400, 24000)
    found = []
    for item in placed:
        if item.host is None:
            first, length = (item.record_start - begin) / FRAME, item.duration / FRAME
            assert first.denominator == length.denominator == 1, (first, length)
            found.append((item.item.tag, int(first), int(length)))
    return found


def at(frames: int, plus: Fraction = Fraction(0)) -> str:
    return format_time(Fraction(86486400, 24000) + frames * FRAME + plus)


def named(report: LossReport) -> list[tuple[str, str]]:
    return [(loss.kind, loss.construct) for loss in report]


def test_the_targets_and_what_is_none() -> None:
    assert TARGETS == ("fcp", "resolve")
    with pytest.raises(BadValueError) as caught:
        for_target(film("").document, "premiere")
    assert "fcp, resolve" in caught.value.hint
    for target in TARGETS:
        with pytest.raises(VersionError):
            for_target(film("").document, target, "1.99")


@pytest.mark.parametrize(
    ("own", "asked", "written"),
    [("1.13", None, "1.13"), ("1.8", None, "1.8"), ("1.13", "1.9", "1.9"), ("1.77", None, "1.10")],
)
def test_the_version_is_the_one_asked_for_or_the_documents_own(own: str, asked: str | None, written: str) -> None:
    result, _ = for_target(film("", version=own).document, "fcp", asked)
    assert result.version == written


GOOD = f"""<asset-clip ref="a1" offset="{at(0)}" start="{at(10)}" duration="48048/24000s"><title ref="t1" lane="1"
        offset="{at(11)}" duration="1/7s"/></asset-clip>
    <gap name="Gap" offset="{at(48)}" start="3600s" duration="1001/24000s"/>"""


def test_a_document_that_is_right_is_not_touched() -> None:
    source = film(GOOD, resources=ASSET + TITLES).document
    result, report = for_target(source, "fcp")
    assert result.to_bytes() == source.to_bytes() and not report


def test_a_document_that_breaks_its_own_version_is_brought_to_it() -> None:
    result, _ = adapt("", resources='<asset id="a1" src="file:///a.mov"/>', version="1.11")
    assert result.resource("a1")[0].tag == "media-rep"


def test_dates_are_left_out() -> None:
    result, report = adapt('<asset-clip ref="a1" offset="0s" duration="0s" modDate="2024-01-01 10:00:00 +0100"/>')
    assert b"modDate" not in result.to_bytes()
    assert ("dropped", "asset-clip@modDate") in named(report)


# The frame grid


def test_boundaries_go_to_the_nearest_frame_and_nothing_adds_up() -> None:
    # Ten items of 2.4 frames: rounding each would lose four frames; the sum ends on frame 24.
    length = format_time(Fraction(12, 5) * FRAME)
    text = "".join(f'<gap offset="{at(0, Fraction(12 * n, 5) * FRAME)}" duration="{length}"/>' for n in range(10))
    result, report = adapt(text)
    found = items(result)
    assert [first + count for _, first, count in found] == [first for _, first, _ in found[1:]] + [24]
    assert {name for _, name in named(report)} == {"gap@offset", "gap@duration"}


def test_holes_and_overlaps_stay_what_they_are() -> None:
    offsets = (at(0), at(20, FRAME / 3), at(25))
    result, _ = adapt("".join(f'<gap offset="{offset}" duration="1001/2400s"/>' for offset in offsets))
    assert items(result) == [("gap", 0, 10), ("gap", 20, 10), ("gap", 25, 10)]


def test_an_item_shorter_than_half_a_frame_keeps_a_frame() -> None:
    text = (
        f'<gap offset="{at(0)}" duration="1/10000s"/><gap offset="{at(0, Fraction(1, 10000))}" duration="1001/24000s"/>'
    )
    # The next one gives up that frame rather than overlap.
    assert items(adapt(text)[0]) == [("gap", 0, 1), ("gap", 1, 1)]


def test_start_and_connected_items_and_sound_are_never_snapped() -> None:
    text = f"""<asset-clip ref="a1" offset="{at(0)}" start="{at(10, Fraction(1, 9999))}" duration="1001/2400s"
        audioStart="{at(9, Fraction(1, 77))}"><audio ref="a1" lane="-1" offset="{at(11, Fraction(1, 7))}"
        duration="1/13s" start="{at(10)}"/></asset-clip>"""
    source = film(text, resources=ASSET + TITLES).document
    result, report = for_target(source, "fcp")
    assert result.to_bytes() == source.to_bytes() and not report


def test_connected_storylines_are_snapped_from_their_own_zero() -> None:
    text = f"""<gap offset="{at(0)}" start="3600s" duration="1001/240s"><spine lane="1" offset="36001/10s">
        <gap offset="0s" duration="1/10s"/><gap offset="1/10s" duration="1001/24000s"/></spine></gap>"""
    result, _ = adapt(text)
    spine = result.root.find(".//gap/spine")
    assert spine is not None and spine.get("offset") == "36001/10s"
    assert [(child.get("offset"), child.get("duration")) for child in spine] == [
        ("0s", "1001/12000s"),
        ("1001/12000s", "1001/24000s"),
    ]


def test_a_timecode_between_two_frames_shifts_the_grid() -> None:
    source = film('<gap offset="3600s" duration="1001/2400s"/>').document
    source.root.find(".//sequence").set("tcStart", "3600s")
    result, report = for_target(source, "fcp")
    assert result.to_bytes() == source.to_bytes() and not report


def test_a_transition_and_an_audition_are_on_the_grid_too() -> None:
    text = f"""<audition offset="{at(0)}"><asset-clip ref="a1" start="{at(0)}" duration="1/2s"/>
        <asset-clip ref="a1" start="{at(0)}" duration="1s"/></audition>
        <transition offset="{at(11)}" duration="1/13s"/><gap offset="{at(0, Fraction(1, 2))}" duration="1001/2400s"/>"""
    result, _ = adapt(text)
    assert items(result) == [("audition", 0, 12), ("transition", 11, 2), ("gap", 12, 10)]
    takes = [take.get("duration") for take in result.root.iterfind(".//audition/asset-clip")]
    # The waiting take is not the slot's length, so it is not the slot's business.
    assert takes == ["1001/2000s", "1s"]


# Clips inside their media


def test_a_clip_that_reaches_over_the_end_is_cut_and_a_gap_holds_the_rest() -> None:
    text = f"""<asset-clip ref="a1" offset="{at(0)}" start="{at(90)}" duration="20020/24000s"/>
        <asset-clip ref="a1" name="Next" offset="{at(20)}" start="{at(0)}" duration="1001/2400s"/>"""
    result, report = adapt(text)
    assert items(result) == [("asset-clip", 0, 10), ("gap", 10, 10), ("asset-clip", 20, 10)]
    assert named(report) == [("approximated", "asset-clip@duration")]


def test_a_clip_that_begins_before_its_media_keeps_the_rest_in_place() -> None:
    text = f"""<asset-clip ref="a1" offset="{at(0)}" start="{at(-5)}" duration="20020/24000s">
        <title ref="t1" lane="1" offset="{at(2)}" duration="1001/24000s"/></asset-clip>"""
    before = film(text, resources=ASSET + TITLES).projects[0].sequence
    result, _ = adapt(text)
    after = root_of(result).projects[0].sequence
    assert items(result) == [("gap", 0, 5), ("asset-clip", 5, 15)]
    assert _title_start(after) == _title_start(before)
    assert after.spine.items[1].start == Fraction(86486400, 24000)


def _title_start(sequence: Sequence) -> Fraction:
    return next(item.record_start for item in place(sequence) if item.item.tag == "title")


def test_a_connected_clip_is_only_shortened() -> None:
    text = f"""<gap offset="{at(0)}" start="0s" duration="1001/240s"><asset-clip ref="a1" lane="1" offset="1s"
        start="{at(-2)}" duration="{format_time(200 * FRAME)}"/></gap>"""
    result, _ = adapt(text)
    clip = result.root.find(".//asset-clip")
    found = [parse_time(clip.get(name)) for name in ("offset", "start", "duration")]
    assert found == [1 + 2 * FRAME, Fraction(86486400, 24000), 100 * FRAME]


def test_a_range_counted_from_zero_is_moved_to_the_timecode_of_the_file() -> None:
    text = f"""<asset-clip ref="a1" offset="{at(0)}" duration="1001/2400s">
        <title ref="t1" lane="1" offset="1001/24000s" duration="1001/24000s"/>
        <marker start="1001/24000s" value="m"/></asset-clip>"""
    result, report = adapt(text)
    clip = result.root.find(".//asset-clip")
    begin = Fraction(86486400, 24000)
    times = [parse_time(value) for value in (clip.get("start"), clip[0].get("offset"), clip[1].get("start"))]
    assert times == [begin, begin + FRAME, begin + FRAME]
    assert named(report) == [("approximated", "asset-clip@start")]


@pytest.mark.parametrize("inside", ["<timeMap/>", '<conform-rate srcFrameRate="25"/>'])
def test_retimed_clips_and_conformed_ones_within_a_frame_are_let_be(inside: str) -> None:
    # 100 frames of media at 25 in 23.976 last 104.27 frames of the sequence: the 105th begins inside and ends outside.
    clip = f'<asset-clip ref="a1" offset="{at(0)}" start="{at(0)}" duration="{format_time(105 * FRAME)}">'
    text = f"{clip}{inside}</asset-clip>"
    source = film(text, resources=ASSET + TITLES).document
    result, report = for_target(source, "fcp")
    assert result.to_bytes() == source.to_bytes() and not report


def test_a_conformed_clip_is_cut_where_its_media_ends_in_record_time() -> None:
    clip = f'<asset-clip ref="a1" offset="{at(0)}" start="{at(0)}" duration="{format_time(130 * FRAME)}">'
    result, _ = adapt(f'{clip}<conform-rate srcFrameRate="25"/></asset-clip>')
    # 100 frames of media last 104.27 frames of the sequence.
    assert items(result) == [("asset-clip", 0, 104), ("gap", 104, 26)]


@pytest.mark.parametrize("length", ["0s", "5s"])
def test_a_still_shows_as_long_as_it_is_wanted(length: str) -> None:
    still = f"""<format id="r0" name="FFVideoFormatRateUndefined"/><asset id="a1" start="0s" duration="{length}"
        hasVideo="1" format="r0"><media-rep src="file:///a.png"/></asset>"""
    result, report = adapt(f'<video ref="a1" offset="{at(0)}" start="3600s" duration="1001/100s"/>', resources=still)
    assert items(result) == [("video", 0, 240)] and not report


def test_a_clip_with_nothing_of_its_media_is_told() -> None:
    text = f'<asset-clip ref="a1" offset="{at(0)}" start="{at(500)}" duration="1001/2400s"/>'
    result, report = adapt(text)
    assert items(result) == [("asset-clip", 0, 10)]
    assert named(report) == [("approximated", "asset-clip@start")] and "Relink" in report.losses[0].detail


# Formats, styles, files


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("FFVideoFormat1080p2398", "1001/24000s"),
        ("FFVideoFormat1080p25", "100/2500s"),
        ("FFVideoFormat720p5994", "1001/60000s"),
    ],
)
def test_a_missing_frame_duration_follows_from_the_name(name: str, frame: str) -> None:
    result, report = adapt("", resources=f'<format id="r9" name="{name}" frameDuration=""/>')
    assert result.resource("r9").get("frameDuration") == frame and not report


def test_a_timeline_without_any_rate_is_told() -> None:
    source = film("").document
    for name in ("frameDuration", "name"):
        del source.resource("r1").attrib[name]
    _, report = for_target(source, "fcp")
    assert named(report) == [("approximated", "format@frameDuration")]


def test_the_format_of_a_still_needs_none() -> None:
    result, report = adapt("", resources='<format id="r9" name="FFVideoFormatRateUndefined" frameDuration=""/>')
    assert result.resource("r9").get("frameDuration") is None and not report


def test_styles_have_ids_of_their_own_and_references_their_style() -> None:
    title = """<title ref="t1" duration="1001/24000s"><text><text-style ref="ts1">A</text-style><text-style ref="no">B
        </text-style></text><text-style-def id="ts1"><text-style font="F"/></text-style-def></title>"""
    result, report = adapt(title + title)
    ids = [definition.get("id") for definition in result.root.iter("text-style-def")]
    assert ids[0] == "ts1" and len(set(ids)) == 2
    used = [title.find("text/text-style").get("ref") for title in result.root.iter("title")]
    assert used == ids
    assert named(report) == [("dropped", "text-style@ref")] * 2


@pytest.mark.parametrize(
    ("src", "written"),
    [
        ("file:///a b/ü.mov", "file:///a%20b/%C3%BC.mov"),
        ("file:///Final%20Cut%20(1)'s.mov", "file:///Final%20Cut%20(1)'s.mov"),
        ("https://host/a.mov", "https://host/a.mov"),
    ],
)
def test_only_urls_it_refuses_are_respelled_and_the_bookmark_stays(src: str, written: str) -> None:
    rep = f'<asset id="a1"><media-rep src="{src}"><bookmark>AAEC</bookmark></media-rep></asset>'
    result, _ = adapt("", resources=rep)
    assert result.resource("a1")[0].get("src") == written
    assert result.resource("a1").findtext("media-rep/bookmark") == "AAEC"


def test_a_clip_beside_a_project_is_noted_once_an_event() -> None:
    source = film("", resources=ASSET).document
    event = source.root.find(".//event")
    for _ in range(2):
        etree.SubElement(event, "asset-clip", {"ref": "a1"})
    _, report = for_target(source, "fcp")
    assert named(report) == [("approximated", "asset-clip")]


def test_what_is_written_never_says_standalone() -> None:
    text = film("").to_bytes().replace(b'encoding="UTF-8"', b'encoding="UTF-8" standalone="yes"')
    result, _ = for_target(Document.parse(text), "fcp")
    assert b"standalone" not in result.to_bytes()
