"""Runs: what starts when, what stops them, and that neither a crash nor a race pays twice."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from tests.support import generation
from tests.support.plans import FRANC, FREE, PAID, UNPRICED, Stage

from takebridge.canvas.op_types import Pin, SetLocked, SetModel, SetParam
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.errors import (
    BudgetError,
    CapabilityError,
    NotFoundError,
    PreconditionError,
    UnknownNodeError,
)
from takebridge.events import Filter
from takebridge.ids import JobId, NodeId
from takebridge.media.testcard import render_test_clip
from takebridge.services.plans import make_plan
from takebridge.services.run_rules import next_wave
from takebridge.services.runs import Consent, Runs
from takebridge.store.caps import Cap
from takebridge.store.data_folder import DataLayout
from takebridge.store.database import Database
from takebridge.store.runs import Run, RunId, RunStore
from takebridge.timebase import FrameRate

STALE = Scope(kind="stale")


class Crash(BaseException):
    """The process dies here: nothing catches it."""


class Rig(Stage):
    """clip → a → b → c, all made and fresh, and a run service whose noted work is done in the test's thread."""

    def __init__(self, folder: Path, canvas_id: Any = None) -> None:
        super().__init__(folder, canvas_id)
        self.cancelled: list[JobId] = []
        self.runs = Runs(
            self.bridge,
            self.queue,
            self.store,
            start_job=self.start_job,
            cancel_job=lambda _bridge, _queue, job: self.cancelled.append(job),
        )
        self.bridge.desk.after = self.runs.after

    def chain(self, *models: str) -> None:
        self.source()
        above = "clip"
        for number, name in enumerate("abc"):
            self.upscale(name, above, models[number] if number < len(models) else PAID)
            self.made(name, 10 + number)
            above = name

    def plan(self, scope: Scope = STALE) -> Plan:
        return make_plan(self.bridge, self.id, scope)

    def run(self, scope: Scope = STALE, most: int = 10_000, **consent: Any) -> Run:
        agreed = Consent(digest=self.plan(scope).digest, max_micros=most, **consent)
        run = self.runs.start(self.id, scope, author="ann", consent=agreed)
        self.runs.work_off()
        return self.runs.get(run.id)

    def now(self, run: Run) -> Run:
        self.runs.work_off()
        return self.runs.get(run.id)

    def finish(self, name: str, number: int, cost: int | None = None) -> Any:
        record = super().finish(name, number, cost)
        self.runs.job_ended(record)
        self.runs.work_off()
        return record

    def fail(self, name: str, code: str = "job_failed") -> Any:
        record = super().fail(name, code)
        self.runs.job_ended(record)
        self.runs.work_off()
        return record


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def down(*nodes: str) -> Scope:
    return Scope(kind="downstream", nodes=tuple(NodeId(node) for node in nodes))


# --- going on -------------------------------------------------------------------------------------------


def test_a_run_starts_the_next_ring_when_the_one_above_is_pinned(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    assert (run.state, run.nodes, rig.started) == ("running", ("a", "b", "c"), ["a"])
    rig.finish("a", 20)
    assert rig.started == ["b"]
    rig.finish("b", 21)
    assert rig.started == ["c"]
    rig.finish("c", 22)
    run = rig.now(run)
    assert (run.state, run.reason, run.done, rig.started) == ("done", "", 3, [])
    assert [rig.status(name) for name in "abc"] == ["fresh"] * 3


def test_equal_content_ends_the_run_early(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    rig.finish("a", 10)  # the same bytes as before
    assert rig.now(run).state == "done"
    assert rig.started == ["a"]


def test_an_empty_canvas_is_made_from_the_top(rig: Rig) -> None:
    rig.source()
    rig.upscale("a", "clip")
    rig.upscale("b", "a")
    rig.upscale("side", "clip", FREE)
    run = rig.run()
    assert sorted(rig.started) == ["a", "side"]
    rig.finish("a", 20)
    assert rig.started == ["b"]
    rig.finish("side", 21)
    rig.finish("b", 22)
    assert (rig.now(run).state, rig.now(run).done) == ("done", 3)


def test_only_what_was_planned_runs(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(STALE)
    rig.finish("a", 20)
    assert (rig.now(run).state, rig.status("b"), rig.started) == ("done", "stale", ["a"])


def test_what_is_locked_meanwhile_does_not_run(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    rig.do(SetLocked(node=NodeId("b"), locked=True))
    rig.finish("a", 20)
    assert (rig.now(run).state, rig.started) == ("done", ["a"])


def test_an_edit_while_a_job_runs_starts_one_more_and_only_after_it(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(Scope(kind="node", nodes=(NodeId("a"),)))
    rig.do(SetModel(node=NodeId("a"), model=FREE))
    rig.runs.work_off()
    assert rig.started == ["a"]
    rig.finish("a", 20)
    assert (rig.started, rig.status("a")) == (["a"], "stale")
    rig.finish("a", 21)
    assert (rig.now(run).state, rig.status("a")) == ("done", "fresh")


def test_a_take_that_waits_for_a_person_ends_the_run_with_a_word(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    older = rig.view.canvas.nodes[NodeId("a")].pin
    assert older is not None
    rig.do(Pin(node=NodeId("a"), take=None, expected=older))
    rig.finish("a", 20)  # its pin is not the one it had: nobody pins for the person
    run = rig.now(run)
    assert (run.state, run.reason) == ("done", "Until somebody pins a take, 3 wait.")
    assert rig.started == ["a"]


# --- consent and money ----------------------------------------------------------------------------------


def test_a_plan_that_changed_is_refused_with_the_new_one(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    digest = rig.plan().digest
    rig.edit("c")
    with pytest.raises(PreconditionError, match=r"The plan has changed.*It is now: 3 run") as caught:
        rig.runs.start(rig.id, STALE, author="ann", consent=Consent(digest=digest, max_micros=10_000))
    assert caught.value.hint
    rig.runs.work_off()
    assert (rig.started, rig.runs.all(rig.id)) == ([], [])


def test_the_whole_plan_has_to_be_paid_for(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    with pytest.raises(BudgetError, match=r"up to \$0.0006, and \$0.000599 was agreed"):
        rig.run(down("a"), most=599)
    assert rig.run(down("a"), most=600).state == "running"


def test_unknown_prices_need_a_word_of_their_own(rig: Rig) -> None:
    rig.chain(PAID, UNPRICED, UNPRICED)
    for name in "abc":
        rig.edit(name)
    with pytest.raises(BudgetError, match="Nobody knows what 2 of these 3 jobs"):
        rig.run()
    run = rig.run(most=1200, allow_unknown=True)
    rig.finish("a", 20)
    rig.finish("b", 21)
    rig.finish("c", 22)
    assert [job.max_micros for job in rig.asked] == [200, 500, 500]
    assert rig.now(run).state == "done"


def test_two_currencies_are_two_runs(rig: Rig) -> None:
    rig.chain(PAID, FRANC)
    rig.edit("a")
    rig.edit("b")
    with pytest.raises(BudgetError, match="CHF and USD"):
        rig.run(most=10**9)
    assert rig.run(Scope(kind="node", nodes=(NodeId("b"),)), most=500_000).currency == "CHF"


def test_a_run_never_holds_more_than_was_agreed_to(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"), most=600)
    rig.finish("a", 20, cost=500)  # the provider charged more than it said
    run = rig.now(run)
    assert (run.state, run.held_micros) == ("stopped", 500)
    assert run.reason == "“b” may cost $0.0002; of the money agreed to, $0.0001 is left."
    assert rig.started == ["a"]


def test_money_that_goes_into_edits_is_not_there_for_the_rest(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"), most=600)
    rig.do(SetParam(node=NodeId("b"), name="scale", value=4))
    rig.finish("a", 20)
    rig.do(SetParam(node=NodeId("b"), name="scale", value=2))
    rig.finish("b", 21)  # made for scale 4: kept, not pinned, and made once more
    rig.finish("b", 22)
    run = rig.now(run)
    assert (run.state, run.held_micros, rig.started) == ("stopped", 600, ["a", "b", "b"])


def test_one_wave_is_held_to_what_is_left_as_a_whole(rig: Rig) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    rig.edit("a")
    made = rig.plan()
    run = rig.run(most=400).model_copy(update={"attempts": (), "max_micros": 399})
    wave = next_wave(run, made, frozenset())
    assert (wave.attempts, wave.stop) == (
        (),
        "“side” may cost $0.0002; of the money agreed to, $0.000199 is left.",
    )
    enough = next_wave(run.model_copy(update={"max_micros": 400}), made, frozenset())
    assert [one.held_micros for one in enough.attempts] == [200, 200]


def test_a_dearer_model_chosen_meanwhile_stops_the_run(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"), most=600)
    rig.do(SetModel(node=NodeId("b"), model=FRANC))
    rig.finish("a", 20)
    run = rig.now(run)
    assert (run.state, run.reason) == ("stopped", "“b” is paid in CHF by now; USD was agreed to.")


def test_a_cap_stops_the_run(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    rig.edit("b")
    rig.refusals["a"] = BudgetError("The cap is reached.", hint="Raise it.")
    run = rig.run()
    assert (run.state, run.reason, run.held_micros, rig.started) == ("stopped", "The cap is reached.", 0, [])


def test_the_plan_says_which_cap_would_bind(rig: Rig) -> None:
    rig.chain()
    for name in "abc":
        rig.edit(name)
    assert rig.plan().bindings == ()
    rig.bridge.ledger.set_cap(Cap(scope="canvas", key=rig.id, limit_micros=500))
    rig.bridge.ledger.set_cap(Cap(scope="job", limit_micros=150))
    canvas, job = rig.plan().bindings
    assert (canvas.scope, canvas.left_micros) == ("canvas", 500)
    assert canvas.words == "Of the $0.0005 allowed for this canvas, $0.0005 is left."
    assert (job.scope, job.words) == ("job", "A job may cost $0.00015; “a” may cost more.")


# --- failures -------------------------------------------------------------------------------------------


def test_a_failure_stops_only_what_is_below_it(rig: Rig) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    rig.upscale("side2", "side")
    for name in ("a", "b"):
        rig.edit(name)
    run = rig.run()
    assert sorted(rig.started) == ["a", "side"]
    rig.fail("a")
    rig.finish("side", 30)
    assert rig.started == ["side2"]
    assert rig.now(run).state == "running"
    rig.finish("side2", 31)
    run = rig.now(run)
    assert (run.state, run.reason) == ("failed", "“a” did not work out: It did not work.")
    assert rig.status("b") == "stale"


def test_a_refused_job_stops_only_what_is_below_it(rig: Rig) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    rig.edit("a")
    rig.refusals["a"] = CapabilityError("Too large.", hint="Make it smaller.")
    run = rig.run()
    assert rig.started == ["side"]
    rig.finish("side", 30)
    run = rig.now(run)
    assert (run.state, run.reason) == ("failed", "“a” did not work out: Too large.")
    assert run.held_micros == 200


def test_the_same_failure_twice_is_not_tried_a_third_time(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    for _ in range(2):
        rig.run()
        rig.fail("a", "moderated")
    assert rig.started == ["a", "a"]
    run = rig.run()
    assert (run.state, rig.started) == ("failed", [])
    assert "failed twice in the same way" in run.reason
    rig.do(SetModel(node=NodeId("a"), model=FREE))
    assert rig.run().state == "running"


def test_two_different_failures_do_not_count_as_equal(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    for code in ("moderated", "timeout"):
        rig.run()
        rig.fail("a", code)
    assert rig.run().state == "running"


def test_an_unknown_outcome_is_waited_for_once_a_person_lets_it_go_on(rig: Rig) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    rig.edit("a")
    run = rig.run(Scope(kind="selection", nodes=(NodeId("a"), NodeId("b"), NodeId("side"))))
    rig.end("a", "unknown")
    rig.runs.job_ended(rig.job("a"))
    assert rig.now(run).state == "running"
    rig.end("a", "running")
    rig.finish("a", 20)
    rig.finish("side", 30)
    rig.finish("b", 21)
    assert rig.now(run).state == "done"


# --- people ---------------------------------------------------------------------------------------------


def test_pause_lets_jobs_end_and_starts_nothing(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    rig.runs.pause(run.id)
    rig.finish("a", 20)
    assert (rig.now(run).state, rig.started) == ("paused", ["a"])
    rig.runs.resume(run.id)
    assert (rig.now(run).state, rig.started) == ("running", ["b"])


def test_cancel_cancels_the_runs_own_jobs(rig: Rig) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    by_hand = rig.start_job(rig.bridge, rig.queue, rig.id, NodeId("side"), author="bo")
    rig.edit("a")
    run = rig.run(down("a", "side"))
    rig.runs.cancel(run.id)
    assert rig.cancelled == [rig.job("a").id]
    assert by_hand.id not in rig.cancelled
    rig.finish("a", 20)
    assert (rig.now(run).state, rig.status("b")) == ("cancelled", "stale")
    for verb in (rig.runs.pause, rig.runs.resume, rig.runs.cancel):
        with pytest.raises(PreconditionError, match="it is cancelled"):
            verb(run.id)


def test_a_job_under_way_is_waited_for_and_not_counted(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    rig.start_job(rig.bridge, rig.queue, rig.id, NodeId("a"), author="bo")
    run = rig.run(down("a"), most=600)
    assert (rig.started, run.held_micros, len(run.under_way)) == (["a"], 0, 1)
    rig.finish("a", 20)
    assert rig.started == ["b"]


def test_nothing_to_run_is_done_at_once(rig: Rig) -> None:
    rig.chain()
    run = rig.run()
    assert (run.state, run.reason) == ("done", "Nothing to run")


def test_names_that_are_not_there(rig: Rig) -> None:
    with pytest.raises(NotFoundError):
        rig.runs.get(RunId("none"))
    with pytest.raises(NotFoundError):
        rig.runs.pause(RunId("none"))
    with pytest.raises(UnknownNodeError):
        rig.run(down("none"))


def test_every_change_is_announced_once(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    heard, _, _ = rig.events.subscribe(lambda: None, wanted=Filter(topics=frozenset({"run"})))
    run = rig.run(down("a"), most=600)
    rig.finish("a", 20)
    rig.now(run)
    rig.do(SetLocked(node=NodeId("clip"), locked=True))
    rig.now(run)
    facts = [event.data for event in heard.drain()]
    assert [(one["done"], one["total"], one["under_way"], one["spent_micros"]) for one in facts] == [
        (0, 3, 0, 0),
        (0, 3, 1, 200),
        (1, 3, 1, 400),
    ]
    assert {one["state"] for one in facts} == {"running"}


# --- crashes --------------------------------------------------------------------------------------------


def test_another_process_goes_on_where_the_first_stopped(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    assert (other.now(run).state, other.started) == ("running", [])
    other.finish("a", 20)
    assert other.started == ["b"]


@pytest.mark.parametrize("kept", [True, False], ids=["after the job was kept", "before"])
def test_a_crash_while_starting_starts_nothing_twice(rig: Rig, kept: bool) -> None:
    rig.chain()
    rig.upscale("side", "clip")
    rig.edit("a")
    start = rig.start_job

    def dies(*args: Any, **kwargs: Any) -> Any:
        if kept:
            start(*args, **kwargs)
        raise Crash

    rig.runs._start_job = dies
    with pytest.raises(Crash):
        rig.run()
    run = rig.runs.all(rig.id)[0]
    assert [one.state for one in run.attempts] == ["starting", "starting"]
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    run = other.now(run)
    assert sorted(job.node_id for job in other.bridge.jobs.all(rig.id)) == ["a", "side"]
    assert {one.state for one in run.attempts} == {"running"}
    assert all(one.own for one in run.attempts)
    assert run.held_micros == 400
    other.finish("a", 20)
    other.finish("side", 21)
    assert other.now(run).state == "done"


def test_a_job_of_a_cut_off_attempt_that_has_ended_is_not_started_again(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    start = rig.start_job

    def dies(*args: Any, **kwargs: Any) -> Any:
        start(*args, **kwargs)
        raise Crash

    rig.runs._start_job = dies
    with pytest.raises(Crash):
        rig.run()
    Stage.fail(rig, "a")
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    run = other.now(rig.runs.all(rig.id)[0])
    assert (run.state, other.started, len(other.bridge.jobs.all(rig.id))) == ("failed", [], 1)


def test_a_job_that_ended_while_nobody_listened_is_seen_at_the_next_start(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    run = rig.run(down("a"))
    rig.bridge.desk.after = lambda *_: None
    Stage.finish(rig, "a", 20)
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    assert (other.now(run).done, other.started) == (1, ["b"])


# --- the thread -----------------------------------------------------------------------------------------


def test_the_thread_goes_on_by_itself(rig: Rig) -> None:
    rig.chain()
    rig.edit("a")
    begun = threading.Semaphore(0)
    start = rig.start_job

    def telling(*args: Any, **kwargs: Any) -> Any:
        record = start(*args, **kwargs)
        begun.release()
        return record

    rig.runs._start_job = telling
    ended = threading.Event()
    heard, _, _ = rig.events.subscribe(
        lambda: any(event.data["state"] == "done" for event in heard.drain()) and ended.set(),
        wanted=Filter(topics=frozenset({"run"})),
    )
    rig.runs.begin()
    try:
        agreed = Consent(max_micros=600)
        run = rig.runs.start(rig.id, down("a"), author="ann", consent=agreed)
        for number, name in enumerate("abc"):
            assert begun.acquire(timeout=30)
            Stage.finish(rig, name, 20 + number)
        assert ended.wait(30)
    finally:
        rig.runs.stop()
    assert (rig.runs.get(run.id).state, rig.started) == ("done", ["a", "b", "c"])


def test_a_failed_job_wakes_the_thread(rig: Rig) -> None:
    """A failure changes nothing on the canvas: only the job's own event tells of it."""
    rig.chain()
    rig.edit("a")
    begun, ended = threading.Event(), threading.Event()
    start = rig.start_job

    def telling(*args: Any, **kwargs: Any) -> Any:
        record = start(*args, **kwargs)
        begun.set()
        return record

    rig.runs._start_job = telling
    heard, _, _ = rig.events.subscribe(
        lambda: any(event.data["state"] == "failed" for event in heard.drain()) and ended.set(),
        wanted=Filter(topics=frozenset({"run"})),
    )
    rig.runs.begin()
    try:
        run = rig.runs.start(rig.id, STALE, author="ann", consent=Consent(max_micros=600))
        assert begun.wait(30)
        Stage.fail(rig, "a")
        assert ended.wait(30)
    finally:
        rig.runs.stop()
    assert rig.runs.get(run.id).state == "failed"


# --- with real jobs -------------------------------------------------------------------------------------


def test_real_jobs_are_held_in_the_ledger_and_given_back_on_cancel(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    render_test_clip(clip, clip_id=1, frame_count=4, rate=FrameRate(24), width=320, height=180, audio=False)
    (tmp_path / "home").mkdir()
    layout = DataLayout(tmp_path / "home")
    bridge = generation.build(layout, generation.PaidProvider(tmp_path, clip))
    view = generation.set_up(bridge, clip, generation.PLAIN, 2)
    database = Database(layout.project_db, "project", synchronous="NORMAL")
    runs = Runs(bridge, generation.QueueOnly(), RunStore(database))
    made = make_plan(bridge, view.canvas.id, STALE)
    assert (made.now[0].low_micros, made.now[0].high_micros) == (2 * generation.LEAST, 2 * generation.MOST)
    agreed = Consent(digest=made.digest, max_micros=2 * generation.MOST)
    run = runs.start(view.canvas.id, STALE, author="ann", consent=agreed)
    runs.work_off()
    jobs = bridge.jobs.all(view.canvas.id)
    assert [(job.node_id, job.run_id, job.origin) for job in jobs] == [("up0", run.id, "user"), ("up1", run.id, "user")]
    assert [entry.reserved_micros for entry in bridge.ledger.open_entries()] == [generation.MOST] * 2
    runs.cancel(run.id)
    assert {job.state for job in bridge.jobs.all(view.canvas.id)} == {"cancelled"}
    assert bridge.ledger.open_entries() == []


def test_a_cap_of_the_ledger_stops_a_run_before_the_job_is_kept(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    render_test_clip(clip, clip_id=1, frame_count=4, rate=FrameRate(24), width=320, height=180, audio=False)
    (tmp_path / "home").mkdir()
    layout = DataLayout(tmp_path / "home")
    bridge = generation.build(layout, generation.PaidProvider(tmp_path, clip))
    view = generation.set_up(bridge, clip, generation.PLAIN, 2)
    bridge.ledger.set_cap(Cap(scope="canvas", limit_micros=generation.MOST))
    database = Database(layout.project_db, "project", synchronous="NORMAL")
    runs = Runs(bridge, generation.QueueOnly(), RunStore(database))
    run = runs.start(view.canvas.id, STALE, author="ann", consent=Consent(max_micros=10_000))
    runs.work_off()
    run = runs.get(run.id)
    assert (run.state, len(bridge.jobs.all())) == ("stopped", 1)
    assert "allowed for this canvas" in run.reason
