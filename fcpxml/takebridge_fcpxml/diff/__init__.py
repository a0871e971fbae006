"""What is different between two documents, in the words of an editor.

Nothing that differs in value goes unsaid: what has no word of its own is told as a changed attribute, text or element.
Spelling is no difference (see ``canon``). Items are matched by what they play, their place in it and their name, then
by order; a run of items that all moved by one distance is one change. About n log n for n items.
"""

from __future__ import annotations

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff.canon import tag_of
from takebridge_fcpxml.diff.change import Change
from takebridge_fcpxml.diff.timelines import compare_clips, compare_timelines
from takebridge_fcpxml.diff.tree import compare, compare_attributes, compare_children, compare_text, quoted
from takebridge_fcpxml.diff.work import DOCUMENT, RESOURCES, Element, Scope, Work, label
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.view import root_of

__all__ = ["Change", "diff"]

_TIMELINES = ("sequence", "multicam")
#: Children that are told elsewhere, wherever they stand; browser clips stand in events and at the root.
_APART = frozenset({"resources", "event", "project"})


def diff(a: Document, b: Document) -> tuple[Change, ...]:
    """Everything that is different in ``b``: document, then resources, then each timeline in record time."""
    if etree.tostring(a.root, with_tail=False) == etree.tostring(b.root, with_tail=False):
        return ()
    work = Work(a, b)
    work.pairs.add(a.root, b.root)
    _version(work)
    _visit(work, a.root, b.root, DOCUMENT)
    _resources(work)
    _listed(work, "event")
    _listed(work, "project")
    compare_clips(work, root_of(a).clips, root_of(b).clips, Scope("browser", rank=0))
    _renumbered(work)
    return work.sorted_changes()


def _version(work: Work) -> None:
    versions = work.first.version, work.second.version
    if versions[0] != versions[1]:
        message = f"FCPXML version is {quoted(versions[1])}, was {quoted(versions[0])}"
        roots = work.first.root, work.second.root
        work.add(DOCUMENT, "version-changed", message, *roots, name="", values=versions)


def _visit(work: Work, one: Element, other: Element, scope: Scope) -> None:
    """A container: its attributes, its text, and children that are not told apart."""
    compare_attributes(work, one, other, scope, but=("version",) if one.getparent() is None else ())
    compare_text(work, one, other, scope)
    compare_children(work, _plain(one), _plain(other), scope, _container)


def _container(work: Work, one: Element, other: Element, scope: Scope) -> None:
    (_visit if one.tag in ("library", "collection-folder") else compare)(work, one, other, scope)


def _plain(element: Element) -> list[Element]:
    apart = _APART | ITEMS if element.tag in ("event", "fcpxml") else _APART
    return [child for child in layout.elements(element) if child.tag not in apart and child.tag not in _TIMELINES]


def _resources(work: Work) -> None:
    sections = [list(root.iterchildren("resources")) for root in (work.first.root, work.second.root)]
    ones, others = ([element for section in side for element in layout.elements(section)] for side in sections)
    for first, second in zip(*sections, strict=False):
        compare_attributes(work, first, second, RESOURCES)
        compare_text(work, first, second, RESOURCES)
    rank = 1000
    for one in ones:
        other = work.pairs.forward.get(one)
        if other is None:
            work.add(RESOURCES, f"{tag_of(one)}-removed", f"{tag_of(one)} removed", one, None)
            continue
        if one.get("id") != other.get("id"):
            work.renumbered.append((one.get("id", ""), other.get("id", "")))
        rank += 1
        _resource(work, one, other, rank)
    for other in others:
        if other not in work.pairs.back:
            work.add(RESOURCES, f"{tag_of(other)}-added", f"{tag_of(other)} added", None, other)


def _resource(work: Work, one: Element, other: Element, rank: int) -> None:
    if one.tag != "media" or other.tag != "media":
        compare(work, one, other, RESOURCES)
        return
    _visit(work, one, other, RESOURCES)
    _inside(work, one, other, rank)


def _inside(work: Work, one: Element, other: Element, rank: int) -> None:
    """The timelines of a project or compound."""
    ones, others = list(one.iterchildren(*_TIMELINES)), list(other.iterchildren(*_TIMELINES))
    kind = "project" if other.tag == "project" else "multicam" if other.find("multicam") is not None else "compound"
    where = f"{kind} {other.get('name', '')}".rstrip()
    compare_children(
        work,
        ones,
        others,
        Scope(where, rank=rank),
        lambda work, first, second, scope: compare_timelines(work, first, second, where, rank),
    )


def _listed(work: Work, tag: str) -> None:
    """Events or projects: which came, went, moved or are called otherwise, and what is in them."""
    for one in work.first.root.iter(tag):
        if one not in work.pairs.forward:
            work.add(DOCUMENT, f"{tag}-removed", f"{tag} removed", one, None)
    for rank, other in enumerate(work.second.root.iter(tag), start=1):
        before = work.pairs.back.get(other)
        if before is None:
            work.add(DOCUMENT, f"{tag}-added", f"{tag} added", None, other)
            continue
        _renamed(work, before, other)
        scope = Scope(f"{tag} {other.get('name', '')}".rstrip(), rank=rank)
        compare_attributes(work, before, other, scope, but=("name",))
        compare_text(work, before, other, scope)
        compare_children(work, _plain(before), _plain(other), scope, _container)
        if tag == "project":
            _inside(work, before, other, rank)


def _renamed(work: Work, one: Element, other: Element) -> None:
    names = one.get("name"), other.get("name")
    if names[0] != names[1]:
        message = f"{tag_of(other)} renamed, was {quoted(names[0])}"
        work.add(DOCUMENT, f"{tag_of(other)}-renamed", message, one, other, values=names)
    above = one.getparent(), other.getparent()
    if above[0] is None or above[1] is None or other.tag != "project":
        return
    if work.pairs.forward.get(above[0]) is not above[1] and (above[0].tag == "event" or above[1].tag == "event"):
        places = label(above[0], work.first), label(above[1], work.second)
        message = f"project moved to {quoted(places[1])}, was in {quoted(places[0])}"
        work.add(DOCUMENT, "project-moved", message, one, other, values=places)


def _renumbered(work: Work) -> None:
    if work.renumbered:
        shown = ", ".join(f"{one or 'none'} is {other or 'none'}" for one, other in work.renumbered[:3])
        more = ", ..." if len(work.renumbered) > 3 else ""
        message = f"{len(work.renumbered)} ids differ ({shown}{more}); what they name is compared above"
        work.add(RESOURCES, "ids-changed", message, None, None, count=len(work.renumbered))
