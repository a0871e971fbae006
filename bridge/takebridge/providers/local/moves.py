"""Camera moves over a still: chosen by the words of the shot and by its seed, eased, the same for the same seed."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass

WIDE, CLOSE = 1.06, 1.24
"""Zoom at the two ends of a push: 1.0 would show the whole overscanned picture."""

_WORDS: tuple[tuple[str, str], ...] = (
    (r"\b(static|locked[ -]?off|lock[- ]?off|tripod|still frame)\b", "static"),
    (r"\b(hand[ -]?held|shaky)\b", "handheld"),
    (r"\b(pull|pulls|zoom|dolly|move|track)[ -]?(out|back|away)\b", "pull"),
    (r"\b(push|pushes|zoom|dolly|move|creep|track)[ -]?(in|closer|toward|towards)\b", "push"),
    (r"\b(pan|pans|truck|trucks|track|tracks|slide|slides|dolly)( shot)?( to the)? left\b", "left"),
    (r"\b(pan|pans|truck|trucks|track|tracks|slide|slides|dolly)( shot)?( to the)? right\b", "right"),
    (r"\b(tilt|tilts|crane|cranes|boom|pedestal)( shot)? up\b", "up"),
    (r"\b(tilt|tilts|crane|cranes|boom|pedestal)( shot)? down\b", "down"),
)
_DIRECTIONS = {
    "push": (0.0, 0.0),
    "pull": (0.0, 0.0),
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "up": (0.0, -1.0),
    "down": (0.0, 1.0),
    "handheld": (0.0, 0.0),
    "static": (0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera looks: ``x``, ``y`` from -1 to 1 of the room there is at this zoom, ``zoom`` from 1 on."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Move:
    """From one view to another. ``sway``: amplitude of the hand, in the same parts as x and y."""

    name: str
    start: View
    end: View
    sway: float
    phases: tuple[float, float, float, float]

    def at(self, frame: int, frame_count: int) -> View:
        """Return the view of ``frame``; the first frame is the start, the last the end."""
        t = frame / (frame_count - 1) if frame_count > 1 else 0.5
        k = ease(t)
        dx, dy = self._hand(t)
        return View(
            _mix(self.start.x, self.end.x, k) + dx,
            _mix(self.start.y, self.end.y, k) + dy,
            # Zoom is felt as a ratio, so it is mixed as one.
            self.start.zoom * (self.end.zoom / self.start.zoom) ** k,
        )

    def _hand(self, t: float) -> tuple[float, float]:
        a, b, c, d = self.phases
        return (
            self.sway * (0.6 * math.sin(5.1 * t + a) + 0.4 * math.sin(11.3 * t + b)),
            self.sway * (0.6 * math.sin(4.3 * t + c) + 0.4 * math.sin(13.7 * t + d)),
        )


def ease(t: float) -> float:
    """Slow in and out, yet never quite at rest: smoothstep mixed with a steady part."""
    return 0.7 * t * t * (3 - 2 * t) + 0.3 * t


def spoken_move(words: str) -> str | None:
    """Return the move a camera note asks for (“slow push in”, “pan left”, “handheld”), if any."""
    return next((name for pattern, name in _WORDS if re.search(pattern, words.lower())), None)


def choose_move(seed: int, camera_note: str, prompt: str = "") -> Move:
    """Return the move of a shot. The note names it, else the prompt, else the seed; the seed sets how exactly."""
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret; the same on every platform and version
    drawn = dice.choice(("push", "push", "pull", "left", "right", "up", "down"))
    name = spoken_move(camera_note) or spoken_move(prompt) or drawn
    phases = tuple(dice.uniform(0, 2 * math.pi) for _ in range(4))
    dx, dy = _DIRECTIONS[name]
    reach, drift = dice.uniform(0.55, 0.85), (dice.uniform(-0.3, 0.3), dice.uniform(-0.25, 0.25))
    wide, close = WIDE + dice.uniform(0, 0.03), CLOSE - dice.uniform(0, 0.04)
    start = View(-dx * reach + (0 if dx else drift[0]), -dy * reach + (0 if dy else drift[1]), (wide + close) / 2)
    end = View(dx * reach + (0 if dx else -drift[0]), dy * reach + (0 if dy else -drift[1]), (wide + close) / 2 + 0.02)
    if name in ("push", "pull"):
        views = View(start.x, start.y, wide), View(end.x * 0.5, end.y * 0.5, close)
        start, end = views if name == "push" else views[::-1]
    elif name in ("static", "handheld"):
        start = end = View(drift[0] * 0.5, drift[1] * 0.5, (wide + close) / 2)
    sway = 0.16 if name == "handheld" else 0.0
    return Move(name, start, end, sway, (phases[0], phases[1], phases[2], phases[3]))


def _mix(a: float, b: float, k: float) -> float:
    return a + (b - a) * k
