"""Music that stands in for a score: chords, bass, a plucked line and a quiet beat in the mood of the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from takebridge.media.audio import RATE, Samples, write_wav
from takebridge.media.loudness import levelled
from takebridge.providers.local.bench import Bench, Facts, Made, Output
from takebridge.providers.local.order import Order, milliseconds, need_clip
from takebridge.providers.local.synth import Dice, Mono, add, decay, faded, noise, roomy, shaped, spread, swell, ticks
from takebridge.timebase import to_seconds

BED_LUFS = -18.0
LONGEST_MS = 900_000
DEFAULT_MS = 30_000

_MAJOR, _MINOR, _DORIAN = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10)


@dataclass(frozen=True, slots=True)
class Mood:
    """What a piece is made of: scale, tempo in beats a minute, chord roots as steps of the scale, and its layers."""

    name: str
    scale: tuple[int, ...]
    tempo: int
    chords: tuple[int, ...]
    pluck: float
    beat: float
    dark: float


_MOODS: tuple[tuple[str, Mood], ...] = (
    (r"tense|tension|suspense|thriller|dark|ominous|horror|danger|chase",
     Mood("tense", _MINOR, 96, (0, 0, 5, 4), 0.5, 0.6, 0.8)),
    (r"sad|melanchol|lonel|grief|farewell|tender|intimate", Mood("sad", _MINOR, 66, (0, 5, 3, 4), 0.6, 0.0, 0.5)),
    (r"epic|heroic|trailer|cinematic|triumph|grand|anthem", Mood("epic", _MINOR, 88, (0, 5, 2, 6), 0.4, 0.9, 0.4)),
    (r"upbeat|happy|joy|fun|playful|energetic|pop|bright|summer",
     Mood("upbeat", _MAJOR, 116, (0, 4, 5, 3), 1.0, 0.8, 0.0)),
    (r"corporate|brand|inspir|uplift|motivat|hope|optimis", Mood("hopeful", _MAJOR, 104, (0, 3, 5, 4), 0.9, 0.5, 0.1)),
    (r"electro|synth|neon|cyber|techno|tech|club|future",
     Mood("electronic", _DORIAN, 112, (0, 0, 3, 6), 0.8, 0.9, 0.3)),
    (r"calm|ambient|peace|quiet|soft|dream|relax|meditat|slow", Mood("calm", _MAJOR, 72, (0, 3, 1, 4), 0.5, 0.0, 0.2)),
)  # fmt: skip
_ANY = (_MOODS[4][1], _MOODS[6][1], _MOODS[3][1])


def mood_of(words: str, seed: int, tempo: int = 0) -> Mood:
    """Return the mood the words ask for, else one by the seed; ``tempo`` beats a minute unless 0."""
    lower = words.lower()
    found = next((mood for pattern, mood in _MOODS if re.search(rf"\b({pattern})", lower)), _ANY[seed % len(_ANY)])
    return replace(found, tempo=tempo) if tempo else found


def length_of(order: Order, default_ms: int, longest_ms: int) -> int:
    """Return the length in milliseconds: asked, else the wired picture's, else ``default_ms``."""
    if order.request.duration_ms is None and not order.number("duration_ms", 0):
        clips = order.of("source_video")
        if clips:
            rate = clips[0].media.rate
            assert rate is not None
            start, end = clips[0].used
            default_ms = int(to_seconds(end - start, rate) * 1000)
    return milliseconds(order, default_ms, longest_ms)


def check_music(order: Order) -> None:
    """Raise CapabilityError unless the length and tempo can be played."""
    need_clip(order.of("source_video"))
    length_of(order, DEFAULT_MS, LONGEST_MS)


def make_music(order: Order, bench: Bench) -> Made:
    """Write the bed into port ``audio``: exactly the asked milliseconds."""
    count = length_of(order, DEFAULT_MS, LONGEST_MS) * RATE // 1000
    tempo = order.number("tempo_bpm", 0)
    mood = mood_of(order.direction, order.seed, min(220, max(40, tempo)) if tempo else 0)
    sound = compose(mood, order.seed, count, bench)
    path = write_wav(bench.file("audio", ".wav"), sound)
    facts: Facts = {"previz": True, "mood": mood.name, "tempo_bpm": mood.tempo, "duration_ms": count * 1000 // RATE}
    return Made((Output("audio", "audio/wav", path),), facts, order.seed)


def compose(mood: Mood, seed: int, count: int, bench: Bench) -> Samples:
    """Return ``count`` samples of the piece. Progress is counted in bars."""
    dice = np.random.default_rng([seed, 0x5C0E])
    key = 45 + int(dice.integers(0, 9))
    bar = 240 / mood.tempo
    bars = max(1, -(-count // int(bar * RATE)))
    bench.begin(bars + 1)
    sound = np.zeros((count, 2), np.float32)
    pattern = [int(n) for n in dice.integers(0, 3, 8)]
    for number in range(bars):
        part = number / max(1, bars - 1)
        at = int(number * bar * RATE)
        chord = _chord(mood, key, mood.chords[number % len(mood.chords)])
        rising = min(1.0, 0.35 + 1.3 * part) if part < 0.8 else 1.0
        _pad(sound, chord, at, bar, dice, mood)
        _bass(sound, chord[0] - 12, at, bar, mood, rising)
        if number >= min(2, bars // 4):
            _pluck(sound, chord, at, bar, pattern, mood, rising)
        if number >= min(4, bars // 3):
            _beat(sound, at, bar, dice, mood, rising)
        bench.at(number + 1)
    wet = roomy(sound, dice, 1.6, 0.35)
    ends = min(2.5, count / RATE / 4)
    finished = levelled(faded(wet, min(0.6, ends), ends), BED_LUFS)
    bench.at(bars + 1)
    return finished


def _chord(mood: Mood, key: int, root: int) -> tuple[int, ...]:
    """Four MIDI notes: every second step of the scale from ``root``."""
    notes = [mood.scale[(root + 2 * n) % 7] + 12 * ((root + 2 * n) // 7) for n in range(4)]
    return tuple(key + 12 + note - (12 if root > 3 else 0) for note in notes)


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _pad(sound: Samples, chord: Sequence[int], at: int, bar: float, dice: Dice, mood: Mood) -> None:
    count = int(bar * RATE * 1.25)
    t = ticks(count)
    line = swell(count, bar * 0.3, bar * 0.35)
    for note in chord:
        total = np.zeros(count)
        for detune in (-0.06, 0.05):
            phase = 2 * np.pi * _hertz(note + detune) * t + dice.uniform(0, 6.28)
            for harmonic in range(1, 5):
                total += np.sin(harmonic * phase) / harmonic ** (1.7 + mood.dark)
        add(sound, spread((total * line * 0.045).astype(np.float32), float(dice.uniform(-0.6, 0.6))), at)


def _bass(sound: Samples, note: int, at: int, bar: float, mood: Mood, level: float) -> None:
    for place, length in ((0.0, 0.5), (0.5, 0.375), (0.875, 0.125)) if mood.beat else ((0.0, 1.0),):
        count = int(bar * length * RATE)
        phase = 2 * np.pi * _hertz(note) * ticks(count)
        tone = (np.sin(phase) + 0.25 * np.sin(2 * phase)) * swell(count, 0.02, bar * length * 0.4)
        add(sound, spread((tone * 0.13 * level).astype(np.float32), 0.0), at + int(bar * place * RATE))


def _pluck(
    sound: Samples, chord: Sequence[int], at: int, bar: float, pattern: Sequence[int], mood: Mood, level: float
) -> None:
    count = int(0.9 * RATE)
    t = ticks(count)
    for step, choice in enumerate(pattern):
        if choice == 2 and step % 2:
            continue  # a rest
        note = chord[(step + choice) % len(chord)] + 12
        phase = 2 * np.pi * _hertz(note) * t
        partials = [np.sin(k * phase) * np.exp(-t * (3 + 2.2 * k)) / k for k in (1, 2, 3, 5)]
        tone = (
            np.sum(partials, axis=0) * np.minimum(1, t / 0.004) * swell(count, 0.001, 0.2) * 0.10 * mood.pluck * level
        )
        place = at + int(bar * step / len(pattern) * RATE)
        add(sound, spread(np.asarray(tone, np.float32), 0.5 if step % 2 else -0.5), place)


def _beat(sound: Samples, at: int, bar: float, dice: Dice, mood: Mood, level: float) -> None:
    if not mood.beat:
        return
    for step in range(8):
        place = at + int(bar * step / 8 * RATE)
        if step % 4 == 0:
            add(sound, spread(_kick() * np.float32(0.5 * mood.beat * level), 0.0), place)
        hat = shaped(noise(dice, RATE // 12), 6000, 15000) * decay(RATE // 12, 0.07)
        add(sound, spread(hat * np.float32(0.10 * mood.beat * level * (1 if step % 2 else 0.6)), 0.25), place)
        if step % 4 == 2:
            clap = shaped(noise(dice, RATE // 5), 900, 6000) * decay(RATE // 5, 0.16)
            add(sound, spread(clap * np.float32(0.16 * mood.beat * level), -0.1), place)


def _kick() -> Mono:
    count = RATE // 4
    t = ticks(count)
    phase = 2 * np.pi * (48 * t + 2.6 * (1 - np.exp(-t * 30)))
    return np.asarray(np.sin(phase) * np.exp(-t * 14), np.float32) * swell(count, 0.001, 0.05)
