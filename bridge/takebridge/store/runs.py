"""Runs: plans a person agreed to, which jobs were started for them, and how far they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NewType

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, insert, select, update

from takebridge.canvas.plan_types import Scope
from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, JobId, NodeId
from takebridge.store.database import Database
from takebridge.store.jobs import JobRecord
from takebridge.store.tables import job, run

RunId = NewType("RunId", str)
RunState = Literal["running", "paused", "done", "stopped", "failed", "cancelled"]
OPEN_RUNS: frozenset[str] = frozenset({"running", "paused"})

AttemptState = Literal["starting", "running", "done", "failed", "cancelled", "unknown", "refused"]
UNDER_WAY: frozenset[str] = frozenset({"starting", "running"})


class Attempt(BaseModel):
    """One job of a run. It is kept before the job is asked for (``starting``, no ``job_id``), so that a crash between
    the two is seen. ``held_micros`` is what it may cost, or what it did cost where that is more. Not ``own``: an equal
    job was under way already and is waited for; it is neither counted nor cancelled here. ``words`` say why it ended
    badly.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    node: NodeId
    recipe_fp: str
    held_micros: int
    state: AttemptState = "starting"
    job_id: JobId | None = None
    own: bool = True
    words: str = ""


class Run(BaseModel):
    """A plan that was agreed to. ``nodes`` are the steps it had; only they are ever started.

    ``max_micros`` of ``currency`` is the most all its jobs together may cost. ``done`` counts the steps that need
    nothing any more, ``reason`` says why it stopped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RunId
    canvas_id: CanvasId
    scope: Scope
    nodes: tuple[NodeId, ...]
    author: str
    digest: str
    currency: str
    max_micros: int
    allow_unknown: bool = False
    state: RunState = "running"
    reason: str = ""
    attempts: tuple[Attempt, ...] = ()
    done: int = 0
    created_at: str
    ended_at: str = ""

    @property
    def held_micros(self) -> int:
        """What its own jobs may cost together, what they did cost included. Money given back is not used twice."""
        return sum(one.held_micros for one in self.attempts if one.own and one.state != "refused")

    @property
    def under_way(self) -> tuple[Attempt, ...]:
        """The jobs it waits for."""
        return tuple(one for one in self.attempts if one.state in UNDER_WAY)


class RunStore:
    """Runs in the project database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Run) -> None:
        """Keep a new run."""
        with self._db.write() as connection:
            connection.execute(insert(run).values(**_columns(new)))

    def get(self, run_id: RunId) -> Run:
        """Return a run. Raises NotFoundError."""
        with self._db.read() as connection:
            body = connection.execute(select(run.c.body).where(run.c.id == run_id)).scalar()
        return _run(body, run_id)

    def change(self, run_id: RunId, edit: Callable[[Run], Run]) -> Run:
        """Read, edit and write in one transaction; returns the new run. Raises NotFoundError and what ``edit`` does."""
        with self._db.write() as connection:
            body = connection.execute(select(run.c.body).where(run.c.id == run_id)).scalar()
            kept = _run(body, run_id)
            changed = edit(kept)
            if changed != kept:
                connection.execute(update(run).where(run.c.id == run_id).values(**_columns(changed)))
        return changed

    def all(self, canvas_id: CanvasId | None = None) -> list[Run]:
        """Runs of a canvas (or all), oldest first."""
        return self._runs(*([run.c.canvas_id == canvas_id] if canvas_id is not None else []))

    def open(self, canvas_id: CanvasId | None = None) -> list[Run]:
        """Runs that have not ended, oldest first."""
        here = [run.c.canvas_id == canvas_id] if canvas_id is not None else []
        return self._runs(run.c.state.in_(OPEN_RUNS), *here)

    def failed_jobs(self, canvas_id: CanvasId) -> list[JobRecord]:
        """Jobs of a canvas that failed, oldest first: what keeps runs from trying the same in vain."""
        query = select(job.c.body).where(job.c.canvas_id == canvas_id, job.c.state == "failed")
        with self._db.read() as connection:
            bodies = connection.execute(query.order_by(job.c.created_at, job.c.id)).scalars()
            return [JobRecord.model_validate_json(body) for body in bodies]

    def _runs(self, *conditions: ColumnElement[bool]) -> list[Run]:
        query = select(run.c.body).where(*conditions).order_by(run.c.created_at, run.c.id)
        with self._db.read() as connection:
            return [Run.model_validate_json(body) for body in connection.execute(query).scalars()]


def _run(body: str | None, run_id: RunId) -> Run:
    if body is None:
        raise NotFoundError("There is no such run.", hint="List the runs of the canvas.", run=run_id)
    return Run.model_validate_json(body)


def _columns(value: Run) -> dict[str, str]:
    columns = value.model_dump(include={"id", "canvas_id", "state", "created_at"})
    return {**columns, "body": value.model_dump_json()}
