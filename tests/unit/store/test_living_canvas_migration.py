"""A project database of release 0.1 opens with everything in it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from tests.support.canvases import KINDS

from takebridge.canvas.ops import OP
from takebridge.canvas.state import Status
from takebridge.events import EventBus
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.services.desk import Desk
from takebridge.store import database
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database

CONTENT = "b3:" + "ab" * 32
NODE = {
    "id": "clip",
    "kind": "source_clip",
    "title": "SH010 source",
    "x": 0,
    "y": 0,
    "params": {},
    "model": "",
    "pin": "take_1",
    "locked": False,
    "accepted": [],
}
TAKE = {
    "id": "take_1",
    "node_id": "clip",
    "seq": 1,
    "origin": "imported",
    "recipe": None,
    "recipe_fp": None,
    "outputs": {"video": {"content": CONTENT, "facts": {"width": 1920}}},
    "provider": "",
    "model_requested": "",
    "model_reported": "",
    "seed_requested": None,
    "seed_used": None,
    "cost_estimated_micros": None,
    "cost_actual_micros": None,
    "currency": "USD",
    "job_id": None,
    "author": "ann",
    "created_at": "2026-11-21T10:00:00.000+00:00",
    "previz": False,
    "rating": 4,
    "hidden": False,
}
RATED = {"op": "rate_take", "take": "take_1"}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """A file as release 0.1 left it: its schema, a canvas with a pinned and rated take, two logged ops."""
    path = tmp_path / "project.db"
    config = Config()
    migrations = Path(database.__file__).parent / "migrations"
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("version_locations", str(migrations / "project"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "project_0001")
    engine.dispose()
    logged = [
        ("op_a", {"op": "add_take", "take": TAKE}, {"op": "set_take_hidden", "take": "take_1", "hidden": True}),
        (
            "op_a.1",
            {"op": "rate_take", "take": "take_1", "rating": 4},
            {"op": "rate_take", "take": "take_1", "rating": 2},
        ),
    ]
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO canvas VALUES ('c', 'Film', 2, '2026-11-21')")
        raw.execute("INSERT INTO node VALUES ('c', 'clip', ?)", (json.dumps(NODE),))
        raw.execute("INSERT INTO take VALUES ('c', 'take_1', ?)", (json.dumps(TAKE),))
        for rev, (op_id, op, inverse) in enumerate(logged, start=1):
            row = ("c", rev, op_id, "ann", "2026-11-21", json.dumps(op), json.dumps(inverse))
            raw.execute("INSERT INTO op_log VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    yield path


def test_nodes_takes_and_log_are_read_as_they_were(old: Path) -> None:
    db = Database(old, "project", synchronous="NORMAL")
    store = CanvasStore(db)
    stored = store.load(CanvasId("c"))
    take = stored.canvas.takes[TakeId("take_1")]
    assert (stored.rev, bool(stored.epoch), stored.canvas.title) == (2, True, "Film")
    assert (take.rating, take.seed_requested, take.outputs["video"].content) == ("keep", None, CONTENT)
    node = stored.canvas.nodes[NodeId("clip")]
    assert (node.pin, node.policy, node.group) == ("take_1", "manual", None)
    ops = store.ops_since(CanvasId("c"), 0)
    assert [(item.op_id, item.batch, item.origin) for item in ops] == [
        ("op_a", "op_a", "upgrade"),
        ("op_a.1", "op_a.1", "upgrade"),
    ]
    assert [OP.validate_json(item.op).op for item in ops] == ["add_take", "rate_take"]
    assert OP.validate_json(ops[1].inverse).model_dump()["rating"] == "dead"
    db.close()


def test_work_goes_on_and_nobody_undoes_what_the_old_release_did(old: Path) -> None:
    db = Database(old, "project", synchronous="NORMAL")
    desk = Desk(CanvasStore(db), KINDS, EventBus())
    view = desk.view(CanvasId("c"))
    assert view.states[NodeId("clip")].status is Status.FRESH
    assert desk.undo_depth(CanvasId("c"), "ann") == (0, 0)
    db.close()


def test_a_backup_of_before_is_kept(old: Path) -> None:
    Database(old, "project", synchronous="NORMAL").close()
    with closing(sqlite3.connect(old.with_name("project.before-project_0001.db"))) as raw:
        assert "seed_requested" in raw.execute("SELECT body FROM take").fetchone()[0]
