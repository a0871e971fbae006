"""The host-neutral cut of a timeline as an agent reported it: four frame spaces become two, exactly.

Record frames lose the timeline's start. Source frames stay in the media's rate, except those of sound, which the host
counts at the project's rate (resolve.md §3 trap 8). Nothing is invented: what a host's version cannot say is taken as
100 % speed, what it could say and does not is unknown (no source, no speed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, HostTrack, HostTrackInfo, NativeTake
from takebridge.cut.model import (
    TRACK_KINDS,
    Clip,
    ClipKind,
    Cut,
    Extras,
    Frame,
    Marker,
    Media,
    Span,
    Take,
    Track,
    TrackKind,
    Transition,
    tile,
    whole,
)
from takebridge.cut.stamp import find_stamps
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRate

_KINDS: Mapping[str, ClipKind] = {
    "clip": "clip",
    "still": "still",
    "title": "title",
    "generator": "generator",
    "compound": "nested",
    "nested": "nested",
    "multicam": "multicam",
    "adjustment": "adjustment",
    "unread": "clip",
}
UNKNOWN_RETIME = "unknown"
"""``Clip.ramp`` of a retimed clip whose source frames the host could not say."""


def neutral(cut: HostCut) -> Cut:
    """Return the timeline as a `cut.model.Cut`, empty tracks included where the tracks were read.

    A snapshot of some tracks gives a cut of those tracks, in their places.
    """
    edge = _Edge.of(cut)
    return Cut(
        name=cut.timeline_name,
        rate=cut.space.rate,
        tracks=tuple(_track(info, cut, edge) for info in _listed(cut)),
        start=cut.space.start_record_frame,
        drop_frame=cut.drop_frame,
        width=cut.width,
        height=cut.height,
        markers=tuple(_moved(marker, marker.at - cut.space.start_record_frame) for marker in cut.markers),
        project_id=cut.project_id,
        project_name=cut.project_name,
        timeline_id=cut.timeline_id,
        revision=cut.revision,
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    """What one clip's reading needs of the others."""

    cut: HostCut
    media: Mapping[str, HostMedia]
    links: Mapping[ClipKey, str]
    pictures: Mapping[tuple[str, int, int], HostClip]

    @classmethod
    def of(cls, cut: HostCut) -> _Edge:
        media = {clip.media.id: clip.media for clip in cut.clips if clip.media and clip.media.id}
        pictures = {
            (clip.media.id, clip.record.start, clip.record.end): clip
            for clip in cut.clips
            if clip.track.type == "video" and clip.media and clip.media.id
        }
        return cls(cut, media, _links(cut.clips), pictures)


def _links(clips: Sequence[HostClip]) -> dict[ClipKey, str]:
    """One name per group of clips that are linked with each other, whichever of a pair says so."""
    pairs: dict[ClipKey, set[ClipKey]] = {clip.key: set() for clip in clips}
    for clip in clips:
        for other in clip.linked:
            if other in pairs:
                pairs[clip.key].add(other)
                pairs[other].add(clip.key)
    found: dict[ClipKey, str] = {}
    for first in pairs:
        group = [first] if pairs[first] and first not in found else []
        for key in group:
            found[key] = f"link {first}"
            group += [other for other in sorted(pairs[key]) if other not in found and other not in group]
    return found


# --- tracks ---------------------------------------------------------------------------------------------


def _listed(cut: HostCut) -> list[HostTrackInfo]:
    """Every track, the lowest of a kind first; those below one that is named are there too."""
    known = {info.track: info for info in cut.tracks}
    counts = dict.fromkeys(TRACK_KINDS, 0)
    for track in [*known, *cut.locked, *(clip.track for clip in cut.clips)]:
        kind = _track_kind(track)
        counts[kind] = max(counts[kind], track.index)
    places = [HostTrack(kind, index + 1) for kind in TRACK_KINDS for index in range(counts[kind])]
    return [known.get(place) or HostTrackInfo(place) for place in places]


def _track_kind(track: HostTrack) -> TrackKind:
    return next(kind for kind in TRACK_KINDS if kind == track.type)


def _track(info: HostTrackInfo, cut: HostCut, edge: _Edge) -> Track:
    on_track = cut.on_track(info.track)
    solid = [clip for clip in on_track if clip.kind not in ("transition", "ghost")]
    items = [_clip(clip, edge) for clip in solid]
    ends, starts = {clip.record.end for clip in solid}, {clip.record.start for clip in solid}
    joins = [_transition(clip, (ends & starts, ends | starts), edge) for clip in on_track if clip.kind == "transition"]
    locked = info.track in cut.locked
    return Track(_track_kind(info.track), tile([*items, *joins]), info.name, info.enabled, locked)


def _record(clip: HostClip, edge: _Edge) -> Span:
    start = edge.cut.space.start_record_frame
    return Span(clip.record.start - start, clip.record.end - start)


def _transition(clip: HostClip, edits: tuple[set[int], set[int]], edge: _Edge) -> Transition:
    """A transition lies over the cut it joins: where one clip ends and another begins, else where one ends or begins,
    else in its middle. ``edits`` are these two kinds of frames of its track."""
    middle = clip.record.start + clip.record.duration // 2
    inside = range(clip.record.start, clip.record.end + 1)
    meeting = next((found for frames in edits if (found := [at for at in inside if at in frames])), [middle])
    at = min(meeting, key=lambda frame: abs(frame - middle)) - edge.cut.space.start_record_frame
    return Transition(_record(clip, edge), at, clip.name, extras={"resolve": {"key": str(clip.key)}})


# --- clips ----------------------------------------------------------------------------------------------


def _clip(clip: HostClip, edge: _Edge) -> Clip:
    media = _media(clip.media) if clip.media else None
    speed, source = _speed(clip, edge.cut), _source(clip, edge)
    takes, active = _takes(clip, media, source, edge)
    kind = _kind(clip)
    return Clip(
        name=clip.name,
        record=_record(clip, edge),
        media=media,
        source=source,
        kind=kind,
        enabled=clip.enabled,
        speed=speed,
        ramp=UNKNOWN_RETIME if speed is None else "",
        takes=takes,
        active=active,
        key=str(clip.key),
        stamp=clip.stamp,
        link=edge.links.get(clip.key, ""),
        markers=tuple(_on_clip(clip, edge.cut)),
        look=clip.style or clip.look,
        extras={} if clip.kind == kind else {"resolve": {"kind": clip.kind}},
    )


def _kind(clip: HostClip) -> ClipKind:
    if clip.track.type == "subtitle":
        return "caption"
    if clip.kind == "unread" and clip.media is None:
        return "other"
    return _KINDS.get(clip.kind, "other")


def _media(media: HostMedia) -> Media:
    extras: Extras = {} if media.online else {"resolve": {"online": False}}
    name = media.name or _file_name(media.path)
    return Media(name, media.path, media.rate, media.frame_count, media.start, media.id, extras=extras)


def _file_name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1]


def _takes(clip: HostClip, media: Media | None, source: Span | None, edge: _Edge) -> tuple[tuple[Take, ...], int]:
    """The native takes, the selected one as the clip itself says what it shows."""
    if not clip.takes:
        return (), 0
    playing = [place for place, take in enumerate(clip.takes) if clip.media and take.media_id == clip.media.id]
    active = clip.selected_take - 1 if 1 <= clip.selected_take <= len(clip.takes) else (playing or [0])[0]
    takes = [_take(take, edge) for take in clip.takes]
    takes[active] = Take(takes[active].key, media, source, media.name if media else takes[active].name)
    return tuple(takes), active


def _take(take: NativeTake, edge: _Edge) -> Take:
    known = edge.media.get(take.media_id)
    name = _file_name(take.media_path)
    media = _media(known) if known else Media(name, take.media_path, id=take.media_id)
    source = Span(take.source.start, take.source.end) if take.source else None
    return Take(f"take {take.index}", media, source, media.name)


# --- markers --------------------------------------------------------------------------------------------


def _moved(marker: Marker, at: Frame) -> Marker:
    return Marker(at, marker.duration, marker.name, marker.note, marker.color, marker.kind, marker.extras)


def _on_clip(clip: HostClip, cut: HostCut) -> Iterable[Marker]:
    """The clip's markers without the one that carries our stamp: nobody set that one."""
    factor = _counted(clip, cut)
    for marker in clip.markers:
        ours = marker.extras.get("resolve")
        data = ours.get("data") if isinstance(ours, dict) else None
        if not (isinstance(data, str) and (data,) == find_stamps(data)):
            yield _moved(marker, whole(marker.at * factor))


# --- source frames and speed ----------------------------------------------------------------------------


def _counted(clip: HostClip, cut: HostCut) -> Fraction:
    """Media frames per source frame as the host counts it for this clip: 1, except for sound."""
    if clip.track.type != "audio" or clip.media is None or clip.media.rate is None:
        return Fraction(1)
    return _ratio(clip.media.rate, cut.project_rate or cut.space.rate)


@lru_cache(maxsize=256)
def _ratio(rate: FrameRate, other: FrameRate) -> Fraction:
    return rate.fraction / other.fraction


def _shown(clip: HostClip, cut: HostCut) -> Fraction:
    """Source frames, as the host counts them, that pass during the clip at 100 %."""
    rate = clip.media.rate if clip.media and clip.media.rate else cut.space.rate
    counted = _counted(clip, cut)
    passing = clip.record.duration * _ratio(rate, cut.space.rate)
    return passing if counted == 1 else passing / counted


def _speed(clip: HostClip, cut: HostCut) -> Fraction | None:
    if clip.speed is not None:
        return clip.speed
    if clip.speed_percent is not None:
        return Fraction(clip.speed_percent, 100)
    if clip.source_unknown:
        return None
    if clip.media is None or clip.true_source is None or clip.kind in ("still", "unread"):
        return Fraction(1)
    first, last = clip.true_source
    return _inferred(abs(last - first), _shown(clip, cut)) * (-1 if first > last else 1)


def _inferred(frames: int, shown: Fraction) -> Fraction:
    """The plainest speed that uses so many source frames, give or take the one that hosts misreport or round away.

    Plain, so that a clip keeps its speed when it is trimmed: 23 frames in 47 are 1/2, not 23/47.
    """
    if not shown or abs(frames - shown) <= 1:
        return Fraction(1)
    if frames <= 1:
        return Fraction(0)
    return _plainest(Fraction(frames - 1) / shown, Fraction(frames + 1) / shown)


def _plainest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest denominator in a closed range of positive numbers."""
    base = ceil(low)
    if base <= high:
        return Fraction(base)
    below = floor(low)
    return below + 1 / _plainest(1 / (high - below), 1 / (low - below))


def _source(clip: HostClip, edge: _Edge) -> Span | None:
    """Source frames in the media's rate. Sound beside its own picture shows what the picture shows: its frames were
    rounded to the project's rate on the way."""
    counted = _counted_source(clip, edge.cut)
    factor = _counted(clip, edge.cut)
    if counted is None or factor == 1:
        return counted
    exact = Span(whole(counted.start * factor), whole(counted.end * factor))
    beside = edge.pictures.get((clip.media.id if clip.media else "", clip.record.start, clip.record.end))
    picture = _counted_source(beside, edge.cut) if beside else None
    near = max(factor, Fraction(1))
    return picture if picture and _agree(picture, exact, near) else exact


def _agree(one: Span, other: Span, near: Fraction) -> bool:
    return -near <= one.start - other.start <= near and -2 * near <= one.end - other.end <= 2 * near


def _counted_source(clip: HostClip, cut: HostCut) -> Span | None:
    """Source frames as the host counts them."""
    if clip.media is None or clip.source_unknown or clip.kind == "unread":
        return None
    if clip.kind == "still":
        return Span(0, 1)
    if clip.true_source and _speed(clip, cut) != 1:
        low, high = sorted(clip.true_source)
        return Span(low, max(high, low + 1))
    start = clip.source_start_frame
    if start is None and clip.true_source:
        start = clip.true_source[0]
    return None if start is None else Span(start, _end_at_full_speed(clip, start, _shown(clip, cut)))


def _end_at_full_speed(clip: HostClip, start: int, shown: Fraction) -> Frame:
    """The source frame after the clip at 100 %; across rates the host's own reading, where it is plausible."""
    if shown.denominator == 1:
        return start + int(shown)
    said = clip.true_source[1] if clip.true_source else None
    return said if said is not None and abs(said - start - shown) <= 2 else start + max(1, floor(shown))
