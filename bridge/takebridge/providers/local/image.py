"""A still that stands in for a generated one: the place the words name, or the wired reference, badged."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from takebridge.providers.local import overlay
from takebridge.providers.local.bench import Bench, Facts, Made, Output
from takebridge.providers.local.framing import shot_for
from takebridge.providers.local.lettering import Style, sheet, width_of, wrap, write_lines
from takebridge.providers.local.order import Order, need_picture
from takebridge.providers.local.pictures import Box, Reference, load_reference, write_png
from takebridge.providers.local.previz import REST_ZOOM, move_of, stage_of
from takebridge.providers.local.shot import Shot
from takebridge.providers.local.stage import shoot
from takebridge.providers.local.tiles import Picture


def check_image(order: Order) -> None:
    """Raise CapabilityError unless the still can be drawn."""
    references = order.of("reference_image")
    need_picture(references)
    shot_for(order, (), style="parallax", still=True)


def make_image(order: Order, bench: Bench) -> Made:
    """Draw the still into port ``image``."""
    shot = shot_for(order, (), style="parallax", still=True)
    given = order.of("reference_image")
    bench.begin(len(given) + 1)
    references = []
    for number, one in enumerate(given):
        references.append(load_reference(one.media))
        bench.at(number + 1)
    picture, marks = draw(shot, references)
    path = write_png(bench.file("image", ".png"), picture, marks)
    bench.at(len(given) + 1)
    facts: Facts = {"previz": True, "badge": overlay.BADGE, "width": shot.width, "height": shot.height}
    return Made((Output("image", "image/png", path),), facts, shot.seed)


def draw(shot: Shot, references: Sequence[Reference]) -> tuple[Picture, tuple[Box, ...]]:
    """Return the still and where it is written on."""
    stage = stage_of(shot, references, shot.width, shot.height)
    # A third of the way into the move: neither its start nor its end, so that a clip can begin here.
    seen = shoot(stage, move_of(shot).at(1, 4), shot.width, shot.height, REST_ZOOM)
    unit = overlay.unit_of(shot.width, shot.height)
    image = sheet(shot.width, shot.height)
    top = overlay.badge(image, unit)
    badge = (round(top) - 1, round(unit * 1.4) - 1, round(image.width - unit * 1.5) + 2, round(unit * 3.4) + 1)
    plate = _plate(image, shot, unit)
    marks = (badge, plate) if plate else (badge,)
    return overlay.as_overlay(image).over(seen), marks


def _plate(image: Image.Image, shot: Shot, unit: float) -> Box | None:
    """Write what was asked for small into the lower left corner; return the box it covers."""
    text = Style(max(6, round(unit * 0.78)), overlay.PAPER)
    words = " · ".join(" ".join(part.split()) for part in (shot.title, shot.prompt) if part)
    lines = wrap(words, text, image.width * 0.52, 3)
    if not lines:
        return None
    pad = unit * 0.5
    wide = max(width_of(line, text) for line in lines)
    tall = len(lines) * text.size * text.leading
    left, bottom = unit * 1.2, image.height - unit * 1.2
    box = (left, bottom - tall - 2 * pad * 0.7, left + wide + 2 * pad, bottom)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(box, radius=unit * 0.3, fill=(12, 12, 15, 190))
    write_lines(draw, (left + pad, box[1] + pad * 0.6), lines, text)
    return round(box[0]) - 1, round(box[1]) - 1, round(box[2]) + 2, round(box[3]) + 2
