"""An exchange folder: editors export timelines into it, answers are written beside them.

Nothing half-written is read: a document must have settled (`folder_scan`), must be whole when parsed, and must not have
changed while it was read. Nothing is overwritten: an answer takes a name that is free. What is ours, and which exports
have been dealt with, is kept by content (`folder_memory`): an export over an answer's name counts as an export, and a
restart deals with nothing twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from takebridge.cut.model import Cut
from takebridge.errors import BridgeError, InvalidDocumentError, NotFoundError
from takebridge.hosts.folder_memory import Known, Memory, in_words
from takebridge.hosts.folder_names import answer_name, project_of, take_apart, timeline_id
from takebridge.hosts.folder_scan import LOOKS, MOST_BYTES, Sighting, look, settled
from takebridge.interchange.documents import dialect_of, read_cut, write_cut
from takebridge.timebase import FrameRate

KnownFiles = Callable[[], Mapping[str, str]]
"""Gives the stamps of files delivered so far, by file name."""

logger = logging.getLogger(__name__)

_CHUNK = 1 << 20
_MOST_READ = 50
"""Documents read in one look; the rest waits for the next, so that a folder full of old exports blocks nothing."""

_LOCKED_LOOKS = 20
"""After so many looks a file that is still locked is named."""


@dataclass(frozen=True, slots=True)
class Export:
    """One document an editor exported.

    ``revision`` names its bytes, ``timeline`` all versions of one timeline, ``project`` what that belongs to by name.
    ``version`` and ``answer_to`` are read out of its name; ``handled`` says that it was dealt with before. ``arrived``
    counts the look that saw these bytes first.
    """

    path: Path
    cut: Cut
    format: str
    losses: tuple[str, ...]
    timeline: str
    project: str
    title: str
    version: int | None
    answer_to: int | None
    revision: str
    changed_ns: int
    handled: bool = False
    arrived: int = 0

    @property
    def age(self) -> tuple[int, bool, int, int, str]:
        """Sorts exports, the newest last: what came later is newer, whatever its name or date say; of what was there
        together what has been dealt with is older, then dates count."""
        return self.arrived, not self.handled, self.changed_ns, self.version or 0, self.path.name


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
    names: frozenset[str] = frozenset()
    """Names of all documents that are there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as written: where, under what name the editor will see it, and what its format could not hold."""

    path: Path
    name: str
    losses: tuple[str, ...]


class ExchangeFolder:
    """One folder. ``rate`` is for documents that do not say theirs (EDL). Not for two threads at a time."""

    suffixes: frozenset[str] = frozenset(LOOKS)
    """Documents that count in it."""

    def __init__(self, folder: Path, known_files: KnownFiles = dict, rate: FrameRate | None = None) -> None:
        self.folder = folder
        self._known_files = known_files
        self._rate = rate
        self._memory = Memory(folder)
        self._looks = 0
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
        self._looks += 1
        due = self._due()
        exports, unreadable = self._all_taken(due) if due else ([], [])
        exports.sort(key=lambda export: export.age)
        for export in exports:
            newest = self._latest.get(export.timeline)
            if newest is None or newest.age <= export.age:
                self._latest[export.timeline] = export
        return Seen(tuple(exports), tuple(unreadable), frozenset(self._sightings))

    def delivered_names(self) -> frozenset[str]:
        """Return the names of the files delivered so far."""
        return frozenset(self._known_files())

    def answer_names(self) -> frozenset[str]:
        """Return the names answers were written under so far, whether they are still there or not."""
        return frozenset(name for given in self._memory.known().given.values() for name, _ in given)

    def is_unchanged(self, export: Export) -> bool:
        """Say whether a document still has the bytes it was read with."""
        try:
            return _digest(export.path) == export.revision
        except OSError:
            return False

    def latest(self, timeline: str) -> Export:
        """Return the newest export of a timeline. Raises NotFoundError."""
        if timeline not in self._latest:
            raise NotFoundError(
                "This timeline has not been exported to the exchange folder.", hint="Export it from the editor first."
            )
        return self._latest[timeline]

    def timelines(self) -> tuple[Export, ...]:
        """The newest export of each timeline, the one exported last at the end."""
        return tuple(sorted(self._latest.values(), key=lambda export: export.age))

    def publish(self, export: Export, cut: Cut) -> Answer:
        """Write the answer to an export beside it, whole or not at all, in the export's own format.

        Raises InterchangeError and DiskFullError; then nothing is there.
        """
        suffix = ".fcpxml" if export.path.suffix.lower() == ".fcpxmld" else export.path.suffix
        named = answer_name(export.path.stem, export.cut.name, lambda name: (self.folder / f"{name}{suffix}").exists())
        wanted, dialect = replace(cut, name=named.timeline), dialect_of(export.cut)

        def write(work: Path) -> tuple[str, ...]:
            return write_cut(wanted, work, target=dialect)

        return self._written(export, f"{named.file}{suffix}", named.timeline, write)

    def _written(self, export: Export, file: str, name: str, write: Callable[[Path], tuple[str, ...]]) -> Answer:
        """Let ``write`` make an answer's file, note it as ours and give it its name, whole or not at all."""
        target = self.folder / file
        work = self._memory.place() / f"{uuid4().hex}{target.suffix}"
        try:
            losses = write(work)
            for made in [work, *sorted(set(work.parent.glob(f"{work.stem}*")) - {work})]:  # an EDL has a file a track
                there = target.with_stem(target.stem + made.stem.removeprefix(work.stem))
                self._memory.answered(export.revision, there.name, _digest(made))
                _place(made, there)
        except OSError as error:
            raise in_words(error, target.name) from error
        finally:
            for left in work.parent.glob(f"{work.stem}*"):
                with contextlib.suppress(OSError):
                    left.unlink()
        return Answer(target, name, losses)

    def answer_to(self, export: Export) -> Path | None:
        """Return the answer that was written to an export, where it is still there as it was written."""
        for name, digest in self._memory.known().given.get(export.revision, ()):
            path = self.folder / name
            with contextlib.suppress(OSError):
                if _digest(path) == digest:
                    return path
        return None

    def mark_handled(self, export: Export) -> None:
        """Remember that an export has been dealt with, also after a restart."""
        try:
            self._memory.handled(export.revision)
        except OSError as error:
            raise in_words(error, export.path.name) from error

    # --- looking ---

    def _due(self) -> list[str]:
        """Names of settled documents whose present state has not been read yet, the newest first."""
        for name in self._read.keys() - self._sightings.keys():
            del self._read[name]
        due = [
            (-sighting.changed_ns, name)
            for name, sighting in self._sightings.items()
            if Path(name).suffix.lower() in self.suffixes
            and settled(name, sighting)
            and not (name in self._read and self._read[name].same_as(sighting))
        ]
        return [name for _, name in sorted(due)[:_MOST_READ]]

    def _all_taken(self, names: list[str]) -> tuple[list[Export], list[Unreadable]]:
        known, files = self._memory.known(), self._known_files()
        exports: list[Export] = []
        unreadable: list[Unreadable] = []
        for name in names:
            try:
                export = self._taken(name, known, files)
            except BridgeError as error:
                unreadable.append(Unreadable(name, error))
            except Exception:  # whatever a hostile document does to a parser, the others are still read
                logger.exception("exchange folder: %s", name)
                broken = InvalidDocumentError(f"{name} cannot be read.", hint="Export the timeline again.")
                unreadable.append(Unreadable(name, broken))
            else:
                exports += [export] if export else []
        return exports, unreadable

    def _taken(self, name: str, known: Known, files: Mapping[str, str]) -> Export | None:
        """Read a settled document. None when it is ours, locked, gone, or changed while it was read (due again)."""
        sighting = self._sightings[name]
        path = self.folder / name
        if sighting.size > MOST_BYTES:
            self._read[name] = sighting
            said = f"{name} is larger than {MOST_BYTES // 2**20} MB."
            raise InvalidDocumentError(said, hint="Export one timeline alone.")
        try:
            revision = _digest(path)
        except FileNotFoundError:
            return None
        except PermissionError as error:  # locked by whoever writes it: the next look tries again
            if sighting.looks == _LOCKED_LOOKS:
                said = f"{name} is locked, or may not be read."
                raise InvalidDocumentError(said, hint="Close it in the program that holds it.") from error
            return None
        except OSError as error:
            raise in_words(error, name) from error
        self._read[name] = sighting
        if revision in known.answers:
            return None
        rate = self._rate if path.suffix.lower() == ".edl" else None
        read = read_cut(path, rate=rate, known_files=files)
        if _digest(path) != revision:
            del self._read[name]
            return None
        export = _export(path, read.cut, read.format, read.losses, revision, sighting)
        arrived = self._looks - sighting.looks + 1
        return replace(export, handled=revision in known.handled, arrived=arrived)


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
    project = project_of(cut.project_name, named.title)
    of_file = take_apart(path.stem)
    return Export(
        path=path,
        cut=cut,
        format=kind,
        losses=losses,
        timeline=timeline_id(project, named.title),
        project=project or named.title,
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
