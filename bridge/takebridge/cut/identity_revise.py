"""A second look at a cut beyond recognition: whose each cell is, weighed beside all others until nothing changes.

The assignment (`identity_assign`) gives each clip of a one clip of b and looks for pieces and copies in what is left.
In a cut nearly all of which changed, that order goes wrong: a copy that was left alone fits better than its original
that was not. Here every cell is asked again whose it is, by many small traits whose worth was measured: first in place,
then all cells of one media anew, the surest first. A cell is nobody's unless its owner is twice as likely, for a wrong
owner makes two clips wrong, and none only one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from takebridge.cut.identity_cells import Cell, Cells, followers
from takebridge.cut.identity_doubt import Doubt
from takebridge.cut.identity_nodes import NONE, Node, size
from takebridge.cut.identity_score import Scorer
from takebridge.cut.identity_split import Splits
from takebridge.cut.identity_traits import Traits
from takebridge.cut.identity_worth import WORTH

_SWEEPS = 4

_BIT = math.log(2)
_SURE = 2.5
"""Bits the margin of such an answer is worth more: it is among all other answers, not for itself."""

_RIVAL = 3.0
"""Bits by which a rival may fit worse than nothing."""

_NEEDED = math.log(2.0)
_FURTHER = 0.25
"""Nats an owner needs, and for each other cell it has already: with each that is wrong they all are."""

_MOST = 12
"""Clips one kind of evidence may propose; cells of one media that are given out anew."""

_REACH = 3

_LARGEST = 1000
"""Clips of a cut that is asked again."""


@dataclass(slots=True)
class Revised:
    """How sure the answers of a second look are, by clip of either side."""

    of_a: dict[int, Doubt] = field(default_factory=dict)
    of_b: dict[int, Doubt] = field(default_factory=dict)


def revise(scorer: Scorer, splits: Splits, fixed: frozenset[int]) -> Revised:
    """Ask again whose each clip of b is, but ``fixed`` ones, and write what was found into the scorer and the splits.

    Where clips carry ids that are believed, or there are too many, nothing is asked.
    """
    if scorer.ids.trust or max(len(scorer.a.nodes), len(scorer.b.nodes)) > _LARGEST:
        return Revised()
    revision = Revision(scorer, fixed)
    revision.run()
    found = revision.doubts()
    splits.own_anew(revision.to_a)
    return found


class Revision:
    """Asks all cells of b but those of ``fixed`` leads again. ``to_a`` is what it found."""

    def __init__(self, scorer: Scorer, fixed: frozenset[int]) -> None:
        self._scorer = scorer
        self._a, self._b = scorer.a.nodes, scorer.b.nodes
        self._cells = Cells(scorer, scorer.now.to_a)
        self._traits = Traits(scorer, self._cells)
        self._open = [cell for cell in self._cells.cells if not fixed.issuperset(cell.leads)]
        self._asked = {cell.leads[0] for cell in self._open}
        self._leads = set(self._cells.leads_a)
        self._lengths: dict[tuple[str, object], list[int]] = {}
        for one in self._cells.leads_a:
            self._lengths.setdefault((self._a[one].kind, self._a[one].length), []).append(one)

    @property
    def to_a(self) -> list[int]:
        """The clip of a that each clip of b is, NONE for what is new."""
        return self._cells.to_a

    def run(self) -> None:
        """Ask until nothing changes, a few times over."""
        for cell in self._open:
            if len(cell.leads) > 1:
                self._cells.give(cell, self._cells.owner(cell))
        for _ in range(_SWEEPS):
            changed = [cell for cell in self._open if self._ask(cell)]
            again = [key for key in list(self._cells.alike) if self._anew(key)]
            if not changed and not again:
                break

    def worth(self, one: int, cell: Cell) -> float:
        """Return how likely a cell is a clip of a rather than nobody's: nats, less what it needs."""
        others = sum(other not in cell.leads for other in self._cells.of.get(one, ()))
        worth = sum(WORTH.get(name, 0.0) * value for name, value in self._traits.of(one, cell).items())
        return worth - _NEEDED - _FURTHER * min(others, 3)

    def doubts(self) -> Revised:
        """Return how sure all open answers are, by how much they beat the next best one."""
        worths = {cell.leads: self._worths(cell) for cell in self._open}
        claims: dict[int, list[tuple[float, int]]] = {}
        for leads, worth in worths.items():
            for one, bits in worth.items():
                claims.setdefault(one, []).append((-bits, leads[0]))
        found = Revised()
        for cell in self._open:
            owner, worth = self._cells.owner(cell), worths[cell.leads]
            best = max((bits for one, bits in worth.items() if one != owner), default=-_SURE)
            margin = worth.get(owner, 0.0) - (best if owner == NONE else max(best, 0.0))
            if owner == NONE:
                rivals = [one for _, one in sorted((-bits, one) for one, bits in worth.items() if bits > -_RIVAL)]
                found.of_b.update(_spread(self._b, cell.leads, margin, rivals, self._a))
            else:
                rivals = self._claiming(claims.get(owner, []), owner)
                found.of_b.update(_spread(self._b, cell.leads, margin, rivals, self._b))
        for one, claimed in claims.items():
            rivals = self._claiming(claimed, one)
            found.of_a.update(_spread(self._a, (one,), min(claimed)[0], rivals, self._b))
        return found

    def _worths(self, cell: Cell) -> dict[int, float]:
        """Return what each clip a cell may be is worth, in bits."""
        return {one: self.worth(one, cell) / _BIT for one in self._candidates(cell)}

    def _claiming(self, claims: list[tuple[float, int]], one: int) -> list[int]:
        """Return the clips of b that nearly are a clip of a and are not."""
        return [other for worth, other in sorted(claims) if -worth > -_RIVAL and self._cells.to_a[other] != one]

    def _ask(self, cell: Cell) -> bool:
        was = self._cells.owner(cell)
        best, most = NONE, 0.0
        for one in self._candidates(cell):
            bits = self.worth(one, cell)
            if bits > most:
                best, most = one, bits
        if best != was:
            self._cells.give(cell, best)
        return best != was

    def _anew(self, key: tuple[str, int]) -> bool:
        """Give out all cells of one media anew, the surest first; say whether that changed anything."""
        group = [cell for cell in self._cells.alike[key] if cell.leads[0] in self._asked]
        if not 1 < len(group) <= _MOST or key not in self._cells.originals:
            return False
        was = {cell.leads: self._cells.owner(cell) for cell in group}
        ones = set(self._cells.originals[key][: 2 * _MOST])
        for cell in group:
            self._cells.give(cell, NONE)
        left = list(group)
        while left:
            found = (
                (self.worth(one, cell), -cell.leads[0], one, cell)
                for cell in left
                for one in sorted(ones | {was[cell.leads]} - {NONE})
            )
            bits, _, one, cell = max(found, key=lambda each: each[:3])
            if bits <= 0:
                break
            self._cells.give(cell, one)
            left.remove(cell)
        return any(self._cells.owner(cell) != was[cell.leads] for cell in group)

    # --- who may own a cell ---------------------------------------------------------------------------

    def _candidates(self, cell: Cell) -> list[int]:
        """Return the clips of a a cell may be: of its media, around its place, of its length, its owner."""
        found = set(self._of_media(cell))
        owner = self._cells.owner(cell)
        for lead in cell.leads:
            found.update(self._around(self._b[lead]))
        alike = self._lengths.get((cell.key[0], cell.length), ())
        if len(alike) <= _MOST:
            found.update(alike)
        kind = cell.key[0]
        fitting = {one for one in found if one != NONE and self._a[one].kind == kind and one in self._leads}
        return sorted(fitting | ({owner} - {NONE}))

    def _of_media(self, cell: Cell) -> list[int]:
        """Return the clips of a of a cell's media: all, or those that begin about where it does."""
        ones = self._cells.originals.get(cell.key, [])
        if len(ones) <= 2 * _MOST or cell.shown is None:
            return ones[: 2 * _MOST]
        begins = cell.shown[0]
        return sorted(ones, key=lambda one: float(size((self._a[one].head or 0) - begins)))[: 2 * _MOST]

    def _around(self, other: Node) -> Iterator[int]:
        """Yield the clips of a that stood where a clip stands now: around its nearest known neighbours."""
        for way, ends in ((-1, self._scorer.a.firsts), (1, self._scorer.a.lasts)):
            far = _step(self._b, other.index, way)
            for _ in range(2 * _REACH):
                if far == NONE or self._cells.to_a[far] != NONE:
                    break
                far = _step(self._b, far, way)
            start = self._cells.to_a[far] if far != NONE else ends.get(other.lane, NONE)
            if start == NONE:
                continue
            yield start
            for back in (-1, 1):
                near = start
                for _ in range(_REACH):
                    near = _step(self._a, near, back)
                    if near == NONE:
                        break
                    yield near


def _step(nodes: list[Node], index: int, way: int) -> int:
    return nodes[index].prev if way < 0 else nodes[index].next


def _spread(
    nodes: list[Node], leads: tuple[int, ...], margin: float, rivals: list[int], others: list[Node]
) -> dict[int, Doubt]:
    """Return one doubt for some clips and all that is linked to them, with the rivals of the kind of each."""
    found = {}
    for lead in leads:
        for index in (lead, *followers(nodes, lead)):
            fitting = [_of_kind(others, rival, nodes[index].kind) for rival in rivals[:8]]
            found[index] = Doubt(margin + _SURE, tuple(one for one in fitting if one not in (NONE, index)))
    return found


def _of_kind(nodes: list[Node], index: int, kind: str) -> int:
    """Return a clip, or the first one linked to it, of a kind."""
    return next((one for one in (index, *nodes[index].partners) if nodes[one].kind == kind), NONE)
