"""What the viewer shows: the picture of a timeline at a frame, decoded with PyAV from the files on it.

The topmost enabled clip counts; titles and adjustment clips are transparent, a generator is grey, offline media red,
an empty frame and a clip past the end of its media black. No grade, no transform, no dissolve.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

import av
import numpy as np
import numpy.typing as npt

from .layout import inner_of, solid
from .state import Item, Media, Timeline

Picture = npt.NDArray[np.uint8]
"""height × width × 3, RGB."""

_COLOURS = {"generator": 128, "black": 0}
_TRANSPARENT = frozenset({"title", "adjustment"})


class Viewer:
    """Draws frames of timelines at one size, keeping its files open. A context manager."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._files: dict[str, _File] = {}

    def __enter__(self) -> Viewer:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def draw(self, timeline: Timeline, timeline_frame: int) -> Picture:
        """The picture at a timeline_frame, counted from 0."""
        item = shown_at(timeline, timeline_frame)
        if item is None:
            return self._flat(0, 0, 0)
        return self._of_item(timeline, item, timeline_frame)

    def _of_item(self, timeline: Timeline, item: Item, timeline_frame: int) -> Picture:
        media, inner = item.media, inner_of(item)
        if media is None:
            grey = 128 if item.kind == "generator" else 0
            return self._flat(grey, grey, grey)
        source = source_frame_at(timeline, item, timeline_frame)
        if inner is not None:
            return self.draw(inner, source)
        if media.kind_name in ("Compound", "Fusion", "Multicam"):
            return self._flat(128, 128, 128)
        return self._of_media(media, source)

    def _of_media(self, media: Media, source_frame: int) -> Picture:
        images = media.facts.sequence
        path = images.picture(source_frame) if images else media.path
        still = bool(images) or media.facts.is_still
        if not 0 <= source_frame < media.frame_count:
            return self._flat(0, 0, 0)
        try:
            if path not in self._files:
                self._files[path] = _File(path)
            found = self._files[path].picture(0 if still else source_frame, media.rate)
        except (av.error.FFmpegError, OSError):
            return self._flat(200, 0, 0)
        return self._flat(0, 0, 0) if found is None else _fitted(found, self._size)

    def _flat(self, red: int, green: int, blue: int) -> Picture:
        width, height = self._size
        made = np.empty((height, width, 3), np.uint8)
        made[:] = (red, green, blue)
        return made


def shown_at(timeline: Timeline, timeline_frame: int) -> Item | None:
    """The topmost enabled item of an enabled video track that shows something at a frame."""
    for track in reversed(timeline.tracks["video"]):
        for item in solid(track) if track.enabled else []:
            if item.start <= timeline_frame < item.end and item.enabled and item.kind not in _TRANSPARENT:
                return item
    return None


def source_frame_at(timeline: Timeline, item: Item, timeline_frame: int) -> int:
    """source_frame of the item's media at a timeline_frame; 0 for a still."""
    if item.media is None or item.media.facts.is_still:
        return 0
    run = floor(Fraction(timeline_frame - item.start) / timeline.rate * item.media.rate * item.speed)
    return item.source_end - 1 - run if item.reversed else item.source_start + run


class _File:
    """One open file, read forward as long as that is the way to the frame asked for."""

    def __init__(self, path: str) -> None:
        self._container = av.open(path, mode="r")
        self._stream = self._container.streams.video[0]
        self._last = -1
        self._picture: av.VideoFrame | None = None
        self._frames = self._container.decode(self._stream)

    def close(self) -> None:
        """Let the file go."""
        self._container.close()

    def picture(self, source_frame: int, rate: Fraction) -> av.VideoFrame | None:
        """The frame shown at ``source_frame``, or None past the end."""
        if source_frame < self._last or source_frame > self._last + 64:
            self._seek(source_frame, rate)
        while self._last < source_frame:
            following = next(self._frames, None)
            if following is None:
                return None
            self._picture, self._last = following, self._index(following, rate)
        return self._picture

    def _seek(self, source_frame: int, rate: Fraction) -> None:
        base = self._stream.time_base or Fraction(1, 1000)
        at = (self._stream.start_time or 0) + floor(Fraction(source_frame) / rate / base)
        self._container.seek(at, stream=self._stream, backward=True)
        self._last = -1
        self._frames = self._container.decode(self._stream)

    def _index(self, frame: av.VideoFrame, rate: Fraction) -> int:
        base = self._stream.time_base
        if frame.pts is None or base is None:
            return self._last + 1
        return round((frame.pts - (self._stream.start_time or 0)) * base * rate)


def _fitted(frame: av.VideoFrame, size: tuple[int, int]) -> Picture:
    """Scaled into the frame with its aspect kept, black around it."""
    width, height = size
    scale = min(Fraction(width, frame.width), Fraction(height, frame.height))
    inside = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    drawn = frame.to_ndarray(format="rgb24", width=inside[0], height=inside[1])
    if inside == size:
        return np.ascontiguousarray(drawn, dtype=np.uint8)
    made = np.zeros((height, width, 3), np.uint8)
    left, top = (width - inside[0]) // 2, (height - inside[1]) // 2
    made[top : top + inside[1], left : left + inside[0]] = drawn
    return made
