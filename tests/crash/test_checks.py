"""The checks themselves: a healthy end passes, and each broken promise is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.crash.checks import Deeds, Pinned, violations
from tests.crash.evidence import Evidence

READY = {"message": "The outcome is unknown.", "hint": "Choose."}


def entry(token: str, state: str, **more: Any) -> dict[str, Any]:
    plain = {"token": token, "job_id": token, "provider": "scripted", "model": "scripted/plain", "state": state}
    return {**plain, "reserved_micros": 200, "actual_micros": None, **more}


def remote(number: int, token: str, **script: Any) -> dict[str, Any]:
    told = {"label": f"ask {token}", **script}
    return {"id": f"r{number}", "token": token, "model": "scripted/plain", "script": told, "charged": 150}


def take(name: str, job: str, content: str) -> dict[str, Any]:
    return {
        "id": name, "node_id": "n0", "origin": "generated", "job_id": job, "provider": "scripted",
        "outputs": {"video": {"content": content}},
    }  # fmt: skip


def canvas(pin: str | None, *takes: dict[str, Any]) -> dict[str, Any]:
    return {"canvas": {"nodes": {"n0": {"pin": pin}}, "takes": {one["id"]: one for one in takes}}}


def healthy() -> Evidence:
    """One job done and one unknown, both charged."""
    return Evidence(
        jobs={
            "a": {"job": "a", "state": "done", "take": "take_a", "error": None},
            "b": {"job": "b", "state": "unknown", "take": None, "error": READY},
        },
        labels={"a": "ask a", "b": "ask b"},
        canvases={"c": canvas("take_a", take("take_a", "a", "b3:aa"))},
        ledger={"a": entry("a", "settled", actual_micros=150), "b": entry("b", "unknown")},
        remote=[remote(1, "a"), remote(2, "b")],
        integrity={"project.db": ["ok"], "ledger.db": ["ok"], "jobs.db": ["ok"]},
        litter=[],
        strays=[],
    )


def deeds() -> Deeds:
    return Deeds(
        posts=Counter({"ask a": 1, "ask b": 1}),
        promised={"a": "ask a", "b": "ask b"},
        pins=[Pinned("c", "n0", None, "ask a", "always")],
    )


def test_a_healthy_end_has_nothing_wrong() -> None:
    assert violations(healthy(), deeds()) == []


def job(name: str, **facts: Any) -> Callable[[Evidence], Evidence]:
    return lambda seen: replace(seen, jobs={**seen.jobs, name: {**seen.jobs[name], **facts}})


def booked(name: str, **facts: Any) -> Callable[[Evidence], Evidence]:
    return lambda seen: replace(seen, ledger={**seen.ledger, name: {**seen.ledger[name], **facts}})


def shown(view: dict[str, Any]) -> Callable[[Evidence], Evidence]:
    return lambda seen: replace(seen, canvases={"c": view})


FAILED = {"state": "failed", "error": READY}
BROKEN: dict[str, tuple[Callable[[Evidence], Evidence], str]] = {
    "a confirmed job is gone": (
        lambda seen: replace(seen, jobs={"a": seen.jobs["a"]}), "job b was confirmed and is gone"),
    "a job nobody works on": (job("b", state="running"), "b is running, nobody works on it"),
    "done without a take": (job("a", take=None), "a is done without a take"),
    "unknown without a next step": (job("b", error={"message": "?", "hint": ""}), "without a reason or a next step"),
    "charged twice": (
        lambda seen: replace(seen, remote=[*seen.remote, remote(3, "a")]), "a was charged 2 times"),
    "charged behind the ledger's back": (
        lambda seen: replace(seen, remote=[*seen.remote, remote(3, "z")]), "z was charged and the ledger knows"),
    "more jobs than people asked for": (
        lambda seen: replace(seen, labels={**seen.labels, "z": "ask a"}), "and 0 times again, 2 jobs"),
    "a take swallowed": (shown(canvas(None)), "r1 was paid for and its take is lost"),
    "a paid job called failed": (job("b", **FAILED), "r2 was paid for and its take is lost"),
    "a take added twice": (
        shown(canvas("take_a", take("take_a", "a", "b3:aa"), take("take_a2", "a", "b3:ab"))), "2 takes of a"),
    "a take of an unknown job": (
        shown(canvas("take_a", take("take_a", "a", "b3:aa"), take("take_b", "b", "b3:bb"))), "which is unknown"),
    "one result in two takes": (
        shown(canvas("take_a", take("take_a", "a", "b3:aa"), take("take_b", "b", "b3:aa"))), "2 takes hold the same"),
    "money held for ever": (booked("a", state="reserved"), "a is still reserved"),
    "money of a job that is over": (booked("a", state="submitted"), "a is still submitted"),
    "a charge given back": (booked("a", state="refunded"), "cost 150 and the ledger says refunded"),
    "a cost below nothing": (booked("a", actual_micros=-5), "settled below nothing"),
    "spent less than charged": (booked("a", actual_micros=90), "charged 300 micros, the ledger knows of 290"),
    "job and ledger disagree": (booked("b", state="settled"), "the ledger says settled, its job b unknown"),
    "settled for nothing": (
        lambda seen: replace(seen, remote=seen.remote[1:]), "a cost nothing and the ledger settled it at 150"),
    "the new take not pinned": (shown(canvas(None, take("take_a", "a", "b3:aa"))), "has None pinned, not its new take"),
    "a damaged database": (
        lambda seen: replace(seen, integrity={"jobs.db": ["row 7 missing"]}), "jobs.db is damaged"),
    "litter": (lambda seen: replace(seen, litter=["scratch/x"]), "left over: scratch/x"),
    "a stray process": (lambda seen: replace(seen, strays=["77: worker"]), "still running: 77"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_promise_is_named(name: str) -> None:
    breaking, sentence = BROKEN[name]
    told = violations(breaking(healthy()), deeds())
    assert any(sentence in one for one in told), told


@pytest.mark.parametrize("moves", ["never", "perhaps", "always"])
def test_a_pin_that_moved_elsewhere_is_named(moves: Any) -> None:
    seen = shown(canvas("take_z", take("take_a", "a", "b3:aa")))(healthy())
    told = violations(seen, replace(deeds(), pins=[Pinned("c", "n0", None, "ask a", moves)]))
    assert len(told) == 1
    assert "take_z" in told[0]


def test_consent_allows_one_more_job_and_no_more() -> None:
    seen = healthy()
    twin = {"job": "b2", "state": "unknown", "take": None, "error": READY}
    seen = replace(
        seen,
        jobs={**seen.jobs, "b": {**seen.jobs["b"], **FAILED}, "b2": twin},
        labels={**seen.labels, "b2": "ask b"},
        ledger={**seen.ledger, "b": entry("b", "settled"), "b2": entry("b2", "unknown")},
        remote=[*seen.remote, {**remote(3, "b2"), "script": {"label": "ask b"}}],
    )  # fmt: skip
    without = violations(seen, deeds())
    agreed = replace(deeds(), again=Counter({"ask b": 1}), given_up={"b"})
    assert any("asked for 1 times and 0 times again, 2 jobs" in one for one in without)
    assert violations(seen, agreed) == []
