"""How others tell two cuts apart, for scale: the matching of the open OTIO proposals, and OTIO's own way to walk a cut.

`url_and_in_point` is what the open proposals for a timeline diff do: clips are the same when media URL and source
in-point are the same, taken in order; those out of order (not in a longest increasing subsequence) are moved, still
the same. What is left over is added or removed. It flags nothing.
"""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

import opentimelineio as otio

from takebridge.cut.match import Match
from takebridge.cut.model import Address, Clip, Cut, clips_of


def url_and_in_point(a: Cut, b: Cut) -> tuple[Match, ...]:
    """Match by media location and source in-point, with order."""
    found: dict[Address, Address] = {}
    mine, theirs = _by_key(a), _by_key(b)
    for key, addresses in mine.items():
        found.update(_in_order(addresses, theirs.get(key, [])))
    taken = set(found.values())
    matches = [
        Match(one, found.get(one), "same" if one in found else "removed", 1000 if one in found else 0)
        for one, _ in clips_of(a)
    ]
    return (*matches, *(Match(None, other, "added", 0) for other, _ in clips_of(b) if other not in taken))


def _by_key(cut: Cut) -> dict[tuple[object, ...], list[tuple[int, Address]]]:
    """Clips by kind of track, location and in-point, each with its rank in the cut."""
    found: dict[tuple[object, ...], list[tuple[int, Address]]] = defaultdict(list)
    for rank, (address, clip) in enumerate(clips_of(cut)):
        found[_key(address, clip)].append((rank, address))
    return found


def _key(address: Address, clip: Clip) -> tuple[object, ...]:
    where = clip.media.location if clip.media else f"name:{clip.name}"
    return address[0], where, clip.source.start if clip.source else None


def _in_order(
    mine: Sequence[tuple[int, Address]], theirs: Sequence[tuple[int, Address]]
) -> list[tuple[Address, Address]]:
    """Pair equal keys in order, as many as both have."""
    return [(one, other) for (_, one), (_, other) in zip(mine, theirs, strict=False)]


def moved(a: Cut, b: Cut) -> int:
    """Return how many matched clips lie outside the longest increasing run: what the proposals call moved."""
    ranks = {address: rank for rank, (address, _) in enumerate(clips_of(b))}
    order = [ranks[match.b] for match in url_and_in_point(a, b) if match.a is not None and match.b is not None]
    tails: list[int] = []
    for rank in order:
        at = bisect_left(tails, rank)
        tails[at : at + 1] = [rank]
    return len(order) - len(tails)


# --- OTIO's own way --------------------------------------------------------------------------------------


def otio_timeline(cut: Cut) -> otio.schema.Timeline:
    """Return the cut's tracks as a bare OTIO timeline, for the speed factor: names, times and media, nothing else."""
    rate = float(cut.rate.fraction)
    timeline = otio.schema.Timeline(cut.name)
    for track in cut.tracks:
        kind = otio.schema.TrackKind.Audio if track.kind == "audio" else otio.schema.TrackKind.Video
        made = otio.schema.Track(track.name, kind=kind)
        made.extend([_otio_item(item, rate) for item in track.items if not hasattr(item, "cut")])
        timeline.tracks.append(made)
    return timeline


def _otio_item(item: object, rate: float) -> otio.core.Item:
    duration = otio.opentime.RationalTime(float(item.record.duration), rate)  # type: ignore[attr-defined]
    if not isinstance(item, Clip):
        return otio.schema.Gap(duration=duration)
    start = otio.opentime.RationalTime(float(item.source.start) if item.source else 0.0, rate)
    media = otio.schema.ExternalReference(item.media.location) if item.media else None
    return otio.schema.Clip(item.name, media, otio.opentime.TimeRange(start, duration))


def otio_walk(a: otio.schema.Timeline, b: otio.schema.Timeline) -> int:
    """Compare as the proposals do: deepcopy both, ask every clip for its range in its parent. Returns the clips."""
    seen = 0
    for timeline in (copy.deepcopy(a), copy.deepcopy(b)):
        for clip in timeline.find_clips():
            clip.range_in_parent()
            seen += 1
    return seen
