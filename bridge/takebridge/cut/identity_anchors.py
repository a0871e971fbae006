"""Anchors: the clips that are beyond doubt the same, found first and in linear time.

A seed is a clip that shows the same source range of the same media on one clip only of either cut, or carries the same
believed id, or the first (last) clip of a track. From seeds the run is followed both ways while neighbours show the
same. An anchor without an agreeing neighbour is let go again where other clips show (part of) the same source.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from takebridge.cut.identity_ids import Ids
from takebridge.cut.identity_media import MediaMap
from takebridge.cut.identity_nodes import NONE, Node, Side
from takebridge.cut.model import Frame

_TWINS = 4
"""Clips in a row showing the same that are weighed again; longer rows are matched in order."""


@dataclass(slots=True)
class Anchors:
    """``to_b[i]`` is the clip of b that clip i of a is, ``to_a`` the other way round; NONE where open."""

    to_b: list[int]
    to_a: list[int]

    def join(self, one: int, other: int) -> None:
        """Fix a pair."""
        self.to_b[one], self.to_a[other] = other, one

    def part(self, one: int) -> None:
        """Let a pair go."""
        self.to_a[self.to_b[one]], self.to_b[one] = NONE, NONE


@dataclass(slots=True)
class Signatures:
    """What each clip shows as one number: equal number, same media, source range and length."""

    a: list[int]
    b: list[int]
    lone: list[tuple[int, int]]
    """Clips that alone in their cut, or on that track of it, have their number."""


def sign(a: Side, b: Side, media: MediaMap) -> Signatures:
    """Return the signatures of all clips."""
    numbers: dict[Hashable, int] = {}
    exact = a.frame == b.frame
    made_a = [numbers.setdefault(_signature(node, media.a[node.media], 0, exact), len(numbers)) for node in a.nodes]
    made_b = [
        numbers.setdefault(_signature(node, media.b[node.media], media.offset[node.media], exact), len(numbers))
        for node in b.nodes
    ]
    # Stereo sound is twice the same clip on two tracks: alone on its track is alone enough.
    on_a = [(number, node.lane) for number, node in zip(made_a, a.nodes, strict=True)]
    on_b = [(number, node.lane) for number, node in zip(made_b, b.nodes, strict=True)]
    return Signatures(made_a, made_b, [*_lone(made_a, made_b), *_lone(on_a, on_b)])


def _signature(node: Node, name: int, offset: Frame, exact: bool) -> Hashable:
    length = node.end - node.start if exact or node.head is None else None
    if offset and node.head is not None and node.tail is not None:
        return (node.kind, name, node.head - offset, node.tail - offset, length)
    return (node.kind, name, node.head, node.tail, length)


def _lone(made_a: Sequence[Hashable], made_b: Sequence[Hashable]) -> list[tuple[int, int]]:
    mine, theirs = _once(made_a), _once(made_b)
    return [(one, theirs[number]) for number, one in mine.items() if one != NONE and theirs.get(number, NONE) != NONE]


def _once(numbers: Sequence[Hashable]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for index, number in enumerate(numbers):
        found[number] = NONE if number in found else index
    return found


def anchor(a: Side, b: Side, media: MediaMap, ids: Ids, signs: Signatures) -> Anchors:
    """Return the pairs that need no weighing."""
    found = Anchors([NONE] * len(a.nodes), [NONE] * len(b.nodes))
    for one, other in ids.pairs.items():
        if a.nodes[one].kind == b.nodes[other].kind and found.to_a[other] == NONE:
            found.join(one, other)
    for one, other in signs.lone:
        if found.to_b[one] == found.to_a[other] == NONE and ids.weigh(a.nodes[one], b.nodes[other]) >= 0:
            found.join(one, other)
    _follow(a, b, ids, signs, found)
    _release(a, b, media, signs, found)
    return found


def _follow(a: Side, b: Side, ids: Ids, signs: Signatures, found: Anchors) -> None:
    """Follow every run from its anchors, and from the ends of the tracks."""
    fits = partial(_fits, a, b, ids, signs, found)
    pending = deque((one, other) for one, other in enumerate(found.to_b) if other != NONE)
    for ends_a, ends_b in ((a.firsts, b.firsts), (a.lasts, b.lasts)):
        for lane, one in ends_a.items():
            other = ends_b.get(lane, NONE)
            if other != NONE and fits(one, other):
                found.join(one, other)
                pending.append((one, other))
    while pending:
        one, other = pending.popleft()
        mine, theirs = a.nodes[one], b.nodes[other]
        later, after = mine.next, theirs.next
        if later != NONE and after != NONE and a.nodes[later].gap == b.nodes[after].gap and fits(later, after):
            found.join(later, after)
            pending.append((later, after))
        sooner, before = mine.prev, theirs.prev
        if sooner != NONE and before != NONE and mine.gap == theirs.gap and fits(sooner, before):
            found.join(sooner, before)
            pending.append((sooner, before))


def _fits(a: Side, b: Side, ids: Ids, signs: Signatures, found: Anchors, one: int, other: int) -> bool:
    if signs.a[one] != signs.b[other] or found.to_b[one] != NONE or found.to_a[other] != NONE:
        return False
    return not ids.trust or ids.weigh(a.nodes[one], b.nodes[other]) >= 0


def neighbours_agree(a: Side, b: Side, to_b: list[int], one: int, other: int) -> int:
    """Count the sides (before, after) on which both clips have the same neighbour, or both are at the track's end."""
    mine, theirs = a.nodes[one], b.nodes[other]
    count = 0
    for near, far in ((mine.prev, theirs.prev), (mine.next, theirs.next)):
        if near == NONE or far == NONE:
            count += near == far and mine.lane == theirs.lane
        elif to_b[near] == far:
            count += 1
    return count


def _release(a: Side, b: Side, media: MediaMap, signs: Signatures, found: Anchors) -> None:
    """Let go of lonely anchors that others could dispute."""
    lonely = [
        one
        for one, other in enumerate(found.to_b)
        if other != NONE and not neighbours_agree(a, b, found.to_b, one, other)
    ]
    twins = _twins(a, signs.a, found.to_b) + [found.to_a[other] for other in _twins(b, signs.b, found.to_a)]
    if twins:
        for one in set(twins):
            found.part(one)
        lonely = [one for one in lonely if found.to_b[one] != NONE]
    if not lonely:
        return
    open_b = _Shown(b, media.b, found.to_a, media.offset)
    open_a = _Shown(a, media.a, found.to_b, None)
    disputed = []
    for one in lonely:
        mine, theirs = a.nodes[one], b.nodes[found.to_b[one]]
        offset = media.offset[theirs.media]
        if open_b.any(media.a[mine.media], mine, 0) or open_a.any(media.b[theirs.media], theirs, offset):
            disputed.append(one)
    for one in disputed:
        found.part(one)


def _twins(side: Side, signs: list[int], taken: list[int]) -> list[int]:
    """Return joined clips that stand right beside an open clip showing the same: which is which is not settled."""
    found = []
    for node in side.nodes:
        if taken[node.index] != NONE:
            continue
        for way in ("prev", "next"):
            near = getattr(node, way)
            for _ in range(_TWINS):
                if near == NONE or taken[near] == NONE or signs[near] != signs[node.index]:
                    break
                found.append(near)
                near = getattr(side.nodes[near], way)
    return found


class _Shown:
    """Open clips by the source they show."""

    def __init__(self, side: Side, classes: list[int], taken: list[int], offsets: list[Frame] | None) -> None:
        ranges: dict[tuple[str, int], list[tuple[Frame, Frame]]] = defaultdict(list)
        for node in side.nodes:
            if taken[node.index] == NONE and node.head is not None and node.tail is not None:
                offset = offsets[node.media] if offsets else 0
                ranges[node.kind, classes[node.media]].append((node.head - offset, node.tail - offset))
        self._ranges = {key: sorted(found) for key, found in ranges.items()}
        self._longest = {key: max(end - start for start, end in found) for key, found in self._ranges.items()}

    def any(self, name: int, node: Node, offset: Frame) -> bool:
        """Say whether an open clip shows some of what ``node`` shows."""
        found = self._ranges.get((node.kind, name))
        if not found or node.head is None or node.tail is None:
            return False
        head, tail = node.head - offset, node.tail - offset
        at = bisect_left(found, (head - self._longest[node.kind, name],))
        for start, end in found[at:]:
            if start >= tail:
                return False
            if end > head:
                return True
        return False
