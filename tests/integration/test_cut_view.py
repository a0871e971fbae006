"""The open timeline as a page draws it: which link, which take, which word, which picture."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.cut_view_rig import CutRig, Watched, pictures
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, camera, spec

from takebridge.canvas.ops import RemoveNode
from takebridge.cut.view_types import CutItem
from takebridge.errors import NotFoundError, PlanNotAppliedError, TimelineChangedError
from takebridge.ids import CanvasId, ClipKey, LinkId, NodeId, new_id
from takebridge.media.previews import frame_png
from takebridge.media.testcard import read_frame_number
from takebridge.services.cut_view_layers import stored_layers
from takebridge.services.roundtrip_report import trip_in_full
from takebridge_resolve.emulator import World

ZERO = 86400
"""Record frame of 01:00:00:00 at 23.976."""


@pytest.fixture
def rig(tmp_path: Path) -> CutRig:
    return CutRig(tmp_path, clips=5)


def number_in(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as image:
        return int(read_frame_number(np.asarray(image.convert("RGB")))[1])


def by_name(items: list[CutItem]) -> dict[str, CutItem]:
    return {item.name: item for item in items}


def test_every_clip_says_where_it_is_and_that_nobody_knows_it(rig: CutRig) -> None:
    view = rig.view()
    shots = pictures(view)
    starts = [ZERO + number * CLIP_FRAMES for number in range(5)]
    assert [(item.name, item.record_start, item.record_end) for item in shots] == [
        (f"shot {number + 1}", start, start + CLIP_FRAMES) for number, start in enumerate(starts)
    ]
    assert [item.source_start for item in shots] == [CLIP_START + 5 * number for number in range(5)]
    assert {(item.state, item.link, item.take, item.problem) for item in shots} == {("unlinked", None, None, "")}
    assert (view.project, view.timeline, view.rate, view.drop_frame) == ("Film", "Cut", "24000/1001", False)
    assert (view.start_frame, view.end_frame) == (ZERO, ZERO + 5 * CLIP_FRAMES)
    assert not view.base.exists
    assert "push clips" in view.base.words
    assert [(track.kind, track.index) for track in view.tracks] == [("video", 1), ("audio", 1)]


def test_states_say_what_each_side_did(rig: CutRig) -> None:
    rig.push_all()
    keys = [rig.item(shot).id for shot in range(1, 6)]
    take = rig.take(1)
    rig.ui.trim_item(keys[1], head=3)
    rig.ui.delete_item(keys[3])
    rig.drop(5)
    view = rig.view()
    shots = by_name([item for item in pictures(view) if item.kind == "clip"])
    one = shots["shot 1"]
    assert (one.state, one.take, one.pinned, one.node) == ("new take", None, take.id, take.node_id)
    assert one.link is not None
    assert (one.link.shot, one.link.there) == ("SH010", True)
    assert (shots["shot 2"].state, shots["shot 2"].changes) == ("changed", ("3 frames cut off at the head",))
    assert (shots["shot 3"].state, shots["shot 3"].changes) == ("in step", ())
    gone = shots["shot 5"]
    assert (gone.state, gone.node, gone.problem) == ("changed", None, "Its shot was taken off the canvas.")
    assert gone.link is not None
    assert not gone.link.there
    assert [item.link.shot for item in view.missing] == ["SH040"]
    assert view.counts == {"changed": 2, "gap": 2, "in step": 1, "new take": 1, "missing": 1}
    gaps = [(item.record_start - ZERO, item.record_end - ZERO) for item in pictures(view) if item.state == "gap"]
    assert gaps == [(24, 27), (72, 96)]
    assert view.base.exists


def test_a_take_that_came_onto_the_timeline_is_in_step(rig: CutRig) -> None:
    rig.push_all()
    take = rig.take(2)
    assert rig.trip().outcome == "applied"
    shot = by_name(pictures(rig.view()))["shot 2"]
    assert (shot.state, shot.take, shot.pinned, shot.native_takes) == ("in step", take.id, take.id, 2)
    newer = rig.take(2, number=5)
    shot = by_name(pictures(rig.view()))["shot 2"]
    assert (shot.state, shot.take, shot.pinned) == ("new take", take.id, newer.id)


def test_two_links_to_one_node_and_a_link_of_another_canvas(rig: CutRig) -> None:
    rig.push_all()
    first, second = rig.link(1), rig.link(2)
    update = {"id": LinkId(new_id("link")), "clip_key": second.clip_key, "shot": "SH011"}
    place = {"start_record_frame": second.start_record_frame, "end_record_frame": second.end_record_frame}
    rig.bridge.desk.apply(rig.canvas_id, [RemoveNode(node=second.node_id)], author="a")
    rig.bridge.links.replace(second.model_copy(update={"clip_key": ClipKey("")}))
    rig.bridge.links.add(first.model_copy(update={**update, **place}))
    shots = by_name(pictures(rig.view()))
    assert shots["shot 1"].node == shots["shot 2"].node is not None
    told = [shots[name].link for name in ("shot 1", "shot 2")]
    assert [link.shot for link in told if link] == ["SH010", "SH011"]
    rig.canvas_id = rig.bridge.desk.create("Another").canvas.id
    assert {item.state for item in pictures(rig.view())} == {"unlinked"}


def test_what_is_not_a_plain_clip_is_drawn_all_the_same(tmp_path: Path) -> None:
    rig = CutRig(tmp_path, clips=1)
    film = str(camera(tmp_path / "media", rig.label))
    plain = {"path": film, "duration": 24, "source_start": 40}
    clips = [
        {"kind": "clip", "name": "half speed", "timeline_start": 0, "speed_percent": 50, **plain},
        {"kind": "clip", "name": "switched off", "timeline_start": 30, "enabled": False, **plain},
        {"kind": "compound", "name": "nest", "timeline_start": 60, "duration": 24},
        {"kind": "title", "name": "a title", "timeline_start": 90, "duration": 24},
        {"kind": "clip", "name": "offline", "timeline_start": 120, "duration": 24, "source_start": 0,
         "path": str(tmp_path / "gone.mov"), "media": {"rate": "23.976", "frames": 200}},
        {"kind": "clip", "name": "above", "track": 2, "timeline_start": 0, **plain},
    ]  # fmt: skip
    described = {**spec(Path(film), rig.label, 1), "clips": clips, "locked": [{"type": "video", "index": 2}]}
    rig.world = World.from_spec(described, "20.3")
    rig.host = Watched(rig.world)
    view = rig.view()
    items = by_name(pictures(view) + pictures(view, 2))
    assert [track.locked for track in view.tracks if track.kind == "video"] == [False, True]
    assert not items["switched off"].enabled
    assert items["switched off"].thumb
    assert {name: items[name].kind for name in ("nest", "a title", "offline")} == {
        "nest": "nested",
        "a title": "title",
        "offline": "clip",
    }
    assert not any(items[name].thumb for name in ("half speed", "nest", "a title", "offline"))
    assert all(items[name].no_thumb for name in ("half speed", "nest", "a title", "offline"))
    assert all(items[name].problem for name in ("half speed", "nest", "a title", "offline"))
    assert str(tmp_path) not in view.model_dump_json()


def test_a_thumbnail_that_is_promised_is_there(rig: CutRig) -> None:
    for item in pictures(rig.view()):
        assert item.thumb
        assert number_in(rig.frame(item.key, item.record_start + 2)) == (item.source_start or 0) + 2


def test_layers_are_the_three_cuts_of_the_merge(rig: CutRig) -> None:
    without = rig.layers()
    assert (without.base, without.canvas) == (None, None)
    assert without.editor is not None
    assert {"base", "canvas"} == set(without.words)
    rig.push_all()
    take = rig.take(2)
    rig.ui.trim_item(rig.item(3).id, tail=4)
    found = rig.layers()
    assert found.base is not None
    assert found.editor is not None
    assert found.canvas is not None
    base, editor, canvas = (
        {i.name: i for i in one.tracks[0].clips} for one in (found.base, found.editor, found.canvas)
    )
    assert (base["shot 2"].take, canvas["shot 2"].take) == (None, take.id)
    assert canvas["shot 3"].record_end - editor["shot 3"].record_end == 4
    picture = canvas["shot 2"].picture
    assert picture is not None
    assert picture.content == take.outputs["video"].content
    # Pushed with 12 frames of handles, so the clip's first frame is the take's thirteenth.
    assert picture.frame == 12
    mine = editor["shot 2"].picture
    assert mine is not None
    assert number_in(rig.frame(mine.clip, mine.record_frame)) == CLIP_START + 5


def test_without_an_editor_base_and_canvas_are_there_as_they_were_kept(rig: CutRig) -> None:
    assert stored_layers(rig.bridge, rig.canvas_id) is None  # no link yet, no base
    rig.push_all()
    agreed = rig.view().base
    take = rig.take(2)
    rig.ui.trim_item(rig.item(3).id, tail=4)  # after the base: nobody can know of it without the editor
    found = stored_layers(rig.bridge, rig.canvas_id)
    assert found is not None
    assert (found.session, found.reading, found.editor) == ("", "", None)
    assert (found.timeline, found.rate, found.start_frame, found.drop_frame) == ("Cut", "24000/1001", ZERO, False)
    assert found.base_at == agreed.at
    assert found.words == {"editor": "No editor is connected."}
    assert found.base is not None
    assert found.canvas is not None
    base, canvas = ({i.name: i for i in one.tracks[0].clips} for one in (found.base, found.canvas))
    places = [(base[f"shot {n}"].record_start, base[f"shot {n}"].record_end) for n in range(1, 6)]
    assert places == [(ZERO + n * CLIP_FRAMES, ZERO + (n + 1) * CLIP_FRAMES) for n in range(5)]
    assert (base["shot 2"].take, canvas["shot 2"].take) == (None, take.id)
    picture = canvas["shot 2"].picture
    assert picture is not None
    assert (picture.content, picture.session) == (take.outputs["video"].content, "")
    with pytest.raises(NotFoundError):
        stored_layers(rig.bridge, CanvasId("nothing"))


def test_a_clip_that_only_moved_says_so(rig: CutRig) -> None:
    rig.push_all()
    start = rig.item(5).start
    rig.ui.move_item(rig.item(5).id, start + 7)
    shots = by_name(pictures(rig.view()))
    assert (shots["shot 5"].state, shots["shot 5"].changes) == ("changed", ("moved 7 frames later",))
    assert (shots["shot 4"].state, shots["shot 4"].changes) == ("in step", ())


def test_a_conflict_lies_side_by_side_with_its_choices(rig: CutRig, tmp_path: Path) -> None:
    rig.push_all()
    rig.ui.delete_item(rig.item(4).id)
    rig.drop(2)
    rig.ui.trim_item(rig.item(2).id, head=5)
    take = rig.take(4, number=6)
    answer = rig.dry()
    assert [one.id for one in answer.decisions] == [one.id for one in answer.conflicts]
    put_back = next(one for one in answer.decisions if one.id.startswith("deleted_by_editor"))
    assert (put_back.shot, put_back.editor, put_back.decided) == ("SH040", None, False)
    assert put_back.canvas is not None
    assert (put_back.canvas.take, put_back.canvas.record_start) == (take.id, ZERO + 3 * CLIP_FRAMES)
    picture = put_back.canvas.picture
    assert picture is not None
    assert picture.content is not None
    made = tmp_path / "frame.png"
    frame_png(rig.bridge.blobs.path_of(picture.content), picture.frame, made)
    assert number_in(made.read_bytes()) == picture.frame == 12
    ways = {choice.id: choice for choice in put_back.choices}
    assert [(way, one.possible, one.chosen) for way, one in ways.items()] == [
        ("editor", True, True),
        ("canvas", True, False),
        ("both", False, False),
    ]
    assert ways["both"].why_not
    assert all(one.words for one in ways.values())
    dropped = next(one for one in answer.decisions if one.id.startswith("dropped_by_canvas"))
    assert dropped.canvas is None
    assert dropped.editor is not None
    assert (dropped.editor.did, dropped.editor.frames) == (("5 frames cut off at the head",), (-5,))
    mine = dropped.editor.picture
    assert mine is not None
    assert number_in(rig.frame(mine.clip, mine.record_frame)) == CLIP_START + 5 + 5


def test_an_editor_that_cannot_place_says_why_that_choice_is_none(tmp_path: Path) -> None:
    rig = CutRig(tmp_path, clips=3, without=frozenset({"clip.place"}))
    rig.push_all()
    rig.ui.delete_item(rig.item(2).id)
    rig.take(2)
    (decision,) = rig.dry().decisions
    canvas = next(one for one in decision.choices if one.id == "canvas")
    assert not canvas.possible
    assert "cannot put clips on the timeline" in canvas.why_not


def test_every_clip_says_what_is_done_to_it_and_how_that_ended(rig: CutRig) -> None:
    rig.push_all()
    take = rig.take(3)
    (planned,) = rig.dry().clips
    assert (planned.shot, planned.take, planned.state, planned.words) == ("SH030", take.id, "would", "")
    assert (planned.record_start, planned.record_end) == (ZERO + 2 * CLIP_FRAMES, ZERO + 3 * CLIP_FRAMES)
    assert planned.does
    done = rig.trip()
    assert [(one.state, one.words) for one in done.clips] == [("verified", "Verified")]
    assert done.trip is not None
    (kept,) = trip_in_full(rig.bridge, done.trip.trip).clips
    assert (kept.shot, kept.state, kept.words) == ("SH030", "verified", "Verified")


def test_a_trip_that_was_undone_says_so_of_every_clip(rig: CutRig) -> None:
    rig.push_all()
    rig.take(3)
    rig.host.when_written = lambda verb: rig.ui.delete_item(rig.item(5).id) if verb == "clip.add_take" else None
    with pytest.raises((PlanNotAppliedError, TimelineChangedError)) as caught:
        rig.trip()
    (clip,) = trip_in_full(rig.bridge, str(caught.value.details["trip"])).clips
    assert clip.state == "not_applied"
    assert clip.words.startswith("Not applied: ")


def test_a_shot_that_waits_for_a_gap_is_drawn_in_it(rig: CutRig) -> None:
    rig.push_all()
    link = rig.link(2)
    rig.ui.delete_item(rig.item(2).id)
    start = ZERO + CLIP_FRAMES
    waits = {"id": LinkId(new_id("link")), "clip_key": ClipKey(""), "fills_gap": True, "shot": "SH015"}
    waits |= {"node_id": NodeId(link.node_id), "start_record_frame": start + 4, "end_record_frame": start + 20}
    rig.bridge.links.add(link.model_copy(update=waits))
    found = [item for item in pictures(rig.view()) if item.kind == "gap"]
    assert [(item.record_start - start, item.record_end - start, item.name) for item in found] == [
        (0, 4, ""),
        (4, 20, "SH015"),
        (20, 24, ""),
    ]
    assert found[1].link is not None
    assert found[1].link.fills_gap


def test_a_reading_runs_beside_the_loop(rig: CutRig) -> None:
    """Nothing waits for an editor that is slow but who asked it."""
    rig.host.gate = asyncio.Event()

    async def both() -> int:
        ticks, reading = 0, asyncio.create_task(rig.reading())
        while ticks < 3:
            await asyncio.sleep(0)
            ticks += 1
        assert not reading.done()
        assert rig.host.gate is not None
        rig.host.gate.set()
        return len((await reading).host_cut.clips)

    assert asyncio.run(both()) == 10
