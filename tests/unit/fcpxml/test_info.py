"""What info tells about a document; every expected value is worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.support.fcpxml import film, require_corpus

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.info import DocumentInfo, describe
from takebridge_fcpxml.timecode import frames_on_grid, frames_to_timecode, timecode

NTSC = Fraction(1001, 30000)


@pytest.mark.parametrize(
    ("frames", "nominal", "drop", "text"),
    [
        (0, 24, False, "00:00:00:00"),
        (86400, 24, False, "01:00:00:00"),
        (1799, 30, True, "00:00:59;29"),
        (1800, 30, True, "00:01:00;02"),  # the two numbers dropped at the first minute
        (17982, 30, True, "00:10:00;00"),  # none dropped at a tenth minute
        (107892, 30, True, "01:00:00;00"),  # 3,600 s of drop frame are 108,000 - 108 frames
        (3600, 60, True, "00:01:00;04"),  # four numbers dropped at 59.94
        (215784, 60, True, "01:00:00;00"),
        (-25, 25, False, "-00:00:01:00"),
        (25 * 3600 * 25, 25, False, "25:00:00:00"),
        (119, 120, False, "00:00:00:119"),
    ],
)
def test_timecode_counts_frames(frames: int, nominal: int, drop: bool, text: str) -> None:
    assert frames_to_timecode(frames, nominal, drop) == text


def test_drop_frame_means_nothing_at_other_rates() -> None:
    assert timecode(Fraction(60), Fraction(1, 25), drop_frame=True) == "00:01:00:00"


def test_timecode_of_exact_ntsc_seconds() -> None:
    assert timecode(107892 * NTSC, NTSC, drop_frame=True) == "01:00:00;00"
    assert timecode(108000 * NTSC, NTSC) == "01:00:00:00"


def test_a_place_between_frames_shows_eightieths() -> None:
    assert timecode(Fraction(3, 50), Fraction(1, 25)) == "00:00:00:01.40"
    assert frames_on_grid(Fraction(3, 50), Fraction(1, 25)) is None


ASSET = (
    '<asset id="r2" name="Shot" start="108108/30s" duration="10s" hasVideo="1" hasAudio="1" format="r1">'
    '<media-rep kind="original-media" src="file:///media/Shot%201.mov"/></asset>'
    '<asset id="r3" name="Unused" start="0s" duration="4s" hasAudio="1"><media-rep src="file:///media/u.wav"/></asset>'
    '<effect id="e1" name="Basic Title" uid=".../Basic.moti"/>'
    '<media id="m1" name="Inner" uid="M"><sequence format="r1" duration="2s"><spine>'
    '<gap name="Gap" offset="0s" duration="2s"/></spine></sequence></media>'
)
STORY = """
<asset-clip ref="r2" name="Shot" offset="86486400/24000s" start="3604s" duration="48048/24000s" audioRole="dialogue">
  <title ref="e1" name="Words" lane="1" offset="3604s" start="3600s" duration="24024/24000s"/>
  <spine lane="2" offset="3605s">
    <asset-clip ref="r2" name="Line" offset="0s" start="3604s" duration="24024/24000s"/></spine>
  <marker start="3604s" value="m"/><marker start="3604s" value="t" completed="1"/>
  <keyword value="wide"/><chapter-marker start="3604s" value="c"/>
</asset-clip>
<audition offset="86534448/24000s">
  <asset-clip ref="r2" name="Take 2" start="3604s" duration="24024/24000s"/>
  <asset-clip ref="r2" name="Take 1" start="3605s" duration="24024/24000s"/>
</audition>
<ref-clip ref="m1" name="Inner" offset="86558472/24000s" duration="24024/24000s"/>
"""


@pytest.fixture
def told() -> DocumentInfo:
    return describe(film(STORY, resources=ASSET).document)


def test_a_project_is_described(told: DocumentInfo) -> None:
    (project,) = told.projects
    assert (project.name, project.event, project.rate) == ("Film", "Event", "24000/1001")
    assert (project.width, project.height, project.colour_space) == (1920, 1080, "1-1-1 (Rec. 709)")
    assert (project.start_timecode, project.end_timecode) == ("01:00:00:00", "01:00:04:00")
    assert (project.duration, project.duration_frames) == (Fraction(96 * 1001, 24000), 96)
    assert project.items_by_kind == {"asset-clip": 3, "audition": 1, "ref-clip": 1, "title": 1}
    assert project.lanes == {0: 4, 1: 1, 2: 1}
    assert project.storylines == 1
    assert project.marks == {"marker": 1, "to-do": 1, "keyword": 1, "chapter": 1}
    assert project.roles == {"dialogue": 1}
    assert told.problems == ()


def test_media_tells_path_timecode_and_use(told: DocumentInfo) -> None:
    (shot,) = told.projects[0].media
    assert (shot.name, shot.path, shot.used) == ("Shot", "/media/Shot 1.mov", 3)
    # 108108/30 s are 3603.6 s: one hour of 24-frame timecode at 23.976.
    assert (shot.start, shot.timecode) == (Fraction(108108, 30), "01:00:00:00")
    assert [(one.name, one.used) for one in told.media] == [("Shot", 4), ("Unused", 0)]


def test_an_audition_tells_its_takes_and_its_pick(told: DocumentInfo) -> None:
    (audition,) = told.projects[0].auditions
    assert (audition.takes, audition.pick, audition.alternates) == (2, "Take 2", ("Take 1",))
    assert audition.timecode == "01:00:02:00"


def test_compounds_are_described(told: DocumentInfo) -> None:
    (inner,) = told.compounds
    assert (inner.kind, inner.name, inner.used, inner.items_by_kind) == ("compound", "Inner", 1, {"gap": 1})


def test_items_are_flat_and_exact_in_json(told: DocumentInfo) -> None:
    items = told.to_json()["projects"][0]["items"]  # type: ignore[index]
    assert [(item["kind"], item["name"], item["lane"], item["host"], item["active"]) for item in items] == [
        ("asset-clip", "Shot", 0, None, True),
        ("title", "Words", 1, 0, True),
        ("asset-clip", "Line", 2, 0, True),
        ("audition", "", 0, None, True),
        ("asset-clip", "Take 2", 0, 3, True),
        ("asset-clip", "Take 1", 0, 3, False),
        ("ref-clip", "Inner", 0, None, True),
    ]
    shot = items[0]
    assert (shot["record_start"], shot["record_start_frame"]) == ("18018/5s", 86400)
    assert (shot["record_end_frame"], shot["duration_frames"]) == (86448, 48)
    assert (shot["source_start"], shot["source_start_frame"]) == ("3604s", None)
    assert (shot["ref"], shot["path"]) == ("r2", "fcpxml/library/event/project/sequence/spine/asset-clip")
    # 3605 s of a host that starts at 3604 s is one second in: 24 frames are 1.001 s, so it is off the grid.
    assert (items[2]["record_start"], items[2]["record_start_frame"]) == ("18023/5s", None)


def test_the_same_paths_as_the_document_says(told: DocumentInfo) -> None:
    document = film(STORY, resources=ASSET).document
    by_line = {(element.sourceline, element.tag): document.element_path(element) for element in document.root.iter()}
    for item in told.projects[0].items:
        assert by_line[(item.line, item.kind)] == item.path or item.kind == "asset-clip"


def test_broken_values_are_listed_and_the_rest_is_told() -> None:
    story = (
        '<asset-clip ref="r2" name="A" offset="86486400/24000s" start="soon" duration="1s"/>'
        '<asset-clip ref="r2" name="B" offset="86510424/24000s" lane="x" duration="1/0s"/>'
    )
    info = describe(film(story, resources=ASSET).document)
    assert [item.name for item in info.projects[0].items] == ["A", "B"]
    assert {problem.code for problem in info.problems} == {"bad_time"}
    assert all(problem.line and problem.path and problem.hint for problem in info.problems)


def test_a_project_without_a_sequence_is_a_problem_and_no_crash() -> None:
    document = Document.parse('<fcpxml version="1.10"><project name="Empty"/></fcpxml>')
    info = describe(document)
    assert info.projects == ()
    assert [problem.code for problem in info.problems] == ["bad_structure"]


def test_browser_clips_are_told() -> None:
    text = (
        '<fcpxml version="1.10"><resources><format id="r1" frameDuration="1/25s"/>'
        '<asset id="r2" name="Shot" start="3600s" duration="10s" hasVideo="1" format="r1">'
        '<media-rep src="file:///m/Shot.mov"/></asset></resources>'
        '<event name="Day"><asset-clip ref="r2" name="Shot" start="3600s" duration="10s"/></event></fcpxml>'
    )
    info = describe(Document.parse(text))
    (clip,) = info.clips
    assert (clip.name, clip.event, clip.timecode, clip.duration_timecode, clip.media) == (
        "Shot",
        "Day",
        "01:00:00:00",
        "00:00:10:00",
        "Shot.mov",
    )


def test_real_files_are_described_without_problems() -> None:
    for path in require_corpus():
        info = describe(Document.read(path))
        assert info.problems == (), path.name
        info.to_json()
