"""Taking on another version of a document, setting sound apart, saying how to import: only what is named changes."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.support.fcpxml import film

from takebridge_fcpxml import edit
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.edit.importing import COPY_ASSETS, LIBRARY
from takebridge_fcpxml.view import Audition, Item, root_of, view_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
TEXT = (
    HEAD
    + """<fcpxml version="1.10">
  <resources><format id='r1'></format>
     <format id="r2"/></resources>
  <!-- kept -->
  <event name="A &#38; B"><clip name='x'><note>one</note></clip><clip name="y"></clip></event>
</fcpxml>
"""
)


def adopted(wanted: str) -> str:
    document = Document.parse(TEXT)
    edit.adopt(document, Document.parse(wanted))
    assert etree.tostring(document.root) == etree.tostring(Document.parse(wanted).root)
    return document.to_bytes().decode()


def test_an_equal_document_spelled_otherwise_changes_no_byte() -> None:
    other = etree.tostring(etree.fromstring(TEXT.encode())).decode()
    assert adopted(other) == TEXT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<note>one</note>", "<note>two</note>"),
        ("name='x'", "name='z'"),
        ("<!-- kept -->", "<!-- changed -->"),
        ('<clip name="y"></clip>', '<clip name="n"/><clip name="y"></clip>'),
        ("<clip name='x'><note>one</note></clip>", ""),
    ],
)
def test_only_what_is_different_is_spelled_anew(old: str, new: str) -> None:
    made = adopted(TEXT.replace(old, new))
    kept = [line for line in TEXT.split("\n") if old not in line]
    assert [line for line in made.split("\n") if line in kept] == kept
    assert "<format id='r1'></format>" in made and "A &#38; B" in made


def test_resources_are_told_apart_by_their_ids() -> None:
    made = adopted(TEXT.replace("<format id='r1'></format>\n     ", ""))
    assert 'id="r2"' in made and "r1" not in made


# --- import options -------------------------------------------------------------------------------------


def test_options_come_first_and_others_stay() -> None:
    document = film("").document
    edit.set_import_options(root_of(document), {LIBRARY: "file:///F.fcpbundle/", COPY_ASSETS: "0"})
    edit.set_import_options(root_of(document), {COPY_ASSETS: "1"})
    options = document.root[0]
    assert options.tag == "import-options"
    assert {one.get("key"): one.get("value") for one in options} == {LIBRARY: "file:///F.fcpbundle/", COPY_ASSETS: "1"}


# --- sound of its own -----------------------------------------------------------------------------------

ASSET = (
    '<asset id="a1" name="a" start="0s" duration="100100/1000s" hasVideo="1" hasAudio="1" format="r1" '
    'audioSources="1" audioChannels="2"><media-rep kind="original-media" src="file:///a.mov"/></asset>'
)
PLACE = 'offset="86486400/24000s" name="a" start="1001/1000s" duration="2002/1000s"'


def first(spine: str) -> Item:
    return film(spine, resources=ASSET).projects[0].sequence.spine.items[0]


def test_an_asset_clip_gives_its_sound_with_role_and_level() -> None:
    item = first(
        f'<asset-clip ref="a1" {PLACE} audioRole="dialogue.boom" videoRole="video.B"><adjust-transform/>'
        '<adjust-volume amount="-6dB"/><title ref="t" lane="1" offset="2002/1000s" duration="1001/1000s"/>'
        '<marker start="1001/1000s" value="m"/></asset-clip>'
    )
    sound = edit.detach_sound(item).item
    assert sound is not None and not edit.has_sound(item)
    element = sound.element
    assert (element.get("srcEnable"), item.element.get("srcEnable")) == ("audio", "video")
    assert (element.get("lane"), element.get("offset"), element.get("start")) == ("-1", "1001/1000s", "1001/1000s")
    assert (element.get("audioRole"), element.get("videoRole")) == ("dialogue.boom", None)
    assert [child.tag for child in element] == ["adjust-volume"]
    assert [child.tag for child in item.element] == [
        "adjust-transform",
        "adjust-volume",
        "title",
        "asset-clip",
        "marker",
    ]


def test_a_clip_gives_the_sound_that_hangs_on_its_picture() -> None:
    item = first(
        f'<clip {PLACE}><video ref="a1" offset="0s" duration="100100/1000s">'
        '<audio ref="a1" lane="-1" offset="1001/1000s" duration="50050/1000s" role="dialogue" srcCh="1, 2"/></video>'
        "</clip>"
    )
    sound = edit.detach_sound(item).item
    assert sound is not None
    (audio,) = sound.element
    assert (audio.tag, audio.get("lane"), audio.get("role")) == ("audio", None, "dialogue")
    assert audio.get("offset") == "1001/1000s"
    assert next(item.element.iterchildren("adjust-volume")).get("amount") == "-96dB"
    assert not edit.has_sound(item)


def test_the_next_free_lane_below_is_taken_and_a_silent_clip_gives_nothing() -> None:
    item = first(
        f'<asset-clip ref="a1" {PLACE}><asset-clip ref="a1" lane="-2" offset="1001/1000s" duration="1001/1000s" '
        'srcEnable="audio"/></asset-clip>'
    )
    sound = edit.detach_sound(item).item
    assert sound is not None and sound.lane == -3
    assert edit.detach_sound(item).item is None


def test_of_an_audition_the_pick_gives_its_sound() -> None:
    item = first(f'<asset-clip ref="a1" {PLACE}/>')
    tray = edit.to_audition(item).item
    sound = edit.detach_sound(tray).item
    assert sound is not None and isinstance(tray, Audition)
    parent = sound.element.getparent()
    assert parent is not None and view_of(parent, sound.document) == tray.pick
