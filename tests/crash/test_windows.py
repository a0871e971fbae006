"""The narrow windows that the rounds of `make test-crash` found, one by one and without a process to kill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.generation import PLAIN, SAFE, background_loop
from tests.support.rig import Crash, Rig, crash

from takebridge.errors import CapabilityError, ProviderUnavailableError, UnknownOutcomeError
from takebridge.ids import JobId
from takebridge.providers.registry import ProviderRegistry
from takebridge.services import queue, review
from takebridge.services.running import GenerateRunner
from takebridge.store.jobs import JobRecord, JobStore
from takebridge.store.ledger import Ledger


class NothingHeld:
    """A dispatcher whose engine knows of no job."""

    def open(self) -> list[JobId]:
        return []

    def start(self) -> None: ...

    def forget(self, job_id: JobId) -> None: ...

    def enqueue(self, record: JobRecord) -> None: ...


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with background_loop() as loop:
        yield Rig(tmp_path, loop)


def died_in_the_submit_window(rig: Rig, model: str) -> JobRecord:
    """A job that was charged by a process that died before it heard of it; then a new process."""
    job = rig.ask(model)
    rig.provider.when_charged = crash
    with pytest.raises(Crash):
        rig.runner.submit(job.id)
    rig.provider.when_charged = lambda: None
    rig.restart()
    return job


def started_again(rig: Rig) -> None:
    """A new process, as far as it is there before anybody asks."""
    rig.restart()
    queue.open_queue(rig.bridge, NothingHeld())  # type: ignore[arg-type]


def went_on(rig: Rig, job: JobRecord) -> None:
    """The next process takes up what had not ended, this job first."""
    started_again(rig)
    if rig.job(job).state == "queued":
        assert not rig.runner.submit(job.id)


@pytest.mark.parametrize("error", [ProviderUnavailableError("overloaded"), CapabilityError("no")])
def test_a_refused_repetition_says_nothing_of_the_submit_before(rig: Rig, error: Exception) -> None:
    job = died_in_the_submit_window(rig, SAFE)
    rig.provider.refusal = error
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")
    rig.provider.refusal = None
    again = review.resolve(rig.bridge, NothingHeld(), job.id, "look_again", author="bob")  # type: ignore[arg-type]
    assert rig.run(again.id)
    assert (rig.job(job).state, rig.money(job), rig.provider.charges()) == ("done", "settled", [job.id])


def test_a_provider_that_was_removed_does_not_give_back_what_it_may_have_charged(rig: Rig) -> None:
    job = died_in_the_submit_window(rig, PLAIN)
    rig.runner = GenerateRunner(replace(rig.bridge, providers=ProviderRegistry([])), rig.loop)
    assert not rig.runner.submit(job.id)
    ended = rig.job(job)
    assert (ended.state, rig.money(job)) == ("unknown", "unknown")
    assert ended.error is not None
    assert ended.error.hint
    assert "give_up" in ended.choices


def unanswered(rig: Rig) -> JobRecord:
    job = rig.ask()
    rig.provider.refusal = UnknownOutcomeError("no answer")
    rig.run(job.id)
    rig.provider.refusal = None
    return rig.job(job)


def decide(rig: Rig, job: JobRecord, choice: Any) -> None:
    review.resolve(rig.bridge, NothingHeld(), job.id, choice, author="bob")  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", ["give_up", "submit_again"])
def test_dying_in_a_decision_holds_no_money_for_ever(rig: Rig, monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    job = unanswered(rig)
    with monkeypatch.context() as dying:
        dying.setattr(Ledger, "settle", lambda *_: crash())
        with pytest.raises(Crash):
            decide(rig, job, choice)
    went_on(rig, job)
    entry = rig.bridge.ledger.get(job.id)
    assert (rig.job(job).state, entry.state, entry.reserved_micros) == ("failed", "settled", 200)
    held = [one.job_id for one in rig.bridge.ledger.open_entries()]
    assert held == [one.id for one in rig.bridge.jobs.unended()]


@pytest.mark.parametrize(("method", "state", "successors"), [("change", "unknown", 0), ("add", "failed", 1)])
def test_the_job_that_was_submitted_again_is_there_whenever_the_old_one_says_so(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, method: str, state: str, successors: int
) -> None:
    """Dies right after a durable change: the decision holds with its new job, or is open again without one."""
    job = unanswered(rig)
    plain = getattr(JobStore, method)

    def dies(self: JobStore, *args: Any) -> None:
        plain(self, *args)
        crash()

    with monkeypatch.context() as dying:
        dying.setattr(JobStore, method, dies)
        for later in ("release", "settle"):  # the dead do not tidy up
            dying.setattr(Ledger, later, lambda *_: crash())
        with pytest.raises(Crash):
            decide(rig, job, "submit_again")
    went_on(rig, job)
    others = [one for one in rig.bridge.jobs.all() if one.id != job.id]
    assert (rig.job(job).state, [one.retry_of for one in others]) == (state, [job.id] * successors)
    held = [entry.job_id for entry in rig.bridge.ledger.open_entries()]
    assert held == [one.id for one in (*others, *([job] if state == "unknown" else []))]
    if state == "unknown":
        decide(rig, job, "submit_again")
        assert rig.job(job).state == "failed"
