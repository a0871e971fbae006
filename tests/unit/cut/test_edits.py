"""Edit decisions: one text, one meaning; what cannot be cut is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takebridge.cut.edits import (
    CUT,
    Anchor,
    Edits,
    Place,
    Transition,
    TransitionKind,
    lay_out,
    parse_edits,
    sound_starts,
    spell_edits,
)
from takebridge.errors import InvalidParamError

frames = st.integers(1, 999_999)


def transitions(*kinds: TransitionKind) -> st.SearchStrategy[Transition]:
    return st.just(CUT) | st.builds(Transition, st.sampled_from(kinds), frames)


anywhere = transitions("dissolve", "wipe", "dip")
at_the_ends = transitions("dip")
any_sound = st.tuples(st.sampled_from(["dialogue", "sfx"]), st.integers(0, 99_999)) | st.just(("music", 0))
anchors = st.builds(Anchor, st.integers(0, 99_999), st.integers(0, 999_999))
any_edits = st.builds(
    lambda default, still, first, into, lengths, end, sounds: Edits(
        default, still, {**into, **first}, lengths, end, sounds
    ),
    anywhere,
    frames,
    st.dictionaries(st.just(0), at_the_ends),
    st.dictionaries(st.integers(1, 99_999), anywhere, max_size=5),
    st.dictionaries(st.integers(0, 99_999), frames, max_size=5),
    at_the_ends,
    st.dictionaries(any_sound, anchors, max_size=5),
)


def test_every_decision_is_read() -> None:
    edits = parse_edits(
        "all: dissolve 12, still 36\n0: dip 10\n3: cut, length 24 ; 4: WIPE 8\r\n\nEnd: dip 24\n"
        "dialogue  0: at 2\nsfx 3: at 0+6\nMusic: AT 1 + 24"
    )
    assert edits == Edits(
        default=Transition("dissolve", 12),
        still=36,
        into={0: Transition("dip", 10), 3: CUT, 4: Transition("wipe", 8)},
        lengths={3: 24},
        end=Transition("dip", 24),
        sounds={("dialogue", 0): Anchor(2), ("sfx", 3): Anchor(0, 6), ("music", 0): Anchor(1, 24)},
    )


@pytest.mark.parametrize("text", ["", "  \n;\n", "all: cut"])
def test_nothing_said_is_cuts(text: str) -> None:
    assert parse_edits(text) == Edits()


@given(any_edits)
def test_what_is_written_is_read_back(edits: Edits) -> None:
    assert parse_edits(spell_edits(edits)) == edits


@given(st.text(max_size=60) | st.text("al:enddissolve cut0123,;\n+music", max_size=40))
def test_any_text_is_edits_or_an_error_that_names_a_line(text: str) -> None:
    try:
        edits = parse_edits(text)
    except InvalidParamError as error:
        line = error.details["line"]
        assert f"line {line}:" in error.message
        assert isinstance(line, int) and 1 <= line <= 1 + text.count("\n") + text.count(";")
        assert error.hint
    else:
        assert parse_edits(spell_edits(edits)) == edits


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("all: cut\n\n2: disolve 12", 3, "“disolve 12” is no decision", "Did you mean dissolve?"),
        ("2: melt 12", 1, "“melt 12” is no decision", "Write cut, dissolve 12"),
        ("dissolve 12", 1, "does not say what", "“2: dissolve 12”"),
        ("-1: cut", 1, "does not say what", "counted from 0"),
        ("02: cut", 1, "does not say what", "counted from 0"),
        ("2:", 1, "“” is no decision", "Write cut"),
        ("2: dissolve", 1, "needs a number of frames", "“dissolve 12”"),
        ("2: dissolve 0", 1, "needs a number of frames", "“dissolve 12”"),
        ("2: dissolve 1.5", 1, "“dissolve 1.5” is no decision", ""),
        ("2: dissolve ١٢", 1, "is no decision", ""),
        ("2: dissolve 1000000", 1, "is no decision", ""),
        ("2: cut 12", 1, "a cut has no length", "“dissolve”"),
        ("0: dissolve 12", 1, "nothing before the first clip to dissolve with", "“0: dip 12”"),
        ("end: wipe 12", 1, "nothing after the last clip to wipe with", "“end: dip 12”"),
        ("3: still 12", 1, "“still” is said of all", "“all: still 12”"),
        ("all: length 12", 1, "“length” is said of one clip", "“all: still 48”"),
        ("2: at 3", 1, "“at 3” is said of sounds", "“dialogue 0: at 3”"),
        ("dialogue 1: cut", 1, "“cut” cannot be said of dialogue 1", "“dialogue 1: at 3”"),
        ("music: at", 1, "“at” cannot be said of music", "“music: at 3”"),
        ("sfx 0: at 3 - 2", 1, "cannot be said of sfx 0", "“sfx 0: at 3 + 12”"),
        ("music 0: at 3", 1, "does not say what", "dialogue 0:"),
        ("dialogue: at 3", 1, "does not say what", "dialogue 0:"),
        ("music: at 3, at 4", 1, "the start of “music” was given before", "Keep one"),
        ("2: cut; 2: dip 4", 2, "the transition of “2” was given before", "Keep one"),
        ("2: length 4, length 5", 1, "the length of “2” was given before", "Keep one"),
    ],
)
def test_a_fault_is_named_with_its_line_and_what_to_write(text: str, line: int, message: str, hint: str) -> None:
    with pytest.raises(InvalidParamError) as caught:
        parse_edits(text)
    assert caught.value.message.startswith(f"Edits, line {line}: ")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.details == {"param": "edits", "line": line}


# --- laying out -----------------------------------------------------------------------------------------


def test_cuts_follow_each_other() -> None:
    places = lay_out(Edits(), [24, None, 10])
    assert [(one.start, one.end) for one in places] == [(0, 24), (24, 72), (72, 82)]


def test_dissolves_and_wipes_overlap_and_dips_do_not() -> None:
    edits = parse_edits("all: dissolve 6; 0: dip 5; 2: dip 5; 3: wipe 4; end: dip 7; 1: length 20; all: still 30")
    assert lay_out(edits, [24, 25, None, 11]) == (
        Place(0, 0, 24, Transition("dip", 5), head=5, tail=6),
        Place(1, 18, 38, Transition("dissolve", 6), head=6, tail=2),
        Place(2, 38, 68, Transition("dip", 5), head=3, tail=4),
        Place(3, 64, 75, Transition("wipe", 4), head=4, tail=7),
    )


@pytest.mark.parametrize(
    ("text", "clips", "message", "clip"),
    [
        ("3: cut", [10, 10, 10], "name clip 3, but the last is 2", 3),
        ("0: length 4", [], "name clip 0, but there are none", 0),
        ("1: length 11", [10, 10], "Clip 1 has 10 frames, 11 are asked for", 1),
        ("all: dissolve 6", [20, 11, 20], "Clip 1 has 11 frames; its transitions need 12", 1),
        ("end: dip 21", [20], "Clip 0 has 20 frames; its transitions need 21", 0),
    ],
)
def test_what_does_not_fit_the_clips_is_refused(text: str, clips: list[int | None], message: str, clip: int) -> None:
    with pytest.raises(InvalidParamError) as caught:
        lay_out(parse_edits(text), clips)
    assert message in caught.value.message
    assert caught.value.details["clip"] == clip
    assert caught.value.hint


def test_sounds_start_with_their_clip_or_where_nobody_said() -> None:
    edits = parse_edits("1: dissolve 6; dialogue 1: at 1; dialogue 3: at 2 + 10; music: at 1 + 4")
    places = lay_out(edits, [24, 24, 24])
    assert [place.start for place in places] == [0, 18, 42]
    assert sound_starts(edits, places, "dialogue", 4) == (None, 18, None, 52)
    assert sound_starts(edits, places, "music", 1) == (22,)
    assert sound_starts(edits, places, "sfx", 2) == (None, None)
    assert sound_starts(edits, places, "sfx", 0) == ()


@pytest.mark.parametrize(
    ("text", "count", "message"),
    [
        ("dialogue 2: at 0", 2, "name dialogue 2, but the last is 1"),
        ("dialogue 0: at 0", 0, "name dialogue 0, but nothing is wired"),
        ("dialogue 0: at 3", 1, "starts with clip 3, but the last is 2"),
    ],
)
def test_a_sound_or_clip_that_is_not_there_is_refused(text: str, count: int, message: str) -> None:
    edits = parse_edits(text)
    with pytest.raises(InvalidParamError, match=message) as caught:
        sound_starts(edits, lay_out(edits, [9, 9, 9]), "dialogue", count)
    assert caught.value.hint


short = st.integers(1, 6)
some = st.just(CUT) | st.builds(Transition, st.sampled_from(["dissolve", "wipe", "dip"]), short)


@given(
    st.lists(st.none() | st.integers(12, 60), min_size=1, max_size=8),
    some,
    st.dictionaries(st.integers(1, 7), some),
    st.integers(12, 20),
)
def test_every_frame_is_filled_and_only_transitions_are_shared(
    clips: list[int | None], default: Transition, into: dict[int, Transition], still: int
) -> None:
    known = {rank: one for rank, one in into.items() if rank < len(clips)}
    places = lay_out(Edits(default=default, still=still, into=known), clips)
    shared = [known.get(rank, default) for rank in range(1, len(clips))]
    lost = sum(one.frames for one in shared if one.kind in ("dissolve", "wipe"))
    seen = [frame for place in places for frame in range(place.start, place.end)]
    assert len(seen) == sum(still if one is None else one for one in clips)
    assert set(seen) == set(range(places[-1].end))
    assert len(seen) - len(set(seen)) == lost
