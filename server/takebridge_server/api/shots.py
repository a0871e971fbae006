"""The film's shots over HTTP: in their order, in another order, on paper; and where references are used."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from takebridge.canvas.model import MAX_NODES
from takebridge.client.board_api import LOSSES_HEADER
from takebridge.client.replies import Committed
from takebridge.client.shot_types import ReferenceUse, ShotFacts
from takebridge.errors import UsageError
from takebridge.ids import NodeId
from takebridge.services.desk import changed_states
from takebridge.services.shot_facts import Shot, shots_of, stored_words
from takebridge.services.storyboard import order_shots, print_storyboard
from takebridge.services.storyboard_pdf import MOST_PER_PAGE, PER_PAGE
from takebridge.services.where_used import where_used
from takebridge_server.api.bodies import Author, Body, CanvasPath
from takebridge_server.api.canvases import OpName
from takebridge_server.api.files import file_answers
from takebridge_server.works import Works

PDF = "application/pdf"
MOST_LOSSES = 20
Export = Annotated[NodeId | None, Query(min_length=1, max_length=80)]
Day = Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class OrderShots(Body):
    """All shots of an export or storyboard, in the order they are to have. The same ``op_id`` again does nothing."""

    export: NodeId = Field(min_length=1, max_length=80)
    nodes: list[Annotated[NodeId, Field(min_length=1, max_length=80)]] = Field(min_length=1, max_length=MAX_NODES)
    op_id: OpName = None
    author: Author


def shot_router(works: Works) -> APIRouter:
    """``/api/canvases/{id}/shots``, ``…/shots/order``, ``…/storyboard.pdf`` and ``GET …/references``."""
    router = APIRouter(prefix="/api", tags=["storyboard"])
    bridge = works.bridge
    desk = bridge.desk
    printing = asyncio.Semaphore(1)  # a film of thousands of shots takes minutes and hundreds of MB

    @router.get("/canvases/{canvas_id}/shots")
    def shots(canvas_id: CanvasPath, export: Export = None) -> list[ShotFacts]:
        """The film in its order: an export's wires, else a storyboard's, else numbers of titles, then places."""
        found = shots_of(desk.view(canvas_id), desk.kinds, stored_words(bridge.blobs), export)
        return [shot_facts(one) for one in found]

    @router.post("/canvases/{canvas_id}/shots/order")
    def order(canvas_id: CanvasPath, body: OrderShots) -> Committed:
        """Bring the shots of an export or storyboard into another order, as ops that undo takes back."""
        before = desk.view(canvas_id)
        after = order_shots(bridge, canvas_id, body.export, body.nodes, author=body.author, op_id=body.op_id)
        states = changed_states(before, after)
        return Committed.model_validate({"epoch": after.epoch, "rev": after.rev, "states": states})

    @router.get("/canvases/{canvas_id}/storyboard.pdf", response_class=Response, responses=file_answers(PDF))
    async def on_paper(
        canvas_id: CanvasPath,
        export: Export = None,
        per_page: Annotated[int, Query(ge=1, le=MOST_PER_PAGE)] = PER_PAGE,
        date: Day = None,
    ) -> Response:
        """The storyboard as PDF, A4 landscape; the header X-TakeBridge-Losses says what it could not show."""
        day = _day(date)
        async with printing:
            printed = await print_storyboard(
                bridge, works.previewer(), canvas_id, day=day, export=export, per_page=per_page
            )
        headers = {
            LOSSES_HEADER: json.dumps(printed.losses[:MOST_LOSSES]),
            "Content-Disposition": 'attachment; filename="storyboard.pdf"',
        }
        return Response(printed.pdf, media_type=PDF, headers=headers)

    @router.get("/canvases/{canvas_id}/references")
    def references(canvas_id: CanvasPath, export: Export = None) -> list[ReferenceUse]:
        """Every reference with the inputs it feeds and the shots of the film that hang on it."""
        found = where_used(desk.view(canvas_id).canvas, desk.kinds, export)
        return [ReferenceUse.model_validate(one, from_attributes=True) for one in found]

    return router


def shot_facts(shot: Shot) -> ShotFacts:
    """A shot as clients see it."""
    length = shot.length
    facts: dict[str, Any] = {name: getattr(shot, name) for name in ShotFacts.model_fields if name != "length"}
    facts["length"] = {
        "frames": length.frames,
        "rate": str(length.rate),
        "source": length.source,
        "start": length.start,
        "words": length.words,
    }
    return ShotFacts.model_validate(facts)


def _day(text: str | None) -> date:
    """Return the day asked for, else today in UTC. Raises UsageError for a day no calendar has."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"There is no day {text}.", hint="Write it as 2026-11-22.") from error
