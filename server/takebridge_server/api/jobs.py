"""Jobs over HTTP: start, look, cancel, retry, decide."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from takebridge.canvas.model import LARGEST_INT
from takebridge.client.replies import Job
from takebridge.ids import CanvasId, NodeId
from takebridge.services import generate, review
from takebridge.services.job_facts import job_facts
from takebridge.services.queue import LEAST_URGENT, MOST_URGENT, set_priority
from takebridge.services.queue import cancel as cancel_job
from takebridge.store.jobs import JobRecord, Variant
from takebridge_server.api.bodies import Author, Body, JobPath
from takebridge_server.works import Works

Consented = Annotated[int | None, Field(default=None, ge=0, le=LARGEST_INT)]
"""The most it may cost, in millionths; what is not free needs it."""


class Generate(Body):
    """Generate one node. ``again`` makes one more take even while the same is under way."""

    canvas_id: CanvasId = Field(max_length=80)
    node_id: NodeId = Field(max_length=80)
    author: Author
    again: bool = False
    model: str | None = Field(default=None, max_length=120)
    seed: int | None = Field(default=None, ge=0, le=LARGEST_INT)
    priority: int = Field(default=0, ge=MOST_URGENT, le=LEAST_URGENT)
    max_micros: Consented


class Again(Body):
    """Who asks, and the most it may cost."""

    author: Author
    max_micros: Consented


class Decide(Again):
    """One of the job's ``choices``."""

    choice: Literal["look_again", "submit_again", "continue", "give_up"]


class Priority(Body):
    """Lower runs earlier; 0 is usual."""

    priority: int = Field(ge=MOST_URGENT, le=LEAST_URGENT)


def job_router(works: Works) -> APIRouter:
    """Routes under ``/api/jobs``."""
    router = APIRouter(prefix="/api/jobs", tags=["jobs"])
    bridge = works.bridge

    @router.get("")
    def list_(canvas_id: Annotated[CanvasId | None, Query(max_length=80)] = None) -> list[Job]:
        """All jobs, or those of a canvas, oldest first."""
        if canvas_id is not None:
            bridge.desk.view(canvas_id)  # no such canvas is not the same as no jobs
        return [_shown(record) for record in bridge.jobs.all(canvas_id)]

    @router.post("", status_code=202)
    def start(body: Generate) -> Job:
        """Queue a generation; the same recipe under way already returns that job."""
        varied = body.model is not None or body.seed is not None
        record = generate.start(
            bridge,
            works.queue(),
            body.canvas_id,
            body.node_id,
            author=body.author,
            variant=Variant(model=body.model, seed=body.seed) if varied else None,
            again=body.again,
            priority=body.priority,
            max_micros=body.max_micros,
        )
        return _shown(record)

    @router.get("/{job_id}")
    def read(job_id: JobPath) -> Job:
        """One job."""
        return _shown(bridge.jobs.get(job_id))

    @router.post("/{job_id}/cancel", status_code=202)
    def cancel(job_id: JobPath) -> Job:
        """Ask a job to stop."""
        return _shown(cancel_job(bridge, works.queue(), job_id))

    @router.post("/{job_id}/retry", status_code=202)
    def retry(job_id: JobPath, body: Again) -> Job:
        """Ask once more for a job that failed: the same recipe, another job."""
        return _shown(review.retry(bridge, works.queue(), job_id, author=body.author, max_micros=body.max_micros))

    @router.post("/{job_id}/resolve", status_code=202)
    def resolve(job_id: JobPath, body: Decide) -> Job:
        """Decide about a job whose outcome is open; answers the job that goes on."""
        asked = {"author": body.author, "max_micros": body.max_micros}
        return _shown(review.resolve(bridge, works.queue(), job_id, body.choice, **asked))  # type: ignore[arg-type]

    @router.post("/{job_id}/priority")
    def priority(job_id: JobPath, body: Priority) -> Job:
        """Let a waiting job run earlier or later."""
        return _shown(set_priority(bridge, works.queue(), job_id, body.priority))

    return router


def _shown(record: JobRecord) -> Job:
    return Job.model_validate(job_facts(record))
