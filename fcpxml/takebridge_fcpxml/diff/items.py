"""One item in two cuts: place, trim, what it plays, and what hangs on it."""

from __future__ import annotations

from fractions import Fraction

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff import parts
from takebridge_fcpxml.diff.canon import tag_of
from takebridge_fcpxml.diff.nodes import Node
from takebridge_fcpxml.diff.tree import (
    compare,
    compare_attributes,
    compare_children,
    compare_text,
    quoted,
    tell_attribute,
)
from takebridge_fcpxml.diff.work import Element, Scope, Work, label, spoken
from takebridge_fcpxml.grammar import STORY
from takebridge_fcpxml.urls import file_name
from takebridge_fcpxml.view import Asset

ZERO = Fraction(0)
_TIMING = ("offset", "start", "duration")
_ROLES = ("role", "audioRole", "videoRole")


def tell_storylines(work: Work, ones: list[Node], others: list[Node], scope: Scope) -> None:
    """Tell connected storylines that came or went, and what changed about the others."""
    for nodes, pairs, verb in ((ones, work.pairs.forward, "removed"), (others, work.pairs.back, "added")):
        for line, held in _storylines(nodes).items():
            if line not in pairs:
                sides = (line, None) if verb == "removed" else (None, line)
                work.add(
                    scope,
                    f"storyline-{verb}",
                    f"storyline of {len(held)} item{'' if len(held) == 1 else 's'} {verb}",
                    *sides,
                    name=line.get("name") or label(held[0].element, work.first if verb == "removed" else work.second),
                    record=held[0].record - held[0].rel,
                    count=len(held),
                )
    for line, held in _storylines(others).items():
        if line in work.pairs.back:
            _compare_storyline(work, work.pairs.back[line], line, held[0], scope)


def _storylines(nodes: list[Node]) -> dict[Element, list[Node]]:
    lines: dict[Element, list[Node]] = {}
    for node in nodes:
        if node.container.tag == "spine" and node.host is not None:
            lines.setdefault(node.container, []).append(node)
    return lines


def _compare_storyline(work: Work, one: Element, other: Element, node: Node, scope: Scope) -> None:
    record = node.record - node.rel
    before, after = work.one.attributes(one), work.other.attributes(other)
    if before.get("lane") != after.get("lane"):
        work.add(scope, "lane-changed", _lanes(one, other), one, other, name=_line_name(other), record=record)
    said = {"lane"}
    same_host = node.host is not None and work.pairs.back.get(node.host.element) is one.getparent()
    if before.get("offset") != after.get("offset") or not same_host:
        said.add("offset")
        where = "moved" if same_host else "connected to another item"
        values = one.get("offset"), other.get("offset")
        message = f"storyline {where} (offset {quoted(values[1])}, was {quoted(values[0])})"
        work.add(scope, "storyline-moved", message, one, other, name=_line_name(other), record=record, values=values)
    compare_attributes(work, one, other, scope, but=said)
    compare_text(work, one, other, scope)
    loose = [[child for child in layout.elements(line) if child.tag not in STORY] for line in (one, other)]
    compare_children(work, loose[0], loose[1], scope, compare)


def _line_name(line: Element) -> str:
    return line.get("name") or "storyline"


def tell_gone(work: Work, ones: list[Node], others: list[Node], scope: Scope) -> None:
    """Tell items that were removed, then those that were added; what hangs on one that goes, goes with it."""
    for nodes, verb in ((ones, "removed"), (others, "added")):
        carried: dict[Node, int] = {}
        for node in nodes:
            if node.partner is None:
                top = node
                while top.host is not None and top.host.partner is None:
                    top = top.host
                carried[top] = carried.get(top, 0) + 1
        made = {node.host for node in nodes if node.partner and node.host and node.host.kind == "audition"}
        pairs = work.pairs.forward if verb == "removed" else work.pairs.back
        for top, count in carried.items():
            told_as_storyline = top.container.tag == "spine" and top.host is not None and top.container not in pairs
            if not told_as_storyline:
                _tell_one(work, top, count, verb, scope, top in made)


def _tell_one(work: Work, node: Node, count: int, verb: str, scope: Scope, made: bool) -> None:
    sides = (node.element, None) if verb == "removed" else (None, node.element)
    lane = f" on lane {node.lane}" if node.lane else ""
    more = f" with {count - 1} item{'' if count == 2 else 's'} on it" if count > 1 else ""
    kind, message = f"item-{verb}", f"{_word(node.kind)}{lane}{more} {verb}"
    takes = sum(1 for _ in node.element.iterchildren("*"))
    if node.host is not None and node.host.kind == "audition":
        kind, message = f"take-{verb}", f"take {verb} {'from' if verb == 'removed' else 'to'} the audition"
    elif made and verb == "added":
        kind, message = "audition-made", f"made an audition with {takes} takes"
    elif made:
        kind, message = "audition-resolved", f"the audition of {takes} takes became a single clip"
    elif node.kind == "audition":
        message = f"audition{lane} with {takes} takes {verb}"
    span = node.duration if verb == "added" else -node.duration
    work.add(scope, kind, message, *sides, record=node.record, span=span, count=count)


def _word(kind: str) -> str:
    return _WORDS.get(kind, kind)


def drift(node: Node) -> Fraction:
    """How far an item moved in its storyline; a trimmed head that leaves the rest where it was is no move."""
    one = node.partner
    assert one is not None
    moved = node.rel - one.rel
    head = (node.start - one.start) / node.scale
    return ZERO if moved and moved == head and one.duration != node.duration else moved


def tell_moved(work: Work, node: Node, scope: Scope) -> None:
    """Tell that an item stands elsewhere in record time, or on something else."""
    one = node.partner
    assert one is not None
    span = node.rel - one.rel
    same = work.pairs.back.get(node.container) is one.container
    places = scope.place(one.record), scope.place(node.record)
    if same and span and node.host is not None and not node.in_storyline:
        message = f"moved {scope.length(span)} {_way(span)} on the clip it is connected to"
    elif same and span:
        message = f"moved {scope.length(span)} {_way(span)}, to {places[1]}"
    elif same:
        message = "changed places with its neighbours"
    else:
        span = node.record - one.record
        message = f"moved from {places[0]} ({_standing(one, work, 0)}) to {places[1]} ({_standing(node, work, 1)})"
    work.add(scope, "item-moved", message, one.element, node.element, record=node.record, span=span, values=places)


def _way(span: Fraction) -> str:
    return "later" if span > 0 else "earlier"


def _standing(node: Node, work: Work, side: int) -> str:
    if node.host is None:
        return "primary storyline" if node.container.tag == "spine" else f"<{tag_of(node.container)}>"
    lane = f"lane {node.lane}, " if node.lane else ""
    held = "in" if node.host.kind == "audition" or not node.lane else "on"
    return f"{lane}{held} {label(node.host.element, (work.first, work.second)[side])}"


def compare_item(work: Work, one: Node, other: Node, scope: Scope, *, shifted: bool) -> None:
    """Tell everything that differs between an item and its partner, but moves inside a storyline.

    ``shifted`` says that the start of the timeline moved, so offsets differ everywhere.
    """
    if one.kind != other.kind:
        message = f"is now a {_word(other.kind)}, was a {_word(one.kind)}"
        work.add(scope, "kind-changed", message, one.element, other.element, record=other.record)
    _place(work, one, other, scope, shifted)
    _trim(work, one, other, scope)
    _words(work, one, other, scope)
    if other.kind == "audition":
        parts.compare_picks(work, one, other, scope)
    parts.compare_parts(work, one, other, scope)


def _place(work: Work, one: Node, other: Node, scope: Scope, shifted: bool) -> None:
    same = work.pairs.back.get(other.container) is one.container
    offsets_differ = work.one.value(one.element, "offset") != work.other.value(other.element, "offset")
    moved = one.rel != other.rel
    if not same:
        auditions = [node.host for node in (one, other) if node.host is not None and node.host.kind == "audition"]
        told_by_audition = one.record == other.record and any(audition.partner is None for audition in auditions)
        # A storyline that came or went has told of its items already, unless one stands elsewhere now.
        if not told_by_audition:
            tell_moved(work, other, scope)
    elif moved and offsets_differ and not other.in_storyline:
        tell_moved(work, other, scope)
    elif offsets_differ and not moved and not shifted and not _follows(one, other):
        tell_attribute(work, one.element, other.element, "offset", scope)


def _follows(one: Node, other: Node) -> bool:
    """Whether its host's own time changed, which changes the offsets of everything on it."""
    first, second = one.host, other.host
    if first is None or second is None or other.in_storyline or second.kind == "audition":
        return False
    return first.start != second.start or first.scale != second.scale


def _trim(work: Work, one: Node, other: Node, scope: Scope) -> None:
    begin, longer = (other.start - one.start) / other.scale, other.duration - one.duration

    def tell(kind: str, message: str, span: Fraction, names: str) -> None:
        values = spoken(getattr(one, names)), spoken(getattr(other, names))
        work.add(scope, kind, message, one.element, other.element, record=other.record, span=span, values=values)

    if begin and one.media != other.media:
        tell("source-start-changed", f"plays from {spoken(other.start)}, was {spoken(one.start)}", begin, "start")
        if longer:
            tell(
                "duration-changed",
                f"{'longer' if longer > 0 else 'shorter'} by {scope.length(longer)}",
                longer,
                "duration",
            )
    elif begin and not longer:
        tell("slipped", f"slipped {scope.length(begin)} {_way(begin)} in its media", begin, "start")
    else:
        tail = longer + begin
        if begin:
            tell(
                "head-trimmed",
                f"head {'trimmed' if begin > 0 else 'extended'} by {scope.length(begin)}",
                begin,
                "start",
            )
        if tail:
            tell(
                "tail-trimmed",
                f"tail {'extended' if tail > 0 else 'trimmed'} by {scope.length(tail)}",
                tail,
                "duration",
            )
    if not begin and work.one.value(one.element, "start") != work.other.value(other.element, "start"):
        tell_attribute(work, one.element, other.element, "start", scope)
    if not longer and work.one.value(one.element, "duration") != work.other.value(other.element, "duration"):
        tell_attribute(work, one.element, other.element, "duration", scope)


def _words(work: Work, one: Node, other: Node, scope: Scope) -> None:
    compare_text(work, one.element, other.element, scope)
    if work.same_attributes(one.element, other.element):
        return
    before, after = work.one.attributes(one.element), work.other.attributes(other.element)
    told = set(_TIMING)

    def differs(name: str) -> bool:
        told.add(name)
        return before.get(name) != after.get(name)

    def tell(kind: str, message: str, values: tuple[str | None, str | None]) -> None:
        work.add(scope, kind, message, one.element, other.element, record=other.record, values=values)

    if differs("name"):
        values = one.element.get("name"), other.element.get("name")
        tell("renamed", f"renamed, was {quoted(values[0])}", values)
    if differs("lane"):
        tell("lane-changed", _lanes(one.element, other.element), (str(one.lane), str(other.lane)))
    if differs("enabled"):
        values = one.element.get("enabled"), other.element.get("enabled")
        tell("enabled-changed", "disabled" if values[1] == "0" else "enabled again", values)
    if differs("ref"):
        played = _played(one.element, work, 0), _played(other.element, work, 1)
        tell("media-replaced", f"plays {quoted(played[1])}, was {quoted(played[0])}", played)
    for name in _ROLES:
        if differs(name):
            values = one.element.get(name), other.element.get(name)
            which = {"audioRole": "audio role", "videoRole": "video role"}.get(name, "role")
            tell("role-changed", f"{which} is {quoted(values[1])}, was {quoted(values[0])}", values)
    compare_attributes(work, one.element, other.element, scope, but=told)


def _lanes(one: Element, other: Element) -> str:
    return f"on lane {other.get('lane', '0')}, was on lane {one.get('lane', '0')}"


def _played(element: Element, work: Work, side: int) -> str | None:
    document = (work.first, work.second)[side]
    identifier = element.get("ref")
    resource = document.resource(identifier)
    if resource is None:
        return identifier
    if resource.tag == "asset":
        return file_name(Asset(resource, document).src or "") or resource.get("name")
    return resource.get("name") or identifier


_WORDS = {
    "asset-clip": "clip",
    "ref-clip": "compound clip",
    "mc-clip": "multicam clip",
    "sync-clip": "synchronized clip",
    "live-drawing": "drawing",
}
