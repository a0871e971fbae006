"""``media.replace``, ``media.tag``, ``clip.set_color`` and ``clip.finalize_take``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.agent_rig import Rig, make_clip

TAG = "takebridge.take"


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Half as long as the others."""
    return str(make_clip(tmp_path_factory.mktemp("short") / "short.mov", 60))


def media_of(rig: Rig, clip: str = "a") -> str:
    return str(rig.clip(clip)["media"]["id"])


# --- replace --------------------------------------------------------------------------------------------


def test_every_clip_of_the_media_plays_the_new_file(every: Rig) -> None:
    args = {"media_id": media_of(every), "path": every.files["take1"]}
    seen = every.result("media.replace", args, every.expect())
    assert (seen["media"]["path"], seen["changed"]) == (every.files["take1"], True)
    assert every.truth("a")["media"] == every.files["take1"]
    assert every.truth("b")["media"] == every.files["b"]


def test_media_that_plays_the_file_is_left_alone(every: Rig) -> None:
    args = {"media_id": media_of(every), "path": every.files["a"]}
    assert every.result("media.replace", args, every.expect())["changed"] is False
    assert "ReplaceClip" not in every.ui.call_counts()


def test_a_replaced_media_keeps_its_tags(make_rig: Callable[..., Rig]) -> None:
    """ReplaceClip forgets metadata (resolve.md trap 13)."""
    rig = make_rig("20.3")
    wanted = media_of(rig)
    rig.result("media.tag", {"media_id": wanted, "tags": {TAG: "tk_1", "more": "x"}}, rig.expect())
    rig.result("media.replace", {"media_id": wanted, "path": rig.files["take1"]}, rig.expect())
    assert rig.state("a").media.third_party == {TAG: "tk_1", "more": "x"}


def test_a_shorter_file_is_put_back(every: Rig, short: str) -> None:
    """Clips would run past its end, and nothing tells which of them in which timeline."""
    args = {"media_id": media_of(every), "path": short}
    answer = every.run("media.replace", args, every.expect())
    assert (answer.outcome, answer.error.code) == ("not_applied", "host_rejected")
    assert "60" in answer.error.message
    assert every.truth("a")["media"] == every.files["a"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"media_id": "no such media"}, "not_found"),
        ({"path": "take.mov"}, "invalid_param"),
        ({"path": "/nowhere/at/all.mov"}, "not_found"),
    ],
)
def test_what_cannot_be_replaced_is_refused(every: Rig, change: dict[str, Any], code: str) -> None:
    args = {"media_id": media_of(every), "path": every.files["take1"], **change}
    every.refused(code, "media.replace", args)


def test_a_file_resolve_cannot_read_is_refused(every: Rig, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mov"
    broken.write_text("no film")
    every.refused("host_rejected", "media.replace", {"media_id": media_of(every), "path": str(broken)})


def test_a_changed_timeline_keeps_its_media(every: Rig) -> None:
    args, expect = {"media_id": media_of(every), "path": every.files["take1"]}, every.expect()
    every.ui.move_item(every.state("b").id, 60)
    every.refused("timeline_changed", "media.replace", args, expect)


@pytest.mark.parametrize("verb", ["media.replace", "media.tag"])
def test_a_busy_resolve_keeps_the_media(make_rig: Callable[..., Rig], verb: str) -> None:
    rig = make_rig()
    args = {"media_id": media_of(rig)}
    args |= {"path": rig.files["take1"]} if verb == "media.replace" else {"tags": {TAG: "tk_1"}}
    expect = rig.expect()
    rig.ui.modal()
    rig.refused("host_busy", verb, args, expect)


# --- tag ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["19.1", "20.3", "21.0 free", "21.1 studio"])
def test_tags_are_written_read_back_and_taken_away(make_rig: Callable[..., Rig], profile: str) -> None:
    rig = make_rig(profile)
    args = {"media_id": media_of(rig), "tags": {TAG: "tk_1"}}
    assert rig.result("media.tag", args, rig.expect())["changed"] is True
    assert rig.state("a").media.third_party[TAG] == "tk_1"
    assert rig.result("media.tag", args, rig.expect())["changed"] is False
    rig.result("media.tag", {**args, "tags": {TAG: ""}}, rig.expect())
    assert not rig.state("a").media.third_party.get(TAG)


def test_an_older_resolve_keeps_no_tags(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig("18.6")
    rig.refused("unsupported_op", "media.tag", {"media_id": media_of(rig), "tags": {TAG: "tk_1"}})


@pytest.mark.parametrize("tags", [{}, {"": "x"}, {TAG: 3}, "tag"])
def test_tags_that_are_none_are_refused(rig: Rig, tags: Any) -> None:
    rig.refused("invalid_param", "media.tag", {"media_id": media_of(rig), "tags": tags})


# --- colour ---------------------------------------------------------------------------------------------


def test_a_clip_gets_a_colour_and_loses_it(every: Rig) -> None:
    seen = every.result("clip.set_color", {**every.ref(), "color": "Teal"}, every.expect())
    assert seen["changed"] and every.truth()["color"] == "Teal"
    assert every.result("clip.set_color", {**every.ref(), "color": "Teal"}, every.expect())["changed"] is False
    every.result("clip.set_color", {**every.ref(), "color": ""}, every.expect())
    assert every.truth()["color"] == ""


def test_a_marker_colour_is_no_clip_colour(every: Rig) -> None:
    every.refused("invalid_param", "clip.set_color", {**every.ref(), "color": "Lavender"})


def test_a_colour_resolve_drops_is_told(every: Rig) -> None:
    """SetClipColor says True on titles and generators and does nothing (resolve.md trap 12)."""
    title = next(item for item in every.snapshot()["items"] if item["kind"] == "title")
    ref = {key: title[key] for key in ("track", "start_record_frame", "end_record_frame")}
    args = {**ref, "clip": title["key"], "color": "Teal"}
    every.refused("host_rejected", "clip.set_color", args, every.expect(("video", 2)))


def test_a_clip_on_a_locked_track_keeps_its_colour(every: Rig) -> None:
    every.ui.lock_track("video", 1, True)
    every.refused("host_rejected", "clip.set_color", {**every.ref(), "color": "Teal"})


def test_a_moved_clip_keeps_its_colour(every: Rig) -> None:
    args, expect = {**every.ref("b"), "color": "Teal"}, every.expect()
    every.ui.move_item(every.state("b").id, 60)
    every.refused("timeline_changed", "clip.set_color", args, expect)


# --- finalize -------------------------------------------------------------------------------------------


def test_the_selected_take_stays_and_the_selector_goes(every: Rig) -> None:
    every.add("take1", 6)
    before = every.truth()
    seen = every.result("clip.finalize_take", every.ref(), every.expect())
    assert seen["changed"] and len(seen["before"]["takes"]) == 2
    assert (seen["after"]["takes"], seen["after"]["selected_take"]) == ([], 0)
    assert every.truth() == {**before, "takes": [], "selected": 0}


def test_a_clip_without_takes_is_final_already(every: Rig) -> None:
    assert every.result("clip.finalize_take", every.ref(), every.expect())["changed"] is False
    assert "FinalizeTake" not in every.ui.call_counts()


def test_a_clip_on_a_locked_track_keeps_its_takes(every: Rig) -> None:
    every.add("take1", 6)
    every.ui.lock_track("video", 1, True)
    every.refused("host_rejected", "clip.finalize_take", every.ref())


def test_a_clip_of_another_timeline_keeps_its_takes(every: Rig) -> None:
    every.add("take1", 6)
    args, expect = every.ref(), every.expect()
    other = every.second_timeline()
    every.ui.switch_timeline(other)
    every.refused("timeline_switched", "clip.finalize_take", args, expect)


def test_a_busy_resolve_keeps_the_takes(every: Rig) -> None:
    every.add("take1", 6)
    args, expect = every.ref(), every.expect()
    every.ui.modal()
    every.refused("host_busy", "clip.finalize_take", args, expect)
