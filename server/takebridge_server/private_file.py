"""Small files of the data folder that only their owner may open, written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from takebridge.client.private import require_private
from takebridge.errors import UnsafeFolderError
from takebridge.media.publish import publishing


def read_private(path: Path, most: int, so: str) -> bytes | None:
    """Return up to ``most`` bytes of a plain file that nobody else can open, None where there is none.

    ``so`` ends the sentence of a refusal: what does not work now, in the user's words. Raises UnsafeFolderError.
    """
    # Non-blocking: opening a pipe that somebody put there must not wait for its writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unsafe(path, f"cannot be opened ({error.strerror})", so) from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _unsafe(path, "is not a plain file", so)
        require_private(path, found)
        return file.read(most)


def write_private(path: Path, text: str) -> None:
    """Put ``text`` in the file's place, for its owner only. Raises DiskFullError, UsageError; then it is as it was."""
    with publishing(path) as part:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)


def _unsafe(path: Path, problem: str, so: str) -> UnsafeFolderError:
    return UnsafeFolderError(
        f"{path} {problem}, so {so}.", hint="Find out who put it there, then delete it.", path=str(path)
    )
