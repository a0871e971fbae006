"""Which element of one list is which of another: unique ones first, then their neighbours, then weaker likeness.

All in O(n log n): patience sorting over unique keys, hash groups for the rest. The outcome depends on the order of the
lists only, never on hashing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise


def rising(places: Sequence[int]) -> list[int]:
    """Indexes of the longest strictly rising subsequence of ``places``."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            last.append(index)
        else:
            tops[pile], last[pile] = place, index
    chain: list[int] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def aligned(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of places with equal keys, both rising: keys unique on both sides anchor and grow to their neighbours."""
    once_first, once_second = _once(first), _once(second)
    anchors = sorted((place, once_second[key]) for key, place in once_first.items() if key in once_second)
    kept = [anchors[index] for index in rising([place for _, place in anchors])]
    found: list[tuple[int, int]] = []
    for (low_a, low_b), (high_a, high_b) in pairwise([(-1, -1), *kept, (len(first), len(second))]):
        limit = min(high_a - low_a, high_b - low_b) - 1
        head = 0
        while head < limit and first[low_a + 1 + head] == second[low_b + 1 + head]:
            found.append((low_a + 1 + head, low_b + 1 + head))
            head += 1
        tail = 0
        while tail < limit - head and first[high_a - 1 - tail] == second[high_b - 1 - tail]:
            found.append((high_a - 1 - tail, high_b - 1 - tail))
            tail += 1
        if high_a < len(first):
            found.append((high_a, high_b))
    return sorted(found)


def grouped(
    first: Iterable[tuple[Hashable, int]], second: Iterable[tuple[Hashable, int]], near: Sequence[Sequence[Hashable]]
) -> list[tuple[int, int]]:
    """Pairs of equal keys. Where several share a key, those at the same place (``near``) go together, then in order.

    ``first`` and ``second`` give (key, index) in document order; ``near`` gives the place by index, for both sides.
    """
    groups: dict[Hashable, list[int]] = {}
    for key, index in second:
        groups.setdefault(key, []).append(index)
    asked: dict[Hashable, list[int]] = {}
    for key, index in first:
        if key in groups:
            asked.setdefault(key, []).append(index)
    found: list[tuple[int, int]] = []
    for key, indexes in asked.items():
        found.extend(_paired(indexes, groups[key], near))
    return sorted(found)


def _paired(one: list[int], two: list[int], near: Sequence[Sequence[Hashable]]) -> list[tuple[int, int]]:
    if len(one) == len(two):
        return list(zip(one, two, strict=True))
    at: dict[Hashable, list[int]] = {}
    for index in reversed(two):
        at.setdefault(near[1][index], []).append(index)
    found = []
    rest = []
    taken: set[int] = set()
    for index in one:
        same = at.get(near[0][index])
        if same:
            other = same.pop()
            taken.add(other)
            found.append((index, other))
        else:
            rest.append(index)
    left = [index for index in two if index not in taken]
    found.extend(zip(rest, left, strict=False))
    return found


def _once(keys: Sequence[Hashable]) -> dict[Hashable, int]:
    counted = Counter(keys)
    return {key: place for place, key in enumerate(keys) if counted[key] == 1}
