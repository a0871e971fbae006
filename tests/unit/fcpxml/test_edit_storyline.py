"""Insert, delete and move, with ripple and with gaps; connected items keep their record places."""

from __future__ import annotations

import pytest
from tests.support.fcpxml_edits import RATES, Reel, changed_lines, check_spine, named, sequence_of, where

from takebridge_fcpxml import Fcpxml, edit
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.view import Gap, Item, Spine, Transition

RATE = pytest.mark.parametrize("reel", [Reel(rate) for rate in RATES], ids=list(RATES))


def abc(reel: Reel) -> Fcpxml:
    return reel.film(
        reel.clip("A", 0, 100, 10),
        reel.clip("B", 100, 50, 20, reel.title(1, 40, 20, "T")),
        reel.clip("C", 150, 100, 30),
        duration=250,
    )


def fresh(film: Fcpxml, reel: Reel, frames: int = 40) -> Item:
    return edit.clip_of(film.resources.assets[1], sequence_of(film), reel.s(frames), name="N")


@RATE
@pytest.mark.parametrize(("index", "frame"), [(0, 0), (1, 100), (2, 150), (3, 250)])
def test_insert_opens_the_storyline_at_a_cut(reel: Reel, index: int, frame: int) -> None:
    for at in (index, reel.record(frame)):
        film = abc(reel)
        result = edit.insert(sequence_of(film), at, fresh(film, reel))
        assert result.item.name == "N"
        assert where(film, "N") == [reel.record(frame)]
        places = {"A": 0, "B": 100, "T": 120, "C": 150}
        expected = [
            reel.record(n + 40 if (n >= frame or (name == "T" and frame <= 100)) else n) for name, n in places.items()
        ]
        assert where(film, *places) == expected
        assert sequence_of(film).duration == reel.s(290)
        check_spine(film, reel.frame)


@RATE
def test_insert_changes_only_offsets_behind_it(reel: Reel) -> None:
    film = abc(reel)
    before = film.to_bytes()
    edit.insert(sequence_of(film).spine, 2, fresh(film, reel))
    gone = [line for line in changed_lines(before, film.to_bytes()) if line[0] == "-"]
    assert len(gone) == 2, "the sequence's duration and C's offset"
    assert 'name="C"' in gone[1]


@RATE
def test_insert_and_delete_are_inverse(reel: Reel) -> None:
    film = abc(reel)
    before = film.to_bytes()
    item = edit.insert(sequence_of(film), 1, fresh(film, reel)).item
    edit.delete(item)
    assert film.to_bytes() == before


@RATE
def test_insert_splits_a_gap_and_its_connected_items(reel: Reel) -> None:
    hour = "3600s"
    titles = "".join(
        f'<title ref="e1" lane="1" offset="{hour}" name="{name}" start="3600s" duration="{reel.t(3)}"/>'
        for name in "PQ"
    )
    film = reel.film(reel.clip("A", 0, 100, 10), reel.gap(100, 60, titles), reel.clip("C", 160, 50))
    named(film, "Q").offset = reel.s(40) + 3600
    edit.insert(sequence_of(film), reel.record(120), fresh(film, reel))
    assert where(film, "A", "P", "N", "Q", "C") == [reel.record(n) for n in (0, 100, 120, 180, 200)]
    check_spine(film, reel.frame)


@RATE
def test_insert_without_ripple_takes_the_place_of_a_gap(reel: Reel) -> None:
    title = f'<title ref="e1" lane="1" offset="{3600}s" name="P" start="3600s" duration="{reel.t(3)}"/>'
    film = reel.film(reel.clip("A", 0, 100, 10), reel.gap(100, 60, title), reel.clip("C", 160, 50))
    named(film, "P").offset = reel.s(15) + 3600
    edit.insert(sequence_of(film), reel.record(110), fresh(film, reel), ripple=False)
    assert where(film, "A", "N", "P", "C") == [reel.record(n) for n in (0, 110, 115, 160)]
    assert named(film, "P").parent == named(film, "N")
    assert [item.tag for item in sequence_of(film).spine.items] == [
        "asset-clip",
        "gap",
        "asset-clip",
        "gap",
        "asset-clip",
    ]
    check_spine(film, reel.frame)
    with pytest.raises(EditError, match="no gap of that length"):
        edit.insert(sequence_of(film), reel.record(150), fresh(film, reel), ripple=False)


@RATE
def test_insert_beyond_the_end_fills_the_hole(reel: Reel) -> None:
    film = abc(reel)
    edit.insert(sequence_of(film), reel.record(300), fresh(film, reel), ripple=False)
    assert where(film, "C", "N") == [reel.record(150), reel.record(300)]
    check_spine(film, reel.frame)


@RATE
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda film, reel: edit.insert(sequence_of(film), reel.record(120), fresh(film, reel)), "inside a clip"),
        (lambda film, reel: edit.insert(sequence_of(film), 9, fresh(film, reel)), "3 clips"),
        (
            lambda film, reel: edit.insert(sequence_of(film), reel.record(-10), fresh(film, reel)),
            "before the storyline",
        ),
        (lambda film, reel: edit.insert(sequence_of(film), 0, named(film, "A")), "stands on a timeline already"),
        (lambda film, reel: edit.insert(sequence_of(film), 0.5, fresh(film, reel)), "not an exact time"),
        (lambda film, reel: edit.insert(sequence_of(film), 0, fresh(reel.film(), reel)), "another document"),
        (lambda film, reel: fresh(film, reel, 501), "1 frame at the tail"),
        (lambda film, reel: edit.move(named(film, "A"), reel.record(120)), "inside another clip"),
        (lambda film, reel: edit.move(named(film, "A"), reel.record(160), ripple=False), "Another clip"),
        (lambda film, reel: edit.move(named(film, "A")), "where to"),
        (lambda film, reel: edit.delete(next(film.descendants(Spine)).items[0].items[0]), "no place of its own"),
    ],
)
def test_refusals_touch_nothing(reel: Reel, call: object, words: str) -> None:
    film = abc(reel)
    before = film.to_bytes()
    with pytest.raises((EditError, IndexError)) as caught:
        call(film, reel)  # type: ignore[operator]
    if isinstance(caught.value, EditError):
        assert words in caught.value.message
        assert caught.value.hint
    assert film.to_bytes() == before


@RATE
def test_delete_with_ripple_hangs_the_connected_on_what_stands_there(reel: Reel) -> None:
    film = abc(reel)
    result = edit.delete(named(film, "B"))
    assert result.item is None
    assert len(result.notes) == 1
    assert where(film, "A", "T", "C") == [reel.record(n) for n in (0, 120, 100)]
    assert named(film, "T").parent == named(film, "C")
    check_spine(film, reel.frame)


@RATE
def test_delete_at_the_end_hangs_the_connected_on_the_last_item(reel: Reel) -> None:
    film = reel.film(reel.clip("A", 0, 100, 10), reel.clip("B", 100, 50, 20, reel.title(1, 40, 20, "T")))
    edit.delete(named(film, "B"))
    assert named(film, "T").parent == named(film, "A")
    assert where(film, "T") == [reel.record(120)]


@RATE
def test_delete_leaving_a_gap_moves_nothing(reel: Reel) -> None:
    film = abc(reel)
    result = edit.delete(named(film, "B"), ripple=False)
    assert isinstance(result.item, Gap)
    assert where(film, "A", "Gap", "T", "C") == [reel.record(n) for n in (0, 100, 120, 150)]
    assert named(film, "T").parent == result.item
    assert sequence_of(film).duration == reel.s(250)
    check_spine(film, reel.frame)
    assert list(result.item.element.attrib)[:2] == ["name", "offset"]


@RATE
def test_delete_can_drop_the_connected(reel: Reel) -> None:
    film = abc(reel)
    notes = edit.delete(named(film, "B"), connected="drop").notes
    assert notes == ("Removed with it: 1 connected item.",)
    assert not [item for item in film.descendants(Item) if item.name == "T"]


def test_deleting_the_only_item_needs_somewhere_to_hang() -> None:
    reel = Reel()
    film = reel.film(reel.clip("B", 0, 50, 20, reel.title(1, 40, 20, "T")), duration=50)
    with pytest.raises(EditError, match="Nothing is left"):
        edit.delete(named(film, "B"))
    edit.delete(named(film, "B"), connected="drop")
    assert sequence_of(film).spine.items == []
    assert sequence_of(film).duration == 0


def test_an_emptied_connected_storyline_goes_and_its_children_climb_to_the_host() -> None:
    reel = Reel("23.976")
    inner = (
        f'<spine lane="1" offset="{reel.t(40)}"><asset-clip ref="a1" offset="0s" name="S" start="{reel.t(9)}" '
        f'duration="{reel.t(30)}">{reel.title(2, 14, 3, "T")}</asset-clip></spine>'
    )
    film = reel.film(reel.clip("A", 0, 100, 10, inner))
    edit.delete(named(film, "S"))
    assert not named(film, "A").children(Spine)
    assert where(film, "T") == [reel.record(35)]
    assert named(film, "T").parent == named(film, "A")


def test_deleting_a_connected_item_hands_on_what_hangs_on_it() -> None:
    reel = Reel("25")
    head = f'<asset-clip ref="a1" lane="1" offset="{reel.t(30)}" name="K" duration="1s">'
    clip = f"{head}{reel.title(1, 5, 5, 'T')}</asset-clip>"
    film = reel.film(reel.clip("A", 0, 100, 10, clip))
    assert where(film, "T") == [reel.record(25)]
    edit.delete(named(film, "K"))
    assert named(film, "T").parent == named(film, "A")
    assert where(film, "T") == [reel.record(25)]


@RATE
def test_of_two_transitions_that_meet_one_stays(reel: Reel) -> None:
    film = reel.film(
        reel.clip("A", 0, 100, 10),
        reel.transition(95, 10),
        reel.clip("B", 100, 50, 20),
        reel.transition(145, 10),
        reel.clip("C", 150, 100, 30),
    )
    assert len(edit.delete(named(film, "B")).notes) == 1
    (left,) = film.descendants(Transition)
    assert left.offset == reel.record(95)
    check_spine(film, reel.frame)
    assert len(edit.insert(sequence_of(film), 1, fresh(film, reel)).notes) == 1
    assert not list(film.descendants(Transition))


@RATE
@pytest.mark.parametrize(
    ("name", "to", "expected"),
    [
        ("A", 150, {"B": 0, "T": 20, "A": 50, "C": 150}),
        ("A", 250, {"B": 0, "T": 20, "C": 50, "A": 150}),
        ("C", 0, {"C": 0, "A": 100, "B": 200, "T": 220}),
        ("C", 100, {"A": 0, "C": 100, "B": 200, "T": 220}),
        ("B", 0, {"B": 0, "T": 20, "A": 50, "C": 150}),
    ],
)
def test_move_swaps_places_inside_the_storyline(reel: Reel, name: str, to: int, expected: dict[str, int]) -> None:
    film = abc(reel)
    edit.move(named(film, name), reel.record(to))
    assert where(film, *expected) == [reel.record(frame) for frame in expected.values()]
    assert sequence_of(film).duration == reel.s(250)
    check_spine(film, reel.frame)


@RATE
def test_a_move_and_its_inverse_restore_the_bytes(reel: Reel) -> None:
    film = abc(reel)
    before = film.to_bytes()
    edit.move(named(film, "A"), reel.record(150))
    edit.move(named(film, "A"), frames=-50)
    assert film.to_bytes() == before
    edit.move(named(film, "A"), reel.record(100))
    assert film.to_bytes() == before, "the cut at its own end"


@RATE
def test_move_without_ripple_leaves_a_gap_and_fills_one(reel: Reel) -> None:
    film = reel.film(reel.clip("A", 0, 30, 10), reel.clip("B", 30, 50, 20), reel.gap(80, 100), reel.clip("C", 180, 20))
    edit.move(named(film, "A"), reel.record(100), ripple=False)
    assert where(film, "B", "A", "C") == [reel.record(n) for n in (30, 100, 180)]
    check_spine(film, reel.frame)
    edit.move(named(film, "A"), frames=-10, ripple=False)
    assert where(film, "B", "A", "C") == [reel.record(n) for n in (30, 90, 180)]
    check_spine(film, reel.frame)
    edit.move(named(film, "C"), reel.record(400), ripple=False)
    assert where(film, "B", "A", "C") == [reel.record(n) for n in (30, 90, 400)]
    check_spine(film, reel.frame)
    edit.move(named(film, "C"), reel.record(120), ripple=False)
    assert where(film, "A", "C") == [reel.record(n) for n in (90, 120)]
    check_spine(film, reel.frame)


@RATE
def test_a_connected_item_moves_to_the_host_that_stands_there(reel: Reel) -> None:
    film = abc(reel)
    assert edit.move(named(film, "T"), reel.record(130)).notes == ()
    assert edit.move(named(film, "T"), frames=40).notes == ("It hangs on C now.",)
    assert where(film, "T") == [reel.record(170)]
    assert named(film, "T").parent == named(film, "C")
    edit.move(named(film, "T"), reel.record(900))
    assert named(film, "T").parent == named(film, "C"), "nothing stands there, it keeps its host"
    assert where(film, "T") == [reel.record(900)]


def test_a_storyline_on_a_conformed_host_counts_frames_of_the_timeline() -> None:
    # 25 in 23.976: what hangs on the host stands at media seconds, what stands in the storyline at record seconds.
    reel = Reel("23.976")
    pal = '<asset id="p" name="p" duration="8s" hasVideo="1" format="f25"><media-rep src="file:///p.mov"/></asset>'
    inner = (
        f'<conform-rate srcFrameRate="25"/><spine lane="1" offset="2s"><asset-clip ref="a1" offset="0s" name="S1" '
        f'duration="{reel.t(30)}">{reel.title(2, 10, 5, "T")}</asset-clip>'
        f'<asset-clip ref="a1" offset="{reel.t(30)}" name="S2" duration="{reel.t(30)}"/></spine>'
    )
    film = reel.film(reel.clip("A", 0, 150, 0, inner, ref="p"), resources=pal)
    assert where(film, "S1", "T", "S2") == [reel.record(n) for n in (50, 60, 80)]
    line = named(film, "S1").parent
    assert isinstance(line, Spine)
    before = film.to_bytes()
    item = edit.insert(line, reel.record(80), fresh(film, reel, 7)).item
    assert item.offset == reel.s(30)
    assert where(film, "S1", "N", "S2") == [reel.record(n) for n in (50, 80, 87)]
    edit.move(item, reel.record(50))
    assert where(film, "N", "S1", "T", "S2") == [reel.record(n) for n in (50, 57, 67, 87)]
    edit.delete(item)
    assert film.to_bytes() == before
    edit.delete(named(film, "S1"), ripple=False)
    assert where(film, "T", "S2") == [reel.record(60), reel.record(80)]
    edit.trim_head(named(film, "A"), 5, ripple=False)
    assert where(film, "A", "T", "S2") == [reel.record(n) for n in (5, 60, 80)]


def test_markers_of_a_gap_that_gives_way_go_on() -> None:
    reel = Reel("25")
    marker = f'<marker start="{reel.t(90030)}" value="late"/><marker start="{reel.t(90001)}" value="early"/>'
    film = reel.film(reel.clip("A", 0, 10), reel.gap(10, 60, marker), reel.clip("C", 70, 50))
    edit.insert(sequence_of(film), reel.record(30), fresh(film, reel, 40), ripple=False)
    (gap,) = [item for item in sequence_of(film).spine.items if isinstance(item, Gap)]
    assert [mark.value for mark in gap.markers] == ["early"]
    late = named(film, "N").markers[0]
    assert edit.locate(named(film, "N")).to_record(late.start) == reel.record(40)
    check_spine(film, reel.frame)


def test_a_lane_a_generator_forgot_is_no_reason_to_lose_a_title() -> None:
    reel = Reel("25")
    title = reel.title(1, 40, 20, "T").replace(' lane="1"', "")
    film = reel.film(reel.clip("A", 0, 100, 10, title), reel.clip("B", 100, 50, 20))
    edit.slip(named(film, "A"), 5)
    edit.delete(named(film, "A"), ripple=False)
    assert where(film, "T") == [reel.record(30)]


def test_broken_storylines_are_not_reordered() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 10), reel.clip("B", 90, 50, 20), reel.clip("C", 140, 50))
    before = film.to_bytes()
    with pytest.raises(EditError, match="hole or an overlap"):
        edit.move(named(film, "C"), reel.record(0))
    assert film.to_bytes() == before
    edit.trim_tail(named(film, "C"), 5)
    assert where(film, "A", "B", "C") == [reel.record(n) for n in (0, 90, 140)]
