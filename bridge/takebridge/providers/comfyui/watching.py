"""Progress of a run over ComfyUI's WebSocket: a gift. Nothing is missed where it fails; history says how a run ended.

Events are not replayed: after a lost connection the next ones are heard, and a look at the history fills the gap.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import connect

from takebridge.providers.facts import Json
from takebridge.providers.remote.door import Door

UNWATCHED = 90.0
"""Seconds after the last look at a run for which its events are listened to."""
LARGEST_EVENT = 64 * 2**20
"""Bytes: previews come as binary frames and are dropped."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Watch:
    """How far one run is, by its events. ``total`` is the number of nodes of its graph.

    A node counts once it has finished or was cached, one that runs by its own progress. `percent` never falls.
    """

    def __init__(self, prompt_id: str, total: int) -> None:
        self.prompt_id, self.total = prompt_id, max(1, total)
        self.over = False
        self.connections = 0
        self._finished: set[str] = set()
        self._running: dict[str, float] = {}
        self._best = 0

    @property
    def percent(self) -> int:
        """Whole percent of the run, 99 at most: that it is done is history's word."""
        share = (len(self._finished) + sum(self._running.values())) / self.total
        self._best = max(self._best, min(99, int(100 * share)))
        return self._best

    def hear(self, event: Json) -> None:
        """Take one event. Those of other runs, of unknown kinds and of no sense change nothing."""
        if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
            return
        data: Mapping[str, Any] = event["data"]
        if data.get("prompt_id", self.prompt_id) != self.prompt_id:
            return
        match event.get("type"):
            case "execution_cached":
                self._finished.update(map(str, _listed(data.get("nodes"))))
            case "executing":
                self._executing(data.get("node"))
            case "progress":
                self._progress(str(data.get("node", "")), data)
            case "progress_state":
                for node, state in _items(data.get("nodes")):
                    self._progress(node, state)
            case "executed":
                self._finish(str(data.get("node", "")))
            case "execution_success" | "execution_error" | "execution_interrupted":
                self.over = True

    def _executing(self, node: Json) -> None:
        """The nodes before it have finished; null is the old sign that all have."""
        for done in list(self._running):
            self._finish(done)
        if node is None:
            self.over = True
        else:
            self._running.setdefault(str(node), 0.0)

    def _progress(self, node: str, state: Mapping[str, Any]) -> None:
        if not node or node in self._finished:
            return
        if state.get("state") == "finished":
            self._finish(node)
            return
        with suppress(KeyError, TypeError, ValueError, ArithmeticError):
            self._running[node] = min(1.0, max(0.0, float(state["value"]) / float(state["max"])))

    def _finish(self, node: str) -> None:
        self._running.pop(node, None)
        if node:
            self._finished.add(node)


class Watcher:
    """Listens to the runs of one server that are being looked at; a run that is no longer looked at is let go."""

    def __init__(self) -> None:
        self._watches: dict[str, tuple[Watch, asyncio.Task[None]]] = {}
        self._looked: dict[str, float] = {}

    def watch(self, door: Door, prompt_id: str, client: str, total: int) -> Watch:
        """Return what is known of a run; the first call begins to listen. Call from the door's event loop."""
        self._looked[prompt_id] = time.monotonic()
        watch, task = self._watches.get(prompt_id, (Watch(prompt_id, total), None))
        if task is None or (task.done() and not watch.over):
            task = asyncio.get_running_loop().create_task(self._listen(door, watch, client))
            self._watches[prompt_id] = (watch, task)
        return watch

    def leave(self, prompt_id: str) -> None:
        """Listen no longer: the run has ended."""
        self._looked.pop(prompt_id, None)
        if (found := self._watches.pop(prompt_id, None)) is not None:
            found[1].cancel()

    async def _listen(self, door: Door, watch: Watch, client: str) -> None:
        pause = _FIRST_PAUSE
        while not watch.over and time.monotonic() - self._looked.get(watch.prompt_id, 0.0) < UNWATCHED:
            heard = watch.connections
            with suppress(Exception):  # whatever it is: progress is a gift, and the looks go on without
                await _hear(door, watch, client)
            pause = _FIRST_PAUSE if watch.connections > heard else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)


async def _hear(door: Door, watch: Watch, client: str) -> None:
    """Listen on one connection until it ends. Binary frames (previews, texts, whatever comes next) are not read."""
    url = f"ws{door.url_of('/ws').removeprefix('http')}?{urlencode({'clientId': client})}"
    headers = door.own_headers()
    async with connect(
        url, additional_headers=headers, max_size=LARGEST_EVENT, open_timeout=10, close_timeout=2
    ) as line:
        watch.connections += 1
        async for message in line:
            if isinstance(message, str):
                with suppress(ValueError, RecursionError):
                    watch.hear(json.loads(message))
            if watch.over:
                return


def _listed(value: Json) -> list[Any]:
    return value if isinstance(value, list) else []


def _items(value: Json) -> list[tuple[str, Mapping[str, Any]]]:
    return [(str(key), one) for key, one in value.items() if isinstance(one, dict)] if isinstance(value, dict) else []
