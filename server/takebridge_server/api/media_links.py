"""Stored media for pages: links to it, signed for whoever asks, and the files behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, cast

import anyio.to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from takebridge.canvas.model import Content
from takebridge.client.panel_api import CELLS_HEADER
from takebridge.client.panel_types import Cells
from takebridge.client.replies import Reply
from takebridge.errors import BlobMissingError
from takebridge.ids import BlobHash
from takebridge.media.mime import DOWNLOAD, media_type
from takebridge.services.previews import PreviewKind
from takebridge_server.api.bodies import Body
from takebridge_server.api.ranges import RangedFile, ranged_file
from takebridge_server.media_links import PREFIX, WHATS, MediaLinks, What, iso
from takebridge_server.wire_errors import wire_body
from takebridge_server.works import Works

MOST_CONTENTS = 200
_MADE: dict[What, str] = {
    "poster": "image/jpeg",
    "sprite": "image/jpeg",
    "still": "image/jpeg",
    "proxy": "video/mp4",
    "peaks": "application/json",
}
_PLAYERS = frozenset({"video", "audio"})


class SignMedia(Body):
    """Contents of takes that are about to be shown."""

    contents: Annotated[list[Content], Field(min_length=1, max_length=MOST_CONTENTS)]


class MediaUrls(Reply):
    """Links to one content, relative to the bridge. What a medium has not (a sprite of a still) answers 422."""

    poster: str = Field(description="JPEG of at most 320 pixels across: the middle frame, the still or the waveform.")
    sprite: str = Field(description="Frames of a film as cells of one JPEG; X-TakeBridge-Cells says how they lie.")
    proxy: str = Field(description="The film at 640 pixels across, frame for frame, as MP4.")
    still: str = Field(description="JPEG of at most 1280 pixels across: the middle frame, or the still.")
    original: str = Field(description="The stored bytes.")
    peaks: str = Field(description='JSON {"rate": n, "peaks": [[min, max], …]}: n pairs a second, -1 to 1.')


class SignedMedia(Reply):
    """``urls`` by content; contents that the store does not have are left out."""

    expires_at: str
    urls: dict[str, MediaUrls]


def media_link_router(works: Works, links: MediaLinks, asking: Callable[[], str]) -> APIRouter:
    """``POST /api/media/sign`` and the files under ``/m``; ``asking`` returns the session of the present request."""
    router = APIRouter(tags=["takes"])

    @router.post("/api/media/sign")
    def sign(body: SignMedia) -> SignedMedia:
        """Links to stored media for ``<img>``, ``<video>`` and ``<audio>``, good for 60 to 120 minutes.

        They are the same for a whole hour, so ask again for what is still shown when they expire. They end with the
        session that asked.
        """
        expires, session = links.expiry(), asking()
        here = [content for content in dict.fromkeys(body.contents) if works.bridge.blobs.has(content)]
        urls = {str(one): MediaUrls.model_validate(links.urls(one, session, expires)) for one in here}
        return SignedMedia(expires_at=iso(expires), urls=urls)

    async def follow(request: Request) -> Response:
        content, what = request.path_params["content"], request.path_params["what"]
        if what not in WHATS:
            raise HTTPException(404, f"There is no “{what[:20]}” of a medium.")
        asked = request.query_params
        refused = links.refusal(content, what, asked.get("e", ""), asked.get("s", ""), asked.get("g", ""))
        if refused is not None:
            return JSONResponse(wire_body(refused.code, refused.message, refused.hint), 403)
        left = links.remaining(int(asked["e"]))
        keep = {"Cache-Control": f"private, max-age={left}, immutable"}
        if what == "original":
            file = await anyio.to_thread.run_sync(_original, works, BlobHash(content), request, keep)
        else:
            file = await _preview(works, BlobHash(content), cast(PreviewKind, what), keep)
        file.still = partial(links.alive, asked["s"])
        return file

    # Not in the contract: the address of a link is the bridge's own affair. Starlette's route answers HEAD as well.
    router.add_route(PREFIX + "/{content}/{what}", follow, methods=["GET"], include_in_schema=False)
    return router


async def _preview(works: Works, content: BlobHash, kind: PreviewKind, keep: dict[str, str]) -> RangedFile:
    found = await works.previewer().get(content, kind)
    headers = dict(keep)
    if found.cells is not None:
        headers[CELLS_HEADER] = Cells.model_validate(found.cells, from_attributes=True).model_dump_json()
    return _file(found.path, found.path.name, _MADE[kind], headers)


def _original(works: Works, content: BlobHash, request: Request, keep: dict[str, str]) -> RangedFile:
    path = works.bridge.blobs.path_of(content)
    kind = media_type(path)
    headers = dict(keep)
    if not is_shown(kind, request.headers.get("sec-fetch-dest", "")):
        headers["Content-Disposition"] = "attachment"  # no name: the page's own ``download`` attribute gives one
    return _file(path, content, kind, headers)


def is_shown(kind: str, asked_for: str) -> bool:
    """Say whether a medium may be shown where it was asked for (Sec-Fetch-Dest), rather than downloaded.

    Pictures in pictures, films and sounds in players. A tab of its own, a frame or an object downloads. ``empty`` is
    `fetch`, "" a browser that does not say or no browser.
    """
    if kind == DOWNLOAD:
        return False
    family = kind.partition("/")[0]
    if asked_for in _PLAYERS:
        return family in _PLAYERS
    return asked_for in ("", "empty") or asked_for == family == "image"


def _file(path: object, tag: str, kind: str, headers: dict[str, str]) -> RangedFile:
    try:
        return ranged_file(str(path), tag, kind, headers)
    except OSError as error:
        raise BlobMissingError("The medium was removed just now.", hint="Load the page again.") from error
