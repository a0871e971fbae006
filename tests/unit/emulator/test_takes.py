"""The take selector (resolve.md §1.6 and §5.13)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, offline

from takebridge_resolve.emulator import NAMES


def looks(item: Any) -> list[Any]:
    grade = (item.GetNumNodes(), item.GetCurrentVersion())
    return [item.GetStart(), item.GetEnd(), item.GetProperty(), item.GetClipColor(), item.GetFlagList(), grade]


def desk_of(footage: Footage, profile: str = "20.3", **keys: Any) -> Desk:
    clip = {"path": footage.a, "timeline_start": 12, "duration": 24, "source_start": 6, **keys}
    return Desk.of(clip, profile=profile)


def test_without_a_selector_there_are_no_takes(footage: Footage) -> None:
    item = desk_of(footage).item
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex(), item.GetTakeByIndex(1)) == (0, 0, None)


def test_the_original_becomes_take_1_and_the_new_one_is_not_selected(footage: Footage) -> None:
    desk = desk_of(footage)
    [other] = desk.pool.ImportMedia([footage.b])
    assert desk.item.AddTake(other, 0, 24) is True
    assert (desk.item.GetTakesCount(), desk.item.GetSelectedTakeIndex()) == (2, 1)
    original = desk.item.GetTakeByIndex(1)
    assert (original["startFrame"], original["endFrame"]) == (6, 30)
    assert original["mediaPoolItem"].GetName() == "a.mov"
    assert desk.item.GetMediaPoolItem().GetName() == "a.mov"


def test_selecting_swaps_the_media_and_nothing_else(footage: Footage) -> None:
    desk = desk_of(footage, properties={"ZoomX": 1.5}, color="Orange", flags=["Red"], grade_nodes=3)
    before = looks(desk.item)
    [other] = desk.pool.ImportMedia([footage.b])
    desk.item.AddTake(other, 3, 27)
    assert desk.item.SelectTakeByIndex(2) is True
    assert desk.item.GetMediaPoolItem().GetUniqueId() == other.GetUniqueId()
    assert (desk.item.GetLeftOffset(), desk.item.GetSourceEndFrame()) == (3, 27)
    assert looks(desk.item) == before
    assert desk.item.SelectTakeByIndex(1) is True
    assert (desk.item.GetMediaPoolItem().GetName(), desk.item.GetLeftOffset()) == ("a.mov", 6)


def test_the_same_media_again_is_false_yet_starts_a_selector(footage: Footage) -> None:
    desk = desk_of(footage)
    assert desk.item.AddTake(desk.item.GetMediaPoolItem(), 0, 24) is False
    assert (desk.item.GetTakesCount(), desk.item.GetSelectedTakeIndex()) == (1, 1)


def test_indices_are_one_based_and_bounded(footage: Footage) -> None:
    desk = desk_of(footage)
    [other] = desk.pool.ImportMedia([footage.b])
    desk.item.AddTake(other, 0, 24)
    for index in (-1, 0, 3):
        assert desk.item.SelectTakeByIndex(index) is False
        assert desk.item.DeleteTakeByIndex(index) is False
        assert desk.item.GetTakeByIndex(index) is None
    assert desk.item.GetTakesCount() == 2


def test_deleting_moves_the_selection_with_its_take(footage: Footage) -> None:
    desk = desk_of(footage)
    [other] = desk.pool.ImportMedia([footage.b])
    desk.item.AddTake(other, 0, 24)
    desk.item.SelectTakeByIndex(2)
    assert desk.item.DeleteTakeByIndex(2) is False
    assert desk.item.DeleteTakeByIndex(1) is True
    assert (desk.item.GetTakesCount(), desk.item.GetSelectedTakeIndex()) == (1, 1)
    assert desk.item.GetMediaPoolItem().GetName() == "b.mov"


def test_finalize_keeps_the_selected_media_and_drops_the_selector(footage: Footage) -> None:
    desk = desk_of(footage)
    assert desk.item.FinalizeTake() is False
    [other] = desk.pool.ImportMedia([footage.b])
    desk.item.AddTake(other, 0, 24)
    desk.item.SelectTakeByIndex(2)
    assert desk.item.FinalizeTake() is True
    assert (desk.item.GetTakesCount(), desk.item.GetSelectedTakeIndex()) == (0, 0)
    assert desk.item.GetMediaPoolItem().GetName() == "b.mov"


@pytest.mark.parametrize("profile", NAMES)
def test_the_take_range_ends_as_the_build_counts(profile: str, footage: Footage) -> None:
    desk = desk_of(footage, profile)
    [other] = desk.pool.ImportMedia([footage.b])
    last = 23 if profile == "18.6" else 24
    assert desk.item.AddTake(other, 0, last) is True
    assert desk.item.GetTakeByIndex(2)["endFrame"] == last
    [take] = [take for item in desk.world.project.items() for take in item.takes if take.media.name == "b.mov"]
    assert (take.start, take.end) == (0, 24)


@pytest.mark.parametrize(("start", "end"), [(-1, 24), (24, 24), (30, 20), (0, 61)])
def test_a_range_outside_the_media_changes_nothing(start: int, end: int, footage: Footage) -> None:
    desk = desk_of(footage)
    [other] = desk.pool.ImportMedia([footage.b])
    assert desk.item.AddTake(other, start, end) is False
    assert desk.item.GetTakesCount() == 0


def test_without_a_range_the_whole_media_is_the_take(footage: Footage) -> None:
    desk = desk_of(footage)
    [other] = desk.pool.ImportMedia([footage.b])
    assert desk.item.AddTake(other) is True
    assert (desk.item.GetTakeByIndex(2)["startFrame"], desk.item.GetTakeByIndex(2)["endFrame"]) == (0, 60)


@pytest.mark.parametrize("kind", ["title", "generator", "adjustment", "transition"])
def test_items_without_media_take_no_takes(kind: str, footage: Footage) -> None:
    desk = Desk.of({"kind": kind, "timeline_start": 0, "duration": 24})
    [other] = desk.pool.ImportMedia([footage.b])
    assert desk.item.AddTake(other, 0, 24) is False
    assert desk.item.GetTakesCount() == 0


def test_a_locked_track_refuses_every_take_change(footage: Footage) -> None:
    desk = desk_of(footage, takes=[{"path": footage.b, "start": 0, "end": 24}])
    [third] = desk.pool.ImportMedia([footage.short])
    desk.ui.lock_track("video", 1)
    item = desk.item
    calls = (item.AddTake(third, 0, 24), item.SelectTakeByIndex(2), item.DeleteTakeByIndex(2), item.FinalizeTake())
    assert calls == (False, False, False, False)
    assert (item.GetTakesCount(), item.GetSelectedTakeIndex()) == (2, 1)
    desk.ui.lock_track("video", 1, False)
    assert item.SelectTakeByIndex(2) is True


def test_linked_sound_stays_on_its_media(footage: Footage) -> None:
    desk = desk_of(footage, audio=True, takes=[{"path": footage.b, "start": 0, "end": 24}])
    assert desk.item.SelectTakeByIndex(2) is True
    [sound] = desk.items("audio")
    assert sound.GetMediaPoolItem().GetName() == "a.mov"
    assert [linked.GetUniqueId() for linked in desk.item.GetLinkedItems()] == [sound.GetUniqueId()]


def test_a_described_selection_is_selected(footage: Footage) -> None:
    desk = desk_of(footage, takes=[{"path": footage.b, "start": 2, "end": 26}], selected_take=2)
    assert (desk.item.GetSelectedTakeIndex(), desk.item.GetLeftOffset()) == (2, 2)
    assert desk.item.GetTakeByIndex(1)["startFrame"] == 6


def test_takes_of_an_offline_clip_work(footage: Footage) -> None:
    desk = Desk.of(offline(path=footage.missing))
    [other] = desk.pool.ImportMedia([footage.a])
    assert desk.item.AddTake(other, 0, 48) is True
    assert desk.item.GetMediaPoolItem().GetClipProperty("Online Status") == "Offline"
