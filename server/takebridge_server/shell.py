"""The server's shell: guard, error handling, the agents' door and live events. Use cases are added to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp

from takebridge.events import EventBus
from takebridge_server.api.agent import agent_router
from takebridge_server.api.contract import document, operation_id
from takebridge_server.api.known_query import only_known_query
from takebridge_server.api.live import live_router
from takebridge_server.api.strict_json import StrictJson
from takebridge_server.guard import Guard, Limits, Rules
from takebridge_server.people.cookies import cookie_name
from takebridge_server.people.door import PeopleDoor
from takebridge_server.permissions import permitted
from takebridge_server.presence import PresenceBoard
from takebridge_server.sessions import AgentHub
from takebridge_server.token_file import BridgeAddress
from takebridge_server.wire_errors import install_error_handlers

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Shell(FastAPI):
    """A FastAPI application nobody reaches but through the guard.

    The guard wraps the finished middleware stack, the framework's own error page included.
    """

    def __init__(
        self, rules: Rules, hub: AgentHub, bus: EventBus, lifespan: Lifespan, people: PeopleDoor | None = None
    ) -> None:
        self.rules = rules
        self.people = people
        self.hub = hub
        self.bus = bus
        self.board = PresenceBoard(bus)
        # The documentation pages load scripts from elsewhere, which our content policy forbids anyway.
        super().__init__(
            title="TakeBridge",
            version=version("takebridge"),
            docs_url=None,
            redoc_url=None,
            # Permission first: who may not enter learns nothing about what else was wrong.
            dependencies=[Depends(permitted), Depends(only_known_query)],
            generate_unique_id_function=operation_id,
            lifespan=lifespan,
        )

    def openapi(self) -> dict[str, Any]:
        """Return the schema with every operation's errors."""
        if self.openapi_schema is None:
            self.openapi_schema = document(super().openapi(), self.people.cookie if self.people else cookie_name(""))
        return self.openapi_schema

    def build_middleware_stack(self) -> ASGIApp:
        """Put the guard in front of everything."""
        return Guard(super().build_middleware_stack(), self.rules, self.people)

    def stop_waiting(self) -> None:
        """End every held poll, so that a stopping server need not wait for them."""
        self.hub.close()


def build_shell(
    address: BridgeAddress,
    *,
    hub: AgentHub | None = None,
    bus: EventBus | None = None,
    lifespan: Lifespan | None = None,
    limits: Limits | None = None,
    people: PeopleDoor | None = None,
) -> Shell:
    """Return the guarded application with ``/healthz``, ``/agent/*`` and ``/live``.

    ``lifespan`` runs inside the shell's own, while agents are being watched. Routers of the use cases are added
    with ``include_router``; they may raise any BridgeError. Without ``people`` only the token gets in.
    """
    bus = bus or EventBus()
    hub = hub or AgentHub(bus)
    rules = Rules(address.port, address.token, limits or Limits())
    shell = Shell(rules, hub, bus, _with_watch(hub, lifespan), people)
    shell.add_middleware(StrictJson)
    install_error_handlers(shell)
    shell.add_api_route("/healthz", _healthz, methods=["GET"], summary="Is anybody there?")
    shell.include_router(agent_router(hub))
    shell.include_router(live_router(bus, shell.board, people))
    return shell


async def _healthz() -> dict[str, bool]:
    return {"ok": True}


def _with_watch(hub: AgentHub, inner: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        watch = asyncio.create_task(hub.watch())
        try:
            async with inner(app) if inner else contextlib.nullcontext():
                yield
        finally:
            hub.close()
            watch.cancel()

    return lifespan
