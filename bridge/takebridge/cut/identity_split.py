"""What a one-to-one assignment leaves over: pieces a razor or an overwrite made of a clip, and copies of clips.

A piece shows a part of what its clip showed that no other piece shows; a copy shows what its original still shows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.identity_assign import Weights
from takebridge.cut.identity_nodes import NONE, Node
from takebridge.cut.identity_score import Scorer
from takebridge.cut.model import Frame

PIECE = -2.0
"""Bits a piece needs to be believed; where the id of its clip speaks for it (as for a copy), `_KNOWN` more."""
_KNOWN = 5.0
COPY = 2.0
"""Bits a copy needs to be believed."""

_PART = -1.0
"""Bits of a piece that is otherwise a copy."""

_MOST = 24

_TIMELESS = ("still", "title", "generator", "adjustment", "caption")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a clip of b that has no clip of a to itself comes from, and how sure, in bits."""

    a: int
    bits: float
    copy: bool


class Splits:
    """Finds pieces and copies. ``pieces`` are the clips of b of each clip of a, its own one first."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._a, self._b, self._now = scorer.a.nodes, scorer.b.nodes, scorer.now
        self._users: dict[tuple[str, int], list[tuple[Frame, int]]] = defaultdict(list)
        self._longest: dict[tuple[str, int], Frame] = defaultdict(int)
        self._shared: dict[int, list[int]] = defaultdict(list)
        self.pieces: dict[int, list[int]] = {}
        self.origins: dict[int, Origin] = {}

    def find(self, content: Weights, weights: Weights) -> None:
        """Find the origins of all clips still open, then those a piece explains better than the clip they got."""
        self._index()
        open_b = [node for node in self._b if self._now.to_a[node.index] == NONE]
        for _ in range(4):
            left = [node for node in open_b if node.index not in self.origins]
            best = {node.index: piece.bits for node in left if (piece := self._best_piece(node)) is not None}
            # The surest first: a copy of a piece must not be taken for it.
            order = sorted((node for node in left if node.index in best), key=lambda node: -best[node.index])
            if not [node for node in order if self._cut_off(node)]:
                break
        self._reconsider(content, weights)
        for node in open_b:
            if node.index not in self.origins and self._now.to_a[node.index] == NONE:
                self._copied(node)
        self._first_is_original()

    def _index(self) -> None:
        wanted = {
            (node.kind, self._scorer.media.b[node.media]) for node in self._b if self._now.to_a[node.index] == NONE
        }
        for node in self._a:
            key = (node.kind, self._scorer.media.a[node.media])
            if node.head is not None and node.tail is not None:
                self._users[key].append((node.head, node.index))
                self._longest[key] = max(self._longest[key], node.tail - node.head)
        for key in wanted & self._users.keys():
            self._users[key].sort()
        for ones, others in self._scorer.ids.shared:
            for other in others:
                self._shared[other] += ones[:_MOST]

    def _showing(self, node: Node) -> list[Node]:
        """Return clips of a that show some of what a clip of b shows, or carry its id."""
        found = [self._a[index] for index in self._shared.get(node.index, ())]
        found.extend(self._a[origin] for origin in sorted(self._around(node)))
        key = (node.kind, self._scorer.media.b[node.media])
        users, shown = self._users.get(key), self._scorer.shown(node)
        if shown is None or not users:
            return found
        for head, index in users[bisect_left(users, (shown[0] - self._longest[key],)) :]:
            if head >= shown[1] or len(found) >= 4 * _MOST:
                break
            tail = self._a[index].tail
            if tail is not None and tail > shown[0]:
                found.append(self._a[index])
        return found

    def _around(self, node: Node) -> set[int]:
        """Return the clips of a that stand around a clip now."""
        found = set()
        for way in (-1, 1):
            near = node.index
            for _ in range(2):
                near = self._b[near].prev if way < 0 else self._b[near].next
                if near == NONE:
                    break
                found.add(self._now.to_a[near])
        return found - {NONE}

    # --- pieces ---------------------------------------------------------------------------------------

    def _cut_off(self, node: Node) -> bool:
        """Make an open clip a piece of the clip that explains it best; say whether there is one."""
        best = self._best_piece(node)
        if best is None or best.bits < self.needed(self._a[best.a], node):
            return False
        self._join(node.index, best)
        return True

    def _join(self, index: int, origin: Origin) -> None:
        self.origins[index] = origin
        self._now.to_a[index] = origin.a
        self.pieces.setdefault(origin.a, [self._now.to_b[origin.a]]).append(index)

    def _best_piece(self, node: Node) -> Origin | None:
        best: Origin | None = None
        for one in self._showing(node):
            if self._now.to_b[one.index] == NONE or self._now.to_b[one.index] == node.index:
                continue
            bits = self.piece_bits(one, node)
            if best is None or bits > best.bits:
                best = Origin(one.index, bits, copy=False)
        return best

    def needed(self, one: Node, node: Node) -> float:
        """Return the bits a further piece needs to be believed."""
        return PIECE + (_KNOWN if self._scorer.ids.weigh(one, node, further=True) > 0 else 0.0)

    def piece_bits(self, one: Node, node: Node) -> float:
        """Weigh that ``node`` is a further piece of ``one``, beside those known."""
        shown = self._scorer.shown(node)
        if one.kind != node.kind:
            return -20.0
        if one.clip.kind in _TIMELESS and node.clip.kind == one.clip.kind:
            return self._still_bits(one, node)
        if shown is None or one.head is None or one.tail is None:
            return -20.0
        others = self._others(one, node)
        beside = [self._beside(one, node, shown, piece) for piece in others]
        alike = self._scorer.same_media(one, node) or any(not self._unlike(node, piece) for piece in others)
        filled = self._fills(one, node, others)
        if not alike and not (filled and one.clip.kind == node.clip.kind):
            return -20.0
        if not beside or (min(beside) <= -20.0 and not (filled and self._shows_other(shown, others))):
            return -20.0
        best = max(max(beside), 0.0) + (7.0 if filled else 0.0)
        bits = -5.0 + 0.8 * self._scorer.ids.weigh(one, node, further=True)
        if self._scorer.same_media(one, node):
            bits += self._scorer.rare_media(one, node)
        elif not alike:
            bits -= 8.0  # what was put in between two pieces
        if one.head <= shown[0] and shown[1] <= one.tail:
            bits += 3.0 + self._scorer.rare_range(one)
        else:
            outside = max(one.head - shown[0], 0) + max(shown[1] - one.tail, 0)
            bits -= 1.0 + 4.0 * float(min(outside / max(shown[1] - shown[0], 50 * self._scorer.a.frame), 1))
        if self._scorer.equal(shown[0], one.head) or self._scorer.equal(shown[1], one.tail):
            bits += 4.0
        if node.clip.speed != one.clip.speed:
            bits -= 2.0
        return bits + best + self._with_link(one, node)

    def _fills(self, one: Node, node: Node, others: list[Node]) -> bool:
        """Say whether a clip stands right beside known pieces and makes them as long as the whole was."""
        near = [piece for piece in others if piece.lane == node.lane]
        if not any(node.start == piece.end or node.end == piece.start for piece in near):
            return False
        if self._between(node, near) and not self._shows_some(one, node):
            return False  # laid over the middle of the clip
        return self._scorer.equal(one.length, node.length + sum(piece.length for piece in near))

    def _shows_other(self, shown: tuple[Frame, Frame], others: list[Node]) -> bool:
        return all(self._scorer.shown(piece) != shown for piece in others)

    def _shows_some(self, one: Node, node: Node) -> bool:
        shown = self._scorer.shown(node)
        if not self._scorer.same_media(one, node) or shown is None or one.head is None or one.tail is None:
            return False
        return shown[0] < one.tail and one.head < shown[1]

    def _between(self, node: Node, pieces: list[Node]) -> bool:
        starts, ends = {piece.start for piece in pieces}, {piece.end for piece in pieces}
        return node.start in ends and node.end in starts

    def _unlike(self, one: Node, other: Node) -> bool:
        return self._scorer.media.b[one.media] != self._scorer.media.b[other.media]

    def _still_bits(self, one: Node, node: Node) -> float:
        """Weigh a piece of a clip that shows the same at any time: by place alone."""
        bits = -5.0 + 0.8 * self._scorer.ids.weigh(one, node, further=True) + self._scorer.rare_media(one, node)
        others = [piece for piece in self._others(one, node) if piece.lane == node.lane]
        if not others:
            return -20.0
        start, end = min(other.start for other in others), max(other.end for other in others)
        total = node.length + sum(other.length for other in others)
        if total > one.length or max(end, node.end) - min(start, node.start) > 4 * one.length:
            return -20.0
        if node.start == end or node.end == start:
            bits += 6.0
        if one.length in (total, max(end, node.end) - min(start, node.start)):
            bits += 6.0
        return bits + self._with_link(one, node)

    def _others(self, one: Node, node: Node) -> list[Node]:
        known = self.pieces.get(one.index) or [self._now.to_b[one.index]]
        return [self._b[index] for index in known if index not in (NONE, node.index)]

    def _beside(self, one: Node, node: Node, shown: tuple[Frame, Frame], piece: Node) -> float:
        """Weigh a clip as the neighbour of a known piece: its source goes on, its place goes on, both keep step."""
        other = self._scorer.shown(piece)
        if other is None or self._unlike(node, piece):
            beside = piece.lane == node.lane and (node.start == piece.end or node.end == piece.start)
            return 4.0 if beside else 0.0
        overlap = min(shown[1], other[1]) - max(shown[0], other[0])
        if overlap > 0 and overlap * 4 > min(shown[1] - shown[0], other[1] - other[0]):
            return 5.0 if self._ends(one, node, shown, piece, other) else -20.0
        bits = -3.0 if overlap > self._scorer.a.frame else 0.0
        goes_on = self._scorer.equal(shown[0], other[1]) or self._scorer.equal(shown[1], other[0])
        speed = node.clip.speed or Fraction(1)
        if piece.lane != node.lane and piece.up == node.up:
            return bits + (4.0 if goes_on else 0.0)
        later = shown[0] >= other[0] if speed > 0 else shown[0] < other[0]
        if (node.start >= piece.end) != later:
            return bits + (4.0 if goes_on else -0.5)
        bits += 9.0 if goes_on else 1.0
        if node.start == piece.end or node.end == piece.start:
            bits += 3.0
        run = shown[0] - other[0] if speed > 0 else other[1] - shown[1]
        if self._scorer.equal((node.start - piece.start) * abs(speed), run):
            bits += 6.0  # in step: as after an overwrite in the middle
        return bits

    def _ends(self, one: Node, node: Node, shown: tuple[Frame, Frame], piece: Node, other: tuple[Frame, Frame]) -> bool:
        """Say whether two clips beside each other have one end each of a clip: cut, then both made longer."""
        if piece.lane != node.lane or not (node.start == piece.end or node.end == piece.start):
            return False
        first, last = (other, shown) if node.start == piece.end else (shown, other)
        if (node.clip.speed or Fraction(1)) < 0:
            first, last = last, first
        whole = (first[0], last[1]) == (one.head, one.tail)
        return whole and first[1] != one.tail and last[0] != one.head

    def _with_link(self, one: Node, node: Node) -> float:
        """Weigh that the clip's linked clips come from the linked clips of the other."""
        images = {self._now.to_a[partner] for partner in node.partners} - {NONE}
        if not images:
            return 0.0
        return 4.0 if images & set(one.partners) else -1.0

    def _reconsider(self, content: Weights, weights: Weights) -> None:
        """Give clips that hardly fit what they were joined with to the clip they are plainly a piece of."""
        joined = {(one, self._now.to_b[one]) for one, _ in content}
        # The least sure first: of two pieces that were given to two equal clips, the one out of place goes.
        for one, other in sorted(joined, key=lambda pair: (weights.get(pair, 0.0), pair)):
            if other == NONE or (one, other) not in weights or one in self.pieces:
                continue
            node, mine = self._b[other], self._a[one]
            shown = self._scorer.shown(node)
            if shown is not None and shown == (mine.head, mine.tail):
                continue
            best = self._best_piece(node)
            if best is None or best.a == one:
                continue
            same = weights[one, other] - (5.0 if self._scorer.same_media(mine, node) else 0.0)
            if best.bits > max(same, 5.0):
                self._now.part(one)
                self._join(other, best)

    # --- copies ---------------------------------------------------------------------------------------

    def _copied(self, node: Node) -> None:
        best = self.best_copy(node)
        if best is None or best.bits < COPY:
            return
        if self._now.to_b[best.a] == NONE and self._scorer.same_media(self._a[best.a], node):
            self._now.join(best.a, node.index)  # a clip that went elsewhere, sooner than a copy of one that is gone
            return
        part = self._best_piece(node)
        if part is not None and part.a == best.a and part.bits >= _PART:
            self._join(node.index, part)  # shows just what its clip shows no more: hardly a copy
        else:
            self.origins[node.index] = best

    def _first_is_original(self) -> None:
        """Of a clip and its copy right beside it that show the same, call the later one the copy."""
        alone = [NONE] * len(self._a)
        for index, origin in list(self.origins.items()):
            copy = self._b[index]
            if not origin.copy or copy.next == NONE or self._now.to_b[origin.a] != copy.next or origin.a in self.pieces:
                continue
            one, kept = self._a[origin.a], self._b[copy.next]
            ids = self._scorer.ids
            by_ids = 0.0 if not ids.copied else ids.weigh(one, copy) - ids.weigh(one, kept)
            gained = self._scorer.content(one, copy) - by_ids - self._scorer.content(one, kept)
            if gained > -0.01 and self._scorer.place(one, copy, alone) >= self._scorer.place(one, kept, alone) - 1.0:
                self._now.part(one.index)
                self._now.join(one.index, index)
                del self.origins[index]
                self.origins[kept.index] = origin

    def own_anew(self, to_a: list[int]) -> None:
        """Take whose each clip of b is from elsewhere; what is nobody's any more may be a copy."""
        owned: dict[int, list[int]] = defaultdict(list)
        for other, one in enumerate(to_a):
            if one != NONE:
                owned[one].append(other)
        self._now.to_a[:] = to_a
        for node in self._a:
            self._now.to_b[node.index] = self._first(node, owned.get(node.index, []))
        self.pieces = {
            one: [self._now.to_b[one], *(other for other in others if other != self._now.to_b[one])]
            for one, others in owned.items()
            if len(others) > 1
        }
        self.origins = {}
        for users in self._users.values():
            users.sort()
        for node in self._b:
            best = self.best_copy(node) if to_a[node.index] == NONE else None
            if best is not None and best.bits >= COPY:
                self.origins[node.index] = best

    def _first(self, one: Node, others: list[int]) -> int:
        """Return which of its pieces is the clip itself: the one it was, else the first of its track."""
        if not others:
            return NONE
        was = self._now.to_b[one.index]
        return was if was in others else min(others, key=lambda other: (self._b[other].lane != one.lane, other))

    def best_copy(self, node: Node) -> Origin | None:
        """Return the clip an open clip is most likely a copy of."""
        best: Origin | None = None
        for one in self._showing(node):
            bits = self._copy_bits(one, node)
            if best is None or bits > best.bits:
                best = Origin(one.index, bits, copy=True)
        return best

    def _copy_bits(self, one: Node, node: Node) -> float:
        """Weigh what a copy has of its original, or of what became of it."""
        bits = -5.0 + 0.5 * max(self._scorer.ids.weigh(one, node, further=True), 0.0)
        if self._scorer.same_media(one, node):
            bits += 0.5 * self._scorer.rare_media(one, node)
            ranges = [(one.head, one.tail)]
            image = self._now.to_b[one.index]
            if image != NONE:
                ranges.append(self._scorer.shown(self._b[image]) or (None, None))
            bits += max(self._alike(shown, self._scorer.shown(node)) for shown in ranges)
        if one.clip.name == node.clip.name:
            bits += 1.0
        images = {self.origins[partner].a for partner in node.partners if partner in self.origins}
        return bits + (3.0 if images & set(one.partners) else 0.0)

    def _alike(self, one: tuple[Frame | None, Frame | None], other: tuple[Frame, Frame] | None) -> float:
        if other is None or one[0] is None or one[1] is None:
            return 0.0
        ends = self._scorer.equal(one[0], other[0]) + self._scorer.equal(one[1], other[1])
        if ends:
            return 5.0 if ends == 1 else 9.0
        overlap = min(one[1], other[1]) - max(one[0], other[0])
        shorter = min(one[1] - one[0], other[1] - other[0])
        return 4.0 * float(overlap / shorter) if overlap > 0 and shorter > 0 else 0.0
