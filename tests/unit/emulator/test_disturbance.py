"""Busy, modal, playback, hooks, threads, latency and selection (resolve.md §5.22, 5.23, 5.29, 5.30)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, offline

from takebridge_resolve.emulator import EditError, edits, ui
from takebridge_resolve.emulator.truth import describe


def test_busy_fails_exactly_so_many_writes_and_no_read() -> None:
    desk = Desk.of(offline())
    desk.ui.busy(2)
    assert desk.item.GetStart() == 86400
    assert [desk.item.SetClipColor("Teal") for _ in range(3)] == [False, False, True]
    assert desk.item.GetClipColor() == "Teal"


def test_a_busy_import_gives_an_empty_list(footage: Footage) -> None:
    desk = Desk.of()
    desk.ui.busy(1)
    assert desk.pool.ImportMedia([footage.a]) == []
    assert len(desk.pool.ImportMedia([footage.a])) == 1


def test_playback_fails_writes_while_it_runs() -> None:
    desk = Desk.of(offline())
    desk.ui.playback()
    assert [desk.item.SetClipColor("Teal") for _ in range(5)] == [False] * 5
    desk.ui.playback(False)
    assert desk.item.SetClipColor("Teal") is True


def test_a_studio_call_on_free_leaves_a_modal_until_dismissed(footage: Footage) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24}, profile="21.0 free")
    assert desk.item.GetMediaPoolItem().TranscribeAudio() is False
    assert desk.manager.SaveProject() is False
    assert desk.item.SetClipColor("Teal") is False
    assert desk.item.GetStart() == 86400
    desk.ui.dismiss_modal()
    assert desk.manager.SaveProject() is True


def test_studio_transcribes_without_a_modal(footage: Footage) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24})
    assert desk.item.GetMediaPoolItem().TranscribeAudio() is True
    assert desk.manager.SaveProject() is True


def test_a_wedged_instance_shows_in_the_database_only() -> None:
    desk = Desk.of(offline())
    desk.ui.wedged = True
    assert desk.manager.GetCurrentDatabase() is None
    assert desk.resolve.GetProductName() == "DaVinci Resolve Studio"


def test_the_log_keeps_order_and_counts() -> None:
    desk = Desk.of(offline())
    desk.ui.call_log.clear()
    item = desk.item
    item.GetStart()
    item.GetEnd()
    item.SetClipColor("Cyan")
    assert [(call.api_class, call.name) for call in desk.ui.call_log] == [
        ("Timeline", "GetItemListInTrack"),
        ("TimelineItem", "GetStart"),
        ("TimelineItem", "GetEnd"),
        ("TimelineItem", "SetClipColor"),
    ]
    assert (desk.ui.call_log[-1].args, desk.ui.call_log[-1].result) == (("'Cyan'",), "False")
    assert desk.ui.call_counts()["GetStart"] == 1


def test_latency_is_slept_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(ui.time, "sleep", slept.append)
    desk = Desk.of(offline())
    desk.ui.latency_ms = 40
    desk.item.GetStart()
    assert slept == [0.04, 0.04]


def test_a_hook_edits_between_two_calls_of_the_script() -> None:
    desk = Desk.of(offline())
    item = desk.item
    item_id = item.GetUniqueId()
    desk.ui.on_call("GetEnd", when="before", do=lambda: desk.ui.move_item(item_id, 100))
    assert (item.GetStart(), item.GetEnd(), item.GetStart()) == (86400, 86548, 86500)
    desk.ui.on_call("GetDuration", when="after", do=lambda: desk.ui.trim_item(item_id, tail=8))
    assert (item.GetDuration(), item.GetDuration()) == (48, 40)


def test_a_hook_runs_only_as_often_as_told() -> None:
    desk = Desk.of(offline())
    seen: list[int] = []
    desk.ui.on_call("GetStart", when="before", do=lambda: seen.append(desk.item.GetStart()), times=2)
    item = desk.item
    for _ in range(4):
        item.GetStart()
    assert len(seen) == 2


def test_selection_exists_from_21_0_4_and_follows_the_user() -> None:
    clips = [offline(timeline_start=at, duration=24) for at in (0, 24)]
    desk = Desk.of(*clips, profile="21.0.4")
    assert desk.timeline.GetSelectedClips() == []
    second = desk.items()[1].GetUniqueId()
    desk.ui.select([second])
    assert [item.GetUniqueId() for item in desk.timeline.GetSelectedClips()] == [second]
    assert Desk.of(*clips, profile="21.0 studio").timeline.GetSelectedClips is None


def test_threads_see_whole_edits_only() -> None:
    """A user moves an item and its sound together; a script that reads never sees them apart."""
    desk = Desk.of(offline(audio=True, media={"audio_channels": 2}))
    item_id = desk.item.GetUniqueId()
    torn: list[object] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            tracks = describe(desk.world)["timeline"]["tracks"]  # type: ignore[index]
            starts = {item["start_record_frame"] for track in tracks for item in track["items"]}
            if len(starts) != 1:
                torn.append(starts)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for place in range(1, 200):
        desk.ui.move_item(item_id, place)
    done.set()
    watcher.join()
    assert torn == []
    assert desk.item.GetStart() == 86400 + 199


@pytest.mark.parametrize(
    ("edit", "values"),
    [
        ("move_item", {"timeline_start": 60}),
        ("trim_item", {"head": 48}),
        ("trim_item", {"tail": -20}),
        ("trim_item", {"head": -25}),
        ("slip_item", {"source_frames": -30}),
        ("razor_item", {"timeline_frame": 48}),
        ("select_take", {"index": 1}),
    ],
)
def test_an_impossible_edit_changes_nothing(edit: str, values: dict[str, Any]) -> None:
    desk = Desk.of(offline(), offline(timeline_start=50))
    before = describe(desk.world)["timeline"]
    with pytest.raises(EditError):
        getattr(desk.ui, edit)(desk.item.GetUniqueId(), **values)
    assert describe(desk.world)["timeline"] == before


def test_a_trimmed_take_keeps_its_own_range(footage: Footage) -> None:
    takes = [{"path": footage.b, "start": 0, "end": 24}]
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 24, "takes": takes}, rate="23.976")
    desk.ui.trim_item(desk.item.GetUniqueId(), head=4)
    assert (desk.item.GetStart(), desk.item.GetLeftOffset(), desk.item.GetDuration()) == (86404, 4, 20)
    assert [desk.item.GetTakeByIndex(n)["startFrame"] for n in (1, 2)] == [4, 0]


def test_every_listed_user_edit_exists() -> None:
    from takebridge_resolve.emulator.control import EDITS

    assert all(callable(getattr(edits.UserEdits, name)) for name in EDITS)
