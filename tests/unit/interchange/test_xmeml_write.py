"""Writing Final Cut Pro 7 XML: what hosts ask for, what an edit leaves alone, and what is lost by name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from lxml import etree
from tests.support.xmeml import bare, clips
from tests.unit.interchange.test_xmeml_read import document, file, item, remap

from takebridge.cut.model import Clip, Cut, Gap, Item, Marker, Media, Span, Take, Track, Transition, tile
from takebridge.errors import InterchangeError, UnsupportedFormatError
from takebridge.interchange.xmeml_in import read_xmeml
from takebridge.interchange.xmeml_out import write_xmeml
from takebridge.timebase import FrameRate

RATE = FrameRate(25)
MEDIA = Media("a.mov", "/m/a b.mov", RATE, 1000, 90000)
FILTER = "<filter><effect><name>Blur</name><effectid>blur</effectid><odd>1</odd></effect></filter>"
LABELS = "<labels><label2>Iris</label2></labels>"


def cut_of(*items: Item, audio: tuple[tuple[Item, ...], ...] = (), **more: Any) -> Cut:
    tracks = [Track("video", tile(items)), *(Track("audio", tile(one)) for one in audio)]
    return Cut("Film", more.pop("rate", RATE), tuple(tracks), width=1280, height=720, **more)


def clip(name: str = "a", start: int = 0, source: int = 100, length: int = 50, **more: Any) -> Clip:
    return Clip(name, Span.of(start, length), more.pop("media", MEDIA), Span.of(source, length), **more)


def tree(cut: Cut) -> etree._Element:
    return etree.fromstring(write_xmeml(cut)[0])


def texts(root: etree._Element, path: str) -> list[str]:
    return [one.text or "" for one in root.findall(f".//{path}")]


def test_a_new_document_says_what_hosts_ask_for() -> None:
    data, losses = write_xmeml(cut_of(clip(), start=90000), target="resolve")
    root = etree.fromstring(data)
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n')
    assert (root.tag, root.get("version")) == ("xmeml", "4")
    assert [child.tag for child in root[0]] == ["uuid", "name", "duration", "rate", "media", "timecode"]
    assert texts(root, "format/samplecharacteristics/width")[:1] == ["1280"]
    assert texts(root, "sequence/timecode/string") == ["01:00:00:00"]
    tags = [child.tag for child in root.find(".//clipitem")]  # type: ignore[union-attr]
    wanted = "masterclipid name enabled duration rate start end in out pproTicksIn pproTicksOut file"
    assert tags == wanted.split()
    assert texts(root, "pathurl") == ["file://localhost/m/a%20b.mov"]
    assert texts(root, "pproTicksIn") == ["1016064000000"]
    assert losses == ()


def test_a_file_is_defined_once() -> None:
    root = tree(cut_of(clip(), clip("b", 50), audio=((clip("c"),),)))
    files = root.findall(".//file")
    assert [len(one) > 0 for one in files] == [True, False, False]
    assert len({one.get("id") for one in files}) == 1
    assert len(set(texts(root, "masterclipid"))) == 1


def test_one_path_with_two_timecodes_is_two_files() -> None:
    later = replace(MEDIA, start=180000)
    root = tree(cut_of(clip(), clip("b", 50, media=later)))
    assert texts(root, "file/timecode/frame") == ["90000", "180000"]
    assert len({one.get("id") for one in root.findall(".//file")}) == 2


def test_linked_clips_name_each_other_with_their_places() -> None:
    picture, left, right = clip(link="x"), clip(link="x"), clip(link="x")
    root = tree(cut_of(Gap(Span(0, 10)), replace(picture, record=Span(10, 60)), audio=((left,), (right,))))
    first = root.find(".//clipitem")
    assert first is not None
    said = [{child.tag: child.text for child in one} for one in first.findall("link")]
    assert [(one["mediatype"], one["trackindex"], one["clipindex"], one.get("groupindex")) for one in said] == [
        ("video", "1", "1", None),
        ("audio", "1", "1", "1"),
        ("audio", "2", "1", "1"),
    ]
    assert texts(root, "sourcetrack/trackindex") == ["1", "2"]
    sides = [
        (one.get("premiereTrackType"), one.get("currentExplodedTrackIndex")) for one in root.findall(".//audio/track")
    ]
    assert sides == [("Stereo", "0"), ("Stereo", "1")]


def test_a_single_sound_is_not_exploded() -> None:
    root = tree(cut_of(clip(), audio=((clip(),),)))
    track = root.find(".//audio/track")
    assert track is not None and track.get("totalExplodedTrackCount") == "1"


def test_beside_a_transition_start_and_end_are_minus_one_and_in_and_out_cover_it() -> None:
    cross = Transition(Span(40, 56), 50, "Cross Dissolve")
    root = tree(cut_of(clip(), cross, clip("b", 50, 200)))
    assert texts(root, "clipitem/end") == ["-1", "100"]
    assert texts(root, "clipitem/start") == ["0", "-1"]
    assert texts(root, "clipitem/out") == ["156", "250"]
    assert texts(root, "clipitem/in") == ["100", "190"]


def test_a_transition_without_media_beyond_the_clip_is_named_and_stays_exact() -> None:
    cross = Transition(Span(40, 60), 50, "Cross Dissolve", "Cross Dissolve")
    cut = cut_of(clip(), cross, clip("b", 50, 0))
    data, losses = write_xmeml(cut)
    assert any("“b”" in line and "10 frames" in line for line in losses)
    assert bare(read_xmeml(data)[0]) == bare(cut)


def test_edits_keep_what_they_do_not_concern() -> None:
    body = "<in>0</in><out>50</out>" + file() + FILTER + LABELS
    read, _ = read_xmeml(document(item(body)))
    old = read.tracks[0].clips[0]
    new = replace(old, name="neu", record=Span(10, 40), source=Span(110, 140), enabled=False)
    root = tree(replace(read, tracks=(replace(read.tracks[0], items=tile([new])), *read.tracks[1:])))
    element = root.find(".//clipitem")
    assert element is not None
    said = {child.tag: child.text for child in element}
    assert (said["name"], said["enabled"], said["start"], said["end"]) == ("neu", "FALSE", "10", "40")
    assert (said["in"], said["out"], said["pproTicksIn"]) == ("110", "140", str(110 * 254016000000 // 25))
    assert texts(root, "effect/odd") == ["1"] and texts(root, "label2") == ["Iris"]
    assert root.get("version") == "5"
    order = [child.tag for child in element]
    assert order.index("enabled") < order.index("start") < order.index("pproTicksIn") < order.index("file")


def test_a_relinked_clip_gets_a_file_of_its_own_and_the_others_keep_theirs() -> None:
    body = "<in>0</in><out>50</out>"
    read, _ = read_xmeml(document(item(body + file()) + item(body + '<file id="f1"/>', name="b", at=(50, 100))))
    first, second = read.tracks[0].clips
    assert first.media is not None
    take = replace(first.media, name="take 2.mov", location="/takes/take 2.mov")
    edited = replace(
        read, tracks=(replace(read.tracks[0], items=(replace(first, media=take), second)), *read.tracks[1:])
    )
    again, _ = read_xmeml(write_xmeml(edited)[0])
    locations = [one.media.location for one in clips(again) if one.media]
    assert locations == ["/takes/take 2.mov", "C:/a b/ü.mov"]
    assert len({one.media.id for one in clips(again) if one.media}) == 2


def test_a_razored_clip_becomes_two_items_with_ids_of_their_own() -> None:
    read, _ = read_xmeml(document(item("<in>0</in><out>50</out>" + file() + FILTER)))
    one = read.tracks[0].clips[0]
    halves = (
        replace(one, record=Span(0, 20), source=Span(0, 20)),
        replace(one, record=Span(20, 50), source=Span(20, 50)),
    )
    root = tree(replace(read, tracks=(replace(read.tracks[0], items=halves), *read.tracks[1:])))
    assert len({one.get("id") for one in root.findall(".//clipitem")}) == 2
    assert texts(root, "effect/odd") == ["1", "1"]


def test_bins_master_clips_and_other_sequences_stay() -> None:
    inside = document(item('<in>0</in><out>50</out><file id="f1"/>')).decode()
    sequence = inside[inside.index("<sequence") : inside.index("</xmeml>")]
    master = f'<clip id="m1"><name>Master</name>{file()}<odd/></clip>'
    other = '<sequence id="o"><name>Other</name><rate><timebase>25</timebase></rate><media/></sequence>'
    text = f"<xmeml version='4'><bin><name>B</name><children>{master}{sequence}{other}</children></bin></xmeml>"
    cut, _ = read_xmeml(text.encode())
    written, losses = write_xmeml(cut)
    parser = etree.XMLParser(remove_blank_text=True)
    same = [etree.fromstring(one, parser) for one in (text.encode(), written)]
    assert etree.tostring(same[0], method="c14n2") == etree.tostring(same[1], method="c14n2")
    assert losses == ()


def test_a_stamp_is_written_in_two_places_and_no_marker_of_the_cut() -> None:
    stamp = "tb-0123456789ab"
    data, _ = write_xmeml(cut_of(clip(stamp=stamp)))
    root = etree.fromstring(data)
    assert texts(root, "comments/mastercomment1") == [stamp]
    assert texts(root, "marker/comment") == [stamp]
    again = clips(read_xmeml(data)[0])[0]
    assert (again.stamp, again.markers) == (stamp, ())


def test_a_new_stamp_replaces_the_old_one() -> None:
    read, _ = read_xmeml(write_xmeml(cut_of(clip(stamp="tb-0123456789ab")))[0])
    one = replace(read.tracks[0].clips[0], stamp="tb-ffffffffffff")
    data, _ = write_xmeml(replace(read, tracks=(replace(read.tracks[0], items=(one,)),)))
    assert b"tb-0123456789ab" not in data
    assert data.count(b"tb-ffffffffffff") == 2


def test_a_ramp_of_its_own_document_stays_and_a_foreign_one_is_lost_by_name() -> None:
    body = "<in>0</in><out>50</out>" + file() + remap("100", variable="1")
    read, _ = read_xmeml(document(item(body)))
    again, losses = write_xmeml(read)
    assert losses == () and clips(read_xmeml(again)[0])[0].speed is None
    _, losses = write_xmeml(cut_of(clip(speed=None, ramp="bezier")))
    assert any("“a”" in line and "ramp" in line for line in losses)


def test_what_cannot_be_said_is_named() -> None:
    takes = (Take("1", MEDIA, name="wide"), Take("2", replace(MEDIA, name="b"), name="close"))
    losing = cut_of(
        clip("t", takes=takes, active=0, role="dialogue", look="grade"),
        Gap(Span(50, 60), "to do"),
        Clip("Title", Span(60, 70), kind="title"),
        Clip("odd", Span(Fraction(141, 2), 80), MEDIA, Span(0, Fraction(19, 2))),
    )
    captions = Track("subtitle", (Clip("Hello", Span(0, 5), kind="caption"),))
    _, losses = write_xmeml(replace(losing, tracks=(*losing.tracks, captions)))
    text = "\n".join(losses)
    for word in ("close", "dialogue", "grade", "to do", "“Title”", "“odd”", "Hello"):
        assert word in text
    assert "wide" not in text


def test_markers_are_written_where_they_are() -> None:
    marked = cut_of(clip(markers=(Marker(110, 5, "m", "note", "Red"),)), markers=(Marker(7, 0, "s", "", ""),))
    root = tree(marked)
    assert texts(root, "clipitem/marker/in") == ["110"] and texts(root, "clipitem/marker/out") == ["115"]
    assert texts(root, "marker/pproColor") == [str(0xFF0000FF)]
    assert bare(read_xmeml(write_xmeml(marked)[0])[0]) == bare(marked)


def test_nested_cuts_are_written_once() -> None:
    inner = cut_of(clip("in"))
    nests = [
        Clip(name, Span.of(at, 50), None, Span(0, 50), "nested", inner=inner) for name, at in (("n", 0), ("m", 50))
    ]
    root = tree(cut_of(*nests))
    sequences = root.findall(".//clipitem/sequence")
    assert [len(one) > 0 for one in sequences] == [True, False]
    assert len({one.get("id") for one in root.iter("sequence")}) == 2


def test_characters_xml_has_no_place_for_do_not_break_the_document() -> None:
    data, _ = write_xmeml(cut_of(clip("a\x00\x1b\ud800<&>\"'")))
    assert clips(read_xmeml(data)[0])[0].name == "a\ufffd\ufffd\ufffd<&>\"'"


def test_rates_and_targets_that_do_not_exist_are_refused() -> None:
    with pytest.raises(InterchangeError) as caught:
        write_xmeml(cut_of(clip(), rate=FrameRate(25, 2)))
    assert caught.value.hint
    with pytest.raises(UnsupportedFormatError):
        write_xmeml(cut_of(clip()), target="vhs")


def test_extras_edited_by_hand_do_not_break_the_writer() -> None:
    broken = {"xmeml": {"element": "<clipitem", "read": 5, "links": "x", "id": 7}}
    cut = replace(cut_of(clip(extras=broken)), extras={"xmeml": {"document": "<a/>", "sequence": "<", "files": []}})
    assert bare(read_xmeml(write_xmeml(cut)[0])[0]) == bare(cut)
