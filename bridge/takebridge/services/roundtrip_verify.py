"""What differs between the cut that was wanted and the one that was read back, in an editor's words.

Compared is what is seen and heard: tracks, places, media, source frames, speed, enabled, transitions, and that no take
is lost. Hosts give other ids, names of takes and split gaps otherwise: none of that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from takebridge.cut.edit_content import place_of
from takebridge.cut.model import Clip, Cut, Frame, Item, Media, Span, Track, Transition, tracks_of


def off(wanted: Cut, found: Cut) -> tuple[str, ...]:
    """Return what is not as wanted, one line each; empty when the cuts are equal to the eye."""
    if wanted.rate != found.rate:
        return (f"the timeline runs at {found.rate} instead of {wanted.rate} frames per second",)
    ours, theirs = _tracks(wanted), _tracks(found)
    lines: list[str] = []
    for place in dict.fromkeys([*ours, *theirs]):
        lines += _track_off(place, ours.get(place), theirs.get(place))
    return tuple(lines)


def _tracks(cut: Cut) -> dict[str, Track]:
    return {f"{kind} track {number + 1}": track for kind, number, track in tracks_of(cut)}


def _track_off(place: str, wanted: Track | None, found: Track | None) -> Iterator[str]:
    ours, theirs = _by_place(wanted), _by_place(found)
    for at, clip in ours.items():
        other = theirs.pop(at, None)
        if other is None:
            yield f"{place}: “{clip.name}” is not at {_span(clip.record)}"
        else:
            yield from (f"{place}, {_span(clip.record)}: {line}" for line in _clip_off(clip, other))
    yield from (f"{place}: “{clip.name}” is at {_span(clip.record)}" for clip in theirs.values())
    mine, others = _joins(wanted), _joins(found)
    yield from (f"{place}: the transition at {at} is missing" for at in mine if at not in others)
    yield from (f"{place}: there is a transition at {at}" for at in others if at not in mine)


def _by_place(track: Track | None) -> dict[tuple[Frame, Frame, int], Clip]:
    """Clips by where they are; equal places (hosts stack there) are counted."""
    found: dict[tuple[Frame, Frame, int], Clip] = {}
    for clip in track.clips if track else ():
        number = 0
        while (clip.record.start, clip.record.end, number) in found:
            number += 1
        found[clip.record.start, clip.record.end, number] = clip
    return found


def _joins(track: Track | None) -> list[Frame]:
    items: Iterable[Item] = track.items if track else ()
    return [item.cut for item in items if isinstance(item, Transition)]


def _clip_off(wanted: Clip, found: Clip) -> Iterator[str]:
    if _media(wanted.media) != _media(found.media):
        yield f"shows {_media_name(found.media)} instead of {_media_name(wanted.media)}"
    elif wanted.source is not None and found.source is not None and wanted.source.start != found.source.start:
        yield f"begins on source frame {found.source.start} instead of {wanted.source.start}"
    if wanted.speed != found.speed:
        yield f"plays at {_percent(found)} instead of {_percent(wanted)}"
    if wanted.enabled != found.enabled:
        yield "is enabled" if found.enabled else "is disabled"
    lost = _takes(wanted) - _takes(found)
    yield from (f"the take {PurePath(path).name} is missing" for path in sorted(lost))


def _media(media: Media | None) -> str:
    return "" if media is None else place_of(media.location) or media.name


def _takes(clip: Clip) -> set[str]:
    return {_media(take.media) for take in clip.takes if take.media} if len(clip.takes) > 1 else set()


def _media_name(media: Media | None) -> str:
    return "nothing" if media is None else media.name or PurePath(media.location).name


def _percent(clip: Clip) -> str:
    return "another speed" if clip.speed is None else f"{float(clip.speed * 100):g} %"


def _span(span: Span) -> str:
    return f"{span.start}–{span.end}"
