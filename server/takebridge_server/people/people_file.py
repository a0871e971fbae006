"""``people.json`` on disk: private, written whole or not at all, read again only when it has changed."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from takebridge.errors import StoreError
from takebridge_server.people.kept import PEOPLE_FILE, Content
from takebridge_server.private_file import read_private, write_private

_MOST_BYTES = 8 * 2**20
_Mark = tuple[int, int, int, int]


class PeopleFile:
    """One data folder's file. Not thread-safe; `PeopleStore` is."""

    def __init__(self, home: Path) -> None:
        self.path = home / PEOPLE_FILE
        self._mark: _Mark | None = None
        self._content = Content()

    def read(self) -> Content:
        """Return what is kept, nothing where there is no file.

        Raises UnsafeFolderError and StoreError for a file that others can open or that is damaged.
        """
        mark = self._mark_now()
        if mark is None:
            return Content()
        if mark != self._mark:
            data = read_private(self.path, _MOST_BYTES, "nobody is signed in")
            if data is None:
                return Content()
            self._content = _parsed(self.path, data)
            self._mark = mark
        return self._content

    def write(self, content: Content) -> None:
        """Put ``content`` in the file's place. Raises DiskFullError, UsageError; then the file is as it was."""
        text = content.model_dump_json(indent=1) + "\n"
        self._mark = None
        write_private(self.path, text)

    def _mark_now(self) -> _Mark | None:
        """Tell one state of the file from another: a file put in its place has another inode, a chmod another ctime."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _parsed(path: Path, data: bytes) -> Content:
    try:
        return Content.model_validate_json(data)
    except ValidationError as error:
        raise StoreError(
            f"{PEOPLE_FILE} in the data folder is damaged, so nobody is signed in and no invite counts.",
            hint=f"Delete {path}, then run 'takebridge open' and invite people anew.",
        ) from error
