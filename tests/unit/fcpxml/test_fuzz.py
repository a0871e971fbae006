"""A short fuzz run with every test, a long one when asked. See tests/fuzz/fcpxml_fuzz.py."""

from __future__ import annotations

import pytest
from tests.fuzz import fcpxml_fuzz as fuzz


def check(outcome: fuzz.Outcome) -> None:
    assert not outcome.broken, next(iter(outcome.broken))


def test_a_few_hundred_broken_documents() -> None:
    outcome = fuzz.run(300, seed=11)
    check(outcome)
    # The run must have broken something, and left something readable, to mean anything.
    assert outcome.codes["read"] > 100
    assert outcome.codes["read malformed_xml"] > 20
    assert sum(count for code, count in outcome.codes.items() if code.startswith("place ")) > 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_twenty_thousand_broken_documents() -> None:
    outcome = fuzz.run(20_000, seed=12)
    check(outcome)
    assert outcome.codes["read"] > 5_000


def test_the_same_seed_breaks_the_same_way() -> None:
    seeds = fuzz.seeds()
    one, other = fuzz.Mutator(seeds, 5), fuzz.Mutator(seeds, 5)
    assert [one.next() for _ in range(50)] == [other.next() for _ in range(50)]


def test_a_broken_promise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "place", crash)
    outcome = fuzz.run(30, seed=1, everything=False, stop_after=1)
    assert "ZeroDivisionError" in next(iter(outcome.broken))
    monkeypatch.undo()
    monkeypatch.setattr(fuzz, "SECONDS_AN_INPUT", 0.0)
    assert "took" in next(iter(fuzz.run(1, seed=1, everything=False).broken))
