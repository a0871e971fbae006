"""Tray and viewer on a real bridge: real proxies, posters and sprites of a clip pushed out of an editor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import pixels
from tests.support.trip import START, Trip, card, clip, editor, running_server, spec

from takebridge.canvas.model import FrameRange
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.errors import BlobMissingError, RangeError
from takebridge.ids import BlobHash, CanvasId
from takebridge.media.testcard import read_frame_number
from takebridge_resolve.panel.link import Link
from takebridge_resolve.panel.review import join
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer

PATIENCE = 20_000
SOURCE_START = 20
"""Source frame on the first record frame of the clip, as `tests.support.trip.clip` lays it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("viewer") / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[BridgeClient]:
    with running_server(home) as found:
        yield found


@pytest.fixture(scope="module")
def trip(client: BridgeClient, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    folder = tmp_path_factory.mktemp("editor")
    film = card(folder / "camera.mp4", 120)
    with ExitStack() as stack:
        made = stack.enter_context(editor(client, home, folder, spec([clip(film)])))
        made.push()
        yield made


@pytest.fixture
def api(client: BridgeClient, trip: Trip) -> Api:
    return Api(client)


@pytest.fixture
def panel(home: Path, trip: Trip, api: Api, qtbot: QtBot) -> Iterator[tuple[Viewer, Tray]]:
    link = Link(home)
    link.start()
    tray = Tray(link)
    viewer = Viewer(link)
    join(viewer, tray)
    for widget in (tray, viewer):
        qtbot.addWidget(widget)
        widget.resize(480, 480)
    viewer.show()
    tray.show(CanvasId(trip.canvas), api.links(CanvasId(trip.canvas))[0].node_id, None)
    qtbot.waitUntil(lambda: tray.model.rowCount() == 1, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.pane_b.shown == 0, timeout=PATIENCE)
    yield viewer, tray
    viewer.close_down()
    tray.close_down()
    link.close()


def number(image: QImage | None) -> int:
    assert image is not None
    return read_frame_number(pixels(image))[1]


def test_the_proxy_shows_exactly_the_frames_of_the_clip(panel: tuple[Viewer, Tray], api: Api, qtbot: QtBot) -> None:
    viewer, tray = panel
    take = tray.take()
    assert take is not None
    first = take.outputs["video"].facts["given_start_frame"]
    seen = []
    for frame in (0, 13, 5, viewer.transport.count - 1):
        viewer.seek(frame)
        qtbot.waitUntil(lambda frame=frame: viewer.pane_b.shown == frame, timeout=PATIENCE)
        seen.append(number(viewer.pane_b.image) - frame)
    assert seen == [first] * 4


def test_posters_and_sprites_arrive(panel: tuple[Viewer, Tray], qtbot: QtBot) -> None:
    viewer, tray = panel
    content = tray.model.tiles[0].content
    assert content is not None
    qtbot.waitUntil(lambda: viewer.pictures.image(content) is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.pictures.sprite(content) is not None, timeout=PATIENCE)


def test_a_frame_comes_in_full_size_and_is_exactly_that_frame(panel: tuple[Viewer, Tray], api: Api) -> None:
    _, tray = panel
    take = tray.take()
    assert take is not None
    output = take.outputs["video"]
    first, count = int(output.facts["given_start_frame"]), int(output.facts["frame_count"])
    for frame in (0, 9, count - 1):
        image = QImage.fromData(api.full_frame(output.content, frame))
        assert (image.width(), image.height()) == (320, 180)
        assert number(image) == first + frame
    with pytest.raises(RangeError):
        api.full_frame(output.content, count)
    with pytest.raises(BlobMissingError):
        api.full_frame(BlobHash("b3:" + "0" * 64), 0)


def test_a_rating_and_a_best_range_reach_the_bridge(
    panel: tuple[Viewer, Tray], api: Api, trip: Trip, qtbot: QtBot
) -> None:
    viewer, tray = panel
    tray.verbs["pick"]()
    viewer.seek(4)
    viewer.verbs["mark_in"]()
    wanted = FrameRange(start=4, end=viewer.transport.count)
    place = (CanvasId(trip.canvas), tray.desk.facts.node_id)

    def kept() -> bool:
        take = api.tray(*place).takes[0]
        return (take.rating, take.best) == ("keep", wanted)

    qtbot.waitUntil(kept, timeout=PATIENCE)
    tray.verbs["undo"]()
    qtbot.waitUntil(lambda: api.tray(*place).takes[0].best is None, timeout=PATIENCE)
    assert api.tray(*place).takes[0].rating == "keep"


def test_the_original_is_known_frame_for_frame_and_has_record_timecode(
    panel: tuple[Viewer, Tray], api: Api, qtbot: QtBot
) -> None:
    viewer, tray = panel
    take = tray.take()
    assert take is not None
    here = api.spot()
    (seen,) = api.look("playhead").clips
    viewer.show_original(here.session, seen)
    qtbot.waitUntil(lambda: viewer.sides.original.take is not None, timeout=PATIENCE)
    viewer.seek(SOURCE_START - int(take.outputs["video"].facts["given_start_frame"]))
    assert viewer.position.text().startswith("01:00:00:00 ")
    assert seen.start_record_frame == START
    tray.show(None)
    viewer.show_take(None)
    qtbot.waitUntil(lambda: viewer.pane_b.shown == viewer.transport.frame, timeout=PATIENCE)
    assert number(viewer.pane_b.image) == SOURCE_START
