"""Plans in the verbs of one host: takes where it has them, placed replacements, a new version, or a file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.support.cut_strategies import clip, cut, media, take

from takebridge.cut.edit_plan import apply_plan, same_cut
from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    EditPlan,
    Import,
    Join,
    Place,
    Rename,
    Replace,
    Reshape,
    SelectTake,
    SetEnabled,
    Stamp,
)
from takebridge.cut.lowering import inverse, lower
from takebridge.cut.model import Clip, Span, Transition

START = cut((clip("a", 0, look="grade 1"), clip("b", 48), clip("c", 96)), sound=(clip("s", 0),))
A, B, SOUND = ("video", 0, 0), ("video", 0, 1), ("audio", 0, 0)
TAKES = frozenset({"media.import", "clip.add_take", "clip.select_take"})
PLACES = frozenset({"media.import", "track.add", "clip.place", "clip.delete"})
SHORT = Reshape(B, "video", 0, Span(48, 80), Span(24, 56), Fraction(1))


def test_a_host_with_every_verb_gets_the_plan_as_it_is() -> None:
    plan = EditPlan((Import(media("x")), AddTake(A, take("x")), SelectTake(A, "original")))
    assert lower(plan, TAKES, START).edits == plan.edits
    assert lower(EditPlan(), frozenset(), START).way == "in_place"


def test_new_media_comes_as_a_take_so_that_the_look_stays() -> None:
    plan = EditPlan((Replace(A, media("x"), Span(0, 48)),))
    lowered = lower(plan, TAKES | PLACES, START)
    assert lowered.way == "in_place"
    assert [type(edit) for edit in lowered.edits] == [Import, AddTake]
    there = apply_plan(START, EditPlan(lowered.edits)).tracks[0].clips[0]
    assert (there.media, there.source, there.look) == (media("x"), Span(0, 48), "grade 1")
    assert "stays as a take" in lowered.notes[0]


def test_a_host_that_cannot_trim_gets_a_placed_replacement() -> None:
    lowered = lower(EditPlan((SHORT,)), PLACES, START)
    assert lowered.edits == (
        Delete(B),
        Place("anew video track 1, item 2", "video", 0, clip("b", 48, 32, key="")),
    )
    assert "placed anew" in lowered.notes[0]


def test_a_clip_with_a_look_is_not_placed_anew_unless_allowed() -> None:
    plan = EditPlan((replace(SHORT, clip=A, record=Span(0, 32)),))
    refused = lower(plan, PLACES, START)
    assert (refused.way, refused.edits) == ("file", ())
    assert "would lose its grade and effects" in refused.notes[0]
    allowed = lower(plan, PLACES, START, allow_look_loss=True)
    assert [type(edit) for edit in allowed.edits] == [Delete, Place]
    assert "grade and effects of the old one are lost" in allowed.notes[0]


def test_a_clip_another_lies_over_is_not_placed_anew() -> None:
    over = cut((clip("a", 0), clip("b", 48), clip("b2", 60, 12)))
    refused = lower(EditPlan((Replace(B, media("x"), Span(0, 48)),)), PLACES, over)
    assert (refused.way, refused.edits) == ("file", ())
    assert refused.notes[0] == "b would have to be placed anew, and another clip lies over its place."
    moved = EditPlan((Reshape(B, "video", 0, Span(100, 148), Span(24, 72), Fraction(1)),))
    assert [type(edit) for edit in lower(moved, PLACES, over).edits] == [Delete, Place]


def test_all_edits_of_a_clip_placed_anew_are_in_the_placed_clip() -> None:
    plan = EditPlan((SHORT, Replace(B, media("x"), Span(5, 37)), Rename(B, "renamed")))
    lowered = lower(plan, PLACES, START)
    placed = lowered.edits[-1]
    assert isinstance(placed, Place)
    assert [type(edit) for edit in lowered.edits] == [Import, Delete, Place]
    assert (placed.clip.name, placed.clip.media, placed.clip.source) == ("renamed", media("x"), Span(5, 37))


def test_sound_has_no_takes_and_is_placed_anew() -> None:
    lowered = lower(EditPlan((Replace(SOUND, media("x"), Span(0, 48)),)), TAKES | PLACES, START)
    assert [type(edit) for edit in lowered.edits] == [Import, Delete, Place]


def test_a_host_without_place_gets_a_new_version_or_a_file() -> None:
    plan = EditPlan((Place("new", "video", 0, clip("new", 200)),))
    assert lower(plan, frozenset({"timeline.import"}), START).way == "new_version"
    assert lower(plan, TAKES, START).way == "file"
    assert lower(plan, TAKES, START).notes[0] == "The host cannot place new."


def test_what_cannot_be_placed_from_a_file_is_not_placed() -> None:
    fast = clip("fast", 200, speed=Fraction(2))
    title = Clip("Title", Span(300, 310), kind="title")
    for new, why in ((fast, "it is retimed"), (title, "it has no media file of its own")):
        lowered = lower(EditPlan((Place("new", "video", 0, new),)), PLACES, START)
        assert lowered.way == "file"
        assert why in lowered.notes[0]


def test_clips_in_nested_cuts_are_not_edited_in_place() -> None:
    start = cut((Clip("nest", Span(0, 48), kind="nested", inner=cut((clip("in"),))),))
    lowered = lower(EditPlan((Replace(("video", 0, 0, 0, 0), media("x"), Span(0, 48)),)), TAKES | PLACES, start)
    assert lowered.way == "file"


def test_labels_are_left_out_with_a_note() -> None:
    lowered = lower(EditPlan((Stamp(A, "tb-0123456789ab"), AddTake(A, take("x")))), TAKES, START)
    assert [type(edit) for edit in lowered.edits] == [Import, AddTake]
    assert lowered.notes == ("Left out, because the host cannot: stamp video track 1, item 1.",)


def test_transitions_and_tracks_need_their_verbs() -> None:
    join = EditPlan((Join("video", 0, Transition(Span(40, 56), 48)),))
    assert lower(join, TAKES | PLACES, START).way == "file"
    assert lower(EditPlan((AddTrack("video", 1),)), TAKES, START).notes[0] == "The host cannot add a video track."


def test_a_plan_of_takes_is_taken_back_by_showing_what_was_shown() -> None:
    plan = EditPlan((AddTake(A, take("x")), SetEnabled(B, False)))
    merged = apply_plan(START, plan)
    back = inverse(plan, START)
    assert [type(edit) for edit in back.edits] == [SelectTake, SetEnabled]
    shown = apply_plan(merged, back).tracks[0].clips[0]
    assert (shown.media, shown.source, len(shown.takes)) == (media("a"), Span(24, 72), 2)


def test_a_plan_that_places_and_deletes_is_taken_back() -> None:
    plan = EditPlan((Delete(B), Place("new", "video", 0, clip("new", 48, 20)), SetEnabled(("video", 0, 2), False)))
    merged = apply_plan(START, plan)
    assert same_cut(apply_plan(merged, inverse(plan, START)), START)


# --- hosts without native takes -------------------------------------------------------------------------

SWAPS = PLACES | {"clip.swap"}


def test_without_native_takes_a_take_comes_as_other_media_in_its_place() -> None:
    lowered = lower(EditPlan((AddTake(B, take("x")),)), SWAPS, START)
    assert lowered.way == "in_place"
    assert [edit for edit in lowered.edits if not isinstance(edit, Import)] == [
        Replace(B, take("x").media, take("x").source)
    ]
    there = apply_plan(START, EditPlan(lowered.edits)).tracks[0].clips[1]
    assert (there.media, there.takes) == (take("x").media, ())
    assert "the host has no takes" in lowered.notes[0]


def test_a_clip_with_a_look_is_swapped_too_and_the_host_says_whether_it_may() -> None:
    lowered = lower(EditPlan((Replace(A, media("x"), Span(0, 48)),)), SWAPS, START)
    assert [type(edit) for edit in lowered.edits if not isinstance(edit, Import)] == [Replace]


def test_sound_and_unknown_frames_are_not_swapped() -> None:
    sound = lower(EditPlan((Replace(SOUND, media("x"), Span(0, 48)),)), SWAPS, START)
    assert not any(isinstance(edit, Replace) for edit in sound.edits)
    unknown = lower(EditPlan((Replace(B, media("x"), None),)), SWAPS - {"clip.place"}, START)
    assert (unknown.way, unknown.edits) == ("file", ())


def test_a_host_with_native_takes_keeps_to_them() -> None:
    plan = EditPlan((AddTake(A, take("x")),))
    assert lower(plan, TAKES | SWAPS, START).edits == lower(plan, TAKES | PLACES, START).edits


def test_placing_above_the_last_track_may_make_it() -> None:
    plan = EditPlan((AddTrack("video", 1), Place("new", "video", 1, clip("n", 0, key=""))))
    able = (PLACES - {"track.add"}) | {"clip.place:new-track"}
    assert lower(plan, able, START).way == "in_place"
    assert lower(plan, PLACES - {"track.add"}, START).way == "file"
