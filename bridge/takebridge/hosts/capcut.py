"""CapCut as a host: drafts are read where they are plain, and a cut goes back as a new draft with its bundle.

Experimental: structurally tested, never opened in CapCut here. CapCut has no API; nothing changes an open timeline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio.to_thread

from takebridge.cut.model import Clip, Cut, Span, items_of
from takebridge.errors import BridgeError, HostOfflineError, HostRejectedError, TimelineChangedError, UnsupportedOpError
from takebridge.hosts.folder_snapshot import info_of, meant, named_by_place, snapshot_of
from takebridge.hosts.protocol import (
    Expectation,
    HostStatus,
    OpAnswer,
    Snapshot,
    SnapshotArgs,
    Verb,
    WireError,
    WireModel,
)
from takebridge.ids import new_id
from takebridge.interchange.capcut_export import hand_over
from takebridge.interchange.capcut_read import ReadDraft, read_draft, timelines

_PRODUCT = "CapCut"
_VERSION = "drafts 360000, experimental"
_WORD = "takebridge"


class CapCutHost:
    """The drafts of one folder; implements `takebridge.hosts.port.DocumentHost`.

    ``draft`` names the draft that is open, else it is the one that was saved last. Answers go into ``root`` as new
    drafts, their bundles into ``bundles``. ``name`` gives every clip its key, as for `FolderHost`.
    """

    capabilities = frozenset({"agent.ping", "host.status", "timeline.snapshot", "selection.get"})

    def __init__(
        self, root: Path, bundles: Path, *, draft: str | None = None, name: Callable[[Cut], Cut] = named_by_place
    ) -> None:
        self.session = new_id("capcut")
        self._root, self._bundles, self._draft, self._name = root, bundles, draft, name
        self._read: tuple[tuple[str, int, int], ReadDraft] | None = None

    @property
    def status(self) -> HostStatus:
        """The draft that is open as far as files say; no timeline where there is none, or it cannot be read."""
        try:
            cut = self._newest().cut
        except BridgeError:
            info = None
        else:
            info = info_of(cut, cut.project_id, cut.timeline_id, cut.revision)
        return HostStatus(host="capcut", product=_PRODUCT, version=_VERSION, edition="unknown", timeline=info)

    async def call(
        self, verb: Verb, args: WireModel, *, expect: Expectation | None = None, timeout_seconds: int = 30
    ) -> OpAnswer:
        """Answer a reading op from the draft; everything that changes a timeline is not offered."""
        if verb not in self.capabilities:
            raise UnsupportedOpError(
                f"CapCut offers no “{verb}”: nothing outside of it can change an open timeline.",
                hint="Run 'takebridge export --for capcut': a new draft and a bundle to import are written.",
                capability=verb,
            )
        if verb == "agent.ping":
            return self._answered({})
        if verb == "host.status":
            return self._answered((await anyio.to_thread.run_sync(lambda: self.status)).model_dump(mode="json"))
        try:
            cut = await self.cut()
            result = _snapshot(cut, args) if verb == "timeline.snapshot" else _selection(cut)
        except BridgeError as error:
            wire = WireError.model_validate(error.to_wire())
            return OpAnswer(session=self.session, op_id=new_id("op"), outcome="not_applied", error=wire)
        return self._answered(result.model_dump(mode="json"))

    # --- documents

    async def cut(self) -> Cut:
        """Return the cut of the draft. Raises HostOfflineError without one, and what `read_draft` raises."""
        return (await anyio.to_thread.run_sync(self._newest)).cut

    async def losses(self) -> tuple[str, ...]:
        """Return what the cut does not say of the draft."""
        return (await anyio.to_thread.run_sync(self._newest)).losses

    async def answer(self, cut: Cut) -> tuple[str, tuple[str, ...]]:
        """Write a new draft and its bundle; the draft's folder, and what is not carried.

        Raises TimelineChangedError when ``cut`` was made from a draft that was saved again since, and what
        `capcut_export.hand_over` raises.
        """
        if cut.revision:
            now = await self.cut()
            if now.timeline_id == cut.timeline_id and now.revision != cut.revision:
                raise TimelineChangedError(f"“{now.name}” was saved again in CapCut while its answer was made.")
        made = await anyio.to_thread.run_sync(lambda: hand_over(cut, self._bundles, self._root))
        return str(made.draft), made.losses

    def _newest(self) -> ReadDraft:
        folder = self._folder()
        files = timelines(folder)
        seen = (str(files[0]), files[0].stat().st_mtime_ns, files[0].stat().st_size) if files else ("", 0, 0)
        if self._read is None or self._read[0] != seen or not files:
            found = read_draft(folder)
            self._read = (seen, replace(found, cut=self._name(found.cut)))
        return self._read[1]

    def _folder(self) -> Path:
        if self._draft is not None:
            return self._root / self._draft
        found = [(files[0].stat().st_mtime_ns, path) for path in _drafts(self._root) if (files := timelines(path))]
        if not found:
            raise HostOfflineError(
                f"There is no CapCut draft in {self._root}.", hint="Save the project in CapCut first."
            )
        return max(found)[1]

    def _answered(self, result: dict[str, Any]) -> OpAnswer:
        return OpAnswer(session=self.session, op_id=new_id("op"), outcome="verified", result=result)


def _drafts(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _snapshot(cut: Cut, args: WireModel) -> Snapshot:
    snapshot = snapshot_of(cut)
    if not isinstance(args, SnapshotArgs) or args.tracks is None:
        return snapshot
    wanted = {(ref.type, ref.index) for ref in args.tracks}
    kept = [item for item in snapshot.items if (item.track.type, item.track.index) in wanted]
    return snapshot.model_copy(update={"items": kept})


def _selection(cut: Cut) -> Snapshot:
    """The pictures a person marked, however choosing is asked for: a draft knows no playhead and CapCut no clip names,
    so a text “takebridge” over a picture marks it."""
    clips = [(address[0], clip) for address, clip in items_of(cut) if isinstance(clip, Clip)]
    marks = [clip.record for kind, clip in clips if kind == "subtitle" and _WORD in clip.name.casefold()]
    chosen = meant(cut) | {clip.key for kind, clip in clips if kind == "video" and _under(clip.record, marks)}
    snapshot = snapshot_of(cut)
    kept = [item for item in snapshot.items if item.key in chosen and item.track.type != "subtitle"]
    if not any(item.track.type == "video" for item in kept):
        raise HostRejectedError(
            f"No clip of “{cut.name}” is marked.", hint="Put a text “takebridge” over it in CapCut, and save the draft."
        )
    return snapshot.model_copy(update={"items": kept})


def _under(record: Span, marks: list[Span]) -> bool:
    return any(record.overlaps(mark) for mark in marks)
