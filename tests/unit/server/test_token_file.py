from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from takebridge.errors import DataFolderLockedError, NotFoundError, UnsafeFolderError
from takebridge.hosts.protocol import PROTOCOL_VERSION
from takebridge_server.settings import prepare_home
from takebridge_server.token_file import (
    BridgeAddress,
    is_alive,
    new_address,
    read_token_file,
    refuse_second_bridge,
    remove_token_file,
    write_token_file,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prepare_home(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def live_pid() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


def other_bridge(pid: int, port: int) -> BridgeAddress:
    return BridgeAddress(url=f"http://127.0.0.1:{port}", token="a" * 64, pid=pid)


def test_what_is_written_is_private_and_complete(home: Path) -> None:
    address = new_address(4711)
    write_token_file(home, address)
    path = home / "bridge.json"
    assert path.stat().st_mode & 0o777 == 0o600
    written = json.loads(path.read_text())
    assert written == {
        "url": "http://127.0.0.1:4711",
        "token": address.token,
        "pid": os.getpid(),
        "protocol": PROTOCOL_VERSION,
    }
    assert re.fullmatch("[0-9a-f]{64}", written["token"])
    assert read_token_file(home) == address
    assert read_token_file(home).port == 4711


def test_private_even_with_an_open_umask(home: Path) -> None:
    before = os.umask(0)
    try:
        write_token_file(home, new_address(1))
    finally:
        os.umask(before)
    assert (home / "bridge.json").stat().st_mode & 0o777 == 0o600


def test_every_token_is_new_and_never_shown() -> None:
    tokens = {new_address(1).token for _ in range(50)}
    assert len(tokens) == 50
    address = new_address(1)
    assert address.token not in repr(address)
    assert address.token not in str(address)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_others_can_open_is_refused(home: Path, mode: int) -> None:
    write_token_file(home, new_address(1))
    path = home / "bridge.json"
    os.chmod(path, mode)
    content = path.read_bytes()
    for use in (read_token_file, refuse_second_bridge, lambda home: write_token_file(home, new_address(2))):
        with pytest.raises(UnsafeFolderError) as refused:
            use(home)
        assert "chmod 600" in refused.value.hint
    remove_token_file(home, new_address(1))
    assert path.read_bytes() == content


@pytest.mark.parametrize("dangling", [True, False])
def test_a_symbolic_link_is_refused_and_its_target_untouched(home: Path, tmp_path: Path, dangling: bool) -> None:
    target = tmp_path / "elsewhere.json"
    if not dangling:
        target.write_text("precious")
        target.chmod(0o600)
    (home / "bridge.json").symlink_to(target)
    for use in (read_token_file, lambda home: write_token_file(home, new_address(2))):
        with pytest.raises(UnsafeFolderError) as refused:
            use(home)
        assert "symbolic link" in refused.value.message
        assert refused.value.hint
    assert target.exists() != dangling
    assert dangling or target.read_text() == "precious"


def test_a_pipe_in_its_place_is_refused_and_not_waited_for(home: Path) -> None:
    os.mkfifo(home / "bridge.json", 0o600)
    with pytest.raises(UnsafeFolderError):
        read_token_file(home)


def test_no_file_means_no_bridge(home: Path) -> None:
    with pytest.raises(NotFoundError) as missing:
        read_token_file(home)
    assert "takebridge serve" in missing.value.hint


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"url": "http://evil.com:80", "token": "' + "a" * 64 + '", "pid": 1, "protocol": "1.0"}',
        '{"url": "http://127.0.0.1:80", "token": "short", "pid": 1, "protocol": "1.0"}',
        '{"url": "http://127.0.0.1:80", "token": "' + "a" * 64 + '", "pid": -1, "protocol": "1.0"}',
    ],
)
def test_garbage_is_not_believed_and_replaced(home: Path, content: str) -> None:
    path = home / "bridge.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(NotFoundError) as unreadable:
        read_token_file(home)
    assert unreadable.value.hint
    address = new_address(1)
    write_token_file(home, address)
    assert read_token_file(home) == address


def test_a_file_of_a_dead_process_is_replaced(home: Path, dead_pid: int, port: int) -> None:
    write_token_file(home, other_bridge(dead_pid, port))
    assert not is_alive(read_token_file(home))
    ours = new_address(1)
    write_token_file(home, ours)
    assert read_token_file(home) == ours


def test_a_number_taken_over_by_another_process_is_stale(home: Path, live_pid: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed_port = listener.getsockname()[1]
    write_token_file(home, other_bridge(live_pid, closed_port))
    assert not is_alive(read_token_file(home))


def test_a_live_bridge_keeps_its_file(home: Path, live_pid: int, port: int) -> None:
    theirs = other_bridge(live_pid, port)
    write_token_file(home, theirs)
    assert is_alive(theirs)
    for use in (refuse_second_bridge, lambda home: write_token_file(home, new_address(2))):
        with pytest.raises(DataFolderLockedError) as locked:
            use(home)
        assert str(live_pid) in locked.value.message
        assert locked.value.hint
    assert read_token_file(home) == theirs


def test_only_our_own_file_is_removed(home: Path) -> None:
    ours, theirs = new_address(1), new_address(2)
    write_token_file(home, theirs)
    remove_token_file(home, ours)
    assert read_token_file(home) == theirs
    remove_token_file(home, theirs)
    assert not (home / "bridge.json").exists()
    remove_token_file(home, theirs)
