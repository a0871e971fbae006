"""AppendToTimeline: what lands where, and what does not (resolve.md §1.2, traps 2, 3, 4 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .call import Refused, coerce
from .placing import insert, is_free, link, record_duration, still_duration
from .pool_item import MediaPoolItem
from .state import Item, Media, Timeline, Track
from .timeline import add_track

if TYPE_CHECKING:
    from .world import World


@dataclass(frozen=True)
class _Placement:
    """One clipInfo read: source range half-open, ``start`` a timeline_frame or None for the end of the track."""

    media: Media
    first: int
    last: int
    kinds: tuple[str, ...]
    track_index: int
    start: int | None


def append_clips(world: World, timeline: Timeline, entries: list[object]) -> list[Item]:
    """Place every entry (a pool item or a clipInfo) and return the items, ghosts included.

    Nothing is ever overwritten: on an occupied span the clip becomes a ghost that no track lists ("ghost"), one that
    its track lists until the project is opened again ("listed"), or is dropped ("drop"), as ``ui.occupied`` says. A
    track that does not exist, or is locked, drops the clip. A record frame before the timeline's start is accepted.
    Refused when an entry is no clip or its range is none.
    """
    placements = [_read(world, timeline, entry) for entry in entries]
    placed: list[Item] = []
    for placement in placements:
        placed += _place(world, timeline, placement)
    for item in placed if any(one.ghost for one in placed) else []:
        item.unsure = True
    return placed


def _read(world: World, timeline: Timeline, entry: object) -> _Placement:
    info = entry if isinstance(entry, dict) else {"mediaPoolItem": entry}
    handle = coerce(MediaPoolItem, info.get("mediaPoolItem"))
    assert isinstance(handle, MediaPoolItem)
    media = handle._media
    first = _whole(info, "startFrame") or 0
    end = _whole(info, "endFrame")
    last = media.frame_count if end is None else end + int(world.profile.end_frame_inclusive)
    record = _whole(info, "recordFrame")
    if media.timeline is timeline or not (media.facts.is_still or 0 <= first < last <= media.frame_count):
        raise Refused
    index = _whole(info, "trackIndex")
    return _Placement(
        media,
        first,
        last,
        _kinds(media, _whole(info, "mediaType")),
        1 if index is None else index,
        None if record is None else record - timeline.start_frame,
    )


def _whole(info: dict[object, object], key: str) -> int | None:
    value = coerce(int | None, info.get(key))
    return value if isinstance(value, int) else None


def _kinds(media: Media, media_type: int | None) -> tuple[str, ...]:
    has = {"video": media.facts.has_video, "audio": media.facts.has_audio}
    asked = {None: ("video", "audio"), 1: ("video",), 2: ("audio",)}.get(media_type)
    kinds = tuple(kind for kind in asked or () if has[kind])
    if not kinds:
        raise Refused
    return kinds


def _place(world: World, timeline: Timeline, placement: _Placement) -> list[Item]:
    adding = world.profile.habits.append_adds_audio_track
    tracks = [_track(timeline, kind, placement, adding) for kind in placement.kinds]
    landing = [track for track in tracks if track is not None and not track.locked]
    media = placement.media
    still = media.facts.is_still
    length = placement.last - placement.first
    duration = still_duration(timeline) if still else record_duration(length, media, timeline)
    if len(landing) < len(tracks) or duration < 1:
        return []
    start = placement.start
    if start is None:
        start = max((item.end for track in landing for item in track.items), default=0)
    source = (0, 1) if still else (placement.first, placement.last)
    kind = "still" if still else "clip"
    items = [Item(kind, track_type, start, duration, media, *source) for track_type in placement.kinds]
    if not all(is_free(track, start, duration) for track in landing):
        for item in items:
            item.ghost = True
        if world.ui.occupied == "listed":
            for track, item in zip(landing, items, strict=True):
                insert(track, item)
        return [] if world.ui.occupied == "drop" else items
    for track, item in zip(landing, items, strict=True):
        insert(track, item)
    link(*items)
    return items


def _track(timeline: Timeline, kind: str, placement: _Placement, adding: bool) -> Track | None:
    tracks = timeline.tracks[kind]
    index = placement.track_index
    if 1 <= index <= len(tracks):
        return tracks[index - 1]
    if adding and kind == "audio" and placement.kinds != ("audio",) and 1 <= index <= len(timeline.tracks["video"]):
        while len(tracks) < index:
            add_track(timeline, "audio")
        return tracks[index - 1]
    return None
