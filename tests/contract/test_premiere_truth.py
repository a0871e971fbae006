"""What an op leaves in Premiere, frame by frame, at the rates films are cut in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.support.premiere_rig import BIN, RATES, PremiereHost, PremiereRig, Stages
from tests.support.premiere_runner import PremiereRunner, need_node

from takebridge.hosts import calls
from takebridge.hosts.neutral import neutral
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.media.testcard import read_frame_number

A, B, C = (0, 48, 24, "a"), (48, 40, 10, "b"), (100, 30, 5, "c")
SOUND, MUSIC = [A, C], [(0, 130, 0, "music")]


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    stages = Stages()
    yield stages
    stages.close()


@pytest.fixture(params=RATES)
def rig(request: pytest.FixtureRequest, stages: Stages) -> PremiereRig:
    return stages.rig("26.3.0", request.param)


def sounds(rig: PremiereRig) -> list[object]:
    return [rig.track("audio", 1), rig.track("audio", 2)]


def test_a_snapshot_says_what_lies_where(rig: PremiereRig) -> None:
    def place(kind: str, index: int) -> list[tuple[int, int, int, str]]:
        found = []
        for item in rig.snapshot((kind, index))["items"]:
            start, end = item["start_record_frame"] - rig.start, item["end_record_frame"] - rig.start
            found.append((start, end - start, item["start_source_frame"], Path(item["media"]["path"]).stem))
        return found

    assert (place("video", 1), place("video", 2), place("audio", 1)) == ([A, B, C], [], SOUND)
    info = rig.snapshot(marks=True)["timeline"]
    assert (info["start_record_frame"], info["end_record_frame"]) == (rig.start, rig.start + 130)
    assert [mark["record_frame"] - rig.start for mark in info["markers"]] == [3]


def test_a_take_is_stacked_swapped_and_taken_off(rig: PremiereRig) -> None:
    rig.place(rig.files.take1, 50, 30, head=7)
    assert rig.track("video", 2) == [(50, 30, 7, "take1")]
    expect = rig.expect(("video", 1), ("video", 2))
    rig.result("clip.swap", rig.swap_args("take1", rig.files.take2, head=9), expect)
    assert rig.track("video", 2) == [(50, 30, 9, "take2")]
    rig.result("clip.delete", {"clips": [rig.ref("take2")]}, rig.expect(("video", 1), ("video", 2)))
    assert (rig.track(), rig.track("video", 2)) == ([A, B, C], [])
    assert sounds(rig) == [SOUND, MUSIC]


def test_a_persons_own_clip_is_swapped_in_its_place(rig: PremiereRig) -> None:
    rig.result("clip.swap", rig.swap_args("a", rig.files.take1, way="overwrite"), rig.expect())
    assert rig.track() == [(0, 48, 6, "take1"), B, C]
    assert sounds(rig) == [SOUND, MUSIC]


def test_a_gap_is_filled_to_the_frame(rig: PremiereRig) -> None:
    rig.result("clip.place", rig.place_args(rig.bring(rig.files.take1), 88, 12, track=1, head=3), rig.expect())
    assert rig.track() == [A, B, (88, 12, 3, "take1"), C]


def test_a_new_track_is_made_for_a_take_and_nothing_moves(rig: PremiereRig) -> None:
    rig.place(rig.files.take1, 40, 60, track=3)
    assert (rig.track(), rig.track("video", 2), rig.track("video", 3)) == ([A, B, C], [], [(40, 60, 6, "take1")])
    assert sounds(rig) == [SOUND, MUSIC]


def test_deleting_leaves_a_gap_and_the_sound(rig: PremiereRig) -> None:
    rig.result("clip.delete", {"clips": [rig.ref("a")]}, rig.expect())
    assert rig.track() == [B, C]
    assert sounds(rig) == [SOUND, MUSIC]


def test_markers_stand_where_they_were_asked_for(rig: PremiereRig) -> None:
    args = {"record_frame": rig.start + 77, "duration_frames": 5, "name": "é", "note": "please", "color": "Cyan"}
    rig.result("marker.add", args, rig.expect())
    slate, ours = rig.sequence()["markers"]
    assert (int(ours["start"]), int(ours["duration"])) == (77 * rig.frame, 5 * rig.frame)
    assert (slate["name"], ours["name"]) == ("slate", "é")


def test_the_playhead_and_the_picture_under_it(rig: PremiereRig, tmp_path: Path) -> None:
    timeline = rig.expect()["timeline_id"]
    rig.result("playhead.set", {"timeline_id": timeline, "record_frame": rig.start + 60})
    assert int(rig.sequence()["playhead"]) == 60 * rig.frame
    path = tmp_path / "frame.png"
    assert rig.run("frame.grab", {"path": str(path)}).error is None
    with Image.open(path) as picture:
        assert read_frame_number(np.asarray(picture.convert("RGB"))) == (2, 22)  # b from frame 10, 12 in


def test_a_copy_has_the_same_clips_and_stays_behind(rig: PremiereRig) -> None:
    rig.result("timeline.duplicate", {"name": "Cut TakeBridge safety"}, rig.expect())
    assert rig.track(name="Cut TakeBridge safety") == rig.track() == [A, B, C]
    assert rig.track("audio", 2, name="Cut TakeBridge safety") == MUSIC
    project = rig.project()
    assert project["sequences"][project["active"]]["name"] == "Cut"


def test_media_comes_into_its_bin_once_with_its_tags(rig: PremiereRig) -> None:
    args = {"path": rig.files.take1, "bin": BIN, "tags": {"takebridge.take_id": "é <1>", "model": "m"}}
    first = rig.result("media.import", args, rig.expect())["media"]
    again = rig.result("media.import", args, rig.expect())
    assert (again["media"]["id"], again["reused"]) == (first["id"], True)
    items = rig.project()["items"]
    (item,) = (one for one in items.values() if one["path"] == rig.files.take1)
    names = [items[item["parent"]]["name"], items[items[item["parent"]]["parent"]]["name"]]
    assert names == BIN[::-1]
    assert sorted(item["metadata"].values()) == ["m", "é <1>"]
    assert first["frame_count"] == 72


def test_services_read_it_as_any_host(rig: PremiereRig) -> None:
    host: Host = rig.host
    cut = neutral(read_cut(asyncio.run(calls.snapshot(host, marks=True))))
    shots = [clip for track in cut.tracks if track.kind == "video" for clip in track.clips]
    assert [(clip.record.start, clip.record.duration) for clip in shots] == [(0, 48), (48, 40), (100, 30)]
    assert cut.start == rig.start
    assert host.status.host == "premiere"


@pytest.mark.parametrize("lanes", [1, 64])
def test_a_thousand_clips_cost_few_calls_each_and_many_at_once(lanes: int) -> None:
    """Time is what the calls take one after the other in so many lanes; the bench measures it."""
    need_node()
    clips = [{"name": f"c{n}", "path": "/media/c.mov", "start": 24 * n, "length": 24, "in": n} for n in range(1000)]
    reel = {"project": "P", "name": "Reel", "rate": "24", "tracks": {"video": [clips], "audio": []}}
    with PremiereRunner("26.3.0", reel, lanes=lanes) as runner:
        host = PremiereHost(runner)
        runner.ask("uncount")
        answer = host.run("timeline.snapshot", {}, None)
        wire = runner.ask("world")["wire"]
    assert answer.result is not None and len(answer.result["items"]) == 1000
    assert wire["calls"] <= 9 * 1000
    assert wire["most"] == lanes
