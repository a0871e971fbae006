"""A short sound file, written without any of the product's code."""

from __future__ import annotations

import math
import wave
from pathlib import Path


def write_beep(path: Path, seconds: float = 0.5, rate: int = 8000) -> Path:
    """A 440 Hz tone, 16-bit mono WAV, whatever the name says."""
    samples = (int(9000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))
    return path
