"""Laws of the edits over random timelines: storylines stay whole, inverse pairs restore, refusals change nothing."""

from __future__ import annotations

from fractions import Fraction as F

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.fcpxml_edits import RATES, Reel, check_spine, named, sequence_of, timing

from takebridge_fcpxml import Fcpxml, edit, parse, place
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.view import Audition, Gap, Item, Title

PIECES = st.tuples(
    st.sampled_from(["clip", "clip", "gap", "second"]), st.integers(2, 60), st.integers(0, 200), st.booleans()
)
TRIMS = st.tuples(st.sampled_from(["trim_head", "trim_tail"]), st.integers(0, 9), st.integers(-40, 40), st.booleans())


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Reel, Fcpxml]:
    reel = Reel(draw(st.sampled_from(sorted(RATES))), draw(st.sampled_from([0, 90000, 12345])))
    spine, at = [], 0
    for number, (kind, length, start, titled) in enumerate(draw(st.lists(PIECES, min_size=1, max_size=6))):
        if kind == "gap":
            spine.append(reel.gap(at, length))
        else:
            begin = start + (90000 if kind == "second" else 0)
            title = reel.title(1, begin + length // 2, 5, f"T{number}") if titled else ""
            spine.append(reel.clip(f"C{number}", at, length, begin, title, ref="a2" if kind == "second" else "a1"))
        at += length
    return reel, reel.film(*spine, duration=at)


def items(film: Fcpxml) -> list[Item]:
    return sequence_of(film).spine.items


def titles(film: Fcpxml) -> dict[str, F]:
    return {one.item.name: one.record_start for one in place(sequence_of(film)) if isinstance(one.item, Title)}


@given(timelines(), TRIMS)
def test_a_trim_and_its_inverse_restore_the_bytes(
    timeline: tuple[Reel, Fcpxml], trim: tuple[str, int, int, bool]
) -> None:
    reel, film = timeline
    name, index, frames, ripple = trim
    item = items(film)[index % len(items(film))]
    before, was = film.to_bytes(), timing(film)
    try:
        getattr(edit, name)(item, frames, ripple=ripple)
    except EditError as error:
        assert error.hint
        assert film.to_bytes() == before
        return
    check_spine(film, reel.frame)
    getattr(edit, name)(item, -frames, ripple=ripple)
    check_spine(film, reel.frame)
    if not any(isinstance(one, Gap) for one in items(film)):
        assert film.to_bytes() == before
    named_only = [one for one in timing(film) if one[0] != "gap"]
    assert named_only == [one for one in was if one[0] != "gap"]


@given(timelines(), st.integers(0, 9), st.integers(-60, 60))
def test_a_slip_moves_only_the_media_and_comes_back(timeline: tuple[Reel, Fcpxml], index: int, frames: int) -> None:
    reel, film = timeline
    item = items(film)[index % len(items(film))]
    before, records = film.to_bytes(), [one[:4] for one in timing(film)]
    try:
        edit.slip(item, frames)
    except EditError:
        assert film.to_bytes() == before
        return
    check_spine(film, reel.frame)
    assert [one[:4] for one in timing(film)] == records
    edit.slip(item, -frames)
    assert film.to_bytes() == before


@given(timelines(), st.integers(0, 9), st.integers(1, 3))
def test_an_audition_there_and_back_restores_the_bytes(timeline: tuple[Reel, Fcpxml], index: int, count: int) -> None:
    reel, film = timeline
    item = items(film)[index % len(items(film))]
    before = film.to_bytes()
    try:
        audition = edit.to_audition(item, [film.resources.assets[n % 2] for n in range(count)]).item
    except EditError:
        assert isinstance(item, Gap)
        assert film.to_bytes() == before
        return
    held = titles(film)
    for take in [*audition.alternates, item]:
        edit.pick(audition, take)
        assert titles(film) == held
        check_spine(film, reel.frame)
    edit.from_audition(audition)
    assert film.to_bytes() == before


EDITS = st.tuples(
    st.sampled_from(["trim_head", "trim_tail", "slip", "delete", "move", "insert", "replace", "audition", "connect"]),
    st.integers(0, 9),
    st.integers(-50, 50),
    st.booleans(),
)


def apply(film: Fcpxml, reel: Reel, step: tuple[str, int, int, bool], number: int) -> None:
    """One edit of a random item."""
    name, index, frames, ripple = step
    sequence, spine = sequence_of(film), items(film)
    second = film.resources.assets[1]
    if name == "insert":
        item = edit.clip_of(second, sequence, reel.s(abs(frames) + 1), name=f"N{number}")
        at: int | F = index % (len(spine) + 1) if ripple else reel.record(abs(frames))
        edit.insert(sequence, at, item, ripple=ripple)
        return
    if not spine:
        return
    item = spine[index % len(spine)]
    if name in ("trim_head", "trim_tail"):
        getattr(edit, name)(item, frames, ripple=ripple)
    elif name == "slip":
        edit.slip(item, frames)
    elif name == "delete":
        edit.delete(item, ripple=ripple)
    elif name == "move":
        target = spine[abs(frames) % len(spine)].offset if ripple else None
        edit.move(item, target, frames=None if ripple else frames, ripple=ripple)
    elif name == "replace":
        edit.replace_media(item.pick if isinstance(item, Audition) else item, second, start=reel.s(90000 + abs(frames)))
    elif name == "audition":
        edit.from_audition(item) if isinstance(item, Audition) else edit.to_audition(item, [second])
    else:
        clip = edit.clip_of(second, sequence, reel.s(abs(frames) + 1), name=f"T{number}c")
        edit.connect(sequence, clip, reel.record(abs(frames)), 1 if ripple else -1)


@settings(max_examples=150)
@given(timelines(), st.lists(EDITS, max_size=7))
def test_any_edits_leave_a_whole_storyline(
    timeline: tuple[Reel, Fcpxml], steps: list[tuple[str, int, int, bool]]
) -> None:
    reel, film = timeline
    for number, step in enumerate(steps):
        before, held = film.to_bytes(), titles(film)
        spine = items(film)
        hanging = {one.name for one in spine[step[1] % len(spine)].descendants(Title)} if spine else set()
        try:
            apply(film, reel, step, number)
        except EditError as error:
            assert error.hint
            assert film.to_bytes() == before, "a refused edit changes nothing"
            continue
        check_spine(film, reel.frame)
        name, _, _, ripple = step
        if not ripple or name in ("slip", "replace", "audition", "connect", "delete"):
            # Everything connected keeps its record place; a ripple takes along what hangs behind it.
            kept = titles(film)
            moved = {one for one in held if kept.get(one) != held[one]}
            if name == "delete" and ripple:
                assert not moved & hanging, "what hung on a deleted item stays where it was"
            else:
                assert moved <= (hanging if name == "move" else set()), step
    again = parse(film.to_bytes())
    assert again.to_bytes() == film.to_bytes()
    assert timing(again) == timing(film)


@given(timelines(), st.integers(0, 9))
def test_untouched_elements_keep_their_bytes(timeline: tuple[Reel, Fcpxml], index: int) -> None:
    reel, film = timeline
    target = items(film)[index % len(items(film))]
    lines = film.to_bytes().splitlines()
    edit.add_marker_at(target, edit.locate(target).record_start, "m")
    target.name = "renamed"
    after = film.to_bytes().splitlines()
    kept = [line for line in lines if line in set(after)]
    assert len(lines) - len(kept) <= 1
    assert named(film, "renamed") == target
    check_spine(film, reel.frame)
