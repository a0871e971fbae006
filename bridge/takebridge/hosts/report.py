"""What an agent reports about a timeline: the reading half of the host protocol (`hosts.protocol`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=4096)]
ShortText = Annotated[str, StringConstraints(max_length=255)]
TrackType = Literal["video", "audio", "subtitle"]


class WireModel(BaseModel):
    """Base: unknown fields are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TrackRef(WireModel):
    """One track, 1-based."""

    type: TrackType
    index: int = Field(ge=1)


class MediaItem(WireModel):
    """A media-pool item behind a timeline item. ``rate`` as the host spells it (``"23.976"``)."""

    id: ShortText
    name: Text
    path: Text = ""
    kind: ShortText = ""
    rate: ShortText = ""
    frame_count: int | None = None
    start_timecode: ShortText = ""
    width: int | None = None
    height: int | None = None
    online: bool = True


class TakeSlot(WireModel):
    """One native take of a timeline item, 1-based; frames are source frames of that take's media, end exclusive."""

    index: int = Field(ge=1)
    media_id: ShortText
    media_path: Text = ""
    start_source_frame: int | None = None
    end_source_frame: int | None = None


MarkerColor = Literal[
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


class MarkerFacts(WireModel):
    """What a marker says. ``color`` as the host spells it, ``data`` is not seen by people."""

    duration_frames: int = Field(default=1, ge=0)
    color: ShortText = ""
    name: Text = ""
    note: Text = ""
    data: Text = ""


class TimelineMarker(MarkerFacts):
    """A marker on the timeline, at an absolute record frame."""

    record_frame: int


class ItemMarker(MarkerFacts):
    """A marker on an item, at a source frame as the item's ``left_offset_frame`` counts them."""

    source_frame: int


class TrackInfo(WireModel):
    """A track with its name; ``enabled`` is only known of the current timeline."""

    type: TrackType
    index: int = Field(ge=1)
    name: Text = ""
    enabled: bool = True


ItemKind = Literal[
    "clip",
    "title",
    "generator",
    "transition",
    "compound",
    "fusion",
    "multicam",
    "adjustment",
    "nested",
    "still",
    "ghost",
    "unread",
]


class TimelineItem(WireModel):
    """One item on a track, as read. An "unread" one says only its key, name, place, switch and media path.

    ``left_offset_frame`` is what the host calls left offset: the source frame at the item's head, warped domain on
    retimed items. ``start_source_frame``/``end_source_frame`` are true source frames (end exclusive) where the
    version has them; start > end means reversed; ``source_unknown`` when the version has them and yet does not know.
    ``speed_percent`` and ``speed`` (exact: ``"1/2"``, ``"-1"``, ``"0"``) only where the host can say it.
    ``markers`` and ``stamp`` only where marks were asked for; ``stamp`` is what the metadata of the media says.
    ``look`` fingerprints everything a take swap must not touch (transform, crop, composite, grade versions,
    colour, enabled, linked items); equal text means equal look. ``style`` is the same without enabled and linked items:
    equal for a copy of the clip elsewhere.
    """

    key: ShortText
    kind: ItemKind
    name: Text
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    enabled: bool = True
    media: MediaItem | None = None
    left_offset_frame: int | None = None
    start_source_frame: int | None = None
    end_source_frame: int | None = None
    source_unknown: bool = False
    speed_percent: int | None = None
    speed: ShortText = ""
    linked: list[ShortText] = []
    takes: list[TakeSlot] = []
    selected_take: int = 0
    look: Text = ""
    style: ShortText = ""
    stamp: ShortText = ""
    markers: list[ItemMarker] = []


class TimelineInfo(WireModel):
    """The open project and timeline. ``rate`` as the host spells it; ``revision`` covers the tracks listed.

    ``project_rate``, ``tracks`` (every track, empty ones too), ``markers`` and the span between the in and out marks
    of the picture (19.1; half-open, None without marks) only where marks were asked for.
    """

    project_id: ShortText
    project_name: Text
    timeline_id: ShortText
    timeline_name: Text
    rate: ShortText
    drop_frame: bool = False
    start_record_frame: int
    end_record_frame: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    revision: ShortText = ""
    locked_tracks: list[TrackRef] = []
    project_rate: ShortText = ""
    tracks: list[TrackInfo] = []
    markers: list[TimelineMarker] = []
    marked_start_record_frame: int | None = None
    marked_end_record_frame: int | None = None


class HostStatus(WireModel):
    """What is running. ``edition`` is "studio", "free" or "unknown"; "folder" is an editor that exchanges files,
    "fcp" and "capcut" are such editors by name, "other" is any further editor: ``product`` says which."""

    host: Literal["resolve", "premiere", "fcp", "capcut", "folder", "other"] = "resolve"
    product: ShortText
    version: ShortText
    edition: Literal["studio", "free", "unknown"]
    page: ShortText = ""
    timeline: TimelineInfo | None = None
