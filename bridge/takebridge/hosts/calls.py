"""Typed calls: one function per host op. An answer that did not do what was asked raises the agent's own error."""

from __future__ import annotations

from typing import TypeVar

from takebridge.cut.model import Cut, Track
from takebridge.errors import BridgeError, HostRejectedError, from_wire
from takebridge.hosts.port import Host
from takebridge.hosts.protocol import (
    AddTakeArgs,
    Expectation,
    HostStatus,
    ImportArgs,
    ImportResult,
    OpAnswer,
    PingArgs,
    RemoveTakeArgs,
    SelectionArgs,
    SelectTakeArgs,
    Snapshot,
    SnapshotArgs,
    StatusArgs,
    StopArgs,
    TakeResult,
    TrackRef,
    Verb,
    WireError,
    WireModel,
)

Result = TypeVar("Result", bound=WireModel)


def error_from_wire(error: WireError) -> BridgeError:
    """Return the BridgeError an agent named; an unknown code becomes HostRejectedError with the same words."""
    return from_wire(error.model_dump(), HostRejectedError)


async def ping(host: Host) -> None:
    """Round trip through the agent's main thread."""
    await _call(host, "agent.ping", PingArgs(), None)


async def stop(host: Host) -> None:
    """Ask the agent to leave."""
    await _call(host, "agent.stop", StopArgs(), None)


async def status(host: Host) -> HostStatus:
    """What is running and open."""
    return await _typed(host, "host.status", StatusArgs(), HostStatus)


async def snapshot(host: Host, tracks: tuple[Track, ...] | None = None) -> Snapshot:
    """The open timeline: all tracks, or those given."""
    args = SnapshotArgs(tracks=None if tracks is None else [_ref(track) for track in tracks])
    return await _typed(host, "timeline.snapshot", args, Snapshot, timeout_seconds=120)


async def selection(host: Host, mode: SelectionArgs) -> Snapshot:
    """The items a person means."""
    return await _typed(host, "selection.get", mode, Snapshot)


async def import_media(host: Host, args: ImportArgs, expect: Expectation) -> ImportResult:
    """Bring a file into a bin."""
    return await _typed(host, "media.import", args, ImportResult, expect)


async def add_take(host: Host, args: AddTakeArgs, expect: Expectation) -> TakeResult:
    """Add (and select) a native take."""
    return await _typed(host, "clip.add_take", args, TakeResult, expect)


async def select_take(host: Host, args: SelectTakeArgs, expect: Expectation) -> TakeResult:
    """Select a native take."""
    return await _typed(host, "clip.select_take", args, TakeResult, expect)


async def remove_take(host: Host, args: RemoveTakeArgs, expect: Expectation) -> TakeResult:
    """Remove a native take that is not selected."""
    return await _typed(host, "clip.remove_take", args, TakeResult, expect)


def expectation(cut: Cut, tracks: tuple[Track, ...] = ()) -> Expectation:
    """What a mutation may rely on; with ``tracks`` the revision of exactly those tracks (as ``cut`` was read)."""
    return Expectation(
        project_id=cut.project_id,
        timeline_id=cut.timeline_id,
        tracks=[_ref(track) for track in tracks],
        revision=cut.revision if tracks else "",
    )


def _ref(track: Track) -> TrackRef:
    return TrackRef.model_validate({"type": track.type, "index": track.index})


async def _typed(
    host: Host,
    verb: Verb,
    args: WireModel,
    model: type[Result],
    expect: Expectation | None = None,
    timeout_seconds: int = 30,
) -> Result:
    answer = await _call(host, verb, args, expect, timeout_seconds)
    if answer.result is None:
        raise HostRejectedError(f"The agent answered “{verb}” with nothing.", hint="Restart the agent.")
    return model.model_validate(answer.result)


async def _call(
    host: Host, verb: Verb, args: WireModel, expect: Expectation | None, timeout_seconds: int = 30
) -> OpAnswer:
    answer = await host.call(verb, args, expect=expect, timeout_seconds=timeout_seconds)
    if answer.error is not None:
        raise error_from_wire(answer.error)
    if answer.outcome == "not_applied":
        raise HostRejectedError(f"The editor did not carry out “{verb}” and gave no reason.", hint="Try again.")
    return answer
