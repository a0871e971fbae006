"""Premiere under an op's feet: sequences closed, media gone, tracks locked, files that do not come, edits meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.premiere_rig import BIN, PROFILES, PremiereRig, Stages, changed

from takebridge.hosts.protocol import Verb

GATHERED = "Project.lockedAccess"
"""By then an op has read all it needs; it writes next."""


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    stages = Stages()
    yield stages
    stages.close()


@pytest.fixture(params=[PROFILES[0], PROFILES[-1]])
def rig(request: pytest.FixtureRequest, stages: Stages) -> PremiereRig:
    return stages.rig(request.param)


def refused(rig: PremiereRig, verb: str, args: dict[str, Any], expect: dict[str, Any]) -> Any:
    """Run an op that must not be applied; the error, with a hint."""
    answer = rig.run(verb, args, expect)
    assert answer.outcome == "not_applied" and answer.error is not None, answer
    assert answer.error.message and answer.error.hint
    return answer.error


# --- edits meanwhile ------------------------------------------------------------------------------------


def test_a_clip_deleted_before_the_write_is_told(rig: PremiereRig) -> None:
    args, expect = {**rig.ref("a"), "enabled": False}, rig.expect()
    rig.person("delete", "V1", 0, when=GATHERED)
    assert refused(rig, "clip.set_enabled", args, expect).code == "timeline_changed"
    assert rig.undo_labels() == ["Delete"]


def test_a_place_taken_before_the_write_is_not_overwritten(rig: PremiereRig) -> None:
    """The person moves a clip to where the take was going."""
    args = rig.place_args(rig.bring(rig.files.take1), 90, 10, track=1)
    expect = rig.expect()
    rig.person("trim", "V1", 2, 0, 10)
    expect = rig.expect()
    rig.person("move", "V1", 2, -10, when=GATHERED)
    answer = rig.run("clip.place", args, expect)
    theirs = [(0, 48, 24, "a"), (48, 40, 10, "b"), (90, 20, 5, "c")]
    if answer.outcome != "not_applied":  # a move beside the lock cannot be seen; then it is said, and can be undone
        assert answer.outcome == "committed_unverified" and answer.error is not None
        rig.person("undo")
    assert rig.track() == theirs


def test_a_sequence_closed_before_the_write_is_told(rig: PremiereRig) -> None:
    args, expect = {**rig.ref("a"), "name": "late"}, rig.expect()
    rig.person("deleteSequence", "Cut", when=GATHERED)
    assert refused(rig, "clip.rename", args, expect).code == "timeline_switched"


@pytest.mark.parametrize(
    "member", ["Sequence.getTimebase", "VideoTrack.getTrackItems", "VideoClipTrackItem.getStartTime"]
)
def test_a_sequence_closed_while_it_is_read_is_told(rig: PremiereRig, member: str) -> None:
    args, expect = {**rig.ref("a"), "enabled": False}, rig.expect()
    rig.person("closeSequence", "Cut", when=member)
    answer = rig.run("clip.set_enabled", args, expect)
    if answer.outcome == "not_applied":
        assert answer.error is not None and answer.error.code == "timeline_switched"
        assert rig.undo_labels() == []
    else:  # it is still in the project: what was asked may be done there, and can be undone
        assert rig.undo_labels() == ["TakeBridge: disable “a”"]


def test_the_project_closed_while_it_is_read_is_told(rig: PremiereRig) -> None:
    args, expect = {**rig.ref("a"), "enabled": False}, rig.expect()
    rig.person("closeProject", when="Sequence.getTimebase")
    assert refused(rig, "clip.set_enabled", args, expect).code in ("timeline_switched", "not_found")


def test_nothing_open_is_no_fault(rig: PremiereRig) -> None:
    expect = rig.expect()
    rig.person("closeSequence", "Cut")
    assert rig.host.status.timeline is None
    assert rig.result("selection.peek")["timeline_id"] == ""
    answer = rig.run("timeline.snapshot", {})
    assert answer.error is not None and answer.error.code == "not_found"
    args = {"record_frame": rig.start + 20, "name": "x"}
    assert refused(rig, "marker.add", args, expect).code == "timeline_switched"


# --- media ----------------------------------------------------------------------------------------------


def test_a_renamed_item_is_still_the_media_of_its_clip(rig: PremiereRig) -> None:
    key = rig.clip("b")["key"]
    rig.person("renameItem", "b.mov", "Other name")
    item = rig.clip("b")
    assert (item["key"], item["media"]["name"], item["media"]["path"]) == (key, "Other name", rig.files.b)
    assert rig.result("clip.set_enabled", {**rig.ref("b"), "enabled": False}, rig.expect())["changed"]


def test_offline_media_is_said_and_left(rig: PremiereRig) -> None:
    media = rig.bring(rig.files.take1)
    rig.person("takeOffline", "take1.mov")
    rig.person("takeOffline", "b.mov")
    assert rig.clip("b")["media"]["online"] is False
    before = rig.truth()
    answer = rig.run("clip.place", rig.place_args(media, 50, 30), rig.expect(("video", 1), ("video", 2)))
    assert answer.outcome in ("not_applied", "verified")
    if answer.outcome == "not_applied":
        assert changed(before, rig.truth()) == set()


@pytest.mark.parametrize("track", [1, 2, 3])
def test_a_take_with_sound_never_costs_a_sound(rig: PremiereRig, track: int) -> None:
    """Premiere lays a file's sound on A1 whatever it is told: the person's sound must be as it was."""
    media = rig.bring(rig.files.c)  # in the project already, with sound
    before = rig.truth()
    start = 90 if track == 1 else 10
    args = rig.place_args(media, start, 10, track=track, head=2)
    answer = rig.run("clip.place", args, rig.expect(("video", 1), ("video", 2)))
    touched = changed(before, rig.truth())
    assert not touched & {"A1", "A2"}, answer
    assert answer.outcome != "not_applied" or touched == set()


def test_swapping_a_sounding_clip_leaves_its_sound(rig: PremiereRig) -> None:
    before = rig.sequence()["audio"]
    rig.result("clip.swap", rig.swap_args("a", rig.files.take2, way="overwrite"), rig.expect())
    assert rig.sequence()["audio"] == before
    assert rig.track()[0] == (0, 48, 6, "take2")


@pytest.mark.parametrize("name", ["Aufnahme ä 日本 “é”", "with 100% & <tags> #1"])
def test_names_of_any_script(rig: PremiereRig, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.mov"
    shutil.copy(rig.files.take1, path)
    first = rig.result("media.import", {"path": str(path), "bin": [*BIN, name], "tags": {"n": name}}, rig.expect())
    assert first["media"]["path"] == str(path)
    again = rig.result("media.import", {"path": str(path), "bin": [*BIN, name], "tags": {"n": name}}, rig.expect())
    assert (again["media"]["id"], again["reused"]) == (first["media"]["id"], True)


def test_a_path_of_300_characters(rig: PremiereRig, tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 260:
        folder = folder / ("long " * 8).strip()
    folder.mkdir(parents=True)
    path = folder / f"{'x' * (300 - len(str(folder)) - 5)}.mov"
    assert len(str(path)) == 300
    shutil.copy(rig.files.take1, path)
    item = rig.place(str(path), 50, 30)
    assert item["media"]["path"] == str(path)


def test_an_import_that_is_refused_leaves_nothing(rig: PremiereRig) -> None:
    before = rig.truth()
    rig.person("quirk", "importFails")
    args = {"path": rig.files.take1, "bin": BIN}
    assert refused(rig, "media.import", args, rig.expect()).code == "host_rejected"
    assert changed(before, rig.truth()) == set()


def test_an_import_that_is_passed_over_is_told(rig: PremiereRig, tmp_path: Path) -> None:
    words = tmp_path / "words.mov"
    words.write_text("no film")
    before = rig.truth()
    assert refused(rig, "media.import", {"path": str(words), "bin": BIN}, rig.expect()).code == "host_rejected"
    assert changed(before, rig.truth()) == set()


def test_a_swap_whose_file_does_not_come_leaves_the_clip(rig: PremiereRig, tmp_path: Path) -> None:
    args = rig.swap_args("b", str(tmp_path / "gone.mov"))
    assert refused(rig, "clip.swap", args, rig.expect()).code in ("host_rejected", "not_found")
    assert rig.track()[1] == (48, 40, 10, "b")


def test_a_swap_to_a_file_of_another_length_leaves_the_clip(rig: PremiereRig) -> None:
    args = rig.swap_args("b", rig.files.short, frames=72)
    refused(rig, "clip.swap", args, rig.expect())
    assert rig.track()[1] == (48, 40, 10, "b")


def test_relinking_keeps_effects_and_place(rig: PremiereRig) -> None:
    rig.place(rig.files.take1, 50, 30)
    rig.person("dropEffect", "V2", 0, "Lumetri")
    before = rig.sequence()["video"][1]["items"][0]
    expect = rig.expect(("video", 1), ("video", 2))
    assert rig.result("clip.swap", rig.swap_args("take1", rig.files.take2), expect)["way"] == "relink"
    after = rig.sequence()["video"][1]["items"][0]
    assert {**after, "name": ""} == {**before, "name": ""}
    assert rig.track("video", 2) == [(50, 30, 6, "take2")]


def test_a_relink_that_is_refused_leaves_the_clip(rig: PremiereRig) -> None:
    rig.place(rig.files.take1, 50, 30)
    rig.person("dropEffect", "V2", 0, "Lumetri")
    rig.person("quirk", "relinkFails")
    expect = rig.expect(("video", 1), ("video", 2))
    answer = rig.run("clip.swap", rig.swap_args("take1", rig.files.take2), expect)
    assert answer.outcome != "verified" and answer.error is not None
    assert rig.track("video", 2) == [(50, 30, 6, "take1")]


# --- tracks and effects ---------------------------------------------------------------------------------


def test_a_locked_track_refuses(rig: PremiereRig) -> None:
    rig.person("lockTrack", "V1")
    args = {**rig.ref("a"), "enabled": False}
    assert refused(rig, "clip.set_enabled", args, rig.expect()).code == "host_rejected"
    assert rig.undo_labels() == []


@pytest.mark.parametrize(
    "act",
    [
        ("dropEffect", "V1", 1, "Lumetri"),
        ("setParameter", "V1", 1, "Motion", "Scale", 120),
        ("animate", "V1", 1, "Opacity", "Opacity", 2, 20),
    ],
)
def test_effects_of_a_person_are_not_overwritten(rig: PremiereRig, act: tuple[Any, ...]) -> None:
    rig.person(*act)
    before = rig.sequence()
    args = rig.swap_args("b", rig.files.take2, way="overwrite")
    assert refused(rig, "clip.swap", args, rig.expect()).code == "unsupported_item"
    assert rig.sequence() == before


def test_a_place_that_is_occupied_is_refused(rig: PremiereRig) -> None:
    rig.place(rig.files.take1, 50, 30)
    before = rig.sequence()
    args = rig.place_args(rig.bring(rig.files.take2), 60, 30)
    refused(rig, "clip.place", args, rig.expect(("video", 1), ("video", 2)))
    assert rig.sequence() == before


# --- keys, stamps, answers ------------------------------------------------------------------------------


def test_a_clip_keeps_its_key_while_a_person_works_on_it(rig: PremiereRig) -> None:
    key = rig.clip("c")["key"]
    for act in (("trim", "V1", 2, 3, 0), ("move", "V1", 2, 20), ("trim", "V1", 2, 0, 4), ("rename", "V1", 2, "c2")):
        rig.person(*act)
        assert rig.clip("c2" if act[0] == "rename" else "c")["key"] == key, act


def test_a_stamp_lives_on_in_a_new_agent(rig: PremiereRig) -> None:
    rig.result("clip.stamp", {**rig.ref("b"), "stamp": "tb-0123456789ab"}, rig.expect())
    rig.runner.ask("restart")
    stamps = {item["name"]: item["stamp"] for item in rig.snapshot(marks=True)["items"] if item["stamp"]}
    assert stamps == {"b": "tb-0123456789ab"}


def test_a_lost_answer_is_given_again_and_nothing_is_done_twice(rig: PremiereRig) -> None:
    args, expect = {**rig.ref("a"), "enabled": False}, rig.expect()
    first = rig.host.run("clip.set_enabled", args, expect, op_id="same")
    rig.person("undo")
    assert rig.host.run("clip.set_enabled", args, expect, op_id="same") == first
    assert rig.undo_labels() == []


def test_what_a_person_took_back_can_be_asked_again(rig: PremiereRig) -> None:
    args = {**rig.ref("a"), "enabled": False}
    rig.result("clip.set_enabled", args, rig.expect())
    rig.person("undo")
    assert rig.result("clip.set_enabled", args, rig.expect())["changed"] is True


@pytest.mark.parametrize("verb", ["clip.add_take", "track.add", "timeline.import"])
def test_what_is_not_offered_is_said(rig: PremiereRig, verb: Verb) -> None:
    answer = rig.host.run(verb, {}, rig.expect())
    assert answer.outcome == "not_applied"
    assert answer.error is not None and answer.error.code == "unsupported_op"
