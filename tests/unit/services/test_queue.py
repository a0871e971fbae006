"""The queue with the real engine: turns, pauses, priorities, cancelling at every stage, restarts."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.generation import FREE, MOST, PLAIN, set_up
from tests.support.rig import Rig

from takebridge.errors import NotFoundError, PreconditionError, UsageError
from takebridge.ids import JobId, NodeId
from takebridge.jobs.dbos_engine import DbosEngine
from takebridge.jobs.dispatch import Dispatcher, Limit
from takebridge.providers.protocol import GenerationRequest, JobUpdate, RemoteJob
from takebridge.services import generate, queue, review
from takebridge.services.generate import entry_of
from takebridge.services.running import GenerateRunner
from takebridge.store.jobs import ENDED, JobRecord

ROOT = Path(__file__).parents[3]


class Gate:
    """A provider's jobs run until the test lets them end."""

    def __init__(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        self.order: list[str] = []
        self.running = threading.Semaphore(0)
        self._ended: set[str] = set()
        self._open = False
        honest, done = rig.provider.submit, rig.provider.poll

        async def submit(request: GenerationRequest) -> RemoteJob:
            remote = await honest(request)
            self.order.append(request.token)
            self.running.release()
            return remote

        async def poll(job: RemoteJob) -> JobUpdate:
            if self._open or job.id in self._ended:
                return await done(job)
            return JobUpdate(state="running", done=1, total=4)

        monkeypatch.setattr(rig.provider, "submit", submit)
        monkeypatch.setattr(rig.provider, "poll", poll)

    def wait_for(self, count: int) -> list[str]:
        """Wait until so many more jobs have reached the provider."""
        for _ in range(count):
            assert self.running.acquire(timeout=60)
        return self.order

    def end(self, job_id: str) -> None:
        self._ended.add(f"r-{job_id}")

    def open(self) -> None:
        self._open = True


class Works:
    """The rig's bridge with a real engine and dispatcher; ``stop`` and ``start`` as a restart does."""

    def __init__(self, rig: Rig, concurrency: int) -> None:
        self.rig, self.concurrency, self.on = rig, concurrency, False

    def start(self) -> None:
        self.rig.restart()
        bridge = self.rig.bridge
        self.runner = GenerateRunner(bridge, self.rig.loop)
        self.engine = DbosEngine(bridge.layout.jobs_db, self.runner)
        self.dispatcher = Dispatcher(self.engine, bridge.jobs, bridge.pauses, {"paid": Limit(self.concurrency)})
        self.changed = threading.Event()
        self.heard, _, _ = bridge.events.subscribe(self.changed.set)
        queue.open_queue(bridge, self.dispatcher)
        self.on = True

    def stop(self) -> None:
        if self.on:
            self.dispatcher.stop()
            self.runner.stop()
            self.engine.stop()
            self.on = False

    def canvas(self, nodes: int, model: str = FREE) -> None:
        self.rig.canvas_id = set_up(self.rig.bridge, self.rig.provider.clip, model, nodes).canvas.id

    def ask(self, number: int, **how: Any) -> JobRecord:
        given = {"author": "ann", "max_micros": MOST, **how}
        return generate.start(self.rig.bridge, self.dispatcher, self.rig.canvas_id, NodeId(f"up{number}"), **given)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for events until it is so."""
        while not condition():
            self.changed.clear()
            self.heard.drain()
            if not condition():
                assert self.changed.wait(60), "nothing happened any more"

    def state(self, job: JobRecord) -> str:
        return self.rig.job(job).state

    def until_ended(self, *jobs: JobRecord) -> None:
        self.until(lambda: all(self.state(job) in ENDED for job in jobs))


@pytest.fixture
def gate(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(rig, monkeypatch)


@pytest.fixture
def works(rig: Rig, gate: Gate) -> Iterator[Works]:
    works = Works(rig, concurrency=1)
    works.start()
    yield works
    gate.open()
    works.stop()


def test_jobs_run_one_after_the_other_by_priority_and_every_one_makes_its_take(works: Works, gate: Gate) -> None:
    works.canvas(4)
    first = works.ask(0)
    gate.wait_for(1)
    late, usual, urgent = works.ask(1, priority=5), works.ask(2), works.ask(3, priority=9)
    queue.set_priority(works.rig.bridge, works.dispatcher, urgent.id, -1)
    for job in (first, urgent, usual):
        assert gate.order[-1] == job.id
        gate.end(job.id)
        gate.wait_for(1)
    gate.open()
    works.until_ended(late)
    assert gate.order == [first.id, urgent.id, usual.id, late.id]
    takes = works.rig.bridge.desk.view(works.rig.canvas_id).canvas.takes.values()
    assert sum(take.origin == "generated" for take in takes) == 4


def test_a_second_person_waits_for_one_job_of_the_first(works: Works, gate: Gate) -> None:
    works.canvas(5)
    crowd = [works.ask(number) for number in range(4)]
    gate.wait_for(1)
    other = works.ask(4, author="bob")
    gate.open()
    works.until_ended(*crowd, other)
    assert gate.order.index(other.id) == 1


@pytest.mark.parametrize("scope", ["all", "canvas", "provider"])
def test_a_pause_stops_what_waits_not_what_runs_and_outlives_a_restart(works: Works, gate: Gate, scope: Any) -> None:
    works.canvas(2)
    first = works.ask(0)
    gate.wait_for(1)
    second = works.ask(1)
    key = {"all": "", "canvas": works.rig.canvas_id, "provider": "paid"}[scope]
    (pause,) = queue.pause(works.rig.bridge, works.dispatcher, scope, key, author="ann")
    assert (pause.scope, pause.key, pause.author) == (scope, key, "ann")
    gate.open()
    works.until_ended(first)
    assert (works.state(first), works.state(second)) == ("done", "queued")
    works.stop()
    works.start()
    assert (works.state(second), gate.order) == ("queued", [first.id])
    assert queue.resume(works.rig.bridge, works.dispatcher, scope, key, author="bob") == ()
    works.until_ended(second)
    assert works.state(second) == "done"


def test_what_cannot_be_paused_is_refused(works: Works) -> None:
    for scope, key, error in (
        ("all", "x", UsageError),
        ("canvas", "nowhere", NotFoundError),
        ("provider", "nobody", NotFoundError),
    ):
        with pytest.raises(error):
            queue.pause(works.rig.bridge, works.dispatcher, scope, key, author="a")  # type: ignore[arg-type]
    assert works.rig.bridge.pauses.all() == ()


def test_a_waiting_job_that_is_cancelled_ends_at_once_and_never_meets_the_engine(works: Works, gate: Gate) -> None:
    works.canvas(2, PLAIN)
    first = works.ask(0)
    gate.wait_for(1)
    second = works.ask(1)
    assert queue.cancel(works.rig.bridge, works.dispatcher, second.id).state == "cancelled"
    assert works.rig.money(second) == "released"
    with pytest.raises(PreconditionError):
        queue.set_priority(works.rig.bridge, works.dispatcher, second.id, 1)
    gate.open()
    works.until_ended(first)
    assert not works.engine.knows(second.id)
    assert works.rig.provider.charges() == [first.id]


def test_a_running_job_that_is_cancelled_is_stopped_there_and_makes_room(works: Works, gate: Gate) -> None:
    works.canvas(2)
    first, second = works.ask(0), works.ask(1)
    gate.wait_for(1)
    queue.cancel(works.rig.bridge, works.dispatcher, first.id)
    gate.wait_for(1)
    assert works.rig.provider.cancelled == [f"r-{first.id}"]
    assert works.state(first) == "cancelled"
    assert queue.cancel(works.rig.bridge, works.dispatcher, first.id).state == "cancelled"
    gate.open()
    works.until_ended(second)
    assert works.state(second) == "done"


def test_a_restart_goes_on_with_what_ran_and_then_with_what_waited(works: Works, gate: Gate) -> None:
    works.canvas(2, PLAIN)
    first, second = works.ask(0), works.ask(1)
    gate.wait_for(1)
    works.stop()
    assert (works.state(first), works.state(second)) == ("running", "queued")
    works.start()
    assert works.dispatcher.counts() == ({"paid": 1}, {"paid": 1})
    gate.open()
    works.until_ended(first, second)
    assert (works.state(first), works.state(second)) == ("done", "done")
    assert works.rig.provider.charges() == [first.id, second.id]


def test_looking_again_runs_in_the_real_engine(works: Works, gate: Gate) -> None:
    works.canvas(1, PLAIN)
    works.runner._clock = iter(range(0, 10**9, 1000)).__next__  # type: ignore[assignment]
    job = works.ask(0)
    works.until_ended(job)
    assert works.rig.job(job).choices == ("look_again", "give_up")
    gate.open()
    review.resolve(works.rig.bridge, works.dispatcher, job.id, "look_again", author="ann")
    works.until_ended(job)
    assert (works.state(job), works.rig.money(job), works.rig.provider.charges()) == ("done", "settled", [job.id])


def test_what_the_queue_says_of_itself(works: Works, gate: Gate) -> None:
    works.canvas(3)
    for number in range(3):
        works.ask(number)
    gate.wait_for(1)
    facts = queue.queue_facts(works.rig.bridge, works.dispatcher)
    assert facts["providers"] == {"paid": {"waiting": 2, "running": 1, "concurrency": 1, "per_minute": None}}
    assert facts["pauses"] == []


def test_money_held_for_jobs_that_will_never_run_is_given_back_at_the_start(works: Works, gate: Gate) -> None:
    works.canvas(2, PLAIN)
    first = works.ask(0)
    gate.wait_for(1)
    second = works.ask(1)
    orphan = first.model_copy(update={"id": JobId("job_never_kept")})
    works.rig.bridge.ledger.reserve(entry_of(orphan))
    works.stop()
    works.start()
    states = {entry.token: entry.state for entry in works.rig.bridge.ledger.all()}
    assert states[orphan.id] == "released"
    assert (states[first.id], states[second.id]) == ("submitted", "reserved")


# --- another workflow version ---------------------------------------------------------------------------


def left_by_another_release(rig: Rig, job: JobRecord) -> None:
    """Begin the job's workflow under version 1 in a process that dies while it waits."""
    home = rig.folder / "home"
    script = str(ROOT / "tests/support/engine_script.py")
    command = [sys.executable, script, str(home), "1"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"begin {job.id}\n")
        process.stdin.flush()
        while f"wait {job.id}" not in (said := process.stdout.readline()):
            assert said
        process.kill()


@pytest.fixture
def stranded(rig: Rig, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Works, JobRecord]]:
    """A paid job that the provider accepted and whose workflow another release began."""
    monkeypatch.setattr(generate, "new_id", lambda _prefix: "hold_other_release")
    job = rig.ask()
    assert rig.runner.submit(job.id)
    left_by_another_release(rig, job)
    works = Works(rig, 1)
    works.start()
    yield works, job
    gate.open()
    works.stop()


def test_a_job_of_another_workflow_version_is_listed_and_not_run(stranded: tuple[Works, JobRecord]) -> None:
    works, job = stranded
    seen = works.rig.job(job)
    assert seen.error is not None
    assert (seen.state, seen.error.code, seen.choices) == ("unknown", "other_version", ("continue", "give_up"))
    assert seen.error.hint
    assert works.dispatcher.counts() == ({}, {})
    works.stop()
    works.start()
    assert works.rig.job(job) == seen


def test_it_can_be_continued_without_paying_again(stranded: tuple[Works, JobRecord], gate: Gate) -> None:
    works, job = stranded
    gate.open()
    again = review.resolve(works.rig.bridge, works.dispatcher, job.id, "continue", author="ann")
    assert again.workflow_id == f"{job.id}~2"
    works.until_ended(job)
    assert (works.state(job), works.rig.money(job), works.rig.provider.charges()) == ("done", "settled", [job.id])
    assert len(works.rig.takes()) == 1
    assert all(one.resumes for one in works.engine.unfinished())


def test_it_can_be_given_up_and_is_not_listed_again(stranded: tuple[Works, JobRecord]) -> None:
    works, job = stranded
    ended = review.resolve(works.rig.bridge, works.dispatcher, job.id, "give_up", author="ann")
    assert (ended.state, works.rig.money(job)) == ("failed", "settled")
    assert works.engine.unfinished() == []
    works.stop()
    works.start()
    assert works.state(job) == "failed"
    with closing(sqlite3.connect(works.rig.bridge.layout.jobs_db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
