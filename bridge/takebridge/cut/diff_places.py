"""Where clips went: carried along by a ripple, slid between their neighbours, or moved.

A ripple carries clips: each begins as much later as the one before it ends (or ends as much later as the one after it
begins). What left the common order of its track (longest increasing subsequence), or shifted by an amount nothing
beside it explains, was moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable

from takebridge.cut.diff_pairs import Twin
from takebridge.cut.identity_nodes import NONE, Side, size
from takebridge.cut.model import Address, Frame

Lane = Address


def lanes(a: Side, b: Side, twins: Iterable[Twin]) -> dict[Lane, Lane]:
    """Return which track of b each track of a is: the same number, unless tracks were added or removed below it.

    A track of a nested cut is the track of the same number in the nested cut it became.
    """
    counted: dict[Lane, Counter[Lane]] = defaultdict(Counter)
    for twin in twins:
        counted[twin.a.lane][twin.b.lane] += 1
    found: dict[Lane, Lane] = {}
    for lane, where in counted.items():
        usual, count = max(where.items(), key=lambda item: (item[1], item[0] == lane, item[0]))
        nested = len(lane) > 2 and len(usual) == len(lane) and usual[-1] == lane[-1]
        changed = len(lane) == 2 and _tracks(a, lane[0]) != _tracks(b, lane[0]) and not where.get(lane)
        moved_together = changed and count * 10 >= 6 * where.total() and len(usual) == 2
        found[lane] = usual if nested or moved_together else lane
    return found


def _tracks(side: Side, kind: object) -> int:
    return sum(len(lane) == 2 and lane[0] == kind for lane in side.firsts)


def place(twins: Iterable[Twin], tracks: dict[Lane, Lane]) -> None:
    """Fill in ``shift``, ``carried``, ``slid`` and ``swapped`` of every twin."""
    staying: dict[Lane, list[Twin]] = defaultdict(list)
    leaving: list[Twin] = []
    for twin in twins:
        if tracks[twin.a.lane] == twin.b.lane:
            staying[twin.a.lane].append(twin)
        else:
            leaving.append(twin)
    for row in staying.values():
        _place_row(row)
    for twin in leaving:
        _place_leaving(twin, staying.get(twin.a.lane, []))


def _place_row(row: list[Twin]) -> None:
    row.sort(key=lambda twin: (twin.a.index, twin.b.index))
    kept = _increasing([twin.b.index for twin in row])
    order = [row[index] for index in kept]
    inside = set(kept)
    swapped = _swapped(row, inside)
    order = [twin for twin in order if id(twin) not in swapped]
    for index, twin in enumerate(order):
        before = order[index - 1] if index else None
        after = order[index + 1] if index + 1 < len(order) else None
        _carry(twin, before, after)
    for index, twin in enumerate(row):
        if index not in inside or id(twin) in swapped:
            twin.shift, twin.carried, twin.swapped = twin.start, False, swapped.get(id(twin), "")
            if twin.start == 0 or twin.end == 0:
                twin.shift = twin.start or twin.end


def _increasing(values: list[int]) -> list[int]:
    """Return the positions of a longest increasing subsequence."""
    if all(values[index] < values[index + 1] for index in range(len(values) - 1)):
        return list(range(len(values)))
    tails: list[int] = []
    last: list[int] = []
    came: list[int] = [NONE] * len(values)
    for index, value in enumerate(values):
        at = bisect_left(tails, value)
        came[index] = last[at - 1] if at else NONE
        if at == len(tails):
            tails.append(value)
            last.append(index)
        else:
            tails[at], last[at] = value, index
    found = []
    index = last[-1] if last else NONE
    while index != NONE:
        found.append(index)
        index = came[index]
    return found[::-1]


def _swapped(row: list[Twin], inside: set[int]) -> dict[int, str]:
    """Return the clips that changed places with their neighbour, with the neighbour's name."""
    found: dict[int, str] = {}
    for index in range(len(row) - 1):
        one, other = row[index], row[index + 1]
        if one.piece or other.piece or (index in inside and index + 1 in inside):
            continue
        if one.a.next == other.a.index and other.b.next == one.b.index:
            found[id(one)], found[id(other)] = other.b.clip.name, one.b.clip.name
    return found


def _carry(twin: Twin, before: Twin | None, after: Twin | None) -> None:
    """Decide how a clip that kept its place in the row got where it is."""
    starts, ends = (twin.start, twin.start - twin.head), (twin.end, twin.end - twin.tail)
    push = _shift_of(after) if after is not None else 0
    if twin.start == twin.end != 0 and _slid(twin, before, after):
        twin.shift, twin.carried, twin.slid = twin.start, False, True
    elif 0 in starts or twin.end == 0:
        twin.shift = 0
    elif before is not None and before.start == before.end and before.end in starts:
        twin.shift = before.end
    elif push and push in ends:
        twin.shift = push
    elif before is not None and before.end in starts:
        twin.shift = before.end
    else:
        twin.shift = twin.start if twin.start == twin.end else twin.start - twin.head
        twin.carried = not _alone(twin, before, after)


def _alone(twin: Twin, before: Twin | None, after: Twin | None) -> bool:
    """Say whether a clip went where nothing carried it: the clips around it went together, and not as far.

    One that still touches what stands before or after it was carried by what was put in or taken out there.
    """
    if before is None or after is None or twin.a.gap == twin.b.gap or after.a.gap == after.b.gap:
        return False
    return _shift_of(before) == _shift_of(after)


def _shift_of(twin: Twin) -> Frame:
    """Return how far a clip went as a whole: 0 where one edge stayed."""
    return 0 if twin.end == 0 or twin.start == twin.head else twin.start


def _slid(twin: Twin, before: Twin | None, after: Twin | None) -> bool:
    """Say whether both neighbours gave way: one's tail and the other's head moved as far, nothing else."""
    if before is None or after is None or twin.head or twin.tail:
        return False
    gave = before.end == twin.start == before.tail and before.start - before.head in (0, before.end - before.tail)
    return gave and after.start == twin.start == after.head and after.end == after.tail


def _place_leaving(twin: Twin, row: list[Twin]) -> None:
    """A clip on another track stands where it stood, was carried like what was beside it, or moved as well."""
    starts = {twin.start, twin.start - twin.head}
    if 0 in starts or twin.end == 0:
        twin.shift = 0
        return
    carried = {other.end for other in row if other.a.index == twin.a.prev}
    carried |= {other.start for other in row if other.a.index == twin.a.next}
    found = starts & carried
    twin.shift = min(found, key=size) if found else twin.start
    twin.carried = bool(found)
