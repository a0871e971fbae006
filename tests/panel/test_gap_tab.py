"""The gap tab: finding, making a shot, plan and price, putting it on the timeline; one step a press."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import nameless
from tests.support.panel_trip import (
    CANVAS,
    HOUR,
    LOCAL,
    PLAIN,
    VEO,
    TripApi,
    TripLink,
    canvas,
    drop,
    gap,
    gap_link,
    made_take,
    plan,
    start_of,
    step,
)

from takebridge.client.panel_types import FillRequest, PutRequest
from takebridge.client.replies import Job
from takebridge.errors import HostOfflineError, TimelineChangedError, UsageError
from takebridge.ids import JobId, NodeId
from takebridge_resolve.panel import gap_words, theme
from takebridge_resolve.panel.connection_words import NO_HOST
from takebridge_resolve.panel.gap_tab import AWAY, GapTab
from takebridge_resolve.panel.models import Model

LINK = gap_link(
    FillRequest(canvas_id=CANVAS, track_index=1, start_record_frame=start_of(6), end_record_frame=start_of(6) + 80)
)
JOB = Job(job=JobId("job_1"), canvas=CANVAS, node=NodeId("node_gap"), state="running", status="InProgress")


@pytest.fixture
def api() -> TripApi:
    made = TripApi()
    made.gap_list = [gap(6), gap(8, frames=31, after=False)]
    made.plans = [plan(step(1))]
    return made


@pytest.fixture
def link(api: TripApi, tmp_path: Path, qapp: QApplication) -> TripLink:
    return TripLink(api, tmp_path)


@pytest.fixture
def tab(link: TripLink) -> Iterator[GapTab]:
    made = GapTab(link)
    made.resize(420, 820)
    made.set_canvas(CANVAS)
    made.show()
    yield made
    if made.dialog is not None:
        made.dialog.reject()
    made.close_down()
    drop(made)


def of(api: TripApi, kind: type[Any]) -> list[Any]:
    return [one for one in api.asked if isinstance(one, kind)]


def ready(api: TripApi) -> None:
    """The shot of the first gap has a take already."""
    api.link_list.append(LINK)
    node = canvas().nodes[NodeId("node_1")].model_copy(update={"id": NodeId("node_gap"), "pin": "take_gap"})
    take = made_take("take_gap", NodeId("node_gap"), 1, 5)
    reel = api.canvas_now.with_node(node)
    api.canvas_now = reel.model_copy(update={"takes": {**reel.takes, take.id: take}})


# --- in words


def test_gaps_are_told_with_timecode_and_length() -> None:
    # Shot 6 begins 400 frames, 16 seconds and 16 frames, into the reel.
    assert start_of(6) - HOUR == 400
    assert gap_words.gap_title(gap(6)) == "V1 · 01:00:16:16 · 3 s 08 f"
    assert gap_words.gap_length(gap(8, frames=31)) == "1 s 07 f"


def test_models_that_take_both_frames_come_first_and_those_that_make_no_video_not_at_all() -> None:
    models = [Model.model_validate(one) for one in (PLAIN, LOCAL, VEO, {**VEO, "id": "x", "kind": "upscale"})]
    assert [one.id for one in gap_words.fitting(models)] == ["veo-3.1", "local/previz-video", "words-1"]
    assert gap_words.model_words(models[2]) == "Veo 3.1 · first + last frame · google"
    assert gap_words.frames_words(models[0], first=True, last=True) == (
        "Words to video takes no first and no last frame: it is left out."
    )
    assert gap_words.frames_words(models[2], first=True, last=True) == ""


def test_the_price_of_a_gap_is_rounded_up_to_a_cent_and_unknown_is_said() -> None:
    # 80 frames at 24 are 3 1/3 s, at $0.40 a second: $1.33333…
    assert gap_words.price_words(Model.model_validate(VEO), gap(6)) == "~$1.34"
    assert gap_words.price_words(Model.model_validate(PLAIN), gap(6)) == "Price unknown"
    assert gap_words.price_words(Model.model_validate(LOCAL), gap(6)).startswith("Free, on this computer")


def test_a_gap_is_tied_to_the_shot_made_for_exactly_it() -> None:
    assert gap_words.shot_of(gap(6), [LINK], None, []) is not None
    assert gap_words.shot_of(gap(6, frames=79), [LINK], None, []) is None
    assert gap_words.shot_of(gap(6), [LINK.model_copy(update={"clip_key": "there"})], None, []) is None
    making = gap_words.shot_of(gap(6), [LINK], None, [JOB])
    assert making is not None and gap_words.shot_words(making) == "SH_0460 · in progress"
    assert gap_words.primary_words(gap(6), making) == "SH_0460 in progress"


# --- looking


def test_it_looks_where_a_person_wants_and_shows_the_neighbours(tab: GapTab, api: TripApi) -> None:
    assert not [one for one in api.asked if isinstance(one, tuple) and one[0] == "gaps"]
    tab.look_up()
    tab.all_gaps.setChecked(True)
    tab.look_up()
    assert [one for one in api.asked if isinstance(one, tuple) and one[0] == "gaps"] == [
        ("gaps", "marks"),
        ("gaps", "gaps"),
    ]
    assert tab.rows.cells[0] == ("01:00:16:16", "3 s 08 f", "V1", "–")
    frames = [one[1:] for one in api.asked if isinstance(one, tuple) and one[0] == "frame"]
    assert frames[:2] == [("clip_before", start_of(6) - 1), ("clip_after", start_of(6) + 80)]
    assert not tab.picker.before.image.isNull() and not tab.picker.after.image.isNull()


def test_a_gap_without_a_neighbour_cannot_use_its_frame(tab: GapTab) -> None:
    tab.look_up()
    tab.table.selectRow(1)
    assert tab.gap == gap(8, frames=31, after=False)
    assert not tab.picker.use_after.isEnabled() and not tab.picker.use_after.isChecked()
    assert tab.picker.after.word == "no clip here" and tab.picker.use_before.isChecked()


def test_no_gap_says_what_to_do(tab: GapTab, api: TripApi) -> None:
    api.gap_list = []
    tab.look_up()
    assert tab.notice.head.text() == "No gap between the marks" and "(I and O)" in tab.notice.cause.text()
    assert tab.foot.isHidden()


def test_show_parks_the_playhead_on_the_gap(tab: GapTab, api: TripApi) -> None:
    tab.look_up()
    tab.picker.show_there.click()
    assert ("park", start_of(6)) in api.asked


# --- the three steps


def test_a_shot_is_made_as_chosen_and_its_plan_follows(tab: GapTab, api: TripApi, qtbot: QtBot) -> None:
    tab.look_up()
    assert tab.picker.price.text() == "A take: ~$1.34, by the list price. Making the shot is free."
    tab.picker.prompt.setPlainText("  She turns.  ")
    tab.picker.use_after.setChecked(False)
    assert tab.go.words == "Make a shot for this gap"
    QTest.mouseClick(tab.go, Qt.MouseButton.LeftButton)
    (made,) = of(api, FillRequest)
    assert made == FillRequest(
        canvas_id=CANVAS,
        track_index=1,
        start_record_frame=start_of(6),
        end_record_frame=start_of(6) + 80,
        prompt="She turns.",
        model="veo-3.1",
        use_before=True,
        use_after=False,
    )
    assert tab.outcome.text() == "SH_0460 is on the canvas. A note."
    assert tab.rows.cells[0][3] == "SH_0460 · no take yet"
    qtbot.waitUntil(lambda: tab.dialog is not None)
    assert tab.dialog is not None and tab.dialog.scope.nodes == ("node_gap",)
    assert not [one for one in api.asked if isinstance(one, tuple) and one[0] == "run"]
    api.job_list = [JOB]
    tab.dialog.confirm()
    assert [one for one in api.asked if isinstance(one, tuple) and one[0] == "run"]
    assert tab.dialog is None and tab.rows.cells[0][3] == "SH_0460 · in progress"
    assert not tab.go.isEnabled() and tab.go.words == "SH_0460 in progress"


def test_a_take_that_arrives_can_be_put_on_the_timeline(
    tab: GapTab, api: TripApi, link: TripLink, qtbot: QtBot
) -> None:
    tab.look_up()
    ready(api)
    link.tell("job.changed", canvas=CANVAS, job="job_1")
    qtbot.waitUntil(lambda: tab.go.words == "Put SH_0460 on timeline")
    assert tab.rows.cells[0][3] == "SH_0460 · take 1 ready"
    tab.go_on()
    assert of(api, PutRequest) == [PutRequest(canvas_id=CANVAS, links=(LINK.id,))]
    assert tab.outcome.text() == "SH_0460: placed in its gap."
    assert tab.gaps == (gap(8, frames=31, after=False),)


def test_of_two_loads_the_newer_one_counts_whichever_answers_last(
    tab: GapTab, api: TripApi, link: TripLink, qtbot: QtBot
) -> None:
    tab.look_up()
    link.holds = True
    for count in (1, 2):
        link.tell("canvas.changed", canvas=CANVAS)
        qtbot.waitUntil(lambda wanted=count: len(link.kept) == wanted)
    assert [one.cancelled for one in link.kept] == [True, False]


def test_another_shot_can_be_made_while_one_waits(tab: GapTab, api: TripApi) -> None:
    ready(api)
    tab.look_up()
    assert tab.again.isVisible()
    tab.picker.prompt.setPlainText("He leaves.")
    tab.again.click()
    assert [one.prompt for one in of(api, FillRequest)] == ["He leaves."]


def test_a_prompt_too_long_for_the_model_is_told_before_anything_is_sent(tab: GapTab, api: TripApi) -> None:
    tab.look_up()
    tab.picker.prompt.setPlainText("x" * 201)
    assert not tab.go.isEnabled()
    assert tab.reason.text() == "The prompt has 201 characters; this model takes 200."
    tab.go_on()
    assert of(api, FillRequest) == []


def test_frames_a_model_does_not_take_are_said_before_the_click(tab: GapTab) -> None:
    tab.look_up()
    tab.picker.model.setCurrentIndex(2)
    assert "takes no first and no last frame" in tab.picker.frames.text()
    assert tab.picker.price.text().startswith("Nobody knows what a take costs")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ("gaps", HostOfflineError("No editor."), NO_HOST),
        ("gaps", UsageError("There are no in and out marks on the timeline."), "There are no in and out marks"),
        ("fill", TimelineChangedError("“A” lies in the gap by now."), "“A” lies in the gap by now."),
    ],
)
def test_what_is_in_the_way_is_told_and_the_way_on_offered(
    tab: GapTab, api: TripApi, call: str, error: Any, words: str
) -> None:
    if call == "fill":
        tab.look_up()
    api.refuse[call] = error
    tab.go_on() if call == "fill" else tab.look_up()
    assert tab.notice.head.text().startswith(words) and tab.look.isEnabled()
    api.refuse.clear()
    tab.notice.button.click()
    assert tab.notice.isHidden() and len(tab.gaps) == 2


def test_the_bridge_going_away_keeps_gap_and_prompt(tab: GapTab, api: TripApi, link: TripLink) -> None:
    tab.look_up()
    tab.picker.prompt.setPlainText("Rain.")
    link.go_away()
    assert not tab.go.isEnabled() and tab.reason.text() == AWAY and not tab.look.isEnabled()
    link.come_back()
    assert tab.go.isEnabled() and tab.picker.prompt.toPlainText() == "Rain." and tab.gap == gap(6)


def test_an_editor_connected_anew_is_looked_at_again_first(tab: GapTab, api: TripApi, link: TripLink) -> None:
    tab.look_up()
    link.tell("host.connected", session="s2")
    assert not tab.go.isEnabled() and "look for gaps again" in tab.reason.text()
    tab.look_up()
    assert tab.go.isEnabled()


def test_without_a_canvas_it_says_so(tab: GapTab) -> None:
    tab.set_canvas(None)
    tab.look_up()
    assert not tab.go.isEnabled() and tab.reason.text().startswith("Choose or make a canvas")


# --- everybody can use it


def test_everything_has_a_name_and_can_be_reached_by_tab(tab: GapTab, api: TripApi, qtbot: QtBot) -> None:
    ready(api)
    tab.look_up()
    assert nameless(tab) == []
    tab.activateWindow()
    qtbot.waitUntil(lambda: tab.isActiveWindow() and tab.picker.prompt.isVisible())
    tab.look.setFocus()
    reached = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    picker = tab.picker
    wanted = [tab.table, picker.show_there, picker.use_before, picker.use_after, picker.prompt, picker.model, tab.go]
    assert [one for one in reached if one in wanted] == wanted
    assert tab.modes.checkedButton() in reached


@pytest.mark.parametrize(("width", "percent", "dark"), [(320, 100, True), (900, 100, False), (420, 200, True)])
def test_it_reflows_and_never_grows_beyond_its_window(
    tab: GapTab, qapp: QApplication, width: int, percent: int, dark: bool
) -> None:
    theme.apply(qapp, "dark" if dark else "light", text_scale=percent / 100)
    try:
        tab.look_up()
        tab.resize(width, 820)
        QApplication.processEvents()
        assert tab.width() == width
        for part in (tab.table, tab.picker.prompt, tab.picker.use_after, tab.go):
            assert part.mapTo(tab, part.rect().topRight()).x() < width
    finally:
        theme.apply(qapp, "dark")
