"""Locks that the operating system drops when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from takebridge.errors import ProviderUnavailableError

_LOOK_AGAIN_SECONDS = 0.02


class FileLock:
    """One held lock. `release` or the end of the process frees it."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    def release(self) -> None:
        """Free the lock; repeating does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def try_lock(path: Path) -> FileLock | None:
    """Take the lock of ``path`` (the file is made, and stays), or None when another holder lives.

    ``flock`` belongs to the open file, so two tries in one process exclude each other too.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # not inherited by children (PEP 446)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return FileLock(handle)


def is_held(path: Path) -> bool:
    """Say whether somebody holds the lock right now."""
    lock = try_lock(path)
    if lock is not None:
        lock.release()
    return lock is None


def wait_until_free(path: Path, seconds: float) -> bool:
    """Wait until nobody holds the lock; False when that took longer than ``seconds``."""
    deadline = time.monotonic() + seconds
    while is_held(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
    return True


@contextmanager
def locked(path: Path, seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock for a block, waiting up to ``seconds``. Raises ProviderUnavailableError after that."""
    deadline = time.monotonic() + seconds
    while (lock := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise ProviderUnavailableError(
                "Another bridge has been starting this job for a minute.",
                hint="Close the other bridge, then try again.",
            )
        time.sleep(_LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.release()
