"""Typed attributes: reading never changes the text, setting changes it only for a different value."""

from __future__ import annotations

from fractions import Fraction

import pytest

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.errors import BadValueError, StructureError, TimeValueError
from takebridge_fcpxml.view import Asset, AssetClip, Item, Marker, View
from takebridge_fcpxml.view.base import expect, tags_of

CLIP = (
    '<fcpxml version="1.10"><event><asset-clip name="A" offset="100/2500s" lane=" 1 " enabled="0" '
    'audioRole="dialogue" start="bad" duration="5s"/><novel a="1"/></event></fcpxml>'
)


def clip() -> AssetClip:
    found = fcpxml.parse(CLIP).clips[0]
    assert isinstance(found, AssetClip)
    return found


def test_attributes_are_read_as_what_they_are() -> None:
    item = clip()
    assert (item.name, item.offset, item.lane, item.enabled) == ("A", Fraction(1, 25), 1, False)
    assert item.audio_role == "dialogue"
    assert item.video_role is None
    assert item.duration == 5
    with pytest.raises(TimeValueError):
        _ = item.start


def test_an_equal_value_changes_nothing() -> None:
    item = clip()
    before = item.document.to_bytes()
    item.name, item.offset, item.lane, item.enabled, item.audio_role = "A", Fraction(1, 25), 1, False, "dialogue"
    item.video_role = None
    assert item.document.to_bytes() == before


def test_a_different_value_changes_that_attribute() -> None:
    item = clip()
    item.lane, item.enabled, item.video_role, item.start = -2, True, "video.b", Fraction(0)
    attributes = dict(item.element.attrib)
    assert attributes == {
        "name": "A",
        "offset": "100/2500s",
        "lane": "-2",
        "audioRole": "dialogue",
        "start": "0s",
        "duration": "5s",
        "videoRole": "video.b",
    }


def test_none_and_defaults_remove_an_attribute() -> None:
    item = clip()
    item.audio_role = item.offset = item.duration = None
    item.lane = 0
    item.start = None  # type: ignore[assignment]
    assert dict(item.element.attrib) == {"name": "A", "enabled": "0"}
    item.start = Fraction(0)
    assert "start" not in item.element.attrib
    item.enabled = True
    assert "enabled" not in item.element.attrib
    item.enabled = False
    assert item.element.get("enabled") == "0"


@pytest.mark.parametrize("text", ["up", "", "1.0", "1_0", "٣", "9" * 19, "--1", "0x1"])
def test_a_bad_whole_number_is_an_error_until_it_is_set(text: str) -> None:
    item = clip()
    item.element.set("lane", text)
    with pytest.raises(BadValueError) as caught:
        _ = item.lane
    assert caught.value.path == "fcpxml/event/asset-clip@lane"
    assert caught.value.line == 1
    item.lane = 3
    assert item.element.get("lane") == "3"


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), (" 0 ", False), ("", False), ("yes", True)])
def test_a_flag(text: str, value: bool) -> None:
    item = clip()
    item.element.set("enabled", text)
    assert item.enabled is value


@pytest.mark.parametrize("bad", ["\x00", "a\x1bb", "\ud800", "\ufffe", 5, b"bytes\x00"])
def test_what_xml_cannot_hold_is_refused_and_changes_nothing(bad: str) -> None:
    film = fcpxml.parse(CLIP)
    item = film.clips[0]
    item.note = "old"
    before = film.to_bytes()
    for change in (
        lambda: setattr(item, "name", bad),
        lambda: setattr(item, "note", bad),
        lambda: item.add_marker(Fraction(1), bad),
        lambda: item.add("title", name=bad),
        lambda: item.add_keyword(bad),
        lambda: item.add_marker(Fraction(1), "m", duration=0.5),  # type: ignore[arg-type]
        lambda: item.add_rating("reject", start=Fraction(1, 2**40)),
    ):
        with pytest.raises((BadValueError, TimeValueError)) as caught:
            change()
        assert caught.value.hint
        assert film.to_bytes() == before


def test_views_of_one_element_are_equal_and_others_are_not() -> None:
    film = fcpxml.parse(CLIP)
    assert film.clips[0] == film.clips[0]
    assert hash(film.clips[0]) == hash(film.clips[0])
    assert film.clips[0] != film
    assert film.clips[0] != film.clips[0].element
    assert repr(film.clips[0]) == "<AssetClip 'A' line 1>"
    assert repr(film) == "<Fcpxml 'fcpxml' line 1>"


def test_a_kind_without_a_class_is_a_plain_view() -> None:
    film = fcpxml.parse(CLIP)
    novel = list(film.events[0].children(View))[1]
    assert type(novel) is View
    assert novel.tag == "novel"
    assert novel.parent == film.events[0]
    assert film.parent is None
    assert film.first(Marker) is None
    assert list(film.descendants(Asset)) == []
    assert tags_of(AssetClip) == {"asset-clip"}
    assert {"gap", "title", "audition"} < tags_of(Item)


def test_an_element_of_the_wrong_kind_says_where() -> None:
    film = fcpxml.parse(CLIP)
    assert expect(film.clips[0].element, film.document, Item) == film.clips[0]
    with pytest.raises(StructureError, match="<asset-clip> stands where Asset belongs") as caught:
        expect(film.clips[0].element, film.document, Asset)
    assert caught.value.path == "fcpxml/event/asset-clip"


def test_an_element_made_since_has_no_line() -> None:
    assert clip().add_marker(Fraction(1), "m").line is None
