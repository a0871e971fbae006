"""Budgets: nothing gets past a cap, however many ask at once, and the refusal says in numbers why."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.money import CENT, priced

from takebridge.errors import BudgetError, InvalidParamError, NotFoundError
from takebridge.store.caps import SCOPES, Scope
from takebridge.store.ledger import Cap, Entry, Ledger

DAY = "2026-11-21"
ALL_SCOPES = pytest.mark.parametrize("scope", SCOPES)


class Clock:
    """The ledger's time, set by hand."""

    def __init__(self) -> None:
        self.now = f"{DAY}T23:59:59.999+00:00"

    def __call__(self) -> str:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return Ledger(tmp_path / "ledger.db", clock)


def cap(scope: Scope, cents: int, key: str = "", currency: str = "USD") -> Cap:
    return Cap(scope=scope, key=key, currency=currency, limit_micros=cents * CENT)


def refusal(ledger: Ledger, entry: Entry) -> BudgetError:
    """The refusal, which `check` gives too, and which keeps nothing."""
    before = ledger.all()
    with pytest.raises(BudgetError) as checked:
        ledger.check(entry)
    with pytest.raises(BudgetError) as caught:
        ledger.reserve(entry)
    assert checked.value.to_wire() == caught.value.to_wire()
    assert ledger.all() == before
    return caught.value


def accepted(ledger: Ledger, entry: Entry) -> None:
    ledger.check(entry)
    ledger.reserve(entry)


# --- counting -------------------------------------------------------------------------------------------


@ALL_SCOPES
def test_a_cap_may_be_reached_and_not_passed(ledger: Ledger, scope: Scope) -> None:
    ledger.set_cap(cap(scope, 30))
    accepted(ledger, priced("a", 10 * CENT, job_id="j"))
    refusal(ledger, priced("b", 20 * CENT + 1, job_id="j"))
    accepted(ledger, priced("c", 20 * CENT, job_id="j"))
    refusal(ledger, priced("d", 1, job_id="j"))


@pytest.mark.parametrize(
    ("scope", "other"),
    [("job", {"job_id": "other"}), ("canvas", {"canvas_id": "other"}), ("user", {"author": "bob"})],
)
def test_a_cap_without_a_key_holds_for_each_one(ledger: Ledger, scope: Scope, other: dict[str, str]) -> None:
    ledger.set_cap(cap(scope, 10))
    accepted(ledger, priced("a", job_id="j"))
    refusal(ledger, priced("b", job_id="j"))
    accepted(ledger, priced("c", **{"job_id": "j", **other}))


def test_a_day_ends_at_midnight_utc(ledger: Ledger, clock: Clock) -> None:
    ledger.set_cap(cap("day", 10))
    accepted(ledger, priced("a"))
    refusal(ledger, priced("b"))
    clock.now = "2026-11-22T00:00:00.000+00:00"
    accepted(ledger, priced("b"))
    ledger.intend("a")
    ledger.submitted("a", "{}")
    ledger.settle("a", 1)  # counts on the day it was reserved
    refusal(ledger, priced("c", 1))


@pytest.mark.parametrize("narrow", [5, 50])
@pytest.mark.parametrize(("scope", "key"), [("job", "j"), ("canvas", "c1"), ("day", DAY), ("user", "ann")])
def test_a_cap_with_a_key_replaces_the_wide_one_there(ledger: Ledger, scope: Scope, key: str, narrow: int) -> None:
    ledger.set_cap(cap(scope, 20))
    ledger.set_cap(cap(scope, narrow, key))
    accepted(ledger, priced("a", narrow * CENT, job_id="j"))
    assert refusal(ledger, priced("b", 1, job_id="j")).details["key"] == key


@pytest.mark.parametrize(
    ("moves", "counts"),
    [
        ([], 10),
        (["intend"], 10),
        (["intend", "submitted"], 10),
        (["intend", "unknown"], 10),
        (["intend", "submitted", "unknown"], 10),
        (["intend", "submitted", "costs 4"], 4),
        (["intend", "submitted", "costs 15"], 15),
        (["intend", "submitted", "costs nobody knows"], 10),
        (["intend", "unknown", "costs nobody knows"], 10),
        (["intend", "submitted", "refund"], 0),
        (["intend", "unknown", "refund"], 0),
        (["intend", "unknown", "release"], 0),
        (["release"], 0),
        (["intend", "release"], 0),
    ],
)
def test_what_an_entry_counts(ledger: Ledger, moves: list[str], counts: int) -> None:
    ledger.set_cap(cap("canvas", 100))
    ledger.reserve(priced("a", 10 * CENT))
    acts: dict[str, Callable[[], object]] = {
        "intend": lambda: ledger.intend("a"),
        "submitted": lambda: ledger.submitted("a", "{}"),
        "unknown": lambda: ledger.mark_unknown("a"),
        "refund": lambda: ledger.refund("a"),
        "release": lambda: ledger.release("a"),
        "costs 4": lambda: ledger.settle("a", 4 * CENT),
        "costs 15": lambda: ledger.settle("a", 15 * CENT),
        "costs nobody knows": lambda: ledger.settle("a", None),
    }
    for move in moves:
        acts[move]()
    room = ledger.remaining("c1", "ann")["USD"]
    assert (room.committed_micros, room.left_micros) == (counts * CENT, (100 - counts) * CENT)
    refusal(ledger, priced("b", (100 - counts) * CENT + 1))
    accepted(ledger, priced("b", (100 - counts) * CENT))


def test_the_same_reservation_again_is_not_counted_twice(ledger: Ledger) -> None:
    ledger.set_cap(cap("canvas", 10))
    for _ in range(2):
        accepted(ledger, priced("a", 10 * CENT))


def test_a_cap_below_what_is_committed_stops_what_comes_and_not_what_is_under_way(ledger: Ledger) -> None:
    ledger.reserve(priced("a", 10 * CENT))
    ledger.set_cap(cap("canvas", 4))
    refusal(ledger, priced("b", 1))
    assert ledger.intend("a")
    assert ledger.remaining("c1", "ann")["USD"].left_micros == 0


def test_a_cap_of_nothing_lets_free_work_through(ledger: Ledger) -> None:
    for scope in SCOPES:
        ledger.set_cap(cap(scope, 0, currency="EUR"))
    refusal(ledger, priced("a", 1))
    refusal(ledger, priced("b", 1, currency="EUR"))
    accepted(ledger, priced("c", 0))


def test_without_caps_everything_is_accepted(ledger: Ledger) -> None:
    accepted(ledger, priced("a", 10**15))
    accepted(ledger, priced("b", None))
    accepted(ledger, priced("c", 1, currency="EUR"))


# --- what cannot be held against a cap ------------------------------------------------------------------


@ALL_SCOPES
def test_an_unknown_price_needs_a_consented_maximum_under_any_cap(ledger: Ledger, scope: Scope) -> None:
    ledger.set_cap(cap(scope, 10))
    error = refusal(ledger, priced("a", None))
    assert error.message.startswith("Nobody knows what paid/one will cost")
    accepted(ledger, priced("a", None, reserved_micros=10 * CENT))
    refusal(ledger, priced("b", None, reserved_micros=11 * CENT, job_id="j"))


def test_a_price_above_what_was_agreed_to_is_refused_even_without_caps(ledger: Ledger) -> None:
    error = refusal(ledger, priced("a", 20 * CENT, reserved_micros=10 * CENT))
    assert error.message == "This may cost $0.20, more than the $0.10 agreed to."
    refusal(ledger, priced("b", None, low_micros=20 * CENT, reserved_micros=10 * CENT))
    accepted(ledger, priced("c", 20 * CENT, reserved_micros=20 * CENT))


@ALL_SCOPES
def test_another_currency_than_the_caps_is_refused(ledger: Ledger, scope: Scope) -> None:
    ledger.set_cap(cap(scope, 100))
    error = refusal(ledger, priced("a", 1, currency="EUR"))
    assert "paid in EUR" in error.message
    assert "in USD" in error.message
    ledger.set_cap(cap(scope, 5, currency="EUR"))
    accepted(ledger, priced("b", 5 * CENT, currency="EUR", job_id="j"))
    refusal(ledger, priced("c", 1, currency="EUR", job_id="j"))
    accepted(ledger, priced("d", 100 * CENT, job_id="j"))  # euros do not count against dollars


# --- saying so ------------------------------------------------------------------------------------------


def test_the_refusal_has_the_numbers_and_the_next_step(ledger: Ledger) -> None:
    ledger.set_cap(cap("day", 100))
    ledger.reserve(priced("a", 85 * CENT))
    error = refusal(ledger, priced("b", 20 * CENT))
    assert error.code == "budget"
    assert error.message == "This may cost up to $0.20. Of the $1.00 allowed for the day, $0.15 is left."
    assert error.hint.startswith("Nothing was submitted. Raise the cap of the day")
    assert error.details == {
        "scope": "day",
        "key": "",
        "currency": "USD",
        "limit_micros": 1_000_000,
        "committed_micros": 850_000,
        "asked_micros": 200_000,
    }


def test_the_tightest_cap_is_named(ledger: Ledger) -> None:
    ledger.set_cap(cap("job", 40))
    ledger.set_cap(cap("canvas", 30))
    ledger.set_cap(cap("user", 35))
    assert refusal(ledger, priced("a", 50 * CENT)).details["scope"] == "canvas"
    assert refusal(ledger, priced("a", 50 * CENT, canvas_id="c2")).details["scope"] == "canvas"
    ledger.set_cap(cap("canvas", 300, "c2"))
    assert refusal(ledger, priced("a", 50 * CENT, canvas_id="c2")).details["scope"] == "user"


# --- what is left ---------------------------------------------------------------------------------------


def test_what_remains_is_what_the_tightest_cap_leaves(ledger: Ledger) -> None:
    ledger.set_cap(cap("job", 8))
    ledger.set_cap(cap("canvas", 50, "c1"))
    ledger.set_cap(cap("day", 60))
    ledger.set_cap(cap("user", 100, "ann"))
    ledger.reserve(priced("a", 5 * CENT, canvas_id="c2", author="bob"))
    ledger.reserve(priced("b", 7 * CENT))
    room = ledger.remaining("c1", "ann")["USD"]  # canvas 50 - 7, day 60 - 12, ann 100 - 7
    assert (room.left_micros, room.committed_micros) == (43 * CENT, 7 * CENT)
    assert room.cap == cap("canvas", 50, "c1")
    assert room.job_cap == cap("job", 8)
    other = ledger.remaining("c9", "bob")["USD"]
    assert (other.left_micros, other.cap) == (48 * CENT, cap("day", 60))


def test_a_currency_is_listed_when_it_has_a_cap_or_was_asked_for(ledger: Ledger) -> None:
    assert ledger.remaining("c1", "ann") == {}
    free = ledger.remaining("c1", "ann", ["USD"])["USD"]
    assert (free.left_micros, free.cap, free.job_cap) == (None, None, None)
    ledger.set_cap(cap("day", 60))
    ledger.set_cap(cap("canvas", 10, "elsewhere", "EUR"))
    found = ledger.remaining("c1", "ann", ["CHF"])
    assert {name: room.left_micros for name, room in found.items()} == {"USD": 60 * CENT, "CHF": 0}
    assert found["CHF"].cap == cap("day", 60)  # why nothing may be paid in francs


def test_jobs_of_unknown_price_from_before_the_cap_are_said(ledger: Ledger) -> None:
    ledger.reserve(priced("a", None))
    ledger.reserve(priced("b", 3 * CENT))
    ledger.set_cap(cap("canvas", 10))
    room = ledger.remaining("c1", "ann")["USD"]
    assert (room.left_micros, room.uncounted_jobs) == (7 * CENT, 1)
    ledger.release("a")
    assert ledger.remaining("c1", "ann")["USD"].uncounted_jobs == 0


# --- keeping caps ---------------------------------------------------------------------------------------


def test_caps_are_set_changed_listed_and_removed(ledger: Ledger, tmp_path: Path) -> None:
    for one in (cap("user", 5, "bob"), cap("user", 9), cap("job", 1), cap("user", 7, currency="EUR")):
        ledger.set_cap(one)
    ledger.set_cap(cap("user", 6, "bob"))
    expected = (cap("job", 1), cap("user", 7, currency="EUR"), cap("user", 9), cap("user", 6, "bob"))
    assert ledger.caps() == expected == Ledger(tmp_path / "ledger.db").caps()
    ledger.remove_cap("user", "bob")
    assert ledger.caps() == expected[:3]
    with pytest.raises(NotFoundError):
        ledger.remove_cap("user", "bob")


@pytest.mark.parametrize(
    "bad",
    [
        {"limit_micros": -1},
        {"limit_micros": 10**15 + 1},
        {"currency": " "},
        {"currency": "x" * 17},
        {"key": "x" * 201},
        {"scope": "day", "key": "today"},
        {"scope": "day", "key": "20261121"},
        {"scope": "day", "key": "2026-02-30"},
    ],
)
def test_a_cap_that_cannot_be_is_refused(ledger: Ledger, bad: dict[str, object]) -> None:
    with pytest.raises(InvalidParamError) as caught:
        ledger.set_cap(Cap.model_validate({"scope": "user", "limit_micros": 1, **bad}))
    assert caught.value.hint
    assert ledger.caps() == ()


# --- many at once ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ledgers", [1, 2])
@ALL_SCOPES
def test_a_race_never_passes_a_cap(tmp_path: Path, scope: Scope, ledgers: int) -> None:
    """50 reservations of 3 cents from 10 threads, over one or two ledgers on the same file; 20 cents are allowed."""
    open_ledgers = [Ledger(tmp_path / "ledger.db", lambda: f"{DAY}T12:00:00+00:00") for _ in range(ledgers)]
    open_ledgers[0].set_cap(cap(scope, 20))
    ready = threading.Barrier(10)
    outcomes: list[str] = []

    def ask(worker: int) -> None:
        ready.wait()
        for number in range(5):
            try:
                open_ledgers[worker % ledgers].reserve(priced(f"{worker}/{number}", 3 * CENT, job_id="j"))
                outcomes.append("accepted")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["BudgetError"] * 44 + ["accepted"] * 6
    assert sum(entry.reserved_micros or 0 for entry in open_ledgers[-1].all()) == 18 * CENT
    for one in open_ledgers:
        one.close()


def test_one_token_raced_for_is_one_entry_and_one_intent(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.set_cap(cap("canvas", 10))
    ready = threading.Barrier(8)
    firsts: list[bool] = []

    def ask() -> None:
        ready.wait()
        ledger.reserve(priced("t", 10 * CENT))
        firsts.append(ledger.intend("t"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(firsts) == [False] * 7 + [True]
    assert len(ledger.all()) == 1


# --- people of several names ------------------------------------------------------------------------------


def test_another_name_is_no_way_past_a_cap(ledger: Ledger) -> None:
    ledger.set_cap(cap("user", 100))
    accepted(ledger, priced("before", high=80 * CENT, author="Ada"))
    ledger.names_of = lambda name: ("Bea", "Ada") if name in ("Ada", "Bea") else (name,)
    assert refusal(ledger, priced("after", high=30 * CENT, author="Bea")).details["committed_micros"] == 80 * CENT
    assert ledger.remaining("c1", "Bea")["USD"].left_micros == 20 * CENT
    accepted(ledger, priced("fits", high=20 * CENT, author="Bea"))
    accepted(ledger, priced("hers", high=90 * CENT, author="Cy"))


def test_a_cap_for_a_name_holds_under_the_next(ledger: Ledger) -> None:
    ledger.set_cap(cap("user", 1000))
    ledger.set_cap(cap("user", 50, "Ada"))
    ledger.set_cap(cap("user", 70, "Bea"))
    ledger.names_of = lambda name: ("Bea", "Ada") if name in ("Ada", "Bea") else (name,)
    assert ledger.remaining("c1", "Bea")["USD"].left_micros == 50 * CENT
    refusal(ledger, priced("much", high=60 * CENT, author="Bea"))
