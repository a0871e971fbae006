"""Gaps over HTTP: the empty spans of the open timeline, and shots made for them."""

from __future__ import annotations

from fastapi import APIRouter

from takebridge.client.panel_types import FillRequest, GapFilled, GapFound
from takebridge.services.gaps import GapMode, find_gaps
from takebridge.services.gaps_fill import FillGap, fill_gap
from takebridge_server.api.bodies import Body, signed
from takebridge_server.sessions import AgentHub
from takebridge_server.works import Works


class AskGaps(Body):
    """ "marks": what is empty between the in and out marks; "gaps": every gap between two clips of a track."""

    mode: GapMode = "marks"


def gap_router(works: Works, hub: AgentHub) -> APIRouter:
    """``/api/clips/gaps``. The host is the one that said hello last."""
    router = APIRouter(prefix="/api/clips/gaps", tags=["clips"])

    @router.post("")
    async def gaps(body: AskGaps) -> list[GapFound]:
        """The empty spans of the video tracks, with the clips at their edges. Changes nothing."""
        found = await find_gaps(hub.current(), body.mode, works.looks)
        return [GapFound.model_validate(one, from_attributes=True) for one in found]

    @router.post("/fill", status_code=201)
    async def fill(body: FillRequest) -> GapFilled:
        """Make a shot for a gap: a video node as long as it, the clips beside it giving its first and last frame."""
        asked = FillGap(**{name: getattr(signed(body), name) for name in FillRequest.model_fields})
        return GapFilled.model_validate(await fill_gap(works.bridge, hub.current(), asked), from_attributes=True)

    return router
