"""The cut as host-neutral values: tracks, clips, gaps, transitions, markers, nested cuts. Pure, exact, frozen.

Frame numbers are ``Frame``: an int wherever the value is whole, else an exact Fraction (sound at sample precision,
media of another rate). Spaces: ``record`` counts frames of the cut's rate from its first frame (``timeline_frame``;
add ``Cut.start`` for the absolute record frame). ``source`` counts frames of the media's own rate (`source_rate`)
from the media's first frame, or, where ``Media.start`` is unknown, as the document counts them. Ends are exclusive.

A track is tiled: its items follow each other in record order, `Gap`s fill what is empty, a `Transition` stands
between the two items it joins and takes no place of its own. Items that overlap (broken documents, some hosts) are
kept in order of their start, with no gap between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from pydantic import JsonValue

from takebridge.errors import InvalidTimeError
from takebridge.timebase import FrameRate

Frame: TypeAlias = int | Fraction
"""A frame number or a number of frames, exact. Whole values are ints (`whole`)."""

Extras: TypeAlias = Mapping[str, JsonValue]
"""What one format or host says beyond this model, by format (``{"otio": {…}}``): passed through, never interpreted."""

TrackKind = Literal["video", "audio", "subtitle"]
TRACK_KINDS: tuple[TrackKind, ...] = ("video", "audio", "subtitle")

Address: TypeAlias = tuple[TrackKind | int, ...]
"""``(kind, track, item)``: track counted within its kind from 0, item from 0 counting gaps and transitions.

A clip in a nested cut adds ``(inner track, inner item)``, the inner track counted over all tracks of the nested cut in
their order (video first); deeper nests add two more each.
"""

ClipKind = Literal[
    "clip", "still", "title", "generator", "nested", "multicam", "adjustment", "caption", "missing", "other"
]
"""``missing``: a clip whose media the document does not name."""


def whole(value: Frame) -> Frame:
    """Return an int for a whole Fraction, so that equal values have one form."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of frames, exact. Raises InvalidTimeError when it ends before it starts."""

    start: Frame
    end: Frame

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidTimeError(f"The range {self.start}–{self.end} ends before it starts.")

    @classmethod
    def of(cls, start: Frame, duration: Frame) -> Span:
        """Build from a start and a number of frames."""
        return cls(start, whole(start + duration))

    @property
    def duration(self) -> Frame:
        """Number of frames."""
        return whole(self.end - self.start)

    def shifted(self, frames: Frame) -> Span:
        """Move both ends."""
        return Span(whole(self.start + frames), whole(self.end + frames))

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share time (an empty span shares none)."""
        return max(self.start, other.start) < min(self.end, other.end)

    def contains(self, other: Span) -> bool:
        """Say whether all of ``other`` lies in this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Media:
    """What a clip shows. ``location`` is a decoded path or URL, "" when the document names none.

    ``start`` is the media timecode of its first frame as a frame number at ``rate`` (None unknown), ``frame_count``
    its length. ``others`` are further locations of the same picture (proxies, originals). ``id`` is the document's own
    id of the media: it says which clips of *one* cut share media, nothing across cuts.
    """

    name: str
    location: str = ""
    rate: FrameRate | None = None
    frame_count: Frame | None = None
    start: Frame | None = None
    id: str = ""
    others: tuple[str, ...] = ()
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Take:
    """One of a clip's takes as the cut carries them: native take, audition alternate, media reference.

    ``key`` names it within the clip; ``take_id`` is the canvas take it is known to be, else "". ``source`` says which
    frames of its media the clip shows with it, None where the format does not say.
    """

    key: str
    media: Media | None
    source: Span | None = None
    name: str = ""
    take_id: str = ""
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker. ``at`` is in timeline frames on a cut, in source frames (as ``Clip.source``) on a clip."""

    at: Frame
    duration: Frame = 0
    name: str = ""
    note: str = ""
    color: str = ""
    kind: str = ""
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip on a track.

    ``speed`` is 1 at 100 %, negative reversed, 0 a freeze, None for a ramp, which ``ramp`` then describes (opaque
    text: equal text, equal ramp). ``source`` covers what is used of the media whatever the direction. ``takes`` is
    empty or holds all takes with ``takes[active]`` being what ``media`` and ``source`` say. ``key`` is the host's id
    of the clip, stable within one project of one host, "" where there is none; ``stamp`` is our own id of the clip
    (`cut.stamp`); ``ids`` are other ids found beside it, as (namespace, value). Clips of one cut with the same
    non-empty ``link`` are linked (picture with its sound). ``inner`` is the nested cut a "nested" clip shows:
    ``source`` is then in its timeline frames. ``look`` is opaque text: equal text, equal grade, transform, effects.
    """

    name: str
    record: Span
    media: Media | None = None
    source: Span | None = None
    kind: ClipKind = "clip"
    enabled: bool = True
    speed: Fraction | None = Fraction(1)
    ramp: str = ""
    takes: tuple[Take, ...] = ()
    active: int = 0
    key: str = ""
    stamp: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    link: str = ""
    role: str = ""
    markers: tuple[Marker, ...] = ()
    inner: Cut | None = None
    look: str = ""
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing, for a while. One that a document names or marks keeps that."""

    record: Span
    name: str = ""
    markers: tuple[Marker, ...] = ()
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """What joins its two neighbours: ``record`` is the time in which both play, ``cut`` lies where they meet."""

    record: Span
    cut: Frame
    name: str = ""
    style: str = ""
    extras: Extras = field(default_factory=dict)


Item: TypeAlias = Clip | Gap | Transition


@dataclass(frozen=True, slots=True)
class Track:
    """Items in record order, tiled with gaps."""

    kind: TrackKind
    items: tuple[Item, ...] = ()
    name: str = ""
    enabled: bool = True
    locked: bool = False
    extras: Extras = field(default_factory=dict)

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The clips of this track, in order."""
        return tuple(item for item in self.items if isinstance(item, Clip))

    @property
    def end(self) -> Frame:
        """The timeline frame after the last item."""
        return max((item.record.end for item in self.items if not isinstance(item, Transition)), default=0)


@dataclass(frozen=True, slots=True)
class Cut:
    """A timeline. Tracks of one kind are in their order, the lowest first. ``start`` is the record frame of frame 0.

    ``project_id`` and ``timeline_id`` are the host's ids, "" where the document has none.
    """

    name: str
    rate: FrameRate
    tracks: tuple[Track, ...] = ()
    start: Frame = 0
    drop_frame: bool = False
    width: int = 0
    height: int = 0
    markers: tuple[Marker, ...] = ()
    project_id: str = ""
    project_name: str = ""
    timeline_id: str = ""
    revision: str = ""
    extras: Extras = field(default_factory=dict)

    @property
    def end(self) -> Frame:
        """The timeline frame after the last item of any track."""
        return max((track.end for track in self.tracks), default=0)


def source_rate(clip: Clip, cut: Cut) -> FrameRate:
    """Return the rate ``clip.source`` counts in: the inner cut's, the media's, or the cut's where neither is known."""
    if clip.inner is not None:
        return clip.inner.rate
    return clip.media.rate if clip.media and clip.media.rate else cut.rate


def tracks_of(cut: Cut) -> Iterator[tuple[TrackKind, int, Track]]:
    """Yield every track with its kind and its number within the kind, in document order."""
    counted: dict[TrackKind, int] = {}
    for track in cut.tracks:
        number = counted.get(track.kind, 0)
        counted[track.kind] = number + 1
        yield track.kind, number, track


def items_of(cut: Cut) -> Iterator[tuple[Address, Item]]:
    """Yield every item of the cut's own tracks with its address; not those of nested cuts."""
    for kind, number, track in tracks_of(cut):
        for index, item in enumerate(track.items):
            yield (kind, number, index), item


def clips_of(cut: Cut) -> Iterator[tuple[Address, Clip]]:
    """Yield every clip with its address, a nested one before the clips in it."""
    for address, item in items_of(cut):
        if isinstance(item, Clip):
            yield address, item
            yield from _inside(address, item)


def _inside(address: Address, clip: Clip) -> Iterator[tuple[Address, Clip]]:
    if clip.inner is None:
        return
    for number, track in enumerate(clip.inner.tracks):
        for index, item in enumerate(track.items):
            if isinstance(item, Clip):
                below: Address = (*address, number, index)
                yield below, item
                yield from _inside(below, item)


def tile(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return clips and transitions in record order with plain gaps between: the one form of a track.

    Gaps given are kept where they still fit exactly (they may carry names and markers); all other empty time becomes
    one plain gap each. Overlapping clips stay, in order of their start. A gap at the very end is dropped.
    """
    given = list(items)
    gaps = {item.record: item for item in given if isinstance(item, Gap) and item.record.duration}
    tiled: list[Item] = []
    at: Frame = 0
    for item in sorted((one for one in given if not isinstance(one, Gap)), key=_order):
        begins = item.cut if isinstance(item, Transition) else item.record.start
        if begins > at:
            between = Span(at, begins)
            tiled.append(gaps.get(between) or Gap(between))
            at = begins
        tiled.append(item)
        if not isinstance(item, Transition):
            at = max(at, item.record.end)
    return tuple(tiled)


def _order(item: Clip | Gap | Transition) -> tuple[Frame, int, Frame]:
    """A transition stands after what ends at its cut and before what begins there."""
    if isinstance(item, Transition):
        return item.cut, 0, 0
    return item.record.start, 1, item.record.end
