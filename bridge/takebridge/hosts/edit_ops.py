"""The ops that change a timeline beyond takes: arguments and results, part of the host protocol (`hosts.protocol`).

Each of them carries an `Expectation`. What is so already is answered with ``changed`` False, even when the revision
has moved on: an op whose answer was lost may be asked again and does nothing twice.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from takebridge.hosts.report import (
    ItemMarker,
    MarkerColor,
    ShortText,
    Text,
    TimelineItem,
    TimelineMarker,
    TrackRef,
    TrackType,
    WireModel,
)

SAFETY_MARK = "TakeBridge safety"
"""Words in the name of a timeline that say: a safety copy of ours, may be deleted without asking."""


class ClipRef(WireModel):
    """A clip by its key and where it was seen: anywhere else it has changed since."""

    clip: ShortText
    track: TrackRef
    start_record_frame: int
    end_record_frame: int


# --- timelines and tracks -------------------------------------------------------------------------------


class DuplicateTimelineArgs(WireModel):
    """``timeline.duplicate``: copy the current timeline under a name nobody uses; the original stays current.

    A timeline of that name with the same content is taken for the copy, made by an earlier try.
    """

    name: ShortText = Field(min_length=1)


class SelectTimelineArgs(WireModel):
    """``timeline.select``: make a timeline of the open project current."""

    timeline_id: ShortText


class RenameTimelineArgs(WireModel):
    """``timeline.rename``: give a timeline of the open project a name nobody uses."""

    timeline_id: ShortText
    name: ShortText = Field(min_length=1)


class DeleteTimelineArgs(WireModel):
    """``timeline.delete``: delete a timeline that is not current.

    Without ``force`` only one whose name has `SAFETY_MARK` in it. One that does not exist is deleted already.
    """

    timeline_id: ShortText
    force: bool = False


class TimelineResult(WireModel):
    """Result of the timeline ops: the timeline the op was about, read back."""

    timeline_id: ShortText
    name: Text
    changed: bool


class AddTrackArgs(WireModel):
    """``track.add``: make sure that there is a track number ``index``, at most eight above the last."""

    type: TrackType
    index: int = Field(ge=1, le=1000)


class TrackResult(WireModel):
    """Result of ``track.add``: the number of tracks of the type now."""

    track: TrackRef
    count: int
    changed: bool


# --- clips ----------------------------------------------------------------------------------------------


class PlaceClipArgs(WireModel):
    """``clip.place``: put media on a free span of a track, picture or sound as the track is.

    Record frames are absolute, source frames count in the media's own rate; both half-open. Nothing is overwritten:
    an occupied span is refused. When the host makes another length of it (other rates, stills) it is taken off again
    and refused. ``link`` names clips the new one is linked with (18.x does not say whether it is).
    """

    media_id: ShortText
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    start_source_frame: int = Field(ge=0)
    end_source_frame: int
    link: list[ShortText] = Field(default=[], max_length=64)


class PlaceResult(WireModel):
    """Result of ``clip.place``: the item as read back, with a key of its own."""

    items: list[TimelineItem]
    changed: bool


class DeleteClipsArgs(WireModel):
    """``clip.delete``: take clips off their tracks, leaving gaps. Linked sound stays unless it is listed."""

    clips: list[ClipRef] = Field(min_length=1, max_length=10_000)


class DeleteResult(WireModel):
    """Result of ``clip.delete``: the keys that are gone."""

    deleted: list[ShortText]
    changed: bool


class SetEnabledArgs(ClipRef):
    """``clip.set_enabled``."""

    enabled: bool


class RenameClipArgs(ClipRef):
    """``clip.rename`` (20.2 and later): name the item; its media keeps its name."""

    name: ShortText = Field(min_length=1)


class ClipResult(WireModel):
    """Result of ``clip.set_enabled`` and ``clip.rename``: the item before and after."""

    before: TimelineItem
    after: TimelineItem
    changed: bool


class StampArgs(ClipRef):
    """``clip.stamp``: write our id of a clip into a marker on it, and into the metadata of its media.

    The metadata is left alone where another clip's stamp is in it: media may be used twice.
    """

    stamp: ShortText = Field(pattern=r"^tb-[0-9a-f]{12}$")


class StampResult(WireModel):
    """Result of ``clip.stamp``: where the stamp is now."""

    item: TimelineItem
    places: list[Literal["marker", "metadata"]]
    changed: bool


# --- markers --------------------------------------------------------------------------------------------


class AddMarkerArgs(WireModel):
    """``marker.add``: on the timeline at ``record_frame`` (absolute), or on a clip at ``source_frame``.

    Exactly one of the two. A frame holds one marker: one that says the same is there already, another is refused.
    """

    clip: ClipRef | None = None
    record_frame: int | None = None
    source_frame: int | None = None
    duration_frames: int = Field(default=1, ge=1)
    color: MarkerColor = "Blue"
    name: Text = ""
    note: Text = ""
    data: Text = ""


class RemoveMarkerArgs(WireModel):
    """``marker.remove``: the marker at a frame; with ``name``, only when that is its name. None is removed already."""

    clip: ClipRef | None = None
    record_frame: int | None = None
    source_frame: int | None = None
    name: Text | None = None


class MarkerResult(WireModel):
    """Result of the marker ops: every marker of the timeline, or of the clip, now."""

    timeline_markers: list[TimelineMarker] = Field(default=[])
    item_markers: list[ItemMarker] = Field(default=[])
    changed: bool
