"""Canvases as rows: one per node, wire and take, plus the op log. A commit writes only what the op changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, delete, insert, select, update

from takebridge.canvas.history import Origin
from takebridge.canvas.model import Canvas, Node, Output, Recipe, RecipeInput, Take, Wire
from takebridge.errors import ConflictError, NotFoundError
from takebridge.ids import CanvasId, OpId, new_id
from takebridge.store.database import Database
from takebridge.store.ledger import now_text
from takebridge.store.tables import canvas as canvases
from takebridge.store.tables import node, op_log, take, wire

K = TypeVar("K", bound=str)
V = TypeVar("V", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class LoggedOp:
    """One committed op. ``op`` and ``inverse`` are JSON; ops of one ``batch`` were committed together.

    ``op_id`` is the batch's own id for its first op, ``batch#1`` … for the others. ``undoes`` names the batch that
    an undo or redo takes back. ``at`` is filled in when the op is committed.
    """

    rev: int
    op_id: OpId
    author: str
    op: str
    inverse: str
    batch: str = ""
    origin: Origin = "user"
    undoes: str | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A canvas as it is kept. ``epoch`` changes when revisions no longer continue each other (a backup came back)."""

    canvas: Canvas
    epoch: str
    rev: int


class CanvasStore:
    """Canvases and their op logs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def create(self, canvas: Canvas) -> None:
        """Keep a new, empty canvas at revision 0."""
        with self._db.write() as connection:
            connection.execute(
                insert(canvases).values(
                    id=canvas.id, title=canvas.title, rev=0, created_at=now_text(), epoch=new_id("epoch")
                )
            )

    def titles(self) -> dict[CanvasId, str]:
        """Ids and titles, oldest first."""
        with self._db.read() as connection:
            rows = connection.execute(select(canvases.c.id, canvases.c.title).order_by(canvases.c.created_at))
            return {CanvasId(row.id): row.title for row in rows}

    def authors(self) -> list[str]:
        """Return the names under which there are edits."""
        with self._db.read() as connection:
            return list(connection.execute(select(op_log.c.author).distinct()).scalars())

    def load(self, canvas_id: CanvasId) -> Stored:
        """Return the canvas with its epoch and revision. Raises NotFoundError."""
        with self._db.read() as connection:
            head = connection.execute(select(canvases).where(canvases.c.id == canvas_id)).mappings().first()
            if head is None:
                raise NotFoundError(
                    "There is no such canvas.", hint="'takebridge canvas list' lists them.", canvas=canvas_id
                )
            bodies = {table.name: _bodies(connection, table, canvas_id) for table in (node, wire, take)}
        nodes = (slim(Node.model_validate_json(body)) for body in bodies["node"])
        wires = (slim(Wire.model_validate_json(body)) for body in bodies["wire"])
        takes = (_slim_take(Take.model_validate_json(body)) for body in bodies["take"])
        loaded = Canvas(
            id=canvas_id,
            title=head["title"],
            nodes={item.id: item for item in nodes},
            wires={item.id: item for item in wires},
            takes={item.id: item for item in takes},
        )
        return Stored(loaded, head["epoch"], head["rev"])

    def commit(self, before: Canvas, after: Canvas, base_rev: int, ops: list[LoggedOp]) -> int:
        """Write what differs and append the ops, in one transaction; returns the new revision.

        Raises ConflictError when the stored revision is not ``base_rev``.
        """
        with self._db.write() as connection:
            moved = connection.execute(
                update(canvases)
                .where(canvases.c.id == before.id, canvases.c.rev == base_rev)
                .values(rev=base_rev + len(ops), title=after.title)
            )
            if not moved.rowcount:
                raise ConflictError("The canvas was changed by somebody else meanwhile.", hint="Try again.")
            _write_changed(connection, node, before.id, before.nodes, after.nodes)
            _write_changed(connection, wire, before.id, before.wires, after.wires)
            _write_changed(connection, take, before.id, before.takes, after.takes)
            for item in ops:
                connection.execute(insert(op_log).values(**_log_row(before.id, item)))
        return base_rev + len(ops)

    def find_op(self, canvas_id: CanvasId, op_id: OpId) -> LoggedOp | None:
        """Return a committed op by its id."""
        found = self._ops(canvas_id, op_log.c.op_id == op_id)
        return found[0] if found else None

    def ops_since(self, canvas_id: CanvasId, rev: int, limit: int | None = None) -> list[LoggedOp]:
        """Return the ops after revision ``rev``, in order, at most ``limit``."""
        return self._ops(canvas_id, op_log.c.rev > rev, limit=limit)

    def newest_ops(self, canvas_id: CanvasId, limit: int) -> list[LoggedOp]:
        """Return the last ``limit`` ops in order; whole batches only."""
        query = select(op_log).where(op_log.c.canvas_id == canvas_id).order_by(op_log.c.rev.desc()).limit(limit)
        with self._db.read() as connection:
            found = [_logged(row) for row in connection.execute(query).mappings()][::-1]
        cut = found[0].batch if len(found) == limit else None
        return [item for item in found if item.batch != cut]

    def renew_epochs(self) -> None:
        """Begin a new epoch of every canvas: clients must not continue from what they have."""
        with self._db.write() as connection:
            for canvas_id in connection.execute(select(canvases.c.id)).scalars().all():
                connection.execute(update(canvases).where(canvases.c.id == canvas_id).values(epoch=new_id("epoch")))

    def _ops(self, canvas_id: CanvasId, condition: ColumnElement[bool], limit: int | None = None) -> list[LoggedOp]:
        query = select(op_log).where(op_log.c.canvas_id == canvas_id, condition).order_by(op_log.c.rev).limit(limit)
        with self._db.read() as connection:
            return [_logged(row) for row in connection.execute(query).mappings()]


def slim(value: V) -> V:
    """Return ``value`` sharing the set of field names that pydantic keeps per value: half the memory of a canvas."""
    object.__setattr__(value, "__pydantic_fields_set__", _FIELDS[type(value)])
    return value


def _slim_take(take: Take) -> Take:
    for output in take.outputs.values():
        slim(output)
    if take.recipe is not None:
        slim(take.recipe)
        for item in take.recipe.inputs:
            slim(item)
    return slim(take)


_FIELDS: dict[type[BaseModel], set[str]] = {
    cls: set(cls.model_fields) for cls in (Node, Wire, Take, Output, Recipe, RecipeInput)
}


def _bodies(connection: Connection, table: Table, canvas_id: CanvasId) -> list[str]:
    return list(connection.execute(select(table.c.body).where(table.c.canvas_id == canvas_id)).scalars())


def _write_changed(
    connection: Connection, table: Table, canvas_id: CanvasId, before: Mapping[K, V], after: Mapping[K, V]
) -> None:
    for key in before.keys() - after.keys():
        connection.execute(delete(table).where(table.c.canvas_id == canvas_id, table.c.id == key))
    for key, value in _changed(before, after):
        if key in before:
            connection.execute(
                update(table)
                .where(table.c.canvas_id == canvas_id, table.c.id == key)
                .values(body=value.model_dump_json())
            )
        else:
            connection.execute(insert(table).values(canvas_id=canvas_id, id=key, body=value.model_dump_json()))


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[tuple[K, V]]:
    # Ops share what they do not touch, so identity finds the changes without comparing values.
    return ((key, value) for key, value in after.items() if before.get(key) is not value)


def _log_row(canvas_id: CanvasId, item: LoggedOp) -> dict[str, str | int | None]:
    return {"canvas_id": canvas_id, **asdict(item), "at": now_text()}


def _logged(row: RowMapping) -> LoggedOp:
    return LoggedOp(**{name: row[name] for name in LoggedOp.__slots__})
