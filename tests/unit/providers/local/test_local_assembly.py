"""The assembled film: every record frame shows what the facts say, and is heard where they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.providers.local.local_jobs import Media, Ran, asked, given

from takebridge.media.audio import RATE, read_sound
from takebridge.media.frames import read_frames
from takebridge.media.loudness import loudness
from takebridge.media.planes import PlaneWriter, black, fitted_planes, mixed, read_planes, rgb_to_planes, wiped
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number, render_test_clip
from takebridge.providers.local.assemble import facts_of, pictures
from takebridge.providers.local.burnin import Captions
from takebridge.providers.local.job import profile_of
from takebridge.providers.local.mixing import ducking
from takebridge.providers.local.order import read_order
from takebridge.providers.local.programme import Programme, programme_of
from takebridge.providers.local.subtitles import Cue
from takebridge.providers.protocol import MediaInput
from takebridge.timebase import FrameRate


def programme(*inputs: MediaInput, **params: Any) -> Programme:
    request = asked("assemble", "assemble", *inputs, params=params)
    return programme_of(read_order(Path("/nowhere"), request, profile_of(request.model)))


def facts(ran: Ran) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(ran["timeline"].read_text("utf-8"))
    return loaded


def test_every_frame_of_the_film_is_the_one_it_should_be(made: dict[str, Ran]) -> None:
    """24 frames of card from 3, a dissolve of 6, 24 of a clip at 25 a second, a dip of 4, a still of 12."""
    frames = list(read_frames(made["assemble"]["video"]))
    assert len(frames) == 54
    # The caption covers the barcode between half a second and one and a half.
    shown = {k: read_frame_number(frames[k]) for k in (*range(12), *range(36, 40))}
    assert shown == {
        **{k: (1, 3 + k) for k in range(12)},
        **{k: (2, (k - 18) * 25 // 24) for k in range(36, 40)},
    }
    light = [float(frame[20:100].mean()) for frame in frames[38:47]]
    assert light[2] > light[3] < light[1]
    assert light[3] < 0.5 * light[0]
    assert light[4] < 0.5 * light[6]
    assert np.abs(frames[-1][20:100].reshape(-1, 3).mean(axis=0) - (200, 40, 40)).max() < 4


def test_the_facts_are_whole_numbers_that_add_up(made: dict[str, Ran]) -> None:
    told = facts(made["assemble"])

    def leaves(value: Any) -> Iterator[Any]:
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from leaves(one)
        if not isinstance(value, dict | list):
            yield value

    assert all(value is None or isinstance(value, int | str) for value in leaves(told))
    assert (told["schema"], told["rate"], told["frame_count"]) == ("takebridge.assembly/1", [24, 1], 54)
    assert [(one["record"], one["source"], one["source_rate"]) for one in told["clips"]] == [
        ([0, 24], [3, 27], [24, 1]),
        ([18, 42], [0, 24], [25, 1]),
        ([42, 54], [0, 12], [24, 1]),
    ]
    assert told["transitions"] == [
        {"kind": "dissolve", "from": 0, "to": 1, "record": [18, 24]},
        {"kind": "dip", "from": 1, "to": 2, "record": [40, 44]},
    ]
    assert told["samples"] == 108_000
    assert [(one["role"], one["record_samples"]) for one in told["sounds"]] == [
        ("dialogue", [0, 72_000]),
        ("music", [0, 72_000]),
    ]
    assert told["captions"]["cues"] == [{"start_ms": 500, "end_ms": 1500, "lines": ["The light goes out."]}]
    assert told["clips"][0]["content"] == "b3:card.mp4"


def test_the_sound_is_level_and_exactly_as_long(made: dict[str, Ran]) -> None:
    path = made["assemble"]["video"]
    info = probe(path)
    assert abs(info.audio_samples - 108_000) <= 1100  # AAC stores whole blocks
    sound = read_sound(path)
    assert loudness(sound) == pytest.approx(-16, abs=0.5)
    assert np.abs(sound[:72_000]).max() > 0.05
    assert np.abs(sound[-24_000:]).max() < 0.01  # dialogue and music end after a second and a half


def test_a_burnt_in_caption_is_seen_only_in_its_time(made: dict[str, Ran]) -> None:
    frames = list(read_frames(made["assemble"]["video"]))
    plain = list(read_frames(made["trim"]["video"]))  # begins at card 6: the same pictures without captions
    foot = (slice(158, 172), slice(80, 240))
    assert np.abs(frames[11][foot].astype(int) - plain[8][foot]).mean() < 6
    assert np.abs(frames[12][foot].astype(int) - plain[9][foot]).mean() > 20


@pytest.mark.parametrize("rate", ["24000/1001", "25/1", "30/1", "60/1"])
def test_another_rate_shows_the_frame_begun_last(rate: str, media: Media) -> None:
    made = programme(given("clip", media.card, used=(2, 26)), rate=rate)
    ticks, base = (int(part) for part in rate.split("/"))
    assert made.frame_count == 24 * ticks // (24 * base)
    wanted = [(1, min(2 + k * 24 * base // ticks, 25)) for k in range(made.frame_count)]
    shown = [read_frame_number(_rgb(planes)) for planes in pictures(made)]
    assert shown == wanted


def _rgb(planes: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    luma = planes[: planes.shape[0] * 2 // 3]
    return np.repeat(luma[..., None], 3, axis=2)


def test_a_film_of_stills_alone_takes_the_first_ones_size(media: Media) -> None:
    made = programme(given("clip", media.red), given("clip", media.blue), edits="0: length 5\n1: wipe 2, length 7")
    assert (made.width, made.height, made.rate, made.frame_count) == (320, 180, FrameRate(24), 10)
    assert len(list(pictures(made))) == 10
    assert facts_of(made)["transitions"] == [{"kind": "wipe", "from": 0, "to": 1, "record": [3, 5]}]


def test_a_silent_film_has_no_sound(media: Media) -> None:
    made = programme(given("clip", media.broad))
    assert made.sounds == ()
    assert [one["sound"] for one in facts_of(made)["clips"]] == [False]


def test_dialogue_follows_itself_and_effects_begin_with_their_clips(media: Media) -> None:
    clips = [given("clip", media.card), given("clip", media.card)]
    made = programme(
        *clips, given("audio", media.hush), given("audio", media.tone), given("sfx", media.hush),
        given("sfx", media.tone), given("sfx", media.hush),
    )  # fmt: skip
    assert made.samples == 120_000
    assert [(laid.role, laid.start, laid.samples) for laid in made.sounds] == [
        ("dialogue", 0, 48_000),
        ("dialogue", 48_000, 72_000),
        ("sfx", 0, 48_000),
        ("sfx", 60_000, 60_000),  # cut at the end of the film
        ("sfx", 60_000, 48_000),  # more effects than clips
    ]


def test_music_goes_down_while_somebody_speaks() -> None:
    talk = np.zeros((6 * RATE, 2), np.float32)
    talk[2 * RATE : 3 * RATE] = 0.2
    gain = ducking(talk)
    assert gain[RATE] == pytest.approx(1.0, abs=0.01)
    assert gain[int(2.5 * RATE)] == pytest.approx(10 ** (-11 / 20), abs=0.01)
    assert gain[5 * RATE] == pytest.approx(1.0, abs=0.01)
    assert np.abs(np.diff(gain)).max() < 1e-3, "no step that could be heard"


# --- planes -----------------------------------------------------------------------------------------------


def test_a_frame_that_fits_passes_through_untouched(tmp_path: Path) -> None:
    path = render_test_clip(
        tmp_path / "a.mp4", clip_id=1, frame_count=4, rate=FrameRate(24), width=64, height=36, audio=False
    )
    info = probe(path)
    frames = list(read_planes(info, [0, 1, 1, 3], 64, 36))
    again = tmp_path / "b.mp4"
    with PlaneWriter(again, FrameRate(24), 64, 36, 4) as writer:
        for frame in frames:
            writer.write(frame)
    assert [read_frame_number(rgb)[1] for rgb in read_frames(again)] == [0, 1, 1, 3]
    assert probe(again).colour == info.colour
    assert np.array_equal(frames[1], frames[2])


def test_colours_survive_as_planes(tmp_path: Path) -> None:
    colours = [(200, 40, 40), (40, 160, 60), (30, 60, 210), (255, 255, 255), (0, 0, 0)]
    with PlaneWriter(tmp_path / "c.mp4", FrameRate(24), 64, 64, len(colours)) as writer:
        for colour in colours:
            writer.write(rgb_to_planes(np.full((64, 64, 3), colour, np.uint8)))
    for frame, colour in zip(read_frames(tmp_path / "c.mp4"), colours, strict=True):
        assert np.abs(frame.astype(int) - colour).max() <= 4


def test_a_writer_leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="stop"),
        PlaneWriter(tmp_path / "d.mp4", FrameRate(24), 64, 64, 3) as writer,
    ):
        writer.write(black(64, 64))
        raise RuntimeError("stop")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("width", "height"), [(64, 36), (66, 34)])
def test_mixes_wipes_and_bars(width: int, height: int) -> None:
    white, dark = rgb_to_planes(np.full((height, width, 3), 255, np.uint8)), black(width, height)
    assert mixed(dark, white, 1, 2)[0, 0] == pytest.approx((16 + 235) / 2, abs=1)
    half = wiped(dark, white, 1, 2)
    edge = width // 2 // 2 * 2
    assert set(half[0, :edge]) == {235}
    assert set(half[0, edge:]) == {16}
    assert np.array_equal(wiped(dark, white, 2, 2), white)
    fitted = fitted_planes(np.full((height, width // 2, 3), 255, np.uint8), width, height)
    assert (fitted[0, 0], fitted[0, width // 2], fitted[0, -1]) == (16, 235, 16)


@pytest.mark.parametrize(("width", "height"), [(320, 180), (322, 182)])
def test_a_caption_changes_only_its_rows_and_moment(width: int, height: int) -> None:
    grey = rgb_to_planes(np.full((height, width, 3), (120, 60, 60), np.uint8))
    captions = Captions([Cue(1000, 2000, ("Hello",))], FrameRate(24), width, height)
    assert captions.over(grey, 23) is grey
    assert captions.over(grey, 48) is grey
    seen = captions.over(grey, 24)
    assert np.array_equal(seen[: height // 2], grey[: height // 2])
    assert seen[:height].max() > 225
    assert seen[:height].min() < 45
    assert np.array_equal(seen[:height, :10], grey[:height, :10])


def test_captions_go_where_their_lines_are_spoken(media: Media) -> None:
    """Captions count the lines end to end: one at 0, one at 1.5 s. The edits place them at 2 s and at 5 s."""
    srt = "1\n00:00:00,500 --> 00:00:01,000\nFirst.\n\n2\n00:00:01,700 --> 00:00:02,400\nSecond.\n"
    made = programme(
        given("clip", media.red),
        given("clip", media.blue),
        given("audio", media.tone),
        given("audio", media.hush),
        given("captions", media.words("lines.srt", srt)),
        rate="24/1",
        edits="0: length 96\n1: length 96\ndialogue 0: at 0 + 48\ndialogue 1: at 1 + 24",
    )
    assert [(cue.start, cue.end) for cue in made.cues] == [(2500, 3000), (5200, 5900)]
