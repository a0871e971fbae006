"""The second look at a cut in which nearly everything changed: what belongs together, and which of two is the copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from takebridge.cut import identity_revise
from takebridge.cut.identity import identify
from takebridge.cut.identity_anchors import Anchors
from takebridge.cut.identity_cells import Cells
from takebridge.cut.identity_ids import Ids
from takebridge.cut.identity_media import map_media
from takebridge.cut.identity_nodes import NONE, clock_of, lay_out
from takebridge.cut.identity_score import Scorer
from takebridge.cut.identity_split import Splits
from takebridge.cut.match import Match
from takebridge.cut.model import Clip, Cut, Media, Span, Track, clips_of, tile
from takebridge.timebase import FrameRate

R25 = FrameRate(25)
Shot = tuple[str, int, int]
"""File, first source frame, frames."""

BASE: tuple[Shot, ...] = (
    ("river", 110, 40),
    ("bridge", 300, 52),
    ("mill", 75, 31),
    ("boat", 220, 66),
    ("crane", 430, 45),
    ("lock", 150, 28),
    ("path", 610, 73),
    ("gate", 140, 39),
    ("barn", 505, 58),
    ("well", 84, 47),
)


def row(shots: Sequence[Shot]) -> list[Clip]:
    """Clips one after the other."""
    at = 0
    made: list[Clip] = []
    for name, source, frames in shots:
        media = Media(f"{name}.mov", f"/media/{name}.mov", R25, 1000 + len(made), 0)
        made.append(Clip(f"{name}.mov", Span.of(at, frames), media, Span.of(source, frames)))
        at += frames
    return made


def cut(clips: Sequence[Clip], sound: Sequence[Clip] = ()) -> Cut:
    tracks = [Track("video", tile(clips)), *([Track("audio", tile(sound))] if sound else [])]
    return Cut("Cut", R25, tuple(tracks))


def shorter(shots: Sequence[Shot], frames: int = 3) -> list[Shot]:
    """The same shots, each begun later: none shows what it did."""
    return [(name, source + frames, length - frames) for name, source, length in shots]


def cells(a: Cut, b: Cut) -> Cells:
    clock = clock_of(a, b)
    sides = lay_out(a, clock), lay_out(b, clock)
    now = Anchors([NONE] * len(sides[0].nodes), [NONE] * len(sides[1].nodes))
    return Cells(Scorer(*sides, map_media(*sides), Ids(), now), now.to_a)


def groups(a: Cut, b: Cut) -> list[tuple[int, ...]]:
    return [cell.leads for cell in cells(a, b).cells]


def same(matches: Sequence[Match]) -> dict[int, list[int]]:
    """The items of b each item of a became."""
    found: dict[int, list[int]] = {}
    for match in matches:
        if match.a is not None and match.b is not None:
            found.setdefault(int(match.a[2]), []).append(int(match.b[2]))
    return found


def test_what_a_razor_left_is_one_cell_wherever_it_stands() -> None:
    a = cut(row([("river", 100, 50), ("mill", 0, 20)]))
    b = cut(row([("river", 130, 20), ("mill", 0, 20), ("river", 100, 30)]))
    assert groups(a, b) == [(0, 2), (1,)]


def test_clips_that_met_before_are_no_pieces_of_each_other() -> None:
    a = cut(row([("river", 100, 30), ("river", 130, 20)]))
    b = cut(row([("river", 100, 30), ("river", 130, 20)]))
    assert groups(a, b) == [(0,), (1,)]


def test_linked_sound_goes_where_its_picture_goes() -> None:
    picture = [replace(clip, link=clip.name) for clip in row(BASE[:3])]
    made = cut(picture, picture)
    known = cells(made, made)
    assert [cell.leads for cell in known.cells] == [(0,), (1,), (2,)]
    known.give(known.cells[1], 1)
    assert known.to_a == [NONE, 1, NONE, NONE, 4, NONE]
    known.give(known.cells[1], NONE)
    assert known.to_a == [NONE] * 6


def test_linked_sound_of_another_file_is_asked_for_itself() -> None:
    picture = [replace(clip, link=clip.name) for clip in row(BASE[:2])]
    recorded = [(f"{name} sound", source, frames) for name, source, frames in BASE[:2]]
    sound = [replace(clip, link=one.name) for clip, one in zip(row(recorded), picture, strict=True)]
    made = cut(picture, sound)
    assert groups(made, made) == [(0,), (1,), (2,), (3,)]


def test_pieces_of_a_copy_are_copies_when_all_else_changed() -> None:
    trimmed = shorter(BASE)
    copied = [("boat", 220, 30), ("boat", 250, 36)]
    matches = identify(cut(row(BASE)), cut(row([*trimmed, *copied])))
    assert same(matches) == {index: [index] for index in range(len(BASE))}
    copies = [match for match in matches if match.relation == "copy"]
    assert {(match.b, match.duplicate_of) for match in copies} == {
        (("video", 0, 10), ("video", 0, 3)),
        (("video", 0, 11), ("video", 0, 3)),
    }


def test_every_clip_stays_in_the_answer_when_all_changed() -> None:
    a = cut(row(BASE))
    b = cut(row([*reversed(shorter(BASE, 9)), *shorter(BASE[:4], 14), ("pier", 0, 44)]))
    matches = identify(a, b)
    assert {match.a for match in matches} - {None} == {address for address, _ in clips_of(a)}
    assert sorted(match.b for match in matches if match.b is not None) == [address for address, _ in clips_of(b)]


def test_rivals_are_clips_of_the_other_side_or_else_of_the_same() -> None:
    a = cut(row(BASE))
    b = cut(row([*reversed(shorter(BASE, 9)), *shorter(BASE, 14)]))
    theirs = {address for address, _ in clips_of(b)}
    mine = {address for address, _ in clips_of(a)}
    matches = identify(a, b)
    assert any(match.rivals for match in matches)
    for match in matches:
        assert set(match.rivals) <= (mine if match.a is None else theirs)
        assert match.b not in match.rivals or match.a is None


def test_ids_that_are_believed_are_not_asked_again() -> None:
    made = cut([replace(clip, key=clip.name) for clip in row(BASE)])
    side = lay_out(made, clock_of(made))
    now = Anchors(list(range(len(BASE))), list(range(len(BASE))))
    scorer = Scorer(side, side, map_media(side, side), Ids(trust={"key": 14.0}), now)
    found = identity_revise.revise(scorer, Splits(scorer), frozenset())
    assert (found.of_a, found.of_b) == ({}, {})
    assert now.to_a == list(range(len(BASE)))
