"""Every output frame of a conform shows the picture an editor would show: proved by reading its number back."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.media import RATES, card, ffmpeg, numbers, wave_samples

from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_with_handles
from takebridge.media.probe import probe
from takebridge.timebase import FrameRange, FrameRate

FRAMES = 60


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[FrameRate, Path]:
    folder = tmp_path_factory.mktemp("takes")
    return {rate: card(folder / f"{i}.mov", rate, FRAMES) for i, rate in enumerate(RATES)}


def seen(start: Fraction, take: FrameRate, slot: FrameRate, count: int) -> list[int]:
    """The last frame begun at or before each output time: worked out here, with whole fractions only."""
    return [math.floor((start + Fraction(k) / slot.fraction) * take.fraction) for k in range(count)]


def prove(
    takes: dict[FrameRate, Path], folder: Path, take: FrameRate, slot: FrameRate, start: Fraction, n: int
) -> None:
    left = Fraction(FRAMES) / take.fraction - start
    count = max(1, min(n, math.floor(left * slot.fraction)))
    dst = folder / "out.mov"
    report = conform(takes[take], dst, Slot(slot, count, 256, 144), start=start)
    assert (report.frame_count, report.cloned_tail) == (count, 0)
    assert numbers(dst) == seen(start, take, slot, count)
    info = probe(dst)
    assert (info.rate, info.is_vfr, info.audio_samples) == (
        slot,
        False,
        math.floor(Fraction(count) / slot.fraction * 48000),
    )


in_points = st.one_of(
    st.integers(0, FRAMES - 1).map(lambda frame: ("take", frame)),
    st.integers(0, FRAMES - 1).map(lambda frame: ("slot", frame)),
    st.integers(0, 500).map(lambda ms: ("ms", ms)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(RATES), st.sampled_from(RATES), in_points, st.sampled_from([1, 2, 11, 47]))
def test_every_output_frame_shows_the_last_source_frame_begun(
    takes: dict[FrameRate, Path],
    tmp_path: Path,
    take: FrameRate,
    slot: FrameRate,
    in_point: tuple[str, int],
    n: int,
) -> None:
    unit, value = in_point
    start = {"take": value / take.fraction, "slot": value / slot.fraction, "ms": Fraction(value, 1000)}[unit]
    if start < Fraction(FRAMES) / take.fraction:
        prove(takes, tmp_path, take, slot, start, n)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("slot", RATES, ids=str)
@pytest.mark.parametrize("take", RATES, ids=str)
def test_the_whole_product_of_rates_lengths_and_in_points(
    takes: dict[FrameRate, Path], tmp_path: Path, take: FrameRate, slot: FrameRate
) -> None:
    for n in (1, 2, 47, 120):
        for start in (Fraction(0), 29 / take.fraction, Fraction(1, 3), 7 / slot.fraction, (FRAMES - 1) / take.fraction):
            prove(takes, tmp_path, take, slot, start, n)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_cuts_hold_exactly_the_asked_frames_and_samples(
    takes: dict[FrameRate, Path], tmp_path: Path, rate: FrameRate
) -> None:
    for source, handles in (((0, 2), 0), ((23, 25), 3), ((58, 60), 12), ((0, 60), 5), ((31, 32), 0)):
        dst = tmp_path / "cut.mov"
        report = cut_with_handles(takes[rate], dst, FrameRange(*source), handles=handles)
        first, end = max(0, source[0] - handles), min(FRAMES, source[1] + handles)
        assert report.source == FrameRange(first, end)
        assert (report.head, report.tail) == (source[0] - first, end - source[1])
        assert numbers(dst) == list(range(first, end))
        edges = [math.floor(Fraction(48000 * frame) / rate.fraction) for frame in (first, end)]
        assert wave_samples(dst).shape == (2, edges[1] - edges[0])


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p"])
def test_a_seek_into_open_groups_and_444_is_never_a_frame_off(
    takes: dict[FrameRate, Path], tmp_path: Path, pixels: str
) -> None:
    source = tmp_path / "open.mp4"
    open_groups = "open-gop=1:keyint=13:min-keyint=13:bframes=3:scenecut=0"
    ffmpeg("-i", takes[RATES[0]], "-c:v", "libx264", "-pix_fmt", pixels, "-x264-params", open_groups, "-an", source)
    for first in (1, 11, 12, 13, 14, 25, 26, 27, 38, 39, 40, 59):
        assert numbers(source, first, 1) == [first], "reader"
        cut_with_handles(source, tmp_path / "cut.mov", FrameRange(first, first + 1), handles=0)
        assert numbers(tmp_path / "cut.mov") == [first], "cut"


def test_matroska_milliseconds_do_not_cost_a_frame(takes: dict[FrameRate, Path], tmp_path: Path) -> None:
    for index, rate in enumerate(RATES):
        source = tmp_path / f"{index}.mkv"
        ffmpeg("-i", takes[rate], "-c", "copy", source)
        info = probe(source)
        assert (info.rate, info.is_vfr, info.frame_count) == (rate, False, FRAMES)
        cut_with_handles(source, tmp_path / "cut.mov", FrameRange(17, 30), handles=0)
        assert numbers(tmp_path / "cut.mov") == list(range(17, 30))
