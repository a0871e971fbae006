"""Canvases over HTTP: read them with derived states, change them by ops, undo, replay."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AfterValidator, Field
from starlette.requests import Request

from takebridge.canvas.model import Take
from takebridge.canvas.op_types import AddTake, InsertGraph, Op, RestoreNode
from takebridge.canvas.ops import OP
from takebridge.client.replies import Committed, History, LoggedOp, OpsPage, Snapshot
from takebridge.errors import UsageError
from takebridge.ids import OpId
from takebridge.services.brought import check_brought, check_models
from takebridge.services.desk import Desk, View, changed_states
from takebridge_server.api.bodies import Author, AuthorAsked, Body, CanvasPath, OneLine, one_line
from takebridge_server.api.page import takes_gzip
from takebridge_server.api.snapshots import Snapshots
from takebridge_server.permissions import require_ops
from takebridge_server.speaking import author_or, speaker
from takebridge_server.works import Works


class NewCanvas(Body):
    """A canvas to be made."""

    title: OneLine = Field(min_length=1, max_length=200)


def _with_plain_titles(op: Op) -> Op:
    titled = op.nodes if isinstance(op, InsertGraph) else (op.node if isinstance(op, RestoreNode) else op,)
    for part in titled:
        one_line(getattr(part, "title", ""))
    return op


def _by_who_asks(op: Op, desk: Desk) -> Op:
    """Return ``op``; a take somebody signed in adds is theirs, whatever it says, unless it is a copy of another's."""
    if speaker() is None:
        return op
    if isinstance(op, AddTake):
        return op.model_copy(update={"take": _own(op.take)})
    if isinstance(op, InsertGraph) and op.takes:
        takes = tuple(take if desk.knows_take(take) else _own(take) for take in op.takes)
        return op.model_copy(update={"takes": takes})
    return op


def _own(take: Take) -> Take:
    return take.model_copy(update={"author": author_or(take.author)})


OpName = Annotated[OpId | None, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]


class Ops(Body):
    """Ops committed together or not at all. The same ``op_id`` again changes nothing.

    ``epoch`` and ``base_rev`` are what the client had when it made them: another epoch is refused.
    """

    op_id: OpName = None
    author: Author
    epoch: str | None = Field(default=None, max_length=80)
    base_rev: int | None = Field(default=None, ge=0)
    ops: list[Annotated[Op, AfterValidator(_with_plain_titles)]] = Field(min_length=1, max_length=500)


class Undo(Body):
    """Whose edit to take back; ``batch`` names one that is not the newest. The same ``op_id`` again does nothing."""

    op_id: OpName = None
    author: Author
    batch: str | None = Field(default=None, max_length=80)


class Redo(Body):
    """Whose undo to take back. The same ``op_id`` again does nothing."""

    op_id: OpName = None
    author: Author


def canvas_router(works: Works) -> APIRouter:
    """Routes under ``/api/canvases``: the canvas as a whole."""
    router = APIRouter(prefix="/api", tags=["canvas"])
    desk, snapshots = works.bridge.desk, Snapshots()

    @router.get("/canvases")
    def titles() -> dict[str, str]:
        """Ids and titles."""
        return {str(canvas_id): title for canvas_id, title in desk.titles().items()}

    @router.post("/canvases", status_code=201, response_model=Snapshot)
    def create(body: NewCanvas) -> Response:
        """Make an empty canvas."""
        return snapshots.answer(desk.create(body.title), False, 201)

    @router.get("/canvases/{canvas_id}", response_model=Snapshot)
    def read(canvas_id: CanvasPath, request: Request) -> Response:
        """The canvas, its epoch and revision, and every node's state."""
        return snapshots.answer(desk.view(canvas_id), takes_gzip(request.headers.get("accept-encoding", "")))

    @router.post("/canvases/{canvas_id}/ops")
    def change(canvas_id: CanvasPath, body: Ops) -> Committed:
        """Apply ops; answers the states that changed."""
        if (body.epoch is None) != (body.base_rev is None):
            raise UsageError("An epoch comes with a base_rev.", hint="Give both, or neither.")
        require_ops(body.ops)
        base = None if body.epoch is None or body.base_rev is None else (body.epoch, body.base_rev)
        check_brought(works.bridge.blobs, body.ops)
        before = desk.view(canvas_id)
        check_models(works.bridge.providers, desk.kinds, before.canvas, body.ops)
        ops = [_by_who_asks(op, desk) for op in body.ops]
        after = desk.apply(canvas_id, ops, author=body.author, op_id=body.op_id, base=base)
        return _committed(before, after)

    @router.get("/canvases/{canvas_id}/ops")
    def replay(
        canvas_id: CanvasPath, epoch: Annotated[str, Query(max_length=80)], since: Annotated[int, Query(ge=0)]
    ) -> OpsPage:
        """Ops after a revision; not ``complete``: load the canvas instead."""
        found = desk.replay(canvas_id, epoch, since)
        ops = tuple(
            LoggedOp(
                rev=item.rev,
                op_id=item.op_id,
                batch=item.batch,
                author=item.author,
                origin=item.origin,
                at=item.at,
                op=OP.validate_json(item.op),
            )
            for item in found.ops
        )
        return OpsPage(epoch=found.epoch, rev=found.rev, complete=found.complete, ops=ops)

    @router.post("/canvases/{canvas_id}/undo")
    def undo(canvas_id: CanvasPath, body: Undo) -> Committed:
        """Take back one's newest edit; refused when somebody else has built on it."""
        before = desk.view(canvas_id)
        return _committed(
            before, desk.undo(canvas_id, author=body.author, batch=body.batch, op_id=body.op_id, allow=require_ops)
        )

    @router.post("/canvases/{canvas_id}/redo")
    def redo(canvas_id: CanvasPath, body: Redo) -> Committed:
        """Take back one's newest undo."""
        before = desk.view(canvas_id)
        return _committed(before, desk.redo(canvas_id, author=body.author, op_id=body.op_id, allow=require_ops))

    @router.get("/canvases/{canvas_id}/history")
    def history(canvas_id: CanvasPath, author: AuthorAsked = "editor") -> History:
        """How much one could undo and redo."""
        undoable, redoable = desk.undo_depth(canvas_id, author_or(author))
        return History(undo=undoable, redo=redoable)

    return router


def _committed(before: View, after: View) -> Committed:
    return Committed.model_validate({"epoch": after.epoch, "rev": after.rev, "states": changed_states(before, after)})
