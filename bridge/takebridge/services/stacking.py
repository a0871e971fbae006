"""Takes in an editor without native takes (Premiere): the first lies above the clip, each later one changes its file.

The person's own clip stays as it is. From the first take on the clip link points at the clip above, which shows the
shot; when that is deleted, it points at the clip below again. In the clip's own place (`PlaceHow` "replace") a take
comes as one step of the editor's undo, and is refused where effects would be lost.
"""

from __future__ import annotations

from dataclasses import replace

import anyio.to_thread

from takebridge.cut.hosted import HostClip, HostCut
from takebridge.cut.link import ClipLink
from takebridge.errors import HostRejectedError, TimelineChangedError
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.reading import read_clip
from takebridge.hosts.swap_op import SwapClipArgs, SwapClipResult, SwapWay
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target, prepare, same_file, tags_of
from takebridge.services.naming import bin_path
from takebridge.services.placing_takes_above import Laid, lay_above
from takebridge.services.placing_takes_steps import Bench, only_ours, refuse_locked, retie, track_ref
from takebridge.services.pull import PullReport, PullRequest, agree_on_take, located, pull, take_named
from takebridge.services.pull_finding import as_it_is_now

_TRIES = 3


def stacks(host: Host) -> bool:
    """Say whether takes are stacked in this editor: it has no native takes, and can swap what a clip shows."""
    return "clip.swap" in host.capabilities and not {"clip.add_take", "clip.pull"} & host.capabilities


async def bring(bridge: Bridge, host: Host, request: PullRequest) -> PullReport:
    """Bring a take onto the timeline as the editor has it: as a native take, else above the clip. Raises as `pull`."""
    if not stacks(host):
        return await pull(bridge, host, request)
    for attempt in range(1, _TRIES + 1):
        try:
            return await stack(bridge, host, request)
        except TimelineChangedError as error:
            if attempt == _TRIES or calls.may_have_changed(error):
                raise
    raise AssertionError("unreachable")


async def stack(bridge: Bridge, host: Host, request: PullRequest, way: SwapWay | None = None) -> PullReport:
    """Lay a take above its clip, or let the clip show it where that is a take of ours already.

    With ``way`` the take comes in the clip's own place, whatever that shows. Repeating changes nothing. Raises
    HostRejectedError where effects would be lost, TimelineChangedError, HostError, MediaError; then the timeline is as
    it was.
    """
    async with bridge.turns.of(f"pull {request.link_id}"):
        link = bridge.links.get(request.link_id)
        take = take_named(bridge.desk.view(link.canvas_id).canvas, request.take_id)
        cut, clip = await located(bridge, host, link)
        refuse_locked(cut, clip.track)
        link = bridge.links.get(link.id)
        target = await anyio.to_thread.run_sync(prepare, bridge, link, cut, clip, take, request.codec)
        in_place = way is not None or _is_ours(bridge, link, clip)
        async with bridge.turns.of(f"timeline {link.timeline_id}"):
            report = await (_swapped(host, target, way or "auto") if in_place else _laid(bridge, host, target))
        await anyio.to_thread.run_sync(agree_on_take, bridge, bridge.links.get(link.id), take.id)
        return report


def _is_ours(bridge: Bridge, link: ClipLink, clip: HostClip) -> bool:
    path = clip.media.path if clip.media else ""
    return any(same_file(path, item.path) for item in bridge.links.deliveries(link.id))


async def _laid(bridge: Bridge, host: Host, target: Target) -> PullReport:
    laid = await lay_above(host, target)
    await anyio.to_thread.run_sync(retie, bridge, target.link, target.clip.key, laid.key, laid.track)
    return _report(target, changed=laid.changed, clip=target.clip.name, laid=laid)


async def _swapped(host: Host, target: Target, way: SwapWay) -> PullReport:
    """Let the clip show the file and look whether only that changed."""
    if _shows(target.clip, target):
        return _report(target, changed=False, clip=target.clip.name)
    target = await as_it_is_now(host, target)
    bench = Bench.at(host, target.cut, target.watched)
    done = await calls.swap_clip(host, _args(target, way), bench.expect(target.cut))
    _check(read_clip(done.after), target, done)
    only_ours(_with(target.cut, target.clip), await bench.look(), target.clip.key)
    return _report(target, changed=done.changed, clip=done.after.name)


def _with(cut: HostCut, clip: HostClip) -> HostCut:
    return replace(cut, clips=tuple(clip if one.key == clip.key else one for one in cut.clips))


def _shows(clip: HostClip, target: Target) -> bool:
    path = clip.media.path if clip.media else ""
    return same_file(path, target.delivery.path) and clip.source_start_frame == target.plan.used.start


def _check(clip: HostClip, target: Target, done: SwapClipResult) -> None:
    """Raise HostRejectedError when the clip is not as it should be: then a person has to look."""
    if clip.record == target.clip.record and clip.track == target.clip.track and _shows(clip, target):
        return
    undo = "undo it in the editor" if done.way == "overwrite" else "look at the clip"
    raise HostRejectedError(
        f"{target.link.shot} does not show the take as it should after the swap.",
        hint=f"{undo.capitalize()}; try again.",
    )


def _args(target: Target, way: SwapWay) -> SwapClipArgs:
    clip, delivery, used = target.clip, target.delivery, target.plan.used
    return SwapClipArgs(
        clip=clip.key,
        track=track_ref(clip.track),
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        media_path=clip.media.path if clip.media else "",
        path=delivery.path,
        bin=bin_path(target.link.shot),
        tags=tags_of(target.link, delivery),
        frame_count=delivery.frame_count,
        start_source_frame=used.start,
        end_source_frame=used.end,
        way=way,
    )


def _report(target: Target, *, changed: bool, clip: str, laid: Laid | None = None) -> PullReport:
    record, delivery, used = target.clip.record, target.delivery, target.plan.used
    above = f"It lies above the clip, on V{laid.track.index}." if laid else ""
    return PullReport(
        link_id=target.link.id,
        shot=target.link.shot,
        clip=clip,
        take_id=delivery.take_id,
        number=delivery.number,
        path=delivery.path,
        changed=changed,
        record_before=(record.start, record.end),
        record_after=(record.start, record.end),
        takes_before=0,
        takes_after=0,
        selected_take=0,
        frame_count=delivery.frame_count,
        head=used.start,
        tail=delivery.frame_count - used.end,
        neighbours=len([one for one in target.cut.on_track(target.clip.track) if one.key != target.clip.key]),
        linked=len(target.clip.linked),
        notes=(*target.notes, *([above] if above else [])),
    )
