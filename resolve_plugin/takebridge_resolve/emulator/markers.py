"""The eight marker methods that Timeline, TimelineItem and MediaPoolItem share (resolve.md §1.5)."""

from __future__ import annotations

from .call import ApiObject, Refused, read, write
from .state import MARKER_COLOURS, Marker


class Markers(ApiObject):
    """Markers kept by frame, one a frame; ``_markers`` is the dictionary of the thing marked."""

    def _markers(self) -> dict[int, Marker]:
        raise NotImplementedError

    def _described(self, frames: list[int]) -> dict[float, dict[str, object]]:
        key = float if self._world.profile.float_marker_keys else int
        return {key(frame): _description(self._markers()[frame]) for frame in frames}

    @write(False)
    def AddMarker(
        self, frameId: int, color: str, name: str, note: str, duration: int, customData: str | None = None
    ) -> bool:
        """Mark a free frame; False on an occupied one, a negative one, an unknown colour or no length."""
        if frameId < 0 or frameId in self._markers() or color not in MARKER_COLOURS or duration < 1:
            raise Refused
        self._markers()[frameId] = Marker(color, name, note, duration, customData or "")
        return True

    @read()
    def GetMarkers(self) -> dict[float, dict[str, object]]:
        """``{frame: marker}``; float keys up to 21.0, int keys from 21.1."""
        return self._described(sorted(self._markers()))

    @read()
    def GetMarkerByCustomData(self, customData: str) -> dict[float, dict[str, object]]:
        """The first marker with this custom data, or an empty dictionary."""
        return self._described(self._with_data(customData)[:1])

    def _with_data(self, custom_data: str) -> list[int]:
        return [frame for frame, mark in sorted(self._markers().items()) if mark.custom_data == custom_data]

    @write(False)
    def UpdateMarkerCustomData(self, frameId: int, customData: str) -> bool:
        """Set the custom data of the marker at a frame."""
        self._at(frameId).custom_data = customData
        return True

    def _at(self, frame: int) -> Marker:
        if frame not in self._markers():
            raise Refused
        return self._markers()[frame]

    @read("")
    def GetMarkerCustomData(self, frameId: int) -> str:
        """Custom data of the marker at a frame, "" without one."""
        return self._at(frameId).custom_data

    @write(False)
    def DeleteMarkersByColor(self, color: str) -> bool:
        """Delete the markers of a colour, or "All"."""
        frames = [frame for frame, mark in self._markers().items() if color in ("All", mark.color)]
        for frame in frames:
            del self._markers()[frame]
        return bool(frames)

    @write(False)
    def DeleteMarkerAtFrame(self, frameNum: int) -> bool:
        """Delete the marker at a frame."""
        self._at(frameNum)
        del self._markers()[frameNum]
        return True

    @write(False)
    def DeleteMarkerByCustomData(self, customData: str) -> bool:
        """Delete the first marker with this custom data."""
        if not customData or not (frames := self._with_data(customData)):
            raise Refused
        del self._markers()[frames[0]]
        return True


def _description(marker: Marker) -> dict[str, object]:
    return {
        "color": marker.color,
        "duration": marker.duration,
        "note": marker.note,
        "name": marker.name,
        "customData": marker.custom_data,
    }
