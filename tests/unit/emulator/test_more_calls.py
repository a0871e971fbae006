"""Speeds, transitions, titles, compounds, pool care and projects by script."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.support.resolve_world import Desk, Footage, offline, spec_of


def test_a_speed_keeps_the_duration_and_takes_more_of_the_source() -> None:
    desk = Desk.of(offline(), profile="21.1 studio", rate="24")
    assert desk.item.SetSpeed({"Percentage": 200}) is True
    assert (desk.item.GetDuration(), desk.item.GetSpeed()) == (48, {"Percentage": 200.0})
    assert (desk.item.GetSourceStartFrame(), desk.item.GetSourceEndFrame()) == (24, 120)
    assert desk.item.SetSpeed({"Percentage": -50.0}) is True
    assert (desk.item.GetSourceStartFrame(), desk.item.GetSourceEndFrame()) == (48, 24)
    assert desk.item.GetSpeed() == {"Percentage": -50.0}


@pytest.mark.parametrize(
    "speed", [{"Percentage": 0}, {"Percentage": 1000}, {"Percentage": "fast"}, {"Percentage": True}, {"Tempo": 2}, {}]
)
def test_a_speed_that_cannot_be_changes_nothing(speed: dict[str, Any]) -> None:
    desk = Desk.of(offline(), profile="21.1 studio")
    assert desk.item.SetSpeed(speed) is False
    assert desk.item.GetSpeed() == {"Percentage": 100.0}


@pytest.mark.parametrize(("alignment", "start"), [("left", 86438), ("center", 86443), ("right", 86448)])
def test_a_transition_lies_where_its_alignment_says(alignment: str, start: int) -> None:
    desk = Desk.of(offline(), offline(timeline_start=48), profile="21.1 studio")
    values = {"type": "Cross Dissolve", "category": "simple", "position": "end", "alignment": alignment, "duration": 10}
    assert desk.items()[0].AddTransition(values) is True
    [made] = [item for item in desk.items() if item.GetType() == "transition"]
    assert (made.GetStart(), made.GetDuration(), made.GetMediaPoolItem()) == (start, 10, None)
    assert desk.items()[0].AddTransition(values) is False


@pytest.mark.parametrize(
    "values", [{"position": "middle"}, {"alignment": "up"}, {"duration": 0}, {"duration": 2.5}, {"wings": 2}]
)
def test_a_transition_that_cannot_be_is_refused(values: dict[str, Any]) -> None:
    desk = Desk.of(offline(), profile="21.1 studio")
    assert desk.item.AddTransition({"duration": 10, **values}) is False
    assert len(desk.items()) == 1


def test_titles_and_generators_land_at_the_playhead_where_there_is_room() -> None:
    desk = Desk.of(offline(timeline_start=200), rate="24")
    title = desk.timeline.InsertTitleIntoTimeline("Text+")
    assert (title.GetStart(), title.GetDuration(), title.GetMediaPoolItem()) == (86400, 120, None)
    assert desk.timeline.InsertGeneratorIntoTimeline("Solid Color") is None
    desk.ui.set_playhead("01:00:20:00")
    assert desk.timeline.InsertGeneratorIntoTimeline("Solid Color").GetStart() == 86400 + 480


def test_a_compound_takes_its_items_in_and_has_no_file(footage: Footage) -> None:
    clips = [{"path": footage.a, "timeline_start": at, "duration": 20, "audio": True} for at in (10, 30)]
    desk = Desk.of(*clips, {"path": footage.b, "timeline_start": 60, "duration": 10})
    inside = [*desk.items()[:2], *desk.items("audio")]
    made = desk.timeline.CreateCompoundClip(inside, {"name": "Scene"})
    assert (made.GetStart(), made.GetDuration(), made.GetName()) == (86410, 40, "Scene")
    assert made.GetMediaPoolItem().GetClipProperty("File Path") == ""
    assert [item.GetStart() for item in desk.items()] == [86410, 86460]
    assert desk.items("audio") == []
    assert desk.timeline.CreateCompoundClip([]) is None


def test_relinking_finds_the_same_name_elsewhere_or_nothing(footage: Footage, tmp_path: Path) -> None:
    desk = Desk.of({"path": footage.a, "timeline_start": 0, "duration": 20})
    media = desk.item.GetMediaPoolItem()
    assert desk.pool.UnlinkClips([media]) is True
    assert media.GetClipProperty("Online Status") == "Offline"
    assert desk.pool.RelinkClips([media], str(tmp_path)) is False
    shutil.copy(footage.a, tmp_path)
    assert desk.pool.RelinkClips([media], str(tmp_path)) is True
    assert media.GetClipProperty("File Path") == str(tmp_path / "a.mov")


def test_a_timeline_of_clips_wants_them_in_the_current_bin(footage: Footage) -> None:
    desk = Desk.of()
    clips = desk.pool.ImportMedia([footage.short, footage.fps24])
    inner = desk.pool.AddSubFolder(desk.pool.GetRootFolder(), "Elsewhere")
    assert desk.pool.GetCurrentFolder().GetUniqueId() == inner.GetUniqueId()
    assert desk.pool.CreateTimelineFromClips("Assembly", clips) is None
    desk.pool.SetCurrentFolder(desk.pool.GetRootFolder())
    made = desk.pool.CreateTimelineFromClips("Assembly", clips)
    assert [item.GetStart() for item in made.GetItemListInTrack("video", 1)] == [86400, 86424]
    assert desk.project.GetCurrentTimeline().GetName() == "Assembly"


def test_pool_marks_and_proxies_are_kept(footage: Footage) -> None:
    desk = Desk.of()
    [media] = desk.pool.ImportMedia([footage.a])
    assert media.SetMarkInOut(5, 60) is False
    assert media.SetMarkInOut(5, 59) is True
    assert media.GetMarkInOut()["video"] == {"in": 5, "out": 59}
    assert (media.ClearMarkInOut(), media.GetMarkInOut()) == (True, {})
    assert (media.LinkProxyMedia(footage.short), media.LinkProxyMedia(footage.b)) == (False, True)
    assert media.GetClipProperty("Proxy Media Path") == footage.b
    assert (media.UnlinkProxyMedia(), media.UnlinkProxyMedia()) == (True, False)


def test_projects_are_made_left_and_deleted() -> None:
    desk = Desk.of(offline(), other_projects=[spec_of(project="Other")])
    assert desk.manager.DeleteProject("Demo") is False
    assert desk.manager.CreateProject("Probe").GetName() == "Probe"
    assert desk.manager.LoadProject("Demo").GetName() == "Demo"
    assert desk.manager.DeleteProject("Probe") is True
    assert desk.manager.GetProjectListInCurrentFolder() == ["Demo", "Other"]
    desk.ui.blocks_switch = True
    desk.reopen()
    assert (desk.manager.LoadProject("Other"), desk.manager.CreateProject("New")) == (None, None)
    assert desk.manager.CloseProject(desk.project) is False
    assert desk.manager.GetCurrentProject().GetName() == "Demo"


def test_what_stood_beside_a_ghost_may_be_gone_after_opening_again(footage: Footage) -> None:
    desk = Desk.of(offline(), other_projects=[spec_of(project="Other")])
    desk.ui.unsure_vanish = True
    [media] = desk.pool.ImportMedia([footage.short])
    info = {"mediaPoolItem": media, "mediaType": 1}
    desk.pool.AppendToTimeline([{**info, "recordFrame": 86400}, {**info, "recordFrame": 86500}])
    assert [item.GetStart() for item in desk.items()] == [86400, 86500]
    desk.ui.switch_project("Other")
    desk.ui.switch_project("Demo")
    desk.reopen()
    assert [item.GetStart() for item in desk.items()] == [86400]


def test_plural_settings_and_properties_came_with_21_1() -> None:
    desk = Desk.of(offline(), profile="21.1 studio")
    assert desk.item.SetProperties({"ZoomX": 2.0, "Pan": 10.0}) is True
    assert (desk.item.GetProperty("ZoomX"), desk.item.SetProperties({"Speed": 2})) == (2.0, False)
    assert desk.project.SetSettings({"timelineResolutionWidth": "640"}) is True
    assert desk.project.GetSettings()["timelineResolutionWidth"] == "640"
    assert desk.timeline.GetSettings()["timelineFrameRate"] == 23.976
    assert Desk.of(offline()).item.SetProperties is None
