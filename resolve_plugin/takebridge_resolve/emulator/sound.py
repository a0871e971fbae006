"""What one hears: the sound of a timeline's audio tracks over a range, decoded with PyAV, mixed in plain sums."""

from __future__ import annotations

import wave
from fractions import Fraction
from math import floor

import av
import numpy as np
import numpy.typing as npt

from .layout import solid
from .state import Item, Timeline

RATE = 48000
CHANNELS = 2
Samples = npt.NDArray[np.int32]


def write_mix(timeline: Timeline, first: int, end: int, path: str) -> None:
    """Write timeline_frames ``first`` to ``end`` (exclusive) as 48 kHz stereo. Raises OSError.

    Retimed sound is left silent: the emulator stretches nothing.
    """
    mixed = np.zeros((_sample(timeline, end - first), CHANNELS), np.int32)
    for track in timeline.tracks["audio"]:
        for item in solid(track) if track.enabled else []:
            if item.enabled and item.speed == 1 and not item.reversed and item.end > first and item.start < end:
                _add(timeline, item, first, mixed)
    with wave.open(path, "wb") as file:
        file.setnchannels(CHANNELS)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(mixed, -32768, 32767).astype("<i2").tobytes())


def _sample(timeline: Timeline, frames: int) -> int:
    return floor(Fraction(frames) / timeline.rate * RATE)


def _add(timeline: Timeline, item: Item, first: int, mixed: Samples) -> None:
    if item.media is None or not item.media.path:
        return
    heard = _samples(item.media.path)
    begin = floor(Fraction(item.source_start) / item.media.rate * RATE)
    start, end = _sample(timeline, item.start), _sample(timeline, item.end)
    cut = heard[begin : begin + end - start]
    at = start - _sample(timeline, first)
    cut = cut[max(0, -at) :]
    at = max(0, at)
    length = max(0, min(len(cut), len(mixed) - at))
    mixed[at : at + length] += cut[:length]


def _samples(path: str) -> npt.NDArray[np.int16]:
    """All samples of a file at 48 kHz stereo; nothing for an unreadable one."""
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    blocks: list[npt.NDArray[np.int16]] = []
    try:
        with av.open(path, mode="r") as container:
            for frame in [*container.decode(audio=0), None]:
                parts = resampler.resample(frame)
                blocks += [part.to_ndarray().astype(np.int16).reshape(-1, CHANNELS) for part in parts]
    except (av.error.FFmpegError, OSError, IndexError):
        return np.zeros((0, CHANNELS), np.int16)
    return np.concatenate(blocks) if blocks else np.zeros((0, CHANNELS), np.int16)
