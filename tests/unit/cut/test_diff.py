"""What changed from one cut to another, in the closed list of words: one edit at a time, exactly its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from takebridge.cut.diff import diff
from takebridge.cut.match import CutDiff, Word
from takebridge.cut.model import Clip, Cut, Item, Marker, Media, Span, Take, Track, Transition, tile
from takebridge.timebase import FrameRate

R24 = FrameRate(24)
SOURCES = (10, 100, 7, 220, 300, 15, 61, 140)
LENGTHS = (40, 52, 31, 66, 45, 28, 73, 39)
STARTS = (0, 40, 92, 123, 189, 234, 262, 335)


def base() -> list[Clip]:
    """Eight clips of eight files of 500 frames, one after the other, from frame 0 to 374."""
    made = []
    for number, (source, frames, at) in enumerate(zip(SOURCES, LENGTHS, STARTS, strict=True)):
        name = f"SC{number:02d}_T{number * 3}.mov"
        media = Media(name, f"/media/{name}", R24, 500, 0)
        made.append(Clip(name, Span.of(at, frames), media, Span.of(source, frames), key=f"key {number}"))
    return made


def cut(items: Sequence[Item], *more: Track, **changes: object) -> Cut:
    return Cut(**{"name": "Cut", "rate": R24, "tracks": (Track("video", tile(items)), *more), **changes})  # type: ignore[arg-type]


def at(clip: Clip, start: int, source: int | None = None, frames: int | None = None) -> Clip:
    """The clip at another place, from another source frame, of another length."""
    length = int(clip.record.duration) if frames is None else frames
    assert clip.source is not None
    head = clip.source.start if source is None else source
    return replace(clip, record=Span.of(start, length), source=Span.of(head, length))


def shift(clips: Sequence[Clip], frames: int) -> list[Clip]:
    return [replace(clip, record=clip.record.shifted(frames)) for clip in clips]


def said(found: CutDiff) -> dict[str, tuple[tuple[str, object], ...]]:
    """Words and frames by the item of V1 of a (``+`` and the item of b for what only b has), changed clips only."""
    table: dict[str, tuple[tuple[str, object], ...]] = {}
    for pair in found.pairs:
        match = pair.match
        name = str(match.a[2]) if match.a else f"+{match.b[2]}" if match.b else "?"
        if match.relation == "piece":
            assert match.b
            name += f">{match.b[2]}"
        if pair.changes:
            table[name] = tuple((change.word, change.frames) for change in pair.changes)
    return table


def words(edit: Callable[[list[Clip]], Sequence[Item]]) -> dict[str, tuple[tuple[str, object], ...]]:
    return said(diff(cut(base()), cut(edit(base()))))


def test_a_cut_has_no_changes_from_itself() -> None:
    found = diff(cut(base()), cut(base()))
    assert len(found.pairs) == 8
    assert said(found) == {}
    assert (found.ripples, found.changes) == ((), ())


def test_a_rippled_head_trim_carries_what_follows() -> None:
    found = diff(cut(base()), cut([*base()[:2], at(base()[2], 92, 12, 26), *shift(base()[3:], -5)]))
    assert said(found) == {"2": (("trimmed_head", -5),), **{str(item): (("shifted", -5),) for item in range(3, 8)}}
    (ripple,) = found.ripples
    assert (ripple.kind, ripple.track, ripple.at, ripple.frames, ripple.clips) == ("video", 0, 123, -5, 5)
    assert ripple.text == "5 clips from frame 123 on V1 shifted 5 frames earlier"


def test_trims_that_leave_a_gap_carry_nothing() -> None:
    assert words(lambda c: [*c[:2], at(c[2], 97, 12, 26), *c[3:]]) == {"2": (("trimmed_head", -5),)}
    assert words(lambda c: [*c[:2], at(c[2], 92, 7, 20), *c[3:]]) == {"2": (("trimmed_tail", -11),)}


def test_longer_is_positive_at_either_edge() -> None:
    gap = [*base()[:2], *shift(base()[2:], 20)]
    longer = cut([*gap[:2], at(gap[2], 108, 3, 35), *gap[3:]])
    assert said(diff(cut(gap), longer)) == {"3": (("trimmed_head", 4),)}, "item 2 is the gap"
    tail = cut([*gap[:1], at(gap[1], 40, 100, 60), *gap[2:]])
    assert said(diff(cut(gap), tail)) == {"1": (("trimmed_tail", 8),)}


def test_a_slip_keeps_the_place_and_with_a_trim_it_is_both_words() -> None:
    assert words(lambda c: [*c[:2], at(c[2], 92, 19), *c[3:]]) == {"2": (("slipped", 12),)}
    assert words(lambda c: [*c[:2], at(c[2], 92, 19, 25), *c[3:]]) == {
        "2": (("trimmed_tail", -6), ("slipped", 12)),
    }


def test_a_roll_is_a_trim_of_both_and_a_slide_moves_the_clip_between() -> None:
    assert words(lambda c: [*c[:2], at(c[2], 92, 7, 36), at(c[3], 128, 225, 61), *c[4:]]) == {
        "2": (("trimmed_tail", 5),),
        "3": (("trimmed_head", -5),),
    }
    assert words(lambda c: [*c[:2], at(c[2], 92, 7, 36), at(c[3], 128), at(c[4], 194, 305, 40), *c[5:]]) == {
        "2": (("trimmed_tail", 5),),
        "3": (("moved", 5),),
        "4": (("trimmed_head", -5),),
    }


def test_a_clip_put_elsewhere_moved_and_the_others_only_shifted() -> None:
    moved = [*base()[:1], *shift(base()[2:5], -52), at(base()[1], 182), *base()[5:]]
    assert words(lambda _: moved) == {
        "1": (("moved", 142),),
        **{str(item): (("shifted", -52),) for item in (2, 3, 4)},
    }
    dragged = [*shift(base()[:4], 0), *shift(base()[4:], 100)]
    assert said(diff(cut(dragged), cut([*dragged[:3], at(dragged[3], 163), *dragged[4:]]))) == {"3": (("moved", 40),)}


def test_swapped_neighbours_both_moved() -> None:
    assert words(lambda c: [*c[:3], at(c[4], 123), at(c[3], 168), *c[5:]]) == {
        "3": (("moved", 45),),
        "4": (("moved", -66),),
    }


def test_an_insert_and_a_ripple_delete_shift_what_follows() -> None:
    new = Clip("new.mov", Span(92, 100), Media("new.mov", "/media/new.mov", R24, 99, 0), Span(0, 8), key="new")
    assert words(lambda c: [*c[:2], new, *shift(c[2:], 8)]) == {
        "+2": (("added", 0),),
        **{str(item): (("shifted", 8),) for item in range(2, 8)},
    }
    assert words(lambda c: [*c[:2], *shift(c[3:], -31)]) == {
        "2": (("removed", 0),),
        **{str(item): (("shifted", -31),) for item in range(3, 8)},
    }
    assert words(lambda c: [*c[:2], *shift(c[2:], 12)]) == {str(item): (("shifted", 12),) for item in range(2, 8)}


def test_a_razor_says_nothing_of_the_trims_it_implies() -> None:
    def razored(c: list[Clip]) -> list[Clip]:
        return [*c[:3], at(c[3], 123, 220, 30), replace(at(c[3], 153, 250, 36), key="other"), *c[4:]]

    assert words(razored) == {"3>3": (("razored", 0),), "3>4": (("razored", 0),)}


def test_a_piece_trimmed_at_the_outer_end_says_so() -> None:
    def razored(c: list[Clip]) -> list[Clip]:
        return [*c[:3], at(c[3], 123, 220, 30), replace(at(c[3], 153, 250, 26), key="other"), *c[4:]]

    assert words(razored) == {"3>3": (("razored", 0),), "3>4": (("trimmed_tail", -10), ("razored", 0))}


def test_a_copy_is_added_and_duplicated() -> None:
    assert words(lambda c: [*c, replace(at(c[1], 374), key="copy")]) == {"+8": (("added", 0), ("duplicated", 0))}


def test_showing_more_than_the_media_has_is_said_beside_the_trim() -> None:
    late = [*base()[:7], at(base()[7], 335, 440)]
    assert said(diff(cut(late), cut([*late[:7], at(late[7], 335, 440, 75)]))) == {
        "7": (("trimmed_tail", 36), ("extended", 15)),
    }


def test_a_retime_is_one_word_whether_it_kept_place_or_source() -> None:
    slower = [*base()[:2], replace(base()[2], record=Span(92, 154), speed=Fraction(1, 2)), *shift(base()[3:], 31)]
    assert words(lambda _: slower) == {
        "2": (("retimed", 0),),
        **{str(item): (("shifted", 31),) for item in range(3, 8)},
    }
    faster = replace(base()[2], source=Span(7, 69), speed=Fraction(2))
    assert words(lambda c: [*c[:2], faster, *c[3:]]) == {"2": (("retimed", 0),)}


def media_of(index: int, location: str, **changes: object) -> Clip:
    old = base()[index]
    assert old.media is not None
    name = location.rpartition("/")[2]
    return replace(old, media=replace(old.media, location=location, name=name), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (media_of(2, "/other/disk/SC02_T6.mov"), ["relinked"]),
        (media_of(2, "/media/SC02_T6.mp4"), ["renamed"]),
        (media_of(2, "/proxies/SC02_T6_proxy.mp4", name="SC02_T6_proxy.mp4"), ["relinked"]),
        (media_of(2, "/media/Q7_T991.mov", name="Q7_T991.mov"), ["media_replaced"]),
        (replace(base()[2], name="Hero, wide"), ["renamed"]),
        (replace(base()[2], enabled=False), ["disabled"]),
        (replace(base()[2], markers=(Marker(20, name="look here"),)), ["marker_changed"]),
    ],
)
def test_changes_that_keep_the_place(changed: Clip, expected: list[Word]) -> None:
    found = diff(cut(base()), cut([*base()[:2], changed, *base()[3:]]))
    assert [list(pair.words) for pair in found.pairs] == [expected if item == 2 else [] for item in range(8)]
    assert said(diff(cut([*base()[:2], replace(base()[2], enabled=False)]), cut(base()[:3]))) == {
        "2": (("enabled", 0),)
    }


def test_another_take_of_the_same_tray_is_a_take_switched() -> None:
    def taken(active: int) -> Clip:
        old = base()[2]
        takes = tuple(
            Take(
                f"take {number}", Media(f"SH_take{number}.mov", f"/takes/SH_take{number}.mov", R24, 31, 0), Span(0, 31)
            )
            for number in (1, 2)
        )
        return replace(old, media=takes[active].media, source=Span(0, 31), takes=takes, active=active)

    before, after = cut([*base()[:2], taken(0), *base()[3:]]), cut([*base()[:2], taken(1), *base()[3:]])
    assert said(diff(before, after)) == {"2": (("take_switched", 0),)}


def test_another_track_and_a_nested_cut() -> None:
    whole = base()
    above = Track("video", tile([whole[2]]))
    assert said(diff(cut(whole), cut([*whole[:2], *whole[3:]], above))) == {"2": (("retracked", 0),)}
    nest = Clip("Scene", Span(92, 189), None, Span(0, 97), kind="nested", inner=cut(shift(whole[2:4], -92)))
    assert said(diff(cut(whole), cut([*whole[:2], nest, *whole[4:]]))) == {
        "2": (("nested", 0),),
        "3": (("nested", 0),),
        "+2": (("added", 0),),
    }


def test_a_track_put_in_below_is_not_a_change_of_every_clip() -> None:
    below = Track("video", tile([replace(base()[0], name="sky", key="sky", media=None, source=None)]), name="sky")
    b = Cut("Cut", R24, (below, Track("video", tile(base()))))
    found = diff(cut(base()), b)
    assert [pair.words for pair in found.pairs if pair.match.a] == [()] * 8
    assert "track V1 is now V2" in [change.text for change in found.changes]
    assert "track V1 added" in [change.text for change in found.changes]


def test_a_transition_is_said_of_both_clips_and_of_the_cut() -> None:
    dissolve = Transition(Span(86, 98), 92, "Cross Dissolve")
    found = diff(cut(base()), cut([*base(), dissolve]))
    assert said(found) == {"1": (("transition_changed", 0),), "2": (("transition_changed", 0),)}
    assert [(change.what, change.text) for change in found.changes] == [
        ("transition", "Cross Dissolve of 12 frames at frame 92 added")
    ]
    assert said(diff(cut([*base(), dissolve]), cut([*base(), dissolve]))) == {}


def test_linked_sound_joins_the_ripple_of_its_picture() -> None:
    def both(clips: Sequence[Clip]) -> Cut:
        pictures = [replace(one, link=one.key) for one in clips]
        return cut(pictures, Track("audio", tile([replace(one, key=f"{one.key} sound") for one in pictures])))

    (ripple,) = diff(both(base()), both([*base()[:2], *shift(base()[2:], 12)])).ripples
    assert (ripple.kind, ripple.frames, ripple.clips) == ("video", 12, 12)
    assert ripple.text == "12 clips from frame 92 on V1, A1 shifted 12 frames later"


def test_changes_of_the_cut_itself() -> None:
    a = cut(base(), markers=(Marker(5, name="in"), Marker(9, name="out")), start=86400)
    b = cut(base(), Track("audio"), markers=(Marker(7, name="in"),), start=0)
    assert {(change.what, change.text) for change in diff(a, b).changes} == {
        ("timeline", "timeline start changed from frame 86400 to frame 0"),
        ("track", "track A1 added"),
        ("marker", "marker in moved from frame 5 to frame 7"),
        ("marker", "marker out at frame 9 removed"),
    }


def test_the_same_take_under_another_key_is_not_switched() -> None:
    media, other = Media("a.mov", "/m/a.mov", FrameRate(25), 500, 0), Media("b.mov", "/m/b.mov", FrameRate(25), 500, 0)
    takes = (Take("take 1", other, Span(0, 50)), Take("take 2", media, Span(0, 50)))
    clip = Clip("shot", Span(0, 50), media, Span(0, 50), takes=takes, active=1)
    spelled = replace(clip, takes=(replace(takes[1], key="DEFAULT_MEDIA"), replace(takes[0], key="alt")), active=0)
    twin = replace(clip, takes=(takes[0], takes[1], Take("take 3", media, Span(0, 50))), active=1)

    def words(a: Clip, b: Clip) -> list[str]:
        cuts = [Cut("c", FrameRate(25), (Track("video", (one,)),)) for one in (a, b)]
        return [word for pair in diff(*cuts).pairs for word in pair.words]

    assert words(clip, spelled) == []
    assert words(twin, replace(twin, active=2)) == ["take_switched"]
