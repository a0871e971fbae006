"""Bad input: a clear error with a next step, or a correct result; never a half-made change on the timeline."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.integration.conftest import OpenEditor
from tests.support.media import numbered_by_stamp
from tests.support.trip import START, Trip, card, clip, editor, running_server, spec

from takebridge.errors import BridgeError
from takebridge.media.frames import read_frames
from takebridge.media.testcard import read_frame_number


def refused(work: Callable[[], object]) -> BridgeError:
    with pytest.raises(BridgeError) as caught:
        work()
    assert caught.value.hint, "an error without a next step"
    assert "Traceback" not in caught.value.message
    return caught.value


def untouched(trip: Trip, before: dict[str, Any]) -> None:
    assert trip.timeline() == before


# --- media ----------------------------------------------------------------------------------------------


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def a_playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")


def gone(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("spoil", [a_folder, empty, a_playlist, gone, cut_short])
def test_media_spoiled_after_it_was_cut_in_is_refused(
    open_editor: OpenEditor, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = card(tmp_path / "a.mp4")
    trip = open_editor(spec([clip(path)]))
    before = trip.timeline()
    spoil(path)
    error = refused(trip.push)
    assert error.code in {"probe", "unsafe_media", "unsupported_item", "media_range"}
    assert "a.mp4" in error.message + error.hint
    untouched(trip, before)
    assert trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]["nodes"] == {}


def test_a_phone_clip_of_variable_rate_comes_back_at_a_constant_one(open_editor: OpenEditor, tmp_path: Path) -> None:
    stamps = [round(number * 1000 / 30) + (7 if number % 3 == 1 else 0) for number in range(90) if number % 17]
    path = numbered_by_stamp(tmp_path / "phone.mp4", stamps)
    trip = open_editor(spec([clip(path, audio=False)]))
    pushed = trip.push()
    report = trip.pull(pushed)
    assert any("varies" in note for note in pushed["notes"])
    assert report["record_after"] == [START, START + 24] and report["changed"]


def test_odd_sizes_come_back_even_and_in_the_same_framing(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = tmp_path / "odd.mov"
    frames = card(tmp_path / "a.mp4", frames=64)
    from tests.support.media import ffmpeg

    ffmpeg("-i", frames, "-vf", "scale=321:181,format=rgb24", "-c:v", "png", "-c:a", "copy", path)
    trip = open_editor(spec([clip(path)]))
    report = trip.pull(trip.push())
    picture = next(iter(read_frames(Path(report["path"]), report["head"], 1)))
    assert picture.shape[0] % 2 == picture.shape[1] % 2 == 0
    assert abs(picture.shape[1] / picture.shape[0] - 321 / 181) < 0.01


def test_a_still_is_sent_to_the_references_instead(open_editor: OpenEditor, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "still.png"
    Image.new("RGB", (320, 180), (40, 90, 160)).save(path)
    trip = open_editor(spec([clip(path, kind="still", audio=False)]))
    error = refused(trip.push)
    assert error.code == "unsupported_item" and "reference" in error.hint
    added = trip.client.post(f"/api/canvases/{trip.canvas}/references", {"path": str(path)})
    node = trip.client.get(f"/api/canvases/{trip.canvas}")["canvas"]["nodes"][added["node"]]
    assert node["kind"] == "reference" and node["pin"]


def test_a_clip_of_two_frames_makes_the_trip(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"), duration=2)], playhead="01:00:00:01"))
    report = trip.pull(trip.push())
    item = trip.item()
    shown = [read_frame_number(p)[1] for p in read_frames(Path(report["path"]), item["left_offset"], 2)]
    assert shown == [20, 21] and item["duration"] == 2


@pytest.mark.parametrize(("frames", "source_start", "head", "tail"), [(24, 0, 0, 0), (30, 2, 2, 4)])
def test_handles_that_do_not_exist_are_reported_and_not_invented(
    open_editor: OpenEditor, tmp_path: Path, frames: int, source_start: int, head: int, tail: int
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4", frames=frames), source_start=source_start)]))
    pushed = trip.push()
    assert (pushed["head"], pushed["tail"], pushed["frames"]) == (head, tail, frames)
    assert any("handles" in note for note in pushed["notes"])
    report = trip.pull(pushed)
    assert (report["head"], report["tail"]) == (head, tail)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"speed_percent": 50}, "Render"),
        ({"speed_percent": 200, "source_start": 5}, "Render"),
        ({"reversed": True}, "backwards"),
    ],
)
@pytest.mark.parametrize("profile", ["19.1", "21.1 studio"])
def test_a_retimed_clip_is_refused_by_name(
    open_editor: OpenEditor, tmp_path: Path, change: dict[str, Any], word: str, profile: str
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"), **change)]), profile)
    before = trip.timeline()
    error = refused(trip.push)
    assert error.code == "unsupported_item" and "a.mp4" in error.message
    assert word in error.hint or "Render" in error.hint
    untouched(trip, before)


@pytest.mark.parametrize("kind", ["title", "generator", "compound", "fusion", "multicam", "adjustment", "nested"])
def test_what_has_no_file_is_refused_with_what_to_do_instead(
    open_editor: OpenEditor, tmp_path: Path, kind: str
) -> None:
    entry = {"kind": kind, "name": f"my {kind}", "track": 1, "timeline_start": 0, "duration": 24}
    if kind == "fusion":
        entry["path"] = str(card(tmp_path / "a.mp4"))
    trip = open_editor(spec([entry]))
    before = trip.timeline()
    error = refused(trip.push)
    assert error.code == "unsupported_item" and f"my {kind}" in error.message
    untouched(trip, before)


def test_an_empty_place_says_to_move_the_playhead(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))], playhead="01:00:10:00"))
    assert "playhead" in refused(trip.push).hint.lower()


# --- the editor -----------------------------------------------------------------------------------------


def test_a_locked_track_is_left_alone(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    trip.emulator.do("lock_track", track_type="video", index=1)
    before = trip.timeline()
    error = refused(lambda: trip.pull(pushed))
    assert "locked" in error.message and "nlock" in error.hint
    untouched(trip, before)


@pytest.mark.parametrize("state", ["modal", "playback"])
def test_a_busy_editor_is_said_to_be_busy(open_editor: OpenEditor, tmp_path: Path, state: str) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    before = trip.timeline()
    trip.emulator.do(state)
    error = refused(lambda: trip.pull(pushed))
    assert error.code == "host_busy" and error.retryable
    untouched(trip, before)
    trip.emulator.do("dismiss_modal")
    trip.emulator.do("playback", playing=False)
    assert trip.pull(pushed)["changed"]


@pytest.mark.parametrize("call", ["AddTake", "ImportMedia", "SelectTakeByIndex"])
@pytest.mark.parametrize("what", ["switch_timeline", "switch_project"])
def test_switching_away_in_the_middle_changes_neither_timeline(
    open_editor: OpenEditor, tmp_path: Path, call: str, what: str
) -> None:
    path = card(tmp_path / "a.mp4")
    other = {"timeline": {"name": "Other", "rate": "23.976", "width": 640, "height": 360}, "clips": [clip(path)]}
    world = spec([clip(path)], other_timelines=[other], other_projects=[{"project": "Second", **other}])
    trip = open_editor(world)
    pushed = trip.push()
    before = {timeline["name"]: timeline for timeline in trip.emulator.do("state")["timelines"]}
    name = "Other" if what == "switch_timeline" else "Second"
    trip.emulator.do("on_call", name=call, when="before", then={"do": what, "name": name})
    error = refused(lambda: trip.pull(pushed))
    assert error.code in {"timeline_switched", "host_rejected", "timeline_changed"}
    back = {"switch_timeline": "Cut", "switch_project": "Film"}[what]
    trip.emulator.do(what, name=back)
    after = {timeline["name"]: timeline for timeline in trip.emulator.do("state")["timelines"]}
    assert after["Other"] == before["Other"]
    clip_after, clip_before = (t["Cut"]["tracks"][0]["items"][0] for t in (after, before))
    shown = ("start_record_frame", "end_record_frame", "media_path", "left_offset", "look", "linked")
    assert {key: clip_after[key] for key in shown} == {key: clip_before[key] for key in shown}
    assert trip.pull(pushed)["changed"], "the pull is repeatable once the timeline is open again"


def test_another_timeline_is_not_written_to(open_editor: OpenEditor, tmp_path: Path) -> None:
    path = card(tmp_path / "a.mp4")
    other = {"timeline": {"name": "Other", "rate": "23.976", "width": 640, "height": 360}, "clips": [clip(path)]}
    trip = open_editor(spec([clip(path)], other_timelines=[other]))
    pushed = trip.push()
    trip.emulator.do("switch_timeline", name="Other")
    error = refused(lambda: trip.pull(pushed))
    assert error.code == "timeline_switched" and "Cut" in error.message


def test_an_edit_meanwhile_is_seen_and_the_pull_lands_on_the_new_cut(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    edit = {"do": "user_edit", "edit": "trim", "item": trip.item()["id"], "head": 6, "tail": 0}
    trip.emulator.do("on_call", name="ImportMedia", when="after", then=edit)
    report = trip.pull(pushed)
    item = trip.item()
    shown = [read_frame_number(p)[1] for p in read_frames(Path(report["path"]), item["left_offset"], 1)]
    assert report["record_after"] == [START + 6, START + 24] and shown == [26]


def test_an_edit_elsewhere_during_the_swap_is_kept_and_the_pull_still_lands(
    open_editor: OpenEditor, tmp_path: Path
) -> None:
    path = card(tmp_path / "a.mp4")
    trip = open_editor(spec([clip(path), clip(path, track=2, audio_track=2, timeline_start=100)]))
    trip.emulator.do("set_playhead", timecode="01:00:00:10")
    pushed = trip.push()
    edit = {"do": "user_edit", "edit": "move", "item": trip.item(0, 2)["id"], "timeline_start": 140}
    trip.emulator.do("on_call", name="SelectTakeByIndex", when="after", then=edit)
    report = trip.pull(pushed)
    assert report["changed"] and trip.item()["selected_take"] == 2 and len(trip.item()["takes"]) == 2
    assert trip.item(0, 2)["start_record_frame"] == START + 140


def test_a_clip_deleted_after_the_push_is_named(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    trip.emulator.do("user_edit", edit="delete", item=trip.item()["id"])
    assert "SH010" in refused(lambda: trip.pull(pushed)).message


def test_a_clip_extended_beyond_the_handles_is_refused_with_the_frames_missing(
    open_editor: OpenEditor, tmp_path: Path
) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4", frames=90))]))
    pushed = trip.push()
    trip.emulator.do("user_edit", edit="trim", item=trip.item()["id"], head=0, tail=-30)
    error = refused(lambda: trip.pull(pushed))
    assert error.code == "media_range" and "18 more frames at its tail" in error.message


def test_an_agent_that_dies_in_the_middle_leaves_a_clear_error(open_editor: OpenEditor, tmp_path: Path) -> None:
    trip = open_editor(spec([clip(card(tmp_path / "a.mp4"))]))
    pushed = trip.push()
    trip.emulator.do("on_call", name="AddTake", when="before", then={"do": "crash"})
    error = refused(lambda: trip.pull(pushed))
    assert error.code == "host_timeout" and error.retryable
    assert refused(lambda: trip.pull(pushed)).code == "host_offline"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="a small tmpfs needs root")
def test_a_full_disk_during_the_conform_leaves_the_timeline_alone(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(disk)], check=True)
    try:
        path = card(tmp_path / "a.mp4", frames=90)
        with (
            running_server(disk / "home") as client,
            editor(client, disk / "home", tmp_path, spec([clip(path)])) as trip,
        ):
            pushed = trip.push()
            before = trip.timeline()
            filler = disk / "filler"
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            filler.write_bytes(b"x" * max(0, free - 300_000))
            error = refused(lambda: trip.pull(pushed))
            assert error.code == "disk_full" and error.retryable
            untouched(trip, before)
            assert not list(disk.rglob("*.part*")), "half a file was left"
            filler.unlink()
            assert trip.pull(pushed)["changed"], "space was freed, the same pull works"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
