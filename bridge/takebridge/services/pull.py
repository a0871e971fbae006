"""Pull: a take goes back to its clip as the editor's own native take, frame-exact, and nothing else changes.

1. read the clip's track and the clip   2. conform the take to the clip's slot   3. import   4. add and select, refused
where anything on the track has changed since it was read   5. read the track once more and compare. Whatever is off is
undone and said. A clip that is not where it was is looked for on the whole timeline. Repeating a pull changes nothing.

Where the agent can, 3 to 5 are one op (`pull_at_once`); then 1 is left out too while the clip is as it is remembered.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from takebridge.canvas.model import Canvas, Take
from takebridge.cut.hosted import HostClip, HostCut, NativeTake
from takebridge.cut.link import ClipLink
from takebridge.cut.verify import differences
from takebridge.errors import (
    HostError,
    HostRejectedError,
    RangeError,
    TimelineChangedError,
    TimelineSwitchedError,
    UnknownTakeError,
    UnsupportedItemError,
)
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import (
    AddTakeArgs,
    Expectation,
    ImportArgs,
    RemoveTakeArgs,
    SelectTakeArgs,
    TakeResult,
    TrackRef,
)
from takebridge.hosts.reading import read_clip, read_cut
from takebridge.ids import TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target, prepare, same_file, tags_of
from takebridge.services.naming import bin_path
from takebridge.services.pull_at_once import leaving, offered, pull_at_once
from takebridge.services.pull_finding import as_it_is_now, find_clip, located, on_its_track, shown_by
from takebridge.services.pull_types import PullReport, PullRequest
from takebridge.services.roundtrip_canvas import deliverers
from takebridge.store.links import Delivery

__all__ = [
    "PullReport",
    "PullRequest",
    "agree_on_take",
    "as_it_is_now",
    "find_clip",
    "import_delivery",
    "located",
    "pull",
    "take_named",
]

TakeArgs = TypeVar("TakeArgs", SelectTakeArgs, RemoveTakeArgs)

_TRIES = 3


async def pull(bridge: Bridge, host: Host, request: PullRequest) -> PullReport:
    """Bring one take onto the timeline. Raises HostError, MediaError, UsageError; then the timeline is as it was.

    Where the editor refused to put something back, the error's hint says what was left, and the next pull mends it.
    A timeline edited between reading and writing is read again, up to three times.
    """
    async with bridge.turns.of(f"pull {request.link_id}"):  # a file is made, and a take number given, only once
        for attempt in range(1, _TRIES + 1):
            try:
                report = await _pull_once(bridge, host, request, again=attempt > 1)
                if request.select:
                    await anyio.to_thread.run_sync(
                        agree_on_take, bridge, bridge.links.get(request.link_id), report.take_id
                    )
                return report
            except TimelineChangedError:
                if attempt == _TRIES:
                    raise
    raise AssertionError("unreachable")


def agree_on_take(bridge: Bridge, link: ClipLink, take_id: TakeId) -> None:
    """When the pinned take is on the timeline, both sides agree: a round trip has nothing to bring there any more."""
    canvas = bridge.desk.view(link.canvas_id).canvas
    nodes = deliverers(canvas, link, bridge.links.deliveries(link.id))
    if len(nodes) == 1 and nodes[0].pin == take_id:
        bridge.cuts.agree_on(link.project_id, link.timeline_id, {link.id: take_id})


async def _pull_once(bridge: Bridge, host: Host, request: PullRequest, *, again: bool) -> PullReport:
    """Pull. ``again``: somebody was editing, so the track is read once more when it is our turn."""
    link = bridge.links.get(request.link_id)
    take = take_named(bridge.desk.view(link.canvas_id).canvas, request.take_id)
    if not again and (known := await _as_remembered(bridge, host, request, link, take)) is not None:
        return known
    track = await on_its_track(host, link)
    cut, clip = track or await located(bridge, host, link)
    bridge.recall.keep(link.id, cut, clip)
    if clip.track in cut.locked:
        raise HostRejectedError(
            f"Track {clip.track.type} {clip.track.index} with “{clip.name}” is locked.",
            hint="Unlock it and pull again.",
        )
    target = await anyio.to_thread.run_sync(prepare, bridge, link, cut, clip, take, request.codec)
    async with bridge.turns.of(f"timeline {link.timeline_id}"):  # a swap next door would look like an edit
        if not (track and not again) and not _in_one_op(host, target):
            target = await as_it_is_now(host, target)
        report = await _swap(bridge, host, request, target)
    if report is not None:
        return report
    with leaving(f"The older version of this take was taken off the clip of {link.shot}; the next pull adds it anew."):
        return await _pull_once(bridge, host, request, again=again)


async def _as_remembered(
    bridge: Bridge, host: Host, request: PullRequest, link: ClipLink, take: Take
) -> PullReport | None:
    """Pull without reading first, for the clip as it is remembered. None when it is not so any more, or not known.

    A take that was delivered before may be on the clip: that is read.
    """
    seen = bridge.recall.of(host, link) if offered(host) else None
    if seen is None or any(item.take_id == take.id for item in bridge.links.deliveries(link.id)):
        return None
    try:
        target = await anyio.to_thread.run_sync(prepare, bridge, link, *seen, take, request.codec)
    except (RangeError, UnsupportedItemError):
        return None  # perhaps only of the clip as it was
    async with bridge.turns.of(f"timeline {link.timeline_id}"):
        try:
            return await pull_at_once(bridge, host, request, target)
        except (TimelineChangedError, TimelineSwitchedError) as error:
            if calls.may_have_changed(error):
                raise
            return None


def _in_one_op(host: Host, target: Target) -> bool:
    """Say whether one op does it: the agent has it, and the take is not on the clip yet."""
    return offered(host) and _ours(target.clip, target) is None and not _is_the_take(target)


async def _swap(bridge: Bridge, host: Host, request: PullRequest, target: Target) -> PullReport | None:
    """Put the take on the clip and read back. None when it had to be removed first: then the clip is read anew."""
    native = _ours(target.clip, target)
    if native is None and not target.clip.takes and _is_the_take(target):
        return _report(target, target.cut, target.clip, changed=False)
    if native is not None and (target.clip.selected_take == native.index or not request.select):
        return _report(target, target.cut, target.clip, changed=False)
    if native is not None and native.source not in (None, target.plan.used):
        # The clip was trimmed or slipped since: the host still has the frames of then. Added anew it fits.
        expect = calls.expectation(target.cut, target.watched)
        await calls.remove_take(host, _on(target.clip, RemoveTakeArgs, native.media_id), expect)
        return None
    if _in_one_op(host, target):
        return await pull_at_once(bridge, host, request, target)
    try:
        done = await _place(host, request, target, native)
    except HostError as error:
        if not calls.may_have_changed(error):
            raise
        bridge.recall.forget(target.link.id)
        return await _settled(host, target, request, error)
    report = await _verified(host, target, request, done)
    bridge.recall.keep(target.link.id, target.cut, read_clip(done.after))
    return report


async def _settled(host: Host, target: Target, request: PullRequest, error: HostError) -> PullReport:
    """After an op with an unknown outcome: it counts as done when the timeline reads as it should, else ``error``."""
    try:
        return await _verified(host, target, request)
    except HostError as second:
        error.hint = f"{error.hint} {second.message} Pull again once the timeline is open: it is checked again first."
        raise error from second


def take_named(canvas: Canvas, take_id: TakeId) -> Take:
    """Return a take of a canvas. Raises UnknownTakeError."""
    take = canvas.takes.get(take_id)
    if take is None:
        raise UnknownTakeError(
            "There is no such take on the canvas.", hint="'takebridge takes NODE' lists them.", take=take_id
        )
    return take


# --- the timeline ---------------------------------------------------------------------------------------


async def _place(host: Host, request: PullRequest, target: Target, native: NativeTake | None) -> TakeResult:
    """Import the file and add it, or only select it when the clip has it already."""
    clip, delivery = target.clip, target.delivery
    expect = calls.expectation(target.cut, target.watched)
    if native is not None:
        return await calls.select_take(host, _on(clip, SelectTakeArgs, native.media_id), expect)
    media_id = await import_delivery(host, target.link, delivery, calls.expectation(target.cut))
    return await calls.add_take(
        host,
        AddTakeArgs(
            clip=clip.key,
            track=_ref(clip),
            start_record_frame=clip.record.start,
            end_record_frame=clip.record.end,
            media_id=media_id,
            start_source_frame=target.plan.used.start,
            end_source_frame=target.plan.used.end,
            select=request.select,
        ),
        expect,
    )


async def import_delivery(host: Host, link: ClipLink, delivery: Delivery, expect: Expectation) -> str:
    """Bring a delivered file into the bin of its shot, once; return the id of its media.

    Raises HostRejectedError when the editor reads another number of frames in it.
    """
    args = ImportArgs(path=delivery.path, bin=bin_path(link.shot), tags=tags_of(link, delivery))
    imported = await calls.import_media(host, args, expect)
    seen = imported.media.frame_count
    if seen is not None and seen != delivery.frame_count:
        raise HostRejectedError(
            f"The editor reads {seen} frames in {Path(delivery.path).name}, it has {delivery.frame_count}.",
            hint="Remove the clip from the media pool and pull again.",
        )
    return imported.media.id


def _on(clip: HostClip, args: type[TakeArgs], media_id: str) -> TakeArgs:
    return args(
        clip=clip.key,
        track=_ref(clip),
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        media_id=media_id,
    )


def _ref(clip: HostClip) -> TrackRef:
    return TrackRef.model_validate({"type": clip.track.type, "index": clip.track.index})


async def _verified(host: Host, target: Target, request: PullRequest, done: TakeResult | None = None) -> PullReport:
    """Read the watched tracks again. When more than the take changed, undo and say so. ``done`` is what the agent read
    of the clip right before and after; without it the clip is read here.

    Raises HostRejectedError when the clip itself is not as it should be, TimelineChangedError when only others are, or
    when the clip showed something else than its take was made for: then somebody was editing, and the pull is worth
    repeating.
    """
    detail = () if done else (target.clip.key,)
    after = read_cut(await calls.snapshot(host, target.watched, detail=detail))
    clip, slipped = after.clip(target.clip.key), False
    if done is not None:
        was, now = read_clip(done.before), read_clip(done.after)
        if clip is None or _seen(clip) != _seen(now):
            return await _verified(host, target, request)
        slipped, clip, after = shown_by(was) != shown_by(target.clip), now, _with(after, now)
        target = replace(target, cut=_with(target.cut, was), clip=was)
    native = _ours(clip, target)
    if clip is None or native is None:
        raise HostRejectedError(
            f"{target.link.shot} has no such take after the swap.", hint="Look at the clip, pull again."
        )
    off = differences(target.cut, after, swapped=clip.key)
    wrong = [str(item) for item in off if item.key == clip.key]
    wrong += _shown_wrong(clip, native, target) if request.select else []
    if not wrong and not off and not slipped:
        return _report(target, after, clip, changed=True)
    with leaving(f"The take is still on the clip of {target.link.shot}: choose the take to show there by hand."):
        await _undo(host, target, clip, native)
    said = "; ".join((wrong or [str(item) for item in off])[:3])
    if wrong and not slipped:
        message = f"After the swap {target.link.shot} was not as expected: {said}. The take was removed again."
        raise HostRejectedError(message, hint="Check the clip, then pull again.", differences=len(off))
    said = f"“{clip.name}” was slipped while its take was prepared" if slipped else said
    raise TimelineChangedError(f"The timeline was edited during the swap: {said}. The take was removed again.")


def _seen(clip: HostClip) -> tuple[object, ...]:
    """Return what a light reading says of a clip."""
    return clip.track, clip.record, clip.enabled, clip.media.path if clip.media else ""


def _with(cut: HostCut, clip: HostClip) -> HostCut:
    return replace(cut, clips=tuple(clip if one.key == clip.key else one for one in cut.clips))


def _is_the_take(target: Target) -> bool:
    """Say whether the clip is the take itself: put in a gap, or in the place of what it was pushed from."""
    clip = target.clip
    shown = clip.media is not None and same_file(clip.media.path, target.delivery.path)
    return shown and clip.source_start_frame == target.plan.used.start


def _ours(clip: HostClip | None, target: Target) -> NativeTake | None:
    takes = clip.takes if clip else ()
    return next((item for item in takes if same_file(item.media_path, target.delivery.path)), None)


def _shown_wrong(clip: HostClip, native: NativeTake, target: Target) -> list[str]:
    wrong = []
    if clip.selected_take != native.index:
        wrong.append(f"take {clip.selected_take} is selected instead of take {native.index}")
    if not clip.media or not same_file(clip.media.path, target.delivery.path):
        wrong.append("the clip shows other media than the take")
    if clip.source_start_frame != target.plan.used.start:
        wrong.append(f"the clip starts on frame {clip.source_start_frame} of the take, not {target.plan.used.start}")
    return wrong


async def _undo(host: Host, target: Target, clip: HostClip, native: NativeTake) -> None:
    before = target.clip
    expect = calls.expectation(target.cut)
    previous = before.media.id if before.media else ""
    if clip.selected_take == native.index and previous:
        await calls.select_take(host, _on(clip, SelectTakeArgs, previous), expect)
    if all(take.media_id != native.media_id for take in before.takes):
        await calls.remove_take(host, _on(clip, RemoveTakeArgs, native.media_id), expect)


def _report(target: Target, after: HostCut, clip: HostClip, *, changed: bool) -> PullReport:
    before, delivery, used = target.clip, target.delivery, target.plan.used
    return PullReport(
        link_id=target.link.id,
        shot=target.link.shot,
        clip=clip.name,
        take_id=delivery.take_id,
        number=delivery.number,
        path=delivery.path,
        changed=changed,
        record_before=(before.record.start, before.record.end),
        record_after=(clip.record.start, clip.record.end),
        takes_before=len(before.takes),
        takes_after=len(clip.takes),
        selected_take=clip.selected_take,
        frame_count=delivery.frame_count,
        head=used.start,
        tail=delivery.frame_count - used.end,
        neighbours=len([item for item in after.on_track(clip.track) if item.key != clip.key]),
        linked=len(clip.linked),
        notes=target.notes,
    )
