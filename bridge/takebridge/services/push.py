"""Push: clips leave the timeline and become takes of ``source_clip`` nodes, with handles, wired to a next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import anyio.to_thread
from pydantic import BaseModel, ConfigDict

from takebridge.canvas.history import Origin
from takebridge.canvas.model import Canvas, Output, Take
from takebridge.canvas.ops import AddNode, AddTake, Connect, Op, Pin
from takebridge.canvas.places import Place, behind, new_row
from takebridge.cut.hosted import HostClip, HostCut, HostMedia
from takebridge.cut.link import ClipLink
from takebridge.errors import BridgeError, UnsupportedItemError, UsageError
from takebridge.hosts import calls
from takebridge.hosts.opened import opened
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import SelectionArgs
from takebridge.hosts.reading import read_cut
from takebridge.ids import CanvasId, LinkId, NodeId, TakeId, WireId, new_id
from takebridge.media.codecs import editing_codec
from takebridge.media.cut import CutReport, cut_with_handles
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.naming import next_shot
from takebridge.store.ledger import now_text
from takebridge.timebase import ClipMapping, FrameRange, FrameRate, MediaSpace, frame_at, to_seconds

Process = Literal["upscale", "previz"]

_SOURCE = "source_clip"
GIVEN_START = "given_start_frame"
"""Fact of a pushed take: the source frame its first frame is. Takes made from it begin there too."""

_ADVICE = {
    "title": "Titles have no media file. Render the range in place, then push the rendered clip.",
    "generator": "Generators have no media file. Render the range in place, then push the rendered clip.",
    "transition": "Move the playhead off the transition and push the clip beside it.",
    "compound": "Open the compound clip in its own timeline and push the clips inside, or render it in place.",
    "nested": "Open the nested timeline and push the clips inside, or render it in place.",
    "fusion": "Render the Fusion clip in place, then push the rendered clip.",
    "multicam": "Flatten the multicam clip, then push the angle.",
    "adjustment": "Adjustment clips have no picture of their own. Push the clip below.",
    "still": "Stills are references, not clips: add the file with 'takebridge reference add'.",
    "ghost": "Undo the last edit in the editor and try again: this item has no content.",
}

_NOTHING_THERE = {
    "playhead": "Move the playhead over a clip and try again.",
    "selected": "Select a video clip and try again.",
    "marks": "Set the in and out marks around video clips and try again.",
}


class PushRequest(BaseModel):
    """What to push. ``process`` nodes are created behind each new clip; ``handles`` overrides the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    canvas_id: CanvasId
    mode: Literal["playhead", "selected", "marks"] = "playhead"
    process: tuple[Process, ...] = ("upscale",)
    handles: int | None = None
    author: str = "editor"


class PushedClip(BaseModel):
    """One clip that was pushed. Ranges half-open; record frames absolute, source frames in the media's rate.

    ``repeated`` when the same frames of the same clip were pushed before: nothing was made then.
    """

    model_config = ConfigDict(frozen=True)

    link: ClipLink
    nodes: dict[str, NodeId]
    name: str
    frames: int
    head: int
    tail: int
    asked: int
    repeated: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A clip checked and ready to be cut."""

    cut: HostCut
    clip: HostClip
    info: MediaInfo
    rate: FrameRate
    source: FrameRange
    notes: tuple[str, ...]


async def push(bridge: Bridge, host: Host, request: PushRequest) -> list[PushedClip]:
    """Push the clips a person means. All are checked before the first is cut.

    Raises UnsupportedItemError (named, with advice), HostError, MediaError, StoreError; what was pushed before an
    error in the middle of several stays pushed and is reported again as repeated.
    """
    cut = read_cut(await calls.selection(host, SelectionArgs(mode=request.mode)))
    clips = meant(cut)
    if not clips:
        raise UsageError("There is no video clip there.", hint=_NOTHING_THERE[request.mode])
    sources = [await anyio.to_thread.run_sync(_check, bridge, cut, clip) for clip in clips]
    async with bridge.turns.of(f"push {request.canvas_id}"):  # shots are found and numbered one push at a time
        pushed = [await anyio.to_thread.run_sync(_push_one, bridge, request, source) for source in sources]
        for source, one in zip(sources, pushed, strict=True):
            bridge.recall.keep(one.link.id, source.cut, source.clip)
    await keep_base(bridge, host, cut)
    return pushed


async def keep_base(bridge: Bridge, host: Host, cut: HostCut) -> None:
    """With the first clip of a timeline the whole cut becomes the base of its round trips."""
    if not await anyio.to_thread.run_sync(bridge.cuts.has_base, cut.project_id, cut.timeline_id):
        whole = (await opened(host))[1]
        if (whole.project_id, whole.timeline_id) == (cut.project_id, cut.timeline_id):
            await anyio.to_thread.run_sync(bridge.cuts.agree, whole, {})


# --- may it leave ---------------------------------------------------------------------------------------


def meant(cut: HostCut) -> tuple[HostClip, ...]:
    """Return the clips a selection means: its pictures.

    A transition among clips goes nowhere by itself: the clips on both sides are meant.
    """
    items = [clip for clip in cut.clips if clip.track.type == "video"]
    return tuple([clip for clip in items if clip.kind != "transition"] or items)


def refusal(bridge: Bridge, cut: HostCut, clip: HostClip) -> BridgeError | None:
    """Return the error a push of this clip would raise, None when it would go out. Reads its file, changes nothing."""
    try:
        _check(bridge, cut, clip)
    except BridgeError as error:
        return error
    return None


def plain_start(cut: HostCut, clip: HostClip, rate: FrameRate) -> int:
    """Return the source frame on the clip's first record frame, at the media's ``rate``.

    Raises UnsupportedItemError for a clip that is retimed, reversed, or does not say.
    """
    start, _notes = _source_start(clip)
    _refuse_retimed(cut, clip, rate)
    return start


def _check(bridge: Bridge, cut: HostCut, clip: HostClip) -> _Source:
    """Find out which source frames the clip shows, or refuse it by name."""
    if clip.kind != "clip" or clip.media is None:
        raise _unsupported(clip, _ADVICE.get(clip.kind, "Render the range in place, then push the rendered clip."))
    delivered = _delivered_from(bridge, cut, clip)
    if delivered is not None:
        raise _unsupported(
            clip,
            f"The clip shows a take of {delivered}: select take 1 in the editor to push the original again.",
        )
    if not clip.media.online or not clip.media.path or not Path(clip.media.path).exists():
        raise _unsupported(
            clip, f"Its media is offline ({clip.media.path or 'no path'}). Relink it in the editor first."
        )
    info = probe(Path(clip.media.path))
    if info.is_still or not info.has_video or info.rate is None:
        raise _unsupported(clip, _ADVICE["still"] if info.is_still else "Its file has no picture.")
    rate = _media_rate(clip, info)
    start, notes = _source_start(clip)
    _refuse_retimed(cut, clip, rate)
    mapping = ClipMapping(cut.space, MediaSpace(rate, info.edit_frames), clip.record, start)
    source = mapping.source_range
    if not FrameRange(0, info.edit_frames).contains(source):
        raise _unsupported(
            clip,
            f"It shows source frames {source.start}–{source.end}, but the file has {info.edit_frames}. Trim the clip.",
        )
    return _Source(cut, clip, info, rate, source, notes)


def _unsupported(clip: HostClip, advice: str) -> UnsupportedItemError:
    what = {"clip": "clip", "nested": "nested timeline", "fusion": "Fusion clip"}.get(clip.kind, clip.kind)
    return UnsupportedItemError(
        f"The {what} “{clip.name}” cannot be sent out.", hint=advice, clip=clip.name, kind=clip.kind
    )


def _delivered_from(bridge: Bridge, cut: HostCut, clip: HostClip) -> str | None:
    """Return the shot whose take the clip shows now, if it shows one of ours."""
    path = clip.media.path if clip.media else ""
    takes = bridge.layout.takes
    return Path(path).parent.name if path and Path(path).is_relative_to(takes) else None


def _media_rate(clip: HostClip, info: MediaInfo) -> FrameRate:
    """The rate the host counts source frames in; it must be the file's own."""
    host_rate = clip.media.rate if clip.media else None
    if host_rate is not None and info.rate is not None and host_rate != info.rate and not info.is_vfr:
        raise _unsupported(
            clip,
            f"The editor plays it at {host_rate} frames per second, the file runs at {info.rate}. "
            "Reset its frame rate in the clip attributes.",
        )
    return host_rate or info.rate or FrameRate(25)


def _source_start(clip: HostClip) -> tuple[int, tuple[str, ...]]:
    """Left offset is exact at 100 % speed, the host's own source frames can be one off (resolve.md trap 8)."""
    if clip.source_start_frame is not None:
        return clip.source_start_frame, ()
    if clip.true_source is not None and clip.true_source != (0, 0):
        return clip.true_source[0], ("The editor did not say the clip's offset; its source start was used.",)
    raise _unsupported(clip, "The editor does not say which source frames it shows. Render it in place first.")


def _refuse_retimed(cut: HostCut, clip: HostClip, rate: FrameRate) -> None:
    advice = "Render the clip in place (which bakes its speed), then push the rendered clip."
    if clip.speed_percent is not None and clip.speed_percent != 100:
        raise _unsupported(clip, f"It plays at {clip.speed_percent} %. {advice}")
    if clip.true_source is None or clip.true_source == (0, 0):
        return
    first, end = clip.true_source
    if first > end:
        raise _unsupported(clip, f"It plays backwards. {advice}")
    expected = frame_at(to_seconds(clip.record.duration, cut.space.rate), rate)
    if abs((end - first) - expected) > 2:
        raise _unsupported(clip, f"It is retimed: {end - first} source frames in the time of {expected}. {advice}")


# --- out it goes ----------------------------------------------------------------------------------------


def push_range(
    bridge: Bridge, request: PushRequest, cut: HostCut, clip: HostClip, link: ClipLink, source: FrameRange
) -> PushedClip:
    """Push other source frames of a clip's own media, whatever take the clip shows now; commits as the sync does.

    Raises UnsupportedItemError when the file has not got them, MediaError, StoreError.
    """
    info = probe(Path(link.media_path))
    if not FrameRange(0, info.edit_frames).contains(source):
        raise _unsupported(
            clip,
            f"It shows source frames {source.start}–{source.end}, but its file has {info.edit_frames}. Trim the clip.",
        )
    media = HostMedia("", clip.name, link.media_path, link.rate, info.edit_frames, online=True)
    shown = replace(clip, key=link.clip_key, media=media)
    return _push_one(bridge, request, _Source(cut, shown, info, link.rate, source, ()), origin="sync")


def _push_one(bridge: Bridge, request: PushRequest, source: _Source, origin: Origin = "user") -> PushedClip:
    canvas = bridge.desk.view(request.canvas_id).canvas
    known = _known_link(bridge, canvas, source)
    asked = bridge.handles if request.handles is None else request.handles
    wanted = source.source.expanded(asked, asked).clamped(FrameRange(0, source.info.edit_frames))
    if known is not None and known.given == wanted and _same_source(known, source):
        nodes = _ensure_steps(bridge, request, known.node_id)
        return _report(known, nodes, source, asked, repeated=True)
    made = _cut(bridge, source, asked)
    try:
        blob = bridge.blobs.add_own(made.path)
    finally:
        made.path.unlink(missing_ok=True)
    link = _new_link(bridge, request, source, made, known)
    take = Take(
        id=link.source_take_id,
        node_id=link.node_id,
        seq=canvas.next_seq(link.node_id),
        origin="nle",
        outputs={"video": Output(content=blob.hash, facts=_facts(source, made))},
        author=request.author,
        created_at=link.created_at,
    )
    pinned = canvas.nodes[link.node_id].pin if link.node_id in canvas.nodes else None
    columns = 1 + len(set(request.process))
    place = new_row(canvas, bridge.desk.kinds, _SOURCE, columns=columns)
    ops: list[Op] = [] if known else [_source_node(link, place)]
    ops += [AddTake(take=take), Pin(node=link.node_id, take=take.id, expected=pinned)]
    bridge.desk.apply(request.canvas_id, ops, author=request.author, origin=origin)
    (bridge.links.replace if known else bridge.links.add)(link)
    bridge.events.publish("link.changed", {"canvas": link.canvas_id, "link": link.id})
    nodes = _ensure_steps(bridge, request, link.node_id)
    return _report(link, nodes, source, asked, repeated=False, notes=made.notes)


def _known_link(bridge: Bridge, canvas: Canvas, source: _Source) -> ClipLink | None:
    for link in bridge.links.of_canvas(canvas.id):
        same_clip = link.timeline_id == source.cut.timeline_id and link.clip_key == source.clip.key
        if same_clip and link.node_id in canvas.nodes and not link.fills_gap:
            return link
    return None


def _same_source(link: ClipLink, source: _Source) -> bool:
    media = source.clip.media
    return (
        media is not None
        and link.media_path == media.path
        and (link.source_start_frame, link.source_end_frame) == (source.source.start, source.source.end)
    )


def _cut(bridge: Bridge, source: _Source, asked: int) -> CutReport:
    target = bridge.layout.scratch / f"{new_id('push')}.mov"
    codec = editing_codec(source.info.width, source.info.height)
    return cut_with_handles(source.info.path, target, source.source, handles=asked, codec=codec)


def _facts(source: _Source, made: CutReport) -> dict[str, bool | int | str]:
    return {
        "frame_count": made.frame_count,
        "rate": str(made.rate),
        "width": made.width,
        "height": made.height,
        "audio": source.info.has_audio,
        GIVEN_START: made.source.start,
    }


def _new_link(
    bridge: Bridge, request: PushRequest, source: _Source, made: CutReport, known: ClipLink | None
) -> ClipLink:
    clip, cut = source.clip, source.cut
    shots = [link.shot for link in bridge.links.of_canvas(request.canvas_id)]
    return ClipLink(
        id=known.id if known else LinkId(new_id("link")),
        canvas_id=request.canvas_id,
        node_id=known.node_id if known else NodeId(new_id("node")),
        source_take_id=TakeId(new_id("take")),
        shot=known.shot if known else next_shot(shots),
        project_id=cut.project_id,
        project_name=cut.project_name,
        timeline_id=cut.timeline_id,
        timeline_name=cut.timeline_name,
        clip_key=clip.key,
        track_type=clip.track.type,
        track_index=clip.track.index,
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        media_path=str(clip.media.path if clip.media else ""),
        media_rate=str(source.rate),
        source_start_frame=source.source.start,
        source_end_frame=source.source.end,
        given_start_frame=made.source.start,
        given_end_frame=made.source.end,
        width=made.width,
        height=made.height,
        created_at=now_text(),
    )


# --- the canvas side ------------------------------------------------------------------------------------


def _source_node(link: ClipLink, place: Place) -> AddNode:
    return AddNode(id=link.node_id, kind=_SOURCE, title=f"{link.shot} source", x=place.x, y=place.y)


def _ensure_steps(bridge: Bridge, request: PushRequest, source: NodeId) -> dict[str, NodeId]:
    """Return the node of each wanted step behind ``source``, creating and wiring the missing ones."""
    canvas = bridge.desk.view(request.canvas_id).canvas
    there = {
        canvas.nodes[wire.dst_node].kind: wire.dst_node for wire in canvas.wires.values() if wire.src_node == source
    }
    nodes: dict[str, NodeId] = {_SOURCE: source}
    ops: list[Op] = []
    places: list[Place] = []
    shot = canvas.nodes[source].title.removesuffix(" source")
    for process in dict.fromkeys(request.process):
        nodes[process] = there.get(process) or NodeId(new_id("node"))
        if process not in there:
            places.append(at := behind(canvas, bridge.desk.kinds, source, places))
            ops.append(AddNode(id=nodes[process], kind=process, title=f"{shot} {process}", x=at.x, y=at.y))
            ops.append(
                Connect(
                    id=WireId(new_id("wire")),
                    src_node=source,
                    src_port="video",
                    dst_node=nodes[process],
                    dst_port="source",
                )
            )
    bridge.desk.apply(request.canvas_id, ops, author=request.author)
    return nodes


def _report(
    link: ClipLink,
    nodes: dict[str, NodeId],
    source: _Source,
    asked: int,
    *,
    repeated: bool,
    notes: tuple[str, ...] = (),
) -> PushedClip:
    return PushedClip(
        link=link,
        nodes=nodes,
        name=source.clip.name,
        frames=link.given.duration,
        head=link.source_start_frame - link.given_start_frame,
        tail=link.given_end_frame - link.source_end_frame,
        asked=asked,
        repeated=repeated,
        notes=(*source.notes, *notes),
    )


def media_time_at_head(link: ClipLink, clip: HostClip) -> Fraction:
    """Return the media time shown on the clip's first record frame while it shows the pushed media itself."""
    start, _notes = _source_start(clip)
    return to_seconds(start, link.rate)
