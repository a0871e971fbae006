"""Reading OTIO: places, spaces, takes, ids, stamps, and files that mean harm."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest

from takebridge.cut.model import Clip, Cut, Gap, Span, Transition, clips_of
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.otio_cut import cut_of
from takebridge.interchange.otio_json import parse_otio
from takebridge.interchange.otio_read import cut_of_json
from takebridge.timebase import FrameRate

NTSC = 24000 / 1001
Time, Range = otio.opentime.RationalTime, otio.opentime.TimeRange


def span(start: float, duration: float, rate: float = 24) -> Any:
    return Range(Time(start, rate), Time(duration, rate))


def shot(name: str = "a", start: float = 0, duration: float = 10, rate: float = 24, **more: Any) -> Any:
    return otio.schema.Clip(name=name, source_range=span(start, duration, rate), **more)


def timeline(*children: Any, start: Any = None, kind: str = "Video") -> Any:
    made = otio.schema.Timeline("Film", global_start_time=start)
    track = otio.schema.Track("V1", kind=kind)
    track.extend(children)
    made.tracks.append(track)
    return made


def clips(cut: Cut) -> list[Clip]:
    return [clip for _, clip in clips_of(cut)]


def test_items_keep_their_place_among_otios_children() -> None:
    made = timeline(
        otio.schema.Gap(source_range=span(0, 5)),
        otio.schema.Gap(source_range=span(0, 0)),
        shot("a", duration=10),
        otio.schema.Transition("t", "SMPTE_Dissolve", in_offset=Time(2, 24), out_offset=Time(3, 24)),
        shot("b", duration=7),
        otio.schema.Gap(source_range=span(0, 4)),
    )
    cut, losses = cut_of(made)
    items = cut.tracks[0].items
    assert [type(item) for item in items] == [Gap, Gap, Clip, Transition, Clip, Gap]
    assert [item.record for item in items] == [
        Span(0, 5),
        Span(5, 5),
        Span(5, 15),
        Span(13, 18),
        Span(15, 22),
        Span(22, 26),
    ]
    assert losses == ()


def test_rate_is_that_of_the_start_and_ntsc_is_exact() -> None:
    cut, _ = cut_of(timeline(shot(rate=23.976, duration=24), start=Time(86400, 23.98)))
    assert (cut.rate, cut.start) == (FrameRate(24000, 1001), 86400)
    assert clips(cut)[0].record == Span(0, 24)


def test_rate_without_a_start_is_the_commonest_of_the_first_picture_track() -> None:
    cut, _ = cut_of(timeline(shot(rate=30), shot(rate=25, duration=25), shot(rate=25, duration=25)))
    assert cut.rate == FrameRate(25)
    assert [clip.record for clip in clips(cut)] == [
        Span(0, Fraction(25, 3)),
        Span(Fraction(25, 3), Fraction(100, 3)),
        Span(Fraction(100, 3), Fraction(175, 3)),
    ]


def test_a_document_without_any_rate_is_read_at_24_and_says_so() -> None:
    cut, losses = cut_of(timeline())
    assert cut.rate == FrameRate(24)
    assert losses == ("The document names no frame rate: 24 is taken.",)


@pytest.mark.parametrize(
    ("start", "source"),
    [(86405, Span(5, 15)), (5, Span(5, 15)), (86495, Span(95, 105)), (86390, Span(-10, 0))],
    ids=["timecode", "from zero", "past the end", "before the media"],
)
def test_source_frames_count_from_the_medias_first_frame(start: int, source: Span) -> None:
    reference = otio.schema.ExternalReference("file:///m/a.mov", span(86400, 100))
    cut, _ = cut_of(timeline(shot(start=start, media_reference=reference)))
    clip = clips(cut)[0]
    assert clip.media is not None
    assert (clip.media.start, clip.media.frame_count, clip.media.location) == (86400, 100, "/m/a.mov")
    expected = Span(-10, 0) if start == 86390 else source
    assert clip.source == expected


def test_source_frames_are_the_medias_own() -> None:
    reference = otio.schema.ExternalReference("file:///m/a%20b.mov", span(0, 500, 50))
    cut, _ = cut_of(timeline(shot(start=100, duration=50, rate=50, media_reference=reference), start=Time(0, 25)))
    clip = clips(cut)[0]
    assert (clip.record, clip.source) == (Span(0, 25), Span(100, 150))
    assert clip.media is not None and clip.media.location == "/m/a b.mov"


@pytest.mark.parametrize(
    ("effect", "speed", "source"),
    [
        (otio.schema.LinearTimeWarp(time_scalar=2.0), Fraction(2), Span(0, 20)),
        (otio.schema.LinearTimeWarp(time_scalar=-0.5), Fraction(-1, 2), Span(0, 5)),
        (otio.schema.LinearTimeWarp(time_scalar=1 / 3), Fraction(1, 3), Span(0, Fraction(10, 3))),
        (otio.schema.FreezeFrame(), Fraction(0), Span(0, 1)),
        (otio.schema.TimeEffect(name="ramp"), None, Span(0, 10)),
    ],
    ids=["double", "slow reverse", "a third", "freeze", "ramp"],
)
def test_speed(effect: Any, speed: Fraction | None, source: Span) -> None:
    cut, _ = cut_of(timeline(shot(effects=[effect])))
    clip = clips(cut)[0]
    assert (clip.speed, clip.source, clip.record) == (speed, source, Span(0, 10))
    assert bool(clip.ramp) == (speed is None)


def test_other_effects_are_the_look() -> None:
    blur, glow = otio.schema.Effect(effect_name="Blur"), otio.schema.Effect(effect_name="Glow")
    cut, _ = cut_of(timeline(shot("a", effects=[blur]), shot("b", effects=[blur.clone()]), shot("c", effects=[glow])))
    one, two, three = clips(cut)
    assert one.look and one.look == two.look != three.look
    assert one.speed == 1


def test_references_are_takes() -> None:
    clip = shot()
    first = otio.schema.ExternalReference("file:///m/t1.mov", span(0, 50))
    second = otio.schema.ExternalReference("file:///m/t2.mov", span(0, 60))
    clip.set_media_references({"DEFAULT_MEDIA": first, "take 2": second}, "take 2")
    cut, _ = cut_of(timeline(clip))
    found = clips(cut)[0]
    assert [take.key for take in found.takes] == ["DEFAULT_MEDIA", "take 2"]
    assert found.takes[found.active].key == "take 2"
    assert found.media is not None and found.media.location == "/m/t2.mov"
    assert found.takes[found.active].source == found.source


def test_nested_cuts_have_their_own_tracks() -> None:
    inner = otio.schema.Stack("Compound", source_range=span(4, 6))
    track = otio.schema.Track("in", kind="Video")
    track.extend([shot("x", duration=5), shot("y", duration=20)])
    inner.append(track)
    cut, _ = cut_of(timeline(shot("a"), inner, shot("b")))
    outer = cut.tracks[0].clips[1]
    assert (outer.kind, outer.record, outer.source) == ("nested", Span(10, 16), Span(4, 10))
    assert [address for address, _ in clips_of(cut)] == [
        ("video", 0, 0),
        ("video", 0, 1),
        ("video", 0, 1, 0, 0),
        ("video", 0, 1, 0, 1),
        ("video", 0, 2),
    ]
    assert cut.tracks[0].clips[2].record == Span(16, 26)


def test_markers_stand_in_source_frames_and_on_the_timeline() -> None:
    reference = otio.schema.ExternalReference("file:///m/a.mov", span(86400, 100))
    marker = otio.schema.Marker("look", span(86407, 2), "GREEN", comment="here")
    made = timeline(shot(start=86405, media_reference=reference, markers=[marker]))
    made.tracks.markers.append(otio.schema.Marker("cut", span(12, 0)))
    cut, _ = cut_of(made)
    found = clips(cut)[0].markers[0]
    assert (found.at, found.duration, found.name, found.note, found.color) == (7, 2, "look", "here", "GREEN")
    assert [(one.at, one.name) for one in cut.markers] == [(12, "cut")]


def test_ids_of_other_applications_are_found_and_ours_are_not() -> None:
    metadata = {
        "Shotgrid": {"version_id": 77, "nested": {"uuid": "u-1"}, "note": "no id"},
        "Resolve_OTIO": {"Link Group ID": 4},
        "takebridge": {"clip_key": "k1", "stamp": "tb-0123456789ab"},
    }
    clip = clips(cut_of(timeline(shot(metadata=metadata)))[0])[0]
    assert set(clip.ids) == {("Shotgrid.version_id", "77"), ("Shotgrid.nested.uuid", "u-1")}
    assert (clip.key, clip.stamp, clip.link) == ("k1", "tb-0123456789ab", "4")


def test_stamps_go_by_majority() -> None:
    ours, theirs = "tb-aaaaaaaaaaaa", "tb-bbbbbbbbbbbb"
    copied = otio.schema.Marker("x", span(0, 0), comment=f"copied {theirs}")
    reference = otio.schema.ExternalReference("file:///m/take.mov")
    clip = shot(metadata={"takebridge": {"stamp": ours}}, markers=[copied], media_reference=reference)
    cut, _ = cut_of(timeline(clip), known_files={"take.mov": ours})
    assert clips(cut)[0].stamp == ours
    alone, _ = cut_of(timeline(shot(markers=[copied.clone()])))
    assert clips(alone)[0].stamp == theirs


def test_kinds_of_tracks_and_of_clips() -> None:
    made = timeline(shot("still", media_reference=otio.schema.ExternalReference("file:///m/a.png")))
    made.tracks[0].append(shot("bars", media_reference=otio.schema.GeneratorReference(generator_kind="SMPTEBars")))
    made.tracks[0].append(shot("gone"))
    words = otio.schema.Track("Subs", kind="Subtitle")
    words.append(shot("hello"))
    made.tracks.append(words)
    cut, _ = cut_of(made)
    assert [track.kind for track in cut.tracks] == ["video", "subtitle"]
    assert [clip.kind for clip in cut.tracks[0].clips] == ["still", "generator", "missing"]


def test_collections_and_bare_tracks() -> None:
    first, second = timeline(shot("a")), timeline(shot("b"))
    first.name, second.name = "One", "Two"
    both = otio.schema.SerializableCollection(children=[first, second])
    cut, losses = cut_of(both)
    assert cut.name == "One" and "“Two”" in losses[0]
    track = otio.schema.Track("V1", kind="Audio")
    track.append(shot("s"))
    bare, _ = cut_of(track)
    assert [track.kind for track in bare.tracks] == ["audio"]


def _document(**clip: object) -> bytes:
    time = {"OTIO_SCHEMA": "RationalTime.1", "rate": 24, "value": 10}
    source = {"OTIO_SCHEMA": "TimeRange.1", "start_time": {**time, "value": 0}, "duration": time}
    child = {"OTIO_SCHEMA": "Clip.2", "name": "a", "source_range": source, **clip}
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "V", "children": [child]}
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track]}
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "F", "tracks": stack}).encode()


def _read(data: bytes) -> tuple[Cut, list[str]]:
    value, lowered = parse_otio(data, "film.otio")
    cut, losses = cut_of_json(value)
    return cut, [*lowered, *losses]


def _range(value: object, rate: object = 24) -> dict[str, object]:
    time = {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}
    zero = {"OTIO_SCHEMA": "RationalTime.1", "rate": 24, "value": 0}
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": zero, "duration": time}


@pytest.mark.parametrize(
    "span_",
    [
        _range(float("nan")),
        _range(float("inf")),
        _range(-5),
        _range(1e300),
        _range("ten"),
        _range(10, 0),
        _range(10, float("nan")),
        _range(None),
        "no range",
    ],
    ids=["nan", "inf", "negative", "huge", "text", "rate 0", "rate nan", "none", "not a range"],
)
def test_times_that_cannot_exist_are_refused_in_words(span_: object) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        _read(_document(source_range=span_))
    assert "“a”" in caught.value.message and caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[1, 2]",
        b'{"OTIO_SCHEMA": "Clip.2"',
        b'{"a": 1}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"OTIO_SCHEMA": "Nothing.1"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": "none"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [1]}}',
    ],
    ids=["cut off", "list", "cut off later", "other json", "utf-16", "deep", "unknown root", "no stack", "number"],
)
def test_what_is_no_timeline_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocumentError):
        _read(data)


def test_deeply_nested_cuts_are_refused() -> None:
    inner: dict[str, object] = {"OTIO_SCHEMA": "Stack.1", "children": []}
    for _ in range(60):
        inner = {"OTIO_SCHEMA": "Stack.1", "children": [inner]}
    with pytest.raises(InvalidDocumentError, match="nested"):
        _read(json.dumps({"OTIO_SCHEMA": "Timeline.1", "tracks": inner}).encode())


def test_deep_metadata_is_refused() -> None:
    deep: object = 1
    for _ in range(200):
        deep = {"in": deep}
    with pytest.raises(InvalidDocumentError, match="nested"):
        _read(_document(metadata={"x": deep}))


def test_newer_markers_are_lowered_and_told() -> None:
    marker = {"OTIO_SCHEMA": "Marker.3", "name": "m", "marked_range": _range(1), "color": {"r": 0, "g": 1, "b": 0}}
    cut, losses = _read(_document(markers=[marker]))
    assert clips(cut)[0].markers[0].color == "GREEN"
    assert any("Marker.3" in line for line in losses)


def test_unknown_objects_in_metadata_pass_through() -> None:
    cut, _ = _read(_document(metadata={"x": {"OTIO_SCHEMA": "Thing.7", "a": 1}}))
    base: Any = clips(cut)[0].extras["otio"]
    assert base["metadata"]["x"] == {"OTIO_SCHEMA": "Thing.7", "a": 1}


def test_numbers_that_are_none_leave_metadata_with_a_word() -> None:
    _, losses = _read(_document(metadata={"x": float("nan")}))
    assert losses == ["1 values that are no numbers (NaN) were left out."]
