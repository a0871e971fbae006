"""A bridge whose one provider is a folder: what it was charged for outlives every process, like a real one's books.

Run as a script it is such a bridge in a process that kills itself:
``python generation.py HOME BOOKS MODEL KILL_AT`` sets up jobs on the first run, works until all have ended and says
``idle``; at the ``KILL_AT``-th point (0: never) of anything durable it kills itself with SIGKILL.
"""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.canvases import add, imported, wire

from takebridge.canvas.ops import AddTake, Pin, SetModel
from takebridge.events import EventBus
from takebridge.ids import JobId, NodeId
from takebridge.jobs.dbos_engine import DbosEngine
from takebridge.jobs.dispatch import Dispatcher, Limit
from takebridge.nodes.registry import builtin_kinds
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    InputSlot,
    JobUpdate,
    ModelProfile,
    Price,
    ProviderStatus,
    RemoteJob,
)
from takebridge.providers.registry import ProviderRegistry
from takebridge.services import generate
from takebridge.services.bridge import Bridge
from takebridge.services.desk import Desk, View
from takebridge.services.queue import open_queue
from takebridge.services.running import GenerateRunner
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.cuts import CutStore
from takebridge.store.data_folder import DataFolder, DataLayout
from takebridge.store.database import Database
from takebridge.store.jobs import ENDED, JobRecord, JobStore
from takebridge.store.ledger import Ledger
from takebridge.store.links import LinkStore
from takebridge.store.pauses import PauseStore

PLAIN, SAFE = "paid/plain", "paid/safe"
"""Two models: one bills every submit, the other bills a token once."""

FREE, UNPRICED = "paid/free", "paid/unpriced"
"""Two more: one costs nothing, the other's price nobody knows."""

LEAST, MOST = 100, 200
"""Micros one job of the two priced models costs."""

_PRICES: dict[str, tuple[int | None, int | None]] = {
    PLAIN: (LEAST, MOST),
    SAFE: (LEAST, MOST),
    FREE: (0, 0),
    UNPRICED: (None, None),
}


class PaidProvider:
    """Keeps its books in a folder: one line a charge, one file a job. ``clip`` is what every job makes."""

    name = "paid"

    def __init__(self, books: Path, clip: Path) -> None:
        self.books = books
        self.clip = clip
        self.when_charged: Callable[[], None] = lambda: None
        self.refusal: BaseException | None = None
        self.states: list[JobUpdate] = []
        self.cancelled: list[str] = []

    def charges(self) -> list[str]:
        """Tokens in the order they were billed."""
        path = self.books / "charges"
        return path.read_text().split() if path.exists() else []

    def models(self) -> Sequence[ModelProfile]:
        return [
            ModelProfile(
                id=name,
                provider=self.name,
                title=name,
                kind="upscale",
                inputs=(InputSlot(role="source_video", minimum=1),),
                params={"scale": 2},
                price=Price(low_micros=low, high_micros=high),
                seconds_low=1,
                seconds_high=90,
                idempotent_submit=name == SAFE,
            )
            for name, (low, high) in _PRICES.items()
        ]

    async def check(self) -> ProviderStatus:
        return ProviderStatus(ready=True, message="")

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        if self.refusal is not None:
            raise self.refusal
        if not (request.model == SAFE and request.token in self.charges()):
            with (self.books / "charges").open("a") as file:
                file.write(request.token + "\n")
                file.flush()
                os.fsync(file.fileno())
        self.when_charged()
        return RemoteJob(provider=self.name, id=f"r-{request.token}", model=request.model)

    async def poll(self, job: RemoteJob) -> JobUpdate:
        if self.states:
            return self.states.pop(0)
        return JobUpdate(
            state="done", artifacts=(Artifact(port="video", media_type="video/mp4", location=str(self.clip)),)
        )

    async def cancel(self, job: RemoteJob) -> None:
        self.cancelled.append(job.id)

    async def download(self, artifact: Artifact, into: Path, progress: Any = None) -> Path:
        return Path(shutil.copy(artifact.location, into / "result.mp4"))


def build(layout: DataLayout, provider: PaidProvider) -> Bridge:
    """A whole bridge over one data folder."""
    project = Database(layout.project_db, "project", synchronous="NORMAL")
    events = EventBus()
    return Bridge(
        layout=layout,
        desk=Desk(CanvasStore(project), builtin_kinds(), events),
        links=LinkStore(project),
        cuts=CutStore(project),
        jobs=JobStore(project),
        pauses=PauseStore(project),
        ledger=Ledger(layout.ledger_db),
        blobs=BlobStore(layout.media),
        providers=ProviderRegistry([provider]),
        events=events,
    )


def set_up(bridge: Bridge, clip: Path, model: str, count: int) -> View:
    """A canvas with one source clip and ``count`` nodes ``up0`` … that run on ``model``."""
    canvas = bridge.desk.create("Film").canvas
    bridge.desk.apply(canvas.id, [add("source_clip", "clip")], author="a")
    take = imported(bridge.desk.view(canvas.id).canvas, "clip", 1)
    content = bridge.blobs.add_foreign(clip).hash
    take = take.model_copy(update={"outputs": {"video": take.outputs["video"].model_copy(update={"content": content})}})
    bridge.desk.apply(
        canvas.id, [AddTake(take=take), Pin(node=NodeId("clip"), take=take.id, expected=None)], author="a"
    )
    for number in range(count):
        name = f"up{number}"
        ops = [add("upscale", name), SetModel(node=NodeId(name), model=model), wire("clip.video", f"{name}.source")]
        bridge.desk.apply(canvas.id, ops, author="a")
    return bridge.desk.view(canvas.id)


@contextmanager
def background_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own, as the server's is to the engine's threads."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class QueueOnly:
    """A `JobQueue` that only remembers what waits."""

    def __init__(self) -> None:
        self.queued: list[JobId] = []
        self.forgotten: list[JobId] = []
        self.looks = 0

    def enqueue(self, record: JobRecord) -> None:
        self.queued.append(record.id)

    def withdraw(self, job_id: JobId) -> bool:
        waited = job_id in self.queued
        self.queued = [one for one in self.queued if one != job_id]
        return waited

    def reconsider(self) -> None:
        self.looks += 1

    def forget(self, job_id: JobId) -> None:
        self.forgotten.append(job_id)


# --- the process that kills itself ----------------------------------------------------------------------


class Trap:
    """Kills this process at the n-th point it passes."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at
        self._lock = threading.Lock()

    def point(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """Make a point before and one after every call of ``owner.name``."""
        function = getattr(owner, name)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.point()
            result = function(*args, **kwargs)
            self.point()
            return result

        setattr(owner, name, wrapped)


def _arm(kill_at: int, provider: PaidProvider) -> None:
    """``kill_at`` counts points of all kinds; negative, only charges: -1 dies right after the first."""
    trap = Trap(abs(kill_at))
    provider.when_charged = trap.point
    if kill_at < 0:
        return
    for owner, names in (
        (Ledger, ("reserve", "intend", "submitted", "settle", "mark_unknown")),
        (JobStore, ("add_or_join", "change")),
        (BlobStore, ("add_own",)),
        (CanvasStore, ("commit",)),
        (DbosEngine, ("begin",)),
        (GenerateRunner, ("submit", "wait", "collect")),
    ):
        for name in names:
            trap.around(owner, name)


def main(home: str, books: str, model: str, kill_at: str) -> None:
    provider = PaidProvider(Path(books), Path(books) / "clip.mp4")
    with DataFolder(Path(home)) as folder, background_loop() as loop:
        bridge = build(folder.layout, provider)
        if not bridge.desk.titles():
            set_up(bridge, provider.clip, model, 4)
        _arm(int(kill_at), provider)
        runner = GenerateRunner(bridge, loop)
        engine = DbosEngine(folder.layout.jobs_db, runner)
        dispatcher = Dispatcher(engine, bridge.jobs, bridge.pauses, {"paid": Limit(2)})
        open_queue(bridge, dispatcher)
        canvas_id = next(iter(bridge.desk.titles()))
        asked = {job.node_id for job in bridge.jobs.all()}
        for node_id in bridge.desk.view(canvas_id).canvas.nodes:
            if node_id.startswith("up") and node_id not in asked:
                generate.start(bridge, dispatcher, canvas_id, node_id, author="a", max_micros=MOST)
        pause = threading.Event()
        while any(job.state not in ENDED for job in bridge.jobs.all()) or engine.unfinished():
            pause.wait(0.02)
        dispatcher.stop()
        runner.stop()
        engine.stop()
        print("idle", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
