"""Canvases over HTTP: read them with derived states, change them by ops."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from takebridge.canvas.op_types import Op
from takebridge.canvas.state import why_stale
from takebridge.ids import BlobHash, CanvasId, NodeId, OpId
from takebridge.services.desk import View
from takebridge.services.references import add_reference
from takebridge_server.works import Works


class NewCanvas(BaseModel):
    """A canvas to be made."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)


class Ops(BaseModel):
    """Ops committed together or not at all. The same ``op_id`` again changes nothing."""

    model_config = ConfigDict(extra="forbid")

    op_id: OpId | None = Field(default=None, max_length=80)
    author: str = Field(default="editor", max_length=80)
    ops: list[Op] = Field(min_length=1, max_length=500)


class NewReference(BaseModel):
    """A still on this machine, by absolute path, and the node it feeds."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=4096)
    feeds: NodeId | None = None
    author: str = Field(default="editor", max_length=80)


def canvas_router(works: Works) -> APIRouter:
    """Routes under ``/api/canvases``, and stored media under ``/api/media``."""
    router = APIRouter(prefix="/api", tags=["canvas"])
    desk = works.bridge.desk

    @router.get("/canvases")
    def titles() -> dict[str, str]:
        """Ids and titles."""
        return {str(canvas_id): title for canvas_id, title in desk.titles().items()}

    @router.post("/canvases", status_code=201)
    def create(body: NewCanvas) -> dict[str, Any]:
        """Make an empty canvas."""
        return _shown(desk.create(body.title))

    @router.get("/canvases/{canvas_id}")
    def read(canvas_id: CanvasId) -> dict[str, Any]:
        """The canvas, its revision and every node's state."""
        return _shown(desk.view(canvas_id))

    @router.post("/canvases/{canvas_id}/ops")
    def change(canvas_id: CanvasId, body: Annotated[Ops, Body()]) -> dict[str, Any]:
        """Apply ops."""
        return _shown(desk.apply(canvas_id, body.ops, author=body.author, op_id=body.op_id))

    @router.get("/canvases/{canvas_id}/nodes/{node_id}/why")
    def why(canvas_id: CanvasId, node_id: NodeId) -> list[dict[str, Any]]:
        """Why a node is stale: what changed since its pinned take was asked for."""
        view = desk.view(canvas_id)
        return [change.model_dump(mode="json") for change in why_stale(view.canvas, node_id, desk.kinds)]

    @router.post("/canvases/{canvas_id}/references", status_code=201)
    def reference(canvas_id: CanvasId, body: NewReference) -> dict[str, NodeId]:
        """Bring in a still as a reference node."""
        path = Path(body.path)
        node = add_reference(works.bridge, canvas_id, path, feeds=body.feeds, author=body.author)
        return {"node": node}

    @router.get("/media/{content}")
    def media(content: str) -> FileResponse:
        """The bytes of a stored file, ranges supported; always offered as a download."""
        path = works.bridge.blobs.path_of(BlobHash(content))
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)

    return router


def _shown(view: View) -> dict[str, Any]:
    states = {node_id: asdict(state) for node_id, state in view.states.items()}
    return {"rev": view.rev, "canvas": view.canvas.model_dump(mode="json"), "states": states}
