"""Turns: two requests that would change the same thing go one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """Named turns, first come first served, on one event loop. A name that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        """Wait for the turn at ``name`` and keep it; not to be asked for again by whoever has it."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        async with lock:
            yield
