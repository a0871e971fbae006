"""The trip through real processes: what comes back is read from the editor's own state and from the files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from tests.integration.conftest import OpenEditor
from tests.support.media import shared_media
from tests.support.trip import RATE, START, card, clip, spec

from takebridge.client.http import BridgeClient
from takebridge.errors import BridgeError
from takebridge.media.frames import read_frames
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number
from takebridge.timebase import FrameRate
from takebridge_server.demo.checks import best_match

PROFILES = ["18.6", "19.1", "20.3", "21.0 free", "21.1 studio"]


def numbers(path: str, start: int, count: int) -> list[int]:
    return [read_frame_number(picture)[1] for picture in read_frames(Path(path), start, count)]


def others(timeline: dict[str, Any], key: str) -> list[Any]:
    return [[item for item in track["items"] if item["id"] != key] for track in timeline["tracks"]]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_pulled_take_is_frame_exact_and_nothing_else_changes(
    open_editor: OpenEditor, tmp_path: Path, profile: str
) -> None:
    first, second = card(tmp_path / "a.mp4", clip_id=1), card(tmp_path / "b.mp4", clip_id=2)
    look = {"properties": {"ZoomX": 1.25, "Pan": 8.0}, "color": "Orange", "grade_nodes": 4}
    world = spec(
        [clip(first), clip(second, timeline_start=24, **look), clip(first, timeline_start=48, source_start=30)],
        playhead="01:00:01:10",
    )
    trip = open_editor(world, profile)
    before = trip.timeline()
    pushed = trip.push()
    assert (pushed["frames"], pushed["head"], pushed["tail"]) == (48, 12, 12)

    report = trip.pull(pushed)

    after, item = trip.timeline(), trip.item(1)
    assert report["changed"] and report["record_after"] == [START + 24, START + 48]
    assert (item["start_record_frame"], item["end_record_frame"]) == (START + 24, START + 48)
    assert item["media_path"] == report["path"] and item["selected_take"] == 2 and len(item["takes"]) == 2
    assert item["look"] == trip_look(before) and item["linked"] == before["tracks"][0]["items"][1]["linked"]
    assert others(after, item["id"]) == others(before, item["id"])
    assert numbers(item["media_path"], item["left_offset"], 24) == list(range(20, 44))
    delivered = probe(Path(item["media_path"]))
    assert (delivered.rate, delivered.frame_count) == (RATE, 48)
    assert Path(report["path"]).name.startswith("SH010_take02_source_")


def trip_look(timeline: dict[str, Any]) -> Any:
    return timeline["tracks"][0]["items"][1]["look"]


def test_pulling_again_changes_nothing(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    first = trip.pull(pushed)
    state = trip.emulator.do("state")
    again = trip.pull(pushed)
    later = trip.emulator.do("state")
    assert first["changed"] and not again["changed"] and again["path"] == first["path"]
    assert {**state, "calls": 0} == {**later, "calls": 0}


def test_pushing_again_makes_nothing_and_adds_missing_steps(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    first = trip.push(process=["upscale"])
    again = trip.push(process=["upscale", "previz"])
    canvas = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]
    assert again["repeated"] and again["link"] == first["link"]
    assert again["nodes"]["upscale"] == first["nodes"]["upscale"]
    assert sorted(node["kind"] for node in canvas["nodes"].values()) == ["previz", "source_clip", "upscale"]
    assert len(canvas["takes"]) == 1


def test_a_trimmed_clip_is_pushed_again_as_a_new_take_of_the_same_shot(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    first = trip.push(process=["upscale"])
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=4, tail=0)
    second = trip.push(process=["upscale"])
    view = trip.client.get(f"/api/canvases/{trip.canvas}")
    node = first["link"]["node_id"]
    assert second["link"]["id"] == first["link"]["id"] and second["link"]["shot"] == "SH010"
    assert second["link"]["source_start_frame"] == 24
    assert view["canvas"]["nodes"][node]["pin"] == second["link"]["source_take_id"]
    assert len([take for take in view["canvas"]["takes"].values() if take["node_id"] == node]) == 2


def test_a_clip_trimmed_after_the_push_gets_the_frames_it_shows_now(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=5, tail=3)
    report = trip.pull(pushed)
    item = trip.item()
    assert report["record_after"] == [START + 5, START + 21] and report["head"] == 17
    assert numbers(item["media_path"], item["left_offset"], 16) == list(range(25, 41))


def test_a_slipped_clip_that_shows_our_take_gets_the_next_take_in_step(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push(process=["previz"])
    trip.pull(pushed)
    trip.emulator.do("user_edit", edit="slip", item=trip.item()["id"], source_frames=4)
    made = trip.generate(pushed["nodes"]["previz"])
    report = trip.pull(pushed, made["take"])
    item = trip.item()
    assert item["selected_take"] == 3 and item["left_offset"] == report["head"] == 16
    assert report["number"] == 3 and "_take03_previz_" in report["path"]


def test_a_take_of_an_earlier_push_still_lands_on_its_frames(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    earlier = trip.push()
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=4, tail=0)
    later = trip.push()
    assert later["link"]["given_start_frame"] != earlier["link"]["given_start_frame"]
    trip.pull(later, earlier["link"]["source_take_id"])
    item = trip.item()
    assert numbers(item["media_path"], item["left_offset"], 20) == list(range(24, 44))


def test_a_take_of_another_shot_is_refused(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    trip = open_editor(spec([clip(path), clip(path, timeline_start=24, source_start=10)]))
    first = trip.push()
    trip.emulator.do("set_playhead", timecode="01:00:01:10")
    second = trip.push()
    before = trip.timeline()
    with pytest.raises(BridgeError) as caught:
        trip.pull(second, first["link"]["source_take_id"])
    assert caught.value.code == "unsupported_item" and "SH020" in caught.value.message
    assert trip.timeline() == before


@pytest.mark.parametrize(("rate", "frames"), [(FrameRate(25), 70), (FrameRate(30000, 1001), 80), (FrameRate(24), 64)])
def test_media_of_another_rate_shows_the_frame_that_has_begun(
    open_editor: OpenEditor, tmp_path: Path, rate: FrameRate, frames: int
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4", frames=frames, rate=rate))]))
    pushed = trip.push()
    report = trip.pull(pushed)
    item = trip.item()
    step = rate.fraction / RATE.fraction
    wanted = [20 + int(Fraction(number) * step) for number in range(24)]
    assert probe(Path(item["media_path"])).rate == RATE
    assert numbers(item["media_path"], item["left_offset"], 24) == wanted
    assert report["head"] == int(12 / step)


def test_a_take_added_without_selecting_leaves_the_picture(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    shown = trip.item()["media_path"]
    report = trip.pull(pushed, select=False)
    item = trip.item()
    assert report["changed"] and len(item["takes"]) == 2
    assert item["selected_take"] == 1 and item["media_path"] == shown
    selected = trip.pull(pushed)
    assert selected["changed"] and trip.item()["selected_take"] == 2


def test_an_older_take_of_a_clip_trimmed_since_comes_back_in_step(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push(process=["previz"])
    first = trip.pull(pushed)
    made = trip.generate(pushed["nodes"]["previz"])
    trip.pull(pushed, made["take"])
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=4, tail=2)
    report = trip.pull(pushed)
    item = trip.item()
    assert report["path"] == first["path"] == item["media_path"] and len(item["takes"]) == 3
    assert numbers(item["media_path"], item["left_offset"], 18) == list(range(24, 42))


@pytest.mark.parametrize(("codec", "name"), [("prores_aw", "prores"), ("x264", "h264")])
def test_takes_come_in_the_codec_asked_for(open_editor: OpenEditor, tmp_path: Path, codec: str, name: str) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    report = trip.pull(trip.push(), codec=codec)
    item = trip.item()
    assert probe(Path(report["path"])).codec == name
    assert numbers(item["media_path"], item["left_offset"], 24) == list(range(20, 44))


def test_files_go_to_a_bin_of_the_shot_and_carry_their_ids(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    current = trip.emulator.do("state")["current_bin"]
    pushed = trip.push()
    report = trip.pull(pushed)
    state = trip.emulator.do("state")
    ours = next(folder for folder in state["pool"]["bins"] if folder["name"] == "TakeBridge")
    media = ours["bins"][0]["media"]
    assert ours["bins"][0]["name"] == "SH010" and [item["path"] for item in media] == [report["path"]]
    assert media[0]["third_party"]["takebridge.take"] == report["take_id"]
    assert state["current_bin"] == current


def test_two_clips_in_the_marks_become_two_shots(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    world = spec([clip(path), clip(path, timeline_start=24, source_start=10)], marks=[0, 47])
    trip = open_editor(world)
    body = {"canvas_id": trip.canvas, "mode": "marks", "process": []}
    clips = trip.client.post("/api/clips/push", body)
    assert [item["link"]["shot"] for item in clips] == ["SH010", "SH020"]


def test_the_selection_is_pushed_where_the_version_has_one(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    trip = open_editor(spec([clip(path), clip(path, timeline_start=24, source_start=10)]), "21.1 studio")
    trip.emulator.do("select", item_ids=[trip.item(1)["id"]])
    assert trip.push(mode="selected")["link"]["source_start_frame"] == 10


def test_the_exported_otio_holds_both_takes(open_editor: OpenEditor, tmp_path: Path, client: BridgeClient) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    report = trip.pull(trip.push())
    target = tmp_path / "cut.otio"
    assert client.post("/api/clips/export", {"path": str(target)}) == {"losses": []}
    found = otio.adapters.read_from_file(str(target))
    item = next(iter(found.video_tracks()[0].find_clips()))
    assert set(item.media_references()) == {"take 1", "take 2"}
    assert item.media_reference.name == Path(report["path"]).name
    assert found.global_start_time.value == START


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "source_start"),
    [
        ("bigbuckbunny.mp4", 40),
        ("bikes.mp4", 100),
        ("carphone_pristine.mp4", 30),
        ("cockatoo.mp4", 60),
        ("people_walking.mp4", 700),
    ],
)
def test_real_clips_come_back_on_their_frames(open_editor: OpenEditor, name: str, source_start: int) -> None:
    path = shared_media() / name
    info = probe(path)
    assert info.rate is not None
    trip = open_editor(spec([clip(path, source_start=source_start, audio=info.has_audio)]))
    report = trip.pull(trip.push())
    item = trip.item()
    step = info.rate.fraction / RATE.fraction
    wanted = [source_start + int(Fraction(number) * step) for number in range(24)]
    source = dict(enumerate(read_frames(path, source_start - 2, wanted[-1] - source_start + 5), source_start - 2))
    shown = read_frames(Path(report["path"]), item["left_offset"], 24)
    for picture, frame in zip(shown, wanted, strict=True):
        near = [number for number in range(frame - 2, frame + 3) if number in source]
        assert near[best_match(picture, [source[number] for number in near])] == frame
