"""Putting elements in and taking them out without disturbing the lines around them.

White space between elements is text like any other here: an inserted element takes the indentation of its siblings, a
removed one leaves no blank line behind, and nothing else moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lxml import etree

_STEP = "    "


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """Child elements, without comments and processing instructions."""
    return parent.iterchildren(tag=etree.Element)


def paths(root: etree._Element) -> dict[etree._Element, str]:
    """Where every element inside ``root`` stands, as ``Document.element_path`` says it, in one walk."""
    found = {root: str(root.tag)}
    for parent in root.iter(etree.Element):
        above = found[parent]
        tags = [str(child.tag) for child in elements(parent)]
        several = Counter(tags)
        seen: Counter[str] = Counter()
        for child, tag in zip(elements(parent), tags, strict=True):
            seen[tag] += 1
            found[child] = f"{above}/{tag}[{seen[tag]}]" if several[tag] > 1 else f"{above}/{tag}"
    return found


def insert(parent: etree._Element, index: int, child: etree._Element) -> None:
    """Make ``child`` the node ``parent[index]``, indented like its new siblings. Words keep their white space."""
    put(parent, next(parent.iterchildren() if index <= 0 else islice(parent, index, None), None), child)


def put(parent: etree._Element, following: etree._Element | None, child: etree._Element) -> None:
    """As `insert`, before the node ``following``, or last for None: without counting siblings, which takes a walk."""
    indent = _indent_of_children(parent)
    _indent(child, indent)
    if following is not None:
        child.tail = indent
        following.addprevious(child)
        return
    last = next(parent.iterchildren(reversed=True), None)
    if last is None:
        if _is_blank(parent.text):
            parent.text = indent
        child.tail = indent[: -len(_STEP)] if indent.endswith(_STEP) else indent
    elif _is_blank(last.tail):
        child.tail, last.tail = last.tail, indent
    else:
        child.tail = None
    parent.append(child)


def remove(child: etree._Element) -> None:
    """Take ``child`` out of its parent; text after it (not white space) stays."""
    parent = child.getparent()
    if parent is None:
        return
    tail, before = child.tail, child.getprevious()
    if not _is_blank(tail):
        if before is None:
            parent.text = (parent.text or "") + (tail or "")
        else:
            before.tail = (before.tail or "") + (tail or "")
    elif child.getnext() is None:
        if before is None and _is_blank(parent.text):
            parent.text = None
        elif before is not None and _is_blank(before.tail):
            before.tail = tail
    child.tail = None
    parent.remove(child)


def replace(old: etree._Element, new: etree._Element) -> None:
    """Put ``new`` where ``old`` stood, with the same white space around it."""
    parent = old.getparent()
    if parent is None:
        return
    new.tail = old.tail
    parent.replace(old, new)


def _indent(element: etree._Element, indent: str) -> None:
    """Indent what is inside, where nothing but white space stands between elements: spaces between runs are words."""
    children = list(element)
    spaces = [element.text, *(child.tail for child in children)]
    if not children or element.tag == "text" or not all(_is_blank(space) for space in spaces):
        return
    element.text = indent + _STEP
    for child in children:
        _indent(child, indent + _STEP)
        child.tail = indent + _STEP
    children[-1].tail = indent


def _indent_of_children(parent: etree._Element) -> str:
    text = parent.text
    if text and "\n" in text and _is_blank(text) and next(parent.iterchildren(), None) is not None:
        return "\n" + text.rpartition("\n")[2]
    depth = sum(1 for _ in parent.iterancestors()) + 1
    own = parent.getparent()
    if own is not None and own.text and _is_blank(own.text) and "\n" in own.text:
        return "\n" + own.text.rpartition("\n")[2] + _STEP
    return "\n" + _STEP * depth


def _is_blank(text: str | None) -> bool:
    return not (text or "").strip()
