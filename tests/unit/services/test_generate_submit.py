"""The submit window and what surrounds it: who pays, and what a job reads when nobody can know."""

from __future__ import annotations

import pytest
from tests.support.canvases import imported
from tests.support.generation import PLAIN, SAFE, build
from tests.support.rig import UP, Crash, Rig, crash

from takebridge.canvas.ops import AddTake, Pin, RemoveNode
from takebridge.errors import (
    BlobMissingError,
    CapabilityError,
    HostTimeoutError,
    JobFailedError,
    PreconditionError,
    ProviderUnavailableError,
    UnknownOutcomeError,
)
from takebridge.ids import CanvasId, NodeId
from takebridge.jobs.port import EngineStopping
from takebridge.providers.protocol import Artifact, JobUpdate, RemoteJob
from takebridge.services import generate, queue, running
from takebridge.services.desk import View
from takebridge.store.data_folder import DataLayout
from takebridge.store.ledger import Ledger


def test_a_job_runs_through_and_is_paid_once(rig: Rig) -> None:
    job = rig.ask()
    for _ in range(2):  # each step is safe to repeat
        assert rig.runner.submit(job.id)
        assert rig.runner.wait(job.id)
    for _ in range(2):
        assert rig.runner.collect(job.id)
    assert rig.provider.charges() == [job.id]
    assert (rig.job(job).state, rig.money(job)) == ("done", "settled")
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    (take,) = canvas.takes_of(UP)
    assert (take.job_id, take.author, take.cost_actual_micros, canvas.nodes[UP].pin) == (job.id, "ann", None, take.id)
    assert rig.scratch() == []


def test_the_intent_is_durable_before_the_provider_hears_of_it(rig: Rig) -> None:
    job = rig.ask()
    seen: list[str] = []
    rig.provider.when_charged = lambda: seen.append(
        build(DataLayout(rig.folder / "home"), rig.provider).ledger.get(job.id).state
    )
    rig.runner.submit(job.id)
    assert seen == ["intent"]


def test_dying_between_the_take_and_its_settling_forgets_neither(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    said = JobUpdate(
        state="done",
        artifacts=(Artifact(port="video", media_type="video/mp4", location=str(rig.provider.clip)),),
        cost_micros=130,
    )
    rig.provider.states = [said]
    with monkeypatch.context() as dying:
        dying.setattr(Ledger, "settle", lambda *_: crash())
        with pytest.raises(Crash):
            rig.runner.collect(job.id)
    rig.restart()
    assert rig.runner.collect(job.id)
    entry = rig.bridge.ledger.get(job.id)
    assert (entry.state, entry.actual_micros, rig.job(job).actual_micros) == ("settled", 130, 130)
    assert [take.job_id for take in rig.takes()] == [job.id]


@pytest.mark.parametrize("charged", [True, False])
def test_dying_in_the_submit_window_is_never_answered_by_a_second_submit(rig: Rig, charged: bool) -> None:
    job = rig.ask(PLAIN)
    if charged:
        rig.provider.when_charged = crash
    else:
        rig.provider.refusal = Crash()
    with pytest.raises(Crash):
        rig.runner.submit(job.id)
    rig.provider.when_charged, rig.provider.refusal = (lambda: None), None
    rig.restart()
    for _ in range(2):
        assert not rig.runner.submit(job.id)
        assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")
    assert rig.provider.charges() == [job.id] * charged
    error = rig.job(job).error
    assert error is not None
    assert error.code == "unknown_outcome"


def test_dying_in_the_submit_window_of_a_safe_model_submits_again_with_the_same_token(rig: Rig) -> None:
    job = rig.ask(SAFE)
    rig.provider.when_charged = crash
    with pytest.raises(Crash):
        rig.runner.submit(job.id)
    rig.provider.when_charged = lambda: None
    rig.restart()
    assert rig.runner.submit(job.id)
    assert rig.provider.charges() == [job.id]
    assert rig.money(job) == "submitted"


@pytest.mark.parametrize("error", [CapabilityError("no"), ProviderUnavailableError("off")])
def test_a_refusal_that_proves_nothing_was_accepted_releases_the_money(rig: Rig, error: Exception) -> None:
    job = rig.ask()
    rig.provider.refusal = error
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("failed", "released")
    rig.provider.refusal = None
    rig.restart()
    assert not rig.runner.submit(job.id)  # a crash right after: still failed, still nothing spent
    assert (rig.job(job).state, rig.money(job), rig.provider.charges()) == ("failed", "released", [])


@pytest.mark.parametrize(
    "error", [UnknownOutcomeError("lost reply"), JobFailedError("?"), TimeoutError("no answer"), ValueError("bad JSON")]
)
def test_every_other_error_of_a_submit_leaves_the_outcome_unknown(rig: Rig, error: Exception) -> None:
    job = rig.ask()
    rig.provider.refusal = error
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")


def test_a_job_cancelled_before_it_was_submitted_costs_nothing(rig: Rig) -> None:
    job = rig.ask()
    queue.cancel(rig.bridge, rig.queue, job.id)
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job), rig.provider.charges()) == ("cancelled", "released", [])


def test_a_job_cancelled_after_dying_in_the_submit_window_is_still_unknown(rig: Rig) -> None:
    job = rig.ask(PLAIN)
    rig.provider.when_charged = crash
    with pytest.raises(Crash):
        rig.runner.submit(job.id)
    rig.restart()
    queue.cancel(rig.bridge, rig.queue, job.id)
    assert not rig.runner.submit(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")


def test_a_running_job_that_is_cancelled_is_stopped_at_the_provider(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    queue.cancel(rig.bridge, rig.queue, job.id)
    assert not rig.runner.wait(job.id)
    assert rig.provider.cancelled == [f"r-{job.id}"]
    assert (rig.job(job).state, rig.money(job)) == ("cancelled", "settled")


def test_stopping_the_bridge_leaves_the_job_running(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.provider.states = [JobUpdate(state="running", done=1, total=4)]
    rig.runner.stop()
    with pytest.raises(EngineStopping):
        rig.runner.wait(job.id)
    assert (rig.job(job).state, rig.job(job).done, rig.job(job).total) == ("running", 1, 4)


def test_a_result_that_cannot_be_kept_ends_the_job_and_closes_its_entry(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.provider.states = [JobUpdate(state="done")]  # done, without any artifact
    assert not rig.runner.collect(job.id)
    assert (rig.job(job).state, rig.money(job)) == ("failed", "settled")
    assert rig.scratch() == []


def test_a_provider_that_is_away_for_a_while_is_polled_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    polled = iter([HostTimeoutError("away")] * 4)
    answer = rig.provider.poll

    async def poll(remote: RemoteJob) -> JobUpdate:
        for error in polled:
            raise error
        return await answer(remote)

    monkeypatch.setattr(rig.provider, "poll", poll)
    monkeypatch.setattr(running, "_AWAY_SECONDS", 0.1)
    assert rig.runner.wait(job.id)
    assert rig.provider.charges() == [job.id]


def test_a_paid_job_that_cannot_be_looked_at_any_more_is_unknown_and_not_failed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_job: RemoteJob) -> JobUpdate:
        raise ProviderUnavailableError("The account is closed.")

    job = rig.ask()
    rig.runner.submit(job.id)
    monkeypatch.setattr(rig.provider, "poll", gone)
    assert not rig.runner.wait(job.id)
    ended = rig.job(job)
    assert ended.error is not None and ended.error.message == "The account is closed."
    assert (ended.state, rig.money(job)) == ("unknown", "unknown")


def test_a_provider_gone_when_the_result_is_fetched_is_named_and_the_money_stays_held(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_job: RemoteJob) -> JobUpdate:
        raise ProviderUnavailableError("The provider does not answer.")

    job = rig.ask()
    rig.runner.submit(job.id)
    monkeypatch.setattr(rig.provider, "poll", gone)
    assert not rig.runner.collect(job.id)
    ended = rig.job(job)
    assert ended.error is not None
    assert (ended.state, ended.error.code, rig.money(job)) == ("unknown", "provider_unavailable", "unknown")
    assert ended.choices == ("look_again", "give_up")


@pytest.mark.parametrize("moment", [1, 2])
def test_a_take_added_meanwhile_by_somebody_else_does_not_lose_the_result(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    desk, looks = rig.bridge.desk, 0
    view = desk.view

    def view_then_somebody_adds(canvas_id: CanvasId) -> View:
        nonlocal looks
        looks, seen = looks + 1, view(canvas_id)
        if looks == moment:
            with monkeypatch.context() as plain:
                plain.setattr(desk, "view", view)
                desk.apply(canvas_id, [AddTake(take=imported(seen.canvas, UP, 7))], author="bob")
        return seen

    monkeypatch.setattr(desk, "view", view_then_somebody_adds)
    assert rig.runner.collect(job.id)
    monkeypatch.undo()
    assert looks >= moment
    takes = desk.view(rig.canvas_id).canvas.takes_of(UP)
    assert [(take.seq, take.origin) for take in takes] == [(1, "imported"), (2, "generated")]


def test_the_take_and_its_pin_are_one_commit(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    before = rig.bridge.desk.view(rig.canvas_id).rev
    heard, _, _ = rig.bridge.events.subscribe(lambda: None)
    rig.runner.collect(job.id)
    revisions = [event.data["rev"] for event in heard.drain() if event.topic == "canvas.changed"]
    assert revisions == [before + 2]


def test_a_result_for_a_node_that_was_removed_is_kept_as_an_orphan(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.bridge.desk.apply(rig.canvas_id, [RemoveNode(node=UP)], author="bob")
    assert rig.runner.collect(job.id)
    assert [take.job_id for take in rig.bridge.desk.view(rig.canvas_id).canvas.orphans()] == [job.id]


def test_a_pin_chosen_meanwhile_stands(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    mine = imported(canvas, UP, 7).model_copy(update={"outputs": canvas.takes_of(NodeId("clip"))[0].outputs})
    rig.bridge.desk.apply(rig.canvas_id, [AddTake(take=mine), Pin(node=UP, take=mine.id, expected=None)], author="bob")
    assert rig.runner.collect(job.id)
    assert rig.bridge.desk.view(rig.canvas_id).canvas.nodes[UP].pin == mine.id


# --- asking ---------------------------------------------------------------------------------------------


def test_asking_twice_returns_the_job_under_way_and_again_after_its_end_makes_another(rig: Rig) -> None:
    job = rig.ask()
    again = rig.ask_again(author="bob")
    assert again.id == job.id
    assert rig.queue.queued == [job.id]
    assert rig.run(job.id)
    other = rig.ask_again(author="bob")
    assert other.id != job.id


def test_run_again_makes_another_take_while_the_first_is_under_way(rig: Rig) -> None:
    job = rig.ask()
    other = rig.ask_again(again=True)
    assert rig.queue.queued == [job.id, other.id]
    assert rig.run(job.id)
    assert rig.run(other.id)
    assert [take.job_id for take in rig.takes()] == [job.id, other.id]
    assert rig.provider.charges() == [job.id, other.id]


def test_nothing_is_kept_when_asking_is_refused(rig: Rig) -> None:
    job = rig.ask()
    assert rig.run(job.id)
    with pytest.raises(CapabilityError):
        generate.start(rig.bridge, rig.queue, rig.canvas_id, NodeId("clip"), author="a")
    content = rig.bridge.desk.view(rig.canvas_id).canvas.takes_of(NodeId("clip"))[0].outputs["video"].content
    path = rig.bridge.blobs.path_of(content)
    path.unlink()
    with pytest.raises((BlobMissingError, PreconditionError)):
        rig.ask_again()
    assert [item.id for item in rig.bridge.jobs.all()] == [job.id]
    assert [entry.token for entry in rig.bridge.ledger.all()] == [job.id]
