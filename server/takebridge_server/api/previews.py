"""Previews of stored media over HTTP: named by content, so a client may keep them for ever."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath

from takebridge.client.panel_api import CELLS_HEADER
from takebridge.client.panel_types import Cells
from takebridge.ids import BlobHash
from takebridge.services.previews import Preview
from takebridge_server.api.files import StoredFile, file_answers
from takebridge_server.works import Works

KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}
ContentPath = Annotated[str, InPath(max_length=80)]


def preview_router(works: Works) -> APIRouter:
    """``/api/media/{content}/poster``, ``sprite`` and ``proxy``."""
    router = APIRouter(prefix="/api/media", tags=["takes"])

    @router.get("/{content}/poster", response_class=StoredFile, responses=file_answers("image/jpeg", ranges=True))
    async def poster(content: ContentPath) -> StoredFile:
        """The middle frame, the still or the waveform, as JPEG of at most 320 pixels across."""
        return _file(await works.previewer().get(BlobHash(content), "poster"), "image/jpeg")

    @router.get("/{content}/sprite", response_class=StoredFile, responses=file_answers("image/jpeg", ranges=True))
    async def sprite(content: ContentPath) -> StoredFile:
        """Frames spread over a film as cells of one JPEG; the header X-TakeBridge-Cells says how they lie."""
        return _file(await works.previewer().get(BlobHash(content), "sprite"), "image/jpeg")

    @router.get("/{content}/proxy", response_class=StoredFile, responses=file_answers("video/mp4", ranges=True))
    async def proxy(content: ContentPath) -> StoredFile:
        """The film at 640 pixels across, frame for frame, H.264 with a key frame every 12; ranges supported."""
        return _file(await works.previewer().get(BlobHash(content), "proxy"), "video/mp4")

    return router


def _file(found: Preview, media_type: str) -> StoredFile:
    headers = dict(KEEP)
    if found.cells is not None:
        headers[CELLS_HEADER] = Cells.model_validate(found.cells, from_attributes=True).model_dump_json()
    return StoredFile(found.path, media_type=media_type, headers=headers)
