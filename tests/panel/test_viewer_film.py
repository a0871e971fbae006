"""Frame exactness: the frame that is asked for is the one whose number stands in the picture."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.media import numbered_by_stamp
from tests.support.panel_fakes import R23, R29, numbered_film, pixels

from takebridge.media.testcard import read_frame_number
from takebridge.timebase import FrameRate
from takebridge_resolve.panel.film import RING, Film
from takebridge_resolve.panel.transport import Transport, faster, frame_after

FRAMES = 120


@pytest.fixture(scope="module", params=[R23, R29], ids=["23.976", "29.97"])
def film_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_film(tmp_path_factory.mktemp("films") / "numbered.mp4", request.param, FRAMES)


@pytest.fixture
def film(film_file: Path, qtbot: QtBot) -> Iterator[Film]:
    opened = Film(film_file)
    yield opened
    opened.close()


def number_on(image: QImage) -> int:
    return read_frame_number(pixels(image))[1]


def shown(film: Film, frame: int, qtbot: QtBot) -> int:
    film.want(frame)
    qtbot.waitUntil(lambda: film.picture(frame) is not None, timeout=10_000)
    return number_on(film.picture(frame))


def test_every_seek_shows_the_frame_that_was_asked_for(film: Film, qtbot: QtBot) -> None:
    dice = random.Random(7)
    asked = [0, FRAMES - 1, 11, 12, 13, *(dice.randrange(FRAMES) for _ in range(25))]
    assert [shown(film, frame, qtbot) for frame in asked] == asked


def test_steps_on_and_back_show_the_neighbours(film: Film, qtbot: QtBot) -> None:
    asked = [*range(40, 60), *range(59, 30, -1)]
    assert [shown(film, frame, qtbot) for frame in asked] == asked


def test_the_film_counts_its_frames(film: Film, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: film.count > 0, timeout=10_000)
    assert film.count == FRAMES


def test_only_the_ring_round_the_frame_is_kept(film: Film, qtbot: QtBot) -> None:
    shown(film, 60, qtbot)
    qtbot.waitUntil(lambda: all(film.picture(n) is not None for n in (60 - RING, 60 + RING)), timeout=10_000)
    shown(film, 100, qtbot)
    qtbot.waitUntil(lambda: film.picture(60) is None, timeout=10_000)
    held = [n for n in range(FRAMES) if film.picture(n) is not None]
    assert held and min(held) >= 100 - RING


def test_landed_names_the_frame(film: Film, qtbot: QtBot) -> None:
    with qtbot.waitSignal(film.landed, timeout=10_000, check_params_cb=lambda frame: frame == 77):
        film.want(77)
    assert number_on(film.picture(77)) == 77


def test_a_variable_rate_is_counted_by_pictures(tmp_path: Path, qtbot: QtBot) -> None:
    file = numbered_by_stamp(tmp_path / "vfr.mp4", [0, 40, 90, 300, 310, 800, 830, 1500])
    film = Film(file)
    try:
        assert [shown(film, frame, qtbot) for frame in (5, 0, 7, 3)] == [5, 0, 7, 3]
    finally:
        film.close()


@pytest.mark.parametrize("content", [b"", b"no film at all"], ids=["empty", "garbage"])
def test_a_file_that_is_no_film_says_so(content: bytes, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "broken.mp4"
    file.write_bytes(content)
    film = Film(file)
    with qtbot.waitSignal(film.failed, timeout=10_000) as said:
        film.want(3)
    assert "broken.mp4 cannot be played" in said.args[0]
    film.close()


# --- the clock ------------------------------------------------------------------------------------------


def test_the_clock_is_exact_after_an_hour() -> None:
    # 3600 s of 24000/1001 frames: 86313.686… frames have begun.
    assert frame_after(0, 3600 * 10**9, R23, Fraction(1)) == 86313
    assert frame_after(0, 3600 * 10**9, R29, Fraction(1)) == 107892


def test_a_frame_lasts_until_the_next_one_starts() -> None:
    start_of_five = -(-5 * 1001 * 10**9 // 24000)
    assert frame_after(0, start_of_five - 1, R23, Fraction(1)) == 4
    assert frame_after(0, start_of_five, R23, Fraction(1)) == 5
    assert frame_after(10, start_of_five, R23, Fraction(-1)) == 5


def test_l_doubles_up_to_eight_and_j_turns_round() -> None:
    speeds = [Fraction(0)]
    for _ in range(5):
        speeds.append(faster(speeds[-1], forwards=True))
    assert speeds == [0, 1, 2, 4, 8, 8]
    assert faster(Fraction(8), forwards=False) == -1


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def transport(qapp: QApplication, clock: Clock) -> Transport:
    made = Transport(now=clock)
    made.open(48, FrameRate(24))
    return made


def test_playing_stops_on_the_last_frame(transport: Transport, clock: Clock) -> None:
    transport.toggle()
    clock.now = 10 * 10**9
    transport.tick()
    assert (transport.frame, transport.is_playing) == (47, False)


def test_the_best_range_is_played_round_and_round(transport: Transport, clock: Clock) -> None:
    transport.seek(12)
    transport.mark_in()
    transport.seek(23)
    transport.mark_out()
    assert (transport.best.start, transport.best.end) == (12, 24)
    transport.seek(20)
    transport.run(Fraction(1))
    clock.now = 10**9 // 4  # six frames on: 26, beyond the end
    transport.tick()
    assert (transport.frame, transport.is_playing) == (12, True)


def test_a_range_of_everything_is_no_range(transport: Transport) -> None:
    transport.seek(0)
    transport.mark_in()
    assert transport.best is None


def test_out_before_in_starts_from_the_head(transport: Transport) -> None:
    transport.seek(30)
    transport.mark_in()
    transport.seek(10)
    transport.mark_out()
    assert (transport.best.start, transport.best.end) == (0, 11)


def test_another_take_keeps_the_frame(transport: Transport) -> None:
    transport.seek(30)
    transport.open(100, R29)
    assert transport.frame == 30
    transport.open(20, R29)
    assert transport.frame == 19


def test_k_with_l_is_slow(transport: Transport, clock: Clock) -> None:
    transport.shuttle(True, slow=True)
    clock.now = 10**9
    transport.tick()
    assert transport.frame == 6
