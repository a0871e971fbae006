"""1:1: the take's own pixels, not those of the small copy; fetched only while the viewer stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import FakeApi, FakeLink, content_of, numbered_film, pixels, take

from takebridge.errors import BlobMissingError
from takebridge.media.testcard import read_frame_number
from takebridge.timebase import FrameRate
from takebridge_resolve.panel import full_frames
from takebridge_resolve.panel.full_frames import FullFrames
from takebridge_resolve.panel.viewer import Viewer

FRAMES, SMALL, FULL = 24, (320, 180), (1280, 720)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("full") / "one.mp4", FrameRate(24), FRAMES, size=SMALL)


@pytest.fixture
def link(film: Path, tmp_path: Path, qapp: QApplication) -> Iterator[FakeLink]:
    made = FakeLink(FakeApi({content_of(1): film}), tmp_path)
    yield made
    made.close()


@pytest.fixture
def viewer(link: FakeLink, qtbot: QtBot) -> Iterator[Viewer]:
    made = Viewer(link)
    qtbot.addWidget(made)
    made.resize(480, 520)
    made.attach_keys(made)
    made.show()
    made.show_take(take(1, film=1, frames=FRAMES, size=FULL))
    qtbot.waitUntil(lambda: made.pane_b.shown == made.pane_b.wanted, timeout=10_000)
    yield made
    made.close_down()
    made.pictures.close()


def press(viewer: Viewer, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    viewer.setFocus()
    QTest.keyClick(viewer, key, modifier)


def fetched(link: FakeLink) -> list[str]:
    return [call for call in link.api.calls if call.startswith("full_frame")]


def shown_size(viewer: Viewer) -> QSize:
    assert viewer.display.b.image is not None
    return viewer.display.b.image.size()


def test_one_to_one_shows_the_takes_own_pixels(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    viewer.seek(7)
    assert fetched(link) == []  # fitted, the small copy is enough
    press(viewer, Qt.Key.Key_Z)
    rect = viewer.display.picture_rect()
    assert (rect.width(), rect.height()) == FULL  # the size does not jump when the full picture comes
    assert viewer.display.zoom_note == "A small copy; the full picture is on its way"
    qtbot.waitUntil(lambda: shown_size(viewer) == QSize(*FULL))
    assert read_frame_number(pixels(viewer.display.b.image))[1] == 7
    assert viewer.display.zoom_note == "" and viewer.display.picture_rect().width() == FULL[0]
    press(viewer, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert shown_size(viewer) == QSize(*SMALL) and fetched(link) == ["full_frame 7"]


def test_frames_that_are_passed_by_are_not_fetched(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    press(viewer, Qt.Key.Key_Z)
    for frame in range(1, 13):
        viewer.seek(frame)
    qtbot.waitUntil(lambda: shown_size(viewer) == QSize(*FULL))
    assert fetched(link) == ["full_frame 12"]
    press(viewer, Qt.Key.Key_L)
    assert shown_size(viewer) == QSize(*SMALL)  # playing, the small copy is what keeps up
    press(viewer, Qt.Key.Key_K)
    at = viewer.transport.frame
    qtbot.waitUntil(lambda: shown_size(viewer) == QSize(*FULL))
    assert fetched(link) == ["full_frame 12"] + ([f"full_frame {at}"] if at != 12 else [])


def test_a_frame_that_is_not_to_be_had_is_said_and_asked_for_once(
    viewer: Viewer, link: FakeLink, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def gone(content: str, frame: int) -> bytes:
        asked.append(frame)
        raise BlobMissingError("The media store no longer has it.", hint="Restore it.")

    monkeypatch.setattr(link.api, "full_frame", gone)
    press(viewer, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: viewer.display.zoom_note.startswith("Not 1:1, a small copy: The media store"))
    viewer.show_take(viewer.take)
    assert asked == [0] and shown_size(viewer) == QSize(*SMALL)


def test_what_is_no_picture_is_said(
    viewer: Viewer, link: FakeLink, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link.api, "full_frame", lambda content, frame: b"no PNG")
    press(viewer, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: "no picture" in viewer.display.zoom_note)


def test_memory_is_bounded(link: FakeLink, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_frames, "MOST_BYTES", 4 * FULL[0] * FULL[1] * 4)
    full = FullFrames(link)
    for frame in range(7):
        full.want(((content_of(1), frame),))
        qtbot.waitUntil(lambda frame=frame: full.picture((content_of(1), frame)) is not None)
    kept = [frame for frame in range(7) if full.picture((content_of(1), frame)) is not None]
    assert kept == [3, 4, 5, 6]
    full.close()
