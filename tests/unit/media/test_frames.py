"""Frames in and out: reader, writer, poster, filmstrip, contact sheet and the test card itself."""

from __future__ import annotations

import itertools
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.media import (
    R23,
    R24,
    R25,
    R29,
    RATES,
    card,
    ffmpeg,
    numbered_by_stamp,
    numbers,
    onsets,
    wave_samples,
)

from takebridge.errors import CancelledError, ProbeError, RangeError, UsageError
from takebridge.media.frames import (
    ContactRow,
    FrameWriter,
    contact_sheet,
    filmstrip,
    poster,
    read_frames,
    write_frames,
)
from takebridge.media.probe import probe
from takebridge.media.testcard import paint_frame, read_frame_number, render_test_clip, write_clicks


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return card(tmp_path_factory.mktemp("clip") / "clip.mp4", R24, 60)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.array(picture)


# --- reading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 1, 29, 47, 48, 59])
def test_reading_starts_on_the_very_frame(clip: Path, start: int) -> None:
    assert numbers(clip, start) == list(range(start, 60))
    assert numbers(clip, start, 1) == [start]


def test_frames_are_display_pictures(clip: Path) -> None:
    frame = next(read_frames(clip))
    assert (frame.shape, frame.dtype) == ((180, 320, 3), np.uint8)
    assert list(read_frames(clip, 60, 0)) == []


@pytest.mark.parametrize(("start", "count"), [(0, 61), (59, 2), (61, None), (-1, 2), (3, -1)])
def test_a_range_outside_is_refused_at_the_call(clip: Path, start: int, count: int | None) -> None:
    with pytest.raises(RangeError):
        read_frames(clip, start, count)


def test_a_variable_clip_is_read_in_its_own_frames(tmp_path: Path) -> None:
    source = numbered_by_stamp(tmp_path / "vfr.mp4", [0, 33, 67, 100, 233, 267, 300, 333, 480, 500])
    assert numbers(source) == list(range(10))
    assert numbers(source, 4, 3) == [4, 5, 6]


def test_sound_has_no_frames(tmp_path: Path) -> None:
    write_clicks(tmp_path / "a.wav", Fraction(1))
    with pytest.raises(ProbeError):
        read_frames(tmp_path / "a.wav")


# --- writing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_written_frames_come_back_in_order_at_their_rate(tmp_path: Path, rate: object) -> None:
    frames = (paint_frame(7, n, R24, 256, 144) for n in range(20))
    assert write_frames(tmp_path / "a.mp4", frames, rate) == 20  # type: ignore[arg-type]
    info = probe(tmp_path / "a.mp4")
    assert (info.rate, info.frame_count, info.has_audio) == (rate, 20, False)
    assert [read_frame_number(rgb) for rgb in read_frames(tmp_path / "a.mp4")] == [(7, n) for n in range(20)]


def test_sound_is_taken_along_to_the_exact_length(clip: Path, tmp_path: Path) -> None:
    frames = [rgb.repeat(2, axis=0).repeat(2, axis=1) for rgb in read_frames(clip, 0, 30)]
    write_frames(tmp_path / "a.mov", frames, R24, codec="dnxhr_lb", audio_from=clip)
    info = probe(tmp_path / "a.mov")
    assert (info.width, info.height, info.frame_count, info.audio_samples) == (640, 360, 30, 60000)
    assert [round(at / 240) for at in onsets(wave_samples(tmp_path / "a.mov"))] == [0, 200]
    assert numbers(tmp_path / "a.mov") == list(range(30)), "the barcode survives doubling"
    silent = card(tmp_path / "silent.mp4", R24, 4, audio=False)
    write_frames(tmp_path / "b.mov", frames[:4], R24, audio_from=silent)
    assert not probe(tmp_path / "b.mov").has_audio


def test_an_error_while_writing_leaves_nothing(clip: Path, tmp_path: Path) -> None:
    frame = paint_frame(1, 0, R24, 320, 180)
    with pytest.raises(KeyError), FrameWriter(tmp_path / "a.mov", R24, audio_from=clip) as writer:
        writer.write(frame)
        raise KeyError
    with pytest.raises(UsageError), FrameWriter(tmp_path / "a.mov", R24) as writer:
        writer.write(frame)
        writer.write(frame[:90])
    with pytest.raises(UsageError), FrameWriter(tmp_path / "a.mov", R24) as writer:
        writer.write(frame[:179])
    with pytest.raises(UsageError), FrameWriter(tmp_path / "a.mov", R24) as writer:
        writer.write(frame.astype(np.float32))  # type: ignore[arg-type]
    with pytest.raises(UsageError), FrameWriter(tmp_path / "a.mov", R24):
        pass
    assert list(tmp_path.iterdir()) == []


def test_cancelling_a_writer_leaves_nothing(tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError), FrameWriter(tmp_path / "a.mov", R24, cancel=cancel) as writer:
        for number in itertools.count():
            writer.write(paint_frame(1, number, R24, 320, 180))
            if number == 5:
                cancel.set()
    assert list(tmp_path.iterdir()) == []


# --- stills ---------------------------------------------------------------------------------------------


def test_poster_shows_the_frame(clip: Path, tmp_path: Path) -> None:
    poster(clip, tmp_path / "p.jpg", 37)
    assert read_frame_number(pixels(tmp_path / "p.jpg")) == (1, 37)
    poster(clip, tmp_path / "small.jpg", 2, width=160)
    assert pixels(tmp_path / "small.jpg").shape == (90, 160, 3)
    with pytest.raises(RangeError):
        poster(clip, tmp_path / "none.jpg", 60)


def test_filmstrip_tells_the_frames_it_shows(clip: Path, tmp_path: Path) -> None:
    many_keys = tmp_path / "keys.mp4"
    ffmpeg("-i", clip, "-c:v", "libx264", "-g", "5", "-an", many_keys)
    for source, keys in ((clip, False), (many_keys, True)):
        times = filmstrip(source, tmp_path / "s.jpg", tiles=6, width=200)
        strip = pixels(tmp_path / "s.jpg")
        tiles = np.split(strip, 6, axis=1)
        assert [read_frame_number(tile)[1] for tile in tiles] == [time.source_frame for time in times]
        assert all(time.seconds == Fraction(time.source_frame, 24) for time in times)
        assert not keys or all(time.source_frame % 5 == 0 for time in times)


def test_filmstrip_of_few_frames_has_few_tiles(tmp_path: Path) -> None:
    tiny = card(tmp_path / "t.mp4", R25, 2)
    assert [time.source_frame for time in filmstrip(tiny, tmp_path / "s.jpg")] == [0, 1]
    with pytest.raises(UsageError):
        filmstrip(tiny, tmp_path / "s.jpg", tiles=0)


def test_contact_sheet_holds_every_tile(tmp_path: Path) -> None:
    rows = [
        ContactRow("before", [paint_frame(0, n, R24, 320, 180) for n in range(3)]),
        ContactRow("after", [paint_frame(1, n, R24, 640, 360) for n in range(2)]),
    ]
    sheet = pixels(contact_sheet(rows, tmp_path / "s.png", tile_width=200))
    found = set()
    for top, left in itertools.product(range(sheet.shape[0] - 112), (20, 226, 432)):
        tile = sheet[top : top + 112, left : left + 200]
        if tile.shape == (112, 200, 3):
            try:
                found.add(read_frame_number(tile))
            except UsageError:
                continue
    assert found >= {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)}
    with pytest.raises(UsageError):
        contact_sheet([ContactRow("empty", [])], tmp_path / "none.png")


# --- the test card --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(64, 48), (129, 97), (320, 180), (1280, 720), (720, 1280)])
def test_the_barcode_reads_at_every_size(size: tuple[int, int]) -> None:
    for clip_id, frame in ((0, 0), (15, 16383), (5, 4242), (10, 8191)):
        assert read_frame_number(paint_frame(clip_id, frame, R24, *size)) == (clip_id, frame)


def test_the_barcode_survives_scaling_levels_and_noise() -> None:
    picture = Image.fromarray(paint_frame(9, 777, R24, 320, 180))
    dice = np.random.default_rng(1)
    for size in ((640, 360), (1280, 720), (160, 90), (214, 120), (192, 144)):
        scaled = np.array(picture.resize(size, Image.Resampling.BICUBIC)).astype(float)
        worn = np.clip(scaled * 0.7 + 25 + dice.normal(0, 12, scaled.shape), 0, 255).astype(np.uint8)
        assert read_frame_number(worn) == (9, 777)


def test_a_picture_without_or_with_a_damaged_barcode_is_refused() -> None:
    dusk = paint_frame(0, 1, R24, 320, 180)
    with pytest.raises(UsageError):
        read_frame_number(dusk[:160])
    damaged = dusk.copy()
    damaged[160:, 100:112] = 255 - damaged[160:, 100:112]
    with pytest.raises(UsageError):
        read_frame_number(damaged)
    with pytest.raises(UsageError):
        read_frame_number(np.zeros((180, 320, 3), np.uint8))


def test_a_test_clip_clicks_on_every_second(tmp_path: Path) -> None:
    path = card(tmp_path / "a.mov", R29, 75)
    assert onsets(wave_samples(path)) == [0, 48000, 96000]
    assert probe(path).audio_samples == 75 * 48000 * 1001 // 30000
    for bad in ({"clip_id": 16}, {"frame_count": 0}):
        settings = {"clip_id": 1, "frame_count": 4, "rate": R23, "width": 256, "height": 144, **bad}
        with pytest.raises(UsageError):
            render_test_clip(tmp_path / "b.mp4", **settings)  # type: ignore[arg-type]
