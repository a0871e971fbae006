"""Timeline: tracks, playhead, marks, deletion (resolve.md §1.4)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from .call import Refused, read, write
from .exporting import export
from .grade import Graph
from .inserting import Inserting
from .markers import Markers
from .placing import unlink
from .pool_item import MediaPoolItem
from .settings import setting
from .state import TRACK_TYPES, Grade, Item, Marker, Track, new_id
from .state import Timeline as TimelineState
from .timecode import parse_timecode, timecode
from .timeline_item import TimelineItem
from .viewing import Viewing

if TYPE_CHECKING:
    from .world import World


class Timeline(Markers, Viewing, Inserting):
    """A handle to one timeline of the current project. Only the current timeline can be written."""

    scope = "project"

    def __init__(self, world: World, timeline: TimelineState) -> None:
        super().__init__(world)
        self._timeline = timeline

    def _gone(self) -> bool:
        return self._timeline not in self._world.project.timelines

    def _markers(self) -> dict[int, Marker]:
        return self._timeline.markers

    def _current(self) -> TimelineState:
        if self._timeline is not self._world.project.current_timeline:
            raise Refused
        return self._timeline

    def _track(self, track_type: str, index: int) -> Track:
        tracks = self._timeline.tracks.get(track_type, [])
        if not 1 <= index <= len(tracks):
            raise Refused
        return tracks[index - 1]

    def _handles(self, items: list[Item]) -> list[TimelineItem]:
        return [TimelineItem(self._world, self._timeline, item) for item in items]

    @read()
    def GetUniqueId(self) -> str:
        """Id of the timeline."""
        return self._timeline.id

    @read()
    def GetName(self) -> str:
        """Its name."""
        return self._timeline.name

    @write(False)
    def SetName(self, timelineName: str) -> bool:
        """Rename it; names are unique in a project."""
        if not timelineName or any(t.name == timelineName for t in self._world.project.timelines):
            raise Refused
        if not self._world.profile.habits.other_timeline_renamable:
            self._current()
        self._timeline.name = timelineName
        for media in self._world.project.all_media():
            if media.timeline is self._timeline:
                media.name = timelineName
        return True

    @read()
    def GetMediaPoolItem(self) -> MediaPoolItem:
        """The timeline's own pool item. Since 19.1."""
        found = (m for m in self._world.project.all_media() if m.timeline is self._timeline)
        return MediaPoolItem(self._world, next(found))

    @read()
    def GetStartFrame(self) -> int:
        """First record_frame: 86400 for 01:00:00:00 at 24 and 23.976."""
        return self._timeline.start_frame

    @read()
    def GetEndFrame(self) -> int:
        """record_frame after the last item."""
        return self._timeline.start_frame + self._timeline.end

    @read()
    def GetStartTimecode(self) -> str:
        """Label of the first frame."""
        return timecode(self._timeline.start_frame, self._timeline.rate, self._timeline.drop_frame)

    def _frame(self, label: str) -> int:
        try:
            return parse_timecode(label, self._timeline.rate, self._timeline.drop_frame)
        except ValueError:
            raise Refused from None

    @write(False)
    def SetStartTimecode(self, timecode: str) -> bool:
        """Relabel the first frame: every item's record frames shift with it."""
        self._timeline.start_frame = self._frame(timecode)
        return True

    @read()
    def GetCurrentTimecode(self) -> str:
        """Label at the playhead."""
        at = self._timeline.start_frame + self._timeline.playhead
        return timecode(at, self._timeline.rate, self._timeline.drop_frame)

    @write(False)
    def SetCurrentTimecode(self, timecode: str) -> bool:
        """Move the playhead of the current timeline; not before its start."""
        frame = self._frame(timecode) - self._timeline.start_frame
        if frame < 0:
            raise Refused
        self._current().playhead = frame
        return True

    @read()
    def GetCurrentVideoItem(self) -> TimelineItem | None:
        """Item under the playhead on the top enabled video track that has one there."""
        for track in reversed(self._timeline.tracks["video"]):
            at = [i for i in track.items if i.start <= self._timeline.playhead < i.end and i.kind != "transition"]
            if at and track.enabled:
                return TimelineItem(self._world, self._timeline, at[0])
        return None

    @read([])
    def GetSelectedClips(self) -> list[TimelineItem]:
        """What the user has selected, in order. Since 21.0.4."""
        found = (self._timeline.item(item_id) for item_id in self._timeline.selection)
        return self._handles([item for item in found if item])

    @read()
    def GetMarkInOut(self) -> dict[str, dict[str, int]]:
        """``{video: {in, out}, audio: …}`` relative to the timeline's start; empty without marks. Since 19.1."""
        if self._timeline.marks is None:
            return {}
        first, last = self._timeline.marks
        return {kind: {"in": first, "out": last} for kind in ("video", "audio")}

    @write(False)
    def SetMarkInOut(self, mark_in: int, mark_out: int, type: str = "all") -> bool:
        """Mark a span; the emulator keeps one for video and audio. Since 19.1."""
        if not 0 <= mark_in <= mark_out or type not in ("video", "audio", "all"):
            raise Refused
        self._current().marks = (mark_in, mark_out)
        return True

    @write(False)
    def ClearMarkInOut(self, type: str = "all") -> bool:
        """Clear the marks. Since 19.1."""
        if type not in ("video", "audio", "all"):
            raise Refused
        self._current().marks = None
        return True

    @read()
    def GetTrackCount(self, trackType: str) -> int:
        """Number of tracks of a type."""
        if trackType not in TRACK_TYPES:
            raise Refused
        return len(self._timeline.tracks[trackType])

    @write(False)
    def AddTrack(self, trackType: str, subTrackType: str | dict[str, object] | None = None) -> bool:
        """Add a track at the end."""
        if trackType not in TRACK_TYPES:
            raise Refused
        sub_type = subTrackType if isinstance(subTrackType, str) else ""
        add_track(self._current(), trackType, sub_type)
        return True

    @write(False)
    def DeleteTrack(self, trackType: str, trackIndex: int) -> bool:
        """Delete a track with everything on it; the last video track stays."""
        track = self._track(trackType, trackIndex)
        if track.locked or (trackType == "video" and len(self._timeline.tracks["video"]) == 1):
            raise Refused
        remove(self._current(), list(track.items))
        self._timeline.tracks[trackType].remove(track)
        return True

    @read()
    def GetTrackName(self, trackType: str, trackIndex: int) -> str:
        """Name of a track."""
        return self._track(trackType, trackIndex).name

    @write(False)
    def SetTrackName(self, trackType: str, trackIndex: int, name: str) -> bool:
        """Rename a track."""
        self._track(trackType, trackIndex).name = name
        return True

    @read("")
    def GetTrackSubType(self, trackType: str, trackIndex: int) -> str:
        """'stereo' and the like for audio, "" for video. Since 19.0.1."""
        return self._track(trackType, trackIndex).sub_type

    @read(False)
    def GetIsTrackEnabled(self, trackType: str, trackIndex: int) -> bool:
        """Meaningful on the current timeline only: False elsewhere (trap 16)."""
        self._current()
        return self._track(trackType, trackIndex).enabled

    @write(False)
    def SetTrackEnable(self, trackType: str, trackIndex: int, Bool: bool) -> bool:
        """Enable or disable a track."""
        self._current()
        self._track(trackType, trackIndex).enabled = Bool
        return True

    @read(False)
    def GetIsTrackLocked(self, trackType: str, trackIndex: int) -> bool:
        """Whether a track is locked."""
        return self._track(trackType, trackIndex).locked

    @write(False)
    def SetTrackLock(self, trackType: str, trackIndex: int, Bool: bool) -> bool:
        """Lock or unlock a track."""
        self._current()
        self._track(trackType, trackIndex).locked = Bool
        return True

    @read([])
    def GetItemListInTrack(self, trackType: str, index: int) -> list[TimelineItem]:
        """Items in order, titles and transitions among them (§5.25)."""
        return self._handles(self._track(trackType, index).items)

    @write(False)
    def DeleteClips(self, timelineItems: list[TimelineItem], Bool: bool = False) -> bool:
        """Delete items, rippling the rest of their track when asked. Linked audio stays behind (trap 6).

        False on another timeline than the current one, on the Fairlight page and when a track is locked.
        """
        items = [handle._item for handle in timelineItems]
        tracks = [self._current().track_of(item) for item in items]
        blocked = any(track is None or track.locked for track in tracks)
        if not items or blocked or self._world.page == "fairlight":
            raise Refused
        remove(self._timeline, items, ripple=Bool)
        return True

    @write(False)
    def SetClipsLinked(self, timelineItems: list[TimelineItem], Bool: bool) -> bool:
        """Link items with each other or take them out of their groups."""
        items = [handle._item for handle in timelineItems]
        if len(items) < 1 + int(Bool) or any(self._current().track_of(item) is None for item in items):
            raise Refused
        unlink(self._timeline, items)
        for item in items if Bool else []:
            item.linked = {other.id for other in items if other is not item}
        return True

    @write(None)
    def DuplicateTimeline(self, timelineName: str | None = None) -> Timeline:
        """Copy the timeline with new ids; the copy silently becomes current."""
        name = timelineName or f"{self._timeline.name} copy"
        if any(other.name == name for other in self._world.project.timelines):
            raise Refused
        habits = self._world.profile.habits
        duplicate = duplicated(self._timeline, name, keep_ids=habits.ids_survive_duplicate)
        self._world.add_timeline(self._world.project, duplicate)
        if habits.duplicate_becomes_current:
            self._world.make_current(duplicate)
        return Timeline(self._world, duplicate)

    @write(False)
    def Export(self, fileName: str, exportType: object, exportSubtype: object) -> bool:
        """Write the timeline to a file (`exporting`); AAF, DRT and the text formats are not written."""
        return export(self._world, self._timeline, fileName, exportType, exportSubtype)

    @read()
    def GetSetting(self, settingName: str | None = None) -> object:
        """A setting of this timeline; a string, except where 21.1 gives numbers."""
        return setting(self._world.profile, self._world.project, settingName, self._timeline)

    @write(False)
    def SetSetting(self, settingName: str, settingValue: str) -> bool:
        """Set a custom setting; rates are fixed once the timeline exists."""
        if "FrameRate" in settingName or not settingName:
            raise Refused
        self._timeline.settings[settingName] = settingValue
        return True

    @read()
    def GetSettings(self) -> object:
        """All settings. Since 21.1."""
        return setting(self._world.profile, self._world.project, None, self._timeline)

    @read()
    def GetNodeGraph(self) -> Graph:
        """The timeline's own node graph. Since 19."""
        return Graph(self._world, Grade())


def add_track(timeline: TimelineState, track_type: str, sub_type: str = "") -> Track:
    """Append a track named as Resolve names it ("Video 2")."""
    tracks = timeline.tracks[track_type]
    default = "stereo" if track_type == "audio" else ""
    tracks.append(Track(f"{track_type.title()} {len(tracks) + 1}", sub_type=sub_type or default))
    return tracks[-1]


def remove(timeline: TimelineState, items: list[Item], *, ripple: bool = False) -> None:
    """Take items off the timeline and out of their link groups; ripple closes the gaps on their own tracks."""
    unlink(timeline, items)
    for item in sorted(items, key=lambda gone: -gone.start):
        track = timeline.track_of(item)
        item.deleted = True
        if track is None:
            continue
        track.items.remove(item)
        for later in track.items if ripple else []:
            later.start -= item.duration if later.start >= item.end else 0


def duplicated(timeline: TimelineState, name: str, *, keep_ids: bool = False) -> TimelineState:
    """A deep copy with new ids for itself and, unless kept, every item, sharing the media."""
    media = {id(item.media): item.media for *_, item in timeline.located() if item.media}
    media |= {id(take.media): take.media for *_, item in timeline.located() for take in item.takes}
    twin = copy.deepcopy(timeline, dict(media))
    twin.id, twin.name, twin.selection = new_id(), name, []
    fresh = {item.id: item.id if keep_ids else new_id() for *_, item in twin.located()}
    for *_, item in twin.located():
        item.id = fresh[item.id]
        item.linked = {fresh[linked] for linked in item.linked if linked in fresh}
    return twin
