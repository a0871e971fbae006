"""The merge, case by case as docs/merge.md tells them: the editor owns time, the canvas owns content."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.support.cut_strategies import clip, cut, media, take

from takebridge.cut.edit_types import AddTake, AddTrack, Delete, Import, Mark, Place, Replace, SelectTake, SetEnabled
from takebridge.cut.match import Match
from takebridge.cut.merge import merge
from takebridge.cut.merge_types import Merge
from takebridge.cut.model import Clip, Cut, Marker, Media, Span, Take, Transition, clips_of
from takebridge.errors import CutMismatchError
from takebridge.timebase import FrameRate

NAMES = "abcdefghij"


def shots(**changes: Clip | None) -> Cut:
    """Ten shots of 48 frames, one after the other from frame 0, each of its own media from source frame 24 on."""
    clips = {name: clip(name, 48 * number) for number, name in enumerate(NAMES)}
    made = {**clips, **changes}
    return cut(tuple(one for one in made.values() if one is not None))


def shot(name: str) -> Clip:
    """One of the ten shots as the base has it."""
    return clip(name, 48 * NAMES.index(name))


def reshown(name: str, new: str, source: int = 0, frames: int = 48) -> Clip:
    """A shot that shows other media."""
    return replace(shot(name), media=media(new), source=Span.of(source, frames))


def by_key(made: Merge) -> dict[str, Clip]:
    return {one.key: one for track in made.cut.tracks for one in track.clips}


BASE = shots()


# --- content -------------------------------------------------------------------------------------------


def test_other_media_goes_into_the_same_place() -> None:
    made = merge(BASE, BASE, shots(c=reshown("c", "new c", 10)))
    there = by_key(made)["c"]
    assert replace(there, takes=(), active=0) == reshown("c", "new c", 10)
    assert [(one.media, one.source) for one in there.takes] == [
        (media("c"), Span(24, 72)),
        (media("new c"), Span(10, 58)),
    ]
    assert made.plan.edits == (
        Import(media("new c")),
        AddTake(("video", 0, 2), Take("new c.mov", media("new c"), Span(10, 58), name="new c.mov")),
    )
    assert [(note.name, note.edits) for note in made.notes] == [("c", (0, 1))]
    assert made.notes[0].clip.base == made.notes[0].clip.editor == made.notes[0].clip.canvas == ("video", 0, 2)


def test_what_was_not_changed_is_the_editors_own_object() -> None:
    editor = shots(e=None)
    made = merge(BASE, editor, shots(c=reshown("c", "new c")))
    assert all(made.cut.tracks[0].items[at] is editor.tracks[0].items[at] for at in range(9) if at != 2)


def test_a_trimmed_clip_gets_its_own_part_of_the_new_media() -> None:
    trimmed = replace(shot("c"), record=Span(106, 140), source=Span(34, 68))
    made = merge(BASE, shots(c=trimmed), shots(c=reshown("c", "new c", 100)))
    there = by_key(made)["c"]
    assert (there.record, there.source) == (Span(106, 140), Span(110, 144))


def test_each_piece_of_a_razored_clip_gets_its_own_part() -> None:
    first = replace(shot("g"), record=Span(288, 300), source=Span(24, 36))
    second = replace(shot("g"), key="g2", record=Span(300, 336), source=Span(36, 72))
    editor = cut((*(shot(name) for name in "abcdef"), first, second, *(shot(name) for name in "hij")))
    made = merge(BASE, editor, shots(g=reshown("g", "new g", 5)))
    clips = by_key(made)
    assert (clips["g"].media, clips["g"].source) == (media("new g"), Span(5, 17))
    assert (clips["g2"].media, clips["g2"].source) == (media("new g"), Span(17, 53))


def test_media_of_another_rate_is_offset_in_media_time() -> None:
    new = replace(shot("c"), media=media("new c", rate=FrameRate(48)), source=Span(100, 196))
    slipped = replace(shot("c"), source=Span(30, 78))
    made = merge(BASE, shots(c=slipped), shots(c=new))
    assert by_key(made)["c"].source == Span(112, 208)


def test_a_retimed_clip_keeps_its_speed_and_its_share_of_media_time() -> None:
    fast = replace(shot("c"), speed=Fraction(2), source=Span(24, 120))
    made = merge(BASE, shots(c=fast), shots(c=reshown("c", "new c", 3)))
    there = by_key(made)["c"]
    assert (there.speed, there.record, there.source) == (2, fast.record, Span(3, 99))


def test_a_moved_and_disabled_clip_gets_the_content_where_it_is() -> None:
    moved = replace(shot("j"), record=Span(600, 648), enabled=False)
    made = merge(BASE, shots(j=moved), shots(j=reshown("j", "new j")))
    there = replace(by_key(made)["j"], takes=(), active=0)
    assert there == replace(moved, media=media("new j"), source=Span(0, 48))


def test_other_sound_takes_the_place_of_the_old() -> None:
    sound = replace(shot("c"), key="s", media=media("s"))
    base = cut(BASE.tracks[0].clips, sound=(sound,))
    new = replace(sound, media=media("new s"), source=Span(0, 48))
    made = merge(base, base, cut(BASE.tracks[0].clips, sound=(new,)))
    assert made.plan.edits == (Import(media("new s")), Replace(("audio", 0, 1), media("new s"), Span(0, 48)))
    assert by_key(made)["s"] == new


def test_a_clip_in_a_nested_cut_gets_the_content_there() -> None:
    inner = cut((shot("a"), shot("b")))
    nest = Clip("nest", Span(0, 96), source=Span(0, 96), kind="nested", key="nest", inner=inner)
    editor = cut((nest, *(shot(name) for name in NAMES[2:])))
    made = merge(BASE, editor, shots(b=reshown("b", "new b")))
    inside = made.cut.tracks[0].clips[0].inner
    assert inside is not None
    assert [one.media for one in inside.tracks[0].clips] == [media("a"), media("new b")]
    new = Take("new b.mov", media("new b"), Span(0, 48), name="new b.mov")
    assert made.plan.edits[-1] == AddTake(("video", 0, 0, 0, 1), new)


def test_takes_join_the_tray_and_the_shown_one_is_shown() -> None:
    tray = (take("c"), take("c2", 0))
    canvas = replace(shot("c"), takes=tray, active=1, media=media("c2"), source=Span(0, 48))
    made = merge(BASE, BASE, shots(c=canvas))
    assert made.plan.edits == (Import(media("c2")), AddTake(("video", 0, 2), take("c2", 0)))
    there = by_key(made)["c"]
    assert [one.key for one in there.takes] == ["original", "c2"]
    assert (there.active, there.media, there.source) == (1, media("c2"), Span(0, 48))


def test_takes_added_without_switching_are_not_shown() -> None:
    canvas = replace(shot("c"), takes=(take("c"), take("c2", 0)))
    made = merge(BASE, BASE, shots(c=canvas))
    there = by_key(made)["c"]
    assert (len(there.takes), there.active, there.media, there.source) == (2, 0, media("c"), Span(24, 72))
    assert made.plan.edits[-1] == SelectTake(("video", 0, 2), "original", Span(24, 72))


def test_a_switch_to_a_take_both_have_is_a_switch() -> None:
    tray = (take("c"), take("c2", 0))
    base = shots(c=replace(shot("c"), takes=tray))
    canvas = shots(c=replace(shot("c"), takes=tray, active=1, media=media("c2"), source=Span(0, 48)))
    editor = shots(c=replace(shot("c"), takes=tray, record=Span(96, 120), source=Span(24, 48)))
    made = merge(base, editor, canvas)
    assert made.plan.edits == (SelectTake(("video", 0, 2), "c2", Span(0, 24)),)


def test_a_still_that_became_a_moving_take_is_a_clip() -> None:
    still = replace(shot("c"), kind="still", media=Media("c.png", "/media/c.png"))
    made = merge(shots(c=still), shots(c=still), shots(c=reshown("c", "new c")))
    assert by_key(made)["c"].kind == "clip"


# --- conflicts of content --------------------------------------------------------------------------------


EDITOR_C, CANVAS_C = shots(c=reshown("c", "editor c")), shots(c=reshown("c", "canvas c"))


def test_both_replaced_it_is_a_conflict_the_editor_wins_first() -> None:
    made = merge(BASE, EDITOR_C, CANVAS_C)
    assert made.cut is EDITOR_C
    conflict = made.conflicts[0]
    assert (conflict.what, conflict.choices, conflict.chosen) == ("content", ("editor", "canvas", "both"), "editor")
    assert conflict.id == "content:V1.2"


def test_the_canvas_can_be_chosen() -> None:
    made = merge(BASE, EDITOR_C, CANVAS_C, {"content:V1.2": "canvas"})
    assert by_key(made)["c"].media == media("canvas c")


def test_both_can_be_kept_the_canvass_as_a_take_not_shown() -> None:
    made = merge(BASE, EDITOR_C, CANVAS_C, {"content:V1.2": "both"})
    there = by_key(made)["c"]
    assert there.media == media("editor c")
    assert [one.media for one in there.takes] == [media("editor c"), media("canvas c")]


def test_the_same_new_media_on_both_sides_is_no_conflict() -> None:
    made = merge(BASE, EDITOR_C, EDITOR_C)
    assert (made.cut, made.conflicts) == (EDITOR_C, ())


def test_a_copy_keeps_what_it_shows_but_is_named() -> None:
    copy = replace(shot("c"), key="copy", record=Span(600, 648))
    editor = cut((*(shot(name) for name in NAMES), copy))
    canvas = shots(c=reshown("c", "new c"))
    made = merge(BASE, editor, canvas)
    assert by_key(made)["copy"] is editor.tracks[0].clips[-1]
    conflict = next(one for one in made.conflicts if one.clip.editor == ("video", 0, 11))
    followed = merge(BASE, editor, canvas, {conflict.id: "canvas"})
    assert by_key(followed)["copy"].media == media("new c")


def test_an_unknown_choice_is_refused_with_a_next_step() -> None:
    with pytest.raises(CutMismatchError, match=r"no conflict content:V1\.9") as caught:
        merge(BASE, EDITOR_C, CANVAS_C, {"content:V1.9": "canvas"})
    assert caught.value.hint
    with pytest.raises(CutMismatchError, match="offers editor or canvas"):
        merge(BASE, BASE, shots(c=None), {"dropped_by_canvas:V1.2": "both"})


# --- one side has it no more -----------------------------------------------------------------------------


def test_what_the_editor_deleted_is_named_as_removed() -> None:
    made = merge(BASE, shots(h=None), BASE)
    removed = made.removed[0]
    assert (removed.name, removed.by, removed.clip.base, removed.clip.editor) == ("h", "editor", ("video", 0, 7), None)
    assert removed.clip.canvas == ("video", 0, 7)


def test_a_deleted_clip_the_canvas_regenerated_is_a_conflict_and_can_come_back() -> None:
    editor, canvas = shots(h=None), shots(h=reshown("h", "new h"))
    made = merge(BASE, editor, canvas)
    assert made.cut is editor
    assert [one.what for one in made.conflicts] == ["deleted_by_editor"]
    back = merge(BASE, editor, canvas, {made.conflicts[0].id: "canvas"})
    there = next(one for one in back.cut.tracks[0].clips if one.name == "h")
    assert (there.record, there.media, there.source) == (Span(336, 384), media("new h"), Span(0, 48))
    assert not back.removed


def test_a_deleted_clip_whose_place_is_taken_comes_back_above() -> None:
    stretched = replace(shot("g"), record=Span(288, 350), source=Span(24, 86))
    editor = shots(h=None, g=stretched)
    made = merge(BASE, editor, shots(h=reshown("h", "new h")), {"deleted_by_editor:V1.7": "canvas"})
    assert made.cut.tracks[0] is editor.tracks[0]
    assert [(one.media, one.record) for one in made.cut.tracks[1].clips] == [(media("new h"), Span(350, 398))]
    assert not made.removed


def test_a_clip_whose_gap_the_editor_closed_comes_back_beside_its_neighbours() -> None:
    closed = {name: replace(shot(name), record=shot(name).record.shifted(-10)) for name in "cdefgij"}
    shorter = replace(shot("b"), record=Span(48, 86), source=Span(24, 62))
    editor = shots(b=shorter, h=None, **closed)
    made = merge(BASE, editor, shots(h=reshown("h", "new h")), {"deleted_by_editor:V1.7": "canvas"})
    there = next(one for one in made.cut.tracks[0].clips if one.media == media("new h"))
    assert there.record == Span(326, 374)


@pytest.mark.parametrize("changed", [False, True])
def test_a_clip_the_canvas_dropped_stays_and_is_a_conflict(changed: bool) -> None:
    editor = shots(c=replace(shot("c"), enabled=False)) if changed else BASE
    made = merge(BASE, editor, shots(c=None))
    assert made.cut is editor
    assert [(one.what, one.name, one.chosen) for one in made.conflicts] == [("dropped_by_canvas", "c", "editor")]
    gone = merge(BASE, editor, shots(c=None), {made.conflicts[0].id: "canvas"})
    assert "c" not in by_key(gone)
    assert gone.plan.edits == (Delete(("video", 0, 2)),)
    assert [(one.name, one.by) for one in gone.removed] == [("c", "canvas")]


def test_linked_sound_goes_with_its_picture_and_is_covered() -> None:
    picture = tuple(replace(shot(name), link=name) for name in NAMES)
    sound = tuple(replace(one, key=f"{one.key} sound") for one in picture)
    base = cut(picture, sound=sound)
    canvas = cut(picture[:2] + picture[3:], sound=sound[:2] + sound[3:])
    made = merge(base, base, canvas)
    assert len(made.conflicts) == 1
    assert {("base", ("audio", 0, 2)), ("editor", ("audio", 0, 2))} <= set(made.conflicts[0].clip.covers)
    gone = merge(base, base, canvas, {made.conflicts[0].id: "canvas"})
    assert [len(track.clips) for track in gone.cut.tracks] == [9, 9]


# --- time --------------------------------------------------------------------------------------------------


def rippled(after: str, frames: int, **changes: Clip) -> Cut:
    """The shots with all after one of them later."""
    late = {
        name: replace(shot(name), record=shot(name).record.shifted(frames)) for name in NAMES[NAMES.index(after) + 1 :]
    }
    return shots(**{**late, **changes})


def test_a_length_only_the_canvas_changed_is_a_request_for_the_slot() -> None:
    longer = replace(shot("c"), record=Span(96, 158), source=Span(24, 86))
    made = merge(BASE, BASE, rippled("c", 14, c=longer))
    assert made.cut is BASE
    assert [(one.name, one.kind, one.edge, one.needs_frames) for one in made.requests] == [("c", "slot", "tail", 14)]
    assert not made.conflicts


def test_a_head_the_canvas_trimmed_is_a_request_at_the_head() -> None:
    trimmed = replace(shot("c"), record=Span(102, 144), source=Span(30, 72))
    made = merge(BASE, BASE, shots(c=trimmed))
    assert [(one.edge, one.needs_frames) for one in made.requests] == [("head", 6)]


def test_the_same_trim_on_both_sides_is_nothing() -> None:
    trimmed = shots(c=replace(shot("c"), record=Span(102, 144), source=Span(30, 72)))
    made = merge(BASE, trimmed, trimmed)
    assert (made.requests, made.conflicts) == ((), ())


def test_a_shorter_take_needs_frames_and_the_editors_timing_stands() -> None:
    short = replace(shot("c"), media=media("new c", 34), source=Span(0, 34), record=Span(96, 130))
    made = merge(BASE, BASE, rippled("c", -14, c=short))
    there = by_key(made)["c"]
    assert (there.record, there.source) == (Span(96, 144), Span(0, 48))
    assert [(one.kind, one.edge, one.needs_frames) for one in made.requests] == [("media", "tail", 14)]


def test_a_clip_extended_beyond_its_media_needs_frames() -> None:
    long = replace(shot("j"), record=Span(432, 662), source=Span(24, 254))
    made = merge(BASE, shots(j=long), BASE)
    assert [(one.kind, one.edge, one.needs_frames) for one in made.requests] == [("media", "tail", 14)]
    head = replace(shot("a"), source=Span(-5, 43))
    assert [(one.edge, one.needs_frames) for one in merge(BASE, shots(a=head), BASE).requests] == [("head", 5)]


def test_a_longer_take_mends_an_extended_clip() -> None:
    long = replace(shot("j"), record=Span(432, 662), source=Span(24, 254))
    new = replace(shot("j"), media=media("new j", 300))
    made = merge(BASE, shots(j=long), shots(j=new))
    assert made.requests == ()
    assert by_key(made)["j"].source == Span(24, 254)


def test_clips_a_ripple_carried_along_are_not_conflicts() -> None:
    made = merge(BASE, BASE, rippled("c", 100))
    assert made.conflicts == ()


def test_a_clip_the_canvas_moved_stays_and_is_named() -> None:
    moved = replace(shot("j"), record=Span(600, 648))
    base = shots(i=None)
    made = merge(base, base, shots(i=None, h=replace(shot("h"), record=Span(350, 398)), j=moved))
    assert {(one.what, one.name, one.chosen) for one in made.conflicts} >= {("time", "h", "editor")}
    key = next(one.id for one in made.conflicts if one.name == "h")
    followed = merge(base, base, shots(i=None, h=replace(shot("h"), record=Span(350, 398)), j=moved), {key: "canvas"})
    assert by_key(followed)["h"].record == Span(350, 398)


def test_a_slip_by_the_canvas_is_named() -> None:
    made = merge(BASE, BASE, shots(c=replace(shot("c"), source=Span(40, 88))))
    assert [(one.what, one.name) for one in made.conflicts] == [("time", "c")]
    assert made.cut is BASE


def test_a_state_only_the_canvas_changed_is_named_and_can_be_chosen() -> None:
    canvas = shots(c=replace(shot("c"), enabled=False))
    made = merge(BASE, BASE, canvas)
    assert [(one.what, one.chosen) for one in made.conflicts] == [("state", "editor")]
    chosen = merge(BASE, BASE, canvas, {made.conflicts[0].id: "canvas"})
    assert chosen.plan.edits == (SetEnabled(("video", 0, 2), False),)


# --- what the canvas added -----------------------------------------------------------------------------------


def test_a_clip_the_canvas_added_goes_where_it_is_free() -> None:
    new = clip("new", 500, 30)
    canvas = cut((*(shot(name) for name in NAMES), new))
    made = merge(BASE, BASE, canvas)
    assert made.plan.edits == (Import(media("new")), Place("new video 0 11", "video", 0, new))
    assert by_key(made)["new"].record == Span(500, 530)


def test_where_its_place_is_taken_it_goes_on_a_track_above() -> None:
    new = clip("new", 96, 30)
    canvas = rippled("b", 30)
    canvas = cut((*canvas.tracks[0].clips, new))
    made = merge(BASE, BASE, canvas)
    assert [type(edit) for edit in made.plan.edits] == [Import, AddTrack, Place]
    assert made.cut.tracks[0] is BASE.tracks[0]
    assert made.cut.tracks[1].clips == (new,)
    assert "no room" in made.notes[0].text


def test_a_clip_both_added_is_there_once() -> None:
    new = clip("new", 500, 30)
    both = cut((*(shot(name) for name in NAMES), new))
    other = cut((*(shot(name) for name in NAMES), replace(new, key="of another host")))
    assert merge(BASE, both, other).cut is both


def test_added_picture_and_sound_stay_linked() -> None:
    picture = tuple(shot(name) for name in NAMES)
    linked = replace(shot("a"), link="1")
    sound = clip("atmo", 0, 48, link="1")
    base = cut((linked, *picture[1:]), sound=(sound,))
    new = clip("new", 500, 30, link="1")
    canvas = cut(
        (replace(linked, link="7"), *picture[1:], new), sound=(replace(sound, link="7"), replace(new, key="s"))
    )
    made = merge(base, base, canvas)
    clips = by_key(made)
    assert clips["new"].link == clips["s"].link not in ("", "1")


def test_markers_of_the_canvas_are_added() -> None:
    marker = Marker(20, name="look at this", color="Red")
    made = merge(BASE, BASE, replace(BASE, markers=(marker,)))
    assert (made.cut.markers, made.plan.edits) == ((marker,), (Mark(None, marker),))
    on_clip = merge(BASE, BASE, shots(c=replace(shot("c"), markers=(marker,))))
    assert by_key(on_clip)["c"].markers == (marker,)


def test_a_transition_of_the_canvas_is_named() -> None:
    dissolve = Transition(Span(90, 102), 96, "Dissolve")
    made = merge(BASE, BASE, cut((*BASE.tracks[0].clips, dissolve)))
    assert [(one.what, one.clip.canvas) for one in made.conflicts] == [("state", ("video", 0, 2))]
    assert made.cut is BASE


def test_a_stamp_of_the_canvas_arrives() -> None:
    made = merge(BASE, BASE, shots(c=replace(shot("c"), stamp="tb-0123456789ab")))
    assert by_key(made)["c"].stamp == "tb-0123456789ab"


def test_take_keys_never_collide() -> None:
    had = Take("2", media("old"), Span(0, 48))
    base = shots(c=replace(shot("c"), takes=(take("c"), had)))
    new = Take("2", media("new"), Span(0, 48))
    canvas = shots(c=replace(shot("c"), takes=(take("c"), new)))
    made = merge(base, base, canvas)
    assert [one.key for one in by_key(made)["c"].takes] == ["c", "2", "2 2"]


# --- what is not certain, and what cannot simply be placed -----------------------------------------------------


def test_a_content_change_of_an_uncertain_clip_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def uncertain(a: Cut, b: Cut) -> tuple[Match, ...]:
        twins = (("video", 0, 2), ("video", 0, 3))
        return tuple(
            Match(one, one, "same", 500, ambiguous=one in twins, rivals=twins[1:] if one == twins[0] else ())
            for one, _ in clips_of(a)
        )

    monkeypatch.setattr("takebridge.cut.merge.identify", uncertain)
    canvas = shots(c=reshown("c", "new c"))
    made = merge(BASE, BASE, canvas)
    assert made.cut is BASE
    conflict = made.conflicts[0]
    assert (conflict.what, conflict.chosen) == ("ambiguous", "editor")
    assert ("canvas", ("video", 0, 3)) in conflict.clip.covers
    assert by_key(merge(BASE, BASE, canvas, {conflict.id: "canvas"}))["c"].media == media("new c")


def test_an_uncertain_match_nothing_depends_on_is_no_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    def uncertain(a: Cut, b: Cut) -> tuple[Match, ...]:
        return tuple(Match(one, one, "same", 500, ambiguous=True) for one, _ in clips_of(a))

    monkeypatch.setattr("takebridge.cut.merge.identify", uncertain)
    assert merge(BASE, shots(c=replace(shot("c"), enabled=False)), replace(BASE, name="again")).conflicts == ()


def razored(name: str, at: int, second: Clip | None = None) -> Cut:
    """The shots, one of them cut in two at a frame of its own; the second piece is another where given."""
    one = shot(name)
    head = replace(one, record=Span.of(one.record.start, at), source=Span(24, 24 + at))
    tail = replace(one, key=f"{name}2", record=Span(one.record.start + at, one.record.end), source=Span(24 + at, 72))
    shown = tail if second is None else replace(tail, media=second.media, source=second.source)
    number = NAMES.index(name)
    before, after = NAMES[:number], NAMES[number + 1 :]
    return cut((*(shot(other) for other in before), head, shown, *(shot(other) for other in after)))


def test_a_razor_by_the_canvas_is_named_and_its_pieces_covered() -> None:
    made = merge(BASE, BASE, razored("c", 12))
    assert made.cut is BASE
    assert [(one.what, one.name) for one in made.conflicts] == [("time", "c")]
    assert {("canvas", ("video", 0, 2)), ("canvas", ("video", 0, 3))} <= set(made.conflicts[0].clip.covers)


def test_pieces_razored_alike_by_both_get_their_own_content(monkeypatch: pytest.MonkeyPatch) -> None:
    def pieces(a: Cut, b: Cut) -> tuple[Match, ...]:
        found = [(at, at if at < 3 else at + 1) for at in range(10)]
        whole = [Match(("video", 0, one), ("video", 0, other), "same", 1000) for one, other in found]
        return (*whole, Match(("video", 0, 2), ("video", 0, 3), "piece", 1000))

    monkeypatch.setattr("takebridge.cut.merge.identify", pieces)
    new = clip("new", 0, 36, 7)
    made = merge(BASE, razored("c", 12), razored("c", 12, new))
    clips = by_key(made)
    assert (clips["c"].media, clips["c2"].media) == (media("c"), media("new"))
    assert clips["c2"].source == Span(7, 43)
    assert made.conflicts == ()


def test_a_clip_added_inside_a_nested_cut_is_named() -> None:
    def nested(*inside: Clip) -> Cut:
        nest = Clip("nest", Span(480, 680), source=Span(0, 200), kind="nested", key="nest", inner=cut(inside))
        return cut((*(shot(name) for name in NAMES), nest))

    base = nested(clip("in"))
    made = merge(base, base, nested(clip("in"), clip("more", 48)))
    assert made.cut is base
    said = [(one.what, one.name, one.clip.canvas) for one in made.conflicts]
    assert said == [("no_room", "more", ("video", 0, 10, 0, 1))]


def test_new_media_beside_takes_of_the_editor_joins_them() -> None:
    tray = (take("c"), take("c2", 0))
    base = shots(c=replace(shot("c"), takes=tray))
    made = merge(base, base, shots(c=reshown("c", "new c")))
    there = by_key(made)["c"]
    assert [one.media for one in there.takes] == [media("c"), media("c2"), media("new c")]
    assert (there.active, there.source) == (2, Span(0, 48))


def test_the_whole_story_at_once() -> None:
    """Trim 3, swap 5 and 6, razor 7, delete 8, slip 9; meanwhile 3 gets a longer take and 8 a new one."""
    c, e, f, g, i = shot("c"), shot("e"), shot("f"), shot("g"), shot("i")
    trimmed = replace(c, record=Span(102, 144), source=Span(30, 72))
    swapped = replace(f, record=e.record), replace(e, record=f.record)
    pieces = (
        replace(g, record=Span(288, 300), source=Span(24, 36)),
        replace(g, key="g2", record=Span(300, 336), source=Span(36, 72)),
    )
    slipped = replace(i, source=Span(34, 82))
    editor = cut((shot("a"), shot("b"), trimmed, shot("d"), *swapped, *pieces, slipped, shot("j")))
    long = Take("3 v2", media("c v2", 300), Span(24, 72))
    canvas = shots(
        c=replace(c, takes=(take("c"), long), active=1, media=long.media),
        h=reshown("h", "new h"),
    )
    made = merge(BASE, editor, canvas)
    clips = by_key(made)
    assert (clips["c"].media, clips["c"].record, clips["c"].source) == (long.media, Span(102, 144), Span(30, 72))
    assert made.plan.edits == (Import(media("c v2", 300)), AddTake(("video", 0, 3), replace(long, source=Span(30, 72))))
    assert [(one.what, one.name) for one in made.conflicts] == [("deleted_by_editor", "h")]
    assert [one.name for one in made.removed] == ["h"]
    assert made.requests == ()
    untouched = [one for one in editor.tracks[0].clips if one.key != "c"]
    assert [clips[one.key] for one in untouched] == untouched
