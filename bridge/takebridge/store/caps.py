"""Caps: how much may be committed per job, canvas, day and person, and the check that nothing gets past them.

A cap with the key "" holds for every job, canvas, day or person each; one with a key of its own replaces it there.
Sums are taken inside the caller's transaction; only an immediate one makes check and reservation one step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from takebridge.errors import BudgetError, InvalidParamError, NotFoundError
from takebridge.store.amounts import MOST_MICROS, money
from takebridge.store.entries import Entry, counted
from takebridge.store.tables import cap as cap_table
from takebridge.store.tables import entry as entries

Scope = Literal["job", "canvas", "day", "user"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
Keys = Mapping[Scope, Sequence[str]]
"""What caps of a scope may be for here: a person may have had several names."""
_LONGEST_NAME = 200
_LONGEST_CURRENCY = 16

_COLUMNS = {
    "job": entries.c.job_id,
    "canvas": entries.c.canvas_id,
    "day": entries.c.day,
    "user": entries.c.author,
}
_WHOSE = {"job": "this job", "canvas": "this canvas", "day": "the day", "user": "this person"}
_HINTS = {
    "job": "Nothing was submitted. Ask for less, choose a cheaper model, or raise the cap of a job.",
    "canvas": "Nothing was submitted. Raise the cap of the canvas, or choose a cheaper model.",
    "day": "Nothing was submitted. Raise the cap of the day, or go on when the next day begins (UTC).",
    "user": "Nothing was submitted. Ask for a higher cap, or choose a cheaper model.",
}


class Cap(BaseModel):
    """At most ``limit_micros`` of a currency may be committed in a scope.

    ``key`` is a job id, a canvas id, a UTC date (``2026-11-21``) or an author; "" stands for each one that has no cap
    of its own in this currency.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: Scope
    key: str = ""
    currency: str = "USD"
    limit_micros: int


class Headroom(BaseModel):
    """How much more of one currency a person may commit on a canvas today.

    ``left_micros`` (None: no cap) is what the tightest cap leaves, ``cap`` that one, ``committed_micros`` what already
    counts against it. ``uncounted_jobs`` were reserved at an unknown price before there was a cap: they count nothing
    and may cost something. ``job_cap`` bounds every single job besides.
    """

    model_config = ConfigDict(frozen=True)

    currency: str
    left_micros: int | None = None
    cap: Cap | None = None
    committed_micros: int = 0
    uncounted_jobs: int = 0
    job_cap: Cap | None = None


# --- keeping caps ---------------------------------------------------------------------------------------


def keep(connection: Connection, cap: Cap) -> None:
    """Set a cap, or change its limit. Raises InvalidParamError for one that cannot be."""
    _check(cap)
    row = insert(cap_table).values(cap.model_dump())
    same = [cap_table.c.scope, cap_table.c.key, cap_table.c.currency]
    connection.execute(row.on_conflict_do_update(index_elements=same, set_={"limit_micros": cap.limit_micros}))


def drop(connection: Connection, scope: Scope, key: str, currency: str) -> None:
    """Remove a cap. Raises NotFoundError."""
    here = (cap_table.c.scope == scope, cap_table.c.key == key, cap_table.c.currency == currency)
    if not connection.execute(delete(cap_table).where(*here)).rowcount:
        raise NotFoundError("There is no such cap.", hint="List the caps to see which there are.", scope=scope, key=key)


def listed(connection: Connection) -> tuple[Cap, ...]:
    """All caps, the wide ones of a scope first."""
    rows = connection.execute(select(cap_table)).mappings()
    caps = [Cap.model_validate(dict(row)) for row in rows]
    return tuple(sorted(caps, key=lambda cap: (SCOPES.index(cap.scope), cap.key, cap.currency)))


def _check(cap: Cap) -> None:
    if not 0 <= cap.limit_micros <= MOST_MICROS:
        raise _unfit("A cap lies between nothing and a billion.", cap)
    if not cap.currency.strip() or len(cap.currency) > _LONGEST_CURRENCY:
        raise _unfit("A cap needs a currency.", cap, hint="Give a currency code such as USD.")
    if len(cap.key) > _LONGEST_NAME:
        raise _unfit("This is no id or name a cap could be for.", cap)
    if cap.scope == "day" and cap.key and not _is_day(cap.key):
        raise _unfit(f"{cap.key} is no day.", cap, hint="Give the UTC date as YYYY-MM-DD, or none for every day.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unfit(message: str, cap: Cap, hint: str | None = None) -> InvalidParamError:
    return InvalidParamError(message, hint=hint or "Correct the cap and set it again.", scope=cap.scope)


# --- holding them ---------------------------------------------------------------------------------------


def refuse_over(connection: Connection, entry: Entry, day: str, names: Sequence[str]) -> None:
    """Raise BudgetError when reserving this entry on that UTC day would get past a cap; the tightest one is named.

    ``names`` are all those its author has had: caps and sums of a person count under each.

    A reservation of nothing always passes, whatever the caps' currencies say.
    """
    asked = entry.reserved_micros
    expected = entry.low_micros if entry.high_micros is None else entry.high_micros
    if asked is not None and expected is not None and asked < expected:
        raise _over_consent(entry, expected)
    if asked == 0:
        return
    keys: Keys = {"job": (entry.job_id,), "canvas": (entry.canvas_id,), "day": (day,), "user": (*names,)}
    tight: tuple[int, Cap] | None = None
    for cap in _binding(_by_scope(connection, keys), entry.currency):
        if cap.currency != entry.currency:
            raise _wrong_currency(cap, entry)
        if asked is None:
            raise _unknown_price(cap, entry)
        left = cap.limit_micros - _committed(connection, cap, keys[cap.scope])[0]
        if asked > left and (tight is None or left < tight[0]):
            tight = (left, cap)
    if tight is not None:
        raise _over(*tight, entry)


def headrooms(
    connection: Connection, canvas_id: str, names: Sequence[str], day: str, currencies: Collection[str]
) -> dict[str, Headroom]:
    """Return the headroom of every currency that has a cap here, and of those asked for; ``names`` as above."""
    keys: Keys = {"job": ("",), "canvas": (canvas_id,), "day": (day,), "user": (*names,)}
    by_scope = _by_scope(connection, keys)
    asked = {name for caps in by_scope.values() for name in caps} | set(currencies)
    return {name: _headroom(connection, name, list(_binding(by_scope, name)), keys) for name in sorted(asked)}


def _headroom(connection: Connection, currency: str, caps: list[Cap], keys: Keys) -> Headroom:
    """A cap in another currency leaves nothing."""
    tight = Headroom(currency=currency)
    for cap in caps:
        if cap.currency != currency:
            return Headroom(currency=currency, left_micros=0, cap=cap)
        if cap.scope == "job":
            continue
        committed, uncounted = _committed(connection, cap, keys[cap.scope])
        left = max(0, cap.limit_micros - committed)
        if tight.left_micros is None or left < tight.left_micros:
            facts = {"left_micros": left, "cap": cap, "committed_micros": committed, "uncounted_jobs": uncounted}
            tight = tight.model_copy(update=facts)
    per_job = next((cap for cap in caps if cap.scope == "job"), None)
    return tight.model_copy(update={"job_cap": per_job})


def _by_scope(connection: Connection, keys: Keys) -> dict[str, dict[str, Cap]]:
    """The caps that apply, by scope and currency. ``listed`` has the wide ones first, so that narrow ones replace.

    Of several for one person, who has had several names, the lowest counts.
    """
    found: dict[str, dict[str, Cap]] = {scope: {} for scope in SCOPES}
    for cap in listed(connection):
        before = found[cap.scope].get(cap.currency)
        is_lower = before is None or not before.key or cap.limit_micros < before.limit_micros
        if cap.key in ("", *keys[cap.scope]) and is_lower:
            found[cap.scope][cap.currency] = cap
    return found


def _binding(by_scope: Mapping[str, Mapping[str, Cap]], currency: str) -> Iterator[Cap]:
    """One cap for each scope that has any: the currency's own, else one in another currency.

    The latter come first: they refuse whatever the sums say.
    """
    chosen = [caps.get(currency) or next(iter(caps.values())) for caps in by_scope.values() if caps]
    yield from sorted(chosen, key=lambda cap: cap.currency == currency)


def _committed(connection: Connection, cap: Cap, keys: Sequence[str]) -> tuple[int, int]:
    """Micros that count against a cap for these keys, and how many rows of unknown amount do not."""
    amount = counted()
    rows = select(func.coalesce(func.sum(amount), 0), func.count() - func.count(amount)).where(
        _COLUMNS[cap.scope].in_(keys), entries.c.currency == cap.currency
    )
    total, uncounted = connection.execute(rows).one()
    return total or 0, uncounted


# --- saying so ------------------------------------------------------------------------------------------


def _over(left: int, cap: Cap, entry: Entry) -> BudgetError:
    asked, limit = money(entry.reserved_micros, entry.currency), money(cap.limit_micros, cap.currency)
    rest = money(max(0, left), cap.currency)
    return _refusal(
        f"This may cost up to {asked}. Of the {limit} allowed for {_WHOSE[cap.scope]}, {rest} is left.",
        cap,
        entry,
        _HINTS[cap.scope],
        committed_micros=cap.limit_micros - left,
    )


def _wrong_currency(cap: Cap, entry: Entry) -> BudgetError:
    return _refusal(
        f"{entry.model} is paid in {entry.currency}, and the cap for {_WHOSE[cap.scope]} is in {cap.currency}: "
        "amounts of two currencies cannot be compared.",
        cap,
        entry,
        f"Nothing was submitted. Set a cap in {entry.currency} as well, or choose a model paid in {cap.currency}.",
    )


def _unknown_price(cap: Cap, entry: Entry) -> BudgetError:
    return _refusal(
        f"Nobody knows what {entry.model} will cost, and {_WHOSE[cap.scope]} may cost at most "
        f"{money(cap.limit_micros, cap.currency)}.",
        cap,
        entry,
        "Nothing was submitted. Say the most it may cost, or choose a model with a known price.",
    )


def _over_consent(entry: Entry, expected: int) -> BudgetError:
    return BudgetError(
        f"This may cost {money(expected, entry.currency)}, more than the "
        f"{money(entry.reserved_micros, entry.currency)} agreed to.",
        hint="Nothing was submitted. Look at the price again and agree to it, or choose a cheaper model.",
        currency=entry.currency,
        asked_micros=expected,
        limit_micros=entry.reserved_micros,
    )


def _refusal(message: str, cap: Cap, entry: Entry, hint: str, committed_micros: int | None = None) -> BudgetError:
    return BudgetError(
        message,
        hint=hint,
        scope=cap.scope,
        key=cap.key,
        currency=cap.currency,
        limit_micros=cap.limit_micros,
        committed_micros=committed_micros,
        asked_micros=entry.reserved_micros,
    )
