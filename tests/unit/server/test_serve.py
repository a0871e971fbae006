"""The runner as a process of its own: start, stop, crash, second start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from takebridge.errors import UnsafeFolderError, UsageError
from takebridge_server.serve import WS_PING_SECONDS, BridgeServer, bind, last_port
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.shell import build_shell
from takebridge_server.token_file import new_address, read_token_file

# Prints the URL when ready, and a BridgeError as JSON; the bare shell without any use case.
PROGRAM = """
import json, sys
from takebridge.errors import BridgeError
from takebridge_server.serve import serve
from takebridge_server.settings import load_settings
from takebridge_server.shell import build_shell

def build(address):
    shell = build_shell(address)
    @shell.get("/fail")
    async def fail():
        raise RuntimeError(f"a traceback with {address.token}")
    return shell

try:
    serve(load_settings(), build, ready=lambda url: print(url, flush=True))
except BridgeError as error:
    print(json.dumps(error.to_wire()), flush=True)
    sys.exit(1)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def begin(**environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "TAKEBRIDGE_HOME": str(home), "TAKEBRIDGE_LOG_LEVEL": "debug", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(home: Path, path: str) -> httpx.Response:
    address = read_token_file(home)
    with httpx.Client(base_url=address.url, trust_env=False) as client:
        return client.get(path, headers={"Authorization": f"Bearer {address.token}"})


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_leaves_nothing_behind(home: Path, start: Start, sign: signal.Signals) -> None:
    process = start()
    url = first_line(process)
    address = read_token_file(home)
    assert (address.url, address.pid) == (url, process.pid)
    assert ask(home, "/healthz").json() == {"ok": True}
    process.send_signal(sign)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert [path.name for path in home.iterdir()] == ["last-port"], "the port alone is kept for the next start"


def test_the_token_is_in_no_log_line_even_at_debug(home: Path, start: Start) -> None:
    process = start()
    first_line(process)
    token = read_token_file(home).token
    assert ask(home, f"/openapi.json?token={token}").status_code == 200
    assert ask(home, f"/live/{token}").status_code == 404
    assert ask(home, "/fail").status_code == 500
    process.terminate()
    out, log = process.communicate(timeout=30)
    assert "/openapi.json" in log, "the log speaks of the requests"
    assert "RuntimeError" in log, "and of the incident"
    assert token not in log + out


def test_a_killed_bridge_is_replaced(home: Path, start: Start) -> None:
    killed = start()
    first_line(killed)
    killed.kill()
    killed.wait()
    stale = read_token_file(home)
    following = start()
    first_line(following)
    fresh = read_token_file(home)
    assert fresh.pid == following.pid
    assert fresh.token != stale.token
    assert ask(home, "/healthz").is_success


def test_a_second_bridge_is_refused_and_the_first_goes_on(home: Path, start: Start) -> None:
    first = start()
    first_line(first)
    address = read_token_file(home)
    second = start()
    error: dict[str, Any] = json.loads(first_line(second))
    assert second.wait(timeout=30) == 1
    assert error["code"] == "data_folder_locked"
    assert str(first.pid) in error["message"]
    assert read_token_file(home) == address
    assert ask(home, "/healthz").is_success


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_an_unsafe_token_file_stops_the_start(home: Path, start: Start, mode: int) -> None:
    home.mkdir(mode=0o700)
    path = home / "bridge.json"
    path.write_text("{}")
    path.chmod(mode)
    process = start()
    error = json.loads(first_line(process))
    assert process.wait(timeout=30) == 1
    assert error["code"] == "unsafe_folder"
    assert error["hint"]
    assert path.read_text() == "{}"


def test_a_port_in_use_is_said_in_words(home: Path, start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(TAKEBRIDGE_PORT=str(port))
        error = json.loads(first_line(process))
        assert process.wait(timeout=30) == 1
    assert error["code"] == "usage"
    assert str(port) in error["message"]
    assert not (home / "bridge.json").exists()


def test_a_chosen_port_is_taken(tmp_path: Path) -> None:
    with bind(Settings(home=tmp_path)) as any_port:
        port = any_port.getsockname()[1]
    with bind(Settings(home=tmp_path, port=port)) as chosen:
        assert chosen.getsockname() == ("127.0.0.1", port)
        with pytest.raises(UsageError):
            bind(Settings(home=tmp_path, port=port))


def test_a_restart_keeps_the_port_and_a_taken_one_is_given_up(home: Path, start: Start) -> None:
    first = start()
    url = first_line(first)
    first.terminate()
    first.communicate(timeout=30)
    second = start()
    assert first_line(second) == url
    second.terminate()
    second.communicate(timeout=30)
    with socket.create_server(("127.0.0.1", last_port(home))):
        third = start()
        moved = first_line(third)
        assert moved != url
        third.terminate()
        _, log = third.communicate(timeout=30)
    assert "used by another program" in log
    assert moved.endswith(f":{last_port(home)}")


def test_a_chosen_port_is_taken_whatever_was_had_last(home: Path, start: Start) -> None:
    with bind(Settings(home=home)) as free, bind(Settings(home=home)) as other:
        chosen, before = free.getsockname()[1], other.getsockname()[1]
    home.mkdir(mode=0o700)
    (home / "last-port").write_text(f"{before}\n")
    process = start(TAKEBRIDGE_PORT=str(chosen))
    assert first_line(process) == f"http://127.0.0.1:{chosen}"
    assert last_port(home) == chosen


@pytest.mark.parametrize("said", [b"", b"x", b"-1", b"0", b"80", b"65536", b"4711.5", b"\xff\xfe", b"9" * 5000])
def test_a_port_file_nobody_can_use_is_no_port(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "last-port").write_bytes(said)
    assert last_port(tmp_path) == 0


def test_no_pong_is_waited_for(home: Path) -> None:
    """A modal dialog in Premiere holds a panel up for minutes; uvicorn would cut it after 20 s of its own accord."""
    settings = Settings(home=home)
    address = new_address(4711)
    config = BridgeServer(build_shell(address), settings, address).config
    assert (config.ws_ping_interval, config.ws_ping_timeout) == (WS_PING_SECONDS, None)


def test_a_token_file_that_appears_meanwhile_stops_the_server(home: Path, tmp_path: Path) -> None:
    """Between bind and ready another bridge may publish first: ours then stops instead of serving unknown."""
    settings = Settings(home=home)
    prepare_home(home)
    (home / "bridge.json").symlink_to(tmp_path / "elsewhere")
    with bind(settings) as listener:
        address = new_address(listener.getsockname()[1])
        server = BridgeServer(build_shell(address), settings, address)
        server.run([listener])
    assert isinstance(server.failure, UnsafeFolderError)
    assert (home / "bridge.json").is_symlink()
