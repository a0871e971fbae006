"""From the emulator's truth through the agent to the host-neutral cut: four frame spaces, each version's own words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, Rig

from takebridge.cut.model import Clip, Cut, Frame, Span, Transition
from takebridge.hosts.protocol import Snapshot
from takebridge.hosts.reading import neutral, read_cut

STAMP = "tb-0123456789ab"


def cut_of(rig: Rig) -> Cut:
    return neutral(read_cut(Snapshot.model_validate(rig.result("timeline.snapshot", {"marks": True}))))


def has_source_getters(rig: Rig) -> bool:
    return rig.world.profile.version >= (19, 0, 2)


def offline(at: int, duration: int = 48, source: int = 24, **more: Any) -> dict[str, Any]:
    media = {"rate": "23.976", "frames": 2000, "audio_channels": 2, **more.pop("media", {})}
    return {"kind": "clip", "timeline_start": at, "duration": duration, "source_start": source, "media": media, **more}


def shown(cut: Cut, kind: str) -> list[tuple[Span, Span | None]]:
    return [(clip.record, clip.source) for track in cut.tracks if track.kind == kind for clip in track.clips]


RATES = {
    "23.976": Fraction(24000, 1001),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "59.94": Fraction(60000, 1001),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("rate", RATES)
def test_places_and_sources_are_exact_at_every_rate(make_rig: Callable[..., Rig], profile: str, rate: str) -> None:
    timeline = {"name": "Cut", "rate": rate, "drop_frame": rate in ("29.97", "59.94"), "width": 16, "height": 9}
    media = {"rate": rate, "frames": 2000, "audio_channels": 2}
    clips = [
        offline(0, 48, 24, media=media, audio=True),
        offline(48, 31, 7, media=media),
        offline(100, 25, 3, media=media, misreport=1),
    ]
    rig = make_rig(profile, timeline={**timeline, "start_timecode": "01:00:00:00"}, clips=clips, playhead="01:00:00:00")
    made = cut_of(rig)
    assert made.rate.fraction == RATES[rate]
    assert made.start == rig.world.project.timelines[0].start_frame
    expected: list[tuple[Span, Span]] = [
        (Span(0, 48), Span(24, 72)),
        (Span(48, 79), Span(7, 38)),
        (Span(100, 125), Span(3, 28)),
    ]
    assert shown(made, "video") == expected
    assert shown(made, "audio") == expected[:1]
    assert [clip.speed for track in made.tracks for clip in track.clips] == [1, 1, 1, 1]


@pytest.mark.parametrize("profile", PROFILES)
def test_sound_of_another_rate_shows_what_its_picture_shows(make_rig: Callable[..., Rig], profile: str) -> None:
    timeline = {"name": "Cut", "rate": "24", "start_timecode": "01:00:00:00", "width": 16, "height": 9}
    clips = [offline(0, 48, 26, media={"rate": "25"}, audio=True)]
    rig = make_rig(profile, timeline=timeline, clips=clips, playhead="01:00:00:00")
    item = rig.world.project.timelines[0].tracks["video"][0].items[0]
    made = cut_of(rig)
    [(_, picture)], [(_, sound)] = shown(made, "video"), shown(made, "audio")
    assert picture == sound == Span(item.source_start, item.source_end) == Span(26, 76)


RETIMES: dict[str, tuple[dict[str, Any], Fraction, tuple[Frame, Frame]]] = {
    "half": ({"speed_percent": "50"}, Fraction(1, 2), (24, 48)),
    "double": ({"speed_percent": "200"}, Fraction(2), (24, 120)),
    "reversed": ({"speed_percent": "100", "reversed": True}, Fraction(-1), (24, 72)),
    "fast and reversed": ({"speed_percent": "200", "reversed": True}, Fraction(-2), (24, 120)),
}


@pytest.mark.parametrize("name", RETIMES)
@pytest.mark.parametrize("profile", PROFILES)
def test_retimes_are_told_where_the_version_can(make_rig: Callable[..., Rig], profile: str, name: str) -> None:
    retime, speed, (first, last) = RETIMES[name]
    rig = make_rig(profile, clips=[offline(0, **retime)], playhead="01:00:00:00")
    [clip] = [clip for track in cut_of(rig).tracks for clip in track.clips]
    if has_source_getters(rig):
        assert (clip.speed, clip.source) == (speed, Span(first, last))
    else:
        assert clip.speed == 1


@pytest.mark.parametrize("profile", ["19.1", "20.3", "21.0 free"])
def test_an_unknown_source_is_unknown(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile, clips=[offline(0, speed_percent="50", unknown_source=True)], playhead="01:00:00:00")
    [clip] = [clip for track in cut_of(rig).tracks for clip in track.clips]
    assert (clip.source, clip.speed, clip.ramp) == (None, None, "unknown")


def test_links_takes_titles_and_looks(every: Rig) -> None:
    every.add()
    made = cut_of(every)
    assert [(track.kind, track.name, len(track.items)) for track in made.tracks] == [
        ("video", "Video 1", 2),
        ("video", "Video 2", 1),
        ("audio", "Audio 1", 1),
    ]
    [picture, _], [title], [sound] = [track.clips for track in made.tracks]
    assert (title.kind, title.media, title.source) == ("title", None, None)
    assert [take.media.location for take in picture.takes if take.media] == [every.files["a"], every.files["take1"]]
    assert [take.source for take in picture.takes] == [Span(24, 72), Span(6, 54)]
    assert (picture.active, picture.source) == (1, Span(6, 54))
    assert bool(picture.link) == (every.world.profile.version >= (19,))
    assert picture.link == sound.link
    every.ui.set_item(picture.key, color="Pink")
    assert cut_of(every).tracks[0].clips[0].look != picture.look


def test_stamps_and_markers(every: Rig) -> None:
    every.result("clip.stamp", {**every.ref(), "stamp": STAMP}, every.expect())
    args = {"clip": every.ref(), "source_frame": 30, "color": "Sky", "name": "eyes", "duration_frames": 2}
    every.result("marker.add", args, every.expect())
    every.result("marker.add", {"record_frame": 86400 + 12, "color": "Red", "name": "Hook"}, every.expect())
    made = cut_of(every)
    clip = made.tracks[0].clips[0]
    assert clip.stamp == STAMP
    assert [(marker.at, marker.duration, marker.name, marker.color) for marker in clip.markers] == [
        (30, 2, "eyes", "Sky")
    ]
    assert [(marker.at, marker.name) for marker in made.markers] == [(12, "Hook")]


def test_a_transition_stands_between_its_clips(every: Rig) -> None:
    clips = [offline(0), offline(48), {"kind": "transition", "timeline_start": 42, "duration": 12}]
    rig = Rig(every.files, ".".join(map(str, every.world.profile.version[:2])), clips=clips, playhead="01:00:00:00")
    kinds = [type(item) for item in cut_of(rig).tracks[0].items]
    assert kinds == [Clip, Transition, Clip]
    join = cut_of(rig).tracks[0].items[1]
    assert isinstance(join, Transition) and (join.cut, join.record) == (48, Span(42, 54))


def test_a_copy_of_the_timeline_reads_the_same(every: Rig) -> None:
    """Keys and links aside, a safety copy is the cut it was made of."""
    every.add()
    every.result("clip.stamp", {**every.ref(), "stamp": STAMP}, every.expect())
    before = cut_of(every)
    made = every.result("timeline.duplicate", {"name": "Copy"}, every.expect())
    every.result("timeline.select", {"timeline_id": made["timeline_id"]}, every.expect())
    after = cut_of(every)
    assert after.timeline_id != before.timeline_id
    facts = [
        [
            [
                (clip.name, clip.record, clip.source, clip.takes, clip.active, clip.stamp, clip.look)
                for clip in track.clips
            ]
            for track in cut.tracks
        ]
        for cut in (before, after)
    ]
    assert facts[0] == facts[1]
