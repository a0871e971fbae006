"""Peaks are where the sound is: least and greatest sample of equal parts, whatever the blocks it decodes in."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from takebridge.errors import ProbeError
from takebridge.media.audio import RATE, write_wav
from takebridge.media.peaks import MOST, make_peaks, rate_for
from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate


def peaks(src: Path) -> tuple[int, np.ndarray]:
    dst = src.with_suffix(".json")
    make_peaks(src, dst)
    told = json.loads(dst.read_text())
    assert told.keys() == {"rate", "peaks"}
    return told["rate"], np.array(told["peaks"])


def test_each_pair_is_the_least_and_the_greatest_sample_of_its_part(tmp_path: Path) -> None:
    sound = np.zeros((RATE, 2), np.float32)
    sound[480 * 3 + 7, 0] = 0.5  # part 3 of 100 a second, left
    sound[480 * 3 + 479, 1] = -0.25  # its last sample, right
    sound[480 * 99, 0] = -1.0  # the first sample of the last part
    rate, found = peaks(write_wav(tmp_path / "a.wav", sound))
    assert (rate, found.shape) == (100, (100, 2))
    expected = np.zeros((100, 2))
    expected[3], expected[99] = (-0.25, 0.5), (-1.0, 0.0)
    assert np.abs(found - expected).max() < 0.001


def test_noise_in_any_number_of_blocks_is_what_numpy_says_of_the_whole(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).uniform(-1, 1, (3 * RATE + 1234, 2)).astype(np.float32)
    _rate, found = peaks(write_wav(tmp_path / "a.wav", noise))
    assert len(found) == 303  # 300 whole parts of 480 samples, and 1,234 samples more
    parts = np.array_split(noise, range(480, len(noise), 480))
    expected = [(part.min(), part.max()) for part in parts]
    assert np.abs(found - np.array(expected)).max() < 0.001


def test_of_a_film_they_begin_with_its_first_picture(tmp_path: Path) -> None:
    film = render_test_clip(tmp_path / "a.mov", clip_id=1, frame_count=24, rate=FrameRate(24), width=160, height=90)
    rate, found = peaks(film)
    assert rate == 100 and abs(len(found) - 100) <= 3
    assert np.abs(found).max() > 0.01


@pytest.mark.parametrize(
    ("seconds", "rate"), [(1, 100), (360, 100), (361, 50), (720, 50), (3600, 10), (36_000, 1), (100_000, 1)]
)
def test_long_sounds_have_fewer_peaks_a_second(seconds: int, rate: int) -> None:
    assert rate_for(seconds * RATE) == rate
    assert seconds > 36_000 or Fraction(seconds) * rate <= MOST


def test_what_has_no_sound_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    film = render_test_clip(
        tmp_path / "a.mov", clip_id=1, frame_count=4, rate=FrameRate(24), width=160, height=90, audio=False
    )
    with pytest.raises(ProbeError, match=r"“a\.mov” has no sound"):
        make_peaks(film, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == [film]
