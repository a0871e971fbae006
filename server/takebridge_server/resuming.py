"""Round trips that a crash cut off are ended by themselves when an editor connects."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from takebridge.errors import BridgeError
from takebridge.events import Filter
from takebridge.services.bridge import Bridge
from takebridge.services.roundtrip import settle_on_connect
from takebridge_server.sessions import AgentHub

logger = logging.getLogger(__name__)


@asynccontextmanager
async def resuming(bridge: Bridge, hub: AgentHub) -> AsyncIterator[None]:
    """While the block lasts, look at every editor that connects. What cannot be ended stays for a person to resume."""
    loop, connected = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(connected.set)

    subscription, _seq, _complete = bridge.events.subscribe(wake, wanted=Filter(topics=frozenset({"host.connected"})))
    task = asyncio.create_task(_watch(bridge, hub, connected))
    try:
        yield
    finally:
        bridge.events.unsubscribe(subscription)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(bridge: Bridge, hub: AgentHub, connected: asyncio.Event) -> None:
    while True:
        await connected.wait()
        connected.clear()
        try:
            for ended in await settle_on_connect(bridge, hub.current()):
                logger.info("the round trip %s, which was cut off, is %s", ended.trip, ended.state)
        except BridgeError as error:
            logger.warning("a round trip that was cut off waits: %s", error.message)
