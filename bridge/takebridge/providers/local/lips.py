"""Lip sync that stands in for the real thing: the picture with the voice under it, a jaw that opens with its level."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from takebridge.errors import CancelledError, CapabilityError
from takebridge.media.audio import RATE, read_sound
from takebridge.media.frames import read_frames
from takebridge.providers.local import overlay
from takebridge.providers.local.bench import Bench, Made
from takebridge.providers.local.clip import film
from takebridge.providers.local.framing import AUTO, even
from takebridge.providers.local.lettering import sheet
from takebridge.providers.local.order import Given, Order, need, need_picture, need_sound
from takebridge.providers.local.pictures import load_reference
from takebridge.providers.local.production import Production
from takebridge.providers.local.shot import LARGEST_SIDE, SMALLEST_SIDE
from takebridge.providers.local.stage import cover_scaled
from takebridge.providers.local.tiles import Picture
from takebridge.timebase import FrameRate, frames_covering, parse_media_rate, to_seconds

MOST_FRAMES = 36_000
_BARS = 56


@dataclass(frozen=True, slots=True)
class Talk:
    """What is to be filmed."""

    picture: Given
    voice: Given
    width: int
    height: int
    rate: FrameRate
    frame_count: int


@dataclass(frozen=True, slots=True)
class Jaw:
    """Where a face can be opened: the line between the lips, and how the pull falls off (height x width, 0 to 1)."""

    line: float
    centre: float
    reach: float
    pull: NDArray[np.float32]


def check_lips(order: Order) -> None:
    """Raise CapabilityError unless there are a picture and a voice, and a clip of them can be made."""
    _talk(order)


def make_lips(order: Order, bench: Bench) -> Made:
    """Film the picture with the voice into port ``video``."""
    talk = _talk(order)
    bench.begin(talk.frame_count)
    level = levels(talk)
    bench.check()

    def frames(stop: threading.Event) -> Iterator[Picture]:
        meter = _Meter(talk, level)
        jaw: Jaw | None = None
        for frame, base in zip(range(talk.frame_count), _pictures(talk), strict=False):
            if stop.is_set():
                raise CancelledError("The job was stopped.", hint="Start it again when you like.")
            if talk.picture.media.is_still:
                jaw = find_jaw(base) if frame == 0 else jaw
                base = opened(base, jaw, float(level[frame])) if jaw else base
            yield meter.over(base, frame)

    production = Production(
        frames, talk.frame_count, talk.rate, talk.width, talk.height, audio_from=talk.voice.media.path
    )
    facts: dict[str, bool | int | str] = {
        "previz": True,
        "badge": overlay.BADGE,
        "frame_count": talk.frame_count,
        "rate": str(talk.rate),
    }
    return Made((film(bench, production),), facts, order.seed)


def _talk(order: Order) -> Talk:
    pictures, voices = order.of("source_image", "source_video"), order.of("audio")
    need(pictures, "picture")
    need(voices, "voice")
    need_picture(pictures)
    need_sound(voices)
    picture, voice = pictures[0], voices[0]
    rate = _rate(order, picture)
    count = _frame_count(order, picture, voice, rate)
    if not 1 <= count <= MOST_FRAMES:
        raise CapabilityError(
            f"{count:,} frames cannot be drawn: 1 to {MOST_FRAMES:,} can.", hint="Split the line into shorter ones."
        )
    width, height = _size(order, picture)
    return Talk(picture, voice, width, height, rate, count)


def _size(order: Order, picture: Given) -> tuple[int, int]:
    width = order.request.width or even(picture.media.width)
    height = order.request.height or even(picture.media.height)
    longest = max(width, height)
    if order.request.width is None and longest > 1920:  # a large still would make a clip nobody asked for
        width, height = even(width * 1920 / longest), even(height * 1920 / longest)
    if min(width, height) < SMALLEST_SIDE or max(width, height) > LARGEST_SIDE or width % 2 or height % 2:
        raise CapabilityError(
            f"{width}×{height} cannot be drawn: sides must be even, {SMALLEST_SIDE} to {LARGEST_SIDE} pixels.",
            hint="Choose another size or picture.",
        )
    return width, height


def _rate(order: Order, picture: Given) -> FrameRate:
    if picture.media.rate is not None:
        return picture.media.rate
    asked = order.request.rate or order.text("rate", AUTO)
    return parse_media_rate(asked) if asked not in ("", AUTO) else FrameRate(24)


def _frame_count(order: Order, picture: Given, voice: Given, rate: FrameRate) -> int:
    if order.request.frame_count is not None:
        return order.request.frame_count
    if order.text("length", "audio") == "picture" and not picture.media.is_still:
        start, end = picture.used
        return end - start
    return frames_covering(Fraction(voice.media.audio_samples, voice.media.audio_rate), rate)


# --- pictures -------------------------------------------------------------------------------------------


def _pictures(talk: Talk) -> Iterator[Picture]:
    """The still for ever, or the used frames of the clip over and over."""
    one = talk.picture
    if one.media.is_still:
        still = _cut(load_reference(one.media).picture, talk.width, talk.height)
        while True:
            yield still
    start, end = one.used
    while True:
        for rgb in read_frames(one.media.path, start, min(end, one.media.frame_count) - start):
            yield _cut(rgb, talk.width, talk.height)


def _cut(rgb: Picture, width: int, height: int) -> Picture:
    if rgb.shape[:2] == (height, width):
        return rgb
    scaled = cover_scaled(rgb, width, height)
    top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def levels(talk: Talk) -> NDArray[np.float32]:
    """Return how loud the voice is in every frame, 0 to 1, its own loudest frames being 1."""
    total = int(to_seconds(talk.frame_count, talk.rate) * RATE)
    sound = read_sound(talk.voice.media.path, samples=total, channels=1)[:, 0]
    edges = [int(to_seconds(frame, talk.rate) * RATE) for frame in range(talk.frame_count + 1)]
    loud = np.array([np.sqrt(np.mean(sound[a:b] ** 2)) for a, b in pairwise(edges)], np.float32)
    top = float(np.percentile(loud, 95)) if loud.any() else 0.0
    return np.clip(loud / top, 0, 1) ** np.float32(0.7) if top > 1e-5 else np.zeros_like(loud)


class _Meter:
    """What is written on every frame: the badge, and the voice as bars with the running place in it."""

    def __init__(self, talk: Talk, level: NDArray[np.float32]) -> None:
        self._level, self._count = level, talk.frame_count
        self._unit = overlay.unit_of(talk.width, talk.height)
        image = sheet(talk.width, talk.height)
        overlay.badge(image, self._unit)
        self._words = overlay.as_overlay(image)

    def over(self, base: Picture, frame: int) -> Picture:
        """Return ``base`` with badge and bars."""
        picture = self._words.over(base)
        height, width = picture.shape[:2]
        left, right = width * 0.12, width * 0.88
        tall, middle = self._unit * 1.3, height - self._unit * 2.2
        each = (right - left) / _BARS
        for bar in range(_BARS):
            part = self._level[bar * self._count // _BARS : (bar + 1) * self._count // _BARS + 1]
            half = max(1.0, tall * float(part.max(initial=0)))
            colour = overlay.AMBER if bar * self._count < (frame + 1) * _BARS else (150, 148, 142)
            x = left + bar * each
            at = (round(x), round(middle - half)), (round(x + each * 0.55), round(middle + half))
            cv2.rectangle(picture, *at, colour, -1)
        return picture


# --- the mouth ------------------------------------------------------------------------------------------


def find_jaw(rgb: Picture) -> Jaw | None:
    """Return the jaw of the largest face looking at the camera; None without one, or without a face finder."""
    file = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
    if not file.is_file() or not hasattr(cv2, "CascadeClassifier"):
        return None  # OpenCV 5 dropped it
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    least = max(40, min(grey.shape) // 7)
    faces = cv2.CascadeClassifier(str(file)).detectMultiScale(grey, 1.1, 6, minSize=(least, least))
    if not len(faces):
        return None
    x, y, wide, tall = (int(v) for v in max(faces, key=lambda face: int(face[2]) * int(face[3])))
    # In the finder's square the lips meet at about four fifths of its height.
    line, centre, reach = y + tall * 0.80, x + wide / 2, wide * 0.30
    down = np.arange(rgb.shape[0], dtype=np.float32)[:, None]
    across = np.arange(rgb.shape[1], dtype=np.float32)[None, :]
    side = np.exp(-(((across - centre) / reach) ** 4)).astype(np.float32)
    chin = np.clip(1 - (down - line - 0.16 * tall) / (0.22 * tall), 0, 1)
    below = np.clip((down - line) / (0.012 * tall), 0, 1) * chin
    return Jaw(line, centre, reach, (side * below).astype(np.float32))


def opened(rgb: Picture, jaw: Jaw, amount: float) -> Picture:
    """Return the face with its jaw let down by ``amount``, 0 to 1, and the dark of the mouth between the lips."""
    drop = amount * jaw.reach * 0.22
    if drop < 0.5:
        return rgb
    height, width = rgb.shape[:2]
    top, bottom = max(0, int(jaw.line) - 4), min(height, int(jaw.line + jaw.reach * 2.2))
    left, right = max(0, int(jaw.centre - jaw.reach * 1.6)), min(width, int(jaw.centre + jaw.reach * 1.6))
    part = jaw.pull[top:bottom, left:right]
    map_x, map_y = np.meshgrid(np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32))
    moved = cv2.remap(rgb, map_x, map_y - part * np.float32(drop), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark = np.zeros(part.shape, np.float32)
    centre = (round((jaw.centre - left) * 16), round((jaw.line + drop * 0.55 - top) * 16))
    axes = (round(jaw.reach * 0.52 * 16), max(8, round(drop * 0.55 * 16)))
    cv2.ellipse(dark, centre, axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA, 4)
    dark = cv2.GaussianBlur(dark, (0, 0), max(0.6, jaw.reach * 0.02))[..., None] * 0.85
    out = rgb.copy()
    out[top:bottom, left:right] = (moved * (1 - dark) + np.array((44, 16, 18), np.float32) * dark).astype(np.uint8)
    return out
