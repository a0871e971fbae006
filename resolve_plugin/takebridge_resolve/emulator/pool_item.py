"""MediaPoolItem: one clip of the media pool (resolve.md §1.3)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .call import ApiObject, Refused, read, studio_only, write
from .colours import Colours
from .markers import Markers
from .media_facts import read_facts
from .state import Marker, Media
from .timecode import parse_timecode, rate_label, timecode

if TYPE_CHECKING:
    from .world import World

METADATA_FIELDS = frozenset(
    [
        "Description",
        "Comments",
        "Keywords",
        "Shot",
        "Scene",
        "Take",
        "Angle",
        "Move",
        "Day / Night",
        "Environment",
        "Shot Type",
        "Flags",
        "Good Take",
        "Production Name",
        "Reel Name",
        "Roll Card #",
        "Camera #",
        "Date Recorded",
        "Clip Number",
        "Group",
        "People",
        "Location",
    ]
)
"""Part of the fixed field list of Get/SetMetadata; anything else is refused."""
WRITABLE_PROPERTIES = frozenset({"Clip Name", "In", "Out", "Alpha mode", "Super Scale", "Start TC", "PAR"})


class MediaPoolItem(Markers, Colours):
    """A handle to one pool item."""

    scope = "project"

    def __init__(self, world: World, media: Media) -> None:
        super().__init__(world)
        self._media = media

    def _gone(self) -> bool:
        return self._media.deleted

    def _markers(self) -> dict[int, Marker]:
        return self._media.markers

    def _coloured(self) -> Media:
        return self._media

    @read()
    def GetName(self) -> str:
        """The clip name."""
        return self._media.name

    @write(False)
    def SetName(self, name: str) -> bool:
        """Rename the clip; the file keeps its name. Since 20.2."""
        if not name:
            raise Refused
        self._media.name = name
        return True

    @read()
    def GetUniqueId(self) -> str:
        """Id of this pool item."""
        return self._media.id

    @read()
    def GetMediaId(self) -> str:
        """Id of the media behind it."""
        return self._media.media_id

    @read()
    def GetClipProperty(self, propertyName: str | None = None) -> object:
        """One property ("" when unknown) or all. FPS is a float, everything else a string."""
        if propertyName == "File Path" and propertyName not in self._media.properties:
            return self._media.path  # asked of every item of a timeline: the others are worked out for nothing
        properties = clip_properties(self._world, self._media)
        return properties if not propertyName else properties.get(propertyName, "")

    @write(False)
    def SetClipProperty(self, propertyName: str, propertyValue: object) -> bool:
        """Set a writable property. 'Reel Name' answers True and drops the value (trap 12)."""
        if propertyName == "Reel Name":
            return True
        if propertyName not in WRITABLE_PROPERTIES:
            raise Refused
        if propertyName == "Clip Name":
            self._media.name = str(propertyValue)
        else:
            self._media.properties[propertyName] = str(propertyValue)
        return True

    @read()
    def GetMetadata(self, metadataType: str | None = None) -> object:
        """One metadata field or the dictionary of those set."""
        return _looked_up(self._media.metadata, metadataType)

    @write(False)
    def SetMetadata(self, metadataType: str | dict[str, str], metadataValue: str | None = None) -> bool:
        """Set fields of the fixed list; one unknown key refuses the whole call."""
        entries = _entries(metadataType, metadataValue)
        if not (self._world.profile.habits.unknown_metadata_accepted or entries.keys() <= METADATA_FIELDS):
            raise Refused
        self._media.metadata |= entries
        return True

    @read()
    def GetThirdPartyMetadata(self, metadataType: str | None = None) -> object:
        """One free-form entry or all. Since 19.0.2."""
        return _looked_up(self._media.third_party, metadataType)

    @write(False)
    def SetThirdPartyMetadata(self, metadataType: str | dict[str, str], metadataValue: str | None = None) -> bool:
        """Set free-form entries. Since 19.0.2."""
        self._media.third_party |= _entries(metadataType, metadataValue)
        return True

    @write(False)
    def ReplaceClip(self, filePath: str) -> bool:
        """Put another file behind this item: every use in every timeline changes, metadata goes (trap 13)."""
        facts = read_facts(filePath)
        if facts is None:
            raise Refused
        media = self._media
        media.facts, media.path, media.name = facts, filePath, os.path.basename(filePath)
        media.metadata, media.properties = {}, {}
        if not self._world.profile.habits.third_party_survives_replace:
            media.third_party = {}
        return True

    @write(False)
    def TranscribeAudio(self, useSpeakerDetection: bool | None = None) -> bool:
        """Studio only: on the free edition False, and a modal that fails later writes until dismissed."""
        studio_only(self._world)
        if not self._media.facts.has_audio:
            raise Refused
        self._media.properties["Transcription"] = "…"
        return True

    @write(False)
    def ClearTranscription(self) -> bool:
        """Take the transcription away."""
        return self._media.properties.pop("Transcription", None) is not None

    @write(False)
    def ReplaceClipPreserveSubClip(self, filePath: str) -> bool:
        """Put another file behind the item and keep its extents; the emulator has no subclips. Since 20.0."""
        return MediaPoolItem.ReplaceClip(self, filePath)

    @write(False)
    def LinkProxyMedia(self, proxyMediaFilePath: str) -> bool:
        """Give the item a proxy; one of another length is refused."""
        facts = read_facts(proxyMediaFilePath)
        if facts is None or facts.frame_count != self._media.frame_count:
            raise Refused
        self._media.properties |= {"Proxy": "Linked", "Proxy Media Path": proxyMediaFilePath}
        return True

    @write(False)
    def UnlinkProxyMedia(self) -> bool:
        """Take the proxy away."""
        return self._media.properties.pop("Proxy Media Path", None) is not None and bool(
            self._media.properties.pop("Proxy")
        )

    @read()
    def GetMarkInOut(self) -> dict[str, dict[str, int]]:
        """``{video: {in, out}, audio: …}`` in source frames, out included; empty without marks. Since 19.1."""
        if self._media.marks is None:
            return {}
        first, last = self._media.marks
        return {kind: {"in": first, "out": last} for kind in ("video", "audio")}

    @write(False)
    def SetMarkInOut(self, mark_in: int, mark_out: int, type: str = "all") -> bool:
        """Mark a span inside the media; the emulator keeps one for video and audio. Since 19.1."""
        if not 0 <= mark_in <= mark_out < self._media.frame_count or type not in ("video", "audio", "all"):
            raise Refused
        self._media.marks = (mark_in, mark_out)
        return True

    @write(False)
    def ClearMarkInOut(self, type: str = "all") -> bool:
        """Clear the marks. Since 19.1."""
        if type not in ("video", "audio", "all"):
            raise Refused
        self._media.marks = None
        return True

    @read()
    def GetTimeline(self) -> ApiObject | None:
        """The timeline behind a timeline item of the pool. Since 21.0.4."""
        return self._world.timeline_handle(self._media.timeline)


def clip_properties(world: World, media: Media) -> dict[str, object]:
    """The properties as GetClipProperty spells them (resolve.md §1.3)."""
    facts, rate, frames = media.facts, media.rate, media.frame_count
    start_label = media.properties.get("Start TC", facts.start_timecode)
    drop = ";" in start_label
    start = parse_timecode(start_label, rate, drop)
    return {
        "File Path": media.path,
        "File Name": os.path.basename(media.path),
        "Clip Name": media.name,
        "Type": media.kind_name,
        "FPS": float(rate_label(rate)),
        "Frames": str(frames),
        "Start": "0",
        "End": str(frames - 1),
        "Start TC": start_label,
        "End TC": timecode(start + frames, rate, drop),
        "Duration": timecode(frames, rate, drop),
        "Resolution": f"{facts.width}x{facts.height}" if facts.width else "",
        "Video Codec": facts.codec,
        "Audio Ch": str(facts.audio_channels),
        "Sample Rate": str(facts.sample_rate) if facts.sample_rate else "",
        "Usage": str(sum(1 for item in world.project.items() if item.media is media)),
        "Online Status": "Online" if not media.path or os.path.isfile(media.path) else "Offline",
        "Drop frame": "1" if drop else "0",
        "Proxy": "None",
        "Proxy Media Path": "",
        "Reel Name": "",
        "In": "",
        "Out": "",
        "Alpha mode": "None",
        "Super Scale": "1",
        "Transcription": "",
    } | media.properties


def _looked_up(entries: dict[str, str], key: str | None) -> object:
    return dict(entries) if not key else entries.get(key, "")


def _entries(key: str | dict[str, str], value: str | None) -> dict[str, str]:
    if isinstance(key, dict):
        if value is not None or not all(isinstance(part, str) for pair in key.items() for part in pair):
            raise Refused
        return key
    if not key or value is None:
        raise Refused
    return {key: value}
