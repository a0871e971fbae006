"""Razored halves in a merge: what the editor deleted of a clip, and what the canvas cut elsewhere, is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.cut_strategies import clip, cut, media

from takebridge.cut.match import Match
from takebridge.cut.merge import merge
from takebridge.cut.model import Clip, Cut, Media, Span, Take

NAMES = "abcdefghij"
C = ("video", 0, 2)


def shot(name: str) -> Clip:
    """One of ten shots of 48 frames, one after the other, each of its own media from source frame 24 on."""
    return clip(name, 48 * NAMES.index(name))


def shots(*instead: Clip) -> Cut:
    """The ten shots, with these in the place of c."""
    return cut((shot("a"), shot("b"), *instead, *(shot(name) for name in NAMES[3:])))


def part(key: str, first: int, last: int) -> Clip:
    """The frames of c from one to before another, where they lie in the base."""
    return replace(shot("c"), key=key, record=Span(96 + first, 96 + last), source=Span(24 + first, 24 + last))


BASE = shots(shot("c"))


# --- the editor keeps a piece --------------------------------------------------------------------------


def test_a_clip_of_which_only_the_right_half_is_left_is_named() -> None:
    editor = shots(part("c right", 14, 48))
    made = merge(BASE, editor, BASE)
    assert (made.cut, made.conflicts, made.plan.edits) == (editor, (), ())
    [gone] = made.removed
    assert (gone.name, gone.by) == ("c", "editor")
    assert (gone.clip.base, gone.clip.editor, gone.clip.canvas) == (C, ("video", 0, 3), C)
    assert set(gone.clip.covers) == {("base", C), ("editor", ("video", 0, 3)), ("canvas", C)}
    assert gone.text == "The editor cut it and kept only a part of it: 34 of 48 frames."


def test_several_pieces_without_the_first_are_counted_together() -> None:
    made = merge(BASE, shots(part("c2", 8, 20), part("c3", 30, 48)), BASE)
    assert [one.text for one in made.removed] == [
        "The editor cut it and kept only a part of it: 30 of 48 frames.",
    ]


def test_a_trim_is_not_a_removal() -> None:
    assert merge(BASE, shots(part("c", 14, 48)), BASE).removed == ()
    unnamed = [
        cut(tuple(replace(one, key="") for one in side.tracks[0].clips)) for side in (BASE, shots(part("", 14, 48)))
    ]
    assert merge(unnamed[0], unnamed[1], unnamed[0]).removed == ()


def test_all_pieces_are_the_clip() -> None:
    assert merge(BASE, shots(part("c", 0, 14), part("c right", 14, 48)), BASE).removed == ()
    assert merge(BASE, shots(part("c2", 0, 14), part("c right", 14, 48)), BASE).removed == ()


def test_a_clip_laid_elsewhere_under_another_key_is_there() -> None:
    later = replace(shot("c"), key="pasted", record=Span(600, 648))
    made = merge(BASE, cut((*(shot(name) for name in NAMES if name != "c"), later)), BASE)
    assert made.removed == ()


def test_keys_of_a_timeline_that_was_duplicated_say_nothing() -> None:
    editor = shots(part("c", 14, 48))
    anew = cut(tuple(replace(one, key=f"new {one.key}") for one in editor.tracks[0].clips), timeline_id="copy")
    assert merge(BASE, anew, BASE).removed == ()
    assert merge(BASE, replace(anew, timeline_id=""), BASE).removed == ()


def test_other_media_under_another_key_takes_the_clips_place() -> None:
    other = replace(shot("c"), key="overwritten", media=media("stock"), name="stock")
    made = merge(BASE, shots(other), BASE)
    assert [(one.name, one.by) for one in made.removed] == [("c", "editor")]
    assert made.removed[0].text == "The editor put stock.mov in its place."


def test_the_sound_of_a_deleted_half_is_covered() -> None:
    picture = tuple(replace(shot(name), link=name) for name in NAMES)
    sound = tuple(replace(one, key=f"{one.key} sound") for one in picture)
    base = cut(picture, sound=sound)
    kept = replace(part("right", 14, 48), link="right")
    beside = replace(kept, key="right sound")
    editor = cut((*picture[:2], kept, *picture[3:]), sound=(*sound[:2], beside, *sound[3:]))
    made = merge(base, editor, base)
    [gone] = made.removed
    assert {("base", ("audio", 0, 2)), ("editor", ("audio", 0, 3)), ("canvas", ("audio", 0, 2))} <= set(
        gone.clip.covers
    )


def test_new_content_arrives_on_the_half_that_is_left() -> None:
    canvas = shots(replace(shot("c"), media=media("new"), source=Span(100, 148)))
    made = merge(BASE, shots(part("c right", 14, 48)), canvas)
    there = next(one for one in made.cut.tracks[0].clips if one.key == "c right")
    assert (there.media, there.source) == (media("new"), Span(114, 148))
    assert [one.name for one in made.removed] == ["c"]


# --- the canvas cut it elsewhere --------------------------------------------------------------------------


def test_halves_cut_at_other_frames_are_named() -> None:
    editor, canvas = shots(part("c", 0, 14), part("e", 14, 48)), shots(part("c", 0, 30), part("n", 30, 48))
    made = merge(BASE, editor, canvas)
    assert made.cut is editor
    [conflict] = made.conflicts
    assert conflict.what == "time"
    assert {("canvas", C), ("canvas", ("video", 0, 3)), ("editor", C), ("base", C)} <= set(conflict.clip.covers)


def test_the_canvass_half_is_named_where_the_editors_slot_is_as_long() -> None:
    made = merge(BASE, shots(part("c", 0, 24)), shots(part("n", 24, 48)))
    [conflict] = made.conflicts
    assert (conflict.what, conflict.clip.canvas, conflict.choices) == ("time", ("video", 0, 3), ("editor", "canvas"))
    assert "kept another part" in conflict.text
    assert merge(BASE, shots(part("e", 24, 48)), shots(part("n", 24, 48))).conflicts == ()


def test_halves_cut_alike_that_show_other_frames_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def pieces(a: Cut, b: Cut) -> tuple[Match, ...]:
        found = [(at, at if at < 3 else at + 1) for at in range(10)]
        whole = [Match(("video", 0, one), ("video", 0, other), "same", 1000) for one, other in found]
        return (*whole, Match(("video", 0, 2), ("video", 0, 3), "piece", 1000))

    monkeypatch.setattr("takebridge.cut.merge.identify", pieces)
    slipped = replace(part("n", 14, 48), source=Span(100, 134))
    made = merge(BASE, shots(part("c", 0, 14), part("e", 14, 48)), shots(part("c", 0, 14), slipped))
    [conflict] = made.conflicts
    assert (conflict.what, conflict.clip.canvas) == ("time", C)
    assert ("canvas", ("video", 0, 3)) in conflict.clip.covers
    alike = merge(BASE, shots(part("c", 0, 14), part("e", 14, 48)), shots(part("c", 0, 14), part("n", 14, 48)))
    assert alike.conflicts == ()


def test_a_clip_both_added_with_other_frames_is_named() -> None:
    new = clip("new", 500, 30)
    rest = tuple(shot(name) for name in NAMES)
    editor, canvas = cut((*rest, new)), cut((*rest, replace(new, key="theirs", source=Span(100, 130))))
    made = merge(BASE, editor, canvas)
    assert made.cut is editor
    [conflict] = made.conflicts
    assert (conflict.what, conflict.clip.editor, conflict.clip.canvas) == ("time", ("video", 0, 11), ("video", 0, 11))


def test_a_slip_of_what_the_editor_replaced_is_named_and_cannot_be_chosen() -> None:
    editor = shots(replace(shot("c"), media=media("stock")))
    made = merge(BASE, editor, shots(replace(shot("c"), source=Span(60, 108))))
    assert [(one.what, one.choices) for one in made.conflicts] == [("time", ("editor",))]
    assert made.cut is editor


# --- takes of the canvas ------------------------------------------------------------------------------------


def test_a_take_whose_key_is_taken_is_found_again_when_its_frames_are_fitted() -> None:
    first = replace(shot("c"), takes=(Take("1", media("c"), Span(24, 72)), Take("2", media("alt"), Span(0, 48))))
    slipped = replace(
        first, source=Span(124, 172), takes=(replace(first.takes[0], source=Span(124, 172)), first.takes[1])
    )
    shown: Media = media("new")
    other = replace(shot("c"), media=shown, source=Span(0, 48), takes=(Take("1", shown, Span(0, 48)),))
    made = merge(shots(first), shots(slipped), shots(other))
    there = made.cut.tracks[0].clips[2]
    assert (there.media, there.source) == (shown, Span(100, 148))
    assert [(one.media, one.source) for one in there.takes] == [
        (media("c"), Span(124, 172)),
        (media("alt"), Span(0, 48)),
        (shown, Span(100, 148)),
    ]
    assert there.active == 2
