"""Integrated loudness (ITU-R BS.1770-4) of samples at 48 kHz, and the gain to a wanted level."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from takebridge.media.audio import RATE, Samples

SILENT = -70.0
"""LUFS below which nothing counts (the absolute gate)."""
PEAK = 10 ** (-1.5 / 20)
"""Highest sample a levelled sound may reach: -1.5 dBFS leaves room for what a codec adds."""

_STEP, _BLOCK = RATE // 10, RATE * 4 // 10
_SETTLE = RATE
_SIZE = 1 << 20
_PIECE = (_SIZE - 2 * _SETTLE) // _STEP * _STEP
# The two biquads of the K weighting at 48 kHz, as printed in BS.1770-4, annex 1.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGHPASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(sound: Samples) -> float:
    """Return LUFS of samples x channels at 48 kHz; `SILENT` for silence and for less than 0.4 s."""
    power = _block_power(sound)
    loud = power[_lufs(power) > SILENT]
    if not len(loud):
        return SILENT
    gated = loud[_lufs(loud) > _lufs(loud.mean(keepdims=True))[0] - 10]
    return float(_lufs(gated.mean(keepdims=True))[0])


def levelled(sound: Samples, target: float) -> Samples:
    """Return the sound at ``target`` LUFS, or as near as its peaks allow. Shorter than 0.4 s: levelled by its peak."""
    peak = float(np.abs(sound).max(initial=0))
    if peak < 1e-5:
        return sound
    measured = loudness(sound)
    wanted = 10 ** ((target - measured) / 20) if measured > SILENT else PEAK / peak
    return np.asarray(sound * np.float32(min(wanted, PEAK / peak)), np.float32)


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))


def _block_power(sound: Samples) -> NDArray[np.float64]:
    """Mean square of every 400 ms block, one each 100 ms, channels added."""
    steps = np.concatenate([_step_energy(sound[:, n]) for n in range(sound.shape[1])] or [np.zeros(0)])
    steps = steps.reshape(sound.shape[1], -1).sum(0)
    if len(steps) < _BLOCK // _STEP:
        return np.zeros(0)
    return np.convolve(steps, np.ones(_BLOCK // _STEP), "valid") / _BLOCK


def _step_energy(channel: NDArray[np.float32]) -> NDArray[np.float64]:
    whole = len(channel) // _STEP * _STEP
    weighted = [_weighted(channel, at, min(at + _PIECE, whole)) for at in range(0, whole, _PIECE)]
    if not weighted:
        return np.zeros(0)
    return np.asarray((np.concatenate(weighted) ** 2).reshape(-1, _STEP).sum(1))


def _weighted(channel: NDArray[np.float32], start: int, end: int) -> NDArray[np.float64]:
    """K-weight a piece in the frequency domain; a second of what came before lets the filters settle."""
    before = max(0, start - _SETTLE)
    piece = channel[before:end].astype(np.float64)
    whole = np.fft.irfft(np.fft.rfft(piece, _SIZE) * _response(), _SIZE)
    return np.asarray(whole[start - before : end - before])


@cache
def _response() -> NDArray[np.complex128]:
    turn = np.exp(-2j * np.pi * np.arange(_SIZE // 2 + 1) / _SIZE)
    gains = [np.polyval(top[::-1], turn) / np.polyval(bottom[::-1], turn) for top, bottom in (_SHELF, _HIGHPASS)]
    return np.asarray(gains[0] * gains[1])
