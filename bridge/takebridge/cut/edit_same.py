"""Are two cuts the same to an editor's eye? What only documents and hosts say (ids, extras, links) is left aside."""

from __future__ import annotations

from collections.abc import Iterator

from takebridge.cut.edit_clip import marker_facts
from takebridge.cut.edit_content import same_media, same_shown, tray
from takebridge.cut.model import Clip, Cut, Frame, Gap, Marker, Track, Transition, tracks_of

_MOST_SAID = 20


def same_cut(a: Cut, b: Cut) -> bool:
    """Say whether two cuts are equal as editors see them.

    Left aside: how gaps are split, empty tracks above the last, names of media, ids, keys, links, extras, revisions.
    """
    return next(_differences(a, b), None) is None


def differences(a: Cut, b: Cut) -> tuple[str, ...]:
    """Say in words where two cuts differ to the eye; empty when `same_cut`. At most 20 are named."""
    said: list[str] = []
    for line in _differences(a, b):
        if len(said) == _MOST_SAID:
            return (*said, "and more")
        said.append(line)
    return tuple(said)


def _differences(a: Cut, b: Cut) -> Iterator[str]:
    if a is b:
        return
    if a.rate != b.rate or a.start != b.start:
        yield f"rate and start: {a.rate} from {a.start}, then {b.rate} from {b.start}"
        return
    if _markers(a.markers) != _markers(b.markers):
        yield "markers of the timeline"
    mine = {(kind, number): track for kind, number, track in tracks_of(a)}
    theirs = {(kind, number): track for kind, number, track in tracks_of(b)}
    for place in sorted({*mine, *theirs}):
        one, other = mine.get(place, Track(place[0])), theirs.get(place, Track(place[0]))
        if one is not other:
            yield from _track_differences(f"{place[0]} track {place[1] + 1}", one, other)


def _track_differences(where: str, a: Track, b: Track) -> Iterator[str]:
    if a.items and b.items and (a.enabled != b.enabled or a.locked != b.locked):
        yield f"{where}: enabled or locked"
    mine, theirs = _in_order(a), _in_order(b)
    if len(mine) != len(theirs):
        yield f"{where}: {len(mine)} items, then {len(theirs)}"
    for one, other in zip(mine, theirs, strict=False):
        if one is other:
            continue
        if isinstance(one, Clip) and isinstance(other, Clip):
            for what in _clip_differences(one, other):
                yield f"{where}: {one.name or 'clip'} at {one.record.start}: {what}"
        elif _transition(one) != _transition(other):
            yield f"{where}: {one.name or 'transition'} at {one.record.start}"
    named = [(gap.record, gap.name) for gap in a.items if isinstance(gap, Gap) and gap.name]
    if named != [(gap.record, gap.name) for gap in b.items if isinstance(gap, Gap) and gap.name]:
        yield f"{where}: named gaps"


def _in_order(track: Track) -> list[Clip | Transition]:
    """What lies on a track, in the order of time; clips that lie in the very same place in one order of their own."""
    found = [item for item in track.items if not isinstance(item, Gap)]
    starts = [item.record.start for item in found]
    if len(set(starts)) == len(starts):
        return found
    return sorted(found, key=_time_order)


def _time_order(item: Clip | Transition) -> tuple[Frame, int, Frame, str, str]:
    if isinstance(item, Transition):
        return item.cut, 0, item.record.end, item.name, item.style
    return item.record.start, 1, item.record.end, item.name, item.media.location if item.media else ""


def _transition(item: Clip | Transition) -> tuple[object, ...]:
    return (item.record, item.cut, item.name, item.style) if isinstance(item, Transition) else (item.record,)


def clip_facts(clip: Clip) -> dict[str, object]:
    """Return what an editor sees of a clip, except what it shows (`same_shown`) and its takes."""
    return {
        "name": clip.name,
        "place": clip.record,
        "source range": clip.source,
        "kind": clip.kind,
        "enabled": clip.enabled,
        "speed": (clip.speed, clip.ramp),
        "stamp": clip.stamp,
        "role": clip.role,
        "markers": _markers(clip.markers),
        "look": clip.look,
    }


def same_takes(a: Clip, b: Clip) -> bool:
    """Say whether two clips have takes of the same media, in any order, and show the same.

    Which frames a take that is not shown would show is left aside; one take alone is as good as none.
    """
    mine, theirs = tray(a), tray(b)
    if len(mine) != len(theirs) or not same_shown(a, b):
        return False
    return all(any(same_media(one.media, other.media) for other in theirs) for one in mine)


def _clip_differences(a: Clip, b: Clip) -> Iterator[str]:
    mine, theirs = clip_facts(a), clip_facts(b)
    yield from (f"{what} was {mine[what]}, is {theirs[what]}" for what in mine if mine[what] != theirs[what])
    if not same_media(a.media, b.media):
        yield "media"
    if not same_takes(a, b):
        yield "takes"
    if (a.inner is None) != (b.inner is None):
        yield "nested cut"
    elif a.inner is not None and b.inner is not None:
        yield from (f"in it, {line}" for line in _differences(a.inner, b.inner))


def _markers(markers: tuple[Marker, ...]) -> list[tuple[object, ...]]:
    return sorted((marker_facts(marker) for marker in markers), key=repr)
