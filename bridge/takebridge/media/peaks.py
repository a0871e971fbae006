"""Peaks of a sound for drawing it as a waveform: the least and the greatest sample of equal parts, as JSON."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from takebridge.errors import ProbeError
from takebridge.media.audio import RATE, Samples, decoded_sound
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.media.publish import publishing

RATES = (100, 50, 25, 10, 5, 2, 1)
"""Peaks a second; each divides 48,000."""
MOST = 36_000
"""Pairs in a file, about 0.5 MB: 6 minutes at 100 a second, an hour at 10. Beyond ten hours there are more."""
_DIGITS = 3


def make_peaks(src: Path, dst: Path) -> None:
    """Write ``{"rate": n, "peaks": [[min, max], …]}``: n pairs a second, -1 to 1, over all channels.

    Of a film they begin with its first picture. Decoded once, in blocks, whatever the length. Raises ProbeError for
    what has no sound, and what `probe` raises.
    """
    info = probe(src)
    if not info.has_audio:
        raise ProbeError(f"“{src.name}” has no sound.", hint="Choose a file that can be heard.")
    samples = max(1, int(Fraction(info.audio_samples, info.audio_rate) * RATE) + _head(info))
    rate = rate_for(samples)
    lows, highs = _peaks(info, -(-samples * rate // RATE), RATE // rate)
    pairs = [[round(float(low), _DIGITS), round(float(high), _DIGITS)] for low, high in zip(lows, highs, strict=True)]
    with publishing(dst) as part:
        part.write_text(json.dumps({"rate": rate, "peaks": pairs}, separators=(",", ":")), "utf-8")


def rate_for(samples: int) -> int:
    """Return the most peaks a second that keep a sound of so many samples (at 48 kHz) within `MOST` pairs."""
    return next((rate for rate in RATES if samples * rate <= MOST * RATE), RATES[-1])


def _head(info: MediaInfo) -> int:
    """Samples between the first picture and the first sample; negative where the sound begins earlier."""
    return int((info.audio_start - info.video_start) * RATE) if info.has_video else 0


def _peaks(info: MediaInfo, parts: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    lows, highs = np.zeros(parts, np.float32), np.zeros(parts, np.float32)
    at = _head(info)
    for block in decoded_sound(info, 2, RATE):
        heard = block[max(0, -at) : max(0, parts * width - at)]
        _take_in(heard, max(at, 0), width, lows, highs)
        at += len(block)
    return np.clip(lows, -1, 0), np.clip(highs, 0, 1)


def _take_in(
    sound: Samples, first: int, width: int, lows: NDArray[np.float32], highs: NDArray[np.float32]
) -> None:  # fmt: skip
    """Widen the parts that ``sound`` (samples x channels, from sample ``first`` on) lies in."""
    if not len(sound):
        return
    starts = np.arange(-(-first // width) * width - first, len(sound), width)
    edges = np.unique(np.concatenate(([0], starts)))
    place = (first + edges) // width
    lows[place] = np.minimum(lows[place], np.minimum.reduceat(sound.min(axis=1), edges))
    highs[place] = np.maximum(highs[place], np.maximum.reduceat(sound.max(axis=1), edges))
