"""What a build lacks, and how calls go wrong: never with an exception (resolve.md §5.1 to 5.3)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.support.resolve_world import Desk, offline

from takebridge_resolve.emulator import API_CLASSES, NAMES
from takebridge_resolve.emulator.call import api_methods

NONSENSE: tuple[Any, ...] = (None, True, -1, 2.5, float("nan"), "", "nonsense", [], [None], {}, object())


def handles(desk: Desk) -> list[Any]:
    graph = desk.item.GetNodeGraph
    found = [desk.resolve, desk.manager, desk.project, desk.resolve.GetMediaStorage(), desk.pool]
    album = desk.project.GetGallery().GetCurrentStillAlbum()
    desk.resolve.OpenPage("color")
    found += [desk.project.GetGallery(), album, desk.timeline.GrabStill()]
    desk.resolve.OpenPage("edit")
    found += [desk.pool.GetRootFolder(), desk.item.GetMediaPoolItem(), desk.timeline, desk.item]
    return found + ([graph()] if graph else [])


def test_an_absent_method_is_none_and_hasattr_says_true() -> None:
    old = Desk.of(offline(), profile="18.6")
    assert "GetLinkedItems" not in dir(old.item)
    assert old.item.GetLinkedItems is None
    assert hasattr(old.item, "GetLinkedItems")
    assert hasattr(old.item, "no_such_thing")
    assert old.item.no_such_thing is None


@pytest.mark.parametrize(
    ("profile", "thing", "name", "there"),
    [
        ("18.6", "item", "GetUniqueId", True),
        ("18.6", "item", "GetSourceStartFrame", False),
        ("19.0.1", "item", "GetSourceStartFrame", False),
        ("19.0.2", "item", "GetSourceStartFrame", True),
        ("19.1", "timeline", "GetMarkInOut", True),
        ("19.0.2", "timeline", "GetMarkInOut", False),
        ("19.1", "item", "SetName", False),
        ("20.3", "item", "SetName", True),
        ("21.0 free", "timeline", "GetSelectedClips", False),
        ("21.0.4 free", "timeline", "GetSelectedClips", True),
        ("21.0 free", "resolve", "IsStudio", False),
        ("21.1 studio", "resolve", "IsStudio", True),
        ("20.3", "item", "GetType", False),
        ("21.1 studio", "item", "GetType", True),
    ],
)
def test_each_build_has_its_own_methods(profile: str, thing: str, name: str, there: bool) -> None:
    handle = getattr(Desk.of(offline(), profile=profile), thing)
    assert (name in dir(handle)) is there
    assert (getattr(handle, name) is not None) is there


def test_third_party_metadata_came_with_19_0_2() -> None:
    assert Desk.of(offline(), profile="19.0.1").item.GetMediaPoolItem().SetThirdPartyMetadata is None
    assert Desk.of(offline(), profile="19.0.2").item.GetMediaPoolItem().SetThirdPartyMetadata("a", "b") is True


@pytest.mark.parametrize("profile", NAMES)
def test_nothing_raises_whatever_it_is_given(profile: str) -> None:
    for count in range(4):
        desk = Desk.of(offline(audio=True, media={"audio_channels": 2}), profile=profile)
        for handle in handles(desk):
            for name in dir(handle):
                method = getattr(handle, name)
                if callable(method) and name not in ("LoadProject", "CreateProject"):
                    for values in itertools.islice(itertools.product(NONSENSE, repeat=count), 150):
                        method(*values)


def test_every_emulated_class_is_covered_above() -> None:
    covered = {type(handle) for handle in handles(Desk.of(offline()))}
    assert covered | {type(handle) for handle in handles(Desk.of(offline(), profile="21.1 studio"))} == set(API_CLASSES)


def test_wrong_arity_and_keywords_are_none() -> None:
    desk = Desk.of(offline())
    assert desk.item.AddTake() is None
    assert desk.item.GetStart(True, True) is None
    assert desk.timeline.GetTrackCount(trackType="video") is None


def test_wrong_types_give_the_failure_value() -> None:
    desk = Desk.of(offline())
    assert desk.item.AddTake("path.mov") is False
    assert desk.item.SelectTakeByIndex("1") is False
    assert desk.timeline.GetItemListInTrack("video", "1") == []
    assert desk.pool.ImportMedia("path.mov") == []
    assert desk.project.GetTimelineByIndex(0) is None


def test_a_failing_call_hands_out_a_list_of_its_own() -> None:
    desk = Desk.of(offline())
    desk.timeline.GetItemListInTrack("video", 9).append("mine")
    assert desk.timeline.GetItemListInTrack("video", 9) == []


@pytest.mark.parametrize("profile", ["18.6", "21.1 studio"])
def test_constants_are_opaque_and_strings_in_their_place_are_refused(profile: str) -> None:
    resolve = Desk.of(offline(), profile=profile).resolve
    assert not isinstance(resolve.EXPORT_OTIO, str | int)
    assert "EXPORT_OTIO" in dir(resolve)
    assert resolve.SetKeyframeMode("KEYFRAME_MODE_COLOR") is False
    assert resolve.SetKeyframeMode(resolve.EXPORT_OTIO) is False
    assert resolve.SetKeyframeMode(resolve.KEYFRAME_MODE_COLOR) is True
    assert resolve.GetKeyframeMode() == resolve.KEYFRAME_MODE_COLOR


def test_api_names_are_marked_methods_only() -> None:
    for api_class in API_CLASSES:
        capitals = {name for name in vars(api_class) if name[0].isupper()}
        assert capitals <= set(api_methods(api_class))
