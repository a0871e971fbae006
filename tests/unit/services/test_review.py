"""Reviews: the honest choices about a job whose outcome is open, and asking once more for one that failed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.generation import FREE, MOST, PLAIN, SAFE
from tests.support.rig import UP, Rig

from takebridge.canvas.ops import RemoveNode, SetParam
from takebridge.errors import (
    BridgeError,
    BudgetError,
    CapabilityError,
    PreconditionError,
    UnknownNodeError,
    UnknownOutcomeError,
)
from takebridge.ids import JobId
from takebridge.providers.protocol import JobUpdate
from takebridge.services import queue, review
from takebridge.services.job_facts import job_facts
from takebridge.store.jobs import JobRecord
from takebridge.store.ledger import Cap


def unknown(rig: Rig, model: str = PLAIN) -> JobRecord:
    """A job whose submit was not answered."""
    job = rig.ask(model)
    rig.provider.refusal = UnknownOutcomeError("no answer")
    rig.run(job.id)
    rig.provider.refusal = None
    return rig.job(job)


def without_an_answer(rig: Rig) -> JobRecord:
    """A job its provider has, and does not finish."""
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.provider.states, rig.clock.step = [JobUpdate(state="running")] * 9, 2000.0
    assert not rig.runner.wait(job.id)
    rig.provider.states, rig.clock.step = [], 0.0
    return rig.job(job)


def resolve(rig: Rig, job: JobRecord, choice: Any, **how: Any) -> JobRecord:
    return review.resolve(rig.bridge, rig.queue, job.id, choice, author="bob", **how)  # type: ignore[arg-type]


def test_an_unknown_outcome_offers_what_is_honest(rig: Rig) -> None:
    facts = job_facts(unknown(rig))
    assert (facts["status"], facts["choices"], facts["can_retry"]) == (
        "PendingReview",
        ["submit_again", "give_up"],
        False,
    )


def test_where_a_token_counts_once_looking_again_is_all_it_takes(rig: Rig) -> None:
    job = unknown(rig, SAFE)
    assert job.choices == ("look_again", "give_up")
    again = resolve(rig, job, "look_again")
    assert (again.id, again.workflow_id, again.state) == (job.id, f"{job.id}~2", "queued")
    assert rig.run(job.id)
    assert (rig.provider.charges(), rig.money(job), len(rig.takes())) == ([job.id], "settled", 1)


def test_submitting_again_is_another_job_with_a_token_of_its_own_and_the_old_money_stays_counted(rig: Rig) -> None:
    job = unknown(rig)
    again = resolve(rig, job, "submit_again")
    assert (again.retry_of, again.author, again.recipe_fp) == (job.id, "bob", job.recipe_fp)
    old = rig.job(job)
    assert old.error is not None
    assert (old.state, old.error.code, old.choices) == ("failed", "submitted_again", ())
    entry = rig.bridge.ledger.get(job.id)
    assert (entry.state, entry.actual_micros, entry.reserved_micros) == ("settled", None, MOST)
    assert rig.run(again.id)
    assert rig.provider.charges() == [again.id]
    assert rig.bridge.ledger.remaining(rig.canvas_id, "x", ["USD"])["USD"].committed_micros == 0  # no cap, no count
    (line,) = rig.bridge.ledger.spend(("canvas_id",))
    assert (line.jobs, line.high_micros) == (2, 2 * MOST)


def test_a_cap_that_stops_the_second_submit_leaves_the_choice_open(rig: Rig) -> None:
    job = unknown(rig)
    rig.bridge.ledger.set_cap(Cap(scope="canvas", limit_micros=MOST + 1))  # the unknown one counts
    with pytest.raises(BudgetError):
        resolve(rig, job, "submit_again")
    assert (rig.job(job), rig.money(job)) == (job, "unknown")
    assert [one.id for one in rig.bridge.jobs.all()] == [job.id]


def test_giving_up_ends_it_and_counts_what_was_held(rig: Rig) -> None:
    job = unknown(rig)
    ended = resolve(rig, job, "give_up")
    assert ended.error is not None
    assert (ended.state, ended.error.code, job_facts(ended)["can_retry"]) == ("failed", "given_up", False)
    entry = rig.bridge.ledger.get(job.id)
    assert (entry.state, entry.actual_micros) == ("settled", None)
    assert (rig.queue.queued, rig.provider.charges()) == ([job.id], [])


def test_looking_again_at_a_job_that_took_too_long_gets_its_take_without_paying(rig: Rig) -> None:
    job = without_an_answer(rig)
    assert job.choices == ("look_again", "give_up")
    resolve(rig, job, "look_again")
    assert rig.run(job.id)
    assert (rig.job(job).state, rig.provider.charges(), rig.money(job)) == ("done", [job.id], "settled")


def test_looking_again_gives_the_provider_its_time_again(rig: Rig) -> None:
    job = without_an_answer(rig)
    rig.clock.now += 10**6
    resolve(rig, job, "look_again")
    rig.provider.states = [JobUpdate(state="running")] * 2
    assert rig.run(job.id)


@pytest.mark.parametrize("choice", ["submit_again", "continue", "nonsense"])
def test_only_what_is_offered_can_be_chosen(rig: Rig, choice: str) -> None:
    job = without_an_answer(rig)
    with pytest.raises(PreconditionError) as caught:
        resolve(rig, job, choice)
    assert "look_again, give_up" in caught.value.hint
    assert (rig.job(job), rig.money(job)) == (job, "submitted")


def test_the_second_of_two_people_is_told_that_it_was_decided(rig: Rig) -> None:
    job = unknown(rig)
    resolve(rig, job, "submit_again")
    with pytest.raises(PreconditionError):
        resolve(rig, job, "submit_again")
    assert len(rig.bridge.jobs.all()) == 2
    assert len(rig.bridge.ledger.open_entries()) == 1


def test_two_people_deciding_in_one_moment_start_one_job(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    job = unknown(rig)
    real = review._once_more

    def meanwhile(*args: Any) -> JobRecord:
        monkeypatch.setattr(review, "_once_more", real)
        resolve(rig, job, "submit_again")
        return real(*args)

    monkeypatch.setattr(review, "_once_more", meanwhile)
    with pytest.raises(PreconditionError):
        resolve(rig, job, "submit_again")
    assert len(rig.bridge.jobs.all()) == 2
    assert [entry.state for entry in rig.bridge.ledger.all()] == ["settled", "reserved", "released"]


# --- retry ----------------------------------------------------------------------------------------------


def failed(rig: Rig, error: Exception | None = None, **update: Any) -> JobRecord:
    job = rig.ask()
    if error is not None:
        rig.provider.refusal = error
    else:
        rig.provider.states = [JobUpdate(state="failed", **update)]
    rig.run(job.id)
    rig.provider.refusal = None
    return rig.job(job)


def retry(rig: Rig, job: JobRecord, **how: Any) -> JobRecord:
    return review.retry(rig.bridge, rig.queue, job.id, author="bob", **how)


def test_a_failed_job_is_asked_for_again_with_the_recipe_it_had(rig: Rig) -> None:
    job = failed(rig, CapabilityError("not now"))
    rig.bridge.desk.apply(rig.canvas_id, [SetParam(node=UP, name="scale", value=4)], author="a")
    again = retry(rig, job)
    assert (again.recipe, again.recipe_fp, again.retry_of) == (job.recipe, job.recipe_fp, job.id)
    assert (again.request.params, again.request.token) == (job.request.params, again.id)
    assert rig.run(again.id)
    assert rig.takes()[0].recipe_fp == job.recipe_fp


def test_consent_holds_for_a_retry_of_what_cost_nothing_and_no_further(rig: Rig) -> None:
    assert retry(rig, failed(rig, cost_micros=0)).max_micros == MOST
    paid = failed(rig, error_message="after an hour")
    with pytest.raises(PreconditionError, match="This costs"):
        retry(rig, paid)
    assert retry(rig, paid, max_micros=MOST).state == "queued"


def test_a_cancelled_job_can_be_retried_and_a_refused_or_running_one_cannot(rig: Rig) -> None:
    job = rig.ask()
    with pytest.raises(PreconditionError):
        retry(rig, job)
    queue.cancel(rig.bridge, rig.queue, job.id)
    assert retry(rig, job).retry_of == job.id
    refused = failed(rig, error_code="refused")
    with pytest.raises(PreconditionError):
        retry(rig, refused, max_micros=MOST)


def test_a_retry_for_a_node_that_is_gone_or_inputs_that_are_gone_is_refused(rig: Rig) -> None:
    job = failed(rig, CapabilityError("no"))
    for one in job.request.inputs:
        one.path.rename(one.path.with_name("elsewhere"))
    with pytest.raises(BridgeError, match="no longer has"):
        retry(rig, job)
    rig.bridge.desk.apply(rig.canvas_id, [RemoveNode(node=UP)], author="a")
    with pytest.raises(UnknownNodeError):
        retry(rig, job)
    assert len(rig.bridge.jobs.all()) == 1


# --- what people see ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("queued", "Pending"),
        ("running", "InProgress"),
        ("done", "Complete"),
        ("failed", "Failed"),
        ("cancelled", "Failed"),
        ("unknown", "PendingReview"),
    ],
)
def test_states_in_the_words_people_see(rig: Rig, state: str, status: str) -> None:
    job = rig.ask(FREE)
    record = rig.bridge.jobs.change(JobId(job.id), lambda old: old.model_copy(update={"state": state}))
    facts = job_facts(record)
    assert (facts["state"], facts["status"]) == (state, status)
    assert bool(facts["choices"]) == (status == "PendingReview")
    assert bool(facts["can_retry"]) == (status == "Failed")
    if state == "cancelled":
        assert isinstance(facts["error"], dict)
        assert facts["error"]["code"] == "job_cancelled"
