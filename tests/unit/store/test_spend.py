"""The audit: who spent what on which shot, with what nobody knows counted apart."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from tests.support.money import CENT, priced

from takebridge.errors import InvalidParamError
from takebridge.store.caps import SCOPES
from takebridge.store.entries import COMES_FROM
from takebridge.store.ledger import Cap, Ledger, SpendLine
from takebridge.store.spend import GROUP_FIELDS
from takebridge.store.tables import entry as entries

DAYS = ("2026-11-19", "2026-11-20", "2026-11-21")


class Clock:
    def __init__(self) -> None:
        self.day = DAYS[0]

    def __call__(self) -> str:
        return f"{self.day}T12:00:00.000+00:00"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(tmp_path / "ledger.db", clock)


def spent(ledger: Ledger, token: str, cost: int | None, **fields: Any) -> None:
    ledger.reserve(priced(token, **fields))
    ledger.intend(token)
    ledger.submitted(token, "{}")
    ledger.settle(token, cost)


def amounts(line: SpendLine) -> tuple[int, int, int, int, int, int, int | None]:
    return (
        line.jobs,
        line.returned_jobs,
        line.unknown_jobs,
        line.reserved_micros,
        line.settled_micros,
        line.low_micros,
        line.high_micros,
    )


def test_an_empty_ledger_has_no_lines(ledger: Ledger) -> None:
    assert ledger.spend() == ()
    assert ledger.spend(()) == ()


def test_who_spent_what_on_which_shot(ledger: Ledger) -> None:
    spent(ledger, "a", 4 * CENT, shot="SH010")
    spent(ledger, "b", 6 * CENT, shot="SH010")
    spent(ledger, "c", 1 * CENT, shot="SH020")
    spent(ledger, "d", 2 * CENT, shot="SH010", author="bob")
    lines = ledger.spend()
    assert [(line.author, line.shot, line.currency, line.jobs, line.settled_micros) for line in lines] == [
        ("ann", "SH010", "USD", 2, 10 * CENT),
        ("ann", "SH020", "USD", 1, 1 * CENT),
        ("bob", "SH010", "USD", 1, 2 * CENT),
    ]
    assert {line.model for line in lines} == {None}  # not grouped by it


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        # jobs, given back, unknown, held, settled, at least, at most; estimate 3–10, asked at most 10
        ("reserved", (1, 0, 0, 10, 0, 0, 10)),
        ("intent", (1, 0, 0, 10, 0, 0, 10)),
        ("submitted", (1, 0, 0, 10, 0, 0, 10)),
        ("unknown", (1, 0, 1, 10, 0, 0, 10)),
        ("released", (1, 1, 0, 0, 0, 0, 0)),
        ("refunded", (1, 1, 0, 0, 0, 0, 0)),
        ("settled 12", (1, 0, 0, 0, 12, 12, 12)),
        ("settled 0", (1, 0, 0, 0, 0, 0, 0)),
        ("settled ?", (1, 0, 1, 0, 0, 3, 10)),
    ],
)
def test_what_each_state_adds(ledger: Ledger, way: str, expected: tuple[int, ...]) -> None:
    ledger.reserve(priced("t", 10, low_micros=3))
    state, _, cost = way.partition(" ")
    path = {"released": ["release"], "reserved": []}.get(state, ["intend", "submitted"])
    for step in path[: 1 if state in ("intent", "unknown") else 2]:
        {
            "release": ledger.release,
            "intend": ledger.intend,
            "submitted": lambda token: ledger.submitted(token, "{}"),
        }[step]("t")
    if state == "unknown":
        ledger.mark_unknown("t")
    if state == "refunded":
        ledger.refund("t")
    if state == "settled":
        ledger.settle("t", None if cost == "?" else int(cost))
    assert ledger.get("t").state == state
    (line,) = ledger.spend(())
    assert amounts(line) == expected


@pytest.mark.parametrize("settled", [False, True])
def test_a_job_without_any_price_takes_the_upper_bound_away(ledger: Ledger, settled: bool) -> None:
    spent(ledger, "a", 5)
    if settled:
        spent(ledger, "b", None, high=None)
    else:
        ledger.reserve(priced("b", None))
    (line,) = ledger.spend(())
    assert amounts(line) == (2, 0, 1, 0, 5, 5, None)


def test_currencies_are_never_added(ledger: Ledger) -> None:
    spent(ledger, "a", 5)
    spent(ledger, "b", 7, currency="EUR")
    assert [(line.currency, line.settled_micros) for line in ledger.spend(())] == [("EUR", 7), ("USD", 5)]


def test_days_are_those_of_the_reservation_and_until_is_exclusive(ledger: Ledger, clock: Clock) -> None:
    for day in DAYS:
        clock.day = day
        ledger.reserve(priced(day))
    for day in DAYS:
        ledger.intend(day)
        ledger.submitted(day, "{}")
        ledger.settle(day, 1)  # all settled on the last day

    def days(**limits: str) -> list[str | None]:
        return [line.day for line in ledger.spend(("day",), **limits)]

    assert days() == list(DAYS)
    assert days(since=DAYS[1]) == [DAYS[1], DAYS[2]]
    assert days(until=DAYS[1]) == [DAYS[0]]
    assert days(since=DAYS[1], until=DAYS[2]) == [DAYS[1]]


def test_one_canvas_can_be_asked_for(ledger: Ledger) -> None:
    spent(ledger, "a", 5, canvas_id="c1")
    spent(ledger, "b", 7, canvas_id="c2")
    assert [line.settled_micros for line in ledger.spend((), canvas_id="c2")] == [7]
    assert ledger.spend((), canvas_id="c3") == ()


def test_every_field_groups_and_the_sums_stay_the_same(ledger: Ledger, clock: Clock) -> None:
    for number, day in enumerate(DAYS * 4):
        clock.day = day
        fields = {name: f"{name}{number % (2 + place)}" for place, name in enumerate(GROUP_FIELDS) if name != "day"}
        spent(ledger, f"t{number}", number, **fields)
    for group in [(name,) for name in GROUP_FIELDS] + [GROUP_FIELDS]:
        lines = ledger.spend(group)
        assert sum(line.settled_micros for line in lines) == sum(range(12))
        assert len(lines) > 1
        keys = [tuple(getattr(line, name) for name in group) for line in lines]
        assert keys == sorted(set(keys))
        assert {name for line in lines for name in GROUP_FIELDS if getattr(line, name) is not None} == set(group)


def test_a_field_nobody_can_group_by_is_refused(ledger: Ledger) -> None:
    with pytest.raises(InvalidParamError) as caught:
        ledger.spend(("token",))  # type: ignore[arg-type]
    assert "author" in caught.value.hint


def test_a_hundred_thousand_entries_are_summed_and_reserved_against_in_a_moment(ledger: Ledger, clock: Clock) -> None:
    states = sorted(COMES_FROM)
    rows = [
        {
            **priced(f"t{number}", number % 97, author=f"p{number % 5}", shot=f"SH{number % 300:03}").model_dump(),
            "state": states[number % 7],
            "actual_micros": number % 89 if states[number % 7] == "settled" and number % 2 else None,
            "reserved_micros": number % 97,
            "day": DAYS[number % 3],
        }
        for number in range(100_000)
    ]
    with ledger._db.write() as connection:
        connection.execute(insert(entries), rows)
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["state"] == "settled":
            expected[row["author"], row["shot"]] += row["actual_micros"] or 0
    started = time.process_time()  # not the clock on the wall: other tests run beside this one
    lines = ledger.spend()
    audit = time.process_time() - started
    assert {(line.author, line.shot): line.settled_micros for line in lines} == expected
    started = time.process_time()
    for scope in SCOPES:
        ledger.set_cap(Cap(scope=scope, limit_micros=10**15))
    ledger.reserve(priced("new", 1))
    assert (audit < 1.0, time.process_time() - started < 1.0) == (True, True)
