"""Assembled films over HTTP."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from pydantic import Field

from takebridge.client.replies import FilmExported
from takebridge.services.films import export_film
from takebridge_server.api.bodies import Body, CanvasPath, FilePath, NodePath, OneLine
from takebridge_server.works import Works


class ExportFilm(Body):
    """A folder on this machine, by absolute path, and what the files are called (None: as the canvas)."""

    folder: FilePath = Field(min_length=1)
    title: OneLine | None = Field(default=None, min_length=1, max_length=200)


def film_router(works: Works) -> APIRouter:
    """``/api/canvases/{id}/nodes/{id}/film``."""
    router = APIRouter(prefix="/api", tags=["films"])

    @router.post("/canvases/{canvas_id}/nodes/{node_id}/film", status_code=201)
    def export(canvas_id: CanvasPath, node_id: NodePath, body: ExportFilm) -> FilmExported:
        """Write the film of an export node as .mp4, its cut as .otio, and the media of the cut beside them."""
        done = export_film(works.bridge, canvas_id, node_id, Path(body.folder), title=body.title)
        return FilmExported.model_validate(done, from_attributes=True)

    return router
