"""A ledger of the first release opens with nothing lost; one of a later release is left alone."""

from __future__ import annotations

import importlib.util
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine
from tests.support.money import priced

from takebridge.errors import BudgetError, MigrationError
from takebridge.store import database as database_module
from takebridge.store.ledger import Cap, Ledger

COLUMNS = [
    *("token", "job_id", "provider", "model", "request_hash", "state", "currency"),
    *("low_micros", "high_micros", "actual_micros", "remote_job", "created_at", "updated_at"),
]
FIRST, SECOND = "2026-10-01T23:59:59.000+00:00", "2026-10-02T00:00:00.000+00:00"
OLD = [
    ("j1", "j1", "paid", "paid/one", "h1", "intent", "USD", 5, 9, None, None, FIRST, FIRST),
    ("j2", "j2", "paid", "paid/one", "h2", "submitted", "USD", 5, 9, None, '{"id":"r2"}', FIRST, FIRST),
    ("j3", "j3", "paid", "paid/one", "h3", "settled", "USD", 5, 9, 7, '{"id":"r3"}', FIRST, SECOND),
    ("j4", "j4", "paid", "paid/one", "h4", "settled", "USD", None, None, None, '{"id":"r4"}', FIRST, SECOND),
    ("j5", "j5", "local", "local/one", "h5", "released", "USD", 0, 0, None, None, SECOND, SECOND),
    ("j6", "j6", "paid", "paid/one", "h6", "unknown", "EUR", 5, 9, None, None, SECOND, SECOND),
    ("j7", "j7", "paid", "paid/one", "h7", "settled", "USD", 5, 9, -3, '{"id":"r7"}', SECOND, SECOND),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file as the first release made it, by its own migration."""
    path = tmp_path / "ledger.db"
    source = Path(database_module.__file__).parent / "migrations" / "ledger" / "0001_first.py"
    spec = importlib.util.spec_from_file_location("first_ledger", source)
    assert spec is not None
    assert spec.loader is not None
    first = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(first)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        first.upgrade()
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('ledger_0001')")
        connection.executemany(f"INSERT INTO entry VALUES ({','.join('?' * len(COLUMNS))})", OLD)
        connection.commit()
        assert [row[1] for row in connection.execute("PRAGMA table_info(entry)")] == COLUMNS
    return path


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT {','.join(COLUMNS)} FROM entry ORDER BY token").fetchall()


def test_every_row_of_every_state_is_kept(old: Path) -> None:
    Ledger(old).close()
    expected = [row if row[0] != "j7" else (*row[:9], None, *row[10:]) for row in OLD]
    assert rows(old) == expected
    assert rows(old.with_name("ledger.before-ledger_0001.db")) == OLD


def test_old_entries_hold_their_high_estimate_and_have_no_owner(old: Path) -> None:
    entries = {entry.token: entry for entry in Ledger(old).all()}
    assert {token: entry.reserved_micros for token, entry in entries.items()} == {
        **dict.fromkeys(("j1", "j2", "j3", "j6", "j7"), 9),
        "j4": None,
        "j5": 0,
    }
    owners = {(entry.canvas_id, entry.node_id, entry.author, entry.shot) for entry in entries.values()}
    assert owners == {("", "", "", "")}
    assert {token: entry.note for token, entry in entries.items() if entry.note} == {
        "j7": "the provider reported -3 micros"
    }


def test_old_entries_count_on_the_day_they_were_made(old: Path) -> None:
    ledger = Ledger(old, lambda: SECOND)
    ledger.set_cap(Cap(scope="day", limit_micros=20))  # dollars of the second day: j7, which holds 9
    with pytest.raises(BudgetError):
        ledger.reserve(priced("new", 12))
    ledger.reserve(priced("new", 11))
    days = [(line.day, line.currency, line.jobs) for line in ledger.spend(("day",))]
    assert days == [("2026-10-01", "USD", 4), ("2026-10-02", "EUR", 1), ("2026-10-02", "USD", 3)]


def test_old_entries_go_on_where_they_were(old: Path) -> None:
    ledger = Ledger(old)
    assert ledger.intend("j1") is False  # died in the submit window: nobody submits again
    ledger.settle("j2", 8)
    ledger.release("j6")
    assert [ledger.get(token).state for token in ("j1", "j2", "j6")] == ["intent", "settled", "released"]


def test_a_ledger_of_a_newer_release_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ledger_9999'")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(MigrationError) as caught:
        Ledger(path)
    assert "newer" in caught.value.message
    assert path.read_bytes() == before
