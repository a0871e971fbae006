"""The queue over HTTP: what waits and runs, pausing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from takebridge.client.replies import QueueFacts
from takebridge.services import queue
from takebridge.store.pauses import Pause, PauseScope
from takebridge_server.api.bodies import Author, Body
from takebridge_server.works import Works


class Halt(Body):
    """What to pause or resume: everything, one canvas or one provider (by ``key``)."""

    scope: PauseScope = "all"
    key: str = Field(default="", max_length=80)
    author: Author


def queue_router(works: Works) -> APIRouter:
    """Routes under ``/api/queue``."""
    router = APIRouter(prefix="/api/queue", tags=["queue"])
    bridge = works.bridge

    @router.get("", response_model=QueueFacts)
    def read() -> dict[str, Any]:
        """Pauses, and what waits and runs at each provider."""
        return queue.queue_facts(bridge, works.queue())

    @router.post("/pause")
    def pause(body: Halt) -> list[Pause]:
        """Start nothing more of this scope; what runs goes on."""
        return list(queue.pause(bridge, works.queue(), body.scope, body.key, author=body.author))

    @router.post("/resume")
    def resume(body: Halt) -> list[Pause]:
        """Let this scope go on."""
        return list(queue.resume(bridge, works.queue(), body.scope, body.key, author=body.author))

    return router
