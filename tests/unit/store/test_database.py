"""SQLite as configured: what a crash, a full disk, many threads and another release meet."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, insert, select, text, update
from tests.support.full_disk import fill, small_drive

from takebridge.errors import ConflictError, DiskFullError, MigrationError, NotFoundError, StoreError
from takebridge.store import database as database_module
from takebridge.store import tables
from takebridge.store.database import Database, Schema


@pytest.fixture
def project(tmp_path: Path) -> Database:
    return Database(tmp_path / "project.db", "project", synchronous="NORMAL")


def put_canvas(db: Database, name: str, rev: int = 0, title: str = "t") -> None:
    with db.write() as connection:
        connection.execute(insert(tables.canvas).values(id=name, title=title, rev=rev, created_at="now"))


def put_node(db: Database, canvas: str, name: str) -> None:
    with db.write() as connection:
        connection.execute(insert(tables.node).values(canvas_id=canvas, id=name, body="{}"))


def canvas_ids(path: Path) -> list[str]:
    """Read with the plain driver, not through the code under test."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in connection.execute("SELECT id FROM canvas ORDER BY id")]


@pytest.mark.parametrize(("asked", "number"), [("NORMAL", 1), ("FULL", 2)])
def test_journal_and_synchronous_are_as_asked_on_every_connection(tmp_path: Path, asked: str, number: int) -> None:
    db = Database(tmp_path / "x.db", "project", synchronous=asked)  # type: ignore[arg-type]
    with db.engine.connect() as one, db.engine.connect() as two:
        for connection in (one, two):
            found = [
                connection.connection.cursor().execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            assert found == ["wal", number, 1]
            connection.rollback()


def test_file_and_its_side_files_are_the_owners_only(project: Database) -> None:
    put_canvas(project, "a")
    files = list(project.path.parent.glob("project.db*"))
    assert len(files) >= 2  # the log is there while the database is open
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_file_with_wider_rights_is_narrowed(tmp_path: Path) -> None:
    Database(tmp_path / "x.db", "project", synchronous="NORMAL").close()
    (tmp_path / "x.db").chmod(0o644)
    Database(tmp_path / "x.db", "project", synchronous="NORMAL").close()
    assert stat.S_IMODE((tmp_path / "x.db").stat().st_mode) == 0o600


def test_read_modify_write_from_many_threads_loses_nothing(project: Database) -> None:
    put_canvas(project, "a")
    ready = threading.Barrier(8)
    errors: list[Exception] = []

    def count() -> None:
        ready.wait()
        try:
            for _ in range(25):
                with project.write() as connection:
                    rev = connection.execute(select(tables.canvas.c.rev)).scalar_one()
                    connection.execute(update(tables.canvas).values(rev=rev + 1))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with project.read() as connection:
        assert connection.execute(select(tables.canvas.c.rev)).scalar_one() == 200


def test_a_read_sees_one_moment_and_does_not_wait_for_a_writer(project: Database) -> None:
    put_canvas(project, "a")
    with project.read() as reading:
        assert reading.execute(select(tables.canvas.c.id)).scalars().all() == ["a"]
        put_canvas(project, "b")  # would wait 20 s and fail if a read took the write lock
        assert reading.execute(select(tables.canvas.c.id)).scalars().all() == ["a"]
    with project.write() as writing:
        writing.execute(update(tables.canvas).values(rev=9))
        with project.read() as reading:
            assert set(reading.execute(select(tables.canvas.c.rev)).scalars()) == {0}


def test_an_error_in_the_middle_rolls_everything_back(project: Database) -> None:
    with pytest.raises(RuntimeError), project.write() as connection:
        connection.execute(insert(tables.canvas).values(id="a", title="", rev=0, created_at=""))
        raise RuntimeError
    assert canvas_ids(project.path) == []


def test_constraints_speak_in_errors_of_ours(project: Database) -> None:
    put_canvas(project, "a")
    with pytest.raises(ConflictError):
        put_canvas(project, "a")
    with pytest.raises(NotFoundError):
        put_node(project, "no such canvas", "n")


def test_killed_process_leaves_what_it_committed(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import insert
from takebridge.store import tables
from takebridge.store.database import Database
db = Database(Path(sys.argv[1]), "project", synchronous="NORMAL")
for name in "ab":
    with db.write() as connection:
        connection.execute(insert(tables.canvas).values(id=name, title="", rev=0, created_at=""))
        if name == "b":
            os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "x.db")], check=False)
    assert done.returncode == -9
    assert canvas_ids(tmp_path / "x.db") == ["a"]


@pytest.mark.parametrize("kind", ["text", "folder", "missing folder"])
def test_what_is_not_a_database_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("none/x.db" if kind == "missing folder" else "x.db")
    if kind == "text":
        path.write_text("these are my notes" * 100)
    if kind == "folder":
        path.mkdir()
    with pytest.raises(StoreError) as caught:
        Database(path, "project", synchronous="NORMAL")
    assert caught.value.hint
    if kind == "text":
        assert path.read_text() == "these are my notes" * 100


# --- full disk ------------------------------------------------------------------------------------------


def test_full_disk_is_said_and_loses_nothing_committed(tmp_path: Path) -> None:
    with small_drive(tmp_path / "drive", 700) as drive:
        (drive / "ballast").write_bytes(b"\0" * 100_000)
        db = Database(drive / "project.db", "project", synchronous="NORMAL")
        kept = []
        with pytest.raises(DiskFullError):
            for number in range(1000):
                put_canvas(db, f"c{number:04}", title="x" * 2000)
                kept.append(f"c{number:04}")
        assert kept
        db.close()
        assert canvas_ids(drive / "project.db") == kept
        (drive / "ballast").unlink()
        db = Database(drive / "project.db", "project", synchronous="NORMAL")
        put_canvas(db, "again")  # room was made: work goes on
        db.close()


@pytest.mark.parametrize("there", [False, True])
def test_full_disk_at_opening_is_said(tmp_path: Path, there: bool) -> None:
    with small_drive(tmp_path / "drive", 400) as drive:
        if there:
            Database(drive / "project.db", "project", synchronous="NORMAL").close()
        fill(drive)
        with pytest.raises(DiskFullError):
            Database(drive / "project.db", "project", synchronous="NORMAL")


# --- migrations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", ["project", "ledger"])
def test_tables_are_what_the_migrations_build(tmp_path: Path, schema: Schema) -> None:
    metadata: MetaData = getattr(tables, schema)
    db = Database(tmp_path / "x.db", schema, synchronous="NORMAL")
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    _assert_same_statements(tmp_path, db, metadata)


def _assert_same_statements(tmp_path: Path, db: Database, metadata: MetaData) -> None:
    """`compare_metadata` sees neither primary nor some foreign keys on SQLite: compare what SQLite keeps."""
    plain = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    metadata.create_all(plain)
    facts = []
    for engine in (plain, db.engine):
        with engine.connect() as connection:
            facts.append({name: _facts(connection, name) for name in metadata.tables})
    plain.dispose()
    assert facts[0] == facts[1]


def _facts(connection: Connection, table: str) -> list[object]:
    def rows(pragma: str, name: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in connection.execute(text(f"PRAGMA {pragma}({name})"))]

    columns = {row[1:] for row in rows("table_info", table)}
    keys = {row[2:] for row in rows("foreign_key_list", table)}
    indexes = {
        (row[2], row[3], tuple(part[2] for part in rows("index_info", str(row[1]))))
        for row in rows("index_list", table)
    }
    return [columns, keys, indexes]


_SECOND = '''
"""Give canvases a colour, by replacing the table."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "project_9999", "project_0004", None, None
def upgrade():
    with op.batch_alter_table("canvas", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String, nullable=False, server_default="grey"))
'''
_BREAKS = _SECOND + '    raise RuntimeError("power cut")\n'
_ORPHANS = _SECOND + '    op.execute("DELETE FROM canvas")\n'


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Install a release with one migration more."""

    def install(source: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(Path(database_module.__file__).parent / "migrations", folder)
        (folder / "project" / "9999_second.py").write_text(source)
        monkeypatch.setattr(database_module, "_MIGRATIONS", folder)

    return install


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of this release with a canvas and a node on it."""
    path = tmp_path / "project.db"
    db = Database(path, "project", synchronous="NORMAL")
    put_canvas(db, "a", title="kept")
    put_node(db, "a", "n")
    db.close()
    return path


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_migration_keeps_rows_and_leaves_a_backup_of_before(old: Path, next_release: Callable[[str], None]) -> None:
    before = dump(old)
    next_release(_SECOND)
    db = Database(old, "project", synchronous="NORMAL")
    with db.read() as connection:
        assert connection.execute(text("SELECT id, title, colour FROM canvas")).all() == [("a", "kept", "grey")]
        assert connection.execute(text("SELECT id FROM node")).scalars().all() == ["n"]
    with pytest.raises(NotFoundError):
        put_node(db, "nowhere", "m")  # foreign keys are enforced again
    backup = old.with_name("project.before-project_0004.db")
    assert dump(backup) == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.mark.parametrize(("source", "error"), [(_BREAKS, RuntimeError), (_ORPHANS, MigrationError)])
def test_a_migration_that_fails_changes_nothing(
    old: Path, next_release: Callable[[str], None], source: str, error: type[Exception]
) -> None:
    before = dump(old)
    next_release(source)
    with pytest.raises(error):
        Database(old, "project", synchronous="NORMAL")
    assert dump(old) == before
    assert not list(old.parent.glob("*.part"))


def test_no_backup_and_no_writing_when_nothing_is_to_be_migrated(old: Path) -> None:
    before = old.read_bytes()
    Database(old, "project", synchronous="NORMAL").close()
    assert old.read_bytes() == before
    assert not list(old.parent.glob("*before*"))


def test_a_newer_schema_is_refused_and_left_as_it_is(
    old: Path, next_release: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(database_module, "_MIGRATIONS", database_module._MIGRATIONS)
        next_release(_SECOND)
        Database(old, "project", synchronous="NORMAL").close()
        monkeypatch.undo()
    before = old.read_bytes()
    with pytest.raises(MigrationError) as caught:
        Database(old, "project", synchronous="NORMAL")
    assert "newer" in caught.value.message
    assert "Update" in caught.value.hint
    assert old.read_bytes() == before


def test_full_disk_during_the_backup_stops_before_anything_changes(
    tmp_path: Path, old: Path, next_release: Callable[[str], None]
) -> None:
    next_release(_SECOND)
    with small_drive(tmp_path / "drive", 400) as drive:
        path = drive / "project.db"
        shutil.copy(old, path)
        before = dump(path)
        ballast = fill(drive)
        os.truncate(ballast, ballast.stat().st_size - (path.stat().st_size * 2 // 3))  # room to open, none for a copy
        with pytest.raises(DiskFullError):
            Database(path, "project", synchronous="NORMAL")
        ballast.unlink()
        assert dump(path) == before
        assert not list(drive.glob("*before*"))
