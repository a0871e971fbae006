"""A clip that stands in for a generated one: from the start frame to the end frame, or one move over a picture."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from takebridge.errors import CancelledError
from takebridge.providers.local import overlay
from takebridge.providers.local.bench import Bench, Made
from takebridge.providers.local.clip import film
from takebridge.providers.local.framing import shot_for
from takebridge.providers.local.lettering import sheet
from takebridge.providers.local.moves import Move, ease
from takebridge.providers.local.order import Given, Order, need_picture
from takebridge.providers.local.pictures import Reference, load_reference
from takebridge.providers.local.previz import REST_ZOOM, Painter, move_of, painter, stage_of
from takebridge.providers.local.production import Production
from takebridge.providers.local.shot import Shot
from takebridge.providers.local.stage import Stage, shoot
from takebridge.providers.local.tiles import Picture

STYLES = ("panel", "kenburns", "parallax")


def check_video(order: Order) -> None:
    """Raise CapabilityError unless the clip can be drawn."""
    need_picture(_pictures(order))
    _shot(order)


def make_video(order: Order, bench: Bench) -> Made:
    """Film the shot into port ``video``."""
    shot = _shot(order)
    bench.begin(shot.frame_count)
    paint = _painter(order, shot, bench)

    def frames(stop: threading.Event) -> Iterator[Picture]:
        for frame in range(shot.frame_count):
            if stop.is_set():
                raise CancelledError("The job was stopped.", hint="Start it again when you like.")
            yield paint(frame)

    production = Production(frames, shot.frame_count, shot.rate, shot.width, shot.height)
    facts: dict[str, bool | int | str] = {
        "previz": True,
        "badge": overlay.BADGE,
        "style": shot.style,
        "move": move_of(shot).name,
        "frame_count": shot.frame_count,
        "rate": str(shot.rate),
    }
    return Made((film(bench, production),), facts, shot.seed)


def _pictures(order: Order) -> tuple[Given, ...]:
    return order.of("source_video", "start_frame", "end_frame", "reference_image")


def _shot(order: Order) -> Shot:
    style = order.text("style", "kenburns")
    like = order.of("source_video", "start_frame", "end_frame")
    return shot_for(order, like, style=style if style in STYLES else "kenburns")


def _painter(order: Order, shot: Shot, bench: Bench) -> Painter:
    """Choose what is filmed: start and end frame if there are both, else whatever there is."""
    first, last = order.of("start_frame"), order.of("end_frame")
    if first and last:
        ends = [_load(one, bench) for one in (first[0], last[0])]
        return _between(shot, ends)
    chosen = first or last or order.of("source_video")
    references = [_load(one, bench) for one in (*chosen, *order.of("reference_image"))]
    return painter(shot, references)


def _load(one: Given, bench: Bench) -> Reference:
    bench.check()
    return load_reference(one.media, one.used)


def _between(shot: Shot, ends: Sequence[Reference]) -> Painter:
    """One camera over both pictures, the second coming up through the first in the middle third."""
    stages = [stage_of(shot, [end], shot.width, shot.height) for end in ends]
    move = move_of(shot)
    unit = overlay.unit_of(shot.width, shot.height)
    image = sheet(shot.width, shot.height)
    overlay.lower_third(image, shot, unit)
    overlay.badge(image, unit)
    words = overlay.as_overlay(image)

    def paint(frame: int) -> Picture:
        picture = words.over(_seen(stages, move, shot, frame))
        overlay.stamp(picture, shot, frame, unit)
        return picture

    return paint


def _seen(stages: Sequence[Stage], move: Move, shot: Shot, frame: int) -> Picture:
    t = frame / (shot.frame_count - 1) if shot.frame_count > 1 else 0.5
    weight = ease(min(1.0, max(0.0, 3 * t - 1)))
    view = move.at(frame, shot.frame_count)
    shown = [shoot(stage, view, shot.width, shot.height, REST_ZOOM) for stage in _needed(stages, weight)]
    if len(shown) == 1:
        return shown[0]
    return np.asarray(cv2.addWeighted(shown[0], 1 - weight, shown[1], weight, 0), np.uint8)


def _needed(stages: Sequence[Stage], weight: float) -> Sequence[Stage]:
    return stages[:1] if weight == 0 else stages[1:] if weight == 1 else stages
