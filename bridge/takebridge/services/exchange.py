"""The exchange folder at work: exports are looked for, merged with the canvas, and answered.

An export is answered by itself when the canvas has something for it and nothing is left to decide. Exports of timelines
nothing was ever pushed from only become known: a clip of them can be pushed.

Looking and answering go on side by side: an export that comes while the answer to an older one is made is seen, the
older one gets no answer, the newer one does. An export is marked as dealt with after its answer is there; a crash in
between finds the answer by its content and does not write a second one. What fails for a reason that passes (a full
disk) is not marked, and tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import anyio.to_thread

from takebridge.cut.identity import identify
from takebridge.cut.model import Address, Clip, Cut, items_of
from takebridge.cut.stamp import stamp_of
from takebridge.cut.trip_types import RoundTripRequest
from takebridge.errors import BridgeError, TimelineChangedError
from takebridge.hosts.exchange import Export, Seen
from takebridge.hosts.final_cut import FinalCutHost
from takebridge.hosts.folder import FolderHost
from takebridge.hosts.folder_snapshot import with_keys
from takebridge.hosts.folders import Folders
from takebridge.hosts.port import Host
from takebridge.ids import CanvasId
from takebridge.services.bridge import Bridge
from takebridge.services.final_cut import stamped
from takebridge.services.roundtrip import BY_ITSELF, roundtrip
from takebridge.services.runs import Runs

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_LOOKS = 30
"""After so many looks an export that could not be answered for a reason that passes is tried again."""

Ending = Literal["answered", "nothing", "undecided", "new", "refused"]
"""``new``: no clip of this timeline was pushed yet. ``undecided``: conflicts wait for `takebridge roundtrip`."""

_MOST_DEALT = 100
_SEE_LOG = "See the bridge's log; 'takebridge roundtrip --dry-run' tries it again without changing anything."


@dataclass(frozen=True, slots=True)
class Dealt:
    """What became of one export. ``answer`` is the path of the answer, ``text`` says it in words."""

    name: str
    title: str
    version: int | None
    ending: Ending
    text: str
    answer: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeFacts:
    """The state of the folder: newest exports, what could not be read, and what became of the last exports."""

    folder: str
    product: str = ""
    problem: str = ""
    timelines: tuple[Export, ...] = ()
    unreadable: Mapping[str, BridgeError] = field(default_factory=dict)
    dealt: tuple[Dealt, ...] = ()


def naming(bridge: Bridge, cut: Cut) -> Cut:
    """Give the clips of a new export the keys their base knows them by, found by what they are."""
    base = bridge.cuts.base(cut.project_id, cut.timeline_id)
    return with_keys(cut, _keys_known(base.cut, cut, {})) if base is not None else with_keys(cut, {})


def naming_by_stamps(bridge: Bridge, cut: Cut) -> Cut:
    """As `naming`, for an editor that keeps ids: a clip with the stamp of a shot is that shot's, whatever it shows now.

    Every clip of a shot has its stamp then.
    """
    keys = {stamp_of(link.id): link.clip_key for link in bridge.links.on_timeline(cut.project_id, cut.timeline_id)}
    said: dict[str, Address] = {}
    for address, item in items_of(cut):
        if address[0] == "video" and isinstance(item, Clip) and keys.get(item.stamp):
            said.setdefault(keys[item.stamp], address)
    told = {address: key for key, address in said.items()}
    base = bridge.cuts.base(cut.project_id, cut.timeline_id)
    known = _keys_known(stamped(base.cut, keys), cut, told) if base is not None else told
    return stamped(with_keys(cut, known), keys)


def _keys_known(base: Cut, cut: Cut, told: Mapping[Address, str]) -> dict[Address, str]:
    """The keys of a base for the clips of a cut; what is told already stands."""
    keys = {address: item.key for address, item in items_of(base) if isinstance(item, Clip) and item.key}
    known, given = dict(told), set(told.values())
    for match in identify(base, cut):
        key = keys.get(match.a) if match.a and match.relation in ("same", "piece") else None
        if key and match.b and len(match.b) == 3 and match.b not in known and key not in given:
            known[match.b] = key
            given.add(key)
    return known


def known_files(bridge: Bridge) -> dict[str, str]:
    """Return the stamps of delivered files by file name: the third place a stamp is written in."""
    found: dict[str, str] = {}
    for canvas_id in bridge.desk.titles():
        for link in bridge.links.of_canvas(canvas_id):
            for item in bridge.links.deliveries(link.id):
                found[item.path.replace("\\", "/").rpartition("/")[2]] = stamp_of(link.id)
    return found


def meant_by(bridge: Bridge, host: Host, canvas_id: CanvasId) -> Host:
    """Return the host a canvas works with: of an exchange folder with several timelines its own, newest export."""
    if not isinstance(host, FolderHost | Folders):
        return host
    return host.among({link.timeline_id for link in bridge.links.of_canvas(canvas_id)})


class Exchange:
    """Watches one exchange folder. Its methods run on the event loop."""

    def __init__(self, bridge: Bridge, runs: Runs, host: FolderHost) -> None:
        self._bridge, self._runs, self.host = bridge, runs, host
        self._unreadable: dict[str, BridgeError] = {}
        self._dealt: list[Dealt] = []
        self._problem = ""
        self._waiting: deque[Export] = deque()
        self._later: list[tuple[int, Export]] = []
        self._looks = 0
        self._looking, self._dealing = asyncio.Lock(), asyncio.Lock()

    async def watch(self) -> None:
        """Look once a second for ever; the server runs this beside the requests."""
        dealing: asyncio.Task[tuple[Dealt, ...]] | None = None
        try:
            while True:
                await self.look()
                if self._waiting and (dealing is None or dealing.done()):
                    dealing = asyncio.create_task(self.deal())
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            if dealing is not None:
                dealing.cancel()

    async def step(self) -> tuple[Dealt, ...]:
        """Look once, and deal with every export that is new. Never raises for what is in the folder."""
        await self.look()
        return await self.deal()

    async def look(self) -> None:
        """Look once; what is new waits for `deal`. Never raises for what is in the folder."""
        async with self._looking:
            self._looks += 1
            try:
                seen = await anyio.to_thread.run_sync(self.host.exchange.look)
            except BridgeError as error:
                if self._problem != error.message:
                    logger.warning("%s", error.message)
                self._problem = error.message
                return
            self._problem = ""
            self._note(seen)
            again = [export for due, export in self._later if due <= self._looks]
            self._later = [(due, export) for due, export in self._later if due > self._looks]
            self._waiting += [*again, *(export for export in seen.exports if not export.handled)]

    async def deal(self) -> tuple[Dealt, ...]:
        """Deal with every export that waits, and return what became of them."""
        ended: list[Dealt] = []
        async with self._dealing:
            while self._waiting:
                now = await self._deal(self._waiting.popleft())
                ended.append(now)
                others = [one for one in self._dealt if (one.name, one.text) != (now.name, now.text)]
                self._dealt = [*others, now][-_MOST_DEALT:]
        return tuple(ended)

    def facts(self) -> ExchangeFacts:
        """Say what is in the folder."""
        exchange = self.host.exchange
        return ExchangeFacts(
            str(exchange.folder),
            self.host.product,
            self._problem,
            exchange.timelines(),
            dict(self._unreadable),
            tuple(self._dealt),
        )

    def _note(self, seen: Seen) -> None:
        for name in {export.path.name for export in seen.exports} | (self._unreadable.keys() - seen.names):
            self._unreadable.pop(name, None)
        for item in seen.unreadable:
            self._unreadable[item.name] = item.error
            logger.warning("exchange folder: %s: %s", item.name, item.error.message)
            self._bridge.events.publish("exchange.unreadable", {"name": item.name, "message": item.error.message})

    async def _deal(self, export: Export) -> Dealt:
        try:
            ended = await self._answered(export)
        except TimelineChangedError as error:
            ended = _ended(export, "nothing", error.message)
        except BridgeError as error:
            ended = self._refused(export, error)
        except Exception as error:  # one export that breaks something must not end the watch over the others
            logger.exception("exchange folder: %s", export.path.name)
            ended = _ended(export, "refused", f"It could not be merged: {type(error).__name__}.", hint=_SEE_LOG)
        if not any(later is export for _, later in self._later):
            await anyio.to_thread.run_sync(self._mark, export)
        self._bridge.events.publish(
            "exchange.export", {"name": ended.name, "ending": ended.ending, "text": ended.text, "answer": ended.answer}
        )
        return ended

    def _refused(self, export: Export, error: BridgeError) -> Dealt:
        if error.retryable:
            self._later.append((self._looks + RETRY_LOOKS, export))
        return _ended(export, "refused", error.message, hint=error.hint)

    def _mark(self, export: Export) -> None:
        try:
            self.host.exchange.mark_handled(export)
        except BridgeError as error:
            logger.warning("exchange folder: %s", error.message)

    async def _answered(self, export: Export) -> Dealt:
        if self.host.exchange.latest(export.timeline) is not export:
            return _ended(export, "nothing", "A newer version of this timeline was exported at the same time.")
        written = await anyio.to_thread.run_sync(self.host.exchange.answer_to, export)
        if written is not None:
            return _ended(export, "answered", "It was answered before the bridge was restarted.", answer=str(written))
        host = self.host.at(export.timeline)
        cut = await host.cut()
        canvas = await anyio.to_thread.run_sync(self._canvas_of, cut)
        if canvas is None:
            hint = "Write “takebridge” in a marker on a clip, export again, and run 'takebridge push'."
            return _ended(export, "new", "No clip of this timeline was pushed yet.", hint=hint)
        found = await roundtrip(
            self._bridge, self._runs, host, RoundTripRequest(canvas_id=canvas, dry_run=False, author=BY_ITSELF)
        )
        if found.outcome == "undecided":
            hint = "'takebridge roundtrip --dry-run' shows the conflicts, --choose decides them and writes the answer."
            return _ended(export, "undecided", found.sentence, hint=hint)
        said = " ".join([found.sentence, *found.notes]) if isinstance(host, FinalCutHost) else found.sentence
        if not found.answer:
            return _ended(export, "nothing", said)
        return _ended(export, "answered", said, answer=found.answer)

    def _canvas_of(self, cut: Cut) -> CanvasId | None:
        """Return the canvas most clips of the timeline were pushed to."""
        links = self._bridge.links.on_timeline(cut.project_id, cut.timeline_id)
        counted = [link.canvas_id for link in links]
        return max(sorted(set(counted)), key=counted.count) if counted else None


def _ended(export: Export, ending: Ending, text: str, *, answer: str = "", hint: str = "") -> Dealt:
    return Dealt(export.path.name, export.title, export.version, ending, text, answer, hint)
