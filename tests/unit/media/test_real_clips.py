"""The same promises over real footage: untagged, 4:4:4, anamorphic, 5.1 sound, 10 and 20 frames a second."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.support.media import R23, shared_media

from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_with_handles
from takebridge.media.frames import filmstrip, read_frames
from takebridge.media.info import BT709
from takebridge.media.probe import probe
from takebridge.timebase import FrameRange, FrameRate

pytestmark = pytest.mark.media

# Counts: plain ffmpeg 9.0.2, `-fps_mode passthrough -f null -progress -`.
FACTS = {
    "bigbuckbunny.mp4": (132, FrameRate(25), (1280, 720), True),
    "bikes.mp4": (250, FrameRate(25), (640, 272), False),
    "carphone_pristine.mp4": (120, FrameRate(30000, 1001), (193, 144), False),
    "cockatoo.mp4": (280, FrameRate(20), (1280, 720), True),
    "people_walking.mp4": (1394, FrameRate(10), (768, 432), False),
}


def clip(name: str) -> Path:
    path = shared_media() / name
    if not path.exists():
        pytest.skip(f"the real clip {name} is absent from {path.parent}")
    return path


@pytest.mark.parametrize("name", FACTS)
def test_facts(name: str) -> None:
    info = probe(clip(name))
    assert (info.frame_count, info.rate, (info.width, info.height), info.has_audio) == FACTS[name]
    assert not info.is_vfr


@pytest.mark.parametrize("name", FACTS)
def test_a_cut_from_the_middle_holds_the_very_pictures(name: str, tmp_path: Path) -> None:
    source = clip(name)
    first = FACTS[name][0] // 2 + 3
    report = cut_with_handles(source, tmp_path / "a.mov", FrameRange(first, first + 6), handles=2, codec="prores_aw")
    assert report.frame_count == 10
    wanted = list(read_frames(source, first - 2, 10))
    for index, (got, want) in enumerate(zip(read_frames(tmp_path / "a.mov"), wanted, strict=True)):
        height, width = min(got.shape[0], want.shape[0]), min(got.shape[1], want.shape[1])
        if got.shape == want.shape:
            errors = [np.abs(got.astype(int) - other).mean() for other in wanted]
            assert errors[index] < 4, "the picture itself"
            assert errors[index] <= min(errors) + 0.5, "and none of its neighbours"
        assert abs(got[:height, :width].mean() - want[:height, :width].mean()) < 1.5


@pytest.mark.parametrize("name", FACTS)
def test_a_conform_is_exact_and_tagged(name: str, tmp_path: Path) -> None:
    source = clip(name)
    start = probe(source).duration / 3
    report = conform(source, tmp_path / "a.mov", Slot(R23, 30, 640, 360), start=Fraction(round(start * 1000), 1000))
    info = probe(tmp_path / "a.mov")
    assert (info.frame_count, info.rate, info.width, info.height, info.colour) == (30, R23, 640, 360, BT709)
    assert report.cloned_tail == 0
    if info.has_audio:
        assert info.audio_samples == 30 * 2002


def test_sequential_and_sought_reading_agree() -> None:
    for name in FACTS:
        whole = list(read_frames(clip(name), 0, 60))
        for start in (1, 33, 59):
            assert np.array_equal(next(read_frames(clip(name), start, 1)), whole[start]), (name, start)


def test_filmstrip_of_a_long_clip(tmp_path: Path) -> None:
    times = filmstrip(clip("people_walking.mp4"), tmp_path / "s.jpg", tiles=8)
    assert len(times) == 8
    assert sorted(time.source_frame for time in times) == [time.source_frame for time in times]
