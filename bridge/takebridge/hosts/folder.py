"""The exchange-folder host: an editor driven by files (Final Cut, Avid, any that exports OTIO), as a `Host`.

What it shows is the newest export; it offers no op that changes a timeline. Changes go back as an answer beside the
export (`FolderHost.publish`), which a person imports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import anyio.to_thread

from takebridge.cut.model import Cut
from takebridge.errors import BridgeError, HostOfflineError, HostRejectedError, TimelineChangedError, UnsupportedOpError
from takebridge.hosts.exchange import ExchangeFolder, Export
from takebridge.hosts.folder_snapshot import info_of, meant, named_by_place, snapshot_of
from takebridge.hosts.protocol import (
    Expectation,
    HostStatus,
    OpAnswer,
    Snapshot,
    SnapshotArgs,
    TimelineItem,
    Verb,
    WireError,
    WireModel,
)
from takebridge.ids import new_id

_PRODUCT = "Exchange folder"


class FolderHost:
    """An exchange folder; implements `takebridge.hosts.port.DocumentHost`. Timeline ids are those of `folder_names`."""

    capabilities = frozenset({"agent.ping", "host.status", "timeline.snapshot", "selection.get"})
    product = _PRODUCT

    def __init__(
        self, folder: ExchangeFolder, name: Callable[[Cut], Cut] = named_by_place, timeline: str | None = None
    ) -> None:
        """``name`` gives every clip of a new export its key; equal clips of later exports must keep theirs.

        With ``timeline`` that one is open, else the one that was exported last.
        """
        self.exchange = folder
        self.session = new_id("folder")
        self._name = name
        self._timeline = timeline
        self._named: Cut | None = None

    def at(self, timeline: str) -> FolderHost:
        """Return this folder with that timeline open."""
        return FolderHost(self.exchange, self._name, timeline)

    def among(self, timelines: Collection[str]) -> FolderHost:
        """Return this folder with the one of these timelines open that was exported last; as it is when none was."""
        known = [export.timeline for export in self.exchange.timelines() if export.timeline in timelines]
        if not known:
            return self
        there = self.at(known[-1])
        there.session = self.session  # the same folder: what was looked at in it is found again
        return there

    @property
    def status(self) -> HostStatus:
        """The newest export as the open timeline; none before the first export."""
        newest = self._newest()
        info = info_of(newest.cut, project_id(newest), newest.timeline, newest.revision) if newest else None
        return HostStatus(host="folder", product=_PRODUCT, version="1", edition="unknown", timeline=info)

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Answer a reading op from the newest export; everything that changes a timeline is not offered."""
        if verb not in self.capabilities:
            raise UnsupportedOpError(
                f"An exchange folder does not offer “{verb}”.",
                hint="Run 'takebridge roundtrip': the answer is written beside the export, import it in the editor.",
                capability=verb,
            )
        if verb == "agent.ping":
            return self._answered({})
        if verb == "host.status":
            return self._answered(self.status.model_dump(mode="json"))
        try:
            cut = await self.cut()
            result = _snapshot(cut, args) if verb == "timeline.snapshot" else await self._selection(cut)
        except BridgeError as error:
            wire = WireError.model_validate(error.to_wire())
            return OpAnswer(session=self.session, op_id=new_id("op"), outcome="not_applied", error=wire)
        return self._answered(result.model_dump(mode="json"))

    async def _selection(self, cut: Cut) -> Snapshot:
        """What a person marked “takebridge” in the editor, however choosing is asked for: no playhead is known.

        Marks stay in the cut when their clip has come back: clips that show a take of ours are meant only when no
        other is.
        """
        chosen = meant(cut)
        ours = await anyio.to_thread.run_sync(self.exchange.delivered_names)
        whole = snapshot_of(cut)
        fresh = _only(whole, lambda item: item.key in chosen and not _shows(item, ours))
        found = fresh if _pictures(fresh) else _only(whole, lambda item: item.key in chosen)
        if not _pictures(found):
            raise HostRejectedError(
                f"No clip of “{cut.name}” is marked.",
                hint="Write “takebridge” in a marker on a clip or in its name, and export again.",
            )
        return found

    # --- documents ---

    async def cut(self) -> Cut:
        """Return the newest export under the ids its snapshots use. Raises HostOfflineError before the first."""
        return await anyio.to_thread.run_sync(self._cut, self.document())

    async def answer(self, cut: Cut) -> tuple[str, tuple[str, ...]]:
        """Write the answer to the newest export, which ``cut`` was made from; see `ExchangeFolder.publish`."""
        export = self.document()
        if cut.revision != export.revision:
            raise TimelineChangedError(f"“{export.title}” was exported again while its answer was made.")
        answer = await anyio.to_thread.run_sync(self.exchange.publish, export, cut)
        return str(answer.path), answer.losses

    def document(self) -> Export:
        """Return the newest export. Raises HostOfflineError before the first."""
        newest = self._newest()
        if newest is None:
            raise HostOfflineError(
                "Nothing has been exported to the exchange folder yet.",
                hint=f"Export the timeline as FCPXML, XML, OTIO, EDL or AAF to “{self.exchange.folder}”.",
            )
        return newest

    def _cut(self, export: Export) -> Cut:
        """Name the cut and its clips; the names are asked for once per export."""
        if self._named is None or self._named.revision != export.revision:
            plain = replace(
                export.cut,
                project_id=project_id(export),
                project_name=export.project,
                timeline_id=export.timeline,
                revision=export.revision,
            )
            self._named = self._name(plain)
        return self._named

    def _newest(self) -> Export | None:
        if self._timeline is not None:
            return self.exchange.latest(self._timeline)
        timelines = self.exchange.timelines()
        return timelines[-1] if timelines else None

    def _answered(self, result: dict[str, Any]) -> OpAnswer:
        return OpAnswer(session=self.session, op_id=new_id("op"), outcome="verified", result=result)


def project_id(export: Export) -> str:
    """Return the id of an export's project: the document's own, else made of its name."""
    return export.cut.project_id or f"folder {export.project}"


def _snapshot(cut: Cut, args: WireModel) -> Snapshot:
    whole = snapshot_of(cut)
    if not isinstance(args, SnapshotArgs) or args.tracks is None:
        return whole
    wanted = {(ref.type, ref.index) for ref in args.tracks}
    return _only(whole, lambda item: (item.track.type, item.track.index) in wanted)


def _pictures(snapshot: Snapshot) -> bool:
    return any(item.track.type == "video" for item in snapshot.items)


def _shows(item: TimelineItem, files: frozenset[str]) -> bool:
    media = item.media
    return media is not None and not files.isdisjoint((media.name, PurePath(media.path).name))


def _only(snapshot: Snapshot, keep: Callable[[TimelineItem], bool]) -> Snapshot:
    return snapshot.model_copy(update={"items": [item for item in snapshot.items if keep(item)]})
