"""Typed calls: one function per host op. An answer that did not do what was asked raises the agent's own error.

Such an error says in ``details["outcome"]`` whether nothing was done ("not_applied") or something was that could not be
read back ("committed_unverified"); see `may_have_changed`.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from takebridge.cut.hosted import HostCut, HostTrack
from takebridge.errors import AgentFaultError, BridgeError, HostError, HostRejectedError, HostTimeoutError, from_wire
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import (
    AddMarkerArgs,
    AddTakeArgs,
    AddTrackArgs,
    ClipResult,
    DeleteClipsArgs,
    DeleteResult,
    DeleteTimelineArgs,
    DuplicateTimelineArgs,
    Expectation,
    HostStatus,
    ImportArgs,
    ImportResult,
    MarkerResult,
    OpAnswer,
    PingArgs,
    PlaceClipArgs,
    PlaceResult,
    PullClipArgs,
    PullClipResult,
    ReloadArgs,
    RemoveMarkerArgs,
    RemoveTakeArgs,
    RenameClipArgs,
    RenameTimelineArgs,
    SelectionArgs,
    SelectTakeArgs,
    SelectTimelineArgs,
    SetEnabledArgs,
    Snapshot,
    SnapshotArgs,
    StampArgs,
    StampResult,
    StatusArgs,
    StopArgs,
    SwapClipArgs,
    SwapClipResult,
    TakeResult,
    TimelineResult,
    TrackRef,
    TrackResult,
    Verb,
    WireError,
    WireModel,
)
from takebridge.ids import ClipKey

Result = TypeVar("Result", bound=WireModel)


def error_from_wire(error: WireError) -> BridgeError:
    """Return the BridgeError an agent named; an unknown code becomes HostRejectedError with the same words."""
    return from_wire(error.model_dump(), HostRejectedError)


def may_have_changed(error: HostError) -> bool:
    """Say whether the op behind an error may have changed the timeline all the same: it must be read again."""
    return isinstance(error, HostTimeoutError) or error.details.get("outcome") == "committed_unverified"


async def ping(host: Host) -> None:
    """Round trip through the agent's main thread."""
    await _call(host, "agent.ping", PingArgs(), None)


async def stop(host: Host) -> None:
    """Ask the agent to leave."""
    await _call(host, "agent.stop", StopArgs(), None)


async def reload(host: Host) -> None:
    """Ask the agent to start again from its file; its session ends and another says hello."""
    await _call(host, "agent.reload", ReloadArgs(), None)


async def status(host: Host) -> HostStatus:
    """What is running and open."""
    return await typed(host, "host.status", StatusArgs(), HostStatus)


async def snapshot(
    host: Host,
    tracks: tuple[HostTrack, ...] | None = None,
    detail: tuple[ClipKey, ...] | None = None,
    *,
    marks: bool = False,
) -> Snapshot:
    """The open timeline: all tracks, or those given; with ``detail`` only these clips are read in full.

    With ``marks`` also markers, stamps and the names of the tracks: what `reading.neutral` needs for a whole cut.
    """
    refs = None if tracks is None else [_ref(track) for track in tracks]
    args = SnapshotArgs(tracks=refs, detail=None if detail is None else list(detail), marks=marks)
    return await typed(host, "timeline.snapshot", args, Snapshot, timeout_seconds=120)


async def selection(host: Host, mode: SelectionArgs) -> Snapshot:
    """The items a person means."""
    return await typed(host, "selection.get", mode, Snapshot)


async def import_media(host: Host, args: ImportArgs, expect: Expectation) -> ImportResult:
    """Bring a file into a bin."""
    return await typed(host, "media.import", args, ImportResult, expect)


async def add_take(host: Host, args: AddTakeArgs, expect: Expectation) -> TakeResult:
    """Add (and select) a native take."""
    return await typed(host, "clip.add_take", args, TakeResult, expect)


async def select_take(host: Host, args: SelectTakeArgs, expect: Expectation) -> TakeResult:
    """Select a native take."""
    return await typed(host, "clip.select_take", args, TakeResult, expect)


async def remove_take(host: Host, args: RemoveTakeArgs, expect: Expectation) -> TakeResult:
    """Remove a native take that is not selected."""
    return await typed(host, "clip.remove_take", args, TakeResult, expect)


async def pull_clip(host: Host, args: PullClipArgs, expect: Expectation) -> PullClipResult:
    """Bring a file onto a clip as its take, in one op."""
    return await typed(host, "clip.pull", args, PullClipResult, expect, timeout_seconds=60)


async def swap_clip(host: Host, args: SwapClipArgs, expect: Expectation) -> SwapClipResult:
    """Let a clip show another file in its place, where the host has no native takes."""
    return await typed(host, "clip.swap", args, SwapClipResult, expect, timeout_seconds=60)


async def duplicate_timeline(host: Host, name: str, expect: Expectation) -> TimelineResult:
    """Copy the current timeline under a new name; the original stays current. Returns the copy."""
    args = DuplicateTimelineArgs(name=name)
    return await typed(host, "timeline.duplicate", args, TimelineResult, expect, timeout_seconds=120)


async def select_timeline(host: Host, timeline_id: str, expect: Expectation) -> TimelineResult:
    """Make a timeline of the open project current; ``expect`` names the one that is current before."""
    return await typed(host, "timeline.select", SelectTimelineArgs(timeline_id=timeline_id), TimelineResult, expect)


async def rename_timeline(host: Host, timeline_id: str, name: str, expect: Expectation) -> TimelineResult:
    """Rename a timeline of the open project."""
    args = RenameTimelineArgs(timeline_id=timeline_id, name=name)
    return await typed(host, "timeline.rename", args, TimelineResult, expect)


async def delete_timeline(host: Host, timeline_id: str, expect: Expectation, *, force: bool = False) -> TimelineResult:
    """Delete a timeline that is not current; without ``force`` only a safety copy of ours."""
    args = DeleteTimelineArgs(timeline_id=timeline_id, force=force)
    return await typed(host, "timeline.delete", args, TimelineResult, expect)


async def add_track(host: Host, track: HostTrack, expect: Expectation) -> TrackResult:
    """Make sure that a track exists."""
    args = AddTrackArgs.model_validate({"type": track.type, "index": track.index})
    return await typed(host, "track.add", args, TrackResult, expect)


async def place_clip(host: Host, args: PlaceClipArgs, expect: Expectation) -> PlaceResult:
    """Put media on a free span of a track."""
    return await typed(host, "clip.place", args, PlaceResult, expect)


async def delete_clips(host: Host, args: DeleteClipsArgs, expect: Expectation) -> DeleteResult:
    """Take clips off their tracks, leaving gaps."""
    return await typed(host, "clip.delete", args, DeleteResult, expect, timeout_seconds=120)


async def set_enabled(host: Host, args: SetEnabledArgs, expect: Expectation) -> ClipResult:
    """Enable or disable a clip."""
    return await typed(host, "clip.set_enabled", args, ClipResult, expect)


async def rename_clip(host: Host, args: RenameClipArgs, expect: Expectation) -> ClipResult:
    """Name a clip."""
    return await typed(host, "clip.rename", args, ClipResult, expect)


async def stamp_clip(host: Host, args: StampArgs, expect: Expectation) -> StampResult:
    """Write our id of a clip where the host keeps it."""
    return await typed(host, "clip.stamp", args, StampResult, expect)


async def add_marker(host: Host, args: AddMarkerArgs, expect: Expectation) -> MarkerResult:
    """Add a marker to the timeline or to a clip."""
    return await typed(host, "marker.add", args, MarkerResult, expect)


async def remove_marker(host: Host, args: RemoveMarkerArgs, expect: Expectation) -> MarkerResult:
    """Remove a marker from the timeline or from a clip."""
    return await typed(host, "marker.remove", args, MarkerResult, expect)


def expectation(cut: HostCut, tracks: tuple[HostTrack, ...] = ()) -> Expectation:
    """What a mutation may rely on; with ``tracks`` the revision of exactly those tracks (as ``cut`` was read)."""
    return Expectation(
        project_id=cut.project_id,
        timeline_id=cut.timeline_id,
        tracks=[_ref(track) for track in tracks],
        revision=cut.revision if tracks else "",
    )


def _ref(track: HostTrack) -> TrackRef:
    return TrackRef.model_validate({"type": track.type, "index": track.index})


async def typed(
    host: Host,
    verb: Verb,
    args: WireModel,
    model: type[Result],
    expect: Expectation | None = None,
    timeout_seconds: int = 30,
) -> Result:
    """Run one op and return its result. Raises what `Host.call` raises, the agent's own error, AgentFaultError."""
    answer = await _call(host, verb, args, expect, timeout_seconds)
    if answer.result is None:
        raise HostRejectedError(f"The agent answered “{verb}” with nothing.", hint="Restart the agent.")
    try:
        return model.model_validate(answer.result)
    except ValidationError as error:
        raise AgentFaultError(
            f"The agent answered “{verb}” with something else than it promised.",
            hint="Update the agent with 'takebridge' from the same release as the server, then restart it.",
            outcome="committed_unverified",
            reason=str(error.errors(include_url=False, include_input=False)[0]["msg"]),
        ) from error


async def _call(
    host: Host, verb: Verb, args: WireModel, expect: Expectation | None, timeout_seconds: int = 30
) -> OpAnswer:
    answer = await host.call(verb, args, expect=expect, timeout_seconds=timeout_seconds)
    if answer.error is not None:
        error = error_from_wire(answer.error)
        error.details["outcome"] = answer.outcome
        raise error
    if answer.outcome == "not_applied":
        raise HostRejectedError(f"The editor did not carry out “{verb}” and gave no reason.", hint="Try again.")
    return answer
