"""A whole-ancestry signature, as reference/canvas.md §2 describes ComfyUI's cache key; written from that description.

A node's key holds, for the node and every ancestor, its class, its literal inputs sorted by name, and its links as
("ANCESTOR", index of the ancestor, slot). Node ids stay out. Everything is made hashable and hashed as one. The walk
over the ancestry is iterative here: the original recurses and fails at a depth of about 1,000.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

Graph = Mapping[str, Mapping[str, Any]]
"""``{id: {"class_type": …, "inputs": {name: literal or [id, slot]}}}``."""


def signature(graph: Graph, node: str) -> int:
    """Return the cache key of one node."""
    order = _ancestry(graph, node)
    index = {name: number for number, name in enumerate(order)}
    return hash(_hashable([_own(graph, name, index) for name in (node, *order)]))


def _ancestry(graph: Graph, node: str) -> list[str]:
    """Ancestors in the order a depth-first walk over the sorted inputs meets them."""
    order: dict[str, None] = {}
    waiting = _sources(graph, node)[::-1]
    while waiting:
        name = waiting.pop()
        if name not in order:
            order[name] = None
            waiting.extend(_sources(graph, name)[::-1])
    return list(order)


def _sources(graph: Graph, node: str) -> list[str]:
    inputs = graph[node]["inputs"]
    return [inputs[name][0] for name in sorted(inputs) if isinstance(inputs[name], list)]


def _own(graph: Graph, node: str, index: Mapping[str, int]) -> list[Any]:
    inputs = graph[node]["inputs"]
    found: list[Any] = [graph[node]["class_type"], False]
    for name in sorted(inputs):
        value = inputs[name]
        link = isinstance(value, list)
        found.append((name, ("ANCESTOR", index[value[0]], value[1]) if link else value))
    return found


def _hashable(value: Any) -> Hashable:  # noqa: ANN401
    if isinstance(value, (list, tuple)):
        return frozenset(zip(range(len(value)), (_hashable(item) for item in value), strict=True))
    return value  # type: ignore[no-any-return]
