"""Two cuts of one timeline: what came, went, moved, was trimmed or replaced, and what merely rippled."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff import items
from takebridge_fcpxml.diff.canon import seconds
from takebridge_fcpxml.diff.match import rising
from takebridge_fcpxml.diff.nodes import Node, nodes_of, pair_nodes
from takebridge_fcpxml.diff.tree import (
    compare,
    compare_attributes,
    compare_children,
    compare_text,
    pair_children,
    quoted,
)
from takebridge_fcpxml.diff.work import Element, Scope, Work, spoken
from takebridge_fcpxml.grammar import STORY
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.view import Format, Timeline, View, view_of

ZERO = Fraction(0)


def compare_timelines(work: Work, one: Element, other: Element, where: str, rank: int) -> None:
    """Tell every difference between two sequences or multicams, the later one's grid being the measure."""
    before, after = view_of(one, work.first), view_of(other, work.second)
    rate = sequence_rate(after)
    drop = other.get("tcFormat") == "DF"
    scope = Scope(where, 1 / rate if rate else None, drop, rank)
    _settings(work, one, other, scope)
    compare_text(work, one, other, scope)
    lines = ("spine", "mc-angle")
    compare_children(
        work,
        [child for child in layout.elements(one) if child.tag not in lines],
        [child for child in layout.elements(other) if child.tag not in lines],
        scope,
        compare,
    )
    roots = pair_children(work, list(one.iterchildren(*lines)), list(other.iterchildren(*lines)))
    for first, second in roots:
        work.pairs.add(first, second)
    compare_children(work, one.iterchildren(*lines), other.iterchildren(*lines), scope, _line_itself)
    shift = (seconds(other, "tcStart") or ZERO) - (seconds(one, "tcStart") or ZERO)
    compare_items(work, nodes_of(before, work.one), nodes_of(after, work.other), scope, shift)


def _settings(work: Work, one: Element, other: Element, scope: Scope) -> None:
    first, second = work.one.attributes(one), work.other.attributes(other)
    if first.get("format") != second.get("format"):
        before, after = _format_name(one, work, 0), _format_name(other, work, 1)
        message = f"format is {after}, was {before}"
        work.add(scope, "format-changed", message, one, other, name="", values=(before, after))
    start, duration = (
        (seconds(one, "tcStart"), seconds(other, "tcStart")),
        (seconds(one, "duration"), seconds(other, "duration")),
    )
    said = {"format"}
    if (start[0] or ZERO) != (start[1] or ZERO):
        said.add("tcStart")
        places = scope.place(start[0] or ZERO), scope.place(start[1] or ZERO)
        message = f"starts at {places[1]}, was {places[0]}"
        work.add(scope, "timecode-start-changed", message, one, other, name="", values=places)
    if duration[0] is not None and duration[1] is not None and duration[0] != duration[1]:
        said.add("duration")
        span = duration[1] - duration[0]
        message = f"{'longer' if span > 0 else 'shorter'} by {scope.length(span)}"
        values = spoken(duration[0]), spoken(duration[1])
        work.add(scope, "duration-changed", message, one, other, name="", span=span, values=values)
    compare_attributes(work, one, other, scope, but=said)


def _format_name(element: Element, work: Work, side: int) -> str:
    timeline = view_of(element, (work.first, work.second)[side])
    form = timeline.format if isinstance(timeline, Timeline) else None
    if not isinstance(form, Format):
        return quoted(element.get("format"))
    get = form.element.get
    size = f"{get('width', '?')}x{get('height', '?')}"
    return f"{form.name or form.id} ({size}, {get('frameDuration', 'no rate')})"


def _line_itself(work: Work, one: Element, other: Element, scope: Scope) -> None:
    """A primary storyline or an angle, without its items."""
    compare_attributes(work, one, other, scope)
    compare_text(work, one, other, scope)
    compare_children(
        work,
        [child for child in layout.elements(one) if child.tag not in STORY],
        [child for child in layout.elements(other) if child.tag not in STORY],
        scope,
        compare,
    )


def compare_clips(work: Work, ones: Iterable[View], others: Iterable[View], scope: Scope) -> None:
    """Tell every difference between two lists of browser clips, which stand on no timeline."""
    first = [node for clip in ones for node in nodes_of(clip, work.one)]
    second = [node for clip in others for node in nodes_of(clip, work.other)]
    compare_items(work, first, second, scope, ZERO)


def compare_items(work: Work, ones: list[Node], others: list[Node], scope: Scope, shift: Fraction) -> None:
    """Tell every difference between two lists of items, ``shift`` being how far the timeline's start moved."""
    pair_nodes(ones, others)
    for node in ones:
        if node.partner:
            work.pairs.add(node.element, node.partner.element)
    _pair_storylines(work, ones)
    items.tell_storylines(work, ones, others, scope)
    items.tell_gone(work, ones, others, scope)
    _tell_order(work, ones, others, scope)
    for node in others:
        if node.partner:
            items.compare_item(work, node.partner, node, scope, shifted=shift != 0)


def _pair_storylines(work: Work, ones: list[Node]) -> None:
    """Connected storylines that share an item are one storyline."""
    for node in ones:
        line = node.container
        if line.tag != "spine" or node.partner is None or line in work.pairs.forward:
            continue
        other = node.partner.container
        if other.tag == "spine" and other not in work.pairs.back:
            work.pairs.add(line, other)


def _tell_order(work: Work, ones: list[Node], others: list[Node], scope: Scope) -> None:
    """Tell what moved inside its storyline; runs that moved by one distance are one line."""
    places = {id(node): number for number, node in enumerate(ones)}
    lines: dict[Element, list[Node]] = {}
    for node in others:
        if node.in_storyline and node.partner and work.pairs.back.get(node.container) is node.partner.container:
            lines.setdefault(node.container, []).append(node)
    for line in lines.values():
        _tell_line(work, line, places, scope)


def _tell_line(work: Work, line: list[Node], places: dict[int, int], scope: Scope) -> None:
    # By order in the document: offsets that contradict it are a fault of one of the two, to be told in both directions.
    kept = set(rising([places[id(node.partner)] for node in line]))
    run: list[Node] = []
    for index, node in enumerate(line):
        span = items.drift(node)
        if index not in kept:
            items.tell_moved(work, node, scope)
        elif run and span != items.drift(run[0]):
            _tell_run(work, run, scope)
            run = [node] if span else []
        elif span:
            run.append(node)
    _tell_run(work, run, scope)


def _tell_run(work: Work, run: list[Node], scope: Scope) -> None:
    if len(run) == 1:
        items.tell_moved(work, run[0], scope)
    elif run:
        first, span = run[0], items.drift(run[0])
        assert first.partner is not None
        work.add(
            scope,
            "rippled",
            f"and the {len(run) - 1} after it: all {scope.length(span)} {'later' if span > 0 else 'earlier'}",
            first.partner.element,
            first.element,
            record=first.record,
            span=span,
            count=len(run),
        )
