"""Playing a take between the shots either side of it: which frames of which films, in order, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.panel_fakes import CANVAS, FakeApi, FakeLink, content_of, numbered_film, take
from tests.support.panel_trip import canvas as reel
from tests.support.panel_trip import link as clip_link
from tests.support.panel_trip import made_take

from takebridge.canvas.model import Node, Take, Wire
from takebridge.errors import NotFoundError
from takebridge.ids import LinkId, NodeId, TakeId, WireId
from takebridge.timebase import FrameRate
from takebridge_resolve.panel.around import Segment, around, words
from takebridge_resolve.panel.play_around import ALONE, NOT_A_SHOT
from takebridge_resolve.panel.viewer import Viewer

LINKS = [clip_link(number) for number in (3, 1, 5, 2, 4)]
# A shot has 80 frames from source frame 40; it was pushed with 12 frames more at either end.
HEAD, TAIL = 12, 92


def told(found: tuple[Segment, ...]) -> list[tuple[str, int, int, int]]:
    return [(one.shot, one.take.seq, one.start, one.end) for one in found]


def test_two_shots_either_side_in_record_order_with_the_take_between() -> None:
    own = made_take("mine", NodeId("node_3"), 9, 77)
    shown = told(around(LINKS, reel(), LinkId("link_3"), own))
    numbers = [("SH_0410", 3), ("SH_0420", 4), ("SH_0430", 9), ("SH_0440", 6), ("SH_0450", 7)]
    assert shown == [(shot, seq, HEAD, TAIL) for shot, seq in numbers]


def test_at_the_ends_of_the_reel_there_is_less() -> None:
    own = made_take("mine", NodeId("node_1"), 9, 77)
    shots = [one.shot for one in around(LINKS, reel(), LinkId("link_1"), own)]
    assert shots == ["SH_0410", "SH_0420", "SH_0430"]


def test_a_shot_without_a_take_plays_as_it_was_pushed_and_other_tracks_and_timelines_do_not() -> None:
    canvas = reel()
    bare = canvas.with_node(canvas.nodes[NodeId("node_2")].model_copy(update={"pin": None}))
    own = made_take("mine", NodeId("node_1"), 9, 77)
    assert told(around(LINKS, bare, LinkId("link_1"), own))[1] == ("SH_0420", 1, HEAD, TAIL)
    elsewhere = [
        clip_link(1),
        clip_link(2).model_copy(update={"track_index": 2}),
        clip_link(3).model_copy(update={"timeline_id": "t2"}),
    ]
    assert [one.shot for one in around(elsewhere, canvas, LinkId("link_1"), own)] == ["SH_0410"]


def test_what_is_not_known_is_left_out_never_guessed() -> None:
    own = made_take("mine", NodeId("node_1"), 9, 77)
    assert around(LINKS, reel(), LinkId("link_9"), own) == ()
    other_rate = [clip_link(1), clip_link(2).model_copy(update={"media_rate": "25/1"})]
    assert [one.shot for one in around(other_rate, reel(), LinkId("link_1"), own)] == ["SH_0410"]
    short = own.model_copy(update={"outputs": {"video": own.outputs["video"].model_copy(update={
        "facts": {"frame_count": 50, "rate": "24/1"}})}})  # fmt: skip
    assert told(around([clip_link(1)], reel(), LinkId("link_1"), short)) == [("SH_0410", 9, HEAD, 50)]


def test_what_plays_is_named() -> None:
    found = around(LINKS, reel(), LinkId("link_3"), made_take("mine", NodeId("node_3"), 9, 77))
    assert words(found, 2) == "IN CONTEXT 3 of 5 · SH_0430 take 9"


# --- in the viewer --------------------------------------------------------------------------------------

FRAMES = 10
"""Frames of a shot here; each of its films has two more at either end."""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("around")
    rate = FrameRate(24)
    return {n: numbered_film(folder / f"{n}.mp4", rate, FRAMES + 4, clip=n, size=(160, 90)) for n in (1, 2, 3)}


@pytest.fixture
def link(films: dict[int, Path], tmp_path: Path, qapp: QApplication) -> Iterator[FakeLink]:
    """Three shots of ten frames; films 1 to 3 are what is pinned for them."""
    api = FakeApi({content_of(number): path for number, path in films.items()})
    for number in (1, 2, 3):
        source, node = NodeId(f"source_{number}"), NodeId(f"node_{number}")
        api.state = api.state.with_node(Node(id=source, kind="source_clip"))
        api.state = api.state.with_node(Node(id=node, kind="video", pin=TakeId(f"take_{number}")))
        wire = Wire(id=WireId(f"w{number}"), src_node=source, src_port="video", dst_node=node, dst_port="source")
        api.state = api.state.model_copy(update={"wires": {**api.state.wires, wire.id: wire}})
        api.put(take(number, film=number, frames=FRAMES + 4, node_id=node, size=(160, 90)))
        place = {"start_record_frame": 1000 + FRAMES * number, "end_record_frame": 1000 + FRAMES * (number + 1)}
        source_frames = {"source_start_frame": 40, "source_end_frame": 40 + FRAMES, "given_start_frame": 38}
        api.link_list.append(clip_link(number).model_copy(update={**place, **source_frames}))
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
    made.show_take(take_of(link, 2))
    made.around.set_shot(CANVAS, LinkId("link_2"))
    qtbot.waitUntil(lambda: made.pane_b.shown == made.pane_b.wanted, timeout=10_000)
    yield made
    made.close_down()
    made.pictures.close()


def take_of(link: FakeLink, number: int) -> Take:
    return link.api.state.takes[TakeId(f"take_{number}")]


def slash(viewer: Viewer) -> None:
    viewer.setFocus()
    QTest.keyClick(viewer, Qt.Key.Key_Slash)


def test_the_shots_play_one_after_the_other_and_the_viewer_comes_back(
    viewer: Viewer, link: FakeLink, qtbot: QtBot
) -> None:
    viewer.seek(7)
    seen: list[tuple[str, int]] = []

    def note(frame: int) -> None:
        if viewer.around.is_on and viewer.transport.is_playing and viewer.pane_b.source is not None:
            seen.append((viewer.pane_b.source.key, frame))

    viewer.frame_shown.connect(note)
    badges: set[str] = set()
    viewer.around.changed.connect(lambda: badges.add(viewer.display.badge))
    slash(viewer)
    qtbot.waitUntil(lambda: viewer.around.is_on and viewer.transport.is_playing, timeout=10_000)
    qtbot.waitUntil(lambda: not viewer.around.is_on, timeout=20_000)
    assert list(dict.fromkeys(key for key, _ in seen)) == ["take_1", "take_2", "take_3"]
    assert all(2 <= frame <= 12 for _, frame in seen)  # source frame 40 is frame 2 of a film that begins at 38
    assert "IN CONTEXT 2 of 3 · SH_0420 take 2" in badges
    assert viewer.pane_b.source is not None and viewer.pane_b.source.key == "take_2"
    assert (viewer.transport.frame, viewer.transport.is_playing) == (7, False)
    assert not viewer.display.badge.startswith("IN CONTEXT")


def test_every_other_verb_goes_back_first(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    marked: list[object] = []
    viewer.best_wanted.connect(lambda take, best: marked.append((take.id, best)))
    viewer.seek(5)
    slash(viewer)
    qtbot.waitUntil(lambda: viewer.transport.is_playing, timeout=10_000)
    QTest.keyClick(viewer, Qt.Key.Key_I)
    assert not viewer.around.is_on and viewer.transport.frame == 5
    ((take_id, best),) = marked
    assert take_id == "take_2" and (best.start, best.end) == (5, FRAMES + 4)  # on its own take, at its own frame


def test_pressed_again_or_another_take_ends_it(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    for end in (lambda: slash(viewer), lambda: viewer.show_take(take_of(link, 3))):
        slash(viewer)
        qtbot.waitUntil(lambda: viewer.transport.is_playing, timeout=10_000)
        end()
        assert not viewer.around.is_on and not viewer.transport.is_playing
    assert viewer.pane_b.source is not None and viewer.pane_b.source.key == "take_3"


def test_a_neighbour_whose_film_is_not_to_be_had_is_left_out(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    del link.api.films[content_of(1)], link.api.films[content_of(3)]
    slash(viewer)
    qtbot.waitUntil(lambda: viewer.around.words == ALONE, timeout=10_000)
    slash(viewer)


def test_without_a_shot_it_says_why_and_does_nothing(viewer: Viewer, link: FakeLink, qtbot: QtBot) -> None:
    viewer.around.set_shot(None, None)
    slash(viewer)
    assert viewer.display.badge == NOT_A_SHOT and not viewer.transport.is_playing
    viewer.around.set_shot(CANVAS, LinkId("link_2"))
    link.api.refuse = None
    link.api.links = lambda canvas_id: (_ for _ in ()).throw(NotFoundError("The canvas is gone.", hint="Look again."))
    slash(viewer)
    qtbot.waitUntil(lambda: viewer.display.badge == "The canvas is gone.")
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.display.badge != "The canvas is gone."
