"""The audit: who spent what on which shot, summed by the database. Amounts of two currencies are never added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from takebridge.errors import InvalidParamError
from takebridge.store.entries import OPEN, RETURNED, counted
from takebridge.store.tables import entry as entries

GroupField = Literal["author", "canvas_id", "node_id", "shot", "provider", "model", "day"]
GROUP_FIELDS: tuple[GroupField, ...] = get_args(GroupField)


class SpendLine(BaseModel):
    """What the entries of one group cost, in one currency. A field the lines were not grouped by is None.

    ``jobs`` counts all of them, ``returned_jobs`` those that cost nothing (released or refunded), ``unknown_jobs``
    those whose outcome, cost or reserved price nobody knows. ``settled_micros`` is what providers said it cost,
    ``reserved_micros`` what is still held for open ones. Once everything has ended it will have cost between
    ``low_micros`` (an open job may still cost nothing) and ``high_micros`` (as far as the estimates hold; None: there
    is no upper bound).
    """

    model_config = ConfigDict(frozen=True)

    author: str | None = None
    canvas_id: str | None = None
    node_id: str | None = None
    shot: str | None = None
    provider: str | None = None
    model: str | None = None
    day: str | None = None
    currency: str
    jobs: int
    returned_jobs: int
    unknown_jobs: int
    reserved_micros: int
    settled_micros: int
    low_micros: int
    high_micros: int | None


def spend(
    connection: Connection,
    group_by: Sequence[GroupField],
    since: str | None,
    until: str | None,
    canvas_id: str | None,
) -> tuple[SpendLine, ...]:
    """Return one line for each group and currency, in the order of the fields asked for. Raises InvalidParamError."""
    columns = [*(entries.c[name] for name in _known(group_by)), entries.c.currency]
    query = select(*columns, *_sums()).where(*_within(since, until, canvas_id)).group_by(*columns).order_by(*columns)
    return tuple(_line(dict(row)) for row in connection.execute(query).mappings())


def _known(group_by: Sequence[GroupField]) -> list[GroupField]:
    """The fields without repetitions."""
    for name in group_by:
        if name not in GROUP_FIELDS:
            raise InvalidParamError(
                f"Spending cannot be grouped by {name!r}.", hint=f"Group by any of {', '.join(GROUP_FIELDS)}."
            )
    return list(dict.fromkeys(group_by))


def _within(since: str | None, until: str | None, canvas_id: str | None) -> list[ColumnElement[bool]]:
    conditions = []
    if since is not None:
        conditions.append(entries.c.day >= since)
    if until is not None:
        conditions.append(entries.c.day < until)
    if canvas_id is not None:
        conditions.append(entries.c.canvas_id == canvas_id)
    return conditions


def _sums() -> Sequence[ColumnElement[int] | ColumnElement[int | None]]:
    row = entries.c
    is_open, returned, settled = row.state.in_(OPEN), row.state.in_(RETURNED), row.state == "settled"
    unknown = or_(
        row.state == "unknown",
        and_(settled, row.actual_micros.is_(None)),
        and_(is_open, row.reserved_micros.is_(None)),
    )
    at_most = counted()
    at_least = case((settled, func.coalesce(row.actual_micros, row.low_micros, 0)), else_=0)
    return [
        func.count().label("jobs"),
        func.sum(case((returned, 1), else_=0)).label("returned_jobs"),
        func.sum(case((unknown, 1), else_=0)).label("unknown_jobs"),
        func.sum(case((is_open, func.coalesce(row.reserved_micros, 0)), else_=0)).label("reserved_micros"),
        func.sum(case((settled, func.coalesce(row.actual_micros, 0)), else_=0)).label("settled_micros"),
        func.sum(at_least).label("low_micros"),
        func.sum(at_most).label("high_micros"),
        (func.count() - func.count(at_most)).label("boundless"),
    ]


def _line(row: dict[str, object]) -> SpendLine:
    boundless = row.pop("boundless")
    return SpendLine.model_validate({**row, "high_micros": None if boundless else row["high_micros"]})
