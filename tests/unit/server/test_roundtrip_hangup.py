"""Whoever asked for a round trip may hang up; the bridge hears of it while it works."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from fastapi import Request

from takebridge_server.api.roundtrip import _hung_up


class Caller:
    """A client whose connection says these messages, and then stays silent."""

    def __init__(self, *messages: str) -> None:
        self._messages = list(messages)

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            await asyncio.Event().wait()
        return {"type": self._messages.pop(0)}


def heard(*messages: str) -> bool:
    async def work() -> bool:
        async with _hung_up(cast(Request, Caller(*messages))) as gone:
            for _ in range(5):
                await asyncio.sleep(0)
            return gone()

    return asyncio.run(work())


def test_a_client_that_hangs_up_is_heard() -> None:
    assert heard("http.request", "http.disconnect")


def test_a_client_that_waits_is_not_taken_for_gone() -> None:
    assert not heard("http.request")
    assert not heard()
