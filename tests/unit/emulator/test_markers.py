"""Markers on timelines, items and media (resolve.md §1.5 and §5.15)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.resolve_world import Desk, offline


@pytest.fixture(params=["timeline", "item", "media"])
def marked(request: pytest.FixtureRequest) -> Any:
    desk = Desk.of(offline())
    return {"timeline": desk.timeline, "item": desk.item, "media": desk.item.GetMediaPoolItem()}[request.param]


def test_there_is_one_marker_a_frame(marked: Any) -> None:
    assert marked.AddMarker(10, "Red", "n", "note", 2, "data") is True
    assert marked.AddMarker(10, "Blue", "other", "", 1) is False
    assert marked.GetMarkers() == {
        10: {"color": "Red", "duration": 2, "note": "note", "name": "n", "customData": "data"}
    }


@pytest.mark.parametrize(("profile", "kind"), [("20.3", float), ("21.1 studio", int)])
def test_keys_are_floats_up_to_21_0_and_ints_after(profile: str, kind: type) -> None:
    timeline = Desk.of(profile=profile).timeline
    timeline.AddMarker(4, "Red", "", "", 1)
    assert [type(frame) for frame in timeline.GetMarkers()] == [kind]


def test_marker_colours_are_not_clip_colours(marked: Any) -> None:
    assert marked.AddMarker(1, "Chocolate", "", "", 1) is False
    assert marked.AddMarker(1, "Cream", "", "", 1) is True


def test_timeline_markers_are_relative_to_its_start() -> None:
    desk = Desk.of(offline())
    assert desk.timeline.AddMarker(0, "Red", "", "", 1) is True
    desk.timeline.SetStartTimecode("00:00:00:00")
    assert list(desk.timeline.GetMarkers()) == [0]
    assert desk.timeline.AddMarker(-1, "Red", "", "", 1) is False


def test_lookup_by_custom_data_gives_the_first(marked: Any) -> None:
    for frame in (20, 5):
        marked.AddMarker(frame, "Red", "", "", 1, "same")
    assert list(marked.GetMarkerByCustomData("same")) == [5]
    assert marked.GetMarkerByCustomData("none") == {}
    assert marked.UpdateMarkerCustomData(20, "mine") is True
    assert (marked.GetMarkerCustomData(20), marked.GetMarkerCustomData(7)) == ("mine", "")


def test_markers_are_deleted_by_frame_colour_and_data(marked: Any) -> None:
    for frame, colour in enumerate(["Red", "Red", "Blue", "Green"]):
        marked.AddMarker(frame, colour, "", "", 1, colour)
    assert marked.DeleteMarkerByCustomData("Red") is True
    assert list(marked.GetMarkers()) == [1, 2, 3]
    assert (marked.DeleteMarkerAtFrame(3), marked.DeleteMarkerAtFrame(3)) == (True, False)
    assert marked.DeleteMarkersByColor("Blue") is True
    assert marked.DeleteMarkersByColor("All") is True
    assert marked.GetMarkers() == {}
