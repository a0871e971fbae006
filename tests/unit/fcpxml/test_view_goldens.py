"""One hand-made document per construct: read, seen through the typed view, placed, written back byte for byte.

Every expected time is worked out by hand from the document: seconds of record time, source start, lane.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from tests.support.fcpxml import dtd_folder

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.view import Item, Sequence

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.fcpxml"))

Row = tuple[str, str, str, str, str, int]

# (tag, name, record start, duration, source start, lane)
PLACES: dict[str, list[Row]] = {
    "adjustments": [("asset-clip", "A", "3600", "4", "10", 0)],
    "audio_channels": [
        ("asset-clip", "A", "3600", "4", "10", 0),
        ("clip", "components", "3604", "2", "20", 0),
        ("video", "picture", "3604", "2", "20", 0),
        ("audio", "sound", "3604", "2", "20", -1),
    ],
    "audition": [
        ("asset-clip", "A", "3600", "4", "10", 0),
        ("audition", "", "3601", "2", "0", 1),
        ("asset-clip", "take 2", "3601", "2", "3602", 1),
        ("asset-clip", "take 1", "3601", "2", "3600", 1),
        ("audition", "", "3604", "3", "0", 0),
        ("asset-clip", "pick", "3604", "3", "20", 0),
        ("video", "still", "3604", "3", "3600", 0),
    ],
    "browser": [("gap", "Gap", "3600", "1", "3600", 0)],
    "captions": [
        ("asset-clip", "A", "3600", "4", "10", 0),
        ("caption", "Hello", "3601", "3/2", "3600", 1),
        ("caption", "Guten Tag", "3602", "1", "0", 2),
    ],
    "chapters": [("asset-clip", "A", "3600", "4", "10", 0)],
    "compound": [("ref-clip", "Scene", "3600", "4", "2", 0), ("asset-clip", "B", "3601", "1", "3605", 1)],
    # 601/24 s of 24 fps media are 25/24 s after its 24 s; in a 25 fps timeline they take 24/25 of that: 1 s.
    "conform_rate": [
        ("asset-clip", "24 in 25", "3600", "4", "24", 0),
        ("asset-clip", "on conformed", "3601", "1", "3600", 1),
        ("asset-clip", "unscaled", "3604", "2", "3600", 0),
        ("asset-clip", "on unscaled", "3605", "1", "0", 1),
    ],
    "connected": [
        ("asset-clip", "A", "3600", "4", "10", 0),
        ("asset-clip", "over", "3601", "2", "3601", 2),
        ("asset-clip", "over over", "7203/2", "1", "20", 1),
        ("asset-clip", "under", "14399/4", "3", "3602", -1),
    ],
    "disabled": [("asset-clip", "off", "3600", "4", "10", 0), ("asset-clip", "on", "3604", "1", "14", 0)],
    "keywords": [("asset-clip", "A", "3600", "4", "10", 0)],
    "markers": [("asset-clip", "A", "3600", "4", "10", 0), ("gap", "Gap", "3604", "2", "3600", 0)],
    "md": [("asset-clip", "A", "3600", "4", "10", 0)],
    "multicam": [("mc-clip", "Two cameras", "3600", "4", "18001/5", 0)],
    "notes": [("asset-clip", "A", "3600", "4", "10", 0)],
    "ratings": [("asset-clip", "A", "3600", "4", "10", 0)],
    "roles": [("asset-clip", "A", "3600", "4", "10", 0), ("asset-clip", "B", "3601", "2", "3600", -1)],
    "secondary_storyline": [
        ("asset-clip", "A", "3600", "10", "10", 0),
        ("asset-clip", "b1", "3602", "2", "3600", 1),
        ("gap", "Gap", "3604", "1", "3600", 1),
        ("asset-clip", "b2", "3605", "2", "3610", 1),
        ("asset-clip", "on b2", "3606", "1/2", "40", 1),
    ],
    "split_edits": [("asset-clip", "L cut", "3600", "4", "10", 0), ("asset-clip", "J cut", "3604", "4", "3612", 0)],
    "stills": [("video", "still", "3600", "4", "3600", 0), ("video", "Custom", "3604", "2", "3600", 0)],
    # The storyline inside begins at local 0, five seconds before the part the clip shows.
    "sync_clip": [
        ("sync-clip", "Synced", "3600", "4", "5", 0),
        ("asset-clip", "picture", "3595", "30", "0", 0),
        ("asset-clip", "recorder", "3596", "29", "3600", -1),
        ("title", "over synced", "3601", "1", "3600", 1),
    ],
    "time_map": [
        ("asset-clip", "double", "3600", "4", "5", 0),
        ("asset-clip", "reverse", "3604", "2", "0", 0),
        ("asset-clip", "ramp", "3606", "3", "0", 0),
    ],
    "titles": [("asset-clip", "A", "3600", "4", "10", 0), ("title", "Name - Basic Title", "3601", "2", "3600", 1)],
    "todo": [("asset-clip", "A", "3600", "4", "10", 0)],
    "transition": [
        ("asset-clip", "A", "3600", "10", "10", 0),
        ("transition", "Cross Dissolve", "7219/2", "1", "0", 0),
        ("asset-clip", "B", "3610", "10", "3610", 0),
    ],
}

INNER: dict[str, list[list[Row]]] = {
    "compound": [
        [("asset-clip", "inner 1", "0", "6", "30", 0), ("asset-clip", "inner 2", "6", "4", "50", 0)],
    ],
    "multicam": [
        [
            ("gap", "Gap", "3600", "1", "3600", 0),
            ("asset-clip", "left", "3601", "20", "0", 0),
            ("asset-clip", "right", "3600", "20", "3600", 0),
        ],
    ],
}


def rows(placed: list[fcpxml.Placed]) -> list[tuple[str, str, Fraction, Fraction, Fraction, int]]:
    return [(p.item.tag, p.item.name, p.record_start, p.duration, p.item.start, p.lane) for p in placed]


def exact(expected: list[Row]) -> list[tuple[str, str, Fraction, Fraction, Fraction, int]]:
    return [
        (tag, name, Fraction(at), Fraction(length), Fraction(source), lane)
        for tag, name, at, length, source, lane in expected
    ]


def test_every_golden_has_expected_places_and_the_other_way_round() -> None:
    assert {file.stem for file in FILES} == set(PLACES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_is_placed_as_worked_out_by_hand(file: Path) -> None:
    film = fcpxml.read(file)
    assert rows(fcpxml.place(film.projects[0].sequence, alternates=True)) == exact(PLACES[file.stem])
    media = [medium.sequence or medium.multicam for medium in film.resources.media]
    assert [rows(fcpxml.place(inner)) for inner in media if inner] == [exact(x) for x in INNER.get(file.stem, [])]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_is_written_back_byte_for_byte(file: Path, tmp_path: Path) -> None:
    film = fcpxml.read(file)
    film.write(tmp_path / "copy.fcpxml")
    assert (tmp_path / "copy.fcpxml").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_touching_one_clip_changes_that_attribute_and_nothing_else(file: Path) -> None:
    film = fcpxml.read(file)
    item = next(film.descendants(Item))
    old = f'{item.element.get("name")}"'.encode()
    item.name = item.name + " touched"
    before, after = file.read_bytes(), film.to_bytes()
    assert after != before
    at = after.index(b' touched"')
    assert after[at - len(old) + 1 : at] == old[:-1]
    assert after[:at] + after[at + len(b" touched") :] == before


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_is_valid_for_its_version(file: Path) -> None:
    with (dtd_folder() / "FCPXMLv1_10.dtd").open("rb") as text:
        dtd = etree.DTD(text)
    assert dtd.validate(etree.fromstring(fcpxml.read(file).to_bytes())), dtd.error_log


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_element_has_a_view_that_reads_without_error(file: Path) -> None:
    film = fcpxml.read(file)
    seen = Counter(view.tag for view in film.descendants(fcpxml.view.View))
    assert seen == Counter(str(node.tag) for node in film.element.iterdescendants(tag=etree.Element))
    for view in film.descendants(fcpxml.view.View):
        for name in [name for kind in type(view).__mro__ for name in vars(kind) if not name.startswith("_")]:
            getattr(view, name)


def test_the_first_sequence_of_a_compound_is_listed_before_the_project() -> None:
    film = fcpxml.read(GOLDEN / "compound.fcpxml")
    assert [sequence.name for sequence in film.descendants(Sequence)] == ["Scene", "Film"]
