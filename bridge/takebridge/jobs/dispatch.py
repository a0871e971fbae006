"""The dispatcher: hands queued jobs to the engine as soon as their provider has room, and sleeps otherwise.

The job rows are the queue; what is held here is rebuilt from them and from the engine at every start. A thread of its
own looks when something changed (a job was queued or has left, a pause ended, a priority changed) and, where a
provider allows only so many a minute, when the next one is due.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from takebridge.errors import BridgeError
from takebridge.ids import JobId
from takebridge.jobs.bucket import TokenBucket
from takebridge.jobs.choosing import MOST_RUNNING, Waiting, choose, room, waiting_of
from takebridge.jobs.port import JobEngine
from takebridge.store.jobs import JobRecord, JobStore, job_of
from takebridge.store.pauses import PauseStore

_AGAIN_SECONDS = 5.0
"""Pause after the engine could not begin a job (its file locked, the drive full)."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """What one provider takes: so many jobs at a time, so many starts a minute (None: any number)."""

    concurrency: int = 1
    per_minute: int | None = None


class Dispatcher:
    """`JobQueue` in front of an engine. Thread-safe. A provider without a `Limit` takes one job at a time."""

    def __init__(
        self,
        engine: JobEngine,
        jobs: JobStore,
        pauses: PauseStore,
        limits: Mapping[str, Limit],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._pauses = pauses
        self._limits = dict(limits)
        self._clock = clock
        self._changed = threading.Condition()
        self._dirty = False
        self._stopped = False
        self._waiting: dict[JobId, Waiting] = {}
        self._running: dict[str, str] = {}
        self._left_early: set[str] | None = set()
        self._turns: dict[tuple[str, str], int] = {}
        self._buckets = {
            name: TokenBucket.full(limit.per_minute, clock()) for name, limit in limits.items() if limit.per_minute
        }
        self._thread = threading.Thread(target=self._work, name="takebridge-dispatch", daemon=True)
        engine.watch(self._left)

    # --- a bridge's day

    def open(self) -> list[JobId]:
        """Start the engine, which goes on with what it had begun; nothing new is begun yet.

        Returns the jobs it holds under another protocol version: they are not resumed and a person decides.
        """
        self._engine.start()
        held = self._engine.unfinished()
        ours = [one.workflow_id for one in held if one.resumes]
        owners = {record.id: record.provider for record in self._jobs.all()}
        with self._changed:
            gone, self._left_early = self._left_early or set(), None
            self._running |= {name: owners.get(job_of(name), "") for name in ours if name not in gone}
        return list(dict.fromkeys(job_of(one.workflow_id) for one in held if not one.resumes))

    def start(self) -> None:
        """Queue every job that has not ended and that the engine does not hold; begin working."""
        for record in self._jobs.unended():
            with self._changed:
                held = record.workflow_id in self._running
            if not held:
                self.enqueue(self._fresh_attempt(record))
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing any more. The engine is stopped after that: what it leaves must not make room."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    # --- the queue

    def enqueue(self, record: JobRecord) -> None:
        """See `JobQueue.enqueue`."""
        with self._changed:
            if record.workflow_id not in self._running:
                self._waiting[record.id] = waiting_of(record)
        self.reconsider()

    def withdraw(self, job_id: JobId) -> bool:
        """See `JobQueue.withdraw`."""
        with self._changed:
            return self._waiting.pop(job_id, None) is not None

    def reconsider(self) -> None:
        """See `JobQueue.reconsider`."""
        with self._changed:
            self._dirty = True
            self._changed.notify_all()

    def forget(self, job_id: JobId) -> None:
        """Make the engine drop what it holds of a job under another protocol version."""
        for one in self._engine.unfinished():
            if job_of(one.workflow_id) == job_id and not one.resumes:
                self._engine.forget(one.workflow_id)

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many jobs wait and how many run, by provider."""
        with self._changed:
            return dict(Counter(one.provider for one in self._waiting.values())), dict(Counter(self._running.values()))

    def pump(self) -> float | None:
        """Begin all that may begin now. Returns the seconds until it is worth looking again, None: at a change."""
        while True:
            try:
                if not self._begin_one():
                    return self._next_token()
            except Exception as error:  # noqa: BLE001 - whatever the engine's or our file did, the queue must live on
                _LOG.warning("A job could not be begun: %s", error)
                return _AGAIN_SECONDS

    # --- pieces

    def _work(self) -> None:
        pause: float | None = 0.0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._dirty or self._stopped, pause)
                self._dirty = False
                if self._stopped:
                    return
            pause = self.pump()

    def _begin_one(self) -> bool:
        """Begin the next job, if any may.

        The lock is held until the engine has it: a job is cancelled, and its provider paused, before that or after.
        """
        with self._changed:
            pauses = self._pauses.all() if self._waiting else ()
            now = self._clock()
            running = Counter(self._running.values())
            free = {name: self._free(name, running, now) for name in {one.provider for one in self._waiting.values()}}
            chosen = choose(self._waiting.values(), room(free, MOST_RUNNING - len(self._running), pauses), self._turns)
            if chosen is None or self._stopped:
                return False
            del self._waiting[chosen.job_id]
            self._running[chosen.workflow_id] = chosen.provider
            try:
                self._engine.begin(chosen.workflow_id)
            except BaseException:
                del self._running[chosen.workflow_id]
                self._waiting[chosen.job_id] = chosen
                raise
            self._turns[chosen.provider, chosen.author] = 1 + max(self._turns.values(), default=0)
            if bucket := self._buckets.get(chosen.provider):
                self._buckets[chosen.provider] = bucket.take(now)
        return True

    def _free(self, provider: str, running: Mapping[str, int], now: float) -> int:
        bucket = self._buckets.get(provider)
        if bucket is not None and bucket.wait(now):
            return 0
        return self._limits.get(provider, Limit()).concurrency - running.get(provider, 0)

    def _next_token(self) -> float | None:
        """Seconds until the first provider that has jobs and a free slot gets a token."""
        with self._changed:
            now, running = self._clock(), Counter(self._running.values())
            waits = [
                bucket.wait(now)
                for name, bucket in self._buckets.items()
                if any(one.provider == name for one in self._waiting.values())
                and running[name] < self._limits[name].concurrency
            ]
        return min((wait for wait in waits if wait), default=None)

    def _left(self, workflow_id: str) -> None:
        with self._changed:
            if self._left_early is not None:
                self._left_early.add(workflow_id)
            self._running.pop(workflow_id, None)
        self.reconsider()

    def _fresh_attempt(self, record: JobRecord) -> JobRecord:
        """An attempt the engine has finished with, of a job that has not ended, needs another number."""
        attempt = record.attempt
        while self._engine.knows(record.model_copy(update={"attempt": attempt}).workflow_id):
            attempt += 1
        if attempt == record.attempt:
            return record
        try:
            return self._jobs.change(record.id, lambda old: old.model_copy(update={"attempt": attempt}))
        except BridgeError:
            return record.model_copy(update={"attempt": attempt})
