"""A pull in one op: at most forty calls into the editor, the same report as the old way, nothing done on a guess."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.support.roundtrip_rig import CLIP_FRAMES, CLIP_START, Fault, RoundTripRig

from takebridge.errors import (
    HostError,
    HostOfflineError,
    HostRejectedError,
    HostTimeoutError,
    NotFoundError,
    TimelineSwitchedError,
)
from takebridge.ids import TakeId
from takebridge.services.pull import PullReport, PullRequest, pull

LIMIT = 40
OLD = frozenset({"clip.pull"})
"""What an agent of an older release does not offer."""
SHOT = 3
ways = pytest.mark.parametrize("without", [frozenset(), OLD], ids=["new", "old"])
"""Every agent, and one of an older release: there import, adding and reading back are ops of their own."""


def pulled(rig: RoundTripRig, take: str, shot: int = SHOT, **more: Any) -> PullReport:
    """Pull a take to the clip of a shot."""
    request = PullRequest(link_id=rig.link(shot).id, take_id=TakeId(take), **more)
    return asyncio.run(pull(rig.bridge, rig.as_host, request))


def verbs(rig: RoundTripRig) -> list[str]:
    """A list that fills with the ops the agent is asked for from now on."""
    found: list[str] = []
    execute = rig.host.desk.execute

    def kept(op: dict[str, Any]) -> Any:
        found.append(op["verb"])
        return execute(op)

    rig.host.desk.execute = kept
    return found


def pushed(folder: Path, clips: int = 4, **more: Any) -> RoundTripRig:
    rig = RoundTripRig(folder, clips=clips, **more)
    rig.push_all()
    return rig


def shows(rig: RoundTripRig, report: PullReport, shot: int = SHOT) -> bool:
    """Say whether the clip shows the reported take from the reported frame on."""
    item = rig.item(shot)
    return (str(item.media.path), item.source_start) == (report.path, report.head)


# --- what it costs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["19.1", "21.1 studio"])
@pytest.mark.parametrize("started", [False, True], ids=["known", "just started"])
def test_a_pull_is_one_op_of_at_most_forty_calls(tmp_path: Path, profile: str, started: bool) -> None:
    rig = pushed(tmp_path, profile=profile)
    take = rig.take(SHOT)
    if started:
        rig.restart()
    asked = verbs(rig)
    rig.ui.call_log.clear()
    report = pulled(rig, take.id)
    assert (asked, len(rig.ui.call_log) <= LIMIT) == (["clip.pull"], True)
    assert report.changed and shows(rig, report)
    # Twelve frames of handles were pushed before and after the clip's 24; three clips lie beside it.
    assert (report.head, report.tail, report.frame_count) == (12, 12, CLIP_FRAMES + 24)
    assert (report.takes_before, report.takes_after, report.selected_take) == (0, 2, 2)
    assert (report.neighbours, report.linked) == (3, 1)


def test_the_next_take_of_the_shot_is_one_op_too(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    pulled(rig, rig.take(SHOT).id)
    again = rig.take(SHOT, number=3)
    asked = verbs(rig)
    rig.ui.call_log.clear()
    report = pulled(rig, again.id)
    assert (asked, len(rig.ui.call_log) <= LIMIT) == (["clip.pull"], True)
    assert (report.takes_before, report.selected_take, shows(rig, report)) == (2, 3, True)


@pytest.mark.parametrize("select", [True, False])
def test_the_report_is_that_of_the_old_way(tmp_path: Path, select: bool) -> None:
    reports = []
    for name, without in (("new", frozenset[str]()), ("old", OLD)):
        (tmp_path / name).mkdir()
        rig = pushed(tmp_path / name, without=without)
        report = pulled(rig, rig.take(SHOT).id, select=select)
        reports.append(report.model_dump(exclude={"link_id", "take_id", "path"}))
        assert ("clip.pull" in rig.host.writes) == (name == "new")
        assert ("clip.add_take" in rig.host.writes) == (name == "old")
    assert reports[0] == reports[1]


def test_a_take_that_is_there_is_read_first_and_changes_nothing(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    take = rig.take(SHOT)
    first = pulled(rig, take.id)
    asked = verbs(rig)
    again = pulled(rig, take.id)
    assert (again.changed, again.selected_take, asked) == (False, first.selected_take, ["timeline.snapshot"])


# --- what is remembered is not so any more ----------------------------------------------------------------

EDITS: dict[str, tuple[Callable[[RoundTripRig, str], object], int, int]] = {
    "head": (lambda rig, key: rig.ui.trim_item(key, head=4), 16, 20),
    "tail": (lambda rig, key: rig.ui.trim_item(key, tail=5), 12, 19),
    "slip": (lambda rig, key: rig.ui.slip_item(key, -3), 9, 24),
}
"""Edits of the clip; the frame of the take its head shows then, and its length."""


@ways
@pytest.mark.parametrize("edit", EDITS)
def test_a_clip_edited_since_the_push_gets_the_frames_it_shows_now(
    tmp_path: Path, edit: str, without: frozenset[str]
) -> None:
    rig = pushed(tmp_path, without=without)
    take, (act, head, length) = rig.take(SHOT), EDITS[edit]
    act(rig, rig.item(SHOT).id)
    report = pulled(rig, take.id)
    item = next(one for one in rig.items() if str(one.media.path) == report.path)
    assert (report.head, item.source_start, item.duration) == (head, head, length)
    assert len(item.takes) == 2


def test_after_one_reading_the_edited_clip_is_remembered(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    rig.ui.slip_item(rig.item(SHOT).id, -3)
    pulled(rig, rig.take(SHOT).id)
    again = rig.take(SHOT, number=3)
    asked = verbs(rig)
    assert shows(rig, pulled(rig, again.id))
    assert asked == ["clip.pull"]


def test_a_take_that_reaches_only_the_clip_as_it_is_now_lands(tmp_path: Path) -> None:
    """The take is too short for the clip as it was pushed: that is no reason to refuse it."""
    rig = pushed(tmp_path)
    take = rig.take(SHOT, frames=26)
    rig.ui.trim_item(rig.item(SHOT).id, tail=12)
    report = pulled(rig, take.id)
    assert (report.record_after[1] - report.record_after[0], shows(rig, report)) == (12, True)


def test_a_clip_that_shows_another_take_by_hand_gets_the_next_one_in_step(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    pulled(rig, rig.take(SHOT).id)
    item = rig.item(SHOT)
    item.selected_take, item.media, item.source_start = 1, item.takes[0].media, item.takes[0].start
    report = pulled(rig, rig.take(SHOT, number=3).id)
    assert (report.takes_before, report.selected_take, shows(rig, report)) == (2, 3, True)


def test_a_timeline_of_another_size_gets_a_take_of_that_size(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    take, timeline = rig.take(SHOT), rig.world.project.current_timeline
    assert timeline is not None
    timeline.width, timeline.height = 320, 180
    report = pulled(rig, take.id)
    media = rig.item(SHOT).media
    assert (str(media.path), media.facts.width, media.facts.height) == (report.path, 320, 180)


@ways
def test_a_clip_that_is_gone_is_named(tmp_path: Path, without: frozenset[str]) -> None:
    rig = pushed(tmp_path, without=without)
    take = rig.take(SHOT)
    rig.ui.delete_item(rig.item(SHOT).id)
    with pytest.raises(NotFoundError) as caught:
        pulled(rig, take.id)
    assert rig.link(SHOT).shot in caught.value.message


def test_another_open_timeline_is_named_and_not_written_to(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    take, project = rig.take(SHOT), rig.world.resolve.GetProjectManager().GetCurrentProject()
    project.GetMediaPool().CreateEmptyTimeline("Other")
    with pytest.raises(TimelineSwitchedError) as caught:
        pulled(rig, take.id)
    assert "“Cut”" in caught.value.message and "“Other”" in caught.value.message
    rig.ui.switch_timeline("Cut")
    assert pulled(rig, take.id).changed


def test_a_bridge_that_met_another_timeline_reads_first(tmp_path: Path) -> None:
    """Just started, while the editor had something else open: size and rate of the timeline are not known."""
    rig = pushed(tmp_path)
    take, project = rig.take(SHOT), rig.world.resolve.GetProjectManager().GetCurrentProject()
    project.GetMediaPool().CreateEmptyTimeline("Other")
    rig.restart()
    rig.ui.switch_timeline("Cut")
    asked = verbs(rig)
    assert shows(rig, pulled(rig, take.id))
    assert asked == ["timeline.snapshot", "clip.pull"]


# --- what goes wrong --------------------------------------------------------------------------------------


@ways
@pytest.mark.parametrize("inside", ["ImportMedia", "AddTake", "SelectTakeByIndex"])
@pytest.mark.parametrize("after", [False, True])
def test_an_agent_that_dies_leaves_nothing_the_next_pull_does_not_mend(
    tmp_path: Path, inside: str, after: bool, without: frozenset[str]
) -> None:
    rig = pushed(tmp_path, without=without)
    take = rig.take(SHOT)
    others = [item for item in rig.shown() if item[0] != rig.item(SHOT).start]
    write = int(bool(without) and "Take" in inside)  # in the old way the file is brought by a first op
    rig.host.fault = Fault(write, "agent", after, (inside,))
    with suppress(HostTimeoutError):
        pulled(rig, take.id)
    rig.restart()
    report = pulled(rig, take.id)
    item = rig.item(SHOT)
    assert shows(rig, report)
    assert [Path(one.media.path).name for one in item.takes] == ["camera_23.976.mp4", Path(report.path).name]
    assert [shown for shown in rig.shown() if shown[0] != item.start] == others


@ways
def test_an_agent_that_is_gone_before_it_began_is_told(tmp_path: Path, without: frozenset[str]) -> None:
    rig = pushed(tmp_path, without=without)
    take, before = rig.take(SHOT), rig.shown()
    rig.host.fault = Fault(0, "agent", False)
    with pytest.raises(HostOfflineError):
        pulled(rig, take.id)
    assert rig.shown() == before


@ways
def test_a_lost_answer_counts_when_the_clip_reads_as_it_should(tmp_path: Path, without: frozenset[str]) -> None:
    rig = pushed(tmp_path, without=without)
    take = rig.take(SHOT)
    rig.host.fault = Fault(len(without), "agent", True)
    report = pulled(rig, take.id)
    assert (report.changed, report.takes_before, report.takes_after, report.selected_take) == (True, 0, 2, 2)
    assert shows(rig, report)


@ways
def test_an_edit_beside_the_clip_in_the_middle_is_kept_and_the_take_lands(
    tmp_path: Path, without: frozenset[str]
) -> None:
    rig = pushed(tmp_path, without=without)
    take, beside = rig.take(SHOT), rig.item(SHOT + 1)
    rig.ui.on_call("SelectTakeByIndex", when="after", do=lambda: rig.ui.trim_item(beside.id, tail=3))
    report = pulled(rig, take.id)
    assert (beside.duration, shows(rig, report)) == (CLIP_FRAMES - 3, True)
    assert len(rig.item(SHOT).takes) == 2


@ways
@pytest.mark.parametrize("edit", EDITS)
def test_a_clip_edited_while_its_file_is_imported_gets_the_frames_it_shows_then(
    tmp_path: Path, edit: str, without: frozenset[str]
) -> None:
    rig = pushed(tmp_path, without=without)
    take, (act, head, length) = rig.take(SHOT), EDITS[edit]
    key = rig.item(SHOT).id
    rig.ui.on_call("ImportMedia", when="after", do=lambda: act(rig, key))
    report = pulled(rig, take.id)
    item = next(one for one in rig.items() if one.id == key)
    assert (str(item.media.path), item.source_start, item.duration) == (report.path, head, length)
    assert len(item.takes) == 2


@ways
def test_a_take_that_lands_on_another_frame_is_removed_again(tmp_path: Path, without: frozenset[str]) -> None:
    rig = pushed(tmp_path, without=without)
    take, item, before = rig.take(SHOT), rig.item(SHOT), rig.shown()

    def slip() -> None:
        item.source_start += 1

    rig.ui.on_call("SelectTakeByIndex", when="after", do=slip)
    with pytest.raises(HostRejectedError):
        pulled(rig, take.id)
    assert (rig.shown(), item.takes) == (before, [])


@pytest.mark.parametrize("calm", [True, False], ids=["calm again", "still busy"])
def test_a_take_the_agent_could_not_put_back_is_taken_off_or_told(tmp_path: Path, calm: bool) -> None:
    rig = pushed(tmp_path)
    take, item, before = rig.take(SHOT), rig.item(SHOT), rig.shown()

    def slip() -> None:
        item.source_start += 1
        rig.ui.modal()

    rig.ui.on_call("SelectTakeByIndex", when="after", do=slip)
    if calm:
        rig.host.when_written = lambda _verb: rig.ui.dismiss_modal()
    with pytest.raises(HostError) as caught:
        pulled(rig, take.id)
    assert caught.value.code == ("host_rejected" if calm else "host_busy")
    assert ("still on the clip" in caught.value.hint) is not calm
    assert (rig.shown() == before, len(item.takes)) == (calm, 1 if calm else 2)
    rig.ui.dismiss_modal()
    assert shows(rig, pulled(rig, take.id))


def test_the_pushed_frames_themselves_come_back_in_place(tmp_path: Path) -> None:
    rig = pushed(tmp_path)
    report = pulled(rig, rig.link(SHOT).source_take_id)
    item = rig.item(SHOT)
    assert (report.head, item.start, item.duration) == (12, (SHOT - 1) * CLIP_FRAMES, CLIP_FRAMES)
    assert rig.link(SHOT).source_start_frame == CLIP_START + 5 * (SHOT - 1)
