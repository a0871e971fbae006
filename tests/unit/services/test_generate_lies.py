"""Providers that lie: none makes half a take, loses money, or gets a second submit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.support.generation import FREE, MOST, PLAIN
from tests.support.rig import UP, Rig
from tests.support.scratch_sound import write_beep

from takebridge.canvas.ops import SetParam
from takebridge.errors import DiskFullError, HostTimeoutError, NotFoundError, UnknownOutcomeError
from takebridge.providers.protocol import Artifact, JobUpdate, RemoteJob
from takebridge.services import running
from takebridge.services.job_facts import can_retry
from takebridge.store.blobs import BlobStore
from takebridge.store.jobs import JobRecord


def artifact(path: Path, port: str = "video") -> Artifact:
    return Artifact(port=port, media_type="video/mp4", location=str(path))


def done(*artifacts: Artifact, **facts: Any) -> JobUpdate:
    return JobUpdate(state="done", artifacts=artifacts, **facts)


def clip(rig: Rig, port: str = "video") -> Artifact:
    return artifact(rig.provider.clip, port)


def ran(rig: Rig, *states: JobUpdate, model: str = PLAIN) -> JobRecord:
    """Run a job whose provider answers so; afterwards it says "done" with the right clip."""
    job = rig.ask(model)
    rig.provider.states = list(states)
    rig.run(job.id)
    return rig.job(job)


def entry(rig: Rig, job: JobRecord) -> tuple[str, int | None]:
    kept = rig.bridge.ledger.get(job.id)
    return kept.state, kept.actual_micros


def failed_with(job: JobRecord) -> str:
    assert (job.state, job.choices) == ("failed", ())
    assert job.error is not None
    assert job.error.hint
    return job.error.message


def waits_for_a_look(rig: Rig, job: JobRecord) -> str:
    """It waits for a person, may be looked at again for nothing, and its money is held."""
    assert (job.state, job.choices) == ("unknown", ("look_again", "give_up"))
    kept = rig.bridge.ledger.get(job.id)
    assert (kept.state, kept.reserved_micros) in (("submitted", MOST), ("unknown", MOST))
    assert (rig.takes(), rig.scratch(), rig.provider.charges()) == ((), [], [job.id])
    assert job.error is not None
    assert job.error.hint
    return job.error.message


def looked_again(rig: Rig, job: JobRecord) -> JobRecord:
    """What the next attempt makes of it (the choice itself is tested with the reviews)."""
    fresh = {"state": "queued", "attempt": 2, "choices": (), "error": None, "waiting_since": None}
    rig.bridge.jobs.change(job.id, lambda old: old.model_copy(update=fresh))
    rig.run(job.id)
    return rig.job(job)


# --- "done" that is not ---------------------------------------------------------------------------------


def test_a_completed_job_with_an_error_inside_has_failed_and_its_cost_is_kept(rig: Rig) -> None:
    job = ran(rig, done(clip(rig), error_code="oops", error_message="GPU lost", cost_micros=150))
    assert failed_with(job) == "GPU lost"
    assert (rig.takes(), entry(rig, job), job.actual_micros) == ((), ("settled", 150), 150)


def test_done_without_a_result_has_failed_and_costs_what_was_held_until_somebody_knows(rig: Rig) -> None:
    job = ran(rig, done(), done())
    assert "without a result" in failed_with(job)
    assert entry(rig, job) == ("settled", None)


@pytest.mark.parametrize("what", ["text", "sound", "still", "nothing"])
def test_another_kind_of_file_than_promised_is_no_take(rig: Rig, tmp_path: Path, what: str) -> None:
    path = tmp_path / "lie.mp4"
    if what == "text":
        path.write_text("<html>your video will be ready soon</html>")
    elif what == "sound":
        write_beep(path)
    elif what == "still":
        Image.new("RGB", (64, 64)).save(path, "PNG")
    else:
        path.write_bytes(b"")
    lie = done(artifact(path), cost_micros=120)
    job = ran(rig, lie, lie)
    assert "A video was promised" in failed_with(job)
    assert (rig.takes(), entry(rig, job), rig.scratch()) == ((), ("settled", 120), [])


def test_a_port_the_node_has_not_is_refused(rig: Rig) -> None:
    lie = done(clip(rig), clip(rig, "captions"))
    job = ran(rig, lie, lie)
    assert "captions" in failed_with(job)
    assert rig.takes() == ()


def test_the_same_artifact_twice_counts_once(rig: Rig) -> None:
    twice = done(clip(rig), clip(rig))
    job = ran(rig, twice, twice)
    assert job.state == "done"
    assert [list(take.outputs) for take in rig.takes()] == [["video"]]


def test_a_file_cut_short_on_its_way_can_be_fetched_again(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    whole = rig.provider.clip.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    short = done(artifact(path))
    job = ran(rig, short, short)
    waits_for_a_look(rig, job)
    assert looked_again(rig, job).state == "done"
    assert rig.provider.charges() == [job.id]


# --- what it costs --------------------------------------------------------------------------------------


def test_what_the_provider_says_it_cost_is_on_the_take_the_job_and_in_the_ledger(rig: Rig) -> None:
    said = done(clip(rig), cost_micros=130)
    job = ran(rig, said, said)
    (take,) = rig.takes()
    assert (take.cost_actual_micros, job.actual_micros, entry(rig, job)) == (130, 130, ("settled", 130))


def test_a_negative_cost_is_an_unknown_one_and_noted(rig: Rig) -> None:
    said = done(clip(rig), cost_micros=-5)
    job = ran(rig, said, said)
    (take,) = rig.takes()
    assert (job.state, take.cost_actual_micros, entry(rig, job)) == ("done", None, ("settled", None))
    assert "-5" in rig.bridge.ledger.get(job.id).note


def test_a_missing_cost_of_a_priced_job_is_unknown_and_of_a_free_one_nothing(rig: Rig) -> None:
    assert entry(rig, ran(rig)) == ("settled", None)
    job = ran(rig, model=FREE)
    assert (entry(rig, job), rig.takes()[0].cost_actual_micros) == (("settled", 0), 0)


def test_a_cost_above_the_estimate_is_kept_as_it_is(rig: Rig) -> None:
    said = done(clip(rig), cost_micros=10 * MOST)
    job = ran(rig, said, said)
    assert (job.actual_micros, entry(rig, job)) == (10 * MOST, ("settled", 10 * MOST))


@pytest.mark.parametrize(("cost", "money"), [(0, ("refunded", None)), (None, ("settled", None)), (90, ("settled", 90))])
def test_a_refusal_has_failed_and_is_given_back_only_if_the_provider_says_so(
    rig: Rig, cost: int | None, money: tuple[str, int | None]
) -> None:
    refused = JobUpdate(state="failed", error_code="refused", error_message="Not this prompt.", cost_micros=cost)
    job = ran(rig, refused)
    assert failed_with(job) == "Not this prompt."
    assert not can_retry(job)
    assert entry(rig, job) == money
    assert rig.provider.charges() == [job.id]


# --- answers ----------------------------------------------------------------------------------------


def test_running_after_done_is_waited_out(rig: Rig) -> None:
    job = rig.ask()
    rig.provider.states = [done(clip(rig)), JobUpdate(state="running", done=1), JobUpdate(state="queued")]
    assert rig.run(job.id)
    assert (rig.job(job).state, len(rig.takes())) == ("done", 1)


def test_failed_after_done_has_failed(rig: Rig) -> None:
    job = ran(rig, done(clip(rig)), JobUpdate(state="failed", error_message="No, it did not."))
    assert failed_with(job) == "No, it did not."
    assert (rig.takes(), entry(rig, job)) == ((), ("settled", None))


def test_numbers_that_cannot_be_are_not_shown(rig: Rig) -> None:
    heard, _, _ = rig.bridge.events.subscribe(lambda: None)
    job = ran(rig, JobUpdate(state="running", done=-7, total=-1))
    assert job.state == "done"
    shown = [event.data for event in heard.drain() if event.topic == "job.progress"]
    assert [(facts["done"], facts["total"]) for facts in shown] == [(0, 4)]


def poll_with(rig: Rig, monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> None:
    honest, left = rig.provider.poll, [error] * times

    async def poll(remote: RemoteJob) -> JobUpdate:
        if left:
            raise left.pop()
        return await honest(remote)

    monkeypatch.setattr(rig.provider, "poll", poll)


def test_an_answer_nobody_understands_is_asked_for_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    poll_with(rig, monkeypatch, ValueError("unknown state “COMPLETISH”"), 3)
    assert ran(rig).state == "done"


def test_a_provider_that_speaks_only_nonsense_waits_for_a_person(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_PATIENCE", 3)
    poll_with(rig, monkeypatch, ValueError("unknown state “COMPLETISH”"), 3)
    job = ran(rig)
    waits_for_a_look(rig, job)
    assert looked_again(rig, job).state == "done"


def test_a_state_that_does_not_exist_is_none(rig: Rig) -> None:
    odd = JobUpdate.model_construct(state="completish", done=0, total=0, artifacts=())  # type: ignore[arg-type]
    assert ran(rig, odd).state == "done"


@pytest.mark.parametrize(("step", "looks"), [(300.0, 3), (450.0, 2)])
def test_a_job_that_never_ends_waits_for_a_person_after_ten_times_the_usual_time(
    rig: Rig, step: float, looks: int
) -> None:
    """The model says 90 s: 900 s are waited, counted from the submit; the clock moves at each look."""
    job = rig.ask()
    assert rig.runner.submit(job.id)
    rig.clock.step = step
    rig.provider.states = [JobUpdate(state="running")] * 50
    assert not rig.runner.wait(job.id)
    assert 50 - len(rig.provider.states) == looks + 1  # 900 s are still allowed
    assert "did not finish" in waits_for_a_look(rig, rig.job(job))
    rig.provider.states, rig.clock.step = [], 0.0
    assert looked_again(rig, job).state == "done"
    assert rig.provider.charges() == [job.id]


# --- results that get lost here -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [HostTimeoutError("The network is down."), OSError(28, "No space left"), NotFoundError("Gone.")]
)
def test_a_result_that_cannot_be_fetched_is_neither_lost_nor_paid_twice(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def download(*_: object, **__: object) -> Path:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(rig.provider, "download", download)
        job = ran(rig)
    assert "could not be kept" in waits_for_a_look(rig, job)
    assert looked_again(rig, job).state == "done"
    assert (rig.provider.charges(), rig.money(job)) == ([job.id], "settled")


def test_a_full_drive_loses_no_result(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("There is no space left.")

    job = rig.ask()
    with monkeypatch.context() as broken:
        broken.setattr(BlobStore, "add_own", full)
        rig.run(job.id)
    assert "no space left" in waits_for_a_look(rig, rig.job(job))
    assert looked_again(rig, job).state == "done"


def test_a_free_result_that_is_gone_for_good_has_failed(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def download(*_: object, **__: object) -> Path:
        raise NotFoundError("This result is no longer there.")

    monkeypatch.setattr(rig.provider, "download", download)
    job = ran(rig, model=FREE)
    assert "no longer there" in failed_with(job)
    assert entry(rig, job) == ("settled", 0)


# --- stopping -------------------------------------------------------------------------------------------


def test_a_cancel_the_provider_does_not_confirm_waits_for_a_person(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancel(_job: RemoteJob) -> None:
        raise HostTimeoutError("no answer")

    monkeypatch.setattr(rig.provider, "cancel", cancel)
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.bridge.jobs.change(job.id, lambda old: old.model_copy(update={"cancel_requested": True}))
    assert not rig.runner.wait(job.id)
    waits_for_a_look(rig, rig.job(job))


# --- errors nobody foresaw ------------------------------------------------------------------------------


def test_a_crash_before_anything_was_sent_gives_the_money_back(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.crashed(job.id, "ValueError: x")
    assert (rig.job(job).state, rig.money(job)) == ("failed", "released")


def test_a_crash_in_the_submit_window_is_unknown(rig: Rig) -> None:
    job = rig.ask()
    rig.bridge.ledger.intend(job.id)
    rig.runner.crashed(job.id, "ValueError: x")
    assert (rig.job(job).state, rig.money(job)) == ("unknown", "unknown")
    assert rig.job(job).choices == ("submit_again", "give_up")


def test_a_crash_after_the_submit_can_be_looked_at_again(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    rig.runner.crashed(job.id, "ValueError: x")
    assert waits_for_a_look(rig, rig.job(job)) == "ValueError: x"
    rig.runner.crashed(job.id, "again")  # repeating changes nothing
    assert looked_again(rig, job).state == "done"


def test_a_crash_of_a_free_job_has_failed_and_cost_nothing(rig: Rig) -> None:
    job = rig.ask(FREE)
    rig.runner.submit(job.id)
    rig.runner.crashed(job.id, "ValueError: x")
    assert (rig.job(job).state, entry(rig, job)) == ("failed", ("settled", 0))


def test_an_ended_job_is_not_ended_again_by_a_step_that_is_repeated(rig: Rig) -> None:
    job = rig.ask()
    rig.provider.refusal = UnknownOutcomeError("?")
    rig.run(job.id)
    rig.provider.refusal = None
    assert not rig.run(job.id)
    assert (rig.job(job).state, rig.provider.charges()) == ("unknown", [])


# --- late -----------------------------------------------------------------------------------------------


def test_a_result_that_comes_after_the_recipe_changed_is_kept_and_says_so(rig: Rig) -> None:
    job = rig.ask()
    rig.runner.submit(job.id)
    canvas_id = rig.canvas_id
    rig.bridge.desk.apply(canvas_id, [SetParam(node=UP, name="scale", value=4)], author="bob")
    assert rig.runner.wait(job.id)
    assert rig.runner.collect(job.id)
    assert rig.job(job).late
    assert rig.bridge.desk.view(canvas_id).canvas.nodes[UP].pin is None
    assert [take.job_id for take in rig.takes()] == [job.id]


def test_a_result_in_time_is_pinned_and_not_late(rig: Rig) -> None:
    job = ran(rig)
    assert not job.late
    assert rig.bridge.desk.view(rig.canvas_id).canvas.nodes[UP].pin == job.take_id
