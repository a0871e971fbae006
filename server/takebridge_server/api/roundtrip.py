"""Round trips over HTTP: the open timeline and a canvas become one cut again; which trips there were."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from takebridge.cut.trip_types import RoundTrip, RoundTripRequest, TripFacts
from takebridge.ids import CanvasId
from takebridge.services.exchange import meant_by
from takebridge.services.roundtrip import roundtrip
from takebridge.services.roundtrip_report import trip_facts, trip_in_full
from takebridge_server.api.bodies import signed
from takebridge_server.sessions import AgentHub
from takebridge_server.works import Works


def roundtrip_router(works: Works, hub: AgentHub) -> APIRouter:
    """``/api/roundtrips``. The host is the one that said hello last."""
    router = APIRouter(prefix="/api/roundtrips", tags=["round trips"])
    bridge = works.bridge

    @router.post("")
    async def make_round_trip(body: RoundTripRequest) -> RoundTrip:
        """Merge the open timeline with a canvas; by default only say what would be done."""
        bridge.desk.view(body.canvas_id)
        host = meant_by(bridge, hub.current(), body.canvas_id)
        return await roundtrip(bridge, works.runner(), host, signed(body), looks=works.looks)

    @router.get("")
    def list_round_trips(canvas_id: Annotated[CanvasId | None, Query(max_length=80)] = None) -> list[TripFacts]:
        """The newest round trips that changed a timeline, the newest first."""
        if canvas_id is not None:
            bridge.desk.view(canvas_id)
        return [trip_facts(trip) for trip in bridge.cuts.trips(canvas_id)]

    @router.get("/{trip}")
    def round_trip(trip: Annotated[str, InPath(max_length=80)]) -> TripFacts:
        """One round trip, with what became of each clip."""
        return trip_in_full(bridge, trip)

    return router
