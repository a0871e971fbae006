"""Job records: what was asked, how far it is, what came of it. The engine's own file only knows job ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, func, insert, select, update

from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, JobId, NodeId, TakeId
from takebridge.providers.protocol import GenerationRequest
from takebridge.store.database import Database
from takebridge.store.tables import job

JobState = Literal["queued", "running", "done", "failed", "cancelled", "unknown"]
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled", "unknown"})
"""States in which nothing happens by itself any more. An unknown one waits for a person."""

Choice = Literal["look_again", "submit_again", "continue", "give_up"]
"""What a person can decide about a job whose outcome is open."""

Origin = Literal["user", "policy", "sync", "import", "upgrade"]
"""What made the job: a person, a node's policy, an editor's sync, an import, a new release."""


class JobError(BaseModel):
    """Why a job ended badly, in the user's words."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    hint: str = ""


class Variant(BaseModel):
    """What one job changes of its node's recipe: the model, the seed. None keeps the node's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = None
    seed: int | None = None


class JobRecord(BaseModel):
    """One generation. ``recipe`` is the canvas recipe as JSON, frozen at submission; counts are the provider's own.

    ``node_fp`` is what the node itself expected then; it differs from ``recipe_fp`` for a variant. A lower
    ``priority`` runs first. ``fan_index`` is its place in its fan-out. ``attempt`` counts how often the job was handed
    to the engine anew. ``waiting_since`` is the Unix time from which its provider has to answer, ``started_at`` when
    it took the job ("": not yet, or under an earlier release). ``choices`` are a
    person's while the state is unknown. ``late`` says that the node had moved on when the result came. Amounts are
    micros of ``currency``; None is unknown. ``max_micros`` is what a person agreed to pay at most. ``notes`` say what
    is made otherwise than asked; ``keep_ms`` is how much of the result, from its head, was asked for (None: all).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: JobId
    canvas_id: CanvasId
    node_id: NodeId
    provider: str
    request: GenerationRequest
    recipe: str
    recipe_fp: str
    node_fp: str = ""
    variant: Variant | None = None
    pin_at_submission: TakeId | None
    pinning: bool = True
    author: str
    origin: Origin = "user"
    run_id: str | None = None
    fan_id: str | None = None
    fan_index: int = 0
    retry_of: JobId | None = None
    priority: int = 0
    state: JobState = "queued"
    attempt: int = 1
    waiting_since: int | None = None
    cancel_requested: bool = False
    choices: tuple[Choice, ...] = ()
    done: int = 0
    total: int = 0
    starts: int = 0
    take_id: TakeId | None = None
    late: bool = False
    error: JobError | None = None
    currency: str = "USD"
    low_micros: int | None = None
    high_micros: int | None = None
    max_micros: int | None = None
    actual_micros: int | None = None
    notes: tuple[str, ...] = ()
    keep_ms: int | None = None
    created_at: str
    started_at: str = ""
    ended_at: str = ""

    @property
    def workflow_id(self) -> str:
        """What the engine knows this attempt by: the job's id, then ``<id>~2`` and so on."""
        return self.id if self.attempt == 1 else f"{self.id}~{self.attempt}"


def job_of(workflow_id: str) -> JobId:
    """Return the job an engine's workflow belongs to."""
    return JobId(workflow_id.partition("~")[0])


class JobStore:
    """Job records in the project database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add_or_join(self, record: JobRecord) -> JobRecord:
        """Keep a new job, unless one of the same node and recipe is under way: then return that one.

        Both in one transaction, so that two people asking at once start one job.
        """
        with self._db.write() as connection:
            found = _under_way(connection, record)
            if found is None:
                connection.execute(insert(job).values(**_columns(record)))
        return found or record

    def add(self, records: Sequence[JobRecord]) -> None:
        """Keep new jobs, all or none, whatever is under way."""
        with self._db.write() as connection:
            for record in records:
                connection.execute(insert(job).values(**_columns(record)))

    def under_way(self, record: JobRecord) -> JobRecord | None:
        """Return the job that `add_or_join` would join now."""
        with self._db.read() as connection:
            return _under_way(connection, record)

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

    def unended(self) -> list[JobRecord]:
        """Jobs that are queued or running, oldest first."""
        query = select(job.c.body).where(job.c.state.not_in(ENDED)).order_by(job.c.created_at, job.c.id)
        with self._db.read() as connection:
            return [JobRecord.model_validate_json(body) for body in connection.execute(query).scalars()]

    def of_fan(self, fan_id: str) -> list[JobRecord]:
        """Jobs of one fan-out in the order of its variants; a retried one follows the one it retries."""
        query = select(job.c.body).where(func.json_extract(job.c.body, "$.fan_id") == fan_id)
        with self._db.read() as connection:
            bodies = connection.execute(query.order_by(job.c.created_at, job.c.id)).scalars()
            found = [JobRecord.model_validate_json(body) for body in bodies]
        return sorted(found, key=lambda record: record.fan_index)


def _under_way(connection: Connection, record: JobRecord) -> JobRecord | None:
    """The newest job of the same node and recipe, also of another release, that has not ended."""
    same_node = select(job.c.body).where(job.c.node_id == record.node_id, job.c.state.not_in(ENDED))
    for body in connection.execute(same_node.order_by(job.c.created_at)).scalars():
        found = JobRecord.model_validate_json(body)
        if (found.recipe_fp, found.canvas_id) == (record.recipe_fp, record.canvas_id) and not found.cancel_requested:
            return found
    return None


def _record(body: str | None, job_id: JobId) -> JobRecord:
    if body is None:
        raise NotFoundError("There is no such job.", hint="'takebridge jobs' lists them.", job=job_id)
    return JobRecord.model_validate_json(body)


def _columns(record: JobRecord) -> dict[str, str]:
    columns = record.model_dump(include={"id", "canvas_id", "node_id", "state", "created_at"})
    return {**columns, "body": record.model_dump_json()}
