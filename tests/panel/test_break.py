"""The window when things break: bridges that die, windows that close in the middle, and more than anybody has."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import PATIENCE, panel
from tests.support.trip import Trip, card, clip, editor, running_server, spec

from takebridge.canvas.op_types import AddNode, RemoveNode
from takebridge.client.address import read_token_file
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.panel_types import Look, SeenClip
from takebridge.ids import CanvasId, NodeId
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.clip_header import title_of
from takebridge_resolve.panel.window import Window
from takebridge_server.demo.actors import Server

LONG = 25_000
"""Milliseconds: an offline generation on a machine that is busy."""
BEAT_MS = 10
STALL = 0.1
"""Seconds the GUI thread may be away, on a machine that has a core for it."""


class Heartbeat:
    """A timer of the GUI thread, and the longest time it was kept waiting."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._used = time.thread_time()
        self.longest = 0.0
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, min(now - self._last, _away(now - self._last, used - self._used)))
        self._last, self._used = now, used

    def stop(self) -> None:
        self._timer.stop()


def _away(passed: float, worked: float) -> float:
    """How long the thread was not there for the person: what it worked, or waited for in one piece of over a second.

    Waits below that are other processes on the machine's cores, which no window can do anything about.
    """
    return passed if passed > 1 else worked


@contextmanager
def heartbeat() -> Iterator[Heartbeat]:
    beat = Heartbeat()
    yield beat
    beat.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    return folder


@pytest.fixture(autouse=True)
def plain_keys() -> Iterator[None]:
    yield
    keys.keymap().reset()


@contextmanager
def beside(home: Path, folder: Path, qtbot: QtBot) -> Iterator[tuple[Window, Trip]]:
    """A panel beside an editor with one clip, which it shows."""
    film = card(folder / "a.mov", clip_id=1, width=64, height=36)
    world = spec([clip(film, duration=12)])
    with running_server(home) as client, editor(client, home, folder, world) as trip, panel(qtbot, home) as window:
        window.resize(420, 980)
        qtbot.waitUntil(lambda: window.state.clip is not None and bool(window.state.canvas_id), timeout=LONG)
        yield window, trip


def fits(window: Window) -> bool:
    """Whether the page of the clip shows everything without scrolling."""
    return window.clip_page.area.verticalScrollBar().maximum() == 0


def seen(name: str, **more: Any) -> Look:
    """One clip of this name, on no canvas."""
    plain = {"clip": "c1", "name": name, "kind": "clip", "track_type": "video", "track_index": 1, "rate": "24"}
    place = {"start_record_frame": 86400, "end_record_frame": 86412, "timecode": "01:00:00:00"}
    shown = SeenClip.model_validate({**plain, **place, **more})
    return Look.model_validate(
        {"session": "s", "project": "Film", "timeline": "Cut", "timeline_id": "t", "rate": "24", "clips": [shown]}
    )


# --- by keyboard alone


def tab_to(window: Window, qtbot: QtBot, button: QPushButton) -> None:
    """Press Tab until a button has the focus, as a person without a mouse does."""
    window.activateWindow()
    window.ring.setFocus()
    for _ in range(80):
        if button.hasFocus():
            return
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    raise AssertionError("Tab never comes to the button.")


def until_primary(window: Window, qtbot: QtBot, label: str) -> None:
    """Wait until the primary button says ``label`` and can be pressed."""
    primary = window.clip_page.buttons.primary

    def says() -> None:
        assert (primary.text(), primary.isEnabled()) == (label, True), window.log.model.lines

    qtbot.waitUntil(says, timeout=LONG)


def test_by_keyboard_alone_from_the_first_look_to_the_pulled_take(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with beside(home, tmp_path, qtbot) as (window, trip):
        buttons, page = window.clip_page.buttons, window.clip_page
        assert page.tray.empty.text.text().startswith("Push the clip first")
        assert fits(window)
        for label in ("Push clip to canvas", "Generate first take", "Pull take 1 into timeline"):
            until_primary(window, qtbot, label)
            QTest.qWait(0)
            assert fits(window), label
            tab_to(window, qtbot, buttons.primary)
            QTest.keyClick(buttons.primary, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: buttons.primary.text() == "Up to date", timeout=LONG)
        qtbot.waitUntil(lambda: page.header.name.text() == "SH010", timeout=LONG)  # not the name of the take's file
        assert fits(window)
        item = trip.item()
        assert (len(item["takes"]), item["selected_take"]) == (2, 2)
        said = [line.text for line in window.log.model.lines if "shows take" in line.text]
        assert [text.split(" now.")[0] for text in said] == ["SH010 shows take 1"]  # the number the tray has
        assert page.facts.in_timeline.text().endswith("In timeline: take 1")


# --- bridges that die


def test_a_killed_bridge_is_said_and_another_on_another_port_taken_up(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with beside(home, tmp_path, qtbot) as (window, _):
        state, buttons = window.state, window.clip_page.buttons
        qtbot.waitUntil(lambda: buttons.primary.text() == "Push clip to canvas", timeout=LONG)
        qtbot.waitUntil(lambda: state.clip is not None and state.canvas_id is not None, timeout=LONG)
        QTest.mouseClick(buttons.primary, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: state.node is not None and buttons.generate.isEnabled(), timeout=LONG)
        window.acts.generate()
        qtbot.waitUntil(lambda: bool(state.jobs.all), timeout=LONG)
        window.acts.put("take", "all")  # under way when the bridge goes
        address = read_token_file(home)
        with heartbeat() as beat:
            os.kill(address.pid, signal.SIGKILL)
            qtbot.waitUntil(lambda: state.connection.standing == "bridge_down", timeout=LONG)
            qtbot.waitUntil(lambda: not state.doing, timeout=LONG)
        assert beat.longest < STALL
        assert buttons.primary.text() == "Reconnect"
        assert window.strip.act.text() == "Start bridge"
        with Server(home, tmp_path / "second.log"):
            assert read_token_file(home).pid != address.pid
            qtbot.waitUntil(lambda: state.connection.standing == "ready", timeout=LONG)
            qtbot.waitUntil(lambda: state.clip is not None and state.node is not None, timeout=LONG)


# --- slow


def test_a_bridge_that_takes_two_seconds_holds_nothing_up(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, never = BridgeClient.get, threading.Event()

    def slow(self: BridgeClient, *given: Any, **more: Any) -> Any:
        assert threading.current_thread() is not threading.main_thread()
        never.wait(2)
        return plain(self, *given, **more)

    with running_server(home) as client, panel(qtbot, home, start=False) as window:
        client.post("/api/canvases", {"title": "Film"})
        monkeypatch.setattr(BridgeClient, "get", slow)
        with heartbeat() as beat:
            window.link.start()
            for _ in range(3):
                window.state.load()
                window.tabs.setCurrentIndex((window.tabs.currentIndex() + 3) % 4)
            qtbot.waitUntil(lambda: bool(window.state.canvases), timeout=PATIENCE)
        never.set()
        assert beat.longest < 1  # one call on this thread would be two


# --- more than anybody has


def test_two_thousand_nodes_arrive_without_a_stall(home: Path, qtbot: QtBot) -> None:
    with running_server(home) as client:
        api = Api(client)
        canvas = api.create_canvas("Film").canvas.id
        ops = [AddNode(id=NodeId(f"n{n}"), kind="note", x=n, y=0) for n in range(2000)]
        for start in range(0, 2000, 500):
            api.apply(canvas, ops[start : start + 500], author="somebody")
        with panel(qtbot, home) as window:
            state = window.state
            qtbot.waitUntil(lambda: state.snapshot is not None, timeout=LONG)
            with heartbeat() as beat:
                state.load_canvas()
                before = state.snapshot
                qtbot.waitUntil(lambda: state.snapshot is not before, timeout=LONG)
            assert state.snapshot is not None and len(state.snapshot.canvas.nodes) == 2000
            assert beat.longest < STALL


LONG_NAME = "A001_C014_" * 60 + ".mov"


@pytest.mark.parametrize("name", [LONG_NAME, "سوق الليل ٣.mov", "👩‍👩‍👧‍👦🎬" * 20, "<b>bold</b>&amp;.mov", ""])
def test_any_name_fits_the_window(home: Path, qtbot: QtBot, name: str) -> None:
    with panel(qtbot, home, start=False) as window:
        window.resize(420, 980)
        window.state.set_look(seen(name))
        window.state.canvases = {CanvasId("c"): name}
        window.state.canvases_changed.emit()
        QTest.qWait(0)
        assert window.width() == 420
        assert window.clip_page.header.name.text() == name  # as it is: no markup, not turned round
        assert window.minimumSizeHint().width() <= 420
        assert not window.grab().isNull()


def test_a_clip_is_called_by_its_shot() -> None:
    (bikes,) = seen("bikes.mov").clips
    (taken,) = seen("SH010_take02_upscale_3acf59bd.mov").clips
    assert title_of(bikes, "") == "bikes.mov"
    assert title_of(bikes, "SH010") == "SH010 · bikes.mov"
    assert title_of(taken, "SH010") == "SH010"
    assert title_of(None, "") == "No clip"


# --- what is shown goes away


def test_a_clip_and_a_node_that_go_away_while_they_are_shown(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    with beside(home, tmp_path, qtbot) as (window, trip):
        state, buttons = window.state, window.clip_page.buttons
        window.acts.push()
        qtbot.waitUntil(lambda: state.node is not None and not state.doing, timeout=LONG)
        node, canvas = state.node, state.canvas_id
        assert node is not None and canvas is not None
        Api(trip.client).apply(canvas, [RemoveNode(node=node.id)], author="somebody else")
        qtbot.waitUntil(lambda: state.node is None, timeout=LONG)
        qtbot.waitUntil(lambda: "Nothing is made of this clip" in window.clip_page.tray.empty.text.text(), timeout=LONG)
        assert not buttons.generate.isEnabled() and buttons.generate.toolTip()
        state.set_look(None)
        assert window.clip_page.header.name.text() == "No clip"
        assert window.clip_page.facts.in_timeline.text().endswith("In timeline: –")


def test_two_panels_show_one_canvas(home: Path, qtbot: QtBot) -> None:
    with running_server(home), panel(qtbot, home) as one, panel(qtbot, home) as other:
        qtbot.waitUntil(lambda: one.link.is_there is True and other.link.is_there is True, timeout=PATIENCE)
        one.state.new_canvas("Trailer")
        qtbot.waitUntil(lambda: "Trailer" in other.state.canvases.values(), timeout=PATIENCE)  # by canvas.created
        qtbot.waitUntil(lambda: other.state.canvas_id == one.state.canvas_id, timeout=PATIENCE)


# --- closing


def test_closing_in_the_middle_of_everything_leaves_no_thread(home: Path, tmp_path: Path, qtbot: QtBot) -> None:
    before = {thread.ident for thread in threading.enumerate()}
    with running_server(home):
        for _ in range(3):
            with panel(qtbot, home) as window:
                window.open_connection()
                window.open_settings()
                for _ in range(20):
                    window.state.load()
                    window.following.look_again()
                begun = time.perf_counter()
                window.close()
                window.link.close()
                assert time.perf_counter() - begun < 5
    qtbot.waitUntil(
        lambda: not [one for one in threading.enumerate() if one.ident not in before and not one.daemon],
        timeout=PATIENCE,
    )


# --- for those who do not see it


PRESSED = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.List,
    QAccessible.Role.PageTab,
    QAccessible.Role.Slider,
}


def walk(found: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """A thing and everything in it, as a screen reader finds it."""
    yield found
    for number in range(found.childCount() if depth < 30 else 0):
        child = found.child(number)
        if child is not None and child.isValid():
            yield from walk(child, depth + 1)


def pressed(window: Window) -> list[QAccessibleInterface]:
    """What a screen reader finds to press in a window."""
    top = QAccessible.queryAccessibleInterface(window)
    assert top is not None
    return [one for one in walk(top) if one.role() in PRESSED and not one.state().invisible]


def test_a_screen_reader_finds_a_name_on_everything_that_can_be_pressed(home: Path, qtbot: QtBot) -> None:
    with panel(qtbot, home, start=False) as window:
        window.resize(420, 980)
        qtbot.waitUntil(lambda: len(pressed(window)) > 30, timeout=PATIENCE)
        names = [(one.role().name, one.text(QAccessible.Text.Name)) for one in pressed(window)]
        assert [role for role, name in names if not name] == []
        assert ("Button", "Reconnect") in names and ("PageTab", "Round trip") in names


@pytest.mark.parametrize("dark", [True, False])
def test_at_twice_the_type_every_button_shows_its_words(home: Path, qtbot: QtBot, dark: bool) -> None:
    with panel(qtbot, home, start=False) as window:
        window.resize(420, 980)
        theme.apply(QApplication.instance(), "dark" if dark else "light", text_scale=2)  # type: ignore[arg-type]
        window.restyled.emit()
        QTest.qWait(0)
        buttons = window.clip_page.buttons
        cut = [one.text() for one in (buttons.push, buttons.send, buttons.put) if one.width() < one.sizeHint().width()]
        theme.apply(QApplication.instance(), "dark", text_scale=1)  # type: ignore[arg-type]
        assert cut == []
        assert window.width() == 420
