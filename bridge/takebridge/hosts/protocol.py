"""The host protocol: JSON between the bridge and an agent inside an editor. These models are its single source.

Transport for Resolve: the agent dials out. ``POST /agent/hello`` → Welcome, ``POST /agent/poll`` (held open) →
PollReply, ``POST /agent/answer`` → Ack. Every frame number is an integer whose field name says its space; rates
are exact strings (``"24000/1001"``); ranges are half-open. Track indices are 1-based, as hosts count them.

An op is idempotent by ``id``: an agent that has answered it answers the same again. A mutating op names what it
expects (`Expectation`); when the timeline is not so, the agent changes nothing. After a mutation the agent reads
back and says how sure it is: *verified*, *committed_unverified* or *not_applied*.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL_VERSION = "1.0"

Text = Annotated[str, StringConstraints(max_length=4096)]
ShortText = Annotated[str, StringConstraints(max_length=255)]
TrackType = Literal["video", "audio", "subtitle"]
Outcome = Literal["verified", "committed_unverified", "not_applied"]


class WireModel(BaseModel):
    """Base: unknown fields are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- what an agent reports about a timeline -------------------------------------------------------------


class TrackRef(WireModel):
    """One track, 1-based."""

    type: TrackType
    index: int = Field(ge=1)


class MediaItem(WireModel):
    """A media-pool item behind a timeline item. ``rate`` as the host spells it (``"23.976"``)."""

    id: ShortText
    name: Text
    path: Text = ""
    kind: ShortText = ""
    rate: ShortText = ""
    frame_count: int | None = None
    start_timecode: ShortText = ""
    width: int | None = None
    height: int | None = None
    online: bool = True


class TakeSlot(WireModel):
    """One native take of a timeline item, 1-based; frames are source frames of that take's media, end exclusive."""

    index: int = Field(ge=1)
    media_id: ShortText
    media_path: Text = ""
    start_source_frame: int | None = None
    end_source_frame: int | None = None


ItemKind = Literal[
    "clip",
    "title",
    "generator",
    "transition",
    "compound",
    "fusion",
    "multicam",
    "adjustment",
    "nested",
    "still",
    "ghost",
    "unread",
]


class TimelineItem(WireModel):
    """One item on a track, as read. An "unread" one says only its key, name, place, media path and selected take.

    ``left_offset_frame`` is what the host calls left offset: the source frame at the item's head, warped domain on
    retimed items. ``start_source_frame``/``end_source_frame`` are true source frames (end exclusive) where the
    version has them; start > end means reversed. ``speed_percent`` only where the host can say it.
    ``look`` fingerprints everything a take swap must not touch (transform, crop, composite, grade versions,
    colour, enabled, linked items); equal text means equal look.
    """

    key: ShortText
    kind: ItemKind
    name: Text
    track: TrackRef
    start_record_frame: int
    end_record_frame: int
    enabled: bool = True
    media: MediaItem | None = None
    left_offset_frame: int | None = None
    start_source_frame: int | None = None
    end_source_frame: int | None = None
    speed_percent: int | None = None
    linked: list[ShortText] = []
    takes: list[TakeSlot] = []
    selected_take: int = 0
    look: Text = ""


class TimelineInfo(WireModel):
    """The open project and timeline. ``rate`` as the host spells it; ``revision`` covers the tracks listed."""

    project_id: ShortText
    project_name: Text
    timeline_id: ShortText
    timeline_name: Text
    rate: ShortText
    drop_frame: bool = False
    start_record_frame: int
    end_record_frame: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    revision: ShortText = ""
    locked_tracks: list[TrackRef] = []


class HostStatus(WireModel):
    """What is running. ``edition`` is "studio", "free" or "unknown"."""

    host: Literal["resolve"] = "resolve"
    product: ShortText
    version: ShortText
    edition: Literal["studio", "free", "unknown"]
    page: ShortText = ""
    timeline: TimelineInfo | None = None


# --- ops ------------------------------------------------------------------------------------------------


class Expectation(WireModel):
    """What must still be true when a mutating op runs. ``revision`` was computed over ``tracks``."""

    project_id: ShortText
    timeline_id: ShortText
    tracks: list[TrackRef] = []
    revision: ShortText = ""


class PingArgs(WireModel):
    """``agent.ping``: answer without touching the host API beyond a liveness read."""


class StatusArgs(WireModel):
    """``host.status``."""


class SnapshotArgs(WireModel):
    """``timeline.snapshot``: all tracks, or only those listed.

    With ``detail`` only the items with these keys are read in full, the others come as kind "unread": a long timeline
    costs a host thousands of calls otherwise.
    """

    tracks: list[TrackRef] | None = None
    detail: list[ShortText] | None = None


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
    tags: dict[ShortText, Text] = {}


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
}
MUTATING: frozenset[str] = frozenset({"media.import", "clip.add_take", "clip.select_take", "clip.remove_take"})

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
]


class Op(WireModel):
    """One request to a host. ``args`` is the verb's argument model as JSON."""

    id: ShortText
    verb: Verb
    args: dict[str, Any] = {}
    expect: Expectation | None = None


class WireError(WireModel):
    """A BridgeError on the wire."""

    code: ShortText
    message: Text
    hint: Text = ""
    retryable: bool = False
    details: dict[str, Any] = {}


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
