"""The generator of edit scripts says the truth: what the measures of identity, diff and merge rest on."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.append(str(BENCH))

import cut_peers  # noqa: E402
import cut_scripts  # noqa: E402
from cut_editor import EDITS, edit  # noqa: E402
from cut_export import STRIPPINGS, Dress, export  # noqa: E402
from cut_records import base_cut  # noqa: E402

from takebridge.cut.match import Match  # noqa: E402
from takebridge.cut.model import Address, Clip, Cut, Transition, clips_of, tracks_of  # noqa: E402

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


def _clips(cut: Cut) -> dict[Address, Clip]:
    return dict(clips_of(cut))


def _perfect(case: cut_scripts.Case) -> list[Match]:
    truth = case.truth
    matches = [Match(a, b, "same", 1000) for a, found in truth.forward.items() for b in found]
    matches += [Match(a, None, "removed", 1000) for a, found in truth.forward.items() if not found]
    return matches + [Match(None, b, "added", 1000) for b, origin in truth.backward.items() if origin is None]


@FEW
@given(SEEDS, st.sampled_from(STRIPPINGS))
def test_every_clip_of_both_sides_is_in_the_truth_and_both_directions_agree(seed: int, stripping: str) -> None:
    case = cut_scripts.make(seed, 80, 40, stripping)  # type: ignore[arg-type]
    truth = case.truth
    assert set(truth.forward) == set(_clips(case.a)) == set(truth.edits_a)
    assert set(truth.backward) == set(_clips(case.b)) == set(truth.edits_b)
    assert {(a, b) for a, found in truth.forward.items() for b in found} == {
        (a, b) for b, a in truth.backward.items() if a is not None
    }


@FEW
@given(SEEDS)
def test_a_clip_nobody_touched_shows_the_same_frames_of_the_same_media_for_as_long(seed: int) -> None:
    case = cut_scripts.make(seed, 120, 15, "ids")
    old, new = _clips(case.a), _clips(case.b)
    untouched = [a for a in case.truth.forward if not case.truth.edits_a[a]]
    assert untouched
    for a in untouched:
        (b,) = case.truth.forward[a]
        one, other = old[a], new[b]
        assert one.media == other.media
        assert one.source == other.source
        assert one.record.duration == other.record.duration
        assert (one.key, one.name, one.speed, one.enabled, one.markers) == (
            other.key,
            other.name,
            other.speed,
            other.enabled,
            other.markers,
        )
        assert a[:2] == b[:2]


@FEW
@given(SEEDS, st.sampled_from(STRIPPINGS))
def test_without_edits_every_clip_is_itself_in_its_place(seed: int, stripping: str) -> None:
    case = cut_scripts.make(seed, 60, 0, stripping)  # type: ignore[arg-type]
    assert all(found == (a,) for a, found in case.truth.forward.items())
    assert not any(case.truth.touched_a(a) for a in case.truth.forward)
    if stripping != "proxies":
        assert [track.items for track in case.a.tracks] == [
            track.items for track in case.b.tracks
        ] or stripping == "half"


def _legal(cut: Cut) -> None:
    for _kind, _number, track in tracks_of(cut):
        items = [item for item in track.items if not isinstance(item, Transition)]
        assert all(item.record.duration > 0 for item in items)
        assert all(isinstance(item.record.start, int) and isinstance(item.record.end, int) for item in items)
        assert all(left.record.end == right.record.start for left, right in pairwise(items))
        assert not items or items[0].record.start == 0
        for clip in track.clips:
            if clip.inner is not None:
                assert clip.inner.end == clip.record.duration
                _legal(clip.inner)


def _inside_the_media(cut: Cut) -> None:
    for _, clip in clips_of(cut):
        if clip.media and clip.media.rate and clip.source:
            assert clip.media.frame_count is not None
            assert 0 <= clip.source.start < clip.source.end <= clip.media.frame_count
            ratio = abs(clip.speed or 1) * clip.media.rate.fraction / cut.rate.fraction
            assert clip.source.duration == clip.record.duration * ratio


@FEW
@given(SEEDS, st.sampled_from([0, 5, 60]))
def test_what_the_editor_leaves_is_a_legal_cut(seed: int, edits: int) -> None:
    case = cut_scripts.make(seed, 60, edits, "ids")
    for cut in (case.a, case.b):
        _legal(cut)
        _inside_the_media(cut)


@FEW
@given(SEEDS)
def test_linked_sound_lies_under_its_picture_and_shows_the_same_frames(seed: int) -> None:
    case = cut_scripts.make(seed, 80, 40, "ids")
    linked: dict[str, list[Clip]] = {}
    for _, clip in clips_of(case.b):
        if clip.link:
            linked.setdefault(clip.link, []).append(clip)
    for group in linked.values():
        assert len(group) > 1
        assert len({(clip.record, clip.source, clip.media.location if clip.media else None) for clip in group}) == 1


@FEW
@given(SEEDS)
def test_strippings_leave_the_truth_as_it_is_and_take_what_they_say(seed: int) -> None:
    cases = cut_scripts.make_all(seed, 80, 25)
    full = cases["ids"].truth
    for case in cases.values():
        assert (case.truth.forward, case.truth.backward) == (full.forward, full.backward)
        assert (case.truth.copies, case.truth.edits_a) == (full.copies, full.edits_a)
    keys = [bool(clip.key) for _, clip in clips_of(cases["half"].b)]
    assert 0.25 < sum(keys) / len(keys) < 0.75
    for name in ("stripped", "proxies"):
        for cut in (cases[name].a, cases[name].b):  # type: ignore[index]
            assert not any(clip.key or clip.stamp for _, clip in clips_of(cut))
            assert all(clip.name == clip.media.name for _, clip in clips_of(cut) if clip.media)
    originals = {clip.media.location for _, clip in clips_of(cases["proxies"].a) if clip.media}
    assert not originals & {clip.media.location for _, clip in clips_of(cases["proxies"].b) if clip.media}


@FEW
@given(SEEDS)
def test_equal_seeds_give_equal_cases(seed: int) -> None:
    assert cut_scripts.make(seed, 50, 10, "proxies") == cut_scripts.make(seed, 50, 10, "proxies")


@FEW
@given(SEEDS, st.sampled_from(STRIPPINGS))
def test_the_truth_scores_full_marks_and_silence_does_not(seed: int, stripping: str) -> None:
    case = cut_scripts.make(seed, 80, 25, stripping)  # type: ignore[arg-type]
    best = cut_scripts.score(case, _perfect(case))
    assert best.touched_total == best.touched_correct == best.strict_correct > 0
    assert best.wrong_total == best.undecidable == 0
    nothing = cut_scripts.score(case, [])
    assert nothing.touched_correct < nothing.touched_total
    assert nothing.wrong_flagged == 0


def test_a_wrong_answer_is_wrong_and_its_flag_is_counted() -> None:
    case = cut_scripts.make(3, 80, 0, "stripped")
    matches = _perfect(case)
    places = {address: clip.media for address, clip in clips_of(case.a) if len(address) == 3 and clip.media}
    some = next(iter(places))
    wanted = some, next(a for a in places if places[a].location != places[some].location)
    one, other = (at for at, match in enumerate(matches) if match.a in wanted)
    first, second = matches[one], matches[other]
    matches[one] = Match(first.a, second.b, "same", 500, ambiguous=True)
    matches[other] = Match(second.a, first.b, "same", 500)
    found = cut_scripts.score(case, matches)
    # The flagged match is about both: it claims the one and misses the other.
    assert (found.wrong_total, found.wrong_flagged, found.undecidable) == (2, 2, 0)
    matches[one] = Match(first.a, second.b, "same", 500)
    assert cut_scripts.score(case, matches).wrong_flagged == 0


@pytest.mark.parametrize("name", EDITS)
def test_every_kind_of_edit_happens_and_names_what_it_touched(name: str) -> None:
    function = EDITS[name][0]
    for seed in range(20):
        state = base_cut(Random(f"{name}/{seed}"), 80)
        before, _ = export(state, Dress(), "a")
        if any(function(state) for _ in range(20)):
            after, _ = export(state, Dress(), "b")
            touched = [shot for shot in [*state.shots, *state.dead] if shot.edits]
            assert touched
            assert before != after
            return
    pytest.fail(f"{name} could never be made")


def test_a_failed_edit_changes_nothing() -> None:
    for seed in range(10):
        state = base_cut(Random(seed), 60)
        for function, _ in EDITS.values():
            before, _ = export(state, Dress(), "a")
            if not function(state):
                assert export(state, Dress(), "a")[0] == before, function.__name__


def test_the_number_of_edits_is_met() -> None:
    state = base_cut(Random("full"), 50)
    assert len(edit(state, 200)) == 200


def test_matching_by_url_and_in_point_is_right_about_what_only_rippled_and_wrong_about_heads() -> None:
    case = cut_scripts.make(5, 200, 60, "stripped")
    found = cut_scripts.score(case, cut_peers.url_and_in_point(case.a, case.b))
    assert found.correct_total > 0.4 * (found.correct_total + found.wrong_total)
    assert found.wrong_flagged == 0
    right, total = found.kinds["trim_head"]
    assert right < total
    assert cut_peers.moved(case.a, case.a) == 0
