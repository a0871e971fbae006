"""The token file, as the server writes it: published while the bridge accepts connections, removed when it stops.

How clients read it is `takebridge.client.address`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from takebridge.client.address import (
    LOOPBACK,
    NOFOLLOW,
    TOKEN_FILE,
    BridgeAddress,
    is_alive,
    read_token_file,
)
from takebridge.errors import DataFolderLockedError, NotFoundError, UnsafeFolderError

__all__ = [
    "TOKEN_FILE",
    "BridgeAddress",
    "is_alive",
    "new_address",
    "read_token_file",
    "refuse_second_bridge",
    "remove_token_file",
    "write_token_file",
]


def new_address(port: int) -> BridgeAddress:
    """Return this process's address on ``port`` with a fresh token."""
    return BridgeAddress(url=f"http://{LOOPBACK}:{port}", token=secrets.token_hex(32), pid=os.getpid())


def refuse_second_bridge(home: Path, own: str = "") -> None:
    """Raise DataFolderLockedError when a live bridge of another process has this home.

    ``own`` is the URL this process listens on already: one left behind there by a bridge that was killed would answer.
    Raises UnsafeFolderError as `read_token_file` does.
    """
    try:
        other = read_token_file(home)
    except NotFoundError:
        return
    if other.pid != os.getpid() and other.url != own and is_alive(other):
        raise DataFolderLockedError(
            f"A bridge is running on {other.url} already (process {other.pid}).", pid=other.pid, url=other.url
        )


def write_token_file(home: Path, address: BridgeAddress) -> None:
    """Publish ``address``; a stale file is replaced.

    Raises DataFolderLockedError when another live bridge published first, UnsafeFolderError for an unsafe file.
    """
    path = home / TOKEN_FILE
    refuse_second_bridge(home, own=address.url)
    path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
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
