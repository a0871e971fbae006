"""The cut view over HTTP: the open timeline as tracks with a canvas's links, and the layers a round trip merges."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi.responses import Response

from takebridge.cut.view_types import CutLayers, CutView, HostFacts, HostState
from takebridge.errors import HostOfflineError, HostTimeoutError
from takebridge.hosts.port import Host
from takebridge.ids import CanvasId
from takebridge.services.cut_view import cut_view, ground_of, problem_of
from takebridge.services.cut_view_conflicts import Conflicts
from takebridge.services.cut_view_layers import cut_layers, stored_layers
from takebridge.services.cut_view_reading import Reading, Readings
from takebridge.services.exchange import meant_by
from takebridge_server.sessions import AgentHub, AgentSession
from takebridge_server.works import Works

CanvasQuery = Annotated[CanvasId, Query(max_length=80)]
SessionQuery = Annotated[str, Query(max_length=80)]
FreshQuery = Annotated[bool, Query()]
_WORDS = {
    "ready": "Connected.",
    "busy": "Busy: it is at a request.",
    "silent": "It does not answer: a dialog may be open in the editor, or its agent was ended.",
}
_NOTHING_OPEN = "Connected; no timeline is open."


def cut_view_router(works: Works, hub: AgentHub) -> APIRouter:
    """``/api/cut``. Without ``session`` the host is the one that said hello last."""
    router = APIRouter(prefix="/api/cut", tags=["cut view"])
    bridge, readings, conflicts = works.bridge, Readings(works.bridge.events, works.looks), Conflicts()

    async def read(canvas: CanvasId, session: str, fresh: bool) -> Reading:
        await anyio.to_thread.run_sync(bridge.desk.view, canvas)
        asked = _host(hub, session)
        name = asked.session
        host = await anyio.to_thread.run_sync(meant_by, bridge, asked, canvas)
        try:
            found = await readings.of(host, fresh=fresh, session=name)
        except HostTimeoutError:
            _still_there(hub, asked)  # what was cut off by a farewell is no timeout
            raise
        _still_there(hub, asked)
        return found

    @router.get("", response_model=CutView)
    async def view(canvas: CanvasQuery, session: SessionQuery = "", fresh: FreshQuery = False) -> Response:
        """The open timeline as tracks, each clip with its link, its takes and a word for its state.

        Read once for all who ask, and again when a look at the editor says it changed; ``fresh`` reads it in any case.
        """
        reading = await read(canvas, session, fresh)
        hosts = host_facts(hub)

        def made() -> str:
            ground = ground_of(bridge, canvas, reading)
            waiting = conflicts.of(bridge, canvas, reading)
            return cut_view(reading, ground, hosts, problem_of(bridge, reading), waiting).model_dump_json()

        # Written by pydantic in one go, beside the loop: a thousand clips should hold up nobody.
        return Response(await anyio.to_thread.run_sync(made), media_type="application/json")

    @router.get("/layers", response_model=CutLayers)
    async def layers(canvas: CanvasQuery, session: SessionQuery = "", fresh: FreshQuery = False) -> Response:
        """The base, the editor's cut and the canvas's, as the next round trip would merge them.

        Without an editor, and without a session asked for, base and canvas of the timeline the canvas is linked to.
        """
        try:
            reading = await read(canvas, session, fresh)
        except HostOfflineError:
            stored = None if session else await anyio.to_thread.run_sync(stored_layers, bridge, canvas)
            if stored is None:
                raise
            return Response(stored.model_dump_json(), media_type="application/json")

        def made() -> str:
            return cut_layers(bridge, reading, ground_of(bridge, canvas, reading)).model_dump_json()

        return Response(await anyio.to_thread.run_sync(made), media_type="application/json")

    @router.get("/hosts")
    def hosts() -> list[HostFacts]:
        """The connected editors and what they are at, the one that is meant last; empty when there is none."""
        return host_facts(hub)

    return router


def _host(hub: AgentHub, session: str) -> Host:
    """Return the host of a session, or the one that is meant. Raises HostOfflineError."""
    if not session:
        return hub.current()
    if hub.folder is not None and hub.folder.session == session:
        return hub.folder
    return hub.get(session)


def _still_there(hub: AgentHub, host: Host) -> None:
    """Raise HostOfflineError, saying why, when a session ended while its timeline was read."""
    if isinstance(host, AgentSession):
        hub.get(host.session)


def host_facts(hub: AgentHub) -> list[HostFacts]:
    """Describe the connected editors, and the folder editors export to."""
    try:
        meant = hub.current().session
    except HostOfflineError:
        meant = ""
    found = [_agent(session, meant) for session in hub.list()]
    return [*found, _folder(hub.folder, meant)] if hub.folder is not None else found


def _agent(session: AgentSession, meant: str) -> HostFacts:
    state: HostState = "silent" if session.silent() else "busy" if session.busy else "ready"
    timeline = session.status.timeline
    words = _NOTHING_OPEN if state == "ready" and timeline is None else _WORDS[state]
    return HostFacts(
        session=session.session,
        host=session.status.host,
        product=session.status.product,
        version=session.status.version,
        timeline=timeline.timeline_name if timeline else "",
        state=state,
        words=words,
        meant=session.session == meant,
    )


def _folder(folder: Host, meant: str) -> HostFacts:
    status = folder.status
    words = "The timeline that was exported last." if status.timeline else "Nothing has been exported to it yet."
    return HostFacts(
        session=folder.session,
        host=status.host,
        product=status.product,
        version=status.version,
        timeline=status.timeline.timeline_name if status.timeline else "",
        words=words,
        meant=folder.session == meant,
    )
