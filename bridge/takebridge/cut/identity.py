"""Which clip of one cut is which clip of another: `identify`. docs/cut-diff.md says how.

The way: lay both cuts out on one clock (`identity_nodes`), weigh ids (`identity_ids`), find which media is which
(`identity_media`), fix what is beyond doubt (`identity_anchors`), weigh what is left (`identity_candidates`,
`identity_score`), assign it all at once (`identity_assign`), find pieces and copies (`identity_split`), look
again where nearly all changed (`identity_revise`), and say how sure all that is (`identity_doubt`).
"""

from __future__ import annotations

from takebridge.cut.collecting import collection_paused
from takebridge.cut.identity_anchors import anchor, neighbours_agree, sign
from takebridge.cut.identity_assign import assign, placed, weigh
from takebridge.cut.identity_candidates import Candidates
from takebridge.cut.identity_doubt import CLOSE, Doubt, Doubts, turmoil
from takebridge.cut.identity_ids import read_ids
from takebridge.cut.identity_media import map_media
from takebridge.cut.identity_nodes import NONE, Side, clock_of, lay_out
from takebridge.cut.identity_reasons import reasons
from takebridge.cut.identity_revise import Revised, revise
from takebridge.cut.identity_score import Scorer
from takebridge.cut.identity_split import Splits
from takebridge.cut.match import Match
from takebridge.cut.model import Cut

_BOTH = 2
"""Neighbours a clip has."""


def identify(a: Cut, b: Cut) -> tuple[Match, ...]:
    """Return what became of every clip of ``a`` in ``b``: in the order of ``a``'s addresses, then what only b has.

    Every clip of either cut, nested ones too, is in at least one match. Deterministic.
    """
    with collection_paused():
        return _Identity(a, b).matches()


def identify_laid_out(a: Cut, b: Cut) -> tuple[tuple[Match, ...], Side, Side]:
    """Like `identify`, and return both cuts as they were laid out for it."""
    found = _Identity(a, b)
    return found.matches(), found.side_a, found.side_b


class _Identity:
    def __init__(self, a: Cut, b: Cut) -> None:
        clock = clock_of(a, b)
        self._a, self._b = self.side_a, self.side_b = lay_out(a, clock), lay_out(b, clock)
        ids = read_ids(self._a, self._b)
        certain = ((self._a.nodes[one], self._b.nodes[other]) for one, other in ids.pairs.items())
        media = map_media(self._a, self._b, certain)
        self._signs = sign(self._a, self._b, media)
        self._now = anchor(self._a, self._b, media, ids, self._signs)
        self._scorer = Scorer(self._a, self._b, media, ids, self._now)
        self._anchored = list(self._now.to_b)
        content = weigh(self._scorer, Candidates(self._scorer, self._signs, self._now).collect())
        weights = assign(self._scorer, content)
        self._splits = Splits(self._scorer)
        self._splits.find(content, weights)
        self._revised = Revised()
        if turmoil(self._unchanged(), len(self._now.to_b)) > 0:
            self._revised = revise(self._scorer, self._splits, self._certain())
        self._doubts = Doubts(self._scorer, placed(self._scorer, content, self._anchored), self._splits)
        self._turmoil = turmoil(self._unchanged(), len(self._now.to_b))

    def _unchanged(self) -> int:
        mine, theirs = self._signs.a, self._signs.b
        return sum(other != NONE and mine[one] == theirs[other] for one, other in enumerate(self._now.to_b))

    def _certain(self) -> frozenset[int]:
        """Return the clips of b that need no second look: they show what they did, between the same neighbours."""
        return frozenset(
            other
            for one, other in enumerate(self._anchored)
            if other != NONE
            and self._signs.a[one] == self._signs.b[other]
            and neighbours_agree(self._a, self._b, self._now.to_b, one, other) == _BOTH
        )

    def matches(self) -> tuple[Match, ...]:
        found: list[Match] = []
        for one, other in enumerate(self._now.to_b):
            if other == NONE:
                found.append(self._lone_a(one))
            elif one in self._splits.pieces:
                found.extend(self._piece(one, piece) for piece in self._ordered(self._splits.pieces[one]))
            else:
                found.append(self._same(one, other))
        found.extend(self._lone_b(other) for other, one in enumerate(self._now.to_a) if one == NONE)
        return tuple(found)

    def _ordered(self, pieces: list[int]) -> list[int]:
        nodes = self._b.nodes
        return sorted(pieces, key=lambda index: (nodes[index].head or 0, index))

    def _same(self, one: int, other: int) -> Match:
        a, b = self._a.nodes[one], self._b.nodes[other]
        if self._anchored[one] == other:
            agreeing = neighbours_agree(self._a, self._b, self._now.to_b, one, other)
            exact = self._signs.a[one] == self._signs.b[other]
            score = 1000 if exact and agreeing else 990 if exact or agreeing else 980
            return Match(a.address, b.address, "same", score, evidence=reasons(self._scorer, a, b))
        doubt = self._revised.of_b.get(other) or self._doubts.same(one, other).less("same", self._turmoil)
        return Match(
            a.address, b.address, "same", _score(doubt), doubt.margin < CLOSE,
            tuple(self._b.nodes[rival].address for rival in doubt.rivals), reasons(self._scorer, a, b),
        )  # fmt: skip

    def _piece(self, one: int, other: int) -> Match:
        a, b = self._a.nodes[one], self._b.nodes[other]
        doubt = self._revised.of_b.get(other)
        if doubt is None:
            doubt = Doubt(20.0) if self._anchored[one] == other else self._doubts.piece(one, other)
            doubt = doubt.less("piece", self._turmoil)
        rivals = tuple(self._b.nodes[rival].address for rival in doubt.rivals)
        why = (f"shows a part of what {a.clip.name or 'the clip'} showed", *reasons(self._scorer, a, b))
        return Match(a.address, b.address, "piece", _score(doubt), doubt.margin < CLOSE, rivals, why)

    def _lone_a(self, one: int) -> Match:
        doubt = self._revised.of_a.get(one) or self._doubts.removed(one).less("alone", self._turmoil)
        rivals = tuple(self._b.nodes[rival].address for rival in doubt.rivals)
        return Match(
            self._a.nodes[one].address, None, "removed", _score(doubt), doubt.margin < CLOSE, rivals,
            ("nothing in the other cut is like it",) if not rivals else ("what is like it fits another clip better",),
        )  # fmt: skip

    def _lone_b(self, other: int) -> Match:
        doubt = self._revised.of_b.get(other) or self._doubts.added(other).less("alone", self._turmoil)
        rivals = tuple(self._a.nodes[rival].address for rival in doubt.rivals)
        origin = self._splits.origins.get(other)
        address = self._b.nodes[other].address
        if origin is None:
            why = ("nothing in the other cut is like it",)
            return Match(None, address, "added", _score(doubt), doubt.margin < CLOSE, rivals, why)
        original = self._a.nodes[origin.a]
        why = (f"shows what {original.clip.name or 'its original'} still shows",)
        return Match(
            None, address, "copy", _score(doubt), doubt.margin < CLOSE, rivals, why, duplicate_of=original.address
        )


def _score(doubt: Doubt) -> int:
    """Return the chance, in thousandths, that the answer is right rather than the next best one."""
    margin = max(-20.0, min(doubt.margin, 20.0))
    return round(1000 / (1 + 2 ** (-margin / 2)))
