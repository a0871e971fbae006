"""A guess at depth for a single photograph: no network, a prior that is right often enough for a small move."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from takebridge.providers.local.stage import Layer, Mask, Stage, cover_scaled, sheet_layer
from takebridge.providers.local.tiles import Picture

_SMALL = 160
_ROOM = 1.15  # how much taller or wider than asked a stage may be


def depth_prior(picture: Picture) -> Mask:
    """Return depth 0 (far) to 1 (near), height x width, smooth, with its steps along the picture's own edges.

    Three cues: what stands lower is nearer, what is in the middle is nearer, what stands out is nearer.
    """
    height, width = picture.shape[:2]
    size = (_SMALL, max(16, round(_SMALL * height / width)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    rows, columns = small.shape[:2]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    low = y**1.3
    middle = np.exp(-(x**2) * 2.2 - (y - 0.58) ** 2 * 3.0)
    guess = 0.46 * low + 0.30 * middle + 0.34 * _salience(small)
    guide = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    smooth = _guided(guide, guess.astype(np.float32), radius=12, roughness=0.01)
    smooth = np.asarray(cv2.GaussianBlur(smooth, (0, 0), 1.6), np.float32)
    smooth = (smooth - smooth.min()) / max(1e-6, float(smooth.max() - smooth.min()))
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _salience(small: Picture) -> Mask:
    """Colour contrast to the picture's border, which is mostly background."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate([lab[:4].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)])
    centre, spread = rim.mean(0), rim.std(0) + 12
    far = np.sqrt((((lab - centre) / spread) ** 2).sum(2))
    far = cv2.GaussianBlur(far, (0, 0), 3)
    return np.asarray(np.clip(far / max(1e-6, float(np.percentile(far, 97))), 0, 1), np.float32)


def _guided(guide: Mask, signal: Mask, radius: int, roughness: float) -> Mask:
    """Smooth ``signal`` but keep its steps where ``guide`` has edges (guided filter, He 2010)."""

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_signal = mean(guide), mean(signal)
    slope = (mean(guide * signal) - mean_guide * mean_signal) / (mean(guide * guide) - mean_guide**2 + roughness)
    return np.asarray(mean(slope) * guide + mean(mean_signal - slope * mean_guide), np.float32)


def photo_stage(picture: Picture, width: int, height: int) -> Stage:
    """Put a photograph without alpha on a stage of at least ``width`` x ``height`` pixels.

    A much taller or wider picture is cropped: faces are in the upper part, so more is taken from the foot.
    """
    scaled = cover_scaled(picture, width, height)
    tall, wide = min(scaled.shape[0], round(height * _ROOM)), min(scaled.shape[1], round(width * _ROOM))
    top, left = round((scaled.shape[0] - tall) * 0.22), (scaled.shape[1] - wide) // 2
    scaled = np.ascontiguousarray(scaled[top : top + tall, left : left + wide])
    return Stage((Layer(scaled, None, depth_prior(scaled)),))


def cut_out_layer(rgba: NDArray[np.uint8], width: int, height: int) -> Layer:
    """Stand a cut-out (height x width x 4) on the lower edge of a ``width`` x ``height`` sheet, near the camera.

    A cut-out whose subject leaves the picture at the foot is put to the very edge, any other gets room below.
    """
    columns, rows = np.flatnonzero(rgba[..., 3].max(0) > 8), np.flatnonzero(rgba[..., 3].max(1) > 8)
    bleeds = bool(rows[-1] >= rgba.shape[0] - 2)
    subject = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ratio = min(0.78 * width / subject.shape[1], (0.86 if bleeds else 0.74) * height / subject.shape[0])
    size = (max(1, round(subject.shape[1] * ratio)), max(1, round(subject.shape[0] * ratio)))
    scaled = cv2.resize(_premultiplied(subject), size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    alpha = np.clip(scaled[..., 3], 0, 1)
    colour = np.clip(scaled[..., :3] / np.maximum(alpha, 1e-3)[..., None], 0, 255)
    left = (width - size[0]) // 2
    top = height - size[1] - (0 if bleeds else round(height * 0.10))
    sheet, mask = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.float32)
    sheet[top : top + size[1], left : left + size[0]] = colour.astype(np.uint8)
    mask[top : top + size[1], left : left + size[0]] = alpha
    return sheet_layer(sheet, mask, 0.9)


def _premultiplied(rgba: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return floats, colour 0–255 times alpha 0–1: scaling then lets no hidden colour bleed in at the rim."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return np.concatenate([rgba[..., :3] * alpha, alpha], axis=2).astype(np.float32)
