"""What holds for any two cuts: nobody is forgotten, nothing differs from itself, the way back is the way there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.support.cut_strategies import cuts

from takebridge.cut.diff import diff
from takebridge.cut.identity import identify
from takebridge.cut.match import Match
from takebridge.cut.model import Clip, Cut, Span, Track, clips_of, tile, whole


def stripped(cut: Cut) -> Cut:
    """The cut without ids."""
    tracks = tuple(
        replace(track, items=tuple(replace(one, key="") if isinstance(one, Clip) else one for one in track.items))
        for track in cut.tracks
    )
    return replace(cut, tracks=tracks)


any_cut = st.one_of(cuts(), cuts().map(stripped))


@given(any_cut)
def test_nothing_differs_from_itself(cut: Cut) -> None:
    found = diff(cut, cut)
    assert all(not pair.changes and pair.match.a == pair.match.b for pair in found.pairs)
    assert not any(pair.match.ambiguous for pair in found.pairs)
    assert (found.ripples, found.changes) == ((), ())


@given(any_cut, any_cut)
def test_every_clip_of_either_cut_is_in_a_pair_and_only_razored_ones_in_several(a: Cut, b: Cut) -> None:
    matches = identify(a, b)
    assert {match.a for match in matches if match.a} == {address for address, _ in clips_of(a)}
    assert Counter(match.b for match in matches if match.b) == Counter(address for address, _ in clips_of(b))
    several = [one for one, count in Counter(match.a for match in matches if match.a).items() if count > 1]
    assert all(match.relation == "piece" for match in matches if match.a in several)
    assert all(0 <= match.score <= 1000 for match in matches)
    assert all((match.b is None) == (match.relation == "removed") for match in matches if match.a)
    assert all((match.duplicate_of is None) == (match.relation == "added") for match in matches if not match.a)


@given(any_cut, any_cut)
def test_pairs_without_doubt_are_the_same_the_other_way_round(a: Cut, b: Cut) -> None:
    def sure(matches: tuple[Match, ...]) -> set[tuple[object, object]]:
        return {(match.a, match.b) for match in matches if match.relation == "same" and match.score >= 990}

    there = identify(a, b)
    back = {(two, one) for one, two in sure(identify(b, a))}
    doubtful = {match.a for match in there if match.ambiguous or match.relation != "same"}
    doubtful_b = {match.b for match in there if match.ambiguous or match.relation != "same"}
    assert {pair for pair in back if pair[0] not in doubtful and pair[1] not in doubtful_b} <= {
        (match.a, match.b) for match in there
    }


@given(any_cut, any_cut)
def test_the_answer_is_the_same_each_time(a: Cut, b: Cut) -> None:
    assert diff(a, b) == diff(a, b)


@given(any_cut, st.data())
def test_a_razor_anywhere_makes_two_pieces_of_one_clip(cut: Cut, data: st.DataObject) -> None:
    places = [
        (number, index, item)
        for number, track in enumerate(cut.tracks)
        for index, item in enumerate(track.items)
        if isinstance(item, Clip) and item.speed == 1 and item.source is not None and item.record.duration > 8
    ]
    if not places:
        return
    number, _, clip = data.draw(st.sampled_from(places))
    at = data.draw(st.integers(2, int(clip.record.duration) - 2))
    assert clip.source is not None
    left = replace(clip, record=Span.of(clip.record.start, at), source=Span.of(clip.source.start, at))
    middle, inside = whole(clip.record.start + at), whole(clip.source.start + at)
    right = replace(
        clip, record=Span(middle, clip.record.end), source=Span(inside, clip.source.end), key="", takes=(), active=0
    )
    track = cut.tracks[number]
    items = tile([*(item for item in track.items if item is not clip), replace(left, takes=(), active=0), right])
    tracks = [Track(one.kind, items) if one is track else one for one in cut.tracks]
    matches = identify(cut, replace(cut, tracks=tuple(tracks)))
    pieces = [match for match in matches if match.relation == "piece"]
    assert len(pieces) == 2
    assert len({match.a for match in pieces}) == 1
