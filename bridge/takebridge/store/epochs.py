"""Epochs: notice that the project database is another one than last time (a backup came back).

Each start leaves one random mark in the database and beside it. When the two differ at the next start, revisions may
repeat with other content, so every canvas begins a new epoch and clients load it anew.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sqlalchemy import delete, insert, select

from takebridge.ids import new_id
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge.store.tables import meta

_KEY = "mark"


def continue_epochs(db: Database, canvases: CanvasStore, mark: Path) -> bool:
    """Leave a new mark; returns False after beginning new epochs. A crash in between only costs a reload."""
    with db.read() as connection:
        stored = connection.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar()
    beside = ""
    with contextlib.suppress(OSError):
        beside = mark.read_text(encoding="ascii")
    continues = stored is None or stored == beside
    if not continues:
        canvases.renew_epochs()
    fresh = new_id("mark")
    with db.write() as connection:
        connection.execute(delete(meta).where(meta.c.key == _KEY))
        connection.execute(insert(meta).values(key=_KEY, value=fresh))
    mark.write_text(fresh, encoding="ascii")
    return continues
