"""Files fitted to what somebody else takes: size, frames, rate and format as asked for, never too large."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.media import R24, R50, card, ffmpeg, numbers
from tests.support.scratch_sound import write_beep

from takebridge.errors import ConformError, ProbeError
from takebridge.media.fitting import fit_file
from takebridge.media.fitting_types import Fit
from takebridge.media.probe import probe


def left(folder: Path, *names: str) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def split_picture(path: Path, width: int, height: int) -> Path:
    """Left half red, right half blue."""
    picture = Image.new("RGB", (width, height), (200, 0, 0))
    picture.paste((0, 0, 200), (width // 2, 0, width, height))
    picture.save(path)
    return path


def noise(path: Path, side: int) -> Path:
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)).save(path)
    return path


# --- stills -----------------------------------------------------------------------------------------------


def test_a_still_is_cropped_at_both_sides(tmp_path: Path) -> None:
    fit_file(split_picture(tmp_path / "a.png", 160, 90), tmp_path / "b.png", Fit("image", ".png", 50, 90))
    with Image.open(tmp_path / "b.png") as made:
        assert made.size == (50, 90)
        assert (made.getpixel((0, 45)), made.getpixel((49, 45))) == ((200, 0, 0), (0, 0, 200)), "the middle is kept"
    left(tmp_path, "a.png", "b.png")


def test_bars_keep_the_whole_still(tmp_path: Path) -> None:
    fit_file(split_picture(tmp_path / "a.png", 160, 40), tmp_path / "b.png", Fit("image", ".png", 160, 80, bars=True))
    with Image.open(tmp_path / "b.png") as made:
        column = [made.getpixel((2, y)) for y in (0, 19, 20, 59, 60, 79)]
    assert column == [(0, 0, 0), (0, 0, 0), (200, 0, 0), (200, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_a_still_is_sent_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, as phones write it
    split_picture(tmp_path / "a.png", 80, 40)
    Image.open(tmp_path / "a.png").save(tmp_path / "a.jpg", exif=exif, quality=95)
    fit_file(tmp_path / "a.jpg", tmp_path / "b.png", Fit("image", ".png"))
    with Image.open(tmp_path / "b.png") as made:
        assert made.size == (40, 80)


def test_a_clear_picture_stays_clear_as_png_and_turns_white_as_jpeg(tmp_path: Path) -> None:
    Image.new("RGBA", (32, 32), (255, 0, 0, 0)).save(tmp_path / "a.png")
    fit_file(tmp_path / "a.png", tmp_path / "b.png", Fit("image", ".png", 16, 16))
    fit_file(tmp_path / "a.png", tmp_path / "b.jpg", Fit("image", ".jpg", 16, 16))
    with Image.open(tmp_path / "b.png") as made, Image.open(tmp_path / "b.jpg") as flat:
        assert made.getchannel("A").getpixel((8, 8)) == 0
        assert flat.getpixel((8, 8)) == (255, 255, 255)


@pytest.mark.parametrize(("suffix", "limit"), [(".jpg", 40_000), (".png", 40_000), (".webp", 30_000)])
def test_a_still_is_compressed_until_it_fits(suffix: str, limit: int, tmp_path: Path) -> None:
    source = noise(tmp_path / "a.png", 400)
    assert source.stat().st_size > 400_000
    fit_file(source, tmp_path / f"b{suffix}", Fit("image", suffix, 400, 400, max_bytes=limit))
    assert (tmp_path / f"b{suffix}").stat().st_size <= limit


def test_what_cannot_be_made_small_enough_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConformError, match="cannot be made as small") as caught:
        fit_file(noise(tmp_path / "a.png", 100), tmp_path / "b.png", Fit("image", ".png", 100, 100, max_bytes=50))
    assert caught.value.hint
    left(tmp_path, "a.png")


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(80))
    with pytest.raises(ProbeError, match="picture"):
        fit_file(tmp_path / "a.png", tmp_path / "b.png", Fit("image", ".png", 8, 8))
    left(tmp_path, "a.png")


# --- clips ------------------------------------------------------------------------------------------------


def test_a_range_is_cut_out_to_the_frame(tmp_path: Path) -> None:
    source = card(tmp_path / "a.mp4", frame_count=48, audio=True)
    fit_file(source, tmp_path / "b.mp4", Fit("video", ".mp4", 320, 180, start=12, frame_count=24, rate="24/1"))
    assert numbers(tmp_path / "b.mp4") == list(range(12, 36))
    info = probe(tmp_path / "b.mp4")
    assert (str(info.rate), info.has_audio, info.codec) == ("24", True, "h264")
    left(tmp_path, "a.mp4", "b.mp4")


def test_an_editors_codec_becomes_one_that_is_taken(tmp_path: Path) -> None:
    card(tmp_path / "plain.mp4", frame_count=12, audio=False)
    ffmpeg("-i", tmp_path / "plain.mp4", "-c:v", "prores_ks", "-profile:v", "0", tmp_path / "a.mov")
    fit_file(tmp_path / "a.mov", tmp_path / "b.mp4", Fit("video", ".mp4", 320, 180, frame_count=12, rate="24/1"))
    assert (probe(tmp_path / "b.mp4").codec, numbers(tmp_path / "b.mp4")) == ("h264", list(range(12)))


def test_half_the_rate_keeps_every_second_frame(tmp_path: Path) -> None:
    source = card(tmp_path / "a.mp4", rate=R50, frame_count=40, audio=False)
    fit_file(source, tmp_path / "b.mp4", Fit("video", ".mp4", 320, 180, frame_count=20, rate="25/1"))
    assert numbers(tmp_path / "b.mp4") == list(range(0, 40, 2))


def test_what_is_missing_is_the_last_frame_held(tmp_path: Path) -> None:
    source = card(tmp_path / "a.mp4", frame_count=24, audio=True)
    fit_file(source, tmp_path / "b.mp4", Fit("video", ".mp4", 320, 180, frame_count=48, rate="24/1"))
    assert numbers(tmp_path / "b.mp4") == [*range(24), *[23] * 24]


@pytest.mark.parametrize("bars", [False, True])
def test_a_clip_gets_another_shape(bars: bool, tmp_path: Path) -> None:
    source = card(tmp_path / "a.mp4", rate=R24, frame_count=4, audio=False)
    fit_file(source, tmp_path / "b.mp4", Fit("video", ".mp4", 180, 180, bars=bars, frame_count=4, rate="24/1"))
    info = probe(tmp_path / "b.mp4")
    assert (info.width, info.height, info.frame_count) == (180, 180, 4)


def test_a_clip_is_compressed_until_it_fits(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=640x360:r=24:d=1,noise=alls=60:allf=t", "-c:v", "libx264", "-crf", "5", source
    )
    limit = source.stat().st_size // 8
    fit_file(source, tmp_path / "b.mp4", Fit("video", ".mp4", 640, 360, frame_count=24, rate="24/1", max_bytes=limit))
    assert 0 < (tmp_path / "b.mp4").stat().st_size <= limit
    with pytest.raises(ConformError):
        fit_file(source, tmp_path / "c.mp4", Fit("video", ".mp4", 640, 360, frame_count=24, rate="24/1", max_bytes=900))
    left(tmp_path, "a.mp4", "b.mp4")


# --- sound ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "seconds"), [(None, 2.0), (500, 0.5), (3000, 3.0)])
def test_sound_is_cut_or_filled_with_silence(length: int | None, seconds: float, tmp_path: Path) -> None:
    fit_file(write_beep(tmp_path / "a.wav", 2.0), tmp_path / "b.wav", Fit("audio", ".wav", length_ms=length))
    info = probe(tmp_path / "b.wav")
    assert info.audio_samples == int(seconds * 8000)


def test_sound_becomes_mp3_and_fits(tmp_path: Path) -> None:
    source = write_beep(tmp_path / "a.wav", 3.0, rate=44_100)
    fit_file(source, tmp_path / "b.mp3", Fit("audio", ".mp3", max_bytes=60_000))
    info = probe(tmp_path / "b.mp3")
    assert (info.container, (tmp_path / "b.mp3").stat().st_size <= 60_000) == ("mp3", True)
    assert abs(float(info.duration) - 3) < 0.1
    with pytest.raises(ProbeError):
        fit_file(card(tmp_path / "mute.mp4", frame_count=2, audio=False), tmp_path / "c.wav", Fit("audio", ".wav"))
