"""A bridge over a data folder with one scripted provider, its jobs done step by step by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.generation import MOST, PLAIN, PaidProvider, QueueOnly, build, set_up

from takebridge.canvas.model import Take
from takebridge.ids import CanvasId, JobId, NodeId
from takebridge.media.testcard import render_test_clip
from takebridge.services import generate
from takebridge.services.running import GenerateRunner
from takebridge.store.data_folder import DataLayout
from takebridge.store.jobs import JobRecord
from takebridge.timebase import FrameRate

UP = NodeId("up0")


class Crash(BaseException):
    """The process dies here: nothing catches it."""


def crash() -> None:
    raise Crash


class Clock:
    """Unix seconds; each look lets ``step`` of them pass."""

    def __init__(self) -> None:
        self.now, self.step = 1_800_000_000.0, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Rig:
    """``restart`` is what the next process has."""

    canvas_id: CanvasId

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.folder, self.loop = folder, loop
        (folder / "home").mkdir()
        self.provider = PaidProvider(folder, folder / "clip.mp4")
        render_test_clip(
            folder / "clip.mp4", clip_id=1, frame_count=4, rate=FrameRate(24), width=320, height=180, audio=False
        )
        self.queue = QueueOnly()
        self.clock = Clock()
        self.restart()

    def restart(self) -> None:
        self.bridge = build(DataLayout(self.folder / "home"), self.provider)
        self.runner = GenerateRunner(self.bridge, self.loop, self.clock)

    def ask(self, model: str = PLAIN) -> JobRecord:
        """Ask for the only node of a new canvas."""
        self.canvas_id = set_up(self.bridge, self.provider.clip, model, 1).canvas.id
        return self.ask_again()

    def ask_again(self, *, again: bool = False, author: str = "ann") -> JobRecord:
        return generate.start(self.bridge, self.queue, self.canvas_id, UP, author=author, max_micros=MOST, again=again)

    def run(self, job_id: JobId) -> bool:
        """Do what the engine does."""
        steps = (self.runner.submit, self.runner.wait, self.runner.collect)
        return all(step(job_id) for step in steps)

    def job(self, job: JobRecord) -> JobRecord:
        return self.bridge.jobs.get(job.id)

    def money(self, job: JobRecord) -> str:
        return self.bridge.ledger.get(job.id).state

    def takes(self) -> tuple[Take, ...]:
        return self.bridge.desk.view(self.canvas_id).canvas.takes_of(UP)

    def scratch(self) -> list[Path]:
        return list(self.bridge.layout.scratch.iterdir()) if self.bridge.layout.scratch.exists() else []
