"""What the panel says, without a window: the primary button, the connection, jobs, plans, the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from takebridge.canvas.plan_types import Amount, Binding, Plan, Skipped, Step
from takebridge.client.replies import CapFacts, Job, SpendFacts, Status
from takebridge.errors import HostBusyError, UnsafeFolderError
from takebridge.ids import CanvasId, JobId, NodeId
from takebridge_resolve.panel import job_words, log_words, plan_words, words
from takebridge_resolve.panel.connection_words import LOOKING, bridge_down, checklist, connection
from takebridge_resolve.panel.primary import Facts, primary
from takebridge_resolve.panel.spend import left_words, micros_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AGENT = {
    "session": "s1",
    "alive": True,
    "busy": False,
    "host": "resolve",
    "product": "DaVinci Resolve",
    "version": "20.3.1",
    "edition": "studio",
    "timeline": {"timeline_name": "REEL 2 v14"},
    "capabilities": ["selection.get", "timeline.snapshot"],
}
READY = connection(Status(version="0.1", hosts=(AGENT,)))
CLIP = Facts(connection=READY, has_clip=True)
LINKED = replace(CLIP, linked=True)


# --- the primary button


@pytest.mark.parametrize(
    "facts, label, act, enabled",
    [
        (Facts(connection=bridge_down(stopped=True)), "Reconnect", "reconnect", True),
        (Facts(connection=connection(Status(version="0.1"))), "Reconnect", "reconnect", True),
        (Facts(connection=READY), "Push clip to canvas", "", False),
        (CLIP, "Push clip to canvas", "push", True),
        (replace(CLIP, problem="It is a title.", hint="Render it."), "Push clip to canvas", "", False),
        (LINKED, "Generate first take", "generate", True),
        (replace(LINKED, node="loading"), "Generate first take", "", False),
        (replace(LINKED, node="no"), "Choose what to make", "send", True),
        (replace(LINKED, making=1), "First take in progress", "", False),
        (replace(LINKED, takes=5, pinned=5, shown=3), "Pull take 5 into timeline", "pull", True),
        (replace(LINKED, takes=5, pinned=5), "Pull take 5 into timeline", "pull", True),
        (replace(LINKED, takes=5, pinned=5, shown=5), "Up to date", "", False),
        (replace(LINKED, takes=5), "Up to date", "", False),
        (replace(LINKED, takes=5, pinned=5, shown=3, conflicts=1), "Review 1 conflict", "review", True),
        (replace(LINKED, takes=5, pinned=5, shown=3, conflicts=2), "Review 2 conflicts", "review", True),
        (replace(CLIP, doing="Pulling take 5…"), "Pulling take 5…", "", False),
    ],
)
def test_the_primary_button_names_the_next_step(facts: Facts, label: str, act: str, enabled: bool) -> None:
    found = primary(facts)
    assert (found.label, found.act if enabled else "", found.enabled) == (label, act, enabled)


def every_fact() -> list[Facts]:
    connections = [
        LOOKING,
        READY,
        bridge_down(stopped=False),
        connection(Status(version="0.1")),
        connection(Status(version="0.1", hosts=(AGENT,)), busy=True),
        connection(Status(version="0.1", hosts=({**AGENT, "alive": False},))),
        connection(Status(version="0.1", hosts=({**AGENT, "capabilities": []},))),
    ]
    clips: list[dict[str, Any]] = [{}, {"has_clip": True}, {"has_clip": True, "problem": "It is offline."}]
    clips += [{"has_clip": True, "linked": True, "takes": n, "pinned": p} for n in (0, 3) for p in (None, 3)]
    more: list[dict[str, Any]] = [{}, {"doing": "Pushing clip…"}, {"conflicts": 2}, {"making": 1}]
    return [Facts(connection=one, **clip, **extra) for one in connections for clip in clips for extra in more]


def test_it_is_never_off_without_a_reason() -> None:
    for facts in every_fact():
        found = primary(facts)
        assert found.label
        assert found.enabled or found.reason, facts
        assert found.enabled == bool(found.act) or not found.enabled, facts


def test_a_busy_editor_stops_what_writes_and_says_why() -> None:
    busy = connection(Status(version="0.1", hosts=(AGENT,)), busy=True)
    found = primary(replace(LINKED, connection=busy, takes=2, pinned=2))
    assert not found.enabled and "Waiting; nothing is lost" in found.reason


# --- the connection


@pytest.mark.parametrize(
    "hosts, standing, cause, button",
    [
        (
            (),
            "no_host",
            "Resolve isn't connected. In Resolve choose Workspace > Scripts > TakeBridge.",
            "Check again",
        ),
        (
            ({**AGENT, "capabilities": ["agent.ping"]},),
            "no_agent",
            "This Resolve can't run the live agent. You can still exchange files.",
            "Use file exchange",
        ),
        (
            ({**AGENT, "error": {"code": "host_busy"}},),
            "busy",
            "Resolve is busy (a dialog is open or it is rendering). Waiting; nothing is lost.",
            "",
        ),
        ((AGENT,), "ready", "Connected to DaVinci Resolve Studio 20.3.1, timeline “REEL 2 v14”.", ""),
    ],
)
def test_each_state_has_its_exact_words(hosts: tuple[Any, ...], standing: str, cause: str, button: str) -> None:
    found = connection(Status(version="0.1", hosts=hosts))
    assert (found.standing, found.cause, found.button) == (standing, cause, button)


def test_a_stopped_bridge_says_when_and_what_is_safe() -> None:
    found = bridge_down(stopped=True, seconds=120)
    assert found.cause == "The bridge stopped 2 min ago. Takes on disk are safe; jobs at providers go on."
    assert found.button == "Start bridge"


def test_an_unsafe_folder_is_said_with_its_way_out() -> None:
    found = bridge_down(UnsafeFolderError("Others can open it.", hint="Run: chmod 700"), stopped=False)
    assert found.cause == "Others can open it. Run: chmod 700"


def test_the_exchange_folder_counts_its_timelines() -> None:
    exchange = {"folder": "/films/x", "timelines": ["a.otio", "b.otio"], "unreadable": 1}
    found = connection(Status.model_validate({"version": "0.1", "exchange": exchange}))
    assert found.standing == "exchange" and not found.is_live
    assert "/films/x: 2 timelines. 1 file cannot be read." in found.cause


def test_shapes_tell_states_apart_without_colour() -> None:
    found = {one.connection.standing: one.connection.mark for one in every_fact()}
    assert len({found["ready"], found["bridge_down"], found["no_host"], found["busy"]}) == 4


def test_the_first_steps_tick_themselves() -> None:
    assert [item.done for item in checklist(bridge_down(stopped=False), False)] == [False, False, False]
    assert [item.done for item in checklist(connection(Status(version="0.1")), False)] == [True, False, False]
    assert [item.done for item in checklist(READY, True)] == [True, True, True]


# --- amounts and lengths


@pytest.mark.parametrize(
    "low, high, said",
    [
        (None, None, "price unknown"),
        (0, 0, "free"),
        (3_200_000, 3_200_000, "~$3.20"),
        (3_100_000, 4_600_000, "$3.10 – $4.60"),
        (0, 400_000, "$0.00 – $0.40"),
        (1_000_000, None, "from $1.00, end unknown"),
        (4_000, 4_000, "~$0.004"),
    ],
)
def test_prices(low: int | None, high: int | None, said: str) -> None:
    assert words.price(low, high) == said


@pytest.mark.parametrize(
    "frames, rate, said",
    [
        (80, Fraction(24), "3 s 08 f"),
        (80, Fraction(24000, 1001), "3 s 08 f"),
        (25 * 64 + 12, Fraction(25), "1 min 04 s 12 f"),
    ],
)
def test_lengths(frames: int, rate: Fraction, said: str) -> None:
    assert words.length(frames, rate) == said


@pytest.mark.parametrize(
    "low, high, said",
    [
        (None, None, "no estimate yet"),
        (40, 40, "about 40 s"),
        (60, 120, "usually 60 s – 2 min"),
        (120, 240, "usually 2–4 min"),
        (20, 50, "usually 20–50 s"),
        (None, 30, "up to 30 s"),
    ],
)
def test_usual_times(low: int | None, high: int | None, said: str) -> None:
    assert words.span(low, high) == said


@pytest.mark.parametrize(
    "text, micros", [("50", 50_000_000), ("$12.50", 12_500_000), ("", None), ("x", None), ("-1", None)]
)
def test_typed_amounts(text: str, micros: int | None) -> None:
    assert micros_of(text) == micros


def test_what_the_budget_leaves() -> None:
    cap = {"scope": "day", "limit_micros": 50_000_000}
    assert left_words({"USD": {"left_micros": 31_600_000, "cap": cap}}) == "$31.60 of $50.00 left today"
    assert left_words({}) == "No budget is set: what you confirm may be spent."


# --- jobs


def job(status: str, **more: Any) -> Job:
    plain = {"job": JobId("j1"), "canvas": CanvasId("c"), "node": NodeId("n"), "model": "veo", "state": status.lower()}
    return Job.model_validate({**plain, "status": status, "created_at": "2026-11-22T11:59:19Z", **more})


def row(one: Job, *, cancelling: bool = False, usual: tuple[int | None, int | None] = (60, 120)) -> job_words.JobRow:
    return job_words.job_row(one, "SH_0420", now=NOW, usual=usual, cancelling=cancelling)


def test_a_running_job_says_how_long_and_how_long_it_usually_takes() -> None:
    found = row(job("InProgress"))
    assert (found.title, found.status) == ("SH_0420 · veo", "In progress 0:41, usually 60 s – 2 min")
    assert found.can_cancel and not found.can_retry


def test_without_a_history_there_is_no_estimate() -> None:
    assert row(job("InProgress"), usual=(None, None)).status == "In progress 0:41, no estimate yet"


def test_after_cancel_it_says_that_it_may_still_be_charged() -> None:
    found = row(job("InProgress"), cancelling=True)
    assert found.status == "Cancelling… may still be charged" and not found.can_cancel


def test_a_failure_says_whether_money_was_spent() -> None:
    error = {"code": "job_failed", "message": "The model refused the prompt."}
    found = row(job("Failed", error=error, actual_micros=0, can_retry=True))
    assert (
        found.detail == "The model refused the prompt. Not charged." and found.can_retry and found.code == "job_failed"
    )
    assert "not known" in row(job("Failed", error=error)).detail


def test_an_open_outcome_offers_its_decisions() -> None:
    found = row(job("PendingReview", choices=["look_again", "submit_again", "give_up"]))
    assert [job_words.choice_words(choice) for choice in found.choices] == [
        "Check with provider",
        "Send again (may pay twice)",
        "Give up",
    ]


def test_usual_seconds_come_from_finished_jobs_of_the_model() -> None:
    def took(seconds: int, model: str = "veo", status: str = "Complete") -> Job:
        ended = datetime(2026, 11, 22, 11, 59, 19, tzinfo=UTC) + timedelta(seconds=seconds)
        return job(status, model=model, ended_at=ended.isoformat())

    jobs = [took(seconds) for seconds in (50, 60, 70, 80, 500)] + [took(1, "other"), took(2, status="Failed")]
    assert job_words.usual_seconds(jobs, "veo") == (60, 80)
    assert job_words.usual_seconds(jobs, "none") == (None, None)


def test_the_footer_counts() -> None:
    jobs = [job("InProgress"), job("InProgress"), job("Failed"), job("Complete")]
    assert job_words.footer(jobs, "Today $18.00 of $50.00") == "2 in progress · 1 failed · Today $18.00 of $50.00"


def test_today_counts_what_is_held_and_says_what_is_unknown() -> None:
    line = SpendFacts(
        day="2026-11-22", currency="USD", jobs=2, settled_micros=18_000_000, reserved_micros=400_000, unknown_jobs=1
    )
    cap = CapFacts(scope="day", currency="USD", limit_micros=50_000_000)
    older = line.model_copy(update={"day": "2026-11-21"})
    said = job_words.today([line, older], [cap], "2026-11-22")
    assert said == "Today $18.40 of $50.00 + 1 job of unknown cost"
    assert job_words.today([], [], "2026-11-22") == "Today $0.00"


def test_a_dismissed_or_old_job_leaves_the_drawer() -> None:
    old = job("Complete", job="old", ended_at="2026-11-22T10:00:00Z")
    late = job("Complete", job="late", ended_at="2026-11-22T11:59:50Z")
    failed = job("Failed", job="failed", ended_at="2026-11-20T10:00:00Z")
    shown = job_words.shown_jobs([old, late, failed], frozenset(), NOW)
    assert [one.job for one in shown] == ["failed", "late"]
    assert [one.job for one in job_words.shown_jobs([late, failed], frozenset({"failed"}), NOW)] == ["late"]


# --- plans


def step(title: str, low: int | None, high: int | None, *, free: bool = False) -> Step:
    return Step(
        node=NodeId(title),
        title=title,
        expected_fp=None,
        model="veo",
        low_micros=low,
        high_micros=high,
        currency="USD",
        seconds_low=40,
        seconds_high=40,
        local=free,
        free=free,
        group=0,
    )


def plan(*steps: Step, unknown: int = 0, **more: Any) -> Plan:
    low, high = (sum(getattr(one, side) or 0 for one in steps) for side in ("low_micros", "high_micros"))
    amount = Amount(currency="USD", low_micros=low, high_micros=high, unknown=unknown)
    return Plan(
        groups=(steps,), now=(amount,), whole=(amount,), unknown_prices=unknown, seconds_low=40, seconds_high=40, **more
    )


def test_the_confirm_button_repeats_count_and_ceiling() -> None:
    steps = [step("SH_0420", 3_100_000, 4_000_000), step("SH_0430", 0, 600_000), step("SH_0450", None, None)]
    found = plan_words.offer(plan(*steps, unknown=1))
    assert found.button == "Generate 3 takes · up to $4.60 + 1 unpriced"
    assert (found.allowed, found.max_micros, found.unpriced, found.free) == (True, 4_600_000, 1, False)
    assert ("Price unknown", "1 take, not counted") in found.lines


def test_free_local_work_is_said_with_its_time() -> None:
    found = plan_words.offer(plan(step("SH_0420", 0, 0, free=True)))
    assert found.button == "Generate 1 take · free, about 40 s"
    assert ("Price", "Free, on this computer, about 40 s") in found.lines


def test_over_budget_the_button_says_by_how_much() -> None:
    binding = Binding(scope="day", currency="USD", left_micros=2_500_000, words="…")
    found = plan_words.offer(plan(step("SH_0420", 3_100_000, 4_600_000), bindings=(binding,)))
    assert found.button == "Over today's budget by $2.10 · Change budget" and not found.allowed


def test_an_empty_plan_says_why() -> None:
    skipped = Skipped(node=NodeId("n"), title="SH_0420", reason="locked", words="it is locked")
    found = plan_words.offer(Plan(skipped=(skipped,)))
    assert not found.allowed and found.lines == (("Nothing to do", "SH_0420: it is locked"),)


@pytest.mark.parametrize(
    "found, said",
    [
        (None, ""),
        (plan(step("a", 0, 0, free=True)), "free"),
        (plan(step("a", 3_200_000, 3_200_000)), "~$3.20"),
        (plan(step("a", None, None), unknown=1), "1 unpriced"),
    ],
)
def test_the_price_on_the_generate_button(found: Plan | None, said: str) -> None:
    assert plan_words.label_price(found) == said


# --- the log


def told(topic: str, **data: Any) -> log_words.Line | None:
    return log_words.of_event(topic, data, NOW, lambda _: "SH010 upscale")


def test_events_become_sentences() -> None:
    line = told("host.connected", product="DaVinci Resolve", version="20.3")
    assert line and line.text == "DaVinci Resolve 20.3 is connected."
    gone = told("host.disconnected", reason="silent")
    assert gone and gone.text == "The editor is disconnected: it stopped answering." and gone.level == "warning"


def test_a_failed_job_keeps_its_code_under_details() -> None:
    data = job("Failed", error={"code": "budget", "message": "Over the cap."}, actual_micros=0).model_dump(mode="json")
    line = told("job.changed", **data)
    assert line and line.text == "SH010 upscale: failed. Over the cap. Not charged."
    assert "code: budget" in line.details and "budget" not in line.text


def test_what_the_bridge_does_by_itself_is_not_told_twice() -> None:
    assert told("canvas.changed", origin="system", author="bridge", ops=[{"op": "pin"}]) is None
    assert told("canvas.changed", author="editor", ops=[{"op": "add_node"}, {"op": "add_take"}, {"op": "pin"}]) is None
    line = told("canvas.changed", author="ada", origin="user", ops=[{"op": "pin"}, {"op": "rate_take"}])
    assert line and line.text == "ada pinned a take and rated a take."


def test_an_error_line_says_the_next_step() -> None:
    line = log_words.of_error(HostBusyError("Resolve shows a dialog."), NOW, "Pulling take 5")
    assert line.text.startswith("Pulling take 5: Resolve shows a dialog. Close open dialogs")
    assert line.details == "code: host_busy"
