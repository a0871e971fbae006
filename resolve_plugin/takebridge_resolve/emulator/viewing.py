"""What a script can see of the viewer: thumbnails and stills of a timeline (resolve.md §1.4, §1.8, §5.27)."""

from __future__ import annotations

import base64

from .call import ApiObject, Refused, read, write
from .gallery import GalleryStill
from .layout import solid
from .picture import Viewer
from .state import Still
from .state import Timeline as TimelineState

THUMBNAIL_WIDTH = 160


class Viewing(ApiObject):
    """Thumbnail and gallery stills of a timeline."""

    _timeline: TimelineState

    @read()
    def GetCurrentClipThumbnailImage(self) -> dict[str, object] | None:
        """``{width, height, format, data}`` with base64 RGB; None unless on the Color page with the app in front."""
        if self._world.page != "color" or not self._world.ui.foreground:
            return None
        timeline = self._timeline
        width = THUMBNAIL_WIDTH
        height = max(1, round(width * timeline.height / timeline.width))
        with Viewer(width, height) as viewer:
            data = viewer.draw(timeline, timeline.playhead).tobytes()
        coded = base64.b64encode(data).decode("ascii")
        return {"width": width, "height": height, "format": "RGB 8 bit", "data": coded}

    @write(None)
    def GrabStill(self) -> GalleryStill:
        """Keep the frame under the playhead in the current album; None anywhere but on the Color page."""
        self._on_color()
        return self._kept(self._timeline.playhead)

    @write([])
    def GrabAllStills(self, stillFrameSource: int) -> list[GalleryStill]:
        """Keep the first (1) or middle (2) frame of every clip of video track 1."""
        self._on_color()
        if stillFrameSource not in (1, 2):
            raise Refused
        items = [item for track in self._timeline.tracks["video"][:1] for item in solid(track)]
        return [self._kept(one.start if stillFrameSource == 1 else (one.start + one.end) // 2) for one in items]

    def _on_color(self) -> None:
        if self._world.page != "color" or self._timeline is not self._world.project.current_timeline:
            raise Refused

    def _kept(self, timeline_frame: int) -> GalleryStill:
        still = Still(self._timeline, timeline_frame)
        self._world.project.current_album.stills.append(still)
        return GalleryStill(self._world, still)
