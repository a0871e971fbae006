"""`JobEngine` on DBOS: in-process, SQLite, configured as server.md §1.5 measured it.

DBOS keeps one instance and one registry per process, so this is the only module with such state.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSConfiguredInstance, Serializer, SetWorkflowID

from takebridge.ids import JobId
from takebridge.jobs.choosing import MOST_RUNNING
from takebridge.jobs.port import EngineStopping, GenerateSteps, Held
from takebridge.store.jobs import job_of

WORKFLOW_PROTOCOL = "2"
"""Bumped by hand when a workflow's steps change: jobs of another number are not resumed (server.md §1.4)."""

_LEAVE_SECONDS = 10
_UNFINISHED = ["PENDING", "ENQUEUED"]
_EXECUTOR = "bridge"


class JsonSerializer(Serializer):
    """Job inputs and results as JSON: the engine's default is pickle, which would run code from the database."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401
        """Return JSON; exceptions become their text."""
        return json.dumps(data, default=lambda value: {"error": f"{type(value).__name__}: {value}"})

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401
        """Inverse of `serialize`; a stored exception comes back as RuntimeError."""
        data = json.loads(serialized_data)
        if isinstance(data, dict) and set(data) == {"error"}:
            return RuntimeError(data["error"])
        if isinstance(data, dict) and set(data) == {"args", "kwargs"}:
            return {"args": tuple(data["args"]), "kwargs": data["kwargs"]}  # the engine adds tuples to it
        return data

    def name(self) -> str:
        """Name stored beside the data."""
        return "takebridge_json"


@DBOS.dbos_class()
class _Generations(DBOSConfiguredInstance):
    """The generate workflow: submit once, wait, collect."""

    steps: GenerateSteps
    left: Callable[[str], None]

    def __init__(self) -> None:
        self._stopping = False
        self._running = 0
        self._left = threading.Condition()
        super().__init__(config_name="generations")

    def work(self, steps: GenerateSteps) -> None:
        """Do the steps of this engine from now on."""
        self.steps = steps
        self.left = lambda _workflow_id: None
        self._stopping = False

    def leave(self, timeout_seconds: int) -> None:
        """Start nothing any more and wait until running workflows have left, at most this long."""
        with self._left:
            self._stopping = True
            self._left.wait_for(lambda: self._running == 0, timeout_seconds)

    @contextlib.contextmanager
    def _counted(self, workflow_id: str) -> Iterator[None]:
        with self._left:
            if self._stopping:
                raise EngineStopping
            self._running += 1
        try:
            yield
        finally:
            self.left(workflow_id)
            with self._left:
                self._running -= 1
                self._left.notify_all()

    @DBOS.workflow(max_recovery_attempts=10_000)
    def run(self, job_id: str) -> str:
        """Run one job to its end; every step is recorded, so a restart goes on after the last finished one."""
        with self._counted(DBOS.workflow_id or job_id):
            try:
                done = self.submit(job_id) and self.wait(job_id) and self.collect(job_id)
            except Exception as error:  # noqa: BLE001 - whatever a step did not foresee must still end the job visibly
                self.crash(job_id, f"{type(error).__name__}: {error}")
                return "crashed"
            return "done" if done else "ended"

    @DBOS.step()
    def submit(self, job_id: str) -> bool:
        """First step."""
        return self.steps.submit(JobId(job_id))

    @DBOS.step()
    def wait(self, job_id: str) -> bool:
        """Second step: one step for all polls, because each recorded step is a database row."""
        return self.steps.wait(JobId(job_id))

    @DBOS.step()
    def collect(self, job_id: str) -> bool:
        """Third step."""
        return self.steps.collect(JobId(job_id))

    @DBOS.step()
    def crash(self, job_id: str, reason: str) -> None:
        """Record what nobody foresaw."""
        self.steps.crashed(JobId(job_id), reason)


_GENERATIONS = _Generations()  # DBOS refuses a second instance of the same name in a process


class DbosEngine:
    """One engine per process. It begins what it is told at once: who waits for whom is the dispatcher's matter."""

    def __init__(self, path: Path, steps: GenerateSteps) -> None:
        self._path = path
        _enable_wal(path)
        DBOS(config=_config(path))
        _GENERATIONS.work(steps)

    def start(self) -> None:
        """See `JobEngine.start`."""
        DBOS.launch()

    def watch(self, left: Callable[[str], None]) -> None:
        """See `JobEngine.watch`."""
        _GENERATIONS.left = left

    def begin(self, workflow_id: str) -> None:
        """See `JobEngine.begin`."""
        with SetWorkflowID(workflow_id):
            DBOS.start_workflow(_GENERATIONS.run, job_of(workflow_id))

    def knows(self, workflow_id: str) -> bool:
        """See `JobEngine.knows`."""
        return bool(DBOS.list_workflows(workflow_ids=[workflow_id], load_input=False, load_output=False))

    def unfinished(self) -> list[Held]:
        """See `JobEngine.unfinished`."""
        found = DBOS.list_workflows(status=_UNFINISHED, load_input=False, load_output=False)
        return [Held(status.workflow_id, status.app_version == WORKFLOW_PROTOCOL) for status in found]

    def forget(self, workflow_id: str) -> None:
        """See `JobEngine.forget`."""
        DBOS.cancel_workflow(workflow_id)

    def stop(self) -> None:
        """See `JobEngine.stop`."""
        _GENERATIONS.leave(_LEAVE_SECONDS)
        DBOS.destroy(destroy_registry=False)


def _config(path: Path) -> DBOSConfig:
    return {
        "name": "takebridge",
        "system_database_url": f"sqlite:///{path}",
        "application_version": WORKFLOW_PROTOCOL,
        "executor_id": _EXECUTOR,
        "max_executor_threads": MOST_RUNNING + 24,
        "notification_listener_polling_interval_sec": 0.2,
        "run_migrations": True,
        "serializer": JsonSerializer(),
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def _enable_wal(path: Path) -> None:
    """The engine does not set the journal mode itself; it persists in the file (server.md §1.5)."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA user_version")
    path.chmod(0o600)
