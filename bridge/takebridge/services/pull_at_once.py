"""A pull in one op, where the agent has it: it looks, imports, adds, selects and reads back at once.

The op names what the take was made for: the clip's place, its media, the frame at its head, the size of the timeline.
Where any of that is otherwise, the agent changes nothing and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from takebridge.cut.hosted import HostClip, HostCut, HostMedia, NativeTake
from takebridge.errors import HostError, HostTimeoutError
from takebridge.hosts import calls
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import PullClipArgs, PullClipResult, RemoveTakeArgs, SelectTakeArgs, TrackRef
from takebridge.hosts.reading import read_cut
from takebridge.services.bridge import Bridge
from takebridge.services.delivery import Target, same_file, tags_of
from takebridge.services.naming import bin_path
from takebridge.services.pull_types import PullReport, PullRequest


def offered(host: Host) -> bool:
    """Say whether the host can be asked for it."""
    return "clip.pull" in host.capabilities


async def pull_at_once(bridge: Bridge, host: Host, request: PullRequest, target: Target) -> PullReport:
    """Bring the target's file onto its clip. Raises HostError; then the clip is as it was, or the hint says what to do.

    Raises TimelineChangedError when the clip is not what the file was made for.
    """
    try:
        done = await calls.pull_clip(host, _args(request, target), calls.expectation(target.cut))
    except HostError as error:
        bridge.recall.forget(target.link.id)
        if not calls.may_have_changed(error):
            raise
        done = await _settled(host, request, target, error)  # or raises
    if request.select:
        bridge.recall.keep(target.link.id, target.cut, _shown(target))
    return _report(target, done)


def _args(request: PullRequest, target: Target) -> PullClipArgs:
    clip, delivery, used = target.clip, target.delivery, target.plan.used
    return PullClipArgs(
        clip=clip.key,
        track=TrackRef.model_validate({"type": clip.track.type, "index": clip.track.index}),
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        media_path=clip.media.path if clip.media else "",
        left_offset_frame=clip.source_start_frame,
        width=target.cut.width,
        height=target.cut.height,
        path=delivery.path,
        bin=bin_path(target.link.shot),
        tags=tags_of(target.link, delivery),
        frame_count=delivery.frame_count,
        start_source_frame=used.start,
        end_source_frame=used.end,
        select=request.select,
    )


async def _settled(host: Host, request: PullRequest, target: Target, error: HostError) -> PullClipResult:
    """After an unknown outcome: when the answer was lost, the op counts as done if the clip reads as it should.

    Else raises ``error``. A take that the agent could not put back is taken off the clip first; what a lost op left is
    found by the next pull.
    """
    try:
        cut = read_cut(await calls.snapshot(host, (target.clip.track,), detail=(target.clip.key,)))
    except HostError as second:
        error.hint = f"{error.hint} {second.message} Pull again once the timeline is open: it is checked again first."
        raise error from second
    clip = cut.clip(target.clip.key)
    if clip is not None and not isinstance(error, HostTimeoutError):
        with leaving(f"The take is still on the clip of {target.link.shot}: choose the take to show there by hand."):
            await _take_off(host, cut, clip, target)
        raise error
    if clip is None or not _is_done(clip, request, target):
        error.hint = f"{error.hint} Pull again: the clip is checked again first."
        raise error
    return PullClipResult(
        name=clip.name,
        start_record_frame=clip.record.start,
        end_record_frame=clip.record.end,
        takes_before=len(clip.takes) - 1 if len(clip.takes) > 2 else 0,
        takes_after=len(clip.takes),
        selected_take=clip.selected_take,
        neighbours=len(cut.on_track(clip.track)) - 1,
        linked=len(clip.linked),
        reused=True,
        changed=True,
    )


@contextmanager
def leaving(left: str) -> Iterator[None]:
    """Say in the hint of a host's error what is left on the timeline."""
    try:
        yield
    except HostError as error:
        error.hint = f"{error.hint} {left}".lstrip()
        raise


async def _take_off(host: Host, cut: HostCut, clip: HostClip, target: Target) -> None:
    """Take our take off a clip and show what it showed before."""
    native, expect = _ours(clip, target), calls.expectation(cut)
    before = target.clip.media.path if target.clip.media else ""
    previous = next((take for take in clip.takes if same_file(take.media_path, before)), None)
    if native is None:
        return
    place = {
        "clip": clip.key,
        "track": TrackRef.model_validate({"type": clip.track.type, "index": clip.track.index}),
        "start_record_frame": clip.record.start,
        "end_record_frame": clip.record.end,
    }
    if clip.selected_take == native.index and previous is not None:
        args = {**place, "media_id": previous.media_id}
        await calls.select_take(host, SelectTakeArgs.model_validate(args), expect)
    args = {**place, "media_id": native.media_id}
    await calls.remove_take(host, RemoveTakeArgs.model_validate(args), expect)


def _ours(clip: HostClip, target: Target) -> NativeTake | None:
    return next((take for take in clip.takes if same_file(take.media_path, target.delivery.path)), None)


def _is_done(clip: HostClip, request: PullRequest, target: Target) -> bool:
    """Say whether the clip has the take, and shows it in its place from its frame on if it is to."""
    native = _ours(clip, target)
    if native is None or clip.record != target.clip.record:
        return False
    shown = clip.selected_take == native.index and clip.source_start_frame == target.plan.used.start
    return shown or not request.select


def _shown(target: Target) -> HostClip:
    """The clip as it is after the pull, as far as the next one has to know."""
    media = HostMedia("", "", target.delivery.path, target.plan.rate, target.delivery.frame_count, online=True)
    return replace(target.clip, media=media, source_start_frame=target.plan.used.start, true_source=None)


def _report(target: Target, done: PullClipResult) -> PullReport:
    record, delivery, used = target.clip.record, target.delivery, target.plan.used
    return PullReport(
        link_id=target.link.id,
        shot=target.link.shot,
        clip=done.name,
        take_id=delivery.take_id,
        number=delivery.number,
        path=delivery.path,
        changed=done.changed,
        record_before=(record.start, record.end),
        record_after=(done.start_record_frame, done.end_record_frame),
        takes_before=done.takes_before,
        takes_after=done.takes_after,
        selected_take=done.selected_take,
        frame_count=delivery.frame_count,
        head=used.start,
        tail=delivery.frame_count - used.end,
        neighbours=done.neighbours,
        linked=done.linked,
        notes=target.notes,
    )
