"""How likely two clips are the same: bits of evidence, from what they show and from where they stand.

Every agreement is worth the more the rarer it is (a common length says little, a shared in-point of one file much).
The sum is the logarithm of the odds that a clip of ``b`` is that clip of ``a`` and not another, or a new one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence

from takebridge.cut.identity_anchors import Anchors
from takebridge.cut.identity_ids import Ids
from takebridge.cut.identity_media import MediaMap
from takebridge.cut.identity_names import plain_location
from takebridge.cut.identity_nodes import NONE, Node, Side, size
from takebridge.cut.model import Clip, Frame, Media

NEVER = -100.0

_TELLING = 6.0
"""Bits of content from which a pair says something about the clips linked with it."""

_NOTHING = 12.0
"""Bits against two clips with neither media nor length nor name nor id in common, wherever they stand."""

_ELSEWHERE = 2.5
"""Bits against a clip that stands where nothing around it is the same: there are many such to choose from."""

_TAKE = 11.0
"""Bits for two clips one of which keeps, as a take, what the other shows."""

_CLOSE_BY = 32

_NEAR = 6
"""Clips looked back (ahead) for the nearest known neighbour."""


class Scorer:
    """Weighs pairs of clips of two cuts."""

    def __init__(self, a: Side, b: Side, media: MediaMap, ids: Ids, now: Anchors) -> None:
        self.a, self.b, self.media, self.ids, self.now = a, b, media, ids, now
        self._slack: Frame = 0 if a.frame == b.frame else max(a.frame, b.frame)
        count = max(len(a.nodes), len(b.nodes), 2)
        self._of_class = _bits(count, (media.a[n.media] for n in a.nodes), (media.b[n.media] for n in b.nodes))
        self._of_length = _bits(count, ((n.kind, n.length) for n in a.nodes), ((n.kind, n.length) for n in b.nodes))
        self._of_name = _bits(count, (n.clip.name for n in a.nodes), (n.clip.name for n in b.nodes))
        self._single = _single_use(a)
        # Among many open clips some agree by chance.
        self._crowd = 0.6 * math.log2(1 + sum(other == NONE for other in now.to_b))
        self._points: dict[tuple[str, int], list[Frame]] = {}
        self._spans: dict[int, Frame] = {}
        self._strangers: dict[tuple[int, int], bool] = {}
        self._sound: dict[tuple[int, int], bool] = {}
        self._trays: dict[int, frozenset[str]] = {}
        self._of_range = _bits(count, ((n.kind, n.head, n.tail) for n in a.nodes), ())

    def same_media(self, one: Node, other: Node) -> bool:
        """Say whether two clips show the same media."""
        return self.media.a[one.media] == self.media.b[other.media]

    def shown(self, other: Node) -> tuple[Frame, Frame] | None:
        """Return what a clip of b shows as a's source counts."""
        if other.head is None or other.tail is None:
            return None
        offset = self.media.offset[other.media]
        return (other.head - offset, other.tail - offset) if offset else (other.head, other.tail)

    def equal(self, one: Frame, other: Frame) -> bool:
        """Say whether two times are the same; between cuts of other rates up to a frame."""
        return one == other if not self._slack else size(one - other) <= self._slack

    # --- what they show -------------------------------------------------------------------------------

    def content(self, one: Node, other: Node) -> float:
        """Weigh ids, media, source range, length, name and state."""
        if one.kind != other.kind:
            return NEVER
        ids = self.ids.weigh(one, other)
        media = self._media(one, other)
        same = media > 0
        source = self._source(one, other, same)
        length = 0.0
        if self.equal(one.length, other.length):
            length = (
                1.0
                if source >= (9 if same else 3)
                else _between(0.5, self._of_length.get((one.kind, one.length), 3.0), 5)
            )
        elif source < 0:
            length = -4.0
        name = self._name(one, other, same)
        state = self._state(one, other)
        total = ids + media + source + length + name + state
        if not same and media < _TAKE and length == 0 and name <= 0 and ids <= 0 and source < 1.5:
            total -= _NOTHING
            self._strangers[one.index, other.index] = self._shares_end(one, other)
        elif same and source < 0 and length < 0:
            total -= max(_NOTHING - media, 0.0)  # another stretch of a file that many clips show
        return total

    def _media(self, one: Node, other: Node) -> float:
        mine, theirs = self.media.a[one.media], self.media.b[other.media]
        nested = (one.clip.inner is None) != (other.clip.inner is None)
        if (one.clip.takes or other.clip.takes) and mine != theirs and self._is_take(one, other):
            return _TAKE
        if mine == theirs:
            most = min(9.0, self.media.worth.get(other.media, 9.0))
            return _between(min(1.5, most), max(self._of_class.get(mine, 9.0), 9.0 * self._single), most)
        if nested or one.clip.kind != other.clip.kind:
            return -8.0
        if self.media.related(mine, theirs):
            return 4.0
        known = (mine in self.media.known) + (theirs in self.media.known)
        return (-1.0, -2.5, -5.0)[known]

    def _is_take(self, one: Node, other: Node) -> bool:
        """Say whether a clip has what the other shows among its takes."""
        return self._keeps(one.clip, other.clip) or self._keeps(other.clip, one.clip)

    def _keeps(self, clip: Clip, other: Clip) -> bool:
        return bool(clip.takes) and place_of(other.media) in self.trays(clip)

    def trays(self, clip: Clip) -> frozenset[str]:
        """Return where the takes of a clip are, if it has several."""
        known = self._trays.get(id(clip))
        if known is None:
            places = {place_of(take.media) for take in clip.takes} if len(clip.takes) > 1 else set()
            known = self._trays[id(clip)] = frozenset(places - {""})
        return known

    def _source(self, one: Node, other: Node, same: bool) -> float:
        shown = self.shown(other)
        if shown is None or one.head is None or one.tail is None:
            return 0.0
        head, tail = self.equal(one.head, shown[0]), self.equal(one.tail, shown[1])
        if not same:
            if head and tail:
                return _between(0.5, self._of_range.get((one.kind, one.head, one.tail), 3.0), 6.0)
            ends = [self._telling(one.kind, 0, one.head)] if head else []
            ends += [self._telling(one.kind, 1, one.tail)] if tail else []
            return max(ends, default=0.0)
        if head and tail:
            return 9.0
        if head or tail:
            return 6.0
        overlap = min(one.tail, shown[1]) - max(one.head, shown[0])
        if overlap <= 0:
            return -3.0 + self._close(one, shown)
        share = float(overlap / min(one.tail - one.head, shown[1] - shown[0]))
        # A slip keeps the length; neither end nor length kept takes two edits, or another clip of the same media.
        kept = self.equal(one.tail - one.head, shown[1] - shown[0])
        bits = 1.0 + 3.0 * share if kept else 5.0 * share - 4.0 + share * self.rare_range(one)
        return max(bits, -3.0 + self._close(one, shown))

    def _shares_end(self, one: Node, other: Node) -> bool:
        shown = self.shown(other)
        if shown is None or one.head is None or one.tail is None:
            return False
        return (one.head != 0 and self.equal(one.head, shown[0])) or self.equal(one.tail, shown[1])

    def _telling(self, kind: str, end: int, value: Frame) -> float:
        """Return the bits a shared in-point (out-point) of different media is worth: few where many lie close by."""
        points = self._points.get((kind, end))
        if points is None:
            found = (node.tail if end else node.head for node in self.a.nodes if node.kind == kind)
            points = self._points[kind, end] = sorted(point for point in found if point is not None)
        width = _CLOSE_BY * self.a.frame
        near = bisect_right(points, value + width) - bisect_left(points, value - width)
        return _between(0.0, math.log2((2 * _CLOSE_BY + 1) * len(points) / max(near, 1)) - 6.0, 4.0)

    def rare_media(self, one: Node, other: Node) -> float:
        """Return the bits that showing the same media is worth more (less) than usual; against it when it is not."""
        if not self.same_media(one, other):
            return -4.0
        bits = _between(-2.0, self._of_class.get(self.media.a[one.media], 5.0) - 5.0, 4.5)
        return max(bits, 5.0 * self._single)

    def rare_range(self, one: Node) -> float:
        """Return the bits that lying in a clip's source range is worth: the more, the longer the file is beside it."""
        if one.head is None or one.tail is None or one.tail <= one.head:
            return 0.0
        span = self._span(one)
        return _between(0.0, math.log2(max(float(span / (one.tail - one.head)), 1.0)) - 3.0, 5.0)

    def _span(self, one: Node) -> Frame:
        """Return how long the file a clip shows is, or what is used of it."""
        span = self._spans.get(one.media)
        if span is None:
            media = self.a.media[one.media]
            shown = [(node.head, node.tail) for node in map(self.a.nodes.__getitem__, media.users)]
            heads = [head for head, _ in shown if head is not None]
            tails = [tail for _, tail in shown if tail is not None]
            span = self._spans[one.media] = max(media.length or 0, max(tails) - min(heads))
        return span

    def _close(self, one: Node, shown: tuple[Frame, Frame]) -> float:
        """Return what it is worth that two ranges lie close to each other in a long file."""
        assert one.head is not None and one.tail is not None
        apart = min(size(one.head - shown[0]), size(one.tail - shown[1])) + 8 * self.a.frame
        chances = 2 * apart * len(self.a.media[one.media].users)
        return _between(0.0, math.log2(max(float(self._span(one) / chances), 1.0)), 7.0)

    def rare_name(self, one: Node) -> float:
        """Return the bits that having a clip's name is worth."""
        return _between(0.0, self._of_name.get(one.clip.name, 4.0), 6.0)

    def _name(self, one: Node, other: Node, same: bool) -> float:
        mine, theirs = one.clip.name, other.clip.name
        if mine != theirs or not mine:
            return 0.0
        bits = self.rare_name(one)
        # A clip named as its file says nothing new.
        return bits / 4 if same else bits

    def _state(self, one: Node, other: Node) -> float:
        mine, theirs = one.clip, other.clip
        bits = 0.0
        if mine.speed != theirs.speed:
            bits -= 1.0
        elif mine.speed != 1:
            bits += 1.5
        if mine.enabled != theirs.enabled:
            bits -= 0.5
        if mine.markers and mine.markers == theirs.markers:
            bits += 3.0
        if mine.look and theirs.look:
            bits += 1.0 if mine.look == theirs.look else -0.5
        return bits

    def _vouches(self, one: Node, other: Node) -> bool:
        known = self._sound.get((one.index, other.index))
        if known is None:
            known = self._sound[one.index, other.index] = self.content(one, other) >= _TELLING
        return known

    # --- where they stand -----------------------------------------------------------------------------

    def place(self, one: Node, other: Node, firm: Sequence[int] | None = None) -> float:
        """Weigh neighbours, track, ripple and linked clips by what is known so far (`now`).

        ``firm``: what of a is fixed (`Anchors.to_b`); then other linked clips are not asked, they may be wrong as well.
        """
        before, kept_head = self._beside(one, other, -1)
        after, kept_tail = self._beside(one, other, 1)
        bits = before + after
        if (kept_head or kept_tail) and (one.index, other.index) in self._strangers:
            # Other media between the old cut points; where a neighbour gave way, something may have been laid over it.
            sure = (kept_head and kept_tail) or self._strangers[one.index, other.index]
            bits += _NOTHING / 2 if sure else _NOTHING / 4
        if bits <= 0:
            bits -= _ELSEWHERE if self.same_media(one, other) else max(_ELSEWHERE, self._crowd)
        if one.up == NONE and other.up == NONE:
            bits += 1.5 if one.lane == other.lane else -1.5
        elif one.up != NONE and other.up != NONE:
            bits += 4.0 if self.now.to_b[one.up] == other.up else -1.0
        return bits + self._linked(one, other, self.now.to_b if firm is None else firm)

    def _beside(self, one: Node, other: Node, way: int) -> tuple[float, bool]:
        """Weigh one side: the same neighbour, or the nearest known one, and the same distance from it.

        Say also whether the edge stands where it stood, counted from a neighbour that kept its length.
        """
        near, far = (one.prev, other.prev) if way < 0 else (one.next, other.next)
        far = self._past_pieces(one, far, way)
        if near == NONE and far == NONE:
            return (3.0, False) if one.lane == other.lane else (0.0, False)
        bits = 0.0
        owner = self.now.to_a[far] if far != NONE else NONE
        if near != NONE and owner == near:
            bits = 4.1 if way < 0 else 4.0  # a copy stands after its original
        elif near != NONE and owner not in (NONE, one.index) and self.now.to_b[near] != NONE:
            bits = -1.0
        known, steps = self._nearest(near, way)
        if known == NONE:
            return bits, False
        image = self.b.nodes[self.now.to_b[known]]
        if image.lane != other.lane:
            return bits, False
        ahead = (other.start - image.start) * way
        if ahead > 0:
            return bits - 1.0, False
        if bits <= 0 and self._steps(image.index, other.index, -way) <= steps + 3:
            bits += 2.5
        return self._aligned(one, other, self.a.nodes[known], image, bits, way)

    def _aligned(self, one: Node, other: Node, mine: Node, image: Node, bits: float, way: int) -> tuple[float, bool]:
        if way < 0:
            edge, was = other.start - image.end, one.start - mine.end
        else:
            edge, was = image.start - other.end, mine.start - one.end
        if not self.equal(edge, was):
            return bits, False
        whole = self.equal(mine.length, image.length)
        return bits + (2.5 if whole else 1.5), whole

    def _past_pieces(self, one: Node, far: int, way: int) -> int:
        """Step over clips already known to be of the same clip of a: a razor's other pieces."""
        for _ in range(8):
            if far == NONE or self.now.to_a[far] != one.index or self.now.to_b[one.index] == far:
                return far
            far = self.b.nodes[far].prev if way < 0 else self.b.nodes[far].next
        return far

    def _nearest(self, near: int, way: int) -> tuple[int, int]:
        for steps in range(_NEAR):
            if near == NONE:
                return NONE, 0
            if self.now.to_b[near] != NONE:
                return near, steps
            near = self.a.nodes[near].prev if way < 0 else self.a.nodes[near].next
        return NONE, 0

    def _steps(self, start: int, end: int, way: int) -> int:
        for steps in range(_NEAR + 4):
            if start == end:
                return steps
            start = self.b.nodes[start].prev if way < 0 else self.b.nodes[start].next
            if start == NONE:
                break
        return 99

    def _linked(self, one: Node, other: Node, to_b: Sequence[int]) -> float:
        if not one.partners or not other.partners:
            return 0.0
        for partner in one.partners:
            image = to_b[partner]
            if image != NONE and image in other.partners:
                # Linked clips that nothing but their place joins must not vouch for each other.
                return 6.0 if self._vouches(self.a.nodes[partner], self.b.nodes[image]) else 0.0
        for partner in other.partners:
            owner = self.now.to_a[partner]
            if owner != NONE and to_b[owner] != NONE:
                return -2.0
        return 0.0


def place_of(media: Media | None) -> str:
    """Return where a media is, else its name, in one form."""
    return plain_location(media.location or media.name) if media is not None else ""


def _bits(count: int, a: object, b: object) -> dict[Hashable, float]:
    """Return what agreeing on each value is worth: log2 of how rare it is in the richer of both cuts."""
    mine: Counter[Hashable] = Counter(a)  # type: ignore[call-overload]
    theirs: Counter[Hashable] = Counter(b)  # type: ignore[call-overload]
    mine |= theirs
    return {value: math.log2(count / found) for value, found in mine.items()}


def _single_use(side: Side) -> float:
    """Return how far a cut uses each file once: 1 when no file is shown twice, 0 when half of the clips share files."""
    shared = total = 0
    for media in side.media:
        total += len(media.users)
        if len(media.users) > 1:
            counted = Counter(side.nodes[index].kind for index in media.users)
            shared += sum(count for count in counted.values() if count > 1)
    return max(0.0, 1.0 - 2.0 * shared / max(total, 1))


def _between(least: float, value: float, most: float) -> float:
    return max(least, min(value, most))
