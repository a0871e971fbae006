"""From a host's snapshot to a `HostCut`, and on to a `cut.model.Cut`: where spellings become exact values."""

from __future__ import annotations

import re
from fractions import Fraction

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, HostTrack, HostTrackInfo, NativeTake
from takebridge.cut.model import Extras, Marker
from takebridge.cut.stamp import find_stamps, majority
from takebridge.errors import InvalidTimeError, UnknownRateError
from takebridge.hosts.neutral import neutral
from takebridge.hosts.protocol import MarkerFacts, MediaItem, Snapshot, TakeSlot, TimelineItem, TrackInfo, TrackRef
from takebridge.ids import ClipKey
from takebridge.timebase import (
    FrameRange,
    FrameRate,
    TimelineSpace,
    parse_edit_rate,
    parse_media_rate,
    parse_timecode,
)

__all__ = ["neutral", "read_clip", "read_cut"]


def read_cut(snapshot: Snapshot) -> HostCut:
    """Normalise a snapshot. Raises UnknownRateError for a timeline rate that does not exist.

    Ghost items (all getters silent, resolve.md trap 4) are left out.
    """
    info = snapshot.timeline
    return HostCut(
        project_id=info.project_id,
        project_name=info.project_name,
        timeline_id=info.timeline_id,
        timeline_name=info.timeline_name,
        space=TimelineSpace(parse_edit_rate(info.rate), info.start_record_frame),
        drop_frame=info.drop_frame,
        width=info.width,
        height=info.height,
        end_record_frame=info.end_record_frame,
        revision=info.revision,
        locked=frozenset(_track(track) for track in info.locked_tracks),
        clips=tuple(read_clip(item) for item in snapshot.items if item.kind != "ghost"),
        tracks=tuple(HostTrackInfo(_track(track), track.name, track.enabled) for track in info.tracks),
        markers=tuple(_marker(marker.record_frame, marker) for marker in info.markers),
        project_rate=_media_rate(info.project_rate),
    )


def _track(ref: TrackRef | TrackInfo) -> HostTrack:
    return HostTrack(ref.type, ref.index)


def _marker(at: int, facts: MarkerFacts) -> Marker:
    extras: Extras = {"resolve": {"data": facts.data}} if facts.data else {}
    return Marker(at, facts.duration_frames, facts.name, facts.note, facts.color, extras=extras)


def read_clip(item: TimelineItem) -> HostClip:
    """Normalise one item."""
    known = item.start_source_frame is not None and item.end_source_frame is not None
    return HostClip(
        key=ClipKey(item.key),
        kind=item.kind,
        name=item.name,
        track=_track(item.track),
        record=FrameRange(item.start_record_frame, item.end_record_frame),
        enabled=item.enabled,
        media=_media(item.media) if item.media else None,
        source_start_frame=item.left_offset_frame,
        true_source=(item.start_source_frame or 0, item.end_source_frame or 0) if known else None,
        speed_percent=item.speed_percent,
        linked=frozenset(ClipKey(key) for key in item.linked),
        takes=tuple(_take(slot) for slot in item.takes),
        selected_take=item.selected_take,
        look=item.look,
        source_unknown=item.source_unknown,
        speed=_speed(item.speed),
        style=item.style,
        stamp=_stamp(item),
        markers=tuple(_marker(marker.source_frame, marker) for marker in item.markers),
    )


def _speed(text: str) -> Fraction | None:
    """Exact speed of ``"n"`` or ``"n/d"``; anything else is unknown."""
    match = re.fullmatch(r"(-?\d{1,9})(?:/(\d{1,9}))?", text)
    if not match or (match[2] and not int(match[2])):
        return None
    return Fraction(int(match[1]), int(match[2] or 1))


def _stamp(item: TimelineItem) -> str:
    """What most places say: each marker on the clip, the metadata of its media, the name of its file."""
    marked = [find_stamps(f"{marker.data}\n{marker.note}\n{marker.name}")[:1] for marker in item.markers]
    named = find_stamps(re.split(r"[\\/]", item.media.path)[-1])[:1] if item.media else ()
    return majority(stamp for stamps in (*marked, find_stamps(item.stamp)[:1], named) for stamp in stamps)


def _take(slot: TakeSlot) -> NativeTake:
    start, end = slot.start_source_frame, slot.end_source_frame
    source = FrameRange(start, end) if start is not None and end is not None and end >= start else None
    return NativeTake(slot.index, slot.media_id, slot.media_path, source)


def _media(media: MediaItem) -> HostMedia:
    rate = _media_rate(media.rate)
    return HostMedia(
        id=media.id,
        name=media.name,
        path=media.path,
        rate=rate,
        frame_count=media.frame_count,
        online=media.online,
        start=_start(media.start_timecode, rate),
    )


def _start(timecode: str, rate: FrameRate | None) -> int | None:
    try:
        return parse_timecode(timecode, rate) if rate else None
    except InvalidTimeError:
        return None


def _media_rate(text: str) -> FrameRate | None:
    try:
        return parse_media_rate(text)
    except UnknownRateError:
        return None
