"""A timeline as a connected host's agent reports it: keys, native takes, revision, locks.

Push and pull work on it clip by clip; `cut.model` is the host-neutral cut that is compared and merged
(`hosts.reading.neutral` makes one from the other). Record ranges are absolute timeline frames, half-open; source
frames count from the media's first frame in the media's own rate.
"""

from __future__ import annotations

from dataclasses import dataclass

from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace


@dataclass(frozen=True, slots=True)
class HostTrack:
    """One track, 1-based. ``type`` is "video", "audio" or "subtitle"."""

    type: str
    index: int


@dataclass(frozen=True, slots=True)
class HostMedia:
    """The media a clip uses. ``rate`` is None where the host does not say one that exists."""

    id: str
    name: str
    path: str
    rate: FrameRate | None
    frame_count: int | None
    online: bool


@dataclass(frozen=True, slots=True)
class NativeTake:
    """One take of a clip as the host keeps it; ``index`` is 1-based, ``source`` None where the host is silent."""

    index: int
    media_id: str
    media_path: str
    source: FrameRange | None


@dataclass(frozen=True, slots=True)
class HostClip:
    """One item on a track.

    ``source_start_frame`` is the source frame on the clip's first record frame (exact at 100 % speed only).
    ``true_source`` is (first, end) in source frames as the host states it, first > end for reversed; None unknown.
    ``look`` fingerprints what a take swap must not touch.
    """

    key: ClipKey
    kind: str
    name: str
    track: HostTrack
    record: FrameRange
    enabled: bool
    media: HostMedia | None
    source_start_frame: int | None
    true_source: tuple[int, int] | None
    speed_percent: int | None
    linked: frozenset[ClipKey]
    takes: tuple[NativeTake, ...]
    selected_take: int
    look: str


@dataclass(frozen=True, slots=True)
class HostCut:
    """A timeline at one moment. ``revision`` is the host agent's fingerprint over the tracks that were read."""

    project_id: str
    project_name: str
    timeline_id: str
    timeline_name: str
    space: TimelineSpace
    drop_frame: bool
    width: int
    height: int
    end_record_frame: int
    revision: str
    locked: frozenset[HostTrack]
    clips: tuple[HostClip, ...]

    def clip(self, key: ClipKey) -> HostClip | None:
        """Return the clip with this host id."""
        return next((clip for clip in self.clips if clip.key == key), None)

    def on_track(self, track: HostTrack) -> tuple[HostClip, ...]:
        """Return the clips of a track in record order."""
        return tuple(sorted((clip for clip in self.clips if clip.track == track), key=lambda clip: clip.record.start))
