"""Cut and conform on the sources people really have: odd, rotated, variable, silent, tiny, short."""

from __future__ import annotations

import math
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.support.media import (
    R23,
    R24,
    R25,
    R29,
    R30,
    card,
    ffmpeg,
    numbered_by_stamp,
    numbers,
    onsets,
    shared_media,
    wave_samples,
)

from takebridge.errors import ConformError, InvalidTimeError, ProbeError, RangeError, UnsafeMediaError, UsageError
from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_still, cut_with_handles
from takebridge.media.frames import read_frames
from takebridge.media.info import BT709
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number, write_clicks
from takebridge.timebase import FrameRange, FrameRate


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return card(tmp_path_factory.mktemp("clip") / "clip.mov", R24, 60)


# --- ranges and handles ---------------------------------------------------------------------------------


def test_handles_are_clamped_and_told(clip: Path, tmp_path: Path) -> None:
    report = cut_with_handles(clip, tmp_path / "a.mov", FrameRange(5, 55), handles=12)
    assert (report.head, report.tail, report.asked, report.frame_count) == (5, 5, 12, 60)
    assert any("5 before and 5 behind" in note for note in report.notes)
    inside = cut_with_handles(clip, tmp_path / "b.mov", FrameRange(20, 30), handles=12)
    assert (inside.head, inside.tail, inside.notes) == (12, 12, ())


@pytest.mark.parametrize("source", [(0, 61), (60, 62), (-1, 5), (10, 10), (1000, 1001)])
def test_frames_outside_the_file_are_refused(clip: Path, tmp_path: Path, source: tuple[int, int]) -> None:
    with pytest.raises(RangeError) as caught:
        cut_with_handles(clip, tmp_path / "a.mov", FrameRange(*source))
    assert caught.value.details["frame_count"] == 60
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_two_frame_clip_can_be_cut_and_conformed(tmp_path: Path) -> None:
    tiny = card(tmp_path / "tiny.mp4", R25, 2)
    assert cut_with_handles(tiny, tmp_path / "a.mov", FrameRange(0, 2)).frame_count == 2
    assert numbers(tmp_path / "a.mov") == [0, 1]
    conform(tiny, tmp_path / "b.mov", Slot(R24, 2, 320, 180))
    assert numbers(tmp_path / "b.mov") == [0, 1]


def test_a_one_frame_clip_fills_up_to_three(tmp_path: Path) -> None:
    single = card(tmp_path / "single.mp4", R24, 1, audio=False)
    assert conform(single, tmp_path / "a.mov", Slot(R24, 3, 320, 180)).cloned_tail == 2
    assert numbers(tmp_path / "a.mov") == [0, 0, 0]


# --- too short, in-points, reinterpretation ------------------------------------------------------------


def test_two_missing_frames_are_cloned_and_told(clip: Path, tmp_path: Path) -> None:
    report = conform(clip, tmp_path / "a.mov", Slot(R24, 20, 320, 180), start=Fraction(42, 24))
    assert report.cloned_tail == 2
    assert any("2 frames short" in note for note in report.notes)
    assert numbers(tmp_path / "a.mov") == [*range(42, 60), 59, 59]


def test_three_missing_frames_are_an_editorial_decision(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ConformError) as caught:
        conform(clip, tmp_path / "a.mov", Slot(R24, 63, 320, 180))
    assert caught.value.details["missing"] == 3
    assert "longer take" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("start", [Fraction(-1, 24), Fraction(60, 24), Fraction(100)])
def test_an_in_point_outside_the_take_is_refused(clip: Path, tmp_path: Path, start: Fraction) -> None:
    with pytest.raises(RangeError):
        conform(clip, tmp_path / "a.mov", Slot(R24, 1, 320, 180), start=start)


def test_an_in_point_beyond_exact_arithmetic_is_refused_not_rounded(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidTimeError):
        conform(clip, tmp_path / "a.mov", Slot(R25, 10, 320, 180), start=Fraction(0.1))


@pytest.mark.parametrize(("take", "slot"), [(R24, R23), (R30, R29), (R23, R24)], ids=str)
def test_reinterpreting_keeps_every_frame_once(tmp_path: Path, take: FrameRate, slot: FrameRate) -> None:
    source = card(tmp_path / "take.mov", take, 48)
    report = conform(source, tmp_path / "a.mov", Slot(slot, 40, 320, 180), start=5 / take.fraction, reinterpret=True)
    assert numbers(tmp_path / "a.mov") == list(range(5, 45))
    assert any("Reinterpreted" in note for note in report.notes)
    assert probe(tmp_path / "a.mov").audio_samples == math.floor(40 * 48000 / slot.fraction)


def test_reinterpreted_sound_stays_with_the_picture(tmp_path: Path) -> None:
    source = card(tmp_path / "take.mov", R24, 96)  # clicks on frames 0, 24, 48, 72
    conform(source, tmp_path / "a.mov", Slot(R23, 96, 320, 180), reinterpret=True)
    heard = onsets(wave_samples(tmp_path / "a.mov"))
    assert len(heard) == 4
    for click, at in enumerate(heard):
        assert abs(at - click * 24 * 2002) <= 8, "48048 samples a second of take"


def test_reinterpreting_across_real_rates_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ConformError):
        conform(clip, tmp_path / "a.mov", Slot(R25, 50, 320, 180), reinterpret=True)


def test_slots_that_cannot_be(clip: Path, tmp_path: Path) -> None:
    for slot in (Slot(R24, 0, 320, 180), Slot(R24, 10, 321, 180), Slot(R24, 10, 320, 181)):
        with pytest.raises(UsageError):
            conform(clip, tmp_path / "a.mov", slot)


# --- variable rate --------------------------------------------------------------------------------------


def phone(tmp_path: Path) -> tuple[Path, list[int]]:
    kept = [i for i in range(60) if i not in (5, 6, 17, 30, 31, 32, 48)]
    stamps = [round(i * 1000 / 30) + (i * 3) % 4 for i in kept]
    return numbered_by_stamp(tmp_path / "phone.mp4", stamps), stamps


def shown_at(stamps: list[int], at: Fraction) -> int:
    """Index of the last frame begun at or before ``at`` seconds."""
    return max(i for i, stamp in enumerate(stamps) if Fraction(stamp - stamps[0], 1000) <= at)


def test_a_variable_source_is_cut_on_its_constant_grid(tmp_path: Path) -> None:
    source, stamps = phone(tmp_path)
    report = cut_with_handles(source, tmp_path / "a.mov", FrameRange(12, 40), handles=4)
    assert (report.rate, report.source) == (R30, FrameRange(8, 44))
    assert any("varies" in note for note in report.notes)
    assert numbers(tmp_path / "a.mov") == [shown_at(stamps, Fraction(k, 30)) for k in range(8, 44)]


@pytest.mark.parametrize("slot", [R23, R24, R30, FrameRate(60000, 1001)], ids=str)
def test_a_variable_take_is_conformed_by_its_stamps(tmp_path: Path, slot: FrameRate) -> None:
    source, stamps = phone(tmp_path)
    start = Fraction(7, 24)
    conform(source, tmp_path / "a.mov", Slot(slot, 36, 320, 180), start=start)
    assert numbers(tmp_path / "a.mov") == [shown_at(stamps, start + k / slot.fraction) for k in range(36)]


# --- shapes ---------------------------------------------------------------------------------------------


def odd(clip: Path, dst: Path) -> Path:
    ffmpeg("-i", clip, "-vf", "scale=321:181,setsar=1,format=yuv444p", "-c:v", "libx264", "-an", dst)
    return dst


def test_odd_sizes_become_even(clip: Path, tmp_path: Path) -> None:
    source = odd(clip, tmp_path / "odd.mp4")
    assert (probe(source).width, probe(source).height) == (321, 181)
    cut_with_handles(source, tmp_path / "a.mov", FrameRange(10, 20), handles=0)
    info = probe(tmp_path / "a.mov")
    assert (info.width, info.height) == (322, 182)
    assert numbers(tmp_path / "a.mov") == list(range(10, 20))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_applied_once(clip: Path, tmp_path: Path, degrees: int) -> None:
    turned, stored = tmp_path / "turned.mp4", tmp_path / "stored.mp4"
    transpose = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[degrees]
    ffmpeg("-i", clip, "-vf", transpose, "-c:v", "libx264", "-an", stored)  # stored turned away …
    ffmpeg("-display_rotation", str(degrees), "-i", stored, "-c", "copy", turned)  # … with the way back noted
    assert numbers(turned, 0, 3) == [0, 1, 2], "read_frames shows it upright"
    report = cut_with_handles(turned, tmp_path / "a.mov", FrameRange(30, 35), handles=0)
    assert any("upright" in note for note in report.notes)
    info = probe(tmp_path / "a.mov")
    assert (info.width, info.height, info.rotation) == (320, 180, 0)
    assert numbers(tmp_path / "a.mov") == [30, 31, 32, 33, 34]


def test_sample_aspect_is_multiplied_in(clip: Path, tmp_path: Path) -> None:
    squeezed = tmp_path / "squeezed.mp4"
    ffmpeg("-i", clip, "-vf", "scale=240:180,setsar=4/3", "-c:v", "libx264", "-an", squeezed)
    report = cut_with_handles(squeezed, tmp_path / "a.mov", FrameRange(0, 5), handles=0)
    info = probe(tmp_path / "a.mov")
    assert (info.width, info.height, info.sar) == (320, 180, 1)
    assert any("4:3" in note for note in report.notes)
    assert next(read_frames(squeezed)).shape == (180, 320, 3)
    assert numbers(squeezed, 7, 2) == [7, 8]


def test_fit_keeps_all_and_fill_covers(clip: Path, tmp_path: Path) -> None:
    fitted, filled = tmp_path / "fit.mov", tmp_path / "fill.mov"
    conform(clip, fitted, Slot(R24, 4, 320, 320), codec="prores_aw")
    conform(clip, filled, Slot(R24, 4, 320, 320, "fill"), codec="prores_aw")
    bars = next(read_frames(fitted))
    assert bars[:68].max() <= 4, "the bar is black"
    assert bars[-68:].max() <= 4
    assert read_frame_number(bars) == (1, 0)
    assert next(read_frames(filled))[:60].mean() > 40, "there is picture to the edge"


def test_every_codec_gives_the_same_frames(clip: Path, tmp_path: Path) -> None:
    for codec, name, pixels in (
        ("dnxhr_lb", "a.mov", "yuv422p"),
        ("prores_aw", "b.mov", "yuv422p10le"),
        ("x264", "c.mp4", "yuv420p"),
        ("x264", "d.mov", "yuv420p"),
    ):
        conform(clip, tmp_path / name, Slot(R25, 30, 320, 180), codec=codec)
        info = probe(tmp_path / name)
        assert (info.pixel_format, info.colour, info.frame_count) == (pixels, BT709, 30)
        assert numbers(tmp_path / name) == [math.floor(Fraction(k, 25) * 24) for k in range(30)]


def test_equal_inputs_give_equal_bytes(clip: Path, tmp_path: Path) -> None:
    for codec, suffix in (("dnxhr_lb", "mov"), ("x264", "mp4")):
        made = []
        for turn in range(2):
            dst = tmp_path / f"{turn}.{suffix}"
            conform(clip, dst, Slot(R25, 20, 320, 180), codec=codec)
            made.append(dst.read_bytes())
        assert made[0] == made[1]


# --- sound ----------------------------------------------------------------------------------------------


def with_sound(clip: Path, dst: Path, rate: int, channels: int, seconds: Fraction = Fraction(5, 2)) -> Path:
    wav = dst.with_suffix(".wav")
    write_clicks(wav, seconds, rate=rate, channels=channels)
    ffmpeg("-i", clip, "-i", wav, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s16le", dst)
    return dst


@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (44100, 1), (16000, 1), (96000, 2)])
def test_sound_keeps_its_rate_in_cuts_and_is_48k_in_conforms(
    clip: Path, tmp_path: Path, rate: int, channels: int
) -> None:
    source = with_sound(clip, tmp_path / "source.mov", rate, channels)
    cut_with_handles(source, tmp_path / "cut.mov", FrameRange(12, 54), handles=0)
    info = probe(tmp_path / "cut.mov")
    assert (info.audio_rate, info.audio_channels, info.audio_samples) == (rate, channels, 42 * rate // 24)
    assert onsets(wave_samples(tmp_path / "cut.mov")) == [rate // 2, rate * 3 // 2], "frames 24 and 48, to the sample"
    conform(source, tmp_path / "slot.mov", Slot(R25, 45, 320, 180), start=Fraction(1, 2))
    info = probe(tmp_path / "slot.mov")
    assert (info.audio_rate, info.audio_channels, info.audio_samples) == (48000, channels, 45 * 1920)
    first, second = onsets(wave_samples(tmp_path / "slot.mov"))
    assert abs(first - 24000) <= 16 and abs(second - 72000) <= 16


def test_sound_that_ends_early_is_filled_with_silence(clip: Path, tmp_path: Path) -> None:
    source = with_sound(clip, tmp_path / "source.mov", 48000, 2, seconds=Fraction(1, 2))
    cut_with_handles(source, tmp_path / "cut.mov", FrameRange(36, 48), handles=0)
    samples = wave_samples(tmp_path / "cut.mov")
    assert samples.shape == (2, 24000)
    assert not samples.any()


def test_no_sound_stays_no_sound(tmp_path: Path) -> None:
    silent = card(tmp_path / "silent.mp4", R24, 24, audio=False)
    cut_with_handles(silent, tmp_path / "a.mov", FrameRange(0, 12))
    conform(silent, tmp_path / "b.mov", Slot(R25, 12, 320, 180))
    assert not probe(tmp_path / "a.mov").has_audio
    assert not probe(tmp_path / "b.mov").has_audio


@pytest.mark.parametrize("shift", ["0.25", "-0.25"])
def test_a_track_that_starts_late_or_early_stays_in_step(clip: Path, tmp_path: Path, shift: str) -> None:
    source = tmp_path / "shifted.mkv"
    ffmpeg("-i", clip, "-itsoffset", shift, "-i", clip, "-map", "0:v", "-map", "1:a", "-c", "copy", source)
    cut_with_handles(source, tmp_path / "a.mov", FrameRange(12, 60), handles=0)
    heard = onsets(wave_samples(tmp_path / "a.mov"))
    expected = [24000 + round(float(shift) * 48000), 72000 + round(float(shift) * 48000)]
    assert len(heard) == len(expected)
    assert np.abs(np.array(heard) - expected).max() <= 48, "a millisecond is Matroska's own grain"


def test_aac_priming_is_not_heard_as_delay(clip: Path, tmp_path: Path) -> None:
    source = tmp_path / "aac.mp4"
    ffmpeg("-i", clip, "-c:v", "copy", "-c:a", "aac", "-b:a", "192k", source)
    cut_with_handles(source, tmp_path / "a.mov", FrameRange(12, 60), handles=0)
    heard = onsets(wave_samples(tmp_path / "a.mov"))
    # A lossy codec smears an attack by a few samples; the encoder's 1024 samples of priming would be 21 ms.
    assert [round(at / 240) for at in heard] == [100, 300]


def test_sound_far_into_a_long_file_is_reached_by_seeking(tmp_path: Path) -> None:
    picture, wav, source = tmp_path / "p.mp4", tmp_path / "w.wav", tmp_path / "long.mov"
    ffmpeg("-f", "lavfi", "-i", "color=c=gray:s=256x144:r=25:d=90", "-c:v", "libx264", "-g", "50", picture)
    write_clicks(wav, Fraction(90))
    ffmpeg("-i", picture, "-i", wav, "-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "pcm_s16le", source)
    cut_with_handles(source, tmp_path / "a.mov", FrameRange(80 * 25 + 5, 80 * 25 + 55), handles=0)
    assert onsets(wave_samples(tmp_path / "a.mov")) == [20 * 1920, 45 * 1920]


# --- stills and bad files -------------------------------------------------------------------------------


def test_a_still_needs_a_frame_count(tmp_path: Path) -> None:
    still = shared_media() / "coffee.png"
    with pytest.raises(UsageError) as caught:
        cut_with_handles(still, tmp_path / "a.mov", FrameRange(0, 1))
    assert "frame count" in caught.value.hint
    with pytest.raises(ConformError):
        conform(still, tmp_path / "a.mov", Slot(R24, 10, 320, 180))
    report = cut_still(still, tmp_path / "a.mov", 10, R24, codec="prores_aw")
    info = probe(tmp_path / "a.mov")
    assert (report.frame_count, info.frame_count, info.width, info.height) == (10, 10, 600, 400)
    difference = np.abs(next(read_frames(still)).astype(int) - next(read_frames(tmp_path / "a.mov"))).mean()
    assert difference < 3, "the picture itself"


def test_bad_files_are_refused_and_leave_nothing(clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "empty.mp4").touch()
    (bad / "list.mp4").write_text("#EXTM3U\nfile:///etc/hostname\n")
    whole = card(bad / "whole.mp4", R24, 60).read_bytes()
    (bad / "short.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    out = tmp_path / "out"
    out.mkdir()
    for name, kind in {
        "empty.mp4": ProbeError,
        "list.mp4": UnsafeMediaError,
        "short.mp4": ProbeError,
        "": ProbeError,
        "none.mp4": ProbeError,
    }.items():
        with pytest.raises(kind):
            cut_with_handles(bad / name, out / "a.mov", FrameRange(0, 10))
        with pytest.raises(kind):
            conform(bad / name, out / "a.mov", Slot(R24, 10, 320, 180))
    assert list(out.iterdir()) == []


def test_names_that_look_like_options_protocols_and_patterns(clip: Path, tmp_path: Path) -> None:
    for name in ("-i.mov", "a%03d.mov", "concat:x.mov", "it's [0:v]; \\ here,=.mov", "ü 字.mov"):
        source = tmp_path / name
        shutil.copy(clip, source)
        dst = tmp_path / f"out {name}"
        assert cut_with_handles(source, dst, FrameRange(3, 9), handles=0).frame_count == 6
        assert numbers(dst) == [3, 4, 5, 6, 7, 8]
