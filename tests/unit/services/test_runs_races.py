"""Runs whose canvas is edited between the plan and the job: what the job makes counts, and is paid for once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.plans import CLOUD, Stage
from tests.unit.services.test_runs import Crash, Rig, down

from takebridge.canvas.op_types import SetModel
from takebridge.ids import NodeId


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path)
    made.chain()
    made.edit("a")
    return made


def edit_before_the_job(rig: Rig, *, dies: bool = False) -> None:
    """Somebody chooses another model just before the first job is asked for; with ``dies`` it is the last thing."""
    start = rig.start_job

    def edits(*args: Any, **kwargs: Any) -> Any:
        if not rig.bridge.jobs.all(rig.id):
            rig.do(SetModel(node=NodeId("a"), model=CLOUD), author="ben")
        record = start(*args, **kwargs)
        if dies:
            raise Crash
        return record

    rig.runs._start_job = edits


def test_what_the_job_was_asked_for_is_not_tried_again_when_it_failed(rig: Rig) -> None:
    edit_before_the_job(rig)
    run = rig.run(down("a"))
    assert [one.recipe_fp for one in rig.runs.get(run.id).attempts] == [rig.job("a").recipe_fp]
    rig.fail("a")
    assert (rig.now(run).state, len(rig.bridge.jobs.all(rig.id))) == ("failed", 1)


@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_a_job_for_another_recipe_is_found_again_after_a_crash(rig: Rig, outcome: str) -> None:
    edit_before_the_job(rig, dies=True)
    with pytest.raises(Crash):
        rig.run(down("a"))
    if outcome == "done":
        Stage.finish(rig, "a", 20, cost=150)
    else:
        Stage.fail(rig, "a")
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    run = other.now(rig.runs.all(rig.id)[0])
    assert [job.node_id for job in other.bridge.jobs.all(rig.id)] == (["a", "b"] if outcome == "done" else ["a"])
    first = run.attempts[0]
    assert (first.node, first.state) == ("a", outcome)
    assert run.held_micros == (400 if outcome == "done" else 200)


def test_a_cancelling_that_was_cut_off_can_be_done_again_and_starts_nothing(rig: Rig) -> None:
    run = rig.run(down("a"))

    def dies(*_: Any) -> None:
        raise Crash

    rig.runs._cancel_job = dies
    with pytest.raises(Crash):
        rig.runs.cancel(run.id)
    Stage.finish(rig, "a", 20)
    other = Rig(rig.folder, rig.id)
    other.runs.resume_all()
    assert (other.now(run).state, other.started) == ("paused", [])
    assert other.runs.cancel(run.id).state == "cancelled"
