"""Which clips of a cut belong together: picture with its sound. As the document links them, else as they lie.

Many formats carry no links (OTIO, EDL, much AAF). There a picture and sound on other tracks of the same cut belong
together when they show one media, begin and end together and show the same time of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from takebridge.cut.edit_content import place_of
from takebridge.cut.model import Address, Clip, Cut, Item, Track, clips_of, source_rate, tracks_of

Group: TypeAlias = tuple[Address, ...]
"""Addresses of clips that belong together: two or more, pictures first."""

_Seen: TypeAlias = tuple[Address, Clip]

_KINDS = {"video": 0, "audio": 1, "subtitle": 2}

_TIMELESS = frozenset({"title", "generator", "adjustment", "caption", "nested", "missing"})
"""What has no sound of its own in the same media."""


def groups(cut: Cut) -> tuple[Group, ...]:
    """Return the groups of a cut and of the cuts nested in it, each within its own cut. A clip is in one at most."""
    found: list[Group] = []
    for clips in _by_cut(cut):
        found.extend(_said(clips))
        found.extend(_inferred(clips, cut))
    return tuple(found)


def linked(cut: Cut) -> Cut:
    """Return a cut without any links with those of its own tracks that `groups` infers; any other cut as it is.

    For formats whose editors take picture and sound apart unless a link says otherwise.
    """
    if any(clip.link for _, clip in clips_of(cut)):
        return cut
    names = {address: f"group {number}" for number, group in enumerate(groups(cut), 1) for address in group}
    tracks = tuple(
        replace(track, items=tuple(_named(item, names.get((kind, number, at))) for at, item in enumerate(track.items)))
        for kind, number, track in tracks_of(cut)
    )
    return replace(cut, tracks=tracks)


def _named(item: Item, link: str | None) -> Item:
    return replace(item, link=link) if link and isinstance(item, Clip) else item


def _by_cut(cut: Cut) -> Iterator[list[tuple[str, Address, Clip]]]:
    """Yield the clips of each cut there is, this one and every nested one, with the kind of their track."""
    nests: dict[Address, list[tuple[str, Address, Clip]]] = defaultdict(list)
    tracks: dict[Address, tuple[Track, ...]] = {}
    for address, clip in clips_of(cut):
        if clip.inner is not None:
            tracks[address] = clip.inner.tracks
        parent = address[:-2] if len(address) > 3 else ()
        inner = address[-2]
        kind = tracks[parent][inner].kind if parent and isinstance(inner, int) else str(address[0])
        nests[parent].append((kind, address, clip))
    yield from nests.values()


def _said(clips: list[tuple[str, Address, Clip]]) -> Iterator[Group]:
    links: dict[str, list[tuple[str, Address]]] = defaultdict(list)
    for kind, address, clip in clips:
        if clip.link:
            links[clip.link].append((kind, address))
    for members in links.values():
        if len(members) > 1:
            members.sort(key=lambda one: _KINDS[one[0]])
            yield tuple(address for _, address in members)


def _inferred(clips: list[tuple[str, Address, Clip]], cut: Cut) -> Iterator[Group]:
    buckets: dict[tuple[object, ...], tuple[list[_Seen], list[_Seen]]] = {}
    for kind, address, clip in clips:
        if clip.link or kind == "subtitle" or clip.kind in _TIMELESS or not (shown := _shown(clip)):
            continue
        span = (round(clip.record.start), round(clip.record.end), abs(clip.speed) if clip.speed else clip.ramp)
        pictures, sounds = buckets.setdefault((shown, *span), ([], []))
        (pictures if kind == "video" else sounds).append((address, clip))
    for pictures, sounds in buckets.values():
        if pictures and sounds:
            yield from _dealt(pictures, sounds, cut)


def _dealt(pictures: list[_Seen], sounds: list[_Seen], cut: Cut) -> Iterator[Group]:
    """Where several pictures lie alike, the nth sound of each track goes with the nth of them."""
    of: dict[int, list[Address]] = defaultdict(list)
    counted: dict[object, int] = defaultdict(int)
    for address, clip in sounds:
        track = address[:-1]
        number = counted[track]
        counted[track] += 1
        if number < len(pictures) and _same_time(pictures[number][1], clip, cut):
            of[number].append(address)
    for number, members in sorted(of.items()):
        yield (pictures[number][0], *members)


def _shown(clip: Clip) -> str:
    """The file a clip shows by its stem: picture and sound of one shot may be files of two kinds."""
    if clip.media is None:
        return ""
    name = (place_of(clip.media.location).rsplit("/", 1)[-1] or clip.media.name).casefold()
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def _same_time(picture: Clip, sound: Clip, cut: Cut) -> bool:
    """Say whether both show the same time of their media, give or take a frame of the cut."""
    if picture.source is None or sound.source is None:
        return True
    starts = [Fraction(clip.source.start) / source_rate(clip, cut).fraction for clip in (picture, sound) if clip.source]
    return abs(starts[0] - starts[1]) * cut.rate.fraction <= 1


def members_of(found: Iterable[Group]) -> dict[Address, Group]:
    """Return the group of every clip that has one."""
    return {address: group for group in found for address in group}
