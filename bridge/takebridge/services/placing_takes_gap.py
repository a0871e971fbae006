"""The first take of a shot that was made for a gap: put there, frame-exact, if the gap is still free."""

from __future__ import annotations

from fractions import Fraction

import anyio.to_thread

from takebridge.canvas.model import Take
from takebridge.cut.hosted import HostCut, HostTrack
from takebridge.cut.link import ClipLink
from takebridge.errors import (
    HostRejectedError,
    RangeError,
    TimelineSwitchedError,
)
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_cut
from takebridge.ids import ClipKey
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import conformed, same_file, slot_for
from takebridge.services.placing_takes_steps import Bench, Placed, in_the_way, name_of, refuse_locked, retie
from takebridge.services.pull import import_delivery
from takebridge.store.links import Delivery
from takebridge.timebase import FrameRange


async def place_in_gap(bridge: Bridge, host: Host, link: ClipLink, take: Take) -> Placed:
    """Put a take into the gap its shot was made for; then the link is one like any other. Repeating changes nothing.

    Raises HostRejectedError when the gap is not free any more, RangeError when the take is too short for it,
    TimelineSwitchedError, MediaError, HostError; then the timeline is as it was.
    """
    async with bridge.turns.of(f"pull {link.id}"):
        link = bridge.links.get(link.id)
        track = HostTrack(link.track_type, link.track_index)
        cut = await _read(host, link)
        refuse_locked(cut, track)
        if (there := _placed_already(bridge, cut, link, track)) is not None:
            retie(bridge, link, ClipKey(""), there)
            return Placed(False, f"{link.shot}: a take of it is in its gap already.")
        _refuse_taken(cut, link, track)
        delivery, used = await anyio.to_thread.run_sync(_file, bridge, link, take, cut)
        async with bridge.turns.of(f"timeline {link.timeline_id}"):
            key = await _into_gap(host, cut, link, track, delivery, used)
        retie(bridge, link, ClipKey(""), key)
        return Placed(True, f"{link.shot}: {name_of(link, take)} fills the gap now.")


async def _read(host: Host, link: ClipLink) -> HostCut:
    cut = read_cut(await calls.snapshot(host, detail=()))
    if (cut.project_id, cut.timeline_id) != (link.project_id, link.timeline_id):
        raise TimelineSwitchedError(
            f"{link.shot} belongs to timeline “{link.timeline_name}” of project “{link.project_name}”, "
            f"but “{cut.timeline_name}” of “{cut.project_name}” is open."
        )
    return cut


def _placed_already(bridge: Bridge, cut: HostCut, link: ClipLink, track: HostTrack) -> ClipKey | None:
    """Return the clip that shows a take of ours in the gap: the answer about placing it may have been lost."""
    paths = [item.path for item in bridge.links.deliveries(link.id)]
    for clip in cut.on_track(track):
        path = clip.media.path if clip.media else ""
        if clip.record == link.record and any(same_file(path, one) for one in paths):
            return clip.key
    return None


def _refuse_taken(cut: HostCut, link: ClipLink, track: HostTrack) -> None:
    taken = in_the_way(cut, track, link.record)
    if taken is not None:
        raise HostRejectedError(
            f"The gap of {link.shot} is not free any more: “{taken.name}” lies in it.",
            hint="Make room for it, or make a new shot for the gap as it is now.",
            shot=link.shot,
        )


def _file(bridge: Bridge, link: ClipLink, take: Take, cut: HostCut) -> tuple[Delivery, FrameRange]:
    """Conform the take to the gap. Raises RangeError when it is shorter, MediaError, StoreError."""
    frames = link.record.duration
    try:
        plan = slot_for(bridge, link, take, clip_seconds=Fraction(0), clip_frames=frames, rate=cut.space.rate)
    except RangeError as error:
        missing = error.details.get("frames")
        raise RangeError(
            f"Take {take.seq} is {missing} frames too short for the gap of {link.shot}.",
            hint="Make its node longer and generate it again.",
            frames=missing,
        ) from error
    delivery, _notes = conformed(bridge, link, take, plan, (cut.width, cut.height), None)
    return delivery, plan.used


async def _into_gap(
    host: Host, cut: HostCut, link: ClipLink, track: HostTrack, delivery: Delivery, used: FrameRange
) -> ClipKey:
    bench = Bench.at(host, cut, [track])
    before = await bench.look()
    _refuse_taken(before, link, track)
    media = await import_delivery(host, link, delivery, calls.expectation(before))
    made = await bench.place(before, media, track, link.record, used)
    key = ClipKey(made.key)
    after = await bench.look(key)
    clip = after.clip(key)
    shows = clip is not None and clip.media is not None and same_file(clip.media.path, delivery.path)
    if clip is None or not shows or clip.record != link.record or clip.source_start_frame != used.start:
        raise HostRejectedError(
            f"The take of {link.shot} is not in its gap after it was put there.",
            hint="Look at the gap, then try again.",
        )
    return key
