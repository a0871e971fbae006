"""Canvases at a glance: counts, the newest edit, what stands for each, without loading any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.support.canvases import add, content

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddTake, Pin
from takebridge.events import EventBus
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.nodes.registry import builtin_kinds
from takebridge.services.desk import Desk
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge.store.summaries import CanvasSummary, summaries
from takebridge.store.tables import job


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "project.db", "project", synchronous="NORMAL")) as opened:
        yield opened


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(CanvasStore(db), builtin_kinds(), EventBus())


def took(node: str, seq: int, port: str, at: str, **facts: int) -> AddTake:
    outputs = {port: Output(content=content(seq), facts=facts)}
    made = Take(
        id=TakeId(f"{node}/{seq}"), node_id=NodeId(node), seq=seq, origin="imported", outputs=outputs, created_at=at
    )
    return AddTake(take=made)


def of(db: Database, canvas: CanvasId) -> CanvasSummary:
    return next(one for one in summaries(db) if one.canvas == canvas)


def test_an_empty_canvas_has_a_summary_too(db: Database, desk: Desk) -> None:
    made = desk.create("Ferry").canvas.id
    found = of(db, made)
    assert (found.title, found.nodes, found.takes, found.unfinished, found.linked) == ("Ferry", 0, 0, 0, False)
    assert (found.poster, found.changed_by) == (None, "")
    assert found.changed_at


def test_a_pinned_film_stands_before_a_later_picture_and_what_is_not_pinned_never(db: Database, desk: Desk) -> None:
    made, other = desk.create("Ferry").canvas.id, desk.create("Quay").canvas.id
    desk.apply(made, [add("video", "shot"), add("image", "still"), add("image", "loose")], author="Ada")
    ops = [
        took("shot", 1, "video", "2026-11-20T10:00:00Z", width=64, frame_count=48),
        took("still", 1, "image", "2026-11-22T10:00:00Z", width=64),
        took("loose", 1, "image", "2026-11-23T10:00:00Z", width=64, frame_count=9),
        Pin(node=NodeId("shot"), take=TakeId("shot/1"), expected=None),
        Pin(node=NodeId("still"), take=TakeId("still/1"), expected=None),
    ]
    desk.apply(made, ops, author="Bo")
    found = of(db, made)
    assert (found.nodes, found.takes, found.changed_by) == (3, 3, "Bo")
    assert found.poster is not None and found.poster.id == "shot/1"
    assert of(db, other).nodes == 0


def test_jobs_that_are_not_over_are_counted_and_those_a_person_decides(db: Database, desk: Desk) -> None:
    made = desk.create("Ferry").canvas.id
    with db.write() as connection:
        for number, state in enumerate(("queued", "running", "unknown", "done", "failed", "cancelled")):
            row = {"id": f"job{number}", "canvas_id": made, "node_id": "n", "state": state, "created_at": "2026"}
            connection.execute(insert(job).values(**row, body="{}"))
    assert of(db, made).unfinished == 3
