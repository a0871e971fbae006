"""Small random cuts, and random edits of them, for merging: every clip has a host key, so who is who is certain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import strategies as st

from takebridge.cut.model import Clip, Cut, Marker, Media, Span, Take, Track, TrackKind, Transition, tile
from takebridge.timebase import FrameRate

R24 = FrameRate(24)
LENGTH = 240
"""Frames of every media here."""


def media(name: str, frames: int | None = LENGTH, rate: FrameRate | None = R24) -> Media:
    """Media of 240 frames at ``/media/<name>.mov`` that begins at timecode 0."""
    return Media(f"{name}.mov", f"/media/{name}.mov", rate, frames, 0)


def clip(name: str, at: int = 0, frames: int = 48, source: int = 24, **changes: object) -> Clip:
    """A clip at a timeline frame that shows its media from a source frame on; its key is its name."""
    facts: dict[str, object] = {
        "name": name,
        "record": Span.of(at, frames),
        "media": media(name),
        "source": Span.of(source, frames),
        "key": name,
    }
    return Clip(**{**facts, **changes})  # type: ignore[arg-type]


def take(name: str, source: int = 24, frames: int = 48, key: str = "") -> Take:
    """A take that shows media ``name``."""
    return Take(key or name, media(name), Span.of(source, frames), name=name)


def cut(*tracks: tuple[Clip | Transition, ...], sound: tuple[Clip, ...] | None = None, **changes: object) -> Cut:
    """A 24 fps cut of video tracks, the lowest first, and one of sound."""
    made = [Track("video", tile(items)) for items in tracks]
    if sound is not None:
        made.append(Track("audio", tile(sound)))
    return Cut(**{"name": "Cut", "rate": R24, "tracks": tuple(made), **changes})  # type: ignore[arg-type]


# --- drawing ------------------------------------------------------------------------------------------


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """One or two video tracks of up to five clips, and the sound of the lowest, linked."""
    tracks: list[Track] = []
    names = iter(f"b{number}" for number in range(100))
    for number in range(draw(st.integers(0, 2))):
        clips = _drawn_clips(draw, names)
        tracks.append(Track("video", tile(clips), name=f"V{number + 1}"))
    if tracks and draw(st.booleans()):
        linked = tuple(replace(one, link=f"link {one.key}") for one in tracks[0].clips)
        tracks[0] = replace(tracks[0], items=tile(linked))
        tracks.append(Track("audio", tile([replace(one, key=f"{one.key} sound") for one in linked])))
    markers = tuple(Marker(at, name=f"m{at}") for at in draw(st.lists(st.integers(0, 50), max_size=2, unique=True)))
    return Cut("Cut", R24, tuple(tracks), markers=markers)


def _drawn_clips(draw: st.DrawFn, names: object) -> list[Clip]:
    at, clips = 0, []
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.sampled_from([0, 0, 0, 5]))
        frames = draw(st.sampled_from([0, 1, 10, 24, 48]))
        made = clip(next(names), at, frames, draw(st.integers(0, 100)))  # type: ignore[call-overload]
        if draw(st.booleans()):
            first = Take("1", made.media, made.source)
            made = replace(made, takes=(first, take(f"{made.key} alt", 10, frames, "2")))
        clips.append(made)
        at += frames
    return clips


@dataclass(frozen=True)
class Spot:
    """A clip drawn to be edited: its track among the cut's, and its number among the track's clips."""

    track: int
    number: int


Op = Callable[[st.DrawFn, list[Clip], int, str], list[Clip]]
"""An edit of the clips of one track: which clip, and a name nothing has yet."""


def _with(clips: list[Clip], number: int, *made: Clip) -> list[Clip]:
    return [*clips[:number], *map(_as_shown, made), *clips[number + 1 :]]


def _as_shown(clip: Clip) -> Clip:
    """The take a clip shows is what the clip says: its frames go with every trim, slip and razor."""
    if not clip.takes:
        return clip
    shown = replace(clip.takes[clip.active], media=clip.media, source=clip.source)
    return replace(clip, takes=(*clip.takes[: clip.active], shown, *clip.takes[clip.active + 1 :]))


def _trim(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    head, tail = draw(st.integers(-4, 4)), draw(st.integers(-4, 4))
    assert one.source is not None
    head = max(head, -int(one.record.start))
    if head + tail >= one.record.duration:
        return clips
    record = Span(one.record.start + head, one.record.end - tail)
    source = Span(one.source.start + (record.start - one.record.start), one.source.end - tail)
    return _with(clips, number, replace(one, record=record, source=source))


def _slip(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    assert one.source is not None
    return _with(clips, number, replace(one, source=one.source.shifted(draw(st.integers(-20, 200)))))


def _move(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    return _with(clips, number, replace(one, record=Span.of(draw(st.integers(0, 400)), one.record.duration)))


def _razor(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    if one.record.duration < 4 or one.source is None:
        return clips
    at = draw(st.integers(1, int(one.record.duration) - 1))
    first = replace(one, record=Span.of(one.record.start, at), source=Span.of(one.source.start, at))
    second = replace(
        one,
        record=Span(one.record.start + at, one.record.end),
        source=Span(one.source.start + at, one.source.end),
        key=name,
    )
    return _with(clips, number, first, second)


def _delete(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    return _with(clips, number)


def _ripple_delete(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    gone = clips[number].record
    after = [replace(one, record=one.record.shifted(-gone.duration)) for one in clips[number + 1 :]]
    return [*clips[:number], *after]


def _state(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    changed = replace(one, enabled=not one.enabled) if draw(st.booleans()) else replace(one, name=name)
    return _with(clips, number, changed)


def _retime(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    one = clips[number]
    assert one.source is not None
    source = Span.of(one.source.start, one.source.duration * 2)
    return _with(clips, number, replace(one, speed=Fraction(2), source=source))


def _insert(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    new = clip(name, int(clips[number].record.start), draw(st.integers(1, 30)))
    after = [replace(one, record=one.record.shifted(new.record.duration)) for one in clips[number:]]
    return [*clips[:number], new, *after]


def _lay(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    return [*clips, clip(name, int(max(one.record.end for one in clips)) + draw(st.integers(0, 9)), 20)]


def show(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    """New content: other media in the same place, as a take where the clip has takes (sometimes where it has none)."""
    one = clips[number]
    assert one.source is not None
    source = Span.of(draw(st.integers(0, 60)), one.source.duration)
    if not one.takes and draw(st.booleans()):
        return _with(clips, number, replace(one, media=media(name), source=source))
    takes = one.takes or (Take("1", one.media, one.source),)
    new = Take(name, media(name), source)
    made = replace(one, takes=(*takes, new), active=len(takes), media=new.media, source=source)
    return _with(clips, number, made)


def switch(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    """Show another of the takes there are."""
    one = clips[number]
    if len(one.takes) < 2:
        return clips
    active = draw(st.integers(0, len(one.takes) - 1))
    shown = one.takes[active]
    return _with(clips, number, replace(one, active=active, media=shown.media, source=shown.source))


def offer(draw: st.DrawFn, clips: list[Clip], number: int, name: str) -> list[Clip]:
    """One more take, not shown."""
    one = clips[number]
    takes = one.takes or (Take("1", one.media, one.source),)
    return _with(clips, number, replace(one, takes=(*takes, take(name))))


CONTENT: tuple[Op, ...] = (show, switch, offer)
TIME: tuple[Op, ...] = (
    _trim,
    _slip,
    _move,
    _razor,
    _delete,
    _ripple_delete,
    _state,
    _retime,
    _insert,
    _lay,
)


@st.composite
def edited(draw: st.DrawFn, start: Cut, tag: str, ops: tuple[Op, ...] = (*TIME, *CONTENT)) -> Cut:
    """A cut after up to five edits; what they add is named after ``tag``."""
    made = start
    for step in range(draw(st.integers(0, 5))):
        tracks = [number for number, track in enumerate(made.tracks) if track.clips]
        if not tracks:
            break
        number = draw(st.sampled_from(tracks))
        track = made.tracks[number]
        chosen = draw(st.integers(0, len(track.clips) - 1))
        clips = draw(st.sampled_from(ops))(draw, list(track.clips), chosen, f"{tag}{step}")
        new = replace(track, items=tile(clips))
        made = replace(made, tracks=(*made.tracks[:number], new, *made.tracks[number + 1 :]))
    if draw(st.booleans()):
        marker = Marker(draw(st.integers(0, 99)), name=f"{tag} marker")
        made = replace(made, markers=(*made.markers, marker))
    return made


@dataclass(frozen=True)
class Trio:
    """A base and what two sides made of it."""

    base: Cut
    editor: Cut
    canvas: Cut


@st.composite
def trios(draw: st.DrawFn) -> Trio:
    """Any edits on both sides."""
    base = draw(cuts())
    return Trio(base, draw(edited(base, "e")), draw(edited(base, "c")))


def keys(of: Cut) -> set[str]:
    """The keys of all clips of a cut."""
    return {one.key for track in of.tracks for one in track.clips}


def kinds(of: Cut) -> list[TrackKind]:
    """The kinds of a cut's tracks."""
    return [track.kind for track in of.tracks]
