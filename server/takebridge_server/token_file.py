"""The token file: how clients of the same user find the running bridge and prove who they are.

``<home>/bridge.json`` holds url, token, pid and protocol; it exists exactly while a bridge accepts connections.
"""

from __future__ import annotations

import os
import secrets
import socket
import stat
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from takebridge.errors import DataFolderLockedError, NotFoundError, UnsafeFolderError
from takebridge.hosts.protocol import PROTOCOL_VERSION
from takebridge_server.settings import LOOPBACK, require_private

TOKEN_FILE = "bridge.json"  # noqa: S105 - a file name
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


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


def new_address(port: int) -> BridgeAddress:
    """Return this process's address on ``port`` with a fresh token."""
    return BridgeAddress(url=f"http://{LOOPBACK}:{port}", token=secrets.token_hex(32), pid=os.getpid())


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
    return _process_exists(address.pid) and _accepts(address.port)


def refuse_second_bridge(home: Path) -> None:
    """Raise DataFolderLockedError when a live bridge of another process has this home, UnsafeFolderError as above."""
    try:
        other = read_token_file(home)
    except NotFoundError:
        return
    if other.pid != os.getpid() and is_alive(other):
        raise DataFolderLockedError(
            f"A bridge is running on {other.url} already (process {other.pid}).", pid=other.pid, url=other.url
        )


def write_token_file(home: Path, address: BridgeAddress) -> None:
    """Publish ``address``; a stale file is replaced.

    Raises DataFolderLockedError when another live bridge published first, UnsafeFolderError for an unsafe file.
    """
    path = home / TOKEN_FILE
    refuse_second_bridge(home)
    path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise DataFolderLockedError("Another bridge started in this data folder just now.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(address.model_dump_json() + "\n")


def remove_token_file(home: Path, address: BridgeAddress) -> None:
    """Remove the file if it is still the one of ``address``; anything else stays."""
    try:
        found = read_token_file(home)
    except (NotFoundError, UnsafeFolderError):
        return
    if secrets.compare_digest(found.token, address.token):
        (home / TOKEN_FILE).unlink(missing_ok=True)


def _read_private(path: Path) -> bytes:
    """Read at most 4 KiB of a plain private file; checked on the open file, so it cannot be swapped in between."""
    if os.path.islink(path):  # Path.is_symlink raises where the folder may not be looked into
        raise _unsafe(path, "is a symbolic link")
    try:
        handle = os.open(path, os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0))
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


def _process_exists(pid: int) -> bool:
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
