"""What is the same clip to a merge where likeness alone cannot tell: by the place between the same neighbours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support.cut_strategies import clip, cut, media

from takebridge.cut.match import Match
from takebridge.cut.merge import merge
from takebridge.cut.model import Address, Clip, Cut, Span, clips_of

BASE = cut(tuple(replace(clip(name, 48 * at), key="") for at, name in enumerate("abcd")))


def at(number: int) -> Address:
    return ("video", 0, number)


def matched(monkeypatch: pytest.MonkeyPatch, *odd: Match) -> None:
    """Every clip is the one at its address, but for those said to be otherwise."""
    told = {match.a for match in odd} | {match.b for match in odd}

    def identify(a: Cut, b: Cut) -> tuple[Match, ...]:
        there = dict(clips_of(b))
        same = [Match(one, one, "same", 1000) for one, _ in clips_of(a) if one in there and one not in told]
        return (*same, *(match for match in odd if match.b is None or match.b in there))

    monkeypatch.setattr("takebridge.cut.merge.identify", identify)


def with_third(other: Clip, *more: Clip) -> Cut:
    clips = BASE.tracks[0].clips
    return cut((*clips[:2], other, clips[3], *more))


NEW = Clip("take", Span(96, 144), media("new"), Span(0, 48))


def test_what_stands_between_the_same_neighbours_took_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    matched(monkeypatch, Match(at(2), None, "removed", 990), Match(None, at(2), "added", 990))
    made = merge(BASE, BASE, with_third(NEW))
    assert made.conflicts == () == made.removed
    assert made.cut.tracks[0].clips[2].media == media("new")


def test_a_clip_added_elsewhere_took_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    matched(monkeypatch, Match(at(2), None, "removed", 990))
    clips = BASE.tracks[0].clips
    made = merge(BASE, BASE, cut((*clips[:2], clips[3], replace(NEW, record=Span(300, 348)))))
    assert "dropped_by_canvas" in [one.what for one in made.conflicts]
    assert made.cut.tracks[0].clips[2].media == media("c")


def test_a_doubt_without_a_rival_between_the_same_neighbours_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    matched(monkeypatch, Match(at(2), at(2), "same", 700, ambiguous=True))
    assert merge(BASE, BASE, with_third(NEW)).conflicts == ()
    matched(monkeypatch, Match(at(2), at(2), "same", 700, ambiguous=True, rivals=(at(3),)))
    assert [one.what for one in merge(BASE, BASE, with_third(NEW)).conflicts] == ["ambiguous"]


def test_a_doubtful_match_with_nothing_in_common_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    matched(monkeypatch, Match(at(2), at(3), "same", 600, ambiguous=True), Match(at(3), at(2), "same", 1000))
    clips = BASE.tracks[0].clips
    editor = cut((*clips[:2], replace(clips[3], record=Span(96, 144)), replace(NEW, record=Span(144, 192))))
    made = merge(BASE, editor, BASE)
    assert [(one.name, one.by) for one in made.removed] == [("c", "editor")]


def test_a_clip_that_is_whole_has_no_further_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    matched(
        monkeypatch,
        Match(at(2), at(2), "piece", 1000),
        Match(at(2), at(4), "piece", 600, ambiguous=True),
    )
    later = replace(NEW, record=Span(192, 240))
    made = merge(BASE, BASE, with_third(BASE.tracks[0].clips[2], later))
    assert made.conflicts == ()
    assert made.cut.tracks[0].clips[4] == later
