"""Draws a place from a mood in layers with depth: sky, then ridges, towers or trees, and a figure if there is one."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from takebridge.providers.local.mood import Mood, Place
from takebridge.providers.local.palette import Rgb
from takebridge.providers.local.stage import Layer, Mask, Stage, sheet_layer
from takebridge.providers.local.tiles import Picture

Point = tuple[float, float]
Outline = Sequence[Point]
"""Corners in parts of the sheet's width and height."""

_FINE = 2  # shapes are drawn larger and averaged down: Pillow's polygons have hard edges


def backdrop(mood: Mood, seed: int, width: int, height: int) -> Stage:
    """Return a drawn stage of ``width`` x ``height`` pixels; the same for the same mood and seed."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    layers = [Layer(_sky(mood, dice, width, height), None, 0.0)]
    ground = _water(mood) if mood.place == "sea" else mood
    for depth, shapes in _PLACES[mood.place](dice):
        layers.append(_sheet(shapes, depth, ground, width, height))
    if mood.figure:
        at = 0.5 + dice.choice((-1, 1)) * dice.uniform(0.12, 0.2)
        layers.append(_sheet(_figure(at, 0.93, 0.46 * height / width, 0.46), 0.86, mood, width, height))
    return Stage(tuple(layers))


# --- sky ------------------------------------------------------------------------------------------------


def _sky(mood: Mood, dice: random.Random, width: int, height: int) -> Picture:
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    k = np.clip(y / 0.72, 0, 1) ** 1.35
    air = np.array(mood.sky, np.float32) * (1 - k) + np.array(mood.horizon, np.float32) * k
    air = np.repeat(air, width, axis=1)
    if mood.stars:
        air += _stars(dice, width, height)[..., None] * np.array(mood.light, np.float32)
    else:
        air += (_clouds(dice, width, height)[..., None] - 0.3) * (np.array(mood.light, np.float32) - air) * 0.5
    air = _with_light(air, mood, dice.uniform(0.24, 0.76), dice.uniform(0.26, 0.44))
    return np.clip(air, 0, 255).astype(np.uint8)


def _water(mood: Mood) -> Mood:
    """Water takes its colour from the sky above it."""
    deep = _blend(mood.sky, (16, 40, 58), 0.55)
    return replace(mood, horizon=_blend(mood.horizon, mood.sky, 0.45), near=_blend(deep, mood.near, 0.3))


def _with_light(air: NDArray[np.float32], mood: Mood, x: float, y: float) -> NDArray[np.float32]:
    height, width = air.shape[:2]
    yy, xx = np.ogrid[:height, :width]
    distance = np.sqrt((xx - x * width) ** 2 + (yy - y * height) ** 2) / min(width, height)
    glow = np.exp(-((distance / 0.34) ** 2)) * 0.42 + np.exp(-((distance / 0.1) ** 2)) * 0.4
    disc = np.clip((0.042 - distance) * min(width, height) / 2 + 0.5, 0, 1)
    weight = np.clip(np.maximum(glow, disc), 0, 1)[..., None].astype(np.float32)
    return np.asarray(air * (1 - weight) + np.array(mood.light, np.float32) * weight, np.float32)


def _stars(dice: random.Random, width: int, height: int) -> Mask:
    field = np.zeros((height, width), np.float32)
    for _ in range(220):
        x, y = dice.random(), dice.random() ** 1.6 * 0.7
        cv2.circle(field, (int(x * width * 8), int(y * height * 8)), int(height * dice.uniform(0.004, 0.011)),
                   dice.uniform(0.25, 1.0), -1, cv2.LINE_AA, 3)  # fmt: skip
    return field


def _clouds(dice: random.Random, width: int, height: int) -> Mask:
    """Long soft bands, 0 to 1: noise at several sizes, stretched sideways."""
    noise = np.random.default_rng(dice.getrandbits(32))
    total = np.zeros((height, width), np.float32)
    for octave, weight in ((3, 1.0), (6, 0.6), (12, 0.35), (24, 0.2)):
        grid = noise.random((octave * 2, octave), dtype=np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = float(total.min()), float(total.max())
    bands = np.clip((total - low) / (high - low) * 1.9 - 0.8, 0, 1)
    fade = np.clip(1.15 - np.linspace(0, 1.6, height, dtype=np.float32), 0, 1)[:, None]
    return np.asarray(bands * fade, np.float32)


# --- places: (depth, outlines) from far to near -----------------------------------------------------------


def _hills(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    tops = ((0.15, 0.56, 0.07), (0.35, 0.66, 0.055), (0.6, 0.77, 0.045), (0.85, 0.88, 0.03))
    return [(depth, [_ridge(dice, top, swing)]) for depth, top, swing in tops]


def _sea(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    island = [
        (x, 0.602 - h) for x, h in zip((0.0, 0.1, 0.2, 0.32), (0.03, dice.uniform(0.05, 0.1), 0.03, 0.0), strict=True)
    ]
    return [
        (0.1, [[(-0.01, 0.61), *island, (0.4, 0.61)]]),
        (0.3, [[(0, 0.6), (1, 0.6), (1, 1), (0, 1)]]),
        (0.55, [_ridge(dice, 0.76, 0.006, 5)]),
        (0.85, [_ridge(dice, 0.88, 0.012, 4)]),
    ]


def _forest(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    layers: list[tuple[float, list[Outline]]] = []
    for depth, foot, count, tall in ((0.2, 0.72, 34, 0.26), (0.5, 0.84, 18, 0.5), (0.85, 0.95, 7, 1.0)):
        shapes: list[Outline] = [_ridge(dice, foot, 0.02)]
        for n in range(count):
            x = (n + dice.uniform(0.1, 0.9)) / count
            if depth > 0.8 and 0.28 < x < 0.72:
                continue  # the near trees frame the middle
            shapes.append(_pine(x, foot + 0.03, tall * dice.uniform(0.7, 1.15)))
        layers.append((depth, shapes))
    return layers


def _city(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    layers: list[tuple[float, list[Outline]]] = []
    for depth, foot, low, high, wide in (
        (0.15, 0.76, 0.12, 0.34, 0.045),
        (0.4, 0.82, 0.1, 0.42, 0.07),
        (0.75, 0.9, 0.05, 0.5, 0.1),
    ):
        shapes: list[Outline] = [[(0, foot), (1, foot), (1, 1), (0, 1)]]
        x = -0.02
        while x < 1:
            span, tall = wide * dice.uniform(0.6, 1.4), dice.uniform(low, high)
            if depth > 0.7:
                tall *= min(1.6, abs(x + span / 2 - 0.5) * 2.6)  # the street stays open
            shapes.append([(x, foot - tall), (x + span, foot - tall), (x + span, foot), (x, foot)])
            x += span + wide * dice.choice((0, 0, 0.15, 0.3))
        layers.append((depth, shapes))
    return layers


def _room(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    left, right, top, foot = 0.26 + dice.uniform(-0.05, 0.05), 0.76, 0.16, 0.7
    window = [(left + 0.08 + 0.14 * n, 0.24) for n in range(3)]
    panes = [[(x, y), (x + 0.115, y), (x + 0.115, y + 0.25), (x, y + 0.25)] for x, y in window]
    wall = [(left, top), (right, top), (right, foot), (left, foot)]
    return [
        (0.2, _with_holes(wall, panes)),
        (0.42, [[(0, 0), (left, top), (left, foot), (0, 1)], [(right, top), (1, 0), (1, 1), (right, foot)]]),
        (0.5, [[(0, 0), (1, 0), (right, top), (left, top)], [(left, foot), (right, foot), (1, 1), (0, 1)]]),
        (0.75, [[(0.58, 0.74), (0.94, 0.74), (0.96, 0.775), (0.56, 0.775)],
                [(0.6, 0.77), (0.625, 0.77), (0.615, 0.97), (0.6, 0.97)],
                [(0.9, 0.77), (0.925, 0.77), (0.93, 0.97), (0.912, 0.97)]]),
    ]  # fmt: skip


def _with_holes(wall: Outline, holes: Sequence[Outline]) -> list[Outline]:
    """Return the wall as strips around a row of upright holes of one height."""
    (left, top), (right, _), (_, foot), _ = wall
    hole_top, hole_foot = holes[0][0][1], holes[0][2][1]
    edges = [left, *(x for hole in holes for x in (hole[0][0], hole[1][0])), right]
    strips: list[Outline] = [
        [(left, top), (right, top), (right, hole_top), (left, hole_top)],
        [(left, hole_foot), (right, hole_foot), (right, foot), (left, foot)],
    ]
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        strips.append([(a, hole_top - 0.002), (b, hole_top - 0.002), (b, hole_foot + 0.002), (a, hole_foot + 0.002)])
    return strips


def _space(dice: random.Random) -> list[tuple[float, list[Outline]]]:
    reach = dice.uniform(0.9, 1.2)
    rim = [(x, 0.98 - 0.26 * math.sqrt(max(0.0, 1 - ((x - 0.4) / reach) ** 2))) for x in np.linspace(0, 1, 60)]
    return [(0.6, [[*rim, (1, 1), (0, 1)]])]


_PLACES: dict[Place, Callable[[random.Random], list[tuple[float, list[Outline]]]]] = {
    "hills": _hills,
    "sea": _sea,
    "forest": _forest,
    "city": _city,
    "room": _room,
    "space": _space,
}


# --- shapes ---------------------------------------------------------------------------------------------


def _ridge(dice: random.Random, top: float, swing: float, waves: int = 1) -> Outline:
    """Return a rolling line across the sheet, closed at the foot."""
    parts = [(k * waves, dice.uniform(0.4, 1) / k, dice.uniform(0, 6.28)) for k in (1, 2, 3, 5, 9)]
    xs = np.linspace(0, 1, 160)
    line = [(float(x), top + swing * sum(a * math.sin(6.28 * f * x * 0.7 + p) for f, a, p in parts)) for x in xs]
    return [*line, (1.0, 1.0), (0.0, 1.0)]


def _pine(x: float, foot: float, tall: float) -> Outline:
    half, tiers = tall * 0.075, 9
    left: list[Point] = []
    for n in range(tiers):
        reach = half * (1 - n / tiers) ** 0.9
        y = foot - tall * (0.08 + 0.92 * n / tiers)
        left += [(x - reach, y + tall * 0.012), (x - reach * 0.62, y - tall * 0.035)]
    right = [(2 * x - px, py) for px, py in reversed(left)]
    stem = half * 0.13
    trunk_left, trunk_right = [(x - stem, foot), (x - stem, left[0][1])], [(x + stem, left[0][1]), (x + stem, foot)]
    return [*trunk_left, *left, (x, foot - tall), *right, *trunk_right]


def _figure(x: float, foot: float, wide: float, tall: float) -> list[Outline]:
    """Return a standing figure in a coat, seen from behind: ``tall`` of the height, ``wide`` the same in widths."""

    def at(points: Sequence[Point]) -> Outline:
        return [(x + px * wide, foot - tall + py * tall) for px, py in points]

    coat = [(0.03, 0.135), (0.045, 0.16), (0.115, 0.185), (0.135, 0.23), (0.145, 0.36), (0.15, 0.5), (0.122, 0.505),
            (0.112, 0.36), (0.102, 0.42), (0.118, 0.56), (0.138, 0.72)]  # fmt: skip
    body = [*coat, *[(-px, py) for px, py in reversed(coat)]]
    leg = [(0.012, 0.7), (0.098, 0.7), (0.082, 0.86), (0.078, 0.975), (0.1, 1.0), (0.03, 1.0), (0.03, 0.86)]
    legs = [leg, [(-px, py) for px, py in leg]]
    head = [(0.058 * math.sin(a), 0.078 - 0.074 * math.cos(a)) for a in np.linspace(0, 2 * math.pi, 40)]
    return [at(body), *(at(one) for one in legs), at(head)]


# --- painting -------------------------------------------------------------------------------------------


def _sheet(shapes: Sequence[Outline], depth: float, mood: Mood, width: int, height: int) -> Layer:
    """Paint outlines as one sheet: the nearer, the more of its own dark colour; haze gathers at its foot."""
    mask = _mask(shapes, width, height)
    body = _blend(mood.horizon, mood.near, 0.25 + 0.75 * depth**0.8)
    haze = _blend(body, mood.horizon, 0.55 * (1 - depth))
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    tops = np.flatnonzero(mask.max(axis=1) > 0.5)
    top = float(tops[0]) / height if len(tops) else 0.0
    k = np.clip((y - top) / max(0.05, 1 - top), 0, 1) ** 1.2
    colour = np.array(body, np.float32) * (1 - k) + np.array(haze, np.float32) * k
    painted = np.repeat(np.clip(colour, 0, 255), width, axis=1).astype(np.uint8)
    return sheet_layer(painted, mask, depth)


def _mask(shapes: Sequence[Outline], width: int, height: int) -> Mask:
    image = Image.new("L", (width * _FINE, height * _FINE), 0)
    draw = ImageDraw.Draw(image)
    for outline in shapes:
        draw.polygon([(x * width * _FINE, y * height * _FINE) for x, y in outline], fill=255)
    return np.asarray(image.resize((width, height), Image.Resampling.BOX), np.float32) / np.float32(255)


def _blend(a: Rgb, b: Rgb, k: float) -> Rgb:
    r, g, bl = (round(x + (y - x) * k) for x, y in zip(a, b, strict=True))
    return r, g, bl
