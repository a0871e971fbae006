"""Ids as evidence: which kinds of id the two cuts really share, and which clips carry the same one.

A host may number its ids anew at each export (``clipitem-1``…), two projects may carry the same ids by accident, and
copies carry the id of their original. So a kind of id is believed only as far as everything else agrees with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

from takebridge.cut.identity_names import file_name
from takebridge.cut.identity_nodes import Node, Side

_STRONG, _WEAK = 14.0, 6.0
"""What an equal id of a believed (half-believed) kind is worth, in bits."""

_FRESH, _FRESH_FULL = -6.0, -12.0
"""What it says that two clips carry ids the other cut does not have; the latter where nearly all clips carry ids."""


@dataclass(slots=True)
class Ids:
    """``trust`` is the worth of each kind of id in bits; kinds nobody should believe are not in it."""

    trust: dict[str, float] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
    """Clips of a → clips of b that alone carry the same believed id."""
    shared: list[tuple[list[int], list[int]]] = field(default_factory=list)
    """Clips of a and of b with the same believed id, where one id stands on several clips of a side."""
    fresh: float = _FRESH
    copied: bool = False
    """Copies seem to carry the ids of their originals: an id stands on more clips of b than of a."""
    known_a: set[tuple[str, str]] = field(default_factory=set)
    known_b: set[tuple[str, str]] = field(default_factory=set)

    def weigh(self, one: Node, other: Node, *, further: bool = False) -> float:
        """Return the bits for (or against) two clips being the same that their ids give.

        ``further``: ``other`` is to be a further piece or a copy, which may have an id of its own.
        """
        if not self.trust or not one.ids or not other.ids:
            return 0.0
        theirs = dict(other.ids)
        weight = 0.0
        for name, value in one.ids:
            worth = self.trust.get(name)
            found = theirs.get(name)
            if worth is None or found is None:
                continue
            if found == value:
                weight = max(weight, worth)
            elif (name, found) in self.known_a or ((name, value) in self.known_b and not further):
                weight = min(weight, -worth)
            elif weight == 0 and not further:
                weight = max(self.fresh, -worth)
        return weight


def read_ids(a: Side, b: Side) -> Ids:
    """Weigh every kind of id the two cuts share."""
    carriers_a, carriers_b = _carriers(a), _carriers(b)
    found = Ids()
    prints_a, prints_b = _prints(a), _prints(b)
    names: Counter[str] = Counter(node.clip.name for node in a.nodes)
    for kind in sorted(carriers_a.keys() & carriers_b.keys()):
        mine, theirs = carriers_a[kind], carriers_b[kind]
        both = mine.keys() & theirs.keys()
        lone = [(mine[value][0], theirs[value][0]) for value in both if len(mine[value]) == len(theirs[value]) == 1]
        if not both:
            continue
        worth = _worth(a, b, lone, prints_a, prints_b, names) if lone else _WEAK
        if worth:
            found.trust[kind] = worth
            found.known_a.update((kind, value) for value in mine)
            found.known_b.update((kind, value) for value in theirs)
            _collect(found, mine, theirs, worth)
            if _full(a, mine) and _full(b, theirs):
                found.fresh = _FRESH_FULL
    return found


def _full(side: Side, carriers: dict[str, list[int]]) -> bool:
    return sum(map(len, carriers.values())) >= 0.9 * len(side.nodes)


def _collect(found: Ids, mine: dict[str, list[int]], theirs: dict[str, list[int]], worth: float) -> None:
    for value, ones in mine.items():
        others = theirs.get(value)
        if not others:
            continue
        if len(ones) == len(others) == 1 and worth == _STRONG:
            found.pairs.setdefault(ones[0], others[0])
            continue
        found.copied = found.copied or len(others) > len(ones)
        if len(ones) * len(others) <= 256:
            found.shared.append((ones, others))


def _carriers(side: Side) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for node in side.nodes:
        for kind, value in node.ids:
            found[kind][value].append(node.index)
    return found


def _print(node: Node) -> Hashable:
    return (node.kind, node.head, node.tail, node.length)


def _prints(side: Side) -> dict[Hashable, int]:
    """Return the clip of each source range and length that only one clip has."""
    counted: dict[Hashable, int] = {}
    for node in side.nodes:
        key = _print(node)
        counted[key] = -1 if key in counted else node.index
    return counted


def _worth(
    a: Side,
    b: Side,
    lone: list[tuple[int, int]],
    prints_a: dict[Hashable, int],
    prints_b: dict[Hashable, int],
    names: Counter[str],
) -> float:
    """Return the bits a kind of id is worth, 0 when it is not to be believed.

    An id lies when the one clip of ``b`` that shows exactly what its clip shows carries another.
    """
    agree = lie = 0
    for one, other in lone:
        mine, theirs = a.nodes[one], b.nodes[other]
        here = _print(mine)
        if here == _print(theirs):
            agree += 1
        elif prints_a.get(here, -1) == one and prints_b.get(here, -1) >= 0:
            lie += 1
        elif _alike(a, b, mine, theirs, names):
            agree += 1
    if agree < 0.35 * len(lone) or agree <= lie:
        return 0.0
    return _STRONG if agree >= 5 * lie else _WEAK


def _alike(a: Side, b: Side, one: Node, other: Node, names: Counter[str]) -> bool:
    """Say whether two clips have anything telling in common."""
    if one.kind != other.kind:
        return False
    if one.start == other.start and one.length == other.length:
        return True
    rare = max(3, len(a.nodes) // 10)
    use_a, use_b = a.media[one.media], b.media[other.media]
    same_file = file_name(use_a.key) == file_name(use_b.key) and len(use_a.users) <= rare
    same_name = one.clip.name == other.clip.name and names[one.clip.name] <= rare
    if not same_file and not same_name and use_a.name == use_b.name and len(use_a.users) > rare:
        # Most clips show one long file: its source ranges tell.
        return one.head is not None and (one.head == other.head or one.tail == other.tail)
    ends = one.head is not None and (one.head == other.head != 0 or one.tail == other.tail)
    return same_file or same_name or ends
