"""Which clip of one cut is which clip of another: what an editor did, told from the two cuts alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from takebridge.cut.diff import diff
from takebridge.cut.identity import identify
from takebridge.cut.identity_doubt import Doubt, turmoil
from takebridge.cut.match import Match
from takebridge.cut.model import Address, Clip, Cut, Media, Span, Take, Track, TrackKind, clips_of, tile
from takebridge.timebase import FrameRate

R24 = FrameRate(24)
Shot = tuple[str, int, int]
"""File, first source frame, frames."""

BASE: tuple[Shot, ...] = (
    ("A001_C003", 10, 40),
    ("A001_C007", 100, 52),
    ("A002_C001", 7, 31),
    ("B004_C002", 220, 66),
    ("A001_C003", 300, 45),
    ("C009_C011", 15, 28),
    ("B004_C005", 61, 73),
    ("A002_C014", 140, 39),
)


def clip(shot: Shot, at: int, **changes: object) -> Clip:
    name, source, frames = shot
    media = Media(f"{name}.mov", f"/media/day 1/{name}.mov", R24, 1000 + len(name), 0)
    made = Clip(f"{name}.mov", Span.of(at, frames), media, Span.of(source, frames))
    return replace(made, **changes)  # type: ignore[arg-type]


def row(shots: Sequence[Shot | int], keys: Sequence[str] = ()) -> list[Clip]:
    """Clips one after the other; a number is empty time."""
    at, made = 0, []
    for index, shot in enumerate(shots):
        if isinstance(shot, int):
            at += shot
            continue
        made.append(clip(shot, at, key=keys[index] if keys else ""))
        at += shot[2]
    return made


def cut(clips: Sequence[Clip], *more: tuple[TrackKind, Sequence[Clip]]) -> Cut:
    tracks = [Track("video", tile(clips)), *(Track(kind, tile(of)) for kind, of in more)]
    return Cut("Cut", R24, tuple(tracks))


def on_v1(*items: int) -> list[Address]:
    return [("video", 0, item) for item in items]


def answer(a: Cut, b: Cut) -> dict[int, list[int]]:
    """The items of V1 of b that each item of V1 of a became."""
    found: dict[int, list[int]] = {}
    for match in identify(a, b):
        if match.a is not None and match.a[:2] == ("video", 0):
            found.setdefault(int(match.a[2]), []).extend([] if match.b is None else [int(match.b[2])])
    return found


def alone_in_b(a: Cut, b: Cut) -> list[Match]:
    return [match for match in identify(a, b) if match.a is None]


def test_a_cut_compared_with_itself_is_certain_everywhere() -> None:
    matches = identify(cut(row(BASE)), cut(row(BASE)))
    assert [match.b for match in matches] == on_v1(*range(8))
    assert {(match.relation, match.score, match.ambiguous) for match in matches} == {("same", 1000, False)}


def test_a_razored_clip_has_one_match_a_piece_in_source_order() -> None:
    pieces = [("B004_C002", 220, 20), ("B004_C002", 240, 46)]
    a, b = cut(row(BASE)), cut(row([*BASE[:3], *pieces, *BASE[4:]]))
    found = [match for match in identify(a, b) if match.a == ("video", 0, 3)]
    assert [(match.b, match.relation) for match in found] == [(("video", 0, 3), "piece"), (("video", 0, 4), "piece")]


def test_pieces_are_known_though_one_was_moved_away_or_cut_over() -> None:
    left, right = ("B004_C002", 220, 20), ("B004_C002", 250, 36)
    over = ("D001_C001", 400, 10)
    assert answer(cut(row(BASE)), cut(row([*BASE[:3], left, over, right, *BASE[4:]])))[3] == [3, 5]
    moved = [*BASE[:3], left, *BASE[4:], ("B004_C002", 240, 46)]
    assert answer(cut(row(BASE)), cut(row(moved)))[3] == [3, 8]


def test_a_copy_is_added_and_names_its_original() -> None:
    a, b = cut(row(BASE)), cut(row([*BASE, BASE[2]]))
    (copy,) = alone_in_b(a, b)
    assert (copy.b, copy.relation, copy.duplicate_of) == (("video", 0, 8), "copy", ("video", 0, 2))


def test_a_copy_right_beside_its_original_is_the_later_one_and_not_certain() -> None:
    a, b = cut(row(BASE)), cut(row([*BASE[:3], BASE[2], *BASE[3:]]))
    (copy,) = alone_in_b(a, b)
    assert copy.b == ("video", 0, 3)
    assert copy.ambiguous
    kept = next(match for match in identify(a, b) if match.a == ("video", 0, 2))
    assert kept.ambiguous
    assert kept.rivals == (("video", 0, 3),)


def test_moved_and_swapped_clips_are_followed() -> None:
    a = cut(row(BASE))
    assert answer(a, cut(row([BASE[6], *BASE[:6], BASE[7]])))[6] == [0]
    swapped = answer(a, cut(row([*BASE[:4], BASE[5], BASE[4], *BASE[6:]])))
    assert (swapped[4], swapped[5]) == ([5], [4])


def test_trimmed_slipped_retimed_and_removed_clips_are_told_apart() -> None:
    edited = [BASE[0], ("A001_C007", 112, 40), ("A002_C001", 20, 31), *BASE[4:]]
    assert answer(cut(row(BASE)), cut(row(edited))) == {
        0: [0], 1: [1], 2: [2], 3: [], 4: [3], 5: [4], 6: [5], 7: [6],
    }  # fmt: skip
    slow = [
        clip(BASE[0], 0, record=Span(0, 80), speed=Fraction(1, 2)),
        *(replace(one, record=one.record.shifted(40)) for one in row(BASE)[1:]),
    ]
    assert answer(cut(row(BASE)), cut(slow)) == {item: [item] for item in range(8)}


def test_other_media_in_the_same_place_is_the_same_clip_with_its_media_replaced() -> None:
    b = cut(row([*BASE[:3], ("Z900_C001", 5, 66), *BASE[4:]]))
    assert answer(cut(row(BASE)), b)[3] == [3]


def test_another_clip_of_another_length_is_not_taken_for_the_one_it_covered() -> None:
    over = [*BASE[:2], ("A002_C001", 7, 11), ("Z900_C001", 77, 106), ("A001_C003", 320, 25), *BASE[5:]]
    a, b = cut(row(BASE)), cut(row(over))
    assert answer(a, b)[3] == []
    assert [match.b for match in alone_in_b(a, b)] == on_v1(3)


@pytest.mark.parametrize(
    "location",
    ["file://localhost/media/day%201/{}.mov", "file:///media/day%201/{}.mov", "/Volumes/other/{}.MOV", "{}.mov"],
)
def test_the_same_file_is_known_in_every_spelling_and_folder(location: str) -> None:
    b = [
        replace(one, media=replace(one.media, location=location.format(one.name.removesuffix(".mov"))))  # type: ignore[type-var]
        for one in row([*BASE[1:], BASE[0]])
    ]
    assert answer(cut(row(BASE)), cut(b))[0] == [7]


def test_proxies_with_meaningless_names_are_learned_from_the_cut_as_a_whole() -> None:
    names = {name: f"px_{number * 7919 % 1000:06d}" for number, name in enumerate(dict.fromkeys(s[0] for s in BASE))}
    edited = [BASE[7], *BASE[:2], ("A002_C001", 12, 26), *BASE[4:7]]
    b = [
        replace(one, name="", media=Media(names[shot[0]] + ".mp4", f"/proxies/{names[shot[0]]}.mp4", R24, None, None))
        for one, shot in zip(row(edited), edited, strict=True)
    ]
    assert answer(cut(row(BASE)), cut(b)) == {0: [1], 1: [2], 2: [3], 3: [], 4: [4], 5: [5], 6: [6], 7: [0]}


def test_proxies_may_count_their_source_from_another_frame() -> None:
    def proxy(one: Clip) -> Clip:
        assert one.source is not None
        assert one.media is not None
        media = Media(one.name.replace(".mov", "_proxy.mp4"), f"/proxies/{one.name[:-4]}_proxy.mp4", R24)
        return replace(one, name=media.name, media=media, source=one.source.shifted(86400))

    b = [proxy(one) for one in row([*BASE[:5], ("C009_C011", 18, 25), *BASE[6:]])]
    matches = identify(cut(row(BASE)), cut(b))
    assert [match.b for match in matches] == on_v1(*range(8))
    assert sum("same source range" in match.evidence for match in matches) == 7


def test_ids_outweigh_everything_a_clip_shows() -> None:
    keys = [f"key {number}" for number in range(8)]
    shots = [*BASE[:3], ("Q100_C100", 800, 12), *BASE[4:]]
    a, b = row(BASE, keys), row(shots, keys)
    moved = [*b[:3], *b[4:], b[3]]
    at, laid = 0, []
    for one in moved:
        laid.append(replace(one, record=Span.of(at, one.record.duration)))
        at += int(one.record.duration)
    (found,) = [match for match in identify(cut(a), cut(laid)) if match.a == ("video", 0, 3)]
    assert found.b == ("video", 0, 7)
    assert found.evidence[0] == "same clip id"


def test_ids_numbered_anew_at_each_export_are_not_believed() -> None:
    def numbered(shots: Sequence[Shot]) -> Cut:
        ids = [replace(one, ids=(("clipitem", f"clipitem-{at}"),)) for at, one in enumerate(row(shots), 1)]
        return cut(ids)

    found = answer(numbered(BASE), numbered([("N001_C001", 0, 24), *BASE]))
    assert found == {item: [item + 1] for item in range(8)}


def test_two_projects_with_the_same_ids_have_nothing_in_common() -> None:
    keys = [f"key {number}" for number in range(8)]
    other = [(f"X{number:03d}_T{number * 31 % 97:02d}", 500 + 97 * number, 20 + number * 11) for number in range(8)]
    matches = identify(cut(row(BASE, keys)), cut(row(other, keys)))
    assert [match.relation for match in matches] == ["removed"] * 8 + ["added"] * 8


def test_an_id_on_two_clips_means_pieces_after_a_razor_and_a_copy_after_a_paste() -> None:
    keys = [f"key {number}" for number in range(8)]
    a = cut(row(BASE, keys))
    razored = [*BASE[:3], ("B004_C002", 220, 20), ("B004_C002", 240, 46), *BASE[4:]]
    assert answer(a, cut(row(razored, [*keys[:4], *keys[3:]])))[3] == [3, 4]
    pasted = cut(row([*BASE, BASE[1]], [*keys, keys[1]]))
    assert [(match.b, match.duplicate_of) for match in alone_in_b(a, pasted)] == [(("video", 0, 8), ("video", 0, 1))]


def test_clips_that_went_into_a_nested_cut_are_found_in_it() -> None:
    inner = cut(row(BASE[2:4]))
    whole = row(BASE)
    nest = Clip("Scene 3", Span(92, 189), None, Span(0, 97), kind="nested", inner=inner)
    b = cut([*whole[:2], nest, *whole[4:]])
    found = {match.a: match.b for match in identify(cut(whole), b) if match.a}
    assert found["video", 0, 2] == ("video", 0, 2, 0, 0)
    assert found["video", 0, 3] == ("video", 0, 2, 0, 1)
    assert [match.b for match in alone_in_b(cut(whole), b)] == [("video", 0, 2)]


def test_sound_that_stayed_says_which_picture_was_replaced_and_moved() -> None:
    def linked(shots: Sequence[Shot], sound: Sequence[Shot]) -> Cut:
        links = [f"link {number}" for number in range(len(shots))]
        pictures = [replace(one, link=link) for one, link in zip(row(shots), links, strict=True)]
        sounds = [replace(one, link=link) for one, link in zip(row(sound), links, strict=True)]
        return cut(pictures, ("audio", sounds))

    a = linked(BASE, BASE)
    replaced = ("Z900_C001", 5, 66)
    b = linked([*BASE[:3], *BASE[4:], replaced], [*BASE[:3], *BASE[4:], BASE[3]])
    assert answer(a, b)[3] == [7]


def test_cuts_of_other_rates_are_compared_in_seconds() -> None:
    def at_48(one: Clip) -> Clip:
        return replace(one, record=Span(one.record.start * 2, one.record.end * 2))

    a = cut(row(BASE))
    b = replace(cut([at_48(one) for one in row([*BASE[:4], *BASE[5:]])]), rate=FrameRate(48))
    assert answer(a, b) == {0: [0], 1: [1], 2: [2], 3: [3], 4: [], 5: [4], 6: [5], 7: [6]}


def test_equal_clips_are_matched_in_order_without_doubt() -> None:
    shots = [("A001_C003", 10, 10)] * 3000
    started = time.process_time()
    matches = identify(cut(row(shots)), cut(row(shots)))
    assert [match.b for match in matches] == on_v1(*range(3000))
    assert not any(match.ambiguous for match in matches)
    fewer = identify(cut(row(shots)), cut(row(shots[:-5])))
    assert sum(match.b is None for match in fewer) == 5
    assert time.process_time() - started < 20, "the time must not grow with the square of the number of equal clips"


def test_broken_and_empty_cuts_are_compared_too() -> None:
    empty = Cut("Empty", R24)
    assert identify(empty, empty) == ()
    overlapping = [clip(BASE[0], 0), clip(BASE[1], 20), clip(("A002_C001", 7, 0), 30), Clip("?", Span(90, 90))]
    broken = cut(overlapping)
    assert [match.relation for match in identify(broken, empty)] == ["removed"] * 4
    assert [match.relation for match in identify(empty, broken)] == ["added"] * 4
    assert [match.b for match in identify(broken, broken)] == [address for address, _ in clips_of(broken)]


def test_what_was_put_in_between_two_pieces_is_not_a_third() -> None:
    over = ("Z900_C001", 250, 20)  # as long as what it covered, and of source frames the clip showed
    edited = [*BASE[:3], ("B004_C002", 220, 24), over, ("B004_C002", 264, 22), *BASE[4:]]
    a, b = cut(row(BASE)), cut(row(edited))
    assert answer(a, b)[3] == [3, 5]
    assert [match.b for match in alone_in_b(a, b)] == on_v1(4)


def test_a_reversed_clip_is_razored_from_its_source_end() -> None:
    def reversed_in(shots: Sequence[Shot]) -> Cut:
        return cut([replace(one, speed=Fraction(-1)) if one.name == "B004_C002.mov" else one for one in row(shots)])

    pieces = [("B004_C002", 266, 20), ("B004_C002", 220, 46)]
    assert answer(reversed_in(BASE), reversed_in([*BASE[:3], *pieces, *BASE[4:]]))[3] == [4, 3]


def test_a_title_cut_in_two_is_two_pieces_though_it_has_no_source() -> None:
    def titled(*records: tuple[int, int]) -> Cut:
        titles = [Clip("Lower third", Span(start, end), kind="title") for start, end in records]
        return cut(row(BASE), ("video", titles))

    matches = identify(titled((10, 60), (100, 150)), titled((10, 60), (100, 130), (130, 150)))
    found = [match.b for match in matches if match.a == ("video", 1, 3)]
    assert found == [("video", 1, 3), ("video", 1, 4)]


def test_clips_of_nested_cuts_are_listed_where_the_model_lists_them() -> None:
    def nest(name: str, inner: Cut, at: int) -> Clip:
        return Clip(name, Span.of(at, 40), None, Span(0, 40), kind="nested", inner=inner)

    deep = cut([nest("outer", cut([nest("inner", cut(row(BASE[:3])), 0), clip(BASE[4], 60)]), 0), clip(BASE[5], 50)])
    matches = identify(deep, deep)
    assert [match.a for match in matches] == [address for address, _ in clips_of(deep)]
    assert all(match.a == match.b for match in matches)


def test_a_clip_that_keeps_what_was_shown_as_a_take_is_the_same_whatever_it_shows() -> None:
    old = clip(BASE[3], 0).media
    new = Media("SH030_take02.mov", "/takes/SH030_take02.mov", R24, 80, 0)
    shown = row([*BASE[:3], ("SH030_take02", 0, 80), *BASE[4:]])
    takes = (Take("DEFAULT_MEDIA", old), Take("take2", new, Span(0, 80)))
    shown[3] = replace(shown[3], media=new, takes=takes, active=1)
    a, b = cut(row(BASE), ("audio", row(BASE))), cut(shown, ("audio", row(BASE)))
    assert answer(a, b)[3] == [3]
    assert answer(b, a)[3] == [3]
    pair = next(pair for pair in diff(a, b).pairs if pair.match.a == ("video", 0, 3))
    assert set(pair.words) == {"take_switched", "trimmed_tail"}


def test_other_media_of_another_length_between_the_same_neighbours_is_media_replaced() -> None:
    # The sound still shows the old file, so the old file is known to both cuts.
    b = cut(row([*BASE[:3], ("Z900_C777", 5, 80), *BASE[4:]]), ("audio", row(BASE)))
    a = cut(row(BASE), ("audio", row(BASE)))
    assert answer(a, b)[3] == [3]
    pair = next(pair for pair in diff(a, b).pairs if pair.match.a == ("video", 0, 3))
    assert "media_replaced" in pair.words


def test_pieces_made_longer_over_each_other_are_still_pieces() -> None:
    # Cut at 250, then the first piece lengthened to 262 and the second one begun at 244.
    b = cut(row([*BASE[:3], ("B004_C002", 220, 42), ("B004_C002", 244, 42), *BASE[4:]]))
    assert answer(cut(row(BASE)), b)[3] == [3, 4]


def test_a_copy_beside_its_trimmed_original_is_no_piece() -> None:
    # Both show the same frames of the clip: one is a copy, whatever they add up to.
    b = cut(row([*BASE[:3], ("B004_C002", 220, 33), ("B004_C002", 220, 33), *BASE[4:]]))
    assert len(answer(cut(row(BASE)), b)[3]) == 1


def test_a_renamed_file_of_one_clip_is_known_by_its_timecode_and_length() -> None:
    starts = {name: 90_000 + 1500 * number for number, name in enumerate(dict.fromkeys(shot[0] for shot in BASE))}

    def known(one: Clip, name: str = "") -> Clip:
        assert one.media is not None
        media = replace(one.media, start=starts[one.media.name.removesuffix(".mov")])
        return replace(one, name=name, media=replace(media, name=name, location=f"/x/{name}") if name else media)

    base = [known(one) for one in row(BASE)]
    edited = row([BASE[0], BASE[1], BASE[2], BASE[4], BASE[5], BASE[6], BASE[7], ("B004_C002", 231, 20)])
    b = cut([known(one, "final_77.mov" if index == 7 else "") for index, one in enumerate(edited)])
    assert answer(cut(base), b)[3] == [7]


def test_a_stretch_of_a_long_file_slipped_past_itself_is_known_by_lying_close() -> None:
    long = Media("interview.mov", "/media/interview.mov", R24, 90_000, 0)

    def told(*shots: tuple[int, int]) -> list[Clip]:
        at, made = 0, []
        for source, frames in shots:
            made.append(Clip("interview.mov", Span.of(at, frames), long, Span.of(source, frames)))
            at += frames
        return made

    a = told((1000, 50), (9000, 61), (20_000, 47), (33_000, 72), (51_000, 55), (70_000, 66))
    b = told((1000, 50), (20_000, 47), (33_000, 72), (51_000, 55), (9070, 61), (70_000, 66))
    assert answer(cut(a), cut(b))[1] == [4]


def test_answers_about_a_cut_changed_beyond_recognition_are_doubted_more() -> None:
    assert turmoil(98, 100) == 0.0
    assert turmoil(2, 3) == turmoil(0, 3) == 0.0, "three clips prove nothing"
    assert 0.0 < turmoil(40, 200) < turmoil(5, 200) <= 1.0
    doubt = Doubt(9.0)
    assert doubt.less("alone", 0.0) == doubt
    assert doubt.less("alone", 1.0).margin < doubt.less("alone", 0.3).margin < 9.0
