"""Reading Final Cut Pro 7 XML: hand-made documents, one for each construct."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.support.xmeml import clips

from takebridge.cut.model import Cut, Span, Transition
from takebridge.errors import BridgeError, InvalidDocumentError, UnsupportedFormatError
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml
from takebridge.interchange.xmeml_urls import to_location, to_pathurl
from takebridge.timebase import FrameRate

RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
NTSC = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
FILM = "<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>"


def item(body: str, *, name: str = "a", at: tuple[int, int] = (0, 50), rate: str = RATE, id: str = "") -> str:
    place = f"<start>{at[0]}</start><end>{at[1]}</end>"
    return f'<clipitem id="{id or name}"><name>{name}</name>{rate}{place}{body}</clipitem>'


def file(id: str = "f1", *, rate: str = RATE, more: str = "") -> str:
    url = "<pathurl>file://localhost/C%3a/a%20b/%C3%BC.mov</pathurl>"
    return f'<file id="{id}"><name>ü.mov</name>{url}{rate}<duration>1000</duration>{more}</file>'


def document(video: str, *, rate: str = RATE, audio: str = "", more: str = "", id: str = "s") -> bytes:
    tracks = f"<video><track>{video}</track></video><audio><track>{audio}</track></audio>"
    text = f'<sequence id="{id}"><name>S</name>{rate}<media>{tracks}</media>{more}</sequence>'
    return f'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE xmeml><xmeml version="5">{text}</xmeml>'.encode()


def only(data: bytes) -> tuple[Span, Span | None]:
    clip = clips(read_xmeml(data)[0])[0]
    return clip.record, clip.source


def test_a_file_is_media_with_its_timecode() -> None:
    timecode = f"<timecode>{NTSC}<string>01;00;00;00</string><frame>107892</frame>"
    data = document(
        item("<in>5</in><out>55</out>" + file(rate=NTSC, more=timecode + "</timecode>"), rate=NTSC), rate=NTSC
    )
    media = clips(read_xmeml(data)[0])[0].media
    assert media is not None
    assert (media.name, media.location, media.id) == ("ü.mov", "C:/a b/ü.mov", "f1")
    assert (media.rate, media.frame_count, media.start) == (FrameRate(30000, 1001), 1000, 107892)


def test_a_timecode_without_a_frame_number_is_read_from_its_label() -> None:
    timecode = f"<timecode>{NTSC}<string>01;00;00;00</string><displayformat>DF</displayformat></timecode>"
    cut, _ = read_xmeml(document("", rate=NTSC, more=timecode))
    assert (cut.start, cut.drop_frame) == (107892, True)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("file://localhost/Volumes/A%20B/%C3%BC.mov", "/Volumes/A B/ü.mov"),
        ("file:///C:/x/y.mov", "C:/x/y.mov"),
        ("file://localhost/C%3a/it's/a%26b.mov", "C:/it's/a&b.mov"),
        ("file://server/share/x.mov", "//server/share/x.mov"),
        ("file://localhost/raw path/é.mov", "/raw path/é.mov"),
        ("file://localhost/latin/%E9.mov", "/latin/é.mov"),
        ("D:\\media\\x.mov", "D:\\media\\x.mov"),
        ("media/x%20y.mov", "media/x y.mov"),
        ("https://host/x.mov", "https://host/x.mov"),
        ("", ""),
    ],
)
def test_locations_are_decoded_paths(url: str, location: str) -> None:
    assert to_location(url) == location


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/Volumes/A B/ü 'x' & y.mov", "file://localhost/Volumes/A%20B/%C3%BC%20%27x%27%20%26%20y.mov"),
        ("C:\\x y\\z.mov", "file://localhost/C%3a/x%20y/z.mov"),
        ("//server/share/100%.mov", "file://server/share/100%25.mov"),
    ],
)
def test_urls_are_percent_encoded_with_encoded_drives(location: str, url: str) -> None:
    assert to_pathurl(location) == url


def test_in_and_out_count_the_rate_of_the_item() -> None:
    """48 frames of 24000/1001 are 2.002 s, in a sequence of 30000/1001 they last 60 frames."""
    body = "<in>24</in><out>72</out>" + file(rate=FILM)
    assert only(document(item(body, at=(0, 60), rate=FILM), rate=NTSC)) == (Span(0, 60), Span(24, 72))


def test_in_and_out_written_in_sequence_frames_are_known_by_their_length() -> None:
    """60 sequence frames from 30 on: one second in, 24 frames of the media."""
    body = "<in>30</in><out>90</out>" + file(rate=FILM)
    assert only(document(item(body, at=(0, 60), rate=FILM), rate=NTSC)) == (Span(0, 60), Span(24, 72))


def test_ticks_are_the_truth_between_frames() -> None:
    """At 25 in a sequence of 25, half a frame is 5080320000 ticks."""
    ticks = "<in>10</in><out>60</out><pproTicksIn>106686720000</pproTicksIn><pproTicksOut>614718720000</pproTicksOut>"
    assert only(document(item(ticks + file())))[1] == Span(Fraction(21, 2), Fraction(121, 2))


def test_ticks_left_behind_by_an_edit_do_not_count() -> None:
    ticks = "<in>10</in><out>60</out><pproTicksIn>0</pproTicksIn><pproTicksOut>508032000000</pproTicksOut>"
    cut, losses = read_xmeml(document(item(ticks + file())))
    assert clips(cut)[0].source == Span(10, 60)
    assert len(losses) == 1 and "“a”" in losses[0]


def test_a_transition_gives_start_end_in_and_out() -> None:
    """The dissolve lasts 40–60, centred: the clips meet at 50; in and out cover the dissolve."""
    left = item("<in>0</in><out>60</out>" + file(), name="l", at=(0, -1))
    right = item('<in>90</in><out>150</out><file id="f1"/>', name="r", at=(-1, 100))
    middle = "<transitionitem><start>40</start><end>60</end><alignment>center</alignment></transitionitem>"
    cut, _ = read_xmeml(document(left + middle + right))
    first, transition, second = cut.tracks[0].items
    assert isinstance(transition, Transition) and (transition.record, transition.cut) == (Span(40, 60), 50)
    assert [(one.record, one.source) for one in clips(cut)] == [
        (Span(0, 50), Span(0, 50)),
        (Span(50, 100), Span(100, 150)),
    ]
    assert (first.record.end, second.record.start) == (50, 50)


@pytest.mark.parametrize(("alignment", "cut_at"), [("start-black", 40), ("end-black", 60), ("even", 50)])
def test_a_transition_alone_cuts_where_it_is_aligned(alignment: str, cut_at: int) -> None:
    middle = f"<transitionitem><start>40</start><end>60</end><alignment>{alignment}</alignment></transitionitem>"
    transition = next(one for one in read_xmeml(document(middle))[0].tracks[0].items if isinstance(one, Transition))
    assert transition.cut == cut_at


def remap(speed: str, reverse: str = "FALSE", *, more: str = "", variable: str = "0") -> str:
    parameters = "".join(
        f"<parameter><parameterid>{name}</parameterid><value>{value}</value></parameter>"
        for name, value in (("variablespeed", variable), ("speed", speed), ("reverse", reverse))
    )
    return f"<filter><effect><effectid>timeremap</effectid>{parameters}{more}</effect></filter>"


def test_in_and_out_of_a_retimed_clip_count_retimed_frames() -> None:
    body = "<in>50</in><out>100</out>" + file() + remap("200")
    clip = clips(read_xmeml(document(item(body)))[0])[0]
    assert (clip.speed, clip.source) == (2, Span(100, 200))


def test_a_reversed_clip_counts_back_from_the_end_of_its_media() -> None:
    """Of 1000 frames, retimed 100–150 reversed are the frames 850–900."""
    body = "<in>100</in><out>150</out>" + file() + remap("100", "TRUE")
    clip = clips(read_xmeml(document(item(body)))[0])[0]
    assert (clip.speed, clip.source) == (-1, Span(850, 900))


def test_a_ramp_is_opaque_and_covers_what_it_plays() -> None:
    keys = "".join(
        f"<keyframe><when>{at}</when><value>{to}</value></keyframe>" for at, to in ((0, 0), (25, 100), (50, 110))
    )
    graph = f"<parameter><parameterid>graphdict</parameterid>{keys}</parameter>"
    body = "<in>0</in><out>50</out>" + file() + remap("100", variable="1", more=graph)
    clip = clips(read_xmeml(document(item(body)))[0])[0]
    assert (clip.speed, clip.source, bool(clip.ramp)) == (None, Span(0, 110), True)


def test_a_subclip_counts_from_its_start() -> None:
    body = "<in>5</in><out>55</out>" + file() + "<subclipinfo><startoffset>100</startoffset></subclipinfo>"
    assert only(document(item(body)))[1] == Span(105, 155)


def test_nested_sequences_are_read_once_and_found_by_id() -> None:
    inner = document(item("<in>0</in><out>50</out>" + file()), id="n").decode()
    inner = inner[inner.index("<sequence") : inner.index("</xmeml>")]
    body = item(f"<in>10</in><out>60</out>{inner}", name="n1") + item(
        '<in>0</in><out>50</out><sequence id="n"/>', name="n2", at=(50, 100)
    )
    one, two = clips(read_xmeml(document(body))[0])
    assert one.kind == "nested" and one.inner is not None and one.inner is two.inner
    assert one.source == Span(10, 60)


def test_linked_clips_share_a_link() -> None:
    links = "<link><linkclipref>v</linkclipref></link><link><linkclipref>s</linkclipref></link>"
    body = "<in>0</in><out>50</out>"
    cut, _ = read_xmeml(
        document(
            item(body + file() + links, name="v") + item(body + '<file id="f1"/>', name="w", at=(50, 100)),
            audio=item(body + '<file id="f1"/>' + links, name="s"),
        )
    )
    picture, other, sound = clips(cut)
    assert picture.link == sound.link != ""
    assert other.link == ""


def test_a_stamp_is_what_most_places_say() -> None:
    mine, other = "tb-0123456789ab", "tb-ffffffffffff"
    body = (
        f"<in>0</in><out>50</out>{file()}<marker><name>x</name><comment>{other}</comment><in>1</in><out>-1</out></marker>"
        f"<comments><mastercomment1>take {mine}</mastercomment1></comments>"
    )
    assert clips(read_xmeml(document(item(body, name=f"shot {mine}")))[0])[0].stamp == mine


def test_one_path_with_two_timecodes_is_two_media() -> None:
    code = "<timecode><frame>{}</frame></timecode>"
    body = "<in>0</in><out>50</out>"
    cut, _ = read_xmeml(
        document(
            item(body + file(more=code.format(0)), name="a")
            + item(body + file("f2", more=code.format(900)), name="b", at=(50, 100))
        )
    )
    assert [one.media.start for one in clips(cut) if one.media] == [0, 900]


def test_of_several_sequences_the_first_is_read_and_the_others_are_named() -> None:
    def sequence(name: str) -> str:
        return f'<sequence id="{name}"><name>{name}</name>{RATE}<media/></sequence>'

    children = f"<children>{sequence('One')}{sequence('Two')}</children>"
    cut, losses = read_xmeml(f"<xmeml version='4'><project><name>P</name>{children}</project></xmeml>".encode())
    assert (cut.name, cut.project_name) == ("One", "P")
    assert any("“Two”" in line for line in losses)


@pytest.mark.parametrize("root", ["track", "clipitem"])
def test_fragments_are_read_as_a_cut_of_one_track(root: str) -> None:
    text = item("<in>3</in><out>53</out>" + file(), name="x")
    text = f"<track>{text}</track>" if root == "track" else text
    cut, losses = read_xmeml(text.encode())
    assert (cut.rate, clips(cut)[0].source, len(losses)) == (FrameRate(25), Span(3, 53), 1)


def test_overlapping_and_unplaced_items_are_all_there() -> None:
    body = "<in>0</in><out>50</out>" + file()
    stray = f"<clipitem id='s'><name>stray</name>{RATE}<in>0</in><out>10</out><file id='f1'/></clipitem>"
    cut, losses = read_xmeml(document(item(body, name="a") + item(body, name="b", at=(20, 70)) + stray))
    assert [one.record for one in clips(cut)] == [Span(0, 50), Span(20, 70), Span(70, 80)]
    assert any("stray" in line for line in losses)


# --- documents nobody should trust ------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE xmeml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xmeml><sequence>&b;</sequence></xmeml>'
OUTSIDE = (
    b'<!DOCTYPE xmeml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xmeml><sequence><name>&x;</name></sequence></xmeml>'
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<xmeml>",
        b"<xmeml/>",
        b"<xmeml version='4'><sequence/></xmeml>",
        b"<xmeml><sequence><name>no rate</name></sequence></xmeml>",
        b"<xmeml><sequence><rate><timebase>NaN</timebase></rate></sequence></xmeml>",
        BOMB,
        OUTSIDE,
        b"<xmeml>" + b"<bin>" * 100_000,
        b"<?xml version='1.0' encoding='UTF-8'?><xmeml>" + b"\xff\xfe</xmeml>",
        b"\x00\x01\x02" * 50,
        b"<!DOCTYPE " + b"a" * 1_000_000,
    ],
    ids=range(13),
)
def test_bad_documents_are_refused_with_a_next_step(data: bytes) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        read_xmeml(data)
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"<fcpxml version='1.10'/>", b"<html></html>"])
def test_other_xml_is_not_this_format(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        read_xmeml(data)


def test_an_external_document_type_is_never_loaded() -> None:
    text = document("").replace(b"<!DOCTYPE xmeml>", b'<!DOCTYPE xmeml SYSTEM "file:///nowhere/x.dtd">')
    assert read_xmeml(text)[0].name == "S"


def test_a_sequence_that_shows_itself_is_read_without_itself() -> None:
    cut, losses = read_xmeml(document(item('<in>0</in><out>50</out><sequence id="s"/>', name="me")))
    assert clips(cut)[0].inner is None
    assert any("“me”" in line for line in losses)


def _chain(depth: int, uses: int) -> bytes:
    """Sequences each showing the next one several times."""
    parts = []
    for number in range(depth):
        shown = f'<in>0</in><out>1</out><sequence id="q{number + 1}"/>'
        body = "".join(item(shown, name=f"i{number}-{use}", at=(use, use + 1)) for use in range(uses))
        parts.append(f'<sequence id="q{number}"><name>q{number}</name>{RATE}<media><video><track>{body}')
        parts.append("</track></video></media></sequence>")
    return f"<xmeml><bin><children>{''.join(parts)}</children></bin></xmeml>".encode()


@pytest.mark.parametrize(("depth", "uses"), [(400, 1), (30, 10)])
def test_endless_nesting_is_refused(depth: int, uses: int) -> None:
    with pytest.raises(InvalidDocumentError):
        read_xmeml(_chain(depth, uses))


@pytest.mark.parametrize("value", ["NaN", "inf", "-5", "1e9", "9" * 400, "", "0x10", "1.5", "٣"])
@pytest.mark.parametrize("tag", ["start", "end", "in", "out", "pproTicksIn", "duration"])
def test_strange_numbers_never_break_a_reading(tag: str, value: str) -> None:
    body = item(f"<in>0</in><out>50</out><pproTicksIn>0</pproTicksIn><pproTicksOut>9</pproTicksOut>{file()}")
    text = document(body).decode()
    begin, end = text.index(f"<{tag}>") + len(tag) + 2, text.index(f"</{tag}>")
    try:
        cut, _ = read_xmeml((text[:begin] + value + text[end:]).encode())
    except BridgeError:
        return
    assert isinstance(cut, Cut) and len(clips(cut)) == 1


def test_timecode_counts_frames_whatever_their_length() -> None:
    """A file of 24 with the timecode of 23.976 starts at frame 86400 of both."""
    whole = "<rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate>"
    code = f"<timecode>{FILM}<frame>86400</frame></timecode>"
    media = clips(read_xmeml(document(item("<in>0</in><out>50</out>" + file(rate=whole, more=code))))[0])[0].media
    assert media is not None and media.start == 86400


def test_a_multiclip_shows_its_active_angle_and_keeps_the_others() -> None:
    shown, other = file("f1"), file("f2").replace("ü.mov", "other.mov")
    angles = (
        f"<angle><clip>{other}</clip></angle>"
        f"<angle><activevideoangle>TRUE</activevideoangle><clip>{shown}</clip></angle>"
    )
    data = "<xmeml><project><children>{}</children></project></xmeml>"
    inside = document(item(f"<in>0</in><out>50</out><multiclip id='m'>{angles}</multiclip>")).decode()
    text = data.format(inside[inside.index("<sequence") : inside.index("</xmeml>")])
    cut, _ = read_xmeml(text.encode())
    clip = clips(cut)[0]
    assert (clip.kind, clip.media and clip.media.id) == ("multicam", "f1")
    assert b"other.mov" in write_xmeml(cut)[0]
