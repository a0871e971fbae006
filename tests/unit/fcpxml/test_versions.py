"""From version to version, construct by construct, on documents made by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from lxml import etree
from tests.support.fcpxml import film

from takebridge_fcpxml import place, root_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import TimeValueError, VersionError
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.versions import DEFAULT, READABLE, WRITABLE, to_version

ASSET = """<asset id="a1" name="a" start="10s" duration="100s" hasVideo="1" hasAudio="1" audioSources="1"
    audioChannels="2" format="r1"><media-rep kind="original-media" src="file:///a.mov"/></asset>"""
TITLES = '<effect id="t1" name="Title" uid="title"/>'


def convert(spine: str, wanted: str, *, version: str = "1.13", resources: str = ASSET) -> tuple[Document, LossReport]:
    source = film(spine, resources=resources + TITLES, version=version).document
    before = source.to_bytes()
    result, report = to_version(source, wanted)
    assert source.to_bytes() == before
    return result, report


def spine(document: Document) -> etree._Element:
    found = document.root.find(".//project/sequence/spine")
    assert found is not None
    return found


def named(report: LossReport) -> list[tuple[str, str]]:
    return [(loss.kind, loss.construct) for loss in report]


def test_what_can_be_written() -> None:
    assert READABLE == WRITABLE == ("1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14")
    assert DEFAULT == "1.10"


@pytest.mark.parametrize("wanted", ["1.4", "1.15", "2.0", "", "1.10 "])
def test_a_version_that_cannot_be_written_is_refused_with_those_that_can(wanted: str) -> None:
    with pytest.raises(VersionError) as caught:
        to_version(film("").document, wanted)
    assert "1.5, 1.6" in caught.value.hint and "1.14" in caught.value.hint


COMMON = """<asset-clip ref="a1"  offset='86486400/24000s' start="20s" duration="48048/24000s" audioRole="dialogue">
        <note>Kept</note>
        <conform-rate srcFrameRate="29.97"/>
        <adjust-volume amount="-6dB"></adjust-volume>
        <title ref="t1" lane="1" offset="20s" duration="1s"><text>A <text-style ref="s1">B</text-style>
            C</text><text-style-def id="s1"><text-style font="Arial"/></text-style-def></title>
        <marker start="21s" value="m" completed="0"/>
        <metadata><md key="k" value="1 &gt; 0"/></metadata>
    </asset-clip>
    <!-- a comment -->
    <hologram depth="3"><beam/></hologram><gap offset="86534448/24000s" duration="1001/24000s" glow="1"/>"""


@pytest.mark.parametrize("version", ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"])
@pytest.mark.parametrize("wanted", ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"])
def test_one_body_is_stamped_and_nothing_else(version: str, wanted: str) -> None:
    source = film(COMMON, resources=ASSET + TITLES, version=version).document
    result, report = to_version(source, wanted)
    assert not report
    stamped = source.to_bytes().replace(f'version="{version}"'.encode(), f'version="{wanted}"'.encode(), 1)
    assert result.to_bytes() == stamped.replace(b'encoding="%s"' % wanted.encode(), b'encoding="UTF-8"')


def test_the_version_a_document_has_already_changes_nothing_even_where_it_is_wrong() -> None:
    source = film('<live-drawing offset="0s" duration="1s"/>', version="1.9").document
    result, report = to_version(source, "1.9")
    assert result.to_bytes() == source.to_bytes() and not report


def test_an_unknown_future_version_is_taken_with_one_word() -> None:
    result, report = convert(
        '<hologram offset="0s"/><gap offset="0s" duration="1s" shimmer="1"/>', "1.10", version="1.23"
    )
    assert named(report) == [("approximated", "fcpxml@version")]
    assert "1.23" in report.losses[0].detail
    assert [child.tag for child in spine(result)] == ["hologram", "gap"]
    assert spine(result)[1].get("shimmer") == "1"


# Media files


def test_the_file_of_an_old_asset_becomes_its_original_with_the_bookmark() -> None:
    old = '<asset id="a1" src="file:///a%20b.mov" uid="U"><bookmark>AAEC</bookmark><metadata/></asset>'
    result, report = convert("", "1.9", version="1.8", resources=old)
    asset = result.resource("a1")
    assert asset is not None and not report
    assert [child.tag for child in asset] == ["media-rep", "metadata"]
    assert dict(asset[0].attrib) == {"kind": "original-media", "src": "file:///a%20b.mov"}
    assert asset[0].findtext("bookmark") == "AAEC" and asset.get("src") is None and asset.get("uid") == "U"


def test_an_asset_that_says_its_file_twice_says_it_once() -> None:
    reps = '<asset id="a1" src="file:///a%20b.mov"><media-rep src="file:///a b.mov"/></asset>'
    result, report = convert("", "1.10", version="1.11", resources=reps)
    assert result.resource("a1").get("src") is None and not report
    other = '<asset id="a1" src="file:///other.mov"><media-rep src="file:///a.mov"/></asset>'
    _, report = convert("", "1.10", version="1.11", resources=other)
    assert named(report) == [("dropped", "asset@src")]


def test_below_1_9_the_original_is_the_asset_and_the_proxy_goes() -> None:
    reps = """<asset id="a1"><media-rep kind="proxy-media" src="file:///p.mov"/>
        <media-rep kind="original-media" src="file:///a.mov" sig="S"><bookmark>AAEC</bookmark></media-rep>
        <metadata/></asset>"""
    result, report = convert("", "1.8", resources=reps)
    asset = result.resource("a1")
    assert asset.get("src") == "file:///a.mov"
    assert [child.tag for child in asset] == ["bookmark", "metadata"]
    expected = [("dropped", "media-rep"), ("dropped", "media-rep@sig")]
    assert [name for name in named(report) if "media-rep" in name[1]] == expected


def test_a_lone_proxy_stands_in_for_the_original() -> None:
    reps = '<asset id="a1"><media-rep kind="proxy-media" src="file:///p.mov"/></asset>'
    result, report = convert("", "1.8", resources=reps)
    assert result.resource("a1").get("src") == "file:///p.mov"
    assert ("approximated", "media-rep@kind") in named(report)


# Asset clips below 1.6


def _clip(result: Document) -> etree._Element:
    return spine(result)[0]


def test_below_1_6_an_asset_clip_is_a_clip_that_shows_and_sounds_the_same() -> None:
    text = """<asset-clip ref="a1" name="N" offset="86486400/24000s" start="20s" duration="4s" format="r1" lane="0"
        audioStart="19s" audioDuration="6s" audioRole="dialogue" videoRole="video.A" tcFormat="NDF" enabled="0">
        <note>n</note><adjust-volume amount="-3dB"/><title ref="t1" lane="1" offset="21s" duration="1s"/>
        <marker start="22s" value="m"/><audio-channel-source srcCh="1" role="dialogue"/><metadata/></asset-clip>"""
    result, report = convert(text, "1.5")
    clip = _clip(result)
    assert clip.tag == "clip"
    assert dict(clip.attrib) == {
        "name": "N",
        "offset": "86486400/24000s",
        "start": "20s",
        "duration": "4s",
        "format": "r1",
        "lane": "0",
        "audioStart": "19s",
        "audioDuration": "6s",
        "tcFormat": "NDF",
        "enabled": "0",
    }
    assert [child.tag for child in clip] == [
        "note",
        "adjust-volume",
        "video",
        "title",
        "marker",
        "audio-source",
        "metadata",
    ]
    video = clip[2]
    # The whole media at its own timecode: the clip's local time is the media's.
    assert dict(video.attrib) == {"offset": "10s", "start": "10s", "duration": "100s", "ref": "a1", "role": "video.A"}
    assert dict(video[0].attrib) == {
        "lane": "-1",
        "offset": "10s",
        "start": "10s",
        "duration": "100s",
        "ref": "a1",
        "role": "dialogue",
        "srcCh": "1, 2",
    }
    assert not [loss for loss in report if loss.construct.startswith(("asset-clip", "audio-"))]


def test_the_shown_media_of_a_rewritten_asset_clip_is_the_same() -> None:
    text = '<asset-clip ref="a1" offset="86486400/24000s" start="20s" duration="4s"/>'
    result, _ = convert(text, "1.5")
    clip, video, *_ = place(root_of(result).projects[0].sequence)
    shown = video.to_local(clip.record_start)
    assert shown == Fraction(20)
    assert video.to_local(clip.record_end) == Fraction(24)


@pytest.mark.parametrize(("enable", "tags"), [("video", ["video"]), ("audio", ["audio"]), ("all", ["video", "audio"])])
def test_source_enable_decides_what_the_clip_holds(enable: str, tags: list[str]) -> None:
    result, _ = convert(f'<asset-clip ref="a1" offset="0s" duration="4s" srcEnable="{enable}"/>', "1.5")
    assert [element.tag for element in _clip(result).iterdescendants()] == tags
    assert _clip(result).get("srcEnable") is None


def test_each_sound_source_of_the_asset_becomes_a_component() -> None:
    result, _ = convert(
        '<asset-clip ref="a1" duration="4s"/>', "1.5", resources=ASSET.replace('Sources="1"', 'Sources="2"')
    )
    voices = _clip(result).findall("video/audio")
    assert [(voice.get("srcID"), voice.get("lane")) for voice in voices] == [("1", "-1"), ("2", "-2")]


def test_an_asset_clip_without_duration_states_what_is_left_of_its_asset() -> None:
    result, _ = convert('<asset-clip ref="a1" offset="0s" start="30s"/>', "1.5")
    assert _clip(result).get("duration") == "80s"


def test_a_still_is_as_long_as_its_clip() -> None:
    still = '<asset id="a1" start="0s" duration="0s" hasVideo="1"><media-rep src="file:///s.png"/></asset>'
    result, _ = convert('<asset-clip ref="a1" offset="0s" start="3600s" duration="4s"/>', "1.5", resources=still)
    video = _clip(result)[0]
    assert (video.get("offset"), video.get("start"), video.get("duration")) == ("3600s", "3600s", "4s")


def test_an_asset_clip_without_media_leaves_a_gap_in_its_place() -> None:
    result, report = convert('<asset-clip ref="gone" offset="5s" start="2s" duration="4s"/><gap duration="1s"/>', "1.5")
    assert dict(_clip(result).attrib) == {"name": "Gap", "offset": "5s", "start": "2s", "duration": "4s"}
    assert ("dropped", "asset-clip") in named(report)


def test_what_is_connected_to_a_conformed_clip_stays_when_a_gap_takes_over() -> None:
    text = """<asset-clip ref="gone" offset="86486400/24000s" start="20s" duration="9s">
        <conform-rate srcFrameRate="25"/>
        <title ref="t1" lane="1" offset="22s" duration="1s"/><marker start="23s" value="m"/></asset-clip>"""
    source = film(text, resources=TITLES, version="1.13")
    result, _ = convert(text, "1.5", resources="")
    gap, title = place(root_of(result).projects[0].sequence)
    before, shown = place(source.projects[0].sequence)
    assert gap.item.tag == "gap" and title.record_start == shown.record_start
    marks = [item.to_record(item.item.markers[0].start) for item in (before, gap)]
    assert marks[0] == marks[1] == before.record_start + 3 / before.scale


def test_the_rate_an_asset_clip_takes_from_its_asset_is_stated() -> None:
    rate = '<format id="r2" frameDuration="100/2500s"/>'
    asset = ASSET.replace('format="r1"', 'format="r2"')
    text = '<asset-clip ref="a1" offset="0s" start="10s" duration="4s"><conform-rate scaleEnabled="1"/></asset-clip>'
    result, _ = convert(text, "1.5", resources=rate + asset)
    assert _clip(result).find("conform-rate").get("srcFrameRate") == "25"


def test_a_synchronised_clip_is_a_clip_of_the_same_contents() -> None:
    text = """<sync-clip offset="0s" duration="4s" modDate="2020-01-01"><spine><gap duration="4s"/></spine>
        <sync-source sourceID="storyline"><audio-role-source role="dialogue"/></sync-source></sync-clip>"""
    result, report = convert(text, "1.5")
    assert _clip(result).tag == "clip" and [child.tag for child in _clip(result)] == ["spine"]
    assert _clip(result).get("modDate") is None
    assert named(report)[-3:] == [
        ("approximated", "sync-clip"),
        ("dropped", "sync-clip@modDate"),
        ("dropped", "sync-source"),
    ]
    assert "1 audio-role-source" in report.losses[-1].detail


# Story items an older version does not have


def test_a_connected_item_goes_and_its_host_stays() -> None:
    text = '<gap offset="0s" duration="9s"><caption lane="1" offset="1s" duration="1s"><text>A</text></caption></gap>'
    result, report = convert(text, "1.7")
    assert len(_clip(result)) == 0
    loss = next(loss for loss in report if loss.construct == "caption")
    assert loss.kind == "dropped" and "1.7" in loss.detail and "from 1.8 on" in loss.detail and "1 text" in loss.detail
    assert loss.path == "fcpxml/library/event/project/sequence/spine/gap/caption"


def test_a_storyline_item_leaves_a_gap_that_keeps_what_is_connected() -> None:
    text = """<live-drawing offset="86486400/24000s" start="30s" duration="4s" role="video"><note>n</note>
        <adjust-blend/><title ref="t1" lane="1" offset="31s" duration="1s"/>
        <marker start="32s" value="m"/></live-drawing>
        <gap duration="1s"/>"""
    source, _ = convert(text, "1.11")
    result, report = convert(text, "1.10")
    gap = _clip(result)
    assert gap.tag == "gap" and [child.tag for child in gap] == ["note", "title", "marker"]
    assert dict(gap.attrib) == {"name": "Gap", "offset": "86486400/24000s", "start": "30s", "duration": "4s"}
    before, after = ([item[1:3] for item in place(root_of(each).projects[0].sequence)] for each in (source, result))
    assert before == after
    assert named(report) == [("dropped", "live-drawing")] and "With it went 1 adjust-blend." in report.losses[0].detail


def test_what_was_connected_to_a_connected_item_hangs_on_its_host_at_the_same_time() -> None:
    # 25 in 23.976 runs at 24/25/1.001 of a second of media a second, so the host's time is not record time.
    text = """<asset-clip ref="a1" offset="86486400/24000s" start="20s" duration="9s">
        <conform-rate srcFrameRate="25"/><live-drawing lane="2" offset="22s" start="5s" duration="3s">
        <title ref="t1" lane="1" offset="6s" duration="1s"/></live-drawing></asset-clip>"""
    before, _ = convert(text, "1.11")
    after, _ = convert(text, "1.10")
    titles = [
        next(item for item in place(root_of(each).projects[0].sequence) if item.item.tag == "title")
        for each in (before, after)
    ]
    assert titles[0].record_start == titles[1].record_start
    assert titles[1].host is not None and titles[1].host.item.tag == "asset-clip" and titles[1].lane == 3


AUDITION = '<audition offset="5s" lane="0">{}</audition><gap duration="1s"/>'
TAKE = '<asset-clip ref="a1" name="{}" start="10s" duration="{}s"/>'
DRAWING = '<live-drawing name="D" duration="4s"/>'


def test_an_alternate_that_has_to_go_leaves_the_pick() -> None:
    result, report = convert(AUDITION.format(TAKE.format("A", 4) + DRAWING), "1.10")
    assert [take.get("name") for take in _clip(result)] == ["A"]
    assert named(report) == [("dropped", "live-drawing")]


def test_a_pick_that_has_to_go_hands_over_to_a_take_of_its_length() -> None:
    result, report = convert(AUDITION.format(DRAWING + TAKE.format("A", 4)), "1.10")
    assert _clip(result).tag == "audition" and [take.get("name") for take in _clip(result)] == ["A"]
    assert "next take plays" in report.losses[0].detail


def test_a_pick_without_such_a_take_takes_the_audition_with_it() -> None:
    result, report = convert(AUDITION.format(DRAWING + TAKE.format("A", 7)), "1.10")
    assert (_clip(result).tag, _clip(result).get("offset"), _clip(result).get("duration")) == ("gap", "5s", "4s")
    assert named(report) == [("dropped", "audition"), ("dropped", "live-drawing")]
    assert "'A'" in report.losses[0].detail
    marked = TAKE.format("A", 7).replace("/>", '><marker start="11s" duration="1s" value="m"/></asset-clip>')
    _, report = convert(AUDITION.format(DRAWING + marked), "1.10")
    assert "With it went 1 marker." in report.losses[0].detail


def test_references_to_what_went_go_too() -> None:
    text = """<audition offset="0s"><asset-clip ref="a1" start="10s" duration="4s"/><live-drawing duration="4s">
        <asset-clip ref="a1" lane="1" offset="0s" duration="1s"><object-tracker><tracking-shape id="shape"/>
        </object-tracker></asset-clip></live-drawing></audition><asset-clip ref="a1" start="10s" duration="4s">
        <adjust-transform tracking="shape" scale="2 2"/></asset-clip>"""
    result, report = convert(text, "1.10")
    assert dict(spine(result)[1][0].attrib) == {"scale": "2 2"}
    assert ("dropped", "adjust-transform@tracking") in named(report)


# Attributes, values and what else changed its words


@pytest.mark.parametrize(
    ("text", "wanted", "left", "loss"),
    [
        ('<conform-rate srcFrameRate="120"/>', "1.12", {}, ("dropped", "conform-rate@srcFrameRate")),
        (
            '<conform-rate frameSampling="optical-flow-frc"/>',
            "1.11",
            {"frameSampling": "optical-flow"},
            ("approximated", "conform-rate@frameSampling"),
        ),
        (
            '<adjust-stabilization type="alignment-360"/>',
            "1.8",
            {"type": "automatic"},
            ("approximated", "adjust-stabilization@type"),
        ),
        ('<adjust-stabilization enabled="1"/>', "1.9", {}, None),
        ('<adjust-stabilization enabled="0"/>', "1.9", None, ("dropped", "adjust-stabilization@enabled")),
        ('<conform-rate srcFrameRate="96"/>', "1.5", {"srcFrameRate": "96"}, None),
    ],
)
def test_an_attribute_a_version_does_not_hold(
    text: str, wanted: str, left: dict[str, str] | None, loss: tuple[str, str] | None
) -> None:
    told = "1.9" if "alignment" in text else "1.13"
    result, report = convert(f'<video ref="a1" offset="0s" duration="4s">{text}</video>', wanted, version=told)
    inside = list(_clip(result))
    assert (dict(inside[0].attrib) if inside else None) == left
    assert named(report) == ([loss] if loss else []) + [
        name for name in named(report) if name[1].startswith(("format", "media-rep"))
    ]


def test_an_hsl_mask_takes_its_filter_along() -> None:
    text = """<video ref="a1" offset="0s" duration="4s"><filter-video-mask><mask-isolation type="HSL"><data/>
        </mask-isolation><filter-video ref="t1"/></filter-video-mask></video>"""
    result, report = convert(text, "1.8")
    assert len(_clip(result)) == 0
    assert ("dropped", "mask-isolation@type") in named(report)


def test_a_colour_decision_list_stands_in_a_comment() -> None:
    text = '<video ref="a1" duration="4s"><filter-video ref="t1"><info-asc-cdl slope="1 1 1"/></filter-video></video>'
    result, report = convert(text, "1.10", version="1.9")
    assert b'<!-- info-asc-cdl: slope="1 1 1" -->' in result.to_bytes()
    assert named(report) == [("approximated", "info-asc-cdl")]


def test_a_caption_without_placement_stood_at_the_bottom_in_1_8_and_says_so_later() -> None:
    text = """<gap duration="4s"><caption lane="1" offset="0s" duration="1s"><text>A</text>
        <text placement="top">B</text></caption>
        <title ref="t1" lane="2" offset="0s" duration="1s"><text>C</text></title></gap>"""
    result, _ = convert(text, "1.10", version="1.8", resources="")
    assert [block.get("placement") for block in _clip(result).iter("text")] == ["bottom", "top", None]


def test_colour_spaces_change_their_spelling_between_1_6_and_1_7() -> None:
    asset = '<asset id="a1" src="file:///a.mov" colorSpaceOverride="Rec. 2020"/>'
    result, report = convert("", "1.8", version="1.6", resources=asset)
    assert result.resource("a1").get("colorSpaceOverride") == "9-1-9 (Rec. 2020)" and not report
    back, _ = to_version(result, "1.6")
    assert back.resource("a1").get("colorSpaceOverride") == "Rec. 2020"


def test_a_formats_colour_space_is_its_timelines_in_1_6() -> None:
    result, report = convert("", "1.6", version="1.7", resources="")
    assert result.root.find(".//sequence").get("renderColorSpace") == "Rec. 709"
    assert result.resource("r1").get("colorSpace") is None
    assert named(report) == [("approximated", "format@colorSpace")]


@pytest.mark.parametrize(
    ("host", "name"), [("clip", "audio-channel-source"), ("ref-clip", "audio-role-source"), ("mc-clip", None)]
)
def test_old_audio_sources_take_their_new_names(host: str, name: str | None) -> None:
    source = '<audio-source srcCh="1, 2" role="music"><adjust-volume amount="1dB"/></audio-source>'
    text = f'<{host} ref="m1" offset="0s" duration="4s">{source}</{host}>'
    result, report = convert(text, "1.8", version="1.5", resources="")
    assert [child.tag for child in _clip(result)] == ([name] if name else [])
    assert bool(report) == (name != "audio-channel-source")
    if name:
        assert _clip(result)[0].get("role") == "music" and _clip(result)[0][0].tag == "adjust-volume"


def test_channel_settings_of_a_part_are_not_made_those_of_the_whole() -> None:
    text = '<asset-clip ref="a1" start="10s" duration="4s"><audio-channel-source srcCh="1" start="11s" duration="1s"/>'
    result, report = convert(text + "</asset-clip>", "1.5")
    assert _clip(result).find("audio-source") is None
    assert ("dropped", "audio-channel-source") in named(report)


def test_1_5_has_a_library_around_everything() -> None:
    text = """<fcpxml version="1.6"><resources/><project name="P"><sequence format="r1"><spine/></sequence></project>
    <event name="E"><project name="Q"/></event></fcpxml>"""
    result, report = to_version(Document.parse(text), "1.5")
    library = result.root[1]
    assert [child.get("name") for child in library] == ["P", "E"]
    assert [child.tag for child in library.iter()] == [
        "library",
        "event",
        "project",
        "sequence",
        "spine",
        "event",
        "project",
    ]
    assert named(report) == [("approximated", "library")]


def test_a_loss_names_the_line_and_place_in_the_source() -> None:
    text = "\n".join('<gap duration="1s"><caption lane="1" duration="1s"/></gap>' for _ in range(3))
    source = film(text, version="1.10").document
    lines = [element.sourceline for element in source.root.iter("caption")]
    _, report = to_version(source, "1.7")
    captions = [loss for loss in report if loss.construct == "caption"]
    assert [loss.line for loss in captions] == lines
    assert [loss.path for loss in captions] == [source.element_path(element) for element in source.root.iter("caption")]


@pytest.mark.parametrize("lane", ["--3", "²", "", "99999999999999999999"])
def test_a_lane_that_is_no_number_counts_as_none(lane: str) -> None:
    text = f'<live-drawing offset="0s" duration="1s" lane="{lane}"/>'
    result, _ = convert(text, "1.10")
    assert _clip(result).tag == "gap"


def test_dashes_in_a_colour_decision_list_do_not_end_its_comment() -> None:
    text = '<video ref="a1" duration="4s"><filter-video ref="t1"><info-asc-cdl slope="---"/></filter-video></video>'
    result, _ = convert(text, "1.10", version="1.9")
    assert Document.parse(result.to_bytes()).root.find(".//filter-video") is not None


def test_a_misplaced_mask_takes_nothing_but_itself() -> None:
    result, _ = convert('<mask-isolation type="HSL"/><gap duration="1s"/>', "1.8")
    assert [child.tag for child in spine(result)] == ["gap"]


def test_a_time_that_gets_too_long_names_its_place() -> None:
    text = """<gap duration="9s"><live-drawing lane="1" offset="1/4294967295s" duration="1s">
        <title ref="t1" lane="1" offset="1/4294967294s" duration="1s"/></live-drawing></gap>"""
    with pytest.raises(TimeValueError) as caught:
        convert(text, "1.10")
    assert caught.value.path == "title@offset" and caught.value.line and caught.value.hint
