"""One assignment for all open clips at once: the pairs whose evidence adds up to most.

Pairs that hang together (share a clip) are solved together: small groups exactly, large ones greedily and then mended
by exchanges. Where a clip stands is weighed by what is known already, so the assignment is repeated with what it
found until it stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from takebridge.cut.identity_nodes import NONE
from takebridge.cut.identity_score import NEVER, Scorer

ACCEPT = 2.3
"""Bits a pair needs to be believed rather than "one was removed, another added"."""

_ROUNDS = (14.0, 8.0, ACCEPT, ACCEPT, ACCEPT)
_EXACT = 90

_HOPELESS = -15.0
"""Bits of content no place makes good."""

Weights = dict[tuple[int, int], float]


def weigh(scorer: Scorer, candidates: Mapping[int, set[int]]) -> Weights:
    """Return what the candidates show, in bits, without where they stand."""
    a, b = scorer.a.nodes, scorer.b.nodes
    found: Weights = {}
    for one in candidates:
        for other in sorted(candidates[one]):
            bits = scorer.content(a[one], b[other])
            if bits > NEVER / 2:
                found[one, other] = bits
    return found


def placed(scorer: Scorer, content: Weights, firm: Sequence[int] | None = None) -> Weights:
    """Return the full weights: content and place, by what is known now (``firm`` as `Scorer.place`)."""
    a, b = scorer.a.nodes, scorer.b.nodes
    return {
        (one, other): bits + scorer.place(a[one], b[other], firm)
        for (one, other), bits in content.items()
        if bits > _HOPELESS
    }


def assign(scorer: Scorer, content: Weights) -> Weights:
    """Join open clips in ``scorer.now``; return the weights the last round went by."""
    now = scorer.now
    weights = placed(scorer, content)
    chosen: dict[int, int] = {}
    for least in _ROUNDS:
        again = _best({pair: bits - least for pair, bits in weights.items() if bits > least})
        if again == chosen:
            if least == ACCEPT:
                break
            continue  # nothing stands elsewhere than before: the weights are the same
        for one in chosen:
            now.part(one)
        for one, other in again.items():
            now.join(one, other)
        chosen = again
        weights = placed(scorer, content)
    return weights


def _best(gains: Weights) -> dict[int, int]:
    chosen: dict[int, int] = {}
    for group in _groups(gains):
        ones = {one for one, _ in group}
        others = {other for _, other in group}
        if max(len(ones), len(others)) <= _EXACT:
            chosen.update(exact(group))
        else:
            chosen.update(_mended(group, _greedy(group)))
    return chosen


def _groups(gains: Weights) -> Iterable[Weights]:
    """Yield the pairs that hang together, in order of their first clip."""
    parent: dict[int, int] = {}

    def root(of: int) -> int:
        while parent.setdefault(of, of) != of:
            parent[of] = parent[parent[of]]
            of = parent[of]
        return of

    for one, other in gains:
        left, right = root(one), root(~other)
        if left != right:
            parent[right] = left
    found: dict[int, Weights] = defaultdict(dict)
    for pair, gain in gains.items():
        found[root(pair[0])][pair] = gain
    return found.values()


def _greedy(gains: Weights) -> dict[int, int]:
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for (one, other), _ in sorted(gains.items(), key=lambda item: (-item[1], item[0])):
        if one not in chosen and other not in taken:
            chosen[one] = other
            taken.add(other)
    return chosen


def _mended(gains: Weights, chosen: dict[int, int]) -> dict[int, int]:
    """Exchange partners of two pairs wherever that gains, a few times over."""
    owner = {other: one for one, other in chosen.items()}
    for _ in range(4):
        changed = False
        for (one, other), gain in gains.items():
            mine, rival = chosen.get(one, NONE), owner.get(other, NONE)
            if mine == other:
                continue
            loss = gains.get((one, mine), 0.0) + gains.get((rival, other), 0.0)
            swap = gains.get((rival, mine), 0.0) if rival != NONE and mine != NONE else 0.0
            if gain + swap > loss + 1e-9:
                changed = True
                _exchange(chosen, owner, one, other, mine, rival, swap > 0)
        if not changed:
            break
    return chosen


def _exchange(
    chosen: dict[int, int], owner: dict[int, int], one: int, other: int, mine: int, rival: int, swap: bool
) -> None:
    owner.pop(mine, None)
    if rival != NONE:
        chosen.pop(rival, None)
        if swap:
            chosen[rival], owner[mine] = mine, rival
    chosen[one], owner[other] = other, one


def exact(gains: Weights) -> dict[int, int]:
    """Return the pairs of one group with the greatest sum (the Hungarian method; rows may stay alone)."""
    rows = sorted({one for one, _ in gains})
    columns = sorted({other for _, other in gains})
    number = {other: index for index, other in enumerate(columns, 1)}
    width = len(columns) + len(rows)
    costs = [[0.0] * (width + 1) for _ in rows]
    place = {one: index for index, one in enumerate(rows)}
    for (one, other), gain in gains.items():
        costs[place[one]][number[other]] = -gain
    owner = _hungarian(costs, width)
    found: dict[int, int] = {}
    for column, row in enumerate(owner[1 : len(columns) + 1]):
        if row and (rows[row - 1], columns[column]) in gains:
            found[rows[row - 1]] = columns[column]
    return found


def _hungarian(costs: list[list[float]], width: int) -> list[int]:
    """Return the row (1-based, 0 none) of every column (1-based) of a cheapest assignment of all rows."""
    infinite = float("inf")
    row_price = [0.0] * (len(costs) + 1)
    column_price = [0.0] * (width + 1)
    owner = [0] * (width + 1)
    for row in range(1, len(costs) + 1):
        owner[0] = row
        at = 0
        least = [infinite] * (width + 1)
        came = [0] * (width + 1)
        used = [False] * (width + 1)
        while owner[at]:
            used[at] = True
            line, price = costs[owner[at] - 1], row_price[owner[at]]
            step, best = infinite, 0
            for column in range(1, width + 1):
                if used[column]:
                    continue
                reduced = line[column] - price - column_price[column]
                if reduced < least[column]:
                    least[column], came[column] = reduced, at
                if least[column] < step:
                    step, best = least[column], column
            for column in range(width + 1):
                if used[column]:
                    row_price[owner[column]] += step
                    column_price[column] -= step
                else:
                    least[column] -= step
            at = best
        while at:
            owner[at] = owner[came[at]]
            at = came[at]
    return owner
