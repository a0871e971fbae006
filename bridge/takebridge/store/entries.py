"""What an entry of the ledger is, which way its states go, and what it counts against the caps."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, case, func, select

from takebridge.errors import ConflictError, NotFoundError, UsageError
from takebridge.store.amounts import MOST_MICROS
from takebridge.store.tables import entry as entries

EntryState = Literal["reserved", "intent", "submitted", "settled", "refunded", "released", "unknown"]

OPEN: tuple[EntryState, ...] = ("reserved", "intent", "submitted", "unknown")
RETURNED: tuple[EntryState, ...] = ("refunded", "released")
COMES_FROM: dict[EntryState, tuple[EntryState, ...]] = {
    "reserved": (),
    "intent": ("reserved",),
    "submitted": ("intent", "unknown"),
    "settled": ("submitted", "unknown"),
    "refunded": ("submitted", "unknown"),
    "released": ("reserved", "intent", "unknown"),
    "unknown": ("intent", "submitted"),
}


class Entry(BaseModel):
    """One generation that may cost something, and what became of it.

    ``low_micros``/``high_micros`` are the estimate, ``actual_micros`` what the provider said it cost.
    ``reserved_micros`` counts against the caps while the cost is not known: the maximum a person consented to, by
    default the high estimate. ``remote_job`` is the provider's job as JSON once it is known. ``shot`` is the shot
    people know it by. ``note`` says in words what did not fit. Empty text means "none".
    """

    model_config = ConfigDict(frozen=True)

    token: str
    job_id: str
    provider: str
    model: str
    request_hash: str
    currency: str
    low_micros: int | None
    high_micros: int | None
    reserved_micros: int | None = None
    canvas_id: str = ""
    node_id: str = ""
    author: str = ""
    shot: str = ""
    state: EntryState = "reserved"
    actual_micros: int | None = None
    remote_job: str | None = None
    note: str = ""
    created_at: str = ""
    updated_at: str = ""


def counted() -> ColumnElement[int | None]:
    """What a row counts against the caps: 0 when given back, else the cost or, until that is known, the reservation.

    NULL where neither is known.
    """
    held = entries.c.reserved_micros
    spent = func.coalesce(entries.c.actual_micros, held)
    return case((entries.c.state.in_(RETURNED), 0), (entries.c.state == "settled", spent), else_=held)


def stored(connection: Connection, token: str) -> Entry | None:
    """Return the entry as it is kept, or None."""
    row = connection.execute(select(entries).where(entries.c.token == token)).mappings().first()
    return None if row is None else Entry.model_validate(dict(row))


def must_be_stored(connection: Connection, token: str) -> Entry:
    """Return the entry as it is kept. Raises NotFoundError."""
    found = stored(connection, token)
    if found is None:
        raise NotFoundError("The ledger has no such entry.", token=token)
    return found


def must_ask_the_same(kept: Entry, asked: Entry) -> None:
    """Raise ConflictError when a token is used for another request than the one it was kept for."""
    if kept.request_hash != asked.request_hash:
        raise ConflictError(
            "This job was already submitted with other inputs.",
            hint="Generate again: a new job gets a token of its own.",
            token=asked.token,
        )


def reservation(entry: Entry) -> Entry:
    """Return the entry as it is kept first. Raises UsageError for amounts that cannot be or contradict each other."""
    reserved = entry.high_micros if entry.reserved_micros is None else entry.reserved_micros
    for amount in (entry.low_micros, entry.high_micros, reserved):
        if amount is not None and not 0 <= amount <= MOST_MICROS:
            raise _impossible("An amount is below nothing or above a billion.", entry)
    if entry.low_micros is not None and entry.high_micros is not None and entry.low_micros > entry.high_micros:
        raise _impossible("The low estimate is above the high one.", entry)
    fresh: dict[str, Any] = {"state": "reserved", "reserved_micros": reserved, "actual_micros": None}
    return entry.model_copy(update={**fresh, "remote_job": None, "note": ""})


def _impossible(message: str, entry: Entry) -> UsageError:
    return UsageError(message, hint=f"Correct the price of {entry.model} in its catalogue.", token=entry.token)
