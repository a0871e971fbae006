"""The cut of an assembled film as OTIO, read back with OpenTimelineIO itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from takebridge.errors import InvalidDocumentError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge.interchange.assembly import read_assembly
from takebridge.interchange.film_out import write_film
from takebridge.interchange.film_types import Film, FilmSource, FilmTake, film_in
from takebridge.timebase import FrameRate

R24 = FrameRate(24)


def content(number: int) -> BlobHash:
    return BlobHash(f"b3:{number:064x}")


def clip(
    rank: int, start: int, end: int, *, rate: tuple[int, int] = (24, 1), first: int = 0, **more: Any
) -> dict[str, Any]:
    """A clip at the film's own rate, from its source frame ``first`` on."""
    plain = {
        "rank": rank,
        "name": f"clip {rank}",
        "content": content(rank),
        "media_type": "video",
        "record": [start, end],
        "source": [first, first + end - start],
        "source_rate": list(rate),
        "available": [0, 500],
        "width": 64,
        "height": 36,
        "sound": False,
    }
    return {**plain, **more}


def assembly(clips: list[dict[str, Any]], rate: tuple[int, int] = (24, 1), **more: Any) -> str:
    frames = clips[-1]["record"][1]
    plain = {
        "schema": "takebridge.assembly/1",
        "rate": list(rate),
        "width": 64,
        "height": 36,
        "frame_count": frames,
        "sample_rate": 48000,
        "samples": frames * 48000 * rate[1] // rate[0],
        "clips": clips,
        "transitions": [],
        "sounds": [],
        "captions": None,
        "mix": {"programme_lufs": -16, "duck_db": -11},
    }
    return json.dumps({**plain, **more})


def take(folder: Path, number: int, seq: int = 1, frames: int | None = 500, rate: FrameRate = R24) -> FilmTake:
    moving = frames is not None
    return FilmTake(
        seq=seq,
        take=TakeId(f"take_{number}_{seq}"),
        content=content(number),
        path=folder / f"clip{number}_take{seq:02}.mov",
        frames=frames,
        rate=rate if moving else None,
        previz=True,
    )


def film(folder: Path, text: str, others: dict[int, tuple[FilmTake, ...]] | None = None) -> Film:
    facts = read_assembly(text)
    clips = [
        FilmSource(
            title=one.name,
            node=NodeId(f"n{one.rank}"),
            used=take(folder, one.rank, frames=None if one.media_type == "image" else 500, rate=one.rate),
            others=(others or {}).get(one.rank, ()),
        )
        for one in facts.clips
    ]
    sounds = [
        FilmSource(title=one.name, node=NodeId("s"), used=take(folder, 90 + number, frames=None))
        for number, one in enumerate(facts.sounds)
    ]
    return Film(
        title="Film",
        canvas=CanvasId("c"),
        node=NodeId("export"),
        take=TakeId("film"),
        content=content(99),
        assembly=facts,
        clips=tuple(clips),
        sounds=tuple(sounds),
    )


def written(folder: Path, text: str, **more: Any) -> tuple[Any, tuple[str, ...]]:
    losses = write_film(film(folder, text, **more), folder / "film.otio")
    return otio.adapters.read_from_file(str(folder / "film.otio"), adapter_name="otio_json"), losses


def spans(track: Any) -> list[tuple[str, int, int, int]]:
    """(name, record start, frames, first source frame) of a track's clips, by OTIO's own arithmetic."""
    found = []
    for item in track:
        if isinstance(item, otio.schema.Clip):
            at = item.range_in_parent()
            start = int(item.source_range.start_time.value)
            found.append((item.name, int(at.start_time.value), int(at.duration.value), start))
    return found


def test_plain_cuts_lie_end_to_end(tmp_path: Path) -> None:
    timeline, losses = written(tmp_path, assembly([clip(0, 0, 48), clip(1, 48, 60, first=100)]))
    assert losses == ()
    assert timeline.duration() == otio.opentime.RationalTime(60, 24)
    assert spans(timeline.tracks[0]) == [("clip 0", 0, 48, 0), ("clip 1", 48, 12, 100)]
    facts = timeline.tracks[0][1].metadata["takebridge"]
    assert (facts["canvas"], facts["node"], facts["take"]) == ("c", "n1", "take_1_1")
    assert facts["content"] == content(1) and facts["previz"] is True


def test_a_dissolve_hangs_on_an_edge_in_its_middle(tmp_path: Path) -> None:
    clips = [clip(0, 0, 48), clip(1, 35, 100)]  # 13 frames of both: 35 to 47
    dissolve = {"kind": "dissolve", "from": 0, "to": 1, "record": [35, 48]}
    timeline, losses = written(tmp_path, assembly(clips, transitions=[dissolve]))
    assert losses == ()
    before, transition, after = timeline.tracks[0]
    assert transition.transition_type == "SMPTE_Dissolve"
    assert (int(transition.in_offset.value), int(transition.out_offset.value)) == (6, 7)
    # The edge is at frame 41; the second clip shows its sixth frame there.
    assert spans(timeline.tracks[0]) == [("clip 0", 0, 41, 0), ("clip 1", 41, 59, 6)]
    assert timeline.duration() == otio.opentime.RationalTime(100, 24)
    assert before.trimmed_range_in_parent() and after.available_range().duration.value == 500


def test_a_dip_between_clips_is_named_and_one_at_the_end_is_a_fade(tmp_path: Path) -> None:
    dips = [
        {"kind": "dip", "from": 0, "to": 1, "record": [42, 54]},
        {"kind": "dip", "from": 1, "to": None, "record": [72, 96]},
    ]
    timeline, losses = written(tmp_path, assembly([clip(0, 0, 48), clip(1, 48, 96)], transitions=dips))
    assert len(losses) == 1 and "dip at frame 42" in losses[0]
    _, between, _, end = timeline.tracks[0]
    assert between.transition_type == "Custom_Transition" and end.transition_type == "SMPTE_Dissolve"
    assert (between.in_offset.value, between.out_offset.value) == (6, 6)
    assert (end.in_offset.value, end.out_offset.value) == (24, 0)
    assert timeline.duration() == otio.opentime.RationalTime(96, 24)


def test_a_fade_from_black_comes_first(tmp_path: Path) -> None:
    dip = {"kind": "dip", "from": None, "to": 0, "record": [0, 12]}
    timeline, _ = written(tmp_path, assembly([clip(0, 0, 48)], transitions=[dip]))
    begin = timeline.tracks[0][0]
    assert (begin.in_offset.value, begin.out_offset.value) == (0, 12)
    assert spans(timeline.tracks[0]) == [("clip 0", 0, 48, 0)]


def test_a_clip_of_another_rate_begins_on_its_own_frame(tmp_path: Path) -> None:
    # 24 record frames at 24 are one second: 30 frames of a 30 fps source. The edge lies 12 record frames in: frame 15.
    clips = [clip(0, 0, 48), clip(1, 36, 60, rate=(30, 1), source=[200, 230])]
    dissolve = {"kind": "dissolve", "from": 0, "to": 1, "record": [24 + 12, 48]}
    timeline, _ = written(tmp_path, assembly(clips, transitions=[dissolve]))
    assert spans(timeline.tracks[0])[1] == ("clip 1", 42, 18, 200 + 7)  # 6 record frames are 7.5 source frames
    assert timeline.tracks[0][2].source_range.start_time.rate == 30
    assert timeline.duration() == otio.opentime.RationalTime(60, 24)


def test_stills_are_as_long_as_the_film_shows_them(tmp_path: Path) -> None:
    still = clip(0, 0, 50, media_type="image", available=[0, 50])
    timeline, _ = written(tmp_path, assembly([still, clip(1, 50, 60)]))
    reference = timeline.tracks[0][0].media_reference
    assert reference.available_range.duration == otio.opentime.RationalTime(50, 24)
    assert spans(timeline.tracks[0])[0] == ("clip 0", 0, 50, 0)


def test_a_fractional_rate_keeps_every_frame(tmp_path: Path) -> None:
    text = assembly([clip(0, 0, 1001, rate=(24000, 1001), source=[0, 1001], available=[0, 1001])], (24000, 1001))
    timeline, _ = written(tmp_path, text)
    length = timeline.duration()
    assert (length.value, length.rate) == (1001, 24000 / 1001)


def test_the_tray_is_offered_and_the_take_of_the_film_is_active(tmp_path: Path) -> None:
    others = {0: (take(tmp_path, 0, 2), take(tmp_path, 0, 3, frames=40), take(tmp_path, 0, 4, rate=FrameRate(25)))}
    timeline, losses = written(tmp_path, assembly([clip(0, 0, 48)]), others=others)
    shown = timeline.tracks[0][0]
    assert sorted(shown.media_references()) == ["take 1", "take 2"]
    assert shown.active_media_reference_key == "take 1"
    assert [line[:6] for line in losses] == ["Take 3", "Take 4"]
    assert "too short" in losses[0] and "another frame rate" in losses[1]


def test_sounds_lie_to_the_sample_on_tracks_of_their_role(tmp_path: Path) -> None:
    def sound(role: str, name: str, start: int, end: int) -> dict[str, Any]:
        where = {"record_samples": [start, end], "source_samples": [0, end - start], "gain_db": -2}
        return {"role": role, "name": name, "content": content(7), **where}

    sounds = [
        sound("dialogue", "one", 0, 50001),
        sound("dialogue", "over it", 40000, 60000),
        sound("dialogue", "after", 60000, 70000),
        sound("music", "song", 100, 96000),
    ]
    timeline, losses = written(tmp_path, assembly([clip(0, 0, 48)], sounds=sounds))
    assert [(track.name, track.kind) for track in timeline.tracks] == [
        ("Video 1", "Video"),
        ("Dialogue", "Audio"),
        ("Dialogue 2", "Audio"),
        ("Music", "Audio"),
    ]
    assert spans(timeline.tracks[1]) == [("one", 0, 50001, 0), ("after", 60000, 10000, 0)]
    assert spans(timeline.tracks[2]) == [("over it", 40000, 20000, 0)]
    assert spans(timeline.tracks[3]) == [("song", 100, 95900, 0)]
    assert timeline.duration().rescaled_to(24) == otio.opentime.RationalTime(48, 24)
    assert len(losses) == 1 and "mix" in losses[0]


def test_the_sound_of_clips_lies_under_them(tmp_path: Path) -> None:
    timeline, _ = written(tmp_path, assembly([clip(0, 0, 48), clip(1, 48, 60), clip(2, 60, 90, sound=True)]))
    assert timeline.tracks[1].name == "Clips" and timeline.tracks[1].kind == "Audio"
    assert spans(timeline.tracks[1]) == [("clip 2", 60, 30, 0)]


def test_the_file_says_which_film_it_is_of(tmp_path: Path) -> None:
    written(tmp_path, assembly([clip(0, 0, 48)]))
    assert film_in(tmp_path / "film.otio") == ("c", "export")
    (tmp_path / "else.otio").write_text("[]")
    assert film_in(tmp_path / "else.otio") is None and film_in(tmp_path / "none.otio") is None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"schema": "takebridge.assembly/2"}, "assembly/2"),
        ({"rate": [0, 1]}, "rate"),
        ({"frame_count": 61}, "length"),
        ({"clips": []}, "clips"),
        ({"clips": [clip(0, 0, 48), clip(1, 50, 60)]}, "gaps"),
        ({"clips": [clip(1, 0, 60)]}, "order"),
        ({"clips": [clip(0, 0, 60, content="b3:x", source=[0, -1])]}, "source"),
        ({"rate": [1000000, 1]}, "rate"),
    ],
)
def test_facts_that_cannot_be_are_refused(changes: dict[str, Any], named: str) -> None:
    text = json.dumps({**json.loads(assembly([clip(0, 0, 48), clip(1, 48, 60)])), **changes})
    with pytest.raises(InvalidDocumentError, match=named) as caught:
        read_assembly(text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "{}", '{"schema": 3}'])
def test_what_is_no_assembly_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocumentError):
        read_assembly(text)
