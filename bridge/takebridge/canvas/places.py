"""Where new nodes go, in canvas units: where a person looks for them, touching nothing. No chance in it.

The sizes are those of the canvas page (server/canvas/src/graph/geometry.ts): a card of 264 × 208 that grows with its
ports, a group as large as it says, and the room that wires and the names of ports need around both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from takebridge.canvas.model import Canvas, Kinds, Node
from takebridge.ids import NodeId

COLUMN = 416
ROW = 256
_WIDTH, _HEIGHT = 264, 208
_GAP_X, _GAP_Y = COLUMN - _WIDTH, ROW - _HEIGHT
_FIRST_PORT, _PORT = 46, 24
_SCREEN = (16, 9)


class Place(NamedTuple):
    """The upper left corner of a node."""

    x: int
    y: int


class _Box(NamedTuple):
    x: int
    y: int
    right: int
    bottom: int


def new_row(canvas: Canvas, kinds: Kinds, like: str, *, columns: int = 1, rows: int = 1) -> Place:
    """Return where cards for so many columns and rows go: below the lowest node of the kind ``like``.

    Without one they begin beside the rest: under what is wide, at the right of what is tall, so that a screen shows
    both at once.
    """
    same = [node for node in canvas.nodes.values() if node.kind == like]
    if same:
        lowest = max(same, key=lambda node: (node.y, -node.x, node.id))
        return _below(Place(lowest.x, lowest.y + ROW), columns, rows, _boxes(canvas, kinds))
    boxes = _boxes(canvas, kinds)
    return _below(_beside(boxes), columns, rows, boxes)


def before(canvas: Canvas, kinds: Kinds, node: NodeId) -> Place:
    """Return where a node that feeds ``node`` goes: at its left, below what stands there."""
    fed = canvas.nodes[node]
    return _below(Place(fed.x - COLUMN, fed.y), 1, 1, _boxes(canvas, kinds))


def behind(canvas: Canvas, kinds: Kinds, node: NodeId, taken: Iterable[Place] = ()) -> Place:
    """Return where a node fed by ``node`` goes: the first place at its right, in its row, that is not taken."""
    boxes = [*_boxes(canvas, kinds), *(_Box(at.x, at.y, at.x + _WIDTH, at.y + _HEIGHT) for at in taken)]
    source = canvas.nodes[node]
    at = Place(source.x + COLUMN, source.y)
    while _below(at, 1, 1, boxes) != at:
        at = Place(at.x + COLUMN, at.y)
    return at


def _boxes(canvas: Canvas, kinds: Kinds) -> list[_Box]:
    return [_box(node, kinds) for node in canvas.nodes.values()]


def _box(node: Node, kinds: Kinds) -> _Box:
    width, height = _WIDTH, _HEIGHT
    if node.kind == "group":
        width, height = (_length(node.params.get(name), least) for name, least in (("width", 640), ("height", 480)))
    elif (kind := kinds.get(node.kind)) is not None:
        height = max(_HEIGHT, _FIRST_PORT + _PORT * max(len(kind.inputs), len(kind.outputs)))
    return _Box(node.x, node.y, node.x + width, node.y + height)


def _length(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise


def _beside(boxes: Sequence[_Box]) -> Place:
    if not boxes:
        return Place(0, 0)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    wide = (right - left) * _SCREEN[1] >= (bottom - top) * _SCREEN[0]
    return Place(left, bottom + _GAP_Y) if wide else Place(right + _GAP_X, top)


def _below(at: Place, columns: int, rows: int, boxes: Iterable[_Box]) -> Place:
    """Return the nearest place at or below ``at`` where the cards and the room around them touch no box."""
    width, height = columns * COLUMN, rows * ROW
    y = at.y
    for box in sorted(boxes, key=lambda box: box.y):
        beside = box.right + _GAP_X <= at.x or box.x >= at.x + width
        if not beside and box.y < y + height and box.bottom + _GAP_Y > y:
            y = box.bottom + _GAP_Y
    return Place(at.x, y)
