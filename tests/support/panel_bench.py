"""How fast the tray and the viewer are, offscreen: ``python -m tests.support.panel_bench``.

Each measure makes its own widgets on real pictures and leaves nothing behind. Numbers are wall time of this machine.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.support.panel_fakes import CANVAS, NODE, R24, FakeApi, FakeLink, content_of, numbered_film, take

from takebridge.ids import TakeId
from takebridge_resolve.panel import theme
from takebridge_resolve.panel.tray import Tray
from takebridge_resolve.panel.viewer import Viewer

FILMS, FRAMES = 24, 48
SIZE = (900, 620)


def application() -> QApplication:
    """The one application of this process, dressed as the panel is."""
    app = QApplication.instance()
    made = app if isinstance(app, QApplication) else QApplication([])
    if not made.styleSheet():
        theme.apply(made, "dark")
    return made


@contextmanager
def bench(takes: int) -> Iterator[tuple[FakeLink, Path]]:
    """A fake bridge with ``takes`` takes of `FILMS` different films."""
    application()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        first = numbered_film(home / "film.mp4", R24, FRAMES)
        api = FakeApi({content_of(number): first for number in range(1, FILMS + 1)})
        api.put(*(take(number, film=1 + number % FILMS) for number in range(1, takes + 1)))
        link = FakeLink(api, home)
        try:
            yield link, home
        finally:
            link.close()


@contextmanager
def tray_of(takes: int) -> Iterator[Tray]:
    """A tray of ``takes`` takes that shows its first pictures."""
    with bench(takes) as (link, _):
        tray = Tray(link)
        tray.resize(*SIZE)
        tray.show(CANVAS, NODE, None)
        wait_until(lambda: tray.model.rowCount() == takes)
        wait_until(lambda: tray.pictures.image(content_of(1 + takes % FILMS)) is not None)
        try:
            yield tray
        finally:
            tray.close_down()
            tray.deleteLater()
            settle(20)


def wait_until(met: Callable[[], bool], seconds: float = 30) -> None:
    """Let Qt run until ``met``. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not met():
        if time.monotonic() > until:
            raise TimeoutError("It did not come about in time.")
        settle(5)


def settle(milliseconds: int) -> None:
    """Let Qt run. Unlike QTest.qWait this lets other threads have Python's lock."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def scroll_fps(takes: int = 500) -> float:
    """Frames a second while the whole tray is scrolled through, a third of a tile at a time, pictures loading."""
    with tray_of(takes) as tray:
        bar = tray.view.verticalScrollBar()
        step, frames = max(1, tray.view.row_height() // 3), 0
        began = time.perf_counter()
        for value in (*range(0, bar.maximum(), step), *range(bar.maximum(), 0, -step)):
            bar.setValue(value)
            tray.view.viewport().repaint()
            QApplication.processEvents()
            frames += 1
        return frames / (time.perf_counter() - began)


def hover_ms() -> float:
    """Milliseconds (95th percentile) from a move of the pointer over a tile to its other cell on the screen."""
    with tray_of(60) as tray:
        wait_until(lambda: tray.model.rowCount() == 60)
        rect = tray.view.visualRect(tray.model.index(0)).adjusted(4, 0, -4, 0)
        _move(tray, rect.left() + 1, rect.center().y())
        content = tray.model.tiles[0].content
        assert content is not None
        wait_until(lambda: tray.pictures.sprite(content, fetch=False) is not None)
        taken = []
        for place in range(200):
            began = time.perf_counter()
            _move(tray, rect.left() + rect.width() * (place % 100) // 100, rect.center().y())
            QApplication.processEvents()
            taken.append(1000 * (time.perf_counter() - began))
        return statistics.quantiles(taken, n=20)[-1]


def ring_ms(takes: int = 5000) -> float:
    """Milliseconds (95th percentile) from the key that rates a take to the ring on the next one."""
    with tray_of(takes) as tray:
        tray.attach_keys(tray)
        tray.ring(TakeId(f"take_{takes // 2}"))
        taken = []
        for _ in range(40):
            began = time.perf_counter()
            QTest.keyClick(tray.view, Qt.Key.Key_3)
            taken.append(1000 * (time.perf_counter() - began))
            wait_until(lambda: tray.desk.is_settled)
            settle(20)
        return statistics.quantiles(taken, n=20)[-1]


def flip_ms() -> float:
    """Milliseconds (95th percentile) from going to another take to its picture, on the same frame, proxies at hand."""
    with bench(8) as (link, home):
        viewer = Viewer(link, cache=home / "cache")
        viewer.resize(*SIZE)
        viewer.show()
        takes = [link.api.state.takes[f"take_{number}"] for number in range(1, 9)]
        for one in takes:  # the proxies arrive
            _look(viewer, one)
        viewer.seek(20)
        wait_until(lambda: viewer.pane_b.shown == 20)
        taken = []
        for number in range(40):
            began = time.perf_counter()
            _look(viewer, takes[number % len(takes)])
            taken.append(1000 * (time.perf_counter() - began))
        viewer.close_down()
        viewer.pictures.close()
        viewer.deleteLater()
        settle(20)
        return statistics.quantiles(taken, n=20)[-1]


def memory_over_selections(changes: int = 1000) -> tuple[float, float]:
    """Megabytes of this process before and after ``changes`` changes of node, take and shown film."""
    with bench(40) as (link, _):
        tray = Tray(link)
        viewer = Viewer(link, pictures=tray.pictures)
        tray.ringed.connect(viewer.show_take)
        for widget in (tray, viewer):
            widget.resize(*SIZE)
            QApplication.processEvents()
        viewer.show()
        _select(tray, changes // 5)  # caches fill up to their limits
        before = _megabytes()
        _select(tray, changes)
        after = _megabytes()
        for closing in (viewer.close_down, tray.close_down, viewer.deleteLater, tray.deleteLater):
            closing()
        settle(20)
        return before, after


def _select(tray: Tray, changes: int) -> None:
    for number in range(changes):
        if number % 10 == 0:
            tray.show(None)
            tray.show(CANVAS, NODE, None)
            wait_until(lambda: tray.model.rowCount() == 40)
        tray.view.setCurrentIndex(tray.model.index((number * 7) % 40))
        settle(1)


def _look(viewer: Viewer, one: object) -> None:
    viewer.show_take(one)  # type: ignore[arg-type]
    pane = viewer.pane_b
    until = time.monotonic() + 20
    while not (pane.shown == pane.wanted and pane.count == FRAMES):
        if time.monotonic() > until:
            raise TimeoutError("The picture did not come.")
        loop = QEventLoop()
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        time.sleep(0.0005)  # the decoding thread needs Python's lock
    viewer.display.repaint()


def _move(tray: Tray, x: int, y: int) -> None:
    at = QPointF(x, y)
    no = Qt.MouseButton.NoButton
    QApplication.sendEvent(
        tray.view.viewport(), QMouseEvent(QEvent.Type.MouseMove, at, at, no, no, Qt.KeyboardModifier.NoModifier)
    )


def _megabytes() -> float:
    gc.collect()
    settle(50)
    return psutil.Process().memory_info().rss / 2**20


if __name__ == "__main__":
    print(f"scroll  {scroll_fps():.0f} fps")
    print(f"hover   {hover_ms():.1f} ms")
    print(f"ring    {ring_ms():.1f} ms with 5,000 takes")
    print(f"flip    {flip_ms():.1f} ms")
    before, after = memory_over_selections()
    print(
        f"memory  {before:.0f} MB before, {after:.0f} MB after 1,000 selections ({100 * (after / before - 1):+.1f} %)"
    )
