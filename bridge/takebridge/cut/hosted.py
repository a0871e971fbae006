"""A timeline as a connected host's agent reports it: keys, native takes, revision, locks.

Push and pull work on it clip by clip; `cut.model` is the host-neutral cut that is compared and merged
(`hosts.reading.neutral` makes one from the other). Record ranges are absolute timeline frames, half-open; source
frames count from the media's first frame in the media's own rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.model import Marker
from takebridge.ids import ClipKey
from takebridge.timebase import FrameRange, FrameRate, TimelineSpace


@dataclass(frozen=True, slots=True)
class HostTrack:
    """One track, 1-based. ``type`` is "video", "audio" or "subtitle"."""

    type: str
    index: int


@dataclass(frozen=True, slots=True)
class HostTrackInfo:
    """A track with its name, listed whether or not anything is on it."""

    track: HostTrack
    name: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class HostMedia:
    """The media a clip uses. ``rate`` is None where the host does not say one that exists.

    ``start`` is the media timecode of its first frame as a frame number at ``rate``, None unknown.
    """

    id: str
    name: str
    path: str
    rate: FrameRate | None
    frame_count: int | None
    online: bool
    start: int | None = None


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
    ``source_unknown``: the host can say true source frames, but not of this clip (some retimes).
    ``speed`` is exact where the host can say it, negative reversed, 0 a freeze.
    ``look`` fingerprints what a take swap must not touch, ``style`` the part of it a copy elsewhere shares.
    ``stamp`` is our id of the clip as most places say, ``markers`` stand at source frames: both only where marks were
    read.
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
    source_unknown: bool = False
    speed: Fraction | None = None
    style: str = ""
    stamp: str = ""
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True)
class HostCut:
    """A timeline at one moment. ``revision`` is the host agent's fingerprint over the tracks that were read.

    ``tracks`` lists every track, ``markers`` those of the timeline at absolute record frames, ``project_rate`` is what
    source frames of sound count in: all three only where marks were read.
    """

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
    tracks: tuple[HostTrackInfo, ...] = ()
    markers: tuple[Marker, ...] = ()
    project_rate: FrameRate | None = None

    def clip(self, key: ClipKey) -> HostClip | None:
        """Return the clip with this host id."""
        return next((clip for clip in self.clips if clip.key == key), None)

    def on_track(self, track: HostTrack) -> tuple[HostClip, ...]:
        """Return the clips of a track in record order."""
        return tuple(sorted((clip for clip in self.clips if clip.track == track), key=lambda clip: clip.record.start))
