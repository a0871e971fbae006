"""``clip.pull``: one op brings a file onto a clip, at few calls, and whatever goes wrong is put back and told.

Every test that is given ``way`` runs twice: surveyed by what Resolve writes of the timeline, and item by item.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.agent_pull_cases import pull_args
from tests.support.agent_rig import PROFILES, START, Rig

from takebridge_resolve.agent import bulk, swap

LIMIT = 40
"""API calls of a pull, all of it."""
Edit = Callable[[Rig], object]


@pytest.fixture(params=["written", "asked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "asked":
        monkeypatch.setattr(swap, "written_cut", lambda *_: None)
    return str(request.param)


def bare(rig: Rig) -> dict[str, Any]:
    """What the bridge expects of a pull: the timeline, no revision."""
    return {**rig.expect(), "revision": "", "tracks": []}


def pull(rig: Rig, **more: Any) -> Any:
    """Pull take1.mov onto clip a."""
    return rig.run("clip.pull", pull_args(rig, **more), bare(rig))


def cost(rig: Rig, args: dict[str, Any]) -> int:
    """API calls of a pull that must be verified."""
    expect = bare(rig)
    rig.ui.call_log.clear()
    assert rig.result("clip.pull", args, expect)["changed"]
    return len(rig.ui.call_log)


# --- done -----------------------------------------------------------------------------------------------


def test_the_clip_shows_the_take_and_nothing_else_changed(every: Rig, way: str) -> None:
    before, other, look, home = every.truth(), every.truth("b"), every.clip()["look"], every.world.project.current_bin
    answer = pull(every)
    assert (answer.outcome, answer.error) == ("verified", None)
    # 48 frames from frame 6 on; the take is the second, beside clip b lies clip a, and its sound is linked with it.
    assert answer.result == {
        "name": "take1.mov",
        "start_record_frame": START,
        "end_record_frame": START + 48,
        "takes_before": 0,
        "takes_after": 2,
        "selected_take": 2,
        "neighbours": 1,
        "linked": 0 if every.world.profile.version < (19,) else 1,
        "reused": False,
        "changed": True,
    }
    now = every.truth()
    assert now["takes"] == [(every.files["a"], 24, 72), (every.files["take1"], 6, 54)]
    assert (now["media"], now["source"], now["selected"]) == (every.files["take1"], (6, 54), 2)
    kept = ("start", "duration", "color", "nodes", "properties")
    assert [now[key] for key in kept] == [before[key] for key in kept]
    assert (every.truth("b"), every.clip()["look"]) == (other, look)
    assert every.world.project.current_bin is home
    [media] = next(folder.media for folder in every.world.project.root.walk() if folder.name == "Shot 1")
    tags = {"b": "2", "a": "é"} if every.world.profile.version >= (19, 0, 2) else {}
    assert (media.path, media.third_party) == (every.files["take1"], tags)


def test_doing_it_again_changes_nothing(every: Rig, way: str) -> None:
    args, expect = pull_args(every), bare(every)
    every.run("clip.pull", args, expect)
    before, writes = every.everything(), every.writes()
    again = every.run("clip.pull", args, expect)
    assert (again.outcome, again.result["changed"], again.result["selected_take"]) == ("verified", False, 2)
    assert (every.everything(), every.writes()) == (before, writes)


def test_a_take_may_come_without_being_shown(every: Rig, way: str) -> None:
    before = every.truth()
    assert pull(every, select=False).result["selected_take"] == 1
    now = every.truth()
    assert (now["media"], now["source"], len(now["takes"])) == (before["media"], before["source"], 2)


def test_older_takes_stay_as_they_are(rig: Rig, way: str) -> None:
    rig.add("take2", start=9)
    result = pull(rig).result
    assert (result["takes_before"], result["takes_after"], result["selected_take"]) == (2, 3, 3)
    paths = [rig.files[name] for name in ("a", "take2", "take1")]
    assert rig.truth()["takes"] == [(paths[0], 24, 72), (paths[1], 9, 57), (paths[2], 6, 54)]


def test_a_take_the_clip_has_is_selected_not_added(rig: Rig, way: str) -> None:
    rig.add("take1", select=False)
    assert pull(rig).result["takes_after"] == 2
    assert (rig.truth()["selected"], rig.writes().count("AddTake")) == (2, 1)


def test_a_take_of_other_frames_is_not_selected(rig: Rig, way: str) -> None:
    rig.add("take1", start=7, select=False)
    before = rig.truth()
    assert pull(rig).error.code == "timeline_changed"
    assert rig.truth() == before


# --- what it costs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES[1:])
def test_a_pull_is_at_most_forty_calls(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile)
    first, again = cost(rig, pull_args(rig)), pull_args(rig, path=rig.files["take2"])
    assert first <= LIMIT
    assert cost(rig, again) <= LIMIT, "a second take of the shot"
    item = rig.clip("b")
    other = {
        **{key: item[key] for key in ("track", "start_record_frame", "end_record_frame", "left_offset_frame")},
        "clip": item["key"],
        "media_path": rig.files["b"],
        "bin": ["TakeBridge", "Shot 2"],
        "end_source_frame": 46,
    }
    assert cost(rig, pull_args(rig, **other)) <= LIMIT, "another shot"


def test_length_of_the_timeline_and_bins_of_others_cost_nothing(make_rig: Callable[..., Rig]) -> None:
    clip = {"path": make_rig().files["b"], "track": 1, "duration": 24, "source_start": 5}
    rig = make_rig(clips=[{**clip, "timeline_start": 24 * at} for at in range(100)])
    project = rig.resolve.GetProjectManager().GetCurrentProject()
    for at in range(30):
        project.GetMediaPool().AddSubFolder(project.GetMediaPool().GetRootFolder(), f"Day {at}")
    rig.desk.learn_bins()
    assert cost(rig, pull_args(rig, end_source_frame=30)) <= LIMIT


def test_bins_are_found_again_whatever_became_of_them(rig: Rig) -> None:
    """What the agent remembers of bins is a guess: ours renamed, another in its place, a project of the same bins."""
    pull(rig)
    root = rig.world.project.root
    ours = next(folder for folder in root.bins if folder.name == "TakeBridge")
    ours.name = "Archive"
    first = pull(rig, path=rig.files["take2"])
    assert (first.outcome, first.result["reused"]) == ("verified", False)
    assert [folder.name for folder in root.bins] == ["Archive", "TakeBridge"]
    root.bins.reverse()
    again = rig.run("media.import", {"path": rig.files["take2"], "bin": ["TakeBridge", "Shot 1"]}, bare(rig))
    assert again.result["reused"] is True
    assert [media.path for media in ours.bins[0].media] == [rig.files["take1"]]


def test_a_file_for_a_bin_that_is_there_leaves_the_open_bin_alone(rig: Rig, way: str) -> None:
    pull(rig)
    rig.ui.call_log.clear()
    assert pull(rig, path=rig.files["take2"]).outcome == "verified"
    assert rig.ui.call_counts().get("SetCurrentFolder", 0) == 0
    bins = {
        folder.name: [media.path for media in folder.media if media.path] for folder in rig.world.project.root.walk()
    }
    assert bins["Shot 1"] == [rig.files["take1"], rig.files["take2"]]


@pytest.mark.parametrize("call", ["ImportMedia", "MoveClips"])
def test_a_file_that_does_not_come_into_its_bin_is_told(rig: Rig, way: str, call: str) -> None:
    pull(rig)
    before = rig.truth()
    rig.when(call, rig.ui.modal, after=call == "ImportMedia")
    answer = pull(rig, path=rig.files["take2"])
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "host_busy")
    assert "bin that is open" in answer.error.hint
    assert rig.truth() == before


def slipped(rig: Rig) -> None:
    """What a build might do: the take lands a frame off."""
    rig.state().source_start += 1


WRONG: dict[str, tuple[Edit, str]] = {
    "another frame": (slipped, "the frame at the clip's head"),
    "disabled": (lambda rig: rig.ui.set_item(rig.state().id, enabled=False), "the look"),
    "another colour": (lambda rig: rig.ui.set_item(rig.state().id, color="Teal"), "the look"),
    "moved in its frame": (lambda rig: rig.state().properties.update(Pan=3.0), "the look"),
    "another grade": (lambda rig: rig.state().grade.versions.update({"Version 1": 5}), "the look"),
    "unlinked": (lambda rig: rig.ui.unlink_item(rig.state().id), "the look"),
    "a neighbour trimmed": (lambda rig: rig.ui.trim_item(rig.state("b").id, tail=3), "a neighbouring clip"),
}


# --- what Resolve writes is odd ---------------------------------------------------------------------------


def rewritten(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any], calls: tuple[int, ...] = (0, 1)) -> None:
    """Let Resolve write something else of every item, in the exports of these numbers."""
    count = iter(range(100))

    def written(*args: Any) -> Any:
        cut = bulk.written_cut(*args)
        if next(count) not in calls or cut is None:
            return cut
        tracks = {track: [change(entry) for entry in entries] for track, entries in cut.tracks.items()}
        return cut._replace(tracks=tracks)

    monkeypatch.setattr(swap, "written_cut", written)


ODD: dict[str, tuple[Callable[[Any], Any], tuple[int, ...]]] = {
    "paths of another spelling": (lambda one: one._replace(path=f"/volumes{one.path}"), (0, 1)),
    "paths of another spelling after": (lambda one: one._replace(path=f"/volumes{one.path}"), (1,)),
    "no paths": (lambda one: one._replace(path=None), (0,)),
    "heads that count otherwise": (lambda one: one._replace(head=one.head and one.head + 86400), (0, 1)),
    "no heads": (lambda one: one._replace(head=None), (0, 1)),
    "other numbers of links": (lambda one: one._replace(group=one.group and one.group + 7), (1,)),
    "names": (lambda one: one._replace(name=f"{one.name}!"), (0, 1)),
    "retimes": (lambda one: one._replace(sure=False), (0, 1)),
    "another place": (lambda one: one._replace(start=one.start + 1, end=one.end + 1), (0, 1)),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_exports_are_asked_about(make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    clip = {"path": make_rig().files["b"], "track": 1, "timeline_start": 0, "duration": 48, "source_start": 10}
    rig = make_rig(clips=[clip])
    rewritten(monkeypatch, *ODD[odd])
    answer = pull(rig)
    assert (answer.outcome, answer.error) == ("verified", None)
    assert (rig.truth()["media"], rig.truth()["source"], rig.truth()["selected"]) == (rig.files["take1"], (6, 54), 2)


def test_links_that_are_not_written_are_asked_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(monkeypatch, lambda one: one._replace(group=None))
    assert pull(rig).result["linked"] == 1


def test_a_track_that_does_not_say_whether_it_is_locked_is_asked(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*args: Any) -> Any:
        cut = bulk.written_cut(*args)
        return cut._replace(locked=dict.fromkeys(cut.locked)) if cut else None

    monkeypatch.setattr(swap, "written_cut", silent)
    rig.ui.lock_track("video", 1)
    assert pull(rig).error.code == "host_rejected"
    rig.ui.lock_track("video", 1, locked=False)
    assert pull(rig).outcome == "verified"


def test_after_an_export_that_fails_the_items_are_asked(rig: Rig) -> None:
    """A dialog or a backup refuses the second export for a moment."""
    args, expect = pull_args(rig), bare(rig)
    rig.when("GetSelectedTakeIndex", lambda: rig.ui.busy(1), after=True)
    answer = rig.run("clip.pull", args, expect)
    assert (answer.outcome, answer.result["neighbours"], answer.result["linked"]) == ("verified", 1, 1)
    assert rig.truth()["selected"] == 2


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_seen_by_asking_too(rig: Rig, wrong: str) -> None:
    act, said = WRONG[wrong]
    args, expect = pull_args(rig), bare(rig)
    rig.when("GetSelectedTakeIndex", lambda: (act(rig), rig.ui.busy(1)), after=True)
    answer = rig.run("clip.pull", args, expect)
    assert said in answer.error.details["observed"]
    assert rig.truth()["takes"] == []


# --- refused before anything is written -------------------------------------------------------------------

MEANWHILE: dict[str, Edit] = {
    "slipped": lambda rig: rig.ui.slip_item(rig.state().id, 2),
    "trimmed at its head": lambda rig: rig.ui.trim_item(rig.state().id, head=2),
    "trimmed at its tail": lambda rig: rig.ui.trim_item(rig.state().id, tail=2),
    "moved": lambda rig: rig.ui.move_item(rig.state().id, 200),
    "deleted": lambda rig: rig.ui.delete_item(rig.state().id),
}


@pytest.mark.parametrize("edit", MEANWHILE)
@pytest.mark.parametrize("call", ["", "ImportMedia"])
def test_a_clip_edited_meanwhile_is_not_written_to(every: Rig, way: str, call: str, edit: str) -> None:
    """Edited since it was read, or while its file is imported."""
    args, expect = pull_args(every), bare(every)
    every.when(call, lambda: MEANWHILE[edit](every), after=True) if call else MEANWHILE[edit](every)
    answer = every.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert every.writes() == []
    assert call or not any(folder.bins for folder in every.world.project.root.walk()), "nothing was imported"


@pytest.mark.parametrize("change", [{"media_path": "/elsewhere.mov"}, {"width": 1920}, {"left_offset_frame": 23}])
def test_a_clip_that_is_not_as_expected_is_left_alone(every: Rig, way: str, change: dict[str, Any]) -> None:
    every.refused("timeline_changed", "clip.pull", pull_args(every, **change), bare(every))


def test_a_locked_track_is_left_alone(every: Rig, way: str) -> None:
    every.ui.lock_track("video", 1)
    assert "Unlock" in every.refused("host_rejected", "clip.pull", pull_args(every), bare(every)).hint


def test_a_revision_counts_where_one_is_expected(rig: Rig, way: str) -> None:
    args, expect = pull_args(rig), rig.expect()
    rig.ui.rename_item(rig.state("b").id, "Hero")
    rig.refused("timeline_changed", "clip.pull", args, expect)
    assert rig.run("clip.pull", args, bare(rig)).outcome == "verified", "a neighbour of another name does no harm"


def test_a_file_of_another_length_is_not_added(rig: Rig, way: str) -> None:
    before = rig.truth()
    answer = pull(rig, frame_count=119)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert "120 frames in take1.mov" in answer.error.message
    assert rig.truth() == before


def test_another_timeline_is_open(every: Rig, way: str) -> None:
    other = every.second_timeline()
    args, expect = pull_args(every), bare(every)
    every.ui.switch_timeline(other)
    every.refused("timeline_switched", "clip.pull", args, expect)


# --- put back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_swap_must_not_touch_is_seen_and_the_take_removed(rig: Rig, way: str, wrong: str) -> None:
    before = rig.truth()
    act, said = WRONG[wrong]
    args, expect = pull_args(rig), bare(rig)
    rig.when("SelectTakeByIndex", lambda: act(rig), after=True)
    answer = rig.run("clip.pull", args, expect)
    assert said in answer.error.details["observed"]
    assert answer.error.code == ("timeline_changed" if said == "a neighbouring clip" else "host_rejected")
    assert (rig.truth()["takes"], rig.truth()["media"], rig.truth()["source"]) == ([], before["media"], (24, 72))


def test_takes_of_a_person_survive_an_undo(rig: Rig, way: str) -> None:
    rig.add("take2")
    before = rig.truth()
    args, expect = pull_args(rig), bare(rig)
    rig.when("SelectTakeByIndex", lambda: slipped(rig), after=True)
    answer = rig.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert rig.truth() == before


@pytest.mark.parametrize("call", ["AddTake", "SelectTakeByIndex"])
def test_the_clip_is_moved_in_the_middle(every: Rig, way: str, call: str) -> None:
    args, expect, item = pull_args(every), bare(every), every.state()
    every.when(call, lambda: every.ui.move_item(item.id, 200), after=True)
    answer = every.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_changed")
    assert (item.start, item.takes, item.source_start) == (200, [], 24)


@pytest.mark.parametrize("after", [False, True])
def test_another_timeline_is_opened_in_the_middle(rig: Rig, way: str, after: bool) -> None:
    other = rig.second_timeline()
    args, expect = pull_args(rig), bare(rig)
    rig.when("AddTake", lambda: rig.ui.switch_timeline(other), after=after)
    answer = rig.run("clip.pull", args, expect)
    outcome = "committed_unverified" if after else "not_applied"
    assert (answer.outcome, answer.error.code, answer.result) == (outcome, "timeline_switched", None)
    assert len(rig.truth()["takes"]) == (2 if after else 0)


def test_another_project_is_opened_before_the_take_is_added(rig: Rig, way: str) -> None:
    """The file lies in its bin by then, but nothing is on the clip: that counts."""
    args, expect, manager = pull_args(rig), bare(rig), rig.resolve.GetProjectManager()
    rig.when("AddTake", lambda: manager.CreateProject("Other"))
    answer = rig.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("not_applied", "timeline_switched")


def test_a_take_that_cannot_be_removed_again_is_told(rig: Rig, way: str) -> None:
    rig.add("take2")
    args, expect = pull_args(rig), bare(rig)
    rig.when("SelectTakeByIndex", lambda: slipped(rig), after=True)
    rig.when("DeleteTakeByIndex", rig.ui.modal)
    answer = rig.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "host_rejected")
    assert (len(rig.truth()["takes"]), rig.truth()["selected"]) == (3, 2)


def test_another_timeline_is_opened_while_the_clip_is_read_back(rig: Rig) -> None:
    other = rig.second_timeline()
    args, expect = pull_args(rig), bare(rig)
    rig.when("GetSelectedTakeIndex", lambda: rig.ui.switch_timeline(other), after=True)
    answer = rig.run("clip.pull", args, expect)
    assert (answer.outcome, answer.error.code) == ("committed_unverified", "timeline_switched")


@pytest.mark.parametrize("at", ["AddTake", "SelectTakeByIndex", "ImportMedia", "AddSubFolder"])
def test_a_short_busy_spell_is_sat_out(rig: Rig, way: str, at: str) -> None:
    args, expect = pull_args(rig), bare(rig)
    rig.when(at, lambda: rig.ui.busy(2))
    assert rig.run("clip.pull", args, expect).outcome == "verified"
    assert rig.truth()["selected"] == 2


@pytest.mark.parametrize("at", ["AddTake", "ImportMedia", "AddSubFolder"])
def test_a_dialog_is_told_and_nothing_is_on_the_clip(rig: Rig, way: str, at: str) -> None:
    args, expect, before = pull_args(rig), bare(rig), rig.truth()
    rig.when(at, rig.ui.modal)
    answer = rig.run("clip.pull", args, expect)
    assert (answer.error.code, answer.error.retryable) == ("host_busy", True)
    assert rig.truth() == before


def test_the_project_manager_is_asked_for_again_when_it_is_dead(rig: Rig) -> None:
    class Dead:
        def GetCurrentProject(self) -> None: ...

    args, expect = pull_args(rig), bare(rig)
    rig.desk.manager = Dead()
    assert rig.run("clip.pull", args, expect).outcome == "verified"
