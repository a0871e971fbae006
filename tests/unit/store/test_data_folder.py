"""One bridge process per data folder: real processes, real locks."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from takebridge.errors import DataFolderLockedError, StoreError, UnsafeFolderError
from takebridge.store.data_folder import LOCK_NAME, DataFolder, private_folder

_OWNER = """
import sys
from pathlib import Path
from takebridge.store.data_folder import DataFolder
with DataFolder(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@contextmanager
def owner_process(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns ``home`` until its stdin is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_second_process_is_refused_and_told_the_pid_of_the_first(tmp_path: Path) -> None:
    with owner_process(tmp_path / "home") as owner:
        with pytest.raises(DataFolderLockedError) as caught, DataFolder(tmp_path / "home"):
            pass
        assert str(owner.pid) in caught.value.message
        assert caught.value.details["pid"] == owner.pid
        with pytest.raises(DataFolderLockedError), DataFolder(tmp_path / "home"):
            pass  # a refused attempt has not loosened the lock


def test_lock_ends_with_its_process_even_when_killed(tmp_path: Path) -> None:
    with owner_process(tmp_path / "home") as owner:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        with DataFolder(tmp_path / "home"):
            assert str(os.getpid()) in (tmp_path / "home" / LOCK_NAME).read_text()


def test_lock_is_free_after_a_clean_exit_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), DataFolder(tmp_path):
        raise RuntimeError
    with DataFolder(tmp_path):
        pass
    with DataFolder(tmp_path):
        pass


def test_same_process_cannot_open_the_folder_twice(tmp_path: Path) -> None:
    with DataFolder(tmp_path), pytest.raises(DataFolderLockedError), DataFolder(tmp_path):
        pass


def test_children_of_the_owner_do_not_inherit_the_lock(tmp_path: Path) -> None:
    with DataFolder(tmp_path):
        command = [sys.executable, "-c", "print(flush=True); input()"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
        # Its program runs: Linux lets the parent go on a moment before exec has closed what is not inherited.
        assert child.stdout is not None and child.stdout.readline()
    try:
        with DataFolder(tmp_path):
            pass
    finally:
        child.communicate(b"\n")


def test_folders_are_open_to_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with DataFolder(tmp_path / "home") as folder:
            layout = folder.layout
            for path in (layout.home, layout.media, layout.takes, layout.scratch):
                assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    finally:
        os.umask(before)


@pytest.mark.parametrize("inner", ["", "takes"])
def test_file_in_place_of_a_folder_is_refused_and_left_alone(tmp_path: Path, inner: str) -> None:
    home = tmp_path / "home"
    if inner:
        home.mkdir()
    (home / inner).write_text("mine")
    with pytest.raises(UnsafeFolderError), DataFolder(home):
        pass
    assert (home / inner).read_text() == "mine"


def test_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        private_folder(tmp_path / "file" / "home")
    assert caught.value.hint


def test_folder_in_place_of_the_lock_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(StoreError) as caught, DataFolder(tmp_path):
        pass
    assert not isinstance(caught.value, DataFolderLockedError)


def test_unreadable_lock_text_still_says_that_the_folder_is_in_use(tmp_path: Path) -> None:
    with owner_process(tmp_path) as _owner:
        (tmp_path / LOCK_NAME).write_text("not json")
        with pytest.raises(DataFolderLockedError) as caught, DataFolder(tmp_path):
            pass
        assert "pid" not in caught.value.details
