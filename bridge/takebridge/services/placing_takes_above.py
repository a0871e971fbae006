"""A take above its clip: on the first free video track over the same frames, picture only. The clip stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import anyio.to_thread

from takebridge.canvas.model import Take
from takebridge.cut.hosted import HostClip, HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import HostRejectedError, TimelineChangedError, TimelineSwitchedError
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.ids import ClipKey
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target, prepare, same_file
from takebridge.services.looking import must_offer
from takebridge.services.placing_takes_steps import Bench, Placed, in_the_way, name_of, only_ours
from takebridge.services.pull import import_delivery, located

MOST_ABOVE = 8
NEW_TRACK = "clip.place:new-track"
"""Says that placing on the track one above the last makes it."""


async def place_above(bridge: Bridge, host: Host, link: ClipLink, take: Take) -> Placed:
    """Put a take on the first video track above its clip that is free there; a track is added where none is.

    Locked and disabled tracks are passed over. A take that lies there already, on the same frames, is left as it is.
    Raises HostRejectedError when eight tracks above are taken, TimelineChangedError, HostError, MediaError.
    """
    must_offer(host, "clip.place", "Put the take on the timeline as a native take instead.")
    async with bridge.turns.of(f"pull {link.id}"):
        cut, clip = await located(bridge, host, link)
        target = await anyio.to_thread.run_sync(prepare, bridge, bridge.links.get(link.id), cut, clip, take, None)
        async with bridge.turns.of(f"timeline {link.timeline_id}"):
            laid = await lay_above(host, target)
    name, where = name_of(link, take), f"on V{laid.track.index}"
    if not laid.changed:
        return Placed(False, f"{link.shot}: {name} lies above it already, {where}.")
    return Placed(True, f"{link.shot}: {name} lies above it now, {where}.")


@dataclass(frozen=True, slots=True)
class Laid:
    """A take above its clip: the host's id of it and its track; ``changed`` False when it lay there already."""

    key: ClipKey
    track: HostTrack
    changed: bool


async def lay_above(host: Host, target: Target) -> Laid:
    """Do `place_above` for a file that is ready. It is the timeline's turn. Raises as that does."""
    link, delivery, used = target.link, target.delivery, target.plan.used
    cut = await _read(host, target)
    if (lies := await _placed_already(host, cut, target)) is not None:
        return Laid(lies.key, lies.track, changed=False)
    track = free_track(cut, target.clip)
    there = track in {info.track for info in cut.tracks}
    if not there and NEW_TRACK not in host.capabilities:
        await calls.add_track(host, track, calls.expectation(cut))
        there = True
    bench = Bench.at(host, cut, [target.clip.track, *([track] if there else [])])
    before = await bench.look()
    if in_the_way(before, track, target.clip.record) or not _is_there(before, target.clip):
        raise TimelineChangedError(f"“{target.clip.name}” was edited while its take was prepared.")
    media = await import_delivery(host, link, delivery, calls.expectation(before))
    made = await bench.place(before, media, track, target.clip.record, used)
    after = await bench.look(ClipKey(made.key))
    only_ours(before, after, ClipKey(made.key))
    return Laid(ClipKey(made.key), track, changed=True)


async def _read(host: Host, target: Target) -> HostCut:
    """Read the whole timeline as it is now. Raises TimelineSwitchedError, TimelineChangedError for another clip."""
    cut = read_cut(await calls.snapshot(host, detail=(), marks=True))
    if (cut.project_id, cut.timeline_id) != (target.cut.project_id, target.cut.timeline_id):
        raise TimelineSwitchedError(f"“{cut.timeline_name}” of “{cut.project_name}” is open in the editor now.")
    if not _is_there(cut, target.clip):
        raise TimelineChangedError(f"“{target.clip.name}” was edited while its take was prepared.")
    return cut


def _is_there(cut: HostCut, clip: HostClip) -> bool:
    now = cut.clip(clip.key)
    return now is not None and (now.track, now.record) == (clip.track, clip.record)


async def _placed_already(host: Host, cut: HostCut, target: Target) -> HostClip | None:
    """Return the clip above that is the take already, over the same frames and from the same frame of it."""
    over = [one for one in cut.clips if one.track.type == "video" and one.track.index > target.clip.track.index]
    ours = [one.key for one in over if one.record == target.clip.record and _shows(one, target)]
    if not ours:
        return None
    full = read_cut(await calls.snapshot(host, detail=tuple(ours)))
    for key in ours:
        clip = full.clip(key)
        if clip is not None and _shows(clip, target) and clip.source_start_frame == target.plan.used.start:
            return clip
    return None


def _shows(clip: HostClip, target: Target) -> bool:
    return clip.media is not None and same_file(clip.media.path, target.delivery.path)


def free_track(cut: HostCut, clip: HostClip) -> HostTrack:
    """Return the first video track above a clip with nothing on its frames; the next new one where there is none.

    ``cut`` lists its tracks. Raises HostRejectedError when that would be more than eight tracks above.
    """
    infos = {info.track: info for info in cut.tracks if info.track.type == "video"}
    for index in range(clip.track.index + 1, clip.track.index + MOST_ABOVE + 1):
        track = HostTrack("video", index)
        info = infos.get(track)
        if info is None:
            return track
        if info.enabled and track not in cut.locked and in_the_way(cut, track, clip.record) is None:
            return track
    raise HostRejectedError(
        f"The {MOST_ABOVE} video tracks above “{clip.name}” are taken, locked or disabled there.",
        hint="Make room on one of them, then try again.",
    )
