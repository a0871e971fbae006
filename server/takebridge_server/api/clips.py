"""Clips over HTTP: push out of the cut, pull takes back, export what is there."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter

from takebridge.cut.link import ClipLink
from takebridge.errors import UsageError
from takebridge.ids import CanvasId, LinkId
from takebridge.services.export import export_otio
from takebridge.services.pull import PullReport, PullRequest
from takebridge.services.push import PushedClip, PushRequest, push
from takebridge.services.stacking import bring
from takebridge.store.links import Delivery, LinkedClip
from takebridge_server.api.bodies import Body, FilePath, signed
from takebridge_server.sessions import AgentHub
from takebridge_server.works import Works


class Export(Body):
    """Where to write the timeline: an absolute path ending in ``.otio``."""

    path: FilePath


def clip_router(works: Works, hub: AgentHub) -> APIRouter:
    """Routes under ``/api/clips``. The host is the one that said hello last."""
    router = APIRouter(prefix="/api/clips", tags=["clips"])

    @router.post("/push")
    async def push_clips(body: PushRequest) -> list[PushedClip]:
        """Send the clips a person means to the canvas."""
        return await push(works.bridge, hub.current(), signed(body))

    @router.post("/pull")
    async def pull_take(body: PullRequest) -> PullReport:
        """Bring a take back as the clip's native take; above the clip where the editor has no native takes."""
        return await bring(works.bridge, hub.current(), signed(body))

    @router.get("/links")
    def links(canvas_id: CanvasId) -> list[ClipLink]:
        """Clip links of a canvas."""
        return works.bridge.links.of_canvas(works.bridge.desk.view(canvas_id).canvas.id)

    @router.get("/linked")
    def linked(canvas_id: CanvasId) -> list[LinkedClip]:
        """Clip links of a canvas, each with the files delivered for it."""
        return works.bridge.links.linked_clips(works.bridge.desk.view(canvas_id).canvas.id)

    @router.get("/links/{link_id}/deliveries")
    def deliveries(link_id: LinkId) -> list[Delivery]:
        """Files delivered for a clip."""
        return works.bridge.links.deliveries(works.bridge.links.get(link_id).id)

    @router.post("/export")
    async def export(body: Export) -> dict[str, list[str]]:
        """Write the open timeline as OTIO; returns what could not be expressed."""
        path = Path(body.path)
        if not path.is_absolute() or path.suffix != ".otio":
            raise UsageError("The export needs an absolute path that ends in .otio.", hint="For example /tmp/cut.otio.")
        return {"losses": list(await export_otio(works.bridge, hub.current(), path))}

    return router
