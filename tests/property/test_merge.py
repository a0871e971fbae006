"""Laws of the merge, over random cuts and random edits on both sides: nothing lost, nothing done without cause."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.cut_strategies import CONTENT, Trio, cuts, edited, keys, trios

from takebridge.cut.edit_plan import apply_plan, is_done, plan_between, precondition, rest_of, same_cut
from takebridge.cut.edit_types import Delete, EditPlan, Import, SelectTake
from takebridge.cut.identity import identify
from takebridge.cut.lowering import inverse, lower
from takebridge.cut.merge import merge
from takebridge.cut.merge_types import Addresses, Choice, Merge, Side
from takebridge.cut.model import Address, Clip, Cut, Track, clips_of

VERBS = "media.import track.add clip.add_take clip.select_take clip.place clip.delete clip.set_enabled clip.rename"
ALL_VERBS = frozenset((VERBS + " clip.stamp marker.add marker.remove").split())


def named(made: Merge, side: Side) -> set[Address]:
    """Every clip of one side that any entry of a merge is about."""
    entries: list[Addresses] = [entry.clip for entry in chain(made.notes, made.requests, made.conflicts, made.removed)]
    first = {getattr(entry, side) for entry in entries}
    return {address for address in first if address} | {
        address for entry in entries for of, address in entry.covers if of == side
    }


def unnamed(made: Merge, trio: Trio, side: Side) -> list[str]:
    """Clips of a side that are neither in the merged cut (themselves, or their like in their place) nor named."""
    said, there = named(made, side), keys(made.cut)
    alike = {_like(clip) for _, clip in clips_of(made.cut)}
    left = [clip for address, clip in clips_of(_cuts(trio)[side]) if address not in said and clip.key not in there]
    return [clip.key for clip in left if _like(clip) not in alike and not _whole_anew(clip, trio.base, made.cut)]


def _cuts(trio: Trio) -> dict[Side, Cut]:
    return {"base": trio.base, "editor": trio.editor, "canvas": trio.canvas}


def _like(clip: Clip) -> tuple[object, ...]:
    return (clip.media.location if clip.media else "", clip.record, clip.source)


def _whole_anew(clip: Clip, base: Cut, merged: Cut) -> bool:
    """Whether a clip is there whole under a key that only a razor of the editor can have given it.

    Every frame of what was a clip of the base (a piece may have been drawn out again), or exactly the frames of a piece
    that both sides cut alike, wherever the editor has that now.
    """
    known = keys(base)
    anew = [one for _, one in clips_of(merged) if one.key not in known and one.media == clip.media]
    if clip.key not in known:
        return any((one.source, one.record.duration) == (clip.source, clip.record.duration) for one in anew)
    return any(one.source is not None and clip.source is not None and one.source.contains(clip.source) for one in anew)


@given(st.data())
def test_an_untouched_canvas_leaves_the_editors_cut_as_it_is(data: st.DataObject) -> None:
    base = data.draw(cuts())
    editor = data.draw(edited(base, "e"))
    made = merge(base, editor, base)
    assert made.cut is editor
    assert not made.plan.edits
    assert not made.conflicts


@given(cuts())
def test_three_equal_cuts_have_nothing_to_do(base: Cut) -> None:
    made = merge(base, replace(base), replace(base))
    assert made.cut == base
    assert made == Merge(made.cut, EditPlan())


@given(st.data())
def test_what_both_did_alike_is_no_conflict(data: st.DataObject) -> None:
    base = data.draw(cuts())
    both = data.draw(edited(base, "x"))
    made = merge(base, both, both)
    assert made.cut is both
    assert not made.conflicts


@given(st.data())
def test_every_content_change_of_the_canvas_arrives(data: st.DataObject) -> None:
    base = data.draw(cuts())
    canvas = data.draw(edited(base, "c", CONTENT))
    made = merge(base, base, canvas)
    merged = {clip.key: clip for _, clip in clips_of(made.cut)}
    for _, clip in clips_of(canvas):
        assert merged[clip.key].media == clip.media
        assert merged[clip.key].source == clip.source
        assert _media(clip) <= _media(merged[clip.key])
    assert not made.conflicts


def _media(clip: Clip) -> set[str]:
    return {take.media.location for take in clip.takes if take.media}


@given(trios())
def test_no_clip_of_either_side_disappears_without_a_word(trio: Trio) -> None:
    made = merge(trio.base, trio.editor, trio.canvas)
    assert not unnamed(made, trio, "base")
    assert not unnamed(made, trio, "editor")
    assert not unnamed(made, trio, "canvas")


@given(trios())
def test_the_editors_clips_keep_their_time(trio: Trio) -> None:
    made = merge(trio.base, trio.editor, trio.canvas)
    merged = {clip.key: clip for _, clip in clips_of(made.cut)}
    for _, clip in clips_of(trio.editor):
        there = merged[clip.key]
        assert (there.record, there.speed, there.enabled) == (clip.record, clip.speed, clip.enabled)


@given(trios(), st.data())
def test_the_take_a_clip_shows_is_what_the_clip_says(trio: Trio, data: st.DataObject) -> None:
    made = merge(trio.base, trio.editor, trio.canvas, _choices(trio, data))
    for _, clip in clips_of(made.cut):
        shown = clip.takes[clip.active] if clip.takes else clip
        assert (shown.media, shown.source) == (clip.media, clip.source)


@given(trios())
def test_the_answer_is_always_the_same(trio: Trio) -> None:
    assert merge(trio.base, trio.editor, trio.canvas) == merge(trio.base, trio.editor, trio.canvas)


@given(trios())
def test_the_plan_makes_the_merged_cut_and_then_is_empty(trio: Trio) -> None:
    made = merge(trio.base, trio.editor, trio.canvas)
    assert same_cut(apply_plan(trio.editor, made.plan), made.cut)
    assert not plan_between(made.cut, made.cut, identify(made.cut, made.cut)).edits
    assert not rest_of(made.plan, made.cut, trio.editor).edits


@given(trios())
def test_each_edit_is_undone_before_and_done_after_it_and_harmless_twice(trio: Trio) -> None:
    made = merge(trio.base, trio.editor, trio.canvas)
    for step, edit in enumerate(made.plan.edits):
        before = apply_plan(trio.editor, EditPlan(made.plan.edits[:step]))
        after = apply_plan(trio.editor, EditPlan(made.plan.edits[: step + 1]))
        assert precondition(edit, before, trio.editor) is None
        if isinstance(edit, Import):
            assert after == before
            continue
        assert not is_done(edit, before, trio.editor)
        assert is_done(edit, after, trio.editor)
        twice = EditPlan((*made.plan.edits[: step + 1], edit))
        assert apply_plan(trio.editor, twice) == after


@given(trios(), st.data())
def test_a_plan_goes_on_from_wherever_it_was_interrupted(trio: Trio, data: st.DataObject) -> None:
    made = merge(trio.base, trio.editor, trio.canvas, _choices(trio, data))
    stop = data.draw(st.integers(0, len(made.plan)))
    partly = apply_plan(trio.editor, EditPlan(made.plan.edits[:stop]))
    rest = rest_of(made.plan, partly, trio.editor)
    assert same_cut(apply_plan(partly, rest), made.cut)
    left = [edit for edit in rest.edits if not isinstance(edit, Import)]
    assert len(left) == len([edit for edit in made.plan.edits[stop:] if not isinstance(edit, Import)])


@given(trios(), st.data())
def test_choices_are_followed_and_lose_nothing_either(trio: Trio, data: st.DataObject) -> None:
    choices = _choices(trio, data)
    made = merge(trio.base, trio.editor, trio.canvas, choices)
    chosen = {conflict.id: conflict for conflict in made.conflicts}
    for key, choice in choices.items():
        assert chosen[key].chosen == choice or chosen[key].what == "no_room"
    assert not unnamed(made, trio, "base")
    assert not unnamed(made, trio, "editor")
    assert not unnamed(made, trio, "canvas")


def _choices(trio: Trio, data: st.DataObject) -> dict[str, Choice]:
    first = merge(trio.base, trio.editor, trio.canvas)
    return {conflict.id: data.draw(st.sampled_from(conflict.choices)) for conflict in first.conflicts}


@given(st.data())
def test_a_plan_between_any_two_states_of_a_cut_makes_one_the_other(data: st.DataObject) -> None:
    base = data.draw(cuts())
    other = data.draw(edited(base, "e"))
    assume(not any(_overlaps(track) for track in other.tracks))
    plan = plan_between(base, other, identify(base, other))
    assert same_cut(apply_plan(base, plan), other)


@given(st.data())
def test_a_plan_of_takes_can_be_taken_back(data: st.DataObject) -> None:
    base = data.draw(cuts())
    canvas = data.draw(edited(base, "c", CONTENT))
    made = merge(base, base, canvas)
    back = apply_plan(made.cut, inverse(made.plan, base))
    assert same_cut(_without_trays(back), _without_trays(base))


def _overlaps(track: Track) -> bool:
    clips = track.clips
    return any(one.record.end > after.record.start for one, after in pairwise(clips))


def _without_trays(cut: Cut) -> Cut:
    tracks = []
    for track in cut.tracks:
        items = tuple(replace(one, takes=(), active=0) if isinstance(one, Clip) else one for one in track.items)
        tracks.append(replace(track, items=items))
    return replace(cut, tracks=tuple(tracks))


@given(trios(), st.booleans())
@settings(max_examples=60)
def test_a_lowered_plan_shows_the_same_as_the_plan_itself(trio: Trio, takes: bool) -> None:
    made = merge(trio.base, trio.editor, trio.canvas)
    verbs = ALL_VERBS if takes else ALL_VERBS - {"clip.add_take", "clip.select_take"}
    lowered = lower(made.plan, verbs, trio.editor)
    if lowered.way != "in_place":
        assert lowered.notes
        assert not lowered.edits
        return
    if not takes:
        assert not any(isinstance(edit, SelectTake) for edit in lowered.edits)
    result = apply_plan(trio.editor, EditPlan(lowered.edits))
    assert _shown(result) == _shown(made.cut)
    assert any(isinstance(edit, Delete) for edit in lowered.edits) <= (not takes or bool(made.plan.edits))


def _shown(cut: Cut) -> list[tuple[object, ...]]:
    found = [
        (a[:2], str(c.record), c.media.location if c.media else "", str(c.source), c.name) for a, c in clips_of(cut)
    ]
    return sorted(found, key=repr)
