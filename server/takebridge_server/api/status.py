"""What is running: one call for the command line, panels and doctors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter
from fastapi import Path as InPath

from takebridge.client.replies import Status
from takebridge.errors import BridgeError
from takebridge.hosts import calls
from takebridge.hosts.protocol import ProbeResult
from takebridge.media.ffmpeg import find_ffmpeg
from takebridge.providers.protocol import Provider, ProviderStatus
from takebridge.services.exchange import Exchange
from takebridge.services.probing import TriedWrite, probe_host, try_write
from takebridge.services.roundtrip_report import cut_off
from takebridge_server.api.bodies import Body
from takebridge_server.sessions import AgentHub
from takebridge_server.works import Works

CHECK_SECONDS = 2
SessionPath = Annotated[str, InPath(max_length=80)]


class ProbeHost(Body):
    """``read_only``: nothing is made in the editor, only what can be read is recorded."""

    read_only: bool = True


def status_router(works: Works, hub: AgentHub) -> APIRouter:
    """``GET /api/status``: server, ffmpeg, providers, connected hosts (as they said hello, or fresh)."""
    router = APIRouter(prefix="/api", tags=["status"])

    @router.get("/status", response_model=Status)
    async def read(fresh: bool = False) -> dict[str, Any]:
        """What is running: server, providers, hosts, canvases, jobs.

        ``fresh`` asks each agent what is open now instead of repeating its hello.
        """
        asked = works.bridge.providers.providers
        checks = await asyncio.gather(*(_checked(provider) for provider in asked.values()))
        return {
            "version": version("takebridge"),
            "home": str(works.bridge.layout.home),
            "ffmpeg": await anyio.to_thread.run_sync(_ffmpeg),
            "problems": [*works.all_problems(), *await anyio.to_thread.run_sync(cut_off, works.bridge)],
            "providers": {name: check.model_dump() for name, check in zip(asked, checks, strict=True)},
            "hosts": [await _host(session, fresh) for session in hub.list()],
            "exchange": _exchange(works.folders),
            "canvases": await anyio.to_thread.run_sync(works.bridge.desk.titles),
            "jobs": [job.state for job in await anyio.to_thread.run_sync(works.bridge.jobs.all)],
        }

    @router.post("/hosts/probe")
    async def probe(body: ProbeHost) -> ProbeResult:
        """Record how the connected editor behaves, in a project made for it and deleted after."""
        return await probe_host(works.bridge, hub.current(), read_only=body.read_only)

    @router.post("/hosts/{session}/ping")
    async def ping(session: SessionPath) -> dict[str, bool]:
        """Go through the agent's main thread and back."""
        await calls.ping(hub.get(session))
        return {"alive": True}

    @router.post("/hosts/{session}/try")
    async def try_it(session: SessionPath) -> TriedWrite:
        """Whether the editor lets itself be changed now: a dialog and playback keep it from it. Leaves no trace."""
        return await try_write(works.bridge, hub.get(session))

    @router.post("/hosts/{session}/stop")
    async def stop(session: SessionPath) -> dict[str, bool]:
        """Ask an agent to leave the editor."""
        await calls.stop(hub.get(session))
        return {"stopped": True}

    return router


async def _checked(provider: Provider) -> ProviderStatus:
    """Whether a provider can work now. One that does not say so soon holds up nobody who asks what is running."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await provider.check()
    except TimeoutError:
        said = f"It did not answer within {CHECK_SECONDS} seconds."
        return ProviderStatus(ready=False, message=said, hint="See whether it runs and can be reached, then ask again.")


async def _host(session: Any, fresh: bool) -> dict[str, Any]:  # noqa: ANN401
    facts: dict[str, Any] = {
        "session": session.session,
        "alive": not session.silent(),
        "busy": session.busy,
        "agent": session.hello.agent,
        "agent_version": session.hello.agent_version,
    }
    if fresh:
        try:
            await calls.status(session)
        except BridgeError as error:
            facts["error"] = error.to_wire()
    return {**facts, **session.status.model_dump(), "capabilities": sorted(session.capabilities)}


def _exchange(folders: Sequence[Exchange]) -> dict[str, Any] | None:
    if not folders:
        return None
    first, *more = (_folder(one) for one in folders)
    return {**first, "more": more}


def _folder(exchange: Exchange) -> dict[str, Any]:
    facts = exchange.facts()
    return {
        "folder": facts.folder,
        "product": facts.product,
        "problem": facts.problem,
        "timelines": [one.path.name for one in facts.timelines],
        "unreadable": len(facts.unreadable),
    }


def _ffmpeg() -> dict[str, Any]:
    try:
        return {"path": str(find_ffmpeg())}
    except BridgeError as error:
        return {"path": None, "error": error.to_wire()}
