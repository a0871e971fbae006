"""The agents' door: hello, poll (held open), answer. Bodies are the models of the host protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Request

from takebridge.hosts.protocol import Ack, Hello, OpAnswer, Poll, PollReply, Welcome
from takebridge_server.sessions import AgentHub, require_protocol

T = TypeVar("T")


def agent_router(hub: AgentHub) -> APIRouter:
    """Routes under ``/agent``: 409 ``unknown_session`` means say hello again, 426 that the versions do not fit."""
    router = APIRouter(prefix="/agent", tags=["agent"])

    @router.post("/hello", dependencies=[Depends(_same_protocol)])
    async def hello(body: Hello) -> Welcome:
        """Open a session."""
        return hub.hello(body)

    @router.post("/poll")
    async def poll(body: Poll, request: Request) -> PollReply:
        """Wait for the next op; also the heartbeat."""
        return await _while_connected(request, hub.poll(body)) or PollReply()

    @router.post("/answer")
    async def answer(body: OpAnswer) -> Ack:
        """Answer an op."""
        return hub.answer(body)

    return router


async def _same_protocol(request: Request) -> None:
    """Refuse another protocol version before its body is held against our models."""
    try:
        body = await request.json()
    except ValueError:
        return
    if isinstance(body, dict) and isinstance(body.get("protocol"), str):
        require_protocol(body["protocol"])


async def _while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """Await ``work``, but cancel it and return None as soon as the client hangs up."""
    reply = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({reply, gone}, return_when=asyncio.FIRST_COMPLETED)
        return reply.result() if reply.done() else None
    finally:
        gone.cancel()
        reply.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
