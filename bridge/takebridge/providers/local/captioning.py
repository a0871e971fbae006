"""Captions from words that are known: as many cues as they need, timed by the sound they are spoken in."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from takebridge.errors import CapabilityError
from takebridge.media.audio import RATE, read_sound
from takebridge.media.publish import publishing
from takebridge.providers.local.bench import Bench, Made, Output
from takebridge.providers.local.order import Given, Order, need, need_sound
from takebridge.providers.local.subtitles import Cue, cues_of, spell_srt, spell_vtt
from takebridge.providers.local.voice import without_speaker

_QUIET = 10 ** (-45 / 20)
_WINDOW = RATE // 50


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Words and the sounds they are spoken in, one after the other."""

    words: str
    sounds: tuple[Given, ...]


def check_captions(order: Order) -> None:
    """Raise CapabilityError unless there are words and sound."""
    _pairs(order)


def make_captions(order: Order, bench: Bench) -> Made:
    """Write the cues into port ``captions``. Sounds follow each other without a gap, as in an assembled cut."""
    pairs = _pairs(order)
    bench.begin(sum(len(pair.sounds) for pair in pairs) + 1)
    cues: list[Cue] = []
    at = Fraction(0)  # milliseconds
    done = 0
    for pair in pairs:
        start, end = at, at
        for number, one in enumerate(pair.sounds):
            first, last, length = _heard(one)
            start = at + first if number == 0 else start
            end, at = at + last, at + length
            done += 1
            bench.at(done)
        limits = {"max_chars": order.number("max_chars", 42), "max_lines": order.number("max_lines", 2)}
        cues += cues_of(pair.words, int(start), int(end), **limits)
    vtt = order.text("format", "srt") == "vtt"
    path = bench.file("captions", ".vtt" if vtt else ".srt")
    with publishing(path) as part:
        part.write_text(spell_vtt(cues) if vtt else spell_srt(cues), "utf-8", newline="\n")
    bench.at(done + 1)
    mime = "text/vtt" if vtt else "application/x-subrip"
    facts = {"previz": False, "cues": len(cues), "duration_ms": int(at)}
    return Made((Output("captions", mime, path),), facts)


def _pairs(order: Order) -> list[_Spoken]:
    """Line for sound where there are as many; otherwise all words over all sounds."""
    sounds = order.of("audio")
    need(sounds, "voice")
    need_sound(sounds)
    lines = [without_speaker(" ".join((one.text or "").split())) for one in order.of("text")]
    if not any(lines):
        lines = _spoken_lines(order.words("script"))
    if not any(lines):
        raise CapabilityError(
            "There are no words for the captions.", hint="Wire the script, or the lines that are spoken."
        )
    if len(lines) == len(sounds):
        return [_Spoken(line, (sound,)) for line, sound in zip(lines, sounds, strict=True) if line]
    return [_Spoken(" ".join(lines), sounds)]


def _spoken_lines(script: str) -> list[str]:
    """The lines with a speaker's name; where nobody is named, every line."""
    lines = [line for line in script.splitlines() if line.strip()]
    named = [line for line in lines if without_speaker(line) != line.strip()]
    return [without_speaker(line) for line in named or lines]


def _heard(one: Given) -> tuple[Fraction, Fraction, Fraction]:
    """Return first and last millisecond at which something is heard, and the whole length."""
    sound = read_sound(one.media.path, channels=1)[:, 0]
    length = Fraction(len(sound) * 1000, RATE)
    whole = len(sound) // _WINDOW
    peaks = np.abs(sound[: whole * _WINDOW]).reshape(whole, _WINDOW).max(axis=1, initial=0)
    loud = np.flatnonzero(peaks > _QUIET)
    if not len(loud):
        return Fraction(0), length, length
    return Fraction(int(loud[0]) * 20), min(length, Fraction((int(loud[-1]) + 1) * 20)), length
