"""A file appears whole or not at all: ``name.part.ext`` beside the target, verified, synced, renamed."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from takebridge.errors import DiskFullError, UsageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT)
SPARE = 1.2
"""Factor on the estimated size that must be free before an encode starts (media_performance §8)."""


@contextmanager
def publishing(dst: Path, *, estimate: int = 0) -> Iterator[Path]:
    """Give the path to write to; on a clean exit sync it and put it in ``dst``'s place, else delete it.

    ``estimate``: bytes expected. Raises UsageError (no folder one may write to) and DiskFullError, before or after.
    """
    dst = Path(os.path.abspath(dst))
    _check_target(dst)
    require_space(dst.parent, estimate)
    part = dst.with_name(f"{dst.stem}.part{dst.suffix}")
    try:
        part.unlink(missing_ok=True)  # what a crash left, or a link somebody laid: it would be written through
        yield part
        sync(part)
        os.replace(part, dst)
        sync(dst.parent)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(f"The drive is full: “{dst.name}” could not be written.") from error
        if error.errno in _FORBIDDEN and error.filename in (part, str(part), str(dst)):
            raise UsageError(
                f"“{dst.name}” cannot be written there: {error.strerror}.", hint="Choose a folder you may write to."
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def require_space(folder: Path, estimate: int) -> None:
    """Raise DiskFullError unless ``estimate`` x 1.2 bytes are free."""
    free = shutil.disk_usage(folder).free
    needed = int(estimate * SPARE)
    if free < needed:
        raise DiskFullError(
            f"About {_megabytes(needed)} are needed, but only {_megabytes(free)} are free.", needed=needed, free=free
        )


def sync(path: Path) -> None:
    """Flush a file or folder to the drive, so that a name never outlives its bytes."""
    if sys.platform == "win32" and path.is_dir():
        return  # folders cannot be opened there; NTFS journals the rename
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_target(dst: Path) -> None:
    if not dst.parent.is_dir():
        raise UsageError(f"The folder “{dst.parent}” does not exist.", hint="Create it, or choose another target.")
    if dst.is_dir():
        raise UsageError(f"“{dst.name}” is a folder.", hint="Give the name of a file to write.")


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
