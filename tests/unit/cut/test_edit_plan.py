"""Edit plans on a cut: what each edit does, when it cannot be made, and going on after an interruption."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.support.cut_strategies import clip, cut, media, take

from takebridge.cut.edit_plan import apply_plan, differences, is_done, plan_between, precondition, rest_of, same_cut
from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    Edit,
    EditPlan,
    Import,
    Join,
    Mark,
    Place,
    Rename,
    Replace,
    Reshape,
    SelectTake,
    SetEnabled,
    Stamp,
)
from takebridge.cut.match import Match
from takebridge.cut.model import Clip, Cut, Gap, Marker, Media, Span, Transition, tile
from takebridge.errors import CutMismatchError

A, B, C = clip("a", 0), clip("b", 48), clip("c", 96)
ABC = cut((A, B, C))
FIRST = ("video", 0, 0)
SECOND = ("video", 0, 1)


def after(*edits: Edit, start: Cut = ABC) -> Cut:
    return apply_plan(start, EditPlan(edits))


def changed(edit: Edit, start: Cut = ABC) -> Clip:
    return after(edit, start=start).tracks[0].clips[1]


# --- one edit ------------------------------------------------------------------------------------------


def test_an_empty_plan_returns_the_very_cut() -> None:
    assert after() is ABC
    assert after(Import(media("x"))) is ABC


def test_replace_shows_other_media_and_leaves_the_rest_untouched() -> None:
    made = after(Replace(SECOND, media("x"), Span(1, 49)))
    assert made.tracks[0].clips[1] == replace(B, media=media("x"), source=Span(1, 49))
    assert made.tracks[0].items[0] is A
    assert made.tracks[0].items[2] is C


def test_a_take_is_added_shown_and_keeps_what_was_there_as_the_first() -> None:
    made = changed(AddTake(SECOND, take("x", 5)))
    assert [(one.key, one.source) for one in made.takes] == [("original", Span(24, 72)), ("x", Span(5, 53))]
    assert (made.active, made.media, made.source) == (1, media("x"), Span(5, 53))


def test_selecting_a_take_shows_its_frames() -> None:
    start = cut((A, replace(B, takes=(take("b"), take("x", 5)))))
    made = changed(SelectTake(SECOND, "x"), start)
    assert (made.active, made.media, made.source) == (1, media("x"), Span(5, 53))
    assert changed(SelectTake(SECOND, "x", Span(7, 55)), start).source == Span(7, 55)


def test_the_shown_take_goes_with_every_trim() -> None:
    start = cut((A, replace(B, takes=(take("b"), take("x", 5)))))
    shorter = changed(Reshape(SECOND, "video", 0, Span(48, 80), Span(30, 62), Fraction(1)), start)
    assert [one.source for one in shorter.takes] == [Span(30, 62), Span(5, 53)]
    unknown = replace(take("y"), source=None)
    assert changed(AddTake(SECOND, unknown), start).takes[2].source == Span(24, 72)


def test_replacing_the_shown_take_leaves_the_others() -> None:
    start = cut((A, replace(B, takes=(take("b"), take("x", 5)))))
    made = changed(Replace(SECOND, media("y"), Span(0, 48)), start)
    assert [one.media for one in made.takes] == [media("y"), media("x")]


def test_a_deleted_clip_leaves_a_gap_and_named_gaps_survive() -> None:
    made = after(Delete(SECOND))
    assert made.tracks[0].items == (A, Gap(Span(48, 96)), C)
    named = Gap(Span(48, 58), name="leader")
    start = Cut("Cut", ABC.rate, (replace(ABC.tracks[0], items=(A, named, clip("b", 58), clip("c", 106))),))
    assert after(Delete(("video", 0, 3)), start=start).tracks[0].items == (A, named, clip("b", 58))


def test_a_placed_clip_splits_the_gap_it_lies_in() -> None:
    start = cut((A, clip("b", 148)))
    new = clip("new", 60, 20)
    made = after(Place("new", "video", 0, new), start=start)
    assert [(type(one), one.record) for one in made.tracks[0].items] == [
        (Clip, Span(0, 48)),
        (Gap, Span(48, 60)),
        (Clip, Span(60, 80)),
        (Gap, Span(80, 148)),
        (Clip, Span(148, 196)),
    ]


def test_addresses_are_those_of_the_start_whatever_was_placed_or_deleted_before() -> None:
    made = after(Delete(FIRST), Place("new", "video", 0, clip("new", 0, 10)), Rename(("video", 0, 2), "last"))
    assert [one.name for one in made.tracks[0].clips] == ["new", "b", "last"]


def test_a_placed_clip_is_named_by_its_handle() -> None:
    made = after(Place("new", "video", 0, clip("new", 200)), SetEnabled("new", False))
    assert made.tracks[0].clips[-1] == clip("new", 200, enabled=False)


def test_reshape_moves_trims_and_retimes_in_one() -> None:
    edit = Reshape(SECOND, "video", 1, Span(10, 34), Span(0, 48), Fraction(2))
    made = after(AddTrack("video", 1, "V2"), edit)
    assert made.tracks[0].clips == (A, C)
    assert made.tracks[1].items == (Gap(Span(0, 10)), replace(B, record=Span(10, 34), source=Span(0, 48), speed=2))


def test_states_stamps_markers_and_transitions() -> None:
    marker, dissolve = Marker(30, name="m"), Transition(Span(42, 54), 48, "Dissolve")
    made = after(
        SetEnabled(SECOND, False),
        Rename(SECOND, "renamed"),
        Stamp(SECOND, "tb-0123456789ab"),
        Mark(SECOND, marker),
        Mark(None, marker),
        Join("video", 0, dissolve),
    )
    expected = replace(B, enabled=False, name="renamed", stamp="tb-0123456789ab", markers=(marker,))
    assert made.tracks[0].items == (A, dissolve, expected, C)
    assert made.markers == (marker,)
    back = after(Join("video", 0, dissolve, "remove"), Mark(None, marker, "remove"), start=made)
    assert back.tracks[0].items == (A, expected, C)
    assert back.markers == ()


def test_audio_tracks_are_added_below_subtitles_and_above_audio() -> None:
    start = Cut("Cut", ABC.rate, (*ABC.tracks, replace(ABC.tracks[0], kind="subtitle")))
    made = after(AddTrack("audio", 0), AddTrack("video", 1), start=start)
    assert [track.kind for track in made.tracks] == ["video", "video", "audio", "subtitle"]


def test_a_clip_in_a_nested_cut_is_reached_and_its_neighbours_do_not_move() -> None:
    nest = Clip("nest", Span(0, 144), kind="nested", inner=ABC)
    start = cut((nest,))
    made = after(Delete(("video", 0, 0, 0, 0)), Rename(("video", 0, 0, 0, 2), "last"), start=start)
    inner = made.tracks[0].clips[0].inner
    assert inner is not None
    assert inner.tracks[0].items == (Gap(Span(0, 48)), B, replace(C, name="last"))


def test_one_value_twice_on_a_track_is_two_clips() -> None:
    same = Clip("same", Span(0, 10), Media("m"))
    start = cut((same, same))
    assert after(Delete(SECOND), start=start).tracks[0].items == (same,)


# --- what cannot be done ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Rename(("video", 0, 9), "x"), "there is no clip at video track 1, item 10"),
        (Rename(("audio", 3, 0), "x"), "there is no clip at audio track 4, item 1"),
        (Place("new", "video", 0, clip("new", 40, 20)), "video track 1 has no room for new at frame 40"),
        (Place("new", "video", 1, clip("new", 0)), "video track 2 has no room"),
        (AddTrack("video", 5), "there is no video track below number 6"),
        (SelectTake(FIRST, "none"), "a has no take none"),
        (Reshape(FIRST, "video", 4, Span(0, 1), None, None), "there is no video track 5"),
        (Join("audio", 0, Transition(Span(0, 1), 0)), "there is no audio track 1"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why_and_changes_nothing(edit: Edit, why: str) -> None:
    assert why in (precondition(edit, ABC) or "")
    with pytest.raises(CutMismatchError, match="Step 2 of the plan cannot be made") as caught:
        after(Rename(("video", 0, 2), "new name"), edit)
    assert why in caught.value.message
    assert caught.value.hint
    assert ABC.tracks[0].clips == (A, B, C)


def test_a_second_take_under_the_same_key_is_refused() -> None:
    start = cut((A, replace(B, takes=(take("b"), take("x", key="2")))))
    assert "another take under the key 2" in (precondition(AddTake(SECOND, take("y", key="2")), start) or "")


# --- going on ----------------------------------------------------------------------------------------------


def test_done_edits_are_known_as_done_on_a_cut_read_later() -> None:
    edits = (Delete(FIRST), Place("new", "video", 0, clip("new", 0, 10)), Rename(("video", 0, 2), "last"))
    partly = after(*edits[:2])
    assert [is_done(edit, partly, ABC) for edit in edits] == [True, True, False]
    assert [is_done(edit, ABC, ABC) for edit in edits] == [False, False, False]
    rest = rest_of(EditPlan(edits), partly, ABC)
    assert [type(edit) for edit in rest.edits] == [Rename]
    assert apply_plan(partly, rest) == after(*edits)


def test_a_plan_goes_on_where_clips_have_no_keys() -> None:
    start = cut(tuple(replace(one, key="") for one in (A, B, C)))
    edits = (
        Delete(FIRST),
        Place("new", "video", 0, clip("new", 0, 10, key="")),
        AddTake(SECOND, take("x")),
        SelectTake(SECOND, "original"),
        SetEnabled(("video", 0, 2), False),
    )
    for stop in range(len(edits) + 1):
        partly = after(*edits[:stop], start=start)
        rest = rest_of(EditPlan(edits), partly, start)
        assert len(rest) == len(edits) - stop
        assert apply_plan(partly, rest) == after(*edits, start=start)


def test_a_reshape_is_not_made_again_where_its_clip_shows_a_new_take_by_now() -> None:
    shape = Reshape(SECOND, "video", 0, Span(48, 80), Span(24, 56), Fraction(1))
    plan = EditPlan((shape, AddTake(SECOND, take("x", 5, 32)), SelectTake(SECOND, "original", Span(24, 56))))
    partly = apply_plan(ABC, EditPlan(plan.edits[:2]))
    assert rest_of(plan, partly, ABC).edits == plan.edits[2:]
    assert rest_of(plan, ABC, ABC) == plan


def test_a_clip_someone_took_away_meanwhile_stops_the_plan() -> None:
    with pytest.raises(CutMismatchError, match="no longer on the timeline"):
        rest_of(EditPlan((Rename(SECOND, "x"),)), after(Delete(SECOND)), ABC)


# --- between two cuts ----------------------------------------------------------------------------------------


def pairs(*of: tuple[int, int]) -> list[Match]:
    return [Match(("video", 0, one), ("video", 0, other), "same", 1000) for one, other in of]


def test_a_plan_has_one_edit_for_one_change() -> None:
    other = cut((A, replace(B, enabled=False), C))
    assert plan_between(ABC, other, pairs((0, 0), (1, 1), (2, 2))).edits == (SetEnabled(SECOND, False),)
    assert plan_between(ABC, ABC, pairs((0, 0), (1, 1), (2, 2))).edits == ()


def test_a_plan_deletes_before_it_places_and_imports_first() -> None:
    other = cut((A, clip("new", 48, 40), C))
    plan = plan_between(ABC, other, pairs((0, 0), (2, 3)))
    assert [type(edit) for edit in plan.edits] == [Import, Delete, Place]
    assert same_cut(apply_plan(ABC, plan), other)


def test_takes_of_other_media_come_without_what_the_clip_showed() -> None:
    other = cut((A, replace(B, media=media("y"), source=Span(5, 53), takes=(take("x"), take("y", 5)), active=1), C))
    plan = plan_between(ABC, other, [Match(at, at, "same", 1000) for at in (FIRST, SECOND, ("video", 0, 2))])
    assert [type(edit) for edit in plan.edits] == [Import, Import, Replace, AddTake]
    assert same_cut(after(*plan.edits), other)
    alone = cut((A, replace(B, takes=(take("b"),)), C))
    assert same_cut(ABC, alone)


def test_swapped_clips_change_places() -> None:
    swapped = cut((replace(B, record=A.record), replace(A, record=B.record), C))
    plan = plan_between(ABC, swapped, pairs((0, 1), (1, 0), (2, 2)))
    assert [type(edit) for edit in plan.edits] == [Reshape, Reshape]
    assert same_cut(apply_plan(ABC, plan), swapped)


def test_another_look_is_placed_anew() -> None:
    other = cut((A, replace(B, look="grade 2"), C))
    plan = plan_between(ABC, other, pairs((0, 0), (1, 1), (2, 2)))
    assert [type(edit) for edit in plan.edits] == [Delete, Place]


# --- the same to the eye -----------------------------------------------------------------------------------


def test_gaps_extras_and_ids_do_not_make_a_difference() -> None:
    apart = cut((A, C))
    split = (A, Gap(Span(48, 60)), Gap(Span(60, 96)), replace(C, key="other", link="7", extras={"otio": {"x": 1}}))
    other = replace(apart, tracks=(replace(apart.tracks[0], items=split), *apart.tracks[1:]), revision="2")
    assert same_cut(apart, other)
    assert differences(apart, other) == ()


def test_differences_are_named() -> None:
    other = cut((A, replace(B, record=Span(48, 90), enabled=False), C))
    said = differences(ABC, other)
    assert any(line.startswith("video track 1: b at 48: place was") for line in said)
    assert any("enabled was True, is False" in line for line in said)
    assert differences(ABC, cut((A, B))) == ("video track 1: 3 items, then 2",)
    many = tuple(clip(f"n{at}", 50 * at) for at in range(40))
    changed_all = cut(tuple(replace(one, enabled=False) for one in many))
    assert len(differences(cut(many), changed_all)) == 21


def test_tiling_is_what_the_model_says() -> None:
    items = after(Delete(FIRST)).tracks[0].items
    assert items == tile((B, C))
