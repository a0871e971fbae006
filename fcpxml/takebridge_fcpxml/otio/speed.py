"""Retiming: constant time maps ⇄ LinearTimeWarp, freezes ⇄ FreezeFrame."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio.source import Source, length_of
from takebridge_fcpxml.times import fits, format_time
from takebridge_fcpxml.view import Item, TimeMap

ONE = Fraction(1)


def warp_of(source: Source) -> otio.schema.LinearTimeWarp | None:
    """The time effect of an item; none at normal speed, because hosts mishandle a warp that does nothing."""
    if not source.retimed or source.speed == 1:
        return None
    if source.speed == 0 and not source.variable:
        return otio.schema.FreezeFrame(name="freeze")
    return otio.schema.LinearTimeWarp(name="retime", time_scalar=float(source.speed))


def speed_of(effects: list[otio.schema.Effect], log: LossLog, name: str) -> Fraction:
    """The speed OTIO's effects give together; what is no speed change is reported."""
    speed = ONE
    for effect in effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= exact_speed(effect.time_scalar)
        else:
            log.add("dropped", effect.effect_name or effect.schema_name(), "FCPXML has no such effect.", path=name)
    return speed


def exact_speed(scalar: float) -> Fraction:
    """The simple fraction a double means: 1.3333… is 4/3."""
    if not -1e6 < scalar < 1e6:
        return ONE
    near = Fraction(scalar).limit_denominator(100_000)
    return near if abs(float(near) - scalar) <= 1e-9 else Fraction(scalar).limit_denominator(10**6)


def same_speed(source: Source, speed: Fraction) -> bool:
    """Whether OTIO's speed is still the one written for this item."""
    written = source.speed if source.retimed else ONE
    return abs(float(written) - float(speed)) <= 1e-9 * max(1.0, abs(float(written)))


def retime(item: Item, speed: Fraction, media_start: Fraction, asset_start: Fraction, asset_length: Fraction) -> bool:
    """Give an item a constant speed so that it shows the media from ``media_start`` (the lowest time shown).

    The map spans the whole media and the item's ``start`` windows it: a map that ends at the clip edge shows black at
    its tail in Resolve. False when the times have no spelling; the item is then as it was.
    """
    low, high = asset_start, asset_start + asset_length
    length = length_of(item)
    if speed == 0:
        points, start = [(Fraction(0), media_start), (max(length, ONE), media_start)], Fraction(0)
    elif speed > 0:
        low, high = min(low, media_start), max(high, media_start + length * speed)
        points, start = [(low / speed, low), (high / speed, high)], media_start / speed
    else:
        low, high = min(low, media_start), max(high, media_start - length * speed)
        points = [(Fraction(0), high), ((low - high) / speed, low)]
        start = (media_start - length * speed - high) / speed
    if points[1][0] <= points[0][0] or not all(fits(value) for value in (start, *points[0], *points[1])):
        return False
    remove(item)
    time_map = item.add("timeMap")
    if isinstance(time_map, TimeMap):
        time_map.set_points(points)
    item.element.set("start", format_time(start))
    return True


def remove(item: Item) -> None:
    """Take a retiming away."""
    if item.time_map:
        item.time_map.remove()
