"""Comments people leave on nodes, on takes and on frames of takes. They outlive what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import NewType

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal_column, select, update

from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.store.database import Database
from takebridge.store.tables import comment

CommentId = NewType("CommentId", str)


class Comment(BaseModel):
    """What somebody said about a node, one of its takes, or one frame of a take.

    ``frame`` counts from 0 in the take's own picture. ``person`` is who signed in and said it, "" for words that came
    with the bridge's own token; ``author`` is the name they had then. A reply names the comment that began the thread
    as ``parent``; only that one is resolved. Times are ISO 8601 in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: CommentId
    canvas: CanvasId
    node: NodeId
    take: TakeId | None = None
    frame: int | None = None
    text: str
    author: str
    person: str = ""
    created_at: str
    edited_at: str | None = None
    parent: CommentId | None = None
    resolved_at: str | None = None
    resolved_by: str = ""


class CommentStore:
    """Comments in the project database. Every method is one transaction; all are safe from threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_canvas(self, canvas_id: CanvasId) -> list[Comment]:
        """All comments of a canvas, oldest first."""
        with self._db.read() as connection:
            return _found(connection, comment.c.canvas_id == canvas_id)

    def count(self, canvas_id: CanvasId) -> int:
        """How many comments a canvas has."""
        with self._db.read() as connection:
            query = select(func.count()).select_from(comment).where(comment.c.canvas_id == canvas_id)
            return int(connection.execute(query).scalar_one())

    def get(self, canvas_id: CanvasId, comment_id: CommentId) -> Comment:
        """Return a comment. Raises NotFoundError."""
        with self._db.read() as connection:
            return _one(connection, canvas_id, comment_id)

    def add(self, new: Comment) -> None:
        """Keep a new comment. Raises NotFoundError for a canvas, or a parent, that is not there."""
        with self._db.write() as connection:
            if new.parent is not None:
                _one(connection, new.canvas, new.parent)
            connection.execute(insert(comment).values(**_columns(new)))

    def change(self, canvas_id: CanvasId, comment_id: CommentId, edit: Callable[[Comment], Comment]) -> Comment:
        """Keep what ``edit`` makes of a comment and return it; what ``edit`` raises changes nothing."""
        with self._db.write() as connection:
            changed = edit(_one(connection, canvas_id, comment_id))
            _replace(connection, changed)
            return changed

    def remove(
        self, canvas_id: CanvasId, comment_id: CommentId, check: Callable[[Comment], None]
    ) -> tuple[Comment, list[Comment]]:
        """Drop a comment; return it and its replies, which stay as comments of their own on the same place.

        What ``check`` raises changes nothing. Raises NotFoundError.
        """
        with self._db.write() as connection:
            gone = _one(connection, canvas_id, comment_id)
            check(gone)
            freed = [reply.model_copy(update={"parent": None}) for reply in _replies(connection, comment_id)]
            for reply in freed:
                _replace(connection, reply)
            connection.execute(delete(comment).where(comment.c.id == comment_id))
            return gone, freed


def _columns(one: Comment) -> dict[str, str | None]:
    return {
        "id": one.id,
        "canvas_id": one.canvas,
        "parent": one.parent,
        "created_at": one.created_at,
        "body": one.model_dump_json(),
    }


def _found(connection: Connection, condition: ColumnElement[bool]) -> list[Comment]:
    # Two of one millisecond stay in the order they were said in: SQLite counts rows up.
    query = select(comment.c.body).where(condition).order_by(comment.c.created_at, literal_column("comment.rowid"))
    rows = connection.execute(query).scalars()
    return [Comment.model_validate_json(body) for body in rows]


def _replies(connection: Connection, comment_id: CommentId) -> list[Comment]:
    return _found(connection, comment.c.parent == comment_id)


def _one(connection: Connection, canvas_id: CanvasId, comment_id: CommentId) -> Comment:
    found = _found(connection, (comment.c.canvas_id == canvas_id) & (comment.c.id == comment_id))
    if not found:
        raise NotFoundError(
            "There is no such comment.", hint="Somebody removed it: load the comments again.", comment=comment_id
        )
    return found[0]


def _replace(connection: Connection, changed: Comment) -> None:
    connection.execute(update(comment).where(comment.c.id == changed.id).values(**_columns(changed)))
