"""The link to the bridge: threads, errors, a bridge that goes, comes back elsewhere, or never answers."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from tests.support.trip import running_server

from takebridge.canvas.op_types import SetCanvasTitle
from takebridge.client.api import Api
from takebridge.errors import BridgeError, NotFoundError, UsageError
from takebridge_resolve.panel.link import Link

PATIENCE = 30_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    return folder


@pytest.fixture
def link(qtbot: QtBot, home: Path) -> Iterator[Link]:
    made = Link(home)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a bridge that runs."""
    folder = tmp_path_factory.mktemp("served") / "home"
    folder.mkdir(mode=stat.S_IRWXU)
    with running_server(folder):
        yield folder


@pytest.fixture
def joined(qtbot: QtBot, served: Path) -> Iterator[Link]:
    made = Link(served)
    yield made
    made.close()


class Heard:
    """What a link said, in order."""

    def __init__(self, link: Link) -> None:
        self.words: list[str] = []
        self.said: list[str] = []
        self.events: list[Any] = []
        link.away.connect(self._on_away)
        link.back.connect(lambda: self.said.append("back"))
        link.resync.connect(lambda: self.said.append("resync"))
        link.event.connect(self.events.append)

    def _on_away(self, words: str) -> None:
        self.words.append(words)
        self.said.append("away")


def test_without_a_bridge_it_says_so_once_and_keeps_looking(qtbot: QtBot, link: Link) -> None:
    heard = Heard(link)
    with qtbot.waitSignal(link.away, timeout=PATIENCE):
        link.start()
    assert heard.said == ["away"] and link.is_there is False
    assert heard.words == ["The bridge isn't running. Takes on disk are safe; jobs at providers go on."]


def test_a_call_without_a_bridge_fails_in_the_bridges_words(qtbot: QtBot, link: Link) -> None:
    failed: list[BridgeError] = []
    link.ask(lambda api: api.canvases(), lambda _: pytest.fail("there is no bridge"), failed.append)
    qtbot.waitUntil(lambda: bool(failed), timeout=PATIENCE)
    assert isinstance(failed[0], NotFoundError) and failed[0].hint == "Start it with 'takebridge serve'."


def test_a_failure_nobody_asked_for_is_told_as_trouble(qtbot: QtBot, link: Link) -> None:
    with qtbot.waitSignal(link.trouble, timeout=PATIENCE) as told:
        link.ask(lambda api: api.canvases(), lambda _: None)
    assert isinstance(told.args[0], NotFoundError)


@contextlib.contextmanager
def deaf_bridge(home: Path) -> Iterator[threading.Event]:
    """A process that accepts connections and never answers; sets the event at the first one."""
    reached = threading.Event()
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    reached.set()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        facts = {"url": f"http://127.0.0.1:{server.getsockname()[1]}", "token": "ab" * 32, "pid": os.getpid()}
        path = home / "bridge.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({**facts, "protocol": "1.0"}), "utf-8")
        try:
            yield reached
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for one in kept:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            thread.join(5)


def test_closing_never_waits_for_a_bridge_that_does_not_answer(qtbot: QtBot, home: Path) -> None:
    with deaf_bridge(home) as reached:
        link = Link(home)
        answered: list[object] = []
        link.ask(lambda api: api.canvases(), answered.append, answered.append)
        assert reached.wait(30)
        begun = monotonic()
        link.close()
        took = monotonic() - begun
        link.close()  # a second time is harmless
        threads = [*link._threads]
    assert took < 1.0
    for thread in threads:
        thread.join(10)
    qtbot.wait(1)  # what was queued for the GUI thread is dealt with
    assert answered == []


def test_after_close_nothing_is_asked(qtbot: QtBot, home: Path) -> None:
    link = Link(home)
    link.close()
    asked = link.ask(lambda api: pytest.fail("asked"), lambda _: pytest.fail("answered"))
    assert asked.cancelled and not link._threads


def test_an_answer_nobody_wants_any_more_is_dropped(qtbot: QtBot, joined: Link) -> None:
    begun, go = threading.Event(), threading.Event()
    got: list[str] = []

    def slow(api: Api) -> str:
        begun.set()
        assert go.wait(30)
        return "late"

    asked = joined.ask(slow, got.append, lambda error: got.append(str(error)))
    assert begun.wait(30)
    asked.cancel()
    go.set()
    qtbot.waitUntil(lambda: asked.done, timeout=PATIENCE)
    assert got == []


def test_calls_run_beside_the_gui_thread_and_answers_on_it(qtbot: QtBot, joined: Link) -> None:
    made: list[threading.Thread] = []
    got: list[threading.Thread] = []

    def call(api: Api) -> str:
        made.append(threading.current_thread())
        return api.status().version

    joined.ask(call, lambda _: got.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(got), timeout=PATIENCE)
    assert made[0] is not threading.main_thread() and got[0] is threading.main_thread()


def test_a_slow_call_holds_up_no_other(qtbot: QtBot, joined: Link) -> None:
    go = threading.Event()
    got: list[str] = []
    joined.ask(lambda api: go.wait(30), lambda _: got.append("slow"))
    joined.ask(lambda api: api.status().version, lambda _: got.append("quick"))
    qtbot.waitUntil(lambda: got == ["quick"], timeout=PATIENCE)
    go.set()
    qtbot.waitUntil(lambda: got == ["quick", "slow"], timeout=PATIENCE)


def test_a_fault_in_a_call_becomes_an_error_with_a_way_on(qtbot: QtBot, joined: Link) -> None:
    failed: list[BridgeError] = []
    nothing: dict[str, str] = {}
    joined.ask(lambda api: nothing["here"], lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed), timeout=PATIENCE)
    assert isinstance(failed[0], UsageError) and "same release" in failed[0].hint
    assert failed[0].details["fault"] == "KeyError: 'here'"


def make_canvas(title: str) -> Callable[[Api], object]:
    """A call that makes a canvas and changes it, which everybody hears of."""

    def call(api: Api) -> object:
        made = api.create_canvas("Untitled").canvas.id
        return api.apply(made, [SetCanvasTitle(title=title)])

    return call


def test_it_survives_a_restart_on_another_port(qtbot: QtBot, home: Path) -> None:
    link = Link(home)
    heard = Heard(link)
    with running_server(home) as first:
        with qtbot.waitSignal(link.back, timeout=PATIENCE):
            link.start()
        qtbot.waitUntil(lambda: heard.said == ["back", "resync"], timeout=PATIENCE)
        old_port = first.address.port
        with qtbot.waitSignal(link.event, timeout=PATIENCE):
            link.ask(make_canvas("One"), lambda _: None)
    qtbot.waitUntil(lambda: bool(heard.words), timeout=PATIENCE)
    assert heard.words == ["The bridge stopped just now. Takes on disk are safe; jobs at providers go on."]
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # where the system still holds it, nobody gets it either
            stack.enter_context(socket.create_server(("127.0.0.1", old_port)))
        second = stack.enter_context(running_server(home))
        qtbot.waitUntil(lambda: heard.said[-2:] == ["back", "resync"], timeout=PATIENCE)
        assert second.address.port != old_port
        titles: list[list[str]] = []
        link.ask(lambda api: api.canvases(), lambda found: titles.append([*found.values()]))
        qtbot.waitUntil(lambda: titles == [["One"]], timeout=PATIENCE)
        events = len(heard.events)
        link.ask(make_canvas("Two"), lambda _: None)
        qtbot.waitUntil(lambda: len(heard.events) > events, timeout=PATIENCE)
        link.close()
    assert heard.said.count("away") == 1
