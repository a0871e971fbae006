"""Clip links, deliveries and job records come back as they were kept, and constraints speak."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.support.canvases import EMPTY

from takebridge.cut.link import ClipLink
from takebridge.errors import ConflictError, NotFoundError
from takebridge.ids import BlobHash, CanvasId, ClipKey, JobId, LinkId, NodeId, TakeId
from takebridge.providers.protocol import GenerationRequest, MediaInput
from takebridge.store.canvases import CanvasStore
from takebridge.store.database import Database
from takebridge.store.jobs import JobError, JobRecord, JobStore
from takebridge.store.links import Delivery, LinkedClip, LinkStore
from takebridge.timebase import FrameRange, FrameRate


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = Database(tmp_path / "project.db", "project", synchronous="NORMAL")
    CanvasStore(db).create(EMPTY)
    return db


def link(number: int = 1, **changes: object) -> ClipLink:
    facts: dict[str, object] = {
        "id": LinkId(f"link_{number}"),
        "canvas_id": EMPTY.id,
        "node_id": NodeId("n"),
        "source_take_id": TakeId("t"),
        "shot": f"SH{number:02}0",
        "project_id": "p",
        "project_name": "Demo",
        "timeline_id": "tl",
        "timeline_name": "Cut",
        "clip_key": ClipKey(f"clip {number}"),
        "track_type": "video",
        "track_index": 1,
        "start_record_frame": 86400,
        "end_record_frame": 86448,
        "media_path": "/media/Szene “1”.mov",
        "media_rate": "24000/1001",
        "source_start_frame": 24,
        "source_end_frame": 72,
        "given_start_frame": 12,
        "given_end_frame": 84,
        "width": 1920,
        "height": 1080,
        "created_at": f"2026-01-01T00:00:0{number}.000+00:00",
    }
    return ClipLink.model_validate({**facts, **changes})


def delivery(number: int = 1, **changes: object) -> Delivery:
    facts: dict[str, object] = {
        "link_id": LinkId("link_1"),
        "take_id": TakeId(f"take_{number}"),
        "slot": "24 0 48",
        "number": number + 1,
        "path": f"/takes/{number}.mov",
        "content": BlobHash(f"b3:{number:064x}"),
        "rate": "24000/1001",
        "frame_count": 72,
        "used_start": 12,
        "used_end": 60,
        "origin": "1001/2000",
        "created_at": f"2026-01-01T00:00:0{number}.000+00:00",
    }
    return Delivery.model_validate({**facts, **changes})


def job(number: int = 1, **changes: object) -> JobRecord:
    facts: dict[str, object] = {
        "id": JobId(f"job_{number}"),
        "canvas_id": EMPTY.id,
        "node_id": NodeId("n"),
        "provider": "local",
        "request": GenerationRequest(
            token=f"job_token_{number}",
            model="local/x",
            kind="upscale",
            inputs=(MediaInput(role="source_video", path=Path("/a b/ü.mov"), content="b3:0", width=2, height=2),),
            params={"scale": 2, "fine": True, "name": "x"},
        ),
        "recipe": "{}",
        "recipe_fp": f"fp {number}",
        "pin_at_submission": None,
        "author": "a",
        "created_at": f"2026-01-01T00:00:0{number}.000+00:00",
    }
    return JobRecord.model_validate({**facts, **changes})


def test_link_values_are_exact() -> None:
    made = link()
    assert (made.rate, made.given) == (FrameRate(24000, 1001), FrameRange(12, 84))
    assert (made.given_seconds.numerator, made.given_seconds.denominator) == (1001, 2000)  # 12 × 1001/24000
    assert link(media_rate="25").rate == FrameRate(25)


def test_links_come_back_oldest_first(db: Database) -> None:
    store = LinkStore(db)
    for number in (2, 1, 3):
        store.add(link(number))
    assert store.of_canvas(EMPTY.id) == [link(1), link(2), link(3)]
    assert store.get(LinkId("link_2")) == link(2)
    assert store.of_canvas(CanvasId("other")) == []


def test_a_shot_name_is_used_once_per_canvas(db: Database) -> None:
    store = LinkStore(db)
    store.add(link(1))
    with pytest.raises(ConflictError):
        store.add(link(2, shot=link(1).shot))
    with pytest.raises(NotFoundError):
        store.add(link(3, canvas_id="nowhere"))
    assert store.of_canvas(EMPTY.id) == [link(1)]


def test_replacing_a_link(db: Database) -> None:
    store = LinkStore(db)
    store.add(link(1))
    moved = link(1, clip_key="another id", timeline_id="tl2")
    store.replace(moved)
    assert store.get(moved.id) == moved
    for call in (lambda: store.get(LinkId("link_9")), lambda: store.replace(link(9))):
        with pytest.raises(NotFoundError):
            call()


def test_deliveries_are_kept_once_and_can_be_forgotten(db: Database) -> None:
    store = LinkStore(db)
    store.add(link(1))
    for number in (2, 1):
        store.deliver(delivery(number))
    assert store.deliveries(LinkId("link_1")) == [delivery(1), delivery(2)]
    with pytest.raises(ConflictError):
        store.deliver(delivery(1, path="/takes/other.mov"))
    with pytest.raises(NotFoundError):
        store.deliver(delivery(4, link_id="link_9"))
    store.forget_delivery(delivery(1))
    store.forget_delivery(delivery(1))
    assert store.deliveries(LinkId("link_1")) == [delivery(2)]


def test_linked_clips_have_all_that_was_delivered_for_them_and_nothing_of_other_links(db: Database) -> None:
    store = LinkStore(db)
    for number in (1, 2, 3):
        store.add(link(number))
    made = [delivery(3), delivery(1), delivery(2, link_id="link_3")]
    for one in made:
        store.deliver(one)
    assert store.linked_clips(EMPTY.id) == [
        LinkedClip(link=link(1), deliveries=(delivery(1), delivery(3))),
        LinkedClip(link=link(2), deliveries=()),
        LinkedClip(link=link(3), deliveries=(delivery(2, link_id="link_3"),)),
    ]
    assert store.linked_clips(CanvasId("other")) == []


def test_jobs_come_back_and_change_in_one_transaction(db: Database) -> None:
    store = JobStore(db)
    for number in (2, 1):
        store.add_or_join(job(number))
    assert store.all() == [job(1), job(2)] == store.all(EMPTY.id)
    assert store.all(CanvasId("other")) == []
    error = JobError(code="x", message="“why”")
    changed = store.change(JobId("job_1"), lambda old: old.model_copy(update={"state": "failed", "error": error}))
    assert (changed.state, store.get(JobId("job_1"))) == ("failed", changed)
    with pytest.raises(ConflictError):
        store.add_or_join(job(1))  # this one has ended; its id is taken all the same
    with pytest.raises(NotFoundError):
        store.add_or_join(job(3, canvas_id="nowhere"))
    for call in (lambda: store.get(JobId("no")), lambda: store.change(JobId("no"), lambda old: old)):
        with pytest.raises(NotFoundError):
            call()


def test_a_recipe_under_way_is_joined_and_an_ended_one_is_made_anew(db: Database) -> None:
    store = JobStore(db)
    first = job(1)
    assert store.add_or_join(first) == first
    assert store.add_or_join(job(2, recipe_fp=first.recipe_fp)) == first
    other_node = job(3, recipe_fp=first.recipe_fp, node_id=NodeId("m"))
    assert store.add_or_join(other_node) == other_node
    store.change(first.id, lambda old: old.model_copy(update={"state": "done"}))
    again = job(4, recipe_fp=first.recipe_fp)
    assert store.add_or_join(again) == again


def test_asking_at_once_from_many_threads_starts_one_job(db: Database) -> None:
    store = JobStore(db)
    ready = threading.Barrier(6)
    kept: list[JobRecord] = []

    def ask(number: int) -> None:
        ready.wait()
        kept.append(store.add_or_join(job(number, recipe_fp="same")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({record.id for record in kept}) == 1 == len(store.all())


def test_an_edit_that_fails_leaves_the_job_as_it_was(db: Database) -> None:
    store = JobStore(db)
    store.add_or_join(job())

    def fail(_old: JobRecord) -> JobRecord:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.change(JobId("job_1"), fail)
    assert store.get(JobId("job_1")) == job()


def test_edits_from_many_threads_are_all_kept(db: Database) -> None:
    store = JobStore(db)
    store.add_or_join(job())
    ready = threading.Barrier(4)

    def count() -> None:
        ready.wait()
        for _ in range(20):
            store.change(JobId("job_1"), lambda old: old.model_copy(update={"starts": old.starts + 1}))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(JobId("job_1")).starts == 80
