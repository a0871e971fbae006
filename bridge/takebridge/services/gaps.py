"""Gaps: the empty spans of the video tracks, with the clips at their edges. Changes nothing.

Record frames are absolute, spans half-open. Items are read lightly; only the clips beside a gap are read in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.errors import UnsupportedOpError, UsageError
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.ids import ClipKey
from takebridge.services.looking import Looks, timecode_at
from takebridge.timebase import FrameRange

GapMode = Literal["marks", "gaps"]
_MARKS = "selection.get:marks"
_NO_PICTURE = frozenset({"adjustment", "transition", "ghost"})


@dataclass(frozen=True, slots=True)
class GapFound:
    """An empty span of a video track, and the clips that end and begin at its edges ("" where none does).

    ``before_frame`` and ``after_frame`` are the last and first record frame of those clips, None where there is none
    that shows a picture. ``rate`` is the timeline's.
    """

    timeline_id: str
    track_index: int
    start_record_frame: int
    end_record_frame: int
    timecode: str
    rate: str
    before: str = ""
    after: str = ""
    before_frame: int | None = None
    after_frame: int | None = None


@dataclass(frozen=True, slots=True)
class Edges:
    """The clips that end and begin at the edges of a span, read in full."""

    before: HostClip | None
    after: HostClip | None


async def find_gaps(host: Host, mode: GapMode, looks: Looks | None = None) -> list[GapFound]:
    """Return the gaps of the open timeline, lowest track first, in record order.

    "gaps" are the spans between two clips of a track; "marks" what is empty between the in and out marks, on each
    track. With ``looks`` the clips beside them count as looked at: their frames may be shown. Raises UsageError without
    marks, UnsupportedOpError where the version does not say them, HostError.
    """
    snapshot = await calls.snapshot(host, detail=(), marks=True)
    cut = read_cut(snapshot)
    tracks = sorted({info.track for info in cut.tracks if info.track.type == "video"}, key=lambda one: one.index)
    marked: FrameRange | None = None
    if mode == "marks":
        info = snapshot.timeline
        marked = _marked(host, cut, info.marked_start_record_frame, info.marked_end_record_frame)
    spans = [
        (track, span) for track in tracks for span in (_inside(cut, track, marked) if marked else _between(cut, track))
    ]
    full = await read_edges(host, cut, spans)
    beside = [(track, span, edges_of(full, track, span)) for track, span in spans]
    if looks is not None:
        clips = (clip for _, _, edges in beside for clip in (edges.before, edges.after) if clip is not None)
        seen = looks.of(host.session).looks
        seen.pop("gaps", None)
        seen["gaps"] = (full, {clip.key: clip for clip in clips})
    return [_found(cut, *one) for one in beside]


def _marked(host: Host, cut: HostCut, start: int | None, end: int | None) -> FrameRange:
    if start is None or end is None or end <= start:
        if _MARKS not in host.capabilities:
            raise UnsupportedOpError(
                f"{host.status.product} {host.status.version} cannot say where the marks are.",
                hint="Choose a gap from the list of all gaps instead.",
                capability=_MARKS,
            )
        raise UsageError(
            "There are no in and out marks on the timeline.",
            hint="Mark the gap in the editor (I and O), then look again.",
        )
    return FrameRange(max(start, cut.space.start_record_frame), max(end, cut.space.start_record_frame))


# --- spans ----------------------------------------------------------------------------------------------


def _between(cut: HostCut, track: HostTrack) -> list[FrameRange]:
    taken = cut.on_track(track)
    if not taken:
        return []
    whole = FrameRange(taken[0].record.start, max(clip.record.end for clip in taken))
    return _inside(cut, track, whole)


def _inside(cut: HostCut, track: HostTrack, span: FrameRange) -> list[FrameRange]:
    """Return what is empty of a span of a track."""
    found, at = [], span.start
    for clip in cut.on_track(track):
        if clip.record.start > at:
            found.append(FrameRange(at, min(clip.record.start, span.end)))
        at = max(at, clip.record.end)
        if at >= span.end:
            break
    if at < span.end:
        found.append(FrameRange(at, span.end))
    return [gap for gap in found if gap.duration]


# --- the clips beside it --------------------------------------------------------------------------------


async def read_edges(host: Host, cut: HostCut, spans: Iterable[tuple[HostTrack, FrameRange]]) -> HostCut:
    """Read the clips at the edges of these spans in full."""
    keys: dict[ClipKey, None] = {}
    for track, span in spans:
        edges = (span.start, span.end)
        near = (clip for clip in cut.on_track(track) if clip.record.end == edges[0] or clip.record.start == edges[1])
        keys.update(dict.fromkeys(clip.key for clip in near))
    if not keys:
        return cut
    return read_cut(await calls.snapshot(host, detail=tuple(keys)))


def edges_of(cut: HostCut, track: HostTrack, span: FrameRange) -> Edges:
    """Return the clips at the edges of a span, transitions at them left out."""
    solid = [clip for clip in cut.on_track(track) if clip.kind not in ("transition", "ghost")]
    before = next((clip for clip in solid if clip.record.end == span.start), None)
    after = next((clip for clip in solid if clip.record.start == span.end), None)
    return Edges(before, after)


def shows_picture(clip: HostClip | None) -> bool:
    """Say whether a clip has a picture of its own that is seen."""
    return clip is not None and clip.enabled and clip.kind not in _NO_PICTURE


def _found(cut: HostCut, track: HostTrack, span: FrameRange, edges: Edges) -> GapFound:
    return GapFound(
        timeline_id=cut.timeline_id,
        track_index=track.index,
        start_record_frame=span.start,
        end_record_frame=span.end,
        timecode=timecode_at(cut, span.start),
        rate=str(cut.space.rate),
        before=edges.before.key if edges.before else "",
        after=edges.after.key if edges.after else "",
        before_frame=span.start - 1 if shows_picture(edges.before) else None,
        after_frame=span.end if shows_picture(edges.after) else None,
    )
