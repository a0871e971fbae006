"""Traits: what a cell and the clip of a it might be have in common, by name; `identity_worth` says what each is worth.

Unlike the bits of `identity_score`, traits are read beside what is known of all other clips, pieces and copies
(`Cells`), and they are many and small: in a cut where everything changed, nothing else is left to go by.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from takebridge.cut.identity_cells import TIMELESS, Cell, Cells, touch
from takebridge.cut.identity_nodes import NONE, Node, Side, size
from takebridge.cut.identity_score import Scorer
from takebridge.cut.model import Frame

Found = dict[str, float]

_REACH = 6
"""Unknown clips stepped over on the way to the nearest known neighbour."""

_MOST = 24
"""Other clips of one media that are looked at."""

_DISTANCES = (0, 10, 40, 120, 400)
"""Frames."""

_BITS = (-12.0, -7.0, -3.0, 0.0, 3.0, 6.0, 9.0, 13.0)

_LENGTHS = (-3.0, -1.5, -0.5, 0.0, 0.5, 1.5)
"""Logarithms of how much longer."""


class Traits:
    """Reads traits off pairs of clips of a and cells, as the cells are owned now."""

    def __init__(self, scorer: Scorer, cells: Cells) -> None:
        self._scorer, self._cells = scorer, cells
        self._a, self._b = scorer.a.nodes, scorer.b.nodes
        self._frame = scorer.a.frame
        self._rank = _ranks(scorer.a)
        self._bits: dict[tuple[int, int], float] = {}
        self._rivals: dict[int, list[tuple[Cell, float]]] = {}

    def of(self, one: int, cell: Cell) -> Found:
        """Return the traits of a pair; those of a cell of several clips are the mean of theirs."""
        if len(cell.leads) == 1:
            return self._pair(self._a[one], self._b[cell.leads[0]], cell)
        found: defaultdict[str, float] = defaultdict(float)
        share = 1.0 / len(cell.leads)
        for lead in cell.leads:
            for name, value in self._pair(self._a[one], self._b[lead], cell).items():
                found[name] += value * share
        return dict(found)

    def _pair(self, one: Node, other: Node, cell: Cell) -> Found:
        same = self._scorer.same_media(one, other)
        about = "same" if same else "other"
        others = [self._b[index] for index in self._cells.of.get(one.index, ()) if index not in cell.leads]
        timed = one.clip.kind not in TIMELESS and cell.shown is not None and one.head is not None
        found: Found = {about: 1.0, f"{about}, {f'with {min(len(others), 3)}' if others else 'alone'}": 1.0}
        if one.clip.kind != other.clip.kind:
            found["kind"] = 1.0
        if same:
            self._same(found, one, cell, timed)
        else:
            self._foreign(found, one, other, cell, timed)
        found[f"{about}, bits {_bin(self._weighed(one, other), _BITS)}"] = 1.0
        self._state(found, about, one, other, cell)
        self._place(found, about, one, other, cell)
        if others:
            self._beside(found, about, one, other, cell, others, timed)
        if same and timed:
            self._contest(found, one, other, cell)
        return found

    def _weighed(self, one: Node, other: Node) -> float:
        """Return the bits the pair had before anything was asked again."""
        known = self._bits.get((one.index, other.index))
        if known is None:
            known = self._scorer.content(one, other) + self._scorer.place(one, other)
            self._bits[one.index, other.index] = known
        return known

    # --- what they show -------------------------------------------------------------------------------

    def _same(self, found: Found, one: Node, cell: Cell, timed: bool) -> None:
        uses_a, uses_b = len(self._cells.originals.get(cell.key, ())), len(self._cells.alike[cell.key])
        found["rare media"] = math.log2(len(self._cells.leads_a) / max(uses_a, 1))
        found["more uses"] = math.log2(uses_b / max(uses_a, 1))
        if uses_a == 1:
            found["only use"] = 1.0
        if not timed:
            found["timeless"] = 1.0
            return
        assert cell.shown is not None and one.head is not None and one.tail is not None
        overlap = min(one.tail, cell.shown[1]) - max(one.head, cell.shown[0])
        found[self._range(one.head, one.tail, cell.shown, overlap)] = 1.0
        found["long file" if overlap > 0 else "long file, apart"] = self._scorer.rare_range(one)
        found["covered"] = _share(overlap, cell.shown[1] - cell.shown[0])
        found["covered by another"] = self._covered(one, cell)

    def _range(self, head: Frame, tail: Frame, shown: tuple[Frame, Frame], overlap: Frame) -> str:
        inside = "in" if head <= shown[0] and shown[1] <= tail else "out"
        starts, ends = self._scorer.equal(head, shown[0]), self._scorer.equal(tail, shown[1])
        if starts and ends:
            return "range equal"
        if starts or ends:
            return f"{'in' if starts else 'out'}-point, {inside}"
        if inside == "in" or (shown[0] <= head and tail <= shown[1]):
            return f"range {inside}"
        if overlap > 0:
            return f"range over {_bin(_share(overlap, min(tail - head, shown[1] - shown[0])), (0.25, 0.6))}"
        return f"range apart {_bin(float(-overlap / self._frame), (30, 90, 270))}"

    def _covered(self, one: Node, cell: Cell) -> float:
        """Return how much of a cell the clip of a shows that shows most of it beside this one."""
        assert cell.shown is not None
        best = 0.0
        for index in _near(self._cells.originals.get(cell.key, ()), one.index):
            rival = self._a[index]
            if index != one.index and rival.head is not None and rival.tail is not None:
                overlap = min(rival.tail, cell.shown[1]) - max(rival.head, cell.shown[0])
                best = max(best, _share(overlap, cell.shown[1] - cell.shown[0]))
        return best

    def _foreign(self, found: Found, one: Node, other: Node, cell: Cell, timed: bool) -> None:
        media = self._scorer.media
        mine, theirs = media.a[one.media], cell.key[1]
        traits = {
            "related": media.related(mine, theirs),
            "media gone": mine not in media.known,
            "media new": theirs not in media.known,
            "media used again": len(self._cells.alike[cell.key]) > 1,
            "its own is free": any(not self._cells.of.get(free) for free in self._cells.originals.get(cell.key, ())),
        }
        found.update({name: 1.0 for name, true in traits.items() if true})
        if timed and cell.shown is not None:
            starts = self._scorer.equal(one.head or 0, cell.shown[0]) and one.head != 0
            ends = one.tail is not None and self._scorer.equal(one.tail, cell.shown[1])
            if starts or ends:
                found["same range" if starts and ends else "same end"] = 1.0
        if one.clip.name and one.clip.name == other.clip.name:
            found["name"] = self._scorer.rare_name(one)

    def _state(self, found: Found, about: str, one: Node, other: Node, cell: Cell) -> None:
        if self._scorer.equal(one.length, cell.length):
            found[f"{about}, length"] = 1.0
        elif one.length > 0 and cell.length > 0:
            longer = math.log2(float(cell.length / one.length))
            found[f"{about}, length {_bin(longer, _LENGTHS)}"] = 1.0
        mine, theirs = one.clip, other.clip
        if mine.speed != theirs.speed:
            found[f"{about}, other speed"] = 1.0
        elif mine.speed != 1:
            found["same speed"] = 1.0
        if mine.enabled != theirs.enabled:
            found["other state"] = 1.0
        if mine.markers or theirs.markers:
            kept = [marker in theirs.markers for marker in mine.markers]
            found["markers kept" if any(kept) else "markers differ"] = 1.0
        if len(one.partners) != len(other.partners):
            found["linked otherwise"] = 1.0

    # --- where they stand -----------------------------------------------------------------------------

    def _place(self, found: Found, about: str, one: Node, other: Node, cell: Cell) -> None:
        found[f"{about}, {self._track(one, other)}"] = 1.0
        near, sure = [], 0
        for way in (-1, 1):
            name, away = self.side(one, other, cell, way)
            found[f"{about}, {name}"] = found.get(f"{about}, {name}", 0.0) + 1.0
            sure += name.startswith("next")
            if away is not None:
                near.append(away)
        if sure == 2:
            found[f"{about}, between both"] = 1.0
        found[f"{about}, away {_bin(min(near), _DISTANCES)}" if near else f"{about}, away"] = 1.0
        if len(near) == 2:
            found[f"{about}, far {_bin(max(near), _DISTANCES)}"] = 1.0
        at = float(size(one.start - other.start) / self._frame)
        found[f"{about}, at {_bin(at, (0, 10, 60, 200))}"] = 1.0

    def _track(self, one: Node, other: Node) -> str:
        if one.lane == other.lane:
            return "same track"
        if one.up == other.up == NONE:
            return "other track"
        if one.up != NONE and other.up != NONE and self._cells.to_a[other.up] == one.up:
            return "same nest"
        return "nested" if one.up == NONE else "other nest"

    def side(self, one: Node, other: Node, cell: Cell, way: int) -> tuple[str, float | None]:
        """Name what the nearest known neighbour on one side says, and how far off the clip stands by it, in frames."""
        far, skipped, own = self._known(one, other, cell, way)
        near = one.prev if way < 0 else one.next
        if far == NONE:
            if near == NONE and one.lane == other.lane:
                return ("both at the end" if skipped == 0 else "near the end"), None
            return "at the end", None
        owner = self._cells.to_a[far]
        if owner in (NONE, one.index) or far in cell.leads:
            return "unknown", None
        mine, image = self._a[owner], self._b[far]
        if mine.lane != one.lane:
            return "stranger", None
        steps = (self._rank[one.index] - self._rank[owner]) * -way
        away = other.start - image.end - (one.start - mine.end)
        if way > 0:
            away = image.start - other.end - (mine.start - one.end)
        frames = None if own else float(size(away) / self._frame)
        if steps <= 0:
            return "wrong order", frames
        if steps == 1:
            return f"next {min(skipped, 2)}", frames
        return f"ahead {_bin(steps, (2, 4))} {min(skipped, 1)}", frames

    def _known(self, one: Node, other: Node, cell: Cell, way: int) -> tuple[int, int, int]:
        """Return the nearest clip of b that is another clip of a, how many unknown are before it, and how many own."""
        skipped = own = 0
        far = other.prev if way < 0 else other.next
        while far != NONE and skipped < _REACH:
            owner = self._cells.to_a[far]
            if owner == one.index or far in cell.leads:
                own += 1
            elif owner != NONE:
                break
            else:
                skipped += 1
            far = self._b[far].prev if way < 0 else self._b[far].next
        return far, skipped, own

    # --- pieces and rivals ----------------------------------------------------------------------------

    def _beside(
        self, found: Found, about: str, one: Node, other: Node, cell: Cell, others: list[Node], timed: bool
    ) -> None:
        """Read how a further piece goes with those known."""
        touching = [piece for piece in others if touch(piece, other)]
        if touching:
            found[f"{about}, beside a piece"] = 1.0
            if self._scorer.equal(one.length, cell.length + sum(piece.length for piece in touching)):
                found[f"{about}, fills the place"] = 1.0
        if any(piece.lane == other.lane for piece in others):
            found[f"{about}, track of a piece"] = 1.0
        total = cell.length + sum(piece.length for piece in others)
        if one.length > 0:
            found[f"{about}, in all {_bin(float(total / one.length), (0.6, 0.95, 1.05, 1.6))}"] = 1.0
        alike = [piece for piece in others if self._scorer.media.b[piece.media] == cell.key[1]]
        if len(alike) < len(others):
            found[f"{about}, a piece shows other media"] = 1.0
        if about == "same" and timed and alike:
            self._in_step(found, other, cell, alike)

    def _in_step(self, found: Found, other: Node, cell: Cell, pieces: list[Node]) -> None:
        assert cell.shown is not None
        most = 0.0
        for piece in pieces:
            known = self._cells.cell_of.get(piece.index)
            shown = known.shown if known is not None else self._scorer.shown(piece)
            if shown is None:
                continue
            if shown == cell.shown:
                most = 2.0
            overlap = min(shown[1], cell.shown[1]) - max(shown[0], cell.shown[0])
            most = max(most, _share(overlap, min(shown[1] - shown[0], cell.shown[1] - cell.shown[0])))
            if self._scorer.equal(cell.shown[0], shown[1]) or self._scorer.equal(cell.shown[1], shown[0]):
                found["source goes on"] = 1.0
                if touch(piece, other):
                    found["source and place go on"] = 1.0
            if piece.lane == other.lane:
                self._ordered(found, other, piece, cell.shown, shown, overlap)
        found["shows what a piece shows" if most == 2.0 else f"over a piece {_bin(most, (0.0, 0.15, 0.4, 0.8))}"] = 1.0

    def _ordered(
        self, found: Found, other: Node, piece: Node, mine: tuple[Frame, Frame], its: tuple[Frame, Frame], over: Frame
    ) -> None:
        speed = other.clip.speed or Fraction(1)
        later = mine[0] >= its[0] if speed > 0 else mine[0] < its[0]
        found["in order" if (other.start >= piece.end) == later else "out of order"] = 1.0
        run = mine[0] - its[0] if speed > 0 else its[1] - mine[1]
        if over <= 0 and self._scorer.equal((other.start - piece.start) * abs(speed), run):
            found["in step"] = 1.0

    def _contest(self, found: Found, one: Node, other: Node, cell: Cell) -> None:
        """Compare with what shows some of the same: where it is nobody's, or this clip's as well, who fits better."""
        rivals = self._overlapping(cell)
        owners = [(self._cells.to_a[rival.leads[0]], share) for rival, share in rivals]
        open_ = max((share for owner, share in owners if owner == NONE), default=0.0)
        elsewhere = max((share for owner, share in owners if owner not in (NONE, one.index)), default=0.0)
        if open_ > 0:
            found[f"twin open {_bin(open_, (0.15, 0.5, 0.9))}"] = 1.0
        if elsewhere > 0:
            found[f"twin elsewhere {_bin(elsewhere, (0.15, 0.5, 0.9))}"] = 1.0
        close = [
            rival
            for (rival, share), (owner, _) in zip(rivals, owners, strict=True)
            if share >= 0.4 and owner in (NONE, one.index)
        ]
        if not close:
            return
        mine = self._fit(one, other, cell)
        theirs = [self._fit(one, self._b[lead], rival) for rival in close for lead in rival.leads]
        for name, own, best in zip(_FITS, mine, map(max, zip(*theirs, strict=True)), strict=True):
            if best != own:
                found[f"{name}, rival {max(-2, min(best - own, 2)):+d}"] = 1.0

    def _overlapping(self, cell: Cell) -> list[tuple[Cell, float]]:
        known = self._rivals.get(cell.leads[0])
        if known is not None or cell.shown is None:
            return known or []
        found = []
        for rival in self._cells.alike[cell.key]:
            if rival is cell or rival.shown is None:
                continue
            overlap = min(rival.shown[1], cell.shown[1]) - max(rival.shown[0], cell.shown[0])
            if overlap > 0:
                shorter = min(rival.shown[1] - rival.shown[0], cell.shown[1] - cell.shown[0])
                found.append((rival, _share(overlap, shorter)))
        self._rivals[cell.leads[0]] = found = found[:_MOST]
        return found

    def _fit(self, one: Node, other: Node, cell: Cell) -> tuple[int, ...]:
        """Return how well place, ends, length, track and state go with a clip of a, the more the better."""
        place = sum(_PLACES.get(self.side(one, other, cell, way)[0].partition(" ")[0], 0) for way in (-1, 1))
        ends = 0
        if cell.shown is not None and one.head is not None and one.tail is not None:
            ends = self._scorer.equal(one.head, cell.shown[0]) + self._scorer.equal(one.tail, cell.shown[1])
        state = (one.clip.speed == other.clip.speed) + (one.clip.enabled == other.clip.enabled)
        return (place, ends, int(self._scorer.equal(one.length, cell.length)), int(one.lane == other.lane), state)


_FITS = ("place", "ends", "length", "track", "state")

_PLACES = {"next": 2, "both": 2, "ahead": 1, "near": 1, "wrong": -1}
"""How good a neighbour's word is, by its first word (`Traits.side`)."""


def _ranks(side: Side) -> dict[int, int]:
    """Return which clip of its track each is."""
    found = {}
    for first in side.firsts.values():
        at, rank = first, 0
        while at != NONE:
            found[at] = rank
            at, rank = side.nodes[at].next, rank + 1
    return found


def _near(ones: Sequence[int], one: int) -> Sequence[int]:
    """Return the clips of an ordered list about as far down as one of them."""
    if len(ones) <= 2 * _MOST:
        return ones
    at = bisect_left(ones, one)
    return ones[max(0, at - _MOST) : at + _MOST]


def _share(part: Frame, whole: Frame) -> float:
    return float(part / whole) if part > 0 and whole > 0 else 0.0


def _bin(value: float, limits: Sequence[float]) -> int:
    """Return how many limits a value is beyond."""
    return bisect_left(limits, value)
