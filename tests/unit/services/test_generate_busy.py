"""A provider that takes nothing for a while, and answers nobody saw: the job waits, resumes, and is paid once."""

from __future__ import annotations

import pytest
from tests.support.generation import PLAIN, PaidProvider
from tests.support.rig import Crash, Rig, crash

from takebridge.errors import ProviderBusyError, ProviderKeyError, UnknownOutcomeError
from takebridge.jobs.port import EngineStopping
from takebridge.providers.protocol import GenerationRequest, RemoteJob
from takebridge.services import queue


class Busy(PaidProvider):
    """Refuses ``times`` submits as busy, doing ``meanwhile`` each time."""

    times = 0
    tries = 0

    def meanwhile(self) -> None:
        """Overwritten by tests."""

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        self.tries += 1
        if self.tries <= self.times:
            self.meanwhile()
            raise ProviderBusyError("Acme cannot be reached.", retry_after=3)
        return await super().submit(request)


@pytest.fixture
def busy(rig: Rig) -> Busy:
    """A provider that can be away; an hour passes with each look at the clock's step."""
    rig.provider = Busy(rig.provider.books, rig.provider.clip)
    rig.clock.step = 60.0
    rig.restart()
    return rig.provider


def test_an_outage_is_waited_out_and_paid_once(rig: Rig, busy: Busy) -> None:
    busy.times = 25
    seen: list[tuple[str, str]] = []
    job = rig.ask(PLAIN)
    busy.meanwhile = lambda: seen.append((rig.money(job), rig.job(job).state))  # type: ignore[method-assign]
    assert rig.run(job.id)
    assert busy.tries == 26
    assert busy.charges() == [job.id]
    assert (rig.job(job).state, rig.job(job).error, rig.money(job)) == ("done", None, "settled")
    assert {money for money, _ in seen} == {"intent"}, "each try has its intent on the drive first"
    assert {state for _, state in seen[1:]} == {"queued"}


def test_a_bridge_that_stops_while_it_waits_goes_on_later(rig: Rig, busy: Busy) -> None:
    busy.times, rig.clock.step = 1, 0.0
    job = rig.ask(PLAIN)
    busy.meanwhile = rig.runner.stop  # type: ignore[method-assign]
    with pytest.raises(EngineStopping):
        rig.runner.submit(job.id)
    error = rig.job(job).error
    assert (rig.money(job), rig.job(job).state, error and error.code) == ("reserved", "queued", "provider_busy")
    rig.restart()
    assert rig.run(job.id)
    assert busy.charges() == [job.id]


def test_dying_while_it_waits_leaves_nothing_open(rig: Rig, busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    busy.times = 1
    job = rig.ask(PLAIN)
    monkeypatch.setattr(rig.runner, "_pause", lambda *_: crash())
    with pytest.raises(Crash):
        rig.runner.submit(job.id)
    assert rig.money(job) == "reserved"
    error = rig.job(job).error
    assert error is not None
    assert error.code == "provider_busy"
    rig.restart()
    assert rig.run(job.id)
    assert busy.charges() == [job.id]


def test_cancelling_while_it_waits_costs_nothing(rig: Rig, busy: Busy) -> None:
    busy.times = 99
    job = rig.ask(PLAIN)

    def cancel_at_the_third() -> None:
        if busy.tries == 3:
            queue.cancel(rig.bridge, rig.queue, job.id)

    busy.meanwhile = cancel_at_the_third  # type: ignore[method-assign]
    assert not rig.runner.submit(job.id)
    assert (busy.tries, rig.job(job).state, rig.money(job)) == (3, "cancelled", "released")
    assert busy.charges() == []


def test_after_a_day_it_fails_with_the_reason(rig: Rig, busy: Busy) -> None:
    busy.times, rig.clock.step = 10**6, 3600.0
    job = rig.ask(PLAIN)
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("failed", "released")
    assert busy.tries < 30


def test_a_key_that_is_refused_is_not_waited_for(rig: Rig) -> None:
    job = rig.ask(PLAIN)
    rig.provider.refusal = ProviderKeyError("Acme does not take the key.")
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("failed", "released")


class Finding(PaidProvider):
    """Can say what an earlier submit started."""

    async def find(self, request: GenerationRequest) -> RemoteJob | None:
        if request.token not in self.charges():
            return None
        return RemoteJob(provider=self.name, id=f"r-{request.token}", model=request.model)


@pytest.mark.parametrize("how", ["the process died", "the answer was lost"])
def test_a_provider_that_can_say_is_asked_before_anybody(rig: Rig, how: str) -> None:
    rig.provider = Finding(rig.provider.books, rig.provider.clip)
    rig.restart()
    job = rig.ask(PLAIN)
    if how == "the process died":
        rig.provider.when_charged = crash
        with pytest.raises(Crash):
            rig.runner.submit(job.id)
        rig.provider.when_charged = lambda: None
        rig.restart()
    else:
        lost = UnknownOutcomeError("Acme did not answer.")

        def lose() -> None:
            raise lost

        rig.provider.when_charged = lose
    assert rig.run(job.id)
    assert (rig.job(job).state, rig.provider.charges()) == ("done", [job.id])


def test_one_that_cannot_say_leaves_it_unknown(rig: Rig) -> None:
    rig.provider = Finding(rig.provider.books, rig.provider.clip)
    rig.restart()
    job = rig.ask(PLAIN)
    rig.provider.refusal = UnknownOutcomeError("Acme did not answer.")
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")
