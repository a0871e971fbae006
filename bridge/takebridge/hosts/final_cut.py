"""The Final Cut host: an export folder is watched, answers are the exported documents edited, and opened in Final Cut.

Final Cut's import can be asked for, its export cannot: a person exports (File > Export XML), the bridge answers with a
version of the project that carries the takes as auditions. See docs/final-cut.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from takebridge.cut.model import Cut, clips_of
from takebridge.errors import HostOfflineError, InterchangeError, TimelineChangedError
from takebridge.hosts.exchange import Answer, ExchangeFolder, Export, KnownFiles
from takebridge.hosts.final_cut_facts import KnownTakes, TakeFacts
from takebridge.hosts.final_cut_open import Opener
from takebridge.hosts.folder import FolderHost
from takebridge.hosts.folder_memory import Offered, in_words
from takebridge.hosts.folder_names import take_apart
from takebridge.hosts.folder_snapshot import named_by_place
from takebridge.hosts.protocol import HostStatus
from takebridge_fcpxml.errors import FcpxmlError

if TYPE_CHECKING:
    from takebridge_fcpxml.document import Document

PRODUCT = "Final Cut Pro"
SUFFIX = ".fcpxml"

_ILLEGAL = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
_NAME_BYTES = 200
"""A file name may have 255 bytes; the version and the suffix come behind it."""


class FinalCutFolder(ExchangeFolder):
    """The folder Final Cut exports into. Only FCPXML counts there; ``library`` is the library answers go into."""

    suffixes = frozenset({".fcpxml", ".fcpxmld"})

    def __init__(
        self,
        folder: Path,
        known_files: KnownFiles = dict,
        known_takes: KnownTakes = dict,
        library: Path | None = None,
    ) -> None:
        super().__init__(folder, known_files)
        self.known_takes = known_takes
        self.library = f"{library.absolute().as_uri()}/" if library is not None else ""

    def document(self, export: Export) -> Document:
        """Read an export again, to edit it. Raises TimelineChangedError when it is not what was read before."""
        from takebridge_fcpxml.document import Document  # as below: much to load, for whoever has such a document

        try:
            found = Document.read(export.path)
        except FcpxmlError as error:
            raise TimelineChangedError(
                f"“{export.path.name}” changed or went since it was read.", hint="Export the project again."
            ) from error
        if not self.is_unchanged(export):
            raise TimelineChangedError(f"“{export.title}” was exported again while its answer was made.")
        return found

    def library_of(self, document: Document) -> str:
        """The file URL of the library an answer goes into: the one set, else the one it was exported from."""
        from takebridge_fcpxml.edit.importing import library_location
        from takebridge_fcpxml.view import root_of

        said = self.library or library_location(root_of(document))
        return said if said.startswith("file:") else ""

    def edit(self, export: Export, was: Cut, now: Cut) -> tuple[Answer, str]:
        """Write the answer ``now`` to an export whose cut is ``was``; also the library it goes into.

        Raises InterchangeError, DiskFullError, TimelineChangedError; then nothing is there.
        """
        from takebridge.hosts.final_cut_write import answered

        known: Mapping[str, TakeFacts] = self.known_takes()
        source = self.document(export)
        number = self._next(export)
        name = f"{export.title} TakeBridge v{number:02}"
        file = f"{file_name(export.title)} TakeBridge v{number:02}{SUFFIX}"

        def write(work: Path) -> tuple[str, ...]:
            try:
                made, notes = answered(source, export.cut, was, now, name, known, self.library)
                made.write(work)
            except FcpxmlError as error:
                raise InterchangeError(
                    f"The answer to “{export.path.name}” could not be made: {error.message}",
                    hint=error.hint or "Export the project again.",
                ) from error
            return notes

        try:
            self._memory.offered(export.timeline, number, _offered(now, known))
        except OSError as error:
            raise in_words(error, file) from error
        return self._written(export, file, name, write), self.library_of(source)

    def offered(self, export: Export) -> tuple[Offered, ...]:
        """Return what the answer offered that an export came from by its project's name; nothing for any other."""
        known = self._memory.known().trays
        return known.get((export.timeline, str(export.answer_to)), ()) if export.answer_to else ()

    def _next(self, export: Export) -> int:
        """The number of the next version: none comes twice, whatever became of earlier ones."""
        used = [take_apart(stem).answer or 0 for stem in self._stems(export.title)]
        used.append(self.latest(export.timeline).answer_to or 0)
        number = 1 + max(used)
        while (self.folder / f"{file_name(export.title)} TakeBridge v{number:02}{SUFFIX}").exists():
            number += 1
        return number

    def _stems(self, title: str) -> Iterator[str]:
        """Names of what was answered and of what lies there, of this title."""
        plain = file_name(title).casefold()
        names = {*self.answer_names(), *(path.name for path in self.folder.glob("*TakeBridge*"))}
        for name in names:
            stem = unicodedata.normalize("NFC", Path(name).stem)
            if take_apart(stem).title.casefold() == plain:
                yield stem


def _offered(cut: Cut, known: Mapping[str, TakeFacts]) -> list[Offered]:
    """The takes of ours in a cut, each with whether it shows."""
    by_path = {facts.path: facts for facts in known.values()}
    found: dict[tuple[str, str], str] = {}
    for _, clip in clips_of(cut):
        medias = [take.media for take in clip.takes] or [clip.media]
        for media in medias:
            facts = by_path.get(media.location) if media else None
            if facts is not None and media is not None:
                shows = clip.media is not None and clip.media.location == media.location
                key = facts.stamp, facts.take
                found[key] = "shown" if shows or found.get(key) == "shown" else "waiting"
    return [(stamp, take, how) for (stamp, take), how in found.items()]


@dataclass(frozen=True, slots=True)
class Pushed:
    """An answer that was written, and what became of it in Final Cut."""

    path: Path
    project: str
    arrival: str
    text: str


class FinalCutHost(FolderHost):
    """Final Cut Pro behind its export folder; implements `takebridge.hosts.port.DocumentHost`."""

    product = PRODUCT

    def __init__(
        self,
        folder: FinalCutFolder,
        name: Callable[[Cut], Cut] = named_by_place,
        timeline: str | None = None,
        opener: Opener | None = None,
    ) -> None:
        super().__init__(folder, name, timeline)
        self.final_cut = folder
        self.opener = opener if opener is not None else Opener()
        self.pushed: list[Pushed] = []

    def at(self, timeline: str) -> FinalCutHost:
        """Return this folder with that timeline open."""
        there = FinalCutHost(self.final_cut, self._name, timeline, self.opener)
        there.pushed = self.pushed
        return there

    @property
    def status(self) -> HostStatus:
        """The newest export as the open timeline; none before the first export."""
        return super().status.model_copy(update={"host": "fcp", "product": PRODUCT})

    def document(self) -> Export:
        """Return the newest export. Raises HostOfflineError before the first."""
        try:
            return super().document()
        except HostOfflineError as error:
            raise HostOfflineError(
                "Nothing has been exported from Final Cut yet.",
                hint=f"In Final Cut: File > Export XML, metadata view “Extended”, into “{self.exchange.folder}”.",
            ) from error

    async def answer(self, cut: Cut) -> tuple[str, tuple[str, ...]]:
        """Write the answer to the newest export, which ``cut`` was made from, and let Final Cut import it."""
        export = self.document()
        if cut.revision != export.revision:
            raise TimelineChangedError(f"“{export.title}” was exported again while its answer was made.")
        was = await self.cut()
        answer, library = await anyio.to_thread.run_sync(self.final_cut.edit, export, was, cut)
        opened = await anyio.to_thread.run_sync(lambda: self.opener.open(answer.path, answer.name, library=library))
        self.pushed.append(Pushed(answer.path, answer.name, opened.arrival, opened.text))
        del self.pushed[:-100]
        return str(answer.path), (*answer.losses, opened.text)

    def offered(self) -> tuple[Offered, ...]:
        """Return what the answer offered that the newest export came from."""
        return self.final_cut.offered(self.document())

    def _cut(self, export: Export) -> Cut:
        if self._named is None or self._named.revision != export.revision:
            from takebridge.hosts.final_cut_ids import identified

            at_home = identified(export.cut, self.final_cut.document(export), self.final_cut.known_takes())
            return super()._cut(replace(export, cut=at_home))
        return self._named


def file_name(title: str) -> str:
    """Return a title as a file name every system takes, at most 200 bytes long."""
    plain = unicodedata.normalize("NFC", _ILLEGAL.sub("-", title)).strip(" .") or "Project"
    return plain.encode()[:_NAME_BYTES].decode(errors="ignore").rstrip()
