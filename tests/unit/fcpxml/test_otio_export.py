"""What each construct of FCPXML becomes in OTIO."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.otio import KEY, from_otio, to_otio
from takebridge_fcpxml.otio.rational import read_time

MEDIA = """
<asset id="r2" name="A001" start="0s" duration="2402400/24000s" hasVideo="1" hasAudio="1" format="r1">
    <media-rep kind="original-media" src="file:///media/A001%20x.mov"/>
</asset>
<asset id="r3" name="Music" start="0s" duration="100s" hasAudio="1"><media-rep src="file:///media/m.wav"/></asset>
<asset id="r4" name="B001" start="3600s" duration="100s" hasVideo="1" format="r9">
    <media-rep src="file:///media/B001.mov"/>
</asset>
<asset id="r5" name="Still" duration="0s" hasVideo="1" format="r8"><media-rep src="file:///media/s.png"/></asset>
<format id="r8" name="FFVideoFormatRateUndefined" width="100" height="100"/>
<format id="r9" name="FFVideoFormat1080p25" frameDuration="100/2500s" width="1920" height="1080"/>
<effect id="r6" name="Basic Title" uid=".../Titles.localized/Basic Title.moti"/>
<effect id="r7" name="Cross Dissolve" uid="FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"/>
"""
NTSC = 24000 / 1001


def convert(spine: str, resources: str = "") -> otio.schema.Timeline:
    found, _ = to_otio(film(spine, resources=MEDIA + resources).document)
    assert isinstance(found, otio.schema.Timeline)
    return found


def back(timeline: otio.schema.Timeline) -> str:
    """The document, from the timeline as a file would hold it."""
    again = otio.core.deserialize_json_from_string(timeline.to_json_string())
    return from_otio(again)[0].to_bytes().decode()


def lone(timeline: otio.schema.Timeline) -> otio.core.Item:
    (track,) = [track for track in timeline.video_tracks() if track.name == "Primary Storyline"]
    (item,) = [child for child in track if KEY in child.metadata and "key" in child.metadata[KEY]]
    return item


def clip(attributes: str = "", inside: str = "", duration: str = "48048/24000s") -> str:
    head = f'<asset-clip ref="r2" name="A" offset="86486400/24000s" duration="{duration}"'
    return f"{head} {attributes}".rstrip() + f">{inside}</asset-clip>"


def test_a_clip_at_an_ntsc_rate_has_whole_frames_and_its_media() -> None:
    timeline = convert(clip('start="1001/24000s"'))
    item = lone(timeline)
    assert item.source_range.start_time == otio.opentime.RationalTime(1, NTSC)
    assert item.source_range.duration == otio.opentime.RationalTime(48, NTSC)
    assert item.media_reference.target_url == "file:///media/A001%20x.mov"
    assert item.media_reference.available_range.duration == otio.opentime.RationalTime(2400, NTSC)
    assert timeline.global_start_time == otio.opentime.RationalTime(86400, NTSC)


def test_media_of_another_rate_keeps_its_own_grid_and_timecode() -> None:
    item = lone(convert('<asset-clip ref="r4" offset="86486400/24000s" start="3601s" duration="1001/24000s"/>'))
    assert item.source_range.start_time == otio.opentime.RationalTime(90025, 25)
    assert item.media_reference.available_range.start_time == otio.opentime.RationalTime(90000, 25)


def test_a_time_off_every_grid_is_numerator_over_denominator() -> None:
    item = lone(convert(clip('start="7/48000s"')))
    start = item.source_range.start_time
    assert (start.value, start.rate) == (7, 48000)


def test_lanes_become_tracks_around_the_primary_storyline() -> None:
    timeline = convert(
        clip(
            inside='<video ref="r5" lane="1" offset="0s" start="3600s" duration="1s"/>'
            '<video ref="r5" lane="-1" offset="0s" start="3600s" duration="1s" name="under"/>'
            '<asset-clip ref="r3" lane="-2" offset="1s" duration="1s" name="music"/>'
        )
    )
    names = [(track.name, track.kind) for track in timeline.tracks]
    assert names == [
        ("Lane -1", "Video"),
        ("Primary Storyline", "Video"),
        ("Lane 1", "Video"),
        ("Lane -2", "Audio"),
        ("Sound of lane 0", "Audio"),
    ]
    music = timeline.tracks[3]
    assert [type(child).__name__ for child in music] == ["Gap", "Clip"]
    assert music[0].duration().to_seconds() == 1


def test_items_of_one_lane_that_overlap_take_two_tracks() -> None:
    inside = '<video ref="r5" lane="1" offset="0s" duration="2s"/><video ref="r5" lane="1" offset="1s" duration="2s"/>'
    timeline = convert(clip(inside=inside))
    assert [track.name for track in timeline.video_tracks()] == ["Primary Storyline", "Lane 1", "Lane 1"]


def test_the_lane_of_what_is_connected_to_a_connected_item_adds_up() -> None:
    inner = '<video ref="r5" lane="1" offset="0s" duration="1s" name="top"/>'
    timeline = convert(clip(inside=f'<video ref="r5" lane="2" offset="0s" duration="1s">{inner}</video>'))
    track = next(track for track in timeline.video_tracks() if any(child.name == "top" for child in track))
    assert track.metadata[KEY]["lane"] == 3


def test_an_audition_is_a_tray_of_references_with_the_pick_active() -> None:
    timeline = convert(
        '<audition offset="86486400/24000s"><asset-clip ref="r2" name="take 3" duration="1001/24000s"/>'
        '<asset-clip ref="r4" name="take 1" start="3600s" duration="1001/24000s"/>'
        '<asset-clip ref="r4" name="take 1" start="3601s" duration="1001/24000s"/></audition>'
    )
    item = lone(timeline)
    references = item.media_references()
    assert item.active_media_reference_key == "DEFAULT_MEDIA"
    assert references["DEFAULT_MEDIA"].target_url == "file:///media/A001%20x.mov"
    assert {key: references[key].metadata[KEY]["pick"] for key in references} == {
        "DEFAULT_MEDIA": 0,
        "take 1": 1,
        "take 1 (2)": 2,
    }


def test_markers_stand_in_source_time_with_a_colour_a_kind() -> None:
    timeline = convert(
        clip(
            'start="1001/24000s"',
            '<marker start="4004/24000s" duration="1001/24000s" value="look" note="why"/>'
            '<marker start="1s" value="todo" completed="0"/><marker start="1s" value="done" completed="1"/>'
            '<chapter-marker start="1s" value="one" posterOffset="1s"/><keyword value="a, b"/>',
        )
    )
    item = lone(timeline)
    assert [(mark.name, mark.color) for mark in item.markers] == [
        ("look", "PURPLE"),
        ("todo", "RED"),
        ("done", "GREEN"),
        ("one", "ORANGE"),
    ]
    first = item.markers[0]
    assert first.comment == "why"
    assert first.marked_range.start_time == otio.opentime.RationalTime(4, NTSC)
    assert list(item.metadata[KEY]["keywords"]) == ["a", "b"]


def test_a_transition_stands_around_its_cut() -> None:
    timeline = convert(
        clip()
        + '<transition name="Cross Dissolve" offset="86510424/24000s" duration="48048/24000s"/>'
        + '<asset-clip ref="r2" offset="86534448/24000s" start="1s" duration="48048/24000s"/>'
    )
    track = next(track for track in timeline.video_tracks())
    cross = track[1]
    assert cross.transition_type == "SMPTE_Dissolve"
    assert (cross.in_offset.value, cross.out_offset.value) == (24, 24)


@pytest.mark.parametrize(("end", "scalar"), [("50s", 0.5), ("200s", 2.0), ("300s", 3.0)])
def test_a_constant_speed_is_a_linear_time_warp(end: str, scalar: float) -> None:
    points = f'<timeMap><timept time="0s" value="0s"/><timept time="100s" value="{end}"/></timeMap>'
    item = lone(convert(clip('start="10s"', points)))
    (warp,) = item.effects
    assert isinstance(warp, otio.schema.LinearTimeWarp) and warp.time_scalar == scalar
    assert read_time(item.source_range.start_time).seconds == 10 * Fraction(scalar)


def test_a_freeze_is_a_freeze_frame_and_normal_speed_no_effect() -> None:
    freeze = '<timeMap><timept time="0s" value="5s"/><timept time="9s" value="5s"/></timeMap>'
    assert isinstance(lone(convert(clip(inside=freeze))).effects[0], otio.schema.FreezeFrame)
    plain = '<timeMap><timept time="0s" value="0s"/><timept time="9s" value="9s"/></timeMap>'
    assert not lone(convert(clip(inside=plain))).effects


def test_a_speed_curve_is_reported_as_approximated() -> None:
    curve = (
        '<timeMap><timept time="0s" value="0s"/><timept time="1s" value="3s"/><timept time="9s" value="9s"/></timeMap>'
    )
    _, losses = to_otio(film(clip(inside=curve), resources=MEDIA).document)
    assert ("approximated", "timeMap") in losses.counts()


def test_a_title_is_a_generator_with_its_words() -> None:
    title = '<title ref="r6" name="T" offset="86486400/24000s" start="3600s" duration="1001/24000s">'
    item = lone(convert(title + "<text>Hello</text></title>"))
    assert isinstance(item.media_reference, otio.schema.GeneratorReference)
    assert item.media_reference.parameters["text"] == "Hello"
    assert item.media_reference.generator_kind.endswith(".moti")


def test_a_compound_is_a_nested_stack_of_what_it_holds() -> None:
    media = (
        '<media id="r20" name="C"><sequence format="r1" tcStart="10s"><spine>'
        '<asset-clip ref="r2" name="inner" offset="10s" start="1s" duration="4s"/></spine></sequence></media>'
    )
    timeline = convert('<ref-clip ref="r20" name="C" offset="86486400/24000s" start="11s" duration="1s"/>', media)
    stack = lone(timeline)
    assert isinstance(stack, otio.schema.Stack)
    assert stack.source_range.start_time.to_seconds() == 1
    assert [one.name for one in stack.find_clips()] == ["inner", "inner"]  # picture, and its sound


def test_a_compound_in_itself_ends_with_a_report() -> None:
    media = (
        '<media id="r20" name="C"><sequence format="r1"><spine>'
        '<ref-clip ref="r20" offset="0s" duration="1s"/></spine></sequence></media>'
    )
    document = film('<ref-clip ref="r20" offset="86486400/24000s" duration="1s"/>', resources=media).document
    found, _ = to_otio(document)
    assert from_otio(found)[0].to_bytes() == document.to_bytes()


def test_a_multicam_clip_plays_its_angle_and_says_it_is_approximated() -> None:
    media = (
        '<media id="r20" name="M"><multicam format="r1"><mc-angle name="a" angleID="x">'
        '<asset-clip ref="r2" offset="0s" duration="9s"/></mc-angle><mc-angle name="b" angleID="y">'
        '<asset-clip ref="r4" offset="0s" start="3605s" duration="9s"/></mc-angle></multicam></media>'
    )
    spine = (
        '<mc-clip ref="r20" name="M" offset="86486400/24000s" start="2s" duration="1001/24000s">'
        '<mc-source angleID="y" srcEnable="video"/><mc-source angleID="x" srcEnable="audio"/></mc-clip>'
    )
    found, losses = to_otio(film(spine, resources=MEDIA + media).document)
    item = lone(found)
    assert item.media_reference.target_url == "file:///media/B001.mov"
    assert item.source_range.start_time == otio.opentime.RationalTime(3607 * 25, 25)
    assert ("approximated", "mc-clip") in losses.counts()


def test_a_clip_of_components_plays_its_main_picture() -> None:
    spine = (
        '<clip name="C" offset="86486400/24000s" start="3s" duration="1001/24000s">'
        '<video ref="r4" offset="1s" start="3601s" duration="50s">'
        '<audio ref="r3" lane="-1" offset="3601s" duration="50s"/></video></clip>'
    )
    item = lone(convert(spine))
    assert item.media_reference.target_url == "file:///media/B001.mov"
    assert read_time(item.source_range.start_time).seconds == 3603


def test_a_still_is_available_as_long_as_it_is_shown() -> None:
    item = lone(convert('<video ref="r5" offset="86486400/24000s" start="3600s" duration="1001/24000s"/>'))
    assert item.media_reference.available_range == item.source_range


def test_disabled_stays_disabled_and_roles_can_be_read() -> None:
    item = lone(convert(clip('enabled="0" audioRole="dialogue.boom"')))
    assert item.enabled is False
    assert list(item.metadata[KEY]["roles"]) == ["dialogue.boom"]


def test_captions_filters_and_metadata_are_carried_and_said_so() -> None:
    inside = (
        '<caption lane="1" offset="0s" duration="1s" role="SRT?captionFormat=SRT.en"><text>hi</text></caption>'
        '<filter-video ref="r7" name="f"/><metadata><md key="com.x" value="1"/></metadata>'
    )
    document = film(clip(inside=inside), resources=MEDIA).document
    found, losses = to_otio(document)
    carried = {construct for kind, construct in losses.counts() if kind == "carried"}
    assert {"caption", "text", "filter-video", "metadata", "md", "format", "event"} <= carried
    assert all(loss.path and loss.line for loss in losses if loss.construct == "caption")
    assert back(found) == document.to_bytes().decode()


def test_several_projects_are_a_collection_and_one_can_be_asked_for() -> None:
    document = film(clip(), resources=MEDIA).document
    event = document.root.find("library/event")
    assert event is not None
    event.append(Document.parse(document.to_bytes()).root.find("library/event/project"))
    event[1].set("name", "Second")
    found, _ = to_otio(document)
    assert [child.name for child in found] == ["Film", "Second"]
    single, losses = to_otio(document, project="Second")
    assert single.name == "Second"
    assert losses.counts()["dropped", "project"] == 1
    again, _ = from_otio(single)
    assert [one.get("name") for one in again.root.iter("project")] == ["Second"]
    with pytest.raises(OtioError, match="no project 'Third'"):
        to_otio(document, project="Third")


def test_browser_clips_alone_are_a_collection_and_nothing_is_an_error() -> None:
    text = '<fcpxml version="1.10"><resources>%s</resources><event name="E">%s</event></fcpxml>'
    document = Document.parse(text % (MEDIA.replace('format="r1"', 'format="r9"'), '<asset-clip ref="r4" name="B"/>'))
    found, _ = to_otio(document)
    assert isinstance(found, otio.schema.SerializableCollection) and found[0].name == "B"
    assert from_otio(found)[0].to_bytes() == document.to_bytes()
    with pytest.raises(OtioError, match="neither a project nor a clip"):
        to_otio(Document.parse(text % ("", "")))


def test_a_source_range_has_one_rate_where_one_holds_both_times() -> None:
    fast = '<format id="r20" name="x" frameDuration="1001/48000s" width="1920" height="1080"/>'
    asset = (
        '<asset id="r21" name="F" start="0s" duration="100s" hasVideo="1" format="r20"><media-rep src="f.mov"/></asset>'
    )
    spine = '<asset-clip ref="r21" offset="86486400/24000s" start="20020/24000s" duration="48048/24000s"/>'
    shown = lone(convert(spine, fast + asset)).source_range
    assert (shown.start_time, shown.duration.rate) == (otio.opentime.RationalTime(20, NTSC), NTSC)


@pytest.mark.parametrize(("attributes", "reported"), [("", 1), (' scaleEnabled="0"', 0)])
def test_media_that_final_cut_pro_plays_faster_or_slower_is_reported(attributes: str, reported: int) -> None:
    spine = (
        '<asset-clip ref="r4" offset="86486400/24000s" start="3600s" duration="48048/24000s">'
        f'<conform-rate srcFrameRate="25"{attributes}/></asset-clip>'
    )
    _, losses = to_otio(film(spine, resources=MEDIA).document)
    assert losses.counts().get(("approximated", "conform-rate"), 0) == reported


def test_a_clip_without_media_still_says_what_is_available() -> None:
    inner = '<clip name="empty" offset="86486400/24000s" start="2s" duration="48048/24000s"><gap duration="9s"/></clip>'
    item = lone(convert(inner))
    assert isinstance(item, otio.schema.Clip)
    assert isinstance(item.media_reference, otio.schema.MissingReference)
    assert read_time(item.available_range().start_time).seconds == 2
