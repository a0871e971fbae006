"""Where the bridge of a data folder is and how a client proves who it is: the reading side of the token file.

``<home>/bridge.json`` holds url, token, pid and protocol; it exists exactly while a bridge accepts connections.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from takebridge.client.private import require_private
from takebridge.errors import NotFoundError, UnsafeFolderError
from takebridge.hosts.protocol import PROTOCOL_VERSION

LOOPBACK = "127.0.0.1"
TOKEN_FILE = "bridge.json"  # noqa: S105 - a file name
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


class BridgeAddress(BaseModel):
    """Content of the token file. ``token`` is 32 random bytes in hex and never shown by ``repr``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, StringConstraints(pattern=r"^http://127\.0\.0\.1:[0-9]{1,5}$")]
    token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(repr=False)
    pid: int = Field(gt=0)
    protocol: str = PROTOCOL_VERSION

    @property
    def port(self) -> int:
        """The port of ``url``."""
        return urlsplit(self.url).port or 0


def read_token_file(home: Path) -> BridgeAddress:
    """Return the running bridge's address.

    Raises NotFoundError when there is no (readable) token file, UnsafeFolderError when it is a symbolic link or
    others can open it. Whether that bridge still lives is for `is_alive` to say.
    """
    path = home / TOKEN_FILE
    try:
        content = _read_private(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError("No bridge is running.", hint="Start it with 'takebridge serve'.") from error
    try:
        return BridgeAddress.model_validate_json(content)
    except ValidationError as error:
        raise NotFoundError(
            f"{path} is not a token file of this release.",
            hint="Stop the bridge, delete the file and start the bridge again.",
            path=str(path),
        ) from error


def is_alive(address: BridgeAddress) -> bool:
    """Say whether the bridge of ``address`` still runs: its process exists and its port accepts."""
    return process_exists(address.pid) and _accepts(address.port)


def _read_private(path: Path) -> bytes:
    """Read at most 4 KiB of a plain private file; checked on the open file, so it cannot be swapped in between."""
    if os.path.islink(path):  # Path.is_symlink raises where the folder may not be looked into
        raise _unsafe(path, "is a symbolic link")
    try:
        handle = os.open(path, os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise _unsafe(path, f"cannot be opened ({error.strerror})") from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _unsafe(path, "is not a plain file")
        require_private(path, found)
        return file.read(4096)


def _unsafe(path: Path, problem: str) -> UnsafeFolderError:
    return UnsafeFolderError(
        f"The token file {path} {problem}.",
        hint="Find out who put it there, then delete it and start the bridge again.",
        path=str(path),
    )


def process_exists(pid: int) -> bool:
    """Say whether there is such a process; on Windows nobody can ask harmlessly, and the answer is yes."""
    if os.name == "nt":
        return True  # os.kill would end the process there; the port decides alone
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
