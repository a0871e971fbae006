"""The viewer: labels, comparison, marks and keys, on films whose frames carry their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import (
    CANVAS,
    NODE,
    R23,
    R24,
    R29,
    SOURCE,
    FakeApi,
    FakeLink,
    content_of,
    numbered_film,
    pixels,
    take,
    with_recipe,
)

from takebridge.canvas.model import FrameRange
from takebridge.client.panel_types import SeenClip, SeenLink
from takebridge.ids import BlobHash
from takebridge.media.testcard import read_frame_number
from takebridge_resolve.panel import compare, keys, take_facts
from takebridge_resolve.panel.pane import Original, Pane
from takebridge_resolve.panel.review import join
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer
from takebridge_resolve.panel.wipe import Wipe

LONG, SHORT = 96, 48


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[BlobHash, Path]:
    folder = tmp_path_factory.mktemp("viewer")
    wanted = {1: (R24, LONG, 1), 2: (R24, SHORT, 2), 3: (R29, LONG, 3)}
    return {
        content_of(number): numbered_film(folder / f"{number}.mp4", rate, frames, clip=clip)
        for number, (rate, frames, clip) in wanted.items()
    }


@pytest.fixture
def link(films: dict[BlobHash, Path], tmp_path: Path, qapp: QApplication) -> Iterator[FakeLink]:
    api = FakeApi(films)
    one = take(1, frames=LONG, seed_used=17, cost_actual_micros=1_400_000, model_reported="kling-2.1")
    two = take(2, frames=SHORT)
    api.put(
        with_recipe(api, one), with_recipe(api, two, prompt="a street at dusk, rain"), take(3, frames=LONG, rate=R29)
    )
    api.pin("take_2")
    made = FakeLink(api, tmp_path)
    yield made
    made.close()


@pytest.fixture
def viewer(link: FakeLink, qtbot: QtBot) -> Iterator[Viewer]:
    made = Viewer(link)
    qtbot.addWidget(made)
    made.resize(480, 520)
    made.attach_keys(made)
    made.show()
    yield made
    made.close_down()
    made.pictures.close()


def look_at(viewer: Viewer, link: FakeLink, number: int, qtbot: QtBot) -> None:
    viewer.show_take(link.api.state.takes[f"take_{number}"])
    landed(viewer, qtbot)


def landed(viewer: Viewer, qtbot: QtBot) -> None:
    pane = viewer.pane_b
    qtbot.waitUntil(lambda: pane.shown == pane.wanted, timeout=10_000)


def seen(pane: Pane) -> tuple[int, int]:
    return read_frame_number(pixels(pane.image))


def press(viewer: Viewer, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    viewer.setFocus()
    QTest.keyClick(viewer, key, modifier)


# --- frames ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "modifier", "frame"), [
    (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 21),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 19),
    (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 30),
    (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 10),
    (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, LONG - 1),
])  # fmt: skip
def test_keys_step_to_exactly_that_frame(
    viewer: Viewer, link: FakeLink, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, frame: int
) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.seek(20)
    press(viewer, key, modifier)
    landed(viewer, qtbot)
    assert (viewer.transport.frame, seen(viewer.pane_b)) == (frame, (1, frame))


def test_another_take_keeps_the_frame_and_the_old_picture_until_the_new_one_is_there(
    viewer: Viewer, link: FakeLink, qtbot: QtBot
) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.seek(30)
    landed(viewer, qtbot)
    link.api.gate.clear()
    viewer.show_take(link.api.state.takes["take_2"])
    assert seen(viewer.pane_b) == (1, 30)  # held, not black
    link.api.gate.set()
    landed(viewer, qtbot)
    assert seen(viewer.pane_b) == (2, 30)


def test_playing_moves_on_by_itself_and_space_stops_it(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    press(viewer, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: viewer.transport.frame >= 3, timeout=5_000)
    press(viewer, Qt.Key.Key_Space)
    at = viewer.transport.frame
    landed(viewer, qtbot)
    assert seen(viewer.pane_b) == (1, at)


def test_l_l_and_j(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.seek(40)
    press(viewer, Qt.Key.Key_L)
    press(viewer, Qt.Key.Key_L)
    assert viewer.transport.speed == 2
    assert viewer.bar.buttons["shuttle_on"].text() == "L 2×"
    press(viewer, Qt.Key.Key_J)
    assert viewer.transport.speed == -1
    press(viewer, Qt.Key.Key_K)
    assert viewer.transport.speed == 0


def test_k_held_makes_l_slow(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.setFocus()
    QTest.keyPress(viewer, Qt.Key.Key_K)
    QTest.keyClick(viewer, Qt.Key.Key_L)
    assert 0 < viewer.transport.speed < 1
    QTest.keyRelease(viewer, Qt.Key.Key_K)
    QTest.keyClick(viewer, Qt.Key.Key_L)
    assert viewer.transport.speed == 1


def test_the_position_counts_three_ways(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.seek(30)
    told = []
    for _ in range(4):
        told.append(viewer.position.text())
        viewer.position.click()
    assert told == ["00:00:01:06 · 31 / 96", "f 30 · 31 / 96", "1.25 s · 31 / 96", "00:00:01:06 · 31 / 96"]


# --- previewing is not the cut --------------------------------------------------------------------------


def test_previewing_is_said_only_of_what_the_cut_does_not_show(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    viewer.set_cut("take_1")
    look_at(viewer, link, 1, qtbot)
    assert viewer.display.badge == ""
    look_at(viewer, link, 2, qtbot)
    assert viewer.display.badge == "PREVIEWING take 2"


def test_without_anything_it_says_what_to_do(viewer: Viewer) -> None:
    assert viewer.display.words == "Select a clip or park the playhead on one."


def test_a_take_whose_proxy_is_missing_says_why(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    viewer.show_take(take(9, film=77))
    qtbot.waitUntil(lambda: viewer.pane_b.problem != "")
    assert "Nothing has the content" in viewer.display.words


def test_a_proxy_that_cannot_be_played_is_thrown_away(
    viewer: Viewer, link: FakeLink, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")
    link.api.films[content_of(8)] = broken
    viewer.show_take(take(8))
    qtbot.waitUntil(lambda: "cannot be played" in viewer.pane_b.problem)
    assert not list((tmp_path / "panel-cache" / "proxy").glob("*8.mp4"))


# --- comparing ------------------------------------------------------------------------------------------


@pytest.fixture
def pair(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> Viewer:
    """Take 2 looked at, take 1 to compare with, both on frame 20."""
    takes = link.api.state.takes
    viewer.set_cut("take_1", [takes["take_1"], takes["take_2"]])
    look_at(viewer, link, 2, qtbot)
    viewer.seek(20)
    landed(viewer, qtbot)
    qtbot.waitUntil(lambda: viewer.pane_a.shown == 20, timeout=10_000)
    return viewer


def on_screen(viewer: Viewer) -> QImage:
    return viewer.display.grab().toImage()


def test_flip_shows_the_same_frame_of_the_other_at_once(pair: Viewer) -> None:
    before = on_screen(pair)
    press(pair, Qt.Key.Key_Q)
    assert (pair.comparison.mode, pair.comparison.shows_b) == ("flip", False)
    assert seen(pair.pane_a) == (1, 20)  # there already: nothing has to be decoded for the flip
    shown_a = on_screen(pair)
    assert shown_a != before
    middle = shown_a.rect().center()
    assert shown_a.pixelColor(middle) != QColor("#0E0F10")
    press(pair, Qt.Key.Key_Q)
    assert pair.comparison.shows_b


def test_both_sides_step_together(pair: Viewer, qtbot: QtBot) -> None:
    press(pair, Qt.Key.Key_Q)
    press(pair, Qt.Key.Key_Right)
    landed(pair, qtbot)
    qtbot.waitUntil(lambda: pair.pane_a.shown == 21, timeout=10_000)
    assert (seen(pair.pane_a), seen(pair.pane_b)) == ((1, 21), (2, 21))


def test_escape_from_compare_by_c_looks_at_the_same_take(pair: Viewer) -> None:
    press(pair, Qt.Key.Key_C)
    assert pair.comparison.mode == "side"
    press(pair, Qt.Key.Key_C)
    assert (pair.comparison.mode, pair.take.seq) == ("single", 2)


def test_hold_keeps_a_while_others_are_flipped_against_it(pair: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    press(pair, Qt.Key.Key_H)  # take 2 is held
    look_at(pair, link, 3, qtbot)
    look_at(pair, link, 1, qtbot)
    assert (pair.sides.a.seq, pair.sides.b.seq, pair.comparison.mode) == (2, 1, "flip")
    press(pair, Qt.Key.Key_H)
    assert (pair.comparison.mode, pair.take.seq) == ("single", 1)


def test_a_shorter_take_holds_its_last_frame_under_a_hatched_bar(pair: Viewer, qtbot: QtBot) -> None:
    press(pair, Qt.Key.Key_W)
    pair.seek(70)  # take 2 has 48 frames, take 1 has 96
    landed(pair, qtbot)
    assert (pair.transport.count, seen(pair.pane_b)) == (LONG, (2, SHORT - 1))
    assert pair.display.b.ended == "Take 2 ends at frame 48"
    assert pair.display.a.ended == ""


def test_what_differs_is_said(pair: Viewer) -> None:
    press(pair, Qt.Key.Key_D)
    assert pair.differs.text() == (
        "What differs: model Kling 2.1 → Veo 3.1 · prompt +“dusk, rain” −“dusk” · seed 17 → 4411"
        " · 4 s → 2 s · $1.40 → $3.20"
    )


def test_b_can_be_shifted(pair: Viewer, qtbot: QtBot) -> None:
    press(pair, Qt.Key.Key_Q)
    pair.bar.shifts[2].click()
    qtbot.waitUntil(lambda: pair.pane_a.shown == 19, timeout=10_000)
    assert seen(pair.pane_a) == (1, 19)
    pair.bar.shifts[1].click()
    assert pair.comparison.offset == 0


def test_other_rates_are_compared_by_time() -> None:
    # Frame 23 of 24000/1001 begins at 0.959… s; frame 28 of 30000/1001 at 0.934… s, frame 29 at 0.967… s.
    assert compare.frame_of_a(23, R23, R29) == 28
    assert compare.frame_of_a(23, R23, R29, 2) == 26
    assert compare.rates_words(R24, R29) == "24 / 29.97 fps"
    assert compare.scale_words(QSize(1920, 1080), QSize(1280, 720)) == "B scaled 150 %"
    assert compare.scale_words(QSize(1280, 720), QSize(1280, 720)) == ""


def test_difference_is_black_where_equal_and_four_times_as_strong() -> None:
    a, b = QImage(8, 8, QImage.Format.Format_RGB32), QImage(8, 8, QImage.Format.Format_RGB32)
    a.fill(QColor(100, 100, 100))
    b.fill(QColor(110, 100, 20))
    found = compare.difference(a, b).pixelColor(4, 4)
    assert (found.red(), found.green(), found.blue()) == (40, 0, 255)


# --- the wipe -------------------------------------------------------------------------------------------


def test_the_wipe_is_a_place_in_the_picture() -> None:
    from PySide6.QtCore import QRectF

    wipe = Wipe(0.25)
    assert wipe.part_of_b(QRectF(100, 0, 400, 200)) == QRectF(200, 0, 300, 200)
    assert wipe.turned().part_of_b(QRectF(100, 0, 400, 200)) == QRectF(100, 50, 400, 150)
    assert wipe.grab(QRectF(0, 0, 400, 200)).width() == 24


def test_arrow_keys_move_the_wipe_by_one_per_cent_and_not_the_frame(pair: Viewer, qtbot: QtBot) -> None:
    press(pair, Qt.Key.Key_W)
    handle = pair.display.handle
    handle.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert handle.wipe.at == pytest.approx(0.51)
    assert pair.transport.frame == 20
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton)
    assert not handle.wipe.upright


def test_the_wipe_shows_a_on_the_left_and_b_on_the_right(pair: Viewer) -> None:
    a, b = QImage(320, 180, QImage.Format.Format_RGB32), QImage(320, 180, QImage.Format.Format_RGB32)
    a.fill(QColor("red"))
    b.fill(QColor("blue"))
    press(pair, Qt.Key.Key_W)
    pair.display.a.image, pair.display.b.image = a, b
    seen_now = on_screen(pair)
    rect = pair.display.picture_rect()
    y = int(rect.center().y()) - 20
    assert seen_now.pixelColor(int(rect.left() + rect.width() * 0.2), y) == QColor("red")
    assert seen_now.pixelColor(int(rect.left() + rect.width() * 0.8), y) == QColor("blue")


def test_dragging_the_line(pair: Viewer) -> None:
    press(pair, Qt.Key.Key_W)
    handle, rect = pair.display.handle, pair.display.picture_rect()
    at = handle.mapFromParent(QPointF(rect.left() + rect.width() * 0.7, rect.center().y()).toPoint())
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(at), left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(handle, event)
    assert handle.wipe.at == pytest.approx(0.7, abs=0.01)


# --- marks ----------------------------------------------------------------------------------------------


def test_marks_are_sent_as_the_best_range(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.seek(10)
    press(viewer, Qt.Key.Key_I)
    viewer.seek(19)
    with qtbot.waitSignal(viewer.best_wanted) as sent:
        press(viewer, Qt.Key.Key_O)
    marked, best = sent.args
    assert (marked.seq, best) == (1, FrameRange(start=10, end=20))
    with qtbot.waitSignal(viewer.best_wanted) as sent:
        press(viewer, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    assert sent.args[1] is None


# --- the original ---------------------------------------------------------------------------------------


def seen_clip(**fields: object) -> SeenClip:
    told = {
        "clip": "clip_7", "name": "A003", "kind": "video", "track_type": "video", "track_index": 1,
        "start_record_frame": 86_400, "end_record_frame": 86_448, "timecode": "01:00:00:00", "rate": "24",
        "start_source_frame": 108,
    }  # fmt: skip
    return SeenClip(**{**told, **fields})


def test_without_takes_the_original_is_shown_by_its_own_frames(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    viewer.show_original("session_1", seen_clip())
    qtbot.waitUntil(lambda: viewer.pane_b.shown == 0)
    viewer.seek(5)
    qtbot.waitUntil(lambda: viewer.pane_b.shown == 5)
    red = viewer.pane_b.image.pixelColor(5, 5).red()
    assert abs(red - (86_405 % 256)) <= 3  # the fake paints the record frame it was asked for


def test_the_source_clips_take_is_compared_with_and_gives_record_timecode(
    viewer: Viewer, link: FakeLink, qtbot: QtBot
) -> None:
    source = take(1, film=1, frames=LONG, id="take_s", node_id=SOURCE, origin="nle")
    facts = {**source.outputs["video"].facts, "given_start_frame": 100}
    source = source.model_copy(
        update={"outputs": {"video": source.outputs["video"].model_copy(update={"facts": facts})}}
    )
    node = link.api.state.nodes[SOURCE].model_copy(update={"pin": "take_s"})
    link.api.state = link.api.state.with_take(source).with_node(node)
    link_facts = {"link_id": "l", "canvas_id": CANVAS, "shot": "SH", "source_node": SOURCE, "node": NODE}
    seen_link = SeenLink(**link_facts, head_source_frame=108)
    viewer.show_original("session_1", seen_clip(links=(seen_link,)))
    look_at(viewer, link, 2, qtbot)
    qtbot.waitUntil(lambda: viewer.sides.original.take is not None)
    viewer.bar.original.click()
    qtbot.waitUntil(lambda: viewer.pane_a.shown == 0, timeout=10_000)
    assert (viewer.comparison.mode, seen(viewer.pane_a)) == ("wipe", (1, 0))
    # The take begins 8 source frames before the clip's first record frame: 01:00:00:00 less 8 frames.
    assert viewer.position.text().startswith("00:59:59:16")
    viewer.bar.original.click()
    assert viewer.comparison.mode == "single"


def test_an_original_can_be_given_as_one_value(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.show_original(Original("session_1", "clip_7", "A003", 100, 124, R24))
    qtbot.waitUntil(lambda: viewer.pane_b.shown == 0)
    assert (viewer.display.badge, viewer.transport.count) == ("ORIGINAL", 24)


# --- keys, windows, access ------------------------------------------------------------------------------


def test_no_verb_of_the_viewer_edits_or_spends(viewer: Viewer) -> None:
    assert {keys.ACTIONS[name].weight for name in viewer.verbs} <= {"show", "rate"}


def test_every_control_has_a_name_and_is_large_enough(viewer: Viewer) -> None:
    buttons = [one for one in viewer.findChildren(QAbstractButton) if one.isVisibleTo(viewer)]
    assert len(buttons) > 8
    for one in buttons:
        assert one.accessibleName() or one.text(), one
        assert min(one.width(), one.height()) >= 24, (one.text(), one.size())
    assert viewer.display.handle.accessibleName() == "Wipe line"
    assert viewer.display.minimumHeight() == 180


def test_what_does_not_fit_is_in_the_menu(viewer: Viewer) -> None:
    viewer.resize(320, 520)
    QApplication.processEvents()
    spilled = viewer.bar.play_row.spilled()
    assert spilled
    viewer.bar.play_row.menu.aboutToShow.emit()
    texts = [action.text() for action in viewer.bar.play_row.menu.actions()]
    assert "Full window" in texts
    assert len(texts) == len(spilled)


def test_detached_it_has_a_window_and_comes_back(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    look_at(viewer, link, 1, qtbot)
    viewer.detach()
    assert viewer.display.window() is viewer.window_of_its_own
    assert viewer.away.isVisibleTo(viewer)
    viewer.window_of_its_own.close()
    assert viewer.display.window() is viewer.window()
    assert not viewer.away.isVisibleTo(viewer)


def test_one_to_one_keeps_the_wipe_in_the_picture(pair: Viewer) -> None:
    press(pair, Qt.Key.Key_W)
    press(pair, Qt.Key.Key_Z)
    image, rect = pair.pane_a.image, pair.display.picture_rect()
    assert (rect.width(), rect.height()) == (image.width(), image.height())
    line = pair.display.handle.geometry().center().x() + 0.5
    assert line == pytest.approx(rect.center().x(), abs=1)
    press(pair, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert pair.display.picture_rect().width() == pair.display.width()


def test_escape_leaves_compare_even_under_a_window_that_has_esc_itself(pair: Viewer, qtbot: QtBot) -> None:
    taken: list[str] = []
    keys.attach(pair, "leave", lambda: taken.append("window"))
    press(pair, Qt.Key.Key_Q)
    press(pair, Qt.Key.Key_Escape)
    assert (pair.comparison.mode, taken) == ("single", [])
    press(pair, Qt.Key.Key_Escape)
    assert taken == ["window"]


def test_the_detached_window_has_the_same_keys(review: tuple[Viewer, Tray], qtbot: QtBot) -> None:
    viewer, tray = review
    viewer.detach()
    window = viewer.window_of_its_own
    assert window is not None
    named = {action.objectName() for action in window.actions()}
    assert named == {*viewer.verbs, *tray.verbs}


# --- together with the tray -----------------------------------------------------------------------------


@pytest.fixture
def review(link: FakeLink, qtbot: QtBot) -> Iterator[tuple[Viewer, Tray]]:
    page = QWidget()
    tray = Tray(link)
    viewer = Viewer(link, pictures=tray.pictures)
    layout = QVBoxLayout(page)
    layout.addWidget(viewer, 3)
    layout.addWidget(tray, 2)
    join(viewer, tray)
    viewer.attach_keys(page)
    tray.attach_keys(page)
    qtbot.addWidget(page)
    page.resize(420, 860)
    page.show()
    tray.show(CANVAS, NODE, "take_1")
    qtbot.waitUntil(lambda: tray.model.rowCount() == 3)
    tray.view.setFocus()
    yield viewer, tray
    viewer.close_down()
    tray.close_down()


def test_the_ringed_take_is_the_one_looked_at(review: tuple[Viewer, Tray], qtbot: QtBot) -> None:
    viewer, tray = review
    assert viewer.take.seq == 1  # the one in the timeline
    QTest.keyClick(tray.view, Qt.Key.Key_Up)
    assert viewer.take.seq == 2
    assert viewer.display.badge == "PREVIEWING take 2"


def test_flipping_marks_both_tiles(review: tuple[Viewer, Tray], qtbot: QtBot) -> None:
    _, tray = review
    QTest.keyClick(tray.view, Qt.Key.Key_Up)
    QTest.keyClick(tray.view, Qt.Key.Key_Q)
    assert dict(tray.view.look.letters) == {"take_2": "B", "take_1": "A"}


def test_marks_made_in_the_viewer_are_kept_on_the_canvas(
    review: tuple[Viewer, Tray], link: FakeLink, qtbot: QtBot
) -> None:
    viewer, tray = review
    qtbot.waitUntil(lambda: viewer.transport.count == LONG)
    viewer.seek(12)
    QTest.keyClick(tray.view, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: link.api.state.takes["take_1"].best == FrameRange(start=12, end=LONG))
    assert viewer.transport.best == FrameRange(start=12, end=LONG)


def test_hovering_the_ringed_tile_scrubs_the_viewer(review: tuple[Viewer, Tray], qtbot: QtBot) -> None:
    viewer, tray = review
    qtbot.waitUntil(lambda: viewer.transport.count == LONG)
    tray.view.scrub("take_1", 0.5)
    qtbot.waitUntil(lambda: viewer.transport.frame == LONG // 2)


# --- words ----------------------------------------------------------------------------------------------


def test_provenance_and_differences() -> None:
    one = take(5, frames=192)
    assert take_facts.provenance(one) == "Veo 3.1 · 8 s · seed 4411 · $3.20"
    unknown = take(6, cost_actual_micros=None, seed_used=None)
    assert take_facts.provenance(unknown) == "Veo 3.1 · 2 s · price unknown"
    assert take_facts.what_differs(one, one) == "What differs: nothing that was written down"
