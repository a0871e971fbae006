"""The desk: canvases in memory, one writer at a time, every op logged, every change announced."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from takebridge.canvas.model import Canvas, Kinds
from takebridge.canvas.ops import OP, Op, apply
from takebridge.canvas.state import NodeState, derive
from takebridge.errors import ConflictError
from takebridge.events import EventBus, JsonValue
from takebridge.ids import CanvasId, NodeId, OpId, new_id
from takebridge.store.canvases import CanvasStore, LoggedOp


@dataclass(frozen=True, slots=True)
class View:
    """A canvas at one revision with every node's derived state."""

    canvas: Canvas
    rev: int
    states: dict[NodeId, NodeState]


class Desk:
    """Thread-safe. Ops of one call are committed together or not at all."""

    def __init__(self, store: CanvasStore, kinds: Kinds, events: EventBus) -> None:
        self.kinds = kinds
        self._store = store
        self._events = events
        self._lock = threading.RLock()
        self._open: dict[CanvasId, View] = {}

    def create(self, title: str) -> View:
        """Make an empty canvas."""
        canvas = Canvas(id=CanvasId(new_id("canvas")), title=title)
        self._store.create(canvas)
        return self.view(canvas.id)

    def titles(self) -> dict[CanvasId, str]:
        """Ids and titles of all canvases."""
        return self._store.titles()

    def view(self, canvas_id: CanvasId) -> View:
        """Return the canvas as it is now. Raises NotFoundError."""
        with self._lock:
            if canvas_id not in self._open:
                canvas, rev = self._store.load(canvas_id)
                self._open[canvas_id] = View(canvas, rev, derive(canvas, self.kinds))
            return self._open[canvas_id]

    def apply(self, canvas_id: CanvasId, ops: Sequence[Op], *, author: str, op_id: OpId | None = None) -> View:
        """Validate, commit and announce ``ops``; the same ``op_id`` again changes nothing.

        Raises what `takebridge.canvas.ops.apply` raises, or ConflictError; then nothing was changed.
        """
        with self._lock:
            view = self.view(canvas_id)
            first_id = op_id or OpId(new_id("op"))
            if not ops or self._store.find_op(canvas_id, first_id):
                return view
            canvas, logged = view.canvas, []
            for number, op in enumerate(ops):
                done = apply(canvas, op, self.kinds)
                canvas = done.canvas
                name = first_id if number == 0 else OpId(f"{first_id}.{number}")
                logged.append(LoggedOp(view.rev + number + 1, name, author, _json(op), _json(done.inverse)))
            try:
                rev = self._store.commit(view.canvas, canvas, view.rev, logged)
            except ConflictError:
                del self._open[canvas_id]  # what is in memory is not what is stored: read again next time
                raise
            after = View(canvas, rev, derive(canvas, self.kinds))
            self._open[canvas_id] = after
            self._announce(view, after, author)
            return after

    def _announce(self, before: View, after: View, author: str) -> None:
        changed: dict[str, JsonValue] = {
            node_id: state.status.value
            for node_id, state in after.states.items()
            if before.states.get(node_id) != state
        }
        self._events.publish(
            "canvas.changed",
            {"canvas": after.canvas.id, "rev": after.rev, "author": author, "states": changed},
        )


def _json(op: Op) -> str:
    return OP.dump_json(op).decode()
