"""The clients' ear: ``WS /live``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from pydantic import StringConstraints

from takebridge.events import EventBus, Filter
from takebridge_server.guard import OUTSIDE
from takebridge_server.live import TRY_AGAIN_LATER, Ear, stream_events
from takebridge_server.people.door import PeopleDoor
from takebridge_server.presence import PresenceBoard
from takebridge_server.speaking import session_id, speaker

CanvasName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
MOST_EARS = 48
"""Connections of one session from another machine: pages open in one browser."""
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z.-]{0,79}$")]


def live_router(bus: EventBus, board: PresenceBoard, people: PeopleDoor | None = None) -> APIRouter:
    """``/live?stream=<id>&since=<seq>&canvas=<id>&topics=<word>``; the last two may be repeated.

    ``since`` asks for the events after that number of that stream; without it only what happens from now on. Who is
    signed in is shown under their own name, and disconnected when their session ends. From another machine a session
    has so many connections; one more is closed with 1013.
    """
    router = APIRouter()

    @router.websocket("/live")
    async def live(
        socket: WebSocket,
        since: Annotated[int | None, Query(ge=0)] = None,
        stream: Annotated[str, Query(max_length=80)] = "",
        canvas: Annotated[list[CanvasName], Query(max_length=64)] = [],  # noqa: B006 - how FastAPI spells repeatable
        topics: Annotated[list[Topic], Query(max_length=64)] = [],  # noqa: B006
    ) -> None:
        """Stream events."""
        wanted = Filter(topics=frozenset(topics), canvases=frozenset(canvas))
        person = speaker()
        if person is None or people is None:
            await stream_events(socket, bus, board, since=since, stream=stream, wanted=wanted)
            return
        if OUTSIDE in socket.scope and people.leaving.here(session_id()) >= MOST_EARS:
            await socket.accept()
            await socket.close(TRY_AGAIN_LATER, "This browser has too many pages open; close some.")
            return
        with people.leaving.of(session_id()) as ended:
            ear = Ear(ended, lambda: people.name_of(person.id) or person.name)
            if not people.store.session_alive(session_id()):
                ended.set()  # it ended between the look at the cookie and now
            await stream_events(socket, bus, board, since=since, stream=stream, wanted=wanted, ear=ear)

    return router
