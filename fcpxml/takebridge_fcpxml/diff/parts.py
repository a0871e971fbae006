"""What hangs on an item: marks, words, effects, speed, metadata, and the takes of an audition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from fractions import Fraction

from takebridge_fcpxml import layout
from takebridge_fcpxml.diff.canon import Side, seconds, tag_of
from takebridge_fcpxml.diff.match import grouped, rising
from takebridge_fcpxml.diff.nodes import Node
from takebridge_fcpxml.diff.tree import quoted
from takebridge_fcpxml.diff.work import Element, Scope, Work, label
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.grammar import MARKERS, STORY
from takebridge_fcpxml.view import TimeMap, view_of

_GROUPS = {
    "note": "note",
    "conform-rate": "retime",
    "timeMap": "retime",
    "object-tracker": "adjustments",
    "text": "text",
    "text-style-def": "text-style",
    "param": "parameters",
    "audio-source": "audio",
    "audio-aux-source": "audio",
    "audio-channel-source": "audio",
    "audio-role-source": "audio",
    "sync-source": "audio",
    "mute": "audio",
    "mc-source": "angle",
    "metadata": "metadata",
}
_SAID = {
    "retime": "speed or rate conforming changed",
    "text-style": "text style changed",
    "parameters": "parameters changed",
    "audio": "audio channels or roles changed",
    "angle": "multicam angle changed",
}


def compare_parts(work: Work, one: Node, other: Node, scope: Scope) -> None:
    """Tell what differs among the children of an item that are not items themselves."""
    first, second = _by_group(one.element), _by_group(other.element)
    for group in dict.fromkeys((*first, *second)):
        before, after = first.get(group, []), second.get(group, [])
        if group == "text-style":
            _collect_labels(work, before, after)
        if len(before) == len(after) and all(map(work.same, before, after)):
            continue
        if group == "marks":
            _tell_marks(work, one, other, before, after, scope)
            continue
        message, values = _say(work, group, before, after)
        work.add(
            scope,
            f"{group}-changed",
            message,
            one.element,
            other.element,
            record=other.record,
            values=values,
        )


def _by_group(element: Element) -> dict[str, list[Element]]:
    groups: dict[str, list[Element]] = {}
    for child in layout.elements(element):
        tag = str(child.tag)
        if tag not in STORY:
            groups.setdefault(_group(tag), []).append(child)
    return groups


def _group(tag: str) -> str:
    if tag in MARKERS:
        return "marks"
    if tag.startswith("adjust-"):
        return "adjustments"
    return "effects" if tag.startswith("filter-") else _GROUPS.get(tag, "element")


def _say(
    work: Work, group: str, before: list[Element], after: list[Element]
) -> tuple[str, tuple[str | None, str | None]]:
    if group in ("note", "text"):
        words = _joined(before), _joined(after)
        if words[0] == words[1]:
            return "placement or style of the text changed", (None, None)
        return f"{group} is {quoted(words[1])}, was {quoted(words[0])}", words
    if group == "retime":
        speeds = _speed(before, work.first), _speed(after, work.second)
        if speeds[0] != speeds[1]:
            return f"speed is {speeds[1]}, was {speeds[0]}", speeds
    if group in _SAID:
        return _SAID[group], (None, None)
    names = ", ".join(_different(work, group, before, after))
    if group == "metadata":
        return f"metadata changed: {names}" if names else "order of the metadata changed", (None, None)
    word = {"element": "contents"}.get(group, group)
    return f"{word} changed: {names}" if names else f"order of the {word} changed", (None, None)


def _joined(parts: list[Element]) -> str | None:
    return "\n".join("".join(map(str, part.itertext())).strip("\n") for part in parts) if parts else None


def _speed(parts: list[Element], document: Document) -> str:
    for part in parts:
        view = view_of(part, document)
        if isinstance(view, TimeMap):
            speed = _constant_speed(view)
            return "variable" if speed is None else f"{float(speed * 100):g}%"
    return "100%"


def _constant_speed(time_map: TimeMap) -> Fraction | None:
    points = list(time_map.element.iterchildren("timept"))
    if any(seconds(point, "time") is None or seconds(point, "value") is None for point in points):
        return None
    return time_map.speed


def _different(work: Work, group: str, before: list[Element], after: list[Element]) -> list[str]:
    if group == "metadata":
        before = [entry for part in before for entry in layout.elements(part)]
        after = [entry for part in after for entry in layout.elements(part)]
    first = Counter((_called(part), work.one.form(part)) for part in before)
    second = Counter((_called(part), work.other.form(part)) for part in after)
    return list(dict.fromkeys(name for name, _ in (*(first - second), *(second - first))))


def _called(part: Element) -> str:
    tag = str(part.tag)
    if tag.startswith("adjust-"):
        return tag.removeprefix("adjust-")
    return part.get("displayName") or part.get("name") or part.get("key") or f"<{tag}>"


def _collect_labels(work: Work, before: list[Element], after: list[Element]) -> None:
    for one, other in zip(before, after, strict=False):
        if one.get("id") != other.get("id"):
            work.renumbered.append((one.get("id", ""), other.get("id", "")))


def _tell_marks(work: Work, one: Node, other: Node, before: list[Element], after: list[Element], scope: Scope) -> None:
    left, right = list(before), list(after)
    keys: tuple[Callable[[Element, Side], Hashable], ...] = (
        lambda mark, side: side.form(mark),
        lambda mark, side: (mark.tag, mark.get("value")),
        lambda mark, side: (mark.tag, side.value(mark, "start")),
    )
    count = len(work)
    for number, key in enumerate(keys):
        found = grouped(
            [(key(mark, work.one), index) for index, mark in enumerate(left)],
            [(key(mark, work.other), index) for index, mark in enumerate(right)],
            (range(len(left)), range(len(right))),
        )
        for first, second in found if number else ():
            _tell_mark(work, left[first], right[second], other, scope)
        gone = {pair[0] for pair in found}, {pair[1] for pair in found}
        left = [mark for index, mark in enumerate(left) if index not in gone[0]]
        right = [mark for index, mark in enumerate(right) if index not in gone[1]]
    for mark in left:
        work.add(scope, "mark-removed", f"{tag_of(mark)} removed", mark, None, record=_at(mark, one))
    for mark in right:
        work.add(scope, "mark-added", f"{tag_of(mark)} added", None, mark, record=_at(mark, other))
    if len(work) == count:
        work.add(scope, "marks-changed", "order of the marks changed", one.element, other.element, record=other.record)


def _at(mark: Element, node: Node) -> Fraction:
    start = seconds(mark, "start")
    return node.record if start is None else node.record + (start - node.start) / node.scale


def _tell_mark(work: Work, one: Element, other: Element, node: Node, scope: Scope) -> None:
    before, after = work.one.attributes(one), work.other.attributes(other)
    said = [
        f"{name} is {quoted(other.get(name))}, was {quoted(one.get(name))}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    message = f"{tag_of(other)} changed: {'; '.join(said) or 'its contents'}"
    on = f"{label(other, work.second)} on {label(node.element, work.second)}"
    work.add(scope, "mark-changed", message, one, other, name=on, record=_at(other, node))


def compare_picks(work: Work, one: Node, other: Node, scope: Scope) -> None:
    """Tell another pick, or another order of the takes that wait."""
    first, second = _takes(one.element), _takes(other.element)
    if not first or not second:
        return
    if work.pairs.forward.get(first[0]) is not second[0]:
        names = label(first[0], work.first), label(second[0], work.second)
        message = f"pick is {quoted(names[1])}, was {quoted(names[0])}"
        work.add(scope, "pick-changed", message, one.element, other.element, record=other.record, values=names)
        return
    places = {take: number for number, take in enumerate(second)}
    order = [places[partner] for take in first if (partner := work.pairs.forward.get(take)) in places]
    if len(rising(order)) != len(order):
        message = "takes stand in another order"
        work.add(scope, "tray-changed", message, one.element, other.element, record=other.record)


def _takes(audition: Element) -> list[Element]:
    return [child for child in layout.elements(audition) if child.tag in STORY]
