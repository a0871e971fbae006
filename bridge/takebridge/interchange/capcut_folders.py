"""Folders of CapCut: where it keeps its drafts, and how one of ours appears there whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from takebridge.errors import BridgeError, DiskFullError, StoreError, UsageError
from takebridge.media.publish import sync

_ROOT = ("CapCut", "User Data", "Projects", "com.lveditor.draft")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MOST_NAMES = 1000
_ELSEWHERE = "Choose another folder with --draft-root."


def draft_root(
    system: str = sys.platform, environment: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path | None:
    """Return where CapCut keeps its drafts on this system; None where there is no CapCut (Linux).

    Windows: ``%LOCALAPPDATA%``, macOS: ``~/Movies`` (users' reports of both; a person may have moved it in CapCut's
    settings).
    """
    if system == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local, *_ROOT) if local else None
    return (home or Path.home()).joinpath("Movies", *_ROOT) if system == "darwin" else None


def free_name(folder: Path, name: str) -> Path:
    """Return the first of “name”, “name 2” … that is not in ``folder``. Raises StoreError when there are too many."""
    for number in range(1, _MOST_NAMES + 1):
        path = folder / (name if number == 1 else f"{name} {number}")
        if not os.path.lexists(path):
            return path
    raise StoreError(f"There are {_MOST_NAMES} drafts called “{name}”.", hint="Give the film another title.")


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """Give a folder beside ``final`` to fill; on a clean exit it becomes ``final``, else nothing is left of it.

    Raises UsageError where no folder can be made, DiskFullError, and StoreError when ``final`` appeared meanwhile.
    """
    part = final.with_name(f".{final.name}.{uuid4().hex[:8]}.part")
    try:
        part.mkdir(parents=True)
        yield part
        for path in [one for one in part.rglob("*") if one.is_file()]:
            sync(path)
        _renamed(part, final)
        sync(final.parent)
    except OSError as error:
        raise in_words(error, final) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def in_words(error: OSError, final: Path) -> BridgeError:
    """Say what a drive refused."""
    if error.errno in _FULL:
        return DiskFullError(f"The drive is full: “{final.name}” could not be written.")
    why = error.strerror or "unknown reason"
    return UsageError(f"“{final.name}” cannot be written to {final.parent}: {why}.", hint=_ELSEWHERE)


def _renamed(part: Path, final: Path) -> None:
    if os.path.lexists(final):
        raise StoreError(f"“{final.name}” has appeared meanwhile; it is left as it is.", hint="Run the command again.")
    part.rename(final)
