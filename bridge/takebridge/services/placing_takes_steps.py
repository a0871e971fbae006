"""Single steps at the timeline that the ways of placing a take share: look, write on what was seen, look again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from takebridge.canvas.model import Take
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import HostRejectedError, TimelineChangedError, TimelineSwitchedError
from takebridge.hosts import calls
from takebridge.hosts.edit_ops import ClipRef, DeleteClipsArgs, PlaceClipArgs
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import Expectation, TimelineItem, TrackRef
from takebridge.hosts.reading import read_cut
from takebridge.ids import ClipKey
from takebridge.services.bridge import Bridge
from takebridge.timebase import FrameRange

MOST_LINKED = 64


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a clip, in a sentence; ``changed`` False when it was so already."""

    changed: bool
    sentence: str


def name_of(link: ClipLink, take: Take) -> str:
    """Return what a sentence calls a take: its number in the tray of its node.

    Editors count on their own: in Resolve's take list the clip's first media is number 1. Sentences never give that
    number, they name the file.
    """
    # A shot made for a gap has no original: its link's node makes its takes itself.
    original = take.node_id == link.node_id and not link.fills_gap
    return "the original" if original else f"take {take.seq}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Some tracks of one timeline, worked on with the revision they were read at: nobody's edit is overwritten."""

    host: Host
    project_id: str
    timeline_id: str
    tracks: tuple[HostTrack, ...]

    @classmethod
    def at(cls, host: Host, cut: HostCut, tracks: Iterable[HostTrack]) -> Bench:
        """Return a bench for these tracks of the timeline that was read."""
        ordered = sorted(set(tracks), key=lambda track: (track.type, track.index))
        return cls(host, cut.project_id, cut.timeline_id, tuple(ordered))

    async def look(self, *detail: ClipKey) -> HostCut:
        """Read the tracks, these clips of them in full with their markers. Raises TimelineSwitchedError."""
        cut = read_cut(await calls.snapshot(self.host, self.tracks, detail=detail, marks=bool(detail)))
        if (cut.project_id, cut.timeline_id) != (self.project_id, self.timeline_id):
            raise TimelineSwitchedError(f"“{cut.timeline_name}” of “{cut.project_name}” is open in the editor now.")
        return cut

    def expect(self, seen: HostCut) -> Expectation:
        """Return what a write may rely on: these tracks as they were seen."""
        return calls.expectation(seen, self.tracks)

    async def place(
        self,
        seen: HostCut,
        media_id: str,
        track: HostTrack,
        record: FrameRange,
        source: FrameRange,
        link: Iterable[ClipKey] = (),
    ) -> TimelineItem:
        """Put media on a free span; what is there already is found. Raises HostError; then the span is as it was."""
        args = PlaceClipArgs(
            media_id=media_id,
            track=track_ref(track),
            start_record_frame=record.start,
            end_record_frame=record.end,
            start_source_frame=source.start,
            end_source_frame=source.end,
            link=[str(key) for key in link][:MOST_LINKED],
        )
        return (await calls.place_clip(self.host, args, self.expect(seen))).items[0]

    async def delete(self, seen: HostCut, key: ClipKey, track: HostTrack, record: FrameRange) -> None:
        """Take one clip off its track; its linked sound stays."""
        ref = ClipRef(clip=key, track=track_ref(track), start_record_frame=record.start, end_record_frame=record.end)
        await calls.delete_clips(self.host, DeleteClipsArgs(clips=[ref]), self.expect(seen))


def track_ref(track: HostTrack) -> TrackRef:
    """Return a track as ops name it."""
    return TrackRef.model_validate({"type": track.type, "index": track.index})


def refuse_locked(cut: HostCut, track: HostTrack) -> None:
    """Raise HostRejectedError for a locked track."""
    if track in cut.locked:
        raise HostRejectedError(
            f"Track {track.type} {track.index} is locked.", hint="Unlock it in the editor, then try again."
        )


def only_ours(before: HostCut, after: HostCut, *ours: ClipKey) -> None:
    """Raise TimelineChangedError when another clip than ours came, went, moved or shows something else."""
    was, now = _facts(before, ours), _facts(after, ours)
    strange = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    if strange:
        names = {clip.key: clip.name for clip in (*before.clips, *after.clips)}
        raise TimelineChangedError(f"“{names[min(strange)]}” was edited meanwhile.")


def _facts(cut: HostCut, ours: tuple[ClipKey, ...]) -> dict[ClipKey, tuple[object, ...]]:
    return {
        clip.key: (clip.track, clip.record, clip.media.path if clip.media else "", clip.enabled)
        for clip in cut.clips
        if clip.key not in ours
    }


def in_the_way(cut: HostCut, track: HostTrack, span: FrameRange) -> HostClip | None:
    """Return the first clip that lies on a span of a track, None where it is free."""
    return next((clip for clip in cut.on_track(track) if clip.record.overlaps(span)), None)


def retie(bridge: Bridge, link: ClipLink, old: ClipKey, key: ClipKey, track: HostTrack | None = None) -> None:
    """Let the links of a clip, on whichever canvas, point at the clip that is in its place now, on that track."""
    where = {} if track is None else {"track_index": track.index}
    for other in bridge.links.on_timeline(link.project_id, link.timeline_id):
        if other.id == link.id or (old and other.clip_key == old):
            bridge.links.replace(other.model_copy(update={"clip_key": key, **where}))
