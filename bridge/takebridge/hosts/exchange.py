"""An exchange folder: editors export timelines into it, answers are written beside them.

Nothing half-written is read: a document must have settled (`folder_scan`), must be whole when parsed, and must not have
changed while it was read. Nothing is overwritten: an answer takes a name that is free. What is ours, and which exports
have been dealt with, is kept in ``.takebridge/known.json`` by content: an export over an answer's name counts as an
export, and a restart deals with nothing twice.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from takebridge.cut.model import Cut
from takebridge.errors import BridgeError, DiskFullError, InterchangeError, NotFoundError
from takebridge.hosts.folder_names import answer_name, take_apart, timeline_id
from takebridge.hosts.folder_scan import STATE_FOLDER, Sighting, look, settled
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

KnownFiles = Callable[[], Mapping[str, str]]
"""Gives the stamps of files delivered so far, by file name."""

_CHUNK = 1 << 20
_KNOWN = "known.json"
_MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Export:
    """One document an editor exported. ``revision`` names its bytes, ``timeline`` all versions of one timeline.

    ``version`` and ``answer_to`` are read out of its name; ``handled`` says that it was dealt with before.
    """

    path: Path
    cut: Cut
    format: str
    losses: tuple[str, ...]
    timeline: str
    title: str
    version: int | None
    answer_to: int | None
    revision: str
    changed_ns: int
    handled: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A settled document that could not be read; it is tried again when it changes."""

    name: str
    error: BridgeError


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: exports not seen before, oldest first, and documents that could not be read."""

    exports: tuple[Export, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as written: where, under what name the editor will see it, and what its format could not hold."""

    path: Path
    name: str
    losses: tuple[str, ...]


class ExchangeFolder:
    """One folder. ``rate`` is for documents that do not say theirs (EDL). Not for two threads at a time."""

    def __init__(self, folder: Path, known_files: KnownFiles = dict, rate: FrameRate | None = None) -> None:
        self.folder = folder
        self._known_files = known_files
        self._rate = rate
        self._sightings: dict[str, Sighting] = {}
        self._read: dict[str, Sighting] = {}
        self._latest: dict[str, Export] = {}

    def look(self) -> Seen:
        """Look once and read what has settled since. Raises NotFoundError when the folder is gone."""
        try:
            self._sightings = look(self.folder, self._sightings)
        except OSError as error:
            raise NotFoundError(
                f"The exchange folder “{self.folder.name}” cannot be read: {error.strerror}.",
                hint="Connect the drive, or choose another exchange folder.",
            ) from error
        exports: list[Export] = []
        unreadable: list[Unreadable] = []
        for name in self._due():
            try:
                export = self._taken(name)
            except BridgeError as error:
                unreadable.append(Unreadable(name, error))
                continue
            if export is not None:
                exports.append(export)
        exports.sort(key=lambda export: (export.changed_ns, export.version or 0, export.path.name))
        self._latest.update({export.timeline: export for export in exports})
        return Seen(tuple(exports), tuple(unreadable))

    def latest(self, timeline: str) -> Export:
        """Return the newest export of a timeline. Raises NotFoundError."""
        if timeline not in self._latest:
            raise NotFoundError(
                "This timeline has not been exported to the exchange folder.", hint="Export it from the editor first."
            )
        return self._latest[timeline]

    def timelines(self) -> tuple[Export, ...]:
        """The newest export of each timeline, the one exported last at the end."""
        return tuple(sorted(self._latest.values(), key=lambda export: (export.changed_ns, export.path.name)))

    def publish(self, export: Export, cut: Cut) -> Answer:
        """Write the answer to an export beside it, whole or not at all, in the export's own format.

        Raises InterchangeError and DiskFullError; then nothing is there.
        """
        suffix = ".fcpxml" if export.path.suffix.lower() == ".fcpxmld" else export.path.suffix
        name = answer_name(export.cut.name or export.path.stem, self._is_taken(suffix))
        stem = answer_name(export.path.stem, self._is_taken(suffix))
        work = self._state() / f"{uuid4().hex}{suffix}"
        target = self.folder / f"{stem}{suffix}"
        try:
            losses = write_cut(replace(cut, name=name), work)
            self._remember("answers", _digest(work))
            _place(work, target)
        except OSError as error:
            raise _in_words(error, target.name) from error
        finally:
            with contextlib.suppress(OSError):
                work.unlink()
        return Answer(target, name, losses)

    def mark_handled(self, export: Export) -> None:
        """Remember that an export has been dealt with, also after a restart."""
        try:
            self._remember("handled", export.revision)
        except OSError as error:
            raise _in_words(error, export.path.name) from error

    # --- looking ---

    def _due(self) -> list[str]:
        """Names of settled documents whose present state has not been read yet."""
        gone = self._read.keys() - self._sightings.keys()
        for name in gone:
            del self._read[name]
        return [
            name
            for name, sighting in sorted(self._sightings.items())
            if settled(name, sighting) and not (name in self._read and self._read[name].same_as(sighting))
        ]

    def _taken(self, name: str) -> Export | None:
        """Read a settled document. None when it is ours, or changed while it was read (then it is due again)."""
        sighting = self._sightings[name]
        path = self.folder / name
        try:
            revision = _digest(path)
        except PermissionError:
            return None  # locked by whoever writes it: the next look tries again
        except OSError as error:
            raise _in_words(error, name) from error
        self._read[name] = sighting
        known = self._known()
        if revision in known["answers"]:
            return None
        rate = self._rate if path.suffix.lower() == ".edl" else None
        read = read_cut(path, rate=rate, known_files=self._known_files())
        if _digest(path) != revision:
            del self._read[name]
            return None
        export = _export(path, read.cut, read.format, read.losses, revision, sighting)
        return replace(export, handled=revision in known["handled"])

    # --- what is ours ---

    def _is_taken(self, suffix: str) -> Callable[[str], bool]:
        return lambda name: (self.folder / f"{name}{suffix}").exists()

    def _state(self) -> Path:
        folder = self.folder / STATE_FOLDER
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _in_words(error, STATE_FOLDER) from error
        return folder

    def _known(self) -> dict[str, list[str]]:
        """Digests by what they are. A file that is gone or broken counts as empty: at worst one is asked twice."""
        try:
            said = json.loads((self.folder / STATE_FOLDER / _KNOWN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            said = {}
        lists = said if isinstance(said, dict) else {}
        return {name: [str(item) for item in lists.get(name) or ()] for name in ("answers", "handled")}

    def _remember(self, what: str, digest: str) -> None:
        known = self._known()
        known[what] = [*(item for item in known[what] if item != digest), digest][-_MOST_KNOWN:]
        target = self._state() / _KNOWN
        part = target.with_name(f"{uuid4().hex}.part")
        part.write_text(json.dumps(known, indent=0), encoding="utf-8")
        part.replace(target)


def _place(work: Path, target: Path) -> None:
    """Give a finished file its name, never over another. Raises FileExistsError."""
    try:
        os.link(work, target)
    except FileExistsError:
        raise
    except OSError:  # no hard links here (exFAT, some network drives)
        target.open("xb").close()
        work.replace(target)


def _export(path: Path, cut: Cut, kind: str, losses: tuple[str, ...], revision: str, sighting: Sighting) -> Export:
    named = take_apart(cut.name or path.stem)
    of_file = take_apart(path.stem)
    return Export(
        path=path,
        cut=cut,
        format=kind,
        losses=losses,
        timeline=timeline_id(cut.project_name, named.title),
        title=named.title,
        version=named.version if named.version is not None else of_file.version,
        answer_to=named.answer if named.answer is not None else of_file.answer,
        revision=revision,
        changed_ns=sighting.changed_ns,
    )


def _digest(path: Path) -> str:
    """Name the bytes of a document; of a bundle those of all its files."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _in_words(error: OSError, name: str) -> BridgeError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"There is no space left in the exchange folder to write {name}.")
    return InterchangeError(
        f"{name} in the exchange folder: {error.strerror or error}.",
        hint="Check that the folder exists and may be written.",
    )
