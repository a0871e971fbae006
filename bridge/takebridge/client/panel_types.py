"""What a panel beside an editor asks of the bridge and is told. Record frames are absolute, ranges half-open."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from takebridge.client.replies import Reply
from takebridge.ids import CanvasId, LinkId, NodeId, TakeId

LookMode = Literal["playhead", "selected", "marks"]
PlaceHow = Literal["take", "replace", "above"]


class Spot(Reply):
    """Where the person is in the editor: as `hosts.tool_ops.PeekResult`, with the session that said it."""

    session: str
    project_id: str = ""
    timeline_id: str = ""
    timecode: str = ""
    record_frame: int | None = None
    clip: str = ""
    selected: tuple[str, ...] = ()


class SeenLink(Reply):
    """The clip link of a clip, and what it shows now. ``shown`` None: media that is no take of ours.

    ``head_source_frame`` is the frame of the pushed media on the clip's first record frame, whichever take it shows;
    None where that is not known, or media and timeline have not the same rate.
    """

    link_id: LinkId
    canvas_id: CanvasId
    shot: str
    source_node: NodeId
    node: NodeId = Field(description="The node whose tray the clip shows: the last one behind the source.")
    pinned: TakeId | None = None
    shown: TakeId | None = None
    head_source_frame: int | None = None


class SeenClip(Reply):
    """A clip as a person means it. ``problem`` says why it cannot be pushed, ``hint`` what to do; empty when it can."""

    clip: str
    name: str
    kind: str
    track_type: str
    track_index: int
    start_record_frame: int
    end_record_frame: int
    timecode: str
    rate: str
    media_path: str = ""
    start_source_frame: int | None = None
    width: int | None = None
    height: int | None = None
    native_takes: int = 0
    selected_take: int = 0
    problem: str = ""
    hint: str = ""
    links: tuple[SeenLink, ...] = Field(default=(), description="One a canvas that has the clip.")


class Look(Reply):
    """The clips a person means, in record order, and the timeline they are on."""

    session: str
    project: str
    timeline: str
    timeline_id: str
    rate: str
    clips: tuple[SeenClip, ...] = ()


class PutRequest(BaseModel):
    """Put the pinned takes of clips on the timeline; ``takes`` names others. ``links`` empty: all of the canvas's clips
    on the open timeline whose pinned take is not what they show.

    ``take``: as the editor's native take. ``replace``: the clip itself gives way to the take, on the same frames.
    ``above``: on a free video track above, over the same frames. One clip failing does not stop the others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    canvas_id: CanvasId = Field(max_length=80)
    links: tuple[LinkId, ...] = Field(default=(), max_length=10_000)
    takes: dict[LinkId, TakeId] = Field(default_factory=dict, max_length=10_000)
    how: PlaceHow = "take"
    author: str = Field(default="editor", min_length=1, max_length=80)


class PutClip(Reply):
    """What became of one clip. ``error`` as on the wire; None when it is read back as asked."""

    link_id: LinkId
    shot: str
    take_id: TakeId | None = None
    how: PlaceHow
    changed: bool = False
    sentence: str
    error: dict[str, object] | None = None


class GapFound(Reply):
    """A gap, or the span between the marks, on a video track, with the clips at its edges.

    ``before_frame`` and ``after_frame`` are the record frames of the neighbours' last and first frames, None where
    there is no neighbour that shows a picture.
    """

    timeline_id: str
    track_index: int
    start_record_frame: int
    end_record_frame: int
    timecode: str
    rate: str
    before: str = ""
    after: str = ""
    before_frame: int | None = None
    after_frame: int | None = None


class FillRequest(BaseModel):
    """Make a shot for a gap: a video node as long as the gap, with the neighbours' frames as first and last frame."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    canvas_id: CanvasId = Field(max_length=80)
    track_index: int = Field(ge=1)
    start_record_frame: int
    end_record_frame: int
    prompt: str = Field(default="", max_length=20_000)
    model: str = Field(default="", max_length=120)
    use_before: bool = True
    use_after: bool = True
    author: str = Field(default="editor", min_length=1, max_length=80)


class GapFilled(Reply):
    """The shot a gap became: its link (to be put on the timeline like any other), its nodes by role."""

    link_id: LinkId
    shot: str
    nodes: dict[str, NodeId]
    frames: int
    notes: tuple[str, ...] = ()


class Cells(Reply):
    """The sprite of a take: ``count`` cells in rows of ``columns``, each ``width`` × ``height`` pixels."""

    count: int
    columns: int
    width: int
    height: int
