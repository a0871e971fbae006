"""Jobs over HTTP: start, look, cancel."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from takebridge.ids import CanvasId, JobId, NodeId
from takebridge.services import generate
from takebridge_server.works import Works


class Generate(BaseModel):
    """Generate one node of a canvas."""

    model_config = ConfigDict(extra="forbid")

    canvas_id: CanvasId
    node_id: NodeId
    author: str = Field(default="editor", max_length=80)


def job_router(works: Works) -> APIRouter:
    """Routes under ``/api/jobs``."""
    router = APIRouter(prefix="/api/jobs", tags=["jobs"])

    @router.get("")
    def jobs(canvas_id: CanvasId | None = None) -> list[dict[str, Any]]:
        """All jobs, or those of a canvas, oldest first."""
        if canvas_id is not None:
            works.bridge.desk.view(canvas_id)  # no such canvas is not the same as no jobs
        return [generate.job_facts(record) for record in works.bridge.jobs.all(canvas_id)]

    @router.post("", status_code=202)
    def start(body: Generate) -> dict[str, Any]:
        """Queue a generation; the same recipe under way already returns that job."""
        engine = works.running_engine()
        record = generate.start(works.bridge, engine, body.canvas_id, body.node_id, author=body.author)
        return generate.job_facts(record)

    @router.get("/{job_id}")
    def job(job_id: JobId) -> dict[str, Any]:
        """One job."""
        return generate.job_facts(works.bridge.jobs.get(job_id))

    @router.post("/{job_id}/cancel", status_code=202)
    def cancel(job_id: JobId) -> dict[str, Any]:
        """Ask a job to stop."""
        return generate.job_facts(generate.cancel(works.bridge, job_id))

    return router
