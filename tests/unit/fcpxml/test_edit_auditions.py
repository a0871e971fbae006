"""Auditions: takes come and go, the pick changes, what is connected keeps its record place."""

from __future__ import annotations

import pytest
from tests.support.fcpxml_edits import RATES, Reel, changed_lines, check_spine, named, sequence_of, where

from takebridge_fcpxml import Fcpxml, edit, place
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.view import Audition, Item

RATE = pytest.mark.parametrize("reel", [Reel(rate) for rate in RATES], ids=list(RATES))


def ab(reel: Reel) -> Fcpxml:
    marked = reel.title(1, 40, 20, "T") + f'<marker start="{reel.t(45)}" value="m"/>'
    return reel.film(reel.clip("A", 0, 100, 10, marked), reel.clip("B", 100, 50, 20), duration=150)


def take(film: Fcpxml, reel: Reel, frames: int = 100, name: str = "N", start: int = 90010) -> Item:
    return edit.clip_of(film.resources.assets[1], sequence_of(film), reel.s(frames), name=name, start=reel.s(start))


@RATE
def test_the_item_stays_the_pick_and_gives_its_place_to_the_audition(reel: Reel) -> None:
    film = ab(reel)
    before, bytes_before = place(sequence_of(film)), film.to_bytes()
    result = edit.to_audition(named(film, "A"), [take(film, reel), film.resources.assets[1]])
    audition = result.item
    assert [item.name for item in audition.items] == ["A", "N", "a2.mov"]
    assert audition.offset == reel.record(0)
    assert all(item.element.get("offset") is None and item.element.get("lane") is None for item in audition.items)
    assert audition.items[2].element.get("audioRole") == "dialogue"
    assert audition.items[2].length == reel.s(100)
    after = [placed for placed in place(sequence_of(film)) if not isinstance(placed.item, Audition)]
    assert [(one.item.name, one.record_start, one.duration) for one in after] == [
        (one.item.name, one.record_start, one.duration) for one in before
    ]
    edit.from_audition(audition)
    assert film.to_bytes() == bytes_before


@RATE
def test_a_connected_item_becomes_an_audition_in_its_lane(reel: Reel) -> None:
    film = ab(reel)
    before = film.to_bytes()
    audition = edit.to_audition(named(film, "T")).item
    assert (audition.lane, audition.offset, named(film, "T").lane) == (1, reel.s(40), 0)
    assert where(film, "T") == [reel.record(30)]
    edit.from_audition(audition)
    assert film.to_bytes() == before


@RATE
def test_pick_takes_over_what_is_connected(reel: Reel) -> None:
    film = ab(reel)
    first, other = named(film, "A"), take(film, reel)
    audition = edit.to_audition(first, [film.resources.assets[1], other]).item
    before = film.to_bytes()
    edit.pick(audition, other)
    assert [item.name for item in audition.items] == ["N", "A", "a2.mov"]
    assert named(film, "T").parent == other
    assert named(film, "T").offset == reel.s(90040)
    assert where(film, "A", "T", "B") == [reel.record(n) for n in (0, 30, 100)]
    assert first.markers, "marks stay on their take"
    edit.pick(audition, first)
    assert where(film, "T") == [reel.record(30)]
    edit.pick(audition, first)
    assert [item.name for item in audition.items] == ["A", "N", "a2.mov"]
    assert sorted(film.to_bytes().splitlines()) == sorted(before.splitlines())


def test_pick_keeps_places_across_conformed_takes() -> None:
    reel = Reel("23.976")
    pal = '<asset id="p" name="p.mov" start="0s" duration="8s" hasVideo="1" format="f25"><media-rep src="file:///p.mov"/></asset>'
    film = reel.film(reel.clip("A", 0, 100, 10, reel.title(1, 60, 20, "T")), resources=pal)
    asset = next(found for found in film.resources.assets if found.id == "p")
    audition = edit.to_audition(named(film, "A"), [asset]).item
    assert audition.items[1].conform_rate is not None
    edit.pick(audition, audition.items[1])
    assert named(film, "T").offset == 2, "50 frames into the slot are 50 frames of 25 in the media"
    assert where(film, "T") == [reel.record(50)]


@RATE
def test_a_take_of_another_length_needs_to_be_asked_for(reel: Reel) -> None:
    film = ab(reel)
    audition = edit.to_audition(named(film, "A"), [take(film, reel)]).item
    before = film.to_bytes()
    with pytest.raises(EditError, match="the slot"):
        edit.add_take(audition, take(film, reel, 90, "short"))
    assert film.to_bytes() == before
    short = edit.add_take(audition, take(film, reel, 90, "short"), any_length=True).item
    with pytest.raises(EditError, match="the slot"):
        edit.pick(audition, short)
    edit.pick(audition, short, ripple=True)
    assert where(film, "B", "T") == [reel.record(90), reel.record(30)]
    assert [item.length for item in audition.items] == [reel.s(n) for n in (90, 100, 100)]
    assert sequence_of(film).duration == reel.s(140)
    check_spine(film, reel.frame)
    kept = edit.from_audition(audition, named(film, "A"), ripple=True)
    assert kept.item.offset == reel.record(0)
    assert where(film, "B", "T") == [reel.record(100), reel.record(30)]
    assert len(kept.notes) == 1
    check_spine(film, reel.frame)


@RATE
def test_a_take_between_two_frames_is_put_on_the_grid_when_it_plays(reel: Reel) -> None:
    film = ab(reel)
    audition = edit.to_audition(named(film, "A")).item
    for name, start, frames in (("long", 90010, 90), ("whole", 90410, 90)):
        odd = take(film, reel, frames, name, start)
        odd.duration = reel.s(frames) - reel.frame / 3
        edit.add_take(audition, odd, any_length=True)
        edit.pick(audition, odd, ripple=True)
        assert odd.length == reel.s(frames)
        assert where(film, "B") == [reel.record(frames)]
        check_spine(film, reel.frame)
    at_the_end = take(film, reel, 88, "end", 90412)
    at_the_end.start += reel.frame / 3
    at_the_end.duration = reel.s(88) - reel.frame / 3
    edit.add_take(audition, at_the_end, any_length=True)
    edit.pick(audition, at_the_end, ripple=True)
    assert at_the_end.length == reel.s(87), "a whole frame more would leave the media"
    check_spine(film, reel.frame)


@RATE
def test_takes_are_added_in_tray_order_and_taken_out(reel: Reel) -> None:
    film = ab(reel)
    audition = edit.to_audition(named(film, "A")).item
    before = film.to_bytes()
    edit.add_take(audition, take(film, reel, name="N2"))
    edit.add_take(audition, take(film, reel, name="N1"), index=1)
    assert [item.name for item in audition.items] == ["A", "N1", "N2"]
    for name in ("N1", "N2"):
        edit.remove_take(audition, named(film, name))
    assert film.to_bytes() == before
    with pytest.raises(EditError, match="is the pick"):
        edit.remove_take(audition, audition.pick)
    with pytest.raises(EditError, match="no place 0"):
        edit.add_take(audition, take(film, reel), index=0)
    with pytest.raises(EditError, match="no take of this"):
        edit.pick(audition, named(film, "B"))


@RATE
def test_replacing_the_pick_leaves_the_tray(reel: Reel) -> None:
    film = ab(reel)
    audition = edit.to_audition(named(film, "A"), [take(film, reel)]).item
    edit.replace_media(audition.pick, film.resources.assets[1], start=reel.s(90100))
    assert where(film, "T", "B") == [reel.record(30), reel.record(100)]
    assert len(audition.items) == 2


@RATE
def test_only_the_items_line_and_the_audition_change(reel: Reel) -> None:
    film = ab(reel)
    before = film.to_bytes()
    edit.to_audition(named(film, "B"), [film.resources.assets[1]])
    gone = [line for line in changed_lines(before, film.to_bytes()) if line[0] == "-"]
    assert len(gone) == 1
    assert 'name="B"' in gone[0]


@pytest.mark.parametrize(
    "xml",
    [
        '<mc-clip ref="m" offset="3600s" name="X" duration="4s"/>',
        '<gap name="X" offset="3600s" duration="4s"/>',
        '<audition offset="3600s"><asset-clip ref="a1" name="X" duration="1s"/></audition>',
    ],
)
def test_what_no_audition_holds_is_refused(xml: str) -> None:
    film = Reel("25").film(xml, resources='<media id="m" name="m"><multicam format="r1"/></media>')
    before = film.to_bytes()
    with pytest.raises(EditError):
        edit.to_audition(named(film, "X"))
    assert film.to_bytes() == before


def test_takes_that_cannot_be_takes_are_refused() -> None:
    reel = Reel("25")
    film = ab(reel)
    before = film.to_bytes()
    one = take(film, reel)
    for takes in ([named(film, "B")], [one, one], [take(ab(reel), reel)], [edit.copy_of(named(film, "B"))]):
        with pytest.raises(EditError):
            edit.to_audition(named(film, "A"), takes)
    short = '<asset id="s" name="s" duration="1s" hasVideo="1" format="r1"><media-rep src="file:///s.mov"/></asset>'
    film2 = reel.film(reel.clip("A", 0, 100, 10), resources=short)
    with pytest.raises(EditError, match="75 frames at the tail"):
        edit.to_audition(named(film2, "A"), [film2.resources.assets[2]])
    with pytest.raises(EditError, match="stands nowhere"):
        edit.to_audition(take(film, reel))
    assert film.to_bytes() == before
