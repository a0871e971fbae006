"""Small pictures and films to look at: as many frames as the take, the right ones, small files."""

from __future__ import annotations

import io
import tempfile
import wave
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from takebridge.errors import MediaError, ProbeError, RangeError
from takebridge.media.audio import read_sound
from takebridge.media.previews import (
    frame_jpeg,
    frame_png,
    make_poster,
    make_proxy,
    make_sprite,
    make_waveform,
)
from takebridge.media.probe import probe
from takebridge.media.reader import read_frames
from takebridge.media.testcard import frame_numbers, read_frame_number, render_test_clip, write_clicks
from takebridge.timebase import FrameRate

RATES = {"23.976": FrameRate(24000, 1001), "29.97": FrameRate(30000, 1001)}
R25 = FrameRate(25)
_RENDERED = tempfile.TemporaryDirectory(prefix="previews-")


@cache
def card(rate: FrameRate = R25, frames: int = 36, width: int = 704, audio: bool = False) -> Path:
    """A numbered clip, rendered once for this module."""
    path = Path(_RENDERED.name) / f"{rate.numerator}_{frames}_{width}.mp4"
    height = width * 9 // 16
    return render_test_clip(path, clip_id=1, frame_count=frames, rate=rate, width=width, height=height, audio=audio)


def numbers(picture: Image.Image) -> int:
    return read_frame_number(np.asarray(picture.convert("RGB")))[1]


@pytest.mark.parametrize("label", RATES)
def test_a_proxy_has_every_frame_of_the_take_at_its_rate(tmp_path: Path, label: str) -> None:
    src, dst = card(RATES[label], audio=True), tmp_path / "proxy.mp4"
    make_proxy(src, dst)
    info = probe(dst)
    assert (info.frame_count, info.rate, info.is_vfr) == (36, RATES[label], False)
    assert (info.width, info.height, info.codec, info.has_audio) == (640, 360, "h264", True)
    assert frame_numbers(read_frames(dst)) == list(range(36))


def test_a_proxy_can_be_entered_every_twelve_frames_and_has_no_frames_out_of_order(tmp_path: Path) -> None:
    dst = tmp_path / "proxy.mp4"
    make_proxy(card(), dst)
    with av.open(str(dst)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == [0, 12, 24]
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
    head = dst.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # playable while it arrives


def test_small_takes_are_not_blown_up(tmp_path: Path) -> None:
    dst = tmp_path / "proxy.mp4"
    make_proxy(card(frames=8, width=160), dst)
    assert (probe(dst).width, probe(dst).height) == (160, 90)


def test_the_poster_is_the_middle_frame(tmp_path: Path) -> None:
    dst = tmp_path / "poster.jpg"
    make_poster(card(), dst)
    with Image.open(dst) as picture:
        assert (picture.format, picture.size, numbers(picture)) == ("JPEG", (320, 180), 18)


@pytest.mark.parametrize(("frames", "count", "rows"), [(700, 48, 6), (60, 48, 6), (10, 10, 2), (1, 1, 1)])
def test_a_sprite_has_cells_spread_over_the_take(tmp_path: Path, frames: int, count: int, rows: int) -> None:
    dst = tmp_path / "sprite.jpg"
    cells = make_sprite(card(frames=frames, width=320), dst)
    assert (cells.count, cells.columns, cells.width, cells.height) == (count, 8, 160, 90)
    with Image.open(dst) as sheet:
        assert sheet.size == (160 * min(8, count), 90 * rows)
        for cell in {0, count // 2, count - 1}:
            left, top = cell % 8 * 160, cell // 8 * 90
            shown = numbers(sheet.crop((left, top, left + 160, top + 90)))
            assert shown == (2 * cell + 1) * frames // (2 * count)


def test_a_still_has_a_poster_and_nothing_else(tmp_path: Path) -> None:
    still, dst = tmp_path / "still.png", tmp_path / "poster.jpg"
    Image.new("RGB", (1000, 500), (200, 30, 30)).save(still)
    make_poster(still, dst)
    with Image.open(dst) as picture:
        assert picture.size == (320, 160)
    with pytest.raises(MediaError):
        make_proxy(still, tmp_path / "proxy.mp4")
    assert not (tmp_path / "proxy.mp4").exists()


def test_a_waveform_is_loud_where_the_sound_is(tmp_path: Path) -> None:
    sound, dst = tmp_path / "half.wav", tmp_path / "wave.jpg"
    loud = (np.sin(np.arange(48_000) / 20) * 20_000).astype("<i2")
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.concatenate([loud, np.zeros(48_000, "<i2")]).tobytes())
    make_waveform(sound, dst)
    with Image.open(dst) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    lit = (pixels[:, :, 2] > 150).sum(axis=0)
    assert picture.size == (320, 180)
    assert lit[:150].min() > 60 and lit[170:].max() <= 4


def test_a_long_sound_is_read_in_parts_without_a_seam(tmp_path: Path) -> None:
    sound, dst = tmp_path / "clicks.wav", tmp_path / "wave.jpg"
    write_clicks(sound, Fraction(125))
    make_waveform(sound, dst)
    assert read_sound(sound).shape[0] == 125 * 48_000
    with Image.open(dst) as picture:
        lit = (np.asarray(picture.convert("RGB")).astype(int)[:, :, 2] > 150).sum(axis=0)
    clicks = (lit > 8).sum()
    assert 100 <= clicks <= 130  # one a second; two may share a column of 0.39 s' width with a neighbour


def test_a_single_frame_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    for frame in (0, 13, 35):
        with Image.open(io.BytesIO(frame_jpeg(card(), frame, 320))) as picture:
            assert (picture.size, numbers(picture)) == ((320, 180), frame)
    frame_png(card(), 29, tmp_path / "frame.png")
    with Image.open(tmp_path / "frame.png") as picture:
        assert (picture.format, picture.size, numbers(picture)) == ("PNG", (704, 396), 29)


def test_frames_that_are_not_there_and_files_that_are_no_media_are_refused(tmp_path: Path) -> None:
    src = card(frames=8, width=160)
    for frame in (-1, 8):
        with pytest.raises(RangeError):
            frame_jpeg(src, frame)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all" * 50)
    for make in (make_proxy, make_poster, make_waveform):
        with pytest.raises(ProbeError):
            make(broken, tmp_path / "out.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.mp4"]


def test_a_film_of_variable_rate_gets_the_frames_of_its_edit_grid(tmp_path: Path) -> None:
    src, dst = tmp_path / "vfr.mp4", tmp_path / "proxy.mp4"
    stamps = [0, 1, 2, 5, 6, 7, 11, 12]  # of 25 a second: frames 3 and 4, and 8 to 10, are held
    with av.open(str(src), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 160, 90
        for number, stamp in enumerate(stamps):
            picture = np.full((90, 160, 3), 20 + 25 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = stamp
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    info = probe(src)
    make_proxy(src, dst)
    assert (probe(dst).frame_count, probe(dst).rate) == (info.edit_frames, info.rate)
