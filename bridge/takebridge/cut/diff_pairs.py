"""Matched clips side by side, with how far each edge of record and source moved: what `diff` puts into words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.identity_names import plain_location
from takebridge.cut.identity_nodes import MediaUse, Node, Side
from takebridge.cut.identity_origins import Apart, same_origin, settle
from takebridge.cut.match import Match
from takebridge.cut.model import Frame, whole


@dataclass(slots=True)
class Twin:
    """A clip of a and its clip (or piece) in b; all in ticks.

    ``start``/``end``: how far the record edges moved, a piece's counted from where its part of ``a`` stood. ``head``/
    ``tail``: how far the source edges moved, in record time (0 where unknown: ``known``); a piece's inner edges are 0.
    ``shift``: how far it was carried, ``carried``: by the clips around it (else moved by itself).
    """

    match: Match
    a: Node
    b: Node
    known: bool
    start: Frame
    end: Frame
    head: Frame
    tail: Frame
    first: bool = True
    last: bool = True
    shift: Frame = 0
    carried: bool = True
    slid: bool = False
    swapped: str = ""

    @property
    def piece(self) -> bool:
        """Say whether this is one of several pieces."""
        return self.match.relation == "piece"


def twins(a: Side, b: Side, matches: tuple[Match, ...]) -> dict[int, Twin]:
    """Return the matched clips by the place of their match among ``matches``."""
    nodes_a = {node.address: node for node in a.nodes}
    nodes_b = {node.address: node for node in b.nodes}
    joined = [
        (index, match, nodes_a[match.a], nodes_b[match.b])
        for index, match in enumerate(matches)
        if match.a is not None and match.b is not None
    ]
    origins = _origins(a, b, [(one, other) for _, _, one, other in joined])
    ends = _outer([(match, one, other) for _, match, one, other in joined])
    found: dict[int, Twin] = {}
    for index, match, one, other in joined:
        first, last = ends.get(match.b or (), (True, True))
        found[index] = _twin(match, one, other, origins.get((one.media, other.media), 0), first, last)
    _lay_unknown([twin for twin in found.values() if twin.piece and not twin.known])
    return found


def _lay_unknown(pieces: list[Twin]) -> None:
    """Count pieces of clips without a source (titles, captions) from where their lengths put them."""
    begins: dict[int, Frame] = {}
    for twin in sorted(pieces, key=lambda twin: (twin.a.index, twin.b.start)):
        begin = begins.get(twin.a.index, twin.a.start)
        begins[twin.a.index] = begin + twin.b.length
        shift = twin.b.end - twin.a.end if twin.last and not twin.first else twin.b.start - begin
        twin.start = twin.end = whole(shift)


def _outer(joined: list[tuple[Match, Node, Node]]) -> dict[object, tuple[bool, bool]]:
    """Say of each piece whether it shows the head and whether it shows the tail of what there was."""
    pieces: dict[int, list[Node]] = defaultdict(list)
    for match, one, other in joined:
        if match.relation == "piece":
            pieces[one.index].append(other)
    found: dict[object, tuple[bool, bool]] = {}
    for of in pieces.values():
        backwards = any(node.clip.speed is not None and node.clip.speed < 0 for node in of)
        first = min(of, key=lambda node: (node.head or 0, node.start))
        last = max(of, key=lambda node: (node.tail or 0, node.start))
        first, last = (last, first) if backwards else (first, last)
        for node in of:
            found[node.address] = (node is first, node is last)
    return found


def _twin(match: Match, a: Node, b: Node, origin: Frame, first: bool, last: bool) -> Twin:
    if a.head is None or a.tail is None or b.head is None or b.tail is None:
        return Twin(match, a, b, False, b.start - a.start, b.end - a.end, 0, 0, first, last)
    speed = _speed(b)
    head, tail = whole(_over(b.head - origin - a.head, speed)), whole(_over(b.tail - origin - a.tail, speed))
    if b.clip.speed is not None and b.clip.speed < 0:  # played backwards the source's end is the clip's head
        head, tail = -tail, -head
    if match.relation != "piece":
        return Twin(match, a, b, True, b.start - a.start, b.end - a.end, head, tail)
    begins = a.start if first else a.start + head
    ends = a.end if last else a.end + tail
    return Twin(
        match, a, b, True, b.start - begins, b.end - ends, head if first else 0, tail if last else 0, first, last
    )


def _speed(node: Node) -> Fraction:
    return abs(node.clip.speed) if node.clip.speed else Fraction(1)


def _over(value: Frame, speed: Fraction) -> Frame:
    return value if speed == 1 else value / speed


def _origins(a: Side, b: Side, joined: list[tuple[Node, Node]]) -> dict[tuple[int, int], Frame]:
    """Return how much later the source counts in b, for media whose source counts from another frame."""
    seen: dict[tuple[int, int], Apart] = {}
    for one, other in joined:
        pair = (one.media, other.media)
        if pair not in seen:
            seen[pair] = Counter()
        if one.kind == "audio" and one.partners:
            continue
        if one.head is None or one.tail is None or other.head is None or other.tail is None:
            continue
        if one.tail - one.head == other.tail - other.head:
            seen[pair][other.head - one.head] += 1
    open_pairs = {
        pair: counted for pair, counted in seen.items() if not _same_origin(a.media[pair[0]], b.media[pair[1]])
    }
    return settle(a, b, open_pairs)


def _same_origin(a: MediaUse, b: MediaUse) -> bool:
    return same_origin(a, b, same_place=plain_location(a.key) == plain_location(b.key))
