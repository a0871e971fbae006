"""The data folder: where everything durable lives, owned by one bridge process at a time."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from takebridge.errors import DataFolderLockedError, DiskFullError, StoreError, UnsafeFolderError
from takebridge.store.blobs import PARTS

LOCK_NAME = "bridge.lock"
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""How systems say that somebody else has the lock: flock EAGAIN, Windows the other two."""


def private_folder(path: Path) -> Path:
    """Create ``path`` readable by its owner only; raises UnsafeFolderError for a file, or StoreError when refused."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UnsafeFolderError(f"{path} is a file, not a folder.", hint="Choose another data folder.") from error
    except OSError as error:
        raise StoreError(
            f"The data folder {path} cannot be created: {error.strerror}.",
            hint="Set TAKEBRIDGE_HOME to a folder you may write to.",
        ) from error
    return path


@dataclass(frozen=True, slots=True)
class DataLayout:
    """Paths inside the data folder; nothing else knows them."""

    home: Path

    @property
    def project_db(self) -> Path:
        """Canvases, takes, clip links (WAL, synchronous=NORMAL)."""
        return self.home / "project.db"

    @property
    def epoch_mark(self) -> Path:
        """Says which project database was here last (`takebridge.store.epochs`)."""
        return self.home / "project.mark"

    @property
    def ledger_db(self) -> Path:
        """Money (WAL, synchronous=FULL): a file of its own, so that no reset of anything else can lose it."""
        return self.home / "ledger.db"

    @property
    def jobs_db(self) -> Path:
        """The job engine's own file."""
        return self.home / "jobs.db"

    @property
    def media(self) -> Path:
        """The content-addressed media store."""
        return self.home / "media"

    @property
    def takes(self) -> Path:
        """Takes under names for humans: what editors import."""
        return self.home / "takes"

    @property
    def sheets(self) -> Path:
        """Contact sheets: pictures to look at, made anew whenever they are asked for."""
        return self.home / "sheets"

    @property
    def previews(self) -> Path:
        """Posters, proxies, peaks … of stored media: may be deleted at any time, they are made anew."""
        return self.home / "previews"

    @property
    def uploads(self) -> Path:
        """Uploads of pages, as far as they have come: kept over a restart, swept a week after the last byte."""
        return self.home / "uploads"

    @property
    def scratch(self) -> Path:
        """Files being made, on the same volume as the store."""
        return self.home / "scratch"


class DataFolder:
    """The data folder, locked. Use as a context manager; the lock is the process's, a crash releases it."""

    def __init__(self, home: Path) -> None:
        self.layout = DataLayout(home)
        self._lock_file: IO[str] | None = None

    def __enter__(self) -> DataFolder:
        home = private_folder(self.layout.home)
        for folder in (self.layout.media, self.layout.takes, self.layout.scratch):
            private_folder(folder)
        self._lock_file = _lock(home / LOCK_NAME)
        _empty(self.layout.scratch)
        _empty(private_folder(self.layout.media / PARTS))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def _empty(folder: Path) -> None:
    """Remove what a crashed process was making; nobody else uses the folder while we hold the lock."""
    for left in folder.iterdir():
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _lock(path: Path) -> IO[str]:
    """Take the exclusive lock. Raises DataFolderLockedError naming the owner's pid, DiskFullError or StoreError."""
    with contextlib.ExitStack() as undo:
        try:
            file = undo.enter_context(open(path, "a+", encoding="utf-8"))
            held = held_by_another(file)
            if not held:
                file.truncate(0)
                file.write(json.dumps({"pid": os.getpid()}))
                file.flush()
        except OSError as error:
            raise _unusable(path.parent, error) from error
        if held:
            owner = _owner(path)
            name = f" (process {owner})" if owner else ""
            raise DataFolderLockedError(f"Another bridge{name} is using {path.parent}.", pid=owner)
        undo.pop_all()  # the file stays open as long as the lock
        return file


def held_by_another(file: IO[str]) -> bool:
    """Lock an open file for this process, until it is closed; True when somebody else has it. Raises OSError."""
    try:
        _lock_handle(file)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return True
    return False


def _unusable(folder: Path, error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"There is no space left in {folder}.")
    return StoreError(
        f"The data folder {folder} cannot be locked: {error.strerror}.",
        hint="Set TAKEBRIDGE_HOME to a folder of your own on a local drive.",
    )


def _owner(path: Path) -> int | None:
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


if sys.platform == "win32":
    import msvcrt

    def _lock_handle(file: IO[str]) -> None:
        # The byte locked lies far behind the text, so that others can still read who owns the folder.
        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock_handle(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
