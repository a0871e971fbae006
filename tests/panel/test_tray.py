"""The tray: ring, ratings, pins, undo and live arrivals, against a canvas with its own rules."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import (
    CANVAS,
    NODE,
    SOURCE,
    FakeApi,
    FakeLink,
    content_of,
    job,
    numbered_film,
    take,
    with_recipe,
)

from takebridge.canvas.model import FrameRange
from takebridge.canvas.op_types import RateTake
from takebridge.errors import NotFoundError
from takebridge.timebase import FrameRate
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.tray import Tray

NOWHERE = NotFoundError("The bridge does not answer.", hint="Start it with 'takebridge serve'.")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("tray") / "one.mp4", FrameRate(24), 48)


@pytest.fixture
def api(film: Path) -> FakeApi:
    made = FakeApi({content_of(1): film})
    made.put(*(take(number, film=1) for number in range(1, 9)))
    made.pin("take_5")
    return made


@pytest.fixture
def link(api: FakeApi, tmp_path: Path, qapp: QApplication) -> Iterator[FakeLink]:
    made = FakeLink(api, tmp_path)
    yield made
    made.close()


@pytest.fixture
def tray(link: FakeLink, qtbot: QtBot) -> Iterator[Tray]:
    made = Tray(link)
    qtbot.addWidget(made)
    made.resize(420, 520)
    made.attach_keys(made)
    made.show(CANVAS, NODE, "take_3")
    qtbot.waitUntil(lambda: made.model.rowCount() == len(link.api.state.takes))
    made.view.setFocus()
    yield made
    made.close_down()


def numbers(tray: Tray) -> list[int]:
    return [one.seq for one in tray.takes()]


def ringed(tray: Tray) -> int | None:
    return tray.take().seq if tray.take() else None


def press(tray: Tray, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(tray.view, key, modifier)


def settled(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tray.desk.is_settled)


# --- ring and rating ------------------------------------------------------------------------------------


def test_the_newest_take_comes_first_and_the_ring_starts_on_the_one_in_the_timeline(tray: Tray) -> None:
    assert numbers(tray) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert ringed(tray) == 3


def test_a_key_acts_on_the_ringed_tile_then_the_ring_moves_on(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_6")
    press(tray, Qt.Key.Key_3)
    assert ringed(tray) == 5
    qtbot.waitUntil(lambda: link.api.state.takes["take_6"].rating == "almost")
    assert link.api.state.takes["take_5"].rating is None


def test_without_advance_the_ring_stays(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.bar.advance.setChecked(False)
    tray.ring("take_6")
    press(tray, Qt.Key.Key_P)
    assert ringed(tray) == 6
    qtbot.waitUntil(lambda: link.api.state.takes["take_6"].rating == "keep")


def test_reject_hides_never_deletes_and_the_ring_takes_the_next_tile(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_6")
    press(tray, Qt.Key.Key_X)
    assert (ringed(tray), 6 in numbers(tray)) == (5, False)
    settled(tray, qtbot)
    assert link.api.state.takes["take_6"].hidden is True
    tray.bar.shows["rejected"].click()
    assert numbers(tray) == [6]


def test_reject_at_the_end_goes_to_the_neighbour_never_to_the_first(tray: Tray, qtbot: QtBot) -> None:
    tray.ring("take_1")
    press(tray, Qt.Key.Key_X)
    assert ringed(tray) == 2


def test_undo_restores_rating_and_place(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_6")
    press(tray, Qt.Key.Key_X)
    settled(tray, qtbot)
    tray.ring("take_1")
    press(tray, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ringed(tray) == 6)
    assert link.api.state.takes["take_6"].hidden is False


def test_undo_before_the_answer_undoes_after_it(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.gate.clear()
    tray.ring("take_6")
    press(tray, Qt.Key.Key_P)
    press(tray, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    link.api.gate.set()
    qtbot.waitUntil(lambda: "undo" in link.api.calls)
    qtbot.waitUntil(lambda: ringed(tray) == 6)
    assert link.api.state.takes["take_6"].rating is None


def test_quick_ratings_of_one_take_arrive_in_their_order(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.bar.advance.setChecked(False)
    tray.ring("take_6")
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_4, Qt.Key.Key_3):
        press(tray, key)
    settled(tray, qtbot)
    assert link.api.state.takes["take_6"].rating == "almost"
    for _ in range(6):
        tray.desk.undo()
        settled(tray, qtbot)
    qtbot.waitUntil(lambda: link.api.state.takes["take_6"].rating == "dead")


def test_edits_that_wait_are_sent_although_another_tray_is_shown(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.gate.clear()
    tray.ring("take_6")
    for _ in range(3):
        press(tray, Qt.Key.Key_P)
    tray.show(CANVAS, SOURCE, None)
    link.api.gate.set()
    qtbot.waitUntil(lambda: [link.api.state.takes[f"take_{n}"].rating for n in (6, 5, 4)] == ["keep"] * 3)


def test_up_and_down_move_in_reading_order(tray: Tray) -> None:
    tray.ring("take_6")
    press(tray, Qt.Key.Key_Down)
    assert ringed(tray) == 5
    press(tray, Qt.Key.Key_Up)
    press(tray, Qt.Key.Key_Up)
    assert ringed(tray) == 7


def test_zero_clears_the_rating(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.bar.advance.setChecked(False)
    tray.ring("take_6")
    press(tray, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: link.api.state.takes["take_6"].rating == "keep")
    press(tray, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: link.api.state.takes["take_6"].rating is None)


def test_nothing_on_a_bare_key_edits_the_cut_or_spends(tray: Tray) -> None:
    edits = [name for name in tray.verbs if keys.ACTIONS[name].weight in ("edit", "spend")]
    assert {"pin", "pull", "lock"} <= set(edits)
    assert not [name for name in edits if any(keys.is_bare(key) for key in keys.keymap().of(name))]


# --- pins, locks, refusals ------------------------------------------------------------------------------


def test_enter_pins_the_ringed_take_at_once(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.gate.clear()
    tray.ring("take_7")
    press(tray, Qt.Key.Key_Return)
    assert tray.desk.facts.pin == "take_7"  # before the bridge has answered
    link.api.gate.set()
    qtbot.waitUntil(lambda: link.api.state.nodes[NODE].pin == "take_7")


def test_a_refused_pin_is_taken_back_and_said(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.refuse = NOWHERE
    tray.ring("take_7")
    press(tray, Qt.Key.Key_Return)
    qtbot.waitUntil(tray.notice.isVisible)
    assert tray.desk.facts.pin == "take_5"
    assert tray.notice.head.text() == "The bridge does not answer."
    assert "takebridge serve" in tray.notice.hint.text()


def test_a_pinned_take_cannot_be_rejected_and_the_reason_is_the_bridges(
    tray: Tray, link: FakeLink, qtbot: QtBot
) -> None:
    tray.ring("take_5")
    press(tray, Qt.Key.Key_X)
    qtbot.waitUntil(tray.notice.isVisible)
    assert "pinned" in tray.notice.head.text()
    qtbot.waitUntil(lambda: 5 in numbers(tray))
    assert link.api.state.takes["take_5"].hidden is False


def test_a_pin_that_somebody_else_moved_is_not_overwritten(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.pin("take_1")  # without an event, as if it were still under way
    tray.ring("take_7")
    press(tray, Qt.Key.Key_Return)
    qtbot.waitUntil(tray.notice.isVisible)
    qtbot.waitUntil(lambda: tray.desk.facts.pin == "take_1")
    assert link.api.state.nodes[NODE].pin == "take_1"


def test_keep_as_is_lets_the_pinned_take_pass(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.put(with_recipe(link.api, take(9, film=1), prompt="another street"))
    link.api.pin("take_9")
    link.resync.emit()
    qtbot.waitUntil(lambda: tray.desk.facts.pin == "take_9")
    tray.ring("take_9")
    assert tray.card.reason.text() == "▲ Out of date: what it was made from has changed"
    tray.card.keep_button.click()
    qtbot.waitUntil(lambda: bool(link.api.state.nodes[NODE].accepted))
    qtbot.waitUntil(lambda: tray.model.tile(0).health == "accepted")
    assert tray.card.reason.text().startswith("≈ Kept as is")
    assert not tray.card.keep_button.isVisibleTo(tray)


def test_why_says_what_changed(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.put(with_recipe(link.api, take(9, film=1), prompt="another street"))
    link.api.pin("take_9")
    link.resync.emit()
    qtbot.waitUntil(lambda: tray.desk.facts.pin == "take_9")
    tray.ring("take_9")
    tray.card.why_button.click()
    qtbot.waitUntil(lambda: tray.card.reason.text() == "▲ Out of date: seed 17 → 4411")
    tray.refresh()
    assert tray.card.reason.text() == "▲ Out of date: seed 17 → 4411"


def test_lock_goes_out_and_shows(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.verbs["lock"]()
    qtbot.waitUntil(lambda: link.api.state.nodes[NODE].locked)
    assert tray.verbs_row.lock.text() == "Unlock"


def test_the_best_range_goes_out(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.set_best(tray.take_of("take_4"), FrameRange(start=5, end=20))
    qtbot.waitUntil(lambda: link.api.state.takes["take_4"].best == FrameRange(start=5, end=20))


def test_pull_only_asks(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_7")
    with qtbot.waitSignal(tray.pull_wanted) as asked:
        press(tray, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert asked.args[0].seq == 7
    assert "apply" not in link.api.calls


# --- live -----------------------------------------------------------------------------------------------


def test_a_take_that_arrives_shows_without_losing_the_ring(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_4")
    link.api.add(take(9, film=1))
    assert numbers(tray)[0] == 9
    assert ringed(tray) == 4


def test_takes_that_arrive_leave_the_ring_and_the_scroll_where_they_are(
    tray: Tray, link: FakeLink, qtbot: QtBot
) -> None:
    link.api.put(*(take(number, film=1) for number in range(9, 120)))
    link.resync.emit()
    qtbot.waitUntil(lambda: tray.model.rowCount() == 119)
    tray.ring("take_50")

    def top() -> int:
        return tray.view.visualRect(tray.view.currentIndex()).top()

    assert tray.view.verticalScrollBar().value() > 0
    before = top()
    for number in range(120, 125):
        link.api.add(take(number, film=1))
        assert (ringed(tray), top()) == (50, before)


def test_a_jobs_ring_goes_to_the_take_it_made(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.say_job(job(1))
    tray.view.set_ring("job_1")
    assert tray.take() is None
    link.api.add(take(9, film=1, job_id="job_1"))
    assert ringed(tray) == 9
    assert "job_1" not in [tile.key for tile in tray.model.tiles]


def test_a_job_shows_its_time_and_what_is_usual(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    for number, seconds in enumerate((100, 110, 120, 130, 140)):
        ended = f"2026-03-01T10:{seconds // 60:02}:{seconds % 60:02}+00:00"
        link.api.job_list.append(job(50 + number, "Complete", ended_at=ended))
    link.resync.emit()
    settled(tray, qtbot)
    link.api.say_job(job(1))
    text = tray.model.index(tray.model.row_of("job_1")).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.startswith("New take, in progress, Veo 3.1, ")
    assert text.endswith("usually 110 s – 2 min") or "2 min" in text


def test_a_job_without_history_has_no_estimate(tray: Tray, link: FakeLink) -> None:
    link.api.say_job(job(1, model="brand-new"))
    text = tray.model.index(tray.model.row_of("job_1")).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "no estimate yet" in text


def test_cancel_says_that_it_may_still_be_charged(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.say_job(job(1))
    tray.view.set_ring("job_1")
    tray.verbs_row.cancel.click()
    assert tray.card.provenance.text() == "Cancelling… may still be charged"
    qtbot.waitUntil(lambda: "cancel job_1" in link.api.calls)


def test_events_that_were_missed_make_it_load_anew(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.put(take(9, film=1))
    link.api.rev += 5  # as if the events in between were lost
    link.api.add(take(10, film=1))
    qtbot.waitUntil(lambda: numbers(tray)[:2] == [10, 9])


def test_a_bridge_that_comes_back_is_asked_again(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.put(take(9, film=1))
    link.resync.emit()
    qtbot.waitUntil(lambda: numbers(tray)[0] == 9)


def test_an_answer_for_a_node_left_meanwhile_is_dropped(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.gate.clear()
    tray.show(CANVAS, "node_other", None)
    tray.show(None)
    link.api.gate.set()
    done = threading.Event()
    link.ask(lambda api: None, lambda _: done.set())
    qtbot.waitUntil(done.is_set)
    assert tray.model.rowCount() == 0
    assert tray.empty.text.text() == "Select a clip or park the playhead on one."


def test_an_event_of_a_newer_bridge_makes_it_load_anew(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.put(take(9, film=1))
    link.tell("canvas.changed", {"canvas": CANVAS, "epoch": "epoch_1", "ops": [{"op": "paint_it_black"}]})
    qtbot.waitUntil(lambda: numbers(tray)[0] == 9)


def test_what_was_done_in_another_tray_is_not_undone_here(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    tray.ring("take_6")
    press(tray, Qt.Key.Key_P)
    settled(tray, qtbot)
    tray.show(CANVAS, SOURCE, None)
    tray.show(CANVAS, NODE, "take_3")
    settled(tray, qtbot)
    assert tray.desk.undo() is False
    assert link.api.state.takes["take_6"].rating == "keep"


def test_somebody_elses_rating_shows(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    link.api.apply(CANVAS, [RateTake(take="take_2", rating="almost")], author="ada", op_id="op_ada")
    assert tray.take_of("take_2").rating == "almost"


# --- filters --------------------------------------------------------------------------------------------


def test_filters_and_order(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    for number, judged in ((2, "keep"), (4, "almost"), (6, "dead")):
        link.api.state = link.api.state.with_take(
            link.api.state.takes[f"take_{number}"].model_copy(update={"rating": judged})
        )
    link.resync.emit()
    qtbot.waitUntil(lambda: tray.take_of("take_2").rating == "keep")
    tray.bar.shows["picks"].click()
    assert numbers(tray) == [2]
    tray.bar.shows["unrated"].click()
    assert numbers(tray) == [8, 7, 5, 3, 1]
    tray.bar.shows["all"].click()
    tray.bar.stars.setCurrentIndex(tray.bar.stars.findData(3))
    tray.bar.order.setCurrentIndex(tray.bar.order.findData("oldest"))
    assert numbers(tray) == [2, 4]


def test_a_filter_that_leaves_nothing_says_so_and_offers_the_way_back(tray: Tray, qtbot: QtBot) -> None:
    tray.bar.shows["picks"].click()
    assert tray.empty.isVisibleTo(tray)
    assert tray.empty.text.text() == "No take passes this filter."
    tray.empty.button.click()
    assert len(numbers(tray)) == 8


# --- what is seen and said ------------------------------------------------------------------------------


def test_a_tile_says_what_it_is(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    made = take(9, film=1, frames=192, rating="keep")
    link.api.put(with_recipe(link.api, made, prompt="another street"))
    link.api.pin("take_9")
    link.resync.emit()
    qtbot.waitUntil(lambda: numbers(tray)[0] == 9)
    text = tray.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text == "Take 9, pinned, 4 stars, Veo 3.1, 8 seconds, 3 dollars 20, out of date"


def test_rows_are_there_for_a_screen_reader(tray: Tray) -> None:
    QAccessible.setActive(True)
    try:
        listed = QAccessible.queryAccessibleInterface(tray.view)
        assert listed.childCount() >= 8
        names = {listed.child(n).text(QAccessible.Text.Name) for n in range(listed.childCount())}
    finally:
        QAccessible.setActive(False)
    assert "Take 3, in timeline, Veo 3.1, 2 seconds, 3 dollars 20" in names


def test_every_control_has_a_name_and_is_large_enough(tray: Tray) -> None:
    buttons = [one for one in tray.findChildren(QAbstractButton) if one.isVisibleTo(tray)]
    assert len(buttons) > 8
    for one in buttons:
        assert one.accessibleName() or one.text(), one
        assert min(one.width(), one.height()) >= 24, (one.text(), one.size())


def test_every_verb_has_a_button(tray: Tray) -> None:
    tray.resize(1200, 520)
    named = {one.objectName() for one in tray.findChildren(QAbstractButton)}
    assert {"pick", "reject", "unrate", "pin", "lock", "undo", "sheet", "pull", "stars_1", "stars_4"} <= named


def test_a_prompt_with_tags_stays_plain_text(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    evil = with_recipe(link.api, take(9, film=1), prompt='<img src="file:///etc/passwd"><b>x</b>')
    link.api.put(evil)
    link.resync.emit()
    qtbot.waitUntil(lambda: numbers(tray)[0] == 9)
    tip = tray.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip and "&lt;img" in tip
    assert tray.card.recipe.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
@pytest.mark.parametrize("width", [320, 420, 900])
def test_tiles_are_painted_with_their_pictures(tray: Tray, dark: bool, width: int, qtbot: QtBot) -> None:
    before = theme.is_dark()
    theme.apply(QApplication.instance(), "dark" if dark else "light")
    try:
        tray.resize(width, 560)
        qtbot.waitUntil(lambda: tray.pictures.image(content_of(1)) is not None)
        seen = tray.view.grab().toImage()
        rect = tray.view.visualRect(tray.model.index(0))
        ratio = seen.devicePixelRatio()
        middle = seen.pixelColor(QPointF(rect.center() * ratio).toPoint())
        assert middle.name() != theme.hex_of("well")
        assert tray.view.visualRect(tray.model.index(0)).right() <= tray.view.viewport().width()
    finally:
        theme.apply(QApplication.instance(), "dark" if before else "light")
        QApplication.instance().setStyleSheet("")


def test_tiles_to_a_row(tray: Tray) -> None:
    counts = {}
    for width in (330, 430, 490):
        tray.resize(width, 520)
        QApplication.processEvents()
        tops = [tray.view.visualRect(tray.model.index(row)).top() for row in range(8)]
        counts[width] = tops.count(tops[0])
    assert counts == {330: 3, 430: 4, 490: 5}


# --- scrubbing ------------------------------------------------------------------------------------------


def hover(tray: Tray, part: float, row: int = 0) -> None:
    rect = tray.view.visualRect(tray.model.index(row)).adjusted(4, 0, -4, 0)
    at = QPointF(rect.left() + rect.width() * part, rect.center().y())
    glob = QPointF(tray.view.viewport().mapToGlobal(at.toPoint()))
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, glob, no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(tray.view.viewport(), event)


def test_hovering_scrubs_by_place(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    hover(tray, 0.5)
    assert "sprite" not in link.api.calls  # the pointer has not rested yet
    qtbot.waitUntil(lambda: tray.pictures.sprite(content_of(1), fetch=False) is not None)
    assert tray.view.look.cell == 24
    hover(tray, 0.99)
    assert tray.view.look.cell == 47
    hover(tray, 0.0)
    assert (tray.view.look.scrubbed, tray.view.look.cell) == ("take_8", 0)


def test_a_pointer_that_passes_by_fetches_nothing(tray: Tray, link: FakeLink, qtbot: QtBot) -> None:
    for row in range(8):
        hover(tray, 0.5, row)
    QApplication.sendEvent(tray.view, QEvent(QEvent.Type.Leave))
    assert tray.view.look.scrubbed == ""
    assert not tray.view._rest.isActive()


def test_arrow_keys_scrub_the_focused_tile(tray: Tray, qtbot: QtBot) -> None:
    tray.ring("take_8")
    press(tray, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: tray.pictures.sprite(content_of(1), fetch=False) is not None)
    at = tray.view.look.cell
    press(tray, Qt.Key.Key_Right)
    assert tray.view.look.cell == at + 1
    press(tray, Qt.Key.Key_Left)
    assert tray.view.look.cell == at
    press(tray, Qt.Key.Key_Escape)
    assert tray.view.look.scrubbed == ""


def test_the_sheet_shows_all_takes_with_the_same_ring(tray: Tray, qtbot: QtBot) -> None:
    press(tray, Qt.Key.Key_N)
    assert tray.sheet.isVisible()
    tray.sheet.view.move_ring(1)
    assert ringed(tray) == 2
    QTest.keyClick(tray.sheet.view, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: tray.take_of("take_2").rating == "keep")
    press(tray, Qt.Key.Key_N)
    assert not tray.sheet.isVisible()


def test_pictures_follow_the_screens_pixels(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tray.pictures.image(content_of(1)) is not None)
    from PySide6.QtCore import QSize

    found = tray.pictures.poster(content_of(1), QSize(96, 54), 2.0)
    assert (found.devicePixelRatio(), found.width()) == (2.0, 192)
    assert found.toImage().format() != QImage.Format.Format_Invalid


def test_ten_thousand_void_calls_do_not_abort(tray: Tray) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None at every void call, and aborts after some thousands."""
    label = tray.card.reason
    for number in range(10_000):
        label.setText(str(number))
        tray.view.update()
    assert label.text() == "9999"
