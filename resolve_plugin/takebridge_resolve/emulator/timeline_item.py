"""TimelineItem: one item of a track (resolve.md §1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call import Refused, read, write
from .colours import Colours
from .grade import Versions
from .markers import Markers
from .placing import source_span
from .pool_item import MediaPoolItem
from .retime import Retime
from .source import left_offset, right_offset, source_frames, source_time
from .state import Item, Marker, Timeline
from .takes import Takes

if TYPE_CHECKING:
    from .world import World

_LIMITS = {
    "ZoomX": (0.0, 100.0),
    "ZoomY": (0.0, 100.0),
    "Opacity": (0.0, 100.0),
    "RotationAngle": (-360.0, 360.0),
    "Pitch": (-1.5, 1.5),
    "Yaw": (-1.5, 1.5),
    "Distortion": (-1.0, 1.0),
}
DEFAULT_PROPERTIES: dict[str, object] = {
    "Pan": 0.0,
    "Tilt": 0.0,
    "ZoomX": 1.0,
    "ZoomY": 1.0,
    "ZoomGang": True,
    "RotationAngle": 0.0,
    "AnchorPointX": 0.0,
    "AnchorPointY": 0.0,
    "Pitch": 0.0,
    "Yaw": 0.0,
    "FlipX": False,
    "FlipY": False,
    "CropLeft": 0.0,
    "CropRight": 0.0,
    "CropTop": 0.0,
    "CropBottom": 0.0,
    "CropSoftness": 0.0,
    "CropRetain": False,
    "DynamicZoomEase": 0,
    "CompositeMode": 0,
    "Opacity": 100.0,
    "Distortion": 0.0,
    "RetimeProcess": 0,
    "MotionEstimation": 0,
    "Scaling": 0,
    "ResizeFilter": 0,
}
"""Every key of Get/SetProperty up to 21.0, with the Inspector's defaults. Speed is not among them."""


class TimelineItem(Takes, Versions, Markers, Colours, Retime):
    """A handle to one item of one timeline; stale after a project or timeline switch (trap 19).

    Getters of a ghost (a placement Resolve did not make, trap 4) are all None.
    """

    scope = "timeline"

    def __init__(self, world: World, timeline: Timeline, item: Item) -> None:
        super().__init__(world)
        self._timeline = timeline
        self._item = item

    def _gone(self) -> bool:
        return self._item.ghost or self._item.deleted

    def _markers(self) -> dict[int, Marker]:
        return self._item.markers

    def _coloured(self) -> Item:
        return self._item

    def _editable(self) -> Item:
        track = self._timeline.track_of(self._item)
        if self._timeline is not self._world.project.current_timeline or track is None or track.locked:
            raise Refused
        return self._item

    @read()
    def GetUniqueId(self) -> str:
        """Id of the item: stable over rename and move, new after razor, duplicate and import."""
        return self._item.id

    @read()
    def GetName(self) -> str:
        """Own name, else the media's."""
        return self._item.label

    @write(False)
    def SetName(self, name: str) -> bool:
        """Rename the item. Since 20.2."""
        if not name:
            raise Refused
        self._editable().name = name
        return True

    @read()
    def GetMediaPoolItem(self) -> MediaPoolItem | None:
        """The media; None for titles, generators, transitions and adjustment clips."""
        return MediaPoolItem(self._world, self._item.media) if self._item.media else None

    @read()
    def GetStart(self, subframe_precision: bool = False) -> int:
        """First record_frame."""
        return self._timeline.start_frame + self._item.start

    @read()
    def GetEnd(self, subframe_precision: bool = False) -> int:
        """record_frame after the last one."""
        return self._timeline.start_frame + self._item.end

    @read()
    def GetDuration(self, subframe_precision: bool = False) -> int:
        """Record frames."""
        return self._item.duration

    @read()
    def GetLeftOffset(self, subframe_precision: bool = False) -> int:
        """Source frame at the head; warped domain on retimed items."""
        return left_offset(self._item)

    @read()
    def GetRightOffset(self, subframe_precision: bool = False) -> int:
        """Frames the tail could be extended by."""
        return right_offset(self._item)

    @read()
    def GetSourceStartFrame(self) -> int:
        """True source frame at the head (traps in `source.source_frames`). Since 19.0.2."""
        return source_frames(self._item)[0]

    @read()
    def GetSourceEndFrame(self) -> int:
        """True source frame after the tail. Since 19.0.2."""
        return source_frames(self._item)[1]

    @read()
    def GetSourceStartTime(self) -> float:
        """Seconds, timecode-absolute. Since 19.0.2."""
        return source_time(self._item, source_frames(self._item)[0])

    @read()
    def GetSourceEndTime(self) -> float:
        """Seconds, timecode-absolute. Since 19.0.2."""
        return source_time(self._item, source_frames(self._item)[1])

    @read()
    def GetTrackTypeAndIndex(self) -> list[object]:
        """``[type, 1-based index]``. Since 19."""
        for track_type, index, _, item in self._timeline.located():
            if item is self._item:
                return [track_type, index]
        raise Refused

    @read([])
    def GetLinkedItems(self) -> list[TimelineItem]:
        """The items linked with this one. Since 19."""
        items = (self._timeline.item(item_id) for item_id in sorted(self._item.linked))
        return [TimelineItem(self._world, self._timeline, item) for item in items if item]

    @read()
    def GetType(self) -> str:
        """'video', 'audio', 'generator' or 'transition'. Since 21.1."""
        if self._item.kind == "transition":
            return "transition"
        if self._item.kind in ("title", "generator", "adjustment"):
            return "generator"
        return self._item.track_type

    @read()
    def GetProperty(self, propertyKey: str | None = None) -> object:
        """One property (None when unknown) or all; nothing at all on items without media (§5.25)."""
        properties = {} if self._item.media is None else DEFAULT_PROPERTIES | self._item.properties
        return properties.get(propertyKey) if propertyKey else properties

    @write(False)
    def SetProperty(self, propertyKey: str | dict[str, object], propertyValue: object = None) -> bool:
        """Set a property or a dictionary of them; numbers out of range clamp, unknown keys refuse."""
        entries = propertyKey if isinstance(propertyKey, dict) else {propertyKey: propertyValue}
        if self._item.media is None or not entries or not entries.keys() <= DEFAULT_PROPERTIES.keys():
            raise Refused
        clamped = {key: _clamped(key, value) for key, value in entries.items()}
        self._item.properties |= clamped
        return True

    @read()
    def GetProperties(self) -> object:
        """All properties. Since 21.1."""
        return {} if self._item.media is None else DEFAULT_PROPERTIES | self._item.properties

    @write(False)
    def SetProperties(self, properties: dict[str, object]) -> bool:
        """Set several properties. Since 21.1."""
        return TimelineItem.SetProperty(self, properties)

    @write(False)
    def UpdateSidecar(self) -> bool:
        """False: there is no BRAW or R3D here (measured for other media)."""
        raise Refused

    @read()
    def GetClipEnabled(self) -> bool:
        """Whether the item plays."""
        return self._item.enabled

    @write(False)
    def SetClipEnabled(self, Bool: bool) -> bool:
        """Enable or disable the item."""
        if self._world.profile.habits.locked_track_refuses_enable:
            self._editable()
        self._item.enabled = Bool
        return True

    @read()
    def GetFades(self) -> dict[str, int]:
        """``{FadeIn, FadeOut}`` in record frames. Since 21.1."""
        return {"FadeIn": self._item.fades[0], "FadeOut": self._item.fades[1]}

    @write(False)
    def SetFades(self, fades: dict[str, int]) -> bool:
        """Set one or both fades. Since 21.1."""
        known = {"FadeIn": self._item.fades[0], "FadeOut": self._item.fades[1]}
        if not fades or not fades.keys() <= known.keys() or not all(_is_fade(n) for n in fades.values()):
            raise Refused
        known |= fades
        self._editable().fades = (known["FadeIn"], known["FadeOut"])
        return True

    @read()
    def GetFusionCompCount(self) -> int:
        """Number of Fusion compositions on the item."""
        return self._item.fusion_comps

    @read([])
    def GetFusionCompNameList(self) -> list[str]:
        """Their names."""
        return [f"Composition {number + 1}" for number in range(self._item.fusion_comps)]


def _is_fade(frames: object) -> bool:
    return isinstance(frames, int) and not isinstance(frames, bool) and frames >= 0


def _clamped(key: str, value: object) -> object:
    """The value inside the property's limits; Refused when it is of another type than the default."""
    default = DEFAULT_PROPERTIES[key]
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise Refused
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused
    low, high = _LIMITS.get(key, (float("-inf"), float("inf")))
    clamped = min(max(value, low), high)
    return float(clamped) if isinstance(default, float) else int(clamped)


def retrim(timeline: Timeline, item: Item) -> None:
    """Bring ``source_end`` and the selected take in line with the item's start and duration after a trim."""
    if item.media is not None:
        item.source_end = item.source_start + source_span(item.duration, item.media, timeline, item.speed)
        if item.takes:
            take = item.takes[item.selected_take - 1]
            take.start, take.end = item.source_start, item.source_end
