"""Doubt: how much better the answer is than the next best one, and which clips the next best ones are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from takebridge.cut.identity_assign import ACCEPT, Weights
from takebridge.cut.identity_nodes import NONE
from takebridge.cut.identity_score import Scorer
from takebridge.cut.identity_split import COPY, Splits

CLOSE = 7.0
"""Bits between an answer and the next best below which it is ambiguous."""


_CALM = 0.5
"""Share of clips that may have changed before answers are doubted for that alone."""
_FEW = 6
_LOST = {"same": 3.5, "piece": 17.0, "alone": 8.0}
"""Bits every answer of a kind loses in a cut nothing of which is as it was: measured, edits hide each other there."""


def turmoil(same: int, count: int) -> float:
    """Return how far a cut is beyond recognition, 0 to 1, of ``count`` clips ``same`` of which show just what they did.

    A few clips prove nothing.
    """
    changed = (count - same) / (count + _FEW)
    return max(0.0, changed - _CALM) / (1.0 - _CALM)


@dataclass(frozen=True, slots=True)
class Doubt:
    """The margin in bits (negative: the other answer has more evidence) and the other clips, the likeliest first."""

    margin: float
    rivals: tuple[int, ...] = ()

    def less(self, kind: str, turmoil: float) -> Doubt:
        """Return the doubt with what an answer of this kind (same, piece, alone) is worth less in such a cut."""
        return replace(self, margin=self.margin - _LOST[kind] * turmoil) if turmoil else self


class Doubts:
    """Margins of every answer about an open clip."""

    def __init__(self, scorer: Scorer, weights: Weights, splits: Splits) -> None:
        self._scorer, self._weights, self._splits = scorer, weights, splits
        self._now = scorer.now
        self._of_a: dict[int, list[int]] = defaultdict(list)
        self._of_b: dict[int, list[int]] = defaultdict(list)
        for one, other in weights:
            self._of_a[one].append(other)
            self._of_b[other].append(one)

    def same(self, one: int, other: int) -> Doubt:
        """Judge a pair: against none at all, against every exchange."""
        weight = self._weights.get((one, other))
        if weight is None:
            return Doubt(20.0)
        margins = {NONE: weight - ACCEPT + 1.0}
        for rival in self._of_a[one]:
            if rival != other:
                margins[rival] = weight - self._exchange(one, other, rival)
        back = {
            rival: weight - self._exchange_b(one, other, rival)
            for rival in self._of_b[other]
            if rival != one and self._now.to_b[rival] == NONE
        }
        margin = min([*margins.values(), *back.values()])
        return Doubt(margin, _close(margins))

    def _exchange(self, one: int, other: int, rival: int) -> float:
        """Return what the pair's evidence would have to beat were ``rival`` the clip."""
        gain = self._weights[one, rival]
        owner = self._now.to_a[rival]
        if owner == NONE:
            return gain
        if owner == one:  # another piece of the same clip: no rival
            return -20.0
        kept = self._weights.get((owner, rival))
        if kept is None:
            return -20.0
        return gain - kept + max(self._weights.get((owner, other), ACCEPT), ACCEPT)

    def _exchange_b(self, one: int, other: int, rival: int) -> float:
        return self._weights[rival, other] + ACCEPT - ACCEPT

    def removed(self, one: int) -> Doubt:
        """Judge that a clip is gone: against the clips nobody claims, and those that fit it about as well."""
        margins: dict[int, float] = {}
        for other in self._of_a.get(one, ()):
            weight = self._weights[one, other]
            owner = self._now.to_a[other]
            kept = self._weights.get((owner, other), weight + 20.0) if owner != NONE else ACCEPT
            margins[other] = kept - weight
        return Doubt(min(margins.values(), default=20.0), _close(margins))

    def added(self, other: int) -> Doubt:
        """Judge that a clip is new: against clips that are gone, pieces and copies."""
        margins: dict[int, float] = {}
        for one in self._of_b.get(other, ()):
            weight = self._weights[one, other]
            image = self._now.to_b[one]
            kept = self._weights.get((one, image), weight + 20.0) if image != NONE else ACCEPT
            margins[one] = kept - weight
        origin = self._splits.origins.get(other)
        node = self._scorer.b.nodes[other]
        if origin is None:
            best = self._splits.best_copy(node)
            if best is not None:
                margins[best.a] = min(margins.get(best.a, 20.0), self._as_piece(best.a, other))
        else:
            margin = origin.bits - COPY + self._as_piece(origin.a, other)
            margins[origin.a] = min(margins.get(origin.a, 20.0), margin)
        return Doubt(min(margins.values(), default=20.0), _close(margins))

    def _as_piece(self, one: int, other: int) -> float:
        """Return by how much a clip misses being a piece of another."""
        mine, theirs = self._scorer.a.nodes[one], self._scorer.b.nodes[other]
        return self._splits.needed(mine, theirs) - self._splits.piece_bits(mine, theirs)

    def piece(self, one: int, other: int) -> Doubt:
        """Judge a further piece."""
        origin = self._splits.origins.get(other)
        if origin is None:
            return self.same(one, other)
        needed = self._splits.needed(self._scorer.a.nodes[one], self._scorer.b.nodes[other])
        margins = {NONE: origin.bits - needed + 1.0}
        for rival in self._of_b.get(other, ()):
            if rival != one and self._now.to_b[rival] == NONE:
                margins[rival] = origin.bits - self._weights[rival, other]
        return Doubt(min(margins.values()), ())


def _close(margins: dict[int, float]) -> tuple[int, ...]:
    found = sorted((margin, rival) for rival, margin in margins.items() if rival != NONE and margin < CLOSE)
    return tuple(rival for _, rival in found[:8])
