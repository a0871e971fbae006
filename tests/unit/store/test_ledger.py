"""Money: a reservation and an intent are on the disk before anybody hears of them, and no entry goes backwards."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.money import priced

from takebridge.errors import ConflictError, NotFoundError, UsageError
from takebridge.store.data_folder import DataLayout
from takebridge.store.ledger import Entry, Ledger

ENTRY = Entry(
    token="job_1",
    job_id="job_1",
    provider="paid",
    model="paid/one",
    request_hash="aa",
    currency="USD",
    low_micros=100_000,
    high_micros=2**40,
    canvas_id="cv_1",
    node_id="n_1",
    author="ann",
    shot="SH010",
)
MOVES = {
    "submitted": lambda ledger: ledger.submitted("job_1", '{"id":"r"}'),
    "settled": lambda ledger: ledger.settle("job_1", 150_000),
    "refunded": lambda ledger: ledger.refund("job_1"),
    "released": lambda ledger: ledger.release("job_1"),
    "unknown": lambda ledger: ledger.mark_unknown("job_1"),
}
STEPS = {**MOVES, "intent": lambda ledger: ledger.intend("job_1")}
PATHS = {
    "reserved": [],
    "intent": ["intent"],
    "submitted": ["intent", "submitted"],
    "settled": ["intent", "submitted", "settled"],
    "refunded": ["intent", "submitted", "refunded"],
    "released": ["released"],
    "unknown": ["intent", "unknown"],
}
ALLOWED = {
    "reserved": {"released"},
    "intent": {"submitted", "released", "unknown"},
    "submitted": {"submitted", "settled", "refunded", "unknown"},
    "settled": {"settled"},
    "refunded": {"refunded"},
    "released": {"released"},
    "unknown": {"unknown", "submitted", "settled", "refunded", "released"},
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


def bring(ledger: Ledger, state: str) -> Entry:
    """Take the entry to a state by the shortest way."""
    for step in PATHS[state]:
        STEPS[step](ledger)
    entry = ledger.get("job_1")
    assert entry.state == state
    return entry


# --- reserving ------------------------------------------------------------------------------------------


def test_a_reservation_is_kept_as_given_and_holds_the_high_estimate(ledger: Ledger) -> None:
    kept = ledger.reserve(ENTRY)
    assert kept.created_at == kept.updated_at != ""
    assert kept == ENTRY.model_copy(
        update={"reserved_micros": 2**40, "created_at": kept.created_at, "updated_at": kept.created_at}
    )
    assert ledger.all() == [kept] == [ledger.get("job_1")] == [ledger.find("job_1")]


def test_a_consented_maximum_is_what_is_held(ledger: Ledger) -> None:
    unknown = {"low_micros": None, "high_micros": None}
    kept = ledger.reserve(ENTRY.model_copy(update={**unknown, "reserved_micros": 700_000}))
    assert (kept.reserved_micros, kept.high_micros) == (700_000, None)


@pytest.mark.parametrize("state", sorted(PATHS))
def test_the_same_reservation_again_returns_the_entry_as_it_is_by_now(ledger: Ledger, state: str) -> None:
    ledger.reserve(ENTRY)
    now = bring(ledger, state)
    assert ledger.reserve(ENTRY) == now
    assert ledger.all() == [now]


def test_another_request_under_the_same_token_is_refused(ledger: Ledger) -> None:
    ledger.reserve(ENTRY)
    other = ENTRY.model_copy(update={"request_hash": "bb"})
    for ask in (ledger.reserve, ledger.check):
        with pytest.raises(ConflictError):
            ask(other)
    assert ledger.get("job_1").request_hash == "aa"


@pytest.mark.parametrize(
    "amounts",
    [
        {"low_micros": -1},
        {"high_micros": -1, "low_micros": None},
        {"reserved_micros": -1},
        {"high_micros": 10**15 + 1},
        {"low_micros": 5, "high_micros": 4},
    ],
)
def test_amounts_that_cannot_be_are_refused_and_not_kept(ledger: Ledger, amounts: dict[str, int]) -> None:
    with pytest.raises(UsageError) as caught:
        ledger.reserve(ENTRY.model_copy(update=amounts))
    assert "paid/one" in caught.value.hint
    assert ledger.all() == []


def test_what_a_caller_claims_about_the_outcome_is_not_kept(ledger: Ledger) -> None:
    claimed = {"state": "settled", "actual_micros": 1, "remote_job": "{}", "note": "paid"}
    kept = ledger.reserve(ENTRY.model_copy(update=claimed))
    assert (kept.state, kept.actual_micros, kept.remote_job, kept.note) == ("reserved", None, None, "")


# --- moving ---------------------------------------------------------------------------------------------


def test_only_the_first_intend_may_submit(ledger: Ledger) -> None:
    ledger.reserve(ENTRY)
    assert [ledger.intend("job_1"), ledger.intend("job_1")] == [True, False]
    assert ledger.get("job_1").state == "intent"


@pytest.mark.parametrize("state", sorted(set(PATHS) - {"reserved"}))
def test_intending_moves_nothing_back(ledger: Ledger, state: str) -> None:
    ledger.reserve(ENTRY)
    before = bring(ledger, state)
    assert ledger.intend("job_1") is False
    assert ledger.get("job_1") == before


@pytest.mark.parametrize("state", sorted(PATHS))
@pytest.mark.parametrize("move", sorted(MOVES))
def test_entries_move_forwards_only(ledger: Ledger, state: str, move: str) -> None:
    ledger.reserve(ENTRY)
    before = bring(ledger, state)
    if move in ALLOWED[state]:
        MOVES[move](ledger)
        assert ledger.get("job_1").state == move
    else:
        with pytest.raises(ConflictError):
            MOVES[move](ledger)
        assert ledger.get("job_1") == before


@pytest.mark.parametrize("move", sorted(STEPS))
def test_a_token_nobody_reserved_is_not_found(ledger: Ledger, move: str) -> None:
    with pytest.raises(NotFoundError):
        STEPS[move](ledger)
    assert ledger.all() == []
    assert ledger.find("job_1") is None


def test_open_entries_are_those_that_hold_money(ledger: Ledger) -> None:
    for state, path in PATHS.items():
        ledger.reserve(priced(state))
        for step in path:
            {
                "intent": ledger.intend,
                "submitted": lambda token: ledger.submitted(token, "{}"),
                "settled": lambda token: ledger.settle(token, 1),
                "refunded": ledger.refund,
                "released": ledger.release,
                "unknown": ledger.mark_unknown,
            }[step](state)
    assert {entry.token for entry in ledger.open_entries()} == {"reserved", "intent", "submitted", "unknown"}


# --- what a provider claims -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reports", "kept", "note"),
    [
        ([90_000], 90_000, ""),
        ([100_000], 100_000, ""),
        ([100_001], 100_001, "over the estimate"),
        ([0], 0, ""),
        ([None], None, ""),
        ([-3], None, "the provider reported -3 micros"),
        ([10**30], None, f"the provider reported {10**30} micros"),
        ([None, 90_000], 90_000, ""),
        ([90_000, None], 90_000, ""),
        ([90_000, 90_000], 90_000, ""),
        ([90_000, 95_000], 90_000, "the provider later reported $0.095"),
        ([-3, 120_000], 120_000, "the provider reported -3 micros; over the estimate"),
        ([-3, -3], None, "the provider reported -3 micros"),
    ],
)
def test_a_cost_is_kept_as_reported_or_not_at_all(
    ledger: Ledger, reports: list[int | None], kept: int | None, note: str
) -> None:
    ledger.reserve(priced("t", 100_000))
    ledger.intend("t")
    ledger.submitted("t", "{}")
    for report in reports:
        ledger.settle("t", report)
    entry = ledger.get("t")
    assert (entry.state, entry.actual_micros, entry.note) == ("settled", kept, note)


def test_an_unknown_price_is_not_nothing(ledger: Ledger) -> None:
    ledger.reserve(priced("t", None))
    ledger.intend("t")
    ledger.submitted("t", "{}")
    ledger.settle("t", None)
    entry = ledger.get("t")
    assert (entry.low_micros, entry.high_micros, entry.reserved_micros, entry.actual_micros) == (None,) * 4


def test_a_second_remote_job_does_not_hide_the_first(ledger: Ledger) -> None:
    ledger.reserve(ENTRY)
    ledger.intend("job_1")
    ledger.submitted("job_1", '{"id":"a"}')
    ledger.submitted("job_1", '{"id":"b"}')
    entry = ledger.get("job_1")
    assert (entry.remote_job, entry.note) == ('{"id":"a"}', 'the provider also accepted it as {"id":"b"}')


def test_a_person_may_name_another_remote_job_for_an_unknown_one(ledger: Ledger) -> None:
    ledger.reserve(ENTRY)
    ledger.intend("job_1")
    ledger.submitted("job_1", '{"id":"a"}')
    ledger.mark_unknown("job_1")
    ledger.submitted("job_1", '{"id":"b"}')
    entry = ledger.get("job_1")
    assert (entry.remote_job, entry.note) == ('{"id":"b"}', 'the provider first accepted {"id":"a"}')


# --- what outlives what ---------------------------------------------------------------------------------

_WRITER = """
import sys
from pathlib import Path
from tests.support.money import priced
from takebridge.store.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
number = 0
while True:
    token = f"t{number}"
    for state, act in {
        "reserved": lambda: ledger.reserve(priced(token)),
        "intent": lambda: ledger.intend(token),
        "submitted": lambda: ledger.submitted(token, "{}"),
        "settled": lambda: ledger.settle(token, number),
    }.items():
        act()
        print(token, state, flush=True)
    number += 1
"""
_ORDER = ["reserved", "intent", "submitted", "settled"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_acknowledged_write_outlives_a_kill(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "ledger.db"
    lines = random.Random(seed).randint(20, 150)
    child = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(lines)]
    child.kill()
    told += child.stdout.read().splitlines()  # what it said before it died
    child.stdout.close()
    assert child.wait() == -9
    last: dict[str, str] = {}
    for line in told:
        token, state = line.split()
        last[token] = state
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = dict(connection.execute("SELECT token, state FROM entry"))
    assert len(told) >= lines
    for token, state in last.items():
        assert _ORDER.index(found[token]) >= _ORDER.index(state), f"seed {seed}: {token}"
    assert len(found) - len(last) in (0, 1)  # at most the one write that was not acknowledged


def test_an_intent_outlives_a_kill_right_after_it_returned(tmp_path: Path) -> None:
    script = f"""
import os, signal, sys
from pathlib import Path
from takebridge.store.ledger import Entry, Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.reserve(Entry.model_validate_json({ENTRY.model_dump_json()!r}))
ledger.intend("job_1")
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "ledger.db"
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    assert [(entry.token, entry.state) for entry in Ledger(path).all()] == [("job_1", "intent")]


def test_the_ledger_is_a_file_of_its_own(tmp_path: Path) -> None:
    layout = DataLayout(tmp_path)
    for other in (layout.jobs_db, layout.project_db):
        other.write_bytes(b"")
    Ledger(layout.ledger_db).reserve(ENTRY)
    for other in (layout.jobs_db, layout.project_db):
        other.unlink()  # a reset of the engine, or of the canvases
    assert Ledger(layout.ledger_db).get("job_1").state == "reserved"


def test_every_commit_is_synced_to_the_disk(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    with ledger._db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
