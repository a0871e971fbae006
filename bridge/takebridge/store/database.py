"""SQLite through SQLAlchemy: WAL, explicit ``BEGIN IMMEDIATE`` for writes, foreign keys, migrations by Alembic.

Python's default deferred transactions fail with "database is locked" under concurrent read-modify-write whatever the
busy timeout (measured, server.md §2); a write transaction therefore takes the lock when it begins.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError

from takebridge.errors import ConflictError, DiskFullError, MigrationError, NotFoundError, StoreError

Schema = Literal["project", "ledger"]
_SIDE_FILES = 64 << 10
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One SQLite file with one schema, migrated on opening."""

    def __init__(self, path: Path, schema: Schema, *, synchronous: Literal["NORMAL", "FULL"]) -> None:
        """Open or make the file. Raises MigrationError for a newer schema, DiskFullError, StoreError."""
        self.path = path
        self.engine = _engine(path, synchronous)
        try:
            with _translation(path):
                path.touch(mode=0o600)  # before SQLite does: its side files copy the mode
                path.chmod(0o600)
                _migrate(self.engine, path, schema)
        except BaseException:
            self.close()
            raise

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction; rolled back on any error.

        Raises ConflictError or NotFoundError for a broken constraint, DiskFullError, StoreError.
        """
        with _translation(self.path), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent read; takes no write lock. Raises StoreError."""
        with _translation(self.path), self.engine.connect() as connection:
            yield connection.execution_options(takebridge_read=True)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _engine(path: Path, synchronous: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 20, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401
        connection.isolation_level = None  # transactions are begun below, never implicitly
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read = connection.get_execution_options().get("takebridge_read")
        connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")

    return engine


def _migrate(engine: Engine, path: Path, schema: Schema) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(_MIGRATIONS / schema))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None:
        if current not in {revision.revision for revision in script.walk_revisions()}:
            raise MigrationError(
                f"{path.name} was written by a newer TakeBridge.",
                hint="Update TakeBridge, or open the backup made before the newer version ran.",
            )
        _back_up(path, current)
    _upgrade(engine, config)


def _upgrade(engine: Engine, config: Config) -> None:
    """Run all missing migrations in one transaction.

    Batch migrations replace tables, which enforced foreign keys would refuse while rows point at them, and the
    switch does nothing inside a transaction (sqlite.org/lang_altertable.html §7): off, migrate, check, on.
    """
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise MigrationError("The update left rows that belong to nothing; it was undone.")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _back_up(path: Path, revision: str) -> None:
    """Copy the database beside itself; a half-made copy never gets the backup's name."""
    target = path.with_name(f"{path.stem}.before-{revision}.db")
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with contextlib.closing(sqlite3.connect(path)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _translation(path: Path) -> Iterator[None]:
    """Say what went wrong in the user's words."""
    try:
        yield
    except IntegrityError as error:
        broken = NotFoundError if "FOREIGN KEY" in str(error.orig) else ConflictError
        raise broken("Somebody else changed what this belongs to.", hint="Reload and try again.") from error
    except (DatabaseError, sqlite3.DatabaseError, OSError) as error:
        if _is_full(error, path):
            raise DiskFullError(f"There is no space left to save {path.name}.") from error
        text = getattr(error, "orig", error)
        raise StoreError(f"{path.name} cannot be used: {text}.", hint="Run 'takebridge doctor'.") from error


def _is_full(error: Exception, path: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if "disk I/O error" in str(error):  # what SQLite says when its shared-memory file finds no room
        return shutil.disk_usage(path.parent).free < _SIDE_FILES
    return "disk is full" in str(error)
