"""A cut read from a document as a host's agent would report it, so that clips of it can be pushed like any others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from takebridge.cut.model import Address, Clip, Cut, Frame, Item, Take, items_of, tracks_of
from takebridge.hosts.protocol import ItemKind, MediaItem, Snapshot, TakeSlot, TimelineInfo, TimelineItem, TrackRef

_KINDS: dict[str, ItemKind] = {
    "clip": "clip",
    "still": "still",
    "title": "title",
    "generator": "generator",
    "nested": "nested",
    "multicam": "multicam",
    "adjustment": "adjustment",
}
_WORD = "takebridge"
_HD = (1920, 1080)
"""What a document that does not say its size is taken for."""


def snapshot_of(cut: Cut) -> Snapshot:
    """Report the cut's own clips (nested ones not opened); clips between frames at the frame they begin in."""
    clips = [(address, item) for address, item in items_of(cut) if isinstance(item, Clip)]
    groups: dict[str, list[str]] = {}
    for _, clip in clips:
        groups.setdefault(clip.link, []).append(clip.key)
    items = [_item(address, clip, cut, groups[clip.link] if clip.link else []) for address, clip in clips]
    return Snapshot(timeline=info_of(cut, cut.project_id, cut.timeline_id, cut.revision), items=items)


def info_of(cut: Cut, project_id: str, timeline_id: str, revision: str) -> TimelineInfo:
    """Report the timeline itself."""
    start = _frame(cut.start)
    return TimelineInfo(
        project_id=project_id[:255],
        project_name=(cut.project_name or cut.name)[:255],
        timeline_id=timeline_id[:255],
        timeline_name=cut.name[:255],
        rate=str(cut.rate),
        drop_frame=cut.drop_frame,
        start_record_frame=start,
        end_record_frame=start + _frame(cut.end),
        width=cut.width or _HD[0],
        height=cut.height or _HD[1],
        revision=revision,
    )


def meant(cut: Cut) -> frozenset[str]:
    """Return the keys of the clips a person marked for us in the editor: “takebridge” in a marker of theirs, or in
    their name. Stamps begin with ``tb-`` and do not count."""
    return frozenset(clip.key for _, clip in items_of(cut) if isinstance(clip, Clip) and _is_meant(clip))


def named_by_place(cut: Cut) -> Cut:
    """Give every clip without a key of its own one made of the export and its place."""
    return with_keys(cut, {})


def with_keys(cut: Cut, known: Mapping[Address, str]) -> Cut:
    """Give every clip on the cut's own tracks a key of its own: the known one, else what it has where no other clip has
    it too (a razor copies ids), else one made of the export and its place."""
    counted = Counter(item.key for _, item in items_of(cut) if isinstance(item, Clip))
    taken = frozenset(known.values())
    tracks = []
    for kind, number, track in tracks_of(cut):
        items: list[Item] = []
        for index, item in enumerate(track.items):
            if isinstance(item, Clip):
                own = item.key if counted[item.key] == 1 and item.key not in taken else ""
                key = known.get((kind, number, index)) or own or f"{cut.revision[:12]}-{kind}-{number}-{index}"
                item = replace(item, key=key)
            items.append(item)
        tracks.append(replace(track, items=tuple(items)))
    return replace(cut, tracks=tuple(tracks))


def _is_meant(clip: Clip) -> bool:
    said = [clip.name, *(f"{marker.name} {marker.note}" for marker in clip.markers)]
    return any(_WORD in text.casefold() for text in said)


def _item(address: Address, clip: Clip, cut: Cut, group: list[str]) -> TimelineItem:
    kind, track, _ = address
    start = _frame(cut.start)
    source = clip.source
    straight = clip.speed == 1 and source is not None
    return TimelineItem(
        key=clip.key[:255],
        kind=_KINDS.get(clip.kind, "unread"),
        name=clip.name[:4096],
        track=TrackRef.model_validate({"type": kind, "index": int(track) + 1}),
        start_record_frame=start + _frame(clip.record.start),
        end_record_frame=start + _frame(clip.record.end),
        enabled=clip.enabled,
        media=_media(clip),
        left_offset_frame=_frame(source.start) if source and straight else None,
        start_source_frame=_ends(clip)[0],
        end_source_frame=_ends(clip)[1],
        speed_percent=_percent(clip.speed),
        takes=[_slot(index, take) for index, take in enumerate(clip.takes, start=1)],
        selected_take=clip.active + 1 if clip.takes else 0,
        linked=[key for key in group if key != clip.key],
        look=clip.look[:4096],
        stamp=clip.stamp,
    )


def _ends(clip: Clip) -> tuple[int | None, int | None]:
    if clip.source is None or clip.speed is None:
        return None, None
    first, end = _frame(clip.source.start), _frame(clip.source.end)
    return (end, first) if clip.speed < 0 else (first, end)


def _percent(speed: Fraction | None) -> int | None:
    percent = None if speed is None else speed * 100
    return percent.numerator if percent is not None and percent.denominator == 1 else None


def _media(clip: Clip) -> MediaItem | None:
    media = clip.media
    if media is None:
        return None
    return MediaItem(
        id=(media.location or media.name)[-255:],
        name=media.name[:4096],
        path=media.location[:4096],
        rate=str(media.rate) if media.rate else "",
        frame_count=None if media.frame_count is None else _frame(media.frame_count),
        online=bool(media.location),
    )


def _slot(index: int, take: Take) -> TakeSlot:
    return TakeSlot(
        index=index,
        media_id=(take.media.location if take.media else take.key)[-255:],
        media_path=(take.media.location if take.media else "")[:4096],
        start_source_frame=_frame(take.source.start) if take.source else None,
        end_source_frame=_frame(take.source.end) if take.source else None,
    )


def _frame(value: Frame) -> int:
    """The frame on screen then: the last that has begun."""
    return value if isinstance(value, int) else value.numerator // value.denominator
