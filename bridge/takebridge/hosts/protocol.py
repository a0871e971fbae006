"""The host protocol: JSON between the bridge and an agent inside an editor. These models are its single source.

Transport for Resolve: the agent dials out. ``POST /agent/hello`` → Welcome, ``POST /agent/poll`` (held open) →
PollReply, ``POST /agent/answer`` → Ack. Every frame number is an integer whose field name says its space; rates
are exact strings (``"24000/1001"``); ranges are half-open. Track indices are 1-based, as hosts count them.

An op is idempotent by ``id``: an agent that has answered it answers the same again. A mutating op names what it
expects (`Expectation`); when the timeline is not so, the agent changes nothing. After a mutation the agent reads
back and says how sure it is: *verified*, *committed_unverified* or *not_applied*.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from takebridge.hosts.edit_ops import (
    SAFETY_MARK,
    AddMarkerArgs,
    AddTrackArgs,
    ClipRef,
    ClipResult,
    DeleteClipsArgs,
    DeleteResult,
    DeleteTimelineArgs,
    DuplicateTimelineArgs,
    MarkerResult,
    PlaceClipArgs,
    PlaceResult,
    RemoveMarkerArgs,
    RenameClipArgs,
    RenameTimelineArgs,
    SelectTimelineArgs,
    SetEnabledArgs,
    StampArgs,
    StampResult,
    TimelineResult,
    TrackResult,
)
from takebridge.hosts.pull_op import PullClipArgs, PullClipResult
from takebridge.hosts.report import (
    HostStatus,
    ItemKind,
    ItemMarker,
    MarkerColor,
    MarkerFacts,
    MediaItem,
    ShortText,
    TakeSlot,
    Text,
    TimelineInfo,
    TimelineItem,
    TimelineMarker,
    TrackInfo,
    TrackRef,
    TrackType,
    WireModel,
)
from takebridge.hosts.swap_op import SwapClipArgs, SwapClipResult
from takebridge.hosts.tool_ops import (
    ClipColor,
    ExportFormat,
    ExportResult,
    ExportTimelineArgs,
    FinalizeTakeArgs,
    GrabFrameArgs,
    GrabResult,
    ImportTimelineArgs,
    MediaResult,
    PeekArgs,
    PeekResult,
    ProbeArgs,
    ProbeResult,
    ReloadArgs,
    RenderJobArgs,
    RenderRangeArgs,
    RenderResult,
    ReplaceMediaArgs,
    SaveProjectArgs,
    SaveResult,
    SetColorArgs,
    SetPlayheadArgs,
    TagMediaArgs,
)

__all__ = [
    "MUTATING",
    "PROTOCOL_VERSION",
    "SAFETY_MARK",
    "VERBS",
    "Ack",
    "AddMarkerArgs",
    "AddTakeArgs",
    "AddTrackArgs",
    "ClipColor",
    "ClipRef",
    "ClipResult",
    "DeleteClipsArgs",
    "DeleteResult",
    "DeleteTimelineArgs",
    "DuplicateTimelineArgs",
    "Expectation",
    "ExportFormat",
    "ExportResult",
    "ExportTimelineArgs",
    "FinalizeTakeArgs",
    "GrabFrameArgs",
    "GrabResult",
    "Hello",
    "HostStatus",
    "ImportArgs",
    "ImportResult",
    "ImportTimelineArgs",
    "ItemKind",
    "ItemMarker",
    "MarkerColor",
    "MarkerFacts",
    "MarkerResult",
    "MediaItem",
    "MediaResult",
    "Op",
    "OpAnswer",
    "Outcome",
    "PeekArgs",
    "PeekResult",
    "PingArgs",
    "PlaceClipArgs",
    "PlaceResult",
    "Poll",
    "PollReply",
    "ProbeArgs",
    "ProbeResult",
    "PullClipArgs",
    "PullClipResult",
    "ReloadArgs",
    "RemoveMarkerArgs",
    "RemoveTakeArgs",
    "RenameClipArgs",
    "RenameTimelineArgs",
    "RenderJobArgs",
    "RenderRangeArgs",
    "RenderResult",
    "ReplaceMediaArgs",
    "SaveProjectArgs",
    "SaveResult",
    "SelectTakeArgs",
    "SelectTimelineArgs",
    "SelectionArgs",
    "SetColorArgs",
    "SetEnabledArgs",
    "SetPlayheadArgs",
    "ShortText",
    "Snapshot",
    "SnapshotArgs",
    "StampArgs",
    "StampResult",
    "StatusArgs",
    "StopArgs",
    "SwapClipArgs",
    "SwapClipResult",
    "TagMediaArgs",
    "TakeResult",
    "TakeSlot",
    "Text",
    "TimelineInfo",
    "TimelineItem",
    "TimelineMarker",
    "TimelineResult",
    "TrackInfo",
    "TrackRef",
    "TrackResult",
    "TrackType",
    "Verb",
    "Welcome",
    "WireError",
    "WireModel",
]

PROTOCOL_VERSION = "1.2"

Outcome = Literal["verified", "committed_unverified", "not_applied"]


# --- ops ------------------------------------------------------------------------------------------------


class Expectation(WireModel):
    """What must still be true when a mutating op runs. ``revision`` was computed over ``tracks``."""

    project_id: ShortText
    timeline_id: ShortText
    tracks: list[TrackRef] = Field(default=[])
    revision: ShortText = ""


class PingArgs(WireModel):
    """``agent.ping``: answer without touching the host API beyond a liveness read."""


class StatusArgs(WireModel):
    """``host.status``."""


class SnapshotArgs(WireModel):
    """``timeline.snapshot``: all tracks, or only those listed.

    With ``detail`` only the items with these keys are read in full, the others come as kind "unread": a long timeline
    costs a host thousands of calls otherwise. With ``marks`` also markers, stamps, the tracks with their names and
    the project's rate: one call more per item that is read in full.
    """

    tracks: list[TrackRef] | None = None
    detail: list[ShortText] | None = None
    marks: bool = False


class SelectionArgs(WireModel):
    """``selection.get``: the item under the playhead, the selected items (where the version has it), or the items
    under the timeline's in/out marks."""

    mode: Literal["playhead", "selected", "marks"] = "playhead"


class ImportArgs(WireModel):
    """``media.import``: bring a file into a bin (created when missing); the same path is imported only once.

    ``tags`` go to third-party metadata where the version has it.
    """

    path: Text
    bin: list[ShortText] = Field(min_length=1, max_length=8)
    tags: dict[ShortText, Text] = Field(default={})


class AddTakeArgs(WireModel):
    """``clip.add_take``: add media as a native take of a clip and (by default) select it.

    Source frames are of the take's own media, half-open, and exactly as many as the clip is long. Adding media
    that is a take of the clip already only selects it.
    """

    clip: ShortText
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    media_id: ShortText
    start_source_frame: int = Field(ge=0)
    end_source_frame: int
    select: bool = True


class SelectTakeArgs(WireModel):
    """``clip.select_take``: select an existing native take by its media."""

    clip: ShortText
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    media_id: ShortText


class RemoveTakeArgs(SelectTakeArgs):
    """``clip.remove_take``: remove a native take that is not selected."""


class StopArgs(WireModel):
    """``agent.stop``: answer, then leave."""


VERBS: dict[str, type[WireModel]] = {
    "agent.ping": PingArgs,
    "agent.stop": StopArgs,
    "host.status": StatusArgs,
    "timeline.snapshot": SnapshotArgs,
    "selection.get": SelectionArgs,
    "media.import": ImportArgs,
    "clip.add_take": AddTakeArgs,
    "clip.select_take": SelectTakeArgs,
    "clip.remove_take": RemoveTakeArgs,
    "clip.pull": PullClipArgs,
    "clip.swap": SwapClipArgs,
    "timeline.duplicate": DuplicateTimelineArgs,
    "timeline.select": SelectTimelineArgs,
    "timeline.rename": RenameTimelineArgs,
    "timeline.delete": DeleteTimelineArgs,
    "track.add": AddTrackArgs,
    "clip.place": PlaceClipArgs,
    "clip.delete": DeleteClipsArgs,
    "clip.set_enabled": SetEnabledArgs,
    "clip.rename": RenameClipArgs,
    "clip.stamp": StampArgs,
    "marker.add": AddMarkerArgs,
    "marker.remove": RemoveMarkerArgs,
    "selection.peek": PeekArgs,
    "playhead.set": SetPlayheadArgs,
    "timeline.export": ExportTimelineArgs,
    "timeline.import": ImportTimelineArgs,
    "frame.grab": GrabFrameArgs,
    "range.render": RenderRangeArgs,
    "render.status": RenderJobArgs,
    "render.cancel": RenderJobArgs,
    "clip.finalize_take": FinalizeTakeArgs,
    "clip.set_color": SetColorArgs,
    "media.replace": ReplaceMediaArgs,
    "media.tag": TagMediaArgs,
    "project.save": SaveProjectArgs,
    "agent.reload": ReloadArgs,
    "host.probe": ProbeArgs,
}
MUTATING: frozenset[str] = frozenset(VERBS) - {
    "agent.ping",
    "agent.stop",
    "agent.reload",
    "host.status",
    "host.probe",
    "timeline.snapshot",
    "timeline.export",
    "selection.get",
    "selection.peek",
    "playhead.set",
    "frame.grab",
    "range.render",
    "render.status",
    "render.cancel",
    "project.save",
}
"""Verbs that carry an `Expectation`."""

Verb = Literal[
    "agent.ping",
    "agent.stop",
    "host.status",
    "timeline.snapshot",
    "selection.get",
    "media.import",
    "clip.add_take",
    "clip.select_take",
    "clip.remove_take",
    "clip.pull",
    "clip.swap",
    "timeline.duplicate",
    "timeline.select",
    "timeline.rename",
    "timeline.delete",
    "track.add",
    "clip.place",
    "clip.delete",
    "clip.set_enabled",
    "clip.rename",
    "clip.stamp",
    "marker.add",
    "marker.remove",
    "selection.peek",
    "playhead.set",
    "timeline.export",
    "timeline.import",
    "frame.grab",
    "range.render",
    "render.status",
    "render.cancel",
    "clip.finalize_take",
    "clip.set_color",
    "media.replace",
    "media.tag",
    "project.save",
    "agent.reload",
    "host.probe",
]


class Op(WireModel):
    """One request to a host. ``args`` is the verb's argument model as JSON."""

    id: ShortText
    verb: Verb
    args: dict[str, Any] = Field(default={})
    expect: Expectation | None = None


class WireError(WireModel):
    """A BridgeError on the wire."""

    code: ShortText
    message: Text
    hint: Text = ""
    retryable: bool = False
    details: dict[str, Any] = Field(default={})


class Snapshot(WireModel):
    """Result of ``timeline.snapshot`` and ``selection.get``."""

    timeline: TimelineInfo
    items: list[TimelineItem]


class ImportResult(WireModel):
    """Result of ``media.import``. ``reused`` when the bin had the file already."""

    media: MediaItem
    reused: bool


class TakeResult(WireModel):
    """Result of the take ops: the item before and after, read back. ``changed`` is False when it was so already."""

    before: TimelineItem
    after: TimelineItem
    changed: bool


class OpAnswer(WireModel):
    """The agent's answer. ``result`` fits the verb; ``error`` is present exactly when nothing (more) was done."""

    session: ShortText
    op_id: ShortText
    outcome: Outcome
    result: dict[str, Any] | None = None
    error: WireError | None = None


# --- session --------------------------------------------------------------------------------------------


class Hello(WireModel):
    """First message of an agent. Capabilities are verbs, with qualifiers such as ``selection.get:selected``."""

    protocol: ShortText
    agent: ShortText
    agent_version: ShortText
    pid: int
    status: HostStatus
    capabilities: list[ShortText]


class Welcome(WireModel):
    """The server's answer to Hello."""

    session: ShortText
    protocol: ShortText
    poll_seconds: int = Field(gt=0, le=60)


class Poll(WireModel):
    """Asks for the next op; held open up to ``poll_seconds``. Doubles as heartbeat.

    ``busy_with`` names the op being executed; ``received`` the last op id that arrived, so that a lost reply is
    sent again.
    """

    session: ShortText
    received: ShortText = ""
    busy_with: ShortText = ""


class PollReply(WireModel):
    """The next op, or none."""

    op: Op | None = None


class Ack(WireModel):
    """Receipt of an answer; ``known`` is False when no one waits for it any more."""

    known: bool
