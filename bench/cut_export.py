"""Records as a `takebridge.cut.model.Cut`: what a host would report, with as much of its ids as a `Dress` leaves."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cut_records import File, Lane, Part, Shot, State, every_shot, timed

from takebridge.cut.model import (
    Address,
    Clip,
    Cut,
    Item,
    Marker,
    Media,
    Span,
    Track,
    TrackKind,
    Transition,
    clips_of,
    tile,
    whole,
)

Stripping = Literal["ids", "half", "stripped", "proxies"]
STRIPPINGS: tuple[Stripping, ...] = ("ids", "half", "stripped", "proxies")
KINDS: tuple[TrackKind, ...] = ("video", "audio", "subtitle")


@dataclass(frozen=True, slots=True)
class Dress:
    """What of its ids a cut still has. ``keyless`` are numbers of parts, None for all; ``proxies`` by file number."""

    keyless: frozenset[int] | None = frozenset()
    file_names: bool = False
    links: bool = True
    proxies: Mapping[int, tuple[str, str]] | None = None

    def key(self, part: Part) -> str:
        """Return the host id the cut shows for a clip."""
        return "" if self.keyless is None or part.number in self.keyless else part.key

    def place(self, file: File) -> tuple[str, str]:
        """Return folder and name of a file."""
        return self.proxies[file.number] if self.proxies is not None else (file.folder, file.name)

    def name(self, shot: Shot) -> str:
        """Return the clip name the cut shows."""
        return self.place(shot.file)[1] if self.file_names and shot.file else shot.name


def dresses(stripping: Stripping, state: State, seed: int) -> tuple[Dress, Dress]:
    """Return what A and B wear; B is exported from ``state``."""
    rng = random.Random(f"{seed}/{stripping}")  # noqa: S311 - repeatable on purpose
    links = seed % 2 == 1
    if stripping == "ids":
        return Dress(), Dress()
    if stripping == "half":
        numbers = sorted(part.number for shot in every_shot(state.shots) for part in shot.parts)
        return Dress(), Dress(frozenset(number for number in numbers if rng.random() < 0.5))
    bare = Dress(None, True, links)
    if stripping == "stripped":
        return bare, bare
    return bare, Dress(None, True, links, _proxies(state.files, rng, seed % 3))


def _proxies(files: list[File], rng: random.Random, pattern: int) -> dict[int, tuple[str, str]]:
    """Give every file a proxy: another folder and extension, a name pattern by seed; same rate, length and start."""
    order = list(range(len(files)))
    rng.shuffle(order)
    suffix = rng.choice(("mp4", "mov", "mxf")) if pattern else "mp4"
    return {
        file.number: ("/Volumes/Laptop/Proxy Media", _proxy_name(file, pattern, order[at], suffix))
        for at, file in enumerate(files)
    }


def _proxy_name(file: File, pattern: int, number: int, suffix: str) -> str:
    stem = file.name.rpartition(".")[0]
    suffix = "png" if file.still else suffix if not file.name.endswith(suffix) else "m4v"
    if pattern == 0:
        return f"{stem}_proxy.{suffix}"
    if pattern == 1:
        return f"px_{number:06}.{suffix}"
    return f"{''.join(letter for letter in stem if letter.isalnum())[:8]}.{suffix}"


# --- cuts ------------------------------------------------------------------------------------------------


def export(state: State, dress: Dress, name: str) -> tuple[Cut, dict[int, Address]]:
    """Return the cut and the address of every part in it."""
    made: dict[int, Part] = {}
    media = {file.number: _media(file, dress) for file in state.files}
    tracks = _tracks(state, state.shots, state.lanes, dress, media, made, joins=True)
    markers = tuple(Marker(at, name=text, color="Blue") for at, text in state.markers)
    cut = Cut(name, state.rate, tracks, 3600 * state.rate.nominal, width=1920, height=1080, markers=markers)
    addresses = {made[id(clip)].number: address for address, clip in clips_of(cut)}
    return cut, addresses


def _tracks(
    state: State,
    shots: list[Shot],
    lanes: list[Lane],
    dress: Dress,
    media: dict[int, Media],
    made: dict[int, Part],
    *,
    joins: bool,
) -> tuple[Track, ...]:
    items: dict[tuple[TrackKind, int], list[Item]] = {track: [] for lane in lanes for track in lane.tracks}
    for shot in shots:
        for part in shot.parts:
            clip = _clip(state, shot, part, dress, media, made)
            made[id(clip)] = part
            items[state.lanes[shot.lane].track(part)].append(clip)
    if joins:
        for transition, track in _transitions(state):
            items[track].append(transition)
    order = sorted(items, key=lambda track: (KINDS.index(track[0]), track[1]))
    return tuple(Track(kind, tile(items[kind, number])) for kind, number in order)


def _clip(state: State, shot: Shot, part: Part, dress: Dress, media: dict[int, Media], made: dict[int, Part]) -> Clip:
    inner = None
    if shot.inner:
        lanes = [state.lanes[shot.lane]]
        inner = Cut(shot.name, state.rate, _tracks(state, shot.inner, lanes, dress, media, made, joins=False))
    return Clip(
        dress.name(shot),
        Span(shot.start, shot.end),
        media[shot.file.number] if shot.file else None,
        _source(state, shot),
        shot.kind,
        shot.enabled,
        shot.speed if timed(shot) else Fraction(1),
        key=dress.key(part),
        link=f"link{shot.number}" if dress.links and len(shot.parts) > 1 else "",
        markers=tuple(Marker(at, name=text, color="Red") for at, text in shot.markers) if part.channel == 0 else (),
        inner=inner,
    )


def _source(state: State, shot: Shot) -> Span | None:
    if shot.kind in ("title", "caption"):
        return None
    if not timed(shot):
        return Span(0, shot.length)
    return Span(whole(shot.low), whole(shot.low + state.used(shot)))


def _media(file: File, dress: Dress) -> Media:
    folder, name = dress.place(file)
    if file.still:
        return Media(name, f"{folder}/{name}", id=f"media{file.number}")
    return Media(name, f"{folder}/{name}", file.rate, file.frames, file.start, f"media{file.number}")


def _transitions(state: State) -> list[tuple[Transition, tuple[TrackKind, int]]]:
    """Return the transitions whose two shots still meet, for the picture tracks."""
    shots = {shot.number: shot for shot in state.shots}
    found = []
    for one in state.joins:
        left, right = shots.get(one.left), shots.get(one.right)
        if not left or not right or left.lane != right.lane or left.end != right.start:
            continue
        if one.before >= left.length or one.after >= right.length:
            continue
        span = Span(right.start - one.before, right.start + one.after)
        track = next(track for track in state.lanes[left.lane].tracks if track[0] == "video")
        found.append((Transition(span, right.start, "Cross Dissolve", "SMPTE_Dissolve"), track))
    return found
