"""Nodes that run by themselves: free ones after an edit, budget ones within the caps (docs/plans.md §4).

Only edits made in this bridge start anything; what an editor's sync, an import or a new release changes waits for a
person. A node is wished for by the commit that changed what it wants; when the edits have come to rest, what is still
wished for by exactly that is planned, and what may run is started.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from takebridge.canvas.history import Origin
from takebridge.canvas.model import Policy
from takebridge.canvas.plan_types import Plan, Scope, Step
from takebridge.canvas.state import Status
from takebridge.errors import BridgeError
from takebridge.ids import CanvasId, NodeId
from takebridge.jobs.port import JobQueue
from takebridge.services import generate
from takebridge.services.bridge import Bridge
from takebridge.services.desk import View
from takebridge.services.plans import plan_view
from takebridge.services.run_rules import broken_recipes
from takebridge.services.runs import StartJob
from takebridge.store.ledger import Ledger, now_text
from takebridge.store.runs import RunStore

_LOG = logging.getLogger(__name__)

REST_SECONDS = 3.0
"""How long edits have to rest before anything starts by itself."""

MOST_JOBS = 50
"""So many jobs start by themselves after one edit; a person starts the rest."""

_EDITS: frozenset[Origin] = frozenset({"user", "undo", "redo"})
_FREE_AFTER: frozenset[Origin] = _EDITS | {"job"}
"""What free nodes follow: edits, and takes of jobs that ended. Budget nodes follow a person's edits only."""

Later = Callable[[float, Callable[[], None]], Callable[[], None]]
"""Calls something after so many seconds, unless the function it returns is called before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A node wants what ``recipe_fp`` names since a commit of this origin and author."""

    recipe_fp: str
    origin: Origin
    author: str


@dataclass(slots=True)
class _Desired:
    """What is wished for on one canvas, and how many jobs the last edit has started."""

    wishes: dict[NodeId, Wish] = field(default_factory=dict)
    started: int = 0
    cancel: Callable[[], None] | None = None


class Policies:
    """Thread-safe. Connect `after` to the desk."""

    def __init__(
        self,
        bridge: Bridge,
        queue: JobQueue,
        store: RunStore,
        *,
        start_job: StartJob = generate.start,
        later: Later | None = None,
    ) -> None:
        self._bridge = bridge
        self._queue = queue
        self._store = store
        self._start_job = start_job
        self._later = later or _timer
        self._turn = threading.Lock()
        """Taken before the desk's lock; `after`, which runs under the desk's, takes only ``_lock``."""
        self._lock = threading.Lock()
        self._desired: dict[CanvasId, _Desired] = {}
        self._stopped = False

    def after(self, before: View, after: View, author: str, origin: Origin) -> None:
        """Take note of a commit (`Desk.after`); edits put off what is about to start."""
        canvas_id = after.canvas.id
        with self._lock:
            desired = self._desired.setdefault(canvas_id, _Desired())
            _take_note(desired.wishes, before, after, author, origin)
            if origin in _EDITS:
                desired.started = 0
            if not desired.wishes:
                _call_off(desired)
            elif origin in _FREE_AFTER and not self._stopped:
                _call_off(desired)
                desired.cancel = self._later(REST_SECONDS, lambda: self.settle(canvas_id))

    def stop(self) -> None:
        """Start nothing any more; a start that is going on is waited for."""
        with self._lock:
            self._stopped = True
            for desired in self._desired.values():
                _call_off(desired)
        with self._turn:
            pass

    def settle(self, canvas_id: CanvasId) -> None:
        """Start what is wished for and may start; called once the edits have come to rest."""
        with self._turn:
            with self._lock:
                wishes = {} if self._stopped else dict(self._desired.get(canvas_id, _Desired()).wishes)
            if not wishes:
                return
            try:
                self._start_wishes(canvas_id, wishes)
            except BridgeError as error:  # the canvas cannot be read: nobody waits for an answer here
                _LOG.warning("policies of %s: %s", canvas_id, error.message)

    def _start_wishes(self, canvas_id: CanvasId, wishes: Mapping[NodeId, Wish]) -> None:
        view = self._bridge.desk.view(canvas_id)
        nodes = tuple(node for node, wish in wishes.items() if _still(view, node, wish))
        made = plan_view(self._bridge, view, Scope(kind="selection", nodes=nodes)) if nodes else Plan()
        later = {step.node for group in made.groups[1:] for step in group}
        self._forget(canvas_id, {node: wish for node, wish in wishes.items() if node not in later})
        ready = made.groups[0] if made.groups else ()
        broken = broken_recipes(self._store.failed_jobs(canvas_id)) if ready else frozenset()
        purse = _Purse(self._bridge.ledger, canvas_id)
        fit = [
            step
            for step in ready
            if (step.node, step.expected_fp) not in broken
            and _may_start(view.canvas.nodes[step.node].policy, step, wishes[step.node], purse)
        ]
        self._start_all(canvas_id, fit, wishes)

    def _start_all(self, canvas_id: CanvasId, fit: list[Step], wishes: Mapping[NodeId, Wish]) -> None:
        with self._lock:
            desired = self._desired.setdefault(canvas_id, _Desired())
            room = max(0, MOST_JOBS - desired.started)
            desired.started += min(room, len(fit))
        for step in fit[:room]:
            try:
                self._start_job(
                    self._bridge,
                    self._queue,
                    canvas_id,
                    step.node,
                    author=wishes[step.node].author,
                    origin="policy",
                    max_micros=0 if step.free else step.high_micros,
                )
            except BridgeError as error:
                self._say(canvas_id, [step], f"“{step.title}” was not started by itself: {error.message}")
        if fit[room:]:
            self._say(canvas_id, fit[room:], f"{MOST_JOBS} jobs were started by themselves; start the rest by hand.")

    def _say(self, canvas_id: CanvasId, steps: Iterable[Step], words: str) -> None:
        nodes = [step.node for step in steps]
        self._bridge.events.publish("policy.held", {"canvas": canvas_id, "nodes": [*nodes], "words": words})

    def _forget(self, canvas_id: CanvasId, seen: Mapping[NodeId, Wish]) -> None:
        """Drop the wishes that were looked at, unless a newer commit made other ones."""
        with self._lock:
            kept = self._desired[canvas_id].wishes
            for node, wish in seen.items():
                if kept.get(node) == wish:
                    del kept[node]


# --- what is wished for ---------------------------------------------------------------------------------


def _take_note(wishes: dict[NodeId, Wish], before: View, after: View, author: str, origin: Origin) -> None:
    """Add what this commit makes nodes want; drop what they want no more, or want for another reason."""
    then, now = _Wants(before), _Wants(after)
    rewired = before.canvas.wires is not after.canvas.wires
    for gone in wishes.keys() - after.canvas.nodes.keys():
        del wishes[gone]
    for node in after.canvas.nodes.values():
        if node.policy == "manual":
            wishes.pop(node.id, None)
            continue
        if not rewired and now.is_as(then, node.id):
            continue
        wanted = now.of(node.id)
        if wanted == then.of(node.id):
            continue
        wishes.pop(node.id, None)
        if wanted is not None and origin in _FREE_AFTER:
            wishes[node.id] = Wish(wanted[1], origin, author)


class _Wants:
    """What the nodes of a view want that run by themselves."""

    def __init__(self, view: View) -> None:
        self._nodes, self._states, self._wires_in = view.canvas.nodes, view.states, view.found.wires_in

    def of(self, node_id: NodeId) -> tuple[Policy, str] | None:
        """Return the policy and the fingerprint of what it wants; None when it wants nothing.

        An empty node wants something once all its wires come from a take, and it has one.
        """
        node, state = self._nodes.get(node_id), self._states.get(node_id)
        if node is None or state is None or state.expected_fp is None or node.policy == "manual":
            return None
        if state.status is Status.STALE or (state.status is Status.EMPTY and self._is_fed(node_id)):
            return node.policy, state.expected_fp
        return None

    def is_as(self, other: _Wants, node_id: NodeId) -> bool:
        """Say, quickly, that nothing about the node differs but perhaps its wires."""
        was = other._nodes.get(node_id)
        same_policy = was is not None and was.policy == self._nodes[node_id].policy
        return same_policy and self._states.get(node_id) == other._states.get(node_id)

    def _is_fed(self, node_id: NodeId) -> bool:
        wires = self._wires_in.get(node_id, ())
        return bool(wires) and all(wire.take or self._nodes[wire.src_node].pin for wire in wires)


def _still(view: View, node_id: NodeId, wish: Wish) -> bool:
    wanted = _Wants(view).of(node_id)
    return wanted is not None and wanted[1] == wish.recipe_fp


# --- what may start -------------------------------------------------------------------------------------


class _Purse:
    """What the caps leave for jobs that nobody is asked about."""

    def __init__(self, ledger: Ledger, canvas_id: CanvasId) -> None:
        self._ledger = ledger
        self._canvas_id = canvas_id
        self._left: dict[tuple[str, str], int] = {}

    def take(self, step: Step, author: str) -> bool:
        """Put the price aside, if there is a cap for the canvas or the day and all caps leave enough."""
        high = step.high_micros
        if high is None or step.low_micros is None or not self._is_capped(step.currency):
            return False
        room = self._ledger.remaining(self._canvas_id, author, [step.currency])[step.currency]
        if room.cap is None or room.left_micros is None or room.cap.currency != step.currency or room.uncounted_jobs:
            return False
        if room.job_cap is not None and (room.job_cap.currency != step.currency or high > room.job_cap.limit_micros):
            return False
        # What was put aside here is not in the ledger yet; each author's caps are looked at with all of it.
        aside = sum(micros for (currency, _), micros in self._left.items() if currency == step.currency)
        if high > room.left_micros - aside:
            return False
        self._left[step.currency, step.node] = high
        return True

    def _is_capped(self, currency: str) -> bool:
        keys = {"canvas": ("", self._canvas_id), "day": ("", now_text()[:10])}
        return any(cap.currency == currency and cap.key in keys.get(cap.scope, ()) for cap in self._ledger.caps())


def _may_start(policy: Policy, step: Step, wish: Wish, purse: _Purse) -> bool:
    """Say whether a node may start by itself: free and local, or within the budget after a person's own edit."""
    if policy == "free":
        return step.local and step.free
    if policy != "budget" or wish.origin != "user":
        return False
    return (step.local and step.free) or purse.take(step, wish.author)


# --- time -----------------------------------------------------------------------------------------------


def _call_off(desired: _Desired) -> None:
    if desired.cancel is not None:
        desired.cancel()
        desired.cancel = None


def _timer(seconds: float, call: Callable[[], None]) -> Callable[[], None]:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    return timer.cancel
