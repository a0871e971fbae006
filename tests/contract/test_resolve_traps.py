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
from tests.support.lua import NOWHERE

from takebridge_resolve import agent
from takebridge_resolve.emulator.lua_host import LuaHost

ROOT = Path(__file__).resolve().parents[2]
SEATS: dict[str, Callable[[Rig], Any]] = {
    "python": lambda rig: agent.Desk(rig.resolve, sleep=rig.slept.append),
    "lua": lambda rig: LuaHost(rig.world, NOWHERE).desk(rig.slept.append),
}
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


def test_trap_05_what_stood_beside_a_refused_placement_is_there_after_opening_again(seat: Callable[..., Rig]) -> None:
    """What an append that made a ghost placed may be gone then: every clip goes in by an append of its own."""
    rig = seat(other_projects=[{"project": "Other", "timeline": {"name": "T", "rate": "24"}, "clips": []}])
    rig.ui.unsure_vanish, rig.ui.occupied = True, "ghost"
    rig.result("clip.place", placing(rig, "take1", 200), rig.expect())
    args, expect = placing(rig, "take2", 300), rig.expect()
    rig.when("AppendToTimeline", lambda: rig.ui.move_item(rig.state("b").id, 305))
    assert rig.run("clip.place", args, expect).outcome == "not_applied"
    rig.ui.switch_project("Other")
    rig.ui.switch_project("Demo")
    assert [(at, name) for at, _, name in rig.track()] == [(0, "a"), (200, "take1"), (305, "b")]


def test_trap_06_a_timeline_that_is_not_open_loses_nothing(seat: Callable[..., Rig]) -> None:
    """Resolve deletes on the open timeline only and does not say so: another one is refused before it is asked."""
    rig = seat()
    args, expect = {"clips": [rig.ref("a")]}, rig.expect()
    rig.result("timeline.duplicate", {"name": "Copy"}, expect)
    rig.ui.switch_timeline("Copy")
    rig.refused("timeline_switched", "clip.delete", args, expect)
    assert "DeleteClips" not in rig.ui.call_counts()


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
    said = (item["source_unknown"], item.get("start_source_frame"), item.get("end_source_frame"))
    assert said == (True, None, None)


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
    "trap 7: stills take a length of their own": [
        "tests/unit/agent/test_agent_placing.py::test_a_still_of_another_length_is_taken_off",
        "tests/unit/agent/test_agent_reading.py::test_a_still",
    ],
    "trap 10: drop frame, and rates nobody knows": [
        "tests/unit/agent/test_agent_reading.py::test_drop_frame_and_rate",
        "tests/unit/agent/test_agent_reading.py::test_rates_are_short_strings",
    ],
    "trap 12: render settings inherited from the last preset, and a render that is none": [
        "tests/unit/agent/test_agent_render.py::test_an_audio_preset_that_was_loaded_does_not_cost_the_picture",
        "tests/unit/agent/test_agent_render.py::test_complete_without_a_file_is_a_failure",
    ],
    "trap 20: Resolve does not answer for a while, or never": [
        "tests/unit/agent/test_agent_link.py::test_a_dead_api_ends_the_agent",
        "tests/unit/agent/test_agent_link.py::test_an_api_that_comes_back_does_not",
        "tests/unit/agent/test_agent_link.py::test_where_resolve_is_found",
    ],
    "pain 1: “disconnected” without a reason": [
        "tests/integration/test_resolve_doctor.py::test_from_nothing_to_connected",
        "tests/integration/test_resolve_doctor.py::test_no_timeline_is_open",
        "tests/unit/install/test_machine_checks.py::test_a_helper_whose_resolve_is_gone",
        "tests/unit/install/test_machine_checks.py::test_the_preference_is_read_where_resolve_keeps_it",
        "tests/unit/server/test_sessions.py::test_a_process_that_ends_between_two_polls_is_missed_at_once",
    ],
    "pain 2: a menu click that does nothing": [
        "tests/integration/test_resolve_doctor.py::test_an_agent_that_fell_silent_says_its_last_words",
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
    "pain 5: the script is not copied, or in the wrong folder": [
        "tests/unit/install/test_places.py::test_the_folder_of_each_system",
        "tests/unit/install/test_setup.py::test_the_doctor_finds_an_agent_in_a_folder_resolve_does_not_list",
        "tests/unit/install/test_setup.py::test_a_link_becomes_a_copy_and_what_it_pointed_at_stays",
        "tests/unit/install/test_machine_checks.py::test_an_installation_on_a_drive_of_its_own",
    ],
    "pain 6: a blocked port": [
        "tests/integration/test_resolve_doctor.py::test_a_port_that_is_blocked_is_told_from_a_bridge_that_does_not_run",
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
    "pain 13: XML without a rate": [
        "tests/integration/test_export_for.py::test_each_editor_gets_a_document_that_reads_back",
        "tests/unit/interchange/test_xmeml_write.py::test_rates_and_targets_that_do_not_exist_are_refused",
    ],
    "pain 14: media offline because of names": [
        "tests/integration/test_export_for.py::test_resolve_imports_it_with_its_media",
    ],
    "pain 15: loops that break Fusion": [
        "tests/contract/test_lua_agent.py::test_an_idle_agent_makes_no_call_into_resolve",
        "tests/unit/agent/test_agent_cost.py::test_an_idle_agent_asks_only_when_its_poll_has_ended",
    ],
    "pain 16: scripts installed behind the user's back": [
        "tests/integration/test_resolve_install.py::test_a_dry_run_says_the_same_and_writes_nothing",
        "tests/integration/test_resolve_install.py::test_an_older_agent_is_upgraded_and_a_strangers_file_stays",
        "tests/contract/test_resolve_traps.py::test_pain_16_nothing_but_the_command_installs",
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
        "tests/integration/test_resolve_quits.py::test_resolve_quits_inside_a_timeline_import",
        "tests/integration/test_resolve_quits.py::test_resolve_quits_around_the_start_of_a_render",
        "tests/integration/test_resolve_quits.py::test_resolve_quits_while_it_renders",
        "tests/integration/test_resolve_quits.py::test_an_agent_that_is_killed_between_two_polls_is_missed_within_seconds",
    ],
    "the bridge is killed in the middle of an op": [
        "tests/integration/test_resolve_bridge_killed.py::test_nothing_is_done_twice_and_the_agent_goes_on",
    ],
    "two bridges at once": [
        "tests/unit/test_mailbox_bridges.py::test_the_second_bridge_stays_off_and_says_so",
        "tests/unit/test_mailbox_bridges.py::test_what_a_killed_bridge_left_locks_nobody_out_and_is_not_carried_out",
        "tests/integration/test_resolve_doctor.py::test_a_mailbox_another_bridge_uses_is_named_until_that_one_stops",
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


def importers(name: str, out_of: str = "") -> set[str]:
    """Modules of what ships that import a name from elsewhere, or from a module named like ``out_of``."""
    homes = [ROOT / part for part in ("server/takebridge_server", "bridge/takebridge", "resolve_plugin")]
    return {
        path.relative_to(ROOT).as_posix()
        for home in homes
        for path in home.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and name in {alias.name for alias in node.names}
        and (node.module or "").endswith(out_of)
    }


def test_pain_16_nothing_but_the_command_installs() -> None:
    """Agents are copied by one function, and one command calls it: no start of a bridge, a panel or an agent does."""
    assert importers("plan_install") == {
        "resolve_plugin/takebridge_resolve/install/__init__.py",
        "server/takebridge_server/resolve_setup.py",
    }
    assert importers("set_up", "resolve_setup") == {"server/takebridge_server/commands/resolve.py"}
    assert importers("set_up", "premiere_setup") == {"server/takebridge_server/commands/premiere.py"}


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
    listed = {tuple(entry.partition(":")[0].split()) for entry in HANDLED}
    assert tested | {int(number) for what, number in (e for e in listed if e[0] == "trap")} == set(range(1, 21))
    assert {int(entry[1]) for entry in listed if entry[0] == "pain"} == set(range(1, 19))
