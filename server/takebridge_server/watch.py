"""Waiting with a progress bar: live events over the WebSocket, so that nothing is polled and nothing is missed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from takebridge.errors import JobFailedError, NotFoundError
from takebridge_server.client import BridgeClient

T = TypeVar("T")
ENDED = {"done", "failed", "cancelled", "unknown"}


def watch_job(client: BridgeClient, job_id: str, console: Console | None) -> dict[str, Any]:
    """Wait for a job's end and return it; draws progress on ``console``. A failed job is returned, not raised.

    Raises NotFoundError when the bridge goes away meanwhile.
    """
    with live(client) as socket, _bar(console) as draw:
        # Subscribed before looking: an end in between arrives as an event.
        found: dict[str, Any] = client.get(f"/api/jobs/{job_id}")
        events = _events(socket)
        while found["state"] not in ENDED:
            event = next(events, None)
            if event is None:
                raise NotFoundError(
                    "The bridge went away before the job ended.",
                    hint="Start it again with 'takebridge serve': the job goes on. 'takebridge jobs' shows it.",
                    job=job_id,
                )
            if event["topic"] in ("job.progress", "job.changed") and event["data"]["job"] == job_id:
                found = event["data"]
                draw(f"{found['model']} {found['state']}", found["done"], found["total"])
    return dict(client.get(f"/api/jobs/{job_id}"))


def with_progress(client: BridgeClient, console: Console | None, work: Callable[[], T]) -> T:
    """Run ``work`` (a pull) in this thread while its progress is drawn from another."""
    if console is None:
        return work()
    with live(client) as socket, _bar(console) as draw:
        reader = threading.Thread(target=_draw_pulls, args=(socket, draw), daemon=True)
        reader.start()
        try:
            return work()
        finally:
            socket.close()
            reader.join(timeout=5)


@contextmanager
def live(client: BridgeClient) -> Iterator[ClientConnection]:
    """Subscribe to live events. Raises NotFoundError when the bridge does not answer."""
    url = client.address.url.replace("http", "ws", 1) + "/live"
    protocols = ["takebridge.v1", f"bearer.{client.address.token}"]
    try:
        socket = connect(url, subprotocols=protocols, compression=None, proxy=None)  # type: ignore[arg-type]
    except (OSError, WebSocketException) as error:
        raise NotFoundError("The bridge does not answer.", hint="Run 'takebridge doctor'.", url=url) from error
    with socket:
        hello = json.loads(socket.recv())
        if hello.get("type") != "hello":
            raise JobFailedError("The bridge's live events make no sense.", hint="Update the command line.")
        yield socket


def _events(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """Yield events until the connection ends, in whatever way."""
    with suppress(ConnectionClosed):
        for text in socket:
            message = json.loads(text)
            if message.get("type") == "event":
                yield message


def _draw_pulls(socket: ClientConnection, draw: Callable[[str, int, int], None]) -> None:
    for event in _events(socket):
        if event["topic"] == "pull.progress":
            draw("conform", event["data"]["done"], event["data"]["total"])


@contextmanager
def _bar(console: Console | None) -> Iterator[Callable[[str, int, int], None]]:
    if console is None:
        yield lambda _text, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("waiting", total=None)

        def draw(text: str, done: int, total: int) -> None:
            progress.update(task, description=text, completed=done, total=total or None)

        yield draw
