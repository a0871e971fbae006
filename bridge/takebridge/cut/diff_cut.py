"""What changed about the cut itself: its rate and start, its tracks, its markers, its transitions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from takebridge.cut.match import CutChange
from takebridge.cut.model import Address, Clip, Cut, Marker, Track, TrackKind, Transition, tracks_of

_LETTERS: dict[TrackKind, str] = {"video": "V", "audio": "A", "subtitle": "S"}


def track_name(lane: Address) -> str:
    """Return a track as editors say it: ``V1``, ``A2``; within a nested cut that cut's own number."""
    kind, number = lane[0], lane[1]
    letter = _LETTERS.get(kind, "T") if isinstance(kind, str) else "T"
    return f"{letter}{int(number) + 1}" if len(lane) == 2 else f"track {int(lane[-1]) + 1} of a nested cut"


def cut_changes(a: Cut, b: Cut, same: Mapping[Address, Address], tracks: Mapping[Address, Address]) -> list[CutChange]:
    """Return the changes of the cut.

    ``same`` are matched clips by address, ``tracks`` says which track of b is which of a.
    """
    found = [CutChange("timeline", text) for text in _timeline(a, b)]
    found += [CutChange("track", text) for text in _tracks(a, b, tracks)]
    found += [CutChange("transition", text) for text in _transitions(a, b, same)]
    found += [CutChange("marker", text) for text in _markers(a, b)]
    return found


def _timeline(a: Cut, b: Cut) -> Iterator[str]:
    if a.rate != b.rate:
        yield f"frame rate changed from {a.rate} to {b.rate} frames per second"
    if a.start * b.rate.fraction != b.start * a.rate.fraction:
        yield f"timeline start changed from frame {a.start} to frame {b.start}"
    if a.drop_frame != b.drop_frame:
        yield f"timecode changed to {'drop-frame' if b.drop_frame else 'non-drop-frame'}"
    if (a.width, a.height) != (b.width, b.height) and a.width and b.width:
        yield f"frame size changed from {a.width}×{a.height} to {b.width}×{b.height}"
    if a.name != b.name and a.name and b.name:
        yield f"renamed from {a.name} to {b.name}"


def _tracks(a: Cut, b: Cut, tracks: Mapping[Address, Address]) -> Iterator[str]:
    mine: dict[Address, Track] = {(kind, number): track for kind, number, track in tracks_of(a)}
    theirs: dict[Address, Track] = {(kind, number): track for kind, number, track in tracks_of(b)}
    taken: set[Address] = set()
    for lane, track in mine.items():
        where = tracks.get(lane, lane)
        now = theirs.get(where)
        if now is None:
            yield f"track {track_name(lane)} removed"
            continue
        taken.add(where)
        if where != lane:
            yield f"track {track_name(lane)} is now {track_name(where)}"
        yield from _track(track_name(where), track, now)
    for lane in theirs:
        if lane not in taken:
            yield f"track {track_name(lane)} added"


def _track(name: str, a: Track, b: Track) -> Iterator[str]:
    if a.name != b.name:
        yield f"track {name} renamed from {a.name or 'no name'} to {b.name or 'no name'}"
    if a.enabled != b.enabled:
        yield f"track {name} {'enabled' if b.enabled else 'disabled'}"
    if a.locked != b.locked:
        yield f"track {name} {'locked' if b.locked else 'unlocked'}"


# --- transitions ----------------------------------------------------------------------------------------


def _transitions(a: Cut, b: Cut, same: Mapping[Address, Address]) -> Iterator[str]:
    mine = {_between(same, at): item for at, item in _joined(a)}
    theirs = dict(_joined(b))
    for at, item in mine.items():
        now = theirs.pop(at, None)
        if now is None:
            yield f"{_called(item)} removed"
        elif (now.name, now.style, now.record.duration) != (item.name, item.style, item.record.duration):
            yield f"{_called(item)} changed to {_called(now)}"
    for item in theirs.values():
        yield f"{_called(item)} added"


Ends = tuple[Address | None, Address | None]


def _joined(cut: Cut) -> Iterator[tuple[Ends, Transition]]:
    for kind, number, track in tracks_of(cut):
        for at, item in enumerate(track.items):
            if isinstance(item, Transition):
                ends = [
                    (kind, number, near)
                    if 0 <= near < len(track.items) and isinstance(track.items[near], Clip)
                    else None
                    for near in (at - 1, at + 1)
                ]
                yield (ends[0], ends[1]), item


def _between(same: Mapping[Address, Address], ends: Ends) -> Ends:
    """Return the clips of b that the clips of a are now; a clip that is gone stands for itself."""
    one, other = ends
    return (
        None if one is None else same.get(one, ("gone", *one)),  # type: ignore[arg-type]
        None if other is None else same.get(other, ("gone", *other)),  # type: ignore[arg-type]
    )


def _called(item: Transition) -> str:
    return f"{item.name or item.style or 'transition'} of {item.record.duration} frames at frame {item.cut}"


# --- markers --------------------------------------------------------------------------------------------


def _markers(a: Cut, b: Cut) -> Iterator[str]:
    mine, theirs = _marks(a), _marks(b)
    gone, new = mine - theirs, theirs - mine
    for key in sorted(gone, key=repr):
        moved = next((other for other in sorted(new, key=repr) if other[1:] == key[1:] and new[other]), None)
        if moved is None:
            yield f"marker {key[2] or 'without a name'} at frame {key[0]} removed"
        else:
            new[moved] -= 1
            yield f"marker {key[2] or 'without a name'} moved from frame {key[0]} to frame {moved[0]}"
    for key in sorted(new, key=repr):
        for _ in range(new[key]):
            yield f"marker {key[2] or 'without a name'} at frame {key[0]} added"


def _marks(cut: Cut) -> Counter[tuple[object, ...]]:
    return Counter(_mark(marker) for marker in cut.markers)


def _mark(marker: Marker) -> tuple[object, ...]:
    return (marker.at, marker.duration, marker.name, marker.note, marker.color, marker.kind)
