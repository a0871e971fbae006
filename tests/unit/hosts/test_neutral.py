"""The host-neutral cut of what an agent reports."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from tests.support.cuts import A1, START, V1, V2, clip, cut, media, native

from takebridge.cut.hosted import HostCut, HostTrack, HostTrackInfo
from takebridge.cut.model import Clip, Cut, Gap, Marker, Span, Transition
from takebridge.hosts.protocol import Snapshot
from takebridge.hosts.reading import neutral, read_cut
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange, FrameRate

R23, R24, R25, R48 = FrameRate(24000, 1001), FrameRate(24), FrameRate(25), FrameRate(48)


def only(made: Cut) -> Clip:
    [found] = [item for track in made.tracks for item in track.clips]
    return found


def reported(*items: dict[str, Any]) -> HostCut:
    """What an agent's snapshot of these items is read as."""
    timeline = {"project_id": "p", "project_name": "P", "timeline_id": "t", "timeline_name": "T", "rate": "24"}
    size = {"start_record_frame": START, "end_record_frame": START + 48, "width": 16, "height": 9}
    return read_cut(Snapshot.model_validate({"timeline": {**timeline, **size}, "items": list(items)}))


def read(**changes: Any) -> Clip:
    """One clip on V1, 48 frames long, with these changes."""
    return only(neutral(cut(clip("a", **changes))))


def test_the_timeline_is_told_whole() -> None:
    made = neutral(
        cut(
            clip("a", at=12),
            drop_frame=True,
            markers=(Marker(START + 5, 3, "Hook", "note", "Red"),),
            project_rate=R24,
        )
    )
    assert (made.name, made.rate, made.start, made.drop_frame) == ("Cut", R24, START, True)
    assert (made.width, made.height) == (1920, 1080)
    assert (made.project_id, made.project_name, made.timeline_id, made.revision) == ("p", "Demo", "t", "r1")
    assert made.markers == (Marker(5, 3, "Hook", "note", "Red"),)
    assert made.tracks[0].items[0] == Gap(Span(0, 12))
    assert only(made).record == Span(12, 60)


def test_a_clip_is_told_whole() -> None:
    made = read(enabled=False, stamp="tb-0123456789ab", style="s", markers=(Marker(30, 1, "eyes"),))
    assert (made.name, made.key, made.stamp, made.kind, made.enabled) == (
        "a",
        "key a",
        "tb-0123456789ab",
        "clip",
        False,
    )
    assert (made.source, made.speed, made.ramp, made.look) == (Span(24, 72), 1, "", "s")
    assert made.media is not None
    assert (made.media.name, made.media.location, made.media.id) == ("a", "/media/a.mov", "m a")
    assert (made.media.rate, made.media.frame_count) == (R24, 240)
    assert made.markers == (Marker(30, 1, "eyes"),)


def test_empty_tracks_between_are_kept_and_locks_are_told() -> None:
    made = neutral(cut(clip("a", track=HostTrack("video", 3)), clip("s", track=A1), locked=frozenset({V2})))
    assert [(track.kind, len(track.items), track.locked) for track in made.tracks] == [
        ("video", 0, False),
        ("video", 0, True),
        ("video", 1, False),
        ("audio", 1, False),
    ]


def test_listed_tracks_keep_names_and_state() -> None:
    listed = (HostTrackInfo(V1, "Pictures"), HostTrackInfo(V2, "Titles", enabled=False), HostTrackInfo(A1, "Sound"))
    made = neutral(cut(clip("a"), tracks=listed))
    assert [(track.kind, track.name, track.enabled) for track in made.tracks] == [
        ("video", "Pictures", True),
        ("video", "Titles", False),
        ("audio", "Sound", True),
    ]


KINDS = {
    "clip": "clip",
    "still": "still",
    "title": "title",
    "generator": "generator",
    "compound": "nested",
    "nested": "nested",
    "multicam": "multicam",
    "adjustment": "adjustment",
    "fusion": "other",
    "something new": "other",
}


@pytest.mark.parametrize(("kind", "expected"), KINDS.items())
def test_kinds(kind: str, expected: str) -> None:
    made = read(kind=kind)
    assert made.kind == expected
    assert made.extras == ({} if kind == expected else {"resolve": {"kind": kind}})


def test_subtitles_are_captions() -> None:
    assert read(kind="title", track=HostTrack("subtitle", 1), media=None).kind == "caption"


def test_a_title_has_no_media_and_no_source() -> None:
    made = read(kind="title", media=None, source_start_frame=None, true_source=None, speed_percent=None)
    assert (made.media, made.source, made.speed) == (None, None, 1)


def test_an_item_that_was_not_read_keeps_what_is_known() -> None:
    facts = {"name": "A", "track": {"type": "video", "index": 1}, "start_record_frame": START, "kind": "unread"}
    place = {"end_record_frame": START + 48, "key": "k", "media": {"id": "", "name": "", "path": "C:\\shots\\a.mov"}}
    ghost = {**facts, "kind": "ghost", "key": "ghost-video-1-2", "end_record_frame": START}
    made = only(neutral(reported({**facts, **place}, ghost)))
    assert made.media is not None
    assert (made.key, made.kind, made.media.name, made.media.location) == ("k", "clip", "a.mov", "C:\\shots\\a.mov")
    assert (made.source, made.record) == (None, Span(0, 48))


# - source and speed


def test_the_left_offset_is_believed_at_full_speed() -> None:
    assert read(true_source=(25, 72)).source == Span(24, 72)
    assert read(true_source=None, speed_percent=None).source == Span(24, 72)
    assert read(source_start_frame=None).source == Span(24, 72)


SPEEDS: list[tuple[tuple[int, int], Fraction, Span]] = [
    ((24, 120), Fraction(2), Span(24, 120)),
    ((24, 48), Fraction(1, 2), Span(24, 48)),
    ((72, 24), Fraction(-1), Span(24, 72)),
    ((120, 24), Fraction(-2), Span(24, 120)),
    ((24, 56), Fraction(2, 3), Span(24, 56)),
    ((25, 48), Fraction(1, 2), Span(25, 48)),
    ((30, 30), Fraction(0), Span(30, 31)),
    ((30, 31), Fraction(0), Span(30, 31)),
    ((24, 71), Fraction(1), Span(24, 72)),
]


@pytest.mark.parametrize(("said", "speed", "source"), SPEEDS)
def test_speed_is_told_by_the_source_frames_where_the_host_cannot_say_it(
    said: tuple[int, int], speed: Fraction, source: Span
) -> None:
    made = read(true_source=said, speed_percent=None)
    assert (made.speed, made.source) == (speed, source)


@pytest.mark.parametrize("frames", range(10, 48))
def test_a_retimed_clip_keeps_its_speed_when_it_is_trimmed(frames: int) -> None:
    said = (24, 24 + frames // 2)
    made = read(record=FrameRange.of(START, frames), true_source=said, speed_percent=None)
    assert made.speed == Fraction(1, 2)


def test_what_the_host_says_of_speed_counts() -> None:
    assert read(speed=Fraction(1, 3), true_source=(24, 40)).speed == Fraction(1, 3)
    assert read(speed_percent=-50, true_source=(48, 24)).speed == Fraction(-1, 2)
    assert read(speed=Fraction(0), true_source=(40, 40)).source == Span(40, 41)


def test_an_unknown_retime_has_no_source_and_no_speed() -> None:
    made = read(true_source=None, speed_percent=None, source_unknown=True)
    assert (made.source, made.speed, made.ramp) == (None, None, "unknown")


def test_a_still_shows_one_frame_whatever_its_length() -> None:
    made = read(kind="still", source_start_frame=0, true_source=(0, 1), speed_percent=None)
    assert (made.source, made.speed) == (Span(0, 1), 1)


@pytest.mark.parametrize(
    ("rate", "frames", "said", "end"),
    [
        (R48, 48, None, 96),
        (R25, 24, None, 25),
        (R25, 23, (0, 24), 24),
        (R25, 23, None, 23),
        (R25, 23, (0, 90), 23),
        (FrameRate(12), 1, None, 1),
    ],
)
def test_media_of_another_rate_counts_its_own_frames(
    rate: FrameRate, frames: int, said: tuple[int, int] | None, end: int
) -> None:
    facts = {"record": FrameRange.of(START, frames), "true_source": said, "source_start_frame": 0}
    made = read(media=media("a", rate), speed_percent=100, **facts)
    assert made.source == Span(0, end)


def test_sound_counts_in_the_projects_rate() -> None:
    facts: dict[str, Any] = {"media": media("a", R25), "true_source": (24, 72), "source_start_frame": 24}
    made = only(neutral(cut(clip("a", track=A1, **facts), project_rate=R24)))
    assert made.source == Span(25, 75)
    assert (made.speed, made.markers) == (1, ())
    odd = only(neutral(cut(clip("a", track=A1, **{**facts, "source_start_frame": 25}), project_rate=R24)))
    assert odd.source == Span(Fraction(625, 24), Fraction(1825, 24))


def test_markers_on_sound_count_as_its_source_does() -> None:
    sound = clip("a", track=A1, media=media("a", R25), markers=(Marker(48),))
    assert only(neutral(cut(sound, project_rate=R24))).markers == (Marker(50),)


def test_sound_beside_its_picture_shows_what_the_picture_shows() -> None:
    """Picture frame 26 of 25 is told as 24 for its sound at 24: floor(24.96). The picture knows better."""
    same: dict[str, Any] = {"media": media("a", R25), "speed_percent": 100}
    picture = clip("a", source_start_frame=26, true_source=(26, 76), **same)
    sound = clip("a", key=ClipKey("s"), track=A1, source_start_frame=24, true_source=(24, 72), **same)
    made = neutral(cut(picture, sound, project_rate=R24))
    assert [track.clips[0].source for track in made.tracks] == [Span(26, 76), Span(26, 76)]
    slipped = clip("a", key=ClipKey("s"), track=A1, source_start_frame=48, true_source=(48, 96), **same)
    assert neutral(cut(picture, slipped, project_rate=R24)).tracks[1].clips[0].source == Span(50, 100)


# - links, takes, transitions, stamps


def test_linked_groups_share_a_link() -> None:
    a, s, t = (ClipKey(f"key {name}") for name in "ast")
    clips = (
        clip("a", linked=frozenset({s})),
        clip("s", track=A1, linked=frozenset({a, t})),
        clip("t", track=HostTrack("audio", 2)),
        clip("b", at=100, linked=frozenset({ClipKey("gone")})),
    )
    links = {item.key: item.link for track in neutral(cut(*clips)).tracks for item in track.clips}
    assert links[a] == links[s] == links[t] != ""
    assert links[ClipKey("key b")] == ""


def test_takes_are_told_with_the_one_that_plays() -> None:
    takes = (native(1, "a"), native(2, "b", start=6), native(3, "c", start=0))
    made = read(media=media("b"), source_start_frame=6, true_source=(6, 54), takes=takes, selected_take=2)
    assert [take.key for take in made.takes] == ["take 1", "take 2", "take 3"]
    assert made.active == 1
    assert (made.takes[1].media, made.takes[1].source) == (made.media, made.source)
    assert [take.source for take in made.takes] == [Span(24, 72), Span(6, 54), Span(0, 48)]
    [first, _, third] = [take.media for take in made.takes]
    assert first is not None and third is not None
    assert (first.name, first.location, first.id) == ("a.mov", "/media/a.mov", "m a")


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"source_start_frame": 40, "true_source": (40, 88)}, Span(40, 88)),  # slipped by 34
        (
            {"source_start_frame": 10, "true_source": (10, 34), "frames": 24},
            Span(10, 34),
        ),  # 4 off the head, 20 the tail
        ({"source_start_frame": None, "true_source": None, "source_unknown": True}, None),
    ],
)
def test_the_take_that_plays_shows_the_clips_frames_whatever_the_host_kept_for_it(
    changes: dict[str, Any], source: Span | None
) -> None:
    takes = (native(1, "a"), native(2, "b", start=6))
    made = read(media=media("b"), takes=takes, selected_take=2, **changes)
    assert made.source == source
    assert (made.takes[made.active].media, made.takes[made.active].source) == (made.media, source)
    assert made.takes[0].source == Span(24, 72)


def test_without_a_selected_take_the_media_says_which_plays() -> None:
    made = read(media=media("b"), takes=(native(1, "a"), native(2, "b")), selected_take=9)
    assert made.active == 1


@pytest.mark.parametrize(
    ("clips", "at", "cut_at"),
    [
        ((clip("a"), clip("b", at=48)), 42, 48),
        ((clip("a"),), 42, 48),
        ((clip("b", at=48),), 42, 48),
        ((clip("a", at=200),), 42, 48),
        ((clip("a"), clip("b", at=50)), 44, 50),
    ],
)
def test_a_transition_lies_over_its_cut(clips: tuple[Any, ...], at: int, cut_at: int) -> None:
    facts: dict[str, Any] = {"kind": "transition", "media": None, "true_source": None, "source_start_frame": None}
    join = clip("Cross Dissolve", at=at, frames=12, **facts)
    items = neutral(cut(*clips, join)).tracks[0].items
    [made] = [item for item in items if isinstance(item, Transition)]
    assert (made.record, made.cut, made.name) == (Span(at, at + 12), cut_at, "Cross Dissolve")


def test_our_own_marker_is_no_marker_of_the_editors() -> None:
    ours = Marker(24, 1, "TakeBridge", "tb-0123456789ab", extras={"resolve": {"data": "tb-0123456789ab"}})
    theirs = Marker(30, 1, "x", "tb-0123456789ab", extras={"resolve": {"data": "other"}})
    assert read(markers=(ours, theirs)).markers == (theirs,)


STAMP, OTHER = "tb-0123456789ab", "tb-ffffffffffff"
ITEM: dict[str, Any] = {
    "key": "k",
    "kind": "clip",
    "name": "A",
    "track": {"type": "video", "index": 1},
    "start_record_frame": START,
    "end_record_frame": START + 48,
}


@pytest.mark.parametrize(
    ("data", "metadata", "file", "expected"),
    [
        (STAMP, "", "a.mov", STAMP),
        ("", STAMP, "a.mov", STAMP),
        ("", "", f"shot {STAMP}.mov", STAMP),
        (STAMP, OTHER, "a.mov", STAMP),
        (STAMP, OTHER, f"{OTHER}.mov", OTHER),
        ("", "", "a.mov", ""),
        ("tb-123", "nonsense", "tb-.mov", ""),
    ],
)
def test_the_stamp_is_what_most_places_say(data: str, metadata: str, file: str, expected: str) -> None:
    markers = [{"source_frame": 24, "note": data, "data": data}] if data else []
    found = {"id": "m", "name": "x", "path": f"/shots/{OTHER}/{file}"}
    item = {**ITEM, "stamp": metadata, "markers": markers, "media": found}
    assert reported(item).clips[0].stamp == expected


@pytest.mark.parametrize(
    ("timecode", "rate", "start"),
    [
        ("01:00:00:00", "24", 86400),
        ("00:00:00:00", "25", 0),
        ("01:00:00;00", "29.97", 107892),
        ("01:00:00:00", "", None),
        ("", "24", None),
        ("99:99:99:99", "24", None),
    ],
)
def test_the_start_of_media_is_its_timecode(timecode: str, rate: str, start: int | None) -> None:
    found = {"id": "m", "name": "x", "path": "/a.mov", "rate": rate, "start_timecode": timecode}
    told = only(neutral(reported({**ITEM, "media": found}))).media
    assert told is not None and told.start == start


@pytest.mark.parametrize(
    ("text", "speed"), [("1/2", Fraction(1, 2)), ("-1", Fraction(-1)), ("0", Fraction(0)), ("1/0", None), ("x", None)]
)
def test_the_wires_speed_is_exact_or_nothing(text: str, speed: Fraction | None) -> None:
    assert reported({**ITEM, "speed": text}).clips[0].speed == speed
