"""One whole story from the panel's own buttons: a real bridge, an emulated Resolve with the real agent in it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.support.panel_shell import panel
from tests.support.trip import Trip, card, clip, editor, running_server, spec

from takebridge_resolve.panel.window import Window

SOURCE_START = 20
"""Source frame on a clip's first record frame, as `tests.support.trip.clip` lays it."""
LONG = 90_000
"""Milliseconds: an offline generation on a machine that is busy."""


@dataclass
class Desk:
    """The panel beside the editor."""

    window: Window
    trip: Trip
    qtbot: QtBot

    @property
    def buttons(self) -> Any:
        return self.window.clip_page.buttons

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=LONG)

    def until_primary(self, text: str) -> None:
        self.until(lambda: self.buttons.primary.text() == text and self.buttons.primary.isEnabled())

    def press(self, button: Any) -> None:
        assert button.isEnabled(), button.toolTip()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def log(self) -> str:
        return "\n".join(line.text for line in self.window.log.model.lines)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    home.mkdir(mode=stat.S_IRWXU)
    first, second = (card(tmp_path / f"{name}.mov", clip_id=n, width=64, height=36) for n, name in enumerate("ab", 1))
    world = spec([clip(first, duration=12), clip(second, timeline_start=12, duration=12)])
    with running_server(home) as client, editor(client, home, tmp_path, world) as trip, panel(qtbot, home) as window:
        yield Desk(window, trip, qtbot)


def test_from_the_cut_to_the_canvas_and_back(desk: Desk) -> None:
    window, state = desk.window, desk.window.state
    # connect and look
    desk.until(lambda: state.connection.standing == "ready")
    desk.until(lambda: state.clip is not None and state.canvas_id is not None)
    assert window.clip_page.header.name.text() == "a.mov"
    assert window.clip_page.header.place.text() == "V1 · 01:00:00:00 · 0 s 12 f"
    desk.until(lambda: window.clip_page.header.thumb.has_picture)

    # push
    desk.until_primary("Push clip to canvas")
    desk.press(desk.buttons.primary)
    desk.until_primary("Generate first take")
    assert state.seen_link is not None and state.seen_link.shown is None
    desk.until(lambda: desk.buttons.generate.text() == "Generate take · free")

    # generate, by its key, from the tray's page
    window.activateWindow()
    window.ring.setFocus()
    QTest.keyClick(window.ring, Qt.Key.Key_G)
    desk.until(lambda: len(state.jobs.all) == 1)
    desk.until(lambda: state.pinned is not None)
    desk.until(lambda: [job.status for job in state.jobs.all.values()] == ["Complete"])
    assert window.clip_page.facts.pinned.text().endswith("Pinned: take 1")
    assert window.clip_page.facts.in_timeline.text().endswith("In timeline: original")

    # pull
    desk.until_primary("Pull take 1 into timeline")
    desk.press(desk.buttons.primary)
    desk.until(lambda: desk.buttons.primary.text() == "Up to date")
    assert window.clip_page.facts.in_timeline.text().endswith("In timeline: take 1")
    item = desk.trip.item()
    assert len(item["takes"]) == 2 and item["selected_take"] == 2
    assert desk.trip.item(1)["takes"] == []
    stands_on_record_frames(desk)

    # put it above as well, from the menu
    menu = desk.buttons.put.menu()
    above = next(action for action in menu.actions() if action.text() == "This clip").menu().actions()[2]
    assert above.text() == "On a track above"
    above.trigger()
    desk.until(lambda: not state.doing and "above" in desk.log().splitlines()[-1].lower())
    put = desk.trip.item(0, track=2)
    assert (put["start_record_frame"], put["end_record_frame"]) == (86400, 86412)
    assert "is on the canvas" in desk.log() and "a new take is there. Not charged." in desk.log()


def stands_on_record_frames(desk: Desk) -> None:
    """The viewer of a pulled clip counts record timecode, also once its head was trimmed."""
    viewer, state = desk.window.clip_page.viewer, desk.window.state
    link = state.seen_link
    assert link is not None and link.shown is not None and state.snapshot is not None
    canvas = state.snapshot.canvas
    pushed = canvas.takes[canvas.nodes[link.source_node].pin]
    head = SOURCE_START - int(pushed.outputs["video"].facts["given_start_frame"])
    for trimmed in (0, 3):
        if trimmed:
            desk.trip.emulator.do("user_edit", edit="trim", item=desk.trip.item()["id"], head=trimmed, tail=0)
            desk.trip.client.post("/api/hosts/playhead", {"record_frame": 86400 + 5})
            desk.window.following.look_again()
            desk.until(lambda: state.clip is not None and state.clip.start_record_frame == 86400 + 3)
        viewer.seek(head)
        desk.until(lambda: viewer.position.text().startswith("01:00:00:00 "))  # the frame the clip began with
    desk.trip.emulator.do("user_edit", edit="trim", item=desk.trip.item()["id"], head=-3, tail=0)


def test_the_panel_follows_the_playhead_and_stays_when_asked(desk: Desk) -> None:
    window, state = desk.window, desk.window.state
    desk.until(lambda: state.clip is not None and state.clip.name == "a.mov")
    desk.trip.client.post("/api/hosts/playhead", {"record_frame": 86400 + 14})
    desk.until(lambda: state.clip is not None and state.clip.name == "b.mov")
    desk.press(window.clip_page.modes.stay)
    asked = window.following.spot
    desk.trip.client.post("/api/hosts/playhead", {"record_frame": 86400 + 2})
    desk.until(lambda: window.following.spot is not asked and window.following.spot.record_frame == 86402)
    assert state.clip is not None and state.clip.name == "b.mov"
    desk.press(window.clip_page.modes.stay)
    desk.until(lambda: state.clip is not None and state.clip.name == "a.mov")


def test_sending_says_the_price_before_anything_runs(desk: Desk) -> None:
    window, state = desk.window, desk.window.state
    desk.until(lambda: state.clip is not None and state.canvas_id is not None and bool(state.kinds))
    window.open_send()
    sheet: Any = window.dialogs["send"]
    desk.until(lambda: bool(sheet.models) and bool(sheet.templates))
    choices = [sheet.what.itemText(n) for n in range(sheet.what.count())]
    assert choices[0] == "Upscale" and any(choice.startswith("Template:") for choice in choices)
    sheet.what.setCurrentIndex(next(n for n, choice in enumerate(choices) if choice.casefold().startswith("previz")))
    assert sheet.prompt.isEnabled() and sheet.go.text() == "Send to canvas"
    sheet.prompt.setPlainText("the same street in rain")
    QTest.keyClick(sheet.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: sheet.offer is not None)
    assert state.jobs.all == {}, "nothing runs before the price was seen"
    assert sheet.go.text().startswith("Generate 1 take · free, ")
    node = next(iter(sheet.there.nodes))
    desk.until(lambda: state.snapshot is not None and node in state.snapshot.canvas.nodes)
    assert state.snapshot is not None
    assert state.snapshot.canvas.nodes[node].params["prompt"] == "the same street in rain"
    QTest.keyClick(sheet.go, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.until(lambda: any(job.node == node and job.status == "Complete" for job in state.jobs.all.values()))
    assert "send" not in window.dialogs


def test_a_busy_editor_is_said_and_waited_for(desk: Desk) -> None:
    state = desk.window.state
    desk.until(lambda: state.clip is not None)
    state.set_busy(True)
    desk.window.clip_page.buttons.refresh()
    assert not desk.buttons.primary.isEnabled() and "nothing is lost" in desk.buttons.reason.text()
    desk.until(lambda: state.connection.standing == "ready")  # the next look finds it idle
