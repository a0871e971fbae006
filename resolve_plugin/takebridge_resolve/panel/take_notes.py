"""Notes on takes. A note is a note node of the canvas, so that everybody sees it, the browser's canvas as well.

The node's id names take and frame: ``note.<take>.<frame>.<random>``. Frames count from 0 in the take itself, never on
the timeline: a note stays on its picture wherever the take is cut to. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from takebridge.canvas.model import Node, Take
from takebridge.canvas.op_types import AddNode, InsertGraph, Op, RemoveNode, RemoveNodes, RestoreNode, SetParam
from takebridge.ids import NodeId, TakeId, new_id

LONGEST = 20_000
"""Characters the canvas lets a note have (nodes/board.py)."""
_ID = re.compile(r"note\.(?P<take>[^.]+)\.(?P<frame>\d{1,9})\.[0-9a-f]{8}")
_BELOW, _STEP = 260, 120
"""Canvas units: how far below its node the first note lies, and each further one below that."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A note on ``frame`` (from 0) of a take. Sorted by frame."""

    frame: int
    take: TakeId
    text: str
    id: NodeId


def note_of(node: Node | AddNode) -> Note | None:
    """Return the note a node is; None for every other node, notes about nothing in particular among them."""
    found = _ID.fullmatch(node.id) if node.kind == "note" else None
    if found is None:
        return None
    return Note(int(found["frame"]), TakeId(found["take"]), str(node.params.get("text", "")), node.id)


def notes_in(nodes: Iterable[Node]) -> dict[NodeId, Note]:
    """Return the notes among nodes, by id."""
    return {note.id: note for node in nodes if (note := note_of(node)) is not None}


def notes_on(notes: Iterable[Note], take: TakeId | None) -> tuple[Note, ...]:
    """Return the notes on a take in the order of their frames."""
    return tuple(sorted(note for note in notes if note.take == take))


def after(notes: Mapping[NodeId, Note], ops: Iterable[Op]) -> dict[NodeId, Note]:
    """Return the notes there are once these ops were made."""
    kept = dict(notes)
    for op in ops:
        for node in _gone(op):
            kept.pop(node, None)
        kept.update((note.id, note) for note in _come(op))
        if isinstance(op, SetParam) and op.name == "text" and op.node in kept:
            old = kept[op.node]
            kept[op.node] = Note(old.frame, old.take, str(op.value or ""), old.id)
    return kept


def _gone(op: Op) -> tuple[NodeId, ...]:
    if isinstance(op, RemoveNode):
        return (op.node,)
    return op.nodes if isinstance(op, RemoveNodes) else ()


def _come(op: Op) -> Iterator[Note]:
    nodes: tuple[Node | AddNode, ...] = ()
    if isinstance(op, AddNode):
        nodes = (op,)
    elif isinstance(op, InsertGraph):
        nodes = op.nodes
    elif isinstance(op, RestoreNode):
        nodes = (op.node,)
    return (note for node in nodes if (note := note_of(node)) is not None)


def post(take: Take, frame: int, text: str, shot: str, place: tuple[int, int], there: int) -> list[Op]:
    """Return the ops of a new note; none for words that say nothing. ``place`` is the take's node on the canvas,
    ``there`` how many notes lie below it already.
    """
    words = text.strip()[:LONGEST]
    if not words:
        return []
    node = NodeId(f"note.{take.id}.{frame}.{new_id('n')[-8:]}")
    title = " · ".join(part for part in (shot[:120], f"take {take.seq}", f"f {frame}") if part)
    x, y = place
    return [AddNode(id=node, kind="note", title=title, x=x, y=y + _BELOW + _STEP * there, params={"text": words})]


def remove(note: Note) -> list[Op]:
    """Return the ops that take a note off the canvas; an undo brings it back."""
    return [RemoveNode(node=note.id)]


def next_stop(stops: Iterable[int], frame: int, *, ahead: bool) -> int | None:
    """Return the nearest frame beyond ``frame`` to stop at; None when there is none on that side."""
    beyond = [stop for stop in stops if (stop > frame if ahead else stop < frame)]
    return (min(beyond) if ahead else max(beyond)) if beyond else None
