"""Which resource, event and project of one document is which of the other.

Ids are no identity: every export numbers resources anew. Media is known by its path, formats by what they say, effects
and compounds by their uid or name; only what is left over goes by name and then by id, so that a relinked file is one
change and not a removal and an addition.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff.canon import Side
from takebridge_fcpxml.diff.match import grouped
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.view import Asset, view_of

Key = Callable[[etree._Element], Hashable]


class Pairs:
    """Elements of the first document and their partners in the second, one to one."""

    def __init__(self) -> None:
        self.forward: dict[etree._Element, etree._Element] = {}
        self.back: dict[etree._Element, etree._Element] = {}

    def add(self, one: etree._Element, other: etree._Element) -> None:
        """Make two elements partners."""
        self.forward[one] = other
        self.back[other] = one

    def match(self, first: Iterable[etree._Element], second: Iterable[etree._Element], *keys: Key) -> None:
        """Pair what is not paired yet by each key in turn. A key of None matches nothing."""
        ones, others = list(first), list(second)
        for key in keys:
            free_one = [(key(element), index) for index, element in enumerate(ones) if element not in self.forward]
            free_other = [(key(element), index) for index, element in enumerate(others) if element not in self.back]
            for one, other in grouped(
                [entry for entry in free_one if entry[0] is not None],
                [entry for entry in free_other if entry[0] is not None],
                (range(len(ones)), range(len(others))),
            ):
                self.add(ones[one], others[other])


def pair_resources(first: Document, second: Document, pairs: Pairs) -> tuple[Side, Side]:
    """Pair all resources; the two sides come back with one token for each pair."""
    plain = Side(first.root, {}), Side(second.root, {})
    ones, others = list(_resources(first)), list(_resources(second))

    def identity(element: etree._Element) -> Hashable:
        return _identity(element, first if element in known else second, plain[0])

    known = set(ones)
    pairs.match(
        ones,
        others,
        lambda element: (element.get("id"), identity(element)),
        identity,
        lambda element: (element.tag, element.get("name")) if element.get("name") else None,
        lambda element: (element.tag, element.get("id")),
    )
    tokens: tuple[dict[str, Hashable], dict[str, Hashable]] = {}, {}
    for number, one in enumerate(ones):
        other = pairs.forward.get(one)
        tokens[0].setdefault(one.get("id", ""), ("first", number))
        if other is not None and tokens[0][one.get("id", "")] == ("first", number):
            tokens[1].setdefault(other.get("id", ""), ("first", number))
    for number, other in enumerate(others):
        tokens[1].setdefault(other.get("id", ""), ("second", number))
    return Side(first.root, tokens[0]), Side(second.root, tokens[1])


def _resources(document: Document) -> Iterable[etree._Element]:
    for section in document.root.iterchildren("resources"):
        yield from layout.elements(section)


def _identity(element: etree._Element, document: Document, side: Side) -> Hashable:
    tag = str(element.tag)
    if tag == "asset":
        view = view_of(element, document)
        path = view.media_path if isinstance(view, Asset) else None
        return (tag, path or element.get("src") or element.get("name") or element.get("id"))
    if tag == "format":
        return (tag, tuple(sorted(side.attributes(element).items(), key=lambda entry: entry[0])))
    if tag == "locator":
        return (tag, side.value(element, "url"))
    return (tag, element.get("uid") or element.get("name") or element.get("id"))


def pair_containers(first: Document, second: Document, pairs: Pairs) -> None:
    """Pair events by uid, name and order; projects anywhere by name, uid, and a story that is mostly the same."""
    events = list(first.root.iter("event")), list(second.root.iter("event"))
    pairs.match(*events, _named("uid", "name"), _named("uid"), _named("name"), lambda _: "event")
    projects = list(first.root.iter("project")), list(second.root.iter("project"))
    pairs.match(
        *projects, lambda one: _partner_name(one, pairs), _named("name"), _named("uid"), lambda one: _story(one) or None
    )
    _pair_alike([one for one in projects[0] if one not in pairs.forward], projects[1], pairs)


def _named(*names: str) -> Key:
    def key(element: etree._Element) -> Hashable:
        values = tuple(element.get(name) for name in names)
        return values if all(values) else None

    return key


def _partner_name(project: etree._Element, pairs: Pairs) -> Hashable:
    """Its name in its event, said the same way from both sides."""
    above = project.getparent()
    if above is None:
        return None
    return (project.get("name"), pairs.forward.get(above, above) if above not in pairs.back else above)


def _story(project: etree._Element) -> tuple[Hashable, ...]:
    items = project.iter(*(ITEMS - {"gap", "transition"}))
    return tuple((str(item.tag), item.get("name"), item.get("start"), item.get("duration")) for item in items)


def _pair_alike(ones: list[etree._Element], others: list[etree._Element], pairs: Pairs) -> None:
    """A renamed project is the one that shares at least half of the story."""
    for one in ones:
        story = set(_story(one))
        free = [other for other in others if other not in pairs.back]
        scored = [(len(story & set(_story(other))), -number, other) for number, other in enumerate(free)]
        best = max(scored, key=lambda entry: entry[:2], default=None)
        if best and best[0] * 2 >= max(len(story), 1):
            pairs.add(one, best[2])
