"""One bridge at a time in a mailbox: two would overwrite each other's requests, and an agent would answer to both.

The lock is the operating system's and ends with the process: what a crashed bridge leaves locks nobody out.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path
from typing import IO

from takebridge.store.data_folder import held_by_another

logger = logging.getLogger(__name__)

LOCK_FILE = "bridge.lock"
_TRIES = 5
"""The file may go between opening and locking it, when its owner leaves at that moment."""


class Taken(Exception):
    """Another bridge has the mailbox."""

    def __init__(self, folder: Path, owner: int | None) -> None:
        who = f"Another bridge (process {owner})" if owner else "Another bridge"
        super().__init__(
            f"{who} uses the mailbox {folder}; this one stays off it. Stop that bridge; or set TAKEBRIDGE_MAILBOX to "
            "another folder, start this one again and run 'takebridge install resolve'."
        )


class MailboxLock:
    """The lock of one folder. `take` before anything is written there."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """Take the lock and say whether it is newly ours. Raises Taken, and OSError when no file can be made.

        A folder that was deleted and made again is another one: its lock has to be taken anew.
        """
        if self._file is not None and _is(self._path, self._file):
            return False
        self._let_go()
        for _ in range(_TRIES):
            file = self._opened()
            if _is(self._path, file):
                self._file = file
                return True
            file.close()
        raise Taken(self._path.parent, None)

    def release(self) -> None:
        """Let the next bridge in. The file goes first, while it is ours: nobody else's can be deleted."""
        if self._file is None:
            return
        if os.name == "nt":
            self._let_go()  # an open file cannot be deleted there
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._let_go()

    def _opened(self) -> IO[str]:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(handle, "r+", encoding="utf-8")
        try:
            if _held(file):
                raise Taken(self._path.parent, _owner(file))
            file.truncate(0)
            file.write(json.dumps({"pid": os.getpid()}))
            file.flush()
        except BaseException:
            file.close()
            raise
        return file

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _held(file: IO[str]) -> bool:
    """Whether another process has the lock. A volume that knows no locks cannot tell two bridges apart."""
    try:
        return held_by_another(file)
    except OSError as error:
        logger.warning("the mailbox cannot be locked, a second bridge in it would not be noticed: %s", error)
        return False


def _is(path: Path, file: IO[str]) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


def _owner(file: IO[str]) -> int | None:
    try:
        file.seek(0)
        return int(json.loads(file.read(200))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
