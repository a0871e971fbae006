"""Cells: the clips of b that are judged as one, because whatever one of them is, the others are, too.

Linked clips of one media are one thing on several tracks. Clips whose source goes on from one to the next, where no
two clips of a met, are what a razor left of one thing, wherever they stand now: pieces of an original or of a copy, but
never one of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from takebridge.cut.identity_nodes import NONE, Node
from takebridge.cut.identity_score import Scorer
from takebridge.cut.model import Frame

TIMELESS = ("still", "title", "generator", "adjustment", "caption")
"""Kinds of clips that show the same at any time."""

Key = tuple[str, int]
"""Kind of track and class of media."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``leads`` stand for their linked clips; ``shown`` is what they show together, as a's source counts."""

    leads: tuple[int, ...]
    key: Key
    shown: tuple[Frame, Frame] | None
    length: Frame


class Cells:
    """All cells of b, and whose each clip of b is (``to_a``; ``of`` the other way round).

    The owners are a copy of the scorer's: nothing outside is changed.
    """

    def __init__(self, scorer: Scorer, to_a: Sequence[int]) -> None:
        self._scorer = scorer
        self.a, self.b = scorer.a.nodes, scorer.b.nodes
        self.to_a = list(to_a)
        self.of: dict[int, list[int]] = defaultdict(list)
        for other, one in enumerate(self.to_a):
            if one != NONE:
                self.of[one].append(other)
        self.leads_a = _leads(self.a)
        self.originals: dict[Key, list[int]] = {}
        """Leading clips of a by what they show."""
        for one in self.leads_a:
            self.originals.setdefault((self.a[one].kind, scorer.media.a[self.a[one].media]), []).append(one)
        self.cells = list(self._made())
        self.cell_of = {lead: cell for cell in self.cells for lead in cell.leads}
        self.alike: dict[Key, list[Cell]] = {}
        """Cells by what they show."""
        for cell in self.cells:
            self.alike.setdefault(cell.key, []).append(cell)

    def owner(self, cell: Cell) -> int:
        """Return the clip of a that most of a cell is."""
        owners = [self.to_a[lead] for lead in cell.leads]
        return max(owners, key=lambda one: (owners.count(one), one))

    def give(self, cell: Cell, one: int) -> None:
        """Make a whole cell, with what is linked to it, a clip of a; NONE: nobody's."""
        for lead in cell.leads:
            self._give(lead, one)

    def _give(self, lead: int, one: int) -> None:
        mates = self._mates(lead, one)
        for other in (lead, *followers(self.b, lead)):
            if other == lead or one == NONE or other in mates:
                self._own(other, mates.get(other, NONE))

    def _mates(self, lead: int, one: int) -> dict[int, int]:
        """Return which linked clip of a each linked clip would be: of the same kind, in order."""
        if one == NONE:
            return {}
        found = {lead: one}
        free = list(followers(self.a, one))
        for other in followers(self.b, lead):
            fitting = next((mate for mate in free if self.a[mate].kind == self.b[other].kind), NONE)
            if fitting != NONE:
                found[other] = fitting
                free.remove(fitting)
        return found

    def _own(self, other: int, one: int) -> None:
        was = self.to_a[other]
        if was == one:
            return
        if was != NONE:
            self.of[was].remove(other)
        self.to_a[other] = one
        if one != NONE:
            self.of[one].append(other)

    # --- chains ---------------------------------------------------------------------------------------

    def _made(self) -> Iterator[Cell]:
        leads = _leads(self.b)
        alike: dict[Key, list[int]] = defaultdict(list)
        for lead in leads:
            alike[self.b[lead].kind, self._scorer.media.b[self.b[lead].media]].append(lead)
        chains: dict[int, list[int]] = {lead: [lead] for lead in leads}
        for key, group in alike.items():
            if len(group) > 1:
                self._chain(group, self._met(key), chains)
        for lead in leads:
            if chains[lead][0] == lead:
                yield self._cell(tuple(chains[lead]))

    def _cell(self, leads: tuple[int, ...]) -> Cell:
        first = self.b[leads[0]]
        shown = [self._scorer.shown(self.b[lead]) for lead in leads]
        known = [one for one in shown if one is not None]
        whole = (min(one[0] for one in known), max(one[1] for one in known)) if known else None
        key = (first.kind, self._scorer.media.b[first.media])
        return Cell(leads, key, whole, sum(self.b[lead].length for lead in leads))

    def _met(self, key: Key) -> set[Frame]:
        """Return the source frames at which one clip of a ends and another begins."""
        ones = [self.a[one] for one in self.originals.get(key, ())]
        return {one.head for one in ones if one.head is not None} & {one.tail for one in ones if one.tail is not None}

    def _chain(self, group: list[int], met: set[Frame], chains: dict[int, list[int]]) -> None:
        starts: dict[Frame, list[int]] = defaultdict(list)
        ends: dict[Frame, list[int]] = defaultdict(list)
        for lead in group:
            shown = self._scorer.shown(self.b[lead])
            if shown is not None and shown[0] < shown[1] and self.b[lead].clip.kind not in TIMELESS:
                starts[shown[0]].append(lead)
                ends[shown[1]].append(lead)
        for point, before in ends.items():
            after = starts.get(point)
            if after and point not in met:
                for one, other in self._joints(before, after):
                    _join(chains, one, other)

    def _joints(self, before: list[int], after: list[int]) -> list[tuple[int, int]]:
        """Return which clip goes on in which: where several could, the one beside it on its track."""
        if len(before) == len(after) == 1:
            return [(before[0], after[0])]
        if len(before) * len(after) > 64:
            return []
        beside = [(one, other) for one in before for other in after if touch(self.b[one], self.b[other])]
        clear = len({one for one, _ in beside}) == len({other for _, other in beside}) == len(beside)
        return beside if clear else []


def touch(one: Node, other: Node) -> bool:
    """Say whether two clips stand right beside each other."""
    return one.lane == other.lane and (one.end == other.start or other.end == one.start)


def followers(nodes: list[Node], index: int) -> tuple[int, ...]:
    """Return the clips linked with a clip that show the same media: what is replaced in one is not in another."""
    media = nodes[index].media
    return tuple(partner for partner in nodes[index].partners if nodes[partner].media == media)


def _leads(nodes: list[Node]) -> list[int]:
    """Return the first of all clips that go together."""
    return [node.index for node in nodes if all(node.index < one for one in followers(nodes, node.index))]


def _join(chains: dict[int, list[int]], one: int, other: int) -> None:
    if other not in chains[one]:
        joined = sorted(chains[one] + chains[other])
        for lead in joined:
            chains[lead] = joined
