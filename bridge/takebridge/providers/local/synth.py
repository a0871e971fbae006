"""Sound from arithmetic: noise, tones, envelopes, filters and a small room. 48 kHz, samples x 2 channels, ±1.

Everything is a pure function of its arguments and the generator it is handed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from takebridge.media.audio import RATE, Samples

Mono = NDArray[np.float32]
Dice = np.random.Generator


def ticks(count: int) -> NDArray[np.float64]:
    """Return the time of every sample in seconds."""
    return np.arange(count) / RATE


def noise(dice: Dice, count: int) -> Mono:
    """White noise, about a third of full scale."""
    return dice.standard_normal(count, dtype=np.float32) * np.float32(0.3)


def shaped(sound: Mono, low: float, high: float, slope: float = 0.0) -> Mono:
    """Keep ``low`` to ``high`` Hz with soft edges; ``slope`` dB an octave tilts what is left."""
    size = 1 << (len(sound) + RATE // 20).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    frequency[0] = 1.0
    gain = 1 / (1 + (low / frequency) ** 4) / (1 + (frequency / high) ** 4)
    if slope:
        gain *= (frequency / max(low, 20.0)) ** (slope / 6.02)
    spectrum = np.fft.rfft(sound, size) * np.minimum(gain, 4.0)
    return np.fft.irfft(spectrum, size)[: len(sound)].astype(np.float32)


def swell(count: int, attack: float, release: float) -> Mono:
    """Rise for ``attack`` seconds, fall for the last ``release``; never longer than half the sound each."""
    up = max(1, min(int(attack * RATE), count // 2))
    down = max(1, min(int(release * RATE), count // 2))
    line = np.ones(count, np.float32)
    line[:up] = np.sin(np.linspace(0, np.pi / 2, up, dtype=np.float32)) ** 2
    line[count - down :] *= np.cos(np.linspace(0, np.pi / 2, down, dtype=np.float32)) ** 2
    return line


def decay(count: int, seconds: float, attack: float = 0.002) -> Mono:
    """Strike and die away to a thousandth in ``seconds``."""
    t = ticks(count)
    return np.asarray(np.minimum(1, t / attack) * np.exp(-6.9 * t / seconds), np.float32)


def glide(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the phase in radians of a tone whose frequency in Hz follows ``line``."""
    return np.asarray(2 * np.pi * np.cumsum(line) / RATE)


def stereo(left: Mono, right: Mono | None = None) -> Samples:
    """Put one or two channels side by side."""
    return np.stack([left, left if right is None else right], axis=1).astype(np.float32)


def spread(sound: Mono, pan: float) -> Samples:
    """Place a sound between left (-1) and right (1) at equal power."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([sound * np.cos(angle), sound * np.sin(angle)], axis=1).astype(np.float32)


def add(into: Samples, sound: Samples, at: int) -> None:
    """Mix ``sound`` in from sample ``at`` on; what reaches beyond the end is dropped."""
    end = min(len(into), at + len(sound))
    if end > at >= 0:
        into[at:end] += sound[: end - at]


def roomy(sound: Samples, dice: Dice, seconds: float, wet: float) -> Samples:
    """Add the ring of a room: noise dying away, different in both ears."""
    count = int(seconds * RATE)
    size = 1 << (2 * count).bit_length()
    out = sound.copy()
    for channel in range(2):
        tail = shaped(noise(dice, count), 180, 5200) * decay(count, seconds, 0.012)
        tail *= np.float32(wet / (np.sqrt(np.sum(tail**2)) + 1e-9))
        _convolve_into(out[:, channel], sound[:, channel], np.fft.rfft(tail, size), size, size - count)
    return out


def _convolve_into(out: Mono, sound: Mono, response: NDArray[np.complex128], size: int, piece: int) -> None:
    """Add the convolution piece by piece: a long sound then needs no more memory than a short one."""
    for at in range(0, len(sound), piece):
        ring = np.fft.irfft(np.fft.rfft(sound[at : at + piece], size) * response, size)
        end = min(len(out), at + size)
        out[at:end] += ring[: end - at].astype(np.float32)


def faded(sound: Samples, into: float, out: float) -> Samples:
    """Fade in and out, both in seconds."""
    return np.asarray(sound * swell(len(sound), into, out)[:, None], np.float32)
