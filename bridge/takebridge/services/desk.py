"""The desk: canvases in memory, one writer at a time, every op logged, every change announced."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby

from takebridge.canvas import history
from takebridge.canvas.history import Batch, Origin
from takebridge.canvas.model import Canvas, Kinds, Take
from takebridge.canvas.ops import OP, Op, SetTakeHidden, apply
from takebridge.canvas.state import NodeState, Pass, derive_next
from takebridge.errors import ConflictError, PreconditionError, UsageError
from takebridge.events import EventBus, JsonValue
from takebridge.ids import CanvasId, NodeId, OpId, TakeId, new_id
from takebridge.store.canvases import CanvasStore, LoggedOp

HISTORY_OPS = 2000
"""How far back undo and replay reach; clients further behind load the canvas."""

_EVENT_BYTES = 256 * 1024
"""Ops larger than this are not sent to every client: the event says so and they ask for them."""

UserOf = Callable[[CanvasId, TakeId], str | None]
"""Says which timeline uses a take, in words, or None."""


@dataclass(frozen=True, slots=True)
class View:
    """A canvas at one revision with every node's derived state."""

    epoch: str
    rev: int
    found: Pass = field(repr=False)

    @property
    def canvas(self) -> Canvas:
        """The canvas."""
        return self.found.canvas

    @property
    def states(self) -> dict[NodeId, NodeState]:
        """Every node's state."""
        return self.found.states


@dataclass(frozen=True, slots=True)
class Replay:
    """Ops after a revision. Not ``complete``: they do not lead to ``rev``, load the canvas instead."""

    epoch: str
    rev: int
    complete: bool
    ops: tuple[LoggedOp, ...]


Allow = Callable[[Iterable[Op]], None]
"""Raises when ops may not be committed."""


def _anything(_ops: Iterable[Op]) -> None:
    """Allow all ops."""


AfterCommit = Callable[[View, View, str, Origin], None]
"""Called with the canvas before and after a commit, its author and its origin."""


NamesOf = Callable[[str], Sequence[str]]
"""Says all names of whoever works under this one, today's first."""


class Desk:
    """Thread-safe. Ops of one call are committed together or not at all.

    ``user_of`` keeps takes that a timeline uses from being hidden. ``after`` is called with every commit, while the
    canvas is still held: it must only take note. ``names_of`` tells which edits are one person's.
    """

    def __init__(
        self, store: CanvasStore, kinds: Kinds, events: EventBus, user_of: UserOf = lambda _canvas, _take: None
    ) -> None:
        self.kinds = kinds
        self.after: AfterCommit = lambda _before, _after, _author, _origin: None
        self.names_of: NamesOf = lambda name: (name,)
        self._store = store
        self._events = events
        self._user_of = user_of
        self._lock = threading.RLock()
        self._open: dict[CanvasId, View] = {}

    def create(self, title: str) -> View:
        """Make an empty canvas, and announce it."""
        canvas = Canvas(id=CanvasId(new_id("canvas")), title=title)
        self._store.create(canvas)
        self._events.publish("canvas.created", {"canvas": canvas.id, "title": title})
        return self.view(canvas.id)

    def titles(self) -> dict[CanvasId, str]:
        """Ids and titles of all canvases."""
        return self._store.titles()

    def view(self, canvas_id: CanvasId) -> View:
        """Return the canvas as it is now. Raises NotFoundError."""
        with self._lock:
            if canvas_id not in self._open:
                stored = self._store.load(canvas_id)
                found = derive_next(None, stored.canvas, self.kinds)
                self._open[canvas_id] = View(stored.epoch, stored.rev, found)
            return self._open[canvas_id]

    def apply(
        self,
        canvas_id: CanvasId,
        ops: Sequence[Op],
        *,
        author: str,
        op_id: OpId | None = None,
        origin: Origin = "user",
        base: tuple[str, int] | None = None,
        undoes: str | None = None,
    ) -> View:
        """Validate, commit and announce ``ops``; the same ``op_id`` and ops again change nothing.

        ``base`` is the epoch and revision the client had: an older revision is fine (the last writer of a field
        wins, pins and acceptances compare), another epoch or a revision that never was is not. Raises what
        `takebridge.canvas.ops.apply` raises, or ConflictError; then nothing was changed.
        """
        with self._lock:
            view = self.view(canvas_id)
            batch = op_id or OpId(new_id("op"))
            if not ops or (op_id and self._is_repeated(canvas_id, op_id, ops[0])):
                return view
            _check_base(view, base)
            canvas, logged = view.canvas, []
            for number, op in enumerate(ops):
                self._check_unused(canvas_id, op)
                done = apply(canvas, op, self.kinds)
                canvas = done.canvas
                name = batch if number == 0 else OpId(f"{batch}#{number}")
                logged.append(
                    LoggedOp(
                        rev=view.rev + number + 1,
                        op_id=name,
                        author=author,
                        op=_json(op),
                        inverse=_json(done.inverse),
                        batch=batch,
                        origin=origin,
                        undoes=undoes,
                    )
                )
            return self._commit(view, canvas, logged)

    def undo(
        self,
        canvas_id: CanvasId,
        *,
        author: str,
        batch: str | None = None,
        op_id: OpId | None = None,
        allow: Allow = _anything,
    ) -> View:
        """Take back the author's newest edit (or the one named); the same ``op_id`` again changes nothing.

        ``allow`` is asked about the very ops that would be committed, and may raise. Raises PreconditionError when it
        cannot be.
        """
        with self._lock:
            if op_id and self._store.find_op(canvas_id, op_id):
                return self.view(canvas_id)
            target = history.to_undo(self._batches(canvas_id), self._now_called(author), batch)
            allow(target.reversal)
            return self.apply(canvas_id, target.reversal, author=author, op_id=op_id, origin="undo", undoes=target.id)

    def redo(self, canvas_id: CanvasId, *, author: str, op_id: OpId | None = None, allow: Allow = _anything) -> View:
        """Take back the author's newest undo; the same ``op_id`` again changes nothing. ``allow`` as for `undo`.

        Raises PreconditionError when there is none.
        """
        with self._lock:
            if op_id and self._store.find_op(canvas_id, op_id):
                return self.view(canvas_id)
            target = history.to_redo(self._batches(canvas_id), self._now_called(author))
            allow(target.reversal)
            return self.apply(canvas_id, target.reversal, author=author, op_id=op_id, origin="redo", undoes=target.id)

    def knows_take(self, take: Take) -> bool:
        """Say whether a take with these outputs by this author lies on any canvas, so that ``take`` is its copy."""
        canvases = (self.view(canvas_id).canvas for canvas_id in self.titles())
        said = (take.author, take.outputs)
        return any((one.author, one.outputs) == said for canvas in canvases for one in canvas.takes.values())

    def knows_op(self, canvas_id: CanvasId, op_id: OpId) -> bool:
        """Say whether an edit was committed under this id."""
        return self._store.find_op(canvas_id, op_id) is not None

    def undo_depth(self, canvas_id: CanvasId, author: str) -> tuple[int, int]:
        """How many edits the author can undo and redo."""
        self.view(canvas_id)
        return history.depth(self._batches(canvas_id), self._now_called(author))

    def replay(self, canvas_id: CanvasId, epoch: str, since: int) -> Replay:
        """Return the ops after ``since``. Raises NotFoundError."""
        with self._lock:
            view = self.view(canvas_id)
            if epoch != view.epoch or not 0 <= since <= view.rev or view.rev - since > HISTORY_OPS:
                return Replay(view.epoch, view.rev, False, ())
            ops = tuple(self._store.ops_since(canvas_id, since))
            return Replay(view.epoch, view.rev, len(ops) == view.rev - since, ops)

    def _is_repeated(self, canvas_id: CanvasId, op_id: OpId, first: Op) -> bool:
        """Say whether this was committed before. Raises ConflictError when the id was used for another edit."""
        known = self._store.find_op(canvas_id, op_id)
        if known is not None and known.op != _json(first):
            raise ConflictError(
                "This op id was used for another edit.", hint="Give every edit an id of its own.", op_id=op_id
            )
        return known is not None

    def _batches(self, canvas_id: CanvasId) -> list[Batch]:
        """The newest edits, each by what its author is called today."""
        log = batches(self._store.newest_ops(canvas_id, HISTORY_OPS))
        called = {name: self._now_called(name) for name in {batch.author for batch in log}}
        return [replace(batch, author=called[batch.author]) for batch in log]

    def _now_called(self, author: str) -> str:
        return self.names_of(author)[0]

    def _check_unused(self, canvas_id: CanvasId, op: Op) -> None:
        if isinstance(op, SetTakeHidden) and op.hidden and (user := self._user_of(canvas_id, op.take)):
            raise PreconditionError(
                f"This take is {user}.", hint="Take it off the timeline first, or rate it dead.", take=op.take
            )

    def _commit(self, before: View, canvas: Canvas, logged: list[LoggedOp]) -> View:
        try:
            rev = self._store.commit(before.canvas, canvas, before.rev, logged)
        except ConflictError:
            del self._open[canvas.id]  # what is in memory is not what is stored: read again next time
            raise
        after = View(before.epoch, rev, derive_next(before.found, canvas, self.kinds))
        self._open[canvas.id] = after
        first = logged[0]
        self._announce(before, after, logged)
        self.after(before, after, first.author, first.origin)
        return after

    def _announce(self, before: View, after: View, logged: list[LoggedOp]) -> None:
        size = sum(len(item.op) for item in logged)
        first = logged[0]
        ops: list[JsonValue] | None = [json.loads(item.op) for item in logged] if size <= _EVENT_BYTES else None
        self._events.publish(
            "canvas.changed",
            {
                "canvas": after.canvas.id,
                "epoch": after.epoch,
                "from_rev": before.rev,
                "rev": after.rev,
                "author": first.author,
                "batch": first.batch,
                "origin": first.origin,
                "ops": ops,
                "states": changed_states(before, after),
            },
        )


def changed_states(before: View, after: View) -> dict[str, JsonValue]:
    """Return the facts of the states that differ; None for nodes that are gone."""
    gone: dict[str, JsonValue] = dict.fromkeys(before.states.keys() - after.states.keys())
    then = before.states
    return gone | {node: state_facts(state) for node, state in after.states.items() if then.get(node) != state}


def state_facts(state: NodeState) -> dict[str, JsonValue]:
    """A node's state as clients see it."""
    return {**asdict(state), "status": state.status.value, "blocked_by": list(state.blocked_by)}


def batches(log: Iterable[LoggedOp]) -> list[Batch]:
    """Put ops committed together into one batch."""
    return [_batch(list(items)) for _, items in groupby(log, key=lambda item: item.batch)]


def _batch(items: list[LoggedOp]) -> Batch:
    first = items[0]
    return Batch(
        id=first.batch,
        rev=items[-1].rev,
        author=first.author,
        origin=first.origin,
        ops=tuple(OP.validate_json(item.op) for item in items),
        inverses=tuple(OP.validate_json(item.inverse) for item in items),
        undoes=first.undoes,
    )


def _check_base(view: View, base: tuple[str, int] | None) -> None:
    if base is None:
        return
    epoch, rev = base
    if epoch != view.epoch or rev > view.rev:
        raise ConflictError(
            "This edit was made on another state of the canvas.", hint="Load the canvas again.", canvas=view.canvas.id
        )
    if rev < 0:
        raise UsageError("A revision is never negative.", canvas=view.canvas.id)


def _json(op: Op) -> str:
    return OP.dump_json(op).decode()
