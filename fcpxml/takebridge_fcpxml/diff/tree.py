"""What holds for every element: each attribute, text and child that differs is told, whatever it is.

The typed comparisons of timelines and items speak first and hand everything they have no word for to this module, so
no difference of value goes unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff.canon import blank, own_text, tag_of
from takebridge_fcpxml.diff.match import grouped, rising
from takebridge_fcpxml.diff.work import Element, Scope, Work

#: What tells equal elements apart among their siblings, best first.
_NAMES = ("name", "key", "angleID", "sourceID", "kind", "srcCh", "role", "value", "src", "ref", "time", "start")

Visit = Callable[[Work, Element, Element, Scope], None]


def quoted(text: str | None, longest: int = 60) -> str:
    """A value in a sentence."""
    if text is None:
        return "nothing"
    return f'"{text if len(text) <= longest else text[: longest - 3] + "..."}"'


def compare_attributes(
    work: Work, one: Element, other: Element, scope: Scope, *, but: Collection[str] = ()
) -> list[str]:
    """Tell every attribute that differs in meaning, apart from those in ``but``; their names come back."""
    if work.same_attributes(one, other):
        return []
    first, second = work.one.attributes(one), work.other.attributes(other)
    different = [name for name in sorted({*first, *second}) if name not in but and first.get(name) != second.get(name)]
    for name in different:
        tell_attribute(work, one, other, name, scope)
    return different


def tell_attribute(work: Work, one: Element, other: Element, name: str, scope: Scope) -> None:
    """Tell that an attribute differs."""
    before, after = one.get(name), other.get(name)
    asset = other.getparent() if other.tag == "media-rep" else other
    if name == "src" and asset is not None and asset.tag == "asset":
        message = f"relinked to {quoted(after, 200)}, was {quoted(before, 200)}"
        said = asset.get("name", "")
        work.add(scope, "asset-relinked", message, one, other, name=said, values=(before, after))
        return
    if name == "name":
        work.add(scope, "renamed", f"{tag_of(other)} renamed, was {quoted(before)}", one, other, values=(before, after))
        return
    work.add(
        scope,
        "attribute-changed",
        f"{tag_of(other)}@{name} is {quoted(after)}, was {quoted(before)}",
        one,
        other,
        values=(before, after),
    )


def compare_text(work: Work, one: Element, other: Element, scope: Scope) -> None:
    """Tell text of an element that differs: its own, and what stands between its children."""
    before, after = _words(one), _words(other)
    if before != after:
        work.add(
            scope,
            "text-changed",
            f"text of <{tag_of(other)}> is {quoted(after)}, was {quoted(before)}",
            one,
            other,
            values=(before, after),
        )


def _words(element: Element) -> str:
    return own_text(element) + "".join(blank(child.tail) for child in layout.elements(element))


def pair_children(work: Work, ones: list[Element], others: list[Element]) -> list[tuple[Element, Element]]:
    """Partners among siblings: known pairs, then equal elements, then by tag and name, then by tag and order."""
    pairs = [(one, work.pairs.forward[one]) for one in ones if one in work.pairs.forward]
    known = {other for _, other in pairs}
    left = [one for one in ones if one not in work.pairs.forward]
    right = [other for other in others if other not in known and other not in work.pairs.back]
    keys: tuple[Callable[[Element, int], object], ...] = (
        lambda element, side: (work.one, work.other)[side].form(element),
        lambda element, side: (element.tag, *_first_name(element)),
        lambda element, side: element.tag,
    )
    alone = all(len({element.tag for element in side}) == len(side) for side in (left, right))
    for key in keys[-1:] if alone else keys:
        found = grouped(
            [(key(element, 0), index) for index, element in enumerate(left)],
            [(key(element, 1), index) for index, element in enumerate(right)],
            (range(len(left)), range(len(right))),
        )
        pairs.extend((left[one], right[other]) for one, other in found)
        gone = {one for one, _ in found}, {other for _, other in found}
        left = [element for index, element in enumerate(left) if index not in gone[0]]
        right = [element for index, element in enumerate(right) if index not in gone[1]]
    return pairs


def _first_name(element: Element) -> tuple[str, ...]:
    return next(((name, value) for name in _NAMES if (value := element.get(name))), ())


def compare_children(
    work: Work, ones: Iterable[Element], others: Iterable[Element], scope: Scope, visit: Visit, *, ordered: bool = True
) -> None:
    """Tell children that were added, removed or reordered, and visit those that are paired and differ."""
    first, second = list(ones), list(others)
    pairs = pair_children(work, first, second)
    to, back = dict(pairs), {other: one for one, other in pairs}
    for element in first:
        if element not in to and element not in work.pairs.forward:
            work.add(scope, "element-removed", f"<{tag_of(element)}> removed", element, None)
    places = {other: number for number, other in enumerate(second)}
    order = [places[other] for one in first if (other := to.get(one)) in places]
    if ordered and len(rising(order)) != len(order):
        work.add(scope, "order-changed", "stand in another order", first[0].getparent(), second[0].getparent())
    for other in second:
        if other in back:
            visit(work, back[other], other, scope)
        elif other not in work.pairs.back:
            work.add(scope, "element-added", f"<{tag_of(other)}> added", None, other)


def compare(work: Work, one: Element, other: Element, scope: Scope) -> None:
    """Tell every difference between two elements and all they hold, in general words."""
    if work.same(one, other):
        return
    if one.tag != other.tag:
        work.add(scope, "element-changed", f"is now <{tag_of(other)}>, was <{tag_of(one)}>", one, other)
    compare_attributes(work, one, other, scope)
    compare_text(work, one, other, scope)
    compare_children(work, layout.elements(one), layout.elements(other), scope, compare)
