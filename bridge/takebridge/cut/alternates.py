"""A clip's other takes as disabled clips above it, for editors without native takes: the tray comes along.

Pure. The clip itself, and every clip that was there before, keeps its place, track and index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from takebridge.cut.model import Clip, Cut, Span, Take, Track, tile, tracks_of


def with_alternates(cut: Cut) -> Cut:
    """Return the cut with each take that is not shown as a disabled clip on a new video track above all others.

    The first alternates of all clips share one track, the second another, and so on. A take without media, or whose
    source frames are not known and cannot be those of the clip, is left out: its clip still carries its takes then.
    """
    shown = [(clip, number) for kind, number, track in tracks_of(cut) if kind == "video" for clip in track.clips]
    rows: list[list[Clip]] = []
    for clip, _ in sorted(shown, key=lambda pair: (pair[0].record.start, pair[1])):
        for alternate in _alternates(clip):
            _lay(rows, alternate)
    made = [Track("video", tile(row), f"TakeBridge alternates {number}") for number, row in enumerate(rows, 1)]
    highest = max((at for at, track in enumerate(cut.tracks, 1) if track.kind == "video"), default=0)
    below = tuple(_without_takes(track) for track in cut.tracks[:highest])
    return replace(cut, tracks=(*below, *made, *cut.tracks[highest:]))


def _without_takes(track: Track) -> Track:
    """The track with clips that carry no takes, but for those that could not all be laid above."""
    items = tuple(_bare(item) if isinstance(item, Clip) else item for item in track.items)
    return replace(track, items=items) if track.kind == "video" else track


def _bare(clip: Clip) -> Clip:
    laid = len(list(_alternates(clip))) == len(clip.takes) - 1
    return replace(clip, takes=(), active=0) if clip.takes and laid else clip


def _alternates(clip: Clip) -> Iterator[Clip]:
    for number, take in enumerate(clip.takes):
        source = _frames(clip, take)
        if number != clip.active and take.media is not None and source is not None:
            yield Clip(
                take.name or take.media.name,
                clip.record,
                take.media,
                source,
                kind="clip",
                enabled=False,
                speed=Fraction(1) if clip.speed is None else clip.speed,
            )


def _frames(clip: Clip, take: Take) -> Span | None:
    """Return the frames of a take: its own, else those of the clip where the take is known to have them."""
    if take.source is not None:
        return take.source
    length = take.media.frame_count if take.media else None
    if clip.source is None or length is None or length < clip.source.end:
        return None
    return clip.source


def _lay(rows: list[list[Clip]], clip: Clip) -> None:
    """Put a clip on the first row that is free there; rows are filled from left to right."""
    for row in rows:
        if row[-1].record.end <= clip.record.start:
            row.append(clip)
            return
    rows.append([clip])


def bins_of(cut: Cut) -> tuple[tuple[str, tuple[Take, ...]], ...]:
    """Return every clip with takes by name, in record order, with all its takes: what a bin of the tray holds."""
    found: dict[str, dict[str, Take]] = {}
    clips = sorted((clip for track in cut.tracks for clip in track.clips), key=lambda one: one.record.start)
    for clip in clips:
        if clip.takes:
            trays = found.setdefault(clip.name, {})
            trays.update({take.media.location or take.media.name: take for take in clip.takes if take.media})
    return tuple((name, tuple(takes.values())) for name, takes in found.items())
