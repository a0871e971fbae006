"""The media store: files named by the BLAKE3 of their bytes, written once, never changed.

``<root>/b3/ab/cd/<64 hex><suffix>``, mode 0444. A file of ours enters by hard link, a file of the user's only by
reflink or copy: a hard link shares the inode, and an editor that writes in place would change the stored bytes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from blake3 import blake3

from takebridge.errors import BlobMissingError, DiskFullError, StoreError
from takebridge.ids import BlobHash

PARTS = "parts"
"""Folder of the store where files are before they are whole; emptied when the data folder is opened."""

_FICLONE = 0x40049409  # linux/fs.h
_HASH = re.compile(r"b3:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file. ``how`` tells the way it came in: "present", "reflink", "link" or "copy"."""

    hash: BlobHash
    size: int
    path: Path
    how: str


def hash_file(path: Path) -> BlobHash:
    """BLAKE3 of a file's bytes as ``b3:<hex>``."""
    hasher = blake3(max_threads=blake3.AUTO)
    hasher.update_mmap(path)
    return BlobHash(f"b3:{hasher.hexdigest()}")


class BlobStore:
    """Content-addressed files under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.parts = root / PARTS

    def add_own(self, path: Path, *, suffix: str | None = None) -> Blob:
        """Take in a file this bridge made: hard link, or copy across volumes. The file stays where it is.

        It is kept under its own ending, or ``suffix``.
        """
        return self._add(path, ways=("link", "copy"), suffix=suffix)

    def add_foreign(self, path: Path) -> Blob:
        """Take in a file that belongs to somebody else: reflink or copy, never a hard link."""
        return self._add(path, ways=("reflink", "copy"))

    def add_bytes(self, data: bytes, suffix: str) -> Blob:
        """Take in bytes made in this process, such as a text; ``suffix`` says what they are (".txt")."""
        content = BlobHash(f"b3:{blake3(data).hexdigest()}")
        folder = self._folder(content)
        target = folder / f"{content.removeprefix('b3:')}{suffix}"
        with _temporary(self.parts, f"a {suffix} file") as part:
            if (present := self._find(content)) is not None:
                _sync_folders(folder)
                return Blob(content, len(data), present, "present")
            folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            _sync(part)
            part.chmod(0o444)
            part.replace(target)
            _sync_folders(folder)
            return Blob(content, len(data), target, "copy")

    def path_of(self, content: BlobHash) -> Path:
        """Return the stored file. Raises BlobMissingError."""
        found = self._find(content)
        if found is None:
            raise BlobMissingError(
                f"The media store no longer has {content[:15]}….",
                hint="Restore the data folder from a backup, or generate the take again.",
            )
        return found

    def has(self, content: BlobHash) -> bool:
        """Say whether the bytes are stored."""
        return self._find(content) is not None

    def verify(self, content: BlobHash) -> bool:
        """Hash the stored bytes again."""
        return hash_file(self.path_of(content)) == content

    def lend(self, content: BlobHash, target: Path) -> Path:
        """Put the bytes at ``target`` under another name (hard link, or copy across volumes), atomically.

        A file with other bytes that is there already is never overwritten: StoreError.
        """
        source = self.path_of(content)
        with _explained(target.name):
            if target.exists():
                if target.is_file() and (source.samefile(target) or hash_file(target) == content):
                    return target
                raise StoreError(f"{target.name} exists and is another file.", hint=f"Move it away: {target}")
        with _temporary(target.parent, target.name) as part:
            _bring(source, part, ("link", "copy"))
            part.replace(target)
        return target

    def _find(self, content: BlobHash) -> Path | None:
        if not _HASH.fullmatch(content):
            return None
        return next(self._folder(content).glob(f"{content.removeprefix('b3:')}*"), None)

    def _folder(self, content: BlobHash) -> Path:
        name = content.removeprefix("b3:")
        return self.root / "b3" / name[:2] / name[2:4]

    def _add(self, path: Path, ways: tuple[str, ...], suffix: str | None = None) -> Blob:
        with _explained(path.name):
            content = hash_file(path)
        folder = self._folder(content)
        target = folder / f"{content.removeprefix('b3:')}{path.suffix.lower() if suffix is None else suffix}"
        with _temporary(self.parts, path.name) as part:
            if (present := self._find(content)) is not None:
                _sync_folders(folder)  # whoever stored it may have failed right here
                return Blob(content, present.stat().st_size, present, "present")
            folder.mkdir(parents=True, exist_ok=True)
            how = _bring(path, part, ways)
            if how != "link" and hash_file(part) != content:
                raise StoreError(f"{path.name} changed while it was being read.", hint="Try again when it is complete.")
            _sync(part)
            part.chmod(0o444)
            part.replace(target)
            _sync_folders(folder)
            return Blob(content, target.stat().st_size, target, how)


@contextlib.contextmanager
def _temporary(folder: Path, name: str) -> Iterator[Path]:
    """Name a part file in ``folder``; whatever is left of it on the way out is removed. Errors say ``name``."""
    part = folder / f".{uuid4().hex}.part"
    with _explained(name):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            yield part
        finally:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                part.unlink()


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"There is no space left to keep {name}.") from error
        raise StoreError(f"{name} cannot be stored: {error.strerror or error}.") from error


def _bring(source: Path, target: Path, ways: tuple[str, ...]) -> str:
    for way in ways:
        if way == "copy":
            shutil.copyfile(source, target)
            return way
        with contextlib.suppress(OSError):
            os.link(source, target) if way == "link" else _reflink(source, target)
            return way
    raise StoreError(f"{source.name} cannot be stored.")


def _reflink(source: Path, target: Path) -> None:
    """Clone the extents (btrfs, xfs, …); raises OSError where the file system cannot."""
    if sys.platform != "linux":
        raise OSError(errno.ENOTSUP, "no reflink")
    import fcntl

    with source.open("rb") as read, target.open("xb") as write:
        try:
            fcntl.ioctl(write.fileno(), _FICLONE, read.fileno())
        except OSError:
            target.unlink()
            raise


def _sync_folders(folder: Path) -> None:
    """Make a name in ``<root>/b3/ab/cd`` last, and those of the folders it is in."""
    for level in (folder, *folder.parents[:3]):
        _sync(level)


def _sync(path: Path) -> None:
    """fsync a file or folder (Windows cannot open folders: skipped there, and syncs only what is open to write)."""
    windows = sys.platform == "win32"
    if windows and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
