"""Waiting with a progress bar: live events over the WebSocket, so that nothing is polled and nothing is missed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from websockets.sync.client import ClientConnection

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.live import Live, LiveEvent, Message, open_socket
from takebridge.client.replies import RunFacts, read
from takebridge.errors import NotFoundError
from takebridge_server.show_jobs import pause_words

T = TypeVar("T")
ENDED = {"done", "failed", "cancelled", "unknown"}
STOPPED = "Stopped waiting; what was asked for goes on while the bridge runs. See: takebridge jobs"
_EDITS = {"undoing": "putting back"}
RUN_GOES_ON = {"running", "paused"}


def watch_job(client: BridgeClient, job_id: str, console: Console | None) -> dict[str, Any]:
    """Wait for a job's end and return it; draws progress on ``console``. A failed job is returned, not raised.

    Raises NotFoundError when the bridge goes away meanwhile.
    """
    with Live(client, topics=["job"], patience=0) as events, _bar(console) as draw:
        # Subscribed before looking: an end in between arrives as an event.
        found: dict[str, Any] = client.get(f"/api/jobs/{job_id}")
        while found["state"] not in ENDED:
            found = _newer(client, found, _next(events, job_id))
            draw(f"{found['model']} {found.get('status') or found['state']}", found["done"], found["total"])
    return dict(client.get(f"/api/jobs/{job_id}"))


def watch_jobs(
    api: Api, job_ids: Iterable[str], console: Console | None, each: Callable[[dict[str, Any]], None] | None = None
) -> list[dict[str, Any]]:
    """Wait until all these jobs have ended and return them in their order; ``each`` hears of every end.

    Raises NotFoundError when the bridge goes away meanwhile.
    """
    wanted = list(job_ids)
    with Live(api.client, topics=["job"], patience=0) as events, _bar(console) as draw:
        found = {job_id: dict(api.client.get(f"/api/jobs/{job_id}")) for job_id in wanted}
        while waiting := [job_id for job_id in wanted if found[job_id]["state"] not in ENDED]:
            message = _next(events, waiting[0])
            for job_id in waiting:
                found[job_id] = _newer(api.client, found[job_id], message)
                if each is not None and found[job_id]["state"] in ENDED:
                    each(found[job_id])
            draw(f"{len(waiting)} under way", len(wanted) - len(waiting), len(wanted))
    return [dict(api.client.get(f"/api/jobs/{job_id}")) for job_id in wanted]


def watch_run(
    api: Api, run_id: str, console: Console | None, each: Callable[[dict[str, Any]], None] | None = None
) -> RunFacts:
    """Wait for a run's end and return it; ``each`` hears of every change of its jobs, progress included.

    A run that stopped or failed is returned, not raised. Raises NotFoundError when the bridge goes away meanwhile.
    """
    with Live(api.client, topics=["run", "job"], patience=0) as events, _bar(console) as draw:
        # Subscribed before looking: an end in between arrives as an event.
        run = api.run_state(run_id)
        while run.state in RUN_GOES_ON:
            message = _next(events, run_id)
            if message is None or (not isinstance(message, LiveEvent) and not message.complete):
                run = api.run_state(run_id)
            elif isinstance(message, LiveEvent) and message.data.get("run") == run_id:
                if message.topic == "run.changed":
                    run = read(RunFacts, message.data)
                elif each is not None:
                    each(message.data)
            draw(f"{run.state}, {run.under_way} under way", run.done, run.total)
    return api.run_state(run_id)


def tell_pauses(api: Api, console: Console | None, canvas_id: str | None = None) -> None:
    """Say before a wait which pauses may make it long; without that the wait looks like a fault."""
    if console is None:
        return
    for pause in api.queue().pauses:
        if pause.scope == "canvas" and canvas_id is not None and pause.key != canvas_id:
            continue
        option = "" if pause.scope == "all" else f" --{pause.scope} {pause.key}"
        who = escape(f"{pause.author} paused {pause_words(pause.scope, pause.key)}")
        console.print(f"[yellow]{who}[/yellow]: nothing of it starts before 'takebridge queue resume{escape(option)}'.")


def with_progress(client: BridgeClient, console: Console | None, work: Callable[[], T], stopped: str = STOPPED) -> T:
    """Run ``work`` (a pull, a round trip) in this thread while its progress is drawn from another."""
    if console is None:
        return work()
    with Live(client, topics=["pull", "roundtrip"], patience=0) as events, _bar(console, stopped) as draw:
        reader = threading.Thread(target=_draw_pulls, args=(events, draw), daemon=True)
        reader.start()
        try:
            return work()
        finally:
            events.close()
            reader.join(timeout=5)


@contextmanager
def live(client: BridgeClient) -> Iterator[ClientConnection]:
    """One connection to the live events, after its ``hello``. Raises NotFoundError when the bridge does not answer."""
    with open_socket(client.address) as socket:
        socket.recv()
        yield socket


def _next(events: Live, job_id: str) -> Message | None:
    try:
        return events.receive()
    except NotFoundError as error:
        raise NotFoundError(
            "The bridge went away before the job ended.",
            hint="Start it again with 'takebridge serve': the job goes on. 'takebridge jobs' shows it.",
            job=job_id,
        ) from error


def _newer(client: BridgeClient, found: dict[str, Any], message: Message | None) -> dict[str, Any]:
    """Return what is known of the job after a message; after a gap the bridge is asked."""
    job_id = found["job"]
    if isinstance(message, LiveEvent):
        about_it = message.topic in ("job.progress", "job.changed") and message.data["job"] == job_id
        return message.data if about_it else found
    return dict(client.get(f"/api/jobs/{job_id}")) if message and not message.complete else found


def _draw_pulls(events: Live, draw: Callable[[str, int, int], None]) -> None:
    with suppress(NotFoundError):  # the pull itself says that the bridge is gone
        for message in events:
            if isinstance(message, LiveEvent) and message.topic == "pull.progress":
                draw("conform", message.data["done"], message.data["total"])
            elif isinstance(message, LiveEvent) and message.topic == "roundtrip.changed":
                draw(_EDITS.get(message.data["state"], "edits"), message.data["done"], message.data["total"])


@contextmanager
def _bar(console: Console | None, stopped: str = STOPPED) -> Iterator[Callable[[str, int, int], None]]:
    if console is None:
        yield lambda _text, _done, _total: None
        return
    with _left_waiting(console, stopped), _progress(console) as draw:
        yield draw


@contextmanager
def _left_waiting(console: Console, stopped: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        console.print(stopped)
        raise


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("waiting", total=None)

        def draw(text: str, done: int, total: int) -> None:
            progress.update(task, description=text, completed=done, total=total or None)

        yield draw
