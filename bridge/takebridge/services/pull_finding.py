"""Finding a pull's clip on the timeline: on its track, else anywhere, and again after a while."""

from __future__ import annotations

from dataclasses import replace

from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import NotFoundError, TimelineChangedError, TimelineSwitchedError
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target
from takebridge.timebase import FrameRange

_SAYS_LINKS = 19
"""Resolve's first version that says what an item is linked with."""


async def on_its_track(host: Host, link: ClipLink) -> tuple[HostCut, HostClip] | None:
    """Read the clip's own track, and it alone in full; None when it is not there, or more has to be watched.

    What is linked with the clip is part of its look, which a swap must not change. Hosts before Resolve 19 do not say
    what is linked: there the tracks of its sound are watched, which takes reading them all.
    """
    if _major(host) < _SAYS_LINKS:
        return None
    track = HostTrack(link.track_type, link.track_index)
    try:
        cut = read_cut(await calls.snapshot(host, (track,), detail=(link.clip_key,)))
    except NotFoundError:
        return None
    clip = cut.clip(link.clip_key)
    ours = (cut.project_id, cut.timeline_id) == (link.project_id, link.timeline_id)
    return (cut, clip) if clip is not None and ours else None


def _major(host: Host) -> int:
    number = host.status.version.partition(".")[0]
    return int(number) if number.isdecimal() else 0


async def located(bridge: Bridge, host: Host, link: ClipLink) -> tuple[HostCut, HostClip]:
    """Read the timeline and find the clip, it alone in full."""
    cut = read_cut(await calls.snapshot(host, detail=(link.clip_key,)))
    clip = find_clip(bridge, cut, link)
    if clip.kind != "unread":
        return cut, clip
    # Found by its place under another id, so not among those read in full.
    cut = read_cut(await calls.snapshot(host, detail=(clip.key,)))
    return cut, find_clip(bridge, cut, bridge.links.get(link.id))


async def as_it_is_now(host: Host, target: Target) -> Target:
    """Read the watched tracks again: conforming took its time.

    Raises TimelineSwitchedError, or TimelineChangedError when the clip no longer shows what it did.
    """
    now = read_cut(await calls.snapshot(host, target.watched, detail=(target.clip.key,)))
    clip = now.clip(target.clip.key)
    if (now.project_id, now.timeline_id) != (target.cut.project_id, target.cut.timeline_id):
        raise TimelineSwitchedError(f"Another timeline was opened while the take of {target.link.shot} was prepared.")
    if clip is None or shown_by(clip) != shown_by(target.clip):
        raise TimelineChangedError(f"“{target.clip.name}” was edited while its take was prepared.")
    return replace(target, cut=now, clip=clip)


def shown_by(clip: HostClip) -> tuple[object, ...]:
    """Return what a take is made for: the clip's place and what it shows there."""
    return clip.track, clip.record, clip.source_start_frame, clip.media.path if clip.media else ""


def find_clip(bridge: Bridge, cut: HostCut, link: ClipLink) -> HostClip:
    """Find the link's clip: by the host's id, else the one clip that shows its media at its place, see `_alike`.


    Raises TimelineSwitchedError for another timeline, NotFoundError when it is gone.
    """
    if (cut.project_id, cut.timeline_id) != (link.project_id, link.timeline_id):
        raise TimelineSwitchedError(
            f"{link.shot} belongs to timeline “{link.timeline_name}” of project “{link.project_name}”, "
            f"but “{cut.timeline_name}” of “{cut.project_name}” is open."
        )
    found = cut.clip(link.clip_key)
    if found is not None:
        return found
    alike = _alike(cut, link, {item.path for item in bridge.links.deliveries(link.id)})
    if len(alike) == 1:
        tied = {"clip_key": alike[0].key, "track_index": alike[0].track.index}
        bridge.links.replace(bridge.links.get(link.id).model_copy(update=tied))
        return alike[0]
    if link.waits:
        raise NotFoundError(
            f"{link.shot} was made for a gap, and no take of it is on the timeline yet.",
            hint="Put its take on the timeline first.",
            shot=link.shot,
        )
    raise NotFoundError(
        f"The clip of {link.shot} is no longer on the timeline.",
        hint="Undo its deletion, or push the clip again to make a new link.",
        shot=link.shot,
    )


def _alike(cut: HostCut, link: ClipLink, delivered: set[str]) -> list[HostClip]:
    """Return the clips that may be the link's: at its place on its own track, else what shows a take of ours over its
    frames (trimmed, in a host whose ids do not outlast that), else at its place on any track."""
    ours = {link.media_path, *delivered} - {""}
    placed = [clip for clip in cut.clips if clip.media and clip.media.path in ours and _same_frames(clip, link)]
    own = [clip for clip in placed if clip.track == HostTrack(link.track_type, link.track_index)]
    over = [clip for clip in cut.clips if clip.track.type == link.track_type and clip.record.overlaps(link.record)]
    return own or [clip for clip in over if clip.media and clip.media.path in delivered] or placed


def _same_frames(clip: HostClip, link: ClipLink) -> bool:
    there = FrameRange(link.start_record_frame, link.end_record_frame)
    return clip.track.type == link.track_type and clip.record == there
