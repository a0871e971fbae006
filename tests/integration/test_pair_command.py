"""``takebridge pair`` and ``takebridge panels`` as a person runs them, and a panel that finds its bridge again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.panel_line import Bench, Panel, dial, panel_bench
from tests.support.server import PATIENCE
from tests.support.whole_bridge import whole_bridge
from typer.testing import CliRunner

from takebridge.client.http import BridgeClient
from takebridge_server.cli import app
from takebridge_server.pairing import Pairing
from takebridge_server.token_file import read_token_file


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run a command in this process: its exit code and what it printed, on one line."""
    done = CliRunner().invoke(app, [*words, "--home", str(home)])
    return done.exit_code, " ".join(done.output.split())


class Waiting:
    """``takebridge pair``, running beside the test."""

    def __init__(self, bench: Bench, *words: str) -> None:
        self._said: list[tuple[int, str]] = []
        words = ("pair", *words)
        self._thread = threading.Thread(target=lambda: self._said.append(said(bench.running.home, *words)))
        self._thread.start()
        bench.running.wait_until(bench.door.codes.live)
        made = bench.door.codes.live()
        assert made is not None
        self.code: Pairing = made

    def ended(self) -> tuple[int, str]:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self._said[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with panel_bench(tmp_path / "home") as made:
        yield made


def pair_with(bench: Bench, code: str, name: str = "Premiere on desk") -> Panel:
    panel = bench.dial()
    panel.say("pair", code=code, name=name)
    panel.token = panel.hear("paired")["token"]
    return panel


def try_in_vain(bench: Bench, code: str) -> None:
    with bench.dial() as guess:
        guess.say("pair", code=code, name="x")
        guess.hear("refused")


# --- pair -----------------------------------------------------------------------------------------------


def test_it_shows_port_and_code_and_says_when_it_was_used(bench: Bench) -> None:
    waiting = Waiting(bench)
    pair_with(bench, waiting.code.code).close()
    exit_code, told = waiting.ended()
    assert exit_code == 0
    assert f"port {bench.running.port}" in told
    shown = re.search(r"code (\d{3} \d{3})\b", told)
    assert shown is not None and shown[1].replace(" ", "") == waiting.code.code
    assert "Premiere" in told and "60 seconds" in told
    assert "Paired: Premiere on desk" in told


def test_as_json_it_says_the_code_at_once_and_then_what_became_of_it(bench: Bench) -> None:
    waiting = Waiting(bench, "premiere", "--json")
    panel = pair_with(bench, waiting.code.code)
    exit_code, told = waiting.ended()
    first, second = (json.loads(line) for line in told.replace("} {", "}\n{").splitlines())
    assert exit_code == 0
    assert (first["code"], first["port"]) == (waiting.code.code, bench.running.port)
    assert 55 <= first["seconds"] <= 60
    assert (second["state"], second["panel"]["name"]) == ("paired", "Premiere on desk")
    assert panel.token not in told
    panel.close()


def expire(bench: Bench, code: str) -> None:
    bench.clock.now += 61


def guess_five_times(bench: Bench, code: str) -> None:
    for _ in range(5):
        try_in_vain(bench, f"{(int(code) + 1) % 10**6:06d}")


def ask_anew(bench: Bench, code: str) -> None:
    bench.code()


@pytest.mark.parametrize(
    ("happens", "words"),
    [(expire, "not used within 60 seconds"), (guess_five_times, "tried 5 times"), (ask_anew, "Another code")],
)
def test_it_says_why_nobody_was_paired(bench: Bench, happens: Any, words: str) -> None:
    waiting = Waiting(bench)
    happens(bench, waiting.code.code)
    exit_code, told = waiting.ended()
    assert exit_code == 1
    assert words in told and "takebridge pair" in told
    assert bench.door.store.panels() == []


@pytest.mark.parametrize("words", [("resolve",), ("final cut",)])
def test_an_editor_that_is_not_paired_by_code(bench: Bench, words: tuple[str, ...]) -> None:
    exit_code, told = said(bench.running.home, "pair", *words)
    assert (exit_code, "takebridge pair" in told) == (1, True)


def test_without_a_bridge_it_says_how_to_start_one(tmp_path: Path) -> None:
    for words in (("pair",), ("panels",), ("panels", "revoke", "x")):
        exit_code, told = said(tmp_path, *words)
        assert (exit_code, "takebridge serve" in told) == (1, True), words
        exit_code, told = said(tmp_path, *words, "--json")
        assert (exit_code, json.loads(told)["error"]["code"]) == (1, "not_found"), words


# --- panels ---------------------------------------------------------------------------------------------


def test_panels_are_listed_and_lose_their_leave_by_name_or_id(bench: Bench) -> None:
    home = bench.running.home
    assert "No panel is paired" in said(home, "panels")[1]
    with bench.paired("Premiere on desk") as first, bench.paired("Second") as second, bench.paired("Second") as third:
        first.hello()
        exit_code, told = said(home, "panels")
        assert exit_code == 0
        assert told.count("connected") == 3 and first.id in told and "Premiere on desk" in told
        [desk, *_] = json.loads(said(home, "panels", "--json")[1])
        assert (desk["id"], desk["session"], desk["connected"]) == (first.id, first.session, True)
        exit_code, told = said(home, "panels", "revoke", "Second")
        assert (exit_code, second.id in told, third.id in told) == (1, True, True)
        assert said(home, "panels", "revoke", second.id)[0] == 0
        assert second.closed_with() == 4003
        assert "may not use" in said(home, "panels", "revoke", "Premiere on desk")[1]
        assert first.closed_with() == 4003
        assert [one["id"] for one in json.loads(said(home, "panels", "--json")[1])] == [third.id]
    exit_code, told = said(home, "panels", "revoke", "Nobody")
    assert (exit_code, "takebridge panels" in told) == (1, True)


def test_an_unsafe_file_is_said_in_words(bench: Bench) -> None:
    bench.paired().close()
    (bench.running.home / "panels.json").chmod(0o644)
    for words in (("panels",), ("pair",), ("panels", "revoke", "x")):
        exit_code, told = said(bench.running.home, *words)
        assert (exit_code, "chmod 600" in told) == (1, True), words


# --- the whole bridge -----------------------------------------------------------------------------------


def test_a_panel_works_with_the_whole_bridge_through_its_socket(tmp_path: Path) -> None:
    with whole_bridge(tmp_path / "home") as running, running.client() as client:
        code = client.post("/api/panels/pair", json={}).json()["code"]
        with dial(running.port) as panel:
            panel.say("pair", code=code, name="Premiere")
            panel.hear("paired")
            panel.hello()
            assert panel.ask("POST", "/api/canvases", {"title": "Tee für 2 😀"})["status"] == 201
            [title] = panel.ask("GET", "/api/canvases")["body"].values()
            assert title == "Tee für 2 😀"
            [host] = panel.ask("GET", "/api/status")["body"]["hosts"]
            assert (host["session"], host["host"], host["alive"]) == (panel.session, "premiere", True)
            panel.say("request", id="spot", method="GET", path="/api/hosts/spot")
            op = panel.hear("op")["op"]
            assert op["verb"] in ("selection.peek", "host.status")
            error = {"code": "host_busy", "message": "A dialog is open.", "hint": "Close it."}
            panel.answer(op["id"], "not_applied", error=error)
            assert panel.hear("response", id="spot")["body"]["message"] == "A dialog is open."
        (running.home / "panels.json").chmod(0o644)
        assert any("chmod 600" in one for one in client.get("/api/status").json()["problems"])


# A bridge without use cases: what is looked at here is its door, its port and its log.
PROGRAM = """
from takebridge_server.api.panels import panels_router
from takebridge_server.panel_door import PanelDoor
from takebridge_server.panel_socket import panel_socket_router
from takebridge_server.serve import serve
from takebridge_server.settings import load_settings
from takebridge_server.shell import build_shell

settings = load_settings()

def build(address):
    shell = build_shell(address)
    door = PanelDoor(settings.home, shell.hub, shell.bus, shell.board)
    shell.include_router(panels_router(door, address.port))
    shell.include_router(panel_socket_router(door, shell, shell.rules))
    return shell

serve(settings, build, ready=lambda url: print(url, flush=True))
"""


@contextlib.contextmanager
def served(home: Path, log: Path) -> Iterator[None]:
    """A bridge in a process of its own, at the level debug, until the block ends."""
    environ = {**os.environ, "TAKEBRIDGE_HOME": str(home), "TAKEBRIDGE_LOG_LEVEL": "debug"}
    with (
        log.open("a") as file,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=environ, stdout=subprocess.PIPE, stderr=file, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("http://")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def test_a_panel_finds_the_restarted_bridge_and_no_secret_is_in_the_log(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    with served(home, log):
        address = read_token_file(home)
        with BridgeClient(home) as client, dial(address.port) as panel:
            code = str(client.post("/api/panels/pair")["code"])
            panel.say("pair", code=code, name="Premiere")
            told = panel.hear("paired")
            panel.hello()
            greeted = panel.greeting["bridge"]
    with served(home, log), dial(address.port) as panel:
        assert panel.greeting["bridge"] == greeted
        panel.say("auth", token=told["token"])
        assert panel.hear("authenticated")["id"] == told["id"]
        panel.hello()
    written = log.read_text()
    assert "/panel" in written, "the log speaks of the socket"
    for secret in (told["token"][:16], told["token"][-16:], rf"\b{code}\b"):
        assert not re.search(secret, written)
