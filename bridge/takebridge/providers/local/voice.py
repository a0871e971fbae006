"""A voice that stands in for a spoken line: babble with the length, stress and pauses of the text, and no words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from takebridge.errors import CapabilityError
from takebridge.media.audio import RATE, write_wav
from takebridge.media.loudness import levelled
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.order import Order
from takebridge.providers.local.synth import Mono, glide, noise, roomy, shaped, stereo, swell, ticks

WORDS_A_MINUTE = 150
SPEECH_LUFS = -18.0
MOST_SECONDS = 900
_LONGEST_WORD = 12
_HEAD, _TAIL = 0.08, 0.2

# First three formants in Hz of an adult's vowels (rounded from Peterson & Barney 1952, means).
_FORMANTS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
    "y": (390, 1990, 2550),
}
_WIDTHS = (90.0, 110.0, 160.0)
_PAUSES = {",": 0.18, ";": 0.26, ":": 0.26, "–": 0.26, "—": 0.26, ".": 0.42, "!": 0.42, "?": 0.42, "…": 0.6, "\n": 0.55}


@dataclass(frozen=True, slots=True)
class Syllable:
    """One sound to make, in seconds from the start. ``rise``: how the pitch leans, of its height."""

    start: float
    length: float
    vowel: str
    onset: str
    stress: float
    rise: float


@dataclass(frozen=True, slots=True)
class Line:
    """A planned line: its syllables and how long it lasts, pauses and breath included."""

    syllables: tuple[Syllable, ...]
    seconds: float


def spoken_text(order: Order) -> str:
    """Return what is to be said: the wired lines, then the prompt, without the speakers' names."""
    lines = [*order.words("text", "script").splitlines(), *order.request.prompt.strip().splitlines()]
    return "\n".join(without_speaker(line) for line in lines if line.strip())


def without_speaker(line: str) -> str:
    """Drop a speaker's name in capitals before a colon: ``ANNA: Come in.``"""
    return re.sub(r"^\s*[A-ZÀ-Þ][A-ZÀ-Þ0-9 .'()-]{0,40}:\s+", "", line).strip()


def plan_line(text: str, *, speed_percent: int = 100) -> Line:
    """Set the words to time at about 150 a minute, pauses included. A pure function of the text."""
    rough: list[tuple[str, str, float, float]] = []  # onset, vowel, length, stress; a pause has no vowel
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*|[,;:.!?…–—\n]", text)
    for word in words:
        if word in _PAUSES:
            rough.append(("", "", _PAUSES[word], 0.0))
            continue
        rough += _syllables(word)
    spoken = sum(word not in _PAUSES for word in words)
    wanted = spoken * 60 / WORDS_A_MINUTE
    # The rate holds for a whole line: a line of short words is spoken slower, of long ones faster, within reason.
    natural = sum(length for _, _, length, _ in rough)
    stretch = min(1.5, max(0.7, wanted / natural)) if natural else 1.0
    stretch *= 100 / speed_percent
    return _timed(rough, stretch, asked="?" in text[-3:])


def _syllables(word: str) -> list[tuple[str, str, float, float]]:
    lower = word.lower()
    parts = re.findall(r"[^aeiouy]*[aeiouy]+(?:[^aeiouy]+$)?", lower) or [lower[:3]]
    if len(parts) > 1 and re.fullmatch(r"[^aeiouy]+e", parts[-1]):
        parts.pop()  # a silent e at the end
    made = []
    for number, part in enumerate(parts[:_LONGEST_WORD]):
        found = re.search(r"[aeiouy]", part)
        vowel = found[0] if found else "aeiou"[zlib.crc32(part.encode()) % 5]
        onset = re.match(r"[^aeiouy]*", part)
        length = 0.13 + 0.018 * min(len(part), 6) + (0.05 if number == len(parts) - 1 else 0)
        made.append((onset[0] if onset else "", vowel, length, 1.0 if number == 0 else 0.72))
    return made


def _timed(rough: Sequence[tuple[str, str, float, float]], stretch: float, *, asked: bool) -> Line:
    at, count = _HEAD, sum(bool(vowel) for _, vowel, _, _ in rough)
    syllables: list[Syllable] = []
    for onset, vowel, length, stress in rough:
        length *= stretch
        if vowel:
            place = len(syllables) / count  # the voice sinks along the line, and rises at a question's end
            lift = 0.35 if asked and len(syllables) >= count - 1 else 0.0
            rise = 0.10 - 0.2 * place + lift + 0.06 * (stress - 0.8)
            syllables.append(Syllable(at, length, vowel, onset, stress, rise))
        at += length
    return Line(tuple(syllables), at + _TAIL)


# --- sound ----------------------------------------------------------------------------------------------


def check_voice(order: Order) -> None:
    """Raise CapabilityError unless there is something to say, of a length that can be said."""
    text = spoken_text(order)
    if not re.search(r"[^\W_]", text):
        raise CapabilityError("There is nothing to say.", hint="Write the words, or wire a line of the script.")
    speed = order.number("speed_percent", 100)
    if not 25 <= speed <= 400:
        raise CapabilityError(f"A speed of {speed} % cannot be spoken.", hint="Use 25 to 400 percent.")
    words = len(re.findall(r"[^\W_]+", text))
    if words * 60 * 100 > MOST_SECONDS * WORDS_A_MINUTE * speed:
        raise CapabilityError(
            f"{words:,} words would last longer than {MOST_SECONDS // 60} minutes.",
            hint="Speak the script line by line: one voice node a line.",
        )


def make_voice(order: Order, bench: Bench) -> Made:
    """Write the babble into port ``audio``."""
    line = plan_line(spoken_text(order), speed_percent=order.number("speed_percent", 100))
    bench.begin(len(line.syllables) + 1)
    dice = np.random.default_rng([order.seed, zlib.crc32(order.text("voice").encode())])
    pitch = float(dice.uniform(92, 205))
    throat = 0.92 + (pitch - 92) / 113 * 0.26  # a higher voice belongs to a smaller head
    sound = np.zeros(int(line.seconds * RATE), np.float32)
    for number, syllable in enumerate(line.syllables):
        _put(sound, syllable, pitch, throat, dice)
        bench.at(number + 1)
    soft = roomy(stereo(sound), np.random.default_rng(order.seed), 0.22, 0.10)
    path = write_wav(bench.file("audio", ".wav"), levelled(soft, SPEECH_LUFS))
    bench.at(len(line.syllables) + 1)
    facts = {"previz": True, "duration_ms": len(sound) * 1000 // RATE, "syllables": len(line.syllables)}
    return Made((Output("audio", "audio/wav", path),), facts, order.seed)


def _put(sound: Mono, syllable: Syllable, pitch: float, throat: float, dice: np.random.Generator) -> None:
    count = int(syllable.length * RATE)
    at = int(syllable.start * RATE)
    breath = _consonant(syllable.onset, dice)
    voiced = _vowel(syllable, count, pitch, throat, dice)
    for piece, where in ((breath, at), (voiced, at + len(breath) // 2)):
        end = min(len(sound), where + len(piece))
        sound[where:end] += piece[: end - where]


def _vowel(syllable: Syllable, count: int, pitch: float, throat: float, dice: np.random.Generator) -> Mono:
    t = ticks(count)
    lean = syllable.rise + 0.05 * syllable.stress * np.sin(np.pi * t * RATE / count)
    height = pitch * (1 + lean + dice.uniform(-0.025, 0.025)) * (1 + 0.008 * np.sin(2 * np.pi * 5.2 * t))
    phase = glide(height)
    middle = float(height.mean())
    total = np.zeros(count)
    for harmonic in range(1, int(4200 / middle) + 1):
        total += _strength(harmonic * middle, syllable.vowel, throat) / harmonic**0.75 * np.sin(harmonic * phase)
    envelope = swell(count, min(0.045, syllable.length / 3), min(0.07, syllable.length / 2.2))
    return np.asarray(total * envelope * syllable.stress, np.float32)


def _strength(frequency: float, vowel: str, throat: float) -> float:
    """How much of a frequency the mouth lets through for a vowel."""
    total = 0.02
    for number, (centre, width) in enumerate(zip(_FORMANTS[vowel], _WIDTHS, strict=True)):
        total += 0.62**number / (1 + ((frequency - centre * throat) / width) ** 2)
    return total


def _consonant(onset: str, dice: np.random.Generator) -> Mono:
    if not onset:
        return np.zeros(0, np.float32)
    hiss = any(letter in onset for letter in "szfxcj") or "sh" in onset or "ch" in onset
    hum = all(letter in "mnlrwgbdv" for letter in onset)
    count = int(RATE * (0.075 if hiss else 0.05 if hum else 0.028))
    low, high, level = (3200, 9000, 0.5) if hiss else (150, 900, 0.35) if hum else (900, 5200, 0.6)
    return shaped(noise(dice, count), low, high) * swell(count, 0.006, 0.02) * np.float32(level)
