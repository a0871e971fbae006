"""Our ids in three places: written, read back by majority, told apart from other people's words."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.fcpxml_edits import Reel, changed_lines, named, sequence_of

from takebridge_fcpxml import Fcpxml, edit, identity
from takebridge_fcpxml.errors import BadValueError, EditError
from takebridge_fcpxml.view import Asset, Audition

IDS = {"link": "link_0f3a", "take": "take_77-b"}
OTHER = {"link": "link_9999", "take": "take_77-b"}


def a_film(file_ids: dict[str, str] | None = None, inner: str = "") -> Fcpxml:
    reel = Reel("25")
    name = identity.file_name("shot 1.mov", file_ids) if file_ids else "shot 1.mov"
    url = "file:///m/" + name.replace(" ", "%20")
    asset = f'<asset id="n" name="n" duration="9s" hasVideo="1" format="r1"><media-rep src="{url}"/></asset>'
    return reel.film(reel.clip("A", 0, 100, 10, inner, ref="n"), reel.clip("B", 100, 50, 20), resources=asset)


def test_a_stamp_is_metadata_and_a_keyword_and_comes_off_again() -> None:
    film = a_film()
    before = film.to_bytes()
    item = named(film, "A")
    identity.stamp(item, IDS)
    assert item.metadata is not None
    assert item.metadata.get("com.takebridge.link") == "link_0f3a"
    assert item.keywords[0].value.startswith("tb:link=link_0f3a;take=take_77-b~")
    found = identity.read(item)
    assert found.ids == IDS
    assert {vote.place for vote in found.votes} == {"md", "note"}
    assert found.confidence("link") == "high"
    assert identity.read(named(film, "B")).ids == {}
    again = film.to_bytes()
    identity.stamp(item, IDS)
    assert film.to_bytes() == again
    identity.stamp(item, OTHER)
    assert (identity.read(item).ids, len(item.keywords)) == (OTHER, 1)
    identity.unstamp(item)
    assert identity.read(item) == identity.Identity({})
    assert film.to_bytes().replace(b"></asset-clip>", b"/>") == before


def test_other_metadata_keywords_and_notes_stay() -> None:
    inner = (
        '<note>look here</note><marker start="1s" value="m" note="mine"/><keyword value="day, ext"/>'
        '<metadata><md key="com.apple.proapps.studio.reel" value="A001"/></metadata>'
    )
    film = a_film(inner=inner)
    before = film.to_bytes()
    item = named(film, "A")
    identity.stamp(item, IDS)
    gone = [line for line in changed_lines(before, film.to_bytes()) if line[0] == "-"]
    assert gone == []
    identity.unstamp(item)
    assert film.to_bytes() == before
    item.keywords[0].value = f"day, {identity.word(IDS)}, ext"
    item.markers[0].note = f"mine {identity.word(IDS)}"
    identity.unstamp(item)
    assert item.keywords[0].words == ("day", "ext")
    assert item.markers[0].note == "mine"


@pytest.mark.parametrize(
    ("md", "note", "file", "ids", "conflicts", "confidence"),
    [
        (IDS, IDS, IDS, IDS, 0, "high"),
        (IDS, IDS, None, IDS, 0, "high"),
        (IDS, OTHER, IDS, IDS, 1, "high"),
        (OTHER, IDS, IDS, IDS, 1, "high"),
        (None, None, IDS, IDS, 0, "low"),
        (None, IDS, None, IDS, 0, "low"),
        (IDS, OTHER, None, {"take": "take_77-b"}, 1, "none"),
        (IDS, OTHER, {"link": "link_1", "take": "take_77-b"}, {"take": "take_77-b"}, 1, "none"),
        (None, None, None, {}, 0, "none"),
    ],
)
def test_the_majority_of_three_places_says_who_it_is(
    md: dict[str, str] | None,
    note: dict[str, str] | None,
    file: dict[str, str] | None,
    ids: dict[str, str],
    conflicts: int,
    confidence: str,
) -> None:
    item = named(a_film(file), "A")
    for key, value in (md or {}).items():
        item.ensure_metadata().set("com.takebridge." + key, value)
    if note:
        item.add_keyword(identity.word(note))
    found = identity.read(item)
    assert found.ids == ids
    assert len(found.conflicts) == conflicts
    assert found.confidence("link") == confidence
    for conflict in found.conflicts:
        assert conflict.key == "link"
        assert conflict.value == ids.get("link")


def test_ids_survive_in_the_asset_when_the_clip_loses_its_metadata() -> None:
    film = a_film()
    item = named(film, "A")
    asset = next(found for found in film.resources.assets if found.id == "n")
    asset.add("metadata").add("md", key="com.takebridge.take", value="take_1")
    assert identity.read(item).ids == {"take": "take_1"}


def test_copies_carry_the_same_ids() -> None:
    film = a_film()
    item = identity.stamp(named(film, "A"), IDS)
    copied = edit.insert(sequence_of(film), 0, edit.copy_of(item)).item
    assert identity.read(copied).ids == identity.read(item).ids == IDS


def test_items_without_metadata_use_their_assets_unless_it_is_shared() -> None:
    reel = Reel("25")
    video = f'<video ref="{{}}" offset="{reel.t(90000)}" name="{{}}" duration="1s"/>'
    film = reel.film(video.format("a1", "V"), video.format("a2", "W"), video.format("a2", "X"))
    before = film.to_bytes()
    for name in "VW":
        identity.stamp(named(film, name), IDS)
    assets: dict[str, Asset] = {asset.id: asset for asset in film.resources.assets}
    assert assets["a1"].metadata is not None
    assert assets["a2"].metadata is None
    assert identity.read(named(film, "V")).confidence("link") == "high"
    assert identity.read(named(film, "W")).confidence("link") == "low"
    assert identity.read(named(film, "X")).ids == {}
    for name in "VW":
        identity.unstamp(named(film, name))
    assert b"takebridge" not in film.to_bytes()
    assert len(film.to_bytes()) - len(before) < 40


def test_an_audition_is_who_its_pick_is() -> None:
    film = a_film()
    audition = edit.to_audition(named(film, "A"), [edit.copy_of(named(film, "A"))]).item
    assert isinstance(audition, Audition)
    identity.stamp(audition, IDS)
    identity.stamp(audition.alternates[0], OTHER)
    assert identity.read(audition).ids == IDS
    edit.pick(audition, audition.alternates[0])
    assert identity.read(audition).ids == OTHER


def test_a_caption_keeps_its_ids_in_its_note() -> None:
    film = a_film()
    caption = edit.add_caption(named(film, "A"), "x", Reel("25").record(5), Reel("25").s(10), "en")
    identity.stamp(caption, IDS)
    assert identity.read(caption).ids == IDS
    identity.unstamp(caption)
    assert caption.note is None


def test_bad_ids_write_nothing() -> None:
    film = a_film()
    before = film.to_bytes()
    for bad in ({}, {"Link": "a"}, {"link": ""}, {"link": "a b"}, {"link": "ä"}, {"link": "a,b"}, {"l": "x" * 81}):
        with pytest.raises(BadValueError):
            identity.stamp(named(film, "A"), bad)
    drawing = edit.build.new_item(film, "live-drawing", {})
    assert identity.stamp(drawing, IDS) == drawing
    with pytest.raises((BadValueError, EditError)):
        identity.file_name("a.mov", {"": "x"})
    assert film.to_bytes() == before


KEYS = st.text(string.ascii_lowercase + string.digits, min_size=0, max_size=5).map(lambda rest: "k" + rest)
VALUES = st.text(string.ascii_letters + string.digits + "_-", max_size=40).map(lambda rest: "v" + rest)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), st.text(string.printable, max_size=30))
def test_words_and_file_names_read_back(ids: dict[str, str], around: str) -> None:
    assert identity.from_text(identity.word(ids)) == ids
    assert identity.from_text(f"{around} {identity.word(ids)}") == ids
    for name in ("shot 1.mov", "noextension", ".hidden", "a.b.c.wav"):
        stamped = identity.file_name(name, ids)
        assert identity.from_file_name(stamped) == ids
        assert identity.without_ids(stamped) == name
        assert identity.file_name(stamped, {"x": "y"}) == identity.file_name(name, {"x": "y"})
        assert stamped.isascii()


@given(st.data())
def test_a_changed_character_is_not_an_id(data: st.DataObject) -> None:
    word = identity.word(IDS)
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase + string.digits))
    changed = word[:place] + letter + word[place + 1 :]
    assert identity.from_text(changed) in (None, IDS)
    assert changed == word or identity.from_text(changed) is None


@given(st.text(max_size=60))
def test_other_peoples_words_are_no_ids(text: str) -> None:
    assert identity.from_text(text) is None
    assert identity.from_text(f"tb:link={text}~abc") is None
    assert identity.from_file_name(text) is None


def test_the_check_code_is_fixed() -> None:
    # The last 15 bits of the CRC-32 in three base-32 digits without i, l, o, u.
    import zlib

    number = zlib.crc32(b"link=L1") & 0x7FFF
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    assert identity.word({"link": "L1"}) == "tb:link=L1~" + "".join(digits[number // 32**n % 32] for n in (2, 1, 0))
