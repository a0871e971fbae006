"""Watching an exchange folder: which files editors put there are whole and may be read.

A file is *settled* when several looks in a row saw it unchanged; formats that do not show where they end (EDL, AAF)
take more looks. Looks are counted, not timed: clocks of network drives are not ours, and a copy that stalls is found
out by its broken end when it is read. Folders ending in ``.fcpxmld`` are one document.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LOOKS: Mapping[str, int] = {".otio": 2, ".fcpxml": 2, ".fcpxmld": 2, ".xml": 2, ".edl": 4, ".aaf": 4}
"""Suffixes editors export, and in how many looks a file must have been the same."""

STATE_FOLDER = ".takebridge"

MOST_BYTES = 256 * 1024 * 1024
"""Larger documents are not opened."""

_MOST_FILES = 10_000
_UNFINISHED = ("~", ".part", ".partial", ".tmp", ".crdownload", ".download")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look said of a document: bytes, newest change (ns), files in it, and since how many looks it is so."""

    size: int
    changed_ns: int
    files: int = 1
    looks: int = 1

    def same_as(self, other: Sighting) -> bool:
        """Say whether both looks saw the same."""
        return (self.size, self.changed_ns, self.files) == (other.size, other.changed_ns, other.files)


def look(folder: Path, before: Mapping[str, Sighting]) -> dict[str, Sighting]:
    """Look once: every document by its name, with the looks since it last changed.

    Files that cannot be looked at (gone meanwhile, locked) are left out: the next look counts them from one. Raises
    OSError when the folder itself cannot be read.
    """
    seen: dict[str, Sighting] = {}
    for entry in _documents(folder):
        sighting = _sighting(entry)
        if sighting is None:
            continue
        last = before.get(entry.name)
        looks = last.looks + 1 if last is not None and last.same_as(sighting) else 1
        seen[entry.name] = Sighting(sighting.size, sighting.changed_ns, sighting.files, looks)
    return seen


def settled(name: str, sighting: Sighting) -> bool:
    """Say whether a document has been the same long enough to be read. Empty ones never are."""
    return sighting.size > 0 and sighting.looks >= LOOKS[Path(name).suffix.lower()]


def _documents(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= _MOST_FILES:
                return
            if not entry.name.startswith(".") and not entry.name.lower().endswith(_UNFINISHED):
                suffix = Path(entry.name).suffix.lower()
                if suffix in LOOKS and _is_document(entry, suffix):
                    yield entry


def _is_document(entry: os.DirEntry[str], suffix: str) -> bool:
    """Links are not followed: they could lead anywhere."""
    if suffix == ".fcpxmld":
        return entry.is_dir(follow_symlinks=False)
    return entry.is_file(follow_symlinks=False)


def _sighting(entry: os.DirEntry[str]) -> Sighting | None:
    try:
        if entry.is_file(follow_symlinks=False):
            facts = entry.stat(follow_symlinks=False)
            return Sighting(facts.st_size, facts.st_mtime_ns)
        inside = [path.lstat() for path in Path(entry.path).rglob("*") if path.is_file() and not path.is_symlink()]
    except OSError:
        return None
    if not any(Path(entry.path, name).is_file() for name in ("Info.fcpxml", "info.fcpxml")):
        return None
    return Sighting(sum(f.st_size for f in inside), max(f.st_mtime_ns for f in inside), len(inside))
