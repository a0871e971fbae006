"""Where a clip of base or canvas belongs in the editor's cut: tracks by what lies on them, time by neighbours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_content import same_shown
from takebridge.cut.edit_types import AddTrack, Edit, Place, Subject
from takebridge.cut.merge_sides import CutSide, track_of, usual_tracks
from takebridge.cut.model import Address, Clip, Frame, Span, TrackKind, tracks_of, whole

_TRACKS_TRIED = 8
"""How many tracks above its own a clip is offered; a cut that needs more is not one an editor wants made by machine."""


@dataclass(slots=True)
class _Row:
    """The known clips of one track in order: where each lies there, and in the editor's cut."""

    pairs: list[tuple[Clip, Clip]] = field(default_factory=list)
    starts: list[Frame] = field(default_factory=list)

    def sort(self) -> None:
        self.pairs.sort(key=lambda pair: (pair[0].record.start, pair[0].record.end))
        self.starts = [one.record.start for one, _ in self.pairs]

    def before(self, at: Frame) -> tuple[Clip, Clip] | None:
        """The last that begins before a frame."""
        index = bisect_left(self.starts, at)
        return self.pairs[index - 1] if index else None

    def after(self, at: Frame) -> tuple[Clip, Clip] | None:
        """The first that begins at a frame or later."""
        index = bisect_left(self.starts, at)
        return self.pairs[index] if index < len(self.pairs) else None

    def over(self, at: Frame) -> tuple[Clip, Clip] | None:
        """The one that plays at a frame."""
        index = bisect_right(self.starts, at)
        found = self.pairs[index - 1] if index else None
        return found if found and found[0].record.end > at else None


class Places:
    """One side's places in terms of the editor's cut. ``pairs``: clips of the side, and what the editor has of them."""

    def __init__(self, side: CutSide, editor: CutSide, pairs: Iterable[tuple[Address, Address]]) -> None:
        self._side = side
        own: list[tuple[Address, Address]] = [(one, other) for one, other in pairs if len(one) == 3 and len(other) == 3]
        self._tracks = usual_tracks(own)
        self._rows: dict[tuple[TrackKind, int], _Row] = defaultdict(_Row)
        for one, other in own:
            self._rows[track_of(one)].pairs.append((side.clips[one], editor.clips[other]))
        for row in self._rows.values():
            row.sort()

    def track(self, address: Address) -> tuple[TrackKind, int]:
        """Return the editor's track on which most of what lies beside a clip is; else the one of that number."""
        kind, number = self._tracks.get(track_of(address), track_of(address))
        return (kind, number) if kind == address[0] else track_of(address)

    def shift(self, address: Address) -> Frame:
        """Return by how many frames a clip is to move so that it keeps its place beside its neighbours.

        What it adjoins counts most, then what it lies over, then what stands before it.
        """
        clip = self._side.clips[address]
        row = self._rows.get(track_of(address)) or _Row()
        before, after = row.before(clip.record.start), row.after(clip.record.start)
        if before and before[0].record.end == clip.record.start:
            return _tail(before)
        if after and after[0].record.start == clip.record.end:
            return _head(after)
        under = self._under(clip.record.start)
        if under:
            return _along(under)
        if before:
            return _tail(before)
        return _head(after) if after else 0

    def _under(self, at: Frame) -> tuple[Clip, Clip] | None:
        tracks = sorted(number for kind, number in self._rows if kind == "video")
        return next((found for one in tracks if (found := self._rows["video", one].over(at))), None)


def _head(pair: tuple[Clip, Clip]) -> Frame:
    return whole(pair[1].record.start - pair[0].record.start)


def _tail(pair: tuple[Clip, Clip]) -> Frame:
    return whole(pair[1].record.end - pair[0].record.end)


def _along(pair: tuple[Clip, Clip]) -> Frame:
    """The shift of what is seen with a clip: a head that was trimmed moves its frames as well."""
    one, other = pair
    if one.source is None or other.source is None or not same_shown(one, other) or not one.speed == other.speed == 1:
        return _head(pair)
    if one.media is None or other.media is None or one.media.rate != other.media.rate:
        return _head(pair)
    return whole(_head(pair) - (other.source.start - one.source.start))


# --- putting clips there --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """A clip that is to lie on a track, or above where it has no room. ``handle``: its address if it is there yet."""

    handle: Subject
    kind: TrackKind
    track: int
    clip: Clip


def later(record: Span, frames: Frame) -> Span:
    """Return a place so many frames later; never before the first frame."""
    return record.shifted(max(frames, -record.start))


def put(bench: Bench, wishes: Sequence[Wish], names: CutSide) -> list[Edit] | None:
    """Put clips on the bench, all or none, each on the lowest track from its own on that has room.

    Tracks that are missing are added, named as ``names`` has them. None when one of them finds no room.
    """
    found: list[tuple[Wish, int]] = []
    for wish in wishes:
        track = free_track(bench, wish, found)
        if track is None:
            return None
        found.append((wish, track))
    edits: list[Edit] = []
    for wish, track in found:
        assert isinstance(wish.handle, str)
        edits.extend(add_tracks(bench, wish.kind, track, names))
        bench.place(wish.handle, wish.kind, track, wish.clip)
        edits.append(Place(wish.handle, wish.kind, track, wish.clip))
    return edits


def add_tracks(bench: Bench, kind: TrackKind, track: int, names: CutSide) -> list[Edit]:
    """Add what tracks are missing up to a number, on the bench too."""
    edits: list[Edit] = []
    while track >= bench.track_count(kind):
        number = bench.track_count(kind)
        edits.append(AddTrack(kind, number, _track_name(names, kind, number)))
        bench.add_track(kind, _track_name(names, kind, number))
    return edits


def free_track(bench: Bench, wish: Wish, taken: Sequence[tuple[Wish, int]] = ()) -> int | None:
    """Return the lowest track from the wanted one on with room; one more than there are means a new one."""
    count = bench.track_count(wish.kind)
    first = min(wish.track, count)
    for track in range(first, first + _TRACKS_TRIED):
        if track < count and not bench.free(wish.kind, track, wish.clip.record):
            continue
        others = (other.clip.record for other, on in taken if (other.kind, on) == (wish.kind, track))
        if not any(other.overlaps(wish.clip.record) for other in others):
            return track
    return None


def _track_name(side: CutSide, kind: TrackKind, track: int) -> str:
    return next((one.name for of, number, one in tracks_of(side.cut) if (of, number) == (kind, track)), "")
