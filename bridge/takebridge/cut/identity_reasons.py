"""Why two clips are held to be the same, in words."""

from __future__ import annotations

from takebridge.cut.identity_nodes import NONE, Node
from takebridge.cut.identity_score import Scorer


def reasons(scorer: Scorer, one: Node, other: Node) -> tuple[str, ...]:
    """Return the evidence for a pair, the strongest first."""
    found: list[str] = []
    if one.ids and other.ids and scorer.ids.weigh(one, other) > 0:
        found.append("same clip id")
    if scorer.same_media(one, other):
        found.append(_media(scorer, other))
    source = _source(scorer, one, other)
    if source:
        found.append(source)
    if not found and one.clip.name and one.clip.name == other.clip.name:
        found.append("same name")
    found.extend(_place(scorer, one, other))
    return tuple(found) or ("what is left on both sides",)


def _media(scorer: Scorer, other: Node) -> str:
    how = scorer.media.how.get(other.media, "path")
    return "same media" if how == "path" else f"same media by {how}"


def _source(scorer: Scorer, one: Node, other: Node) -> str:
    shown = scorer.shown(other)
    if shown is None or one.head is None or one.tail is None:
        return ""
    head, tail = scorer.equal(one.head, shown[0]), scorer.equal(one.tail, shown[1])
    if head and tail:
        return "same source range"
    if head or tail:
        return "same source in-point" if head else "same source out-point"
    return "source ranges overlap" if one.head < shown[1] and shown[0] < one.tail else ""


def _place(scorer: Scorer, one: Node, other: Node) -> list[str]:
    to_b = scorer.now.to_b
    before = one.prev != NONE and other.prev != NONE and to_b[one.prev] == other.prev
    after = one.next != NONE and other.next != NONE and to_b[one.next] == other.next
    found = []
    if before and after:
        found.append("same neighbours")
    elif before or after:
        found.append("same clip before it" if before else "same clip after it")
    if any(to_b[partner] in other.partners for partner in one.partners):
        found.append("linked clips match")
    if not before and not after and one.start == other.start and one.length == other.length:
        found.append("same place and length")
    return found
