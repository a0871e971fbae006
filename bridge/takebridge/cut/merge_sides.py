"""The three cuts of a merge as it looks at them: clips by address, link groups, what became of each base clip."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from takebridge.cut.linking import Group, groups, members_of
from takebridge.cut.match import Match
from takebridge.cut.merge_types import Side
from takebridge.cut.model import Address, Clip, Cut, Frame, TrackKind, clips_of

_MOST_LINKED = 32
"""Larger link groups are broken documents; an entry names only its own clips then."""

_KINDS = {"video": 0, "audio": 1, "subtitle": 2}


@dataclass(frozen=True, slots=True)
class CutSide:
    """One of the three cuts. ``clips`` holds nested ones too, ``groups`` what belongs to a clip (`cut.linking`)."""

    side: Side
    cut: Cut
    clips: dict[Address, Clip]
    groups: dict[Address, Group]
    nests: dict[Address, list[Address]]

    @classmethod
    def of(cls, side: Side, cut: Cut) -> CutSide:
        """Look a cut up once."""
        clips = dict(clips_of(cut))
        nests: dict[Address, list[Address]] = defaultdict(list)
        for address in clips:
            for depth in range(3, len(address), 2):
                nests[address[:depth]].append(address)
        linked = members_of(group for group in groups(cut) if len(group) <= _MOST_LINKED)
        return cls(side, cut, clips, linked, dict(nests))

    def linked(self, address: Address) -> list[Address]:
        """Return the other clips linked to a clip."""
        return [one for one in self.groups.get(address, ()) if one != address]

    def inside(self, address: Address) -> list[Address]:
        """Return the clips of the nested cut a clip shows, at any depth."""
        return self.nests.get(address, [])


@dataclass(frozen=True, slots=True)
class Lineage:
    """What became of the base's clips on one side.

    ``of`` has every clip a base clip became (several where it was razored), ``doubtful`` the clips (of base or side)
    whose match is ambiguous, ``added`` what the base has not, ``copies`` the base clip an added one was copied from.
    """

    of: dict[Address, list[Address]]
    added: list[Address]
    copies: dict[Address, Address] = field(default_factory=dict)
    doubtful: dict[Address, tuple[Address, ...]] = field(default_factory=dict)
    doubtful_added: dict[Address, tuple[Address, ...]] = field(default_factory=dict)
    matched: int = 0

    @classmethod
    def build(cls, base: CutSide, side: CutSide, matches: Iterable[Match]) -> Lineage:
        """Sort matches out. A clip no match speaks of counts as removed, or added."""
        made = cls({address: [] for address in base.clips}, [])
        claimed: set[Address] = set()
        for match in matches:
            _sort(made, match, claimed)
        made.added.extend(address for address in side.clips if address not in claimed)
        made.added.sort(key=in_order)
        return made

    @classmethod
    def unchanged(cls, base: CutSide) -> Lineage:
        """Every clip became itself."""
        return cls({address: [address] for address in base.clips}, [])


def _sort(made: Lineage, match: Match, claimed: set[Address]) -> None:
    if match.a is not None and match.ambiguous:
        made.doubtful[match.a] = match.rivals
    if match.b is None or match.b in claimed:
        return
    if match.a is not None and match.a in made.of:
        claimed.add(match.b)
        made.of[match.a].append(match.b)
        return
    if match.duplicate_of is not None and match.duplicate_of in made.of:
        made.copies[match.b] = match.duplicate_of
    if match.ambiguous:
        made.doubtful_added[match.b] = match.rivals


def in_order(address: Address) -> tuple[int, ...]:
    """Sort key: pictures first, then sound, each in the order of tracks and items."""
    return (_KINDS[str(address[0])], *(int(part) for part in address[1:]))


def track_of(address: Address) -> tuple[TrackKind, int]:
    """Return the kind and number of the track an address is on."""
    kind, track = address[0], address[1]
    assert isinstance(kind, str) and isinstance(track, int)
    return kind, track


# --- what moved because someone moved it --------------------------------------------------------------


def moved_on(base: CutSide, side: CutSide, lineage: Lineage) -> frozenset[Address]:
    """Return the base clips that were moved on a side, on purpose: not those a ripple carried along.

    A clip was moved when it changed its track (more than the rest of the track did), its order, or its place alone:
    its neighbours did not come along and neither of its ends stayed.
    """
    moved: set[Address] = set()
    pairs: list[tuple[Address, Address]] = []
    for one, found in lineage.of.items():
        if len(found) == 1 and len(one) == len(found[0]) == 3:
            pairs.append((one, found[0]))
    usual = usual_tracks(pairs)
    by_track: dict[tuple[TrackKind, int], list[tuple[Address, Address]]] = defaultdict(list)
    for one, there in pairs:
        if usual[track_of(one)] == track_of(there):
            by_track[track_of(one)].append((one, there))
        else:
            moved.add(one)
    for members in by_track.values():
        moved.update(_moved_on_track(base, side, members))
    return frozenset(moved)


def usual_tracks(pairs: list[tuple[Address, Address]]) -> dict[tuple[TrackKind, int], tuple[TrackKind, int]]:
    """Return for each track the one on which most of its clips are on the other side."""
    counted: dict[tuple[TrackKind, int], Counter[tuple[TrackKind, int]]] = defaultdict(Counter)
    for one, there in pairs:
        counted[track_of(one)][track_of(there)] += 1
    return {track: max(others, key=lambda other: (others[other], other == track)) for track, others in counted.items()}


def _moved_on_track(base: CutSide, side: CutSide, members: list[tuple[Address, Address]]) -> Iterator[Address]:
    members.sort(key=lambda pair: pair[0][2])
    kept = increasing([int(there[2]) for _, there in members])
    yield from (one for index, (one, _) in enumerate(members) if index not in kept)
    shifts = [
        (one, *_shifts(base.clips[one], side.clips[there])) for one, there in (members[at] for at in sorted(kept))
    ]
    for index, (one, head, tail) in enumerate(shifts):
        before: Frame = shifts[index - 1][2] if index else 0
        after: Frame = shifts[index + 1][1] if index + 1 < len(shifts) else before
        if not {head, tail} & {0, before, after}:
            yield one


def _shifts(one: Clip, other: Clip) -> tuple[Frame, Frame]:
    return other.record.start - one.record.start, other.record.end - one.record.end


def increasing(numbers: list[int]) -> frozenset[int]:
    """Return the indices of a longest increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(number)
            ends.append(index)
        else:
            tails[at], ends[at] = number, index
    found: set[int] = set()
    last = ends[-1] if ends else -1
    while last >= 0:
        found.add(last)
        last = before[last]
    return frozenset(found)
