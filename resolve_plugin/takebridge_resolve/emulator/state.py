"""The emulated project as plain mutable values: what is true, whatever the API tells a script about it.

Frames: ``start`` of an item is a timeline_frame (relative to the timeline's start, so SetStartTimecode moves
everything); ``source_*`` are source_frames in the media's own rate, ends exclusive.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from .media_facts import MediaFacts

TRACK_TYPES = ("video", "audio", "subtitle")
NO_MEDIA_KINDS = frozenset({"title", "generator", "transition", "adjustment", "ghost"})
MARKER_COLOURS = frozenset(
    [
        "Blue",
        "Cyan",
        "Green",
        "Yellow",
        "Red",
        "Pink",
        "Purple",
        "Fuchsia",
        "Rose",
        "Lavender",
        "Sky",
        "Mint",
        "Lemon",
        "Sand",
        "Cocoa",
        "Cream",
    ]
)
CLIP_COLOURS = frozenset(
    [
        "Orange",
        "Apricot",
        "Yellow",
        "Lime",
        "Olive",
        "Green",
        "Teal",
        "Navy",
        "Blue",
        "Purple",
        "Violet",
        "Pink",
        "Tan",
        "Beige",
        "Brown",
        "Chocolate",
    ]
)


def new_id() -> str:
    """A unique id as the API hands them out."""
    return str(uuid.uuid4())


@dataclass(eq=False)
class Marker:
    """One marker; its frame is the key it is stored under."""

    color: str
    name: str
    note: str
    duration: int
    custom_data: str = ""


@dataclass(eq=False)
class Media:
    """A media-pool item. ``project_rate`` is the project's rate at import: audio source frames count in it."""

    name: str
    path: str
    facts: MediaFacts
    project_rate: Fraction
    type_name: str = ""
    id: str = field(default_factory=new_id)
    media_id: str = field(default_factory=new_id)
    metadata: dict[str, str] = field(default_factory=dict)
    third_party: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    markers: dict[int, Marker] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    color: str = ""
    marks: tuple[int, int] | None = None
    """In and out in source frames, out included."""
    timeline: Timeline | None = None
    inner: Timeline | None = None
    """What a compound clip is made of; a nested timeline's own is ``timeline``."""
    deleted: bool = False

    @property
    def kind_name(self) -> str:
        """The ``Type`` property."""
        return self.type_name or self.facts.type_name

    @property
    def rate(self) -> Fraction:
        """Frames per second of the picture; stills and sound live at the project's rate."""
        return self.facts.rate if self.facts.rate and not self.facts.is_still else self.project_rate

    @property
    def frame_count(self) -> int:
        """Source frames in `rate`."""
        if self.facts.is_still:
            return 1
        return self.facts.frame_count or floor(self.facts.duration * self.rate)


@dataclass(eq=False)
class Take:
    """One take of an item: half-open source frames of its own media."""

    media: Media
    start: int
    end: int


@dataclass(eq=False)
class Grade:
    """Colour of an item: local versions with a node count each."""

    versions: dict[str, int] = field(default_factory=lambda: {"Version 1": 1})
    current: str = "Version 1"

    @property
    def nodes(self) -> int:
        """Node count of the current version."""
        return self.versions[self.current]


@dataclass(eq=False)
class Item:
    """One timeline item. ``source_start < source_end`` always; ``reversed`` says which way it plays.

    ``misreport`` shifts what GetSourceStartFrame says (trap 8); ``unknown_source`` makes the getters say 0/0.
    """

    kind: str
    track_type: str
    start: int
    duration: int
    media: Media | None = None
    source_start: int = 0
    source_end: int = 0
    speed: Fraction = Fraction(1)
    reversed: bool = False
    name: str = ""
    id: str = field(default_factory=new_id)
    takes: list[Take] = field(default_factory=list)
    selected_take: int = 0
    linked: set[str] = field(default_factory=set)
    properties: dict[str, object] = field(default_factory=dict)
    grade: Grade = field(default_factory=Grade)
    color: str = ""
    flags: list[str] = field(default_factory=list)
    enabled: bool = True
    markers: dict[int, Marker] = field(default_factory=dict)
    fades: tuple[int, int] = (0, 0)
    fusion_comps: int = 0
    misreport: int = 0
    unknown_source: bool = False
    ghost: bool = False
    unsure: bool = False
    """Placed by an append that also made a ghost: may be gone after the project was opened again (trap 5)."""
    deleted: bool = False

    @property
    def end(self) -> int:
        """First timeline_frame after the item."""
        return self.start + self.duration

    @property
    def label(self) -> str:
        """Own name, else the media's."""
        return self.name or (self.media.name if self.media else self.kind.title())


@dataclass(eq=False)
class Track:
    """One track; its index is its place in the timeline's list plus one."""

    name: str
    items: list[Item] = field(default_factory=list)
    locked: bool = False
    enabled: bool = True
    sub_type: str = ""


@dataclass(eq=False)
class Timeline:
    """A timeline. ``playhead`` and ``marks`` (in, out; out included) are timeline_frames."""

    name: str
    rate: Fraction
    drop_frame: bool
    start_frame: int
    width: int
    height: int
    id: str = field(default_factory=new_id)
    tracks: dict[str, list[Track]] = field(default_factory=lambda: {kind: [] for kind in TRACK_TYPES})
    markers: dict[int, Marker] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    playhead: int = 0
    marks: tuple[int, int] | None = None
    selection: list[str] = field(default_factory=list)

    def located(self) -> Iterator[tuple[str, int, Track, Item]]:
        """Every item with its track: (type, 1-based index, track, item)."""
        for track_type, tracks in self.tracks.items():
            for index, track in enumerate(tracks, 1):
                for item in track.items:
                    yield track_type, index, track, item

    def track_of(self, item: Item) -> Track | None:
        """The track the item lies on."""
        return next((track for _, _, track, other in self.located() if other is item), None)

    def item(self, item_id: str) -> Item | None:
        """The item with this id."""
        return next((item for *_, item in self.located() if item.id == item_id), None)

    @property
    def end(self) -> int:
        """First timeline_frame after the last item."""
        return max((item.end for *_, item in self.located()), default=0)


@dataclass(eq=False)
class Bin:
    """A media-pool folder."""

    name: str
    id: str = field(default_factory=new_id)
    media: list[Media] = field(default_factory=list)
    bins: list[Bin] = field(default_factory=list)

    def walk(self) -> Iterator[Bin]:
        """This bin and all below it, parents first."""
        yield self
        for child in self.bins:
            yield from child.walk()


@dataclass(eq=False)
class Still:
    """A gallery still: the frame it was grabbed at, not a copy of it."""

    timeline: Timeline
    timeline_frame: int
    label: str = ""


@dataclass(eq=False)
class Album:
    """A gallery album."""

    name: str
    stills: list[Still] = field(default_factory=list)


@dataclass(eq=False)
class Project:
    """A project and what is current in it."""

    name: str
    rate: Fraction
    settings: dict[str, str]
    id: str = field(default_factory=new_id)
    pool_id: str = field(default_factory=new_id)
    root: Bin = field(default_factory=lambda: Bin("Master"))
    timelines: list[Timeline] = field(default_factory=list)
    current_bin: Bin = field(init=False)
    current_timeline: Timeline | None = None
    albums: list[Album] = field(default_factory=lambda: [Album("Stills 1")])
    current_album: Album = field(init=False)

    def __post_init__(self) -> None:
        self.current_bin = self.root
        self.current_album = self.albums[0]

    def all_media(self) -> Iterator[Media]:
        """Every pool item, timelines included."""
        for folder in self.root.walk():
            yield from folder.media

    def items(self) -> Iterator[Item]:
        """Every item of every timeline."""
        for timeline in self.timelines:
            for *_, item in timeline.located():
                yield item
