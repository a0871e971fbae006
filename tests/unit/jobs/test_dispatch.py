"""The dispatcher: what it begins when, with an engine that only takes note."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.canvases import EMPTY

from takebridge.ids import JobId, NodeId
from takebridge.jobs.choosing import MOST_RUNNING
from takebridge.jobs.dispatch import Dispatcher, Limit
from takebridge.jobs.port import Held
from takebridge.providers.protocol import GenerationRequest
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge.store.jobs import JobRecord, JobStore
from takebridge.store.pauses import Pause, PauseStore


class NotingEngine:
    """Begins nothing; a test lets workflows leave."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.held: list[Held] = []
        self.known: set[str] = set()
        self.faults: list[Exception] = []
        self.left: Callable[[str], None] = lambda _: None
        self.heard = threading.Semaphore(0)
        self.while_listing: Callable[[], None] = lambda: None

    def start(self) -> None: ...

    def watch(self, left: Callable[[str], None]) -> None:
        self.left = left

    def begin(self, workflow_id: str) -> None:
        if self.faults:
            raise self.faults.pop()
        self.begun.append(workflow_id)
        self.heard.release()

    def knows(self, workflow_id: str) -> bool:
        return workflow_id in self.known

    def unfinished(self) -> list[Held]:
        found = list(self.held)
        self.while_listing()
        return found

    def forget(self, workflow_id: str) -> None:
        self.held = [one for one in self.held if one.workflow_id != workflow_id]

    def stop(self) -> None: ...


class Desk:
    """A dispatcher over a database, its clock set by hand. ``pump`` is called by the test, not by its thread."""

    def __init__(self, folder: Path) -> None:
        db = Database(folder / "project.db", "project", synchronous="NORMAL")
        CanvasStore(db).create(EMPTY)
        self.jobs, self.pauses, self.engine, self.now = JobStore(db), PauseStore(db), NotingEngine(), 0.0
        self.count = 0
        limits = {"two": Limit(2), "slow": Limit(5, per_minute=6), "wide": Limit(2 * MOST_RUNNING)}
        self.dispatcher = Dispatcher(self.engine, self.jobs, self.pauses, limits, clock=lambda: self.now)

    def job(self, provider: str = "two", author: str = "ann", **changes: object) -> JobRecord:
        self.count += 1
        name = f"job_{self.count:04}"
        facts: dict[str, object] = {
            "id": JobId(name),
            "canvas_id": EMPTY.id,
            "node_id": NodeId("n"),
            "provider": provider,
            "request": GenerationRequest(token=f"token_{name}", model="p/x", kind="upscale"),
            "recipe": "{}",
            "recipe_fp": name,
            "pin_at_submission": None,
            "author": author,
            "created_at": f"2026-11-21T00:00:00.{self.count:04}",
        }
        record = JobRecord.model_validate({**facts, **changes})
        self.jobs.add([record])
        return record

    def queue(self, *args: str, **changes: object) -> str:
        record = self.job(*args, **changes)
        self.dispatcher.enqueue(record)
        return record.id

    def begun(self) -> list[str]:
        """What was begun since the last look."""
        self.dispatcher.pump()
        found, self.engine.begun = self.engine.begun, []
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_no_more_run_than_the_provider_takes_and_one_that_leaves_makes_room(desk: Desk) -> None:
    first, second, third = (desk.queue() for _ in range(3))
    other = desk.queue("unlisted")
    assert sorted(desk.begun()) == [first, second, other]
    assert desk.begun() == []
    desk.engine.left(first)
    assert desk.begun() == [third]
    assert desk.queue("unlisted") and desk.begun() == []  # no limit known: one at a time


def test_all_providers_together_stay_within_the_threads_there_are(desk: Desk) -> None:
    jobs = [desk.queue("wide") for _ in range(MOST_RUNNING + 3)]
    assert desk.begun() == jobs[:MOST_RUNNING]
    desk.engine.left(jobs[0])
    assert desk.begun() == [jobs[MOST_RUNNING]]


def test_a_priority_changed_while_waiting_counts(desk: Desk) -> None:
    running = [desk.queue(), desk.queue()]
    desk.begun()
    early, late = desk.job(), desk.job()
    desk.dispatcher.enqueue(early)
    desk.dispatcher.enqueue(late)
    desk.dispatcher.enqueue(late.model_copy(update={"priority": -1}))
    desk.engine.left(running[0])
    assert desk.begun() == [late.id]
    desk.engine.left(running[1])
    assert desk.begun() == [early.id]


def test_a_withdrawn_job_never_begins_and_a_begun_one_cannot_be_withdrawn(desk: Desk) -> None:
    begun = desk.queue()
    desk.begun()
    waiting = desk.queue()
    assert desk.dispatcher.withdraw(JobId(waiting))
    assert not desk.dispatcher.withdraw(JobId(waiting))
    assert not desk.dispatcher.withdraw(JobId(begun))
    assert desk.begun() == []


def test_a_provider_with_a_rate_is_asked_no_faster_and_says_when_it_is_due(desk: Desk) -> None:
    first, second, third = (desk.queue("slow") for _ in range(3))
    assert desk.dispatcher.pump() == pytest.approx(10.0)
    assert desk.engine.begun == [first]
    desk.now = 9.0
    assert desk.dispatcher.pump() == pytest.approx(1.0)
    desk.now = 10.0
    assert desk.dispatcher.pump() == pytest.approx(10.0)
    desk.now = 100.0
    assert desk.dispatcher.pump() is None  # nothing waits: no timer
    assert desk.engine.begun == [first, second, third]


def test_nothing_is_due_while_there_is_no_slot_anyway(desk: Desk) -> None:
    for _ in range(4):
        desk.queue()
    assert desk.dispatcher.pump() is None


@pytest.mark.parametrize(("scope", "key"), [("all", ""), ("canvas", EMPTY.id), ("provider", "two")])
def test_a_pause_holds_back_what_waits_and_its_end_lets_it_go(desk: Desk, scope: str, key: str) -> None:
    desk.pauses.add(Pause.model_validate({"scope": scope, "key": key, "author": "ann", "at": "1"}))
    job = desk.queue()
    assert desk.begun() == []
    desk.pauses.remove(scope, key)  # type: ignore[arg-type]
    assert desk.begun() == [job]


def test_a_pause_of_something_else_holds_nothing_back(desk: Desk) -> None:
    desk.pauses.add(Pause(scope="provider", key="slow", author="ann", at="1"))
    desk.pauses.add(Pause(scope="canvas", key="another", author="ann", at="2"))
    job = desk.queue()
    assert desk.begun() == [job]


def test_an_engine_that_cannot_begin_loses_nothing(desk: Desk) -> None:
    desk.engine.faults = [OSError("the file is locked")]
    job = desk.queue()
    pause = desk.dispatcher.pump()
    assert pause is not None and 0 < pause <= 60
    assert desk.begun() == [job]


# --- starting again -------------------------------------------------------------------------------------


def test_after_a_restart_the_engine_keeps_its_slots_and_the_rest_waits(desk: Desk) -> None:
    held, queued, more = desk.job(state="running"), desk.job(), desk.job()
    desk.engine.held = [Held(held.id, resumes=True)]
    assert desk.dispatcher.open() == []
    desk.dispatcher.start()
    assert desk.engine.heard.acquire(timeout=20)
    desk.engine.left(held.id)
    assert desk.engine.heard.acquire(timeout=20)
    desk.dispatcher.stop()
    assert desk.engine.begun == [queued.id, more.id]


def test_a_job_that_leaves_while_the_engine_is_asked_what_it_holds_takes_no_slot(desk: Desk) -> None:
    held = [desk.job(state="running"), desk.job(state="running")]
    desk.engine.held = [Held(one.id, resumes=True) for one in held]
    desk.engine.while_listing = lambda: desk.engine.left(held[0].id)
    desk.dispatcher.open()
    assert desk.dispatcher.counts()[1] == {"two": 1}


def test_jobs_of_another_protocol_are_named_and_take_no_slot(desk: Desk) -> None:
    old = desk.job(state="running")
    desk.engine.held = [Held(old.id, resumes=False), Held(f"{old.id}~2", resumes=False)]
    assert desk.dispatcher.open() == [old.id]
    assert desk.dispatcher.counts() == ({}, {})
    desk.dispatcher.forget(old.id)
    assert desk.engine.held == []


def test_a_job_the_engine_has_finished_with_that_has_not_ended_is_begun_under_a_new_name(desk: Desk) -> None:
    job = desk.job(state="running")
    desk.engine.known = {job.id, f"{job.id}~2"}
    desk.dispatcher.open()
    desk.dispatcher.start()
    assert desk.engine.heard.acquire(timeout=20)
    desk.dispatcher.stop()
    assert desk.engine.begun == [f"{job.id}~3"]
    assert desk.jobs.get(job.id).attempt == 3


def test_ended_jobs_are_left_alone(desk: Desk) -> None:
    for state in ("done", "failed", "cancelled", "unknown"):
        desk.job(state=state)
    desk.dispatcher.open()
    desk.dispatcher.start()
    desk.dispatcher.stop()
    assert desk.engine.begun == []


def test_its_thread_reacts_to_every_change_and_ends(desk: Desk) -> None:
    desk.dispatcher.open()
    desk.dispatcher.start()
    desk.pauses.add(Pause(scope="all", author="ann", at="1"))
    paused = desk.queue()
    desk.pauses.remove("all", "")
    desk.dispatcher.reconsider()
    assert desk.engine.heard.acquire(timeout=20)
    desk.queue()
    assert desk.engine.heard.acquire(timeout=20)
    third = desk.queue()
    desk.engine.left(paused)
    assert desk.engine.heard.acquire(timeout=20)
    desk.dispatcher.stop()
    assert desk.engine.begun[-1] == third
    desk.queue()
    desk.engine.left(third)
    assert len(desk.engine.begun) == 3  # after stop nothing begins
