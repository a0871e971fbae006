"""What a panel beside the editor asks: where the person is, the clips they mean, takes on the timeline."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import Response
from pydantic import Field

from takebridge.client.panel_types import Look, LookMode, PutClip, PutRequest, Spot
from takebridge.ids import BlobHash, ClipKey
from takebridge.media.previews import frame_jpeg, frame_png
from takebridge.services import looking
from takebridge.services.looking_frames import clip_frame
from takebridge.services.placing_takes import PutTakes, put
from takebridge_server.api.bodies import Body
from takebridge_server.api.files import file_answers
from takebridge_server.api.previews import KEEP, ContentPath
from takebridge_server.sessions import AgentHub
from takebridge_server.speaking import author_or
from takebridge_server.works import Works

WIDEST = 1920
MOST_FRAMES = 100_000_000
"""More than three weeks at 48 frames a second: a number beyond it is no frame anybody has."""


class AskLook(Body):
    """Which clips are meant."""

    mode: LookMode = "playhead"


class Park(Body):
    """An absolute record frame, and the timeline it is of ("": the open one)."""

    record_frame: int
    timeline_id: str = Field(default="", max_length=255)


def panel_router(works: Works, hub: AgentHub) -> APIRouter:
    """Routes of panels. The host is the one that said hello last."""
    router = APIRouter(prefix="/api")

    @router.get("/hosts/spot", tags=["status"])
    async def spot(fresh: bool = True) -> Spot:
        """Where the person is in the editor; with ``fresh`` false as it was told last."""
        found = await looking.spot(hub.current(), works.looks, fresh=fresh)
        return Spot.model_validate(found, from_attributes=True)

    @router.post("/hosts/playhead", tags=["status"])
    async def park(body: Park) -> Spot:
        """Put the playhead on a record frame."""
        found = await looking.park(hub.current(), works.looks, body.record_frame, body.timeline_id)
        return Spot.model_validate(found, from_attributes=True)

    @router.post("/clips/look", tags=["clips"])
    async def look(body: AskLook) -> Look:
        """The clips a person means, what they show, and whether they can be pushed. Changes nothing."""
        found = await looking.look(works.bridge, hub.current(), works.looks, body.mode)
        return Look.model_validate(found, from_attributes=True)

    @router.get("/clips/frame", tags=["clips"], response_class=Response, responses=file_answers("image/jpeg"))
    async def frame(
        session: Annotated[str, Query(max_length=80)],
        clip: Annotated[str, Query(max_length=255)],
        record_frame: int,
        width: Annotated[int, Query(ge=16, le=WIDEST)] = 320,
    ) -> Response:
        """The frame of a clip's own file shown at a record frame, as JPEG; only of clips that were looked at."""
        current = hub.current()
        host = current if current.session == session else hub.get(session)
        data = await clip_frame(works.bridge, host, works.looks, ClipKey(clip), record_frame, width)
        return Response(data, media_type="image/jpeg")

    @router.get(
        "/media/{content}/frames/{frame}", tags=["takes"], response_class=Response, responses=file_answers("image/png")
    )
    async def frame_of_take(
        content: ContentPath,
        frame: Annotated[int, InPath(ge=0, le=MOST_FRAMES)],
        width: Annotated[int | None, Query(ge=16, le=WIDEST)] = None,
    ) -> Response:
        """One frame of a take, 0 the first; of a still, frame 0. In full size as PNG; with ``width`` a JPEG so wide."""
        path = works.bridge.blobs.path_of(BlobHash(content))
        if width is not None:
            small = await anyio.to_thread.run_sync(frame_jpeg, path, frame, width)
            return Response(small, media_type="image/jpeg", headers=KEEP)
        return Response(await anyio.to_thread.run_sync(_png, path, frame), media_type="image/png", headers=KEEP)

    @router.post("/clips/put", tags=["clips"])
    async def put_takes(body: PutRequest) -> list[PutClip]:
        """Put the pinned takes of clips on the timeline: as native takes, in the clip's place, or above it."""
        asked = PutTakes(body.canvas_id, body.links, body.takes, body.how, author_or(body.author))
        found = await put(works.bridge, hub.current(), asked)
        return [PutClip.model_validate(one, from_attributes=True) for one in found]

    return router


def _png(path: Path, frame: int) -> bytes:
    with TemporaryDirectory(prefix="takebridge-frame-") as folder:
        made = Path(folder) / "frame.png"
        frame_png(path, frame, made)
        return made.read_bytes()
