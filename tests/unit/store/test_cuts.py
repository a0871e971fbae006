"""Cuts and edits come back from the database exactly as they were; trips keep where they are."""

from __future__ import annotations

import zlib
from fractions import Fraction
from pathlib import Path

import pytest

from takebridge.canvas.model import Canvas
from takebridge.cut.edit_types import AddTake, Delete, EditPlan, Place, SetEnabled
from takebridge.cut.model import Clip, Cut, Gap, Marker, Media, Span, Take, Track, Transition
from takebridge.errors import NotFoundError, StoreError
from takebridge.ids import CanvasId, LinkId, TakeId
from takebridge.store.canvases import CanvasStore
from takebridge.store.cut_json import pack, unpack
from takebridge.store.cuts import CutStore, Trip, TripStep, Work
from takebridge.store.database import Database
from takebridge.timebase import FrameRate

RATE = FrameRate(30000, 1001)
MEDIA = Media("a.mov", "/footage/a.mov", FrameRate(25), 100, Fraction(5, 2), extras={"otio": {"n/d": [1, {"is": "x"}]}})
TAKE = Take("take 2", MEDIA, Span(Fraction(1, 3), 9), take_id="take_1")
CLIP = Clip(
    "shot 1",
    Span(0, 24),
    MEDIA,
    Span(Fraction(1001, 24), Fraction(1001, 24) + 20),
    enabled=False,
    speed=None,
    ramp="curve",
    takes=(Take("original", MEDIA), TAKE),
    active=1,
    key="k",
    ids=(("x", "y"),),
    markers=(Marker(3, name="m", extras={"resolve": {"data": ""}}),),
    inner=Cut("nest", FrameRate(24), (Track("video", (Gap(Span(0, 5), "named"),)),)),
)
CUT = Cut(
    "Cut",
    RATE,
    (Track("video", (CLIP, Transition(Span(20, 28), 24, "dissolve"), Clip("b", Span(24, 30), speed=Fraction(-1, 2)))),),
    start=108000,
    drop_frame=True,
    project_id="p",
    timeline_id="t",
)


def test_a_cut_comes_back_exactly() -> None:
    found = unpack(pack(CUT), Cut)
    assert found == CUT
    assert isinstance(found.tracks[0].items[0].record.start, int)


def test_edits_come_back_with_what_they_start_from() -> None:
    edits = (
        AddTake(("video", 0, 1), TAKE),
        Place("h", "audio", 2, CLIP),
        Delete("h"),
        SetEnabled(("video", 0, 3), False),
    )
    plan = EditPlan(edits)
    assert unpack(pack((CUT, CUT, plan)), tuple) == (CUT, CUT, plan)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not compressed",
        pack(CUT)[:-9],
        zlib.compress(b"[]"),
        zlib.compress(b'{"version": 1, "value": {"is": "Popen", "args": "x"}}'),
        zlib.compress(b'{"version": 1, "value": {"is": "Span", "start": 1}}'),
        zlib.compress(b'{"version": 1, "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        pack((CUT,)),
    ],
    ids=["empty", "plain", "cut short", "another shape", "unknown class", "field missing", "deep", "another value"],
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(StoreError) as caught:
        unpack(data, Cut)
    assert "--new-base" in caught.value.hint


def test_what_a_newer_release_wrote_is_refused_as_that() -> None:
    with pytest.raises(StoreError) as caught:
        unpack(zlib.compress(b'{"version": 2, "value": 1}'), Cut)
    assert "newer" in caught.value.message


@pytest.fixture
def store(tmp_path: Path) -> CutStore:
    db = Database(tmp_path / "project.db", "project", synchronous="NORMAL")
    CanvasStore(db).create(Canvas(id=CanvasId("canvas_1"), title="Film"))
    return CutStore(db)


def test_the_newest_base_of_each_timeline_counts(store: CutStore) -> None:
    assert store.base("p", "t") is None and not store.has_base("p", "t")
    store.agree(CUT, {})
    store.agree(CUT, {LinkId("link_1"): TakeId("take_1")})
    base = store.base("p", "t")
    assert base is not None and base.cut == CUT and base.pins == {"link_1": "take_1"}
    assert store.base("p", "other") is None


def new_trip(name: str, at: str) -> Trip:
    return Trip(
        id=name,
        canvas_id=CanvasId("canvas_1"),
        author="ann",
        project_id="p",
        project_name="Film",
        timeline_id="t",
        timeline_name="Cut",
        steps=(TripStep(text="one"),),
        created_at=at,
    )


def test_a_trip_is_open_until_it_ends(store: CutStore) -> None:
    work = Work(CUT, CUT, EditPlan((Delete(("video", 0, 0)),)))
    store.begin(new_trip("trip_1", "2026-01-01"), work)
    store.begin(new_trip("trip_2", "2026-01-02"), work)
    store.change("trip_1", lambda one: one.model_copy(update={"state": "undoing"}))
    assert [one.id for one in store.open_trips()] == ["trip_2", "trip_1"]
    assert store.end("trip_2", "done").ended_at
    assert [one.id for one in store.open_trips()] == ["trip_1"]
    assert [one.id for one in store.trips(CanvasId("canvas_1"), newest=1)] == ["trip_2"]
    assert store.work("trip_1") == work


def test_an_unknown_trip_is_said_to_be_none(store: CutStore) -> None:
    for ask in (lambda: store.get("trip_9"), lambda: store.work("trip_9"), lambda: store.end("trip_9", "done")):
        with pytest.raises(NotFoundError):
            ask()
