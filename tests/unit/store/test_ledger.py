"""Money: an intent is on the disk before anybody hears of it, and no entry goes backwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from takebridge.errors import ConflictError, NotFoundError
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
)
MOVES = {
    "submitted": lambda ledger: ledger.submitted("job_1", '{"id":"r"}'),
    "settled": lambda ledger: ledger.settle("job_1", 150_000),
    "released": lambda ledger: ledger.release("job_1"),
    "unknown": lambda ledger: ledger.mark_unknown("job_1"),
}
PATHS = {
    "intent": [],
    "submitted": ["submitted"],
    "settled": ["submitted", "settled"],
    "released": ["released"],
    "unknown": ["unknown"],
}
ALLOWED = {
    "intent": {"submitted", "released", "unknown"},
    "submitted": {"submitted", "settled", "unknown"},
    "settled": {"settled"},
    "released": {"released"},
    "unknown": {"unknown", "submitted", "settled", "released"},
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


def test_an_intent_is_kept_as_given(ledger: Ledger) -> None:
    kept = ledger.intend(ENTRY)
    assert kept.created_at == kept.updated_at != ""
    assert kept.model_copy(update={"created_at": "", "updated_at": ""}) == ENTRY
    assert ledger.all() == [kept] == [ledger.get("job_1")]


def test_the_same_intent_again_returns_the_stored_one(ledger: Ledger) -> None:
    first = ledger.intend(ENTRY)
    ledger.submitted("job_1", '{"id":"r"}')
    again = ledger.intend(ENTRY)
    assert (again.state, again.remote_job, again.created_at) == ("submitted", '{"id":"r"}', first.created_at)
    assert len(ledger.all()) == 1


def test_another_request_under_the_same_token_is_refused(ledger: Ledger) -> None:
    ledger.intend(ENTRY)
    with pytest.raises(ConflictError):
        ledger.intend(ENTRY.model_copy(update={"request_hash": "bb"}))
    assert ledger.get("job_1").request_hash == "aa"


def test_an_unknown_price_is_not_nothing(ledger: Ledger) -> None:
    ledger.intend(ENTRY.model_copy(update={"low_micros": None, "high_micros": None}))
    ledger.submitted("job_1", "{}")
    ledger.settle("job_1", None)
    entry = ledger.get("job_1")
    assert (entry.low_micros, entry.high_micros, entry.actual_micros) == (None, None, None)


@pytest.mark.parametrize("state", sorted(PATHS))
@pytest.mark.parametrize("move", sorted(MOVES))
def test_entries_move_forwards_only(ledger: Ledger, state: str, move: str) -> None:
    ledger.intend(ENTRY)
    for step in PATHS[state]:
        MOVES[step](ledger)
    before = ledger.get("job_1")
    assert before.state == state
    if move in ALLOWED[state]:
        MOVES[move](ledger)
        assert ledger.get("job_1").state == move
    else:
        with pytest.raises(ConflictError):
            MOVES[move](ledger)
        assert ledger.get("job_1") == before


@pytest.mark.parametrize("move", sorted(MOVES))
def test_a_token_nobody_intended_is_not_found(ledger: Ledger, move: str) -> None:
    with pytest.raises(NotFoundError):
        MOVES[move](ledger)
    assert ledger.all() == []


def test_an_intent_outlives_a_kill_right_after_it_returned(tmp_path: Path) -> None:
    script = f"""
import os, signal, sys
from pathlib import Path
from takebridge.store.ledger import Entry, Ledger
Ledger(Path(sys.argv[1])).intend(Entry.model_validate_json({ENTRY.model_dump_json()!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "ledger.db"
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    assert [(entry.token, entry.state) for entry in Ledger(path).all()] == [("job_1", "intent")]


def test_the_ledger_is_a_file_of_its_own(tmp_path: Path) -> None:
    layout = DataLayout(tmp_path)
    for other in (layout.jobs_db, layout.project_db):
        other.write_bytes(b"")
    Ledger(layout.ledger_db).intend(ENTRY)
    for other in (layout.jobs_db, layout.project_db):
        other.unlink()  # a reset of the engine, or of the canvases
    assert Ledger(layout.ledger_db).get("job_1").state == "intent"
