"""Letting a document take on what another version of it says, touching only what is different.

A document that went through another form comes back equal in value but spelled anew in places. Here the first one is
edited until it says the same: elements that are equal keep their own nodes, and so their spelling, byte for byte.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from lxml import etree

from takebridge_fcpxml.document import Document

Node = etree._Element


def adopt(document: Document, wanted: Document) -> None:
    """Edit ``document`` until its tree is that of ``wanted``, which stays as it is. Equal elements are not touched."""
    _element(document.root, wanted.root)
    document.resources_changed()


def _element(here: Node, wanted: Node) -> None:
    if _text(here) == _text(wanted):
        return
    for name in set(here.attrib) - set(wanted.attrib):
        del here.attrib[name]
    for name, value in wanted.attrib.items():
        if here.get(name) != value:
            here.set(name, value)
    if here.text != wanted.text:
        here.text = wanted.text
    _children(here, wanted)


def _children(here: Node, wanted: Node) -> None:
    """Keep equal children, edit those that stand for each other, put in and take out the others."""
    mine, theirs = list(here), list(wanted)
    partner = _pairs(mine, theirs)
    kept = set(partner.values())
    for child in mine:
        if child not in kept:
            here.remove(child)
    for index, child in enumerate(theirs):
        own = partner.get(index)
        if own is None:
            own = _copy(child)
            here.insert(index, own)
        else:
            _element(own, child)
        if own.tail != child.tail:
            own.tail = child.tail


def _pairs(mine: list[Node], theirs: list[Node]) -> dict[int, Node]:
    """The child of ours that stands for each of theirs, by number: an equal one, else one of its kind in its place."""
    texts = [_text(one) for one in mine], [_text(one) for one in theirs]
    found: dict[int, Node] = {}
    for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind == "equal":
            found |= dict(zip(range(c, d), mine[a:b], strict=True))
        elif kind == "replace":
            found |= _alike(mine[a:b], list(zip(range(c, d), theirs[c:d], strict=True)))
    return found


def _alike(mine: list[Node], theirs: list[tuple[int, Node]]) -> dict[int, Node]:
    """Children of one kind in one order; elements with an id stand for the one with the same id only."""
    found: dict[int, Node] = {}
    first = 0
    for index, child in theirs:
        for place in range(first, len(mine)):
            if _kind(mine[place]) == _kind(child):
                found[index], first = mine[place], place + 1
                break
    return found


def _kind(node: Node) -> tuple[str, str | None]:
    return str(node.tag), node.get("id") if isinstance(node.tag, str) else None


def _text(node: Node) -> bytes:
    return etree.tostring(node, encoding="utf-8", with_tail=False)


def _copy(node: Node) -> Node:
    made = etree.fromstring(_text(node)) if isinstance(node.tag, str) else _plain(node)
    made.tail = node.tail
    return made


def _plain(node: Node) -> Node:
    if isinstance(node, etree._Comment):
        return etree.Comment(node.text)
    return etree.ProcessingInstruction(getattr(node, "target", ""), node.text)
