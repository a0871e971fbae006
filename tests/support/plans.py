"""A bridge with models of every price, and a stand-in for starting jobs that keeps real job records.

Nothing is rendered: a job ends when the test says so, with a take whose file is a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.canvases import KINDS, add, content, imported, wire

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.history import Origin as CommitOrigin
from takebridge.canvas.model import Output, Recipe, Take
from takebridge.canvas.op_types import AddTake, Op, Pin, SetModel, SetParam
from takebridge.canvas.pins import auto_pin
from takebridge.errors import BridgeError
from takebridge.events import EventBus
from takebridge.ids import CanvasId, JobId, NodeId, TakeId, new_id
from takebridge.jobs.port import JobQueue
from takebridge.providers.protocol import GenerationRequest, InputSlot, ModelProfile, Price
from takebridge.providers.registry import ProviderRegistry
from takebridge.services.bridge import Bridge
from takebridge.services.desk import Desk, View
from takebridge.store.blobs import BlobStore
from takebridge.store.canvases import CanvasStore
from takebridge.store.cuts import CutStore
from takebridge.store.data_folder import DataLayout
from takebridge.store.database import Database
from takebridge.store.jobs import JobError, JobRecord, JobStore, Origin
from takebridge.store.ledger import Ledger, now_text
from takebridge.store.links import LinkStore
from takebridge.store.pauses import PauseStore
from takebridge.store.runs import RunStore

PAID, FREE, CLOUD, UNPRICED, FRANC = "x/paid", "x/free", "x/cloud", "x/unpriced", "x/franc"
"""100 to 200 micros a job; free on this machine; free elsewhere; at a price nobody knows; 50 centimes."""

_PRICES: dict[str, tuple[str, int | None, int | None, bool]] = {
    PAID: ("USD", 100, 200, False),
    FREE: ("USD", 0, 0, True),
    CLOUD: ("USD", 0, 0, False),
    UNPRICED: ("USD", None, None, False),
    FRANC: ("CHF", 500_000, 500_000, False),
}


class PriceList:
    """A provider that is only asked for its models."""

    name = "x"

    def models(self) -> Sequence[ModelProfile]:
        return [
            ModelProfile(
                id=name,
                provider=self.name,
                title=name,
                kind="upscale",
                inputs=(InputSlot(role="source_video", minimum=1),),
                price=Price(currency=currency, low_micros=low, high_micros=high),
                seconds_low=1,
                seconds_high=9,
                local=local,
            )
            for name, (currency, low, high, local) in _PRICES.items()
        ]


class NoQueue:
    """A `JobQueue` nobody works off."""

    def enqueue(self, record: JobRecord) -> None: ...

    def withdraw(self, job_id: JobId) -> bool:
        return True

    def reconsider(self) -> None: ...


class Stage:
    """One bridge over a data folder, with a canvas; ``again`` is what the next process has."""

    def __init__(self, folder: Path, canvas_id: CanvasId | None = None) -> None:
        self.folder = folder
        layout = DataLayout(folder)
        project = Database(layout.project_db, "project", synchronous="NORMAL")
        self.events = EventBus()
        self.queue = NoQueue()
        self.store = RunStore(project)
        provider: Any = PriceList()
        self.bridge = Bridge(
            layout=layout,
            desk=Desk(CanvasStore(project), KINDS, self.events),
            links=LinkStore(project),
            cuts=CutStore(project),
            jobs=JobStore(project),
            pauses=PauseStore(project),
            ledger=Ledger(layout.ledger_db),
            blobs=BlobStore(layout.media),
            providers=ProviderRegistry([provider]),
            events=self.events,
        )
        self.id = canvas_id or self.bridge.desk.create("Film").canvas.id
        self.asked: list[JobRecord] = []
        self.refusals: dict[str, BridgeError] = {}

    def again(self) -> Stage:
        return Stage(self.folder, self.id)

    # --- the canvas

    @property
    def view(self) -> View:
        return self.bridge.desk.view(self.id)

    def do(self, *ops: Op, origin: CommitOrigin = "user", author: str = "ann") -> View:
        return self.bridge.desk.apply(self.id, ops, author=author, origin=origin)

    def source(self, name: str = "clip", number: int = 1, origin: CommitOrigin = "user") -> None:
        """Bring file ``number`` in and pin it, on a source clip that is made when it is not there."""
        if name not in self.view.canvas.nodes:
            self.do(add("source_clip", name), origin=origin)
        take = imported(self.view.canvas, name, number)
        pin = Pin(node=NodeId(name), take=take.id, expected=self.view.canvas.nodes[NodeId(name)].pin)
        self.do(AddTake(take=take), pin, origin=origin)

    def upscale(self, name: str, source: str, model: str = PAID) -> None:
        """Add an upscale below ``source``."""
        self.do(
            add("upscale", name), SetModel(node=NodeId(name), model=model), wire(f"{source}.video", f"{name}.source")
        )

    def edit(self, name: str, scale: int = 4, origin: CommitOrigin = "user", author: str = "ann") -> View:
        return self.do(SetParam(node=NodeId(name), name="scale", value=scale), origin=origin, author=author)

    def made(self, name: str, number: int) -> None:
        """Give a node a fresh take, as if it had been generated earlier."""
        take = self._take(name, number)
        pin = Pin(node=NodeId(name), take=take.id, expected=self.view.canvas.nodes[NodeId(name)].pin)
        self.do(AddTake(take=take), pin, origin="job")

    def status(self, name: str) -> str:
        return self.view.states[NodeId(name)].status.value

    # --- jobs

    def start_job(
        self,
        bridge: Bridge,
        queue: JobQueue,
        canvas_id: CanvasId,
        node_id: NodeId,
        *,
        author: str,
        origin: Origin = "user",
        run_id: str | None = None,
        max_micros: int | None = None,
    ) -> JobRecord:
        """Stand in for `generate.start`: joins an equal job under way, else keeps a new one."""
        if error := self.refusals.get(node_id):
            raise error
        recipe = recipe_of(self.view.canvas, node_id, KINDS)
        job_id = JobId(new_id("job"))
        record = JobRecord(
            id=job_id,
            canvas_id=canvas_id,
            node_id=node_id,
            provider="x",
            request=GenerationRequest(token=job_id, model=recipe.route, kind="upscale"),
            recipe=recipe.model_dump_json(),
            recipe_fp=fingerprint(recipe),
            pin_at_submission=self.view.canvas.nodes[node_id].pin,
            author=author,
            origin=origin,
            run_id=run_id,
            max_micros=max_micros,
            created_at=now_text(),
        )
        kept = bridge.jobs.add_or_join(record)
        if kept.id == job_id:
            self.asked.append(kept)
        return kept

    @property
    def started(self) -> list[str]:
        """Nodes in the order their jobs were started; forgets them."""
        nodes = [str(job.node_id) for job in self.asked]
        self.asked.clear()
        return nodes

    def job(self, name: str) -> JobRecord:
        """The newest job of a node."""
        return [job for job in self.bridge.jobs.all(self.id) if job.node_id == name][-1]

    def finish(self, name: str, number: int, cost: int | None = None) -> JobRecord:
        """End the node's newest job with file ``number``, pinned where it may be."""
        record = self.job(name)
        take = self._take(name, number, record)
        after = self.view.canvas.with_take(take)
        pin = auto_pin(after, take, KINDS, pin_at_submission=record.pin_at_submission)
        self.do(AddTake(take=take), *([pin] if pin else []), origin="job")
        return self.end(name, "done", actual_micros=cost)

    def fail(self, name: str, code: str = "job_failed") -> JobRecord:
        return self.end(name, "failed", error=JobError(code=code, message="It did not work."))

    def end(self, name: str, state: str, **values: Any) -> JobRecord:
        update = {"state": state, **values}
        ended = self.bridge.jobs.change(self.job(name).id, lambda old: old.model_copy(update=update))
        self.events.publish("job.changed", {"job": ended.id, "canvas": self.id, "state": ended.state})
        return ended

    def _take(self, name: str, number: int, record: JobRecord | None = None) -> Take:
        canvas = self.view.canvas
        recipe = Recipe.model_validate_json(record.recipe) if record else recipe_of(canvas, NodeId(name), KINDS)
        return Take(
            id=TakeId(f"{name}/{number}/{canvas.next_seq(NodeId(name))}"),
            node_id=NodeId(name),
            seq=canvas.next_seq(NodeId(name)),
            origin="generated",
            recipe=recipe,
            recipe_fp=fingerprint(recipe),
            outputs={"video": Output(content=content(number))},
        )
