"""The cut on the bench: edits are made here one after the other, then the cut is put together again.

Clips keep the addresses they had when the cut was laid on the bench. Tracks nothing was done to come back as they were,
the same objects; where clips came or went the empty time is filled with gaps, and gaps that are left keep their names.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from takebridge.cut.edit_types import Subject
from takebridge.cut.model import Address, Clip, Cut, Frame, Gap, Item, Span, Track, TrackKind, Transition, tracks_of

_KIND_ORDER: dict[TrackKind, int] = {"video": 0, "audio": 1, "subtitle": 2}


class Room:
    """Occupied time of a track: where a clip may still go without touching another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[Frame] = []
        self._ends: list[Frame] = []
        self._shared = False
        for span in sorted((one for one in spans if one.duration), key=lambda one: one.start):
            if self._ends and span.start <= self._ends[-1]:
                self._shared = self._shared or span.start < self._ends[-1]
                self._ends[-1] = max(self._ends[-1], span.end)
            else:
                self._starts.append(span.start)
                self._ends.append(span.end)

    def free(self, span: Span) -> bool:
        """Say whether nothing is there. A span without length needs no room."""
        if not span.duration:
            return True
        after = bisect_right(self._starts, span.start)
        if after and self._ends[after - 1] > span.start:
            return False
        return after == len(self._starts) or self._starts[after] >= span.end

    def take(self, span: Span) -> None:
        """Occupy a span that is free."""
        if span.duration:
            at = bisect_left(self._starts, span.start)
            self._starts.insert(at, span.start)
            self._ends.insert(at, span.end)

    def release(self, span: Span) -> bool:
        """Free what one clip occupied. False when that cannot be told from here: clips lie over each other."""
        if self._shared or not span.duration:
            return not self._shared
        at = bisect_right(self._starts, span.start) - 1
        if at < 0 or self._ends[at] < span.end:
            return False
        left = [(self._starts[at], span.start), (span.end, self._ends[at])]
        kept = [part for part in left if part[0] < part[1]]
        self._starts[at : at + 1] = [start for start, _ in kept]
        self._ends[at : at + 1] = [end for _, end in kept]
        return True


@dataclass(slots=True, eq=False)
class _Cell:
    item: Item
    lane: _Lane
    gone: bool = False


@dataclass(slots=True, eq=False)
class _Lane:
    """A track on the bench. ``origin`` are its items as they lay at first; one that is reordered is tiled anew."""

    track: Track
    kind: TrackKind
    origin: list[_Cell] = field(default_factory=list)
    added: list[_Cell] = field(default_factory=list)
    changed: bool = False
    reordered: bool = False
    room: Room | None = None

    def present(self) -> Iterator[_Cell]:
        """Yield what lies on the track now, in no order."""
        for cell in (*self.origin, *self.added):
            if not cell.gone and cell.lane is self:
                yield cell


class Bench:
    """A cut being edited. Not for keeping: make one, edit, ask for `cut`."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._lanes: list[_Lane] = []
        self._by_kind: dict[TrackKind, list[_Lane]] = {"video": [], "audio": [], "subtitle": []}
        self._placed: dict[str, _Cell] = {}
        self.markers = cut.markers
        for kind, _, track in tracks_of(cut):
            lane = _Lane(track, kind)
            lane.origin = [_Cell(item, lane) for item in track.items]
            self._lanes.append(lane)
            self._by_kind[kind].append(lane)

    # --- asking ------------------------------------------------------------------------------------------

    def clip(self, subject: Subject) -> Clip | None:
        """Return the clip as it is now, None where there is none (any more)."""
        cell = self._cell(subject)
        if cell is None or cell.gone or not isinstance(cell.item, Clip):
            return None
        return _deep(cell.item, () if isinstance(subject, str) else subject[3:])

    def track_count(self, kind: TrackKind) -> int:
        """Number of tracks of a kind."""
        return len(self._by_kind[kind])

    def free(self, kind: TrackKind, track: int, span: Span) -> bool:
        """Say whether a track is there and has nothing in this span."""
        if not 0 <= track < len(self._by_kind[kind]):
            return False
        return self._room(self._by_kind[kind][track]).free(span)

    def joins(self, kind: TrackKind, track: int, transition: Transition) -> bool:
        """Say whether a track has this transition."""
        return self._transition(kind, track, transition) is not None

    def where(self, subject: Subject) -> tuple[TrackKind, int] | None:
        """Return the kind and number of the track a clip is on now."""
        cell = self._cell(subject)
        if cell is None or cell.gone:
            return None
        return cell.lane.kind, self._by_kind[cell.lane.kind].index(cell.lane)

    def addresses(self) -> dict[Address, Address]:
        """Return where each clip of the first cut's own tracks is now, by its address at first."""
        now: dict[int, Address] = {}
        first: list[tuple[Address, _Cell]] = []
        for lane in self._lanes:
            number = self._by_kind[lane.kind].index(lane)
            now.update((id(cell), (lane.kind, number, index)) for index, cell in enumerate(_laid(lane)) if cell)
            first.extend(((lane.kind, number, index), cell) for index, cell in enumerate(lane.origin))
        return {address: now[id(cell)] for address, cell in first if isinstance(cell.item, Clip) and id(cell) in now}

    # --- doing -------------------------------------------------------------------------------------------

    def set(self, subject: Subject, clip: Clip) -> None:
        """Put another value in the place of a clip that is there; its record range may differ."""
        cell = self._cell(subject)
        assert cell is not None and isinstance(cell.item, Clip)
        path: Address = () if isinstance(subject, str) else subject[3:]
        made = _within(cell.item, path, clip)
        if made.record != cell.item.record:
            cell.lane.reordered = True
            _leave(cell.lane, cell.item.record)
            _enter(cell.lane, made.record)
        cell.item, cell.lane.changed = made, True

    def move(self, subject: Subject, kind: TrackKind, track: int) -> None:
        """Put a clip of a track onto another track."""
        cell, lane = self._cell(subject), self._by_kind[kind][track]
        if cell is None or cell.lane is lane:
            return
        cell.lane.reordered = lane.reordered = True
        _leave(cell.lane, cell.item.record)
        _enter(lane, cell.item.record)
        cell.lane = lane
        lane.added.append(cell)

    def delete(self, subject: Subject) -> None:
        """Take a clip off its track (out of its nested cut); the gap stays."""
        cell = self._cell(subject)
        if cell is None:
            return
        if not isinstance(subject, str) and len(subject) > 3 and isinstance(cell.item, Clip):
            cell.item, cell.lane.changed = _within(cell.item, subject[3:], None), True
            return
        if not cell.gone:
            _leave(cell.lane, cell.item.record)
        cell.gone, cell.lane.reordered = True, True

    def place(self, handle: str, kind: TrackKind, track: int, clip: Clip) -> None:
        """Put a new clip on a track that is there."""
        lane = self._by_kind[kind][track]
        cell = _Cell(clip, lane)
        self._placed[handle] = cell
        _enter(lane, clip.record)
        lane.added.append(cell)
        lane.reordered = True

    def join(self, kind: TrackKind, track: int, transition: Transition) -> None:
        """Put a transition on a track."""
        lane = self._by_kind[kind][track]
        lane.added.append(_Cell(transition, lane))
        lane.reordered = True

    def part(self, kind: TrackKind, track: int, transition: Transition) -> None:
        """Take a transition off a track."""
        cell = self._transition(kind, track, transition)
        if cell is not None:
            cell.gone, cell.lane.reordered = True, True

    def add_track(self, kind: TrackKind, name: str) -> None:
        """Add an empty track above the last of its kind."""
        lane = _Lane(Track(kind, name=name), kind, changed=True)
        after = [at for at, other in enumerate(self._lanes) if _KIND_ORDER[other.kind] <= _KIND_ORDER[kind]]
        self._lanes.insert(after[-1] + 1 if after else 0, lane)
        self._by_kind[kind].append(lane)

    def cut(self) -> Cut:
        """Return the cut as it is now; the very cut that was laid down when nothing changed."""
        tracks = tuple(_track(lane) for lane in self._lanes)
        old = self._cut.tracks
        if len(tracks) == len(old) and all(new is was for new, was in zip(tracks, old, strict=True)):
            return self._cut if self.markers == self._cut.markers else replace(self._cut, markers=self.markers)
        return replace(self._cut, tracks=tracks, markers=self.markers)

    # --- inside ------------------------------------------------------------------------------------------

    def _cell(self, subject: Subject) -> _Cell | None:
        if isinstance(subject, str):
            return self._placed.get(subject)
        kind, number, item = subject[0], subject[1], subject[2]
        lanes = self._by_kind[kind] if isinstance(kind, str) else []
        if not (isinstance(number, int) and isinstance(item, int) and 0 <= number < len(lanes)):
            return None
        cells = lanes[number].origin
        return cells[item] if 0 <= item < len(cells) else None

    def _room(self, lane: _Lane) -> Room:
        if lane.room is None:
            lane.room = Room(cell.item.record for cell in lane.present() if isinstance(cell.item, Clip))
        return lane.room

    def _transition(self, kind: TrackKind, track: int, wanted: Transition) -> _Cell | None:
        if not 0 <= track < len(self._by_kind[kind]):
            return None
        for cell in self._by_kind[kind][track].present():
            if isinstance(cell.item, Transition) and same_transition(cell.item, wanted):
                return cell
        return None


def _leave(lane: _Lane, span: Span) -> None:
    """A clip leaves its place; what room there is is counted anew where that cannot be said at once."""
    if lane.room is not None and not lane.room.release(span):
        lane.room = None


def _enter(lane: _Lane, span: Span) -> None:
    if lane.room is None:
        return
    if lane.room.free(span):
        lane.room.take(span)
    else:
        lane.room = None


def same_transition(one: Transition, other: Transition) -> bool:
    """Say whether two transitions are the same to the eye."""
    return (one.record, one.cut, one.name, one.style) == (other.record, other.cut, other.name, other.style)


def _laid(lane: _Lane) -> list[_Cell | None]:
    """The cells of a track in the order of its items as `_track` makes them; None for what was filled in."""
    if not lane.reordered:
        return list(lane.origin)
    cells: dict[int, deque[_Cell]] = defaultdict(deque)  # one value may lie on a track several times
    for cell in lane.present():
        cells[id(cell.item)].append(cell)
    return [cells[id(item)].popleft() if cells[id(item)] else None for item in _track(lane).items]


def _track(lane: _Lane) -> Track:
    if lane.reordered:
        return replace(lane.track, items=retiled(cell.item for cell in lane.present()))
    if lane.changed and lane.origin:
        return replace(lane.track, items=tuple(cell.item for cell in lane.origin))
    return lane.track


def retiled(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items in record order, empty time filled: with what is left of the gaps given, else with plain gaps."""
    given = list(items)
    gaps = sorted((one for one in given if isinstance(one, Gap)), key=lambda gap: gap.record.start)
    made: list[Item] = []
    at: Frame = 0
    for item in sorted((one for one in given if not isinstance(one, Gap)), key=_order):
        begins = item.cut if isinstance(item, Transition) else item.record.start
        if begins > at:
            made.extend(_empty(Span(at, begins), gaps, plain=True))
            at = begins
        made.append(item)
        if not isinstance(item, Transition):
            at = max(at, item.record.end)
    if gaps and gaps[-1].record.end > at:
        made.extend(_empty(Span(at, gaps[-1].record.end), gaps, plain=False))
    return tuple(made)


def _empty(span: Span, gaps: list[Gap], *, plain: bool) -> Iterator[Gap]:
    """Yield gaps for empty time: the parts of those given, plain ones between (and after, where ``plain``)."""
    at = span.start
    first = max(bisect_right(gaps, span.start, key=lambda gap: gap.record.start) - 1, 0)
    for gap in gaps[first:]:
        if gap.record.start >= span.end:
            break
        part = Span(max(gap.record.start, at), max(min(gap.record.end, span.end), at, gap.record.start))
        if not part.duration:
            continue
        if part.start > at:
            yield Gap(Span(at, part.start))
        yield gap if part == gap.record else replace(gap, record=part)
        at = part.end
    if plain and at < span.end:
        yield Gap(Span(at, span.end))


def _order(item: Clip | Gap | Transition) -> tuple[Frame, int, Frame]:
    if isinstance(item, Transition):
        return item.cut, 0, 0
    return item.record.start, 1, item.record.end


def _deep(clip: Clip, path: Address) -> Clip | None:
    """Return the clip a path of (inner track, inner item) pairs leads to."""
    if not path:
        return clip
    number, index = path[0], path[1]
    if clip.inner is None or not isinstance(number, int) or not isinstance(index, int):
        return None
    if not 0 <= number < len(clip.inner.tracks) or not 0 <= index < len(clip.inner.tracks[number].items):
        return None
    item = clip.inner.tracks[number].items[index]
    return _deep(item, path[2:]) if isinstance(item, Clip) else None


def _within(clip: Clip, path: Address, made: Clip | None) -> Clip:
    """Return a clip with another clip (or, None, a gap) where a path leads; the places beside it do not move."""
    if not path:
        assert made is not None
        return made
    assert clip.inner is not None and isinstance(path[0], int) and isinstance(path[1], int)
    track = clip.inner.tracks[path[0]]
    items = list(track.items)
    inside = items[path[1]]
    assert isinstance(inside, Clip)
    if len(path) > 2 or made is not None:
        items[path[1]] = _within(inside, path[2:], made)
    else:
        items[path[1]] = Gap(_left_by(inside, items))
    tracks = list(clip.inner.tracks)
    tracks[path[0]] = replace(track, items=tuple(items))
    return replace(clip, inner=replace(clip.inner, tracks=tuple(tracks)))


def _left_by(clip: Clip, items: list[Item]) -> Span:
    """The time a clip leaves empty: none where another lies over it."""
    others = (one for one in items if isinstance(one, Clip) and one is not clip)
    if any(one.record.overlaps(clip.record) for one in others):
        return Span(clip.record.start, clip.record.start)
    return clip.record
