"""From which frame the source of a media counts: other files of the same picture may count from another one.

A proxy may have lost its timecode, a document may count from timecode 0. That shifts every source range of the media
by one amount, which is learned: from the timecodes of the files, from clips that agree, from what is usual in the cut.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from takebridge.cut.identity_nodes import MediaUse, Node, Side, size
from takebridge.cut.model import Frame

_MOST = 40
_USUAL = 4

Apart = Counter[Frame]
"""How often source ranges of one length lie how far apart."""


def learn_offsets(a: Side, b: Side, joined: Iterable[tuple[int, int, bool]]) -> dict[int, Frame]:
    """Return for media of b how many ticks later its source counts than a's; media that count alike are not in it.

    ``joined``: which media of a is which of b, and whether it is one file in one place.
    """
    seen = {}
    for one, other, same_place in joined:
        if not same_origin(a.media[one], b.media[other], same_place=same_place):
            seen[one, other] = _apart(a, b, one, other)
    return {other: offset for (_, other), offset in settle(a, b, seen).items()}


def same_origin(a: MediaUse, b: MediaUse, *, same_place: bool) -> bool:
    """Say whether nothing speaks for another origin, so that a difference is a slip."""
    return a.start == b.start and (same_place or a.start is not None)


def _apart(a: Side, b: Side, one: int, other: int) -> Apart:
    """Count how far source ranges of the same length lie apart: on one kind of track, linked clips move as one."""
    counted: dict[str, Apart] = defaultdict(Counter)
    for mine in _some(a, one):
        for node in _some(b, other):
            if mine.head is None or node.head is None or mine.tail is None or node.tail is None:
                continue
            if node.tail - node.head == mine.tail - mine.head and node.kind == mine.kind:
                counted[node.kind][node.head - mine.head] += 1
    most: Apart = Counter()
    for one_kind in counted.values():
        most |= one_kind
    return most


def _some(side: Side, media: int) -> list[Node]:
    return [side.nodes[index] for index in side.media[media].users[:_MOST]]


def settle(a: Side, b: Side, seen: Mapping[tuple[int, int], Apart]) -> dict[tuple[int, int], Frame]:
    """Return the offsets of pairs of media, from what lies how far apart; pairs without one count alike.

    A pair nothing else decides has the offset nearly all others have.
    """
    usual: Apart = Counter()
    for counted in seen.values():
        usual.update(counted.keys())
    found: dict[tuple[int, int], Frame] = {}
    alike, silent = 0, []
    for pair, counted in seen.items():
        if counted.get(0):
            alike += 1
            continue
        best = _origin(a.media[pair[0]], b.media[pair[1]], counted, usual)
        if best is None:
            silent.append(pair)
        else:
            found[pair] = best
    common, count = max(Counter(found.values()).items(), key=lambda item: item[1], default=(0, 0))
    if count >= _USUAL - 1 and count > 2 * alike:
        found.update(dict.fromkeys(silent, common))
    return found


def _origin(a: MediaUse, b: MediaUse, counted: Apart, usual: Apart) -> Frame | None:
    """Return by how much b's source counts later than a's, None when that is not to be told from slips."""
    starts: set[Frame] = {(a.start or 0) - (b.start or 0), a.start or 0, -(b.start or 0)} - {0}
    for start in sorted(starts):
        if counted.get(start):
            return start
    if not counted:
        return None
    best, count = max(counted.items(), key=lambda item: (item[1], usual[item[0]], -size(item[0])))
    if count >= 2 and count * 2 >= min(len(a.users), len(b.users)):
        return best
    return best if usual[best] >= _USUAL else None
