"""Small pictures and films to look at: poster, sprite, proxy, waveform. Numbers of review_ux §4.1 and §4.2.

One decode of the original makes the proxy; poster and sprite are read from that, nine times cheaper.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from takebridge.errors import MediaError, ProbeError, RangeError
from takebridge.media import chains
from takebridge.media.audio import RATE, Samples, read_sound
from takebridge.media.chains import Box, even
from takebridge.media.codecs import Codec
from takebridge.media.encode import encode
from takebridge.media.info import MediaInfo
from takebridge.media.probe import open_media, probe
from takebridge.media.publish import publishing
from takebridge.media.reader import Picture, RgbConverter, decoded_from
from takebridge.media.sound import sample_at, sound_chain
from takebridge.media.verify import Expected
from takebridge.timebase import to_seconds

STILL_WIDTH, PROXY_WIDTH, POSTER_WIDTH, CELL_WIDTH = 1280, 640, 320, 160
CELLS, COLUMNS = 48, 8
GOP = 12
"""A key frame every 12: any frame is at most 12 decodes away (18 ms to seek in browsers, review_ux §4.1)."""

_QUALITY = 85
_WELL, _WAVE = (14, 15, 16), (91, 157, 255)
_LOUDEST_BLOCK = 60 * RATE

# Constant key frames and no B frames: a player shows the right frame at (n + ½) / rate, and steps in 12 ms.
_PROXY = Codec(
    "proxy",
    "yuv420p",
    {
        "c:v": "libx264",
        "preset:v": "veryfast",
        "crf": 23,
        "g": GOP,
        "keyint_min": GOP,
        "sc_threshold": 0,
        "bf": 0,
        "threads:v": 1,
    },
    0.1,
    (".mp4",),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """How a sprite lies: ``count`` cells in rows of ``columns``, each ``width`` x ``height`` pixels.

    Cell i shows frame ``(2i + 1) * frames // (2 * count)``: the middle of its part of the film.
    """

    count: int
    columns: int
    width: int
    height: int


# --- the proxy ------------------------------------------------------------------------------------------


def make_proxy(src: Path, dst: Path, *, cancel: threading.Event | None = None) -> None:
    """Write a film of at most 640 pixels across, with exactly the frames and the rate of ``src``, H.264 and AAC.

    A film of variable rate gets the frames of its edit grid. Raises MediaError for stills and sound, what `probe` and
    ffmpeg raise, CancelledError; then nothing is left.
    """
    info = probe(src)
    if not info.has_video or info.is_still or info.rate is None:
        what = "a still" if info.is_still else "sound only"
        raise MediaError(f"“{src.name}” is {what}: there is no film of it.", hint="Look at its poster.")
    rate, count = info.rate, info.edit_frames
    width = min(PROXY_WIDTH, even(info.width))
    height = even(Fraction(info.height * width, info.width))
    box = Box(width, height, (width, height))
    grid = chains.on_grid_by_stamp(info, Fraction(0), rate) if info.is_vfr else chains.one_to_one(rate)
    held = chains.exactly(count, -1) if info.is_vfr else []
    links = [*grid, *chains.to_box(info, box, _PROXY.pixel_format), *held]
    picture = chains.picture(info, chains.Entry(None), links)
    samples = sample_at(count, rate, RATE) if info.has_audio else None
    sound = sound_chain(info, first=info.video_start, samples=samples, rate=RATE) if samples else None
    expected = Expected(count, rate, box.width, box.height, samples if sound is not None else None)
    encode(dst, [picture], sound, _PROXY, expected, cancel=cancel)


# --- pictures -------------------------------------------------------------------------------------------


def make_poster(src: Path, dst: Path) -> None:
    """Write the middle frame of a film, or a still, as JPEG of at most 320 pixels across."""
    info = probe(src)
    with publishing(dst) as part:
        part.write_bytes(_jpeg(_picture_at(info, info.edit_frames // 2, POSTER_WIDTH)))


def make_still(src: Path, dst: Path) -> None:
    """Write the middle frame of a film, or a still, as JPEG of at most 1280 pixels across, from the original."""
    info = probe(src)
    with publishing(dst) as part:
        part.write_bytes(_jpeg(_picture_at(info, info.edit_frames // 2, STILL_WIDTH)))


def make_sprite(src: Path, dst: Path) -> Cells:
    """Write frames spread over a film as cells of one JPEG, 8 in a row, and say how they lie.

    48 cells, or one a frame where there are fewer. Meant for proxies: each cell costs at most 12 decodes there.
    """
    info = probe(src)
    count = min(CELLS, info.frame_count)
    wanted = [(2 * cell + 1) * info.frame_count // (2 * count) for cell in range(count)]
    pictures = list(_pictures_at(info, wanted, CELL_WIDTH))
    height, width = pictures[0].shape[:2]
    sheet = Image.new("RGB", (width * min(COLUMNS, count), height * -(-count // COLUMNS)), _WELL)
    for number, picture in enumerate(pictures):
        sheet.paste(Image.fromarray(picture), (number % COLUMNS * width, number // COLUMNS * height))
    with publishing(dst) as part:
        sheet.save(part, "JPEG", quality=_QUALITY)
    return Cells(count, COLUMNS, width, height)


def make_waveform(src: Path, dst: Path) -> None:
    """Write the loudest and quietest sample of 320 equal parts of a sound as JPEG of 320 x 180."""
    lows, highs = _peaks(src, POSTER_WIDTH)
    height = POSTER_WIDTH * 9 // 16
    picture = Image.new("RGB", (POSTER_WIDTH, height), _WELL)
    draw, middle = ImageDraw.Draw(picture), height // 2
    for x, (low, high) in enumerate(zip(lows, highs, strict=True)):
        draw.line((x, middle - round(high * (middle - 4)), x, middle - round(low * (middle - 4))), fill=_WAVE)
    with publishing(dst) as part:
        picture.save(part, "JPEG", quality=_QUALITY)


def _peaks(src: Path, parts: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the greatest sample of each part; a minute is read at a time."""
    info = probe(src)
    if not info.has_audio:
        raise ProbeError(f"“{src.name}” has no sound.", hint="Choose a file that can be heard.")
    total = max(1, int(Fraction(info.audio_samples, info.audio_rate) * RATE))
    lows, highs = np.zeros(parts, np.float32), np.zeros(parts, np.float32)
    for first in range(0, total, _LOUDEST_BLOCK):
        sound = _block(src, first, min(_LOUDEST_BLOCK, total - first))
        place = (np.arange(first, first + len(sound)) * parts) // total
        np.minimum.at(lows, place, sound.min(axis=1))
        np.maximum.at(highs, place, sound.max(axis=1))
    return np.clip(lows, -1, 0), np.clip(highs, 0, 1)


def _block(src: Path, first: int, count: int) -> Samples:
    return read_sound(src, first=Fraction(first, RATE), samples=count, channels=2)


# --- single frames --------------------------------------------------------------------------------------


def frame_jpeg(src: Path, source_frame: int, width: int = POSTER_WIDTH) -> bytes:
    """Return one frame of a film, or a still, as JPEG at most ``width`` pixels across.

    ``source_frame`` counts on the edit grid of the file. Raises RangeError when there is no such frame, and what
    `probe` raises.
    """
    return _jpeg(_picture_at(probe(src), source_frame, width))


def frame_png(src: Path, source_frame: int, dst: Path) -> None:
    """Write one frame in full size as PNG; same errors as `frame_jpeg`, DiskFullError."""
    info = probe(src)
    with publishing(dst) as part:
        Image.fromarray(_picture_at(info, source_frame, info.width)).save(part, "PNG")


def _picture_at(info: MediaInfo, source_frame: int, width: int) -> Picture:
    if not info.has_video:
        raise ProbeError(f"“{info.path.name}” has no picture.", hint="Choose a clip or a still.")
    count = max(1, info.edit_frames)
    if info.is_still:
        source_frame = 0
    if not 0 <= source_frame < count:
        raise RangeError(
            f"“{info.path.name}” has {count} frames, no frame {source_frame}.", hint="Choose another frame."
        )
    found = next(_pictures_at(info, [source_frame], width), None)
    if found is None:
        raise ProbeError(
            f"Frame {source_frame} of “{info.path.name}” does not decode.", hint="Export or download the clip again."
        )
    return found


def _pictures_at(info: MediaInfo, wanted: Sequence[int], width: int) -> Iterator[Picture]:
    """Yield the wanted frames, ascending, of the edit grid: each from the key frame before it, or on from the last."""
    width = min(width, info.width)
    convert = RgbConverter(info, (width, max(1, round(Fraction(info.height * width, info.width)))))
    with open_media(info.path, info.container) as container:
        if info.is_vfr and info.rate is not None:
            yield from map(convert, _by_stamp(container, info, wanted))
            return
        frames: Iterator[VideoFrame] = iter(())
        at = -1
        for number in wanted:
            if at < 0 or (info.can_seek and number - at > GOP):
                frames, at = decoded_from(container, info, number), number - 1
            for frame in frames:
                at += 1
                if at == number:
                    yield convert(frame)
                    break


def _by_stamp(container: InputContainer, info: MediaInfo, wanted: Sequence[int]) -> Iterator[VideoFrame]:
    """Yield, for each wanted frame of the grid, the last frame of a variable-rate file that began by then."""
    assert info.rate is not None
    waiting = list(wanted)
    held: VideoFrame | None = None
    for frame in decoded_from(container, info, 0):
        seconds = (frame.pts or 0) * info.time_base - info.video_start
        while held is not None and waiting and to_seconds(waiting[0], info.rate) < seconds:
            yield held
            waiting.pop(0)
        if not waiting:
            return
        held = frame
    if held is not None:
        yield from [held] * len(waiting)


def _jpeg(picture: Picture) -> bytes:
    made = io.BytesIO()
    Image.fromarray(picture).save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()
