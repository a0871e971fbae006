"""Edits of real exports: one item is touched, every other byte and time stays, and the result is still valid."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, dtd_folder, require_corpus
from tests.support.fcpxml_edits import changed_lines

from takebridge_fcpxml import Fcpxml, edit, identity, place, read
from takebridge_fcpxml.edit.media import available
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.placement import Placed
from takebridge_fcpxml.view import AssetClip, Audition, Item, Sequence, Spine, Title

FILES = [pytest.param(path, id=path.stem[-40:]) for path in corpus_files()] or [
    pytest.param(None, id="absent"),
]


def film_of(path: Path | None) -> Fcpxml:
    require_corpus()
    assert path is not None
    return read(path)


def placed_items(film: Fcpxml) -> list[Placed]:
    """Every item of every timeline that can be placed."""
    found: list[Placed] = []
    for sequence in film.sequences:
        found.extend(place(sequence, alternates=True, problems=[]))
    return found


def row_of(one: Placed) -> tuple[object, ...]:
    return one.item.tag, one.item.name, one.record_start, one.duration, one.item.element.get("start"), one.lane


def times(film: Fcpxml) -> list[tuple[object, ...]]:
    return [row_of(one) for one in placed_items(film)]


def solid(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Without gaps and transitions, which make way."""
    return [row for row in rows if row[0] not in ("gap", "transition")]


def clips(film: Fcpxml, kind: type[Item] = AssetClip) -> list[Placed]:
    return [
        one
        for one in placed_items(film)
        if isinstance(one.item, kind) and edit_rate(one.item) and not isinstance(one.item.parent, Audition)
    ]


def edit_rate(item: Item) -> bool:
    from takebridge_fcpxml.placement import sequence_rate

    return sequence_rate(item) is not None


@pytest.mark.parametrize("path", FILES)
def test_locate_agrees_with_place(path: Path | None) -> None:
    for sequence in film_of(path).sequences:
        problems: list[object] = []
        for placed in place(sequence, alternates=True, problems=problems)[::7]:  # type: ignore[arg-type]
            if not problems:
                assert edit.locate(placed.item)[:7] == placed[:7]


@pytest.mark.parametrize("path", FILES)
def test_touching_one_clip_touches_nothing_else(path: Path | None) -> None:
    film = film_of(path)
    before, was = film.to_bytes(), times(film)
    found = clips(film)
    if not found:
        assert film.to_bytes() == before
        return
    placed = found[len(found) // 2]
    item = placed.item
    edit.slip(item, 0)
    edit.trim_tail(item, 0) if isinstance(item.parent, Spine) else None
    assert film.to_bytes() == before
    edit.add_marker_at(placed, placed.record_start, "touched")
    name = item.name
    changed = changed_lines(before, film.to_bytes())
    assert sum(line[0] == "+" for line in changed) <= 3
    assert sum(line[0] == "-" for line in changed) <= 1
    assert times(film) == was
    item.name = "renamed"
    now = times(film)
    assert [one[2:] for one in now] == [one[2:] for one in was]
    assert sum(one != two for one, two in zip(now, was, strict=True)) == (name != "renamed")


@pytest.mark.parametrize("path", FILES)
def test_edits_of_a_real_storyline_keep_every_other_item(path: Path | None) -> None:
    film = film_of(path)
    found = [one for one in clips(film) if isinstance(one.item.parent, Spine) and one.duration > 1 and one.active]
    valid = _errors(film)
    for placed in found[:3]:
        was = times(film)
        before = film.to_bytes()
        try:
            edit.trim_tail(placed.item, 3, ripple=False)
            notes = edit.trim_tail(placed.item, -3, ripple=False).notes
        except FcpxmlError:
            assert film.to_bytes() == before
            continue
        assert notes == ()
        # Off-grid lengths of generators are put on the grid.
        assert solid(times(film)) == solid(was) or placed.item.length != placed.duration
    if found:
        placed = found[0]
        was = times(film)
        audition = edit.to_audition(placed.item, [edit.copy_of(placed.item)]).item
        identity.stamp(audition, {"link": "L1", "take": "T1"})
        assert identity.read(audition).ids["link"] == "L1"
        identity.unstamp(audition)
        edit.from_audition(audition)
        assert times(film) == was
        row = next(one for one in placed_items(film) if one.item == placed.item)
        edit.delete(placed.item, ripple=False)
        assert Counter(solid(times(film))) + Counter([row_of(row)]) == Counter(solid(was))
    assert _errors(film) <= valid


def _errors(film: Fcpxml) -> int:
    """How many errors the DTD of the document's own version finds; 0 when there is no DTD for it."""
    file = dtd_folder() / f"FCPXMLv{film.version.replace('.', '_')}.dtd"
    if not file.is_file():
        return 0
    with file.open("rb") as text:
        dtd = etree.DTD(text)
    dtd.validate(etree.fromstring(film.to_bytes()))
    return len(dtd.error_log)


def _valid_example(film: Fcpxml) -> None:
    assert _errors(film) == 0


@pytest.mark.parametrize("version", ["1.8", "1.9", "1.10", "1.13", "1.14"])
def test_everything_we_write_is_valid_by_the_dtd(version: str) -> None:
    from takebridge_fcpxml import parse

    dtd_folder()
    timeline = '<sequence format="r1" duration="0s"><spine/></sequence>'
    library = f'<library><event name="E"><project name="P">{timeline}</project></event></library>'
    text = f'<fcpxml version="{version}"><resources/>{library}</fcpxml>'
    film = parse(text)
    sequence: Sequence = film.projects[0].sequence
    frame = Fraction(1001, 24000)
    picture = edit.add_format(film, frame, 1920, 1080)
    sequence.format_id = picture.id
    assets = [
        edit.add_asset(
            film, f"/m/{number}.mov", duration=frame * 500, start=3600 * number, format=picture, has_audio=True
        )
        for number in range(3)
    ]
    pal = edit.add_asset(
        film, "/m/pal.mov", duration=Fraction(20), format=edit.add_format(film, Fraction(1, 25), 1280, 720)
    )
    still = edit.add_asset(film, "/m/s.png", duration=Fraction(0), format=edit.add_format(film, None, 100, 100))
    for asset in (*assets, pal, still):
        item = edit.clip_of(asset, sequence, frame * 100)
        edit.insert(sequence, 0, item)
    first = sequence.spine.items[0]
    pal_clip = sequence.spine.items[1]
    edit.connect(sequence, edit.clip_of(assets[0], sequence, frame * 20), frame * 30, 1)
    edit.connect(sequence, edit.clip_of(assets[0], sequence, frame * 20), frame * 130, -1)
    edit.add_caption(sequence, "Hello", frame * 110, frame * 40, "en")
    edit.add_marker_at(sequence, frame * 110, "m", completed=True, note="n")
    edit.add_chapter_at(pal_clip, frame * 120, "c", poster_offset=frame)
    edit.add_keyword_at(pal_clip, "k")
    edit.add_rating_at(pal_clip, "reject")
    edit.set_note(pal_clip, "note")
    edit.set_role(first, video="stills")
    edit.set_role(pal_clip, video="a", audio="b.c")
    audition = edit.to_audition(sequence.spine.items[2], [assets[1], still]).item
    for item in (first, pal_clip, audition):
        identity.stamp(item, {"link": "L", "take": "T"})
    _valid_example(film)
    edit.pick(audition, audition.items[1])
    edit.replace_media(pal_clip, assets[2], start=Fraction(7201))
    edit.trim_tail(pal_clip, 10, ripple=False)
    edit.delete(first, ripple=False)
    edit.move(pal_clip, frames=-20, ripple=False)
    _valid_example(film)
    assert list(film.descendants(Title)) == []
    if version != "1.8":
        assert available(pal_clip) is not None
