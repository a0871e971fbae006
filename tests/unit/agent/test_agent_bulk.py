"""A timeline read at the cost of one export: the same facts as item by item, and never a place that is not so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.agent_rig import PROFILES, Rig

from takebridge_resolve import agent
from takebridge_resolve.agent import bulk, scene
from takebridge_resolve.emulator import World

MEDIA = {"rate": "24", "frames": 4_000, "width": 1920, "height": 1080, "audio_channels": 2}


def take(stem: str, start: int, duration: int, **more: Any) -> dict[str, Any]:
    return {"path": f"/media/{stem}.mov", "timeline_start": start, "duration": duration, "media": MEDIA, **more}


def rich(rate: str) -> dict[str, Any]:
    """Two tracks of picture, two of sound: a gap, a disabled clip, retimes, something nested, a dissolve, titles."""
    drop = rate == "29.97"
    start = "01:00:00;00" if drop else "01:00:00:00"
    inner = [take("deep", 0, 30)]
    return {
        "project": "Film",
        "timeline": {"name": "Reel", "rate": rate, "drop_frame": drop, "start_timecode": start},
        "clips": [
            take("one", 0, 48, audio=True, source_start=12),
            take("two", 48, 24, source_start=100, enabled=False),
            take("one", 80, 40, source_start=200, speed_percent=200),
            {"kind": "transition", "name": "Cross Dissolve", "timeline_start": 114, "duration": 12},
            take("three", 120, 31, audio=True, audio_track=2, source_start=50, name="Hero"),
            {"kind": "nested", "name": "Reel 2", "timeline_start": 151, "duration": 25, "inner": inner},
            take("four", 180, 20, reversed=True, speed_percent=100),
            {"kind": "title", "name": "Text", "track": 2, "timeline_start": 10, "duration": 24},
            {"kind": "adjustment", "name": "Adjustment Clip", "track": 2, "timeline_start": 60, "duration": 70},
            take("two", 150, 50, track=2),
        ],
    }


def opened(profile: str = "20.3", rate: str = "23.976") -> tuple[World, scene.Scene]:
    world = World.from_spec(rich(rate), profile)
    return world, scene.open_scene(world.resolve)


def facts(found: Any) -> Any:
    return scene.facts_of(found)


def read(one: scene.Scene) -> Any:
    return facts(scene.survey(one, scene.all_tracks(one.timeline), {}))


def asked_one_by_one(one: scene.Scene) -> Any:
    return facts(scene.scan(one.timeline, scene.all_tracks(one.timeline)))


def truth(world: World) -> list[tuple[str, int, int, int, bool]]:
    """(type, index, start, end, enabled) of every item, record frames, from the emulator's own state."""
    line = world.project.current_timeline
    assert line is not None
    at = line.start_frame
    return [(kind, n, at + i.start, at + i.end, i.enabled) for kind, n, _, i in line.located()]


def places(found: Any) -> list[tuple[str, int, int, int, bool]]:
    return [(kind, number, start, end, enabled) for kind, number, start, end, _, _, enabled in found]


@pytest.mark.parametrize("rate", ["23.976", "29.97", "60"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_export_says_what_the_items_say(profile: str, rate: str) -> None:
    world, one = opened(profile, rate)
    world.ui.call_log.clear()
    found = read(one)
    counts = world.ui.call_counts()
    assert (counts["Export"], counts.get("GetClipEnabled", 0)) == (1, 0), "every track was taken from the export"
    assert found == asked_one_by_one(one)
    assert sorted(places(found)) == sorted(truth(world))


def test_names_paths_and_switches_are_there() -> None:
    _, one = opened()
    said = {(row[4], row[5], row[6]) for row in read(one) if row[0] == "video"}
    assert said >= {("two.mov", "/media/two.mov", False), ("Hero", "/media/three.mov", True), ("Text", "", True)}


def shorter(written: Any) -> None:
    del written["tracks"]["children"][0]["children"][1]


def longer(written: Any) -> None:
    for track in written["tracks"]["children"]:
        track["children"][0]["source_range"]["duration"]["value"] += 1


def swapped_lengths(written: Any) -> None:
    """The last end is right, what lies between is not: it sits beside a retimed clip, which is asked."""
    first, gap = written["tracks"]["children"][0]["children"][1:3]
    first["source_range"]["duration"]["value"] -= 1
    gap["source_range"]["duration"]["value"] += 2
    written["tracks"]["children"][0]["children"][3]["source_range"]["duration"]["value"] -= 1


def other_start(written: Any) -> None:
    written["global_start_time"]["value"] = 0


def other_names(written: Any) -> None:
    for track in written["tracks"]["children"]:
        for child in track["children"]:
            child["name"] = "Take 7"


def half_frames(written: Any) -> None:
    written["tracks"]["children"][0]["children"][0]["source_range"]["duration"]["value"] += 0.5


def other_rate(written: Any) -> None:
    written["tracks"]["children"][0]["children"][0]["source_range"]["duration"]["rate"] = 25.0


LIES: dict[str, Callable[[Any], object]] = {
    "one item missing": shorter,
    "a clip too long": longer,
    "lengths that only add up": swapped_lengths,
    "another start": other_start,
    "other names": other_names,
    "half a frame": half_frames,
    "another rate": other_rate,
    "no start": lambda written: written.update(global_start_time=None),
    "a trimmed track": lambda written: written["tracks"]["children"][0].update(source_range={}, kind="Strange"),
    "an unknown schema": lambda written: written["tracks"]["children"][0]["children"][0].update(OTIO_SCHEMA="Ghost.1"),
    "no ranges": lambda written: written["tracks"]["children"][0]["children"][0].update(source_range=None),
    "no tracks": lambda written: written.clear(),
    "a track too few": lambda written: written["tracks"]["children"].pop(0),
    "tracks upside down": lambda written: written["tracks"]["children"].reverse(),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_export_is_not_believed(monkeypatch: pytest.MonkeyPatch, lie: str) -> None:
    world, one = opened()
    load = bulk.load_export

    def tampered(path: str) -> Any:
        written = load(path)
        LIES[lie](written)
        return written

    monkeypatch.setattr(bulk, "load_export", tampered)
    world.ui.call_log.clear()
    found = read(one)
    assert world.ui.call_counts()["GetClipEnabled"] > 0, "at least one track was asked item by item"
    assert found == asked_one_by_one(one)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"tracks": 1}', "\x00\xff", "[" * 100_000])
def test_a_broken_export_is_not_believed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    _, one = opened()
    load = bulk.load_export

    def broken(path: str) -> Any:
        with open(path, "w", encoding="latin-1") as file:
            file.write(text)
        return load(path)

    monkeypatch.setattr(bulk, "load_export", broken)
    assert read(one) == asked_one_by_one(one)


def test_a_refused_export_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    world, one = opened()
    world.ui.modal()
    assert read(one) == asked_one_by_one(one)
    world.ui.dismiss_modal()
    monkeypatch.setattr(bulk.tempfile, "mkdtemp", lambda prefix: (_ for _ in ()).throw(OSError("full")))
    assert read(one) == asked_one_by_one(one)


def test_the_file_is_private_and_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    _, one = opened()
    seen: list[tuple[int, str]] = []
    load = bulk.load_export

    def looked(path: str) -> Any:
        folder = bulk.os.path.dirname(path)
        seen.append((bulk.os.stat(folder).st_mode & 0o77, folder))
        return load(path)

    monkeypatch.setattr(bulk, "load_export", looked)
    read(one)
    ((mode, folder),) = seen
    assert mode == 0 and not bulk.os.path.exists(folder)


def test_a_ghost_turns_its_track_to_asking() -> None:
    world, one = opened()
    line = world.project.current_timeline
    assert line is not None
    item = line.tracks["video"][0].items[1]
    item.kind, item.ghost = "ghost", True
    found = read(one)
    assert found == asked_one_by_one(one)
    assert ["video", 1, 0, 0, "", "", False] in found


@pytest.mark.parametrize("edit", ["first", "last"])
def test_an_edit_right_after_the_export_is_seen_at_the_ends(edit: str) -> None:
    world, one = opened()
    line = world.project.current_timeline
    assert line is not None
    items = line.tracks["video"][0].items
    edits: dict[str, Callable[[], object]] = {
        "first": lambda: world.ui.trim_item(items[0].id, head=3),
        "last": lambda: world.ui.trim_item(items[-1].id, tail=3),
    }
    world.ui.on_call("Export", when="after", do=edits[edit])
    assert read(one) == asked_one_by_one(one)


@pytest.mark.parametrize("edit", ["delete", "razor"])
def test_an_edit_right_after_the_export_leaves_one_state(edit: str) -> None:
    """What is read is the timeline as it was written, nothing of it from after the edit; the next reading differs."""
    world, one = opened()
    before = asked_one_by_one(one)
    line = world.project.current_timeline
    assert line is not None
    item = line.tracks["video"][0].items[1].id
    edits: dict[str, Callable[[], object]] = {
        "delete": lambda: world.ui.delete_item(item),
        "razor": lambda: world.ui.razor_item(item, 60),
    }
    world.ui.on_call("Export", when="after", do=edits[edit])
    assert read(one) == before
    assert read(one) == asked_one_by_one(one) != before


@pytest.mark.parametrize("profile", PROFILES)
def test_a_thousand_clips_cost_hardly_more_than_their_ids(profile: str) -> None:
    clips = [take(f"A{number % 10:03}", 24 * number, 24) for number in range(1_000)]
    world = World.from_spec({**rich("24"), "clips": clips}, profile)
    desk = agent.Desk(world.resolve)
    world.ui.call_log.clear()
    op = {"id": "1", "verb": "timeline.snapshot", "args": {"detail": []}, "expect": None}
    result = desk.execute(op)["result"]
    assert len(world.ui.call_log) <= 1_040
    assert [item["start_record_frame"] for item in result["items"]] == [86_400 + 24 * n for n in range(1_000)]
    assert len({item["key"] for item in result["items"]}) == 1_000


# --- swapping a take beside others ----------------------------------------------------------------------


def crowd(files: dict[str, str]) -> list[dict[str, Any]]:
    """Six clips of twelve frames, side by side."""
    return [
        {"path": files["a"], "timeline_start": 12 * number, "duration": 12, "source_start": 5 + number}
        for number in range(6)
    ]


def args_of(rig: Rig, media: str) -> dict[str, Any]:
    """A take for the third clip."""
    item = rig.snapshot(("video", 1))["items"][2]
    ref = {name: item[name] for name in ("track", "start_record_frame", "end_record_frame")}
    return {**ref, "clip": item["key"], "media_id": media, "start_source_frame": 6, "end_source_frame": 18}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("written", ["at reading", "at swapping"])
def test_a_revision_is_the_same_text_however_it_was_read(
    make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch, profile: str, written: str
) -> None:
    rig = make_rig(profile, clips=crowd(make_rig().files))
    args = args_of(rig, rig.bring("take1"))
    with monkeypatch.context() as once:
        if written == "at swapping":
            once.setattr(scene, "written_tracks", lambda *_: None)
        expect = rig.expect()
    if written == "at reading":
        monkeypatch.setattr(scene, "written_tracks", lambda *_: None)
    assert rig.result("clip.add_take", args, expect)["changed"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("edit", ["move", "trim", "disable", "rename", "delete", "razor"])
def test_a_neighbour_edited_before_the_swap_refuses_it(make_rig: Callable[..., Rig], profile: str, edit: str) -> None:
    rig = make_rig(profile, clips=crowd(make_rig().files))
    args, expect = args_of(rig, rig.bring("take1")), rig.expect()
    key = rig.snapshot(("video", 1))["items"][4]["key"]
    do = {
        "move": lambda: rig.ui.move_item(key, 200),
        "trim": lambda: rig.ui.trim_item(key, tail=1),
        "disable": lambda: rig.ui.set_item(key, enabled=False),
        "rename": lambda: rig.ui.rename_item(key, "Hero"),
        "delete": lambda: rig.ui.delete_item(key),
        "razor": lambda: rig.ui.razor_item(key, 54),
    }
    do[edit]()
    rig.refused("timeline_changed", "clip.add_take", args, expect)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_neighbour_moved_during_the_swap_undoes_it(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile, clips=crowd(make_rig().files))
    args, expect = args_of(rig, rig.bring("take1")), rig.expect()
    key = rig.snapshot(("video", 1))["items"][5]["key"]
    rig.when("AddTake", lambda: rig.ui.move_item(key, 300), after=True)
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    item = rig.snapshot(("video", 1))["items"][2]
    assert (item["takes"], item["selected_take"]) == ([], 0)
    assert rig.track()[5][0] == 300


def test_a_clip_that_took_anothers_place_is_not_taken_for_it(make_rig: Callable[..., Rig]) -> None:
    """The same name, file and length where the clip was: only the id tells."""
    rig = make_rig("20.3", clips=crowd(make_rig().files))
    args, expect = args_of(rig, rig.bring("take1")), rig.expect()
    line = rig.world.project.current_timeline
    assert line is not None
    items = line.tracks["video"][0].items
    items[2].id, items[3].id = items[3].id, items[2].id
    rig.refused("timeline_changed", "clip.add_take", args, expect)
