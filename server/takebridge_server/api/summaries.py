"""All canvases at a glance, for the page one begins on."""

from __future__ import annotations

from fastapi import APIRouter

from takebridge.store.database import Database
from takebridge.store.summaries import CanvasSummary, summaries


def summary_router(project: Database) -> APIRouter:
    """``/api/summaries``."""
    router = APIRouter(prefix="/api", tags=["canvas"])

    @router.get("/summaries")
    def all_summaries() -> list[CanvasSummary]:
        """Every canvas in a few words, the one made first first."""
        return summaries(project)

    return router
