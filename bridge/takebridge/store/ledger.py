"""The ledger: one entry per generation intent, in its own file with ``synchronous=FULL``.

intent → submitted → settled, or released (provably nothing was accepted), or unknown (may have been accepted: only a
person decides). An intent is committed before the provider hears of it; that is what closes the submit window of
server.md §1.3. Amounts are millionths of the currency; None is unknown, never 0.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select, update

from takebridge.errors import ConflictError, NotFoundError
from takebridge.store.database import Database
from takebridge.store.tables import entry as entries

EntryState = Literal["intent", "submitted", "settled", "released", "unknown"]

_COMES_FROM: dict[EntryState, tuple[EntryState, ...]] = {
    "submitted": ("intent", "unknown"),
    "settled": ("submitted", "unknown"),
    "released": ("intent", "unknown"),
    "unknown": ("intent", "submitted"),
}


class Entry(BaseModel):
    """One intent and what became of it. ``remote_job`` is the provider's job as JSON once it is known."""

    model_config = ConfigDict(frozen=True)

    token: str
    job_id: str
    provider: str
    model: str
    request_hash: str
    currency: str
    low_micros: int | None
    high_micros: int | None
    state: EntryState = "intent"
    actual_micros: int | None = None
    remote_job: str | None = None
    created_at: str = ""
    updated_at: str = ""


def now_text() -> str:
    """Return the present as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Ledger:
    """Durable record of every intent to generate."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, "ledger", synchronous="FULL")

    def intend(self, entry: Entry) -> Entry:
        """Commit an intent; the same intent again returns the stored one. Raises ConflictError for another request."""
        now = now_text()
        try:
            with self._db.write() as connection:
                connection.execute(insert(entries).values({**entry.model_dump(), "created_at": now, "updated_at": now}))
        except ConflictError:
            stored = self.get(entry.token)
            if stored.request_hash != entry.request_hash:
                raise ConflictError("This job was already submitted with other inputs.", token=entry.token) from None
            return stored
        return self.get(entry.token)

    def submitted(self, token: str, remote_job: str) -> None:
        """The provider accepted; ``remote_job`` is its job as JSON.

        Like the other moves: repeating it is fine; raises NotFoundError, or ConflictError from an ended state.
        """
        self._move(token, "submitted", remote_job=remote_job)

    def settle(self, token: str, actual_micros: int | None) -> None:
        """The job ended and this is what it cost."""
        self._move(token, "settled", actual_micros=actual_micros)

    def release(self, token: str) -> None:
        """Provably nothing was accepted."""
        self._move(token, "released")

    def mark_unknown(self, token: str) -> None:
        """It may have been accepted."""
        self._move(token, "unknown")

    def get(self, token: str) -> Entry:
        """Return the entry. Raises NotFoundError."""
        with self._db.read() as connection:
            row = connection.execute(select(entries).where(entries.c.token == token)).mappings().first()
        if row is None:
            raise NotFoundError("The ledger has no such entry.", token=token)
        return Entry.model_validate(dict(row))

    def all(self) -> list[Entry]:
        """Every entry, oldest first."""
        with self._db.read() as connection:
            rows = connection.execute(select(entries).order_by(entries.c.created_at, entries.c.token)).mappings()
            return [Entry.model_validate(dict(row)) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _move(self, token: str, state: EntryState, **values: str | int | None) -> None:
        allowed = entries.c.state.in_([state, *_COMES_FROM[state]])
        with self._db.write() as connection:
            changed = connection.execute(
                update(entries)
                .where(entries.c.token == token, allowed)
                .values({"state": state, "updated_at": now_text(), **values})
            )
        if not changed.rowcount:
            was = self.get(token).state
            raise ConflictError(f"An entry that is {was} cannot become {state}.", token=token)
