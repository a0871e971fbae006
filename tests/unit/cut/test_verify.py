"""Verification finds everything a take swap must not do, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.support.cuts import A1, START, V2, clip, cut, media, native

from takebridge.cut.hosted import HostClip, HostCut
from takebridge.cut.verify import differences
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange

SOUND = ClipKey("key sound")
SHOT = clip("shot", at=48, linked=frozenset({SOUND}), takes=(native(1, "shot"), native(2, "old")), selected_take=1)
BEFORE = cut(
    clip("first", takes=(native(1, "first"), native(2, "alt")), selected_take=1),
    SHOT,
    clip("sound", A1, at=48, linked=frozenset({SHOT.key}), key=SOUND),
    clip("last", at=96),
)


def with_clip(key: str, **changes: Any) -> HostCut:
    """The cut with one clip changed."""
    clips = tuple(replace(item, **changes) if item.key == f"key {key}" else item for item in BEFORE.clips)
    return replace(BEFORE, clips=clips)


def swapped(**changes: Any) -> HostCut:
    """The cut after the swap that was asked for: one take more, selected, other media and source in."""
    facts: dict[str, Any] = {
        "media": media("take"),
        "source_start_frame": 12,
        "true_source": (12, 60),
        "takes": (*SHOT.takes, native(3, "take", 12)),
        "selected_take": 3,
    }
    return with_clip("shot", **{**facts, **changes})


def found(after: HostCut) -> list[tuple[str, str]]:
    return [(item.clip, item.what) for item in differences(BEFORE, after, swapped=SHOT.key)]


def test_nothing_differs_from_itself() -> None:
    assert found(BEFORE) == []


def test_the_swap_itself_is_no_difference_and_neither_is_a_new_revision() -> None:
    assert found(swapped()) == []
    assert found(replace(swapped(), revision="r2")) == []
    assert found(replace(swapped(), clips=swapped().clips[::-1])) == []  # order of reading says nothing


def test_a_first_take_on_a_clip_without_takes_is_no_difference() -> None:
    before = cut(clip("a"))
    after = cut(clip("a", takes=(native(1, "a"), native(2, "take", 12)), selected_take=2, media=media("take")))
    assert differences(before, after, swapped=ClipKey("key a")) == ()


NEIGHBOUR: list[tuple[dict[str, Any], str]] = [
    ({"track": V2}, "track"),
    ({"record": FrameRange.of(START + 97, 48)}, "record range"),
    ({"record": FrameRange(START + 96, START + 143)}, "record range"),
    ({"enabled": False}, "enabled"),
    ({"linked": frozenset({SOUND})}, "linked clips"),
    ({"look": "zoom 2"}, "look (transform, grade, colour)"),
    ({"media": media("other")}, "media"),
    ({"media": None}, "media"),
    ({"source_start_frame": 25}, "source in"),
    ({"true_source": (72, 24)}, "source range"),
    ({"speed_percent": 50}, "speed"),
    ({"takes": (native(1, "last"),)}, "takes"),
    ({"selected_take": 1}, "selected take"),
]


@pytest.mark.parametrize(("change", "what"), NEIGHBOUR, ids=lambda value: value if isinstance(value, str) else "")
def test_a_change_of_another_clip_is_found(change: dict[str, Any], what: str) -> None:
    assert found(with_clip("last", **change)) == [("last", what)]


OWN: list[tuple[dict[str, Any], str]] = [
    ({"track": V2}, "track"),
    ({"record": FrameRange.of(START + 49, 48)}, "record range"),
    ({"enabled": False}, "enabled"),
    ({"linked": frozenset()}, "linked clips"),
    ({"look": "zoom 2"}, "look (transform, grade, colour)"),
]


@pytest.mark.parametrize(("change", "what"), OWN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_side_effect_on_the_swapped_clip_is_found(change: dict[str, Any], what: str) -> None:
    assert found(swapped(**change)) == [("shot", what)]


@pytest.mark.parametrize("kept", [(), (native(1, "shot"),), (native(1, "old"),)])
def test_a_take_of_the_editors_that_vanished_is_found(kept: tuple[Any, ...]) -> None:
    after = swapped(takes=(*kept, native(len(kept) + 1, "take", 12)), selected_take=len(kept) + 1)
    assert found(after) == [("shot", "takes lost")]


def test_a_gap_that_closed_reports_every_clip_that_moved() -> None:
    def earlier(item: HostClip) -> HostClip:
        return replace(item, record=item.record.shifted(-1)) if item.record.start > START else item

    after = replace(BEFORE, clips=tuple(map(earlier, BEFORE.clips)))
    assert found(after) == [(name, "record range") for name in ("shot", "sound", "last")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda clips: clips[:-1], [("last", "clip")]),
        (lambda clips: [clips[0], *clips[2:]], [("shot", "clip")]),
        (lambda clips: [*clips, clip("new", at=200)], [("new", "clip")]),
        (lambda clips: [*clips[:-1], replace(clips[-1], key=ClipKey("x"))], [("last", "clip"), ("last", "clip")]),
    ],
    ids=["gone", "swapped clip gone", "added", "replaced"],
)
def test_clips_that_came_or_went_are_found(
    change: Callable[[tuple[HostClip, ...]], Any], expected: list[tuple[str, str]]
) -> None:
    assert found(replace(BEFORE, clips=tuple(change(BEFORE.clips)))) == expected


@pytest.mark.parametrize("change", [{"timeline_id": "t2"}, {"project_id": "p2"}])
def test_another_timeline_is_one_difference(change: dict[str, str]) -> None:
    after = replace(BEFORE, timeline_name="Other", clips=(), **change)
    assert found(after) == [("timeline", "open timeline")]


def test_a_difference_reads_like_a_sentence() -> None:
    (only,) = differences(BEFORE, with_clip("last", enabled=False), swapped=SHOT.key)
    assert str(only) == "last: enabled was True, is False"
