"""Takes over HTTP: version trays, words, references, stored media."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field, model_validator

from takebridge.canvas.fingerprint import Change
from takebridge.canvas.model import Take
from takebridge.canvas.pins import revert_candidate
from takebridge.canvas.state import why_stale
from takebridge.canvas.wiring import get_node, get_take
from takebridge.client.replies import Reference, TakeText, Tray
from takebridge.errors import UnknownTakeError
from takebridge.ids import BlobHash, NodeId, TakeId
from takebridge.services.provenance import Provenance, provenance_of
from takebridge.services.references import add_reference, add_stored_reference
from takebridge.services.texts import read_text, save_text
from takebridge_server.api.bodies import Author, Body, CanvasPath, FilePath, NodePath, OneLine, TakePath
from takebridge_server.api.files import StoredFile, file_answers
from takebridge_server.works import Works


class NewReference(Body):
    """A still, clip or sound: on this machine, by absolute ``path``, or an ``upload``; and the node it feeds."""

    path: FilePath | None = None
    upload: str | None = Field(default=None, max_length=80)
    name: OneLine | None = Field(default=None, max_length=200, description="Title of the node, else the file's name.")
    feeds: NodeId | None = None
    author: Author

    @model_validator(mode="after")
    def _one_source(self) -> NewReference:
        if (self.path is None) == (self.upload is None):
            raise ValueError("it names either a path or an upload")
        return self


class NewText(Body):
    """Words for a brief or script node. ``seen`` is the take that was edited: refused when another is pinned now."""

    text: str = Field(min_length=1, max_length=1_000_000)
    seen: TakeId | None = None
    author: Author


def take_router(works: Works) -> APIRouter:
    """Routes about nodes and their takes, and stored media under ``/api/media``."""
    router = APIRouter(prefix="/api", tags=["takes"])
    desk = works.bridge.desk

    @router.get("/canvases/{canvas_id}/orphans")
    def orphans(canvas_id: CanvasPath) -> list[Take]:
        """Takes whose node was removed: nothing paid for is lost."""
        return list(desk.view(canvas_id).canvas.orphans())

    @router.get("/canvases/{canvas_id}/nodes/{node_id}/why")
    def why(canvas_id: CanvasPath, node_id: NodePath) -> list[Change]:
        """Why a node is stale: what changed since its pinned take was asked for."""
        canvas = desk.view(canvas_id).canvas
        get_node(canvas, node_id)
        return list(why_stale(canvas, node_id, desk.kinds))

    @router.get("/canvases/{canvas_id}/nodes/{node_id}/tray")
    def tray(canvas_id: CanvasPath, node_id: NodePath, hidden: bool = False) -> Tray:
        """The version tray, oldest first, and the take that would make the node fresh for nothing."""
        canvas = desk.view(canvas_id).canvas
        node = get_node(canvas, node_id)
        found = revert_candidate(canvas, node_id, desk.kinds)
        takes = tuple(take for take in canvas.takes_of(node_id) if hidden or not take.hidden)
        return Tray(pin=node.pin, takes=takes, revert=found.id if found else None)

    @router.post("/canvases/{canvas_id}/nodes/{node_id}/text", status_code=201)
    def write(canvas_id: CanvasPath, node_id: NodePath, body: NewText) -> Take:
        """Keep words as a new take of a brief or script, and pin it."""
        return save_text(works.bridge, canvas_id, node_id, body.text, author=body.author, seen=body.seen)

    @router.get("/canvases/{canvas_id}/takes/{take_id}/provenance")
    def provenance(canvas_id: CanvasPath, take_id: TakePath) -> Provenance:
        """Where a take came from: model, request, inputs by hash, cost, rights, what was found in the file."""
        return provenance_of(works.bridge, canvas_id, take_id)

    @router.get("/canvases/{canvas_id}/takes/{take_id}/text")
    def words(
        canvas_id: CanvasPath, take_id: TakePath, port: Annotated[str | None, Query(max_length=64)] = None
    ) -> TakeText:
        """The words of a take; ``port`` picks one part, such as ``shot.s03``."""
        take = get_take(desk.view(canvas_id).canvas, take_id)
        chosen = port or next(iter(take.outputs), "")
        if chosen not in take.outputs:
            raise UnknownTakeError(
                f"Take {take.seq} has no “{chosen}”.", hint=f"It has: {', '.join(take.outputs)}.", take=take_id
            )
        return TakeText(port=chosen, text=read_text(works.bridge, take, chosen))

    @router.post("/canvases/{canvas_id}/references", status_code=201)
    def reference(canvas_id: CanvasPath, body: NewReference) -> Reference:
        """Bring in a still or a sound as a reference node, a clip as a source clip. An upload is finished by it."""
        bridge, title = works.bridge, body.name or ""
        if body.upload is not None:
            desk.view(canvas_id)
            done = works.uploader().finish(body.upload)
            content = BlobHash(done.content or "")
            node = add_stored_reference(
                bridge, canvas_id, content, done.name, feeds=body.feeds, author=body.author, title=title
            )
        else:
            path = Path(body.path or "")
            node = add_reference(bridge, canvas_id, path, feeds=body.feeds, author=body.author, title=title)
        return Reference(node=node)

    @router.get(
        "/media/{content}", response_class=StoredFile, responses=file_answers("application/octet-stream", ranges=True)
    )
    def media(content: Annotated[str, InPath(max_length=80)]) -> StoredFile:
        """The bytes of a stored file, ranges supported; always offered as a download."""
        path = works.bridge.blobs.path_of(BlobHash(content))
        return StoredFile(path, media_type="application/octet-stream", filename=path.name)

    return router
