"""Cuts that do not belong together are refused with a reason; odd ones are merged, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.cut_strategies import clip, cut, media

from takebridge.cut.merge import merge
from takebridge.cut.model import Clip, Cut, Media, Span, clips_of
from takebridge.errors import CutMismatchError
from takebridge.timebase import FrameRate


def film(count: int, *, name: str = "shot", start: int = 0) -> Cut:
    """Clips of 48 frames, each of its own media; their keys count from 0 whatever their names."""
    return cut(tuple(clip(f"{name}{at}", start + 50 * at, key=f"key{at}") for at in range(count)))


def test_cuts_at_other_rates_are_refused() -> None:
    base = film(3)
    with pytest.raises(CutMismatchError, match="different rates: the base at 24, the editor's at 25") as caught:
        merge(base, replace(base, rate=FrameRate(25)), base)
    assert "one rate" in caught.value.hint


def test_another_projects_cut_is_refused_although_its_ids_agree() -> None:
    base, other = film(20), film(20, name="other", start=7)
    with pytest.raises(CutMismatchError, match=r"editor's cut is not a state of the base: their ids agree") as caught:
        merge(base, other, base)
    assert "one project" in caught.value.hint
    with pytest.raises(CutMismatchError, match="canvas's cut is not a state"):
        merge(base, base, other)


def test_a_canvas_that_renewed_every_shot_is_no_other_project() -> None:
    base = film(20)
    clips = (replace(one, media=media(f"take of {one.name}"), source=Span(0, 48)) for one in base.tracks[0].clips)
    made = merge(base, base, cut(tuple(clips)))
    assert all(one.media and one.media.name.startswith("take of") for one in made.cut.tracks[0].clips)


def test_a_base_that_is_too_old_is_refused() -> None:
    base = film(20)
    newer = cut((*base.tracks[0].clips[:6], *(clip(f"later{at}", 300 + 50 * at) for at in range(30))))
    editor = cut(newer.tracks[0].clips[1:])
    with pytest.raises(CutMismatchError, match="The base is older than it should be") as caught:
        merge(base, editor, newer)
    assert "last round trip" in caught.value.hint


def test_empty_cuts_merge() -> None:
    empty = cut()
    made = merge(empty, empty, empty)
    assert (made.cut, made.plan.edits) == (empty, ())
    base = film(2)
    assert len(merge(base, empty, base).removed) == 2
    assert [one.what for one in merge(base, base, empty).conflicts] == ["dropped_by_canvas"] * 2
    assert len(merge(empty, empty, base).cut.tracks[0].clips) == 2


def test_clips_without_length_and_overlapping_ones_are_kept() -> None:
    items = (clip("a", 0), clip("none", 10, 0), clip("over", 20, 60), clip("b", 48))
    base = cut(items)
    canvas = cut((*items[:3], replace(items[3], media=media("new"), source=Span(0, 48))))
    editor = cut((*items[:2], *items[2:]))
    made = merge(base, editor, canvas)
    assert [(one.key, one.record) for one in made.cut.tracks[0].clips] == [(one.key, one.record) for one in items]
    assert made.cut.tracks[0].clips[3].media == media("new")


def test_clips_without_media_or_source_are_merged() -> None:
    title = Clip("Title", Span(0, 48), kind="title", key="t")
    bare = Clip("bare", Span(48, 96), Media("bare"), None, key="n")
    base = cut((title, bare))
    canvas = cut((title, replace(bare, media=Media("other", "/media/other.mov"))))
    made = merge(base, base, canvas)
    assert made.cut.tracks[0].clips[1].media == Media("other", "/media/other.mov")
    assert made.cut.tracks[0].clips[0] is title


def test_ten_thousand_clips_in_one_place_are_each_placed_or_named() -> None:
    base = film(3)
    many = cut((*base.tracks[0].clips, *(clip("same", 60, 20, key=f"new{at}") for at in range(10_000))))
    made = merge(base, base, many)
    there = {one.key for _, one in clips_of(made.cut)}
    said = {address for one in made.conflicts for side, address in one.clip.covers if side == "canvas"}
    lost = [one.key for address, one in clips_of(many) if one.key not in there and address not in said]
    assert not lost
    assert len(made.cut.tracks) < 12
