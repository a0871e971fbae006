"""Bases (the last cut both sides agreed on) and the journal of round trips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, insert, select, update

from takebridge.cut.edit_types import EditPlan
from takebridge.cut.model import Cut
from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge.store.cut_json import pack, unpack
from takebridge.store.database import Database
from takebridge.store.ledger import now_text
from takebridge.store.tables import cut_base, trip

TripState = Literal["applying", "undoing", "done", "rolled_back", "left"]
"""``left``: the timeline could not be put back as a whole; the safety copy is there and a person has to look."""

OPEN_TRIPS: frozenset[str] = frozenset({"applying", "undoing"})


@dataclass(frozen=True, slots=True)
class Base:
    """The cut both sides agreed on, and which take each shot's node had pinned then (no entry: none)."""

    cut: Cut
    pins: Mapping[LinkId, TakeId] = field(default_factory=dict)
    at: str = ""


class TripStep(BaseModel):
    """One edit of a round trip's plan, in words. ``started`` before the editor is asked, ``done`` when read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    state: Literal["waiting", "started", "done"] = "waiting"


class Trip(BaseModel):
    """A round trip that changes a timeline. Kept before the first write, so that a crash is seen.

    ``copy_name`` is the name the safety copy has or would get, ``copy_id`` its id once it is known. ``pins`` are what
    both sides agree on when the trip is done; ``report`` is the answer it was started with, as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    canvas_id: CanvasId
    author: str
    project_id: str
    project_name: str
    timeline_id: str
    timeline_name: str
    state: TripState = "applying"
    steps: tuple[TripStep, ...] = ()
    copy_name: str = ""
    copy_id: str = ""
    keep_copy: bool = False
    reason: str = ""
    pins: dict[LinkId, TakeId] = {}
    report: str = ""
    created_at: str
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a trip does to the timeline: from ``editor`` by ``plan`` to ``wanted``."""

    editor: Cut
    wanted: Cut
    plan: EditPlan


class CutStore:
    """Bases by timeline, and trips."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- bases

    def base(self, project_id: str, timeline_id: str) -> Base | None:
        """Return the base of a timeline, None before its first push. Raises StoreError when it cannot be read."""
        query = select(cut_base.c.packed, cut_base.c.body).where(*_timeline(project_id, timeline_id))
        with self._db.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        facts = _BaseFacts.model_validate_json(row.body)
        return Base(unpack(row.packed, Cut), facts.pins, facts.at)

    def has_base(self, project_id: str, timeline_id: str) -> bool:
        """Say whether a timeline has a base."""
        query = select(cut_base.c.timeline_id).where(*_timeline(project_id, timeline_id))
        with self._db.read() as connection:
            return connection.execute(query).first() is not None

    def agree(self, cut: Cut, pins: Mapping[LinkId, TakeId]) -> Base:
        """Keep a cut as the base of its timeline; the older base is gone."""
        base = Base(cut, dict(pins), now_text())
        body = _BaseFacts(pins=dict(pins), at=base.at).model_dump_json()
        columns = {"packed": pack(cut), "body": body}
        with self._db.write() as connection:
            here = _timeline(cut.project_id, cut.timeline_id)
            if not connection.execute(update(cut_base).where(*here).values(**columns)).rowcount:
                names = {"project_id": cut.project_id, "timeline_id": cut.timeline_id}
                connection.execute(insert(cut_base).values(**names, **columns))
        return base

    def agree_on(self, project_id: str, timeline_id: str, pins: Mapping[LinkId, TakeId]) -> None:
        """Keep that both sides agree on these takes: they are on the timeline. Without a base nothing is kept."""
        here = _timeline(project_id, timeline_id)
        with self._db.write() as connection:
            body = connection.execute(select(cut_base.c.body).where(*here)).scalar()
            if body is not None:
                facts = _BaseFacts.model_validate_json(body)
                known = facts.model_copy(update={"pins": {**facts.pins, **pins}})
                connection.execute(update(cut_base).where(*here).values(body=known.model_dump_json()))

    # --- trips

    def begin(self, new: Trip, work: Work) -> None:
        """Keep a trip and all it needs to be finished or undone."""
        packed = pack((work.editor, work.wanted, work.plan))
        with self._db.write() as connection:
            connection.execute(insert(trip).values(**_columns(new), packed=packed))

    def change(self, trip_id: str, edit: Callable[[Trip], Trip]) -> Trip:
        """Read, edit and write in one transaction; returns the new trip. Raises NotFoundError."""
        with self._db.write() as connection:
            kept = _trip(connection.execute(select(trip.c.body).where(trip.c.id == trip_id)).scalar(), trip_id)
            changed = edit(kept)
            connection.execute(update(trip).where(trip.c.id == trip_id).values(**_columns(changed)))
        return changed

    def end(self, trip_id: str, state: TripState, reason: str = "") -> Trip:
        """Write down how a trip ended."""
        return self.change(
            trip_id,
            lambda one: one.model_copy(update={"state": state, "reason": reason, "ended_at": now_text()}),
        )

    def get(self, trip_id: str) -> Trip:
        """Return a trip. Raises NotFoundError."""
        with self._db.read() as connection:
            return _trip(connection.execute(select(trip.c.body).where(trip.c.id == trip_id)).scalar(), trip_id)

    def work(self, trip_id: str) -> Work:
        """Return what a trip does to the timeline. Raises NotFoundError, StoreError."""
        with self._db.read() as connection:
            packed = connection.execute(select(trip.c.packed).where(trip.c.id == trip_id)).scalar()
        if packed is None:
            raise NotFoundError("There is no such round trip.", trip=trip_id)
        editor, wanted, plan = unpack(packed, tuple)
        return Work(editor, wanted, plan)

    def trips(self, canvas_id: CanvasId | None = None, *, newest: int = 50) -> list[Trip]:
        """Return the newest trips (of a canvas), the newest first."""
        return self._trips(newest, *([trip.c.canvas_id == canvas_id] if canvas_id is not None else []))

    def open_trips(self) -> list[Trip]:
        """Return the trips that neither ended nor were rolled back, the newest first."""
        return self._trips(1000, trip.c.state.in_(OPEN_TRIPS))

    def _trips(self, newest: int, *conditions: ColumnElement[bool]) -> list[Trip]:
        query = select(trip.c.body).where(*conditions).order_by(trip.c.created_at.desc(), trip.c.id.desc())
        with self._db.read() as connection:
            return [Trip.model_validate_json(body) for body in connection.execute(query.limit(newest)).scalars()]


class _BaseFacts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pins: dict[LinkId, TakeId] = {}
    at: str = ""


def _timeline(project_id: str, timeline_id: str) -> tuple[ColumnElement[bool], ...]:
    return cut_base.c.project_id == project_id, cut_base.c.timeline_id == timeline_id


def _trip(body: str | None, trip_id: str) -> Trip:
    if body is None:
        raise NotFoundError(
            "There is no such round trip.", hint="'takebridge roundtrip --trips' lists them.", trip=trip_id
        )
    return Trip.model_validate_json(body)


def _columns(value: Trip) -> dict[str, str]:
    columns = value.model_dump(include={"id", "canvas_id", "state", "created_at"})
    return {**columns, "body": value.model_dump_json()}
