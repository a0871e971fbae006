"""Uploads over HTTP: announced, sent in parts that may break off anywhere, finished. What came is never sent twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from takebridge.canvas.model import Content
from takebridge.client.replies import Reply
from takebridge.errors import BridgeError
from takebridge.services.uploads import PART, Intake, Uploads
from takebridge_server.api.bodies import Body, OneLine
from takebridge_server.media_links import iso

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 3600
IDLE_SECONDS = 30
"""A sender that is silent for so long is gone, whatever its connection says: others may go on with the upload."""
_BUFFER = 1 << 20
_BINARY = "application/octet-stream"
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {_BINARY: {"schema": {"type": "string", "format": "binary"}}}}
}

UploadPath = Annotated[str, InPath(max_length=80)]


class NewUpload(Body):
    """A file about to be sent. ``content`` is the BLAKE3 of its bytes, if known: what arrives is held against it."""

    name: Annotated[OneLine, Field(min_length=1, max_length=200)]
    bytes: Annotated[int, Field(ge=1)]
    content: Content | None = None


class UploadBegun(Reply):
    """Send ``part_bytes`` at a time, from ``offset`` on."""

    id: str
    offset: int
    part_bytes: int


class UploadSoFar(Reply):
    """How far an upload is. ``content`` once it is finished, ``problem`` in words where it was refused."""

    id: str
    name: str
    bytes: int
    offset: int
    part_bytes: int
    expires_at: str
    content: str | None = None
    problem: str = ""


class UploadOffset(Reply):
    """So many bytes are safe: the next part begins there."""

    offset: int


class UploadDone(Reply):
    """The medium that was made of an upload, and what it is."""

    content: str
    facts: dict[str, bool | int | str]


def upload_router(uploads: Uploads) -> APIRouter:
    """``/api/uploads``."""
    router = APIRouter(prefix="/api/uploads", tags=["uploads"])

    @router.post("", status_code=201)
    def begin(body: NewUpload) -> UploadBegun:
        """Announce a file of at most 8 GiB. Unfinished uploads are forgotten a week after their last byte."""
        upload = uploads.begin(body.name, body.bytes, body.content)
        return UploadBegun(id=upload.id, offset=0, part_bytes=PART)

    @router.get("/{upload_id}")
    def so_far(upload_id: UploadPath) -> UploadSoFar:
        """How much of an upload is safe: whoever was cut off goes on there."""
        upload = uploads.get(upload_id)
        return UploadSoFar(
            id=upload.id,
            name=upload.name,
            bytes=upload.bytes,
            offset=upload.offset,
            part_bytes=PART,
            expires_at=iso(uploads.expires_at(upload)),
            content=upload.content,
            problem=str(upload.problem["message"]) if upload.problem else "",
        )

    @router.patch("/{upload_id}", openapi_extra=_BODY)
    async def part(upload_id: UploadPath, offset: Annotated[int, Query(ge=0)], request: Request) -> UploadOffset:
        """Send a part that begins at ``offset``, which is where the safe bytes end; anything else is 409.

        The refusal says where to go on. What was read of a part that broke off is kept. What is no medium is refused
        as soon as its first bytes are here.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _BINARY:
            raise HTTPException(415, f"The parts of an upload are sent as {_BINARY}.")
        declared = request.headers.get("content-length")
        length = int(declared.lstrip("0") or "0") if declared is not None else None
        intake = await anyio.to_thread.run_sync(uploads.receive, upload_id, offset, length)
        try:
            await _take_in(request, intake)
        finally:
            with anyio.CancelScope(shield=True):  # a bridge that stops keeps what has come, too
                await anyio.to_thread.run_sync(intake.close)
        return UploadOffset(offset=intake.offset)

    @router.post("/{upload_id}/finish")
    def finish(upload_id: UploadPath) -> UploadDone:
        """Make a medium of the whole file. Asking again is answered the same."""
        upload = uploads.finish(upload_id)
        return UploadDone(content=upload.content or "", facts=dict(upload.facts))

    @router.delete("/{upload_id}")
    def discard(upload_id: UploadPath) -> dict[str, bool]:
        """Forget an upload. A medium that was made of it stays."""
        uploads.discard(upload_id)
        return {"discarded": True}

    return router


async def _take_in(request: Request, intake: Intake) -> None:
    """Write the body as it arrives. A sender that goes away is no error: what was read counts."""
    waiting = bytearray()
    chunks = request.stream().__aiter__()
    try:
        while (chunk := await _next(chunks)) is not None:
            waiting += chunk
            if len(waiting) >= _BUFFER:
                await anyio.to_thread.run_sync(intake.write, bytes(waiting))
                waiting.clear()
    except ClientDisconnect:
        pass
    except TimeoutError:
        await _write_rest(intake, waiting)
        raise HTTPException(408, f"Nothing came for {IDLE_SECONDS} seconds. What came before is kept.") from None
    await _write_rest(intake, waiting)


async def _next(chunks: Any) -> bytes | None:  # noqa: ANN401 - Starlette's own generator
    async with asyncio.timeout(IDLE_SECONDS):
        return await anext(chunks, None)


async def _write_rest(intake: Intake, waiting: bytearray) -> None:
    if waiting:
        await anyio.to_thread.run_sync(intake.write, bytes(waiting))


@asynccontextmanager
async def sweeping(uploads: Uploads) -> AsyncIterator[None]:
    """While the block lasts, forget uploads that have expired: now, and every hour."""
    task = asyncio.create_task(_sweep(uploads))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sweep(uploads: Uploads) -> None:
    while True:
        try:
            await anyio.to_thread.run_sync(uploads.sweep)
        except (BridgeError, OSError) as error:
            logger.warning("expired uploads could not be removed: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)
