"""``selection.peek`` in eight calls and ``playhead.set``; timecode labels worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.agent_rig import START, Rig

from takebridge_resolve.agent import timecodes


def ids(rig: Rig) -> tuple[str, str]:
    project = rig.resolve.GetProjectManager().GetCurrentProject()
    return project.GetUniqueId(), project.GetCurrentTimeline().GetUniqueId()


def timeline_of(rig: Rig) -> str:
    return ids(rig)[1]


# --- peek -----------------------------------------------------------------------------------------------


def test_a_peek_says_where_the_person_is(every: Rig) -> None:
    """The playhead of the rig is at 01:00:01:12: 24 + 12 = 36 frames after the start."""
    seen = every.result("selection.peek")
    assert (seen["project_id"], seen["timeline_id"]) == ids(every)
    assert (seen["timecode"], seen["record_frame"]) == ("01:00:01:12", START + 36)
    assert seen["clip"] == every.state("a").id
    assert seen["selected"] == []


def test_a_peek_makes_at_most_eight_calls(every: Rig) -> None:
    every.ui.call_log.clear()
    every.result("selection.peek")
    assert len(every.ui.call_log) <= 8


def test_a_peek_after_a_switch_of_timelines_makes_no_more(every: Rig) -> None:
    every.second_timeline()
    every.ui.switch_timeline("Other")
    every.ui.call_log.clear()
    seen = every.result("selection.peek")
    assert len(every.ui.call_log) <= 8
    assert (seen["timeline_id"], seen["clip"]) == (timeline_of(every), "")
    assert seen["record_frame"] is not None


@pytest.mark.parametrize("profile", ["21.0.4", "21.0.4 free", "21.1 studio"])
def test_the_selected_item_is_named(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile)
    rig.ui.select([rig.state("b").id])
    rig.ui.call_log.clear()
    seen = rig.result("selection.peek")
    assert (seen["clip"], seen["selected"]) == (rig.state("a").id, [rig.state("b").id])
    assert len(rig.ui.call_log) <= 8


def test_of_many_selected_items_as_many_as_fit_are_named(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("21.1 studio")
    everything = [item["key"] for item in rig.snapshot()["items"]]
    rig.ui.select(everything)
    rig.ui.call_log.clear()
    seen = rig.result("selection.peek")
    assert len(rig.ui.call_log) == 8
    assert seen["selected"] == everything[: len(seen["selected"])] != []


def test_a_peek_of_a_project_without_timelines(every: Rig) -> None:
    every.resolve.GetProjectManager().CreateProject("Empty")
    seen = every.result("selection.peek")
    assert (seen["timeline_id"], seen["record_frame"], seen["clip"]) == ("", None, "")


def test_a_peek_of_a_drop_frame_timeline(make_rig: Callable[..., Rig]) -> None:
    """One minute after 01:00:00;00 is 1800 frames later, labelled 01:01:00;02; the hour starts at frame 107892."""
    timeline = {"name": "Cut", "rate": "29.97", "drop_frame": True, "start_timecode": "01:00:00;00"}
    rig = make_rig(timeline={**timeline, "width": 1280, "height": 720}, clips=[], playhead="01:01:00;02")
    assert rig.result("selection.peek")["record_frame"] == 107892 + 1800


# --- labels ---------------------------------------------------------------------------------------------

LABELS = [
    ("01:00:00:00", 24, False, 86400),
    ("00:00:59:29", 30, False, 1799),
    ("00:00:59;29", 30, True, 1799),
    ("00:01:00;02", 30, True, 1800),
    ("00:09:59;29", 30, True, 17981),
    ("00:10:00;00", 30, True, 17982),
    ("01:00:00;00", 60, True, 215784),
    ("00:00:01:59", 60, False, 119),
    ("00:00:00:119", 120, False, 119),
]


@pytest.mark.parametrize(("label", "base", "drop", "frame"), LABELS)
def test_labels_and_frames(label: str, base: int, drop: bool, frame: int) -> None:
    assert timecodes.frame_at(label, base, drop) == frame
    assert timecodes.label_at(frame, base, drop) == label


@pytest.mark.parametrize(("base", "length"), [(30, 40000), (60, 80000)])
def test_drop_frame_labels_go_round_trip(base: int, length: int) -> None:
    for frame in range(0, length, 7):
        assert timecodes.frame_at(timecodes.label_at(frame, base, True), base, True) == frame


@pytest.mark.parametrize("label", ["", None, "soon", "01:00:00", "1:00:00:00", "01:00:00:0x"])
def test_no_label_is_no_frame(label: str | None) -> None:
    assert timecodes.frame_at(label, 24) is None


@pytest.mark.parametrize(
    ("rate", "base"),
    [("23.976", 24), (24.0, 24), (25, 25), ("29.97 DF", 30), ("47.952", 48), ("59.94", 60), ("119.88", 120)],
)
def test_frames_a_labelled_second(rate: object, base: int) -> None:
    assert timecodes.base_of(rate) == base


@pytest.mark.parametrize("rate", ["", "none", None, 0, 100000])
def test_an_unknown_rate_has_no_labels(rate: object) -> None:
    assert timecodes.base_of(rate) is None


# --- playhead.set ---------------------------------------------------------------------------------------


def park(rig: Rig, frame: int) -> dict[str, object]:
    return {"timeline_id": timeline_of(rig), "record_frame": frame}


def test_the_playhead_is_parked_on_a_frame(every: Rig) -> None:
    seen = every.result("playhead.set", park(every, START + 50))
    assert (seen["record_frame"], seen["timecode"]) == (START + 50, "01:00:02:02")
    assert seen["clip"] == every.state("b").id
    assert every.world.project.current_timeline.playhead == 50


def test_a_parked_playhead_is_not_written(every: Rig) -> None:
    every.result("playhead.set", park(every, START + 36))
    assert "SetCurrentTimecode" not in every.ui.call_counts()


def test_another_timeline_keeps_its_playhead(every: Rig) -> None:
    args = park(every, START + 50)
    every.second_timeline()
    every.ui.switch_timeline("Other")
    every.refused("timeline_switched", "playhead.set", args)


@pytest.mark.parametrize("frame", [START - 1, START + 5000])
def test_a_frame_outside_the_timeline_is_refused(every: Rig, frame: int) -> None:
    every.refused("invalid_param", "playhead.set", park(every, frame))


@pytest.mark.parametrize("disturb", ["modal", "playback"])
def test_a_busy_resolve_keeps_its_playhead(every: Rig, disturb: str) -> None:
    args, expect = park(every, START + 50), every.expect()
    getattr(every.ui, disturb)()
    error = every.refused("host_busy", "playhead.set", args, expect)
    assert error.retryable and error.hint


def test_a_moment_of_busyness_is_waited_out(every: Rig) -> None:
    args = park(every, START + 50)
    every.ui.busy(3)
    assert every.result("playhead.set", args)["record_frame"] == START + 50
