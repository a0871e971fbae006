"""Every trap of Resolve's API and every pain editors report: a test here, or the place where it is handled.

The numbers are those of the research notes: 20 traps of the API, 18 pains of users. A test runs through whatever agent
sits at the ``seat``: another agent joins by adding itself to SEATS.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import START, Rig, footage, make_clip

from takebridge_resolve import agent

ROOT = Path(__file__).resolve().parents[2]
SEATS: dict[str, Callable[[Rig], Any]] = {"python": lambda rig: agent.Desk(rig.resolve, sleep=rig.slept.append)}
"""What makes an agent's desk in front of a rig: ``execute(op)`` returns an answer without its session."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return footage(Path(tmp_path_factory.getbasetemp()))


@pytest.fixture(params=sorted(SEATS))
def seat(request: pytest.FixtureRequest, files: dict[str, str]) -> Callable[..., Rig]:
    """Makes a rig with an agent at its desk."""

    def make(profile: str = "20.3", **changes: Any) -> Rig:
        rig = Rig(files, profile, **changes)
        rig.desk = SEATS[request.param](rig)
        return rig

    return make


def placing(rig: Rig, name: str, at: int, frames: int = 24, **more: Any) -> dict[str, Any]:
    """Arguments of ``clip.place``: a file's first frames, so many frames after the start of the timeline."""
    span = {"start_record_frame": START + at, "end_record_frame": START + at + frames}
    source = {"start_source_frame": 0, "end_source_frame": frames}
    track = {"type": "video", "index": 1}
    return {"media_id": rig.bring(name), "track": track, **span, **source, **more}


# --- the traps of the API -------------------------------------------------------------------------------


def test_trap_01_four_frame_spaces(seat: Callable[..., Rig], tmp_path: Path) -> None:
    """One frame of the cut: absolute to clips, relative to markers, the source's own to takes, a label to people."""
    rig = seat()
    rig.result("marker.add", {"record_frame": START + 10, "name": "Here"}, rig.expect())
    assert list(rig.world.project.timelines[0].markers) == [10]
    item = rig.clip("a")
    assert (item["start_record_frame"], item["left_offset_frame"]) == (START, 24)
    assert rig.result("selection.peek")["record_frame"] == START + 36
    seen = rig.result("timeline.snapshot", {"marks": True})["timeline"]
    assert [marker["record_frame"] for marker in seen["markers"]] == [START + 10]


def test_trap_02_a_record_frame_below_the_start(seat: Callable[..., Rig]) -> None:
    """Resolve takes it, reads it back and renders nothing of it."""
    rig = seat()
    rig.refused("invalid_param", "clip.place", placing(rig, "take1", -48))
    assert "AppendToTimeline" not in rig.ui.call_counts()


@pytest.mark.parametrize("profile", ["18.6", "19.1", "21.1 studio"])
def test_trap_03_end_frames_that_count_in(seat: Callable[..., Rig], profile: str) -> None:
    """18.x counts endFrame in: either way the clip is 24 frames long."""
    rig = seat(profile)
    rig.result("clip.place", placing(rig, "take1", 200), rig.expect())
    assert rig.track()[-1] == (200, 24, "take1")


@pytest.mark.parametrize("way", ["ghost", "drop"])
def test_trap_04_an_occupied_span(seat: Callable[..., Rig], way: str) -> None:
    """Somebody puts a clip there at the last moment: Resolve answers a ghost or nothing, and nothing is left."""
    rig = seat()
    rig.ui.occupied = way  # type: ignore[assignment]
    args, expect = placing(rig, "take1", 200), rig.expect()
    rig.when("AppendToTimeline", lambda: rig.ui.move_item(rig.state("b").id, 205))
    answer = rig.run("clip.place", args, expect)
    assert answer.outcome == "not_applied"
    assert [name for _, _, name in rig.track()] == ["a", "b"]


def test_trap_05_what_was_placed_is_read_again(seat: Callable[..., Rig]) -> None:
    """A placement that vanishes right after it was answered with True is not reported as done."""
    rig = seat()
    args, expect = placing(rig, "take1", 200), rig.expect()

    def vanish() -> None:
        line = rig.world.project.current_timeline
        assert line is not None
        rig.ui.delete_item(line.tracks["video"][0].items[-1].id)

    rig.when("AppendToTimeline", vanish, after=True)
    assert rig.run("clip.place", args, expect).outcome != "verified"


def test_trap_06_deleting_on_the_fairlight_page(seat: Callable[..., Rig]) -> None:
    """DeleteClips is refused there: the page is left for a moment, and linked sound is only deleted when listed."""
    rig = seat()
    rig.resolve.OpenPage("fairlight")
    sound = [item for item in rig.snapshot()["items"] if item["track"]["type"] == "audio"]
    rig.result("clip.delete", {"clips": [rig.ref("a")]}, rig.expect())
    assert rig.world.page == "fairlight"
    assert [name for _, _, name in rig.track()] == ["b"]
    left = rig.snapshot(("audio", 1))["items"]
    assert [item["key"] for item in left] == [item["key"] for item in sound]


def test_trap_07_mixed_rates_and_stills(seat: Callable[..., Rig]) -> None:
    """24 frames of 23.976 are floored to 25 at 25 fps and not to 24: the clip is taken off again."""
    timeline = {"name": "Cut", "rate": "25", "start_timecode": "01:00:00:00", "width": 320, "height": 180}
    rig = seat(timeline=timeline, clips=[], playhead="01:00:00:00")
    args = placing(rig, "take1", 0)
    args |= {"start_record_frame": 90000, "end_record_frame": 90024}
    error = rig.run("clip.place", args, rig.expect()).error
    assert error.details == {"asked_frames": 24, "placed_frames": 25}
    assert rig.track() == []


def test_trap_08_source_frames_off_by_one(seat: Callable[..., Rig]) -> None:
    """The left offset is what counts at 100 %: a getter that is off by one moves no take."""
    rig = seat()
    rig.state().misreport = 1
    answer = rig.add(start=6)
    assert (answer.outcome, rig.truth()["source"]) == ("verified", (6, 54))


def test_trap_08_an_unknown_source_is_not_a_number(seat: Callable[..., Rig]) -> None:
    rig = seat()
    rig.state().unknown_source = True
    item = rig.clip()
    assert (item["source_unknown"], item["start_source_frame"], item["end_source_frame"]) == (True, None, None)


def test_trap_09_speed_before_21_1(seat: Callable[..., Rig], files: dict[str, str]) -> None:
    clip = {"path": files["a"], "timeline_start": 0, "duration": 24, "speed_percent": 200}
    known = seat("21.1 studio", clips=[clip]).snapshot(("video", 1))["items"][0]
    unsaid = seat("20.3", clips=[clip]).snapshot(("video", 1))["items"][0]
    assert (known["speed"], unsaid["speed"]) == ("2", "")
    assert unsaid["end_source_frame"] - unsaid["start_source_frame"] == 48


@pytest.mark.parametrize(("profile", "rate"), [("20.3", "23.976"), ("21.1 studio", "23.976")])
def test_trap_10_rates_as_text_and_as_numbers(seat: Callable[..., Rig], profile: str, rate: str) -> None:
    rig = seat(profile)
    assert rig.snapshot()["timeline"]["rate"] == rate
    assert rig.result("selection.peek")["record_frame"] == START + 36


def test_trap_11_hasattr_lies(seat: Callable[..., Rig]) -> None:
    """Every name seems to be there: a version without it is not called with it."""
    rig = seat("18.6")
    assert hasattr(rig.resolve, "IsStudio")
    rig.snapshot()
    absent = {"IsStudio", "GetSelectedClips", "GetLinkedItems", "GetNodeGraph", "GetSpeed"}
    assert not absent & rig.ui.call_counts().keys()


def test_trap_12_a_true_that_is_none(seat: Callable[..., Rig]) -> None:
    rig = seat()
    title = next(item for item in rig.snapshot()["items"] if item["kind"] == "title")
    ref = {key: title[key] for key in ("track", "start_record_frame", "end_record_frame")}
    args = {**ref, "clip": title["key"], "color": "Teal"}
    rig.refused("host_rejected", "clip.set_color", args, rig.expect(("video", 2)))


def test_trap_13_replacing_media_keeps_our_ids_and_no_clip_runs_out(seat: Callable[..., Rig], tmp_path: Path) -> None:
    rig = seat()
    media = rig.clip()["media"]["id"]
    rig.result("media.tag", {"media_id": media, "tags": {"takebridge.take": "tk_1"}}, rig.expect())
    rig.result("media.replace", {"media_id": media, "path": rig.files["take1"]}, rig.expect())
    assert rig.state().media.third_party == {"takebridge.take": "tk_1"}
    short = str(make_clip(tmp_path / "short.mov", 30))
    answer = rig.run("media.replace", {"media_id": media, "path": short}, rig.expect())
    assert (answer.outcome, rig.truth()["media"]) == ("not_applied", rig.files["take1"])


def test_trap_14_ids_of_a_copy_are_new(seat: Callable[..., Rig]) -> None:
    """A clip of the copied timeline is not the clip: its key is not found there, and its stamp is."""
    rig = seat()
    rig.result("clip.stamp", {**rig.ref(), "stamp": "tb-0123456789ab"}, rig.expect())
    ref = rig.ref()
    copy = rig.result("timeline.duplicate", {"name": "Copy"}, rig.expect())
    rig.ui.switch_timeline("Copy")
    seen = rig.result("timeline.snapshot", {"marks": True})
    assert seen["timeline"]["timeline_id"] == copy["timeline_id"]
    stamped = [item for item in seen["items"] if item["stamp"] == "tb-0123456789ab"]
    assert stamped and ref["clip"] not in {item["key"] for item in seen["items"]}


@pytest.mark.parametrize("disturb", ["modal", "playback"])
def test_trap_15_a_dialog_or_playback(seat: Callable[..., Rig], disturb: str) -> None:
    """Tried again with growing pauses, then named as what it is; never in a hot loop."""
    rig = seat()
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    getattr(rig.ui, disturb)()
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code, answer.error.retryable) == ("not_applied", "host_busy", True)
    assert 0 < sum(rig.slept) <= 5
    assert rig.ui.call_counts()["AddTake"] <= 8


def test_trap_16_where_the_person_was(seat: Callable[..., Rig], tmp_path: Path) -> None:
    """Timeline, bin, page, playhead and marks after ops that move them all."""
    rig = seat("20.3", marks=[3, 9])
    rig.resolve.OpenPage("color")
    project = rig.world.project

    def where() -> tuple[Any, ...]:
        line = project.current_timeline
        assert line is not None
        return rig.world.page, line.name, project.current_bin.name, line.playhead, line.marks

    before = where()
    rig.bring("take1")
    rig.result("timeline.duplicate", {"name": "Copy"}, rig.expect())
    rig.result("frame.grab", {"path": str(tmp_path / "f.png"), "record_frame": START})
    span = {"start_record_frame": START, "end_record_frame": START + 4}
    rig.result("range.render", {**span, "folder": str(tmp_path), "name": "r", "way": "quick"})
    assert where() == before


def test_trap_17_tracks_come_one_by_one_and_are_counted(seat: Callable[..., Rig]) -> None:
    """Sound on a track added late may be unrouted: a track is only added where there is none, and is stereo's heir."""
    rig = seat()
    assert rig.result("track.add", {"type": "audio", "index": 1}, rig.expect())["changed"] is False
    assert "AddTrack" not in rig.ui.call_counts()


@pytest.mark.parametrize("kind", ["title", "generator", "compound", "fusion", "adjustment"])
def test_trap_18_items_without_a_file(seat: Callable[..., Rig], kind: str) -> None:
    """They are told apart, so that a render is offered instead of their source."""
    rig = seat(clips=[{"kind": kind, "name": kind.title(), "track": 1, "timeline_start": 0, "duration": 24}])
    assert rig.snapshot(("video", 1))["items"][0]["kind"] in (kind, "generator", "title")
    assert not (rig.snapshot(("video", 1))["items"][0].get("media") or {}).get("path")


def test_trap_19_stale_handles(seat: Callable[..., Rig]) -> None:
    """The project is switched between two ops: nothing of the first one is used in the second."""
    rig = seat(other_projects=[{"project": "Other", "timeline": {"name": "T", "rate": "24"}, "clips": []}])
    args, expect = rig.take_args(rig.bring("take1"), start=6), rig.expect()
    rig.ui.switch_project("Other")
    answer = rig.run("clip.add_take", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")
    rig.ui.switch_project("Demo")
    assert rig.run("clip.add_take", args, expect).outcome == "verified"


# --- where the rest is handled --------------------------------------------------------------------------

HANDLED = {
    "trap 20: Resolve does not answer for a while, or never": [
        "tests/unit/agent/test_agent_link.py::test_a_dead_api_ends_the_agent",
        "tests/unit/agent/test_agent_link.py::test_an_api_that_comes_back_does_not",
        "tests/unit/agent/test_agent_link.py::test_where_resolve_is_found",
    ],
    "pain 2: a menu click that does nothing": [
        "tests/contract/test_agent_sessions.py::test_a_silent_agent_goes_offline_and_what_waited_fails_untouched",
        "tests/unit/agent/test_agent_link.py::test_an_agent_started_first_waits_for_the_bridge",
    ],
    "pain 3: gates of the free edition": [
        "tests/unit/agent/test_agent_render.py::test_quick_export_is_never_called_where_it_is_not_offered",
        "tests/unit/agent/test_agent_reading.py::test_capabilities",
    ],
    "pain 4: the wrong Python": [
        "tests/unit/agent/test_agent_source.py::test_syntax_is_that_of_python_3_6",
        "tests/unit/agent/test_agent_source.py::test_only_the_standard_library_is_imported",
        "tests/unit/agent/test_agent_link.py::test_it_serves_as_a_process_of_any_python",
    ],
    "pain 6: a blocked port": [
        "tests/unit/agent/test_agent_link.py::test_a_server_restart_on_another_port_is_followed",
        "tests/unit/agent/test_agent_link.py::test_anything_else_is_refused",
        "tests/unit/agent/test_agent_link.py::test_proxies_are_ignored",
    ],
    "pain 7: a long call that freezes everything": [
        "tests/contract/test_agent_sessions.py::test_a_busy_agent_may_be_silent_until_its_op_times_out",
        "tests/unit/agent/test_agent_render.py::test_a_range_is_rendered_to_the_frame",
    ],
    "pain 8: off by one": [
        "tests/unit/agent/test_agent_neutral.py::test_places_and_sources_are_exact_at_every_rate",
        "tests/unit/agent/test_agent_render.py::test_a_range_is_rendered_to_the_frame",
    ],
    "pain 9: absolute record frames": [
        "tests/contract/test_resolve_traps.py::test_trap_02_a_record_frame_below_the_start",
        "tests/unit/agent/test_agent_placing.py::test_a_clip_is_placed_where_it_was_asked_for",
    ],
    "pain 10: a swap that loses the position or eats neighbours": [
        "tests/unit/agent/test_agent_takes.py::test_add_take_swaps_the_media_and_nothing_else",
        "tests/unit/agent/test_agent_takes.py::test_a_take_that_lands_on_the_wrong_frame_is_undone",
        "tests/unit/agent/test_agent_takes.py::test_damage_to_a_neighbour_by_a_selection_is_told",
    ],
    "pain 11: old versions that clutter the pool": [
        "tests/unit/agent/test_agent_import.py::test_the_same_file_is_imported_once_per_bin",
    ],
    "pain 12: no selection": [
        "tests/unit/agent/test_agent_reading.py::test_selected_items_before_21_0_4",
        "tests/unit/agent/test_agent_reading.py::test_the_item_under_the_playhead",
        "tests/unit/agent/test_agent_reading.py::test_items_between_the_marks",
    ],
    "pain 15: loops that break Fusion": [
        "tests/unit/agent/test_agent_cost.py::test_an_idle_agent_asks_only_when_its_poll_has_ended",
    ],
    "pain 17: an instance that is wedged": [
        "tests/unit/agent/test_agent_link.py::test_a_dead_api_ends_the_agent",
    ],
    "pain 18: silent None chains": [
        "tests/unit/agent/test_agent_takes.py::test_a_fault_of_the_api_is_answered",
        "tests/unit/agent/test_agent_link.py::test_it_serves_as_a_process_of_any_python",
    ],
    "Resolve quits in the middle of an op": [
        "tests/unit/agent/test_agent_placing.py::test_a_crash_around_the_placing_does_not_double_it",
        "tests/unit/agent/test_agent_link.py::test_an_orphaned_agent_process_ends",
    ],
    "two agents at once": [
        "tests/contract/test_agent_sessions.py::test_another_process_gets_a_session_beside_the_first",
        "tests/contract/test_agent_sessions.py::test_a_second_hello_of_the_same_agent_replaces_the_first",
        "tests/contract/test_real_agent.py::test_two_agents_the_newest_serves_and_the_other_steps_in",
    ],
    "an old agent with a new server": [
        "tests/contract/test_agent_sessions.py::test_another_protocol_is_refused_even_when_its_hello_looks_different",
        "tests/contract/test_agent_sessions.py::test_what_was_not_offered_is_never_asked",
        "tests/unit/agent/test_agent_link.py::test_a_refused_agent_keeps_asking_politely",
    ],
    "a hostile local process without the token": [
        "tests/contract/test_attack_matrix.py::test_every_route_refuses",
        "tests/unit/agent/test_agent_link.py::test_a_damaged_bridge_file_is_refused",
    ],
}
"""The other traps and pains, and the tests that hold them."""

REFUSED = {
    "pain 1: “disconnected” without a reason": "doctor",
    "pain 5: the script is not copied, or in the wrong folder": "install",
    "pain 13: XML without a rate": "fcpxml",
    "pain 14: media offline because of names": "interchange",
    "pain 16: scripts installed behind the user's back": "install",
}
"""No agent's business: `takebridge doctor resolve`, `takebridge install resolve` and the files' writers."""


@pytest.mark.parametrize("trap", HANDLED)
def test_what_handles_a_trap_is_there(trap: str) -> None:
    for place in HANDLED[trap]:
        path, _, name = place.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, place


def test_all_twenty_traps_and_eighteen_pains_have_a_place() -> None:
    here = {
        node.name for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }
    tested = {int(name[10:12]) for name in here if name.startswith("test_trap_")}
    listed = {tuple(entry.partition(":")[0].split()) for entry in [*HANDLED, *REFUSED]}
    assert tested | {int(number) for what, number in (e for e in listed if e[0] == "trap")} == set(range(1, 21))
    assert {int(entry[1]) for entry in listed if entry[0] == "pain"} == set(range(1, 19))
