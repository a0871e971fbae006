"""An item's local time, and what moves in it when the item's ``start`` or scale changes."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from takebridge_fcpxml.edit.checks import connected_to, local_offset, timescale_around
from takebridge_fcpxml.edit.plan import Plan
from takebridge_fcpxml.times import parse_time
from takebridge_fcpxml.view import Item, Keyword, Rating, View, view_of
from takebridge_fcpxml.view.attributes import read_time

ZERO = Fraction(0)


class Rebase(NamedTuple):
    """From the local time of an item as it was to that of the item as it will be, record times kept."""

    old_start: Fraction
    old_scale: Fraction
    new_start: Fraction
    new_scale: Fraction

    def __call__(self, local: Fraction) -> Fraction:
        """The new local time of what stood at ``local``."""
        return self.new_start + (local - self.old_start) / self.old_scale * self.new_scale

    @property
    def is_identity(self) -> bool:
        """Whether nothing moves."""
        return self.old_start == self.new_start and self.old_scale == self.new_scale


def plan_connected(plan: Plan, item: Item, rebase: Rebase) -> None:
    """Plan that everything connected to ``item`` keeps its record place; what it contains stays with the media."""
    if rebase.is_identity:
        return
    scale = timescale_around(item)
    for child in connected_to(item):
        plan.time(child, "offset", rebase(local_offset(child)), scale)


def plan_marks(plan: Plan, item: Item, rebase: Rebase) -> None:
    """Plan that markers, keywords, ratings and channel ranges keep their record places.

    A mark without ``start`` spans the whole item and stays so. Keyword and rating ranges are media seconds, so their
    lengths are scaled; a marker's is a length of the timeline.
    """
    if rebase.is_identity:
        return
    ranged = [*item.marks, *item.audio_channel_sources]
    for view in ranged:
        _plan_range(plan, view, rebase, scaled=isinstance(view, (Keyword, Rating)))


def _plan_range(plan: Plan, view: View, rebase: Rebase, *, scaled: bool) -> None:
    start = read_time(view, "start")
    if start is None:
        return
    scale = timescale_around(view)
    plan.time(view, "start", rebase(start), scale)
    duration = read_time(view, "duration")
    if scaled and duration is not None:
        plan.time(view, "duration", duration / rebase.old_scale * rebase.new_scale, scale)


def plan_keyframes(plan: Plan, item: Item, rebase: Rebase, end: Fraction) -> None:
    """Plan that the keyframes of an item's own effects and levels, and its muted ranges, keep their record places.

    Keyframe times of clips are local times, muted ranges are media seconds (DTD 1.6). Some exports count the keyframes
    of titles and generators otherwise, so a curve without any key within the item's local range (to ``end``) is left
    alone.
    """
    if rebase.is_identity:
        return
    for child in item.element:
        if not isinstance(child.tag, str) or not child.tag.startswith(("adjust-", "filter-", "param", "audio-")):
            continue
        for mute in child.iter("mute"):
            _plan_range(plan, view_of(mute, item.document), rebase, scaled=True)
        for curve in child.iter("keyframeAnimation"):
            keys = [view_of(key, item.document) for key in curve.iterchildren("keyframe")]
            times = [parse_time(key.element.get("time", "0s")) for key in keys]
            if any(rebase.old_start <= time <= end for time in times):
                for key, time in zip(keys, times, strict=True):
                    plan.time(key, "time", rebase(time), timescale_around(item))
