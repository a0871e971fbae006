"""Writing OTIO: what did not change goes back as it was, what did says exactly what the cut says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from takebridge.cut.model import Clip, Cut, Gap, Marker, Media, Span, Take, Track, Transition, clips_of
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.interchange.otio_cut import cut_of, timeline_of
from takebridge.timebase import FrameRate

Time, Range = otio.opentime.RationalTime, otio.opentime.TimeRange
NTSC = FrameRate(24000, 1001)


def rich() -> Any:
    """One of everything, with foreign metadata everywhere."""
    made = otio.schema.Timeline("Film", global_start_time=Time(86400, 24000 / 1001), metadata={"Host": {"x": 1}})
    made.tracks.metadata["Host"] = {"stack": [1, None, "ü"]}
    made.tracks.markers.append(otio.schema.Marker("m", Range(Time(5, 24), Time(0, 24)), "RED"))
    track = otio.schema.Track("V1", kind="Video", metadata={"Resolve_OTIO": {"Locked": True}})
    reference = otio.schema.ExternalReference("file:///m/a%20b.mov", Range(Time(100, 25), Time(500, 25)))
    reference.metadata["Host"] = {"media": 7}
    clip = otio.schema.Clip("a", source_range=Range(Time(110, 25), Time(40, 25)))
    clip.set_media_references({"DEFAULT_MEDIA": reference, "other": otio.schema.MissingReference("o")}, "other")
    clip.effects.extend([otio.schema.LinearTimeWarp(time_scalar=1.5), otio.schema.Effect(effect_name="Glow")])
    clip.markers.append(otio.schema.Marker("n", Range(Time(112, 25), Time(1, 25)), "GREEN", {"k": {"v": 2}}))
    track.extend([otio.schema.Gap(source_range=Range(Time(3, 30), Time(9, 30))), clip])
    track.append(otio.schema.Transition("t", "Custom_Transition", Time(1, 24), Time(2, 24), {"Host": {"y": 1}}))
    inner = otio.schema.Stack("in", source_range=Range(Time(0, 24), Time(12, 24)))
    inner.append(otio.schema.Track("deep", [otio.schema.Clip("z", None, Range(Time(0, 24), Time(20, 24)))]))
    track.extend([inner, otio.schema.Gap(source_range=Range(Time(0, 24), Time(0, 24)))])
    made.tracks.append(track)
    made.tracks.append(otio.schema.Clip("loose", None, Range(Time(0, 24), Time(4, 24))))
    return made


def test_what_nobody_touched_is_equal_to_the_last_metadata() -> None:
    made = rich()
    cut, _ = cut_of(made)
    back, losses = timeline_of(cut)
    assert back.is_equivalent_to(made)
    assert losses == ()


def test_through_files_too(tmp_path: Path) -> None:
    path = tmp_path / "a.otio"
    otio.adapters.write_to_file(rich(), str(path), "otio_json")
    write_cut(read_cut(path).cut, tmp_path / "b.otio", target="plain")
    assert otio.adapters.read_from_file(str(tmp_path / "b.otio"), "otio_json").is_equivalent_to(rich())


def changed(cut: Cut, **fields: Any) -> Cut:
    """The cut with its first clip changed."""
    track = cut.tracks[0]
    index = next(number for number, item in enumerate(track.items) if isinstance(item, Clip))
    items = list(track.items)
    items[index] = replace(items[index], **fields)
    return replace(cut, tracks=(replace(track, items=tuple(items)), *cut.tracks[1:]))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "new"},
        {"enabled": False},
        {"speed": Fraction(-1)},
        {"speed": Fraction(0)},
        {"stamp": "tb-0123456789ab", "key": "k"},
        {"link": "pair"},
        {"role": "dialogue.boom"},
        {"kind": "adjustment"},
        {"active": 0},
        {"markers": (Marker(3, 2, "x", "note", "BLUE"),)},
        {"markers": ()},
        {"source": Span(7, 67)},
        {"media": Media("new.mov", "/n/new.mov", FrameRate(30), 900, 10, "m1", ("/n/proxy.mov",)), "takes": ()},
        {"ids": (("xmeml.id", "clip-7"),)},
    ],
    ids=lambda fields: " ".join(fields),
)
def test_each_change_comes_back(fields: dict[str, Any]) -> None:
    start, _ = cut_of(rich())
    wanted = changed(start, **fields)
    back, _ = cut_of(timeline_of(wanted)[0])
    one, two = (next(clip for _, clip in clips_of(cut)) for cut in (wanted, back))
    for name in fields:
        if name == "media":
            assert one.media is not None and two.media is not None
            assert replace(one.media, extras={}) == replace(two.media, extras={})
        elif name == "markers":
            assert [replace(m, extras={}) for m in one.markers] == [replace(m, extras={}) for m in two.markers]
        else:
            assert getattr(one, name) == getattr(two, name)
    assert two.record == one.record
    assert len(two.markers) == len(one.markers), "the marker that carries a stamp is none of the cut's"


def made_cut() -> Cut:
    media = Media("a.mov", "/m/a b.mov", NTSC, 1000, 86400)
    takes = (
        Take("1", media, Span(10, 34), "first"),
        Take("2", Media("b.mov", "/m/b.mov", NTSC, 500), Span(Fraction(1, 2), 5), "second", "take_x"),
    )
    clip = Clip("shot", Span(12, 36), media, Span(10, 34), takes=takes, active=0, stamp="tb-0123456789ab", link="l")
    title = Clip("Title", Span(36, 60), None, None, "title")
    sound = Clip("sound", Span(Fraction(25, 2), 36), media, Span(Fraction(21, 2), 34), link="l")
    items = (Gap(Span(0, 12)), clip, Transition(Span(30, 42), 36, "x", "SMPTE_Dissolve"), title)
    tracks = (Track("video", items, "V1"), Track("audio", (Gap(Span(0, Fraction(25, 2))), sound), "A1"))
    words = Track("subtitle", (Clip("hello", Span(0, 10), kind="caption"),), "Words")
    marks = (Marker(5, 0, "cut", "why"),)
    return Cut("Film", NTSC, (*tracks, words), 86400, False, 1920, 1080, marks, "p", "Project", "t", "r1")


def test_a_cut_of_no_format_comes_back_from_plain() -> None:
    wanted = made_cut()
    timeline, losses = timeline_of(wanted)
    back, _ = cut_of(timeline)
    assert losses == ()

    def bare(item: Any) -> Any:
        item = replace(item, extras={})
        if isinstance(item, Clip):
            media = None if item.media is None else replace(item.media, extras={})
            takes = tuple(
                replace(take, extras={}, media=None if take.media is None else replace(take.media, extras={}))
                for take in item.takes
            )
            return replace(item, media=media, takes=takes)
        return item

    assert replace(back, tracks=(), markers=(), extras={}) == replace(wanted, tracks=(), markers=(), extras={})
    for one, two in zip(back.tracks, wanted.tracks, strict=True):
        assert (one.kind, one.name) == (two.kind, two.name)
        for item, meant in zip(one.items, two.items, strict=True):
            if isinstance(item, Clip) and item.media is None:
                item = replace(item, source=None)
            elif isinstance(item, Clip) and isinstance(meant, Clip) and item.media is not None and not meant.media:
                item = replace(item, media=None, source=None)
            assert bare(item) == bare(meant)


def test_the_active_take_stands_where_hosts_look_for_it() -> None:
    timeline, _ = timeline_of(made_cut())
    clip = timeline.tracks[0][1]
    assert clip.active_media_reference_key == "DEFAULT_MEDIA"
    assert clip.media_reference.target_url == "file:///m/a%20b.mov"
    assert set(clip.media_references()) == {"DEFAULT_MEDIA", "2"}
    assert clip.source_range.start_time == Time(86410, 24000 / 1001)


def test_clips_that_lie_over_others_get_a_track_of_their_own() -> None:
    media = Media("a.mov", "/m/a.mov", FrameRate(25))
    clips = tuple(Clip(name, Span(a, b), media, Span(0, b - a)) for name, a, b in (("a", 0, 10), ("b", 5, 15)))
    timeline, losses = timeline_of(Cut("F", FrameRate(25), (Track("video", clips),)))
    assert len(timeline.tracks) == 2
    assert timeline.tracks[1][1].range_in_parent() == Range(Time(5, 25), Time(10, 25))
    assert losses == ("“b” lies over another clip: it is written on a track above it.",)


def test_a_ramp_without_a_word_of_otio_is_told() -> None:
    clip = Clip("a", Span(0, 10), None, Span(0, 10), speed=None, ramp="<curve/>", look="<filter/>")
    _, losses = timeline_of(Cut("F", FrameRate(25), (Track("video", (clip,)),)))
    assert losses == (
        "“a”: its effects and adjustments are not written.",
        "“a”: its speed ramp is not written; it plays at 100 %.",
    )


# --- what hosts import --------------------------------------------------------------------------------------


def test_resolve_gets_stock_schemas_one_reference_and_timecode() -> None:
    timeline, losses = timeline_of(made_cut(), "resolve")
    clip = timeline.tracks[0][1]
    assert list(clip.media_references()) == ["DEFAULT_MEDIA"]
    assert clip.media_reference.target_url == "/m/a b.mov"
    assert clip.media_reference.available_range.start_time == Time(86400, 24000 / 1001)
    assert clip.source_range.start_time == Time(86410, 24000 / 1001)
    assert (clip.name, clip.media_reference.name) == ("a b.mov", "a b.mov")
    assert timeline.global_start_time == Time(86400, 24000 / 1001)
    assert dict(timeline.metadata["Resolve_OTIO"]) == {"Resolve OTIO Meta Version": "1.0"}
    assert (
        clip.metadata["Resolve_OTIO"]["Link Group ID"]
        == timeline.tracks[1][1].metadata["Resolve_OTIO"]["Link Group ID"]
    )
    assert "takebridge" not in timeline.to_json_string()
    assert [marker.comment for marker in clip.markers] == ["tb-0123456789ab"]
    text = "\n".join(losses)
    assert "the take “second” is not written" in text
    assert "The subtitle track “Words” with 1 captions is not written." in text
    assert "“Title” (title) has no file" in text


def test_resolve_keeps_its_own_metadata_and_drops_that_of_others() -> None:
    made = rich()
    made.tracks[0][1].metadata["Resolve_OTIO"] = {"Channels": 2}
    made.tracks[0][1].metadata["Other"] = {"id": 3}
    timeline, _ = timeline_of(cut_of(made)[0], "resolve")
    assert dict(timeline.tracks[0][1].metadata["Resolve_OTIO"]) == {"Channels": 2}
    assert "Other" not in timeline.tracks[0][1].metadata


def test_premiere_gets_urls_and_no_warp_that_does_nothing() -> None:
    timeline, losses = timeline_of(made_cut(), "premiere")
    clip = timeline.tracks[0][1]
    assert clip.media_reference.target_url == "file:///m/a%20b.mov"
    assert list(clip.effects) == []
    assert dict(timeline.metadata["PremierePro_OTIO"]) == {"MetadataVersion": "1.0"}
    assert any("“shot”: the take “second”" in line for line in losses)


@pytest.mark.parametrize("flavour", ["plain", "resolve", "premiere"])
def test_record_times_are_exact_in_every_flavour(flavour: Any) -> None:
    timeline, _ = timeline_of(made_cut(), flavour)
    back, _ = cut_of(timeline)
    spans = [[clip.record for clip in track.clips] for track in back.tracks[:2]]
    assert spans == [[Span(12, 36), Span(36, 60)], [Span(Fraction(25, 2), 36)]]
