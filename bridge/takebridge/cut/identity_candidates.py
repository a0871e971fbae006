"""Which clips to weigh against each other: for every open clip of ``a`` the few of ``b`` that could be it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from takebridge.cut.identity_anchors import Anchors, Signatures
from takebridge.cut.identity_ids import Ids
from takebridge.cut.identity_nodes import NONE, Node
from takebridge.cut.identity_score import Scorer, place_of

_MOST = 12
"""Clips one kind of evidence may propose for a clip."""

_FAR = 8
"""Clips looked at on either side of where a clip should stand."""


class Candidates:
    """Collects pairs of open clips worth weighing."""

    def __init__(self, scorer: Scorer, signs: Signatures, now: Anchors) -> None:
        self._scorer, self._signs, self._now = scorer, signs, now
        self._a, self._b = scorer.a, scorer.b
        self._open_a = [node for node in self._a.nodes if now.to_b[node.index] == NONE]
        self._open_b = [node for node in self._b.nodes if now.to_a[node.index] == NONE]
        self.found: dict[int, set[int]] = {node.index: set() for node in self._open_a}

    def collect(self) -> dict[int, set[int]]:
        """Return the open clips of b to weigh for each open clip of a."""
        if self._open_a and self._open_b:
            self._by_ids(self._scorer.ids)
            self._by_signature()
            self._by_source()
            for key in (_range, _head, _tail, _named):
                self._by_value(key)
            self._by_takes()
            self._by_place()
            self._by_links()
        return self.found

    def _add(self, one: int, others: Iterable[int]) -> None:
        mine = self.found.get(one)
        if mine is not None:
            mine.update(other for other in others if self._now.to_a[other] == NONE)

    def _by_ids(self, ids: Ids) -> None:
        for ones, others in ids.shared:
            for one in ones:
                self._add(one, others[:_MOST])
        for one, other in ids.pairs.items():
            self._add(one, (other,))

    def _by_signature(self) -> None:
        """Clips that show the same: those about as far down the list."""
        groups: dict[int, list[int]] = defaultdict(list)
        for node in self._open_b:
            groups[self._signs.b[node.index]].append(node.index)
        seen: dict[int, int] = defaultdict(int)
        for node in self._open_a:
            number = self._signs.a[node.index]
            others = groups.get(number)
            if others:
                rank = seen[number]
                seen[number] += 1
                self._add(node.index, _window(others, rank, _MOST // 2))

    def _by_source(self) -> None:
        """Clips of the same media: all of them, or those that show nearly the same."""
        classes = self._scorer.media
        groups: dict[tuple[str, int], list[tuple[object, int]]] = defaultdict(list)
        for node in self._open_b:
            shown = self._scorer.shown(node)
            groups[node.kind, classes.b[node.media]].append((shown[0] if shown else 0, node.index))
        for group in groups.values():
            group.sort()
        for node in self._open_a:
            near = groups.get((node.kind, classes.a[node.media]))
            if near and len(near) <= _MOST:
                self._add(node.index, (index for _, index in near))
            elif near:
                at = bisect_left(near, (node.head or 0,))
                self._add(node.index, (index for _, index in near[max(0, at - 6) : at + 6]))

    def _by_value(self, key: Callable[[Node], Hashable]) -> None:
        """Clips that share a rare value."""
        groups: dict[Hashable, list[int]] = defaultdict(list)
        for node in self._open_b:
            value = key(node)
            if value is not None:
                groups[value].append(node.index)
        for node in self._open_a:
            others = groups.get(key(node))
            if others and len(others) <= _MOST // 2:
                self._add(node.index, others)

    def _by_takes(self) -> None:
        """Clips one of which keeps, as a take, what the other shows."""
        for keepers, others, turned in ((self._open_a, self._open_b, False), (self._open_b, self._open_a, True)):
            trays = [(node, self._scorer.trays(node.clip)) for node in keepers if len(node.clip.takes) > 1]
            if not trays:
                continue
            showing: dict[tuple[str, str], list[int]] = defaultdict(list)
            for node in others:
                showing[node.kind, place_of(node.clip.media)].append(node.index)
            for node, places in trays:
                for where in sorted(places):
                    for found in showing.get((node.kind, where), [])[:_MOST]:
                        self._add(*((found, (node.index,)) if turned else (node.index, (found,))))

    def _by_place(self) -> None:
        """Clips that stand where the clip should stand by its nearest known neighbours."""
        for node in self._open_a:
            for way in (-1, 1):
                known, steps = self._known(node, way)
                if known != NONE:
                    self._add(node.index, self._open_from(self._now.to_b[known], -way, steps))
            if node.prev == NONE:
                self._add(node.index, self._open_at(self._b.firsts.get(node.lane, NONE), 1))
            if node.next == NONE:
                self._add(node.index, self._open_at(self._b.lasts.get(node.lane, NONE), -1))

    def _known(self, node: Node, way: int) -> tuple[int, int]:
        near = node.prev if way < 0 else node.next
        for steps in range(_FAR):
            if near == NONE:
                return NONE, 0
            if self._now.to_b[near] != NONE:
                return near, steps
            near = self._a.nodes[near].prev if way < 0 else self._a.nodes[near].next
        return NONE, 0

    def _open_from(self, start: int, way: int, steps: int) -> list[int]:
        node = self._b.nodes[start]
        return self._open_at(node.next if way > 0 else node.prev, way, steps)

    def _open_at(self, start: int, way: int, steps: int = 0) -> list[int]:
        """Return open clips from ``start`` on, up to the second known one."""
        found: list[int] = []
        passed = 0
        for _ in range(steps + _FAR):
            if start == NONE or passed > 1:
                break
            if self._now.to_a[start] == NONE:
                found.append(start)
            else:
                passed += 1
            start = self._b.nodes[start].next if way > 0 else self._b.nodes[start].prev
        return found

    def _by_links(self) -> None:
        """Clips linked to what the clip's own linked clips may be."""
        for node in self._open_a:
            for partner in node.partners:
                image = self._now.to_b[partner]
                images = [image] if image != NONE else sorted(self.found.get(partner, ()))[:_MOST]
                for other in images:
                    self._add(node.index, self._b.nodes[other].partners)


def _window(others: list[int], rank: int, width: int) -> list[int]:
    at = min(rank, len(others) - 1)
    return others[max(0, at - width) : at + width + 1]


def _range(node: Node) -> Hashable:
    return (node.kind, node.head, node.tail) if node.head is not None else None


def _head(node: Node) -> Hashable:
    return (node.kind, node.head) if node.head else None


def _tail(node: Node) -> Hashable:
    return (node.kind, node.tail) if node.tail is not None else None


def _named(node: Node) -> Hashable:
    return (node.kind, node.clip.name) if node.clip.name else None
