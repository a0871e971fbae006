"""Sound as numbers: files decoded to 48 kHz floats placed by the sample, and WAV written from them."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from takebridge.errors import ProbeError, UsageError
from takebridge.media.info import MediaInfo
from takebridge.media.probe import open_media, probe
from takebridge.media.publish import publishing

Samples = NDArray[np.float32]
"""samples x channels, full scale ±1."""

RATE = 48_000


def read_sound(
    path: Path, *, first: Fraction = Fraction(0), samples: int | None = None, channels: int = 2, rate: int = RATE
) -> Samples:
    """Return the file's sound from ``first`` on: ``samples`` x ``channels`` at ``rate``, silence where it has none.

    ``first``: seconds after its first picture (after its first sample when it has none). ``samples``: exactly so
    many, all that is left when None. Raises ProbeError when there is no sound or it does not decode.
    """
    info = probe(path)
    if not info.has_audio:
        raise ProbeError(f"“{path.name}” has no sound.", hint="Choose a file that can be heard.")
    head = int((info.audio_start - info.video_start) * rate) if info.has_video else 0
    skip = int(first * rate) - head
    total = int(Fraction(info.audio_samples, info.audio_rate) * rate) - skip if samples is None else samples
    out = np.zeros((max(0, total), channels), np.float32)
    at = -skip
    for block in decoded_sound(info, channels, rate):
        if at >= len(out):
            break
        low, high = max(at, 0), min(at + len(block), len(out))
        if high > low:
            out[low:high] = block[low - at : high - at]
        at += len(block)
    return out


def decoded_sound(info: MediaInfo, channels: int, rate: int) -> Iterator[Samples]:
    """Yield the file's sound from its first sample on, in blocks as they decode. Raises ProbeError."""
    resampler = AudioResampler(format="flt", layout="mono" if channels == 1 else "stereo", rate=rate)
    with open_media(info.path, info.container) as container:
        for frame in container.decode(container.streams.audio[0]):
            frame.pts = (
                None  # the resampler would fill gaps it sees in the stamps; the container's start is placed above
            )
            yield from (_array(one, channels) for one in resampler.resample(frame))
        yield from (_array(one, channels) for one in resampler.resample(None))


def _array(frame: AudioFrame, channels: int) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1, channels)


def write_wav(dst: Path, sound: Samples, rate: int = RATE) -> Path:
    """Write 16-bit PCM WAV, the same bytes for the same samples. Raises UsageError for no samples, DiskFullError."""
    if sound.ndim != 2 or not len(sound):
        raise UsageError("There is no sound to write.", hint="Give at least one sample.")
    whole = np.rint(np.clip(sound, -1, 1) * 32767).astype("<i2")
    with publishing(dst, estimate=whole.nbytes + 64) as part, wave.open(str(part), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
    return dst
