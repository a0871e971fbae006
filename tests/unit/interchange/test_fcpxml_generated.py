"""A film as FCPXML says what of it was generated: roles, keywords, a to-do marker, and auditions of one length."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from tests.unit.interchange.test_film_out import R24, assembly, clip, film, take

from takebridge.interchange.documents import read_cut, write_cut
from takebridge.interchange.film_out import write_film
from takebridge.interchange.film_types import Film
from takebridge.interchange.generated_media import Generated, generated_of


def made(tmp_path: Path, generated: Generated | None) -> etree._Element:
    """The document of a film of one clip of 96 frames with another take, both made alike."""
    found = film(tmp_path, assembly([clip(0, 0, 96)]), {0: (take(tmp_path, 0, seq=2, rate=R24),)})
    (source,) = found.clips
    others = tuple(replace(one, generated=generated and replace(generated, pinned=False)) for one in source.others)
    source = replace(source, used=replace(source.used, generated=generated), others=others)
    return document(tmp_path, replace(found, clips=(source,)))


def document(tmp_path: Path, found: Film) -> etree._Element:
    write_film(found, tmp_path / "Film.otio")
    write_cut(read_cut(tmp_path / "Film.otio").cut, tmp_path / "Film.fcpxml")
    return etree.parse(str(tmp_path / "Film.fcpxml")).getroot()


def test_takes_are_an_audition_of_one_length_with_roles_and_keywords(tmp_path: Path) -> None:
    root = made(tmp_path, Generated(kind="video", model="veo,3", pinned=True, pending=True))
    (audition,) = root.iter("audition")
    pick, waiting = audition
    assert (pick.get("duration"), waiting.get("duration")) == ("4s", "4s")
    assert pick.get("videoRole") == waiting.get("videoRole") == "video.AI generated"
    assert [one.get("value") for one in pick.iterchildren("keyword")] == ["Pinned take,Pending review,veo 3"]
    assert [one.get("value") for one in waiting.iterchildren("keyword")] == ["Alternate take,Pending review,veo 3"]
    assert [(one.get("value"), one.get("completed")) for one in pick.iterchildren("marker")] == [
        ("Pending review", "0")
    ]


def test_a_take_somebody_rated_has_nothing_to_do(tmp_path: Path) -> None:
    root = made(tmp_path, Generated(model="veo", pinned=True, pending=False))
    assert not list(root.iter("marker"))
    assert "Reviewed" in str(next(root.iter("keyword")).get("value"))


def test_what_was_brought_in_says_nothing(tmp_path: Path) -> None:
    root = made(tmp_path, None)
    assert list(root.iter("audition")) and not list(root.iter("keyword", "marker"))
    assert not [one for one in root.iter("asset-clip") if one.get("videoRole")]


@pytest.mark.parametrize("value", [None, "yes", 3, ["kind"]])
def test_other_data_says_nothing(value: object) -> None:
    assert generated_of(value) is None
