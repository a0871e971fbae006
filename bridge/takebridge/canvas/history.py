"""Undo and redo for each author of a shared canvas, worked out from the log of edits (docs/canvas.md §6).

Undo is per author, newest first, and never over somebody else's work: what another author changed since, in the
same place, makes it refuse. Places are paths; a path that begins with another lies within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from takebridge.canvas.op_types import (
    Accept,
    AddNode,
    AddTake,
    Connect,
    Disconnect,
    InsertGraph,
    Op,
    RateTake,
    RemoveNode,
    RemoveNodes,
    Reorder,
    RestoreNode,
    SetBestRange,
    SetCanvasTitle,
    SetGroup,
    SetParam,
    SetTakeHidden,
    SetWireTake,
    Unaccept,
)
from takebridge.errors import PreconditionError

Origin = Literal["user", "job", "sync", "import", "upgrade", "undo", "redo"]
"""Who is behind a batch: a person; a finished job; an editor's timeline; a file or template; a new release."""

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Ops committed together. ``undoes`` names the batch an undo or redo takes back; ``rev`` is that of its last op."""

    id: str
    rev: int
    author: str
    origin: Origin
    ops: tuple[Op, ...]
    inverses: tuple[Op, ...]
    undoes: str | None = None

    @property
    def reversal(self) -> tuple[Op, ...]:
        """The ops that take the batch back, in the order to apply them."""
        return self.inverses[::-1]


def to_undo(log: Sequence[Batch], author: str, batch: str | None = None) -> Batch:
    """Return the author's batch that undo takes back next, or the one asked for.

    ``log`` is in order. Raises PreconditionError when there is none, or when somebody else has built on it.
    """
    done, _ = _stacks(log, author)
    return _chosen(log, done, author, batch, "undo")


def to_redo(log: Sequence[Batch], author: str) -> Batch:
    """Return the author's undo that redo takes back next. Raises as `to_undo`; any new edit empties the list."""
    _, undone = _stacks(log, author)
    return _chosen(log, undone, author, None, "redo")


def depth(log: Sequence[Batch], author: str) -> tuple[int, int]:
    """Return how many batches the author could undo and redo."""
    done, undone = _stacks(log, author)
    return len(done), len(undone)


def places(batch: Batch) -> frozenset[Place]:
    """Return what a batch touches."""
    return frozenset(place for op in (*batch.ops, *batch.inverses) for place in _places(op))


def _stacks(log: Iterable[Batch], author: str) -> tuple[list[Batch], list[Batch]]:
    done: list[Batch] = []
    undone: list[Batch] = []
    for batch in log:
        if batch.author != author:
            continue
        if batch.origin in ("user", "import"):
            done.append(batch)
            undone.clear()
        elif batch.origin == "undo":
            done = [one for one in done if one.id != batch.undoes]
            undone.append(batch)
        elif batch.origin == "redo":
            undone = [one for one in undone if one.id != batch.undoes]
            done.append(batch)
    return done, undone


def _chosen(log: Sequence[Batch], stack: list[Batch], author: str, wanted: str | None, word: str) -> Batch:
    found = next((one for one in reversed(stack) if wanted in (None, one.id)), None)
    if found is None:
        raise PreconditionError(f"There is nothing of {author} to {word}.", hint="Undo takes back your own edits only.")
    in_the_way = _built_on(log, found)
    if in_the_way is not None:
        raise PreconditionError(
            f"{in_the_way.author} has changed the same thing since; {word} would overwrite it.",
            hint="Change it by hand, or undo an older edit by its id.",
            batch=found.id,
            by=in_the_way.author,
        )
    return found


def _built_on(log: Sequence[Batch], target: Batch) -> Batch | None:
    """Return the newest batch of another author that touches what ``target`` touches and still counts."""
    later = [batch for batch in log if batch.rev > target.rev]
    known = {batch.id for batch in later}
    taken_back: set[str] = set()
    touched = places(target)
    for batch in reversed(later):
        if batch.id in taken_back:
            continue
        if batch.undoes in known:  # it and what it takes back are as if they had not been
            taken_back.add(batch.undoes or "")
        elif batch.author != target.author and any(_overlap(one, other) for one in touched for other in places(batch)):
            return batch
    return None


def _overlap(one: Place, other: Place) -> bool:
    return all(a == b for a, b in zip(one, other, strict=False))


def _places(op: Op) -> Iterable[Place]:
    match op:
        case AddNode() | RemoveNode() | RemoveNodes() | InsertGraph() | RestoreNode():
            return _graph_places(op)
        case Connect():
            return _wire_places(op.id, op.src_node, op.dst_node)
        case Disconnect() | Reorder() | SetWireTake():
            return [("wire", op.wire)]
        case SetParam():
            return [("node", op.node, "params", op.name)]
        case SetGroup():
            held = [("node", op.group, "members", op.node)] if op.group else []
            return [("node", op.node, "group"), *held]
        case SetCanvasTitle():
            return [("title",)]
        case AddTake():
            return [("take", op.take.id), ("node", op.take.node_id, "takes", op.take.id)]
        case SetTakeHidden() | RateTake() | SetBestRange():
            return [("take", op.take, op.op)]
        case _:
            return [("node", op.node, "accepted" if isinstance(op, Accept | Unaccept) else op.op)]


def _graph_places(op: AddNode | RemoveNode | RemoveNodes | InsertGraph | RestoreNode) -> Iterable[Place]:
    match op:
        case AddNode():
            yield ("node", op.id)
        case RemoveNode():
            yield ("node", op.node)
        case RemoveNodes():
            yield from (("node", node) for node in op.nodes)
        case _:
            nodes = op.nodes if isinstance(op, InsertGraph) else (op.node,)
            for node in nodes:
                yield ("node", node.id)
                if node.group is not None:
                    yield ("node", node.group, "members", node.id)
            for wire in op.wires:
                yield from _wire_places(wire.id, wire.src_node, wire.dst_node)
    if isinstance(op, InsertGraph):
        yield from (("node", node, "group") for node in op.members)


def _wire_places(wire: str, source: str, target: str) -> Iterable[Place]:
    return [("wire", wire), ("node", source, "wires", wire), ("node", target, "wires", wire)]
