"""Sound effects from noise and tones: what the words name, of exactly the asked length."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from takebridge.errors import CapabilityError
from takebridge.media.audio import RATE, Samples, write_wav
from takebridge.media.loudness import levelled
from takebridge.providers.local.bench import Bench, Facts, Made, Output
from takebridge.providers.local.music import length_of
from takebridge.providers.local.order import Order, need_clip
from takebridge.providers.local.synth import (
    Dice,
    Mono,
    add,
    decay,
    faded,
    glide,
    noise,
    roomy,
    shaped,
    spread,
    stereo,
    swell,
    ticks,
)  # fmt: skip

EFFECT_LUFS = -20.0
LONGEST_MS = 300_000
DEFAULT_MS = 4_000
_SEAM = 0.5

Recipe = Callable[[Dice, int], Samples]
"""Makes ``count`` samples."""


def check_effect(order: Order) -> None:
    """Raise CapabilityError unless a sound is named and its length can be made."""
    need_clip(order.of("source_video"))
    length_of(order, DEFAULT_MS, LONGEST_MS)
    if not order.direction and not order.of("source_video"):
        raise CapabilityError("No sound is described.", hint="Write what is heard, for example “rain on a window”.")


def make_effect(order: Order, bench: Bench) -> Made:
    """Write the effect into port ``audio``."""
    bench.begin(2)
    count = length_of(order, DEFAULT_MS, LONGEST_MS) * RATE // 1000
    name, recipe = recipe_of(order.direction)
    loop = order.flag("loop", default=False)
    seam = min(int(_SEAM * RATE), count // 2) if loop else 0
    dice = np.random.default_rng([order.seed, 0xEFF])
    sound = recipe(dice, count + seam)
    bench.at(1)
    sound = _joined(sound, seam) if loop else faded(sound, 0.004, min(0.3, count / RATE / 6))
    path = write_wav(bench.file("audio", ".wav"), levelled(sound, EFFECT_LUFS))
    bench.at(2)
    facts: Facts = {"previz": True, "effect": name, "duration_ms": count * 1000 // RATE}
    return Made((Output("audio", "audio/wav", path),), facts, order.seed)


def recipe_of(words: str) -> tuple[str, Recipe]:
    """Return the first effect the words name, else the sound of a quiet room."""
    lower = words.lower()
    found = next(((name, recipe) for pattern, name, recipe in _RECIPES if re.search(rf"\b({pattern})", lower)), None)
    return found or ("room tone", _room)


def _joined(sound: Samples, seam: int) -> Samples:
    """Lay the end over the beginning at equal power, so that the last sample leads into the first."""
    k = np.linspace(0, np.pi / 2, seam, dtype=np.float32)[:, None]
    body = sound[:-seam].copy() if seam else sound
    if seam:
        body[:seam] = body[:seam] * np.sin(k) + sound[-seam:] * np.cos(k)
    return np.asarray(body, np.float32)


# --- recipes --------------------------------------------------------------------------------------------


def _two(dice: Dice, count: int, low: float, high: float, slope: float = 0.0) -> Samples:
    return stereo(*(shaped(noise(dice, count), low, high, slope) for _ in range(2)))


def _slow(dice: Dice, count: int, seconds: float) -> Mono:
    """A line between 0 and 1 that wanders every few ``seconds``."""
    points = dice.random(max(4, int(count / RATE / seconds) + 4))
    at = np.linspace(0, len(points) - 1, count)
    low = at.astype(int).clip(0, len(points) - 2)
    k = at - low
    return np.asarray(points[low] + (points[low + 1] - points[low]) * k * k * (3 - 2 * k), np.float32)


def _room(dice: Dice, count: int) -> Samples:
    return _two(dice, count, 40, 900, -5)


def _wind(dice: Dice, count: int) -> Samples:
    gusts = (0.25 + 0.75 * _slow(dice, count, 1.3))[:, None]
    whistle = 0.35 * _two(dice, count, 500, 2200, -4) * gusts
    return np.asarray((_two(dice, count, 120, 700, -2) + whistle) * gusts, np.float32)


def _rain(dice: Dice, count: int) -> Samples:
    sound = 0.35 * _two(dice, count, 700, 11000, -2)
    for _ in range(count // 1400):
        drop = shaped(noise(dice, 480), 1500, 9000) * decay(480, 0.008)
        add(
            sound,
            spread(drop * np.float32(dice.uniform(0.1, 0.7)), float(dice.uniform(-1, 1))),
            int(dice.integers(count)),
        )
    return np.asarray(sound, np.float32)


def _sea(dice: Dice, count: int) -> Samples:
    waves = (0.15 + 0.85 * _slow(dice, count, 2.6) ** 2)[:, None]
    return np.asarray(_two(dice, count, 90, 900, -3) * 0.6 + _two(dice, count, 500, 7000, -3) * waves, np.float32)


def _fire(dice: Dice, count: int) -> Samples:
    sound = 0.25 * _two(dice, count, 60, 800, -4)
    for _ in range(count // 3500):
        snap = shaped(noise(dice, 700), 1200, 8000) * decay(700, 0.012, 0.0005)
        add(
            sound,
            spread(snap * np.float32(dice.uniform(0.1, 1.0) ** 2), float(dice.uniform(-0.7, 0.7))),
            int(dice.integers(count)),
        )
    return np.asarray(sound, np.float32)


def _whoosh(dice: Dice, count: int) -> Samples:
    t = np.linspace(0, 1, count, dtype=np.float32)
    bell = np.exp(-(((t - 0.55) / 0.2) ** 2))
    low, high = (shaped(noise(dice, count), *band) for band in ((150, 900), (900, 6500)))
    body = low * bell * 0.6 + high * np.exp(-(((t - 0.6) / 0.13) ** 2))
    angle = (t * 1.4 - 0.2).clip(0, 1) * np.float32(np.pi / 2)
    return stereo(np.asarray(body * np.cos(angle), np.float32), np.asarray(body * np.sin(angle), np.float32))


def _riser(dice: Dice, count: int) -> Samples:
    k = np.linspace(0, 1, count)
    phase = glide(90 * 2 ** (4 * k**1.4))
    tone = (np.sin(phase) + 0.5 * np.sin(1.5 * phase) + 0.3 * np.sin(2.01 * phase)) * 0.2
    air = shaped(noise(dice, count), 700, 9000) * np.asarray(k**2.2, np.float32)
    return stereo(np.asarray((tone * k**1.6 + air) * 0.7, np.float32))


def _hit(dice: Dice, count: int) -> Samples:
    t = ticks(count)
    boom = np.sin(2 * np.pi * (38 * t + 5 * (1 - np.exp(-t * 12)))) * np.exp(-t * 2.6)
    crack = shaped(noise(dice, count), 200, 5000) * decay(count, 0.35)
    return roomy(stereo(np.asarray(boom * 0.8, np.float32) + crack), dice, 2.2, 0.35)


def _thunder(dice: Dice, count: int) -> Samples:
    rolls = _slow(dice, count, 0.4) * decay(count, max(2.0, count / RATE * 0.9), 0.05)
    return np.asarray(_two(dice, count, 25, 260, -2) * rolls[:, None] * 3, np.float32)


def _steps(dice: Dice, count: int) -> Samples:
    sound = 0.03 * _room(dice, count)
    for number, at in enumerate(range(int(0.1 * RATE), count, int(0.56 * RATE))):
        heel = shaped(noise(dice, 6000), 90, 1400) * decay(6000, 0.07)
        toe = shaped(noise(dice, 4800), 700, 4500) * decay(4800, 0.04) * np.float32(0.4)
        for piece, shift in ((heel, 0), (toe, 4300)):
            level = np.float32(dice.uniform(0.7, 1.0))
            add(sound, spread(piece * level, 0.25 if number % 2 else -0.25), at + shift + int(dice.integers(900)))
    return roomy(np.asarray(sound, np.float32), dice, 0.5, 0.15)


def _knock(dice: Dice, count: int) -> Samples:
    sound = np.zeros((count, 2), np.float32)
    for at in (0.1, 0.34, 0.58):
        thud = shaped(noise(dice, RATE // 5), 160, 1100) * decay(RATE // 5, 0.09, 0.001)
        add(sound, spread(thud, 0.0), int(at * RATE))
    return roomy(sound, dice, 0.6, 0.25)


def _click(dice: Dice, count: int) -> Samples:
    sound = np.zeros((count, 2), np.float32)
    tick = shaped(noise(dice, 1200), 1800, 9000) * decay(1200, 0.012, 0.0003)
    add(sound, spread(tick, 0.0), min(2400, count // 8))
    return sound


def _bell(dice: Dice, count: int) -> Samples:
    t = ticks(count)
    base = float(dice.uniform(620, 980))
    parts = ((1, 1.0, 1.2), (2.0, 0.5, 1.8), (2.76, 0.4, 2.6), (5.4, 0.2, 4.5))
    tone = sum(level * np.sin(2 * np.pi * base * ratio * t) * np.exp(-t * fall) for ratio, level, fall in parts)
    return roomy(stereo(np.asarray(tone * 0.3 * np.minimum(1, t / 0.002), np.float32)), dice, 1.4, 0.2)


def _engine(dice: Dice, count: int) -> Samples:
    turns = 34 * (1 + 0.25 * _slow(dice, count, 1.1))
    phase = glide(np.asarray(turns, np.float64))
    tone = sum(np.sin(k * phase + k) / k for k in range(1, 9)) * 0.18
    return np.asarray(stereo(np.asarray(tone, np.float32)) + 0.25 * _two(dice, count, 60, 1500, -3), np.float32)


def _crowd(dice: Dice, count: int) -> Samples:
    sound = np.zeros((count, 2), np.float32)
    for _ in range(14):
        band = float(dice.uniform(250, 1400))
        voice = shaped(noise(dice, count), band * 0.7, band * 1.5) * _slow(dice, count, 0.13) ** 2
        add(sound, spread(voice, float(dice.uniform(-1, 1))), 0)
    return roomy(sound, dice, 1.1, 0.3)


def _glitch(dice: Dice, count: int) -> Samples:
    sound, at = np.zeros((count, 2), np.float32), 0
    while at < count:
        length = int(dice.integers(600, 6000))
        tone = np.sign(np.sin(2 * np.pi * float(dice.uniform(120, 3400)) * ticks(length))) * 0.25
        if dice.random() < 0.7:
            add(
                sound,
                spread(np.asarray(tone, np.float32) * swell(length, 0.002, 0.004), float(dice.uniform(-0.8, 0.8))),
                at,
            )
        at += length
    return sound


_RECIPES: tuple[tuple[str, str, Recipe], ...] = (
    (r"whoosh|swoosh|swish|swipe|transition|fly[- ]?by|pass[- ]?by", "whoosh", _whoosh),
    (r"riser|rise|build[- ]?up|uplifter|swell", "riser", _riser),
    (r"thunder|storm", "thunder", _thunder),
    (r"impact|hit|boom|slam|crash|explo|punch|braam", "hit", _hit),
    (r"rain|drizzle|shower", "rain", _rain),
    (r"sea|ocean|wave|surf|beach|shore|water|river", "sea", _sea),
    (r"wind|breeze|gust|air", "wind", _wind),
    (r"fire|flame|crackl|campfire|burn", "fire", _fire),
    (r"footstep|step|walk|running", "footsteps", _steps),
    (r"knock|door", "knock", _knock),
    (r"crowd|people|audience|street|caf[eé]|restaurant|party|city|chatter", "crowd", _crowd),
    (r"engine|car|motor|truck|machine|traffic|train|plane", "engine", _engine),
    (r"glitch|static|digital|robot|data", "glitch", _glitch),
    (r"bell|chime|ding|ping|notification|sparkle|shimmer", "bell", _bell),
    (r"click|tap|switch|button|snap", "click", _click),
)
