"""A still picture with depth, and the camera that moves over it.

Pictures are height x width x 3 RGB uint8; depth is 0 for the far end and 1 for what is nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from takebridge.providers.local.moves import View
from takebridge.providers.local.tiles import Picture

Mask = NDArray[np.float32]

OVERSCAN = 1.25
"""How much larger than the frame a stage is drawn, so that a zoom of 1.25 is still sharp."""
PIVOT = 0.45
"""Depth that moves exactly like the camera's target; nearer things move more, farther ones less."""
SHIFT, SWELL = 0.055, 0.55
"""Strength of the parallax: part of the stage's size at full travel, and part of the zoom's change."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One sheet of the stage.

    ``picture`` is already multiplied with the sheet's alpha; ``through`` (height x width, 0–255) is how much of
    what lies behind shines through, None when nothing does. ``depth``: one number, or one a pixel.
    """

    picture: Picture
    through: NDArray[np.uint8] | None
    depth: float | Mask


def sheet_layer(picture: Picture, alpha: Mask, depth: float) -> Layer:
    """Make a layer of a picture and its alpha, 0 to 1."""
    coloured = (picture * alpha[..., None] + 0.5).astype(np.uint8)
    return Layer(coloured, (255.5 - 255 * alpha).astype(np.uint8), depth)


@dataclass(frozen=True, slots=True)
class Stage:
    """Layers from far to near, all of one size, at least `OVERSCAN` times the frame."""

    layers: tuple[Layer, ...]

    @property
    def size(self) -> tuple[int, int]:
        """``(width, height)`` in pixels."""
        height, width = self.layers[0].picture.shape[:2]
        return width, height

    def still(self) -> Picture:
        """Return all layers on top of each other."""
        picture = self.layers[0].picture
        for layer in self.layers[1:]:
            picture = _over(picture, layer.picture, layer.through)
        return picture

    def flattened(self) -> Stage:
        """Return the same picture without depth."""
        return Stage((Layer(self.still(), None, PIVOT),))


def shoot(stage: Stage, view: View, width: int, height: int, rest_zoom: float) -> Picture:
    """Return what the camera sees: ``height x width x 3``. ``rest_zoom``: zoom at which nothing swells."""
    frame: Picture | None = None
    for layer in stage.layers:
        seen, through = _see(stage, layer, view, (width, height), rest_zoom)
        frame = seen if frame is None else _over(frame, seen, through)
    assert frame is not None
    return frame


def _see(
    stage: Stage, layer: Layer, view: View, size: tuple[int, int], rest_zoom: float
) -> tuple[Picture, NDArray[np.uint8] | None]:
    if isinstance(layer.depth, np.ndarray):
        maps = _maps(stage, layer.depth, view, size, rest_zoom)
        bent = cv2.remap(layer.picture, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(bent, np.uint8), None
    matrix = _matrix(stage, layer.depth, view, size, rest_zoom)
    if layer.through is None:
        return _warped(layer.picture, matrix, size, cv2.BORDER_REFLECT_101), None
    seen = _warped(layer.picture, matrix, size, cv2.BORDER_REPLICATE)
    return seen, _warped(layer.through, matrix, size, cv2.BORDER_REPLICATE)


def _warped(
    sheet: NDArray[np.uint8], matrix: NDArray[np.float64], size: tuple[int, int], border: int
) -> NDArray[np.uint8]:
    # Linear: a seventh of the time of cubic (OpenCV 4.14: 3 against 24 ms at 720p), and what is seen is made smaller,
    # where cubic gains little. It also never overshoots at a rim, where colour must stay below alpha.
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(sheet, matrix, size, flags=flags, borderMode=border), np.uint8)


def _window(stage: Stage, view: View, size: tuple[int, int]) -> tuple[float, float, float]:
    """Return the centre on the stage and the stage pixels per frame pixel, before depth."""
    stage_width, stage_height = stage.size
    cover = min(stage_width / size[0], stage_height / size[1]) / view.zoom
    x = stage_width / 2 + view.x * (stage_width - size[0] * cover) / 2
    y = stage_height / 2 + view.y * (stage_height - size[1] * cover) / 2
    return x, y, cover


def _matrix(stage: Stage, depth: float, view: View, size: tuple[int, int], rest_zoom: float) -> NDArray[np.float64]:
    """Return the 2 x 3 matrix from frame to stage pixels for one depth."""
    x, y, cover = _window(stage, view, size)
    near = depth - PIVOT
    cover /= 1 + SWELL * near * (view.zoom / rest_zoom - 1)
    x += near * view.x * SHIFT * stage.size[0]
    y += near * view.y * SHIFT * stage.size[1]
    # Pixel centres lie at .5 on both sides.
    return np.array(
        [
            [cover, 0, x - cover * size[0] / 2 + cover / 2 - 0.5],
            [0, cover, y - cover * size[1] / 2 + cover / 2 - 0.5],
        ]
    )


def _maps(stage: Stage, depth: Mask, view: View, size: tuple[int, int], rest_zoom: float) -> tuple[Mask, Mask]:
    """Return x and y on the stage for every frame pixel.

    Depth is looked up where the undistorted camera would look and once more where that leads: the maps of
    a smooth depth have settled by then.
    """
    width, height = size
    x, y, cover = _window(stage, view, size)
    across = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :]
    down = (np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None]
    map_x = np.broadcast_to(np.float32(x - 0.5) + across * np.float32(cover), (height, width)).astype(np.float32)
    map_y = np.broadcast_to(np.float32(y - 0.5) + down * np.float32(cover), (height, width)).astype(np.float32)
    for _ in range(2):
        near = cv2.remap(depth, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) - np.float32(PIVOT)
        local = np.float32(cover) / (1 + np.float32(SWELL * (view.zoom / rest_zoom - 1)) * near)
        map_x = np.float32(x - 0.5) + across * local + near * np.float32(view.x * SHIFT * stage.size[0])
        map_y = np.float32(y - 0.5) + down * local + near * np.float32(view.y * SHIFT * stage.size[1])
    return map_x, map_y


def _over(below: Picture, above: Picture, through: NDArray[np.uint8] | None) -> Picture:
    if through is None:
        return above
    dimmed = cv2.multiply(below, cv2.merge([through, through, through]), scale=1 / 255)
    return np.asarray(cv2.add(dimmed, above), np.uint8)


def cover_scaled(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale (any number of channels) so that both sides are at least ``width`` and ``height``, keeping the shape."""
    ratio = max(width / picture.shape[1], height / picture.shape[0])
    size = (max(width, round(picture.shape[1] * ratio)), max(height, round(picture.shape[0] * ratio)))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)
