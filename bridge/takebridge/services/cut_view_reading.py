"""Readings of open timelines, shared by all who ask: never two at a time of one editor, each as seldom as can be.

A reading costs the editor about a call a clip and more, so it is kept until it is asked for afresh, the bridge itself
wrote in the editor, or a look says that the timeline is another by now. There are two looks: the editor's status (a few
calls, at most once a second), and the fingerprint of all places (cheaper than a reading; so seldom that the editor
spends a twentieth of its time on it). A slip, a grade or a marker shows in neither: those are seen by a reading that is
asked for afresh.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import anyio.to_thread

from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.model import Cut
from takebridge.errors import HostError, HostOfflineError, TimelineChangedError, TimelineSwitchedError
from takebridge.events import EventBus
from takebridge.hosts import calls
from takebridge.hosts.port import DocumentHost, Host
from takebridge.hosts.protocol import HostStatus, Snapshot, TimelineInfo
from takebridge.hosts.reading import neutral, read_cut
from takebridge.ids import ClipKey, new_id
from takebridge.services.looking import Looks, spot
from takebridge.services.looking_types import Spot
from takebridge.store.ledger import now_text

Clock = Callable[[], float]
LOOKED = "cut"
"""The look under which the clips of a reading are remembered: frames are shown of these."""
LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
"""How long somebody who has a reading already waits for a look at a busy editor."""
WEIGH_SECONDS, WEIGH_SHARE = 2.0, 20
GRACE_SECONDS = 0.25
"""A reading that began so shortly before it was asked for afresh is fresh."""
_TRIES = 3
_SESSIONS = 16
_BUSY = "The editor is busy: this is how the timeline was read last."


@dataclass(frozen=True, slots=True)
class Reading:
    """A timeline as it was read at one moment, as the host's and as a cut; ``document``: out of a document."""

    id: str
    session: str
    status: HostStatus
    host_cut: HostCut
    cut: Cut
    marked: tuple[int, int] | None
    at: str
    note: str = ""
    spot: Spot | None = None
    document: bool = False

    @property
    def clips(self) -> dict[ClipKey, HostClip]:
        """The host's clips by their keys."""
        return {clip.key: clip for clip in self.host_cut.clips}


@dataclass(slots=True)
class _Desk:
    """What is known of one editor, and what is being asked of it."""

    reading: Reading | None = None
    task: asyncio.Task[Reading] | None = None
    began: float = 0.0
    writes: int = 0
    look: asyncio.Task[bool] | None = None
    looked: float = float("-inf")
    weighed: float = float("-inf")
    weighing: float = 0.0


@dataclass(slots=True)
class Readings:
    """The last reading of each editor. Its methods run on the event loop; ``clock`` counts seconds."""

    events: EventBus
    looks: Looks
    clock: Clock = time.monotonic
    _desks: OrderedDict[tuple[str, str], _Desk] = field(default_factory=OrderedDict)

    async def of(self, host: Host, *, fresh: bool = False, session: str = "") -> Reading:
        """Return the open timeline of a host, read anew where it must be.

        ``session`` is what the host is called to others, where that is not its own session. Raises HostError.
        """
        name = session or host.session
        desk = self._desk(name, host)
        if fresh or desk.reading is None or await self._is_another(desk, host):
            return await self._read(desk, host, name, fresh=fresh)
        return desk.reading

    def _desk(self, name: str, host: Host) -> _Desk:
        # A folder may have several timelines open at once, each canvas its own; an editor has one.
        of_folder = host.status.timeline.timeline_id if isinstance(host, DocumentHost) and host.status.timeline else ""
        desk = self._desks.pop((name, of_folder), None) or _Desk()
        self._desks[(name, of_folder)] = desk
        while len(self._desks) > _SESSIONS:
            self._desks.popitem(last=False)
        return desk

    # --- reading

    async def _read(self, desk: _Desk, host: Host, name: str, *, fresh: bool) -> Reading:
        """Read, or share a reading that goes on; one that began before it was asked for afresh is waited for only."""
        asked = self.clock()
        while desk.task is not None:
            if not fresh or desk.began >= asked - GRACE_SECONDS:
                return await asyncio.shield(desk.task)
            await asyncio.wait([desk.task])
        desk.began, desk.writes = self.clock(), _writes(host)
        task = asyncio.create_task(self._once(desk, host, name))
        desk.task = task
        task.add_done_callback(lambda done: _over(desk, done))
        return await asyncio.shield(task)

    async def _once(self, desk: _Desk, host: Host, name: str) -> Reading:
        snapshot, document = await _snapshot(host)
        host_cut, cut = await anyio.to_thread.run_sync(_both, snapshot, document)
        where = await self._spot(host)
        info, status = snapshot.timeline, host.status
        reading = Reading(new_id("reading"), name, status, host_cut, cut, _marked(info), now_text())
        reading = replace(reading, spot=where, document=document is not None)
        before, desk.reading = desk.reading, reading
        now = self.clock()
        desk.looked = desk.weighed = now
        seen = self.looks.of(name)
        seen.looks.pop(LOOKED, None)
        seen.looks[LOOKED] = (host_cut, reading.clips)
        if before is not None and (before.host_cut, before.cut) != (host_cut, cut):
            told = {"session": name, "timeline": cut.name, "revision": host_cut.revision, "reading": reading.id}
            self.events.publish("cut.changed", {**told})
        return reading

    async def _spot(self, host: Host) -> Spot | None:
        if "selection.peek" not in host.capabilities:
            return None
        with suppress(HostError):  # a page can do without the playhead
            return await spot(host, self.looks)
        return None

    # --- looking

    async def _is_another(self, desk: _Desk, host: Host) -> bool:
        """Say whether a look finds the timeline changed since it was read. A busy editor is not waited for long."""
        if desk.task is not None or _writes(host) != desk.writes:
            return True
        pause = 0.0 if isinstance(host, DocumentHost) else LOOK_SECONDS  # what was exported is known without asking
        if desk.look is None and self.clock() - desk.looked < pause:
            return False
        if desk.look is None:
            look = asyncio.create_task(self._look(desk, host))
            desk.look = look
            look.add_done_callback(lambda done: _looked(desk, done))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await asyncio.shield(desk.look)
        except HostOfflineError:
            raise
        except (TimeoutError, HostError):
            if desk.reading is not None:
                desk.reading = replace(desk.reading, note=_BUSY)
            return False

    async def _look(self, desk: _Desk, host: Host) -> bool:
        reading = desk.reading
        status = await calls.status(host)
        desk.looked = self.clock()
        if reading is None or status.timeline is None or _shape(status.timeline) != _shape_of(reading):
            return True
        if status.timeline.revision and status.timeline.revision != reading.host_cut.revision:
            return True
        if await self._weighs_otherwise(desk, host, reading):
            return True
        where = await self._spot(host)
        if desk.reading is reading:
            desk.reading = replace(reading, note="", spot=where)
        return False

    async def _weighs_otherwise(self, desk: _Desk, host: Host, reading: Reading) -> bool:
        began = self.clock()
        if isinstance(host, DocumentHost) or began - desk.weighed < max(WEIGH_SECONDS, WEIGH_SHARE * desk.weighing):
            return False
        light = (await calls.snapshot(host, detail=())).timeline
        desk.weighed = self.clock()
        desk.weighing = desk.weighed - began
        return light.revision != reading.host_cut.revision or _locks(light) != reading.host_cut.locked


async def _snapshot(host: Host) -> tuple[Snapshot, Cut | None]:
    """Read the timeline, again where another was opened meanwhile. A document says more than its snapshot does."""
    for attempt in range(1, _TRIES + 1):
        try:
            snapshot = await calls.snapshot(host, marks=True)
            document = await host.cut() if isinstance(host, DocumentHost) else None
            if document is None or document.revision == snapshot.timeline.revision:
                return snapshot, document
        except (TimelineSwitchedError, TimelineChangedError):
            if attempt == _TRIES:
                raise
    raise TimelineChangedError("The timeline changed every time it was read.", hint="Try again in a moment.")


def _both(snapshot: Snapshot, document: Cut | None) -> tuple[HostCut, Cut]:
    host_cut = read_cut(snapshot)
    return host_cut, neutral(host_cut) if document is None else document


def _writes(host: Host) -> int:
    """How often the bridge has written in the editor through this session; a document is never written in."""
    return int(getattr(host, "times_written", 0))


def _over(desk: _Desk, task: asyncio.Task[Reading]) -> None:
    desk.task = None
    _retrieve(task)


def _looked(desk: _Desk, task: asyncio.Task[bool]) -> None:
    desk.look = None
    _retrieve(task)


def _retrieve(task: asyncio.Task[Reading] | asyncio.Task[bool]) -> None:
    """Take the error of a task that everybody may have stopped waiting for, so that nobody is warned of it."""
    if not task.cancelled():
        task.exception()


def _marked(info: TimelineInfo) -> tuple[int, int] | None:
    first, end = info.marked_start_record_frame, info.marked_end_record_frame
    return None if first is None or end is None else (first, end)


def _shape(info: TimelineInfo) -> tuple[object, ...]:
    place = (info.project_id, info.timeline_id, info.timeline_name)
    return (*place, info.start_record_frame, info.end_record_frame, _locks(info))


def _shape_of(reading: Reading) -> tuple[object, ...]:
    cut = reading.host_cut
    place = (cut.project_id, cut.timeline_id, cut.timeline_name)
    return (*place, cut.space.start_record_frame, cut.end_record_frame, cut.locked)


def _locks(info: TimelineInfo) -> frozenset[object]:
    return frozenset(HostTrack(ref.type, ref.index) for ref in info.locked_tracks)
