"""Which part of its media an item shows, and what is missing of it."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from takebridge_fcpxml.edit.checks import line_offset, local_offset, refuse
from takebridge_fcpxml.edit.plan import counted
from takebridge_fcpxml.view import Asset, Audition, Clip, Item, McClip, MediaItem, RefClip, Spine, SyncClip

ZERO = Fraction(0)


class Missing(NamedTuple):
    """Media seconds wanted before the media begins and after it ends; 0 where there is enough."""

    head: Fraction
    tail: Fraction


def asset_range(asset: Asset | None) -> tuple[Fraction, Fraction] | None:
    """The media an asset has, end exclusive; None for a still or an asset of unknown length: they never end."""
    if asset is None or asset.duration is None or asset.is_still or asset.duration == 0:
        return None
    return asset.start, asset.start + asset.duration


def available(item: Item) -> tuple[Fraction, Fraction] | None:
    """The media an item has to show, in its original local time (before its time map); None when it has no ends."""
    if isinstance(item, MediaItem):
        return asset_range(item.asset)
    if isinstance(item, (Clip, SyncClip)):
        return _contents(item)
    if isinstance(item, McClip):
        return _angles(item)
    if isinstance(item, RefClip):
        # Compounds in Final Cut Pro exports count from 0 and stay within their sequence (43 of 43); with a tcStart
        # of their own nothing is known.
        sequence = item.media.sequence if item.media else None
        if sequence is not None and sequence.duration and sequence.tc_start == 0:
            return ZERO, sequence.duration
    return None


def _angles(item: McClip) -> tuple[Fraction, Fraction] | None:
    # Multicam clips in Final Cut Pro exports count from 0 and stay within the longest angle (42 of 42).
    multicam = item.media.multicam if item.media else None
    if multicam is None or multicam.tc_start != 0:
        return None
    last = [
        (angle, clips[-1]) for angle in multicam.angles if (clips := [c for c in angle.items if c.tag != "transition"])
    ]
    return (ZERO, max(line_offset(clip, angle) + clip.length for angle, clip in last)) if last else None


def _contents(item: Item) -> tuple[Fraction, Fraction] | None:
    ranges = []
    for child in item.story:
        if child.lane != 0:
            continue
        begin = local_offset(child)
        if isinstance(child, Spine):
            length = sum((part.length for part in child.items if part.tag != "transition"), ZERO)
        else:
            length = child.length
        ranges.append((begin, begin + length))
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else None


def shown(item: Item, start: Fraction, length: Fraction) -> tuple[Fraction, Fraction]:
    """The original local range shown by ``length`` local seconds from ``start``, through the time map if there is one.

    Raises BadValueError for a time map without two points.
    """
    time_map = item.time_map
    end = start + length
    if time_map is None:
        return start, end
    inner = [point.value for point in time_map.points if start < point.time < end]
    values = [time_map.original(start), time_map.original(end), *inner]
    return min(values), max(values)


def missing(item: Item, start: Fraction, duration: Fraction, scale: Fraction) -> Missing:
    """What an item lacks to play ``duration`` record seconds from local ``start``; an audition answers for its pick."""
    if isinstance(item, Audition):
        return missing(item.pick, start, duration, scale)
    bounds = available(item)
    if bounds is None:
        return Missing(ZERO, ZERO)
    low, high = shown(item, start, duration * scale)
    return Missing(max(ZERO, bounds[0] - low), max(ZERO, high - bounds[1]))


def missing_frames(seconds: Fraction, frame: Fraction, scale: Fraction) -> int:
    """Media seconds as frames of the timeline, rounded up."""
    return ceil(seconds / (frame * scale))


def check_media(item: Item, start: Fraction, duration: Fraction, scale: Fraction, frame: Fraction) -> None:
    """Raise EditError when an item would show more beyond its media than it does now.

    What real exports already show past the end of an asset (part of a frame) is no reason to refuse another edit.
    """
    want = missing(item, start, duration, scale)
    have = missing(item, item.start, item.length, scale)
    if want.head > have.head or want.tail > have.tail:
        lacking(item, want, frame, scale)


def lacking(item: Item, want: Missing, frame: Fraction, scale: Fraction) -> None:
    """Raise EditError that says how many frames of the timeline are missing at the head and the tail."""
    ends = [
        f"{counted(missing_frames(seconds, frame, scale), 'frame')} at the {end}"
        for end, seconds in (("head", want.head), ("tail", want.tail))
        if seconds > 0
    ]
    refuse(
        item,
        f"{item.name or item.tag} lacks media: {' and '.join(ends)}.",
        "Use fewer frames, or media that is longer by what is missing.",
    )
