"""The ledger: one entry per generation that may cost something, in its own file with ``synchronous=FULL``.

reserved → intent → submitted → settled or refunded; released (provably nothing was accepted) before that; unknown (may
have been accepted: only a person decides). A reservation is refused when a cap would be passed. An intent is committed
before the provider hears of it; that is what closes the submit window of server.md §1.3. Amounts are millionths of the
currency; None is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, insert, select, update

from takebridge.errors import ConflictError
from takebridge.store import caps, spend
from takebridge.store.amounts import MOST_MICROS, money
from takebridge.store.caps import Cap, Headroom, Scope
from takebridge.store.database import Database
from takebridge.store.entries import (
    COMES_FROM,
    OPEN,
    Entry,
    EntryState,
    must_ask_the_same,
    must_be_stored,
    reservation,
    stored,
)
from takebridge.store.spend import GroupField, SpendLine
from takebridge.store.tables import entry as entries

__all__ = ["Cap", "Entry", "EntryState", "Headroom", "Ledger", "SpendLine", "now_text"]

Change = Callable[[Entry], dict[str, str | int | None]]
_DAY = slice(0, 10)


def now_text() -> str:
    """Return the present as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Ledger:
    """Durable record of everything that may cost money. Every method is one transaction; all are safe from threads.

    ``names_of`` says all names of whoever works under one: another name is no way past a cap.
    """

    def __init__(self, path: Path, now: Callable[[], str] = now_text) -> None:
        self._db = Database(path, "ledger", synchronous="FULL")
        self._now = now
        self.names_of: Callable[[str], Sequence[str]] = lambda name: (name,)

    # --- an entry's way

    def reserve(self, entry: Entry) -> Entry:
        """Hold what a job may cost; nobody else can commit it after this returned.

        The same request again returns the entry as it is by now, whatever its state. Raises BudgetError when a cap
        would be passed (nothing is kept), ConflictError for another request under the same token, UsageError for
        impossible amounts.
        """
        asked = reservation(entry)
        with self._db.write() as connection:
            kept = stored(connection, entry.token)
            if kept is not None:
                must_ask_the_same(kept, entry)
                return kept
            now = self._now()
            caps.refuse_over(connection, asked, now[_DAY], self.names_of(asked.author))
            new = asked.model_copy(update={"created_at": now, "updated_at": now})
            connection.execute(insert(entries).values({**new.model_dump(), "day": now[_DAY]}))
        return new

    def check(self, entry: Entry) -> None:
        """Raise what `reserve` would raise now, and keep nothing."""
        asked = reservation(entry)
        with self._db.read() as connection:
            kept = stored(connection, entry.token)
            if kept is not None:
                must_ask_the_same(kept, entry)
            else:
                caps.refuse_over(connection, asked, self._now()[_DAY], self.names_of(asked.author))

    def intend(self, token: str) -> bool:
        """Commit that the provider is about to hear of it. True when this call did it.

        False: the intent was there already, or the entry has gone further; `get` says how far. Submit only after
        True, or where submitting twice is harmless and the entry is still an intent. Raises NotFoundError.
        """
        with self._db.write() as connection:
            if must_be_stored(connection, token).state != "reserved":
                return False
            values = {"state": "intent", "updated_at": self._now()}
            connection.execute(update(entries).where(entries.c.token == token).values(values))
        return True

    def withdraw_intent(self, token: str) -> None:
        """Provably nothing was accepted, and it will be tried again: the entry is reserved once more.

        Does nothing unless it is an intent. Raises NotFoundError.
        """
        with self._db.write() as connection:
            if must_be_stored(connection, token).state == "intent":
                values = {"state": "reserved", "updated_at": self._now()}
                connection.execute(update(entries).where(entries.c.token == token).values(values))

    def submitted(self, token: str, remote_job: str) -> None:
        """The provider accepted; ``remote_job`` is its job as JSON.

        Like the other moves: repeating it is fine; raises NotFoundError, or ConflictError from a state that does not
        lead there. A second remote job does not displace the first while that is running; it is noted.
        """

        def change(kept: Entry) -> dict[str, str | int | None]:
            if kept.remote_job in (None, remote_job):
                return {"remote_job": remote_job}
            if kept.state == "submitted":
                return {"note": _noted(kept, f"the provider also accepted it as {remote_job}")}
            return {"remote_job": remote_job, "note": _noted(kept, f"the provider first accepted {kept.remote_job}")}

        self._move(token, "submitted", change)

    def settle(self, token: str, actual_micros: int | None) -> None:
        """The job ended and this is what it cost; None when the provider does not say.

        Never fails for what the provider claims: an amount that cannot be is unknown with a note, one above the
        reservation is kept as it is, with a note. Repeating it can fill in a cost, not change one.
        """
        self._move(token, "settled", lambda kept: _cost(kept, actual_micros))

    def refund(self, token: str) -> None:
        """The provider accepted the job and charged nothing for it, or gave everything back."""
        self._move(token, "refunded")

    def release(self, token: str) -> None:
        """Provably nothing was accepted."""
        self._move(token, "released")

    def mark_unknown(self, token: str) -> None:
        """It may have been accepted. What was held stays held until a person decides."""
        self._move(token, "unknown")

    # --- reading

    def get(self, token: str) -> Entry:
        """Return the entry. Raises NotFoundError."""
        with self._db.read() as connection:
            return must_be_stored(connection, token)

    def find(self, token: str) -> Entry | None:
        """Return the entry, or None when nothing was ever reserved under this token."""
        with self._db.read() as connection:
            return stored(connection, token)

    def all(self) -> list[Entry]:
        """Every entry, oldest first."""
        return self._entries()

    def open_entries(self) -> list[Entry]:
        """Entries that still hold money (reserved, intent, submitted, unknown), oldest first."""
        return self._entries(entries.c.state.in_(OPEN))

    def spend(
        self,
        group_by: Sequence[GroupField] = ("author", "shot"),
        *,
        since: str | None = None,
        until: str | None = None,
        canvas_id: str | None = None,
    ) -> tuple[SpendLine, ...]:
        """Say who spent what on which shot: one line for each group and currency.

        ``since`` and ``until`` are UTC dates of creation (``2026-11-21``), the latter exclusive. Raises
        InvalidParamError for a field one cannot group by.
        """
        with self._db.read() as connection:
            return spend.spend(connection, group_by, since, until, canvas_id)

    # --- caps

    def set_cap(self, cap: Cap) -> None:
        """Set a cap, or change its limit; it holds for reservations made from now on. Raises InvalidParamError."""
        with self._db.write() as connection:
            caps.keep(connection, cap)

    def remove_cap(self, scope: Scope, key: str = "", currency: str = "USD") -> None:
        """Remove a cap. Raises NotFoundError."""
        with self._db.write() as connection:
            caps.drop(connection, scope, key, currency)

    def caps(self) -> tuple[Cap, ...]:
        """Return all caps: by scope, the one for everybody first."""
        with self._db.read() as connection:
            return caps.listed(connection)

    def remaining(self, canvas_id: str, author: str, currencies: Collection[str] = ()) -> dict[str, Headroom]:
        """How much more this person may commit on this canvas today, by currency.

        Listed are the currencies that have a cap here and ``currencies``. Reserving can still be refused later:
        somebody else may have been quicker.
        """
        with self._db.read() as connection:
            return caps.headrooms(connection, canvas_id, self.names_of(author), self._now()[_DAY], currencies)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # --- pieces

    def _entries(self, *conditions: ColumnElement[bool]) -> list[Entry]:
        query = select(entries).where(*conditions).order_by(entries.c.created_at, entries.c.token)
        with self._db.read() as connection:
            return [Entry.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def _move(self, token: str, state: EntryState, change: Change = lambda _: {}) -> None:
        with self._db.write() as connection:
            kept = must_be_stored(connection, token)
            if kept.state != state and kept.state not in COMES_FROM[state]:
                raise ConflictError(f"An entry that is {kept.state} cannot become {state}.", token=token)
            values = {"state": state, "updated_at": self._now(), **change(kept)}
            connection.execute(update(entries).where(entries.c.token == token).values(values))


def _cost(kept: Entry, reported: int | None) -> dict[str, str | int | None]:
    """What settling changes. A cost that is known is never unlearnt."""
    if reported is None or reported == kept.actual_micros:
        return {}
    if not 0 <= reported <= MOST_MICROS:
        return {"note": _noted(kept, f"the provider reported {reported} micros")}
    if kept.actual_micros is not None:
        return {"note": _noted(kept, f"the provider later reported {money(reported, kept.currency)}")}
    over = kept.reserved_micros is not None and reported > kept.reserved_micros
    return {"actual_micros": reported, **({"note": _noted(kept, "over the estimate")} if over else {})}


def _noted(kept: Entry, text: str) -> str:
    """The entry's note with one sentence more; what it already says is not repeated."""
    return kept.note if text in kept.note else "; ".join(filter(None, [kept.note, text]))
