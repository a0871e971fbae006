"""What can be put on a canvas and what it can run on: node kinds and model profiles, as data any UI can draw."""

from __future__ import annotations

from fastapi import APIRouter

from takebridge.canvas.model import NodeKind
from takebridge.providers.protocol import ModelProfile
from takebridge_server.works import Works


def catalog_router(works: Works) -> APIRouter:
    """``/api/kinds`` and ``/api/models``."""
    router = APIRouter(prefix="/api", tags=["catalogue"])

    @router.get("/kinds")
    def kinds() -> dict[str, NodeKind]:
        """Node kinds with their ports and parameters, by key."""
        return dict(works.bridge.desk.kinds)

    @router.get("/models")
    def models(kind: str | None = None) -> list[ModelProfile]:
        """Model profiles: what they take, what they cost and how long they need. ``kind`` as a node kind binds it."""
        return [profile for profile in works.bridge.providers.profiles() if kind in (None, profile.kind)]

    return router
