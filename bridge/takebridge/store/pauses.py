"""Pauses of the queue: for everything, a canvas or a provider. They outlive a restart."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from takebridge.store.database import Database
from takebridge.store.tables import pause

PauseScope = Literal["all", "canvas", "provider"]


class Pause(BaseModel):
    """Who stopped what from starting, and when. ``key`` is a canvas id or a provider's name; "" for everything."""

    model_config = ConfigDict(frozen=True)

    scope: PauseScope
    key: str = ""
    author: str
    at: str


class PauseStore:
    """Pauses in the project database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Pause) -> None:
        """Keep a pause; who paused first stays named."""
        with self._db.write() as connection:
            connection.execute(insert(pause).values(new.model_dump()).on_conflict_do_nothing())

    def remove(self, scope: PauseScope, key: str) -> bool:
        """End a pause; False when there was none."""
        with self._db.write() as connection:
            done = connection.execute(delete(pause).where(pause.c.scope == scope, pause.c.key == key))
            return bool(done.rowcount)

    def all(self) -> tuple[Pause, ...]:
        """Every pause, oldest first."""
        with self._db.read() as connection:
            rows = connection.execute(select(pause).order_by(pause.c.at, pause.c.scope, pause.c.key)).mappings()
            return tuple(Pause.model_validate(dict(row)) for row in rows)
