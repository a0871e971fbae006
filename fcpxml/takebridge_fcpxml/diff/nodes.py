"""The items of a timeline ready for comparison, and which of one cut is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from takebridge_fcpxml.diff.canon import Side, seconds
from takebridge_fcpxml.diff.match import aligned, grouped
from takebridge_fcpxml.diff.work import Element
from takebridge_fcpxml.grammar import ITEMS, PICKS
from takebridge_fcpxml.placement import Placed, place
from takebridge_fcpxml.view import View

ZERO = Fraction(0)
#: Items without an identity of their own: only their place tells one from another.
_FACELESS = frozenset({"gap", "transition"})


@dataclass(slots=True, eq=False)
class Node:
    """An item on a timeline. ``rel`` is its record start counted from where its ``container`` begins: the storyline,
    the item it is connected to, or the timeline. ``partner`` is its node in the other cut."""

    element: Element
    kind: str
    name: str | None
    media: Hashable
    start: Fraction
    duration: Fraction
    record: Fraction
    rel: Fraction
    lane: int
    scale: Fraction
    container: Element
    in_storyline: bool
    host: Node | None
    partner: Node | None = None

    @property
    def end(self) -> Fraction:
        """Where its own time ends."""
        return self.start + self.duration * self.scale

    @property
    def head(self) -> Hashable:
        """``start`` as a key: hashing a Fraction takes a modular inverse, hashing two numbers does not."""
        return self.start.as_integer_ratio()

    @property
    def tail(self) -> Hashable:
        """``end`` as a key."""
        return self.end.as_integer_ratio()

    @property
    def length(self) -> Hashable:
        """``duration`` as a key."""
        return self.duration.as_integer_ratio()

    @property
    def full(self) -> Hashable:
        """All of its identity, the lane included."""
        return (self.kind, self.media, self.name, self.head, self.length, self.lane)


def nodes_of(timeline: View, side: Side) -> list[Node]:
    """Every item, waiting takes included, in document order. Values that cannot be read count as 0."""
    tc_start = seconds(timeline.element, "tcStart") or ZERO
    found: dict[Element, Node] = {}
    return [_node(placed, tc_start, found, side) for placed in place(timeline, alternates=True, problems=[])]


def _node(placed: Placed, tc_start: Fraction, found: dict[Element, Node], side: Side) -> Node:
    element = placed.item.element
    host = found[placed.host.item.element] if placed.host else None
    parent = element.getparent()
    container = element if parent is None else parent
    base = tc_start if host is None else host.record
    if placed.storyline is not None and host is not None:
        base = host.record
        offset = seconds(placed.storyline, "offset")
        if offset is not None:
            base += (offset - host.start) / host.scale
    node = Node(
        element=element,
        kind=str(element.tag),
        name=element.get("name"),
        media=_media(element, side),
        start=seconds(element, "start") or ZERO,
        duration=placed.duration,
        record=placed.record_start,
        rel=placed.record_start - base,
        lane=placed.lane,
        scale=placed.scale,
        container=container,
        in_storyline=container.tag in ("spine", "mc-angle"),
        host=host,
    )
    found[element] = node
    return node


def _media(element: Element, side: Side) -> Hashable:
    if element.get("ref"):
        return side.value(element, "ref")
    if element.tag == "audition":
        return tuple(sorted(str((_media(take, side), take.get("name"))) for take in element.iterchildren(*PICKS)))
    if element.tag in ("clip", "sync-clip"):
        inner = next((child for child in element.iter(*ITEMS) if child.get("ref")), None)
        return None if inner is None else side.value(inner, "ref")
    if element.tag == "caption":
        return "".join(map(str, element.itertext("text", "text-style"))).strip()
    return None


Key = Callable[[Node], Hashable]

_KEYS: tuple[Key, ...] = (
    lambda node: node.full,
    lambda node: (node.kind, node.media, node.name, node.head, node.length),
    lambda node: (node.kind, node.media, node.name, node.head, node.lane),
    lambda node: (node.kind, node.media, node.name, node.tail, node.lane),
    lambda node: (node.kind, node.media, node.name, node.head),
    lambda node: (node.kind, node.media, node.name, node.tail),
    lambda node: (node.kind, node.media, node.head, node.length),
    lambda node: (node.media, node.name, node.head),
    lambda node: (node.kind, node.media, node.name, node.lane),
    lambda node: (node.kind, node.media, node.name),
    lambda node: (node.kind, node.name) if node.name else None,
    lambda node: (node.kind, node.media) if node.media else None,
)


def pair_nodes(ones: list[Node], others: list[Node]) -> None:
    """Set partners. Neighbours in order come first, then likeness at the same place, then likeness anywhere, and at
    last the place alone: what stands where the other stood has been replaced."""
    for one, other in aligned([node.full for node in ones], [node.full for node in others]):
        _join(ones[one], others[other])
    _by(ones, others, lambda node, slot: (slot, node.full))
    _by(ones, others, lambda node, slot: (node.full, node.rel.as_integer_ratio()) if node.kind in _FACELESS else None)
    for key in _KEYS:
        _by(ones, others, lambda node, slot, key=key: _with(slot, key(node)))  # type: ignore[misc]
        _by(ones, others, lambda node, slot, key=key: None if node.kind in _FACELESS else key(node))  # type: ignore[misc]
    _auditions(ones)
    _by(ones, others, lambda node, slot: (slot, node.lane, node.kind))
    _by(
        ones,
        others,
        lambda node, slot: None if node.kind in _FACELESS else (slot, node.lane, node.record.as_integer_ratio()),
    )


def _with(slot: Hashable, key: Hashable) -> Hashable:
    return None if key is None else (slot, key)


def _join(one: Node, other: Node) -> None:
    one.partner, other.partner = other, one


def _by(ones: list[Node], others: list[Node], key: Callable[[Node, Hashable], Hashable]) -> None:
    if all(node.partner for node in ones) or all(node.partner for node in others):
        return
    near = [node.rel.as_integer_ratio() for node in ones], [node.rel.as_integer_ratio() for node in others]
    slots = {id(node): number for number, node in enumerate(others) if node.partner}
    first = list(_keyed(ones, key, {id(node): slots[id(node.partner)] for node in ones if node.partner}))
    second = list(_keyed(others, key, slots))
    if first and second:
        for one, other in grouped(first, second, near):
            _join(ones[one], others[other])


def _keyed(
    nodes: list[Node], key: Callable[[Node, Hashable], Hashable], slots: dict[int, int]
) -> Iterable[tuple[Hashable, int]]:
    slot = -1
    for index, node in enumerate(nodes):
        if node.partner:
            slot = slots[id(node)]
            continue
        value = key(node, slot)
        if value is not None:
            yield value, index


def _auditions(ones: list[Node]) -> None:
    """Auditions that share a take are one audition, whatever else changed in them."""
    for node in ones:
        audition = node.host
        if audition is None or audition.kind != "audition" or audition.partner or node.partner is None:
            continue
        other = node.partner.host
        if other is not None and other.kind == "audition" and other.partner is None:
            _join(audition, other)
