"""A canvas held in step with the bridge's: snapshot first, then one change after the other.

The mirror decides nothing: ops are applied in the order the bridge gave them, states are the ones it derived.
Whenever a change does not continue what the mirror has, it loads the canvas anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from takebridge.canvas.model import Canvas, Kinds
from takebridge.canvas.op_types import Op
from takebridge.canvas.ops import apply_all
from takebridge.client.api import AUTHOR, Api
from takebridge.client.http import BridgeClient, is_away
from takebridge.client.live import Hello, Live, LiveEvent, Message
from takebridge.client.presence import Presence
from takebridge.client.replies import CanvasChanged, Committed, Epoch, Snapshot, StateFacts, read
from takebridge.errors import BridgeError, InvalidDocumentError
from takebridge.ids import CanvasId, NodeId, OpId
from takebridge.nodes.registry import load_kinds

TOPICS = ("canvas", "presence")
States = dict[NodeId, StateFacts]


@dataclass(frozen=True, slots=True)
class Seen:
    """The canvas at one revision, as the mirror has it."""

    epoch: Epoch
    rev: int
    canvas: Canvas
    states: States


class CanvasMirror:
    """Use as a context manager: inside, a thread of its own keeps ``seen`` in step, across lost connections too.

    ``seen`` is replaced whole, so any thread may read it without a lock.
    """

    def __init__(
        self, client: BridgeClient, canvas_id: CanvasId, *, kinds: Kinds | None = None, patience: float = 30
    ) -> None:
        """``kinds`` are the node kinds known here; a canvas with others is loaded anew at every change."""
        self.api = Api(client)
        self.canvas_id = canvas_id
        self.live = Live(client, canvases=[canvas_id], topics=TOPICS, patience=patience)
        self.loads = 0
        """How often the canvas was loaded whole."""
        self._kinds = load_kinds().kinds if kinds is None else kinds
        self._seen: Seen | None = None
        self._present: dict[str, dict[str, Any]] = {}
        self._behind = True
        self._failure: BridgeError | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, name=f"mirror {canvas_id}", daemon=True)

    def __enter__(self) -> Self:
        """Connect and load. Raises NotFoundError for an unknown canvas or when the bridge does not answer."""
        self.live.__enter__()
        self._thread.start()
        try:
            self.wait_for(lambda _: True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.live.close()
        self._thread.join()

    @property
    def seen(self) -> Seen:
        """The newest state."""
        assert self._seen is not None, "the mirror was not entered"
        return self._seen

    @property
    def canvas(self) -> Canvas:
        """The canvas of ``seen``."""
        return self.seen.canvas

    @property
    def rev(self) -> int:
        """The revision of ``seen``."""
        return self.seen.rev

    @property
    def states(self) -> States:
        """The states of ``seen``."""
        return self.seen.states

    @property
    def present(self) -> tuple[dict[str, Any], ...]:
        """Who is on this canvas, this client included."""
        return tuple(self._present.values())

    def apply(self, ops: Sequence[Op], *, author: str = AUTHOR, op_id: OpId | None = None) -> Committed:
        """Commit ops; they show in ``seen`` once the bridge has announced them."""
        return self.api.apply(self.canvas_id, ops, author=author, op_id=op_id)

    def say(self, presence: Presence) -> None:
        """Tell the others where this person is."""
        self.live.say(presence)

    def wait_for(self, condition: Callable[[Seen], bool], timeout: float | None = 60) -> Seen:
        """Return the first state for which ``condition`` holds.

        Raises TimeoutError when it is too late or the mirror was closed, or what ended the mirror: the bridge stayed
        away, or has no such canvas.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._holds(condition), timeout)
            if self._seen and condition(self._seen):
                return self._seen
            if self._failure:
                raise self._failure
        raise TimeoutError("The canvas did not come to the state that was waited for.")

    def _holds(self, condition: Callable[[Seen], bool]) -> bool:
        return self._seen is not None and condition(self._seen)

    # --- the thread

    def _follow(self) -> None:
        try:
            for message in self.live:
                self._take_in(message)
        except BridgeError as error:
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _take_in(self, message: Message) -> None:
        if isinstance(message, Hello):
            self._present = {place["client"]: place for place in message.present}
            self._behind = self._behind or not message.complete
        elif message.topic == "presence":
            self._present = {**self._present, message.data["client"]: message.data}
        elif message.topic == "presence.left":
            self._present = {key: place for key, place in self._present.items() if key != message.data["client"]}
        if self._behind or not self._absorbed(message):
            self._load()
        with self._changed:
            self._changed.notify_all()

    def _absorbed(self, message: Message) -> bool:
        """Take in a change; False when it does not continue what is here."""
        if not isinstance(message, LiveEvent) or message.topic != "canvas.changed":
            return True
        try:
            changed = read(CanvasChanged, message.data)
            if changed.canvas == self.canvas_id:
                self._seen = advanced(self.seen, changed, self._kinds, self._ops_between)
        except BridgeError:
            return False  # a kind or an op this client does not know, or a gap: the whole canvas tells
        return True

    def _ops_between(self, seen: Seen, rev: int) -> tuple[Op, ...]:
        page = self.api.ops_since(self.canvas_id, seen.epoch, seen.rev)
        if not page.complete or page.epoch != seen.epoch:
            raise _gap()
        return tuple(item.op for item in page.ops if item.rev <= rev)

    def _load(self) -> None:
        self._behind = True
        try:
            self._seen = of_snapshot(self.api.canvas(self.canvas_id))
        except BridgeError as error:
            if not is_away(error):
                raise
            self.live.drop()  # the next connection begins with a load
        else:
            self.loads += 1
            self._behind = False


def of_snapshot(snapshot: Snapshot) -> Seen:
    """Return what a snapshot says."""
    return Seen(snapshot.epoch, snapshot.rev, snapshot.canvas, snapshot.states)


def advanced(
    seen: Seen, changed: CanvasChanged, kinds: Kinds, ops_between: Callable[[Seen, int], Sequence[Op]]
) -> Seen:
    """Return ``seen`` after a change; a change it already has leaves it as it is.

    ``ops_between(seen, rev)`` gets ops the event was too small for. Raises InvalidDocumentError when the change does
    not continue ``seen``, and what `takebridge.canvas.ops.apply_all` raises.
    """
    if changed.epoch == seen.epoch and changed.rev <= seen.rev:
        return seen
    if changed.epoch != seen.epoch or changed.from_rev != seen.rev:
        raise _gap()
    ops = ops_between(seen, changed.rev) if changed.ops is None else changed.ops
    if len(ops) != changed.rev - changed.from_rev:
        raise _gap()
    canvas = apply_all(seen.canvas, ops, kinds).canvas
    return replace(seen, rev=changed.rev, canvas=canvas, states=_with(seen.states, changed.states))


def _with(states: States, changed: dict[NodeId, StateFacts | None]) -> States:
    merged = {**states, **changed}
    return {node: state for node, state in merged.items() if state is not None}


def _gap() -> InvalidDocumentError:
    return InvalidDocumentError("A change does not continue this canvas.", hint="Load the canvas again.")
