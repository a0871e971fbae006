"""Two caches of pictures: pixels in memory, counted in bytes, and files on disk, named by content."""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from typing import Generic, TypeVar
from uuid import uuid4

from takebridge.ids import BlobHash

MEMORY_BYTES = 128 * 1024 * 1024
DISK_BYTES = 1024 * 1024 * 1024
T = TypeVar("T")


class ByteCache(Generic[T]):
    """Keeps what was used last, as many bytes of it as it may. What alone is larger than that is not kept."""

    def __init__(self, limit: int = MEMORY_BYTES) -> None:
        self.limit = limit
        self.bytes = 0
        self._held: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under ``key``; it counts as used."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Keep ``value`` of ``size`` bytes, and let go of what was not used for longest."""
        self.drop(key)
        if size > self.limit:
            return
        self._held[key] = (value, size)
        self.bytes += size
        while self.bytes > self.limit:
            _, (_, freed) = self._held.popitem(last=False)
            self.bytes -= freed

    def drop(self, key: Hashable) -> None:
        """Let go of ``key``."""
        found = self._held.pop(key, None)
        if found is not None:
            self.bytes -= found[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._held.clear()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._held)


class PictureFiles:
    """Files of the bridge that never change, kept in a folder: ``poster``, ``sprite`` and ``proxy`` by content.

    A folder that cannot be written only makes things slower.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, content: BlobHash, kind: str) -> Path:
        """Return where the file of this kind is, or would be."""
        return self.folder / kind / content.removeprefix("b3:")

    def read(self, content: BlobHash, kind: str) -> bytes | None:
        """Return the file; None when it is not here."""
        path = self.path(content, kind)
        try:
            found = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return found or None

    def write(self, content: BlobHash, kind: str, data: bytes) -> None:
        """Keep a file: whole, or not at all."""
        path = self.path(content, kind)
        part = path.with_name(f"{path.name}.{uuid4().hex}.part")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_bytes(data)
            part.replace(path)

    def prune(self, limit: int = DISK_BYTES) -> None:
        """Remove the files that were not used for longest, until the others have ``limit`` bytes or less."""
        with contextlib.suppress(OSError):
            found = [(path, path.stat()) for path in self.folder.rglob("*") if path.is_file()]
            total = sum(facts.st_size for _, facts in found)
            for path, facts in sorted(found, key=lambda one: one[1].st_mtime):
                if total <= limit:
                    return
                path.unlink(missing_ok=True)
                total -= facts.st_size
