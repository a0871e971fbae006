"""Notes on takes: posting, showing, going through them, taking one away; and that everybody has the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import CANVAS, NODE, FakeApi, FakeLink, content_of, numbered_film, take

from takebridge.canvas.model import FrameRange, Node
from takebridge.canvas.op_types import AddNode, RemoveNode, SetParam
from takebridge.ids import NodeId, TakeId
from takebridge.timebase import FrameRate
from takebridge_resolve.panel import take_notes
from takebridge_resolve.panel.review import join
from takebridge_resolve.panel.take_notes import Note, note_of, notes_on
from takebridge_resolve.panel.tiles import accessible_text
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer

FRAMES = 48


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("notes") / "one.mp4", FrameRate(24), FRAMES)


@pytest.fixture
def link(film: Path, tmp_path: Path, qapp: QApplication) -> Iterator[FakeLink]:
    api = FakeApi({content_of(1): film})
    api.put(*(take(number, film=1, frames=FRAMES) for number in (1, 2)))
    api.pin("take_2")
    made = FakeLink(api, tmp_path)
    yield made
    made.close()


class Both:
    """Viewer and tray, joined, in one window with the keys of both."""

    def __init__(self, link: FakeLink) -> None:
        self.window = QWidget()
        self.viewer, self.tray = Viewer(link, self.window), Tray(link, self.window)
        join(self.viewer, self.tray)
        for part in (self.viewer, self.tray):
            part.attach_keys(self.window)
            part.resize(480, 520)
        self.window.resize(480, 1040)
        self.window.show()
        self.bar = self.viewer.stage.notes

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.viewer.stage.scrub.setFocus()
        QTest.keyClick(self.viewer.stage.scrub, key, modifier)

    def post(self, frame: int, words: str) -> None:
        self.viewer.seek(frame)
        self.press(Qt.Key.Key_M)
        QTest.keyClicks(self.bar.field, words)
        QTest.keyClick(self.bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def both(link: FakeLink, qtbot: QtBot) -> Iterator[Both]:
    made = Both(link)
    qtbot.addWidget(made.window)
    made.tray.show(CANVAS, NODE, None)
    qtbot.waitUntil(lambda: made.viewer.take is not None and made.viewer.take.seq == 2)
    qtbot.waitUntil(lambda: made.viewer.pane_b.shown == made.viewer.pane_b.wanted, timeout=10_000)
    yield made
    made.viewer.close_down()
    made.tray.close_down()


def notes_of(link: FakeLink) -> list[Node]:
    return [node for node in link.api.state.nodes.values() if node.kind == "note"]


# --- as values ------------------------------------------------------------------------------------------


def test_a_note_is_a_node_that_names_take_and_frame() -> None:
    made = take(5)
    (op,) = take_notes.post(made, 14, "  Hand too big \n", "SH_0420", (300, -40), 2)
    assert isinstance(op, AddNode) and op.params == {"text": "Hand too big"}
    assert op.title == "SH_0420 · take 5 · f 14" and op.x == 300 and op.y > -40
    assert note_of(op) == Note(14, TakeId("take_5"), "Hand too big", op.id)
    assert take_notes.post(made, 14, " \n ", "SH_0420", (0, 0), 0) == []


def test_a_note_about_nothing_in_particular_is_none_of_a_take() -> None:
    for node_id in ("note_1", "note.take_5.x.12345678", "note.take_5.14", "something"):
        assert note_of(Node(id=NodeId(node_id), kind="note")) is None
    assert note_of(Node(id=NodeId("note.take_5.14.12345678"), kind="video")) is None


def test_what_others_do_to_notes_is_followed() -> None:
    (op,) = take_notes.post(take(5), 14, "one", "", (0, 0), 0)
    assert isinstance(op, AddNode)
    there = take_notes.after({}, [op])
    assert [note.text for note in there.values()] == ["one"]
    there = take_notes.after(there, [SetParam(node=op.id, name="text", value="two")])
    assert notes_on(there.values(), TakeId("take_5")) == (Note(14, TakeId("take_5"), "two", op.id),)
    assert notes_on(there.values(), TakeId("take_6")) == ()
    assert take_notes.after(there, [RemoveNode(node=op.id)]) == {}


@pytest.mark.parametrize(("frame", "ahead", "found"), [
    (0, True, 5), (5, True, 20), (20, True, None), (20, False, 5), (5, False, None), (12, False, 5),
])  # fmt: skip
def test_the_next_stop(frame: int, ahead: bool, found: int | None) -> None:
    assert take_notes.next_stop({5, 20}, frame, ahead=ahead) == found


# --- with a keyboard ------------------------------------------------------------------------------------


def test_a_note_is_typed_posted_and_kept_on_the_canvas(both: Both, link: FakeLink, qtbot: QtBot) -> None:
    assert both.bar.isHidden()
    both.post(14, "Hand too big, xp")  # letters that rate and pick elsewhere
    qtbot.waitUntil(lambda: len(notes_of(link)) == 1)
    (node,) = notes_of(link)
    assert node.params["text"] == "Hand too big, xp" and node.title == "SH_0420 · take 2 · f 14"
    assert link.api.state.takes["take_2"].rating is None and not link.api.state.takes["take_2"].hidden
    assert both.bar.words.text() == "Note 1 of 1 · f 14 · here · Hand too big, xp"
    assert both.viewer.scrub.notes == (14,) and not both.bar.is_open
    assert "1 note" in accessible_text(both.tray.model.tiles[0])
    both.tray.ring("take_1")
    assert both.bar.isHidden() and both.viewer.scrub.notes == ()


def test_typing_pauses_and_posting_plays_on(both: Both, link: FakeLink, qtbot: QtBot) -> None:
    both.press(Qt.Key.Key_L)
    assert both.viewer.transport.speed == 1
    both.press(Qt.Key.Key_M)
    assert both.viewer.transport.speed == 0 and both.bar.field.hasFocus()
    QTest.keyClicks(both.bar.field, "x")
    QTest.keyClick(both.bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert both.viewer.transport.speed == Fraction(1)
    both.viewer.transport.stop()
    qtbot.waitUntil(lambda: len(notes_of(link)) == 1)


def test_escape_leaves_the_field_and_posts_nothing(both: Both, link: FakeLink) -> None:
    both.press(Qt.Key.Key_M)
    QTest.keyClicks(both.bar.field, "no")
    QTest.keyClick(both.bar.field, Qt.Key.Key_Escape)
    assert not both.bar.is_open and notes_of(link) == [] and both.bar.field.toPlainText() == ""


def test_what_was_typed_is_not_lost_when_the_take_changes(both: Both, link: FakeLink) -> None:
    both.press(Qt.Key.Key_M)
    QTest.keyClicks(both.bar.field, "half a sen")
    both.tray.ring("take_1")
    assert not both.bar.is_open and notes_of(link) == []
    both.press(Qt.Key.Key_M)
    assert both.bar.field.toPlainText() == "half a sen" and both.bar.head.text().startswith("Note on take 1 ")


def test_comma_and_dot_go_from_note_to_note_and_to_the_ends_of_the_best_range(
    both: Both, link: FakeLink, qtbot: QtBot
) -> None:
    for frame in (30, 6):
        both.post(frame, f"at {frame}")
        qtbot.waitUntil(lambda: both.tray.desk.is_settled)
    both.tray.set_best(both.viewer.take, FrameRange(start=10, end=20))
    qtbot.waitUntil(lambda: both.viewer.transport.best is not None)
    both.press(Qt.Key.Key_Home)
    seen = []
    for key in [Qt.Key.Key_Period] * 5 + [Qt.Key.Key_Comma] * 2:
        both.press(key)
        seen.append(both.viewer.transport.frame)
    assert seen == [6, 10, 19, 30, 30, 19, 10]  # the range ends exclusive of 20: its last frame is 19
    assert both.bar.words.text().startswith("Note 1 of 2 · f 6 · ")


def test_a_removed_note_comes_back_with_undo(both: Both, link: FakeLink, qtbot: QtBot) -> None:
    both.post(3, "first")
    qtbot.waitUntil(lambda: len(notes_of(link)) == 1 and both.tray.desk.is_settled)
    both.bar.drop.click()
    qtbot.waitUntil(lambda: notes_of(link) == [] and both.tray.desk.is_settled)
    assert both.bar.isHidden()
    both.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: both.bar.isVisible())
    assert [note.text for note in both.viewer.notes.shown] == ["first"]


def test_somebody_elses_note_shows_at_once(both: Both, link: FakeLink, qtbot: QtBot) -> None:
    ops = take_notes.post(link.api.state.takes["take_2"], 9, "from the browser", "SH_0420", (0, 0), 0)
    link.api.apply(CANVAS, ops, author="somebody")
    qtbot.waitUntil(lambda: both.viewer.scrub.notes == (9,))
    assert "from the browser" in both.bar.words.text()


def test_every_control_of_the_notes_has_a_name(both: Both) -> None:
    both.press(Qt.Key.Key_M)
    named = (both.bar.before, both.bar.after, both.bar.drop, both.bar.post, both.bar.cancel, both.bar.field)
    assert all(one.accessibleName() or one.text() for one in named if one is not both.bar.field)
    assert both.bar.field.accessibleName().startswith("Note on take 2 at 00:00:00:")
