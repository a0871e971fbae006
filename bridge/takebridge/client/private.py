"""Files and folders with secrets: theirs who made them, and nobody else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from takebridge.errors import UnsafeFolderError


def require_private(path: Path, found: os.stat_result) -> None:
    """Raise UnsafeFolderError when somebody but the owner can read or write ``path``, or it is someone else's.

    Windows has no mode bits to look at: the default folder there is closed by its access list.
    """
    if os.name == "nt":
        return
    if found.st_uid != os.geteuid():
        raise UnsafeFolderError(
            f"{path} belongs to another user.",
            hint="Point TAKEBRIDGE_HOME at a folder of your own.",
            path=str(path),
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise UnsafeFolderError(
            f"Other users of this machine can open {path}.",
            hint=f"Run: chmod {mode} '{path}'",
            path=str(path),
        )
