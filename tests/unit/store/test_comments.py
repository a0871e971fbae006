"""Comments are kept in the order they were said, found only on their canvas, and changed whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from takebridge.canvas.model import Canvas
from takebridge.errors import NotFoundError
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.store import database
from takebridge.store.canvases import CanvasStore
from takebridge.store.comments import Comment, CommentId, CommentStore
from takebridge.store.database import Database

A, B = CanvasId("a"), CanvasId("b")
NOON = "2026-11-22T12:00:00.000+00:00"


def said(name: str, canvas: CanvasId = A, *, at: str = NOON, parent: str | None = None) -> Comment:
    return Comment(
        id=CommentId(name),
        canvas=canvas,
        node=NodeId("shot"),
        text=f"about {name}",
        author="Ada",
        created_at=at,
        parent=CommentId(parent) if parent else None,
    )


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "project.db", "project", synchronous="NORMAL")
    for name in (A, B):
        CanvasStore(opened).create(Canvas(id=name, title=name))
    yield opened
    opened.close()


@pytest.fixture
def store(db: Database) -> CommentStore:
    return CommentStore(db)


def test_a_comment_comes_back_as_it_was(store: CommentStore) -> None:
    whole = Comment(
        id=CommentId("c"),
        canvas=A,
        node=NodeId("n"),
        take=TakeId("t"),
        frame=12,
        text="<img src=x onerror=alert(1)>\n\u202eabc שלום",
        author="Ada",
        person="person_1",
        created_at=NOON,
        edited_at=NOON,
        resolved_at=NOON,
        resolved_by="Bob",
    )
    store.add(whole)
    assert store.get(A, whole.id) == whole
    assert store.of_canvas(A) == [whole]
    assert store.of_canvas(B) == []


def test_two_of_one_millisecond_stay_in_the_order_they_were_said_in(store: CommentStore) -> None:
    for name in ("zebra", "ant", "moth"):
        store.add(said(name))
    store.add(said("early", at="2026-11-22T11:59:59.999+00:00"))
    store.change(A, CommentId("zebra"), lambda one: one.model_copy(update={"text": "other words"}))
    assert [one.id for one in store.of_canvas(A)] == ["early", "zebra", "ant", "moth"]


def test_nothing_is_found_changed_or_removed_from_another_canvas(store: CommentStore) -> None:
    store.add(said("c"))
    for act in (
        lambda: store.get(B, CommentId("c")),
        lambda: store.change(B, CommentId("c"), lambda one: one.model_copy(update={"text": "taken over"})),
        lambda: store.remove(B, CommentId("c"), lambda _one: None),
        lambda: store.add(said("reply", B, parent="c")),
        lambda: store.add(said("nowhere", CanvasId("ghost"))),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert store.of_canvas(A) == [said("c")] and store.count(B) == 0


def test_what_is_refused_changes_nothing(store: CommentStore) -> None:
    store.add(said("c"))

    def refuse(_one: Comment) -> NoReturn:
        raise LookupError

    with pytest.raises(LookupError):
        store.change(A, CommentId("c"), refuse)
    with pytest.raises(LookupError):
        store.remove(A, CommentId("c"), refuse)
    assert store.of_canvas(A) == [said("c")]


def test_answers_outlive_what_they_answer(store: CommentStore) -> None:
    for one in (said("root"), said("first", parent="root"), said("second", parent="root"), said("other")):
        store.add(one)
    gone, freed = store.remove(A, CommentId("root"), lambda _one: None)
    assert gone.id == "root" and [one.id for one in freed] == ["first", "second"]
    assert [(one.id, one.parent) for one in store.of_canvas(A)] == [("first", None), ("second", None), ("other", None)]


def test_writers_at_the_same_time_lose_nothing(store: CommentStore) -> None:
    def write(writer: int) -> None:
        for number in range(20):
            store.add(said(f"w{writer}.{number}"))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count(A) == 80 == len({one.id for one in store.of_canvas(A)})


def test_a_project_of_the_release_before_gets_comments_and_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "project.db"
    config = Config()
    migrations = Path(database.__file__).parent / "migrations"
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("version_locations", str(migrations / "project"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "project_0003")
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        assert not raw.execute("SELECT name FROM sqlite_master WHERE name = 'comment'").fetchall()
        raw.execute("INSERT INTO canvas (id, title, rev, created_at, epoch) VALUES ('a', 'Film', 7, 'then', 'e')")
    db = Database(path, "project", synchronous="NORMAL")
    store = CommentStore(db)
    store.add(said("c"))
    kept = CanvasStore(db).load(A)
    assert (kept.canvas.title, kept.rev, kept.epoch) == ("Film", 7, "e")
    assert [one.id for one in store.of_canvas(A)] == ["c"]
    assert path.with_name("project.before-project_0003.db").exists()
    db.close()
