"""Runs: carry out a plan a person agreed to, wave after wave, and never for more than was agreed to.

After every job that ends and every edit of the canvas the run's nodes are planned anew: what has become equal is not
made again, what failed holds back only what is below it. All of it happens in one thread, which sleeps until something
is noted. What was started is in the database before the job is asked for, so a crash starts nothing twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from takebridge.canvas.history import Origin as CommitOrigin
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.errors import BridgeError, BudgetError, PreconditionError
from takebridge.events import Filter, Subscription
from takebridge.ids import CanvasId, JobId, NodeId, new_id
from takebridge.jobs.port import JobQueue
from takebridge.services import generate
from takebridge.services import queue as job_queue
from takebridge.services.bridge import Bridge
from takebridge.services.desk import View
from takebridge.services.plans import plan_view
from takebridge.services.run_rules import (
    begun,
    broken_recipes,
    check_consent,
    currency_of,
    ending,
    found_again,
    next_wave,
    run_facts,
    seen,
    settled,
)
from takebridge.store.jobs import ENDED, JobRecord, Origin
from takebridge.store.ledger import now_text
from takebridge.store.runs import OPEN_RUNS, Attempt, Run, RunId, RunState, RunStore

_MOST_EVENTS = 10_000
_LOG = logging.getLogger(__name__)


class Consent(BaseModel):
    """What a person agreed to: this plan (None: whatever it is by now), and this much in all.

    ``allow_unknown``: jobs at an unknown price may run, each up to an equal part of what the others leave.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str | None = None
    max_micros: int = Field(default=0, ge=0)
    allow_unknown: bool = False


class StartJob(Protocol):
    """`takebridge.services.generate.start`."""

    def __call__(
        self,
        bridge: Bridge,
        queue: JobQueue,
        canvas_id: CanvasId,
        node_id: NodeId,
        *,
        author: str,
        origin: Origin = "user",
        run_id: str | None = None,
        max_micros: int | None = None,
    ) -> JobRecord:
        """Queue a generation of one node."""
        ...


class CancelJob(Protocol):
    """`takebridge.services.queue.cancel`."""

    def __call__(self, bridge: Bridge, queue: JobQueue, job_id: JobId) -> object:
        """Stop a job; an ended one stays as it ended."""
        ...


class Runs:
    """Thread-safe. Connect `after` to the desk, then `resume_all` and `begin`. Jobs that end are heard of by event."""

    def __init__(
        self,
        bridge: Bridge,
        queue: JobQueue,
        store: RunStore,
        *,
        start_job: StartJob = generate.start,
        cancel_job: CancelJob = job_queue.cancel,
    ) -> None:
        self._bridge = bridge
        self._queue = queue
        self._store = store
        self._start_job = start_job
        self._cancel_job = cancel_job
        # Taken before the desk's; `after` runs under the desk's and takes only ``_noted``.
        self._turn = threading.RLock()
        self._noted = threading.Condition()
        self._waiting: dict[CanvasId, None] = {}
        self._open: set[CanvasId] = set()
        self._stopped = self._heard = False
        self._events: Subscription | None = None
        self._thread = threading.Thread(target=self._work, name="takebridge-runs", daemon=True)

    # --- what people ask for

    def start(self, canvas_id: CanvasId, scope: Scope, *, author: str, consent: Consent) -> Run:
        """Begin to carry out the plan of a scope, as far as it was agreed to.

        Raises PreconditionError when the plan is not the one agreed to, BudgetError when it may cost more (or an
        unknown amount, or is paid in two currencies), NotFoundError, UnknownNodeError. Then nothing was started.
        """
        with self._turn:
            made = plan_view(self._bridge, self._bridge.desk.view(canvas_id), scope)
            check_consent(made, consent.digest, consent.max_micros, allow_unknown=consent.allow_unknown)
            run = Run(
                id=RunId(new_id("run")),
                canvas_id=canvas_id,
                scope=scope,
                nodes=tuple(step.node for step in made.steps),
                author=author,
                digest=made.digest,
                currency=currency_of(made),
                max_micros=consent.max_micros,
                allow_unknown=consent.allow_unknown,
                created_at=now_text(),
            )
            if not run.nodes:
                run = run.model_copy(update={"state": "done", "reason": made.sentence, "ended_at": run.created_at})
            self._store.add(run)
            self._announce(run)
            self._note(canvas_id, opened=True)
            return run

    def pause(self, run_id: RunId) -> Run:
        """Start nothing more for now; jobs under way go on. Raises NotFoundError, PreconditionError."""
        return self._set_state(run_id, "paused")

    def resume(self, run_id: RunId) -> Run:
        """Go on with a paused run. Raises NotFoundError, PreconditionError."""
        run = self._set_state(run_id, "running")
        self._note(run.canvas_id, opened=True)
        return run

    def cancel(self, run_id: RunId) -> Run:
        """Start nothing any more and cancel the run's own jobs. Raises NotFoundError, PreconditionError."""
        with self._turn:
            # Paused until every job is called off: should the bridge die in between, it can be cancelled once more.
            for attempt in self._changed(run_id, "paused").under_way:
                if attempt.own and attempt.job_id is not None:
                    self._cancel_job(self._bridge, self._queue, attempt.job_id)
            return self._set_state(run_id, "cancelled", reason="A person cancelled it.")

    def get(self, run_id: RunId) -> Run:
        """Return a run. Raises NotFoundError."""
        return self._store.get(run_id)

    def all(self, canvas_id: CanvasId | None = None) -> list[Run]:
        """Runs of a canvas (or all), oldest first."""
        return self._store.all(canvas_id)

    # --- what happens

    def after(self, before: View, after: View, author: str, origin: CommitOrigin) -> None:
        """Take note of a commit (`Desk.after`)."""
        del before, author, origin
        self._note(after.canvas.id)

    def job_ended(self, record: JobRecord) -> None:
        """Take note that a job has ended; from any thread, once that is recorded."""
        self._note(record.canvas_id)

    def resume_all(self) -> None:
        """Go on after a restart. A job that was about to be asked for when the bridge died is looked for first."""
        with self._turn:
            for run in self._store.open():
                if any(attempt.state == "starting" for attempt in run.attempts):
                    jobs = [job for job in self._bridge.jobs.all(run.canvas_id) if job.run_id == run.id]
                    self._store.change(run.id, lambda kept, jobs=jobs: found_again(kept, jobs))  # type: ignore[misc]
                self._note(run.canvas_id, opened=True)

    def begin(self) -> None:
        """Listen to the jobs and begin working in a thread of its own."""
        self._listen()
        self._thread.start()

    def stop(self) -> None:
        """Start nothing any more and return; open runs go on with `resume_all` after the next start."""
        with self._noted:
            self._stopped = True
            self._noted.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        if self._events is not None:
            self._bridge.events.unsubscribe(self._events)

    def work_off(self) -> None:
        """Do everything that is noted, in this thread."""
        while (canvas_id := self._next(wait=False)) is not None:
            self.advance(canvas_id)

    def advance(self, canvas_id: CanvasId) -> None:
        """Look at the open runs of a canvas and start what can start."""
        with self._turn:
            runs = self._store.open(canvas_id)
            with self._noted:
                (self._open.add if runs else self._open.discard)(canvas_id)
            for run in runs:
                try:
                    self._advance(run)
                except BridgeError as error:
                    self._announce(self._end(run, "failed", f"{error.message} {error.hint}".strip()))
                except Exception:  # noqa: BLE001 - one run must not keep the others from going on
                    _LOG.exception("run %s", run.id)
                    self._announce(self._end(run, "failed", "Something went wrong; the bridge's log says what."))

    # --- the thread

    def _work(self) -> None:
        while (canvas_id := self._next(wait=True)) is not None:
            self.advance(canvas_id)

    def _listen(self) -> None:
        jobs = Filter(topics=frozenset({"job.changed"}))
        self._events, _, _ = self._bridge.events.subscribe(self._wake, wanted=jobs, limit=_MOST_EVENTS)

    def _wake(self) -> None:
        """Called by the bus, under its lock."""
        with self._noted:
            self._heard = True
            self._noted.notify_all()

    def _hear(self) -> None:
        """Note the canvases of the jobs that were heard of; when that was too much to hear, all of them."""
        events = self._events
        if events is None:
            return
        for event in events.drain():
            if event.data.get("state") in ENDED:
                self._note(CanvasId(str(event.data.get("canvas"))))
        if events.overrun:
            self._bridge.events.unsubscribe(events)
            self._listen()
            for canvas_id in tuple(self._open):
                self._note(canvas_id)

    def _next(self, *, wait: bool) -> CanvasId | None:
        """Return the next canvas to look at; None when stopped, or at once when there is none."""
        while True:
            with self._noted:
                while wait and not (self._waiting or self._heard or self._stopped):
                    self._noted.wait()
                heard, self._heard = self._heard, False
                if self._stopped or not (heard or self._waiting or wait):
                    return None
                if self._waiting and not heard:
                    canvas_id = next(iter(self._waiting))
                    del self._waiting[canvas_id]
                    return canvas_id
            self._hear()

    def _note(self, canvas_id: CanvasId, *, opened: bool = False) -> None:
        with self._noted:
            if opened:
                self._open.add(canvas_id)
            if canvas_id in self._open:
                self._waiting[canvas_id] = None
                self._noted.notify_all()

    # --- one run

    def _advance(self, run: Run) -> None:
        known = run_facts(run)
        run = self._look(run)
        if run.state == "running":
            run = self._go_on(run)
        if run_facts(run) != known:
            self._announce(run)

    def _go_on(self, run: Run) -> Run:
        made = self._plan(run)
        run = self._keep(run, done=settled(run, made))
        broken = broken_recipes(self._store.failed_jobs(run.canvas_id)) if made.groups else frozenset()
        wave = next_wave(run, made, broken)
        if wave.stop:
            return self._end(run, "stopped", wave.stop)
        if wave.attempts:
            run = self._keep(run, attempts=(*run.attempts, *wave.attempts))
            run = self._start_all(run, wave.attempts)
        if run.state == "running" and not run.under_way:
            return self._end(run, *ending(run, made, broken))
        return run

    def _plan(self, run: Run) -> Plan:
        view = self._bridge.desk.view(run.canvas_id)
        here = tuple(node for node in run.nodes if node in view.canvas.nodes)
        return plan_view(self._bridge, view, Scope(kind="selection", nodes=here)) if here else Plan()

    def _look(self, run: Run) -> Run:
        """See which jobs have ended. Unknown ones are looked at too: a person may have let one go on."""
        looked = {
            one.job_id: seen(one, self._bridge.jobs.get(one.job_id))
            for one in run.attempts
            if one.job_id is not None and one.state in ("running", "unknown")
        }
        attempts = tuple(looked.get(one.job_id, one) if one.job_id else one for one in run.attempts)
        return self._keep(run, attempts=attempts) if attempts != run.attempts else run

    def _start_all(self, run: Run, attempts: Iterable[Attempt]) -> Run:
        results: dict[tuple[NodeId, str], Attempt] = {}
        stop = ""
        for attempt in attempts:
            result = attempt.model_copy(update={"state": "refused", "words": stop})
            if not stop:
                try:
                    result = self._start_one(run, attempt)
                except BudgetError as error:  # a cap is reached: so it is for the rest
                    stop = error.message
                    result = attempt.model_copy(update={"state": "refused", "words": stop})
            results[attempt.node, attempt.recipe_fp] = result
        kept = tuple(results.get((one.node, one.recipe_fp), one) for one in run.attempts)
        run = self._keep(run, attempts=kept)
        return self._end(run, "stopped", stop) if stop else run

    def _start_one(self, run: Run, attempt: Attempt) -> Attempt:
        """Raises BudgetError; what else is refused is noted and stops only what is below."""
        try:
            record = self._start_job(
                self._bridge,
                self._queue,
                run.canvas_id,
                attempt.node,
                author=run.author,
                origin="user",
                run_id=run.id,
                max_micros=attempt.held_micros,
            )
        except BudgetError:
            raise
        except BridgeError as error:
            return attempt.model_copy(update={"state": "refused", "words": error.message})
        return begun(run, attempt, record)

    def _keep(self, run: Run, **values: object) -> Run:
        return self._store.change(run.id, lambda kept: kept.model_copy(update=values))

    def _end(self, run: Run, state: RunState, reason: str) -> Run:
        return self._keep(run, state=state, reason=reason, ended_at=now_text())

    def _set_state(self, run_id: RunId, state: RunState, reason: str = "") -> Run:
        with self._turn:
            run = self._changed(run_id, state, reason)
            self._announce(run)
            return run

    def _changed(self, run_id: RunId, state: RunState, reason: str = "") -> Run:
        def change(kept: Run) -> Run:
            if kept.state not in OPEN_RUNS:
                raise PreconditionError(
                    f"This run has ended: it is {kept.state}.", hint="Look at the plan and start another.", run=kept.id
                )
            ended_at = "" if state in OPEN_RUNS else now_text()
            return kept.model_copy(update={"state": state, "reason": reason, "ended_at": ended_at})

        return self._store.change(run_id, change)

    def _announce(self, run: Run) -> None:
        self._bridge.events.publish("run.changed", run_facts(run))
