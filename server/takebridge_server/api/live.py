"""The clients' ear: ``WS /live``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from takebridge.events import EventBus
from takebridge_server.live import stream_events


def live_router(bus: EventBus) -> APIRouter:
    """``/live?since=<seq>``: events after ``seq``; without it only what happens from now on."""
    router = APIRouter()

    @router.websocket("/live")
    async def live(socket: WebSocket, since: Annotated[int | None, Query(ge=0)] = None) -> None:
        """Stream events."""
        await stream_events(socket, bus, since=since)

    return router
