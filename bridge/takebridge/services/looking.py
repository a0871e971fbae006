"""Looking: where the person is, and the clips they mean with all that the bridge knows of them. Changes nothing.

`Looks` remembers what was looked at, session by session: only of those clips are frames shown, so that nobody reads
other files of the machine through the bridge.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from fractions import Fraction

import anyio.to_thread

from takebridge.canvas.model import Canvas, Node
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import InvalidTimeError, UnsupportedOpError
from takebridge.hosts import calls, tool_calls
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import MediaItem, SelectionArgs, SetPlayheadArgs, Snapshot, Verb
from takebridge.hosts.reading import read_cut
from takebridge.hosts.tool_ops import PeekResult
from takebridge.ids import CanvasId, ClipKey, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import same_file
from takebridge.services.looking_types import Look, LookMode, SeenClip, SeenLink, Spot
from takebridge.services.push import meant, refusal
from takebridge.services.roundtrip_canvas import below_of, deliverers
from takebridge.store.links import Delivery
from takebridge.timebase import FrameRate, format_timecode

_SESSIONS = 16
"""So many connections are remembered; older ones are long gone."""


@dataclass(slots=True)
class _Seen:
    """What one session was looked at last."""

    spot: Spot | None = None
    looks: dict[str, tuple[HostCut, dict[ClipKey, HostClip]]] = field(default_factory=dict)
    """By what was looked for: the mode of a look, or ``gaps``."""


class Looks:
    """The last looks of each session. Its methods run on the event loop."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, _Seen] = OrderedDict()

    def of(self, session: str) -> _Seen:
        """Return what a session was looked at, to be added to."""
        seen = self._sessions.pop(session, None) or _Seen()
        self._sessions[session] = seen
        while len(self._sessions) > _SESSIONS:
            self._sessions.popitem(last=False)
        return seen

    def clip(self, session: str, key: ClipKey) -> tuple[HostCut, HostClip] | None:
        """Return a clip of the last looks of a session, newest first, and the timeline it was on."""
        for cut, clips in reversed(self.of(session).looks.values()):
            if key in clips:
                return cut, clips[key]
        return None


# --- where the person is --------------------------------------------------------------------------------


async def spot(host: Host, looks: Looks, *, fresh: bool = True) -> Spot:
    """Return where the person is; with ``fresh`` False as it was told last, if it was.

    Raises UnsupportedOpError when the agent cannot say, HostError.
    """
    seen = looks.of(host.session)
    if fresh or seen.spot is None:
        must_offer(host, "selection.peek", "Choose clips by the playhead, or install the agent of this release.")
        seen.spot = _spot(host, await tool_calls.peek(host))
    return seen.spot


async def park(host: Host, looks: Looks, record_frame: int, timeline_id: str = "") -> Spot:
    """Put the playhead on a frame of the open timeline, or of ``timeline_id`` as long as that is the open one.

    Raises UnsupportedOpError, HostError.
    """
    must_offer(host, "playhead.set", "Move the playhead by hand, or install the agent of this release.")
    timeline = timeline_id or (await spot(host, looks)).timeline_id
    found = await tool_calls.set_playhead(host, SetPlayheadArgs(timeline_id=timeline, record_frame=record_frame))
    seen = looks.of(host.session)
    seen.spot = _spot(host, found)
    return seen.spot


def must_offer(host: Host, verb: Verb, hint: str) -> None:
    """Raise UnsupportedOpError, with what to do instead, unless the host offers a verb."""
    if verb not in host.capabilities:
        raise UnsupportedOpError(
            f"The agent in {host.status.product} {host.status.version} does not offer “{verb}”.",
            hint=hint,
            capability=verb,
        )


def _spot(host: Host, found: PeekResult) -> Spot:
    return Spot(
        session=host.session,
        project_id=found.project_id,
        timeline_id=found.timeline_id,
        timecode=found.timecode,
        record_frame=found.record_frame,
        clip=found.clip,
        selected=tuple(found.selected),
    )


# --- the clips a person means ---------------------------------------------------------------------------


async def look(bridge: Bridge, host: Host, looks: Looks, mode: LookMode) -> Look:
    """Return the clips a person means, in record order; none there is no error. Raises HostError."""
    snapshot = await calls.selection(host, SelectionArgs(mode=mode))
    cut = read_cut(snapshot)
    found = await anyio.to_thread.run_sync(_look, bridge, host.session, snapshot, cut)
    seen = looks.of(host.session)
    seen.looks.pop(mode, None)
    seen.looks[mode] = (cut, {clip.key: clip for clip in meant(cut)})
    return found


def _look(bridge: Bridge, session: str, snapshot: Snapshot, cut: HostCut) -> Look:
    media = {item.key: item.media for item in snapshot.items}
    index = LinkIndex(bridge, cut)
    clips = sorted(meant(cut), key=lambda clip: (clip.record.start, clip.track.index))
    return Look(
        session=session,
        project=cut.project_name,
        timeline=cut.timeline_name,
        timeline_id=cut.timeline_id,
        rate=str(cut.space.rate),
        clips=tuple(_seen(bridge, cut, clip, media.get(clip.key), index) for clip in clips),
    )


def _seen(bridge: Bridge, cut: HostCut, clip: HostClip, media: MediaItem | None, index: LinkIndex) -> SeenClip:
    problem = refusal(bridge, cut, clip)
    return SeenClip(
        clip=clip.key,
        name=clip.name,
        kind=clip.kind,
        track_type=clip.track.type,
        track_index=clip.track.index,
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        timecode=timecode_at(cut, clip.record.start),
        rate=str(clip.media.rate) if clip.media and clip.media.rate else "",
        media_path=clip.media.path if clip.media else "",
        start_source_frame=clip.source_start_frame,
        width=media.width if media else None,
        height=media.height if media else None,
        native_takes=len(clip.takes),
        selected_take=clip.selected_take,
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        links=tuple(_seen_link(index, link, clip, cut.space.rate) for link in index.of(clip)),
    )


def timecode_at(cut: HostCut, record_frame: int) -> str:
    """Label a record frame as the timeline does; empty where no label exists (before 00:00:00:00)."""
    try:
        return format_timecode(record_frame, cut.space.rate, drop=cut.drop_frame)
    except InvalidTimeError:
        return ""


# --- clip links -----------------------------------------------------------------------------------------


class LinkIndex:
    """The clip links of a timeline, on whichever canvas, and which clips they belong to."""

    def __init__(self, bridge: Bridge, cut: HostCut) -> None:
        self._bridge = bridge
        self._links = bridge.links.on_timeline(cut.project_id, cut.timeline_id)
        self._canvases: dict[CanvasId, Canvas] = {}

    def canvas(self, canvas_id: CanvasId) -> Canvas:
        """Return a canvas as it is, the same at every call."""
        if canvas_id not in self._canvases:
            self._canvases[canvas_id] = self._bridge.desk.view(canvas_id).canvas
        return self._canvases[canvas_id]

    def deliveries(self, link: ClipLink) -> list[Delivery]:
        """Return what was delivered for a link, oldest first."""
        return self._bridge.links.deliveries(link.id)

    def of(self, clip: HostClip) -> tuple[ClipLink, ...]:
        """Return the links of a clip, one a canvas: by its key, by a take of ours that it shows, by its place."""
        path = clip.media.path if clip.media else ""
        shown = {item.link_id for item in self._bridge.links.delivered_as(path)} if path else set()
        found: dict[CanvasId, ClipLink] = {}
        for link in self._links:  # what says more comes last and wins
            found |= {link.canvas_id: link} if _is_placed(link, clip, path) else {}
        found |= {link.canvas_id: link for link in self._links if link.id in shown}
        found |= {link.canvas_id: link for link in self._links if _is_keyed(link, clip)}
        return tuple(link for link in found.values() if link.node_id in self.canvas(link.canvas_id).nodes)


def _is_placed(link: ClipLink, clip: HostClip, path: str) -> bool:
    there = HostTrack(link.track_type, link.track_index) == clip.track and link.record == clip.record
    return there and same_file(path, link.media_path)


def _is_keyed(link: ClipLink, clip: HostClip) -> bool:
    return bool(link.clip_key) and link.clip_key == clip.key


def _seen_link(index: LinkIndex, link: ClipLink, clip: HostClip, rate: FrameRate) -> SeenLink:
    canvas, deliveries = index.canvas(link.canvas_id), index.deliveries(link)
    node = tray_node(canvas, link, deliveries)
    return SeenLink(
        link_id=link.id,
        canvas_id=link.canvas_id,
        shot=link.shot,
        source_node=link.node_id,
        node=node.id,
        pinned=node.pin,
        shown=shown_take(deliveries, clip),
        head_source_frame=head_source_frame(deliveries, link, clip, rate),
    )


def head_source_frame(deliveries: list[Delivery], link: ClipLink, clip: HostClip, rate: FrameRate) -> int | None:
    """Return the frame of the pushed media on a clip's first record frame, whichever take the clip shows.

    None where that is not known: other media, a speed change, or media at another rate than the timeline's ``rate``.
    """
    start, path = clip.source_start_frame, clip.media.path if clip.media else ""
    if start is None or link.rate != rate or clip.speed not in (None, 1) or clip.speed_percent not in (None, 100):
        return None
    delivered = next((item for item in reversed(deliveries) if same_file(path, item.path)), None)
    if delivered is None:
        return start if same_file(path, link.media_path) else None
    frame = Fraction(delivered.origin) * rate.fraction + start
    return frame.numerator if frame.denominator == 1 else None


def tray_node(canvas: Canvas, link: ClipLink, deliveries: list[Delivery]) -> Node:
    """Return the node whose tray a clip shows: the one that delivers, else the last one behind the source.

    Where several come last, the oldest of them: a person may still choose another. The source must be on the canvas.
    """
    found = deliverers(canvas, link, deliveries)
    if len(found) == 1:
        return found[0]
    behind = [canvas.nodes[key] for key in below_of(canvas, link.node_id)]
    last = [node for node in behind if not any(other.id in below_of(canvas, node.id) for other in behind)]
    return (last or [canvas.nodes[link.node_id]])[0]


def shown_take(deliveries: list[Delivery], clip: HostClip) -> TakeId | None:
    """Return the take of ours that a clip shows, by the file delivered for it."""
    path = clip.media.path if clip.media else ""
    return next((item.take_id for item in reversed(deliveries) if same_file(path, item.path)), None)
