"""What the makers let be heard: exact lengths, safe levels, pauses where the text has them."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.unit.providers.local.local_jobs import Ran

from takebridge.errors import ProbeError, UsageError
from takebridge.media.audio import RATE, read_sound, write_wav
from takebridge.media.loudness import SILENT, levelled, loudness
from takebridge.media.testcard import render_test_clip
from takebridge.providers.local.effects import _joined, recipe_of
from takebridge.providers.local.music import mood_of
from takebridge.providers.local.subtitles import Cue, cues_of, read_cues, spell_srt, spell_vtt
from takebridge.providers.local.synth import roomy, shaped
from takebridge.providers.local.voice import plan_line, without_speaker
from takebridge.timebase import FrameRate

TALE = (
    "The old harbour was quiet that morning, and the boats lay still. Nobody had seen the keeper since the storm; "
    "his lamp, which had burned for forty years, was dark. A girl climbed the rocks and called his name. "
)


def sine(seconds: float, level_db: float, hertz: float = 1000) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    t = np.arange(int(seconds * RATE)) / RATE
    return np.stack([10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)] * 2, axis=1).astype(np.float32)


# --- loudness (cases of EBU Tech 3341, table 1) -----------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        ([(20, -23.0)], -23.0),
        ([(20, -33.0)], -33.0),
        ([(10, -36.0), (60, -23.0), (10, -36.0)], -23.0),
        ([(10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)], -23.0),
    ],
)
def test_loudness_agrees_with_the_published_cases(parts: list[tuple[float, float]], wanted: float) -> None:
    sound = np.concatenate([sine(seconds, level) for seconds, level in parts])
    assert loudness(sound) == pytest.approx(wanted, abs=0.1)


def test_levelling_reaches_its_target_or_stops_at_the_peak() -> None:
    assert loudness(levelled(sine(3, -30), -18)) == pytest.approx(-18, abs=0.05)
    click = np.zeros((RATE, 2), np.float32)
    click[1000:1010] = 0.1
    assert np.abs(levelled(click, -10)).max() == pytest.approx(10 ** (-1.5 / 20), rel=1e-4)
    silence = np.zeros((RATE, 2), np.float32)
    assert loudness(silence) == SILENT
    assert np.array_equal(levelled(silence, -18), silence)


# --- files ------------------------------------------------------------------------------------------------


def test_sound_is_read_by_the_sample(tmp_path: Path) -> None:
    dice = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE, 2)).astype(np.float32)
    path = write_wav(tmp_path / "a.wav", dice)
    assert read_sound(path) == pytest.approx(dice, abs=1e-4)
    assert read_sound(path, first=Fraction(1, 4), samples=100) == pytest.approx(dice[12_000:12_100], abs=1e-4)
    longer = read_sound(path, first=Fraction(1, 2), samples=RATE)
    assert longer.shape == (RATE, 2)
    assert not longer[RATE // 2 :].any()
    with pytest.raises(UsageError):
        write_wav(tmp_path / "b.wav", dice[:0])
    picture = render_test_clip(
        tmp_path / "c.mp4", clip_id=1, frame_count=3, rate=FrameRate(24), width=64, height=36, audio=False
    )
    with pytest.raises(ProbeError):
        read_sound(picture)


def test_the_clicks_of_a_clip_stand_where_they_were_put(tmp_path: Path) -> None:
    path = render_test_clip(tmp_path / "c.mp4", clip_id=1, frame_count=60, rate=FrameRate(24), width=64, height=36)
    sound = read_sound(path, first=Fraction(1, 2), samples=RATE)  # the click of second 1 is half a second in
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.1)
    assert abs(int(loud[0]) - RATE // 2) < 100


# --- voice ------------------------------------------------------------------------------------------------


def test_a_line_is_spoken_at_about_150_words_a_minute() -> None:
    words = len(re.findall(r"[A-Za-z]+", TALE))
    assert plan_line(TALE).seconds == pytest.approx(words / 2.5, rel=0.15)
    assert plan_line(TALE * 2).seconds == pytest.approx(2 * plan_line(TALE).seconds, rel=0.05)
    assert plan_line(TALE, speed_percent=200).seconds == pytest.approx(plan_line(TALE).seconds / 2, rel=0.05)


def test_a_line_rests_where_the_text_does() -> None:
    def longest_gap(text: str) -> float:
        made = plan_line(text).syllables
        return max(b.start - a.start - a.length for a, b in pairwise(made))

    assert longest_gap("Come in and sit down by the fire") < 0.01
    assert longest_gap("Come in, and sit down by the fire") > 0.1
    assert longest_gap("Come in. Sit down by the fire") > longest_gap("Come in, sit down by the fire")
    asks, says = plan_line("You saw the light?").syllables[-1], plan_line("You saw the light.").syllables[-1]
    assert asks.rise > says.rise + 0.2


@pytest.mark.parametrize(
    ("line", "spoken"),
    [("ANNA: Come in.", "Come in."), ("  OLD MAN (V.O.): No.", "No."), ("Note: this stays", "Note: this stays"),
     ("At 12: go", "At 12: go")],
)  # fmt: skip
def test_a_speakers_name_is_not_spoken(line: str, spoken: str) -> None:
    assert without_speaker(line) == spoken


def test_a_voice_can_be_heard_and_pauses(made: dict[str, Ran]) -> None:
    sound = read_sound(made["voice"]["audio"])
    assert loudness(sound) == pytest.approx(-18, abs=0.3)
    assert np.abs(sound).max() < 0.85
    assert len(sound) / RATE == pytest.approx(12 / 2.5, rel=0.25)  # a dozen words and two full stops
    loud = np.abs(sound).max(axis=1)[: len(sound) // 480 * 480].reshape(-1, 480).max(axis=1) > 0.02
    assert 0.5 < loud.mean() < 0.98


# --- music and effects ------------------------------------------------------------------------------------


def test_music_is_exactly_as_long_as_asked_and_fades(made: dict[str, Ran]) -> None:
    sound = read_sound(made["music"]["audio"])
    assert len(sound) == 3100 * 48
    assert loudness(sound) == pytest.approx(-18, abs=0.3)
    assert np.abs(sound).max() < 0.85
    assert np.abs(sound[:48]).max() < 0.01
    assert np.abs(sound[-48:]).max() < 0.01
    assert np.abs(sound[RATE : 2 * RATE]).max() > 0.05


def test_an_effect_is_exactly_as_long_as_asked(made: dict[str, Ran]) -> None:
    sound = read_sound(made["sfx"]["audio"])
    assert len(sound) == 700 * 48
    assert 0.02 < np.abs(sound).max() <= 10 ** (-1.5 / 20) + 1e-3


@pytest.mark.parametrize(
    ("words", "name"),
    [("A dark thriller", "tense"), ("upbeat summer pop", "upbeat"), ("calm ambient bed", "calm"), ("EPIC", "epic")],
)
def test_the_words_choose_the_music(words: str, name: str) -> None:
    assert mood_of(words, 1).name == name
    assert mood_of(words, 1, 90).tempo == 90


@pytest.mark.parametrize(
    ("words", "name"),
    [("Rain on a window", "rain"), ("whoosh past the camera", "whoosh"), ("heavy footsteps", "footsteps"),
     ("something else", "room tone"), ("a train arrives", "engine")],
)  # fmt: skip
def test_the_words_choose_the_effect(words: str, name: str) -> None:
    found, recipe = recipe_of(words)
    assert found == name
    sound = recipe(np.random.default_rng(1), RATE // 2)
    assert sound.shape == (RATE // 2, 2)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 1e-4


def test_a_loop_has_no_seam() -> None:
    t = np.arange(2 * RATE) / RATE
    sound = np.stack([np.sin(2 * np.pi * 3.3 * t)] * 2, axis=1).astype(np.float32)
    seam = RATE // 2
    looped = _joined(sound, seam)
    assert len(looped) == len(sound) - seam
    step = np.abs(np.diff(sound[:, 0])).max()
    assert abs(float(looped[0, 0] - looped[-1, 0])) < 3 * step
    assert np.array_equal(looped[seam:], sound[seam:-seam])


def test_a_room_rings_the_same_however_long_the_sound_is() -> None:
    sound = np.zeros((5 * RATE, 2), np.float32)
    sound[0] = sound[4 * RATE] = 1.0  # two clicks, in different pieces of the convolution
    wet = roomy(sound, np.random.default_rng(3), 0.5, 0.4)
    assert wet[4 * RATE : 4 * RATE + 20_000] == pytest.approx(wet[:20_000], abs=1e-5)
    assert np.abs(wet[100:5000]).max() > 1e-3


def test_a_band_keeps_what_lies_in_it() -> None:
    low, high = sine(1, -6, 200)[:, 0], sine(1, -6, 5000)[:, 0]
    kept = shaped(low + high, 2000, 12_000)
    assert np.abs(np.fft.rfft(kept))[5000] > 50 * np.abs(np.fft.rfft(kept))[200]


# --- captions ---------------------------------------------------------------------------------------------


def test_captions_follow_the_sounds(made: dict[str, Ran]) -> None:
    cues = read_cues(made["captions"]["captions"].read_text("utf-8"), "captions")
    assert " ".join(word for cue in cues[:-1] for word in cue.lines) == (
        "The sea keeps what it takes. But tonight, it gives something back!"
    )
    assert cues[-1] == Cue(1500, 2500, ("Have you seen it?",))  # the second sound, a silent second, whole
    assert (cues[0].start, cues[-2].end) == (0, 1500)
    assert all(a.end <= b.start for a, b in pairwise(cues))


def test_cues_are_short_lines_that_share_the_time() -> None:
    cues = cues_of(TALE, 1000, 13_000, max_chars=32, max_lines=2)
    assert " ".join(" ".join(cue.lines) for cue in cues) == " ".join(TALE.split())
    assert all(len(line) <= 32 for cue in cues for line in cue.lines)
    assert all(1 <= len(cue.lines) <= 2 for cue in cues)
    assert (cues[0].start, cues[-1].end) == (1000, 13_000)
    assert all(a.end == b.start for a, b in pairwise(cues))


def test_both_spellings_are_read_back() -> None:
    cues = [Cue(0, 1500, ("A < B & C",)), Cue(3_725_006, 3_726_000, ("two", "lines"))]
    assert read_cues(spell_srt(cues), "srt") == cues
    assert read_cues(spell_vtt(cues), "vtt") == cues
    assert "01:02:05,006 --> 01:02:06,000" in spell_srt(cues)
    assert spell_vtt(cues).startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nA &lt; B &amp; C\n")
    styled = "WEBVTT\n\nid\n01:02.500 --> 01:03.000 line:80%\n<v Anna><b>Hello</b></v>\n"
    assert read_cues(styled, "vtt") == [Cue(62_500, 63_000, ("Hello",))]
