"""Job records: what was asked, how far it is, what came of it. The engine's own file only knows job ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select, update

from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, JobId, NodeId, TakeId
from takebridge.providers.protocol import GenerationRequest
from takebridge.store.database import Database
from takebridge.store.tables import job

JobState = Literal["queued", "running", "done", "failed", "cancelled", "unknown"]
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled", "unknown"})


class JobError(BaseModel):
    """Why a job ended badly, in the user's words."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    hint: str = ""


class JobRecord(BaseModel):
    """One generation. ``recipe`` is the canvas recipe as JSON, frozen at submission; counts are the provider's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: JobId
    canvas_id: CanvasId
    node_id: NodeId
    provider: str
    request: GenerationRequest
    recipe: str
    recipe_fp: str
    pin_at_submission: TakeId | None
    author: str
    state: JobState = "queued"
    cancel_requested: bool = False
    done: int = 0
    total: int = 0
    starts: int = 0
    take_id: TakeId | None = None
    error: JobError | None = None
    created_at: str
    ended_at: str = ""


class JobStore:
    """Job records in the project database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add_or_join(self, record: JobRecord) -> JobRecord:
        """Keep a new job, unless one of the same node and recipe is under way: then return that one.

        Both in one transaction, so that two people asking at once start one job.
        """
        same_node = select(job.c.body).where(job.c.node_id == record.node_id, job.c.state.not_in(ENDED))
        with self._db.write() as connection:
            for body in connection.execute(same_node).scalars():
                found = JobRecord.model_validate_json(body)
                if found.recipe_fp == record.recipe_fp:
                    return found
            connection.execute(insert(job).values(**_columns(record)))
        return record

    def get(self, job_id: JobId) -> JobRecord:
        """Return a job. Raises NotFoundError."""
        with self._db.read() as connection:
            body = connection.execute(select(job.c.body).where(job.c.id == job_id)).scalar()
        return _record(body, job_id)

    def change(self, job_id: JobId, edit: Callable[[JobRecord], JobRecord]) -> JobRecord:
        """Read, edit and write in one transaction; returns the new record. Raises NotFoundError."""
        with self._db.write() as connection:
            body = connection.execute(select(job.c.body).where(job.c.id == job_id)).scalar()
            record = edit(_record(body, job_id))
            connection.execute(update(job).where(job.c.id == job_id).values(**_columns(record)))
        return record

    def all(self, canvas_id: CanvasId | None = None) -> list[JobRecord]:
        """Jobs of a canvas (or all), oldest first."""
        query = select(job.c.body).order_by(job.c.created_at, job.c.id)
        if canvas_id is not None:
            query = query.where(job.c.canvas_id == canvas_id)
        with self._db.read() as connection:
            return [JobRecord.model_validate_json(body) for body in connection.execute(query).scalars()]


def _record(body: str | None, job_id: JobId) -> JobRecord:
    if body is None:
        raise NotFoundError("There is no such job.", hint="'takebridge status' lists them.", job=job_id)
    return JobRecord.model_validate_json(body)


def _columns(record: JobRecord) -> dict[str, str]:
    columns = record.model_dump(include={"id", "canvas_id", "node_id", "state", "created_at"})
    return {**columns, "body": record.model_dump_json()}
