"""The window without a bridge: it stands at once, remembers itself, and every control can be reached and named."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import PATIENCE, nameless, panel
from tests.support.panel_window_bench import ready_seconds
from typer.testing import CliRunner

from takebridge.client.address import read_token_file
from takebridge.errors import NotFoundError
from takebridge_resolve.panel import keys, theme
from takebridge_resolve.panel.actions import ACTIONS, clashes, is_bare, spoken
from takebridge_resolve.panel.main import to_front
from takebridge_resolve.panel.memory import Choices, Memory
from takebridge_resolve.panel.starting import OnlyOne, instance_name, raise_first
from takebridge_resolve.panel.window import Window
from takebridge_server.cli import app


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    return folder


@pytest.fixture
def window(qtbot: QtBot, home: Path) -> Iterator[Window]:
    with panel(qtbot, home) as made:
        yield made


@pytest.fixture(autouse=True)
def plain_keys() -> Iterator[None]:
    yield
    keys.keymap().reset()
    keys.keymap().use_letters(True)


def await_away(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: window.state.connection.standing == "bridge_down", timeout=PATIENCE)


# --- without a bridge


def test_it_opens_without_a_bridge_and_offers_to_start_one(qtbot: QtBot, window: Window) -> None:
    await_away(qtbot, window)
    assert window.strip.act.isVisible() and window.strip.act.text() == "Start bridge"
    buttons = window.clip_page.buttons
    assert buttons.primary.text() == "Reconnect" and buttons.primary.isEnabled()
    assert "The bridge isn't running." in buttons.reason.text()


def test_start_bridge_starts_one_that_outlives_the_panel(qtbot: QtBot, home: Path) -> None:
    try:
        with panel(qtbot, home) as window:
            await_away(qtbot, window)
            QTest.mouseClick(window.strip.act, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: window.state.connection.standing == "no_host", timeout=PATIENCE)
            assert window.state.connection.cause.startswith("Resolve isn't connected.")
        os.kill(read_token_file(home).pid, 0)  # still there, although the window is closed
    finally:
        _end_bridge(home)


def _end_bridge(home: Path) -> None:
    """End the bridge of a data folder, if there is one, and wait for it."""
    with suppress(NotFoundError):
        address = read_token_file(home)
        os.kill(address.pid, signal.SIGTERM)
        ended = subprocess.run([sys.executable, "-c", _AWAIT_END, str(address.pid)], timeout=60, check=False)
        assert ended.returncode == 0


_AWAIT_END = """
import sys, psutil
try:
    psutil.Process(int(sys.argv[1])).wait(50)
except psutil.NoSuchProcess:
    pass
"""


def test_it_is_ready_in_time() -> None:
    assert min(ready_seconds() for _ in range(2)) <= 1.5 * _slowness()


def _slowness() -> float:
    """How much slower this machine is now than one that starts Python and Qt in 0.25 s."""
    import time

    begun = time.perf_counter()
    code = "import PySide6.QtWidgets, PySide6.QtNetwork"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    return max(1.0, (time.perf_counter() - begun) / 0.25)


# --- one instance


def test_a_second_start_raises_the_first(qtbot: QtBot, window: Window, home: Path) -> None:
    name = instance_name(home)
    assert not raise_first(name)
    only = OnlyOne(name)
    window.showMinimized()
    only.called.connect(lambda: to_front(window))
    with qtbot.waitSignal(only.called, timeout=PATIENCE):
        assert raise_first(name)
    assert not window.isMinimized()
    only.close()
    assert not raise_first(name)


def test_panels_of_other_folders_are_other_panels(home: Path) -> None:
    assert instance_name(home) != instance_name(home / "other")
    assert instance_name(home) == instance_name(home)


# --- the command


def test_without_pyside_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr("takebridge_server.commands.panel.find_spec", lambda name: None)
    done = CliRunner().invoke(app, ["panel", "--home", str(home), "--json"])
    error = json.loads(done.output)["error"]
    assert done.exit_code == 1 and 'pip install "takebridge[panel]"' in error["hint"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a display")
def test_without_a_display_the_command_says_so(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(app, ["panel", "--home", str(home), "--json"])
    assert done.exit_code == 1 and "no display" in json.loads(done.output)["error"]["message"]


# --- remembering


def test_it_remembers_tab_size_and_settings(qtbot: QtBot, home: Path) -> None:
    with panel(qtbot, home, start=False) as first:
        first.resize(700, 640)
        first.tabs.setCurrentIndex(3)
        first.jobs.open(True)
        first.apply_choices(Choices(theme="light", text_percent=125, leap="1 second", letters=False))
        keys.keymap().remap("send", ("Ctrl+Alt+S",))
    with panel(qtbot, home, start=False) as second:
        assert (second.width(), second.height()) == (700, 640)
        assert second.tabs.currentIndex() == 3 and second.jobs.is_open
        assert second.choices == Choices(theme="light", text_percent=125, leap="1 second", letters=False)
        assert keys.keymap().of("send") == ("Ctrl+Alt+S",)
        assert not theme.is_dark()
        second.apply_choices(Choices())


def test_settings_that_make_no_sense_are_passed_over(home: Path) -> None:
    (home / "panel.ini").write_text("[look]\ntheme=neon\ntext_percent=huge\n[keys]\nleap=9 weeks\nletters=perhaps\n")
    assert Memory(home).choices() == Choices()


# --- keys


def test_no_two_actions_have_one_key() -> None:
    assert clashes({name: action.keys for name, action in ACTIONS.items()}) == []


def test_nothing_that_edits_or_spends_is_on_a_bare_letter() -> None:
    heavy = [action for action in ACTIONS.values() if action.weight in ("edit", "spend")]
    assert len(heavy) > 5
    assert [action.name for action in heavy if any(is_bare(key) for key in action.keys)] == []
    with pytest.raises(ValueError, match="not a letter alone"):
        keys.keymap().remap("pull", ("P",))


def test_keys_are_understood_by_qt() -> None:
    for action in ACTIONS.values():
        for key in action.keys:
            assert QKeySequence(key).count() == 1, key
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText), key


def test_letters_can_be_switched_off(window: Window) -> None:
    keys.keymap().use_letters(False)
    assert keys.keymap().of("generate") == () and keys.keymap().of("pull") != ()
    assert window.actions_by_name["generate"].shortcuts() == []
    keys.keymap().use_letters(True)
    assert [one.toString() for one in window.actions_by_name["generate"].shortcuts()] == ["G"]


def test_a_key_given_away_is_named_and_unbound(window: Window) -> None:
    assert keys.keymap().remap("connection", ("Ctrl+J",)) == "jobs"
    assert keys.keymap().of("jobs") == ()
    assert window.actions_by_name["jobs"].shortcuts() == []


@pytest.mark.parametrize(
    "given, said", [(("Return", "Enter"), "Enter"), (("Shift+Left",), "Shift+←"), (("Ctrl+,",), "Ctrl+,"), ((), "")]
)
def test_keys_as_people_read_them(given: tuple[str, ...], said: str) -> None:
    assert spoken(given) == said


def test_keys_open_pages_and_sheets(qtbot: QtBot, window: Window) -> None:
    window.activateWindow()
    window.ring.setFocus()
    QTest.keyClick(window.ring, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert window.tabs.currentWidget() is window.log
    QTest.keyClick(window.ring, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert window.jobs.is_open
    QTest.keyClick(window.ring, Qt.Key.Key_Question)
    assert "keys" in window.dialogs
    QTest.keyClick(window.ring, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert "commands" in window.dialogs


def test_a_focused_button_keeps_its_space_and_enter(window: Window) -> None:
    window.tabs.setCurrentIndex(0)
    await_pressed: list[str] = []
    window.strip.text.clicked.connect(lambda: await_pressed.append("strip"))
    window.strip.text.setFocus()
    QTest.keyClick(window.strip.text, Qt.Key.Key_Space)
    assert await_pressed == ["strip"]


def test_the_list_of_actions_finds_and_does(qtbot: QtBot, window: Window) -> None:
    window.open_commands()
    found: Any = window.dialogs["commands"]
    QTest.keyClicks(found.search, "log")
    assert [found.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(found.list.count())] == ["tab_log"]
    QTest.keyClick(found.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.tabs.currentWidget() is window.log, timeout=PATIENCE)


def test_the_key_sheet_lists_every_action(window: Window) -> None:
    window.open_keys()
    sheet: Any = window.dialogs["keys"]
    assert set(sheet.buttons) == set(ACTIONS)
    sheet.remap("jobs", ("J",))
    assert keys.keymap().of("jobs") == ("J",) and "Play backwards" in sheet.said.text()


# --- reachable and named


def open_everything(window: Window) -> list[QWidget]:
    for opened in (window.open_connection, window.open_settings, window.open_keys, window.open_commands):
        opened()
    window.open_budget()
    window.open_send()
    for lazy in (window.trip, window.gaps):
        lazy.build()
    return [window, *window.dialogs.values()]


def test_every_control_has_a_name(window: Window) -> None:
    roots = open_everything(window)
    assert len(roots) == 7
    assert {type(root).__name__: found for root in roots if (found := nameless(root))} == {}


def test_tab_goes_through_every_control_of_the_page_and_comes_back(window: Window) -> None:
    window.activateWindow()
    window.ring.setFocus()
    wanted = {
        one
        for one in window.findChildren(QPushButton)
        if one.isVisible() and one.isEnabled() and one.window() is window
    }
    reached: list[QWidget | None] = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    missed = {one.text() for one in wanted - set(reached) if one.focusPolicy() & Qt.FocusPolicy.TabFocus}
    assert missed == set()


def test_the_ring_shows_who_has_the_keyboard(qtbot: QtBot, window: Window) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    assert window.ring.property("active") == "true"
    window.open_settings()
    qtbot.waitUntil(lambda: not window.isActiveWindow(), timeout=PATIENCE)
    assert window.ring.property("active") == "false"


@pytest.mark.parametrize("percent", [100, 200])
def test_the_page_reflows_into_a_narrow_window(qtbot: QtBot, window: Window, percent: int) -> None:
    window.apply_choices(Choices(text_percent=percent))
    window.resize(420, 900)
    qtbot.waitUntil(lambda: window.width() == 420, timeout=PATIENCE)
    QApplication.processEvents()
    page, viewport = window.clip_page.area.widget(), window.clip_page.area.viewport()
    window.apply_choices(Choices())
    assert page.width() <= viewport.width(), "the page is wider than the window"
    assert window.clip_page.viewer is None or window.clip_page.viewer.height() >= 180


def test_targets_are_large_enough(window: Window) -> None:
    small = [
        (one.text(), one.width(), one.height())
        for one in window.findChildren(QPushButton)
        if one.isVisible() and (one.width() < 24 or one.height() < 24)
    ]
    assert small == []
