"""Stills that last, for documents that count what is shown. Pure."""

from __future__ import annotations

from dataclasses import replace

from takebridge.cut.model import Clip, Cut, Span, Track, whole


def held(cut: Cut) -> Cut:
    """Return the cut with stills that last: as many frames of media as the clip is long, and media that has them.

    A still is one picture, and cuts read from hosts say one frame of it. Documents count what is shown (xmeml, OTIO for
    Premiere: the range must lie in the available range, else a still gets a default length).
    """
    return replace(cut, tracks=tuple(_held_track(track, cut) for track in cut.tracks))


def _held_track(track: Track, cut: Cut) -> Track:
    items = tuple(_held(item, cut) if isinstance(item, Clip) else item for item in track.items)
    return track if items == track.items else replace(track, items=items)


def _held(clip: Clip, cut: Cut) -> Clip:
    if clip.inner is not None:
        inner = held(clip.inner)
        return clip if inner == clip.inner else replace(clip, inner=inner)
    if clip.kind != "still" or clip.media is None or clip.source is None or clip.speed != 1:
        return clip
    rate = clip.media.rate or cut.rate
    length = whole(clip.record.duration * rate.fraction / cut.rate.fraction)
    if clip.source.duration >= length:
        return clip
    end = clip.source.start + length
    media = replace(clip.media, rate=rate, frame_count=max(clip.media.frame_count or 0, end))
    return replace(clip, media=media, source=Span(clip.source.start, end), takes=(), active=0)
