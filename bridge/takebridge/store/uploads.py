"""Uploads on the drive: the bytes that have come, and beside them how many of those are safe.

``<id>.data`` and ``<id>.json`` in a folder of their own. The JSON is written after the bytes it counts were synced and
appears whole or not at all, so bytes beyond its ``offset`` are what a crash left: they are cut off and sent again.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from takebridge.ids import BlobHash
from takebridge.media.publish import publishing, sync
from takebridge.store.data_folder import private_folder

_ID = re.compile(r"upload_[0-9a-f]{32}")


class Upload(BaseModel):
    """One upload. ``offset`` bytes of ``bytes`` are safe; ``touched_at`` is when the last ones came (Unix time).

    ``expected`` is the content the sender announced. A finished one has ``content`` and ``facts``, one that was refused
    the ``problem`` as it goes on the wire; neither has bytes here any more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    bytes: int
    offset: int = 0
    touched_at: int
    expected: BlobHash | None = None
    content: BlobHash | None = None
    facts: Mapping[str, bool | int | str] = {}
    problem: Mapping[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Say whether bytes may still come."""
        return self.content is None and self.problem is None


class UploadStore:
    """The uploads of one data folder. Not locked: `services.uploads` lets one at a time write an upload."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Upload]:
        """Return every upload that can be read."""
        found = (self.get(path.stem) for path in sorted(self.folder.glob("*.json")))
        return [upload for upload in found if upload is not None]

    def get(self, upload_id: str) -> Upload | None:
        """Return an upload, None when there is none of this id or what is kept of it is damaged."""
        if not _ID.fullmatch(upload_id):
            return None
        try:
            return Upload.model_validate_json(self._state(upload_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def save(self, upload: Upload) -> None:
        """Keep what is known of an upload. Raises DiskFullError, StoreError."""
        private_folder(self.folder)
        with publishing(self._state(upload.id)) as part:
            part.write_text(upload.model_dump_json(), "utf-8")

    def data(self, upload_id: str) -> Path:
        """Return where the bytes are."""
        return self.folder / f"{upload_id}.data"

    def open(self, upload: Upload) -> UploadFile:
        """Open the bytes behind the safe ones. Raises OSError."""
        return UploadFile(self.data(upload.id), upload.offset)

    def remove_data(self, upload_id: str) -> None:
        """Give the space back; what is known of the upload stays."""
        self.data(upload_id).unlink(missing_ok=True)

    def remove(self, upload_id: str) -> None:
        """Forget an upload. What is known goes first: bytes without it are swept, the reverse would be a lie."""
        self._state(upload_id).unlink(missing_ok=True)
        for left in self.folder.glob(f"{upload_id}.*"):
            left.unlink(missing_ok=True)

    def strays(self) -> list[str]:
        """Return ids of uploads of which only bytes or a damaged note are left."""
        if not self.folder.is_dir():
            return []
        ids = {path.name.split(".")[0] for path in self.folder.iterdir()}
        return sorted(one for one in ids if _ID.fullmatch(one) and self.get(one) is None)

    def _state(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.json"


class UploadFile:
    """The bytes of one upload, open behind the safe ones. ``at`` is where the next ones go."""

    def __init__(self, path: Path, offset: int) -> None:
        self._path = path
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b", 0)
        held = os.fstat(self._file.fileno()).st_size
        self.at = min(offset, held)
        self._file.truncate(self.at)
        self._file.seek(self.at)

    def write(self, data: bytes) -> None:
        """Append. Raises OSError; what was written by then is not counted in ``at``."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.at += len(data)

    def cut(self, offset: int) -> None:
        """Give back what lies behind ``offset``."""
        self._file.truncate(offset)
        self._file.seek(offset)
        self.at = offset

    def sync(self) -> None:
        """Make what was written last, its name included. Raises OSError."""
        os.fsync(self._file.fileno())
        sync(self._path.parent)

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self._file.close()
