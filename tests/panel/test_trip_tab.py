"""The round trip tab: looking, deciding, applying what was seen; and what happens when something goes away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import nameless
from tests.support.panel_trip import (
    AGENT,
    CANVAS,
    TripApi,
    TripLink,
    cap,
    conflict,
    drop,
    edit,
    past_trip,
    price,
    removed,
    request,
    seen,
    start_of,
    trip,
)
from tests.support.panel_trip import link as clip_link

from takebridge.client.live import LiveEvent
from takebridge.client.panel_types import PutRequest
from takebridge.client.replies import Status, StatusExchange
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest
from takebridge.errors import (
    CutMismatchError,
    HostBusyError,
    HostOfflineError,
    HostTimeoutError,
    NotFoundError,
    PlanNotAppliedError,
    TimelineChangedError,
    UsageError,
)
from takebridge.ids import CanvasId
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.connection_words import BUSY, NO_HOST
from takebridge_resolve.panel.trip_calls import Found
from takebridge_resolve.panel.trip_rest import undisputed
from takebridge_resolve.panel.trip_tab import CHANGED, LOST, LOST_TAKES, WAS_AWAY, RoundTripTab

CONTENT = conflict(3, "content", "editor", "canvas", "both")
DELETED = conflict(5, "deleted_by_editor")
BOTH = [edit(1, head=3, tail=4), edit(2)]
PLAN = trip(edits=BOTH, conflicts=[CONTENT, DELETED], removed=[removed(5)], notes=["A note."])
PLAIN = trip(edits=[edit(1, head=3, tail=4), edit(2)])
DONE = trip("applied", trip=past_trip("trip_2", copy_name="REEL 2 v14 (TakeBridge safety copy 1-9f3a)"))
GONE = NotFoundError("The bridge does not answer.")
GONE.__cause__ = httpx.ReadError("gone")


@pytest.fixture
def api() -> TripApi:
    made = TripApi()
    made.answers = [PLAN]
    made.clips = [seen(3)]
    return made


@pytest.fixture
def link(api: TripApi, tmp_path: Path, qapp: QApplication) -> TripLink:
    return TripLink(api, tmp_path)


@pytest.fixture
def tab(link: TripLink) -> Iterator[RoundTripTab]:
    made = RoundTripTab(link)
    made.resize(420, 900)
    made.set_canvas(CANVAS)
    made.show()
    yield made
    made.close_down()
    drop(made)


def trips(api: TripApi) -> list[RoundTripRequest]:
    return [one for one in api.asked if isinstance(one, RoundTripRequest)]


def writes(api: TripApi) -> list[RoundTripRequest]:
    return [one for one in trips(api) if not one.dry_run]


def answered(api: TripApi, plan: RoundTrip, *after: RoundTrip) -> None:
    """The plan for the look and for the look before applying, then how applying ends."""
    api.answers = [plan, plan, *after]


# --- looking


def test_nothing_is_asked_before_a_person_looks(tab: RoundTripTab, api: TripApi) -> None:
    assert trips(api) == []
    assert tab.first.isVisible() and tab.foot.isHidden() and tab.look.isEnabled()


def test_looking_is_a_dry_run_and_shows_what_both_did(tab: RoundTripTab, api: TripApi, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tab.conflicts) as said:
        QTest.mouseClick(tab.look, Qt.MouseButton.LeftButton)
    assert trips(api) == [RoundTripRequest(canvas_id=CANVAS)]
    assert said.args == [2]
    assert tab.body.head.text() == "2 changes · 2 conflicts"
    assert tab.body.model.cells[0][:2] == ("SH_0410", "trimmed the head 3 frames and the tail 4 frames")
    assert tab.body.removed.lines == ("A003_C005.mov: You deleted it.",)
    assert tab.body.notes.lines == ("A note.",)


def test_nothing_is_preselected_and_apply_waits_for_every_conflict(tab: RoundTripTab, api: TripApi) -> None:
    tab.look_up()
    assert [card.choice for card in tab.body.cards.values()] == [None, None]
    assert not tab.foot.apply.isEnabled() and tab.foot.reason.text() == "2 conflicts still to decide."
    tab.body.cards[CONTENT.id].pick("editor")
    assert not tab.foot.apply.isEnabled() and tab.foot.reason.text() == "1 conflict still to decide."
    tab.body.cards[DELETED.id].pick("canvas")
    assert tab.foot.apply.isEnabled() and tab.foot.reason.text() == ""
    tab.apply()
    assert writes(api)[0].choices == {CONTENT.id: "editor", DELETED.id: "canvas"}


def test_both_sides_of_a_conflict_have_a_picture(tab: RoundTripTab, api: TripApi) -> None:
    tab.look_up()
    card, gone = tab.body.cards[CONTENT.id], tab.body.cards[DELETED.id]
    middle = start_of(3) + 40
    assert ("frame", "clip_3", middle) in api.asked
    assert not card.yours.image.isNull() and not card.theirs.image.isNull()
    assert card.theirs.name.endswith("the canvas, take 5")
    assert gone.yours.word == "deleted" and not gone.theirs.image.isNull()


def test_without_the_editors_frame_the_clip_as_it_was_pushed_is_shown_and_said(tab: RoundTripTab, api: TripApi) -> None:
    api.refuse["clip_frame"] = NotFoundError("That clip was not looked at.")
    tab.look_up()
    still = tab.body.cards[CONTENT.id].yours
    assert not still.image.isNull() and still.accessibleName().endswith("your timeline, as it was pushed")


def test_preview_asks_for_what_the_choices_lead_to_and_keeps_them(tab: RoundTripTab, api: TripApi) -> None:
    tab.look_up()
    tab.body.cards[DELETED.id].pick("canvas")
    after = trip(edits=[edit(1), edit(2), edit(5)], conflicts=[CONTENT, DELETED])
    api.answers = [after]
    tab.foot.preview.click()
    assert trips(api)[-1] == RoundTripRequest(canvas_id=CANVAS, choices={DELETED.id: "canvas"})
    assert tab.body.cards[DELETED.id].choice == "canvas" and tab.body.cards[CONTENT.id].choice is None
    assert tab.body.head.text() == "3 changes · 2 conflicts"
    assert tab.foot.preview.isHidden()
    tab.body.cards[CONTENT.id].pick("editor")
    assert tab.foot.apply.words == "Apply 3 changes"  # the put-back clip is one of the three already


def test_show_parks_the_playhead(tab: RoundTripTab, api: TripApi) -> None:
    tab.look_up()
    button = next(one for one in tab.body.cards[CONTENT.id].findChildren(QAbstractButton) if one.text() == "Show")
    button.click()
    assert ("park", start_of(3)) in api.asked


# --- applying


def test_applying_makes_what_was_seen_with_the_choices_made(tab: RoundTripTab, api: TripApi) -> None:
    answered(api, PLAN, DONE)
    tab.look_up()
    tab.body.cards[CONTENT.id].pick("both")
    tab.body.cards[DELETED.id].pick("canvas")
    tab.foot.keep_copy.setChecked(True)
    assert tab.foot.apply.words == "Apply 4 changes"
    api.trips = [past_trip("trip_2")]
    QTest.mouseClick(tab.foot.apply, Qt.MouseButton.LeftButton)
    choices = {CONTENT.id: "both", DELETED.id: "canvas"}
    assert writes(api) == [RoundTripRequest(canvas_id=CANVAS, dry_run=False, choices=choices, keep_copy=True)]
    assert tab.outcome.text().startswith("Done. “REEL 2 v14” is the merged cut")
    assert [row[3] for row in tab.body.model.cells] == ["Verified", "Verified"]
    assert tab.foot.copy.text() == "Safety copy: “REEL 2 v14 (TakeBridge safety copy 1-9f3a)”"
    assert tab.body.cards == {} and tab.body.past_model.rowCount() == 1


def test_a_plan_that_became_another_one_is_shown_and_not_applied(tab: RoundTripTab, api: TripApi) -> None:
    other = trip(edits=[edit(1, head=9)])
    api.answers = [PLAIN, other]
    tab.look_up()
    tab.apply()
    assert writes(api) == []
    assert tab.notice.head.text() == CHANGED
    assert tab.body.model.cells[0][1] == "trimmed the head 9 frames"
    assert tab.foot.apply.isEnabled() and tab.foot.apply.words == "Apply 1 change"


def test_what_a_colleague_has_decided_meanwhile_is_shown_and_not_applied(
    tab: RoundTripTab, api: TripApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.answers = [PLAN]
    tab.look_up()
    tab.body.cards[CONTENT.id].pick("both")
    tab.body.cards[DELETED.id].pick("canvas")
    tab.preview()
    other, answer = trip(edits=[edit(1, head=9)]), api.roundtrip

    def refuse(request: RoundTripRequest) -> RoundTrip:
        if request.choices:
            api.asked.append(request)
            raise UsageError("It is no conflict of this round trip.", hint="Leave it out.", unknown=DELETED.id)
        return answer(request)

    monkeypatch.setattr(api, "roundtrip", refuse)
    api.answers = [other]
    tab.apply()
    assert writes(api) == []
    assert tab.notice.head.text() == CHANGED
    assert tab.body.model.cells[0][1] == "trimmed the head 9 frames"


def test_progress_comes_from_the_bridge(tab: RoundTripTab, api: TripApi, link: TripLink) -> None:
    answered(api, PLAIN, DONE)
    tab.look_up()
    link.holds = True
    tab.apply()
    assert not tab.look.isEnabled() and tab.foot.isHidden()
    link.tell("roundtrip.changed", trip="t", canvas="another", state="applying", done=4, total=5)
    assert tab.bar.isHidden()
    link.tell("roundtrip.changed", trip="t", canvas=CANVAS, state="applying", done=2, total=5)
    assert tab.status.text() == "Step 3 of 5" and (tab.bar.value(), tab.bar.maximum()) == (2, 5)
    link.tell("roundtrip.changed", trip="t", canvas=CANVAS, state="undoing", done=2, total=5)
    assert tab.status.text() == "Putting the timeline back as it was…"
    link.answer_all()
    assert tab.bar.isHidden() and tab.look.isEnabled()


def test_undecided_leaves_the_plan_and_says_that_nothing_was_done(tab: RoundTripTab, api: TripApi) -> None:
    answered(api, PLAN, trip("undecided", undecided=[DELETED.id]))
    tab.look_up()
    tab.body.cards[CONTENT.id].pick("canvas")
    tab.body.cards[DELETED.id].pick("editor")
    tab.apply()
    assert tab.outcome.text() == "Nothing was changed: 1 conflict waits for a decision. Decide, then apply again."
    assert tab.body.cards[CONTENT.id].choice == "canvas" and not tab.foot.isHidden()


# --- deciding later


def later(tab: RoundTripTab) -> None:
    """Look, decide about the one conflict and leave the other for later."""
    tab.look_up()
    tab.body.cards[CONTENT.id].pick("canvas")
    tab.body.cards[DELETED.id].pick("later")


def test_takes_that_touch_no_conflict_go_in_while_one_is_left_for_later(tab: RoundTripTab, api: TripApi) -> None:
    left = trip(conflicts=[CONTENT, DELETED])
    api.answers = [PLAN, PLAN, left]
    later(tab)
    assert tab.foot.apply.words == "Put 2 takes in now" and tab.foot.apply.isEnabled()
    assert "the whole cut the new base" in tab.foot.reason.text()  # why the round trip itself waits
    assert "without a safety copy" in tab.foot.reason.text() and tab.foot.copy.isHidden()
    assert tab.foot.reason.text().endswith("1 other change waits for the decision.")  # what was decided: it waits too
    tab.apply()
    assert writes(api) == []
    (put,) = (one for one in api.asked if isinstance(one, PutRequest))
    assert dict(put.takes) == {"link_1": "take_1", "link_2": "take_2"} and set(put.links) == set(put.takes)
    assert put.how == "take"
    assert tab.outcome.text().endswith("What is left waits for your decision.")
    assert [card.choice for card in tab.body.cards.values()] == ["canvas", "later"]
    assert not tab.foot.apply.isEnabled() and tab.foot.apply.words == "Apply once it is decided"


def test_a_take_that_could_not_be_put_in_is_told_by_its_shot(tab: RoundTripTab, api: TripApi) -> None:
    api.put_errors = {"link_2": "The clip of SH_0420 is not on the timeline any more."}
    later(tab)
    tab.apply()
    said = "SH_0420 was not changed: The clip of SH_0420 is not on the timeline any more."
    assert tab.outcome.text().startswith(f"1 take is on the timeline, read back. {said}")
    assert tab.outcome.property("role") == "warning"


def test_a_plan_that_changed_meanwhile_puts_nothing_in(tab: RoundTripTab, api: TripApi) -> None:
    later(tab)
    api.answers = [trip(edits=[edit(1, head=9)], conflicts=[CONTENT, DELETED])]
    tab.apply()
    assert not any(isinstance(one, PutRequest) for one in api.asked)
    assert tab.notice.head.text() == CHANGED


def test_the_bridge_leaving_while_takes_go_in_is_not_told_as_a_round_trip(tab: RoundTripTab, api: TripApi) -> None:
    api.refuse["put"] = GONE
    later(tab)
    tab.apply()
    assert tab.notice.head.text() == LOST_TAKES
    tab.link.resync.emit()
    assert "round trip" not in tab.outcome.text()


def test_what_goes_in_apart_is_on_no_clip_of_a_conflict_and_nothing_but_a_take() -> None:
    links = tuple(clip_link(number) for number in range(1, 6))
    moved = edit(4).model_copy(update={"operations": [*edit(4).operations, {"op": "reshape"}]})
    found = Found(trip(edits=[edit(1), edit(2), edit(3), moved], conflicts=[CONTENT]), {}, links)
    assert undisputed(found) == {"link_1": "take_1", "link_2": "take_2"}
    twice = Found(trip(edits=[edit(1), edit(1), edit(2)], conflicts=[CONTENT]), {}, links)
    assert undisputed(twice) == {"link_2": "take_2"}  # a razored clip: which half a pull means is not known
    assert undisputed(replace(found, folder=True)) == {}
    same_place = CONTENT.model_copy(update={"name": "?", "text": "?", "base": ["video", 0, 0], "editor": None})
    assert undisputed(replace(found, trip=trip(edits=[edit(1), edit(2)], conflicts=[same_place]))) == {
        "link_2": "take_2"
    }


def test_the_same_key_cannot_apply_twice(tab: RoundTripTab, api: TripApi, link: TripLink) -> None:
    answered(api, PLAIN, DONE)
    tab.look_up()
    link.holds = True
    tab.apply()
    tab.apply()
    tab.look_up()
    assert len(link.kept) == 1


def test_both_agree_is_taken_down_without_a_change(tab: RoundTripTab, api: TripApi) -> None:
    api.answers = [trip()]
    tab.look_up()
    assert tab.foot.apply.words == "Agree: nothing to change" and tab.foot.keep_copy.isHidden()
    api.answers = [trip(), trip("nothing")]
    tab.apply()
    assert tab.outcome.text().startswith("Both sides agree.")


# --- takes


def test_takes_are_made_first_only_after_their_price_was_agreed_to(
    tab: RoundTripTab, api: TripApi, qtbot: QtBot
) -> None:
    asked = trip(edits=[edit(1)], requests=[request()], price=price())
    api.answers = [asked, asked, trip("waiting", run="run_1")]
    tab.look_up()
    assert tab.body.asked_for.lines[0].endswith("A longer take can be made.")
    assert tab.body.cost.text() == "1 take · $1.40 – $3.20 · usually 60 s – 2 min"
    tab.body.make_takes.setChecked(True)
    tab.apply()
    assert writes(api) == [] and tab.dialog is not None
    assert tab.dialog.go.words == "Make 1 take · up to $3.20, then apply 1 change"
    assert tab.dialog.focusWidget() is tab.dialog.cancel  # dearer than a dollar
    tab.dialog.go.click()
    (made,) = writes(api)
    assert (made.generate, made.max_micros, made.allow_unknown) == (True, 3_200_000, False)
    assert tab.outcome.text().startswith("Takes are being made.")
    tab.link.event.emit(LiveEvent(seq=2, topic="job.changed", data={"canvas": CANVAS, "status": "InProgress"}))
    assert tab.notice.isHidden()
    tab.link.event.emit(LiveEvent(seq=3, topic="job.changed", data={"canvas": CANVAS, "status": "Complete"}))
    assert tab.notice.head.text() == "A take this round trip waits for is made."


def test_takes_at_an_unknown_price_need_an_amount(tab: RoundTripTab, api: TripApi) -> None:
    asked = trip(requests=[request()], price=price(None, None))
    api.answers = [asked, asked, trip("waiting")]
    tab.look_up()
    tab.body.make_takes.setChecked(True)
    tab.apply()
    assert tab.dialog is not None and not tab.dialog.go.isEnabled()
    tab.dialog.amount.setText("5")
    tab.dialog.confirm()
    (made,) = writes(api)
    assert (made.max_micros, made.allow_unknown) == (5_000_000, True)


def test_takes_over_the_budget_are_not_made_before_it_is_changed(tab: RoundTripTab, api: TripApi) -> None:
    api.paths["/api/ledger/remaining"] = cap(20_000_000, 18_000_000)
    asked = trip(requests=[request()], price=price())
    api.answers = [asked, asked, trip("waiting")]
    tab.look_up()
    tab.body.make_takes.setChecked(True)
    tab.apply()
    assert tab.dialog is not None
    assert tab.dialog.change.words == "Over today's budget by $1.20 · Change budget"
    tab.dialog.confirm()
    assert writes(api) == []
    tab.dialog.change.click()
    assert tab.dialog.budget.amount.text() == "22.00"
    tab.dialog.reject()
    assert tab.dialog is None and writes(api) == []


# --- what is in the way


def test_without_a_base_this_cut_can_be_made_the_base(tab: RoundTripTab, api: TripApi) -> None:
    api.answers = [trip("no_base", sentence="The first round trip takes the cut as the base."), trip("base_kept")]
    tab.look_up()
    assert not tab.base.isHidden() and tab.foot.isHidden()
    tab.base.button.click()
    assert writes(api) == [RoundTripRequest(canvas_id=CANVAS, dry_run=False, new_base=True)]
    assert tab.outcome.text().startswith("This cut is the base now.") and tab.base.isHidden()


def test_a_base_that_does_not_fit_is_told_with_the_way_out(tab: RoundTripTab, api: TripApi) -> None:
    api.refuse["roundtrip"] = CutMismatchError("The base has another rate.", hint="takebridge roundtrip --new-base")
    tab.look_up()
    assert tab.base.head.text() == "The base has another rate." and not tab.base.isHidden()
    assert tab.base.cause.text() == "Press “Make this cut the base”"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (HostOfflineError("No editor is connected."), NO_HOST),
        (HostBusyError("A dialog is open."), BUSY),
        (TimelineChangedError("The timeline was edited.", hint="Try again."), "The timeline was edited."),
    ],
)
def test_an_editor_in_the_way_is_told_in_words_and_can_be_asked_again(
    tab: RoundTripTab, api: TripApi, error: Any, words: str
) -> None:
    api.refuse["roundtrip"] = error
    tab.look_up()
    assert tab.notice.head.text() == words and not tab.notice.isHidden()
    api.refuse.clear()
    tab.notice.button.click()
    assert tab.notice.isHidden() and tab.body.head.text() == "2 changes · 2 conflicts"


def test_what_could_not_be_applied_says_so_of_every_change(tab: RoundTripTab, api: TripApi) -> None:
    api.answers = [PLAIN]
    tab.look_up()
    api.refuse["apply"] = PlanNotAppliedError("A track is locked. The timeline is as it was.", hint="Unlock it.")
    tab.apply()
    assert tab.notice.head.text() == "A track is locked. The timeline is as it was."
    assert {row[3] for row in tab.body.model.cells} == {"Not applied: A track is locked. The timeline is as it was."}
    assert tab.foot.isHidden() and tab.look.isEnabled()


def test_an_editor_that_went_away_in_the_middle_leaves_something_to_finish(tab: RoundTripTab, api: TripApi) -> None:
    api.answers = [PLAIN]
    tab.look_up()
    api.refuse["apply"] = HostOfflineError("The agent went away.", hint="Open it.")
    api.trips = [past_trip("trip_2", "applying", done=2, ended_at="")]
    tab.apply()
    assert {row[3] for row in tab.body.model.cells} == {"Placed, not confirmed"}
    assert not tab.cut_off.isHidden() and "2 of 5 steps are done" in tab.cut_off.head.text()
    api.refuse.clear()
    ended = trip("applied", sentence="Resumed: the trip of 10:42 was finished.", settled=[past_trip("trip_2")])
    api.answers, api.trips = [ended], [past_trip("trip_2")]
    tab.cut_off.button.click()
    assert writes(api)[-1] == RoundTripRequest(canvas_id=CANVAS, dry_run=False, resume=True)
    assert tab.outcome.text() == "Resumed: the trip of 10:42 was finished." and tab.cut_off.isHidden()


def test_a_trip_a_crash_cut_off_is_offered_as_soon_as_the_tab_opens(api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    api.trips = [past_trip("trip_2", "applying", done=1, ended_at="")]
    tab = RoundTripTab(link)
    qtbot.addWidget(tab)
    tab.set_canvas(CANVAS)
    assert not tab.cut_off.isHidden() and tab.cut_off.button.text() == "Finish or undo"


def test_a_folder_gets_a_file_and_the_steps_to_import_it(tab: RoundTripTab, api: TripApi) -> None:
    api.status_now = Status(version="1", exchange=StatusExchange(folder="/x"), hosts=({**AGENT, "host": "folder"},))
    answered(api, PLAIN, trip("applied", answer="/x/REEL 2 v14.fcpxml"))
    tab.look_up()
    assert tab.foot.apply.words == "Write the merged cut · 2 changes" and tab.foot.keep_copy.isHidden()
    tab.apply()
    assert tab.body.written.lines[0] == "The merged cut: /x/REEL 2 v14.fcpxml"
    assert tab.body.model.cells[0][3] == "Written, not confirmed"


# --- the bridge goes and comes back


def test_the_bridge_going_away_is_shown_and_coming_back_asks_for_another_look(
    tab: RoundTripTab, api: TripApi, link: TripLink
) -> None:
    api.answers = [PLAIN]
    tab.look_up()
    link.go_away()
    assert not tab.foot.apply.isEnabled() and "The bridge is away" in tab.foot.reason.text()
    assert not tab.look.isEnabled() and tab.body.head.text() == "2 changes"
    link.come_back()
    assert not tab.foot.apply.isEnabled() and tab.foot.reason.text() == WAS_AWAY
    tab.look_up()
    assert tab.foot.apply.isEnabled()


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ([], "The round trip was not begun: nothing was changed."),
        ([past_trip("trip_2")], "The round trip was finished: the timeline is the merged cut."),
        ([past_trip("trip_2", "rolled_back")], "Undone: the timeline is as it was"),
    ],
)
def test_what_became_of_a_trip_whose_answer_was_lost_is_looked_up(
    tab: RoundTripTab, api: TripApi, link: TripLink, after: list[Any], words: str
) -> None:
    api.answers, api.trips = [PLAIN], [past_trip("trip_1")]
    tab.look_up()
    api.refuse["apply"] = GONE
    tab.apply()
    assert tab.notice.head.text() == LOST
    link.go_away()
    api.trips = [*after, past_trip("trip_1")]
    link.come_back()
    assert tab.outcome.text() == words and tab.notice.isHidden()
    assert len(writes(api)) == 1


def test_a_trip_that_takes_longer_than_an_answer_may_is_told_when_it_ends(
    tab: RoundTripTab, api: TripApi, link: TripLink
) -> None:
    api.answers = [PLAIN]
    tab.look_up()
    api.refuse["apply"] = HostTimeoutError("The bridge did not answer in time.")
    api.trips = [past_trip("trip_2", "applying", done=2, ended_at="")]
    tab.apply()
    assert tab.notice.head.text() == "The bridge did not answer in time." and not tab.cut_off.isHidden()
    api.trips = [past_trip("trip_2")]
    link.tell("roundtrip.changed", trip="trip_2", canvas=CANVAS, state="done", done=5, total=5)
    assert tab.outcome.text() == "The round trip was finished: the timeline is the merged cut."
    assert tab.cut_off.isHidden() and tab.notice.isHidden()


def test_a_canvas_that_changed_since_is_looked_at_again_before_anything_is_applied(
    tab: RoundTripTab, api: TripApi, link: TripLink
) -> None:
    api.answers = [PLAIN]
    tab.look_up()
    link.tell("canvas.changed", canvas="another")
    assert tab.foot.apply.isEnabled()
    link.tell("canvas.changed", canvas=CANVAS)
    assert not tab.foot.apply.isEnabled() and "canvas changed" in tab.foot.reason.text()


def test_another_canvas_has_another_plan(tab: RoundTripTab, api: TripApi, link: TripLink, qtbot: QtBot) -> None:
    tab.look_up()
    with qtbot.waitSignal(tab.conflicts) as said:
        tab.set_canvas(CanvasId("canvas_other"))
    assert said.args == [0] and tab.found is None and tab.foot.isHidden()
    tab.set_canvas(None)
    assert not tab.look.isEnabled() and "Choose or make a canvas" in tab.status.text()


# --- everybody can use it


def test_everything_has_a_name_and_can_be_reached_by_tab(tab: RoundTripTab, api: TripApi, qtbot: QtBot) -> None:
    api.answers = [PLAN.model_copy(update={"requests": [request()], "price": price()})]
    api.trips = [past_trip(f"t{number}") for number in range(5)]
    tab.look_up()
    assert nameless(tab) == []
    tab.activateWindow()
    radios = tab.body.cards[CONTENT.id].radios
    qtbot.waitUntil(lambda: tab.isActiveWindow() and radios["editor"].isVisible())
    tab.look.setFocus()
    reached: list[QWidget] = []
    for _ in range(60):
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    for wanted in (tab.look, tab.body.table, tab.body.make_takes, tab.body.past_table, tab.foot.keep_copy):
        assert wanted in reached
    first = radios["editor"]
    assert any(radio in reached for radio in radios.values())
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Space)
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert tab.body.cards[CONTENT.id].choice == "canvas"


def test_a_screen_reader_hears_rows_and_conflicts(tab: RoundTripTab) -> None:
    tab.look_up()
    table = QAccessible.queryAccessibleInterface(tab.body.table)
    assert table is not None
    heard = [child.text(QAccessible.Text.Name) for at in range(table.childCount()) if (child := table.child(at))]
    assert "You: left it as it was" in heard and "Clip" in heard
    assert any(words.startswith("SH_0410. You: trimmed the head 3 frames") for words in heard)
    card = tab.body.cards[CONTENT.id]
    assert card.accessibleName() == ("Conflict: A003_C003.mov. You show A003_C009.mov here, the canvas SH_0430 take 5.")
    assert card.radios["canvas"].accessibleName() == "A003_C003.mov: Use canvas"
    assert card.radios["canvas"].accessibleDescription()


@pytest.mark.parametrize(("width", "percent", "dark"), [(320, 100, True), (900, 100, False), (420, 200, True)])
def test_it_reflows_and_never_grows_beyond_its_window(
    tab: RoundTripTab, qapp: QApplication, width: int, percent: int, dark: bool
) -> None:
    theme.apply(qapp, "dark" if dark else "light", text_scale=percent / 100)
    try:
        tab.look_up()
        tab.resize(width, 900)
        QApplication.processEvents()
        assert tab.width() == width
        right = tab.area.viewport().width()
        for part in (tab.body.table, *tab.body.cards.values(), tab.body.removed):
            assert part.mapTo(tab.body, part.rect().topRight()).x() <= right
    finally:
        theme.apply(qapp, "dark")
