"""The sound of an assembled film: clips cross-faded as their pictures are, dialogue, effects, music below them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from takebridge.media.audio import RATE, Samples, read_sound
from takebridge.media.loudness import levelled
from takebridge.media.sound import sample_at
from takebridge.providers.local.bench import Bench
from takebridge.providers.local.programme import Programme
from takebridge.timebase import to_seconds

PROGRAMME_LUFS = -16.0
GAINS_DB = {"clip": 0.0, "dialogue": 0.0, "sfx": -2.0, "music": -5.0}
DUCK_DB = -11.0
"""How much lower the music is while somebody speaks."""

_AUDIBLE = 10 ** (-42 / 20)
_WINDOW = RATE // 100
_ATTACK, _HOLD, _RELEASE = 0.12, 0.35, 0.6
_MUSIC_OUT = 1.5


def mix(programme: Programme, bench: Bench) -> Samples | None:
    """Return the whole sound, levelled to -16 LUFS; None when nothing has any. Raises CancelledError."""
    talk = np.zeros((programme.samples, 2), np.float32)
    heard = _clips(programme, talk, bench)
    rest = np.zeros_like(talk)
    music = np.zeros_like(talk)
    for laid in programme.sounds:
        bench.check()
        sound = read_sound(laid.given.media.path, samples=laid.samples) * np.float32(_gain(GAINS_DB[laid.role]))
        into = {"dialogue": talk, "music": music}.get(laid.role, rest)
        if laid.role == "music" and laid.start + laid.samples >= programme.samples:
            _fade_out(sound)
        into[laid.start : laid.start + len(sound)] += sound
        heard = True
    if not heard:
        return None
    if music.any():
        music *= ducking(talk)[:, None]
    talk += rest
    talk += music
    bench.check()
    return levelled(talk, PROGRAMME_LUFS)


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _fade_out(sound: Samples) -> None:
    count = min(len(sound), int(_MUSIC_OUT * RATE))
    if count:
        sound[-count:] *= np.cos(np.linspace(0, np.pi / 2, count, dtype=np.float32))[:, None]


def _clips(programme: Programme, into: Samples, bench: Bench) -> bool:
    """Lay every clip's own sound under its picture; say whether there was any."""
    heard = False
    for one, place in zip(programme.clips, programme.places, strict=True):
        if not one.media.has_audio or one.media.rate is None:
            continue
        bench.check()
        start = sample_at(place.start, programme.rate, RATE)
        end = sample_at(place.end, programme.rate, RATE)
        first = to_seconds(one.used[0], one.media.rate)
        # Nothing behind the used frames may be heard, however little they leave the last record frame short.
        used = int((to_seconds(one.used[1], one.media.rate) - first) * RATE)
        sound = read_sound(one.media.path, first=first, samples=min(end - start, used))
        fades = (_samples(place.head, programme), _samples(place.tail, programme))
        into[start : start + len(sound)] += sound * _edges(len(sound), *fades)[:, None]
        heard = True
    return heard


def _samples(frames: int, programme: Programme) -> int:
    return int(Fraction(frames) / programme.rate.fraction * RATE)


def _edges(count: int, head: int, tail: int) -> NDArray[np.float32]:
    """Fades of a transition, or 4 ms against a click at a cut. Equal gain: what fades are often parts of one sound."""
    line = np.ones(count, np.float32)
    head, tail = min(max(head, 192), count // 2), min(max(tail, 192), count // 2)
    if head:
        line[:head] = np.linspace(0, 1, head, dtype=np.float32)
    if tail:
        line[count - tail :] *= np.linspace(1, 0, tail, dtype=np.float32)
    return line


def ducking(talk: Samples) -> NDArray[np.float32]:
    """Return the gain of the music for every sample: down before somebody speaks, up again a while after."""
    whole = -(-len(talk) // _WINDOW)
    loud = np.zeros(whole * _WINDOW, np.float32)
    loud[: len(talk)] = np.abs(talk).max(axis=1)
    speaks = loud.reshape(whole, _WINDOW).max(axis=1) > _AUDIBLE
    wanted = np.where(_held(speaks, int(_ATTACK * 100), int(_HOLD * 100)), DUCK_DB, 0.0)
    level, now = np.empty(whole), 0.0
    down, up = -DUCK_DB / (_ATTACK * 100), -DUCK_DB / (_RELEASE * 100)
    for number, goal in enumerate(wanted):
        now = max(goal, now - down) if goal < now else min(goal, now + up)
        level[number] = now
    at = np.arange(len(talk)) / _WINDOW - 0.5
    return np.asarray(10 ** (np.interp(at, np.arange(whole), level) / 20), np.float32)


def _held(speaks: NDArray[np.bool_], before: int, after: int) -> NDArray[np.bool_]:
    """Stretch every spoken stretch by windows at both sides."""
    kernel = np.ones(before + after + 1)
    spread = np.convolve(speaks.astype(float), kernel)[before : before + len(speaks)]
    return np.asarray(spread > 0.5)
