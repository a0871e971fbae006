"""Fan-outs over HTTP: one prompt across models and seeds, and the sheet to compare them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field

from takebridge.canvas.model import LARGEST_INT
from takebridge.client.replies import FanOut, Job
from takebridge.ids import CanvasId, NodeId
from takebridge.services import fan
from takebridge.services.job_facts import job_facts
from takebridge_server.api.bodies import Author, Body
from takebridge_server.api.files import StoredFile, file_answers
from takebridge_server.works import Works

FanPath = Annotated[str, InPath(max_length=80)]


class NewFan(Body):
    """Every model with every seed, at most 24 together; ``max_micros`` is the most all of them may cost."""

    canvas_id: CanvasId = Field(max_length=80)
    node_id: NodeId = Field(max_length=80)
    models: list[Annotated[str, Field(max_length=120)]] = Field(default_factory=list, max_length=24)
    seeds: list[Annotated[int, Field(ge=0, le=LARGEST_INT)]] = Field(default_factory=list, max_length=24)
    max_micros: int | None = Field(default=None, ge=0, le=LARGEST_INT)
    author: Author


def fan_router(works: Works) -> APIRouter:
    """Routes under ``/api/fans``."""
    router = APIRouter(prefix="/api/fans", tags=["fan-out"])
    bridge = works.bridge

    @router.post("", status_code=202)
    def start(body: NewFan) -> FanOut:
        """Queue all variants or none; nothing is pinned by itself."""
        made = fan.start_fan(
            bridge,
            works.queue(),
            body.canvas_id,
            body.node_id,
            author=body.author,
            models=body.models,
            seeds=body.seeds,
            max_micros=body.max_micros,
        )
        return _shown(made)

    @router.get("/{fan_id}")
    def read(fan_id: FanPath) -> FanOut:
        """The fan-out's jobs as they are now."""
        return _shown(fan.fan_of(bridge, fan_id))

    @router.get("/{fan_id}/sheet", response_class=StoredFile, responses=file_answers("image/png"))
    def sheet(fan_id: FanPath) -> StoredFile:
        """A contact sheet (PNG) of the results so far."""
        path = fan.fan_sheet(bridge, fan_id)
        return StoredFile(path, media_type="image/png", filename=path.name)

    return router


def _shown(made: fan.Fan) -> FanOut:
    return FanOut(fan=made.id, jobs=tuple(Job.model_validate(job_facts(record)) for record in made.jobs))
