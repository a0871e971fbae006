"""Footage that can be read back: a landscape at dusk with a large frame number and a barcode.

The strip at the foot holds cells of equal width: white, black, 4 bits of clip id, 14 bits of frame number (most
significant first), 2 check bits (number of ones modulo 4), white. It is judged by luma against its own white
and black, so it survives scaling by two, lossy codecs, matrix and range conversion, and bars around the picture.
"""

from __future__ import annotations

import math
import tempfile
import wave
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from takebridge.errors import UsageError
from takebridge.media.reader import Picture
from takebridge.media.writer import write_frames
from takebridge.timebase import FrameRate, to_seconds

CLIP_BITS, FRAME_BITS, CHECK_BITS = 4, 14, 2
CELLS = 2 + CLIP_BITS + FRAME_BITS + CHECK_BITS + 1
STRIP = Fraction(1, 12)
"""Height of the barcode strip as a part of the picture."""
_WHITE, _BLACK = 228, 26
AUDIO_RATE = 48_000

_PALETTES = (
    ((24, 32, 74), (196, 92, 96), (250, 190, 120)),  # dusk
    ((12, 52, 84), (72, 148, 164), (238, 222, 172)),  # morning
    ((34, 20, 66), (138, 66, 140), (248, 168, 140)),  # violet
    ((14, 44, 52), (60, 124, 104), (226, 214, 140)),  # forest
)


def render_test_clip(
    dst: Path,
    *,
    clip_id: int,
    frame_count: int,
    rate: FrameRate,
    width: int,
    height: int,
    audio: bool = True,
    codec: str = "x264",
) -> Path:
    """Write a clip whose frame n says ``(clip_id, n)`` to `read_frame_number`, with a click on every second.

    ``clip_id`` 0–15, ``frame_count`` 1–16384. Raises UsageError outside these.
    """
    if not (0 <= clip_id < 2**CLIP_BITS and 1 <= frame_count <= 2**FRAME_BITS):
        raise UsageError("A test clip has an id of 0–15 and 1–16384 frames.")
    frames = (paint_frame(clip_id, n, rate, width, height) for n in range(frame_count))
    with tempfile.TemporaryDirectory() as folder:
        sound = None
        if audio:
            sound = Path(folder) / "clicks.wav"
            write_clicks(sound, to_seconds(frame_count, rate), pitch=660 + 110 * clip_id)
        write_frames(dst, frames, rate, codec=codec, audio_from=sound, frame_count=frame_count)
    return dst


def write_clicks(path: Path, seconds: Fraction, *, pitch: int = 880, rate: int = AUDIO_RATE, channels: int = 2) -> None:
    """Write 16-bit WAV with a 10 ms tone burst at every whole second, sample-exact, over silence."""
    samples = -int(-(seconds * rate) // 1)
    burst_length = rate // 100
    t = np.arange(burst_length) / rate
    burst = np.sin(2 * math.pi * pitch * t + math.pi / 2) * np.linspace(1, 0, burst_length) * 14_000
    track = np.zeros(samples + burst_length, np.int16)
    for start in range(0, samples, rate):
        track[start : start + burst_length] = burst.astype(np.int16)
    interleaved = np.repeat(track[:samples, None], channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(interleaved.tobytes())


# --- painting -------------------------------------------------------------------------------------------


def paint_frame(clip_id: int, frame: int, rate: FrameRate, width: int, height: int) -> Picture:
    """Return frame ``frame`` of the card: ``height x width x 3``."""
    strip = _strip_height(height)
    seconds = frame * rate.denominator / rate.numerator  # a position in the drawing, no edit time
    scene = _scene(clip_id, seconds, width, height - strip)
    canvas = Image.fromarray(np.concatenate([scene, _barcode(clip_id, frame, width, strip)]))
    _write_labels(canvas, clip_id, frame, rate, height - strip)
    return np.array(canvas)


def _scene(clip_id: int, seconds: float, width: int, height: int) -> Picture:
    picture = _sky(clip_id, width, height).copy()
    low, _, high = _PALETTES[clip_id % len(_PALETTES)]
    _sun(picture, seconds, high)
    for depth in range(3):
        ridge = np.roll(_ridge(clip_id, depth, width, height), -round(seconds * width * (0.03 + 0.07 * depth)))
        shade = np.array(low) * (1 - 0.28 * depth) + np.array(high) * (0.22 - 0.1 * depth)
        mask = np.arange(height)[:, None] >= ridge[None, :width]
        picture[mask] = np.clip(shade, 0, 255).astype(np.uint8)
    return picture


@cache
def _sky(clip_id: int, width: int, height: int) -> Picture:
    low, middle, high = (np.array(colour, float) for colour in _PALETTES[clip_id % len(_PALETTES)])
    y = np.linspace(0, 1, height)[:, None]
    column = np.where(y < 0.5, low + (middle - low) * y * 2, middle + (high - middle) * (y * 2 - 1))
    return np.repeat(column.astype(np.uint8)[:, None, :], width, axis=1)


@cache
def _ridge(clip_id: int, depth: int, width: int, height: int) -> NDArray[np.int64]:
    """Heights of one chain of hills, twice the picture wide and seamless."""
    dice = np.random.default_rng(clip_id * 7 + depth)
    x = np.linspace(0, 2 * math.pi, 2 * width, endpoint=False)
    waves = np.zeros_like(x)
    for k in (2, 3, 5, 8, 13):
        waves += dice.uniform(0.4, 1) / k * np.sin(k * x + dice.uniform(0, 6.28))
    return (height * (0.62 + 0.13 * depth + 0.045 * waves)).astype(np.int64)


def _sun(picture: Picture, seconds: float, colour: tuple[int, int, int]) -> None:
    height, width = picture.shape[:2]
    x = width * (0.72 + 0.18 * math.sin(seconds * 0.9))
    y = height * (0.40 - 0.10 * math.cos(seconds * 0.9))
    yy, xx = np.ogrid[:height, :width]
    distance = np.sqrt((xx - x) ** 2 + (yy - y) ** 2) / (height * 0.11)
    glow = np.clip(1.0 - (distance - 1) * 12, 0, 1) * 0.95 + np.exp(-((distance / 2.6) ** 2)) * 0.45
    blend = np.clip(glow, 0, 1)[..., None]
    light = np.minimum(np.array(colour) + 24, 255)
    picture[:] = (picture * (1 - blend) + light * blend).astype(np.uint8)


def _write_labels(canvas: Image.Image, clip_id: int, frame: int, rate: FrameRate, height: int) -> None:
    draw = ImageDraw.Draw(canvas)
    margin = max(4, height // 16)
    for text, size, top in (
        (f"{frame:04d}", max(10, round(height * 0.34)), round(margin * 0.4)),
        (f"CLIP {clip_id}  ·  {float(rate.fraction):.6g} fps", max(8, round(height * 0.075)), height * 2 // 5 + margin),
    ):
        shadow = max(1, size // 36)
        draw.text((margin + shadow, top + shadow), text, font=_font(size), fill=(10, 12, 24))
        draw.text((margin, top), text, font=_font(size), fill=(250, 247, 238))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)  # Pillow carries it: no font of the machine is needed


# --- barcode --------------------------------------------------------------------------------------------


def _strip_height(height: int) -> int:
    return max(4, int(height * STRIP))


def _bits(clip_id: int, frame: int) -> list[int]:
    data = [int(bit) for bit in f"{clip_id:0{CLIP_BITS}b}{frame % 2**FRAME_BITS:0{FRAME_BITS}b}"]
    return [*data, *(int(bit) for bit in f"{sum(data) % 4:0{CHECK_BITS}b}")]


def _barcode(clip_id: int, frame: int, width: int, height: int) -> Picture:
    cells = [1, 0, *_bits(clip_id, frame), 1]
    luma = np.array([_WHITE if cell else _BLACK for cell in cells], np.uint8)
    row = luma[np.arange(width) * CELLS // width]
    return np.repeat(np.repeat(row[None, :, None], height, axis=0), 3, axis=2)


def read_frame_number(rgb: Picture) -> tuple[int, int]:
    """Return ``(clip_id, frame)`` of a picture of the card, bars around it allowed.

    Raises UsageError when there is no barcode or its check bits disagree.
    """
    luma = rgb.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    for view in (luma, _without_bars(luma)):
        if (found := _read_strip(view)) is not None:
            return found
    raise UsageError("This picture has no readable barcode.", hint="Use a clip made by render_test_clip.")


def _read_strip(luma: NDArray[np.float32]) -> tuple[int, int] | None:
    height, width = luma.shape
    strip = float(STRIP) * height
    if width < CELLS or strip < 2:
        return None
    rows = luma[int(height - strip * 0.7) : max(int(height - strip * 0.2), int(height - strip * 0.7) + 1)]
    reach = width // (CELLS * 5)  # columns beside the middle one that are surely inside the cell
    middles = [int((i + 0.5) * width / CELLS) for i in range(CELLS)]
    cells = [float(rows[:, at - reach : at + reach + 1].mean()) for at in middles]
    white, black = min(cells[0], cells[-1]), cells[1]
    if white - black < 60:
        return None
    bits = [int(cell > (white + black) / 2) for cell in cells[2:-1]]
    clip_id = int("".join(map(str, bits[:CLIP_BITS])), 2)
    frame = int("".join(map(str, bits[CLIP_BITS : CLIP_BITS + FRAME_BITS])), 2)
    return (clip_id, frame) if bits == _bits(clip_id, frame) else None


def _without_bars(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.flatnonzero(luma.max(axis=1) > 24)
    columns = np.flatnonzero(luma.max(axis=0) > 24)
    if not len(rows) or not len(columns):
        return luma
    return luma[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def frame_numbers(frames: Iterator[Picture]) -> list[int]:
    """Return the frame numbers read from pictures of the card."""
    return [read_frame_number(rgb)[1] for rgb in frames]
