"""A few rounds of the crash test in the ordinary suite, and proof that it can fail (`make test-crash` plays sixty)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.crash.plan import SHORT, Plan, Wish, plans
from tests.crash.run import Session, table
from tests.support.scripted_provider.scripted_script import PLAIN, Script

SEED = 20

QUIET = Plan(
    number=1, fresh=False, name="none", point="none", nth=1, random_ms=0, second="",
    wishes=(Wish(Script("quiet"), PLAIN, 0, 0),), choices=(),
)  # fmt: skip
"""One paid job and no kill: whatever the checks find then is not the crash's doing."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path


@pytest.mark.timeout(400)  # each round starts real servers, and the machine may be busy with other tests
def test_six_rounds_keep_all_promises(folder: Path) -> None:
    with Session(folder) as session:
        outcomes = [session.play(replace(plan, fresh=False)) for plan in plans(SEED, len(SHORT))]
    report = "\n".join([f"seed {SEED}", *(outcome.line for outcome in outcomes), table(outcomes)])
    assert [sentence for outcome in outcomes for sentence in outcome.wrong] == [], report
    assert sum(outcome.hit for outcome in outcomes) >= len(SHORT) - 1, report
    assert sum(outcome.states["done"] for outcome in outcomes) >= len(SHORT), report


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("double_submit", "was charged 2 times"),
        ("swallow_take", "was paid for and its take is lost"),
        ("forget_charge", "the ledger says refunded"),
    ],
)
def test_a_bridge_that_breaks_a_promise_is_found_out(folder: Path, broken: str, sentence: str) -> None:
    with Session(folder, broken=broken) as session:
        outcome = session.play(QUIET)
    assert any(sentence in one for one in outcome.wrong), outcome
