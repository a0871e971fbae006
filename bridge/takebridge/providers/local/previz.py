"""Previz: a storyboard panel, a Ken Burns move or a parallax move that stands in for a shot, badged as such."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from takebridge.errors import CancelledError
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.providers.local import overlay
from takebridge.providers.local.backdrop import backdrop
from takebridge.providers.local.depth import cut_out_layer, photo_stage
from takebridge.providers.local.lettering import sheet
from takebridge.providers.local.mood import mood_of
from takebridge.providers.local.moves import CLOSE, WIDE, Move, choose_move
from takebridge.providers.local.palette import palette_of
from takebridge.providers.local.panel import GROUND, draw_panel, layout_of
from takebridge.providers.local.pictures import Reference, load_reference
from takebridge.providers.local.production import Production
from takebridge.providers.local.shot import Shot, shot_of, source_of
from takebridge.providers.local.stage import OVERSCAN, Stage, shoot
from takebridge.providers.local.tiles import Picture
from takebridge.providers.protocol import GenerationRequest

REST_ZOOM = (WIDE + CLOSE) / 2

Painter = Callable[[int], Picture]
"""Draws frame n of a shot."""


def check_previz(request: GenerationRequest, infos: Sequence[MediaInfo]) -> None:
    """Raise CapabilityError unless the shot can be drawn. ``infos``: the probed inputs, in order."""
    shot_of(request, source_of(infos, request))


def previz(request: GenerationRequest) -> Production:
    """Prepare a shot whose parameters are complete. Raises CapabilityError and ProbeError."""
    infos = [probe(one.path) for one in request.inputs]
    shot = shot_of(request, source_of(infos, request))
    paint = painter(shot, [load_reference(info) for info in infos])

    def frames(stop: threading.Event) -> Iterator[Picture]:
        for frame in range(shot.frame_count):
            if stop.is_set():
                raise CancelledError("The job was stopped.", hint="Start it again when you like.")
            yield paint(frame)

    return Production(
        frames=frames,
        frame_count=shot.frame_count,
        rate=shot.rate,
        width=shot.width,
        height=shot.height,
        seed_used=shot.seed,
        facts={"previz": True, "badge": overlay.BADGE, "style": shot.style, "move": move_of(shot).name},
    )


def move_of(shot: Shot) -> Move:
    """Return the camera move of a shot."""
    return choose_move(shot.seed, shot.camera_note, shot.prompt)


def painter(shot: Shot, references: Sequence[Reference]) -> Painter:
    """Return what draws the frames: everything that does not move is drawn now, once."""
    if shot.style == "panel":
        return _panel(shot, references)
    return _full_frame(shot, references)


def stage_of(shot: Shot, references: Sequence[Reference], width: int, height: int) -> Stage:
    """Build the stage for a frame of ``width`` x ``height``: cut-outs in front of the first plain reference,
    or of a backdrop drawn from the words."""
    wide, tall = round(width * OVERSCAN), round(height * OVERSCAN)
    plain = next((one for one in references if one.cut_out is None), None)
    if plain is not None:
        ground = photo_stage(plain.picture, wide, tall)
    else:
        words = f"{shot.prompt} {shot.title}"
        mood = mood_of(words, shot.seed)
        ground = backdrop(mood, shot.seed, wide, tall)
    fronts = [cut_out_layer(one.cut_out, *ground.size) for one in references if one.cut_out is not None]
    stage = Stage((*ground.layers, *fronts))
    return stage if shot.style == "parallax" else stage.flattened()


def _full_frame(shot: Shot, references: Sequence[Reference]) -> Painter:
    stage, move = stage_of(shot, references, shot.width, shot.height), move_of(shot)
    unit = overlay.unit_of(shot.width, shot.height)
    image = sheet(shot.width, shot.height)
    overlay.guides(image, (0, 0, shot.width, shot.height), unit)
    overlay.lower_third(image, shot, unit)
    overlay.badge(image, unit)
    words = overlay.as_overlay(image)

    def paint(frame: int) -> Picture:
        seen = shoot(stage, move.at(frame, shot.frame_count), shot.width, shot.height, REST_ZOOM)
        picture = words.over(seen)
        overlay.stamp(picture, shot, frame, unit)
        return picture

    return paint


def _panel(shot: Shot, references: Sequence[Reference]) -> Painter:
    unit = overlay.unit_of(shot.width, shot.height)
    layout = layout_of(shot.width, shot.height, unit)
    left, top, width, height = layout.window
    stage, move = stage_of(shot, references, width, height), move_of(shot)
    image = sheet(shot.width, shot.height)
    thumbnails = [one.picture for one in references]
    draw_panel(image, shot, layout, unit, palette_of(stage.still()), thumbnails)
    overlay.badge(image, unit)
    words = overlay.as_overlay(image)

    def paint(frame: int) -> Picture:
        picture = np.empty((shot.height, shot.width, 3), np.uint8)
        picture[:] = GROUND
        seen = shoot(stage, move.at(frame, shot.frame_count), width, height, REST_ZOOM)
        picture[top : top + height, left : left + width] = seen
        picture = words.over(picture)
        overlay.stamp(picture, shot, frame, unit)
        overlay.progress_line(picture, frame, shot.frame_count, unit)
        return picture

    return paint
