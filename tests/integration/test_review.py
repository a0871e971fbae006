"""What two people at once, unusual timelines and a lost connection must not break."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from tests.integration.conftest import OpenEditor
from tests.support.trip import card, clip, editor, spec

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number
from takebridge.timebase import FrameRate
from takebridge_server.demo.actors import Server
from takebridge_server.watch import live, watch_job


def numbers(path: str, start: int, count: int) -> list[int]:
    return [read_frame_number(picture)[1] for picture in read_frames(Path(path), start, count)]


# --- two at once ----------------------------------------------------------------------------------------


def test_two_pushes_of_one_clip_at_once_make_one_shot(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    with ThreadPoolExecutor(3) as pool:
        pushed = [job.result() for job in [pool.submit(trip.push, process=["upscale"]) for _ in range(3)]]
    canvas = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]
    links = trip.client.get("/api/clips/links", canvas_id=trip.canvas)
    assert [link["shot"] for link in links] == ["SH010"]
    assert {clip["link"]["id"] for clip in pushed} == {links[0]["id"]}
    assert sorted(clip["repeated"] for clip in pushed) == [False, True, True]
    assert sorted(node["kind"] for node in canvas["nodes"].values()) == ["source_clip", "upscale"]
    assert len(canvas["takes"]) == 1


def test_one_take_pulled_by_two_people_at_once_lands_once(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    with ThreadPoolExecutor(3) as pool:
        reports = [job.result() for job in [pool.submit(trip.pull, pushed) for _ in range(3)]]
    assert sorted(report["changed"] for report in reports) == [False, False, True]
    assert len(trip.item()["takes"]) == 2 and trip.item()["selected_take"] == 2
    deliveries = trip.client.get(f"/api/clips/links/{pushed['link']['id']}/deliveries")
    assert len(deliveries) == 1
    assert trip.client.get("/api/clips/linked", canvas_id=trip.canvas) == [
        {"link": pushed["link"], "deliveries": deliveries}
    ]


def test_neighbours_pulled_at_once_do_not_get_in_each_others_way(open_editor: OpenEditor, tmp_path: Path) -> None:
    path, count = card(tmp_path / "a.mp4"), 6
    clips = [clip(path, timeline_start=6 * place, source_start=9 * place, duration=6) for place in range(count)]
    trip = open_editor(spec(clips, marks=[0, 6 * count - 1]))
    body = {"canvas_id": trip.canvas, "mode": "marks", "process": [], "handles": 0}
    pushed = trip.client.post("/api/clips/push", body)
    for one in pushed:
        trip.pull(one, select=False)  # the files exist: what is left is the swap itself
    with ThreadPoolExecutor(count) as pool:
        reports = [job.result() for job in [pool.submit(trip.pull, one) for one in pushed]]
    assert [report["changed"] for report in reports] == [True] * count
    assert [trip.item(place)["selected_take"] for place in range(count)] == [2] * count


# --- unusual timelines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeline", "start", "media", "source_start", "duration", "frames"),
    [
        ("29.97 DF", "00:00:59:10", FrameRate(30000, 1001), 0, 30, 31),  # from frame 0 on, over dropped labels
        ("29.97 DF", "10:00:00:00", FrameRate(24000, 1001), 5, 30, 29),  # to the media's last frame
        ("59.94", "00:00:00:00", FrameRate(30000, 1001), 3, 41, 24),  # an odd number of halves
        ("59.94", "01:00:00:00", FrameRate(24000, 1001), 0, 50, 20),
        ("25", "00:00:00:00", FrameRate(50), 1, 20, 41),
        ("24", "01:00:00:00", FrameRate(24000, 1001), 0, 24, 24),
        ("25", "01:00:00:00", FrameRate(24), 7, 25, 31),
        ("23.976", "01:00:00:00", FrameRate(60000, 1001), 2, 24, 62),
        ("24", "23:59:59:00", FrameRate(24), 63, 1, 64),  # one frame, the last
    ],
)
def test_every_record_frame_shows_what_the_cut_showed(
    open_editor: OpenEditor,
    tmp_path: Path,
    timeline: str,
    start: str,
    media: FrameRate,
    source_start: int,
    duration: int,
    frames: int,
) -> None:
    path = card(tmp_path / "a.mp4", frames=frames, rate=media)
    rate = timeline.removesuffix(" DF")
    name = {"name": "Cut", "rate": rate, "drop_frame": rate != timeline, "start_timecode": start}
    place = clip(path, source_start=source_start, duration=duration, timeline_start=9, track=2, enabled=False)
    world = spec([place], timeline={**name, "width": 640, "height": 360}, marks=[9, 9])
    trip = open_editor(world)
    before = trip.item(track=2)
    report = trip.pull(trip.push(mode="marks"))
    item = trip.item(track=2)
    exact = {"29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001), "23.976": Fraction(24000, 1001)}
    step = media.fraction / (exact.get(rate) or Fraction(rate))
    wanted = [source_start + int(number * step) for number in range(duration)]
    assert numbers(item["media_path"], item["left_offset"], duration) == wanted
    for fact in ("start_record_frame", "end_record_frame", "look"):
        assert item[fact] == before[fact]
    assert report["record_after"] == [item["start_record_frame"], item["end_record_frame"]]


def test_a_transition_between_the_marks_is_no_clip_to_push(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    dissolve = {"kind": "transition", "name": "Cross Dissolve", "track": 1, "timeline_start": 20, "duration": 8}
    trip = open_editor(spec([clip(path), dissolve, clip(path, timeline_start=24)], marks=[0, 47]))
    pushed = trip.client.post("/api/clips/push", {"canvas_id": trip.canvas, "mode": "marks", "process": []})
    assert [one["link"]["source_start_frame"] for one in pushed] == [20, 20]


def test_marks_around_nothing_say_what_to_do_with_marks(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))], marks=[30, 40]))
    with pytest.raises(BridgeError) as caught:
        trip.push(mode="marks")
    assert caught.value.code == "usage" and "marks" in caught.value.hint


# --- halfway ----------------------------------------------------------------------------------------------


def test_a_take_that_could_not_be_laid_in_anew_comes_back_with_the_next_pull(
    open_editor: OpenEditor, tmp_path: Path
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push(process=["previz"])
    trip.pull(pushed)
    trip.pull(pushed, trip.generate(pushed["nodes"]["previz"])["take"])
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=4, tail=2)
    trip.emulator.do("on_call", name="DeleteTakeByIndex", when="after", then={"do": "playback"})
    with pytest.raises(BridgeError) as caught:
        trip.pull(pushed)
    assert caught.value.code == "host_busy" and "taken off the clip" in caught.value.hint
    assert len(trip.item()["takes"]) == 2
    trip.emulator.do("playback", playing=False)
    trip.pull(pushed)
    item = trip.item()
    assert len(item["takes"]) == 3 and numbers(item["media_path"], item["left_offset"], 18) == list(range(24, 42))


def test_a_swap_that_could_not_be_undone_says_so(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    trip = open_editor(spec([clip(path), clip(path, timeline_start=24)]))
    pushed = trip.push()
    disable = {"do": "user_edit", "edit": "set", "item": trip.item(1)["id"], "enabled": False}
    for then in (disable, {"do": "playback"}):  # somebody edits next door and then plays what is there
        trip.emulator.do("on_call", name="SelectTakeByIndex", when="after", then=then)
    with pytest.raises(BridgeError) as caught:
        trip.pull(pushed)
    assert trip.emulator.do("hook_errors") == []
    assert caught.value.code == "host_busy" and "still on the clip" in caught.value.hint
    assert trip.item()["selected_take"] == 2


def test_a_bridge_killed_while_a_job_is_waited_for_is_said_plainly(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = card(tmp_path / "a.mp4", frames=90)
    with (
        Server(home, tmp_path / "server.log") as server,
        BridgeClient(home) as client,
        editor(client, home, tmp_path, spec([clip(path, duration=60)])) as trip,
        ThreadPoolExecutor(1) as pool,
    ):
        node = trip.push(process=["upscale"])["nodes"]["upscale"]
        job = client.post("/api/jobs", {"canvas_id": trip.canvas, "node_id": node})["job"]
        with live(client) as socket:
            waiting = pool.submit(watch_job, client, job, None)
            while json.loads(socket.recv(timeout=60))["topic"] != "job.progress":
                pass
        server.kill()
        with pytest.raises(BridgeError) as caught:
            waiting.result(timeout=60)
    assert caught.value.code == "not_found" and "takebridge serve" in caught.value.hint


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/clips/links", {"canvas_id": "canvas_x"}),
        ("/api/clips/linked", {"canvas_id": "canvas_x"}),
        ("/api/jobs", {"canvas_id": "canvas_x"}),
        ("/api/clips/links/link_x/deliveries", {}),
    ],
)
def test_what_belongs_to_nothing_is_not_an_empty_list(client: BridgeClient, path: str, query: dict[str, str]) -> None:
    with pytest.raises(BridgeError) as caught:
        client.get(path, **query)
    assert caught.value.code == "not_found" and caught.value.hint
