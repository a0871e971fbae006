"""Real files: all read, written back equal, exact after one clip is touched, valid where the source was.

The walker here is its own: plain lxml and Fraction, by the parent rule, with none of the library's code.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import corpus_files, dtd_folder, require_corpus

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.view import Item

ITEMS = [
    "asset-clip", "clip", "video", "audio", "title", "caption", "ref-clip", "mc-clip", "sync-clip", "audition", "gap",
    "transition", "live-drawing",
]  # fmt: skip
Row = tuple[str, Fraction, str | None, Fraction, str, int]
FILES = corpus_files() or [None]


def name(file: Path | None) -> str:
    return file.name if file else "absent"


def source(file: Path | None) -> bytes:
    """The bytes of a real file or bundle; skips, saying so, when there are none."""
    require_corpus()
    assert file is not None
    return (file / "Info.fcpxml" if file.is_dir() else file).read_bytes()


def body(data: bytes) -> bytes:
    """Everything after the XML declaration."""
    return re.sub(rb"^(\xef\xbb\xbf)?<\?xml[^>]*\?>", b"", data)


def seconds(text: str | None) -> Fraction:
    return Fraction(text.removesuffix("s")) if text else Fraction(0)


def lane(element: etree._Element) -> int:
    return int(element.get("lane", "0"))


def walk(root: etree._Element) -> list[Row]:
    """Every story item of every project: name, record start, duration, source start, tag, lane; conforming left out."""
    rows: list[Row] = []
    for sequence in root.iter("sequence"):
        above = sequence.getparent()
        if above is not None and above.tag == "project":
            storyline(sequence.findall("spine")[0], Fraction(0), seconds(sequence.get("tcStart")), 0, rows)
    return rows


def storyline(spine: etree._Element, base: Fraction, cursor: Fraction, inherited: int, rows: list[Row]) -> None:
    for child in spine.iterchildren(*ITEMS):
        begin = base + seconds(child.get("offset")) if child.get("offset") else cursor
        item(child, begin, inherited, rows)
        if child.tag != "transition":
            cursor = begin + seconds(child.get("duration"))


def item(element: etree._Element, begin: Fraction, inherited: int, rows: list[Row]) -> None:
    start = seconds(element.get("start"))
    rows.append((element.get("name", ""), begin, element.get("duration"), start, str(element.tag), inherited))
    for child in element.iterchildren("spine", *ITEMS):
        if element.tag == "audition":
            item(child, begin, inherited, rows)
            continue
        there = begin + seconds(child.get("offset")) - start
        if child.tag == "spine":
            storyline(child, there, there, lane(child), rows)
        else:
            item(child, there, lane(child), rows)


def constructs(root: etree._Element) -> Counter[str]:
    """How often every element and every attribute of an element stands in the document."""
    counted: Counter[str] = Counter()
    for element in root.iter(etree.Element):
        counted[str(element.tag)] += 1
        counted.update(f"{element.tag}@{attribute}" for attribute in element.attrib)
    return counted


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_real_file_is_read_and_written_back_equal(file: Path | None, tmp_path: Path) -> None:
    data = source(file)
    assert file is not None
    film = fcpxml.read(file)
    film.write(tmp_path / "copy.fcpxml")
    assert body((tmp_path / "copy.fcpxml").read_bytes()) == body(data)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_one_touched_clip_leaves_every_other_item_exact(file: Path | None) -> None:
    data = source(file)
    before = etree.fromstring(data)
    film = fcpxml.parse(data)
    touched = [view for view in film.descendants(Item) if view.element.get("start")]
    if not touched:
        pytest.skip("no clip with a start to touch")
    clip = touched[len(touched) // 2]
    place = list(film.element.iter(etree.Element)).index(clip.element)
    clip.start += Fraction(1)
    clip.name = "touched"
    after = etree.fromstring(film.to_bytes())
    assert constructs(after) - Counter({f"{clip.tag}@name": 1}) == constructs(before) - Counter({f"{clip.tag}@name": 1})
    pairs = zip(before.iter(etree.Element), after.iter(etree.Element), strict=True)
    for number, (old, new) in enumerate(pairs):
        changed = {key for key in {*old.attrib, *new.attrib} if old.get(key) != new.get(key)}
        # An attribute set to what it was is no change: the name may have been "touched" all along.
        assert changed <= ({"start", "name"} if number == place else set()), old.tag
        assert (old.text, old.tail) == (new.text, new.tail)
    # Put back, the document is the file again, byte for byte.
    original = list(before.iter(etree.Element))[place]
    clip.element.set("start", original.get("start", ""))
    clip.element.set("name", original.get("name", ""))
    if original.get("name") is None:
        del clip.element.attrib["name"]
    assert body(film.to_bytes()) == body(data)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_record_ranges_agree_with_the_walker_of_the_test(file: Path | None) -> None:
    data = source(file)
    root = etree.fromstring(data)
    conformed = False
    film = fcpxml.parse(data)
    expected = walk(root)
    found: list[Row] = []
    for project in film.projects:
        placed_items = fcpxml.place(project.sequence, alternates=True)
        conformed = conformed or any(placed.scale != 1 for placed in placed_items)
        for placed in placed_items:
            item_view = placed.item
            length = item_view.element.get("duration")
            found.append((item_view.name, placed.record_start, length, item_view.start, item_view.tag, placed.lane))
    if conformed:
        # The walker knows nothing of conformed hosts: all but the starts of what hangs on them.
        assert [(row[0], *row[2:]) for row in found] == [(row[0], *row[2:]) for row in expected]
    else:
        assert found == expected


@pytest.mark.parametrize("file", FILES, ids=name)
def test_moving_one_clip_moves_it_and_what_hangs_on_it_only(file: Path | None) -> None:
    data = source(file)
    film = fcpxml.parse(data)
    projects = [project for project in film.projects if len(project.sequence.spine.items) > 1]
    if not projects:
        pytest.skip("no project with two items")
    clip = projects[0].sequence.spine.items[-1]
    if clip.offset is None:
        pytest.skip("its items have no offsets")
    inside = {clip.element, *clip.element.iterdescendants()}
    before = _starts(film)
    clip.offset += Fraction(7)
    after = _starts(fcpxml.parse(film.to_bytes()))
    moved = [item.element in inside for item in _items(film)]
    expected = [start + 7 if hangs else start for start, hangs in zip(before, moved, strict=True)]
    assert after == expected


def _items(film: fcpxml.Fcpxml) -> list[Item]:
    return [placed.item for project in film.projects for placed in fcpxml.place(project.sequence, alternates=True)]


def _starts(film: fcpxml.Fcpxml) -> list[Fraction]:
    return [
        placed.record_start for project in film.projects for placed in fcpxml.place(project.sequence, alternates=True)
    ]


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_valid_source_is_written_valid(file: Path | None) -> None:
    data = source(file)
    root = etree.fromstring(data)
    path = dtd_folder() / f"FCPXMLv{root.get('version', '').replace('.', '_')}.dtd"
    if not path.is_file():
        pytest.skip(f"{path.name} is absent")
    with path.open("rb") as text:
        dtd = etree.DTD(text)
    if not dtd.validate(root):
        pytest.skip("the source is not valid for its own version")
    film = fcpxml.parse(data)
    for item in list(film.descendants(Item))[:20]:
        if item.tag not in ("transition", "audition", "gap"):
            item.name = "touched"
            item.note = "touched"
        if item.tag not in ("transition", "audition", "caption"):
            item.add_marker(item.start, "touched", duration=Fraction(1, 25), completed=False)
            item.add_keyword("touched")
    assert dtd.validate(etree.fromstring(film.to_bytes())), dtd.error_log


@pytest.mark.parametrize("file", FILES, ids=name)
@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["crlf", "cr"])
def test_other_line_ends_are_kept_when_a_clip_is_touched(file: Path | None, end: bytes) -> None:
    data = source(file).replace(b"\r\n", b"\n").replace(b"\n", end)
    film = fcpxml.parse(data)
    items = list(film.descendants(Item))
    if not items:
        pytest.skip("no items")
    items[-1].element.set("novelty", "1")
    written = film.to_bytes()
    assert written.count(b' novelty="1"') == 1
    assert body(written.replace(b' novelty="1"', b"")) == body(data)
