"""Sound follows the picture's clock; where there is none, that is said and everything else goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import FakeApi, FakeLink, content_of, numbered_film, take

from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate
from takebridge_resolve.panel.sound import NO_SOUND, Sound, SoundError, has_sound
from takebridge_resolve.panel.transport import Transport
from takebridge_resolve.panel.viewer import Viewer

R24 = FrameRate(24)


class Tape:
    """A player that notes what it is told; `at` is where a test says it is, None: exactly where it was put."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.at: int | None = None
        self._put = 0

    def open(self, path: Path) -> None:
        self.told.append(("open", path.name))

    def play(self, at_ms: int) -> None:
        self._put = at_ms
        self.told.append(("play", at_ms))

    def pause(self) -> None:
        self.told.append("pause")

    def position(self) -> int:
        return self._put if self.at is None else self.at

    def close(self) -> None:
        self.told.append("close")


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    return render_test_clip(folder / "with.mov", clip_id=1, frame_count=96, rate=R24, width=160, height=90, audio=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport(qapp: QApplication, clock: Clock) -> Transport:
    made = Transport(now=clock)
    made.open(96, R24)
    return made


@pytest.fixture
def tape() -> Tape:
    return Tape()


def on(transport: Transport, tape: Tape, film: Path) -> Sound:
    made = Sound(transport, lambda _: tape)
    made.toggle(film)
    assert made.is_on and made.words == ""
    return made


def run_to(transport: Transport, clock: Clock, frame: int, since: int = 0) -> None:
    """Let the clock run until the middle of a frame that was begun to be played at ``since``."""
    clock.now = (2 * (frame - since) + 1) * 1_000_000_000 // 48
    transport.tick()
    assert transport.frame == frame


def test_it_plays_from_where_the_picture_is_and_stops_with_it(transport: Transport, tape: Tape, film: Path) -> None:
    on(transport, tape, film)
    transport.seek(36)
    assert tape.told == [("open", "with.mov")]  # nothing plays by itself
    transport.toggle()
    assert tape.told[1:] == [("play", 1500)]  # frame 36 at 24 a second
    transport.stop()
    assert tape.told[-1] == "pause"


def test_shuttling_is_silent(transport: Transport, tape: Tape, film: Path) -> None:
    on(transport, tape, film)
    transport.shuttle(True)
    transport.shuttle(True)
    assert tape.told[1:] == [("play", 0), "pause"]
    transport.shuttle(False)
    assert len(tape.told) == 3


def test_a_player_that_is_off_is_put_right_but_not_before_it_had_time_to_begin(
    transport: Transport, tape: Tape, film: Path, clock: Clock
) -> None:
    on(transport, tape, film)
    transport.toggle()
    tape.at = 0  # it has not begun yet
    run_to(transport, clock, 6)
    assert tape.told[1:] == [("play", 0)]
    run_to(transport, clock, 24)
    assert tape.told[1:] == [("play", 0), ("play", 1000)]
    tape.at = 1500 + 60
    run_to(transport, clock, 36)  # 60 ms off: nobody hears that
    assert len(tape.told) == 3


def test_a_jump_takes_the_sound_along(transport: Transport, tape: Tape, film: Path) -> None:
    on(transport, tape, film)
    transport.seek(48)
    transport.toggle()
    transport.seek(12)
    assert tape.told[1:] == [("play", 2000), ("play", 500)]


def test_a_take_without_sound_says_so_and_the_next_one_is_heard(
    transport: Transport, tape: Tape, film: Path, tmp_path: Path
) -> None:
    silent = numbered_film(tmp_path / "silent.mp4", R24, 12)
    assert has_sound(film) and not has_sound(silent) and not has_sound(tmp_path / "none.mp4")
    made = on(transport, tape, film)
    made.follow(silent)
    assert made.words == NO_SOUND and made.is_on
    transport.toggle()
    assert ("play", 0) not in tape.told
    made.follow(film)
    assert made.words == "" and tape.told[-1] == ("play", 0)
    made.close()
    assert tape.told[-1] == "close"


def test_without_an_output_it_says_why_and_stays_off(transport: Transport, film: Path) -> None:
    def none(_: Callable[[str], None]) -> Tape:
        raise SoundError("No sound: this computer has no audio output.")

    made = Sound(transport, none)
    made.toggle(film)
    assert not made.is_on and made.words == "No sound: this computer has no audio output."
    transport.toggle()
    assert transport.is_playing


def test_a_player_that_fails_later_is_said_and_switched_off(transport: Transport, tape: Tape, film: Path) -> None:
    fails: list[Callable[[str], None]] = []
    made = Sound(transport, lambda failed: fails.append(failed) or tape)  # type: ignore[func-returns-value]
    made.toggle(film)
    transport.toggle()
    fails[0]("No sound: the device went away.")
    assert not made.is_on and made.words == "No sound: the device went away." and tape.told[-1] == "pause"
    assert transport.is_playing


def test_in_the_viewer_a_missing_module_is_loud_and_nothing_else_changes(
    tmp_path: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)  # as where its system libraries are not there
    film = numbered_film(tmp_path / "one.mp4", R24, 24)
    link = FakeLink(FakeApi({content_of(1): film}), tmp_path)
    viewer = Viewer(link)
    qtbot.addWidget(viewer)
    viewer.show()
    viewer.show_take(take(1, film=1, frames=24))
    qtbot.waitUntil(lambda: viewer.pane_b.shown == viewer.pane_b.wanted, timeout=10_000)
    viewer.bar.buttons["sound"].click()
    assert viewer.stage.silent.isVisible() and "Qt's sound module does not load here" in viewer.stage.silent.text()
    assert not viewer.bar.buttons["sound"].isChecked()
    viewer.do("play")
    assert viewer.transport.is_playing
    viewer.close_down()
    viewer.pictures.close()
    link.close()


def test_the_sound_module_is_not_loaded_with_the_viewer() -> None:
    import subprocess

    code = "import sys, takebridge_resolve.panel.viewer; sys.exit('PySide6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
