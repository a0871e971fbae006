"""From a host's snapshot to a `Cut`: the edge where spellings become exact values."""

from __future__ import annotations

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, HostTrack, NativeTake
from takebridge.errors import UnknownRateError
from takebridge.hosts.protocol import MediaItem, Snapshot, TakeSlot, TimelineItem, TrackRef
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace, parse_edit_rate, parse_media_rate


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
        clips=tuple(_clip(item) for item in snapshot.items if item.kind != "ghost"),
    )


def _track(ref: TrackRef) -> HostTrack:
    return HostTrack(ref.type, ref.index)


def _clip(item: TimelineItem) -> HostClip:
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
    )


def _take(slot: TakeSlot) -> NativeTake:
    start, end = slot.start_source_frame, slot.end_source_frame
    source = FrameRange(start, end) if start is not None and end is not None and end >= start else None
    return NativeTake(slot.index, slot.media_id, slot.media_path, source)


def _media(media: MediaItem) -> HostMedia:
    return HostMedia(
        id=media.id,
        name=media.name,
        path=media.path,
        rate=_media_rate(media.rate),
        frame_count=media.frame_count,
        online=media.online,
    )


def _media_rate(text: str) -> FrameRate | None:
    try:
        return parse_media_rate(text)
    except UnknownRateError:
        return None
