"""A gap becomes a shot: a video node as long as the gap, the clips beside it giving its first and last frame.

The shot's clip link waits for its first take: the timeline is not touched here, and nothing is generated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import anyio.to_thread

from takebridge.canvas.model import Canvas, ParamValue
from takebridge.canvas.op_types import AddNode, Connect, Op
from takebridge.canvas.places import COLUMN, ROW, Place, new_row
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError, MediaError, RangeError, TimelineChangedError, UsageError
from takebridge.hosts import calls, tool_calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.hosts.tool_ops import GrabFrameArgs
from takebridge.ids import CanvasId, ClipKey, LinkId, NodeId, TakeId, WireId, new_id
from takebridge.media.previews import frame_png
from takebridge.media.probe import probe
from takebridge.nodes.specs import ASPECTS, LONGEST_MS
from takebridge.providers.capability import lengths_of
from takebridge.providers.protocol import ModelProfile
from takebridge.services.bridge import Bridge
from takebridge.services.gaps import Edges, edges_of, read_edges, shows_picture
from takebridge.services.naming import next_shot
from takebridge.services.placing_takes_steps import in_the_way
from takebridge.services.push import keep_base, plain_start
from takebridge.services.references import reference_ops
from takebridge.store.ledger import now_text
from takebridge.timebase import ClipMapping, FrameRange, MediaSpace, to_seconds

KIND = "video"
_SHORTEST_MS = 100
_PORTS = {"first_frame": "start_frame", "last_frame": "end_frame"}
"""Our roles of the two frames, and the ports of a video node (and roles of its models) they go to."""


@dataclass(frozen=True, slots=True)
class FillGap:
    """Which gap becomes a shot, and how. ``model`` "" is the kind's own default."""

    canvas_id: CanvasId
    track_index: int
    start_record_frame: int
    end_record_frame: int
    prompt: str = ""
    model: str = ""
    use_before: bool = True
    use_after: bool = True
    author: str = "editor"


@dataclass(frozen=True, slots=True)
class GapFilled:
    """The shot a gap became. ``nodes`` by role: ``video``, ``first_frame``, ``last_frame``; ``frames`` of the gap."""

    link_id: LinkId
    shot: str
    nodes: dict[str, NodeId]
    frames: int
    notes: tuple[str, ...] = ()


async def fill_gap(bridge: Bridge, host: Host, asked: FillGap) -> GapFilled:
    """Make a shot for a gap of the open timeline. The same gap, prompt and model again is the same shot.

    Raises TimelineChangedError when the span is not empty (any more), UsageError for a span or model that cannot be,
    UnknownModelError, HostError; then nothing was made. A frame that cannot be had is left out, and said in a note.
    """
    profile = _profile(bridge, asked.model)
    track, span = HostTrack("video", asked.track_index), _span(asked)
    cut = read_cut(await calls.snapshot(host, detail=(), marks=True))
    _refuse(cut, track, span)
    length = _length(profile, span, cut)
    async with bridge.turns.of(f"push {asked.canvas_id}"):  # shots are found and numbered one at a time
        canvas = bridge.desk.view(asked.canvas_id).canvas
        if (known := _known(bridge, canvas, cut, asked, profile)) is not None:
            return known
        full = await read_edges(host, cut, [(track, span)])
        shot = next_shot([link.shot for link in bridge.links.of_canvas(asked.canvas_id)])
        frames = _Frames(bridge, host, full, profile, shot)
        try:
            pictures = await frames.take(edges_of(full, track, span), span, asked)
            work = (bridge, asked, profile, cut, shot, pictures, length)
            made = await anyio.to_thread.run_sync(_make, *work)
        finally:
            frames.sweep()
    await keep_base(bridge, host, cut)
    return GapFilled(made.link_id, made.shot, made.nodes, made.frames, tuple(frames.notes))


# --- may it be ------------------------------------------------------------------------------------------


def _profile(bridge: Bridge, model: str) -> ModelProfile:
    profile = bridge.providers.profile(model or str(bridge.desk.kinds[KIND].default_model))
    if profile.kind != KIND:
        raise UsageError(
            f"{profile.id} does {profile.kind}; a gap needs a model that makes video.",
            hint="Choose a video model.",
            model=profile.id,
        )
    return profile


def _span(asked: FillGap) -> FrameRange:
    if asked.end_record_frame <= asked.start_record_frame:
        raise UsageError("The gap has no frames.", hint="Give its first frame, and the one after its last.")
    return FrameRange(asked.start_record_frame, asked.end_record_frame)


def _refuse(cut: HostCut, track: HostTrack, span: FrameRange) -> None:
    if track not in {info.track for info in cut.tracks}:
        raise UsageError(f"The timeline has no video track {track.index}.", hint="Look for gaps again.")
    if span.start < cut.space.start_record_frame:
        raise UsageError("The gap begins before the timeline does.", hint="Look for gaps again.")
    if (taken := in_the_way(cut, track, span)) is not None:
        raise TimelineChangedError(f"“{taken.name}” lies in the gap by now.", hint="Look for gaps again.")


def _length(profile: ModelProfile, span: FrameRange, cut: HostCut) -> int | None:
    """Return the shortest length in ms the model can make that covers the gap, None where it cannot be told one."""
    lengths = lengths_of(profile)
    if not lengths.known:
        return None
    low, high = max(_SHORTEST_MS, lengths.shortest), min(LONGEST_MS, lengths.longest)
    seconds = to_seconds(span.duration, cut.space.rate)
    wanted = -(-seconds.numerator * 1000 // seconds.denominator)
    if wanted > high:
        raise UsageError(
            f"The gap lasts {wanted / 1000:.1f} s; {profile.id} makes at most {high / 1000:g} s.",
            hint="Mark a shorter part of it, or choose another model.",
            frames=span.duration,
        )
    return max(low, wanted)


def _known(bridge: Bridge, canvas: Canvas, cut: HostCut, asked: FillGap, profile: ModelProfile) -> GapFilled | None:
    """Return the shot that was made for this very request: its answer may have been lost."""
    for link in bridge.links.of_timeline(canvas.id, cut.project_id, cut.timeline_id):
        node = canvas.nodes.get(link.node_id)
        place = (link.track_index, link.start_record_frame, link.end_record_frame)
        gone = link.fills_gap and cut.clip(link.clip_key) is None  # no take was put yet, or that was undone
        if not gone or node is None or place != _place(asked):
            continue
        if (str(node.params.get("prompt", "")), node.model or profile.id) == (asked.prompt, profile.id):
            fed = {wire.dst_port: wire.src_node for wire in canvas.wires.values() if wire.dst_node == node.id}
            nodes = {role: fed[port] for role, port in _PORTS.items() if port in fed}
            note = f"{link.shot} was made for this gap already."
            return GapFilled(link.id, link.shot, {KIND: node.id, **nodes}, link.record.duration, (note,))
    return None


def _place(asked: FillGap) -> tuple[int, int, int]:
    return asked.track_index, asked.start_record_frame, asked.end_record_frame


# --- the frames beside it -------------------------------------------------------------------------------


class _Frames:
    """Gets the frames at the edges of a gap as pictures in the scratch folder. ``notes`` say what was not to be had."""

    def __init__(self, bridge: Bridge, host: Host, cut: HostCut, profile: ModelProfile, shot: str) -> None:
        self._host, self._cut, self._shot = host, cut, shot
        self._folder = bridge.layout.scratch / new_id("gap")
        self._roles = {slot.role for slot in profile.inputs if slot.maximum > 0}
        self._model = profile.id
        self.notes: list[str] = []

    async def take(self, edges: Edges, span: FrameRange, asked: FillGap) -> dict[str, Path]:
        """Return the pictures by role."""
        wanted = [
            ("first_frame", asked.use_before, edges.before, span.start - 1),
            ("last_frame", asked.use_after, edges.after, span.end),
        ]
        self._folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, Path] = {}
        for role, use, clip, frame in wanted:
            if use and clip is not None and shows_picture(clip):
                path = await self._picture(role, clip, frame)
                found |= {role: path} if path else {}
        return found

    async def _picture(self, role: str, clip: HostClip, record_frame: int) -> Path | None:
        word = role.replace("_", " ")
        if _PORTS[role] not in self._roles:
            self.notes.append(f"{self._model} takes no {word}: that of “{clip.name}” was left out.")
            return None
        path = self._folder / f"{self._shot} {word}.png"
        try:
            await anyio.to_thread.run_sync(_from_source, self._cut, clip, record_frame, path)
            return path
        except BridgeError:  # no plain clip of a file: the editor itself shows what is there
            return await self._grabbed(word, clip, record_frame, path)

    async def _grabbed(self, word: str, clip: HostClip, record_frame: int, path: Path) -> Path | None:
        if "frame.grab" not in self._host.capabilities:
            self.notes.append(f"The {word} of “{clip.name}” is not to be had: it is no plain clip of a file.")
            return None
        try:
            made = await tool_calls.grab_frame(self._host, GrabFrameArgs(path=str(path), record_frame=record_frame))
        except BridgeError as error:
            self.notes.append(f"The {word} of “{clip.name}” is not to be had: {error.message}")
            return None
        self.notes.append(f"The {word} is what the editor shows of “{clip.name}”, with its grade and all tracks.")
        return Path(made.path)

    def sweep(self) -> None:
        """Remove the pictures; the store has its own."""
        with suppress(OSError):
            for path in self._folder.glob("*"):
                path.unlink()
            self._folder.rmdir()


def _from_source(cut: HostCut, clip: HostClip, record_frame: int, path: Path) -> None:
    """Write the frame of a clip's own file that is shown at a record frame. Raises BridgeError where that is unsure."""
    if clip.kind not in ("clip", "still") or clip.media is None or not clip.media.path or not clip.media.online:
        raise MediaError(f"“{clip.name}” has no file of its own.", hint="Grab the frame from the editor.")
    source = Path(clip.media.path)
    if clip.kind == "still":
        frame_png(source, 0, path)
        return
    info = probe(source)
    rate = clip.media.rate or info.rate
    if rate is None or info.rate != rate:
        raise RangeError(f"“{clip.name}” plays at another rate than its file.", hint="Grab the frame from the editor.")
    mapping = ClipMapping(cut.space, MediaSpace(rate, info.edit_frames), clip.record, plain_start(cut, clip, rate))
    frame_png(source, mapping.source_frame_at(record_frame), path)


# --- the canvas side ------------------------------------------------------------------------------------


def _make(
    bridge: Bridge,
    asked: FillGap,
    profile: ModelProfile,
    cut: HostCut,
    shot: str,
    pictures: dict[str, Path],
    length: int | None,
) -> GapFilled:
    """Commit the nodes together, then keep the link."""
    canvas = bridge.desk.view(asked.canvas_id).canvas
    first = new_row(canvas, bridge.desk.kinds, "source_clip", columns=2, rows=max(1, len(pictures)))
    video = NodeId(new_id("node"))
    params = _params(profile, asked, cut, length, framed="first_frame" in pictures or "last_frame" in pictures)
    ops: list[Op] = [
        AddNode(id=video, kind=KIND, title=shot, x=first.x + COLUMN, y=first.y, params=params, model=profile.id)
    ]
    nodes = {KIND: video}
    for number, (role, path) in enumerate(pictures.items()):
        at = Place(first.x, first.y + ROW * number)
        nodes[role], made = reference_ops(bridge, path, at=at, author=asked.author)
        ops += [*made, *_wired(nodes[role], video, _PORTS[role])]
    bridge.desk.apply(asked.canvas_id, ops, author=asked.author)
    link = _link(asked, cut, shot, video)
    bridge.links.add(link)
    return GapFilled(link.id, shot, nodes, link.record.duration)


def _wired(reference: NodeId, video: NodeId, port: str) -> Iterator[Op]:
    wire = WireId(new_id("wire"))
    yield Connect(id=wire, src_node=reference, src_port="image", dst_node=video, dst_port=port)


def _params(
    profile: ModelProfile, asked: FillGap, cut: HostCut, length: int | None, *, framed: bool
) -> dict[str, ParamValue]:
    """Prompt and length; the timeline's rate where the model can do it, its aspect where no frame says it."""
    params: dict[str, ParamValue] = {"prompt": asked.prompt} if asked.prompt else {}
    if length is not None:
        params["duration_ms"] = length
    rate = f"{cut.space.rate.numerator}/{cut.space.rate.denominator}"
    if rate in profile.choices.get("rate", ()):
        params["rate"] = rate
    aspect = _aspect(cut.width, cut.height)
    if not framed and aspect in profile.choices.get("aspect", ()):
        params["aspect"] = aspect
    return params


def _aspect(width: int, height: int) -> str:
    """The aspect nearest to a frame size."""
    wanted = Fraction(width, height)
    ratios = {name: Fraction(*map(int, name.split(":"))) for name in ASPECTS}
    return min(ratios, key=lambda name: max(ratios[name] / wanted, wanted / ratios[name]))


def _link(asked: FillGap, cut: HostCut, shot: str, video: NodeId) -> ClipLink:
    frames = asked.end_record_frame - asked.start_record_frame
    return ClipLink(
        id=LinkId(new_id("link")),
        canvas_id=asked.canvas_id,
        node_id=video,
        source_take_id=TakeId(""),
        shot=shot,
        project_id=cut.project_id,
        project_name=cut.project_name,
        timeline_id=cut.timeline_id,
        timeline_name=cut.timeline_name,
        clip_key=ClipKey(""),
        track_type="video",
        track_index=asked.track_index,
        start_record_frame=asked.start_record_frame,
        end_record_frame=asked.end_record_frame,
        media_path="",
        media_rate=str(cut.space.rate),
        source_start_frame=0,
        source_end_frame=frames,
        given_start_frame=0,
        given_end_frame=frames,
        width=cut.width,
        height=cut.height,
        created_at=now_text(),
        fills_gap=True,
    )
